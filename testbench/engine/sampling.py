"""Reads all sources on one common time grid: every question first, then every answer.

A slower source is read at its own multiple of the grid; a tick that could not be kept is a gap, never a copy. A source that
stays silent ends the run if the gas hangs on it; another one is given up, so that the devices that answer are tested on: its
readings are gaps, and it is asked again when a step begins and every few minutes. Readings go
to the record's writer as they come and stay in memory for the step that is running, so that what a step computes is what
the record holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from testbench.engine.clock import Clock, monotonic, never
from testbench.engine.roles import Channel, Sample, Source, Status
from testbench.engine.silence import Silence
from testbench.engine.steps import Window
from testbench.errors import InstrumentError

GAP = Sample(math.nan, Status.GAP)
DEAD_AFTER = 5  # consecutive gaps of one source after which it is given up
ASK_AGAIN_S = 300.0  # real time after which a source that was given up is asked again within a step


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
    """Readings of one channel in memory: time (s of bench time) and value (NaN where it is no valid reading).

    `last` is the last reading as it came, with its time; it is there also when the others were forgotten.
    """

    channel: Channel
    identifier: int
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    last: Sample = GAP
    last_at: float = -math.inf

    def between(self, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values with start <= time <= end (a nanosecond of tolerance)."""
        times = np.asarray(self.times)
        inside = (times >= start - 1e-9) & (times <= end + 1e-9)
        return times[inside], np.asarray(self.values)[inside]


@dataclass(slots=True)
class _Reader:
    """One source on the grid: its series, whether the run ends without it, and how often in a row it was silent.

    `ask_at` is the real time before which a source that was given up is not asked.
    """

    source: Source
    series: tuple[Series, ...]
    vital: bool
    silent: int = 0
    ask_at: float = -math.inf

    @property
    def given_up(self) -> bool:
        """Whether it was silent for so long that nothing is expected of it."""
        return self.silent >= DEAD_AFTER


class Sampler:
    """Samples the sources of a bench; one per evaluation.

    `tested` are the sources that are read for the devices under test: without any of them a run cannot go on. Nor can it
    without one of those that are not `dispensable` (default: none is). `watch` is called after every tick, `alive` after
    every question and answer: one tick may wait for several silent instruments.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        clock: Clock,
        writer: Writer,
        register: Callable[[Channel], int],
        report_gap: Callable[[str], None],
        *,
        dispensable: Collection[Source] = (),
        tested: Collection[Source] = (),
        watch: Callable[[float, Mapping[str, Series]], None] | None = None,
        silence: Silence | None = None,
        alive: Callable[[], None] = never,
    ) -> None:
        self._clock = clock
        self._writer = writer
        self._report_gap = report_gap
        self._watch = watch
        self._alive = alive
        self._silence = silence or Silence()
        spared = {id(source) for source in dispensable}
        self._readers = [
            _Reader(
                source,
                tuple(Series(channel, register(channel)) for channel in source.channels),
                vital=id(source) not in spared,
            )
            for source in sources
        ]
        devices = {id(source) for source in tested}
        self._tested = [reader for reader in self._readers if id(reader.source) in devices]
        self.series: Mapping[str, Series] = {
            series.channel.name: series for reader in self._readers for series in reader.series
        }

    def begin_step(self) -> None:
        """Drop the readings in memory, and ask again who was given up."""
        self.forget()
        for reader in self._readers:
            reader.ask_at = -math.inf

    def given_up(self, channel: str) -> bool:
        """Whether nothing is expected of a channel's source any more."""
        return any(reader.given_up for reader in self._readers for series in reader.series if series.channel.name == channel)

    def forget(self) -> None:
        """Drop the readings in memory (the record keeps them)."""
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
            if reader.given_up and began < reader.ask_at:
                self._keep(reader, now, [GAP] * len(reader.series))
                continue
            try:
                reader.source.request()
            except InstrumentError as error:
                asked.append((reader, str(error)))
            else:
                asked.append((reader, None))
            self._alive()
        for reader, failure in asked:
            samples: Sequence[Sample] = ()
            if failure is None:
                try:
                    samples = reader.source.collect()
                except InstrumentError as error:
                    failure = str(error)
            if failure is None:
                if reader.given_up:
                    self._report_gap(f"{reader.source.name}: answers again")
                reader.silent = 0
                self._keep(reader, now, samples)
            else:
                self._fail(reader, now, failure)
            self._alive()
        self._writer.flush_if_due()
        took = monotonic() - began
        if self._watch is not None:
            self._watch(now, self.series)
        return took

    def _keep(self, reader: _Reader, now: float, samples: Sequence[Sample]) -> None:
        add = self._writer.add
        for series, sample in zip(reader.series, samples, strict=True):
            status = sample.status
            series.last, series.last_at = sample, now
            series.times.append(now)
            series.values.append(sample.value if status == Status.VALID else math.nan)
            add(series.identifier, now, sample.value, status, sample.raw)

    def _fail(self, reader: _Reader, now: float, failure: str) -> None:
        self._keep(reader, now, [GAP] * len(reader.series))
        reader.silent += 1
        reader.ask_at = monotonic() + ASK_AGAIN_S
        if reader.silent <= DEAD_AFTER:
            self._report_gap(failure)
        if not reader.given_up:
            return
        given_up = f"given up after {DEAD_AFTER} readings in a row without an answer"
        if reader.vital or (self._tested and all(other.given_up for other in self._tested)):
            self._writer.flush_if_due()
            sources = [reader.source] if reader.vital else [other.source for other in self._tested]
            raise self._silence.without(sources, InstrumentError(f"{failure}; {given_up}"))
        if reader.silent == DEAD_AFTER:
            self._report_gap(
                f"{reader.source.name}: {given_up}; the others are tested on, and it is asked again from time to time"
            )
            if reader in self._tested:
                self._silence.dropped(reader.source, InstrumentError(f"{failure}; {given_up}"))

    def _mark(self, readers: Iterable[_Reader], due: float) -> None:
        for reader in readers:
            self._keep(reader, due, [GAP] * len(reader.series))
