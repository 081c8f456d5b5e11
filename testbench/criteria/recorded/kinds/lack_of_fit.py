"""Lack of fit: readings of several gases in the order they were visited, residuals from the regression line."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.lack_of_fit import lack_of_fit
from testbench.metrology.linearity import LinearityPoint
from testbench.metrology.quantity import Quantity
from testbench.text import Text


def check(test: RecordedTest) -> None:
    """There are three levels or more, and their references differ."""
    if len({row.number("nominal") for row in test.rows}) < 3:
        test.rows[0].refuse("nominal", "lack of fit needs at least 3 levels")
    if len({row.number("reference") for row in test.rows}) < 2:
        test.rows[0].refuse("reference", "the references of all levels are alike")


def score(scoring: Scoring) -> Iterator[Result]:
    """The residual of largest magnitude, with its sign."""
    full_scale = scoring.test.full_scale
    points = [
        LinearityPoint(
            row.whole_number("visit"),
            float(row.number("nominal")) / 100,
            Quantity(float(row.number("reference")), "unit"),
            Quantity(float(row.number("measured")), "unit"),
        )
        for row in scoring.rows
    ]
    result = lack_of_fit(points, full_scale=float(full_scale))
    largest = result.largest
    yield scoring.result(
        "lack_of_fit",
        largest.residual_percent_fs,
        unit="%F.S.",
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        expressed={Metric.ABSOLUTE: largest.residual_percent_fs * float(full_scale) / 100},
        signed=True,
        details={
            "slope": result.slope,
            "intercept": result.intercept,
            "levels": [
                {"nominal": 100 * level.nominal_fraction, "percent_fs": level.residual_percent_fs} for level in result.levels
            ],
        },
        obstacles=[
            *plausible.does_not_follow(scoring.rows, "reference", "measured"),
            *plausible.no_such_span((row.number("reference") for row in scoring.rows), full_scale),
        ],
        level=f"{100 * largest.nominal_fraction:g} %",
    )


KIND = RecordedKind(
    name="lack of fit",
    title=Text(zh="线性偏差（对回归直线的残差）", en="Lack of fit, residuals from the regression line"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("visit", cells.whole_number(), Text(zh="第几次通气", en="number of the visit")),
        Column(
            "nominal",
            cells.number(least=0, most=200),
            Text(zh="浓度点，满量程的百分数", en="level in percent of full scale"),
        ),
        Column("reference", cells.number(), Text(zh="标准值", en="reference value")),
        Column("measured", cells.number(), Text(zh="示值", en="indication")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("lack_of_fit",),
    score=score,
    check=check,
)
