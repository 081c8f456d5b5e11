"""Interval, U and k of a repeatability: chi-squared, widened by what rounding may hide."""

import math

import pytest

from testbench.metrology.repeatability import repeatability


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
