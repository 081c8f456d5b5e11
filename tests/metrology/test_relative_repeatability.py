"""Repeatability and the interval of a standard deviation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.repeatability import repeatability

READINGS = [16.02, 15.98, 16.05, 15.96, 16.01, 15.98]  # mean 16.0, Σ(x − x̄)² = 0.0054


def test_repeatability_is_the_relative_standard_deviation() -> None:
    result = repeatability(READINGS)
    s = math.sqrt(0.0054 / 5)
    assert result.mean == pytest.approx(16.0)
    assert result.standard_deviation == pytest.approx(s)
    assert result.value_percent == pytest.approx(100 * s / 16)
    assert result.count == 6
    # χ²(0.975; 5) = 12.833, χ²(0.025; 5) = 0.8312
    low, high = (result.value_percent * math.sqrt(5 / chi) for chi in (12.833, 0.8312))
    assert result.interval_percent == pytest.approx((low, high), rel=1e-4)
    assert result.expanded_uncertainty == pytest.approx(high - result.value_percent, rel=1e-4)


def test_the_gas_and_the_resolution_can_explain_part_of_the_scatter() -> None:
    plain = repeatability(READINGS)
    explained = repeatability(READINGS, gas_reproducibility=0.012, resolution=0.02)
    low = plain.interval_percent[0] * 16 / 100
    expected = 100 / 16 * math.sqrt(low**2 - 0.012**2 - 0.02**2 / 12)
    hidden = 100 / 16 * 0.02 / math.sqrt(12)  # rounding may hide as much
    assert explained.interval_percent == pytest.approx((expected, math.hypot(plain.interval_percent[1], hidden)))
    assert explained.value_percent == plain.value_percent


def test_a_steady_drift_can_explain_part_of_the_scatter_too() -> None:
    """Readings 16.00, 16.02 … with ±0.001 about their line: Σ residual² from the line by hand, χ²(0.975; 4) = 11.143."""
    readings = [16.001, 16.019, 16.041, 16.059, 16.081, 16.099]
    residuals = np.array(readings) - np.polyval(np.polyfit(range(6), readings, 1), range(6))
    result = repeatability(readings)
    low, high = result.interval_percent
    assert low == pytest.approx(100 / result.mean * math.sqrt(float(residuals @ residuals) / 11.143), rel=1e-4)
    assert low < 0.1 * result.value_percent
    assert high == pytest.approx(result.value_percent * math.sqrt(5 / 0.8312), rel=1e-4)  # the drift may be chance


def test_the_drift_of_a_device_is_not_taken_for_its_repeatability_with_certainty() -> None:
    draws = np.random.default_rng(12).normal(16.0, 0.03, (1000, 6)) + 0.05 * np.arange(6)
    inside = [low <= 100 * 0.03 / 16.125 <= high for low, high in (repeatability(each).interval_percent for each in draws)]
    assert np.mean(inside) >= 0.95


def test_a_gas_that_explains_everything_leaves_a_lower_end_of_zero() -> None:
    assert repeatability(READINGS, gas_reproducibility=1.0).interval_percent[0] == 0.0


def test_equal_readings_have_repeatability_zero() -> None:
    result = repeatability([5.1] * 6)
    assert (result.value_percent, result.interval_percent, result.expanded_uncertainty) == (0.0, (0.0, 0.0), 0.0)


@pytest.mark.parametrize(
    ("readings", "message"),
    [([1.0], "at least 2 readings"), ([1.0, math.nan], "reading 2 of 2 is missing"), ([-1.0, 1.0], "above zero")],
)
def test_readings_that_tell_nothing_are_refused(readings: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        repeatability(readings)


def test_negative_contributions_are_refused() -> None:
    with pytest.raises(ValueError, match="must be 0 or more"):
        repeatability(READINGS, resolution=-0.1)


@given(st.lists(st.floats(1, 100), min_size=2, max_size=20), st.floats(0.001, 1000))
def test_percentages_do_not_depend_on_the_unit(readings: list[float], scale: float) -> None:
    one = repeatability(readings, resolution=0.01)
    other = repeatability(np.array(readings) * scale, resolution=0.01 * scale)
    assert other.value_percent == pytest.approx(one.value_percent, rel=1e-9, abs=1e-9)
    assert other.interval_percent == pytest.approx(one.interval_percent, rel=1e-6, abs=1e-6)


def test_the_interval_covers_the_true_standard_deviation() -> None:
    draws = np.random.default_rng(11).normal(16.0, 0.03, (1000, 6))
    truth = 100 * 0.03 / 16.0
    inside = [low <= truth <= high for low, high in (repeatability(draw).interval_percent for draw in draws)]
    assert 0.93 <= np.mean(inside) <= 0.97


def test_the_coverage_factor_is_expanded_over_standard_uncertainty_of_a_standard_deviation():
    result = repeatability([99.0, 100.0, 101.0, 100.0, 99.5, 100.5])
    s = math.sqrt((1 + 0 + 1 + 0 + 0.25 + 0.25) / 5)
    assert result.value_percent == pytest.approx(s)
    # chi-squared with 5 degrees of freedom: quantile 0.025 is 0.831212
    assert result.interval_percent[1] == pytest.approx(s * math.sqrt(5 / 0.831212), rel=1e-5)
    u = s / math.sqrt(2 * 5)
    assert result.coverage_factor == pytest.approx(result.expanded_uncertainty / u)


def test_equal_readings_may_hide_what_rounding_hides():
    result = repeatability([20.0] * 6, resolution=0.1)
    assert result.value_percent == 0.0
    assert result.interval_percent == (0.0, pytest.approx(100 * 0.1 / math.sqrt(12) / 20.0))
    assert result.coverage_factor is None
