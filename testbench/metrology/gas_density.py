"""Density of the gas in a duct: moist air by CIPM-2007, any wet gas as an ideal gas of its molar mass.

Pressures are absolute, in Pa; temperatures in °C; contents are amount fractions in mol/mol.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from testbench.metrology.arguments import checked
from testbench.metrology.quantity import Component, Quantity

GAS_CONSTANT = 8.314472  # J/(mol·K), CODATA 2006, the one that CIPM-2007 was fitted with
KELVIN = 273.15
AIR_MODEL = 22e-6  # relative standard uncertainty of the CIPM-2007 equation itself (Picard et al. 2008, table 2)
AIR_TEMPERATURES = (0.0, 60.0)  # °C; the equation is recommended from 15 to 27, beyond it this is an extrapolation
AIR_PRESSURES = (60e3, 110e3)  # Pa, the range recommended
HUMIDITY_MARGIN = 1.0  # %: what a sensor may show beyond the ends of its scale
DENSITY_UNIT = "kg/m³"

MOLAR_MASS: Mapping[str, float] = {  # g/mol, IUPAC standard atomic weights
    "N2": 28.0134,
    "O2": 31.9988,
    "CO2": 44.0095,
    "H2O": 18.01528,
    "CO": 28.0101,
    "SO2": 64.0638,
    "NO": 30.0061,
    "NO2": 46.0055,
    "Ar": 39.948,
}


@checked
def saturation_pressure(temperature_c: float) -> float:
    """Saturation vapour pressure of water over water, Pa.

    p_sv = exp(A·T² + B·T + C + D/T) with T in K (Picard, Davis, Gläser and Fujii, Metrologia 45 (2008) 149, eq. A1.1).
    """
    kelvin = temperature_c + KELVIN
    return math.exp(1.2378847e-5 * kelvin**2 - 1.9121316e-2 * kelvin + 33.93711047 - 6.3431645e3 / kelvin)


@checked
def water_content(temperature_c: float, pressure_pa: float, relative_humidity: float) -> float:
    """Amount fraction of water in moist air: x_v = h·f·p_sv/p (the same, eq. A1.2), `relative_humidity` from 0 to 1.

    Raises ValueError where the air would be more than saturated or the pressure is not above zero.
    """
    if not pressure_pa > 0:
        raise ValueError(f"the pressure must be above 0 Pa, got {pressure_pa:g}")
    if not 0.0 <= relative_humidity <= 1.0:
        raise ValueError(f"the relative humidity must be from 0 to 1, got {relative_humidity:g}")
    enhancement = 1.00062 + 3.14e-8 * pressure_pa + 5.6e-7 * temperature_c**2
    content = relative_humidity * enhancement * saturation_pressure(temperature_c) / pressure_pa
    if content >= 1.0:
        raise ValueError(f"air of {temperature_c:g} °C at {pressure_pa:g} Pa cannot hold so much water")
    return content


@checked
def moist_air_density(temperature_c: float, pressure_pa: float, relative_humidity: float, co2: float = 400e-6) -> float:
    """Density of moist air, kg/m³, by CIPM-2007.

    ρ = p·M_a/(Z·R·T)·[1 − x_v·(1 − M_v/M_a)] with M_a = 28.96546 + 12.011·(x_CO2 − 0.0004) g/mol (the same, eq. 1 to 5).
    The equation is recommended for 600 to 1100 hPa and 15 to 27 °C; it is taken here from 0 to 60 °C, which a flow rig needs
    and where it departs from the real density by far less than a velocity can be measured. Raises ValueError outside.
    """
    if not AIR_TEMPERATURES[0] <= temperature_c <= AIR_TEMPERATURES[1]:
        raise ValueError(
            f"the density of moist air is computed from {AIR_TEMPERATURES[0]:g} to {AIR_TEMPERATURES[1]:g} °C, "
            f"got {temperature_c:g}"
        )
    if not AIR_PRESSURES[0] <= pressure_pa <= AIR_PRESSURES[1]:
        raise ValueError(
            f"the density of moist air is computed from {AIR_PRESSURES[0] / 1e3:g} to {AIR_PRESSURES[1] / 1e3:g} kPa, "
            f"got {pressure_pa / 1e3:g}"
        )
    kelvin, t = temperature_c + KELVIN, temperature_c
    water = water_content(temperature_c, pressure_pa, relative_humidity)
    share = pressure_pa / kelvin
    virial = 1.58123e-6 - 2.9331e-8 * t + 1.1043e-10 * t**2
    virial += (5.707e-6 - 2.051e-8 * t) * water + (1.9898e-4 - 2.376e-6 * t) * water**2
    compressibility = 1.0 - share * virial + share**2 * (1.83e-11 - 0.765e-8 * water**2)
    dry = (28.96546 + 12.011 * (co2 - 400e-6)) * 1e-3
    vapour = MOLAR_MASS["H2O"] * 1e-3
    return share * dry / (compressibility * GAS_CONSTANT) * (1.0 - water * (1.0 - vapour / dry))


@checked
def molar_mass(dry: Mapping[str, float], water: float) -> float:
    """Molar mass of a wet gas, g/mol: M = M_d·(1 − x_w) + M_w·x_w (EPA Method 2: wet molecular weight from Md and Bws).

    `dry` gives amount fractions of the dry gas; what they lack of 1 is nitrogen. Raises ValueError for an unknown component,
    a negative fraction, or a sum above 1.
    """
    if unknown := sorted(set(dry) - set(MOLAR_MASS)):
        raise ValueError(f"the molar mass of {unknown[0]} is not known; known are {', '.join(MOLAR_MASS)}")
    total = math.fsum(dry.values())
    if any(not fraction >= 0 for fraction in dry.values()) or total > 1.0 + 1e-9:
        raise ValueError(f"fractions of a dry gas must be 0 or more and make at most 1, they make {total:g}")
    if not 0.0 <= water < 1.0:
        raise ValueError(f"the water content must be from 0 to below 1 mol/mol, got {water:g}")
    balance = max(0.0, 1.0 - total) * MOLAR_MASS["N2"]
    return (math.fsum(MOLAR_MASS[name] * x for name, x in dry.items()) + balance) * (1.0 - water) + MOLAR_MASS["H2O"] * water


@checked
def ideal_gas_density(temperature_c: float, pressure_pa: float, molar_mass_g: float) -> float:
    """Density of an ideal gas, kg/m³: ρ = p·M/(R·T), `molar_mass_g` in g/mol. Raises ValueError below absolute zero."""
    kelvin = temperature_c + KELVIN
    if not (kelvin > 0 and pressure_pa > 0 and molar_mass_g > 0):
        raise ValueError("temperature, pressure and molar mass must be above zero")
    return pressure_pa * molar_mass_g * 1e-3 / (GAS_CONSTANT * kelvin)


def moist_air_density_of(temperature: Quantity, pressure: Quantity, humidity: Quantity) -> Quantity:
    """Density of moist air with its influences; temperature in °C, pressure in kPa, relative humidity in %.

    Sensitivities by central differences (GUM 5.1.3, note 2); the equation's own uncertainty is the influence "CIPM-2007".
    A humidity that is outside 0 to 100 % by no more than 1 % or three standard uncertainties counts as the end that is near.
    Raises ValueError beyond that, and as `moist_air_density`.
    """
    beyond = max(-humidity.value, humidity.value - 100.0)
    if not beyond <= max(HUMIDITY_MARGIN, 3.0 * humidity.standard_uncertainty):
        raise ValueError(f"the relative humidity must be from 0 to 100 %, got {humidity.value:g}")
    inputs = (temperature.value, pressure.value * 1e3, humidity.value / 100.0)

    def density(*values: float) -> float:
        return moist_air_density(values[0], values[1], min(1.0, max(0.0, values[2])))

    value = density(*inputs)
    components = {"CIPM-2007": Component(AIR_MODEL * value)}
    for place, (quantity, factor, step) in enumerate(
        ((temperature, 1.0, 0.01), (pressure, 1e3, 10.0), (humidity, 0.01, 1e-3))
    ):
        above, below = list(inputs), list(inputs)
        above[place] += step
        below[place] -= step
        if place == 2:  # at the ends of the humidity scale the difference is one-sided
            above[2], below[2] = min(1.0, above[2]), max(0.0, below[2])
        slope = (density(*above) - density(*below)) / (above[place] - below[place]) * factor
        for name, component in quantity.components.items():
            known = components.get(name)
            contribution = slope * component.contribution + (known.contribution if known is not None else 0.0)
            components[name] = Component(contribution, component.degrees_of_freedom)
    return Quantity(value, DENSITY_UNIT, components)
