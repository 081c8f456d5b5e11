"""Density of gas against published equations and values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.gas_density import (
    MOLAR_MASS,
    ideal_gas_density,
    moist_air_density,
    moist_air_density_of,
    molar_mass,
    saturation_pressure,
    water_content,
)
from testbench.metrology.quantity import Component, Quantity


@given(t=st.floats(10, 30), p=st.floats(900, 1100), h=st.floats(0, 80))
def test_cipm_2007_agrees_with_the_approximation_of_oiml_r_111(t, p, h):
    # OIML R 111-1:2004, E.3-1, p in hPa, h in %: relative uncertainty 2e-4 in this range; CIPM-2007 is 7.3e-5 above the
    # equation that it approximates (Picard et al. 2008, abstract and section 2: argon).
    published = (0.34848 * p - 0.009 * h * math.exp(0.061 * t)) / (273.15 + t)
    assert moist_air_density(t, 100 * p, h / 100) == pytest.approx(published * (1 + 7.3e-5), rel=2.1e-4)


def test_dry_air_at_15_degrees_is_that_of_the_standard_atmosphere():
    assert moist_air_density(15.0, 101_325.0, 0.0) == pytest.approx(1.225, rel=5e-4)  # ISO 2533: 1.225 kg/m³


def test_water_is_saturated_at_the_known_pressures():
    assert saturation_pressure(20.0) == pytest.approx(2339.2, rel=1e-4)  # IAPWS: 2339.2 Pa
    assert saturation_pressure(100.0) == pytest.approx(101_418, rel=3e-3)  # IAPWS: 101 418 Pa, outside the fitted range
    assert water_content(20.0, 101_325.0, 0.5) == pytest.approx(0.5 * 1.0040256 * 2339.163 / 101_325.0, rel=1e-5)


def test_the_density_of_an_ideal_gas_is_its_molar_mass_by_its_molar_volume():
    # 22.41396 L/mol at 0 °C and 101.325 kPa (CODATA): 44.0095 g of CO2
    assert ideal_gas_density(0.0, 101_325.0, MOLAR_MASS["CO2"]) == pytest.approx(44.0095 / 22.41396, rel=1e-5)


def test_the_molar_mass_of_a_flue_gas_is_that_of_epa_method_3():
    # Md = 0.440·%CO2 + 0.320·%O2 + 0.280·(%N2 + %CO), Mw = Md·(1 − Bws) + 18.0·Bws, with 12 % CO2, 6 % O2, 10 % water
    dry = 0.44 * 12 + 0.32 * 6 + 0.28 * 82
    assert molar_mass({"CO2": 0.12, "O2": 0.06}, 0.10) == pytest.approx(dry * 0.9 + 18.0 * 0.1, rel=1e-3)


def test_moist_air_as_an_ideal_gas_is_cipm_2007_but_for_its_compressibility():
    # dry air of CIPM-2007: 28.96546 g/mol; Z(20 °C, 101.325 kPa, 50 %) = 0.99961
    water = water_content(20.0, 101_325.0, 0.5)
    wet = 28.96546 * (1 - water) + MOLAR_MASS["H2O"] * water
    assert moist_air_density(20.0, 101_325.0, 0.5) == pytest.approx(
        ideal_gas_density(20.0, 101_325.0, wet) / 0.999615, rel=2e-6
    )


@pytest.mark.parametrize(
    ("t", "p", "h"), [(-1, 101e3, 0.5), (61, 101e3, 0.5), (20, 50e3, 0.5), (20, 101e3, 1.1), (20, 101e3, -0.1)]
)
def test_what_lies_outside_the_equation_is_refused(t, p, h):
    with pytest.raises(ValueError, match=r"computed from|relative humidity"):
        moist_air_density(t, p, h)


@pytest.mark.parametrize("dry", [{"CO2": -0.1}, {"CO2": 0.9, "O2": 0.2}, {"H2S": 0.1}])
def test_a_composition_that_cannot_be_is_refused(dry):
    with pytest.raises(ValueError, match=r"fractions of a dry gas|molar mass of H2S"):
        molar_mass(dry, 0.0)


def test_the_uncertainty_of_a_density_is_that_of_the_published_sensitivities():
    # Picard et al. 2008, section 4: relative sensitivities 1e-5 Pa⁻¹ (p), −4e-3 K⁻¹ (t), −9e-3 (h) at 20 °C, 100 kPa
    def of(u_t: float, u_p: float, u_h: float) -> Quantity:
        return moist_air_density_of(
            Quantity(20.0, "°C", {"t": Component(u_t)}),
            Quantity(100.0, "kPa", {"p": Component(u_p)}),
            Quantity(50.0, "%", {"h": Component(u_h)}),
        )

    found = of(0.1, 0.01, 1.0)
    parts = {name: component.contribution / found.value for name, component in found.components.items()}
    assert parts["t"] == pytest.approx(-4e-3 * 0.1, rel=0.15)
    assert parts["p"] == pytest.approx(1e-5 * 10.0, rel=0.02)
    assert parts["h"] == pytest.approx(-9e-3 * 0.01, rel=0.05)
    assert parts["CIPM-2007"] == pytest.approx(22e-6)


def test_an_influence_that_two_inputs_share_is_added_with_its_sign():
    shared = moist_air_density_of(
        Quantity(20.0, "°C", {"sun": Component(0.1)}), Quantity(100.0, "kPa", {"sun": Component(0.034)}), Quantity(0.0, "%")
    )
    assert abs(shared.components["sun"].contribution) < 5e-6 * shared.value  # −0.1/293.15 and +0.034/100 nearly cancel


def test_a_humidity_that_no_air_has_is_refused_and_what_a_sensor_shows_beyond_its_scale_is_not() -> None:
    temperature, pressure = Quantity(20.0, "°C"), Quantity(101.325, "kPa")
    saturated = moist_air_density_of(temperature, pressure, Quantity(100.0, "%")).value
    assert moist_air_density_of(temperature, pressure, Quantity(100.5, "%")).value == saturated
    for humidity in (150.0, -5.0, float("nan")):
        with pytest.raises(ValueError, match="relative humidity"):
            moist_air_density_of(temperature, pressure, Quantity(humidity, "%"))
