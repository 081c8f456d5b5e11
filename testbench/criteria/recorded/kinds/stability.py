"""Stability: readings of one gas over an hour, as changes from the first (JJG 968-2002)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.quantity import Quantity
from testbench.metrology.stability import StabilityReading, stability
from testbench.text import Text

HOUR = Decimal(60)
"""Minutes that the readings must span."""


def check(test: RecordedTest) -> None:
    """There are two readings or more in time order, the first above zero."""
    if len(test.rows) < 2:
        test.rows[0].refuse("minute", "stability needs a first and a later reading")
    if test.rows[0].number("reading") <= 0:
        test.rows[0].refuse("reading", "the first reading must be above zero to be divided by")
    for earlier, later in zip(test.rows, test.rows[1:], strict=False):
        if later.number("minute") <= earlier.number("minute"):
            later.refuse("minute", "readings must stand in time order")


def score(scoring: Scoring) -> Iterator[Result]:
    """The largest change from the first reading, with its sign."""
    gas = Quantity(0.0, "unit")
    found = stability(
        [
            StabilityReading(60.0 * float(row.number("minute")), gas, Quantity(float(row.number("reading")), "unit"))
            for row in scoring.rows
        ]
    )
    minutes = scoring.rows[-1].number("minute") - scoring.rows[0].number("minute")
    yield scoring.result(
        "stability",
        found.value_percent,
        unit="%",
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        signed=True,
        details={"changes_percent": list(found.changes_percent)},
        obstacles=[f"the readings span {minutes:f} of {HOUR} min"] if minutes < HOUR else [],
        notes=plausible.all_alike(scoring.rows, "reading"),
        level=f"{scoring.rows[found.largest_index + 1].number('minute'):f} min",
    )


KIND = RecordedKind(
    name="stability",
    title=Text(zh="稳定性（同一气体的读数）", en="Stability, readings of one gas"),
    columns=(
        *FIRST,
        Column("minute", cells.number(), Text(zh="时间，min", en="time in min")),
        Column("reading", cells.number(), Text(zh="示值", en="indication")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("stability",),
    score=score,
    check=check,
)
