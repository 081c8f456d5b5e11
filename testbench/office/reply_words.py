"""What became of a command to an evaluation, in words."""

from __future__ import annotations

from testbench.engine import commanding
from testbench.engine.standing import Stand
from testbench.office.event_words import reason_words
from testbench.office.going_on import what_then


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
