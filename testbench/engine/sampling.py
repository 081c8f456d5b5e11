"""Reads all sources on one common time grid: every question first, then every answer.

A slower source is read at its own multiple of the grid; a tick that could not be kept is a gap, never a copy. A source that
stays silent is given up: its readings are gaps, and it is asked again when a step begins and every few minutes. The others
are tested on, unless the gas hangs on it or no device is left; then the run is held or ended (`Silence`), after the other
answers were taken and the tick was watched. Readings go to the record's writer as they come and stay in memory for the step
that is running, so that what a step computes is what the record holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from testbench.engine.clock import Clock, monotonic, never
from testbench.engine.holding import HoldError
from testbench.engine.roles import Channel, Sample, Source, Status
from testbench.engine.silence import Silence
from testbench.engine.steps import Window
from testbench.errors import InstrumentError

GAP = Sample(math.nan, Status.GAP)
DEAD_AFTER = 5  # consecutive gaps of one source after which it is given up
GIVEN_UP = f"given up after {DEAD_AFTER} readings in a row without an answer"
ASK_AGAIN_S = 300.0  # real time after which a source that was given up is asked again within a step
MISSED_TOLD = 5  # ticks in a row that could not be kept, from which on it is told (the computer was asleep, or overloaded)


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

    `missed` counts its gaps since it last answered; `ask_at` is the real time before which a source that was given up is not
    asked; `held` says that the run was held for it, and nobody has tried to go on since; `dropped` that it is done without.
    """

    source: Source
    series: tuple[Series, ...]
    vital: bool
    silent: int = 0
    missed: int = 0
    ask_at: float = -math.inf
    failure: str = ""
    held: bool = False
    dropped: bool = False

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
        self.alive = alive
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
            reader.held = False

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
        remembered; the record has them. Raises what `tick` raises.
        """
        start = self._clock.now()
        end = start + duration_s
        ticks = max(0, math.floor(duration_s / every_s + 1e-9))
        multiples = [max(1, math.ceil(reader.source.interval_s / every_s - 1e-9)) for reader in self._readers]
        skew = 0.0
        late = 0
        asleep = 0  # ticks missed in a row
        for tick in range(ticks + 1):
            due = start + tick * every_s
            self._clock.wait_until(due)
            readers = [reader for reader, multiple in zip(self._readers, multiples, strict=True) if tick % multiple == 0]
            if self._clock.now() - due > every_s:
                late += 1
                asleep += 1
                self._mark(readers, due)
                if not remember:
                    self.forget()
                continue
            self._tell_missed(asleep, due)
            asleep = 0
            skew = max(skew, self.tick(readers))
            if not remember:
                self.forget()
            if busy is not None:
                busy()
            if until is not None and until():
                return Window(start, self._clock.now(), every_s, skew, late)
        self._tell_missed(asleep, end)
        self._clock.wait_until(end)
        return Window(start, end, every_s, skew, late)

    def once(self) -> float:
        """Read every source once, now; return the bench time of the tick."""
        self.tick(self._readers)
        return self._clock.now()

    def tick(self, readers: Iterable[_Reader]) -> float:
        """Ask all, then take all answers; return the real time it took, s.

        When every answer was taken and the tick was watched, raises HoldError or InstrumentError (`Silence`) if the run
        cannot go on without a source that is silent. What the writer and `watch` raise passes through.
        """
        now = self._clock.now()
        began = monotonic()
        asked: list[tuple[_Reader, str | None]] = []
        for reader in readers:
            if reader.given_up and began < reader.ask_at:
                self._gap(reader, now)
                continue
            try:
                reader.source.request()
            except InstrumentError as error:
                asked.append((reader, str(error)))
            else:
                asked.append((reader, None))
            self.alive()
        for reader, failure in asked:
            samples: Sequence[Sample] = ()
            if failure is None:
                try:
                    samples = reader.source.collect()
                except InstrumentError as error:
                    failure = str(error)
            if failure is None:
                if reader.silent:
                    self._report_gap(f"{reader.source.name}: answers again; {_readings(reader.missed)} missed")
                reader.silent = reader.missed = 0
                reader.held = reader.dropped = False
                self._keep(reader, now, samples)
            else:
                self._fail(reader, now, failure)
            self.alive()
        try:
            self._writer.flush_if_due()
        finally:  # a full disk must not keep anybody from watching
            if self._watch is not None:
                self._watch(now, self.series)
        self._refuse_silence()
        return monotonic() - began

    def _keep(self, reader: _Reader, now: float, samples: Sequence[Sample]) -> None:
        add = self._writer.add
        for series, sample in zip(reader.series, samples, strict=True):
            status = sample.status
            series.last, series.last_at = sample, now
            series.times.append(now)
            series.values.append(sample.value if status == Status.VALID else math.nan)
            add(series.identifier, now, sample.value, status, sample.raw)

    def _gap(self, reader: _Reader, time: float) -> None:
        reader.missed += 1
        self._keep(reader, time, [GAP] * len(reader.series))

    def _fail(self, reader: _Reader, now: float, failure: str) -> None:
        """Keep a gap; tell when a source falls silent and when it is given up, and nothing in between."""
        self._gap(reader, now)
        reader.silent += 1
        reader.ask_at = monotonic() + ASK_AGAIN_S
        reader.failure = f"{failure}; {GIVEN_UP}"
        if reader.silent == 1:
            self._report_gap(failure)
        elif reader.silent == DEAD_AFTER and not (reader.vital or self._no_device_left()):
            self._report_gap(
                f"{reader.source.name}: {GIVEN_UP}; the others are tested on, and it is asked again from time to time"
            )

    def _no_device_left(self) -> bool:
        return bool(self._tested) and all(reader.given_up for reader in self._tested)

    def _refuse_silence(self) -> None:
        """Raise what holds or ends the run for sources that were given up; a hold once, until somebody tries to go on."""
        dead = [reader for reader in self._readers if reader.given_up and not reader.held]
        vital = [reader for reader in dead if reader.vital]
        tested = [reader for reader in dead if reader in self._tested]
        if vital:
            self._raise_for(vital, self._silence.without(_sources(vital), _failures(vital)))
        if tested and self._no_device_left():
            self._raise_for(tested, self._silence.without(_sources(self._tested), _failures(tested), all_of_them=False))
        dropped = [reader for reader in tested if not reader.dropped]
        for reader in dropped:
            reader.dropped = True
        if dropped:
            self._raise_for(dropped, self._silence.dropped(_sources(dropped), _failures(dropped)))

    def _raise_for(self, readers: Iterable[_Reader], error: Exception | None) -> None:
        if error is None:
            return
        for reader in readers:
            reader.held = isinstance(error, HoldError)
        raise error

    def _mark(self, readers: Iterable[_Reader], due: float) -> None:
        """Keep gaps for a tick that has passed; the writer may make room at once (thousands follow a long sleep)."""
        for reader in readers:
            self._keep(reader, due, [GAP] * len(reader.series))
        self._writer.flush_if_due()

    def _tell_missed(self, ticks: int, now: float) -> None:
        if ticks >= MISSED_TOLD:
            self._report_gap(f"{ticks} ticks before bench time {now:.1f} s were missed; their readings are gaps")


def _sources(readers: Iterable[_Reader]) -> list[Source]:
    return [reader.source for reader in readers]


def _failures(readers: Iterable[_Reader]) -> InstrumentError:
    return InstrumentError("; ".join(reader.failure for reader in readers))


def _readings(number: int) -> str:
    return "1 reading" if number == 1 else f"{number} readings"
