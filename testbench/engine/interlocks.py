"""Interlocks: limits that are looked at after every tick, also while the bench waits or is held.

    below the limit ──beyond trip for delay_s, or silent for silence_s──► tripped ──safe side of release──► below the limit
                                                                             └─► alarm: latched until released and seen

What trips warns, holds the bench until the value is back, or aborts. A value that the instrument itself marks as doubtful
(over range, fault) trips like any other, but on the safe side it proves nothing: there it counts as a gap. A gap counts as
silence, never as a value. Silence begins with the last reading, or, where nobody looked for longer than `silence_s` (a
person was waited for, the computer slept), with the first reading that is missed after that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from testbench.engine.assembly import Equipment
from testbench.engine.holding import HoldError
from testbench.engine.roles import Status
from testbench.engine.series import Series
from testbench.errors import AbortedError, RecordError, StationError, suggest
from testbench.station import Interlock


class AlarmSink(Protocol):
    """Where alarms are kept, with the bench time they came at (s); RecordError when they cannot be now."""

    def trip(self, name: str, interlock: Interlock, text: str, value: float | None, at_s: float) -> int:
        """Keep that an interlock tripped; return the alarm's number."""
        ...

    def release(self, alarm: int, at_s: float) -> None:
        """Keep that the value is back."""
        ...


@dataclass(slots=True)
class Alarm:
    """One trip of an interlock; `number` once it is kept."""

    number: int | None = None


@dataclass(slots=True)
class Watched:
    """One interlock and how its channel stands.

    `heard_at` is the bench time of the last reading that had a value, `read_at` that of the last one looked at,
    `silent_since` when its present silence began, `beyond_since` when its readings went beyond the trip level; `alarm` is
    there while it is tripped. `recalled`: it tripped before the process was lost, and has not been looked at since.
    """

    name: str
    table: Interlock
    channel: str
    heard_at: float | None = None
    read_at: float = -math.inf
    silent_since: float | None = None
    beyond_since: float | None = None
    alarm: Alarm | None = None
    recalled: bool = False

    @property
    def tripped(self) -> bool:
        """Whether it has tripped and is not released."""
        return self.alarm is not None

    def beyond(self, value: float) -> bool:
        """At or beyond the trip level."""
        return value >= self.table.trip if self.table.upper else value <= self.table.trip

    def back(self, value: float) -> bool:
        """At or on the safe side of the release level."""
        return value <= self.table.release if self.table.upper else value >= self.table.release


