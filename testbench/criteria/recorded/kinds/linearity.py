"""Linearity: the error of each level from the means of its last injections."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, level_errors
from testbench.criteria.recorded.kind import FIRST, SPAN, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.accuracy import level_error
from testbench.text import Text

CHARACTERISTIC = "linearity_error"
INJECTIONS = 3
"""Injections that a level needs, of which the last ones count, where the standard does not say otherwise."""


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a level."""
    rule = scoring.run_rule(CHARACTERISTIC)
    least, last = (INJECTIONS, INJECTIONS) if rule is None else (rule.least_used, rule.last_used or INJECTIONS)
    by_level: dict[str, list[Row]] = {}
    for row in scoring.rows:
        by_level.setdefault(row.one_of("level"), []).append(row)
    criterion = scoring.criterion(CHARACTERISTIC)
    expected = {level.name for level in criterion.levels} if criterion else set()
    missing = sorted(expected - set(by_level))
    for level, injections in by_level.items():
        used = injections[-last:]
        error = level_error([row.number("reference") for row in used], [row.number("measured") for row in used])
        obstacles = []
        notes = list(level_errors.outside_level(scoring, CHARACTERISTIC, level, error.mean_reference))
        if len(injections) < least:
            obstacles.append(f"{len(injections)} of {least} injections at this level")
        if len(used) < len(injections):
            notes.append(f"the last {len(used)} of {len(injections)} injections count")
        if missing:
            notes.append(f"the test lacks the level {', '.join(missing)}")
        usual = Metric.PERCENT_OF_REFERENCE_MEAN
        value, metric = level_errors.expressed(scoring, CHARACTERISTIC, usual, error, used[0].line)
        counts = {"injections": len(injections), "injections_used": len(used)}
        yield scoring.result(
            CHARACTERISTIC,
            value,
            metric=metric,
            variables=level_errors.variables(scoring, error),
            details=level_errors.details(scoring, error) | counts,
            obstacles=obstacles,
            notes=notes,
            level=level,
            absolute="difference",
        )


KIND = RecordedKind(
    name="linearity",
    title=Text(zh="线性误差（各点多次通气）", en="Linearity, injections of each level"),
    columns=(
        *FIRST,
        SPAN,
        Column("level", cells.one_of("low", "mid", "high"), Text(zh="浓度点", en="level")),
        Column("reference", cells.number(), Text(zh="标准值", en="reference value")),
        Column("measured", cells.number(), Text(zh="示值", en="indication")),
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
)
