"""TAPI: the text protocol of Teledyne API analysers and calibrators, over a serial line or a TCP port that carries the same.

A request is a letter, the instrument's ID where there are several on a line, and a name; upper and lower case are alike:

    T SO2<CR>      T 0412 SO2<CR>

Every message to the computer has the letter, day of the year and time, the ID, and a text:

    T 194:11:29 0000 DCPS= 2500 MV<CR><LF>
    W 128:00:04 0001 SAMPLE FLOW WARN<CR><LF>

Letters: C calibration, D diagnostic, L logon, T test value, V variable, W warning. Warnings, calibration reports and stored
data come unasked between the answers, unless the instrument is set to quiet mode; and in terminal mode requests are echoed.

Documented by: T700 manual pages 188 to 195, M300 manual pages 68 and 75, M300E manual page 157, T101 appendix A-24.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from instruments.framing import LineFraming

LINE = LineFraming(b"\r", skip=b"\n\0", longest=4096)
"""Lines end with carriage return and line feed; the line feed is skipped in front of the next."""

_MESSAGE = re.compile(r"(?P<letter>[A-Z]) +(?P<time>\d{1,3}:\d{1,2}:\d{2}) +(?:(?P<id>\d{1,4}) +)?(?P<text>\S.*)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_NAME = r"(?P<name>[^=]*[^=\s])\s*=\s*"
_FORMS = (  # a number, whose unit may adjoin it; or anything else
    re.compile(rf"{_NAME}(?P<value>{_NUMBER.pattern})\s*(?P<unit>[A-Za-z%].*)?"),
    re.compile(rf"{_NAME}(?P<value>\S+)(?: +(?P<unit>\S.*))?"),
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the instrument: letter, day and time as printed, ID (None where it gives none), and text."""

    letter: str
    time: str
    instrument_id: int | None
    text: str

    @classmethod
    def read(cls, line: bytes) -> Message | None:
        """Return the message that a line is; None for an echo or anything else."""
        found = _MESSAGE.fullmatch(line.decode("ascii", "replace").strip())
        if found is None:
            return None
        return cls(found["letter"], found["time"], None if found["id"] is None else int(found["id"]), found["text"].strip())


@dataclass(frozen=True, slots=True)
class TestValue:
    """The text of a T message taken apart: name as it is shown, value as written, unit ("" without)."""

    __test__ = False  # no test of pytest's

    name: str
    value: str
    unit: str

    @classmethod
    def of(cls, text: str) -> TestValue | None:
        """Take "SO2=261.4 PPB" apart; None where it has another form."""
        found = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
        return None if found is None else cls(found["name"], found["value"], (found["unit"] or "").strip())

    def number(self) -> float | None:
        """The value as a number; None where the analyser prints something else, such as XXXX."""
        if _NUMBER.fullmatch(self.value) and math.isfinite(value := float(self.value)):
            return value
        return None


def request(letter: str, name: str, instrument_id: int | None, end: bytes = b"\r") -> bytes:
    """Return the request for a name."""
    words = [letter, name] if instrument_id is None else [letter, f"{instrument_id:04d}", name]
    return " ".join(words).encode("ascii") + end
