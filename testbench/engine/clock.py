"""Time as an object: bench time that a real clock measures or the simulated laboratory jumps through.

Bench time is seconds since the evaluation began, on a base that only goes forward and includes the time that the computer
was suspended; wall time only dates things, and whoever sets it changes no bench time. No other code of the core asks the
operating system for the time.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from testbench.engine.laboratory import Laboratory

PIECE_S = 0.2
"""Longest piece of a wait, s: after each an abort is looked for."""
JUMP_S = 2.0
"""Change of the wall clock against bench time, or length of a suspend, that is told, s."""
AT_ONCE_S = 0.1  # clocks read within this time are of one moment


def monotonic() -> float:
    """Real monotonic time, s: for what people wait for, deadlines and flushing, never for readings."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Let real time pass where there is no bench to look after yet."""
    time.sleep(seconds)


def never() -> None:
    """Look for an abort where nobody can ask for one."""


def unheard(_: str) -> None:
    """Hear of a jump of the clock where nobody wants to know."""


def wall_now() -> dt.datetime:
    """Wall time with its local offset."""
    return dt.datetime.now().astimezone()


def _elapsed() -> float:
    """Seconds from some moment on, suspends included.

    On Windows the monotonic clock includes them (GetTickCount64, QueryPerformanceCounter), on macOS CLOCK_MONOTONIC does.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


def _awake() -> float:
    """Seconds from some moment on, suspends left out, where the system has such a clock; else as `_elapsed`."""
    if sys.platform in ("linux", "darwin"):
        return time.monotonic()
    if sys.platform == "win32":
        import ctypes

        ticks = ctypes.c_ulonglong()  # of 100 ns
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
        return ticks.value * 1e-7
    return _elapsed()


@dataclass(frozen=True, slots=True)
class MachineTime:
    """The clocks of the computer, s: `elapsed` with suspends, `awake` without, `wall` (since 1970); `pause` waits."""

    elapsed: Callable[[], float] = _elapsed
    awake: Callable[[], float] = _awake
    wall: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep


MACHINE = MachineTime()


class Clock(Protocol):
    """Bench time. `simulated` clocks jump; real ones wait."""

    simulated: bool

    def now(self) -> float:
        """Bench time in seconds."""
        ...

    def wait_until(self, time_s: float) -> None:
        """Return when bench time is `time_s`, at once if it has passed; raise AbortedError when an abort was asked for."""
        ...

    def idle(self, real_s: float) -> None:
        """Let `real_s` seconds of real time pass, and bench time with it; look for an abort at least every `PIECE_S`."""
        ...

    def wall(self) -> dt.datetime:
        """Date and time that belong to the present bench time."""
        ...


class RealClock:
    """Bench time by the computer's clock that includes suspends, from `start_s` at construction.

    `check` raises AbortedError when an abort was asked for. `jumped` is told once, in a sentence, of each change of the
    wall clock and of each suspend of more than `JUMP_S`; bench time missed while suspended is not made up for.
    """

    simulated = False

    def __init__(
        self,
        check: Callable[[], None] = never,
        *,
        start_s: float = 0.0,
        jumped: Callable[[str], None] = unheard,
        machine: MachineTime = MACHINE,
    ) -> None:
        self._check = check
        self._jumped = jumped
        self._machine = machine
        self._zero = machine.elapsed() - start_s
        self._lost, self._offset = self._differences()

    def now(self) -> float:
        """Seconds since construction, and `start_s`."""
        return self._machine.elapsed() - self._zero

    def wait_until(self, time_s: float) -> None:
        """Sleep in short pieces, so that an abort is felt at once on every system."""
        self._look()
        while (left := time_s - self.now()) > 0:
            self._machine.pause(min(left, PIECE_S))
            self._look()

    def idle(self, real_s: float) -> None:
        """Wait in short pieces; a suspend counts as waited."""
        self.wait_until(self.now() + real_s)

    def wall(self) -> dt.datetime:
        """Wall time."""
        return dt.datetime.fromtimestamp(self._machine.wall(), dt.UTC).astimezone()

    def _look(self) -> None:
        """Look for jumps of the clocks, and for an abort."""
        lost, offset = self._differences()
        suspended, set_by = lost - self._lost, offset - self._offset
        self._lost, self._offset = lost, offset
        if suspended > JUMP_S:
            self._jumped(f"the computer was suspended for {duration(suspended)}")
        if abs(set_by) > JUMP_S:
            self._jumped(f"the wall clock was set {'forward' if set_by > 0 else 'back'} by {abs(set_by):.0f} s")
        self._check()

    def _differences(self) -> tuple[float, float]:
        """Time suspended so far, and how far wall time is ahead of bench time, s, each from some moment on."""
        while True:
            elapsed = self._machine.elapsed()
            lost, offset = elapsed - self._machine.awake(), self._machine.wall() - elapsed
            if self._machine.elapsed() - elapsed < AT_ONCE_S:
                return lost, offset


class AccompaniedClock(RealClock):
    """Real time that the simulated laboratory keeps up with: for a bench of real instruments with some simulated ones.

    It begins at `start_s`, or at the laboratory's time if that is later.
    """

    def __init__(
        self,
        laboratory: Laboratory,
        check: Callable[[], None] = never,
        *,
        start_s: float = 0.0,
        jumped: Callable[[str], None] = unheard,
        machine: MachineTime = MACHINE,
    ) -> None:
        super().__init__(check, start_s=max(start_s, laboratory.now()), jumped=jumped, machine=machine)
        self._laboratory = laboratory

    def _look(self) -> None:
        """Bring the laboratory to the present bench time as well."""
        self._laboratory.advance(self.now())
        super()._look()


class SimulatedClock:
    """Bench time of the simulated laboratory; waiting advances it. `check` as for the real clock.

    `started` is the date of bench time 0, so that an evaluation that is gone on with keeps its dates; by default the clock
    is at the present date now.
    """

    simulated = True

    def __init__(
        self,
        laboratory: Laboratory,
        check: Callable[[], None] = never,
        *,
        started: dt.datetime | None = None,
        machine: MachineTime = MACHINE,
    ) -> None:
        self._laboratory = laboratory
        self._check = check
        self._machine = machine
        self._now = laboratory.now()
        self._start = started or wall_now().replace(microsecond=0) - dt.timedelta(seconds=self._now)

    def now(self) -> float:
        """Bench time the laboratory was last brought to."""
        return self._now

    def wait_until(self, time_s: float) -> None:
        """Advance the laboratory; all reads of the present tick must be done."""
        self._check()
        self._advance(time_s)

    def idle(self, real_s: float) -> None:
        """Let real time pass, and as much bench time with it."""
        end = self._now + real_s
        self._check()
        while (left := end - self._now) > 0:
            piece = min(left, PIECE_S)
            self._machine.pause(piece)
            self._advance(end if piece == left else self._now + piece)
            self._check()

    def wall(self) -> dt.datetime:
        """The date of bench time 0 plus bench time: dates of a simulated evaluation are fictitious."""
        return self._start + dt.timedelta(seconds=self._now)

    def _advance(self, time_s: float) -> None:
        if time_s > self._now:
            self._laboratory.advance(time_s)
            self._now = time_s


def duration(seconds: float) -> str:
    """A time in words, in its two largest units: 7 h 12 min, 4 min 10 s, 35 s."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = round(seconds / 3600)
    return f"{hours // 24} d {hours % 24} h"
