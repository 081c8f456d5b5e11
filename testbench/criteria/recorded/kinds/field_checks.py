"""Maintenance interval: zero and span checked in the field without adjustment, against the first check."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.suitability import FieldCheck, maintenance_interval
from testbench.text import Text

PERMITTED = 3.0
"""Drift that ends the interval, percent of full scale (EN 15267-3, gases)."""

LONGEST = 3660
"""No field test lasts longer, in days."""


def check(test: RecordedTest) -> None:
    """Two checks or more, in the order of their days."""
    if len(test.rows) < 2:
        test.rows[0].refuse("check_day", "a maintenance interval needs at least 2 checks")
    for before, row in zip(test.rows, test.rows[1:], strict=False):
        if row.number("check_day") <= before.number("check_day"):
            row.refuse("check_day", "the days of the checks must ascend")
        if row.number("check_day") - test.rows[0].number("check_day") > LONGEST:
            row.refuse("check_day", f"lies more than {LONGEST} days after the first check; the number of the day is wanted")


def _permitted(scoring: Scoring) -> float:
    """The drift as stated, else as the standard limits the zero drift, else as for gases; in percent of full scale."""
    stated = scoring.rows[0].number_or_empty("permitted_drift")
    if stated is not None:
        return float(stated)
    requirement = scoring.requirement("zero_drift_maintenance")
    if requirement is None:
        return PERMITTED
    limit = float(requirement.limit)
    return 100 * limit / float(scoring.test.full_scale) if requirement.metric is Metric.ABSOLUTE else limit


def score(scoring: Scoring) -> Iterator[Result]:
    """The interval, and the largest zero and span drift since the first check."""
    first, *later = scoring.rows
    full_scale = scoring.test.full_scale
    start = first.number("check_day")
    checks = [
        FieldCheck(
            float(row.number("check_day") - start),
            *(float(100 * (row.number(gas) - first.number(gas)) / full_scale) for gas in ("zero", "span")),
        )
        for row in later
    ]
    unlikely = {gas: plausible.no_such_gas(scoring.rows, gas, gas, full_scale) for gas in ("zero", "span")}
    interval = maintenance_interval(checks, permitted_percent_fs=_permitted(scoring))
    yield scoring.result(
        "maintenance_interval",
        interval.days,
        unit="d",
        any_unit=True,
        details={"exceeded_on": interval.exceeded_on},
        obstacles=[*unlikely["zero"], *unlikely["span"]],
    )
    for gas, drifts in (
        ("zero", [check.zero_percent_fs for check in checks]),
        ("span", [check.span_percent_fs for check in checks]),
    ):
        largest = max(drifts, key=abs)
        yield scoring.result(
            f"{gas}_drift_maintenance",
            largest,
            unit="%F.S.",
            expressed={Metric.ABSOLUTE: largest * float(full_scale) / 100},
            signed=True,
            obstacles=unlikely[gas],
            level=f"day {checks[drifts.index(largest)].day:g}",
        )


KIND = RecordedKind(
    name="field checks",
    title=Text(zh="维护周期（现场零点和量程检查）", en="Maintenance interval, zero and span checks in the field"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("check_day", cells.number(), Text(zh="第几天", en="day")),
        Column("zero", cells.number(), Text(zh="零点气示值", en="indication of zero gas")),
        Column("span", cells.number(), Text(zh="量程气示值", en="indication of span gas")),
        Column(
            "permitted_drift",
            cells.number_or_empty(positive=True),
            Text(
                zh="允许漂移，满量程的百分数，缺省按标准，否则 3",
                en="permitted drift in percent of full scale (the standard's, else 3)",
            ),
            optional=True,
            same=True,
        ),
    ),
    characteristics=("maintenance_interval", "zero_drift_maintenance", "span_drift_maintenance"),
    score=score,
    check=check,
)
