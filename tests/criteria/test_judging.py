"""The decision rule: what passes, fails, and cannot be judged."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testbench.criteria.judge import Verdict, judge, judge_all
from testbench.criteria.standard import Standard, load_standard
from testbench.findings import Finding
from testbench.outcome import Outcome

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
MakeStandard = Callable[..., Standard]


def finding(value: float | None, uncertainty: float | None = None, unit: str = "%", **more: object) -> Finding:
    return Finding("A", "error", value, unit, expanded_uncertainty=uncertainty, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "uncertainty", "outcome", "marked"),
    [
        (1.5, None, PASS, False),
        (2.0, None, PASS, False),
        (-2.0, None, PASS, False),
        (2.0000001, None, FAIL, False),
        (-2.0000001, None, FAIL, False),
        (1.5, 0.4, PASS, False),
        (1.5, 0.5, PASS, True),
        (-1.5, 0.5, PASS, True),
        (2.3, 0.5, FAIL, True),
        (-2.3, 0.5, FAIL, True),
        (2.3, 0.2, FAIL, False),
        # U = 0.7 exceeds a third of the limit, 0.667
        (1.5, 0.7, INCONCLUSIVE, True),
        (2.3, 0.7, INCONCLUSIVE, True),
        (1.0, 0.7, PASS, False),
        (3.0, 0.7, FAIL, False),
        # both bounds within value ± U
        (0.0, 5.0, INCONCLUSIVE, True),
    ],
)
def test_simple_acceptance(
    one_limit: MakeStandard, value: float, uncertainty: float | None, outcome: Outcome, marked: bool
) -> None:
    verdict = judge(finding(value, uncertainty), one_limit())
    assert (verdict.outcome, verdict.limit_within_uncertainty) == (outcome, marked)


@pytest.mark.parametrize(
    ("sided", "limit", "value", "outcome"),
    [
        ("upper", "2", 2.0, PASS),
        ("upper", "2", 2.1, FAIL),
        ("upper", "2", -5.0, PASS),
        ("lower", "95", 95.0, PASS),
        ("lower", "95", 94.9, FAIL),
        ("lower", "95", 101.0, PASS),
    ],
)
def test_limits_on_one_side(one_limit: MakeStandard, sided: str, limit: str, value: float, outcome: Outcome) -> None:
    assert judge(finding(value), one_limit(limit, sided)).outcome is outcome


@pytest.mark.parametrize(
    ("value", "uncertainty", "outcome"),
    [(1.4, 0.5, PASS), (1.6, 0.5, INCONCLUSIVE), (2.4, 0.5, INCONCLUSIVE), (2.6, 0.5, FAIL), (0.1, None, INCONCLUSIVE)],
)
def test_guarded_acceptance(one_limit: MakeStandard, value: float, uncertainty: float | None, outcome: Outcome) -> None:
    assert judge(finding(value, uncertainty), one_limit(decision="guarded-acceptance")).outcome is outcome


def test_an_interval_that_is_not_symmetric_replaces_value_plus_minus_u(one_limit: MakeStandard) -> None:
    standard = one_limit(sided="upper")
    inside = judge(finding(1.5, interval=(1.2, 1.9)), standard)
    across = judge(finding(1.5, interval=(1.2, 2.1)), standard)
    wide = judge(finding(1.5, interval=(0.9, 3.0)), standard)
    assert (inside.outcome, inside.limit_within_uncertainty) == (PASS, False)
    assert (across.outcome, across.limit_within_uncertainty) == (PASS, True)
    assert (wide.outcome, wide.limit_within_uncertainty) == (INCONCLUSIVE, True)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("sided", ["two", "upper", "lower"])
def test_what_is_no_number_never_passes(one_limit: MakeStandard, value: float, sided: str) -> None:
    assert judge(finding(value), one_limit(sided=sided)).outcome is INCONCLUSIVE


@pytest.mark.parametrize("uncertainty", [math.nan, math.inf, -0.1])
def test_an_uncertainty_that_is_no_number_gives_no_verdict(one_limit: MakeStandard, uncertainty: float) -> None:
    assert judge(finding(1.0, uncertainty), one_limit()).outcome is INCONCLUSIVE


@pytest.mark.parametrize("interval", [(math.nan, 1.2), (0.8, math.inf), (1.2, 0.8)])
def test_an_interval_that_is_none_gives_no_verdict(one_limit: MakeStandard, interval: tuple[float, float]) -> None:
    assert judge(finding(1.0, interval=interval), one_limit()).outcome is INCONCLUSIVE


def test_a_value_that_was_not_determined_gives_no_verdict_and_says_why(one_limit: MakeStandard) -> None:
    verdict = judge(finding(None, notes=("the reading never settled",)), one_limit())
    assert verdict.outcome is INCONCLUSIVE
    assert "the reading never settled" in verdict.reason.en


def test_a_finding_in_another_unit_is_not_judged(one_limit: MakeStandard) -> None:
    verdict = judge(finding(1.0, unit="ppm"), one_limit())
    assert verdict.outcome is INCONCLUSIVE
    assert "ppm" in verdict.reason.en
    assert judge(finding(1.0, unit=" %"), one_limit()).outcome is PASS


@pytest.mark.parametrize(
    ("mark", "outcome", "provisional"),
    [
        ('mark = "P"', PASS, False),
        ('mark = "S"', PASS, True),
        ('mark = "C"', PASS, True),
        ('mark = "M", confidence = 60', PASS, True),
        ('mark = "M", confidence = 59', INCONCLUSIVE, True),
    ],
)
def test_the_mark_of_the_limit_decides(one_limit: MakeStandard, mark: str, outcome: Outcome, provisional: bool) -> None:
    verdict = judge(finding(1.0), one_limit(mark=mark))
    assert (verdict.outcome, verdict.provisional) == (outcome, provisional)


@pytest.mark.parametrize(
    ("days", "value", "outcome"),
    [(7, 1.0, PASS), (3, 1.0, INCONCLUSIVE), (3, 2.6, FAIL), (8, 1.0, PASS), (None, 1.0, PASS)],
)
def test_a_test_over_too_few_days_can_fail_but_not_pass(days: int | None, value: float, outcome: Outcome) -> None:
    standard = load_standard("epa-ps2")
    details = {} if days is None else {"days_done": days}
    drift = Finding("A", "calibration_drift_zero", value, "%", details=details)
    verdict = judge(drift, standard, measurand="SO2")
    assert verdict.outcome is outcome
    assert ("3 of 7 days were tested: no verdict." in verdict.reason.en) == (outcome is INCONCLUSIVE)


@pytest.mark.parametrize(("runs", "value", "outcome"), [(9, 5.0, PASS), (8, 5.0, INCONCLUSIVE), (8, 30.0, INCONCLUSIVE)])
def test_a_mean_of_too_few_runs_is_not_judged(runs: int, value: float, outcome: Outcome) -> None:
    audit = Finding("A", "relative_accuracy", value, "%", details={"runs_done": runs})
    verdict = judge(audit, load_standard("hj75-2017-acceptance"), measurand="CO2")
    assert verdict.outcome is outcome
    assert ("8 of 9 runs were made: no verdict." in verdict.reason.en) == (runs == 8)


def test_the_value_is_rounded_before_it_is_compared_and_shown_as_judged(one_limit: MakeStandard) -> None:
    away = one_limit(rounding="rounding = { decimals = 1 }")
    even = one_limit(rounding='rounding = { decimals = 1, mode = "half-even" }')
    assert judge(finding(2.04), away).outcome is PASS
    assert judge(finding(2.05), away).outcome is FAIL
    assert judge(finding(2.05), even).outcome is PASS
    assert judge(finding(-2.05), away).value == -2.1
    assert judge(finding(2.04), one_limit()).outcome is FAIL


def test_a_verdict_never_prints_a_value_as_the_limit_that_it_misses(one_limit: MakeStandard) -> None:
    verdict = judge(finding(2.00001), one_limit())
    assert "2.00001 %" in verdict.reason.en
    assert "2.00001 %" in verdict.reason.zh


def test_a_characteristic_without_criterion_is_reported(one_limit: MakeStandard) -> None:
    verdict = judge(Finding("A", "colour", 1.0, "%"), one_limit())
    assert verdict.outcome is INCONCLUSIVE
    assert "no criterion" in verdict.reason.en


def test_a_scorecard_drops_nothing() -> None:
    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    findings = [
        Finding("A", "linearity_error", 1.0, "%F.S.", 0.1),
        Finding("A", "linearity_error", 2.5, "%F.S.", 0.1),
        Finding("A", "system_response_time", 30.0, "s"),
        *(Finding("B", c.characteristic, 0.5, c.requirements[0].unit, 0.01) for c in standard.criteria),
        Finding("B", "system_response_time", 30.0, "s"),
    ]
    card = judge_all(findings, standard, "CO2", devices=("A", "B", "C"))
    a, b, c = card.devices
    assert [verdict.outcome for verdict in a.verdicts[:2]] == [PASS, FAIL]
    assert a.outcome is FAIL
    assert len(a.verdicts) == len(standard.criteria) + 1
    assert [verdict.characteristic for verdict in a.without_criterion] == ["system_response_time"]
    assert b.outcome is PASS
    assert b.provisional
    assert c.outcome is INCONCLUSIVE
    assert all(verdict.reason.en == "No finding." and verdict.limit is not None for verdict in c.verdicts)
    assert card.outcome is FAIL
    assert card.analogy is not None
    assert card.analogy.en == "methods and limits of HJ 76-2017 applied by analogy to CO2"
    assert card.analogy.zh == "参照 HJ 76-2017 的方法和限值应用于 CO2"
    assert judge_all(findings, standard, "SO2").analogy is None
    assert judge_all(findings, standard, "nox").analogy is None


def test_verdicts_survive_json() -> None:
    card = judge_all(
        [Finding("A", "linearity_error", 1.0, "%F.S.", 0.1, index="40 %F.S.")], load_standard("hj76-2017"), "CO2"
    )
    written = json.loads(json.dumps(card.to_json(), allow_nan=False))
    verdicts = [Verdict.from_json(data) for data in written["devices"][0]["verdicts"]]
    assert verdicts == list(card.devices[0].verdicts)
    assert written["outcome"] == "inconclusive"


@settings(max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.floats(),
    uncertainty=st.none() | st.floats(),
    sided=st.sampled_from(["two", "upper", "lower"]),
    decision=st.sampled_from(["simple-acceptance", "guarded-acceptance"]),
)
def test_a_pass_always_keeps_the_limit(
    one_limit: MakeStandard, value: float, uncertainty: float | None, sided: str, decision: str
) -> None:
    verdict = judge(finding(value, uncertainty), one_limit(sided=sided, decision=decision))
    kept = {"two": abs(value) <= 2, "upper": value <= 2, "lower": value >= 2}[sided] and math.isfinite(value)
    if verdict.outcome is PASS:
        assert kept
    if verdict.outcome is FAIL:
        assert not kept
        assert math.isfinite(value)
    if verdict.outcome is PASS and decision == "guarded-acceptance":
        assert uncertainty is not None
        assert not verdict.limit_within_uncertainty


TWO_METRICS = """selector = "reference_mean"

