"""What a person sees of the bench in their hand: immutable snapshots, made by the thread that has the sessions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from testbench.engine.manual.actions import Action
from testbench.engine.roles import Channel, Identity, SafeOutcome, Status


class Phase(StrEnum):
    """How far the hand has the bench."""

    CONNECTING = "connecting"
    HELD = "held"
    RELEASING = "releasing"
    RELEASED = "released"


class Connection(StrEnum):
    """How an instrument with a session answers."""

    WAITING = "waiting"  # not asked yet
    ANSWERS = "answers"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Reading:
    """The latest reading of a channel: when it was taken (wall time), and None for a value that there is not."""

    channel: Channel
    instrument: str
    at: dt.datetime
    value: float | None
    status: Status
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The last bytes to an instrument and its last answer to them, and when that came."""

    sent: bytes = b""
    received: bytes = b""
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class InstrumentSight:
    """One instrument with a session: how it answers, who it says it is, what was said last, and what is wrong."""

    name: str
    connection: Connection = Connection.WAITING
    identity: Identity | None = None
    exchange: Exchange = Exchange()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """One action that was carried out: by whom, when, what the instruments read right after it, and what else to know."""

    action: Action
    by: str
    at: dt.datetime
    readings: tuple[Reading, ...] = ()
    safe: tuple[SafeOutcome, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandSight:
    """The bench at one moment; `readings` by channel name, `instruments` with a session by name.

    `alarms` are the interlocks that are tripped. `notice` is what the guard said last. `safe` is what was read back when the
    bench was last driven safe. `problem` says why it was let go, where nobody asked for that.
    """

    phase: Phase
    at: dt.datetime
    instruments: Mapping[str, InstrumentSight] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    safe: tuple[SafeOutcome, ...] = ()
    alarms: tuple[str, ...] = ()
    notice: str = ""
    problem: str = ""


def spelled(data: bytes) -> str:
    """Bytes as a person reads them: text with its ends spelled out, or hexadecimal where it is no text."""
    readable = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in data)
    if not data:
        return ""
    if readable < 0.8 * len(data):
        return data.hex(" ").upper()
    marks = {13: "\\r", 10: "\\n", 9: "\\t"}
    return "".join(marks.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02X}") for byte in data)
