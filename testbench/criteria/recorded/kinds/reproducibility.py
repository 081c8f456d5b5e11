"""Reproducibility of two identical devices: simultaneous readings, R_f in percent of full scale."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.suitability import reproducibility
from testbench.text import Text


def check(test: RecordedTest) -> None:
    """There are two pairs or more."""
    if len(test.rows) < 2:
        test.rows[0].refuse("pair", "reproducibility needs at least 2 pairs")


def score(scoring: Scoring) -> Iterator[Result]:
    """R_f of the pairs."""
    first, second = ([float(row.number(column)) for row in scoring.rows] for column in ("first", "second"))
    result = reproducibility(first, second)
    full_scale = float(scoring.test.full_scale)
    readings = [row.number(column) for row in scoring.rows for column in ("first", "second")]
    unlikely = plausible.no_such_span(readings, scoring.test.full_scale, plausible.LEAST_READING_PERCENT)
    yield scoring.result(
        "reproducibility",
        100 * result.reproducibility / full_scale,
        unit="%F.S.",
        expressed={Metric.ABSOLUTE: result.reproducibility},
        obstacles=unlikely,
        details={"pairs": result.pairs, "standard_deviation": result.deviation, "t": result.t},
    )


KIND = RecordedKind(
    name="reproducibility",
    title=Text(zh="再现性（两台仪器的同时示值）", en="Reproducibility, simultaneous readings of two devices"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("pair", cells.whole_number(), Text(zh="第几对", en="number of the pair")),
        Column("first", cells.number(), Text(zh="第一台的示值", en="indication of the first device")),
        Column("second", cells.number(), Text(zh="第二台的示值", en="indication of the second device")),
    ),
    characteristics=("reproducibility",),
    score=score,
    check=check,
    once=("pair",),
)
