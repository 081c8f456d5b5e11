"""Indication error: the error of each point from the means of its readings, relative to the gas and to full scale."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.accuracy import level_error
from testbench.text import Text

CHARACTERISTIC = "indication_error"


def check(test: RecordedTest) -> None:
    """Each point has one gas."""
    plausible.check_one_gas(test.rows, "point")


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a point, measured − reference."""
    points: dict[str, list[Row]] = {}
    for row in scoring.rows:
        points.setdefault(row.text("point"), []).append(row)
    rule = scoring.run_rule(CHARACTERISTIC)
    full_scale = scoring.test.full_scale
    for point, rows in points.items():
        error = level_error([row.number("reference") for row in rows], [row.number("measured") for row in rows])
        if error.mean_reference <= 0:
            scoring.refuse("reference", "the reference mean must be above zero to be divided by", rows[0].line)
        few = rule is not None and len(rows) < rule.least_used
        yield scoring.result(
            CHARACTERISTIC,
            -error.percent_of(error.mean_reference),
            unit="%",
            metric=Metric.PERCENT_OF_NOMINAL,
            expanded_uncertainty=scoring.stated_uncertainty(rows),
            expressed={
                Metric.PERCENT_OF_FULL_SCALE: -error.percent_of(full_scale),
                Metric.ABSOLUTE: -error.difference,
            },
            variables={
                "difference": abs(error.difference),
                "reference_mean": error.mean_reference,
                "full_scale": full_scale,
            },
            signed=True,
            details={
                "readings": len(rows),
                "mean_reference": error.mean_reference,
                "mean_measured": error.mean_measured,
                "percent_of_reference": -error.percent_of(error.mean_reference),
                "percent_of_full_scale": -error.percent_of(full_scale),
            },
            obstacles=[f"{len(rows)} of {rule.least_used} readings at this point"] if rule and few else [],
            level=point,
            absolute="difference",
        )


KIND = RecordedKind(
    name="indication error",
    title=Text(zh="示值误差（各点多次读数）", en="Indication error, readings of each point"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("point", cells.text(), Text(zh="测试点的名称，如 low", en="name of the point, such as low")),
        Column("reference", cells.number(), Text(zh="标准值", en="reference value")),
        Column("measured", cells.number(), Text(zh="示值", en="indication")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
    check=check,
)
