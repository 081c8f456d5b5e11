"""Carries out an evaluation for the command line: progress, verdict table, and the files it leaves."""

from __future__ import annotations

import argparse
from pathlib import Path

from testbench.commands.progress import Progress
from testbench.commands.terminal import Terminal
from testbench.commands.verdicts import print_findings, print_scorecard
from testbench.criteria.standard import Standard
from testbench.engine.evaluation import EvaluationRequest, EvaluationResult, evaluate
from testbench.engine.plan import SuiteItem
from testbench.engine.wording import duration
from testbench.errors import AbortedError
from testbench.record.store import Record
from testbench.station import StationFile


def carry_out(
    arguments: argparse.Namespace,
    station: StationFile,
    standard: Standard | None,
    items: tuple[SuiteItem, ...],
    devices: tuple[str, ...] | None,
) -> int:
    """Run, show, and write `evaluation.json` and `report.pdf`."""
    from testbench.commands.result_files import make_folder

    folder = arguments.output
    make_folder(folder)
    request = EvaluationRequest(
        station,
        standard,
        items,
        record=arguments.record or folder / "record.sqlite",
        seed=arguments.seed,
        language=arguments.language,
        devices=devices,
        trace=arguments.trace,
    )
    terminal = Terminal(lasting=True)
    chinese = arguments.language == "zh"
    if station.station.simulated:
        terminal.line("模拟 SIMULATED" if chinese else "SIMULATED", style="reverse")
    if standard is not None:
        measurand = next(iter(station.station.devices.values())).measurand if station.station.devices else ""
        analogy = standard.analogy_for(measurand)
        if analogy is not None:
            terminal.line(analogy.zh if chinese else analogy.en)
    with Progress(terminal, arguments.language) as progress:
        result = evaluate(request, progress)
    _show(terminal, result, arguments.language)
    try:
        _write(terminal, request, result, folder, arguments.language)
    except KeyboardInterrupt:
        raise AbortedError(
            f"aborted from the keyboard while the results were written; {result.evaluation} is complete in the record: "
            f"`testbench report --record {request.record}` writes them"
        ) from None
    return 0


def _show(terminal: Terminal, result: EvaluationResult, language: str) -> None:
    if result.scorecard is not None:
        print_scorecard(terminal, result.scorecard, language)
    else:
        print_findings(terminal, result.findings, language)
    bench, real = duration(result.bench_s, "zh" if language == "zh" else "en"), f"{result.real_s:.0f} s"
    terminal.line(f"台架时间 {bench}，用时 {real}" if language == "zh" else f"{bench} of bench time in {real}")


def _write(terminal: Terminal, request: EvaluationRequest, result: EvaluationResult, folder: Path, language: str) -> None:
    from testbench.commands.result_files import write_results

    with Record.open(request.record) as record:
        paths = (*write_results(record, result.evaluation, folder, language), request.record)
    names = ("结果", "报告", "记录") if language == "zh" else ("results", "report", "record")
    for name, path in zip(names, paths, strict=True):
        terminal.line(f"{name}: {path}")
