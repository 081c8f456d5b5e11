"""AK telegrams: the protocol of engine and exhaust gas analysers (Arbeitskreis of the German car makers), serial or TCP.

    request   STX  dc  CODE  ' '  K  channel  [' ' data]  ETX        02 20 'AKON K0' 03
    answer    STX  dc  CODE  ' '  status      [' ' data]  ETX        02 20 'AKON 0 12.5 #3.1' 03

`dc` is a byte that does not matter (usually a space). The status is 0 without error, and 1 to 9 with errors: it counts on at
every change. A code that the device does not know is answered with `????`. In place of data stand BS (busy), OF (not in
remote mode), SE (syntax), DF (data), NA (not available); some devices repeat the channel in front. A value with `#` in front
is invalid. Codes that begin with A ask, those with S control, those with E set.

Documented by: CAI 700 manual pages 149 to 157, Emerson NGA 2000 AK manual 90003752, Testo NanoMet3 manual page 76.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from instruments.framing import FrameError

STX, ETX = b"\x02", b"\x03"
LONGEST = 4096
UNKNOWN = "????"

_ANSWER = re.compile(r".(?P<code>[A-Z]{4}|\?{4}) +(?P<status>\d)(?: +(?P<data>.*\S))? *", re.DOTALL)
_CHANNEL = re.compile(r"K\d+")
_NUMBER = re.compile(r"(?P<invalid>#?)(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?)")


class Refusal(StrEnum):
    """What a device answers in place of data."""

    BUSY = "BS"
    NOT_REMOTE = "OF"
    SYNTAX = "SE"
    DATA = "DF"
    NOT_AVAILABLE = "NA"

    @property
    def words(self) -> str:
        """What it means."""
        return _MEANING[self]


_MEANING = {
    Refusal.BUSY: "busy",
    Refusal.NOT_REMOTE: "not in remote mode",
    Refusal.SYNTAX: "syntax error",
    Refusal.DATA: "data error",
    Refusal.NOT_AVAILABLE: "not available",
}


@dataclass(frozen=True, slots=True)
class AkFraming:
    """What stands between STX and ETX; bytes in front of STX are dropped, an STX within begins anew."""

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove the first telegram; raise FrameError for one without end."""
        end = buffer.find(ETX)
        if end < 0:
            if len(buffer) > LONGEST:
                raise FrameError(f"{len(buffer)} bytes without the end of a telegram (ETX)")
            return None
        frame = bytes(buffer[:end])
        del buffer[: end + 1]
        start = frame.rfind(STX)
        if start < 0:
            raise FrameError("the end of a telegram (ETX) without its beginning (STX)")
        return frame[start + 1 :]


def encode(code: str, channel: int, data: str = "", dont_care: str = " ") -> bytes:
    """Return the telegram of a request."""
    text = f"{dont_care}{code} K{channel}" + (f" {data}" if data else "")
    return STX + text.encode("ascii") + ETX


@dataclass(frozen=True, slots=True)
class AkAnswer:
    """An answer taken apart: its code, the status digit, and the words of its data without the channel."""

    code: str
    status: int
    words: tuple[str, ...]

    @classmethod
    def read(cls, frame: bytes) -> AkAnswer | None:
        """Take apart what stood between STX and ETX; None where it has another form."""
        found = _ANSWER.fullmatch(frame.decode("ascii", "replace"))
        if found is None:
            return None
        words = re.sub(r"#\s+", "#", found["data"] or "").split()
        if words and _CHANNEL.fullmatch(words[0]):
            del words[0]
        return cls(found["code"], int(found["status"]), tuple(words))

    @property
    def refusal(self) -> Refusal | None:
        """What stands in place of data, if so."""
        return Refusal(self.words[0]) if len(self.words) == 1 and self.words[0] in list(Refusal) else None


def number(word: str) -> tuple[float, bool] | None:
    """A value, and whether it is valid (no `#` in front); None where the word is no finite number."""
    found = _NUMBER.fullmatch(word)
    if found is None or not math.isfinite(value := float(found["number"])):
        return None
    return value, not found["invalid"]
