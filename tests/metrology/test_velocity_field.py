"""Velocity field coefficient, correlation and traverses: hand computations, closed forms and printed tables."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.traverse import (
    Scheme,
    TraversePoint,
    rectangular_grid,
    round_positions,
    side_positions,
    traverse_mean,
    weighted_mean,
)
from testbench.metrology.velocity import power_law_mean
from testbench.metrology.velocity_field import FieldSet, velocity_correlation, velocity_field


def test_coefficient_daily_means_and_precision_by_hand():
    sets = [FieldSet(1, 9.0, 10.0), FieldSet(1, 11.0, 10.0), FieldSet(2, 10.0, 10.0), FieldSet(2, 12.0, 10.0)]
    found = velocity_field(sets, area_ratio=2.0)
    assert found.coefficients == pytest.approx((1.8, 2.2, 2.0, 2.4))
    assert [(day.day, day.sets) for day in found.days] == [(1, 2), (2, 2)]
    assert [day.mean for day in found.days] == pytest.approx([2.0, 2.2])
    assert found.mean == pytest.approx(2.1)
    s = math.sqrt((0.09 + 0.01 + 0.01 + 0.09) / 3)
    assert found.by_sets.percent == pytest.approx(100 * s / 2.1)
    assert found.by_days.percent == pytest.approx(100 * math.sqrt(0.02) / 2.1)
    assert found.expanded.uncertainty == pytest.approx(3.18245 * s / 2, rel=1e-5)  # t(0.975; 3)
    assert not found.complete


def test_the_interval_of_the_precision_is_that_of_chi_squared():
    sets = [FieldSet(1 + i // 5, 10.0 + 0.1 * (i % 5), 10.0) for i in range(15)]
    found = velocity_field(sets)
    low, high = found.by_sets.interval_percent
    assert low == pytest.approx(found.by_sets.percent * math.sqrt(14 / 26.1189), rel=1e-5)  # chi² tables, 14 dof
    assert high == pytest.approx(found.by_sets.percent * math.sqrt(14 / 5.62873), rel=1e-5)
    assert found.complete


@given(st.floats(0.3, 3.0), st.floats(0.1, 50.0))
@settings(max_examples=30)
def test_a_constant_ratio_has_no_scatter(ratio, velocity):
    found = velocity_field([FieldSet(day, ratio * velocity * day, velocity * day) for day in (1, 2, 3)])
    assert found.mean == pytest.approx(ratio)
    assert found.by_sets.percent == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("sets", "complaint"),
    [([FieldSet(1, 1.0, 1.0)], "at least 2 sets"), ([FieldSet(1, 1.0, 1.0), FieldSet(1, 1.0, 0.0)], "set 2")],
)
def test_sets_without_a_coefficient_are_refused(sets, complaint):
    with pytest.raises(ValueError, match=complaint):
        velocity_field(sets)


def test_correlation_by_hand_and_its_interval():
    found = velocity_correlation([2.0, 3.0, 5.0, 4.0], [1.0, 2.0, 3.0, 4.0])
    assert (found.slope, found.intercept) == pytest.approx((0.8, 1.5))
    assert found.r == pytest.approx(0.8)
    z = math.atanh(0.8)
    assert found.interval == pytest.approx((math.tanh(z - 1.95996), math.tanh(z + 1.95996)), rel=1e-5)


def test_equal_velocities_have_no_correlation():
    with pytest.raises(ValueError, match="all equal"):
        velocity_correlation([1.0, 2.0, 3.0], [5.0, 5.0, 5.0])


def test_points_of_equal_areas_are_those_of_method_1():
    percent = [round(100 * y, 1) for y in round_positions(Scheme.EQUAL_AREAS, 3)]
    assert percent == [4.4, 14.6, 29.6, 70.4, 85.4, 95.6]  # 40 CFR 60, Method 1, table 1-2, six points


@pytest.mark.parametrize(
    ("scheme", "per_radius", "printed"),
    [
        (Scheme.LOG_LINEAR, 3, [0.0321, 0.1349, 0.3207]),
        (Scheme.LOG_CHEBYSHEV, 3, [0.0321, 0.1374, 0.3123]),
        (Scheme.LOG_CHEBYSHEV, 4, [0.0238, 0.1000, 0.1938, 0.3343]),
        (Scheme.LOG_CHEBYSHEV, 5, [0.0189, 0.0764, 0.1554, 0.2150, 0.3567]),
    ],
)
def test_log_points_lie_where_they_are_tabulated_from_the_wall(scheme, per_radius, printed):
    assert round_positions(scheme, per_radius)[:per_radius] == pytest.approx(printed, abs=1e-4)


@pytest.mark.parametrize("scheme", list(Scheme))
def test_every_scheme_gives_the_mean_of_a_power_law_profile(scheme):
    n = 7.0
    velocities = [(2 * min(y, 1 - y)) ** (1 / n) for y in round_positions(scheme, 5)]
    assert sum(velocities) / len(velocities) == pytest.approx(power_law_mean(n), rel=0.008)


def test_a_grid_of_a_rectangle_is_symmetric_and_has_all_points():
    grid = rectangular_grid(Scheme.LOG_CHEBYSHEV, 5, 6)
    assert len(grid) == len(set(grid)) == 30
    assert side_positions(Scheme.LOG_CHEBYSHEV, 5) == pytest.approx((0.074, 0.288, 0.5, 0.712, 0.926))
    assert sum(x for x, _ in grid) / 30 == pytest.approx(0.5)
    assert side_positions(Scheme.EQUAL_AREAS, 4) == (0.125, 0.375, 0.625, 0.875)


@pytest.mark.parametrize(("scheme", "points"), [(Scheme.LOG_LINEAR, 5), (Scheme.LOG_CHEBYSHEV, 4)])
def test_grids_that_do_not_exist_are_refused(scheme, points):
    with pytest.raises(ValueError, match="no grid"):
        side_positions(scheme, points)


def test_what_is_common_to_the_points_does_not_average_out():
    """u/V: 1 % of the coefficient stays, 2 % of each pressure counts half and averages over four points, ρ counts half."""
    density = Quantity(1.2, "kg/m³", {"ρ": Component(0.012)})
    coefficient = Quantity(0.84, "1", {"Kp": Component(0.0084)})
    points = [TraversePoint(Quantity(60.0, "Pa", {f"Δp.{i}": Component(1.2)})) for i in range(4)]
    mean = traverse_mean(points, density=density, coefficient=coefficient, integration_percent=0.5)
    assert mean.value == pytest.approx(8.4)
    relative = math.sqrt(1.0**2 + (1.0 / 2) ** 2 + 0.5**2 + 0.5**2)
    assert 100 * mean.standard_uncertainty / mean.value == pytest.approx(relative)


def test_weights_count_by_their_share():
    velocities = [Quantity(1.0, "m/s"), Quantity(4.0, "m/s")]
    assert weighted_mean(velocities, [1.0, 2.0]).value == pytest.approx(3.0)
    with pytest.raises(ValueError, match="weight above zero"):
        weighted_mean(velocities, [1.0, 0.0])
