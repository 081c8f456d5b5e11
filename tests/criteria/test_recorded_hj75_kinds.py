"""Recorded data of HJ 75 and JJG 968: indication error, accuracy by tiers, duct pairs, dust correlation, stability."""

from decimal import Decimal

import numpy as np
import pytest

from testbench.criteria.recorded import parse_recorded, score_recorded
from testbench.criteria.standard import load_standard
from testbench.errors import InputError
from testbench.outcome import Outcome

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
AUDIT = "test,parameter,unit,run,used,cems,reference\n"
ERROR = "test,parameter,unit,full_scale,point,reference,measured\n"
PAIRS = "test,parameter,unit,pair,reference,cms\n"
DUST = "test,parameter,unit,full_scale,limit_value,signal,concentration\n"


def score(text, standard="hj75-2017-acceptance"):
    return score_recorded(parse_recorded(text, "data.csv"), load_standard(standard))


def audit(parameter, unit, pairs):
    rows = [f"T,{parameter},{unit},{n},1,{cems},{reference}\n" for n, (cems, reference) in enumerate(pairs, 1)]
    return AUDIT + "".join(rows)


def same(cems, reference, count=9):
    return [(cems, reference)] * count


@pytest.mark.parametrize(
    ("parameter", "unit", "cems", "reference", "limit", "outcome"),
    [
        ("SO2", "µmol/mol", 287.5, 250, 15, PASS),  # RA 15 % exactly
        ("SO2", "µmol/mol", 287.6, 250, 15, FAIL),
        ("SO2", "ppm", 220, 249.99, 20, FAIL),  # just below 250: absolute, ±20
        ("SO2", "ppm", 230, 249.99, 20, PASS),
        ("SO2", "ppm", 70, 50, 20, PASS),
        ("SO2", "ppm", 64.9, 49.9, 30, FAIL),  # 30.06 %
        ("SO2", "ppm", 26, 20, 30, PASS),
        ("SO2", "ppm", 13.9, 19.9, 6, PASS),
        ("SO2", "ppm", 13.8, 19.9, 6, FAIL),
        ("SO2", "mg/m3", 658, 714.9, 57, PASS),
        ("SO2", "mg/m³", 608, 715, 15, PASS),
        ("SO2", "mg/m³", 40, 57, 30, PASS),
        ("SO2", "mg/m³", 39, 56.9, 17, FAIL),
        ("NOx", "mg/m3", 560, 512.9, 41, FAIL),
        ("NOx", "mg/m3", 589, 513, 15, PASS),
        ("NOx", "mg/m3", 52, 40, 12, PASS),
        ("NOx", "ppm", 280, 250, 15, PASS),
        ("O2", "%", 5.75, 5.1, 15, PASS),
        ("O2", "%", 6.1, 5.0, 1.0, FAIL),
        ("O2", "%", 4.0, 5.0, 1.0, PASS),
        ("CO2", "%", 11.5, 10, 15, PASS),
        ("PM", "mg/m3", 230, 200.1, 15, PASS),
        ("PM", "mg/m3", 240, 200, 20, PASS),
        ("PM", "mg/m3", 120.1, 100, 25, PASS),
        ("PM", "mg/m3", 16, 10.1, 6, PASS),
        ("PM", "mg/m3", 15.1, 10, 5, FAIL),
    ],
)
def test_the_tier_of_an_accuracy_is_that_of_the_reference_mean(parameter, unit, cems, reference, limit, outcome):
    (result,) = score(audit(parameter, unit, same(cems, reference)))
    assert (result.outcome, result.limit) == (outcome, Decimal(str(limit)))
    assert result.provisional


def test_from_250_on_the_confidence_coefficient_counts():
    pairs = [(300 + 45 + spread, 300) for spread in (-9, -6, -3, 0, 0, 0, 3, 6, 9)]
    (result,) = score(audit("SO2", "ppm", pairs))
    # |d̄|/RM̄ = 15 %; S_d = sqrt(252/8), cc = 2.306·S_d/3
    expected = (45 + 2.306 * (252 / 8) ** 0.5 / 3) / 300 * 100
    assert float(result.value) == pytest.approx(expected, abs=1e-9)
    assert result.outcome is FAIL


def test_fewer_than_nine_pairs_are_computed_and_not_judged():
    (result,) = score(audit("SO2", "ppm", same(300, 300, count=8)))
    assert result.outcome is INCONCLUSIVE
    assert result.value == 0


@pytest.mark.parametrize(
    ("parameter", "full_scale", "measured", "unit", "value", "outcome"),
    [
        ("SO2", 100, 52.5, "%", "5", PASS),
        ("SO2", 100, 52.6, "%", "5.2", FAIL),
        ("SO2", 99, 52.4, "%F.S.", None, PASS),  # 2.4/99 = 2.42 %F.S.
        ("SO2", 99, 52.5, "%F.S.", None, FAIL),
        ("NOx", 150, 53.0, "%F.S.", "2", PASS),
        ("NOx", 200, 53.0, "%", "6", FAIL),
    ],
)
def test_the_full_scale_says_how_an_indication_error_is_expressed(parameter, full_scale, measured, unit, value, outcome):
    rows = "".join(f"T,{parameter},ppm,{full_scale},mid,50,{measured}\n" for _ in range(3))
    (result,) = score(ERROR + rows)
    assert (result.outcome, result.unit, result.level) == (outcome, unit, "mid")
    if value is not None:
        assert result.value == Decimal(value)


