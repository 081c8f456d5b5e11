"""Faults that a simulated instrument can be told to have on its line, for trying out what a run makes of them.

    SILENT       it hears nothing: requests are not carried out and not answered
    TRICKLE      it answers one byte at a time, `delay_s` apart (0.5 s); a new request cuts the answer off
    GARBLE       it answers, but every byte other than the end of a line is wrong
    CLOSE        it closes the connection instead of carrying a request out
    LATE         it answers after `delay_s` (5 s) of real time, also when another request has come meanwhile
    UNPLUGGED    its connections are closed, and so is every new one, until the fault is cleared

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


class Fault(StrEnum):
    """What is wrong with an instrument's line."""

    SILENT = "silent"
    TRICKLE = "trickle"
    GARBLE = "garble"
    CLOSE = "close"
    LATE = "late"
    UNPLUGGED = "unplugged"


DELAY_S = {Fault.TRICKLE: 0.5, Fault.LATE: 5.0}
"""Delay where none is stated, s, of the faults that have one."""


@dataclass(slots=True)
class _Present:
    fault: Fault
    left: int | None  # requests; None: until it is cleared
    delay_s: float


class Faults:
    """The faults of a laboratory's instruments."""

    def __init__(self, instruments: Collection[str]) -> None:
        self._instruments = instruments
        self._present: dict[str, _Present] = {}

    def set(self, instrument: str, fault: Fault, requests: int | None = None, delay_s: float | None = None) -> None:
        """Give an instrument a fault in place of any it has; raise InputError for what cannot be."""
        self._check(instrument)
        if requests is not None and fault is Fault.UNPLUGGED:
            raise InputError(f"{instrument}: nothing is requested of an unplugged instrument; clear the fault instead")
        if delay_s is not None and fault not in DELAY_S:
            raise InputError(f"{instrument}: {fault} has no delay; {' and '.join(DELAY_S)} have")
        delay_s = DELAY_S.get(fault, 0.0) if delay_s is None else delay_s
        self._present[instrument] = _Present(fault, requests, delay_s)

    def clear(self, instrument: str | None = None) -> None:
        """Take the fault from an instrument, or from all; raise InputError for one that is not there."""
        if instrument is None:
            self._present.clear()
        else:
            self._check(instrument)
            self._present.pop(instrument, None)

    def unplugged(self, instrument: str) -> bool:
        """Whether nobody can connect to it."""
        present = self._present.get(instrument)
        return present is not None and present.fault is Fault.UNPLUGGED

    def meet(self, instrument: str) -> tuple[Fault | None, float]:
        """The fault that a request meets now, and its delay, s; it counts as one request."""
        present = self._present.get(instrument)
        if present is None:
            return None, 0.0
        if present.left is not None:
            present.left -= 1
            if not present.left:
                del self._present[instrument]
        return present.fault, present.delay_s

    def _check(self, instrument: str) -> None:
        if instrument not in self._instruments:
            raise InputError(f"no instrument {instrument!r} is simulated. {suggest(instrument, self._instruments)}")


def garbled(answer: bytes) -> bytes:
    """An answer of which nothing but the ends of lines is left as it was."""
    return bytes(byte if byte in LINE_ENDS else byte ^ GARBLING for byte in answer)
