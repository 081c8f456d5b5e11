"""Hourly mass emissions by 40 CFR 75 Appendix F, in its units: scfh at 68 °F and 1 atm, percent, ppm, short tons, pounds.

Flows are wet, as flow monitors read them. A dry content needs the moisture, a wet one does not; never mix them.
"""

from __future__ import annotations

from testbench.metrology.arguments import checked

AMBIENT_O2_PERCENT = 20.9
CO2_TONS_PER_SCF_PERCENT = 5.7e-7
"""Short tons of CO2 in a scf for each percent; 44.01/385.3/100/2000 = 5.71e-7, which the appendix rounds."""
SO2_POUNDS_PER_SCF_PPM = 1.660e-7
NOX_POUNDS_PER_SCF_PPM = 1.194e-7


@checked
def co2_mass_rate(co2_percent_wet: float, flow_scfh: float) -> float:
    """CO2 mass emission rate, short tons/h, both on wet basis: 5.7·10⁻⁷·C·Q (Appendix F, equation F-11)."""
    _check(co2_percent_wet, flow_scfh)
    return CO2_TONS_PER_SCF_PERCENT * co2_percent_wet * flow_scfh


@checked
def co2_mass_rate_dry(co2_percent_dry: float, flow_scfh: float, water_percent: float) -> float:
    """CO2 mass emission rate, short tons/h, of a dry content and a wet flow: 5.7·10⁻⁷·C·Q·(100 − %H2O)/100 (form of F-2)."""
    return co2_mass_rate(co2_percent_dry, flow_scfh) * _dry_share(water_percent)


@checked
def so2_mass_rate(so2_ppm: float, flow_scfh: float, *, water_percent: float | None = None) -> float:
    """SO2 mass emission rate, lb/h: 1.660·10⁻⁷·C·Q (F-1); a dry content with `water_percent`, (100 − %H2O)/100 (F-2)."""
    return _pounds(SO2_POUNDS_PER_SCF_PPM, so2_ppm, flow_scfh, water_percent)


@checked
def nox_mass_rate(nox_ppm: float, flow_scfh: float, *, water_percent: float | None = None) -> float:
    """NOx mass emission rate (as NO2), lb/h: 1.194·10⁻⁷·C·Q; of a dry content with `water_percent` (F-26a, F-26b)."""
    return _pounds(NOX_POUNDS_PER_SCF_PPM, nox_ppm, flow_scfh, water_percent)


def _pounds(constant: float, content: float, flow_scfh: float, water_percent: float | None) -> float:
    _check(content, flow_scfh)
    return constant * content * flow_scfh * (1.0 if water_percent is None else _dry_share(water_percent))


@checked
def co2_from_dry_o2(o2_percent_dry: float, *, carbon_factor: float, dry_factor: float) -> float:
    """CO2 content, % dry, from O2: 100·(Fc/F)·(20.9 − O2)/20.9 (Appendix F, equation F-14A); never below 0.

    `carbon_factor` Fc in scf CO2/mmBtu and `dry_factor` F in dscf/mmBtu are those of the fuel (Appendix F, Table 1).
    """
    _check_factors(carbon_factor, dry_factor)
    return max(0.0, 100.0 * carbon_factor / dry_factor * (AMBIENT_O2_PERCENT - o2_percent_dry) / AMBIENT_O2_PERCENT)


@checked
def co2_from_wet_o2(o2_percent_wet: float, water_percent: float, *, carbon_factor: float, dry_factor: float) -> float:
    """CO2 content, % wet, from O2: (100/20.9)·(Fc/F)·[20.9·(100 − %H2O)/100 − O2] (equation F-14B); never below 0."""
    _check_factors(carbon_factor, dry_factor)
    oxygen = AMBIENT_O2_PERCENT * _dry_share(water_percent) - o2_percent_wet
    return max(0.0, 100.0 / AMBIENT_O2_PERCENT * carbon_factor / dry_factor * oxygen)


def _dry_share(water_percent: float) -> float:
    if not 0 <= water_percent < 100:
        raise ValueError(f"moisture must be from 0 to below 100 %, got {water_percent:g} %")
    return (100.0 - water_percent) / 100.0


def _check(content: float, flow_scfh: float) -> None:
    if not (content >= 0 and flow_scfh >= 0):
        raise ValueError(f"content and flow must not be negative, got {content:g} and {flow_scfh:g} scfh")


def _check_factors(carbon_factor: float, dry_factor: float) -> None:
    if not (carbon_factor > 0 and dry_factor > 0):
        raise ValueError(f"the F-factors must be above zero, got {carbon_factor:g} and {dry_factor:g}")
