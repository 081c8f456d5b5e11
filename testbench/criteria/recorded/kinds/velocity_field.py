"""Velocity field coefficient: means of traverses beside the device's velocity, by day (HJ 75-2017)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.velocity_field import (
    LEAST_DAYS,
    LEAST_PAIRS,
    LEAST_SETS_A_DAY,
    FieldSet,
    velocity_correlation,
    velocity_field,
)
from testbench.text import Text


def score(scoring: Scoring) -> Iterator[Result]:
    """Coefficient, its precision, and the correlation coefficient."""
    rows = scoring.rows
    sets = [
        FieldSet(row.whole_number("day"), float(row.number("traverse")), float(row.number("fixed_point"))) for row in rows
    ]
    ratios = {row.number_or_empty("area_ratio") for row in rows}
    if len(ratios) > 1:
        scoring.refuse("area_ratio", "is not the same in all rows of the test")
    ratio = ratios.pop()
    try:
        field = velocity_field(sets, area_ratio=1.0 if ratio is None else float(ratio))
    except ValueError as error:
        scoring.refuse("traverse", f"test {scoring.test.name}: {error}")
    yield scoring.result(
        "velocity_field_coefficient",
        field.mean,
        unit="1",
        expanded_uncertainty=field.expanded.uncertainty,
        details={"days": [{"day": day.day, "sets": day.sets, "mean": day.mean} for day in field.days]},
    )
    least = f"at least {LEAST_SETS_A_DAY} sets on each of {LEAST_DAYS} days are needed"
    yield scoring.result(
        "velocity_field_precision",
        field.by_sets.percent,
        unit="%",
        interval=field.by_sets.interval_percent,
        details={
            "sets": len(sets),
            "days": len(field.days),
            "percent_of_days": None if field.by_days is None else field.by_days.percent,
        },
        obstacles=() if field.complete else (least,),
    )
    if len(sets) > 2:
        yield _correlation(scoring, sets)


def _correlation(scoring: Scoring, sets: Sequence[FieldSet]) -> Result:
    """The correlation coefficient; velocities without a spread have none."""
    try:
        correlation = velocity_correlation([one.traverse for one in sets], [one.point for one in sets])
    except ValueError as error:
        return scoring.result("velocity_correlation", None, unit="1", obstacles=[str(error)])
    few = f"{correlation.pairs} pairs, at least {LEAST_PAIRS} are needed"
    return scoring.result(
        "velocity_correlation",
        correlation.r,
        unit="1",
        interval=correlation.interval,
        details={"slope": correlation.slope, "intercept": correlation.intercept, "pairs": correlation.pairs},
        obstacles=() if correlation.pairs >= LEAST_PAIRS else (few,),
    )


KIND = RecordedKind(
    name="velocity field",
    title=Text(zh="速度场系数（断面平均流速与被测仪器流速）", en="Velocity field, traverses beside the device"),
    columns=(
        *FIRST,
        Column("day", cells.whole_number(), Text(zh="日", en="number of the day")),
        Column("traverse", cells.number(positive=True), Text(zh="断面平均流速", en="mean of the traverse")),
        Column("fixed_point", cells.number(positive=True), Text(zh="被测仪器流速", en="velocity of the device")),
        Column(
            "area_ratio",
            cells.number_or_empty(positive=True),
            Text(zh="断面面积比 Fs/Fp，缺省为 1", en="ratio of the areas Fs/Fp, 1 if left out"),
            optional=True,
        ),
    ),
    characteristics=("velocity_field_coefficient", "velocity_field_precision", "velocity_correlation"),
    score=score,
    differ=True,
)
