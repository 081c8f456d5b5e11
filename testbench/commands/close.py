"""`testbench close`: close an evaluation that was lost or interrupted and will not be gone on with."""

from __future__ import annotations

import argparse

from testbench.commands.choose_run import add_run, chosen

DESCRIPTION = """\
Closes an evaluation that was lost or interrupted and that nobody will go on with: it is judged with what there is, and its
report can be written. Nothing can follow.

  testbench close 4f2a --reason "analyser B is broken"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why it is not gone on with, for the record")


def run(arguments: argparse.Namespace) -> int:
    """Close it."""
    with chosen(arguments) as found:
        from testbench.commands.command_reply import person
        from testbench.engine.evaluation import close
        from testbench.errors import InputError

        evaluation, standing = found.evaluation, found.stand.standing
        if standing.goes_on:
            raise InputError(f"{evaluation} is {standing}; `testbench abort {evaluation}` ends it")
        if not standing.resumable:
            raise InputError(f"{evaluation} is over already ({standing})")
        close(found.record.path, evaluation, arguments.reason, person(found))
        row = found.record.evaluation(evaluation)
        outcome = "" if row.outcome is None else f", outcome {row.outcome}"
        print(
            f"{evaluation}: closed{outcome}; `testbench report --record {found.record.path} --evaluation {evaluation}` "
            "writes its report"
        )
    return 0
