"""Periods out of control by daily drift (40 CFR 60 Appendix F, Procedure 1), from a list of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.part60_audits import out_of_control_periods
from testbench.text import Text

CHARACTERISTIC = "out_of_control"


def check(test: RecordedTest) -> None:
    """The days of each gas stand in ascending order, without a gap."""
    last: dict[str, Row] = {}
    for row in test.rows:
        gas = row.one_of("check_gas")
        before = last.get(gas)
        if before is not None and row.date() != before.date() + dt.timedelta(days=1):
            row.refuse("date", f"the day after {before.date()} (line {before.line}) is wanted for the {gas} gas")
        last[gas] = row


def score(scoring: Scoring) -> Iterator[Result]:
    """The number of periods for each gas, with their reasons and dates."""
    limit = scoring.rows[0].number("drift_limit")
    for gas in ("low", "high"):
        rows = [row for row in scoring.rows if row.one_of("check_gas") == gas]
        if not rows:
            continue
        periods = out_of_control_periods([row.number("drift") for row in rows], limit)
        yield scoring.result(
            CHARACTERISTIC,
            float(len(periods)),
            unit="1",
            metric=Metric.COUNT,
            details={
                "days": len(rows),
                "periods": [
                    {
                        "reason": period.reason.value,
                        "found": rows[period.found].date().isoformat(),
                        "begins": None if period.begins is None else rows[period.begins].date().isoformat(),
                        "ends": None if period.ends is None else rows[period.ends].date().isoformat(),
                    }
                    for period in periods
                ],
            },
            level=gas,
            any_unit=True,
        )


KIND = RecordedKind(
    name="days out of control",
    title=Text(zh="失控判定（每日漂移）", en="Out of control, by daily drift"),
    columns=(
        *FIRST,
        Column("date", cells.date(), Text(zh="日期", en="date")),
        Column("check_gas", cells.one_of("low", "high"), Text(zh="气体", en="gas")),
        Column("drift", cells.number(), Text(zh="当日漂移", en="drift of the day")),
        Column(
            "drift_limit",
            cells.number(positive=True),
            Text(zh="漂移限值，与漂移同单位", en="limit of the drift, in its unit"),
            same=True,
        ),
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
    check=check,
)
