"""`testbench exclude`: exclude a result of an evaluation that has ended, or take that back; it is judged anew."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from testbench.commands.choose_run import Chosen, add_run, chosen

if TYPE_CHECKING:
    from testbench.record.attempts import Attempt

DESCRIPTION = """\
Excludes a finding of an evaluation that has ended, with a reason, and judges the evaluation anew: without a repeat
(`testbench repeat`) the verdict on it is then inconclusive, never a pass. The finding, who excluded it, when and why stay in
the record and in the report. Without FINDING the findings are listed with their numbers.

  testbench exclude last
  testbench exclude last 12 --reason "the line was leaking"
  testbench exclude last 12 --restore --reason "it was the line of another bench"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("finding", metavar="FINDING", nargs="?", type=int, help="number of the finding")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the record and the report")
    parser.add_argument("--by", default="", metavar="PERSON", help="who decides it, kept in the record (this user)")
    parser.add_argument("--restore", action="store_true", help="take an exclusion back")


def run(arguments: argparse.Namespace) -> int:
    """Exclude or restore it, or list the findings."""
    with chosen(arguments) as found:
        from testbench.commands.command_reply import person
        from testbench.engine.amending import exclude, restore
        from testbench.errors import InputError

        if arguments.finding is None:
            return _list(found)
        if arguments.reason is None:
            raise InputError("a result is excluded or restored only with a reason; say why with --reason")
        change = restore if arguments.restore else exclude
        by = arguments.by or person(found)
        amended = change(found.record, found.evaluation, arguments.finding, arguments.reason, by)
        done = "counts again" if arguments.restore else "is excluded"
        print(f"{found.evaluation}: finding {arguments.finding} {done}; judged anew: {amended.after}")
        print(
            f"  `testbench report --record {found.record.path} --evaluation {found.evaluation}` writes its report with this"
        )
    return 0


def _list(found: Chosen) -> int:
    from testbench.engine.amending import results_of

    for result in results_of(found.record, found.evaluation):
        for attempt in result.attempts:
            print(_line(attempt, counts=attempt is result.counting))
    return 0


def _line(attempt: Attempt, *, counts: bool) -> str:
    stored = attempt.stored
    finding = stored.finding
    value = "–" if finding.value is None else f"{finding.value:.4g} {finding.unit}"
    marks = [] if attempt.repeat is None else [f"repeat: {attempt.repeat.reason}"]
    if attempt.excluded is not None:
        marks.append(f"excluded by {attempt.excluded.by}: {attempt.excluded.reason}")
    elif not counts:
        marks.append("repeated since")
    return (
        f"{stored.number:>6}  {finding.device}  {finding.characteristic}  {value}  {stored.run}  {'; '.join(marks)}".rstrip()
    )
