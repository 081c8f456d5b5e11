"""Units in which loggers send contents of gas, and what they are as an amount fraction.

A mass concentration refers to dry gas at 273.15 K and 101.325 kPa, as HJ 75 and HJ 76 have it. There, with the molar volume
Vm of an ideal gas and the molar mass M of the component, the amount fraction of a mass concentration c is

    x = c Vm / M,    Vm = R T / p = 22.41397 L/mol

Sources: R of CODATA 2018 (exact); molar masses from the standard atomic weights of IUPAC (2021, abridged).
"""

from __future__ import annotations

from testbench.metrology.amount import conversion, units_of_amount

MASS_UNITS = {"mg/m³": 1e-3, "mg/m3": 1e-3, "g/m³": 1.0, "g/m3": 1.0}
"""Units of mass concentration, in g/m³."""
MOLAR_VOLUME = 8.314462618 * 273.15 / 101_325.0
"""Of an ideal gas at 273.15 K and 101.325 kPa, m³/mol."""
MOLAR_MASS = {
    "CO2": 44.009,
    "CO": 28.010,
    "SO2": 64.064,
    "NO": 30.006,
    "NO2": 46.006,
    "NOx": 46.006,
    "NH3": 17.031,
    "HCl": 36.458,
    "O2": 31.998,
}
"""g/mol; NOx counts as NO2."""


class SentUnitError(ValueError):
    """A unit that cannot be converted; the text says why."""


def sent_unit_factor(sent: str, unit: str, component: str) -> float:
    """What a number in the unit that is sent has to be multiplied by to be in `unit` (of amount fraction).

    Raise SentUnitError for a unit of mass where the component's molar mass is not known, UnitError for an unknown unit.
    """
    if sent not in MASS_UNITS:
        return conversion(sent, unit)
    if component not in MOLAR_MASS:
        known = ", ".join(MOLAR_MASS)
        raise SentUnitError(
            f"{sent} of {component} cannot be converted: its molar mass is not known (known: {known}); "
            f"let the logger send one of {', '.join(units_of_amount())}"
        )
    return MASS_UNITS[sent] * MOLAR_VOLUME / MOLAR_MASS[component] * conversion("mol/mol", unit)
