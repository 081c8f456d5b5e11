"""Recorded data of flow and of controlled releases: computed by hand, and how they are judged."""

import pytest

from testbench.criteria.recorded import parse_recorded, score_recorded
from testbench.criteria.standard import load_standard
from testbench.errors import InputError
from testbench.outcome import Outcome


def scored(standard, header, rows):
    results = score_recorded(parse_recorded("\n".join([header, *rows]), "data.csv"), load_standard(standard))
    return {result.characteristic: result for result in results}


FIELD = "test,parameter,unit,day,traverse,fixed_point"


def field_rows(days, spread):
    return [f"F,velocity,m/s,{day},{9 + i + spread * (i % 2)},{10 + i}" for day in range(1, days + 1) for i in range(5)]


def test_velocity_field_of_three_days_is_judged_by_its_precision_and_correlation():
    found = scored("hj75-2017-commissioning", FIELD, field_rows(3, 0.0))
    ratios = [(9 + i) / (10 + i) for i in range(5)] * 3
    mean = sum(ratios) / 15
    s = (sum((one - mean) ** 2 for one in ratios) / 14) ** 0.5
    assert float(found["velocity_field_coefficient"].value) == pytest.approx(mean)
    assert float(found["velocity_field_precision"].value) == pytest.approx(100 * s / mean)
    assert found["velocity_field_precision"].outcome is Outcome.PASS
    assert found["velocity_correlation"].outcome is Outcome.PASS


def test_a_scattered_field_fails_and_too_few_days_are_inconclusive():
    found = scored("hj75-2017-commissioning", FIELD, field_rows(3, 3.0))
    assert found["velocity_field_precision"].outcome is Outcome.FAIL
    found = scored("hj75-2017-commissioning", FIELD, field_rows(2, 0.0))
    assert found["velocity_field_precision"].outcome is Outcome.INCONCLUSIVE


def test_profile_of_a_section_by_hand_and_its_weak_limits_judge_nothing():
    rows = [
        f"S,velocity,m/s,{half},{v},{swirl}"
        for half, v, swirl in [("first", 8, 3), ("first", 10, -20), ("second", 12, 5), ("second", 10, 0)]
    ]
    found = scored("en16911-2", "test,parameter,unit,half,velocity,swirl", rows)
    assert float(found["swirl_angle"].value) == 20.0
    assert float(found["crest_factor"].value) == pytest.approx(1.2)
    assert float(found["profile_skewness"].value) == pytest.approx(11 / 9)
    assert {result.outcome for result in found.values()} == {Outcome.INCONCLUSIVE}


RELEASE = "test,parameter,unit,release_rate,rate_uncertainty,detected,measured,measured_uncertainty"


def test_releases_give_bias_limit_and_false_positives():
    rows = [
        "R,CH4,kg/h,0,0,0,,",
        "R,CH4,kg/h,0,0,1,0.2,0.3",
        "R,CH4,kg/h,1,0.02,0,,",
        "R,CH4,kg/h,2,0.04,1,2.2,0.3",
        "R,CH4,kg/h,3,0.06,0,,",
        "R,CH4,kg/h,4,0.08,1,4.4,0.3",
        "R,CH4,kg/h,8,0.16,1,8.8,0.5",
    ]
    found = scored("controlled-release", RELEASE, rows)
    assert float(found["release_bias"].value) == pytest.approx(10.0)
    assert float(found["release_precision"].value) == pytest.approx(0.0, abs=1e-9)
    assert float(found["release_inside_uncertainty"].value) == pytest.approx(100 / 3)
    assert float(found["false_positive_rate"].value) == 50.0
    assert float(found["detection_limit_90"].value) > 3.0


def test_releases_without_blanks_say_what_is_missing():
    rows = [f"R,CH4,kg/h,{rate},0.1,1,{rate},0.2" for rate in (1, 2, 4, 8)]
    found = scored("controlled-release", RELEASE, rows)
    assert found["false_positive_rate"].value is None
    assert found["detection_limit_90"].value is None


POINTS = "test,parameter,unit,set_velocity,direction,bench_reference,indication,swirl"


def test_points_of_a_flow_bench_by_hand():
    rows = [f"B,velocity,m/s,{v},{way},{v},{v / k}," for v, k in ((5, 1.00), (10, 1.02)) for way in ("up", "down")]
    rows += [f"B,velocity,m/s,{v},up,{v},{v / (1.1 * k)},10" for v, k in ((5, 1.00), (10, 1.02))]
    found = scored("flow-bench", POINTS, rows)
    assert float(found["velocity_k_factor"].value) == pytest.approx(1.01)
    assert float(found["velocity_linearity"].value) == pytest.approx(100 * 0.02 / 2.02)
    assert float(found["velocity_hysteresis"].value) == pytest.approx(0.0, abs=1e-9)
    assert float(found["swirl_influence"].value) == pytest.approx(10.0)


def test_a_half_that_is_none_is_refused_with_its_line():
    with pytest.raises(InputError, match="line 2"):
        scored("en16911-2", "test,parameter,unit,half,velocity,swirl", ["S,velocity,m/s,third,8,0"])
