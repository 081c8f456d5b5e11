"""The station's interlocks while a person has the bench: what would pause or abort a run makes it safe here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from testbench.engine.assembly import Equipment
from testbench.engine.holding import HoldError
from testbench.engine.interlocks import Interlocks, watched
from testbench.engine.manual.sight import Reading
from testbench.engine.roles import Sample, Status
from testbench.engine.series import Series
from testbench.errors import AbortedError
from testbench.station import Interlock, StationFile


@dataclass(frozen=True, slots=True)
class Measure:
    """An interlock that asks for the safe state, in words."""

    text: str


class HandLimits:
    """Looks at the readings after every round; `alarms` are the interlocks that are tripped, in words."""

    def __init__(self, file: StationFile, equipment: Equipment) -> None:
        self._series = {channel.name: Series(channel, 0) for source in equipment.sources for channel in source.channels}
        watching = watched(file.station.interlocks, equipment, devices=file.station.devices)
        self._interlocks = Interlocks(watching, self, self._hear)
        self._standing: dict[int, str] = {}
        self._count = 0

    @property
    def alarms(self) -> tuple[str, ...]:
        """What is tripped now."""
        return tuple(self._standing.values())

    @property
    def holding(self) -> bool:
        """Whether one is tripped that would pause or abort a run."""
        return any(one.tripped and one.table.action != "warn" for one in self._interlocks.interlocks)

    def look(self, now: float, readings: Mapping[str, Reading]) -> Measure | None:
        """Look at the readings of bench time `now` (s); return what asks for the safe state."""
        for name, series in self._series.items():
            reading = readings.get(name)
            if reading is None or reading.status is Status.GAP:
                continue
            series.last = Sample(math.nan if reading.value is None else reading.value, reading.status, reading.raw)
            series.last_at = now
        try:
            self._interlocks.look(now, self._series)
        except (AbortedError, HoldError) as error:
            return Measure(str(error).removeprefix("aborted by "))
        return None

    def trip(self, name: str, interlock: Interlock, text: str, value: float | None, at_s: float) -> int:
        """Keep that an interlock tripped."""
        self._count += 1
        self._standing[self._count] = text
        return self._count

    def release(self, alarm: int, at_s: float) -> None:
        """Keep that the value is back."""
        self._standing.pop(alarm, None)

    def _hear(self, _: str) -> None:
        """What is told of a trip stands in the alarms."""
