"""How the numbers of a register profile are read: the fewest requests for them, and what becomes of their answers.

>>> plan = reading_plan(profile, [profile.quantity("CO2"), profile.quantity("O2"), profile.status])
>>> [request for request in plan.requests]            # registers that adjoin come with one request
>>> plan.number(1, answers)                           # that of the second entry
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from instruments.modbus import Request
from instruments.register_profile import QuantityEntry, RegisterProfile, StatusEntry
from testbench.engine.roles import Sample, Status

Entry = QuantityEntry | StatusEntry


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands in the answers: in which, and how many registers after its start."""

    answer: int
    register: int


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Requests, and for each entry its place in their answers."""

    requests: tuple[Request, ...]
    entries: tuple[Entry, ...]
    places: tuple[Place, ...]

    def number(self, entry: int, answers: Sequence[bytes]) -> float:
        """The number of an entry as it stands in the registers."""
        place = self.places[entry]
        return self.entries[entry].format.decode(answers[place.answer], place.register)

    def registers(self, entry: int, answers: Sequence[bytes]) -> str:
        """The registers of an entry in hexadecimal."""
        place = self.places[entry]
        start = 2 * place.register
        return answers[place.answer][start : start + 2 * self.entries[entry].format.words].hex(" ", 2).upper()


def reading_plan(profile: RegisterProfile, entries: Sequence[Entry]) -> ReadingPlan:
    """Return the fewest requests that read the entries; the one that reads the first entry comes first.

    Entries are read together where every register between them is one that the profile names.
    """
    groups: list[list[Entry]] = []
    for entry in sorted(entries, key=lambda entry: (entry.function, entry.register_)):
        if groups and profile.joint_request(*groups[-1], entry) is not None:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    groups.sort(key=lambda group: not any(entry is entries[0] for entry in group))
    requests = []
    for group in groups:
        request = profile.joint_request(*group)
        assert request is not None  # an entry's own registers are always known
        requests.append(request)
    places = []
    for entry in entries:
        answer = next(index for index, group in enumerate(groups) if any(entry is other for other in group))
        places.append(Place(answer, entry.register_ - requests[answer].address))
    return ReadingPlan(tuple(requests), tuple(entries), tuple(places))


@dataclass(frozen=True, slots=True)
class UnitMap:
    """value = factor · number in the profile's unit + shift, in the channel's unit."""

    factor: float = 1.0
    shift: float = 0.0

    def forward(self, number: float) -> float:
        """The value of the channel for a number in the profile's unit."""
        return self.factor * number + self.shift

    def back(self, value: float) -> float:
        """The number in the profile's unit for a value of the channel."""
        return (value - self.shift) / self.factor


@dataclass(frozen=True, slots=True)
class Converter:
    """What becomes of a number in the registers: value = gain · number + offset, flagged outside [low, high]."""

    gain: float
    offset: float
    low: float
    high: float
    no_value: tuple[float, ...]

    @classmethod
    def of(cls, entry: QuantityEntry, units: UnitMap) -> Converter:
        """The converter of a quantity into a channel's unit."""
        low, high = -math.inf, math.inf
        if entry.valid is not None:
            low, high = sorted(units.forward(limit) for limit in entry.valid)
        gain, offset = entry.scale * units.factor, units.forward(entry.offset)
        return cls(gain, offset, low, high, entry.no_value)

    def sample(self, number: float, registers: str, flag: str | None = None) -> Sample:
        """The reading of a number; flagged with `flag`, or with its registers where it is no value or not valid."""
        value = number * self.gain + self.offset
        if flag is None:
            if self.low <= value <= self.high and number not in self.no_value and math.isfinite(value):
                return Sample(value)
            flag = f"registers {registers}"
        return Sample(value if math.isfinite(value) else math.nan, Status.FLAGGED, flag)
