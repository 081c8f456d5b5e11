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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the record")


def run(arguments: argparse.Namespace) -> int:
    """Abort, wait for the end, and say what came of it."""
    with chosen(arguments) as found:
        from testbench.commands.command_reply import person
        from testbench.engine import commanding
        from testbench.errors import TestbenchError

        found.require_going()
        evaluation = found.evaluation
        last_event, _ = found.record.glances.events_after(evaluation, 0)

        def notice(text: str) -> None:
            print(f"{evaluation}: {text}")

        end = commanding.abort(found.record, found.stand, by=person(found), reason=arguments.reason, notice=notice)
        if end is None:
            raise TestbenchError(
                f"{evaluation} has not ended within {commanding.ENDS_WITHIN_S:.0f} s after it was asked to abort; look at "
                "the bench, and shut the gas by hand if need be"
            )
        return _tell(found, end, last_event)


def _tell(found: Chosen, end: Stand, last_event: int) -> int:
    from testbench.office.event_words import SAFE_STATE, safe_words
    from testbench.office.reply_words import ended

    print(f"{found.evaluation}: {ended(end)}")
    _, events = found.record.glances.events_after(found.evaluation, last_event)
    safe = [event.text for event in events if event.kind == SAFE_STATE]
    for text in safe:
        print(f"  {safe_words(text)}")
    if not safe:
        print("  the record does not say whether the bench is safe: go and look")
    return 0
