"""A command to a running evaluation: given through the record, and what its process says to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testbench.commands.choose_run import Chosen, what_then
from testbench.commands.event_words import reason_words
from testbench.engine.clock import MACHINE, monotonic, wall_now
from testbench.engine.person import present_person
from testbench.engine.standing import Stand, stand
from testbench.record.model import CommandKind

WITHIN_S = 10.0  # how long a reply is waited for
EVERY_S = 0.1


def person(chosen: Chosen) -> str:
    """Who gives the command."""
    process = chosen.stand.process
    return present_person("" if process is None else process.host)


def give(chosen: Chosen, kind: CommandKind, document: Mapping[str, Any]) -> int:
    """Give a command and print what came of it; return the exit status."""
    chosen.require_going()
    number = chosen.record.commands.give(chosen.evaluation, kind, document, by=person(chosen), at=wall_now())
    print(f"{chosen.evaluation}: {_reply(chosen, number)}")
    return 0


def _reply(chosen: Chosen, number: int) -> str:
    """The process's reply, or why there is none."""
    commands, evaluation = chosen.record.commands, chosen.evaluation
    deadline = monotonic() + WITHIN_S
    while (command := commands.get(number)).taken is None:
        now = stand(chosen.record, evaluation)
        if not now.standing.goes_on:
            return ended(now)
        if monotonic() > deadline:
            return f"the command is in the record; the process has not taken it within {WITHIN_S:.0f} s, it still may"
        MACHINE.pause(EVERY_S)
    return command.reply


def ended(now: Stand) -> str:
    """What became of an evaluation that does not go on."""
    reason = f" ({reason_words(now.row)})" if now.row.reason else ""
    if now.standing.resumable:
        return f"{now.standing}{reason}; {what_then(now.row.identifier)}"
    return f"{now.standing}{reason}"
