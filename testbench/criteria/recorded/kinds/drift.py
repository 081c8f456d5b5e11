"""Zero and span drift: one reading of each gas a day, from day 0 on, without adjustment between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.drift import DriftPoint, drift
from testbench.metrology.quantity import Quantity
from testbench.text import Text

WEEK = 7
"""Days of the interval that the one-week drift is about."""


def check(test: RecordedTest) -> None:
    """One reading of each gas a day, on no more days than one interval has, and at least two."""
    lines: dict[tuple[str, int], int] = {}
    for row in test.rows:
        place = row.one_of("gas"), row.whole_number("day")
        if place in lines:
            row.refuse("day", f"{place[0]} gas of day {place[1]} stands already in line {lines[place]}")
        if place[1] > WEEK:
            row.refuse("day", f"day {place[1]} lies after day {WEEK}, the end of the interval; give each interval a test")
        lines[place] = row.line
    for gas in {gas for gas, _ in lines}:
        if sum(gas == other for other, _ in lines) < 2:
            row = next(row for row in test.rows if row.one_of("gas") == gas)
            row.refuse("day", f"a drift needs readings of two days; {gas} gas has one")


def score(scoring: Scoring) -> Iterator[Result]:
    """The largest daily change and the change of the week, for each gas."""
    by_gas: dict[str, list[Row]] = {}
    for row in scoring.rows:
        by_gas.setdefault(row.one_of("gas"), []).append(row)
    for gas, rows in by_gas.items():
        yield from _of_gas(scoring, gas, rows)


def _of_gas(scoring: Scoring, gas: str, rows: Sequence[Row]) -> Iterator[Result]:
    last = max(row.whole_number("day") for row in rows)
    result = drift([_point(row) for row in rows], full_scale=float(scoring.test.full_scale), last=last)
    stated = scoring.stated_uncertainty(rows)
    unlikely = plausible.no_such_gas(rows, "reading", gas, scoring.test.full_scale)
    daily = f"{gas}_drift_24h"
    there = {day.index for day in result.days}
    largest = result.largest
    rule = scoring.run_rule(daily)
    least = (rule.least_days or 0) if rule else 0
    yield scoring.result(
        daily,
        None if largest is None else largest.percent_fs,
        unit="%F.S.",
        expanded_uncertainty=stated,
        signed=True,
        variables={} if largest is None else {"difference": abs(largest.percent_fs) * float(scoring.test.full_scale) / 100},
        details={"days": {str(day.index): day.percent_fs for day in result.days}},
        obstacles=["no two readings are a day apart"] if largest is None else unlikely,
        undetermined=[f"day {day}" for day in range(1, max(last, least) + 1) if day not in there],
        notes=[f"{len(there)} of {least} days"] if len(there) < least else [],
        level=None if largest is None else f"day {largest.index}",
    )
    whole = last == WEEK and result.week is not None
    if whole or scoring.criterion(f"{gas}_drift_week") is not None:
        yield scoring.result(
            f"{gas}_drift_week",
            result.week.percent_fs if whole and result.week else None,
            unit="%F.S.",
            expanded_uncertainty=stated,
            signed=True,
            obstacles=unlikely if whole else [f"readings of day 0 and day {WEEK} are needed"],
        )


def _point(row: Row) -> DriftPoint:
    reading = float(row.number("reading"))
    reference = row.number_or_empty("reference")
    gas = reading if reference is None else float(reference)
    return DriftPoint(row.whole_number("day"), Quantity(reading, "unit"), Quantity(gas, "unit"))


KIND = RecordedKind(
    name="drift",
    title=Text(zh="零点漂移和量程漂移（每日示值）", en="Zero and span drift, a reading a day"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("day", cells.whole_number(), Text(zh="第几天，从 0 开始，到 7 为止", en="day, from 0 to 7")),
        Column("gas", cells.one_of("zero", "span"), Text(zh="气体", en="gas")),
        Column("reading", cells.number(), Text(zh="示值", en="indication")),
        Column("reference", cells.number_or_empty(), Text(zh="标准值", en="reference value"), optional=True),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("zero_drift_24h", "span_drift_24h", "zero_drift_week", "span_drift_week"),
    score=score,
    check=check,
)