[[criterion.tiers]]
metric = "percent"
unit = "%"
limit = 10
sided = "two"
comparison = "full-value"
lower = 100
evidence = { mark = "P" }

[[criterion.tiers]]
metric = "absolute"
unit = "ppm"
limit = 4
sided = "two"
comparison = "full-value"
upper = 100
evidence = { mark = "P" }
"""


@pytest.mark.parametrize(
    ("reference_mean", "outcome", "value", "unit", "uncertainty"),
    [(200.0, PASS, -2.5, "%", 0.2), (30.0, FAIL, -5.0, "ppm", 0.4)],
)
def test_a_finding_is_judged_in_the_metric_of_the_tier_that_its_variables_choose(
    make_standard: MakeStandard, reference_mean: float, outcome: Outcome, value: float, unit: str, uncertainty: float
) -> None:
    details = {
        "variables": {"reference_mean": reference_mean},
        "expressed": {"absolute": {"value": -5.0, "unit": "ppm", "expanded_uncertainty": 0.4}},
    }

    verdict = judge(finding(-2.5, 0.2, details=details), make_standard(TWO_METRICS))

    assert (verdict.outcome, verdict.value, verdict.unit) == (outcome, value, unit)
    assert verdict.expanded_uncertainty == uncertainty


def test_what_binary_arithmetic_leaves_behind_a_number_decides_nothing(one_limit: MakeStandard) -> None:
    beyond = 2.0000000000000004
    assert beyond > 2
    assert judge(finding(beyond), one_limit()).outcome is PASS
