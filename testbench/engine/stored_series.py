"""Readings as a step had them in memory, loaded from the record.

The sampler keeps what was read since it last forgot; the record keeps everything in the order in which it came. On a clock
that jumps, the last tick of one window and the first of the next have the same bench time. Which reading is whose follows
from the grid: of a window that lasts, the first tick is the last one of all at its beginning, and if it has a tick at its
end, that is the first one there. A single look is the first tick at its time that no window before it has taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from testbench.engine.roles import Source
from testbench.engine.steps import Window

Loader = Callable[[str, float, float], tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Times (s) and values (NaN where not valid) of a channel, start <= time <= end, in the order in which they came."""

NEAR = 1e-9  # s; as near the sampler takes bench times for equal
ON_GRID_S = 1e-6  # bench times of ticks are sums of floating-point numbers
AHEAD_S = 1800.0  # loaded at once


class StoredSeries:
    """One channel; `interval_s` is how often its source renews its output. Fits `observation.Readable`."""

    def __init__(self, name: str, interval_s: float, load: Loader) -> None:
        self._name = name
        self._interval_s = interval_s
        self._load = load
        self._times = self._values = np.empty(0)
        self._loaded = (math.inf, -math.inf)  # from, to
        self._memory = (np.empty(0), np.empty(0))
        self._late_s = 0.0  # within what time the last tick of the window before may come after its end
        self._skip = 0  # loaded readings at that time which belong to the window before
        self._first: float | None = None  # where the memory begins; None when it is empty
        self._taken = (-math.inf, 0)  # how many readings at the latest bench time are taken

    def forget(self) -> None:
        """Begin with an empty memory."""
        self._memory = (np.empty(0), np.empty(0))
        self._first = None

    def take(self, window: Window, sampled_from: float | None = None) -> None:
        """Add the readings of a window to the memory; its grid began at `sampled_from` (default: at its start)."""
        self._first = window.start if self._first is None else self._first
        times, values = self._span(self._first, window.end)
        if not len(self._memory[0]):
            self._skip = self._begin(times, self._first)
        before_end = int(np.count_nonzero(times < window.end - NEAR))
        inside = times[self._skip : before_end]
        at_end = 1 if self._has_tick_at_end(window, sampled_from, inside[inside > window.start + NEAR]) else 0
        stop = min(len(times), max(self._skip, before_end + at_end))
        self._memory = (times[self._skip : stop], values[self._skip : stop])
        self._taken = (window.end, at_end)
        there = before_end < len(times) and times[before_end] <= window.end + NEAR
        self._late_s = window.every_s if at_end and not there else 0.0

    def _begin(self, times: NDArray[np.float64], start: float) -> int:
        """Index of a window's first tick: the last one of all at its start, unless that was taken by the window before."""
        there = int(np.count_nonzero(times <= start + NEAR))
        taken = self._taken[1] if abs(self._taken[0] - start) <= NEAR else 0
        if 0.0 < start - self._taken[0] <= self._late_s:
            between, _ = self._span(self._taken[0], start)
            taken = 1 if np.count_nonzero(between < start - NEAR) == 0 else 0  # its last tick came late, just now
        return there - 1 if there > taken else there

    def pass_by(self, window: Window, sampled_from: float) -> None:
        """Note a window that nothing is computed from."""
        self._taken = (window.end, 1 if self._has_tick_at_end(window, sampled_from, np.empty(0)) else 0)
        self._late_s = 0.0

    def look(self, time: float) -> None:
        """Add the readings of a single look to the memory."""
        times, values = self._span(time, time)
        taken = self._taken[1] if abs(self._taken[0] - time) <= NEAR else 0
        index = min(taken, len(times) - 1)
        if index >= 0:
            self._memory = (times[index : index + 1], values[index : index + 1])
        self._taken = (time, taken + 1)
        self._late_s = 0.0

    def between(self, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values in memory with start <= time <= end (a nanosecond of tolerance)."""
        times, values = self._memory
        inside = (times >= start - NEAR) & (times <= end + NEAR)
        return times[inside], values[inside]

    def _has_tick_at_end(self, window: Window, sampled_from: float | None, inside: NDArray[np.float64]) -> bool:
        """Whether a tick at the window's end is its own; `inside` are the times of its other ticks.

        Ticks of a clock that waits come late, off the grid; if one stands exactly at the end, the window was ended by it.
        """
        if window.every_s <= 0.0:
            return False
        start = window.start if sampled_from is None else sampled_from
        ticks = (window.end - start) / window.every_s
        multiple = max(1, math.ceil(self._interval_s / window.every_s - 1e-9))
        if abs(start + round(ticks) * window.every_s - window.end) <= ON_GRID_S:
            return round(ticks) % multiple == 0
        steps = (inside - start) / window.every_s
        late = bool(np.any(np.abs(steps - np.round(steps)) * window.every_s > ON_GRID_S))
        return late and math.floor(ticks) % multiple == 0

    def _span(self, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        low, high = self._loaded
        if start < low or end > high:
            high = max(end, start + AHEAD_S)
            try:
                self._times, self._values = self._load(self._name, start - 2 * NEAR, high + 2 * NEAR)
            except Exception:
                self._loaded = (math.inf, -math.inf)
                if high <= end:
                    raise
                high = end  # what lies ahead may be damaged where this is not
                self._times, self._values = self._load(self._name, start - 2 * NEAR, high + 2 * NEAR)
            self._loaded = (start, high)
        inside = (self._times >= start - NEAR) & (self._times <= end + NEAR)
        return self._times[inside], self._values[inside]


class StoredReadings:
    """All channels of the sources of a bench; `series` fits `Observation`."""

    def __init__(self, sources: Iterable[Source], load: Loader) -> None:
        self.series: Mapping[str, StoredSeries] = {
            channel.name: StoredSeries(channel.name, source.interval_s, load)
            for source in sources
            for channel in source.channels
        }

    def forget(self) -> None:
        """Begin with an empty memory."""
        for series in self.series.values():
            series.forget()

    def take(self, window: Window) -> None:
        """Have the readings of a window in memory, beside those that are there."""
        for series in self.series.values():
            series.take(window)

    def pass_by(self, window: Window, sampled_from: float) -> None:
        """Note a window that nothing is computed from; its grid began at `sampled_from`."""
        for series in self.series.values():
            series.pass_by(window, sampled_from)

    def look(self, time: float) -> None:
        """Have the readings of a single look in memory."""
        for series in self.series.values():
            series.look(time)
