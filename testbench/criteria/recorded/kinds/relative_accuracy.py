"""Relative accuracy test audit: runs of the system beside the reference method, and the bias test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import APPLICABLE_STANDARD, FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.accuracy import AccuracyAudit, accuracy_audit, bias_adjustment_factor
from testbench.metrology.part60_audits import absolute_accuracy, relative_accuracy_of
from testbench.text import Text

CHARACTERISTIC = "relative_accuracy"
NEXT_AUDIT_QUARTERS = {"annual": 4, "semi": 2}
"""By the grade that was reached: within how many QA operating quarters the next audit is due (40 CFR 75 App. B 2.3.1)."""
_NUMBERS = ("mean_cems", "mean_reference", "mean_difference", "standard_deviation", "t", "confidence_coefficient")


def check(test: RecordedTest) -> None:
    """Runs are numbered once, and one that is used has its values."""
    lines: dict[int, int] = {}
    for row in test.rows:
        number = row.whole_number("run")
        if number in lines:
            row.refuse("run", f"run {number} stands already in line {lines[number]}")
        lines[number] = row.line
        if row.flag("used"):
            row.number("cems")
            row.number("reference")


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a test."""
    used = [row for row in scoring.rows if row.flag("used")]
    discarded = len(scoring.rows) - len(used)
    rule = scoring.run_rule(CHARACTERISTIC)
    obstacles = []
    if rule is not None and len(used) < rule.least_used:
        obstacles.append(f"{len(used)} runs used, at least {rule.least_used} are needed")
    if rule is not None and rule.most_discarded is not None and discarded > rule.most_discarded:
        obstacles.append(f"{discarded} runs discarded, at most {rule.most_discarded} may be")
    counts = {"runs": len(scoring.rows), "runs_used": len(used), "runs_discarded": discarded}
    usual = Metric.PERCENT_OF_REFERENCE_MEAN
    if len(used) < 2:
        yield scoring.result(
            CHARACTERISTIC,
            None,
            metric=usual,
            details={**counts, **dict.fromkeys((*_NUMBERS, "relative_accuracy", "bias_adjustment_factor"))},
            obstacles=obstacles or [f"{len(used)} runs used, at least 2 are needed"],
        )
        return
    try:
        audit = accuracy_audit([row.number("cems") for row in used], [row.number("reference") for row in used])
    except ValueError as error:
        scoring.refuse("reference", f"test {scoring.test.name}: {error}")
    variables = _variables(audit, scoring.rows[0].number_or_empty("applicable_standard"))
    metric, signed = scoring.expression(CHARACTERISTIC, variables, usual)
    match metric:
        case Metric.PERCENT_OF_REFERENCE_MEAN:
            value = audit.relative_accuracy
        case Metric.MEAN_ERROR_PERCENT_OF_REFERENCE_MEAN:
            value = -audit.mean_difference / audit.mean_reference * 100
        case Metric.ABSOLUTE:
            value = -audit.mean_difference if signed else abs(audit.mean_difference)
        case _:
            scoring.refuse_metric(CHARACTERISTIC, metric)
    bias, notes = _bias(scoring, audit)
    result = scoring.result(
        CHARACTERISTIC,
        value,
        metric=metric,
        variables=variables,
        details=counts | _details(audit) | bias,
        obstacles=obstacles,
        notes=notes,
        absolute="difference",
    )
    quarters = NEXT_AUDIT_QUARTERS.get(str(result.details.get("tier")))
    yield result if quarters is None else replace(result, details={**result.details, "next_audit_quarters": quarters})


def _variables(audit: AccuracyAudit, applicable_standard: Decimal | None) -> dict[str, Decimal]:
    """What tiers and alternatives may ask for; those of 40 CFR 60 need the applicable standard."""
    known = {
        "difference": abs(audit.mean_difference),
        "mean_reference": audit.mean_reference,
        "reference_mean": audit.mean_reference,
        "absolute_accuracy": absolute_accuracy(audit),
    }
    if applicable_standard is not None:
        known["percent_of_standard"] = relative_accuracy_of(audit, applicable_standard)
        known["reference_percent_of_standard"] = audit.mean_reference / applicable_standard * 100
    return known


def _details(audit: AccuracyAudit) -> dict[str, Any]:
    return {name: getattr(audit, name) for name in (*_NUMBERS, "relative_accuracy")}


def _bias(scoring: Scoring, audit: AccuracyAudit) -> tuple[dict[str, Any], list[str]]:
    """Bias test and adjustment factor; a parameter without a bias test has the factor 1."""
    criterion = scoring.criterion(CHARACTERISTIC)
    rule = criterion.bias if criterion else None
    if rule is None:
        return {"bias_test": "not applicable", "bias_adjustment_factor": Decimal(1)}, []
    verdict = "fail" if audit.biased_low else "pass"
    try:
        full = bias_adjustment_factor(audit, rule.decimals)
    except ValueError as error:
        return {"bias_test": verdict, "bias_adjustment_factor": None}, [f"no bias adjustment factor: {error}"]
    low_emitter = rule.low_emitter is not None and rule.low_emitter.contains(audit.mean_reference)
    capped = bias_adjustment_factor(audit, rule.decimals, rule.cap if low_emitter else None)
    details = {
        "bias_test": verdict,
        "bias_adjustment_factor": capped,
        "bias_adjustment_factor_without_cap": full,
    }
    return details, [f"the factor {full} is capped at {capped} ({rule.low_emitter})"] if capped != full else []


KIND = RecordedKind(
    name="relative accuracy audit",
    title=Text(zh="相对准确度（与参比方法比对）", en="Relative accuracy, runs beside the reference method"),
    columns=(
        *FIRST,
        Column("run", cells.whole_number(), Text(zh="数据对的序号", en="number of the run")),
        Column("used", cells.flag("used", "discarded"), Text(zh="是否采用", en="whether the run counts")),
        Column("cems", cells.number_or_empty(), Text(zh="CEMS 平均值", en="mean of the system")),
        Column("reference", cells.number_or_empty(), Text(zh="参比方法平均值", en="mean of the reference method")),
        APPLICABLE_STANDARD,
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
    check=check,
)
