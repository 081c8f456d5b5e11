"""`testbench resume`: go on with an evaluation that is paused, that was interrupted, or whose process was lost."""

from __future__ import annotations

import argparse
from pathlib import Path

from testbench.commands.choose_run import add_run, chosen
from testbench.commands.detach import add_detach
from testbench.commands.laboratory import add_laboratory

DESCRIPTION = """\
A paused evaluation goes on: the gas is set anew and waited for, then the step that was cut is attempted again.

An evaluation that was interrupted, or whose process was lost (killed, a power cut, a restart), goes on in this terminal, or
with --detach in a process of its own: steps that were finished stand as they are recorded, the first one that was not is
attempted again after the gas is stable. It is refused where procedures, their settings, or the code that results are
computed by have changed since; other drivers and libraries are told.

  testbench resume last
  testbench resume 4f2a --detach
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--output", type=Path, metavar="DIR", help="folder for the results (the one it was begun with)")
    add_detach(parser)
    add_laboratory(parser)
    parser.add_argument("--language", choices=("zh", "en"), help="language of report and screen (that of the evaluation)")


def run(arguments: argparse.Namespace) -> int:
    """Have it go on, or go on with it."""
    with chosen(arguments) as found:
        standing, row, record = found.stand.standing, found.stand.row, found.record.path
        if standing.goes_on:
            from testbench.commands.command_reply import give
            from testbench.record.model import CommandKind

            return give(found, CommandKind.RESUME, {})
        if not standing.resumable:
            found.require_going()
    from testbench.commands.carry_out import go_on

    recorded = row.start.request.get("output")
    folder = arguments.output or (Path(recorded) if recorded else record.parent)
    language = arguments.language or row.start.language
    return go_on(arguments, record, row, folder, "zh" if language == "zh" else "en")
