"""QAL2 and AST of EN 14181: calibration function by three methods, variability, valid range."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.qal2 import (
    Method,
    Pair,
    Week,
    calibration_function,
    choose_method,
    k_factor,
    range_use,
    sigma0,
    standard_conditions,
    surveillance_test,
    variability,
)

LIMITS = {"limit_value": 100.0, "permitted_percent": 20.0}
# x = 1 … 5, y = 2·x·10 with ±1: Σ(x − x̄)² = 10, ȳ = 60
WIDE = [Pair(1, 21), Pair(2, 39), Pair(3, 60), Pair(4, 81), Pair(5, 99)]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (3, 0.8326),
        (4, 0.8881),
        (5, 0.9161),
        (6, 0.9329),
        (7, 0.9441),
        (8, 0.9521),
        (9, 0.9581),
        (10, 0.9628),
        (12, 0.9696),
        (15, 0.9761),
        (18, 0.9803),
        (20, 0.9824),
        (25, 0.9861),
        (30, 0.9885),
    ],
)
def test_k_is_that_of_the_table_of_the_standard(pairs, expected):
    assert round(k_factor(pairs), 4) == expected


def test_sigma0_is_the_permitted_interval_over_1_96():
    assert sigma0(limit_value=50.0, permitted_percent=20.0) == pytest.approx(10 / 1.96)


def test_method_a_is_the_regression_of_the_reference_on_the_signal():
    """By hand: Σ(x − x̄)(y − ȳ) = −2·(−39) − (−21) + 21 + 2·39 = 198, so b = 19.8 and a = 60 − 3·19.8 = 0.6."""
    function = calibration_function(WIDE, **LIMITS)
    assert function.method is Method.A
    assert (function.slope, function.intercept) == (pytest.approx(19.8), pytest.approx(0.6))
    assert function.valid_upper == pytest.approx(1.1 * (0.6 + 5 * 19.8))
    # R² = 198²/(10·Σ(y − ȳ)²), Σ(y − ȳ)² = 39² + 21² + 0 + 21² + 39² = 3924
    assert function.r_squared == pytest.approx(198**2 / (10 * 3924))


def test_method_b_goes_through_the_signal_at_zero_and_the_mean():
    narrow = [Pair(11, 48), Pair(12, 50), Pair(13, 52)]
    function = calibration_function(narrow, zero_signal=2.0, **LIMITS)
    assert function.method is Method.B
    assert (function.slope, function.intercept) == (pytest.approx(5.0), pytest.approx(-10.0))
    assert function(2.0) == pytest.approx(0.0)
    with pytest.raises(ValueError, match="signal of the AMS at zero"):
        calibration_function(narrow, **LIMITS)


def test_method_c_adds_readings_of_reference_gas():
    low = [Pair(1.0, 5.0), Pair(1.2, 6.0), Pair(1.4, 7.0)]
    gas = [Pair(0.0, 0.0), Pair(20.0, 100.0)]
    function = calibration_function(low, reference_gas=gas, **LIMITS)
    assert function.method is Method.C
    assert (function.slope, function.intercept) == (pytest.approx(5.0), pytest.approx(0.0, abs=1e-12))
    assert function.valid_upper == 20.0  # 20 % of the limit value: 110 % of 7 is less
    with pytest.raises(ValueError, match="reference gas"):
        calibration_function(low, **LIMITS)


@pytest.mark.parametrize(
    ("values", "method"),
    [((15.0, 35.0), Method.A), ((15.0, 34.9), Method.B), ((14.9, 34.8), Method.C), ((0.0, 20.0), Method.A)],
)
def test_the_spread_and_then_the_smallest_reference_choose_the_method(values, method):
    assert choose_method([Pair(1, value) for value in values], **LIMITS) is method


def test_the_method_is_chosen_by_values_at_standard_conditions():
    pairs = [Pair(1, 10.0, 2.0), Pair(2, 19.0, 2.0)]  # 20 and 38: a spread of 18, while 20 are permitted
    assert choose_method(pairs, **LIMITS) is Method.B


def test_variability_compares_the_scatter_about_the_function_with_the_permitted_one():
    """D by hand: 21 − 20.4, 39 − 40.2, 60 − 60, 81 − 79.8, 99 − 99.6 = 0.6, −1.2, 0, 1.2, −0.6; Σ = 0, Σ² = 3.6."""
    result = variability(WIDE, calibration_function(WIDE, **LIMITS), **LIMITS)
    assert result.differences == pytest.approx((0.6, -1.2, 0.0, 1.2, -0.6))
    assert result.mean_difference == pytest.approx(0, abs=1e-12)
    assert result.standard_deviation == pytest.approx(math.sqrt(3.6 / 4))
    assert result.permitted == pytest.approx(20 / 1.96 * 0.9161, rel=1e-4)
    assert result.passed
    assert result.percent_of_permitted == pytest.approx(100 * math.sqrt(0.9) / (20 / 1.96 * 0.9161), rel=1e-4)


def test_variability_fails_above_the_permitted_scatter():
    scattered = [Pair(p.signal, p.reference + (25 if n % 2 else -25)) for n, p in enumerate(WIDE)]
    assert not variability(scattered, calibration_function(WIDE, **LIMITS), **LIMITS).passed


def test_differences_are_taken_at_standard_conditions():
    doubled = [Pair(p.signal, p.reference, 2.0) for p in WIDE]
    result = variability(doubled, calibration_function(doubled, **LIMITS), **LIMITS)
    assert result.differences == pytest.approx((1.2, -2.4, 0.0, 2.4, -1.2))


def test_the_annual_test_permits_half_as_much_scatter_again_and_a_shift_of_sigma0_and_more():
    """Shifted by +4: D̄ = 4; t(0.95; 4) = 2.132, s_D as before."""
    function = calibration_function(WIDE, **LIMITS)
    shifted = [Pair(p.signal, p.reference + 4) for p in WIDE]
    result = surveillance_test(shifted, function, **LIMITS)
    assert result.variability.mean_difference == pytest.approx(4)
    assert result.variability.permitted == pytest.approx(1.5 * 20 / 1.96 * 0.9161, rel=1e-4)
    assert result.t == pytest.approx(2.132, abs=5e-4)
    assert result.permitted_difference == pytest.approx(2.132 * math.sqrt(0.9 / 5) + 20 / 1.96, rel=1e-4)
    assert result.valid
    far = [Pair(p.signal, p.reference - 12) for p in WIDE]
    assert not surveillance_test(far, function, **LIMITS).valid


def test_standard_conditions_by_hand():
    assert standard_conditions() == 1.0
    factor = standard_conditions(
        temperature_c=136.575, pressure_kpa=101.325 / 2, moisture_percent=20, oxygen_percent=13, reference_oxygen_percent=11
    )
    assert factor == pytest.approx(1.5 * 2 * 1.25 * 10 / 8)


@pytest.mark.parametrize(
    "conditions",
    [
        {"temperature_c": -300.0},
        {"pressure_kpa": 0.0},
        {"moisture_percent": 100.0},
        {"oxygen_percent": 11.0},
        {"oxygen_percent": 21.0, "reference_oxygen_percent": 11.0},
    ],
)
def test_conditions_that_cannot_be_are_refused(conditions):
    with pytest.raises(ValueError, match=r"must be|together"):
        standard_conditions(**conditions)


def test_five_weeks_above_five_percent_are_kept_and_the_sixth_is_not():
    above = [Week(1000, 51)] * 5 + [Week(1000, 50)] * 20
    assert not range_use(above).calibrate_again
    assert range_use([*above, Week(1000, 51)]).calibrate_again
    assert not range_use([Week(1000, 400)]).calibrate_again
    assert range_use([Week(0, 0), Week(1000, 401)]).weeks_above_40_percent == (2,)
    with pytest.raises(ValueError, match="week 1"):
        range_use([Week(3, 4)])


@pytest.mark.parametrize("pairs", [[], [Pair(1, 2)] * 2, [Pair(3, 10), Pair(3, 60), Pair(3, 90)], [Pair(1, math.nan)] * 3])
def test_what_gives_no_line_is_refused(pairs):
    with pytest.raises(ValueError, match=r"pairs|equal|gap"):
        calibration_function(pairs, **LIMITS)


@given(
    slope=st.floats(0.1, 10),
    intercept=st.floats(-5, 5),
    signals=st.lists(st.integers(1, 1000), min_size=3, max_size=30, unique=True),
)
def test_pairs_on_a_line_give_that_line_and_no_variability(slope, intercept, signals):
    pairs = [Pair(x, intercept + slope * x) for x in signals]
    function = calibration_function(pairs, limit_value=1.0, permitted_percent=1e-6)
    assert function.method is Method.A
    assert function.slope == pytest.approx(slope)
    result = variability(pairs, function, **LIMITS)
    assert result.standard_deviation == pytest.approx(0, abs=1e-8 * slope * max(signals))
