"""Reads all sources on one common time grid: all are asked at the same moment, line beside line (`inquiry`).

A slower source is read at its own multiple of the grid; a tick that could not be kept is a gap, never a copy. On a clock
that waits, the grid goes on while an answer is outstanding: the reading gets the time of the tick at which it was asked for,
ticks of that source meanwhile are gaps, and nothing is outstanding when the sampling ends. On a clock that jumps every
answer is there before time goes on. Everything is kept in the thread that samples, each channel in the order of time.

A source that stays silent is given up: its readings are gaps, and it is asked again when a step begins and every few
minutes. The others are tested on, unless the gas hangs on it or no device is left; then the run is held or ended
(`Silence`), after the other answers were taken and the tick was watched. Readings go to the record's writer as they come and
stay in memory for the step that is running, so that what a step computes is what the record holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from testbench.engine.clock import Clock, monotonic, never
from testbench.engine.holding import HoldError
from testbench.engine.inquiry import Answer, Inquiry
from testbench.engine.roles import Channel, Sample, Source
from testbench.engine.series import GAP, Series
from testbench.engine.silence import Silence
from testbench.engine.steps import Window
from testbench.errors import InstrumentError

DEAD_AFTER = 5  # consecutive gaps of one source after which it is given up
GIVEN_UP = f"given up after {DEAD_AFTER} readings in a row without an answer"
ASK_AGAIN_S = 300.0  # real time after which a source that was given up is asked again within a step
MISSED_TOLD = 5  # ticks in a row that could not be kept, from which on it is told (the computer was asleep, or overloaded)
PATIENCE = 0.5  # share of a grid's interval for which answers are waited for before the grid goes on without them
HUNG_S = 60.0  # real time without an answer after which the grid stands still for it, so that a hang is noticed


class Writer(Protocol):
    """Where readings go (testbench.record.ReadingWriter fits)."""

    def add(self, channel: int, time: float, value: float, status: int, raw: str | None = None) -> None:
        """Keep one reading."""
        ...

    def flush_if_due(self) -> None:
        """Make readings durable once a second of real time."""
        ...


@dataclass(slots=True, eq=False)
class _Reader:
    """One source on the grid: its series, its line, whether the run ends without it, and how often in a row it was silent.

    `asked_at` is the bench time of the tick whose answer is outstanding, `asked_real` the real one, and `overdue` its own
    ticks since. `missed` counts its gaps since it last answered; `ask_at` is the real time before which a source that was
    given up is not asked; `held` says that the run was held for it, and nobody has tried to go on since; `dropped` that it
    is done without; `slow` that it was told of as too slow.
    """

    source: Source
    series: tuple[Series, ...]
    line: Hashable
    vital: bool
    asked_at: float = 0.0
    asked_real: float = 0.0
    overdue: list[float] = field(default_factory=list)
    silent: int = 0
    missed: int = 0
    ask_at: float = -math.inf
    failure: str = ""
    held: bool = False
    dropped: bool = False
    slow: bool = False

    @property
    def given_up(self) -> bool:
        """Whether it was silent for so long that nothing is expected of it."""
        return self.silent >= DEAD_AFTER


class Sampler:
    """Samples the sources of a bench; one per evaluation.

    `tested` are the sources that are read for the devices under test: without any of them a run cannot go on. Nor can it
    without one of those that are not `dispensable` (default: none is). Sources with the same `line` wait for each other
    (default: each has its own). `watch` is called after every tick, `alive` after every answer: one tick may wait for
    several silent instruments. Nothing but the sampler may speak to an instrument while it samples, without `settle` before.
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
        line: Callable[[Source], Hashable] = id,
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
                line(source),
                vital=id(source) not in spared,
            )
            for source in sources
        ]
        self._inquiry = Inquiry(len({reader.line for reader in self._readers}))
        self._outstanding: dict[int, _Reader] = {}  # by the identity of the source
        self._skew = 0.0
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
            series.forget()

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
        self._skew = 0.0
        start = self._clock.now()
        try:
            end, late = self._keep_grid(start, duration_s, every_s, until, busy, remember)
        finally:
            self.settle()
            if not remember:
                self.forget()
        return Window(start, end, every_s, self._skew, late)

    def _keep_grid(
        self,
        start: float,
        duration_s: float,
        every_s: float,
        until: Callable[[], bool] | None,
        busy: Callable[[], None] | None,
        remember: bool,
    ) -> tuple[float, int]:
        """Keep the ticks of a grid; return the bench time of its end, and how many ticks came too late."""
        ticks = max(0, math.floor(duration_s / every_s + 1e-9))
        multiples = [max(1, math.ceil(reader.source.interval_s / every_s - 1e-9)) for reader in self._readers]
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
            self._tick(readers, None if self._clock.simulated else due + PATIENCE * every_s)
            if not remember:
                self.forget()
            if busy is not None:
                busy()
            if until is not None and until():
                return self._clock.now(), late
        end = start + duration_s
        self._tell_missed(asleep, end)
        self._clock.wait_until(end)
        return end, late

    def settle(self) -> None:
        """Wait for the answers that are outstanding: before an instrument is spoken to while it is being sampled."""
        self._take(None)

    def once(self) -> float:
        """Read every source once, now, and wait for all answers; return the bench time of the tick."""
        self._tick(self._readers, None)
        return self._clock.now()

    def _tick(self, readers: Sequence[_Reader], go_on_at: float | None) -> None:
        """Ask, and take the answers that come until the bench time `go_on_at`, or all of them (None).

        When they were taken and the tick was watched, raises HoldError or InstrumentError (`Silence`) if the run cannot go
        on without a source that is silent. What the writer and `watch` raise passes through.
        """
        self._take(0.0)
        now = self._clock.now()
        lines = self._lines_to_ask(readers, now)
        self._inquiry.ask(lines, stay=go_on_at is None)
        self._take(None if go_on_at is None or self._hangs() else go_on_at)
        try:
            self._writer.flush_if_due()
        finally:  # a full disk must not keep anybody from watching
            if self._watch is not None:
                self._watch(now, self.series)
        self._refuse_silence()

    def _lines_to_ask(self, readers: Iterable[_Reader], now: float) -> list[list[Source]]:
        """The sources that are asked now, line by line; a gap for each of the others."""
        began = monotonic()
        occupied = {reader.line for reader in self._outstanding.values()}  # by answers to earlier ticks
        lines: dict[Hashable, list[Source]] = {}
        for reader in readers:
            if reader.line in occupied or (reader.given_up and began < reader.ask_at):
                self._gap(reader, now)
                continue
            reader.asked_at, reader.asked_real = now, began
            self._outstanding[id(reader.source)] = reader
            lines.setdefault(reader.line, []).append(reader.source)
        return list(lines.values())

    def _hangs(self) -> bool:
        return any(monotonic() - reader.asked_real > HUNG_S for reader in self._outstanding.values())

    def _take(self, until: float | None) -> None:
        """Keep the answers that come until a bench time, or all that are outstanding (None), in the order of the sources."""
        came: dict[int, Answer] = {}
        while self._outstanding:
            answer = self._inquiry.take(None if until is None else until - self._clock.now())
            if answer is None:
                break
            key = id(answer.source)
            del self._outstanding[key]
            came[key] = answer
            self.alive()
        if came:
            for reader in self._readers:
                if (answer := came.get(id(reader.source))) is not None:
                    self._hear(reader, answer)

    def _hear(self, reader: _Reader, answer: Answer) -> None:
        """Keep what came of a question, and behind it a gap for each of its own ticks that have passed meanwhile."""
        if answer.defect is not None:
            raise answer.defect
        took = answer.at - reader.asked_real
        self._skew = max(self._skew, took)
        if answer.failure is not None:
            self._fail(reader, answer.failure)
        else:
            if reader.silent:
                self._report_gap(f"{reader.source.name}: answers again; {_readings(reader.missed)} missed")
            reader.silent = reader.missed = 0
            reader.held = reader.dropped = False
            self._keep(reader, reader.asked_at, answer.samples)
            if reader.overdue and not reader.slow:
                reader.slow = True
                self._report_gap(f"{reader.source.name}: took {took:.2f} s to answer; readings due meanwhile are gaps")
        for tick in reader.overdue:
            for series in reader.series:
                series.pass_over(tick)
                self._writer.add(series.identifier, tick, GAP.value, GAP.status)
        reader.missed += len(reader.overdue)
        reader.overdue.clear()

    def _keep(self, reader: _Reader, time: float, samples: Sequence[Sample]) -> None:
        add = self._writer.add
        for series, sample in zip(reader.series, samples, strict=True):
            series.add(time, sample)
            add(series.identifier, time, sample.value, sample.status, sample.raw)

    def _gap(self, reader: _Reader, time: float) -> None:
        """Keep a gap; where an answer is outstanding, behind it."""
        if id(reader.source) in self._outstanding:
            reader.overdue.append(time)
            return
        reader.missed += 1
        self._keep(reader, time, [GAP] * len(reader.series))

    def _fail(self, reader: _Reader, failure: str) -> None:
        """Keep a gap; tell when a source falls silent and when it is given up, and nothing in between."""
        self._gap(reader, reader.asked_at)
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
            self._gap(reader, due)
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
