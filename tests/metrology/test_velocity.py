"""Velocities, flows and standard states against published formulas and hand calculation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.amount import UnitError
from testbench.metrology.measurand import MeasurandKind, conversion, from_si, kind_of
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.standard_state import EPA, HJ75, NORMAL, at_standard_state
from testbench.metrology.velocity import (
    independent_readings,
    pitot_velocity,
    pitot_velocity_of,
    power_law_mean,
    volume_flow,
)


def test_a_pitot_tube_agrees_with_epa_method_2_in_its_own_units():
    # v = 85.49·Cp·sqrt(Δp·Ts/(Ps·Ms)) ft/s, in H2O, °R, in Hg, lb/lb-mole; here 0.5, 750, 29.8, 29.0 and Cp = 0.84
    published_ft = 85.49 * 0.84 * math.sqrt(0.5 * 750 / (29.8 * 29.0))
    density = 29.8 * 3386.389 * 29.0e-3 / (8.314472 * 750 / 1.8)
    found = pitot_velocity(0.5 * 249.089, density, 0.84)
    assert float(found) / 0.3048 == pytest.approx(published_ft, rel=5e-4)


def test_noise_about_a_standstill_does_not_lift_its_mean():
    assert pitot_velocity([-0.5, 0.5], 1.2, 1.0).sum() == 0.0


def test_the_uncertainty_of_a_pitot_velocity_is_half_of_pressure_and_density_and_all_of_the_coefficient():
    found = pitot_velocity_of(
        Quantity(60.0, "Pa", {"dp": Component(0.6)}),
        Quantity(1.2, "kg/m³", {"rho": Component(0.0024)}),
        Quantity(1.0, "1", {"c": Component(0.004)}),
    )
    assert found.value == pytest.approx(10.0)
    assert {name: part.contribution for name, part in found.components.items()} == pytest.approx(
        {"dp": 0.5 * 0.01 * 10, "rho": -0.5 * 0.002 * 10, "c": 0.004 * 10}
    )


def test_a_flow_is_velocity_times_area_with_both_uncertainties():
    flow = volume_flow(Quantity(10.0, "m/s", {"v": Component(0.1)}), Quantity(0.5, "m²", {"a": Component(0.002)}))
    assert flow.value == pytest.approx(5.0)
    assert flow.standard_uncertainty == pytest.approx(math.hypot(0.05, 0.02))


def test_the_one_seventh_law_has_its_published_mean():
    assert power_law_mean(7.0) == pytest.approx(0.8167, abs=5e-5)
    radius = np.linspace(0.0, 1.0, 200_001)[:-1]
    assert power_law_mean(9.0) == pytest.approx(2 * np.trapezoid((1 - radius) ** (1 / 9) * radius, radius), rel=1e-4)


def test_a_flow_at_the_state_of_hj_75_is_the_annex_formula():
    # Qsn = Qs·273/(273 + ts)·(Ba + Ps)/101325·(1 − Xsw): 100 000 m³/h, 120 °C, 99.8 kPa, 8 % water
    found = at_standard_state(100_000.0, HJ75, temperature_c=120.0, pressure_pa=99_800.0, water=0.08, dry=True)
    assert found == pytest.approx(100_000 * 273 / 393 * 99_800 / 101_325 * 0.92, rel=1e-12)


def test_the_states_differ_as_their_temperatures_do():
    conditions = {"temperature_c": 0.0, "pressure_pa": 101_325.0, "dry": False}
    assert at_standard_state(1.0, HJ75, **conditions) == pytest.approx(1.0)
    assert at_standard_state(1.0, NORMAL, **conditions) == pytest.approx(1.0)
    assert at_standard_state(1.0, EPA, **conditions) == pytest.approx(293 / 273)  # 7.3 % more


@pytest.mark.parametrize("water", [-0.1, 1.0])
def test_a_gas_of_water_alone_has_no_dry_flow(water):
    with pytest.raises(ValueError, match="water content"):
        at_standard_state(1.0, HJ75, temperature_c=20.0, pressure_pa=1e5, water=water, dry=True)


@pytest.mark.parametrize(
    ("unit", "kind"),
    [("%", "gas"), ("ppm", "gas"), ("m/s", "velocity"), ("km/h", "velocity"), ("m³/h", "flow"), ("m³/s", "flow")],
)
def test_a_unit_tells_the_kind_of_measurand(unit, kind):
    assert kind_of(unit) is MeasurandKind(kind)


def test_units_are_turned_into_each_other_within_a_kind_only():
    assert conversion("m/s", "km/h") == pytest.approx(3.6)
    assert conversion("m³/h", "m³/s") == pytest.approx(1 / 3600)
    assert conversion("%", "ppm") == pytest.approx(1e4)
    assert from_si("m³/h") == pytest.approx(3600.0)
    with pytest.raises(UnitError, match="one of flow"):
        conversion("m/s", "m³/h")
    with pytest.raises(UnitError, match="known are mol/mol"):
        kind_of("furlong")


def first_order(r: float, n: int, seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    values = [chance.normal()]
    for _ in range(n - 1):
        values.append(r * values[-1] + math.sqrt(1 - r * r) * chance.normal())
    return np.array(values)


@pytest.mark.parametrize("r", [0.0, 0.5, 0.8])
def test_the_mean_of_correlated_readings_scatters_as_their_independent_number_says(r):
    # over 300 series of 120 readings: the variance of the mean against what s² and the independent number give
    series = [first_order(r, 120, seed) for seed in range(300)]
    means = np.array([values.mean() for values in series])
    told = np.array([values.var(ddof=1) / independent_readings(values).independent for values in series])
    assert means.var() == pytest.approx(told.mean(), rel=0.35)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40))
def test_there_are_never_more_independent_readings_than_readings(values):
    found = independent_readings(values).independent
    assert 2 <= found <= len(values)
