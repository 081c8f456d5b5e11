"""Errors, K-factors and lines of velocity devices: hand calculation, and what cancels in them."""

import math

import pytest

from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.velocity_accuracy import (
    VelocityPoint,
    velocity_accuracy,
    velocity_line,
    velocity_repeatability,
)


def point(nominal, reference, indication, *, certificate=0.0, own=0.0, random=0.0, zero=0.0):
    parts = {"certificate": Component(certificate * reference), "zero": Component(zero)}
    noise = {"reading.1.repeatability": Component(random, 9.0), "A.resolution": Component(own)}
    return VelocityPoint(
        nominal,
        Quantity(reference, "m/s", {n: c for n, c in parts.items() if c.contribution}),
        Quantity(indication, "m/s", {n: c for n, c in noise.items() if c.contribution}),
    )


def test_errors_and_k_factors_are_those_of_hand_calculation():
    found = velocity_accuracy([point(5, 5.0, 5.1), point(5, 5.0, 4.9), point(10, 10.0, 10.4), point(10, 10.0, 10.2)])
    assert [level.error_percent for level in found.levels] == pytest.approx([0.0, 3.0])
    assert found.levels[1].k_factor == pytest.approx((10 / 10.4 + 10 / 10.2) / 2)
    assert found.largest is found.levels[1]
    ks = [(5 / 5.1 + 5 / 4.9) / 2, (10 / 10.4 + 10 / 10.2) / 2]
    assert found.k_factor.value == pytest.approx(sum(ks) / 2)
    assert found.linearity_percent.value == pytest.approx(100 * (ks[0] - ks[1]) / (ks[0] + ks[1]))


def test_scatter_of_the_readings_is_type_a_with_students_t():
    found = velocity_accuracy([point(10, 10.0, v) for v in (10.0, 10.1, 10.2)]).levels[0]
    assert found.standard_uncertainty_percent == pytest.approx(1.0 / math.sqrt(3))
    assert found.degrees_of_freedom == pytest.approx(2)
    assert found.expanded.factor == pytest.approx(4.303, abs=1e-3)  # t of 2 degrees of freedom, 95 %


def test_one_reading_has_the_uncertainty_of_its_windows():
    found = velocity_accuracy([point(10, 10.0, 10.0, random=0.1)]).levels[0]
    assert found.standard_uncertainty_percent == pytest.approx(1.0)
    assert found.k_deviation_percent is None


def test_scatter_takes_the_place_of_what_the_windows_say():
    found = velocity_accuracy([point(10, 10.0, 10.0, random=0.5), point(10, 10.0, 10.0, random=0.5)]).levels[0]
    assert found.standard_uncertainty_percent == pytest.approx(0.0, abs=1e-12)


def test_the_certificate_is_in_every_error_but_not_in_the_linearity():
    points = [point(v, v, 1.02 * v, certificate=0.004) for v in (5.0, 10.0, 20.0)]
    found = velocity_accuracy(points)
    assert found.levels[0].standard_uncertainty_percent == pytest.approx(0.4 * 1.02)
    assert found.k_factor.expanded.uncertainty == pytest.approx(1.96 * 0.004 / 1.02, rel=1e-3)
    assert found.linearity_percent.expanded.uncertainty == pytest.approx(0.0, abs=1e-9)


def test_a_zero_error_of_the_reference_weighs_most_at_low_velocity():
    found = velocity_accuracy([point(v, v, v, zero=0.02) for v in (2.0, 20.0)])
    assert [level.standard_uncertainty_percent for level in found.levels] == pytest.approx([1.0, 0.1])


def test_the_line_has_slope_and_intercept_with_what_the_certificate_makes_of_them():
    points = [point(v, v, 0.2 + 0.97 * v, certificate=0.005) for v in (5.0, 10.0, 20.0, 30.0)]
    line = velocity_line(points)
    assert line.slope.value == pytest.approx(0.97)
    assert line.intercept.value == pytest.approx(0.2)
    assert line.slope.expanded.uncertainty == pytest.approx(1.96 * 0.005 * 0.97, rel=1e-3)
    assert line.intercept.expanded.uncertainty == pytest.approx(0.0, abs=1e-9)


def test_repeatability_is_the_largest_relative_deviation_of_k():
    calm = [point(20, 20.0, 20.0 * (1 + e)) for e in (-1e-3, 0.0, 1e-3)]
    rough = [point(3, 3.0, 3.0 / (1 + e)) for e in (-1e-2, 0.0, 1e-2)]
    found = velocity_repeatability(calm + rough)
    assert found.level.nominal == 3
    assert found.value_percent == pytest.approx(1.0)
    assert found.interval_percent[0] < 1.0 < found.interval_percent[1]


def test_the_largest_of_several_is_expanded_for_all_of_them():
    found = velocity_accuracy([point(v, v, v, certificate=0.01) for v in (5.0, 10.0, 20.0)])
    assert found.expanded.uncertainty > found.largest.expanded.uncertainty


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([], "at least one reading"),
        ([point(5, 5.0, 0.0)], "not above zero"),
        ([point(5, -1.0, 5.0)], "not above zero"),
        ([VelocityPoint(5, Quantity(5, "m/s"), Quantity(18, "km/h"))], "one unit"),
    ],
)
def test_what_cannot_be_computed_is_refused(points, said):
    with pytest.raises(ValueError, match=said):
        velocity_accuracy(points)


def test_a_line_wants_three_set_points_and_a_repeatability_two_readings():
    two = [point(v, v, v) for v in (5.0, 10.0)]
    with pytest.raises(ValueError, match="at least 3 set-points"):
        velocity_line(two)
    with pytest.raises(ValueError, match="at least 2 readings"):
        velocity_repeatability(two)
