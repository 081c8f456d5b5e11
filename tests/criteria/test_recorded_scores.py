"""Scoring recorded test data: the rules of 40 CFR 75 Appendix A, and what cannot be judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from testbench.criteria.recorded import parse_recorded, score_recorded
from testbench.criteria.result import Result
from testbench.criteria.standard import load_standard
from testbench.errors import InputError
from testbench.metrology.rounding import round_decimal
from testbench.outcome import Outcome

Score = Callable[..., tuple[Result, ...]]
PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
LINEARITY = "test,parameter,unit,span,level,reference,measured\n"
CALIBRATION = "test,parameter,unit,span,date,level,reference,measured\n"
AUDIT = "test,parameter,unit,run,used,cems,reference\n"

# Rows of EPA's ECMPS test data (github.com/US-EPA-CAMD/easey-db-scripts, public domain), with what EPA's check program
# computed from them.
EPA_LINEARITY = """\
Linearity-20210215122903NX1,NOx,ppm,500.000,low,125.200,124.000
Linearity-20210215122903NX1,NOx,ppm,500.000,low,125.200,128.400
Linearity-20210215122903NX1,NOx,ppm,500.000,low,125.200,128.200
Linearity-20210607133032SD1L,SO2,ppm,10.000,low,2.440,2.700
Linearity-20210607133032SD1L,SO2,ppm,10.000,low,2.440,2.600
Linearity-20210607133032SD1L,SO2,ppm,10.000,low,2.440,2.500
Linearity-20210607133032SD1L,SO2,ppm,10.000,mid,5.260,5.700
Linearity-20210607133032SD1L,SO2,ppm,10.000,mid,5.260,5.500
Linearity-20210607133032SD1L,SO2,ppm,10.000,mid,5.260,5.300
"""
EPA_CALIBRATION = """\
7DAY-Q42015-013-1,SO2,ppm,80.000,2015-11-12,upscale,72.300,71.700
7DAY-Q42015-013-1,SO2,ppm,80.000,2015-11-13,upscale,72.300,69.800
7DAY-Q12018-105-1,CO2,%,25.000,2018-02-11,upscale,22.540,22.050
7DAY-Q22018-206-1,SO2,ppm,250.000,2018-05-04,zero,220.000,-0.790
"""
EPA_AUDIT = """\
202003301130ADE-M,Hg,ug/m3,1,1,0.215,0.192
202003301130ADE-M,Hg,ug/m3,2,1,0.259,0.251
202003301130ADE-M,Hg,ug/m3,3,1,0.234,0.233
202003301130ADE-M,Hg,ug/m3,4,1,0.245,0.217
202003301130ADE-M,Hg,ug/m3,5,1,0.257,0.235
202003301130ADE-M,Hg,ug/m3,6,0,0.266,0.22
202003301130ADE-M,Hg,ug/m3,7,1,0.244,0.225
202003301130ADE-M,Hg,ug/m3,8,1,0.267,0.227
202003301130ADE-M,Hg,ug/m3,9,1,0.251,0.249
202003301130ADE-M,Hg,ug/m3,10,1,0.261,0.245
"""


def audit(parameter: str, unit: str, pairs: list[tuple[str, str]], discarded: int = 0) -> str:
    """Rows of one audit; the first runs are the discarded ones."""
    rows = [f"A,{parameter},{unit},{n + 1},{int(n >= discarded)},{c},{r}" for n, (c, r) in enumerate(pairs)]
    return AUDIT + "\n".join(rows)


def test_linearity_as_epa_computes_it(score: Score) -> None:
    first, low, mid = score(LINEARITY + EPA_LINEARITY)
    assert (first.value, first.metric, first.unit, first.outcome) == (Decimal("1.3"), "percent", "%", PASS)
    assert round_decimal(first.details["mean_measured"], 3) == Decimal("126.867")
    assert (low.value, low.metric, low.unit, low.limit, low.outcome) == (0, "difference", "ppm", 5, PASS)
    assert (mid.value, mid.metric, mid.limit) == (Decimal("4.6"), "percent", 5)
    assert any("not required" in note and "span <= 30" in note for note in low.notes)


def test_calibration_error_as_epa_computes_it(score: Score) -> None:
    results = score(CALIBRATION + EPA_CALIBRATION)
    assert [(str(r.value), r.metric, r.outcome) for r in results] == [
        ("0.8", "percent", PASS),
        ("3", "difference", PASS),
        ("0.5", "difference", PASS),
        ("88.3", "percent", FAIL),
    ]
    assert any("outside 0-20 %" in note for note in results[3].notes)
    assert any("2 of 7 days" in note for note in results[0].notes)


def test_a_parameter_that_the_standard_does_not_know_is_computed(score: Score) -> None:
    (result,) = score(AUDIT + EPA_AUDIT)
    assert result.value == Decimal("11.88")
    assert (result.outcome, result.limit, result.metric) == (INCONCLUSIVE, None, "percent")
    assert "does not know the parameter Hg" in result.notes[0]
    expected = {
        "mean_cems": "0.24811",
        "mean_reference": "0.23044",
        "mean_difference": "-0.01767",
        "standard_deviation": "0.01262",
        "confidence_coefficient": "0.00970",
    }
    assert {key: str(round_decimal(result.details[key], 5)) for key in expected} == expected
    assert result.details["bias_adjustment_factor"] == 1
    (linearity,) = score(LINEARITY + "T,Hg,ug/m3,10,low,2,2.1\n" * 3)
    assert (linearity.value, linearity.outcome) == (Decimal("5.0"), INCONCLUSIVE)
    (calibration,) = score(CALIBRATION + "T,Hg,ug/m3,10,2021-05-03,zero,0,0.333\n")
    assert (calibration.value, calibration.metric, calibration.outcome) == (Decimal("3.3"), "percent", INCONCLUSIVE)
    (without_span,) = score(CALIBRATION + "T,Hg,ug/m3,,2021-05-03,zero,0,0.333\n")
    assert (without_span.metric, without_span.unit, without_span.outcome) == ("difference", "ug/m3", INCONCLUSIVE)


@pytest.mark.parametrize(
    ("parameter", "unit", "measured", "value", "metric", "outcome"),
    [
        # main rule: at most 5.0 % after rounding
        ("SO2", "ppm", "1050.4", "5.0", "percent", PASS),
        ("SO2", "ppm", "949.5", "5.1", "percent", FAIL),
        ("CO2", "%", "1050.5", "5.1", "percent", FAIL),
        ("flow", "scfh", "1000", "0.0", "percent", INCONCLUSIVE),
    ],
)
def test_linearity_limit(
    score: Score, parameter: str, unit: str, measured: str, value: str, metric: str, outcome: Outcome
) -> None:
    (result,) = score(LINEARITY + f"T,{parameter},{unit},,mid,1000,{measured}\n" * 3)
    assert (result.value, result.metric, result.outcome) == (Decimal(value), metric, outcome)


@pytest.mark.parametrize(
    ("parameter", "unit", "reference", "measured", "value", "metric", "outcome"),
    [
        ("SO2", "ppm", "50", "55.49", "5", "difference", PASS),
        ("NOX", "ppm", "50", "55.5", "11.0", "percent", FAIL),
        ("SO2", "mg/m3", "50", "53", "6.0", "percent", FAIL),
        ("CO2", "%", "5", "5.549", "0.5", "difference", PASS),
        ("O2", "%", "5", "4.45", "11.0", "percent", FAIL),
    ],
)
def test_linearity_alternative(
    score: Score, parameter: str, unit: str, reference: str, measured: str, value: str, metric: str, outcome: Outcome
) -> None:
    (result,) = score(LINEARITY + f"T,{parameter},{unit},100,mid,{reference},{measured}\n" * 3)
    assert (result.value, result.metric, result.outcome) == (Decimal(value), metric, outcome)


def test_the_last_three_injections_count(score: Score) -> None:
    rows = "".join(f"T,SO2,ppm,500,high,450,{measured}\n" for measured in ("0", "999", "450", "451", "452"))
    (result,) = score(LINEARITY + rows)
    assert result.details["mean_measured"] == 451
    assert (result.details["injections"], result.details["injections_used"]) == (5, 3)
    assert any("last 3 of 5" in note for note in result.notes)


def test_two_injections_are_not_judged(score: Score) -> None:
    (result,) = score(LINEARITY + "T,SO2,ppm,500,high,450,450\n" * 2)
    assert (result.value, result.outcome) == (0, INCONCLUSIVE)
    assert any("2 of 3 injections" in note for note in result.notes)


@pytest.mark.parametrize(
    ("parameter", "unit", "span", "error", "value", "metric", "outcome"),
    [
        ("SO2", "ppm", "1000", "25.4", "2.5", "percent", PASS),
        ("NOx", "ppm", "1000", "25.5", "2.6", "percent", FAIL),
        ("SO2", "ppm", "199.9", "5.49", "5", "difference", PASS),
        ("SO2", "ppm", "200", "5.49", "2.7", "percent", FAIL),
        ("SO2", "ppm", "100", "5.5", "5.5", "percent", FAIL),
        ("CO2", "%", "", "0.549", "0.5", "difference", PASS),
        ("O2", "%", "20", "0.55", "0.6", "difference", FAIL),
        ("flow", "scfh", "1000", "30.4", "3.0", "percent", PASS),
        ("flow", "scfh", "1000", "30.5", "3.1", "percent", FAIL),
        ("flow", "inH2O", "0.2", "0.0149", "0.01", "difference", PASS),
        ("flow", "inH2O", "0.2", "0.015", "7.5", "percent", FAIL),
        ("CO2", "ppm", "100", "0.1", "0.1", "percent", INCONCLUSIVE),
    ],
)
def test_calibration_error_limits(
    score: Score, parameter: str, unit: str, span: str, error: str, value: str, metric: str, outcome: Outcome
) -> None:
    (result,) = score(CALIBRATION + f"T,{parameter},{unit},{span},2021-05-03,zero,0,-{error}\n")
    assert (result.value, result.metric, result.outcome) == (Decimal(value), metric, outcome)


def test_the_span_is_asked_for_where_the_rule_divides_by_it(score: Score) -> None:
    with pytest.raises(InputError, match="line 2, column span: is empty, but epa-part75 needs it"):
        score(CALIBRATION + "T,SO2,ppm,,2021-05-03,zero,0,1\n")


def test_a_reference_of_zero_cannot_be_divided_by(score: Score) -> None:
    with pytest.raises(InputError, match="line 2, column reference"):
        score(LINEARITY + "T,SO2,ppm,,low,0,1\n" * 3)
    with pytest.raises(InputError, match="line 2, column reference: test A: the reference mean is 0"):
        score(audit("SO2", "ppm", [("1", "0")] * 9))


@pytest.mark.parametrize(
    ("parameter", "unit", "cems", "reference", "value", "metric", "tier", "outcome"),
    [
        # equal runs: cc = 0, so RA = |d| / RM
        ("SO2", "ppm", "925", "1000", "7.50", "percent", "annual", PASS),
        ("SO2", "ppm", "924.4", "1000", "7.56", "percent", "semi", PASS),
        ("SO2", "ppm", "899.6", "1000", "10.04", "percent", "semi", PASS),
        ("SO2", "ppm", "899.5", "1000", "10.05", "percent", None, FAIL),
        ("NOx", "ppm", "85", "100", "15.0", "difference", "semi", PASS),
        ("NOx", "ppm", "88", "100", "12.0", "difference", "annual", PASS),
        ("NOx", "ppm", "84.9", "100", "15.10", "percent", None, FAIL),
        ("SO2", "ppm", "220", "250.1", "12.04", "percent", None, FAIL),
        # the better tier may come from the alternative
        ("SO2", "ppm", "110", "120", "8.33", "percent", "annual", PASS),
        ("NOx", "lb/mmBtu", "0.080", "0.100", "0.020", "difference", "semi", PASS),
        ("NOx", "lb/mmBtu", "0.085", "0.100", "0.015", "difference", "annual", PASS),
        ("NOx", "lb/mmBtu", "0.079", "0.100", "21.00", "percent", None, FAIL),
        ("NOx", "lb/mmBtu", "0.185", "0.205", "9.76", "percent", "semi", PASS),
        ("NOx", "lb/mmBtu", "0.180", "0.205", "12.20", "percent", None, FAIL),
        ("CO2", "%", "4.0", "5.0", "1.0", "difference", "semi", PASS),
        ("O2", "%", "4.3", "5.0", "0.7", "difference", "annual", PASS),
        ("CO2", "%", "3.9", "5.0", "22.00", "percent", None, FAIL),
        ("H2O", "%", "4.5", "6.0", "1.5", "difference", "semi", PASS),
        ("H2O", "%", "4.4", "6.0", "26.67", "percent", None, FAIL),
        ("flow", "ft/s", "7.0", "9.0", "2.0", "difference", "semi", PASS),
        ("flow", "ft/s", "9.0", "10.1", "10.89", "percent", None, FAIL),
        ("flow", "scfh", "89000", "100000", "11.00", "percent", None, FAIL),
        ("NOx", "mg/m3", "100", "100", "0.00", "percent", None, INCONCLUSIVE),
    ],
)
def test_relative_accuracy_tiers_and_alternatives(
    score: Score,
    parameter: str,
    unit: str,
    cems: str,
    reference: str,
    value: str,
    metric: str,
    tier: str | None,
    outcome: Outcome,
) -> None:
    (result,) = score(audit(parameter, unit, [(cems, reference)] * 9))
    assert (str(result.value), result.metric, result.outcome) == (value, metric, outcome)
    assert result.details.get("tier") == tier


@pytest.mark.parametrize(
    ("unit", "mean", "scatter", "metric"),
    [
        ("ppm", "250.04", "40", "difference"),
        ("ppm", "250.05", "40", "percent"),
        ("lb/mmBtu", "0.2004", "0.04", "difference"),
        ("lb/mmBtu", "0.2005", "0.04", "percent"),
    ],
)
def test_the_reference_mean_is_rounded_before_it_opens_the_alternative(
    score: Score, unit: str, mean: str, scatter: str, metric: str
) -> None:
    # No bias, but a scatter that alone makes the relative accuracy some 12 %.
    low, high = (str(Decimal(mean) + sign * Decimal(scatter)) for sign in (-1, 1))
    (result,) = score(audit("NOx", unit, [(low, mean), (high, mean)] * 5))
    assert (result.metric, result.outcome) == (metric, PASS if metric == "difference" else FAIL)


def test_an_alternative_in_another_unit_is_named(score: Score) -> None:
    (result,) = score(audit("flow", "scfh", [("89000", "100000")] * 9))
    assert any("2.0 ft/s cannot be applied to data in scfh" in note for note in result.notes)


@pytest.mark.parametrize(
    ("parameter", "unit", "cems", "reference", "test", "factor"),
    [
        ("SO2", "ppm", "950", "1000", "fail", "1.053"),
        ("SO2", "ppm", "1000", "950", "pass", "1"),
        # low emitters: 15 / 100 would give 1.176, and the cap is 1.111
        ("NOx", "ppm", "85", "100", "fail", "1.111"),
        ("NOx", "ppm", "95", "100", "fail", "1.053"),
        ("NOx", "lb/mmBtu", "0.08", "0.1", "fail", "1.111"),
        ("flow", "scfh", "80", "100", "fail", "1.25"),
        ("CO2", "%", "4", "5", "not applicable", "1"),
        ("O2", "%", "4", "5", "not applicable", "1"),
        ("H2O", "%", "4", "5", "not applicable", "1"),
    ],
)
def test_bias(score: Score, parameter: str, unit: str, cems: str, reference: str, test: str, factor: str) -> None:
    (result,) = score(audit(parameter, unit, [(cems, reference)] * 9))
    assert (result.details["bias_test"], result.details["bias_adjustment_factor"]) == (test, Decimal(factor))


def test_a_monitor_that_reads_nothing_fails_without_a_factor(score: Score) -> None:
    (result,) = score(audit("SO2", "ppm", [("0", "500")] * 9))
    assert (result.outcome, result.details["bias_adjustment_factor"]) == (FAIL, None)


@pytest.mark.parametrize(
    ("runs", "discarded", "outcome", "problem"),
    [
        (12, 3, PASS, None),
        (12, 0, PASS, None),
        (9, 0, PASS, None),
        (9, 1, INCONCLUSIVE, "8 runs used, at least 9"),
        (13, 4, INCONCLUSIVE, "4 runs discarded, at most 3"),
        (2, 1, INCONCLUSIVE, "1 runs used, at least 9"),
        (3, 3, INCONCLUSIVE, "0 runs used, at least 9"),
    ],
)
def test_runs_used_and_discarded(score: Score, runs: int, discarded: int, outcome: Outcome, problem: str | None) -> None:
    (result,) = score(audit("SO2", "ppm", [("500", "501")] * runs, discarded))
    assert result.outcome is outcome
    assert (problem is None) or any(problem in note for note in result.notes)
    assert (result.details["runs_used"], result.details["runs_discarded"]) == (runs - discarded, discarded)
    assert (result.value is None) == (runs - discarded < 2)
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["verdict"] == outcome.value


def test_discarded_runs_do_not_enter_the_numbers(score: Score) -> None:
    (result,) = score(audit("SO2", "ppm", [("9999", "1")] * 3 + [("500", "500")] * 9, 3))
    assert (result.value, result.details["t"]) == (0, Decimal("2.306"))


def test_json_has_the_keys_of_the_interface(score: Score) -> None:
    (result,) = score(audit("SO2", "ppm", [("950", "1000")] * 9))
    data = result.to_json()
    keys = ["test", "level", "date", "characteristic", "value", "metric", "unit", "limit", "verdict", "details"]
    assert list(data) == keys
    assert {
        "mean_cems",
        "mean_reference",
        "mean_difference",
        "standard_deviation",
        "t",
        "confidence_coefficient",
        "relative_accuracy",
        "bias_adjustment_factor",
    } <= set(data["details"])
    assert (data["value"], data["limit"], data["verdict"]) == (5.0, 10.0, "pass")
    assert data["details"]["mean_difference"] == 50.0


def test_another_standard_scores_by_its_own_metric(score: Score) -> None:
    text = LINEARITY + "T,CO2,%,20,mid,10,9.5\n" * 3
    (result,) = score(text, "hj76-2017")
    assert (result.value, result.unit, result.outcome, result.provisional) == (Decimal("-2.5"), "%F.S.", FAIL, True)
    assert any("applied by analogy to CO2" in note for note in result.notes)
    with pytest.raises(InputError, match="column span"):
        score(LINEARITY + "T,CO2,%,,mid,10,9.5\n", "hj76-2017")
    (none,) = score(audit("CO2", "%", [("4", "5")] * 9), "hj76-2017")
    assert none.outcome is INCONCLUSIVE
    assert any("no criterion for relative_accuracy" in note for note in none.notes)


def test_every_test_of_a_file_is_scored_in_its_order() -> None:
    rows = "B,SO2,ppm,100,low,25,25\nA,SO2,ppm,100,high,90,90\nB,SO2,ppm,100,high,90,90\n"
    results = score_recorded(parse_recorded(LINEARITY + rows, "f"), load_standard("epa-part75"))
    assert [(r.test, r.level) for r in results] == [("B", "low"), ("B", "high"), ("A", "high")]
