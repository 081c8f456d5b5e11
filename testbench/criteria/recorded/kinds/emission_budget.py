"""Budget of an annual emission: standard uncertainties in percent of it; systematic ones stay, random ones average out."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.emission.mrr import combined_percent
from testbench.text import Text

CHARACTERISTIC = "emission_uncertainty"
MOST_VALUES = 366 * 24 * 3600
"""A year has no more seconds."""


def check(test: RecordedTest) -> None:
    """A year has so many independent errors, one or more."""
    for row in test.rows:
        if not 1 <= row.whole_number("independent_values") <= MOST_VALUES:
            row.refuse("independent_values", f"must be from 1 (systematic) to {MOST_VALUES}")


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a test: U = 2·sqrt(Σ u²/n) in percent of the emission."""
    parts = [(float(row.number("relative_u_percent")), row.whole_number("independent_values")) for row in scoring.rows]
    try:
        combined = combined_percent(parts)
    except ValueError as error:
        yield scoring.result(CHARACTERISTIC, None, unit="%", obstacles=[str(error)])
        return
    yield scoring.result(
        CHARACTERISTIC,
        2.0 * combined,
        unit="%",
        obstacles=[] if combined > 0 else ["no contribution is above zero"],
        details={"combined_standard_uncertainty_percent": combined, "contributions": len(parts)},
        any_unit=True,
    )


KIND = RecordedKind(
    name="emission budget",
    title=Text(zh="年排放量的不确定度预算", en="Uncertainty budget of an annual emission"),
    columns=(
        *FIRST,
        Column("contribution", cells.text(), Text(zh="不确定度来源", en="what is uncertain")),
        Column(
            "relative_u_percent",
            cells.number(least=0),
            Text(zh="对排放量的相对标准不确定度，%", en="standard uncertainty of the emission from it, %"),
        ),
        Column(
            "independent_values",
            cells.whole_number(),
            Text(zh="年内独立误差的个数；系统性的为 1", en="independent errors in the year; 1 for a systematic one"),
        ),
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
    check=check,
    differ=True,
)
