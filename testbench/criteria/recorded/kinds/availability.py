"""Availability of a device in a field test: hours lost, of all hours."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.suitability import availability_percent
from testbench.text import Text

MOST_HOURS = 100_000
"""No field test lasts longer."""


def check(test: RecordedTest) -> None:
    """The outages fit into the field test."""
    lost = 0.0
    for row in test.rows:
        hours = float(row.number("outage"))
        lost += hours
        if lost > float(row.number("total_hours")):
            row.refuse("outage", f"outages of {lost:g} h do not fit into the field test")


def score(scoring: Scoring) -> Iterator[Result]:
    """What the outages leave, in percent."""
    total = float(scoring.rows[0].number("total_hours"))
    outages = [float(row.number("outage")) for row in scoring.rows]
    value = availability_percent(total, outages)
    yield scoring.result("availability", value, unit="%", any_unit=True, details={"total_h": total, "lost_h": sum(outages)})


KIND = RecordedKind(
    name="availability",
    title=Text(zh="有效率（现场停用时间）", en="Availability, outages in the field"),
    columns=(
        *FIRST,
        Column(
            "total_hours",
            cells.number(positive=True, most=MOST_HOURS),
            Text(zh="现场试验总小时数", en="hours of the field test"),
            same=True,
        ),
        Column("outage", cells.number(least=0), Text(zh="停用小时数", en="hours lost")),
    ),
    characteristics=("availability",),
    score=score,
    check=check,
)
