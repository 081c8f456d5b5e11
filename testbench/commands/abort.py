"""`testbench abort`: end a running evaluation, with the bench in its safe state."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from testbench.commands.choose_run import Chosen, add_run, chosen

if TYPE_CHECKING:
    from testbench.engine.standing import Stand

DESCRIPTION = """\
Aborts a running evaluation: the bench is driven to its safe state, what was measured stays in the record. It waits until
the evaluation has ended, and says what came of it. An abort works also when the disk is full or the record is locked.

  testbench abort last --reason "smell of gas"

An evaluation that was aborted is over. To go on later, use `testbench pause`.
"""
ENDS_WITHIN_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the record")


def run(arguments: argparse.Namespace) -> int:
    """Abort, wait for the end, and say what came of it."""
    with chosen(arguments) as found:
        from testbench.errors import TestbenchError

        found.require_going()
        _ask(found, arguments.reason)
        end = _await_end(found)
        if end is None:
            raise TestbenchError(
                f"{found.evaluation} has not ended within {ENDS_WITHIN_S:.0f} s after it was asked to abort; look at the "
                "bench, and shut the gas by hand if need be"
            )
        return _tell(found, end)


def _ask(found: Chosen, reason: str) -> None:
    """Ask the process itself; where that fails, through the record."""
    from testbench.commands.command_reply import person
    from testbench.engine.clock import wall_now
    from testbench.engine.control import ask_abort
    from testbench.record.model import CommandKind

    process, by = found.stand.process, person(found)
    if process is None or not ask_abort(process, by, reason):
        found.record.commands.give(found.evaluation, CommandKind.ABORT, {"reason": reason}, by=by, at=wall_now())


def _await_end(found: Chosen) -> Stand | None:
    """Where it stands when it has ended; None if it has not in time."""
    from testbench.commands.command_reply import EVERY_S
    from testbench.engine.clock import MACHINE, monotonic
    from testbench.engine.standing import stand

    deadline = monotonic() + ENDS_WITHIN_S
    while (now := stand(found.record, found.evaluation)).standing.goes_on:
        if monotonic() > deadline:
            return None
        MACHINE.pause(EVERY_S)
    return now


def _tell(found: Chosen, end: Stand) -> int:
    from testbench.commands.command_reply import ended
    from testbench.commands.event_words import SAFE_STATE, safe_words

    print(f"{found.evaluation}: {ended(end)}")
    for event in found.record.events(found.evaluation):
        if event.kind == SAFE_STATE:
            print(f"  {safe_words(event.text)}")
    return 0
