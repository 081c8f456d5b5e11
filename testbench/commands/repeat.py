"""`testbench repeat`: repeat an item of an evaluation that has ended; its findings take the place of the first ones."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from testbench.commands.choose_run import Chosen, add_run, chosen
from testbench.commands.detach import add_detach
from testbench.commands.options import add_language

DESCRIPTION = """\
Repeats an item of an evaluation that has ended, as an evaluation of its own in the same record: on the same station, with
the same settings and devices, by the same standard. When it is finished its findings take the place of those that it
repeats, and the first evaluation is judged anew. All attempts stay in the record and in the report.

  testbench repeat last linearity --reason "the line was leaking"
  testbench repeat last 3 --reason "a valve had stuck" --detach

PROCEDURE is the name of a procedure, or the number of a run where several have that name. On a simulated station a repeat
has noise of its own. An interrupted repeat is gone on with by `testbench resume`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("item", metavar="PROCEDURE", nargs="?", help="name of a procedure of it, or number of a run")
    parser.add_argument("--reason", metavar="TEXT", help="why, for the record and the report")
    parser.add_argument(
        "--take",
        action="store_true",
        help="RUN is a repeat that is finished: take its findings, where that has failed before",
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="folder for its results (a new one beside those of the evaluation)"
    )
    parser.add_argument("--by", default="", metavar="PERSON", help="who wants it, kept in the record (this user)")
    add_detach(parser)
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Start it, or take one that is finished."""
    from testbench.errors import InputError

    if arguments.take:
        return _take(arguments)
    if arguments.item is None:
        raise InputError("which item? give the name of a procedure of the evaluation, or the number of a run")
    if arguments.reason is None:
        raise InputError("a result is repeated only with a reason; say why with --reason")
    with chosen(arguments) as found:
        from testbench.commands.command_reply import person
        from testbench.engine.amending import repeat_request

        by = arguments.by or person(found)
        request = repeat_request(found.record, found.evaluation, arguments.item, arguments.reason, by)
    from testbench.commands.carry_out import carry_out_again

    folder = arguments.output or request.output
    assert folder is not None
    return carry_out_again(arguments, replace(request, output=folder, language=arguments.language), folder)


def _take(arguments: argparse.Namespace) -> int:
    with chosen(arguments) as found:
        from testbench.engine.amending import take_repeat

        original = _original(found)
        amended = take_repeat(found.record, original, found.evaluation)
        print(f"{original}: judged anew with the findings of {found.evaluation}: {amended.after}")
    return 0


def _original(found: Chosen) -> str:
    from testbench.engine.request import Repeats
    from testbench.errors import InputError

    repeats = Repeats.read(found.stand.row.start.request)
    if repeats is None:
        raise InputError(f"{found.evaluation} repeats nothing; --take is for a repeat")
    return repeats.evaluation
