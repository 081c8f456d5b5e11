"""Volume flows at standard states: which temperature, pressure and dryness a flow is referred to, said with every number.

    wet flow in the duct ──pressure and temperature──► wet flow at the standard state ──without its water──► dry flow

The standards disagree: HJ 75 refers to 0 °C, the EPA to 20 °C, and both count 273 K where physics has 273.15.
"""

from __future__ import annotations

from dataclasses import dataclass

from testbench.metrology.arguments import checked


@dataclass(frozen=True, slots=True)
class StandardState:
    """Temperature (°C) and pressure (Pa) that a flow is referred to, and what the standard adds to °C to get K."""

    name: str
    temperature_c: float
    pressure_pa: float
    kelvin: float


HJ75 = StandardState("HJ 75-2017, annex: 0 °C, 101.325 kPa", 0.0, 101_325.0, 273.0)
EPA = StandardState("EPA Method 2: 20 °C, 101.325 kPa (29.92 in Hg)", 20.0, 101_325.0, 273.0)
NORMAL = StandardState("0 °C, 101.325 kPa (ISO 10780 and EN ISO 16911-1)", 0.0, 101_325.0, 273.15)


@checked
def at_standard_state(
    flow: float, state: StandardState, *, temperature_c: float, pressure_pa: float, water: float = 0.0, dry: bool
) -> float:
    """Turn a wet volume flow in the duct into one at a standard state, in the unit of `flow`.

    Q_n = Q·(T_n/T)·(p/p_n), and for a dry flow times (1 − x_w) (HJ 75-2017 annex: Q_sn = Q_s·273/(273 + t_s)·
    (B_a + P_s)/101325·(1 − X_sw); EPA Method 2 eq. 2-8 with T_std = 293 K). `pressure_pa` is the absolute pressure in the
    duct, `water` its amount fraction of water (0 to below 1). Raises ValueError for what cannot be.
    """
    kelvin = temperature_c + state.kelvin
    if not (kelvin > 0 and pressure_pa > 0):
        raise ValueError("temperature and pressure must be above absolute zero")
    if not 0.0 <= water < 1.0:
        raise ValueError(f"the water content must be from 0 to below 1 mol/mol, got {water:g}")
    reduced = flow * (state.temperature_c + state.kelvin) / kelvin * pressure_pa / state.pressure_pa
    return reduced * (1.0 - water) if dry else reduced
