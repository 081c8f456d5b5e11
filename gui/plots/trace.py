"""One trace: live readings in levels of its own, and stored readings as they were asked for. Without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gui.plots.levels import Levels, Points, Polyline, columns, join
from testbench.record.model import Overview

WHOLE_POINTS = 2000  # of the first picture of a stored series
DETAIL_SPANS = 3.0  # how much is asked for, in spans of the view
_ENOUGH = 1.0  # points a pixel


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Stored readings from `start` to `end` (s), condensed; `exact` where each point is one reading."""

    start: float
    end: float
    points: Points
    exact: bool

    @classmethod
    def of(cls, start: float, end: float, overview: Overview) -> Window:
        """What a record answered."""
        points = Points(overview.time, overview.minimum, overview.maximum)
        return cls(start, end, points, bool(np.all(overview.count <= 1)))

    def covers(self, start: float, end: float) -> bool:
        """Whether it tells all of a span."""
        return self.start <= start and end <= self.end

    def between(self, start: float, end: float) -> Points:
        """Its points from `start` to `end`, with one more on either side."""
        first = max(0, int(np.searchsorted(self.points.time, start)) - 1)
        past = int(np.searchsorted(self.points.time, end)) + 1
        return Points(*(getattr(self.points, name)[first:past] for name in ("time", "low", "high")))

    def fine_enough(self, start: float, end: float, pixels: int) -> bool:
        """Whether a picture of a span, that wide, would look no better with more points."""
        if self.exact:
            return True
        share = (end - start) / max(self.end - self.start, 1e-12)
        return len(self.points) * min(1.0, share) >= _ENOUGH * pixels


class Trace:
    """What is known of one channel."""

    def __init__(self, *, stored: bool = False, capacity: int | None = None) -> None:
        self.levels = Levels() if capacity is None else Levels(capacity)
        self.stored = stored
        self._whole: Window | None = None
        self._detail: Window | None = None

    @property
    def extent(self) -> tuple[float, float] | None:
        """Times of the first and the last reading that are known; None without any."""
        known = [w.points.time[[0, -1]] for w in (self._whole, self._detail) if w is not None and len(w.points)]
        if len(self.levels):
            known.append(np.array([self.levels.first, self.levels.last]))
        return (float(min(k[0] for k in known)), float(max(k[-1] for k in known))) if known else None

    def keep(self, window: Window) -> None:
        """Take an answer of the record: the widest serves as background, the latest other one as detail."""
        if self._whole is None or window.covers(self._whole.start, self._whole.end):
            self._whole = window
        else:
            self._detail = window

    def wants(self, start: float, end: float, pixels: int) -> bool:
        """Whether the record should be asked for more detail of a span."""
        if not self.stored:
            return False
        exact_since = self.levels.exact_since
        if exact_since is not None:
            end = min(end, exact_since)
        if self._whole is not None:
            start, end = max(start, self._whole.start), end if exact_since is not None else min(end, self._whole.end)
        return end > start and not any(
            w is not None and w.covers(start, end) and w.fine_enough(start, end, pixels) for w in (self._detail, self._whole)
        )

    def query(self, start: float, end: float, pixels: int) -> Polyline:
        """The picture of a span: stored readings up to where live ones are known, live ones from there."""
        window, since = self._window(start, end), self._live_since(start, end)
        if window is None:
            return self.levels.query(start, end, pixels)
        until = end if since is None else min(end, since)
        if until <= start:
            return self.levels.query(start, end, pixels)
        stored = join(columns(window.between(start, until), start, end, pixels))
        if since is None or since >= end:
            return stored
        live = self.levels.query(max(start, since), end, pixels)
        before = stored.time < since
        return Polyline(np.concatenate((stored.time[before], live.time)), np.concatenate((stored.value[before], live.value)))

    def latest(self, line: Polyline, end: float) -> tuple[float, float] | None:
        """The latest reading at or before a time: itself where it is known, else the point of the picture it is in."""
        newest = self.levels.newest
        if newest is not None and newest[0] <= end:
            return None if math.isnan(newest[1]) else (newest[1], newest[1])
        return at(line, end)

    def _window(self, start: float, end: float) -> Window | None:
        since = self.levels.first
        needed = end if since is None else min(end, since)
        if self._detail is not None:
            low, high = (self._whole.start, self._whole.end) if self._whole is not None else (start, end)
            if self._detail.covers(max(start, low), min(needed, high)):
                return self._detail
        return self._whole

    def _live_since(self, start: float, end: float) -> float | None:
        """From when on the own levels are drawn: every single reading where the detail tells what was before, else all."""
        exact = self.levels.exact_since
        if exact is not None and self._detail is not None and self._detail.covers(start, min(end, exact)):
            return exact
        return self.levels.first


def at(line: Polyline, time: float) -> tuple[float, float] | None:
    """Least and greatest value of the point at or before a time; None before the first, and in a gap."""
    if not len(line):
        return None
    past = int(np.searchsorted(line.time, time, side="right"))
    if past == 0:
        return None
    same = line.value[int(np.searchsorted(line.time, line.time[past - 1])) : past]
    finite = same[np.isfinite(same)]
    return (float(finite.min()), float(finite.max())) if finite.size else None
