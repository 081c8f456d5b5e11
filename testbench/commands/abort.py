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
GUARD_WITHIN_S = 15.0  # for the guard to drive the bench safe and to enter that
UNHEEDED = "the process has ended; it could not enter the abort itself"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the record")


def run(arguments: argparse.Namespace) -> int:
    """Abort, wait for the end, and say what came of it."""
    with chosen(arguments) as found:
        from testbench.engine.standing import Standing
        from testbench.errors import TestbenchError

        found.require_going()
        last_event, _ = found.record.glances.events_after(found.evaluation, 0)
        asked = _ask(found, arguments.reason)
        end = _await_end(found)
        if end is None:
            raise TestbenchError(
                f"{found.evaluation} has not ended within {ENDS_WITHIN_S:.0f} s after it was asked to abort; look at the "
                "bench, and shut the gas by hand if need be"
            )
        if asked and end.standing is not Standing.ABORTED:
            _enter(found, arguments.reason)
        return _tell(found, end, last_event)


def _ask(found: Chosen, reason: str) -> bool:
    """Ask the process itself; where that fails, through the record. Whether the process itself was asked."""
    from testbench.commands.command_reply import person
    from testbench.engine.clock import wall_now
    from testbench.engine.control import ask_abort
    from testbench.record.model import CommandKind

    process, by = found.stand.process, person(found)
    if process is not None and ask_abort(process, by, reason):
        return True
    found.record.commands.give(found.evaluation, CommandKind.ABORT, {"reason": reason}, by=by, at=wall_now())
    return False


def _await_end(found: Chosen) -> Stand | None:
    """Where it stands when it has ended, and the guard has entered so if the process could not; None if it has not."""
    from testbench.commands.command_reply import EVERY_S
    from testbench.engine.clock import MACHINE, monotonic
    from testbench.engine.standing import Standing, stand

    deadline = monotonic() + ENDS_WITHIN_S
    guarded: float | None = None
    while True:
        now = stand(found.record, found.evaluation)
        if now.standing is Standing.LOST:
            guarded = monotonic() + GUARD_WITHIN_S if guarded is None else guarded
        elif not now.standing.goes_on:
            return now
        if monotonic() > (deadline if guarded is None else guarded):
            return now if guarded is not None else None
        MACHINE.pause(EVERY_S)


def _enter(found: Chosen, reason: str) -> None:
    """Enter an abort that the process did not come to enter itself."""
    from testbench.commands.command_reply import person
    from testbench.engine.clock import wall_now
    from testbench.errors import RecordError
    from testbench.record.model import CommandKind

    commands = found.record.commands
    print(f"{found.evaluation}: {UNHEEDED}")
    try:
        number = commands.give(found.evaluation, CommandKind.ABORT, {"reason": reason}, by=person(found), at=wall_now())
        commands.take(number, reply=UNHEEDED, at=wall_now())
    except RecordError as error:
        print(f"{found.evaluation}: nor could this command: {error}")


def _tell(found: Chosen, end: Stand, last_event: int) -> int:
    from testbench.commands.command_reply import ended
    from testbench.commands.event_words import SAFE_STATE, safe_words

    print(f"{found.evaluation}: {ended(end)}")
    _, events = found.record.glances.events_after(found.evaluation, last_event)
    safe = [event.text for event in events if event.kind == SAFE_STATE]
    for text in safe:
        print(f"  {safe_words(text)}")
    if not safe:
        print("  the record does not say whether the bench is safe: go and look")
    return 0
