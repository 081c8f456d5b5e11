"""Faults that a simulated instrument can be told to have on its line, for trying out what a run makes of them.

    SILENT       it hears nothing: requests are not carried out and not answered
    TRICKLE      it answers one byte at a time, `delay_s` apart (0.5 s); a new request cuts the answer off
    GARBLE       it answers, but every byte other than the end of a line is wrong
    CLOSE        it closes the connection instead of carrying a request out
    LATE         it answers after `delay_s` (5 s) of real time, also when another request has come meanwhile
    CHECKSUM     it answers, but the lowest bit of byte `at` is wrong (-1: the last byte of the answer); an answer that has
                 no such byte stays as it is. At a digit of a value, only a checksum can notice it
    UNASKED      it says `data` (a line of text) before every answer and after it
    UNPLUGGED    its connections are closed, and so is every new one, until the fault is cleared
    REFUSED      its connections are closed, and nobody listens at its port, until the fault is cleared

A fault holds for a number of requests or until it is cleared; what arrives at once is one request. Faults are of the line,
not of the plant: they stand in no history, and stay when the laboratory is reset.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from testbench.errors import InputError, suggest

LINE_ENDS = b"\r\n"
GARBLING = 0xA5
UNASKED = b"# unasked\r\n"


class Fault(StrEnum):
    """What is wrong with an instrument's line."""

    SILENT = "silent"
    TRICKLE = "trickle"
    GARBLE = "garble"
    CLOSE = "close"
    LATE = "late"
    CHECKSUM = "checksum"
    UNASKED = "unasked"
    UNPLUGGED = "unplugged"
    REFUSED = "refused"


DELAY_S = {Fault.TRICKLE: 0.5, Fault.LATE: 5.0}
"""Delay where none is stated, s, of the faults that have one."""
UNREACHABLE = (Fault.UNPLUGGED, Fault.REFUSED)
"""Faults during which nothing is requested."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """A fault and what belongs to it; `requests` None: it holds until it is cleared. Raise InputError for what cannot be."""

    kind: Fault
    requests: int | None = None
    delay_s: float | None = None
    at: int | None = None
    data: bytes | None = None

    def __post_init__(self) -> None:
        if self.requests is not None and self.kind in UNREACHABLE:
            word = "an unplugged instrument" if self.kind is Fault.UNPLUGGED else "an instrument that refuses connections"
            raise InputError(f"nothing is requested of {word}; clear the fault instead")
        if self.delay_s is not None and self.kind not in DELAY_S:
            raise InputError(f"{self.kind} has no delay; {' and '.join(DELAY_S)} have")
        if self.at is not None and self.kind is not Fault.CHECKSUM:
            raise InputError(f"{self.kind} is of no single byte; {Fault.CHECKSUM} is")
        if self.data is not None and self.kind is not Fault.UNASKED:
            raise InputError(f"{self.kind} says nothing of its own; {Fault.UNASKED} does")

    @property
    def delay(self) -> float:
        """Delay of the answer or of each of its bytes, s."""
        return DELAY_S.get(self.kind, 0.0) if self.delay_s is None else self.delay_s

    def altered(self, answer: bytes) -> bytes:
        """What becomes of an answer that is said at once."""
        match self.kind:
            case Fault.GARBLE:
                return garbled(answer)
            case Fault.CHECKSUM:
                return wrong_at(answer, -1 if self.at is None else self.at)
            case Fault.UNASKED:
                unasked = UNASKED if self.data is None else self.data
                return unasked + answer + unasked
        return answer


@dataclass(slots=True)
class _Present:
    fault: LineFault
    left: int | None


class Faults:
    """The faults of a laboratory's instruments."""

    def __init__(self, instruments: Collection[str]) -> None:
        self._instruments = instruments
        self._present: dict[str, _Present] = {}

    def set(self, instrument: str, fault: LineFault) -> None:
        """Give an instrument a fault in place of any it has; raise InputError where there is no such instrument."""
        self._check(instrument)
        self._present[instrument] = _Present(fault, fault.requests)

    def clear(self, instrument: str | None = None) -> None:
        """Take the fault from an instrument, or from all; raise InputError for one that is not there."""
        if instrument is None:
            self._present.clear()
        else:
            self._check(instrument)
            self._present.pop(instrument, None)

    def unreachable(self, instrument: str) -> Fault | None:
        """The fault for which nobody can connect to it, if it has one."""
        present = self._present.get(instrument)
        return present.fault.kind if present is not None and present.fault.kind in UNREACHABLE else None

    def meet(self, instrument: str) -> LineFault | None:
        """The fault that a request meets now; it counts as one request."""
        present = self._present.get(instrument)
        if present is None:
            return None
        if present.left is not None:
            present.left -= 1
            if not present.left:
                del self._present[instrument]
        return present.fault

    def _check(self, instrument: str) -> None:
        if instrument not in self._instruments:
            raise InputError(f"no instrument {instrument!r} is simulated. {suggest(instrument, self._instruments)}")


def garbled(answer: bytes) -> bytes:
    """An answer of which nothing but the ends of lines is left as it was."""
    return bytes(byte if byte in LINE_ENDS else byte ^ GARBLING for byte in answer)


def wrong_at(answer: bytes, index: int) -> bytes:
    """An answer with the lowest bit of one byte wrong: of a digit another digit, of a number another number."""
    if not -len(answer) <= index < len(answer):
        return answer
    changed = bytearray(answer)
    changed[index] ^= 1
    return bytes(changed)
