"""Pairs of a reference method and a monitor in the duct: velocity, flue gas temperature, moisture (HJ 75-2017)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.mean import mean
from testbench.text import Text

CHARACTERISTICS = {
    "velocity": "velocity_error",
    "temperature": "temperature_error",
    "moisture": "moisture_error",
    "h2o": "moisture_error",
}
USUAL_PAIRS = 5  # where the standard does not say otherwise


def check(test: RecordedTest) -> None:
    """The parameter is one of the three, and pairs are numbered once."""
    first = test.rows[0]
    if test.parameter.casefold() not in CHARACTERISTICS:
        first.refuse("parameter", f"{test.parameter!r} must be velocity, temperature or moisture")
    lines: dict[int, int] = {}
    for row in test.rows:
        number = row.whole_number("pair")
        if number in lines:
            row.refuse("pair", f"pair {number} stands already in line {lines[number]}")
        lines[number] = row.line


def score(scoring: Scoring) -> Iterator[Result]:
    """Mean error of all pairs, CMS − reference, relative to the mean reference and absolute."""
    characteristic = CHARACTERISTICS[scoring.test.parameter.casefold()]
    reference = mean([row.number("reference") for row in scoring.rows])
    measured = mean([row.number("cms") for row in scoring.rows])
    with localcontext(prec=60):
        error = measured - reference
        relative = error / reference * 100 if reference > 0 else None
    rule = scoring.run_rule(characteristic)
    least = USUAL_PAIRS if rule is None else rule.least_used
    expressed: dict[Metric, Decimal | float] = {Metric.ABSOLUTE: error}
    expressed_as = scoring.requirement(characteristic, {"reference_mean": reference})
    obstacles = [f"{len(scoring.rows)} of {least} pairs"] if len(scoring.rows) < least else []
    if relative is not None:
        expressed[Metric.MEAN_ERROR_PERCENT_OF_REFERENCE_MEAN] = expressed[Metric.PERCENT] = relative
    elif expressed_as is not None and expressed_as.metric is not Metric.ABSOLUTE:
        scoring.refuse("reference", "the reference mean must be above zero to be divided by")
    yield scoring.result(
        characteristic,
        error,
        unit=scoring.test.unit,
        metric=Metric.ABSOLUTE,
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        expressed=expressed,
        variables={"reference_mean": reference, "difference": abs(error)},
        signed=True,
        details={
            "pairs": len(scoring.rows),
            "mean_reference": reference,
            "mean_measured": measured,
            "difference": error,
            "percent_of_reference": relative,
        },
        obstacles=obstacles,
        absolute="difference",
    )


KIND = RecordedKind(
    name="duct pairs",
    title=Text(zh="流速、烟温、湿度与参比方法的数据对", en="Velocity, temperature or moisture beside the reference method"),
    columns=(
        *FIRST,
        Column("pair", cells.whole_number(), Text(zh="数据对的序号", en="number of the pair")),
        Column("reference", cells.number(), Text(zh="参比方法平均值", en="mean of the reference method")),
        Column("cms", cells.number(), Text(zh="连续监测系统平均值", en="mean of the monitor")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=tuple(dict.fromkeys(CHARACTERISTICS.values())),
    score=score,
    check=check,
)
