"""Conversions of HJ 75-2017's annex: exact values, and inverses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology import hj75_conversions as hj75
from testbench.metrology.standard_state import HJ75, at_standard_state


def test_the_standard_state_of_a_hot_duct():
    # 136.5 °C is 1.5 times 273 K, half the standard pressure: three times
    found = hj75.at_standard_state(100.0, temperature_c=136.5, barometric_pa=52_000.0, static_pa=-1_337.5)
    assert found == pytest.approx(300.0, rel=1e-12)


def test_dry_gas_holds_more():
    assert hj75.dry_from_wet(90.0, 10.0) == pytest.approx(100.0)
    assert hj75.wet_from_dry(100.0, 10.0) == pytest.approx(90.0)


def test_so2_in_mg_per_m3():
    assert hj75.mass_concentration(100.0, hj75.MOLAR_MASSES["SO2"]) == pytest.approx(6406.0 / 22.4)
    # the bounds of the tiers of HJ 75: 250 µmol/mol SO2 are 715 mg/m³, NOx as NO2 513 mg/m³
    assert round(hj75.mass_concentration(250.0, 64.06)) == 715
    assert round(hj75.mass_concentration(250.0, 46.005)) == 513
    assert round(hj75.mass_concentration(20.0, 64.06)) == 57
    assert round(hj75.mass_concentration(20.0, 46.005)) == 41


def test_nox_counts_as_no2():
    assert hj75.nox_as_no2(30.006, 10.0) == pytest.approx(56.005)


def test_excess_air_and_reference_oxygen():
    assert hj75.excess_air(7.0) == pytest.approx(1.5)
    assert hj75.at_reference_oxygen(70.0, 7.0, 6.0) == pytest.approx(75.0)
    assert hj75.at_reference_oxygen(70.0, 6.0, 6.0) == 70.0


def test_water_from_wet_and_dry_oxygen():
    assert hj75.water_from_oxygen(5.4, 6.0) == pytest.approx(10.0)


def test_the_mass_rate_of_a_stack():
    velocity = hj75.duct_velocity(0.9, 10.0)
    flow = hj75.duct_flow(10.0, velocity)
    assert flow == pytest.approx(324_000.0)
    state = {"temperature_c": 136.5, "barometric_pa": 101_325.0, "static_pa": 0.0, "water_percent": 10.0}
    dry = hj75.standard_dry_flow(flow, **state)
    assert dry == pytest.approx(324_000.0 / 1.5 * 0.9)
    assert hj75.mass_rate(100.0, dry) == pytest.approx(19.44)


@given(st.floats(1, 1e6), st.floats(-50, 400), st.floats(-5000, 5000), st.floats(0, 60))
def test_the_flow_is_that_of_the_standard_state(flow, temperature, static, water):
    found = hj75.standard_dry_flow(
        flow, temperature_c=temperature, barometric_pa=100_000.0, static_pa=static, water_percent=water
    )
    other = at_standard_state(
        flow, HJ75, temperature_c=temperature, pressure_pa=100_000.0 + static, water=water / 100, dry=True
    )
    assert found == pytest.approx(other, rel=1e-12)


@given(st.floats(0, 1e5), st.sampled_from(sorted(hj75.MOLAR_MASSES)))
def test_amount_and_mass_are_inverse(content, component):
    mass = hj75.MOLAR_MASSES[component]
    assert hj75.amount_fraction(hj75.mass_concentration(content, mass), mass) == pytest.approx(content)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: hj75.excess_air(21.0),
        lambda: hj75.at_reference_oxygen(1.0, 22.0, 6.0),
        lambda: hj75.dry_from_wet(1.0, 100.0),
        lambda: hj75.water_from_oxygen(7.0, 6.0),
        lambda: hj75.water_from_oxygen(0.0, 0.0),
        lambda: hj75.duct_flow(0.0, 1.0),
        lambda: hj75.mass_concentration(1.0, 0.0),
        lambda: hj75.at_standard_state(1.0, temperature_c=-273.0, barometric_pa=1e5, static_pa=0.0),
    ],
)
def test_what_cannot_be_is_refused(refused):
    with pytest.raises(ValueError):  # noqa: PT011  every one has its own sentence
        refused()
