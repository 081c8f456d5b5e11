"""Indication error of levels, and stability: hand-derived values and uncertainties."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.indication_error import IndicationPoint, indication_error
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.stability import StabilityReading, stability


def point(fraction, reference, indication, number=0, *, cylinder=0.0, noise=0.0):
    return IndicationPoint(
        fraction,
        Quantity(reference, "ppm", {"cylinder": Component(cylinder * reference)}),
        Quantity(indication, "ppm", {f"noise.{number}": Component(noise)}),
    )


def test_the_error_is_relative_to_the_gas_and_to_full_scale():
    points = [point(0.5, 100.0, reading, n) for n, reading in enumerate((103.0, 104.0, 105.0))]
    (level,) = indication_error(points, full_scale=200.0)
    assert level.indication == pytest.approx(104.0)
    assert level.relative.value == pytest.approx(4.0)
    assert level.percent_fs.value == pytest.approx(2.0)
    assert level.absolute.value == pytest.approx(4.0)


def test_the_gas_counts_with_all_its_uncertainty():
    points = [point(0.5, 100.0, 104.0, n, cylinder=0.01, noise=0.3) for n in range(3)]
    (level,) = indication_error(points, full_scale=200.0)
    # u(δ) = sqrt[(u(C̄)/C_s)² + (C̄·u(C_s)/C_s²)²]
    expected = 100 * math.hypot(0.3 / math.sqrt(3) / 100.0, 104.0 * 1.0 / 100.0**2)
    assert level.relative.standard_uncertainty == pytest.approx(expected, rel=1e-9)
    assert level.percent_fs.standard_uncertainty == pytest.approx(100 * math.hypot(0.3 / math.sqrt(3), 1.0) / 200.0)


def test_readings_that_scatter_beyond_their_noise_widen_every_level():
    calm = [point(0.2, 40.0, 40.0, n, noise=0.01) for n in range(3)]
    restless = [point(0.8, 160.0, 160.0 + 5.0 * (n - 1), 3 + n, noise=0.01) for n in range(3)]
    low, high = indication_error([*calm, *restless], full_scale=200.0)
    # pooled s² = (0 + 50)/4
    expected = math.sqrt(50 / 4) / math.sqrt(3)
    assert high.absolute.standard_uncertainty == pytest.approx(expected, rel=1e-3)
    assert low.absolute.degrees_of_freedom == pytest.approx(4.0, rel=1e-2)


def test_a_zero_level_has_no_relative_error():
    (level,) = indication_error([point(0.0, 0.0, 0.4)], full_scale=200.0)
    assert level.relative is None
    assert level.percent_fs.value == pytest.approx(0.2)


@given(st.floats(1, 1000), st.floats(-50, 50), st.floats(100, 5000))
def test_both_expressions_are_of_one_difference(reference, error, full_scale):
    (level,) = indication_error([point(0.5, reference, reference + error)], full_scale=full_scale)
    assert level.relative.value * reference == pytest.approx(level.percent_fs.value * full_scale, abs=1e-6)


def reading(time, indication, number, noise=0.0):
    gas = Quantity(50.0, "ppm", {"cylinder": Component(1.0)})
    return StabilityReading(time, gas, Quantity(indication, "ppm", {f"noise.{number}": Component(noise)}))


def test_stability_is_the_largest_change_from_the_first_reading():
    readings = [reading(600.0 * n, value, n, noise=0.1) for n, value in enumerate((50.0, 50.5, 48.5, 49.5))]
    found = stability(readings)
    assert found.changes_percent == pytest.approx((1.0, -3.0, -1.0))
    assert found.value_percent == pytest.approx(-3.0)
    assert found.largest_index == 1
    assert found.expanded.uncertainty / found.expanded.factor == pytest.approx(100 * 0.1 * math.sqrt(2) / 50.0)
    assert found.expanded.of == 3


def test_stability_needs_a_first_and_a_later_reading():
    with pytest.raises(ValueError, match="at least 2"):
        stability([reading(0.0, 50.0, 0)])
    with pytest.raises(ValueError, match="above zero"):
        stability([reading(0.0, 0.0, 0), reading(600.0, 0.0, 1)])
