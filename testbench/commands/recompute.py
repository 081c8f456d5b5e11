"""`testbench recompute`: a recorded evaluation computed anew from its raw readings, and what differs."""

from __future__ import annotations

import argparse
from textwrap import shorten
from typing import TYPE_CHECKING

from testbench.commands.choose_run import add_run, chosen
from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.commands.choose_run import Chosen
    from testbench.engine.anew.recompute import Recomputation, RunRecomputation

DESCRIPTION = """\
Computes an evaluation anew from its stored readings, without instruments, by today's program: averages, evidence of
stability, findings, verdicts. What differs from the record is listed by run and step, and the record is verified too.

  testbench recompute last
  testbench recompute 4f2a-R02 --json      one of its runs, every difference

Taken from the record as facts: the readings, when they were taken for what, which gas was set, what people answered, and
which call failed. Numbers agree within a relative 1e-12 or 1e-14 of their unit (the order of summing may differ from one
processor to the next); anything larger is listed. Exit status 0 says that everything was computed and agrees, 4 that
something differs or could not be computed.
"""

DIFFERS = 4  # exit status
LISTED = 20  # differences of one run that are printed
LONGEST = 300  # characters of one difference on the screen; --json has the whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compute it anew and print what came of it."""
    with chosen(arguments) as found:
        from testbench.engine.anew.recompute import recompute
        from testbench.errors import InputError

        if found.stand.standing.goes_on:
            raise InputError(f"{found.evaluation} is {found.stand.standing}; it can be computed anew when it has ended")
        result = recompute(found.record, found.evaluation, _runs(found, arguments.wanted))
    if arguments.json:
        _print_json(result)
    else:
        _Printer(arguments.language).print(result)
    return 0 if result.agrees else DIFFERS


def _runs(found: Chosen, wanted: str) -> list[str] | None:
    """The runs that are meant; None for the whole evaluation."""
    if wanted == "last" or wanted.lower() in found.evaluation.lower():
        return None
    names = [run.identifier for run in found.record.runs(found.evaluation)]
    return [name for name in names if name.lower().endswith(wanted.lower())]


def _print_json(result: Recomputation) -> None:
    import json
    from dataclasses import asdict

    def of_run(run: RunRecomputation) -> dict[str, object]:
        return {
            "run": run.run,
            "procedure": run.procedure,
            "finished": run.finished,
            "steps": run.steps,
            "compared": run.compared,
            "agrees": run.agrees,
            "left": run.left,
            "not_computed": [asdict(item) for item in run.not_computed],
            "differences": [asdict(item) for item in run.differences],
        }

    document = {
        "evaluation": result.evaluation,
        "agrees": result.agrees,
        "runs": [of_run(run) for run in result.runs],
        "verdicts": result.verdicts,
        "verdict_differences": [asdict(item) for item in result.verdict_differences],
        "problems": list(result.problems),
        "not_compared": list(result.not_compared),
        "software": [asdict(change) for change in result.software],
    }
    print(json.dumps(document, ensure_ascii=False, indent=2))


class _Printer:
    """Prints in one language; places and problems are told as the record names them."""

    def __init__(self, language: str) -> None:
        from testbench.commands.terminal import Terminal

        self._terminal = Terminal()
        self._chinese = language == "zh"

    def _say(self, chinese: str, english: str, style: str = "") -> None:
        self._terminal.line(chinese if self._chinese else english, style=style)

    def print(self, result: Recomputation) -> None:
        """Print runs, verdicts, problems, software, and the answer."""
        for run in result.runs:
            self._run(run)
        if result.verdicts or result.verdict_differences:
            count = len(result.verdict_differences)
            self._say(
                f"判定：比较 {result.verdicts} 项，{count} 处不同", f"verdicts: {result.verdicts} compared, {count} differ"
            )
            self._listing(result.verdict_differences)
        for text in result.not_compared:
            self._say(f"未能比较：{text}", f"not compared: {text}", style="bold red")
        for problem in result.problems:
            self._say(f"记录问题：{problem}", f"problem of the record: {problem}", style="bold red")
        for change in result.software:
            self._say(f"软件已变更：{change}", f"software has changed since: {change}")
        if result.agrees:
            self._say(
                f"{result.evaluation}：重新计算 {result.compared} 个步骤，结果一致",
                f"{result.evaluation}: {result.compared} steps computed anew, everything agrees",
            )
        elif result.computed_alike:
            self._say(
                f"{result.evaluation}：重新计算结果一致，但记录本身有问题",
                f"{result.evaluation}: what is computed anew agrees, but the record itself has problems",
                style="bold red",
            )
        else:
            self._say(
                f"{result.evaluation}：重新计算的结果与记录不一致，或未能全部计算",
                f"{result.evaluation}: what is computed anew does not agree with the record, or not all could be computed",
                style="bold red",
            )

    def _run(self, run: RunRecomputation) -> None:
        name = run.run.rpartition("-")[2]
        count = len(run.differences)
        self._say(
            f"{name} {run.procedure}：比较 {run.compared}/{run.steps} 个步骤，{count} 处不同",
            f"{name} {run.procedure}: {run.compared} of {run.steps} steps compared, {count} differences",
        )
        if not run.finished:
            self._say("  该测试提前结束，按已有记录计算", "  this run ended early; it is computed as far as its record goes")
        self._listing(run.differences)
        for item in run.not_computed:
            self._say(f"  未能重新计算：{item.place}：{item.reason}", f"  {item}", style="bold red")
        if run.left:
            self._say(f"  偏离记录：{run.left}", f"  {run.left}", style="bold red")

    def _listing(self, found: tuple[object, ...]) -> None:
        for difference in found[:LISTED]:
            self._terminal.line(f"  {shorten(str(difference), LONGEST, placeholder=' …')}")
        if len(found) > LISTED:
            more = len(found) - LISTED
            self._say(f"  还有 {more} 处（--json 列出全部）", f"  and {more} more (--json lists them all)")
