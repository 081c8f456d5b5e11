"""Reads all sources on one common time grid: every question first, then every answer.

A slower source is read at its own multiple of the grid; a tick that could not be kept is a gap, never a copy. Readings go
to the record's writer as they come and stay in memory for the step that is running, so that what a step computes is what
the record holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from testbench.engine.clock import Clock, monotonic
from testbench.engine.roles import Channel, Sample, Source, Status
from testbench.engine.steps import Window
from testbench.errors import InstrumentError

GAP = Sample(math.nan, Status.GAP)
DEAD_AFTER = 5  # consecutive gaps of one source after which it is given up


class Writer(Protocol):
    """Where readings go (testbench.record.ReadingWriter fits)."""

    def add(self, channel: int, time: float, value: float, status: int, raw: str | None = None) -> None:
        """Keep one reading."""
        ...

    def flush_if_due(self) -> None:
        """Make readings durable once a second of real time."""
        ...


@dataclass(slots=True)
class Series:
    """Readings of one channel in memory: time (s of bench time) and value (NaN where it is no valid reading)."""

    channel: Channel
    identifier: int
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def between(self, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values with start <= time <= end (a nanosecond of tolerance)."""
        times = np.asarray(self.times)
        inside = (times >= start - 1e-9) & (times <= end + 1e-9)
        return times[inside], np.asarray(self.values)[inside]


@dataclass(slots=True)
class _Reader:
    """One source on the grid: its series, how often it is due, and how long it has been silent."""

    source: Source
    series: tuple[Series, ...]
    silent: int = 0


class Sampler:
    """Samples the sources of a bench; one per evaluation."""

    def __init__(
        self,
        sources: Sequence[Source],
        clock: Clock,
        writer: Writer,
        register: Callable[[Channel], int],
        report_gap: Callable[[str], None],
    ) -> None:
        self._clock = clock
        self._writer = writer
        self._report_gap = report_gap
        self._readers = [
            _Reader(source, tuple(Series(channel, register(channel)) for channel in source.channels)) for source in sources
        ]
        self.series: Mapping[str, Series] = {
            series.channel.name: series for reader in self._readers for series in reader.series
        }

    def forget(self) -> None:
        """Drop the readings in memory: a new step begins (the record keeps them)."""
        for series in self.series.values():
            series.times.clear()
            series.values.clear()

    def sample(
        self,
        duration_s: float,
        every_s: float,
        *,
        until: Callable[[], bool] | None = None,
        busy: Callable[[], None] | None = None,
        remember: bool = True,
    ) -> Window:
        """Sample for a duration on a grid of `every_s`, from now on, both ends included; stop early when `until` says so.

        `busy` is called after every tick (progress, interrupts). Readings that no step computes from (a day's wait) are not
        remembered; the record has them. Raises InstrumentError when a source stays silent.
        """
        start = self._clock.now()
        end = start + duration_s
        ticks = max(0, math.floor(duration_s / every_s + 1e-9))
        multiples = [max(1, math.ceil(reader.source.interval_s / every_s - 1e-9)) for reader in self._readers]
        skew = 0.0
        late = 0
        for tick in range(ticks + 1):
            due = start + tick * every_s
            self._clock.wait_until(due)
            readers = [reader for reader, multiple in zip(self._readers, multiples, strict=True) if tick % multiple == 0]
            if self._clock.now() - due > every_s:
                late += 1
                self._mark(readers, due)
                continue
            skew = max(skew, self.tick(readers))
            if not remember:
                self.forget()
            if busy is not None:
                busy()
            if until is not None and until():
                return Window(start, self._clock.now(), every_s, skew, late)
        self._clock.wait_until(end)
        return Window(start, end, every_s, skew, late)

    def once(self) -> float:
        """Read every source once, now; return the bench time of the tick."""
        self.tick(self._readers)
        return self._clock.now()

    def tick(self, readers: Iterable[_Reader]) -> float:
        """Ask all, then take all answers; return the real time it took, s."""
        now = self._clock.now()
        began = monotonic()
        asked: list[tuple[_Reader, str | None]] = []
        for reader in readers:
            try:
                reader.source.request()
            except InstrumentError as error:
                asked.append((reader, str(error)))
            else:
                asked.append((reader, None))
        for reader, failure in asked:
            samples: Sequence[Sample] = ()
            if failure is None:
                try:
                    samples = reader.source.collect()
                except InstrumentError as error:
                    failure = str(error)
            if failure is None:
                reader.silent = 0
                self._keep(reader, now, samples)
            else:
                self._fail(reader, now, failure)
        self._writer.flush_if_due()
        return monotonic() - began

    def _keep(self, reader: _Reader, now: float, samples: Sequence[Sample]) -> None:
        add = self._writer.add
        for series, sample in zip(reader.series, samples, strict=True):
            status = sample.status
            series.times.append(now)
            series.values.append(sample.value if status == Status.VALID else math.nan)
            add(series.identifier, now, sample.value, status, sample.raw)

    def _fail(self, reader: _Reader, now: float, failure: str) -> None:
        self._keep(reader, now, [GAP] * len(reader.series))
        reader.silent += 1
        self._report_gap(failure)
        if reader.silent >= DEAD_AFTER:
            self._writer.flush_if_due()
            raise InstrumentError(f"{failure}; given up after {reader.silent} readings in a row without an answer")

    def _mark(self, readers: Iterable[_Reader], due: float) -> None:
        for reader in readers:
            self._keep(reader, due, [GAP] * len(reader.series))
