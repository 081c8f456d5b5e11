"""Feeds the Run screen from a thread of its own: what is new of one evaluation, twice a second, as immutable values.

Readings from before the feed began are not loaded; a plot asks `overview` for them, from a thread as well.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from gui.posting import post
from gui.running.course import Course, CourseReader
from testbench.engine.watching import Sight, Watcher
from testbench.errors import TestbenchError
from testbench.record.blocks import empty_overview
from testbench.record.model import ChannelRow, CommandKind, CommandRow, EventRow, Overview
from testbench.record.store import Record

GOING_S = 0.5  # between two looks while it goes on
RESTING_S = 2.0  # else: it may be gone on with from elsewhere
UNREADABLE_S = 3.0
_GAP = 1  # `engine.roles.Status`

Series = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What one look brought.

    `course` is None where nothing of it has changed. `channels` come once, and again when there are others; readings from
    before `stored_until` (bench time, s) are then in the record alone, `readings` has later ones by channel: times and
    values, NaN for gaps. `pausing` says that a pause was asked for and has not come yet.
    """

    record: Path
    sight: Sight
    course: Course | None = None
    channels: tuple[ChannelRow, ...] | None = None
    stored_until: float = 0.0
    readings: Mapping[str, Series] = field(default_factory=dict)
    events: Sequence[EventRow] = ()
    pausing: bool = False


def _pause_to_come(commands: Sequence[CommandRow]) -> bool:
    """Whether the last word of a person was to pause; of an evaluation that runs, the pause is then to come."""
    steering = [
        c for c in commands if c.kind in (CommandKind.PAUSE, CommandKind.RESUME) and not c.reply.startswith("not taken")
    ]
    return bool(steering) and steering[-1].kind is CommandKind.PAUSE


class Feed(QObject):
    """Follows one evaluation. `fed` carries `News`; `failed` an error, once as long as it lasts."""

    fed = Signal(object)
    failed = Signal(object)

    def __init__(self, record: Path, evaluation: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.record = record
        self.evaluation = evaluation
        self._wake = threading.Condition()
        self._ending = False
        self._due = False
        self._store: Record | None = None
        self._using = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="run feed", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def look_now(self) -> None:
        """Look at once: something was done that should be seen."""
        with self._wake:
            self._due = True
            self._wake.notify()

    def stop(self) -> None:
        """End as soon as the present look is over; nothing comes any more."""
        self.blockSignals(True)
        with self._wake:
            self._ending = True
            self._wake.notify()

    def close(self) -> None:
        """End, and wait until the record is closed."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()

    def overview(self, channel: str, start: float, end: float, points: int) -> Overview:
        """Stored readings for drawing; from any thread. Nothing where the feed has ended."""
        with self._using:
            if self._store is None:
                return empty_overview()
            return self._store.overview(self.evaluation, channel, start, end, points)

    def _run(self) -> None:
        told = ""
        try:
            while not self._ending:
                try:
                    goes_on = self._look()
                    told, wait_s = "", GOING_S if goes_on else RESTING_S
                except TestbenchError as error:
                    if str(error) != told:
                        told = str(error)
                        self._emit_failed(error)
                    wait_s = UNREADABLE_S
                with self._wake:
                    if not self._ending and not self._due:
                        self._wake.wait(wait_s)
                    self._due = False
        finally:
            with self._using:
                if self._store is not None:
                    self._store.close()
                    self._store = None

    def _emit_failed(self, error: TestbenchError) -> None:
        if not self._ending:
            post(self, self.failed, error)

    def _look(self) -> bool:
        """Look once; whether it goes on."""
        if self._store is None:
            store = Record.open(self.record)
            with self._using:
                self._store = store
            self._watcher = Watcher(store, self.evaluation)
            self._reader = CourseReader(store, self.evaluation)
            self._channels: tuple[ChannelRow, ...] = ()
            self._seen: dict[str, tuple[float, int]] = {}  # the last time, and how many readings had it
            self._mark: object = None
            self._last_event = 0
            self._went_on = False
        store = self._store
        sight = self._watcher.look()
        channels = tuple(store.channels(self.evaluation))
        fresh = channels if channels != self._channels or self._mark is None else None
        if fresh is not None:
            self._channels = channels
            self._seen = {channel.name: (sight.bench_s, 0) for channel in channels}
        mark = (sight.step, sight.stand.row, sight.stand.standing, len(channels))
        course = self._reader.read(channels) if mark != self._mark else None
        self._mark = mark
        goes_on = sight.stand.standing.goes_on
        readings = self._new_readings(store) if fresh is None and (goes_on or self._went_on) else {}
        self._went_on = goes_on
        self._last_event, events = store.glances.events_after(self.evaluation, self._last_event)
        pausing = goes_on and _pause_to_come(store.commands.of(self.evaluation))
        if not self._ending:
            news = News(self.record, sight, course, fresh, sight.bench_s, readings, tuple(events), pausing)
            post(self, self.fed, news)
        return goes_on

    def _new_readings(self, store: Record) -> dict[str, Series]:
        found: dict[str, Series] = {}
        for channel in self._channels:
            after, known = self._seen[channel.name]
            readings = store.load(self.evaluation, channel.name, after)
            if len(readings) > known:
                value = np.where(readings.status == _GAP, np.nan, readings.value)
                found[channel.name] = (readings.time[known:], value[known:])
                last = float(readings.time[-1])
                self._seen[channel.name] = (last, int(np.count_nonzero(readings.time == last)))
        return found
