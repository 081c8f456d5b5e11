"""Reads what a finding carries for its pictures and raw-data tables: levels, days, repeats, curves, budget.

The details of a finding are JSON. Rows that lack what a picture needs are left out; a missing or odd entry is never an
error here, because a report must come out of every finished evaluation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testbench.findings import Finding


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a linearity test; errors and uncertainties in percent."""

    nominal_fraction: float | None
    reference: float | None
    indication: float | None
    error_percent_fs: float | None
    error_percent_nominal: float | None
    expanded_uncertainty_percent_fs: float | None
    standard_uncertainty_percent_fs: float | None


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of one level in one pass."""

    number: float | None
    nominal_fraction: float | None
    reference: float | None
    indication: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """One daily reading of a drift test; `index` 0 is the reading at the start."""

    index: int
    bench_time_h: float | None
    reading: float | None
    reference: float | None
    reading_percent_fs: float | None
    drift_percent_fs: float | None
    expanded_uncertainty_percent_fs: float | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """One step response; times in s from clock zero."""

    response_time_s: float | None
    lag_s: float | None
    rise_s: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Indication over time in s from clock zero."""

    time_s: tuple[float, ...]
    value: tuple[float, ...]


def number(table: Mapping[str, Any], key: str) -> float | None:
    """Return a finite number of a table, or None."""
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        converted = float(value)
    except OverflowError:
        return None
    return converted if math.isfinite(converted) else None


def levels(finding: Finding) -> tuple[Level, ...]:
    """Return the levels, lowest reference first."""
    found = [
        Level(
            number(row, "nominal_fraction"),
            number(row, "reference"),
            number(row, "indication"),
            number(row, "error_percent_fs"),
            number(row, "error_percent_nominal"),
            number(row, "expanded_uncertainty_percent_fs"),
            number(row, "standard_uncertainty_percent_fs"),
        )
        for row in _rows(finding, "levels")
    ]
    return tuple(sorted(found, key=lambda level: math.inf if level.reference is None else level.reference))


def passes(finding: Finding) -> tuple[Pass, ...]:
    """Return the single readings behind the levels, in the order given."""
    keys = ("pass", "nominal_fraction", "reference", "indication")
    return tuple(Pass(*(number(row, key) for key in keys)) for row in _rows(finding, "passes"))


def days(finding: Finding) -> tuple[Day, ...]:
    """Return the daily readings in order; a row without an index takes its place in the list."""
    found = []
    for place, row in enumerate(_rows(finding, "days")):
        index = number(row, "index")
        found.append(
            Day(
                place if index is None else int(index),
                number(row, "bench_time_h"),
                number(row, "reading"),
                number(row, "reference"),
                number(row, "reading_percent_fs"),
                number(row, "drift_percent_fs"),
                number(row, "expanded_uncertainty_percent_fs"),
            )
        )
    return tuple(sorted(found, key=lambda day: day.index))


def repeats(finding: Finding) -> tuple[Repeat, ...]:
    """Return the repeated step responses."""
    return tuple(
        Repeat(
            number(row, "response_time_s"),
            number(row, "lag_s"),
            number(row, "transition_s") if "transition_s" in row else number(row, "rise_s"),
        )
        for row in _rows(finding, "repeats")
    )


def curves(finding: Finding) -> tuple[Curve, ...]:
    """Return the recorded step responses; gaps are left out, curves of fewer than two points too."""
    found = []
    for row in _rows(finding, "curves"):
        times, values = row.get("time_s"), row.get("value")
        if not isinstance(times, Sequence) or not isinstance(values, Sequence):
            continue
        points = [
            (t, v)
            for t, v in ((number({"n": t}, "n"), number({"n": v}, "n")) for t, v in zip(times, values, strict=False))
            if t is not None and v is not None
        ]
        if len(points) > 1:
            found.append(Curve(tuple(t for t, _ in points), tuple(v for _, v in points)))
    return tuple(found)


def readings(finding: Finding) -> tuple[float, ...]:
    """Return repeated readings of one gas."""
    listed = finding.details.get("readings")
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return ()
    found = (number({"n": value}, "n") for value in listed)
    return tuple(value for value in found if value is not None)


def budget(finding: Finding) -> tuple[tuple[str, float], ...]:
    """Return the influences with their standard uncertainties (magnitudes), largest first."""
    table = finding.details.get("budget")
    if not isinstance(table, Mapping):
        return ()
    found = ((str(name), number(table, name)) for name in table)
    return tuple(sorted(((n, abs(v)) for n, v in found if v is not None), key=lambda item: (-item[1], item[0])))


def stated_unit(finding: Finding, otherwise: str) -> str:
    """Return the unit of the readings in the details."""
    unit = finding.details.get("unit")
    return unit if isinstance(unit, str) and unit else otherwise


def _rows(finding: Finding, key: str) -> Iterator[Mapping[str, Any]]:
    listed = finding.details.get(key)
    if isinstance(listed, Sequence) and not isinstance(listed, str):
        yield from (row for row in listed if isinstance(row, Mapping))
