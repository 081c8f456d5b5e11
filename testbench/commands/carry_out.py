"""Carries out an evaluation for the command line: progress, verdict table, and the files it leaves."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from testbench.commands.detach import detach, wants_detaching
from testbench.commands.laboratory import chosen_laboratory
from testbench.commands.progress import Progress
from testbench.commands.terminal import Terminal
from testbench.commands.verdicts import print_findings, print_scorecard
from testbench.criteria.standard import Standard, parse_standard
from testbench.engine.evaluation import EvaluationRequest, EvaluationResult, evaluate, resume
from testbench.engine.observer import EvaluationObserver
from testbench.engine.person import present_person
from testbench.engine.plan import SuiteItem
from testbench.engine.wording import Language, duration
from testbench.errors import AbortedError
from testbench.office.detached import Announcement
from testbench.office.known_records import remember
from testbench.record.model import EvaluationRow
from testbench.record.store import Record
from testbench.report.laboratory import LaboratoryTemplate
from testbench.station import StationFile


class BegunProgress(Progress):
    """Progress that also tells, once, that the evaluation has begun: to the list of records, and to who detached it."""

    def __init__(
        self, terminal: Terminal, language: Language, elapsed_s: float, record: Path, announcement: Announcement | None
    ) -> None:
        super().__init__(terminal, language, elapsed_s)
        self._record = record
        self._announcement = announcement

    def begun(self, evaluation: str) -> None:
        """Say what it is called, and remember where it is."""
        super().begun(evaluation)
        remember(self._record)
        if self._announcement is not None:
            self._announcement.begun(evaluation)


def carry_out(
    arguments: argparse.Namespace,
    station: StationFile,
    standard: Standard | None,
    items: tuple[SuiteItem, ...],
    devices: tuple[str, ...] | None,
    *,
    restricted: bool = False,
) -> int:
    """Run, show, and write `evaluation.json` and `report.pdf`; or start a process of its own that does."""
    from testbench.office.result_files import make_folder

    folder = arguments.output
    make_folder(folder)
    if wants_detaching(arguments):
        return detach(arguments, folder)
    template = chosen_laboratory(arguments)  # a wrong one is refused before the first valve
    announcement = Announcement() if arguments.announce else None
    request = EvaluationRequest(
        station,
        standard,
        items,
        record=arguments.record or folder / "record.sqlite",
        seed=arguments.seed,
        language=arguments.language,
        devices=devices,
        trace=arguments.trace,
        restricted=restricted,
        output=folder,
        notes=arguments.notes,
        by=arguments.by or present_person(),
        attended=arguments.attended,
    )
    terminal = Terminal(lasting=True)
    measurand = next(iter(station.station.devices.values())).measurand if station.station.devices else ""
    _head(terminal, standard, measurand, arguments.language, simulated=station.station.simulated)
    return _through(
        terminal,
        lambda observer: evaluate(request, observer),
        record=request.record,
        folder=folder,
        language=arguments.language,
        announcement=announcement,
        template=template,
    )


def carry_out_again(arguments: argparse.Namespace, request: EvaluationRequest, folder: Path) -> int:
    """Repeat an item of a recorded evaluation, as `request` asks for it, in this process or in one of its own."""
    from testbench.office.result_files import make_folder

    make_folder(folder)
    if wants_detaching(arguments):
        return detach(arguments, folder)
    template = chosen_laboratory(arguments)
    announcement = Announcement() if arguments.announce else None
    terminal = Terminal(lasting=True)
    station = request.station.station
    measurand = next(iter(station.devices.values())).measurand if station.devices else ""
    _head(terminal, request.standard, measurand, arguments.language, simulated=station.simulated)
    return _through(
        terminal,
        lambda observer: evaluate(request, observer),
        record=request.record,
        folder=folder,
        language=arguments.language,
        announcement=announcement,
        template=template,
    )


def go_on(arguments: argparse.Namespace, path: Path, row: EvaluationRow, folder: Path, language: Language) -> int:
    """Go on with an evaluation that was lost or interrupted, in this process or in one of its own; then as `carry_out`."""
    from testbench.office.result_files import make_folder

    make_folder(folder)
    if wants_detaching(arguments):
        return detach(arguments, folder)
    template = chosen_laboratory(arguments)
    announcement = Announcement() if arguments.announce else None
    with Record.open(path) as record:
        elapsed_s = record.last_bench_time(row.identifier)
    terminal = Terminal(lasting=True)
    standard = parse_standard(row.start.standard_text, row.start.standard) if row.start.standard_text else None
    _head(terminal, standard, row.start.measurand, language, simulated=row.start.simulated)
    return _through(
        terminal,
        lambda observer: resume(path, row.identifier, observer),
        record=path,
        folder=folder,
        language=language,
        announcement=announcement,
        template=template,
        elapsed_s=elapsed_s,
    )


def _head(terminal: Terminal, standard: Standard | None, measurand: str, language: str, *, simulated: bool) -> None:
    """Say first what must be known of all that follows."""
    if simulated:
        terminal.line("模拟 SIMULATED" if language == "zh" else "SIMULATED", style="reverse")
    analogy = standard.analogy_for(measurand) if standard is not None else None
    if analogy is not None:
        terminal.line(analogy.zh if language == "zh" else analogy.en)


def _through(
    terminal: Terminal,
    evaluated: Callable[[EvaluationObserver], EvaluationResult],
    *,
    record: Path,
    folder: Path,
    language: Language,
    announcement: Announcement | None,
    template: LaboratoryTemplate | None,
    elapsed_s: float = 0.0,
) -> int:
    """Evaluate with progress, show what came of it, and write its files."""
    with BegunProgress(terminal, language, elapsed_s, record, announcement) as progress:
        result = evaluated(progress)
    _show(terminal, result, language)
    try:
        _write(terminal, record, result, folder, language, template)
    except KeyboardInterrupt:
        raise AbortedError(
            f"aborted from the keyboard while the results were written; {result.evaluation} is complete in the record: "
            f"`testbench report --record {record}` writes them"
        ) from None
    return 0


def _show(terminal: Terminal, result: EvaluationResult, language: Language) -> None:
    if result.scorecard is not None:
        print_scorecard(terminal, result.scorecard, language)
    else:
        print_findings(terminal, result.findings, language)
    bench, real = duration(result.bench_s, language), f"{result.real_s:.0f} s"
    terminal.line(f"台架时间 {bench}，用时 {real}" if language == "zh" else f"{bench} of bench time in {real}")


def _write(
    terminal: Terminal,
    path: Path,
    result: EvaluationResult,
    folder: Path,
    language: Language,
    template: LaboratoryTemplate | None,
) -> None:
    from testbench.office.result_files import write_results

    with Record.open(path) as record:
        paths = (*write_results(record, result.evaluation, folder, language, template), path)
    names = ("结果", "报告", "记录") if language == "zh" else ("results", "report", "record")
    for name, written in zip(names, paths, strict=True):
        terminal.line(f"{name}: {written}")
