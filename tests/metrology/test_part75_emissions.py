"""Hourly mass emissions by 40 CFR 75 Appendix F, worked by hand."""

import pytest

from testbench.metrology.part75_emissions import (
    CO2_TONS_PER_SCF_PERCENT,
    NOX_POUNDS_PER_SCF_PPM,
    SO2_POUNDS_PER_SCF_PPM,
    co2_from_dry_o2,
    co2_from_wet_o2,
    co2_mass_rate,
    co2_mass_rate_dry,
    nox_mass_rate,
    so2_mass_rate,
)


def test_the_constants_follow_from_molar_masses():
    """385.3 scf hold one pound-mole at 68 °F and 1 atm."""
    assert pytest.approx(44.01 / 385.3 / 100 / 2000, rel=3e-3) == CO2_TONS_PER_SCF_PERCENT
    assert pytest.approx(64.06 / 385.3e6, rel=3e-3) == SO2_POUNDS_PER_SCF_PPM
    assert pytest.approx(46.006 / 385.3e6, rel=3e-3) == NOX_POUNDS_PER_SCF_PPM


def test_mass_rates():
    assert co2_mass_rate(10.0, 1e7) == pytest.approx(57.0)
    assert co2_mass_rate_dry(10.0, 1e7, 10.0) == pytest.approx(51.3)
    assert so2_mass_rate(100.0, 1e7) == pytest.approx(166.0)
    assert so2_mass_rate(100.0, 1e7, water_percent=10.0) == pytest.approx(149.4)
    assert nox_mass_rate(100.0, 1e7, water_percent=0.0) == pytest.approx(119.4)


def test_co2_from_oxygen():
    """Bituminous coal: Fc = 1800 scf CO2/mmBtu, F = 9780 dscf/mmBtu."""
    assert co2_from_dry_o2(20.9 / 2, carbon_factor=1800, dry_factor=9780) == pytest.approx(50 * 1800 / 9780)
    assert co2_from_dry_o2(21.0, carbon_factor=1800, dry_factor=9780) == 0.0
    wet = co2_from_wet_o2(5.0 * 0.9, 10.0, carbon_factor=1800, dry_factor=9780)
    assert wet == pytest.approx(0.9 * co2_from_dry_o2(5.0, carbon_factor=1800, dry_factor=9780))
    assert co2_from_wet_o2(20.0, 10.0, carbon_factor=1800, dry_factor=9780) == 0.0


@pytest.mark.parametrize("call", [lambda: co2_mass_rate(-1.0, 1.0), lambda: co2_mass_rate_dry(1.0, 1.0, 100.0)])
def test_impossible_inputs_are_refused(call):
    with pytest.raises(ValueError, match=r"negative|moisture"):
        call()
