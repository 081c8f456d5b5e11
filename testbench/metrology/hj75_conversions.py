"""Conversions of HJ 75-2017's annex: standard state, dry gas, reference oxygen, moisture, stack flow and mass rate.

Standard state: 0 °C, 101 325 Pa, with 273 K for 0 °C and 22.4 L/mol, as the annex writes them. Water and oxygen contents are
in percent by volume here as there; every function says its units. Functions are exact in their arithmetic: they round
nothing.
"""

from __future__ import annotations

from testbench.metrology.arguments import checked

KELVIN = 273.0
STANDARD_PRESSURE_PA = 101_325.0
LITRES_PER_MOL = 22.4
OXYGEN_PERCENT = 21.0  # of air, as the annex counts
MOLAR_MASSES = {
    "SO2": 64.06,
    "NO": 30.006,
    "NO2": 46.005,
    "CO": 28.01,
    "CO2": 44.01,
    "HCl": 36.46,
    "NH3": 17.03,
    "CH4": 16.04,
}
"""Molar masses in g/mol of the components that limits in mg/m³ are written for."""


@checked
def at_standard_state(concentration: float, *, temperature_c: float, barometric_pa: float, static_pa: float) -> float:
    """C_sn = C_s·101325/(B_a + P_s)·(273 + t_s)/273, mg/m³ of the duct to mg/m³ at the standard state; the basis stays.

    `static_pa` is the gauge pressure in the duct. Raises ValueError below absolute zero of temperature or pressure.
    """
    kelvin, pressure = _state(temperature_c, barometric_pa, static_pa)
    return concentration * STANDARD_PRESSURE_PA / pressure * kelvin / KELVIN


@checked
def dry_from_wet(wet: float, water_percent: float) -> float:
    """C_dry = C_wet/(1 − X_sw/100); ValueError for a water content outside 0 to below 100 %."""
    return wet / _dry_share(water_percent)


@checked
def wet_from_dry(dry: float, water_percent: float) -> float:
    """C_wet = C_dry·(1 − X_sw/100); ValueError for a water content outside 0 to below 100 %."""
    return dry * _dry_share(water_percent)


@checked
def mass_concentration(umol_per_mol: float, molar_mass: float) -> float:
    """C = M/22.4·(µmol/mol), mg/m³ at the standard state; M in g/mol. ValueError for a molar mass not above zero."""
    return umol_per_mol * _molar(molar_mass) / LITRES_PER_MOL


@checked
def amount_fraction(mg_per_m3: float, molar_mass: float) -> float:
    """The inverse of `mass_concentration`: µmol/mol of mg/m³ at the standard state."""
    return mg_per_m3 * LITRES_PER_MOL / _molar(molar_mass)


@checked
def nox_as_no2(no_mg_per_m3: float, no2_mg_per_m3: float = 0.0) -> float:
    """C_NOx = C_NO·M_NO2/M_NO + C_NO2, all mg/m³, NOx counted as NO2."""
    return no_mg_per_m3 * MOLAR_MASSES["NO2"] / MOLAR_MASSES["NO"] + no2_mg_per_m3


@checked
def excess_air(oxygen_percent: float) -> float:
    """α = 21/(21 − O2), O2 in percent of dry gas; ValueError from 21 % on."""
    return OXYGEN_PERCENT / _oxygen_left(oxygen_percent)


@checked
def at_reference_oxygen(concentration: float, oxygen_percent: float, reference_percent: float) -> float:
    """C_ref = C·(21 − O2,ref)/(21 − O2), both O2 in percent of dry gas; ValueError from 21 % on."""
    return concentration * _oxygen_left(reference_percent) / _oxygen_left(oxygen_percent)


@checked
def water_from_oxygen(wet_percent: float, dry_percent: float) -> float:
    """X_sw = (1 − O2,wet/O2,dry)·100, percent; ValueError for a dry O2 not above zero or a wet one above the dry one."""
    if not dry_percent > 0:
        raise ValueError(f"the oxygen content of the dry gas must be above zero, got {dry_percent:g} %")
    if not 0 <= wet_percent <= dry_percent:
        raise ValueError(f"the wet gas cannot hold {wet_percent:g} % oxygen where the dry gas has {dry_percent:g} %")
    return (1 - wet_percent / dry_percent) * 100


@checked
def duct_velocity(velocity_coefficient: float, measured: float) -> float:
    """V̄_s = K_v·V̄_p: mean velocity of the section, m/s, from that of the CMS at its point or line."""
    return velocity_coefficient * measured


@checked
def duct_flow(area_m2: float, velocity: float) -> float:
    """Q_s = 3600·F·V̄_s, m³/h of wet gas at the state in the duct; ValueError for an area not above zero."""
    if not area_m2 > 0:
        raise ValueError(f"the area of the duct must be above zero, got {area_m2:g} m²")
    return 3600.0 * area_m2 * velocity


@checked
def standard_dry_flow(
    flow: float, *, temperature_c: float, barometric_pa: float, static_pa: float, water_percent: float
) -> float:
    """Q_sn = Q_s·273/(273 + t_s)·(B_a + P_s)/101325·(1 − X_sw/100), m³/h of dry gas at the standard state."""
    kelvin, pressure = _state(temperature_c, barometric_pa, static_pa)
    return flow * KELVIN / kelvin * pressure / STANDARD_PRESSURE_PA * _dry_share(water_percent)


@checked
def mass_rate(dry_mg_per_m3: float, dry_flow_m3_per_h: float) -> float:
    """G = C_sn,dry·Q_sn·10⁻⁶, kg/h: both dry and at the standard state."""
    return dry_mg_per_m3 * dry_flow_m3_per_h * 1e-6


def _state(temperature_c: float, barometric_pa: float, static_pa: float) -> tuple[float, float]:
    kelvin, pressure = KELVIN + temperature_c, barometric_pa + static_pa
    if not (kelvin > 0 and pressure > 0):
        raise ValueError("temperature and pressure must be above absolute zero")
    return kelvin, pressure


def _dry_share(water_percent: float) -> float:
    if not 0 <= water_percent < 100:
        raise ValueError(f"the water content must be from 0 to below 100 %, got {water_percent:g} %")
    return 1 - water_percent / 100


def _molar(molar_mass: float) -> float:
    if not molar_mass > 0:
        raise ValueError(f"a molar mass must be above zero, got {molar_mass:g} g/mol")
    return molar_mass


def _oxygen_left(oxygen_percent: float) -> float:
    if not oxygen_percent < OXYGEN_PERCENT:
        raise ValueError(f"the oxygen content must be below 21 %, got {oxygen_percent:g} %")
    return OXYGEN_PERCENT - oxygen_percent
