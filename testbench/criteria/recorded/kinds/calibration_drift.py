"""Calibration drift of the performance specifications: low and high gas on consecutive days, each day against the gas."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from testbench.criteria.recorded import cells, level_errors, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, SPAN, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.accuracy import level_error
from testbench.text import Text

NAMES = {"low": "calibration_drift_zero", "high": "calibration_drift_upscale"}


def check(test: RecordedTest) -> None:
    """One check of each gas a day."""
    lines: dict[tuple[str, int], int] = {}
    for row in test.rows:
        place = row.one_of("drift_gas"), row.whole_number("day")
        if place in lines:
            row.refuse("day", f"{place[0]} gas of day {place[1]} stands already in line {lines[place]}")
        lines[place] = row.line


def score(scoring: Scoring) -> Iterator[Result]:
    """For each gas the largest day, or the one that is left when so many days as may exceed the limit are taken off."""
    for gas, characteristic in NAMES.items():
        rows = [row for row in scoring.rows if row.one_of("drift_gas") == gas]
        if rows:
            yield _of_gas(scoring, characteristic, rows)


def _of_gas(scoring: Scoring, characteristic: str, rows: list[Row]) -> Result:
    rule = scoring.run_rule(characteristic)
    excused = (rule.most_discarded or 0) if rule else 0
    usual = Metric.ABSOLUTE if scoring.test.span is None else Metric.PERCENT_OF_SPAN
    days: dict[int, tuple[Decimal, Metric, dict[str, Decimal]]] = {}
    for row in rows:
        error = level_error([row.number("reference")], [row.number("measured")])
        known = level_errors.variables(scoring, error)
        metric, _ = scoring.expression(characteristic, known, usual)
        if metric is Metric.PERCENT_OF_HIGH_LEVEL:
            value = abs(error.percent_of(_high_level(scoring)))
        else:
            value, metric = level_errors.expressed(scoring, characteristic, usual, error, row.line)
        days[row.whole_number("day")] = (value, metric, known)
    high = [row.number("reference") for row in rows if row.one_of("drift_gas") == "high"]
    unlikely = plausible.no_such_span(high, scoring.test.span)
    worst = sorted(days, key=lambda day: -abs(days[day][0]))
    least = rule.least_days if rule else None
    obstacles = [f"{len(days)} of {least} days"] if least is not None and len(days) < least else []
    if len(worst) <= excused:
        return scoring.result(characteristic, None, obstacles=obstacles or [f"{len(days)} days"])
    value, metric, known = days[worst[excused]]
    return scoring.result(
        characteristic,
        value,
        metric=metric,
        expanded_uncertainty=scoring.stated_uncertainty(rows),
        variables=known,
        details={
            "span": scoring.test.span,
            "days": {str(day): days[day][0] for day in sorted(days)},
            "days_that_may_exceed": excused,
        },
        obstacles=[*obstacles, *unlikely],
        level=f"day {worst[excused]}",
        absolute="difference",
    )


def _high_level(scoring: Scoring) -> Decimal:
    """The largest reference value of the test, of which PS-6 takes the drift of a flow monitor."""
    high = max(row.number("reference") for row in scoring.rows)
    if high <= 0:
        scoring.refuse("reference", "the high-level value must be above zero to be divided by")
    return high


KIND = RecordedKind(
    name="calibration drift",
    title=Text(zh="校准漂移（40 CFR 60）", en="Calibration drift (40 CFR 60)"),
    columns=(
        *FIRST,
        SPAN,
        Column("day", cells.whole_number(), Text(zh="第几天", en="number of the day")),
        Column("drift_gas", cells.one_of("low", "high"), Text(zh="气体", en="gas")),
        Column("reference", cells.number(), Text(zh="标准值", en="reference value")),
        Column("measured", cells.number(), Text(zh="示值", en="indication")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=tuple(NAMES.values()),
    score=score,
    check=check,
)
