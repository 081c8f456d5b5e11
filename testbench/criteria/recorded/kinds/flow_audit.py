"""Relative accuracy of a flow monitor at several loads, and the bias adjustment factor over all of them (40 CFR 75)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.accuracy import AccuracyAudit, accuracy_audit, bias_adjustment_factor
from testbench.metrology.overall_bias import LoadLevel, overall_bias_adjustment_factor
from testbench.text import Text

ACCURACY, FACTOR = "relative_accuracy", "bias_adjustment_factor"
DECIMALS = 3


def check(test: RecordedTest) -> None:
    """A load is normal in all its runs or in none, its runs are numbered once, and one that is used has its values."""
    lines: dict[tuple[str, int], int] = {}
    normal: dict[str, bool] = {}
    for row in test.rows:
        place = row.one_of("load"), row.whole_number("run")
        if place in lines:
            row.refuse("run", f"run {place[1]} at {place[0]} load stands already in line {lines[place]}")
        if normal.setdefault(place[0], row.flag("normal")) is not row.flag("normal"):
            row.refuse("normal", f"{place[0]} load is normal in one row and not in another")
        lines[place] = row.line
        if row.flag("used"):
            row.number("cems")
            row.number("reference")


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a load, and the overall factor, which needs every normal load."""
    by_load: dict[str, list[Row]] = {}
    for row in scoring.rows:
        by_load.setdefault(row.one_of("load"), []).append(row)
    levels: list[LoadLevel] = []
    missing: list[str] = []
    for load, rows in by_load.items():
        used = [row for row in rows if row.flag("used")]
        if len(used) < 2:
            missing.append(load)
            yield scoring.result(
                ACCURACY, None, unit="%", level=load, obstacles=[f"{len(used)} runs used, at least 2 are needed"]
            )
            continue
        audit = _audit(scoring, used)
        levels.append(LoadLevel(load, audit, rows[0].flag("normal")))
        yield _accuracy(scoring, levels[-1], rows, used)
    lacking = [load for load in missing if by_load[load][0].flag("normal")]
    if lacking:
        yield scoring.result(FACTOR, None, unit="1", obstacles=[f"the normal load {', '.join(lacking)} lacks runs"])
    else:
        yield _overall(scoring, levels)


def _audit(scoring: Scoring, used: list[Row]) -> AccuracyAudit:
    try:
        return accuracy_audit([row.number("cems") for row in used], [row.number("reference") for row in used])
    except ValueError as error:
        scoring.refuse("reference", f"test {scoring.test.name}: {error}", used[0].line)


def _accuracy(scoring: Scoring, level: LoadLevel, rows: list[Row], used: list[Row]) -> Result:
    audit, rule = level.audit, scoring.run_rule(ACCURACY)
    obstacles = []
    discarded = len(rows) - len(used)
    if rule is not None and len(used) < rule.least_used:
        obstacles.append(f"{len(used)} runs used, at least {rule.least_used} are needed")
    if rule is not None and rule.most_discarded is not None and discarded > rule.most_discarded:
        obstacles.append(f"{discarded} runs discarded, at most {rule.most_discarded} may be")
    velocity = _velocity(used)
    known = {"difference": abs(audit.mean_difference), "mean_reference": audit.mean_reference}
    if velocity is not None:
        known = {"difference": abs(velocity.mean_difference), "mean_reference": velocity.mean_reference}
    return scoring.result(
        ACCURACY,
        audit.relative_accuracy,
        metric=Metric.PERCENT_OF_REFERENCE_MEAN,
        variables=known,
        details={
            "normal": level.normal,
            "runs_used": len(used),
            "runs_discarded": discarded,
            "mean_cems": audit.mean_cems,
            "mean_reference": audit.mean_reference,
            "mean_difference": audit.mean_difference,
            "standard_deviation": audit.standard_deviation,
            "t": audit.t,
            "confidence_coefficient": audit.confidence_coefficient,
            "mean_velocity": None if velocity is None else velocity.mean_reference,
            "velocity_difference": None if velocity is None else velocity.mean_difference,
            "bias_test": "fail" if audit.biased_low else "pass",
        },
        obstacles=obstacles,
        level=level.name,
        absolute="difference",
        any_unit=velocity is not None,
    )


def _velocity(used: list[Row]) -> AccuracyAudit | None:
    """The audit in ft/s, where the reference velocity of every run is stated: the flows of a run share the cross section."""
    if not all(row.has("velocity") and row.number("reference") > 0 for row in used):
        return None
    reference = [row.number("velocity") for row in used]
    cems = [v * row.number("cems") / row.number("reference") for v, row in zip(reference, used, strict=True)]
    return accuracy_audit(cems, reference)


def _overall(scoring: Scoring, levels: list[LoadLevel]) -> Result:
    factors: dict[str, Decimal] = {}
    try:
        factors = {level.name: bias_adjustment_factor(level.audit, DECIMALS) for level in levels}
        overall = overall_bias_adjustment_factor(levels, DECIMALS)
    except ValueError as error:
        return scoring.result(FACTOR, None, unit="1", obstacles=[str(error)])
    normal = [level.name for level in levels if level.normal]
    return scoring.result(FACTOR, overall, unit="1", details={"factors": factors, "normal_loads": normal})


KIND = RecordedKind(
    name="flow audit at several loads",
    title=Text(zh="多负荷流量相对准确度审核", en="Flow audit at several loads"),
    columns=(
        *FIRST,
        Column("load", cells.one_of("low", "mid", "high"), Text(zh="负荷", en="load")),
        Column("normal", cells.flag("a normal load", "not"), Text(zh="是否为正常负荷", en="whether it is a normal load")),
        Column("run", cells.whole_number(), Text(zh="数据对的序号", en="number of the run")),
        Column("used", cells.flag("used", "discarded"), Text(zh="是否采用", en="whether the run counts")),
        Column("cems", cells.number_or_empty(), Text(zh="流量监测仪平均值", en="mean of the flow monitor")),
        Column("reference", cells.number_or_empty(), Text(zh="参比方法平均值", en="mean of the reference method")),
        Column(
            "velocity",
            cells.number_or_empty(positive=True),
            Text(zh="参比方法流速，ft/s", en="velocity by the reference method, ft/s"),
            optional=True,
        ),
    ),
    characteristics=(ACCURACY, FACTOR),
    score=score,
    check=check,
)
