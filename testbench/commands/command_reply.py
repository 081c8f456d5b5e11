"""A command to a running evaluation: given through the record, and what its process says to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from testbench.commands.choose_run import Chosen, what_then
from testbench.commands.event_words import reason_words
from testbench.engine import commanding
from testbench.engine.person import present_person
from testbench.engine.standing import Stand
from testbench.record.model import CommandKind


def person(chosen: Chosen) -> str:
    """Who gives the command."""
    process = chosen.stand.process
    return present_person("" if process is None else process.host)


def give(chosen: Chosen, kind: CommandKind, document: Mapping[str, Any]) -> int:
    """Give a command and print what came of it; return the exit status."""
    chosen.require_going()
    reply = commanding.give(chosen.record, chosen.evaluation, kind, document, by=person(chosen))
    print(f"{chosen.evaluation}: {reply_words(reply)}")
    return 0


def reply_words(reply: commanding.Reply) -> str:
    """The process's reply, or why there is none."""
    if reply.taken:
        return reply.said
    if reply.ended is not None:
        return ended(reply.ended)
    within = f"{commanding.REPLY_WITHIN_S:.0f} s"
    return f"the command is in the record; the process has not taken it within {within}, it still may"


def ended(now: Stand) -> str:
    """What became of an evaluation that does not go on."""
    reason = f" ({reason_words(now.row)})" if now.row.reason else ""
    if now.standing.resumable:
        return f"{now.standing}{reason}; {what_then(now.row.identifier)}"
    return f"{now.standing}{reason}"
