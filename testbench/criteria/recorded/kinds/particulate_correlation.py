"""Correlation of a particulate monitor with the manual method: r, and the intervals' half-widths at the emission limit."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.particulate_correlation import particulate_correlation
from testbench.text import Text

CORRELATION = "particulate_correlation"
CONFIDENCE = "particulate_confidence_interval"
TOLERANCE = "particulate_tolerance_interval"
USUAL_PAIRS = 15  # where the standard does not say otherwise


def score(scoring: Scoring) -> Iterator[Result]:
    """Three results of one test."""
    limit = scoring.rows[0].number("limit_value")
    try:
        found = particulate_correlation(
            [float(row.number("signal")) for row in scoring.rows],
            [float(row.number("concentration")) for row in scoring.rows],
            limit=float(limit),
        )
    except ValueError as error:
        scoring.refuse("signal", f"test {scoring.test.name}: {error}")
    rule = scoring.run_rule(CORRELATION)
    least = USUAL_PAIRS if rule is None else rule.least_used
    obstacles = [f"{found.pairs} of {least} pairs"] if found.pairs < least else []
    notes = ["the emission limit lies outside the signals of the pairs"] if found.extrapolated else []
    details = {
        "pairs": found.pairs,
        "slope": found.slope,
        "intercept": found.intercept,
        "residual_deviation": found.residual_deviation,
        "signal_at_limit": found.signal_at_limit,
        "tolerance_factor": found.tolerance_factor,
    }
    variables = {"full_scale": scoring.test.full_scale, "limit_value": limit}
    yield scoring.result(
        CORRELATION,
        found.correlation,
        unit="1",
        metric=Metric.ABSOLUTE,
        variables=variables,
        details=details,
        obstacles=obstacles,
    )
    for characteristic, percent in ((CONFIDENCE, found.confidence_percent), (TOLERANCE, found.tolerance_percent)):
        yield scoring.result(
            characteristic,
            percent,
            unit="%",
            metric=Metric.PERCENT_OF_LIMIT_VALUE,
            variables=variables,
            details=details,
            obstacles=obstacles,
            notes=notes,
        )


KIND = RecordedKind(
    name="particulate correlation",
    title=Text(zh="颗粒物监测与手工方法的相关校准", en="Correlation of a particulate monitor with the manual method"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("limit_value", cells.number(positive=True), Text(zh="排放限值", en="emission limit"), same=True),
        Column("signal", cells.number(), Text(zh="监测系统的信号", en="signal of the monitor")),
        Column("concentration", cells.number(), Text(zh="手工方法测得的浓度", en="concentration by the manual method")),
    ),
    characteristics=(CORRELATION, CONFIDENCE, TOLERANCE),
    score=score,
    differ=True,
)
