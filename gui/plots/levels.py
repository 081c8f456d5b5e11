"""Minimum and maximum levels of a growing series, so that any span of it is drawn with a few points a pixel.

Readings are appended in blocks. Level 0 holds them as they came; a point of level k covers 16 points of level k−1: the time
of its first reading, the least and the greatest value. A level keeps at most `capacity` points and drops its oldest, so
memory is bounded: old parts are then drawn from a coarser level, with extremes that are still exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FACTOR = 16
CAPACITY = 1 << 20  # points a level; 29 h of readings at 10 Hz
_FIRST_ROOM = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Polyline:
    """Points to connect, in time order: `time` in s, `value` in the unit of the series, NaN where the line is broken."""

    time: Floats
    value: Floats

    def __len__(self) -> int:
        return len(self.time)

    def extremes(self) -> tuple[float, float] | None:
        """The least and the greatest value; None where there is none."""
        finite = self.value[np.isfinite(self.value)]
        return (float(finite.min()), float(finite.max())) if finite.size else None


NOTHING = Polyline(np.empty(0), np.empty(0))


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Condensed readings, arrays of one length: each point from `time` (s) to the next lies between `low` and `high`."""

    time: Floats
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.time)


class _Level:
    """The points of one level, counted from 0 since the beginning; the oldest are dropped when there are too many."""

    def __init__(self, capacity: int, *, single: bool = False) -> None:
        self._capacity = capacity
        self._columns = np.empty((2 if single else 3, min(_FIRST_ROOM, capacity)))  # time, (least and greatest) value
        self.dropped = 0
        self.kept = 0

    @property
    def total(self) -> int:
        """How many points there have ever been."""
        return self.dropped + self.kept

    @property
    def nbytes(self) -> int:
        """Memory taken, in bytes."""
        return self._columns.nbytes

    @property
    def time(self) -> Floats:
        """Times of the points that are kept."""
        return self._columns[0, : self.kept]

    def push(self, time: Floats, low: Floats, high: Floats) -> None:
        """Append points, at most half the capacity."""
        self._make_room(len(time))
        place = slice(self.kept, self.kept + len(time))
        for column, values in zip(self._columns, (time, low, high), strict=False):
            column[place] = values
        self.kept += len(time)

    def take(self, start: int, end: int) -> Points:
        """Points start … end−1 that are still kept."""
        place = slice(max(0, start - self.dropped), max(0, end - self.dropped))
        columns = [column[: self.kept][place] for column in self._columns]
        return Points(columns[0], columns[1], columns[-1])

    def find(self, time: float, *, after: bool = False) -> int:
        """Number of the first point at or after a time; with `after`, of the first one later than it."""
        return self.dropped + int(np.searchsorted(self.time, time, side="right" if after else "left"))

    def reaches(self, time: float) -> bool:
        """Whether no point was dropped that a span from `time` on would need."""
        return self.dropped == 0 or (self.kept > 0 and float(self._columns[0, 0]) <= time)

    def groups(self, time: float) -> bool:
        """Whether the group of points that a time falls into, which becomes one point of the level above, is kept whole."""
        return self.dropped <= FACTOR * (self.find(time, after=True) // FACTOR)

    def _make_room(self, count: int) -> None:
        room = self._columns.shape[1]
        if self.kept + count <= room:
            return
        if self.kept + count > self._capacity:
            half = self._capacity // 2
            drop = max(0, self.kept - half)
            self._columns[:, : self.kept - drop] = self._columns[:, drop : self.kept].copy()
            self.kept -= drop
            self.dropped += drop
        while room < self.kept + count:
            room = min(2 * room, self._capacity)
        if room > self._columns.shape[1]:
            larger = np.empty((len(self._columns), room))
            larger[:, : self.kept] = self._columns[:, : self.kept]
            self._columns = larger


class Levels:
    """A growing series of readings in time order, and its levels."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        if capacity < 4 * FACTOR:
            raise ValueError(f"levels need room for at least {4 * FACTOR} points, not {capacity}")
        self._capacity = capacity
        self._levels = [_Level(capacity, single=True)]

    def __len__(self) -> int:
        """How many readings were appended."""
        return self._levels[0].total

    @property
    def first(self) -> float | None:
        """Time of the first reading that some level still covers, s; None without readings."""
        return float(self._levels[-1].time[0]) if self._levels[0].total else None

    @property
    def exact_since(self) -> float | None:
        """Time from which on every single reading is kept, s; None without readings."""
        return float(self._levels[0].time[0]) if self._levels[0].total else None

    @property
    def last(self) -> float | None:
        """Time of the last reading, s."""
        return float(self._levels[0].time[-1]) if self._levels[0].total else None

    @property
    def newest(self) -> tuple[float, float] | None:
        """Time and value of the last reading, NaN in a gap; None without readings."""
        last = self._levels[0].take(self._levels[0].total - 1, self._levels[0].total)
        return (float(last.time[0]), float(last.low[0])) if len(last) else None

    @property
    def nbytes(self) -> int:
        """Memory that the points take, in bytes."""
        return sum(level.nbytes for level in self._levels)

    def append(self, time: ArrayLike, value: ArrayLike) -> None:
        """Append readings: times in s (finite, ascending, not before the last one), values with NaN for gaps."""
        times, values = np.asarray(time, np.float64).ravel(), np.asarray(value, np.float64).ravel()
        if times.shape != values.shape:
            raise ValueError(f"as many times as values are needed, got {len(times)} and {len(values)}")
        if not len(times):
            return
        last = self.last
        if not np.isfinite(times).all() or np.any(np.diff(times) < 0) or (last is not None and times[0] < last):
            raise ValueError("readings must come in time order, at finite times")
        values = np.where(np.isfinite(values), values, np.nan)
        step = self._capacity // 2
        for start in range(0, len(times), step):
            piece = slice(start, start + step)
            self._levels[0].push(times[piece], values[piece], values[piece])
            self._condense()

    def query(self, start: float, end: float, pixels: int) -> Polyline:
        """The series from `start` to `end` (s) as at most about two points for each of `pixels` columns.

        Least and greatest value of every column are exact; a gap that fills a column breaks the line. One reading before
        and one after the span are added where they are kept, so that the line reaches the edges.
        """
        if not len(self) or not end > start or pixels < 1:
            return NOTHING
        points = self._points(start, end, pixels)
        raw = self._levels[0]
        before, after = raw.find(start), raw.find(end, after=True)
        return join(
            raw.take(before - 1, before) if before > raw.dropped else raw.take(0, 0),
            columns(points, start, end, pixels),
            raw.take(after, after + 1),
        )

    def _condense(self) -> None:
        """Bring the levels above up to date; points of a level are made of whole groups below."""
        for number, level in enumerate(self._levels):
            whole = level.total // FACTOR
            if not whole:
                return
            if number + 1 == len(self._levels):
                self._levels.append(_Level(self._capacity))
            above = self._levels[number + 1]
            if whole == above.total:
                return
            points = level.take(FACTOR * above.total, FACTOR * whole)
            above.push(
                points.time[::FACTOR].copy(),
                np.fmin.reduce(points.low.reshape(-1, FACTOR), axis=1),
                np.fmax.reduce(points.high.reshape(-1, FACTOR), axis=1),
            )

    def _points(self, start: float, end: float, pixels: int) -> Points:
        """Points of the span: in its middle of the coarsest level that is fine enough, towards its ends of finer ones.

        `first[k]` and `past[k]` delimit the points of level k that lie wholly inside.
        """
        levels = self._levels
        lowest = next((k for k, level in enumerate(levels) if level.reaches(start)), len(levels) - 1)
        first = {lowest: levels[lowest].find(start)}
        if lowest and first[lowest] > levels[lowest].dropped:
            first[lowest] -= 1  # its readings are gone: the point that begins before the span goes with it
        last_level = next((k for k, level in enumerate(levels[:lowest]) if level.reaches(end) and level.groups(end)), lowest)
        past = {last_level: levels[last_level].find(end, after=True)}
        for k in range(last_level + 1, lowest + 1):
            past[k] = min(past[k - 1] // FACTOR, levels[k].total)
        if lowest > last_level:
            past[lowest] = max(past[lowest], min(first[lowest] + 1, levels[lowest].total))
        top = lowest
        while top + 1 < len(levels):
            begin = -(-first[top] // FACTOR)
            until = min(past[top] // FACTOR, levels[top + 1].total)
            if until - begin < pixels:
                break
            top += 1
            first[top], past[top] = begin, until
        pieces = [levels[k].take(first[k], FACTOR * first[k + 1]) for k in range(lowest, top)]
        pieces.append(levels[top].take(first[top], past[top]))
        pieces += [levels[k].take(FACTOR * past[k + 1], past[k]) for k in range(top - 1, last_level - 1, -1)]
        return Points(*(np.concatenate([getattr(p, name) for p in pieces]) for name in ("time", "low", "high")))


def columns(points: Points, start: float, end: float, pixels: int) -> Points:
    """Merge points that fall into the same column; columns stand at whole multiples of their width, so that panning is calm.

    Few points are left as they are.
    """
    if len(points) <= pixels:
        return points
    width = (end - start) / pixels
    if not width > math.ulp(max(abs(start), abs(end))):
        return points
    column = np.floor(points.time / width)
    starts = np.flatnonzero(np.concatenate(([True], column[1:] != column[:-1])))
    return Points(points.time[starts], np.fmin.reduceat(points.low, starts), np.fmax.reduceat(points.high, starts))


def join(*pieces: Points) -> Polyline:
    """Connect points: a stroke from the least to the greatest value of each, one point where they are the same."""
    time, low, high = (np.concatenate([getattr(p, name) for p in pieces]) for name in ("time", "low", "high"))
    if not len(time):
        return NOTHING
    stroke = low < high  # false in a gap
    if not stroke.any():
        return Polyline(time, low)
    place = np.cumsum(1 + stroke) - 1 - stroke
    times, values = np.empty(place[-1] + 1 + stroke[-1]), np.empty(place[-1] + 1 + stroke[-1])
    times[place], values[place] = time, low
    times[place[stroke] + 1], values[place[stroke] + 1] = time[stroke], high[stroke]
    return Polyline(times, values)
