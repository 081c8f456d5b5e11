"""Relative accuracy audit of three runs (40 CFR 60 Appendix F, Procedure 1)."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import APPLICABLE_STANDARD, EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.part60_audits import relative_accuracy_audit
from testbench.text import Text

CHARACTERISTIC = "relative_accuracy_audit"


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a test."""
    try:
        found = relative_accuracy_audit(
            [row.number("measured") for row in scoring.rows], [row.number("reference") for row in scoring.rows]
        )
    except ValueError as error:
        scoring.refuse("reference", f"test {scoring.test.name}: {error}")
    known = {"reference_mean": found.reference, "difference": abs(found.difference)}
    applicable = scoring.rows[0].number_or_empty("applicable_standard")
    if applicable is not None:
        known["percent_of_standard"] = abs(found.percent_of(applicable))
    rule = scoring.run_rule(CHARACTERISTIC)
    few = rule is not None and len(scoring.rows) < rule.least_used
    yield scoring.result(
        CHARACTERISTIC,
        found.percent,
        metric=Metric.PERCENT_OF_REFERENCE_MEAN,
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        variables=known,
        signed=True,
        details={
            "runs": len(scoring.rows),
            "mean_measured": found.mean_measured,
            "mean_reference": found.reference,
            "difference": found.difference,
            "percent_of_standard": known.get("percent_of_standard"),
        },
        obstacles=[f"{len(scoring.rows)} runs, at least {rule.least_used} are needed"] if rule and few else [],
    )


KIND = RecordedKind(
    name="relative accuracy audit of three runs",
    title=Text(zh="相对准确度核查（RAA，3 次）", en="Relative accuracy audit of three runs"),
    columns=(
        *FIRST,
        Column("audit_run", cells.whole_number(), Text(zh="第几次", en="number of the run")),
        Column("measured", cells.number(), Text(zh="CEMS 平均值", en="mean of the system")),
        Column("reference", cells.number(), Text(zh="参比方法平均值", en="mean of the reference method")),
        APPLICABLE_STANDARD,
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
    once=("audit_run",),
)