def test_low_readings_have_a_negative_error():
    (result,) = score(ERROR + "T,O2,%,25,high,20,19.5\n" * 3)
    assert result.value == Decimal("-2.5")
    assert result.outcome is PASS


@pytest.mark.parametrize(
    ("parameter", "unit", "reference", "cms", "limit", "outcome"),
    [
        ("velocity", "m/s", 10.1, 11.1, 10, PASS),
        ("velocity", "m/s", 10, 11.2, 12, PASS),
        ("velocity", "m/s", 10, 11.3, 12, FAIL),
        ("temperature", "°C", 120, 117, 3, PASS),
        ("temperature", "°C", 120, 123.1, 3, FAIL),
        ("moisture", "%", 6, 7.5, 25, PASS),
        ("moisture", "%", 5, 3.4, 1.5, FAIL),
    ],
)
def test_velocity_temperature_and_moisture_are_judged_by_their_pairs(parameter, unit, reference, cms, limit, outcome):
    rows = "".join(f"T,{parameter},{unit},{n},{reference},{cms}\n" for n in range(1, 6))
    (result,) = score(PAIRS + rows)
    assert (result.outcome, result.limit) == (outcome, Decimal(str(limit)))
    (few,) = score(PAIRS + rows.splitlines(keepends=True)[0])
    assert few.outcome is INCONCLUSIVE


def test_pairs_of_something_else_are_refused():
    with pytest.raises(InputError, match="velocity, temperature or moisture"):
        score(PAIRS + "T,SO2,ppm,1,10,10\n")
    with pytest.raises(InputError, match="pair 1 stands already"):
        score(PAIRS + "T,velocity,m/s,1,10,10\n" * 2)


def dust(noise, *, full_scale=100, pairs=15):
    signal = np.linspace(4, 18, pairs)
    offsets = noise * np.array([1, -1] * pairs)[:pairs]
    return DUST + "".join(
        f"T,PM,mg/m3,{full_scale},30,{x:.4f},{2 * x + offset:.4f}\n" for x, offset in zip(signal, offsets, strict=True)
    )


def test_a_particulate_correlation_is_judged_by_r_and_both_intervals():
    results = score(dust(0.5), "hj75-2017-commissioning")
    assert [result.characteristic for result in results] == [
        "particulate_correlation",
        "particulate_confidence_interval",
        "particulate_tolerance_interval",
    ]
    assert {result.outcome for result in results} == {PASS}
    wide = score(dust(4.6), "hj75-2017-commissioning")
    assert [result.outcome for result in wide] == [PASS, FAIL, FAIL]
    few = score(dust(0.5, pairs=14), "hj75-2017-commissioning")
    assert {result.outcome for result in few} == {INCONCLUSIVE}


def test_a_small_full_scale_asks_for_less_correlation():
    noise = 6.4
    large, small = (score(dust(noise, full_scale=size), "hj75-2017-commissioning")[0] for size in (100, 50))
    assert 0.75 < float(large.value) < 0.85
    assert (large.outcome, small.outcome) == (FAIL, PASS)


def test_stability_is_the_largest_change_of_an_hour():
    columns = "test,parameter,unit,minute,reading\n"
    (result,) = score(columns + "T,SO2,ppm,0,200\nT,SO2,ppm,30,211\nT,SO2,ppm,60,190\n", "jjg968-2002")
    assert result.value == Decimal("5.5")
    assert (result.outcome, result.level, result.provisional) == (FAIL, "30 min", False)
    with pytest.raises(InputError, match="time order"):
        score(columns + "T,SO2,ppm,10,200\nT,SO2,ppm,5,211\n", "jjg968-2002")


def test_what_is_a_weak_memory_is_shown_and_not_judged():
    (result,) = score(ERROR + "T,CO2,%,20,mid,10,12\n" * 3, "co2-cems")
    assert result.value == 20
    assert result.outcome is INCONCLUSIVE
    (verified,) = score(audit("CO2", "%", same(11.1, 10)), "co2-cems")
    assert verified.outcome is FAIL
    assert not verified.provisional
    (small,) = score(audit("CO2", "%", same(3.9, 3)), "co2-cems")  # 0.9 % CO2: kept by the alternative
    assert small.outcome is PASS


def test_a_drift_between_action_and_control_limit_has_its_grade():
    columns = "test,parameter,unit,full_scale,day,gas,reading\n"
    for shift, grade, outcome in ((2.0, "in-order", PASS), (4.0, "adjust", PASS), (6.0, None, FAIL)):
        text = columns + f"T,SO2,ppm,100,0,zero,0\nT,SO2,ppm,100,1,zero,{shift}\n"
        result = next(r for r in score(text, "hj75-2017-operation") if r.characteristic == "zero_drift_24h")
        assert (result.outcome, result.details["tier"]) == (outcome, grade)
