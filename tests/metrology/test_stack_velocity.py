"""Velocity and flow by the reference methods, worked by hand and against SI units."""

import math

import pytest

from testbench.metrology.stack_velocity import (
    StackGas,
    calculated_wall_factor,
    default_wall_factor,
    dry_molar_mass,
    point_velocity,
    standard_flow,
    traverse_velocity,
    wet_molar_mass,
)

GAS = StackGas(barometer_inhg=29.92, static_inh2o=0.0, molar_mass=29.0)


def test_molar_masses():
    assert dry_molar_mass(12.0, 6.0) == pytest.approx(30.16)  # 5.28 + 1.92 + 22.96
    assert wet_molar_mass(30.0, 0.1) == pytest.approx(28.8)  # 27 + 1.8


def test_the_velocity_by_hand():
    # 0.5·(140 + 460)/(30·30) = 1/3, so v = 85.49·0.84/√3
    gas = StackGas(barometer_inhg=29.0, static_inh2o=13.6, molar_mass=30.0)
    assert gas.pressure_inhg == pytest.approx(30.0)
    assert point_velocity(0.5, 140.0, gas, coefficient=0.84) == pytest.approx(85.49 * 0.84 / math.sqrt(3))


def test_the_constant_agrees_with_si_units():
    """v = C·sqrt(2·Δp/ρ), ρ = p·M/(R·T); the constant has four figures."""
    pressure, temperature = 0.5 * 249.08891, (300.0 + 460.0) / 1.8
    density = 29.92 * 3386.389 * 0.0290 / (8.314462618 * temperature)
    metres = 0.84 * math.sqrt(2.0 * pressure / density)
    assert point_velocity(0.5, 300.0, GAS, coefficient=0.84) == pytest.approx(metres / 0.3048, rel=5e-4)


def test_angles_leave_the_axial_part():
    straight = point_velocity(0.5, 300.0, GAS, coefficient=0.84)
    assert point_velocity(0.5, 300.0, GAS, coefficient=0.84, yaw_degrees=60.0) == pytest.approx(straight / 2)
    both = point_velocity(0.5, 300.0, GAS, coefficient=0.84, yaw_degrees=60.0, pitch_degrees=-60.0)
    assert both == pytest.approx(straight / 4)


def test_a_traverse_has_at_least_twelve_points():
    assert traverse_velocity([50.0] * 6 + [60.0] * 6, wall_factor=0.99).adjusted_fps == pytest.approx(54.45)
    with pytest.raises(ValueError, match="at least 12"):
        traverse_velocity([50.0] * 11)


def test_wall_factors_have_a_floor():
    assert (default_wall_factor(masonry=True), default_wall_factor(masonry=False)) == (0.99, 0.995)
    assert calculated_wall_factor(48.0, 50.0, points=16, complete=False) == 0.98
    assert calculated_wall_factor(48.0, 50.0, points=16, complete=True) == 0.97
    assert calculated_wall_factor(49.43255, 50.0, points=16, complete=True) == 0.9887  # 0.988651
    assert calculated_wall_factor(51.0, 50.0, points=16, complete=True) == 1.0
    with pytest.raises(ValueError, match="at least 16"):
        calculated_wall_factor(48.0, 50.0, points=12, complete=True)
    with pytest.raises(ValueError, match=r"3\.3 ft"):
        calculated_wall_factor(48.0, 50.0, points=16, complete=True, diameter_ft=3.0)


def test_flow_at_standard_conditions():
    assert standard_flow(50.0, 100.0, 68.0, GAS) == pytest.approx(18.0e6)
    assert standard_flow(50.0, 100.0, 596.0, GAS) == pytest.approx(9.0e6)  # 1056 °R


@pytest.mark.parametrize(
    "bad", [{"pressure_inh2o": -0.1}, {"temperature_f": -460.0}, {"coefficient": 0.0}, {"yaw_degrees": 90}]
)
def test_impossible_readings_are_refused(bad):
    with pytest.raises(ValueError, match=r"no velocity|above zero|below 90"):
        point_velocity(**({"pressure_inh2o": 0.5, "temperature_f": 300.0, "gas": GAS, "coefficient": 0.84} | bad))
