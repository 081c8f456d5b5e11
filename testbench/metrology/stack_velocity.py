"""Stack gas velocity and flow by the reference methods of 40 CFR 60 Appendix A: Methods 2, 2F, 2G and 2H.

Units are those of the methods: pressures in inches of water (velocity and static pressure) and of mercury (barometer),
temperature in °F, molar mass in lb/lb-mole, velocity in ft/s, flow in ft³/h at 68 °F and 29.92 inHg (scfh).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked
from testbench.metrology.rounding import decimal_of, round_decimal

PITOT_CONSTANT = 85.49  # (ft/s)·sqrt[(lb/lb-mole)(inHg)/((°R)(inH2O))], Method 2, equation 2-7
WATER_TO_MERCURY = 13.6
ZERO_FAHRENHEIT = 460.0  # °R, as the methods round it
STANDARD_TEMPERATURE_R = 528.0
STANDARD_PRESSURE_INHG = 29.92
MASONRY_WALL_FACTOR = 0.9900
OTHER_WALL_FACTOR = 0.9950
LEAST_WALL_FACTOR = 0.9800
LEAST_WALL_FACTOR_COMPLETE = 0.9700
LEAST_TRAVERSE_POINTS = 12
LEAST_POINTS_FOR_WALL_EFFECTS = 16
LEAST_DIAMETER_FOR_WALL_EFFECTS_FT = 3.3


@checked
def dry_molar_mass(co2_percent: float, o2_percent: float) -> float:
    """Molar mass of dry gas, lb/lb-mole: 0.44·CO2 + 0.32·O2 + 0.28·(100 − CO2 − O2), percent dry (Method 3, eq. 3-1)."""
    if min(co2_percent, o2_percent) < 0 or co2_percent + o2_percent > 100:
        raise ValueError(f"CO2 {co2_percent:g} % and O2 {o2_percent:g} % are not shares of one gas")
    return 0.44 * co2_percent + 0.32 * o2_percent + 0.28 * (100.0 - co2_percent - o2_percent)


@checked
def wet_molar_mass(dry: float, water_fraction: float) -> float:
    """Molar mass of wet gas, lb/lb-mole: Md·(1 − Bws) + 18·Bws, Bws the volume fraction of water (Method 2, eq. 2-6)."""
    if not 0 <= water_fraction < 1:
        raise ValueError(f"the fraction of water must be from 0 to below 1, got {water_fraction:g}")
    return dry * (1.0 - water_fraction) + 18.0 * water_fraction


@checked
@dataclass(frozen=True, slots=True)
class StackGas:
    """State of the stack gas: barometer (inHg), static pressure of the stack (inH2O), wet molar mass (lb/lb-mole)."""

    barometer_inhg: float
    static_inh2o: float
    molar_mass: float

    @property
    def pressure_inhg(self) -> float:
        """Absolute pressure in the stack, inHg: Pbar + Pg/13.6."""
        return self.barometer_inhg + self.static_inh2o / WATER_TO_MERCURY


@checked
def point_velocity(
    pressure_inh2o: float,
    temperature_f: float,
    gas: StackGas,
    *,
    coefficient: float,
    yaw_degrees: float = 0.0,
    pitch_degrees: float = 0.0,
) -> float:
    """Velocity along the stack at one traverse point, ft/s.

    v = 85.49·Cp·sqrt[Δp·(Ts + 460)/((Pbar + Pg/13.6)·Mw)] (Method 2), times cos(yaw) for Method 2G, times
    cos(yaw)·cos(pitch) for Method 2F. Raises ValueError for a negative Δp, a temperature below 0 °R, a coefficient, pressure
    or molar mass that is not above zero, and an angle of 90° or more.
    """
    absolute_r = temperature_f + ZERO_FAHRENHEIT
    if pressure_inh2o < 0 or absolute_r <= 0:
        raise ValueError(f"no velocity from {pressure_inh2o:g} inH2O at {temperature_f:g} °F")
    if not (coefficient > 0 and gas.pressure_inhg > 0 and gas.molar_mass > 0):
        raise ValueError("the coefficient, the absolute pressure and the molar mass must be above zero")
    if max(abs(yaw_degrees), abs(pitch_degrees)) >= 90:
        raise ValueError(f"angles must be below 90°, got yaw {yaw_degrees:g}° and pitch {pitch_degrees:g}°")
    along = math.cos(math.radians(yaw_degrees)) * math.cos(math.radians(pitch_degrees))
    return (
        PITOT_CONSTANT * coefficient * math.sqrt(pressure_inh2o * absolute_r / (gas.pressure_inhg * gas.molar_mass)) * along
    )


@dataclass(frozen=True, slots=True)
class Traverse:
    """Velocity of a traverse: mean of its points, the wall adjustment factor, and what remains of the mean, ft/s."""

    mean_fps: float
    wall_factor: float
    adjusted_fps: float
    points: int


@checked
def traverse_velocity(velocities: Sequence[float], *, wall_factor: float = 1.0) -> Traverse:
    """Mean velocity of at least 12 traverse points times the wall adjustment factor (Method 2H, section 12.4), ft/s."""
    if len(velocities) < LEAST_TRAVERSE_POINTS:
        raise ValueError(f"a traverse needs at least {LEAST_TRAVERSE_POINTS} points, got {len(velocities)}")
    if not 0 < wall_factor <= 1:
        raise ValueError(f"a wall adjustment factor lies above 0 and is at most 1, got {wall_factor:g}")
    mean = math.fsum(velocities) / len(velocities)
    return Traverse(mean, wall_factor, mean * wall_factor, len(velocities))


def default_wall_factor(*, masonry: bool) -> float:
    """Wall adjustment factor without a measurement of wall effects: 0.9900 (brick and mortar stack) or 0.9950 (others)."""
    return MASONRY_WALL_FACTOR if masonry else OTHER_WALL_FACTOR


@checked
def calculated_wall_factor(
    with_wall_effects_fps: float, without_fps: float, *, points: int, complete: bool, diameter_ft: float | None = None
) -> float:
    """Wall adjustment factor of a measurement near the wall, rounded to 4 decimals: v with wall points/v without.

    It is at least 0.9800, with a complete wall effects traverse 0.9700 (Method 2H, 12.7), and at most 1. Raises ValueError
    for fewer than 16 traverse points, a stack narrower than 3.3 ft, and velocities that are not above zero.
    """
    if points < LEAST_POINTS_FOR_WALL_EFFECTS:
        raise ValueError(f"wall effects need a traverse of at least {LEAST_POINTS_FOR_WALL_EFFECTS} points, got {points}")
    if diameter_ft is not None and diameter_ft < LEAST_DIAMETER_FOR_WALL_EFFECTS_FT:
        raise ValueError(
            f"Method 2H is for stacks of at least {LEAST_DIAMETER_FOR_WALL_EFFECTS_FT} ft, got {diameter_ft:g} ft"
        )
    if not (with_wall_effects_fps > 0 and without_fps > 0):
        raise ValueError("the velocities of a wall adjustment factor must be above zero")
    least = LEAST_WALL_FACTOR_COMPLETE if complete else LEAST_WALL_FACTOR
    return min(1.0, max(least, _four_decimals(with_wall_effects_fps / without_fps)))


def _four_decimals(factor: float) -> float:
    return float(round_decimal(decimal_of(factor), 4))


@checked
def standard_flow(velocity_fps: float, area_ft2: float, temperature_f: float, gas: StackGas) -> float:
    """Wet volumetric flow at 68 °F and 29.92 inHg, scfh: 3600·v·A·528/(Ts + 460)·Ps/29.92 (Method 2, eq. 2-8, wet)."""
    if not area_ft2 > 0:
        raise ValueError(f"the area must be above zero, got {area_ft2:g} ft²")
    at_standard = STANDARD_TEMPERATURE_R / (temperature_f + ZERO_FAHRENHEIT) * gas.pressure_inhg / STANDARD_PRESSURE_INHG
    return 3600.0 * velocity_fps * area_ft2 * at_standard
