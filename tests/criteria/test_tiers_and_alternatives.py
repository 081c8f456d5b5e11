"""Limits that depend on another quantity, and limits that may be met instead."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from testbench.criteria.comparison import compare
from testbench.criteria.judge import judge
from testbench.criteria.standard import Interval, Standard
from testbench.findings import Finding
from testbench.outcome import Outcome

MakeStandard = Callable[..., Standard]

TIERS = """
selector = "reference_mean"
[[criterion.tiers]]
lower = 250
metric = "percent_of_reference_mean"
unit = "%"
limit = 15
sided = "upper"
comparison = "full-value"
evidence = { mark = "P" }
[[criterion.tiers]]
lower = 50
lower_closed = LOWER
upper = 250
upper_closed = UPPER
metric = "absolute"
unit = "ppm"
limit = 20
sided = "two"
comparison = "full-value"
evidence = { mark = "P" }
"""

ALTERNATIVE = """
[criterion.requirement]
metric = "percent_of_span"
unit = "%"
limit = 2.5
sided = "upper"
rounding = { decimals = 1 }
grades = [{ name = "good", limit = 1.0 }, { name = "fair", limit = 2.5 }]
evidence = { mark = "P" }
[[criterion.alternatives]]
metric = "absolute"
value = "difference"
unit = "ppm"
units = ["ppm"]
conditions = [{ variable = "span", upper = 200 }]
limit = 5
sided = "upper"
rounding = { decimals = 0 }
grades = [{ name = "good", limit = 3 }, { name = "fair", limit = 5 }]
evidence = { mark = "P" }
"""


@pytest.mark.parametrize(
    ("closed", "mean", "limit"),
    [
        (False, 250.0, 15.0),
        (False, 249.999, 20.0),
        (True, 50.0, 20.0),
        (False, 50.0, None),
        (True, 49.999, None),
    ],
)
def test_a_tier_owns_its_closed_bounds_only(
    make_standard: MakeStandard, closed: bool, mean: float, limit: float | None
) -> None:
    standard = make_standard(TIERS.replace("LOWER", str(closed).lower()).replace("UPPER", "false"))
    unit = "ppm" if limit == 20.0 else "%"
    verdict = judge(Finding("A", "error", 1.0, unit), standard, selectors={"reference_mean": mean})
    assert verdict.limit == limit
    assert verdict.outcome is (Outcome.INCONCLUSIVE if limit is None else Outcome.PASS)


def test_the_first_tier_that_holds_the_value_is_taken(make_standard: MakeStandard) -> None:
    standard = make_standard(TIERS.replace("LOWER", "true").replace("UPPER", "true"))
    verdict = judge(Finding("A", "error", 16.0, "%"), standard, selectors={"reference_mean": 250.0})
    assert (verdict.limit, verdict.outcome) == (15.0, Outcome.FAIL)


def test_without_the_selector_nothing_is_judged(make_standard: MakeStandard) -> None:
    standard = make_standard(TIERS.replace("LOWER", "true").replace("UPPER", "false"))
    verdict = judge(Finding("A", "error", 1.0, "%"), standard)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "reference_mean" in verdict.reason.en
    nan = judge(Finding("A", "error", 1.0, "%"), standard, selectors={"reference_mean": float("nan")})
    assert nan.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("value", "difference", "span", "passed", "by_alternative", "grade"),
    [
        ("2.54", "99", "100", True, False, "fair"),
        ("2.55", "99", "100", False, False, ""),
        ("2.6", "5.49", "199.9", True, True, "fair"),
        ("2.6", "5.5", "199.9", False, False, ""),
        ("2.6", "1", "200", False, False, ""),
        # the main rule decides where it passes; the better grade is kept
        ("2.0", "3.4", "100", True, False, "good"),
        ("0.5", "99", "100", True, False, "good"),
    ],
)
def test_an_alternative_may_be_met_instead(
    make_standard: MakeStandard, value: str, difference: str, span: str, passed: bool, by_alternative: bool, grade: str
) -> None:
    criterion = make_standard(ALTERNATIVE).criteria[0]
    result = compare(criterion, Decimal(value), {"difference": Decimal(difference), "span": Decimal(span)}, "ppm")
    assert (result.passed, result.by_alternative, result.grade) == (passed, by_alternative, grade)


def test_an_alternative_for_another_unit_cannot_be_applied_and_is_named(make_standard: MakeStandard) -> None:
    criterion = make_standard(ALTERNATIVE).criteria[0]
    result = compare(criterion, Decimal(3), {"difference": Decimal(1), "span": Decimal(10)}, "mg/m³")
    assert result.passed is False
    assert "cannot be applied to data in mg/m³" in result.notes[0].en


def test_an_alternative_that_cannot_be_examined_leaves_the_question_open(make_standard: MakeStandard) -> None:
    criterion = make_standard(ALTERNATIVE).criteria[0]
    result = compare(criterion, Decimal(3), {"difference": Decimal(1)}, "ppm")
    assert result.passed is None
    assert result.problem is not None
    assert "span" in result.problem.en
    assert compare(criterion, Decimal(2), {}, "ppm").passed is True


def test_a_finding_that_passes_by_an_alternative_says_so(make_standard: MakeStandard) -> None:
    finding = Finding("A", "error", 3.0, "%", expanded_uncertainty=0.1)
    verdict = judge(finding, make_standard(ALTERNATIVE), selectors={"difference": 2.0, "span": 100.0})
    assert (verdict.outcome, verdict.by_alternative, verdict.value, verdict.unit) == (Outcome.PASS, True, 2.0, "ppm")
    assert "alternative" in verdict.reason.en


@pytest.mark.parametrize(
    ("interval", "inside", "outside"),
    [
        (Interval(variable="x", lower=Decimal(1), upper=Decimal(2)), ["1", "1.99"], ["0.99", "2"]),
        (Interval(variable="x", lower=Decimal(1), lower_closed=False, upper=Decimal(2), upper_closed=True), ["2"], ["1"]),
        (Interval(variable="x", upper=Decimal(250), upper_closed=True, decimals=1), ["250.04", "-1"], ["250.05"]),
    ],
)
def test_an_interval_says_whether_its_bounds_belong(interval: Interval, inside: list[str], outside: list[str]) -> None:
    assert all(interval.contains(Decimal(value)) for value in inside)
    assert not any(interval.contains(Decimal(value)) for value in [*outside, "NaN"])
