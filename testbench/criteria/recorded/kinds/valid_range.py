"""Use of the valid calibration range: how many values of each week lie outside."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.qal2 import Week, range_use
from testbench.text import Text


def check(test: RecordedTest) -> None:
    """Not more values outside than there are."""
    for row in test.rows:
        if row.whole_number("outside") > row.whole_number("values"):
            row.refuse("outside", "more values are outside than were measured")


def score(scoring: Scoring) -> Iterator[Result]:
    """Weeks with more than 5 % outside, and the largest share of a week."""
    weeks = [Week(row.whole_number("values"), row.whole_number("outside")) for row in scoring.rows]
    use = range_use(weeks)
    details = {"weeks": len(weeks), "calibrate_again": use.calibrate_again}
    worst = max(range(len(weeks)), key=lambda number: weeks[number].percent_outside)
    yield scoring.result("valid_range_weeks", float(use.weeks_above_5_percent), unit="1", any_unit=True, details=details)
    yield scoring.result(
        "valid_range_week",
        weeks[worst].percent_outside,
        unit="%",
        any_unit=True,
        details=details,
        level=f"week {scoring.rows[worst].whole_number('week')}",
    )


KIND = RecordedKind(
    name="valid range",
    title=Text(zh="有效校准范围的使用（每周）", en="Use of the valid calibration range, week by week"),
    columns=(
        *FIRST,
        Column("week", cells.whole_number(), Text(zh="第几周", en="number of the week")),
        Column("values", cells.whole_number(), Text(zh="有效数据个数", en="values measured")),
        Column("outside", cells.whole_number(), Text(zh="超出有效校准范围的个数", en="values outside the valid range")),
    ),
    characteristics=("valid_range_week", "valid_range_weeks"),
    score=score,
    check=check,
    once=("week",),
)
