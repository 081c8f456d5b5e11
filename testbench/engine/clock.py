"""Time as an object: bench time that a real clock measures or the simulated laboratory jumps through.

Bench time is seconds since the evaluation began, on a monotonic base; wall time only dates things. No other code of the
core asks the operating system for the time.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Protocol

from testbench.engine.laboratory import Laboratory


def monotonic() -> float:
    """Real monotonic time, s: for what people wait for, deadlines and flushing, never for readings."""
    return time.monotonic()


def never() -> None:
    """Look for an abort where nobody can ask for one."""


def wall_now() -> dt.datetime:
    """Wall time with its local offset."""
    return dt.datetime.now().astimezone()


class Clock(Protocol):
    """Bench time. `simulated` clocks jump; real ones wait."""

    simulated: bool

    def now(self) -> float:
        """Bench time in seconds."""
        ...

    def wait_until(self, time_s: float) -> None:
        """Return when bench time is `time_s`, at once if it has passed; raise AbortedError when an abort was asked for."""
        ...

    def wall(self) -> dt.datetime:
        """Date and time that belong to the present bench time."""
        ...


class RealClock:
    """Bench time by the operating system's monotonic clock, from 0 at construction.

    `check` raises AbortedError when an abort was asked for.
    """

    simulated = False

    def __init__(self, check: Callable[[], None] = never) -> None:
        self._zero = time.monotonic()
        self._check = check

    def now(self) -> float:
        """Seconds since construction."""
        return time.monotonic() - self._zero

    def wait_until(self, time_s: float) -> None:
        """Sleep in short pieces, so that an abort is felt at once on every system."""
        self._check()
        while (left := time_s - self.now()) > 0:
            time.sleep(min(left, 0.2))
            self._check()

    def wall(self) -> dt.datetime:
        """Wall time."""
        return wall_now()


class AccompaniedClock(RealClock):
    """Real time that the simulated laboratory keeps up with: for a bench of real instruments with some simulated ones."""

    def __init__(self, laboratory: Laboratory, check: Callable[[], None] = never) -> None:
        super().__init__(check)
        self._laboratory = laboratory

    def wait_until(self, time_s: float) -> None:
        """Wait, then bring the laboratory to the present bench time."""
        super().wait_until(time_s)
        self._laboratory.advance(self.now())


class SimulatedClock:
    """Bench time of the simulated laboratory; waiting advances it. `check` as for the real clock."""

    simulated = True

    def __init__(self, laboratory: Laboratory, check: Callable[[], None] = never) -> None:
        self._laboratory = laboratory
        self._check = check
        self._now = laboratory.now()
        self._start = wall_now().replace(microsecond=0)

    def now(self) -> float:
        """Bench time the laboratory was last brought to."""
        return self._now

    def wait_until(self, time_s: float) -> None:
        """Advance the laboratory; all reads of the present tick must be done."""
        self._check()
        if time_s > self._now:
            self._laboratory.advance(time_s)
            self._now = time_s

    def wall(self) -> dt.datetime:
        """The wall time of the start plus bench time: dates of a simulated evaluation are fictitious."""
        return self._start + dt.timedelta(seconds=self._now)
