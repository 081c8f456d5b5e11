"""A plan as a picture of bands, levels and marks over bench time; without Qt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from testbench.criteria.standard import Standard
from testbench.engine.checking.examination import Examination
from testbench.engine.dry import PlannedStep
from testbench.engine.registry import find_procedure
from testbench.engine.wording import describe
from testbench.station import Station
from testbench.text import Language, Text

PERSON_CALLS = frozenset(("ask", "enter", "leak_check", "set_condition"))
"""Calls that ask the operator on a bench that is not simulated."""


class MarkKind(Enum):
    """What is marked on the time axis."""

    ADJUSTMENT = "adjustment"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Band:
    """One procedure of the plan: its number in the suite, from when to when (s), and its title."""

    number: int
    start: float
    end: float
    title: Text


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a person may want to know of, at a bench time (s); `step` is the index of its step."""

    kind: MarkKind
    time: float
    step: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn. `levels` are (start, end, level as a share of full scale) of spans with one gas, in order."""

    duration_s: float = 0.0
    bands: tuple[Band, ...] = ()
    levels: tuple[tuple[float, float, float], ...] = ()
    marks: tuple[Mark, ...] = ()
    steps: tuple[PlannedStep, ...] = ()
    flagged: frozenset[int] = frozenset()
    numbers: tuple[int, ...] = ()

    def at(self, time: float) -> int | None:
        """Index of the step that goes on at a bench time; the last of those that take none. None outside of the plan."""
        found = None
        for index, step in enumerate(self.steps):
            if step.start_s <= time <= step.start_s + step.duration_s:
                found = index
            if step.start_s > time:
                break
        return found

    def number_of(self, step: PlannedStep) -> int:
        """The number in the suite of the procedure that a step belongs to."""
        return self.numbers[step.run - 1]


def picture(examination: Examination | None, *, conditions_asked: bool = False) -> Picture:
    """Draw the plan of an examination; an empty picture where there is none.

    `conditions_asked`: a condition of the standard has no sensor, so a person is asked for it the first time.
    """
    plan = examination.plan if examination is not None else None
    if plan is None or examination is None:
        return Picture()
    bands: list[Band] = []
    levels: list[tuple[float, float, float]] = []
    marks: list[Mark] = []
    for index, step in enumerate(plan.steps):
        end = step.start_s + step.duration_s
        number = examination.numbers[step.run - 1]
        if bands and bands[-1].number == number:
            bands[-1] = Band(number, bands[-1].start, end, bands[-1].title)
        else:
            bands.append(Band(number, step.start_s, end, find_procedure(step.procedure).title))
        levels += _levels(step)
        if step.call == "adjust":
            marks.append(Mark(MarkKind.ADJUSTMENT, step.start_s, index))
        elif step.call in PERSON_CALLS or (conditions_asked and step.call == "check_conditions"):
            conditions_asked = conditions_asked and step.call != "check_conditions"
            marks.append(Mark(MarkKind.PERSON, step.start_s, index))
    flagged = frozenset(index for index, step in enumerate(plan.steps) if plan.flagged(step))
    return Picture(plan.duration_s, tuple(bands), _joined(levels), tuple(marks), plan.steps, flagged, examination.numbers)


def _levels(step: PlannedStep) -> list[tuple[float, float, float]]:
    """The gas in a step; a change of gas has two halves, as the plan reckons with."""
    end = step.start_s + step.duration_s
    if step.call == "transition":
        middle = step.start_s + step.duration_s / 2
        before, after = float(step.arguments["before"]), float(step.arguments["after"])
        return [(step.start_s, middle, before), (middle, end, after)]
    return [] if step.level is None or not step.duration_s else [(step.start_s, end, step.level)]


def _joined(levels: list[tuple[float, float, float]]) -> tuple[tuple[float, float, float], ...]:
    joined: list[tuple[float, float, float]] = []
    for start, end, level in levels:
        if joined and joined[-1][2] == level and abs(joined[-1][1] - start) < 1e-6:
            joined[-1] = (joined[-1][0], end, level)
        else:
            joined.append((start, end, level))
    return tuple(joined)


def lacking_sensors(standard: Standard | None, station: Station | None) -> frozenset[str]:
    """Conditions of a standard for which a station has no sensor."""
    if standard is None or station is None:
        return frozenset()
    sensed = {str(table.quantity) for table in station.environment.values()}
    return frozenset(condition.quantity for condition in standard.conditions) - sensed


def step_words(step: PlannedStep, language: Language) -> str:
    """What a step does."""
    return describe(step.call, step.arguments, language.value)


def ends_at(duration_s: float, now: dt.datetime) -> dt.datetime:
    """When a plan that is begun now ends."""
    return now + dt.timedelta(seconds=duration_s)


def gas_words(litres: Mapping[str, float], contents: Mapping[str, float | None]) -> tuple[tuple[str, str, bool], ...]:
    """Of each cylinder its name, litres needed over litres in it, and whether they suffice, in alphabetical order."""
    rows = []
    for name, needed in sorted(litres.items()):
        content = contents.get(name)
        text = f"{needed:,.0f} L" if content is None else f"{needed:,.0f} / {content:,.0f} L"
        rows.append((name, text, content is None or needed <= content))
    return tuple(rows)
