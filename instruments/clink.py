"""Thermo C-Link: how iSeries analysers are asked over a serial line or TCP port 9880.

A request is a command in words and CR, with the byte 128 + instrument id in front (none for id 0). The answer is the command
again, and the value or a word, and CR:

    co2              → co2 4.000E+1 ppm
    set mode remote  → set mode remote ok
    set unit ppm     → set unit ppm bad cmd

After `set format 01` a line feed and `sum hhhh` follow the text: the sum of all bytes from the first of the echoed command
to that line feed, modulo 2^16, in hexadecimal. Some firmware puts 0x80 or 0xFF in front of an answer, or `*` behind it.

Documented by: appendix "C-Link protocol commands" of the iSeries manuals (410i, 48i, 42i, 146i).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from instruments.framing import FrameError, LineFraming

_SUM = re.compile(rb"^(?P<text>.*\n) *sum +(?P<sum>[0-9A-Fa-f]{1,4})$", re.DOTALL)
_NUMBER = re.compile(r"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?)(?: +(?P<unit>mm Hg|[^\s\d]\S*))?(?: +ok)?")
_MARKS = bytes(range(0x80, 0x100)) + b"\n\0"
_LINE = LineFraming(b"\r", skip=_MARKS, longest=4096)

REFUSALS = (
    "bad cmd",
    "too high",
    "too low",
    "invalid string",
    "data not valid",
    "can't, wrong settings",
    "can't, mode is service",
)
"""What stands in place of a value when a command is refused."""


def checksum(text: bytes) -> int:
    """Sum of the bytes modulo 2^16; `text` runs from the echoed command to the line feed before "sum", inclusive."""
    return sum(text) & 0xFFFF


def encode(command: str, instrument_id: int) -> bytes:
    """Return the request of a command."""
    prefix = bytes([128 + instrument_id]) if instrument_id else b""
    return prefix + command.encode("ascii") + b"\r"


@dataclass(frozen=True, slots=True)
class CLinkFraming:
    """Answers, without marks and checksum; a checksum is verified where there is one, and missed where it is `required`."""

    required: bool = False

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove the first answer; raise FrameError for a wrong checksum."""
        line = _LINE.extract(buffer)
        if line is None:
            return None
        line = line.rstrip(b" *\n")
        if found := _SUM.match(line):
            due, stated = checksum(found["text"]), int(found["sum"], 16)
            if due != stated:
                raise FrameError(f"checksum {stated:04x}, the text sums to {due:04x}")
            return found["text"].rstrip(b" *\n")
        if self.required:
            raise FrameError("no checksum; is the format 01 still set?")
        return line


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer taken apart: what follows the echoed command, and whether that is a refusal."""

    rest: str

    @classmethod
    def to(cls, command: str, line: bytes) -> Answer | None:
        """Return the answer that `line` is to `command`; None if it answers something else."""
        text = line.decode("ascii", "replace").strip()
        if not text.lower().startswith(command.lower()):
            return None
        rest = text[len(command) :]
        if rest and not rest.startswith(" "):
            return None
        return cls(rest.strip())

    @property
    def refused(self) -> bool:
        """Whether the analyser refused the command, or has no value."""
        return self.rest.lower() in REFUSALS

    @property
    def done(self) -> bool:
        """Whether a setting was taken."""
        return self.rest.lower() == "ok"

    def number(self) -> tuple[str, str] | None:
        """The number as it was written, and its unit ("" without); None if it is no number."""
        found = _NUMBER.fullmatch(self.rest)
        if not found:
            return None
        unit = (found["unit"] or "").replace("mm Hg", "mmHg")
        return found["number"], "" if unit == "ok" else unit
