"""Calibration error: daily injections of zero and upscale gas, each judged on its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from testbench.criteria.recorded import cells, level_errors, plausible
from testbench.criteria.recorded.kind import FIRST, SPAN, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.accuracy import level_error
from testbench.text import Text

CHARACTERISTIC = "calibration_error"


def score(scoring: Scoring) -> Iterator[Result]:
    """One result an injection."""
    criterion = scoring.criterion(CHARACTERISTIC)
    rule = criterion.runs if criterion else None
    dates: dict[str, set[dt.date]] = {}
    for row in scoring.rows:
        dates.setdefault(row.one_of("level"), set()).add(row.date())
    usual = Metric.ABSOLUTE if scoring.test.span is None else Metric.PERCENT_OF_SPAN
    for row in scoring.rows:
        level, reference = row.one_of("level"), row.number("reference")
        days = len(dates[level])
        too_few = rule is not None and rule.least_days is not None and days < rule.least_days
        notes = [f"{days} of {rule.least_days} days"] if rule and too_few else []
        error = level_error([reference], [row.number("measured")])
        value, metric = level_errors.expressed(scoring, CHARACTERISTIC, usual, error, row.line)
        upscale = [reference] if level == "upscale" else []
        yield scoring.result(
            CHARACTERISTIC,
            value,
            metric=metric,
            variables=level_errors.variables(scoring, error),
            details=level_errors.details(scoring, error) | {"days": days},
            notes=[*level_errors.outside_level(scoring, CHARACTERISTIC, level, reference), *notes],
            obstacles=plausible.no_such_span(upscale, scoring.test.span),
            level=level,
            date=row.date(),
            absolute="difference",
        )


KIND = RecordedKind(
    name="calibration error",
    title=Text(zh="校准误差（每日零点和量程点）", en="Calibration error, daily zero and upscale"),
    columns=(
        *FIRST,
        SPAN,
        Column("date", cells.date(), Text(zh="日期", en="date")),
        Column("level", cells.one_of("zero", "upscale"), Text(zh="气体", en="gas")),
        Column("reference", cells.number(), Text(zh="标准值", en="reference value")),
        Column("measured", cells.number(), Text(zh="示值", en="indication")),
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
)