@dataclass(slots=True)
class Interlocks:
    """The interlocks of a station; one per evaluation, looked at by the sampler after every tick."""

    interlocks: list[Watched]
    sink: AlarmSink
    tell: Callable[[str], None]
    _owed: list[Callable[[], None]] = field(default_factory=list)

    def recall(self, unreleased: Mapping[str, int]) -> None:
        """Take over the alarms of a process that was lost, by interlock: they stand until a reading releases them."""
        for watched in self.interlocks:
            if watched.name in unreleased:
                watched.alarm, watched.recalled = Alarm(unreleased[watched.name]), True

    def look(self, now: float, series: Mapping[str, Series]) -> None:
        """Trip and release; raise AbortedError or HoldError for what tripped now."""
        aborts: list[str] = []
        holds: list[str] = []
        for watched in self.interlocks:
            one = series[watched.channel]
            text = self._look_at(watched, now, one)
            if text is not None:
                self.tell(text)
                {"abort": aborts, "pause": holds}.get(watched.table.action, []).append(text)
            elif watched.recalled and watched.tripped and watched.table.action == "pause":
                holds.append(f"interlock {watched.name}: has been tripped since before the process was lost")
            watched.recalled = False
        self.pay()
        if aborts:
            raise AbortedError(f"aborted by {'; '.join(aborts)}")
        if holds:
            raise HoldError("; ".join(holds), self._released)

    def _released(self) -> bool:
        return not any(watched.tripped for watched in self.interlocks if watched.table.action == "pause")

    def _look_at(self, watched: Watched, now: float, series: Series) -> str | None:
        """Follow one channel; return what is to be told if its interlock has tripped now."""
        if watched.heard_at is None:
            watched.heard_at = now
        at = series.last_at  # a slow source answers to a tick before this one
        value = _value(watched, series) if at == now or at > watched.read_at else math.nan
        watched.read_at = at
        if math.isnan(value):
            if watched.silent_since is None:
                looked = now - watched.heard_at < watched.table.silence_s
                watched.silent_since = watched.heard_at if looked else now
        else:
            watched.heard_at, watched.silent_since = at, None
            if not watched.beyond(value):
                watched.beyond_since = None
            elif watched.beyond_since is None:
                watched.beyond_since = at
            if watched.tripped and watched.back(value):
                self._release(watched, now, value, series)
        if watched.tripped:
            return None
        table, unit = watched.table, series.channel.unit
        side = "at or above" if table.upper else "at or below"
        limit = f"{side} {table.trip:g} {unit}"
        if watched.beyond_since is not None and not math.isnan(value) and at - watched.beyond_since >= table.delay_s:
            lasted = f" for {table.delay_s:g} s" if table.delay_s else ""
            return self._trip(watched, now, value, f"{watched.channel} is {value:g} {unit}, {limit}{lasted}")
        if table.silence_s and watched.silent_since is not None and now - watched.silent_since >= table.silence_s:
            return self._trip(watched, now, None, f"no reading of {watched.channel} for {now - watched.heard_at:.0f} s")
        return None

    def _trip(self, watched: Watched, now: float, value: float | None, what: str) -> str:
        said = f" ({watched.table.text})" if watched.table.text else ""
        text = f"interlock {watched.name}{said}: {what}"
        alarm = watched.alarm = Alarm()

        def keep() -> None:
            alarm.number = self.sink.trip(watched.name, watched.table, text, value, now)

        self._owed.append(keep)
        return text

    def _release(self, watched: Watched, now: float, value: float, series: Series) -> None:
        alarm, watched.alarm = watched.alarm, None
        watched.beyond_since = None
        self.tell(f"interlock {watched.name}: released, {watched.channel} is {value:g} {series.channel.unit}")

        def keep() -> None:
            if alarm is not None and alarm.number is not None:
                self.sink.release(alarm.number, now)

        self._owed.append(keep)

    def pay(self) -> None:
        """Keep the alarms that are not kept yet; what cannot be kept now is kept after a later tick, or at the end."""
        while self._owed:
            try:
                self._owed[0]()
            except RecordError:
                return
            del self._owed[0]


def _value(watched: Watched, series: Series) -> float:
    """What a reading says to an interlock; NaN where it says nothing."""
    sample = series.last
    says = sample.status is Status.VALID or (sample.status is Status.FLAGGED and watched.beyond(sample.value))
    return sample.value if says else math.nan


def watched(tables: Mapping[str, Interlock], equipment: Equipment, *, devices: Iterable[str] = ()) -> list[Watched]:
    """Find the channels of a station's interlocks; those of its `devices` that do not take part are left out.

    Raises StationError for a channel that the station does not have, and for one that is read too seldom for `silence_s`.
    """
    sources = {channel.name: source for source in equipment.sources for channel in source.channels}
    channels = {name: name for name in sources}
    channels |= {sensor.name.removeprefix("environment."): sensor.channel for sensor in equipment.sensors.values()}
    absent = set(devices) - {device.name for device in equipment.devices}
    found = []
    for name, table in tables.items():
        if table.channel in channels:
            channel = channels[table.channel]
        elif any(table.channel == device or table.channel.startswith(f"{device}.") for device in absent):
            continue
        else:
            raise StationError(
                f"[interlocks.{name}] channel: the station has no channel {table.channel!r}; "
                f"{suggest(table.channel, channels)}"
            )
        interval_s = sources[channel].interval_s
        if 0 < table.silence_s <= interval_s:
            raise StationError(
                f"[interlocks.{name}] silence_s: {channel} is read every {interval_s:g} s, so {table.silence_s:g} s of "
                f"silence mean nothing; give it more than {interval_s:g} s, or 0"
            )
        found.append(Watched(name, table, channel))
    return found
