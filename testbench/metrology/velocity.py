"""Velocity from a differential pressure, volume flow from velocity and area, and the mean of readings in turbulence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.arguments import checked, one_axis
from testbench.metrology.quantity import Quantity
from testbench.metrology.uncertain import Influences

VELOCITY_UNIT = "m/s"
FLOW_UNIT = "m³/s"


@checked
def pitot_velocity(pressure_pa: ArrayLike, density: float, coefficient: float) -> NDArray[np.float64]:
    """Velocity in m/s at each differential pressure (array of any shape, Pa): v = C·sqrt(2·Δp/ρ) (ISO 3966, EPA Method 2).

    A negative differential pressure, which noise gives at a standstill, makes a negative velocity of the same size, so that
    a mean at a standstill is not lifted. Density in kg/m³. Raises ValueError for a density or coefficient not above zero.
    """
    if not (density > 0 and coefficient > 0):
        raise ValueError(f"density and coefficient must be above zero, got {density:g} kg/m³ and {coefficient:g}")
    pressure = np.asarray(pressure_pa, dtype=np.float64)
    return np.asarray(np.sign(pressure) * coefficient * np.sqrt(2.0 * np.abs(pressure) / density), dtype=np.float64)


@checked
def pitot_velocity_of(pressure: Quantity, density: Quantity, coefficient: Quantity) -> Quantity:
    """Velocity (m/s) by v = C·sqrt(2·Δp/ρ), with the influences of all three: Pa, kg/m³, and a number.

    u(v)/v = ½·u(Δp)/Δp ⊕ ½·u(ρ)/ρ ⊕ u(C)/C. Raises ValueError where Δp, ρ or C is not above zero.
    """
    import GTC

    for quantity in (pressure, density, coefficient):
        if not quantity.value > 0:
            raise ValueError(f"a velocity needs a value above zero, got {quantity.value:g} {quantity.unit}")
    influences = Influences()
    number = influences.number
    velocity = number(coefficient) * GTC.sqrt(2.0 * number(pressure) / number(density))
    return influences.quantity(velocity, VELOCITY_UNIT)


@checked
def volume_flow(velocity: Quantity, area: Quantity) -> Quantity:
    """Volume flow (m³/s) at the conditions in the duct: Q = v·A, velocity in m/s, area in m² (HJ 75-2017: Qs = F·Vs)."""
    influences = Influences()
    return influences.quantity(influences.number(velocity) * influences.number(area), FLOW_UNIT)


@checked
def power_law_mean(exponent: float) -> float:
    """Mean over the area of a round duct divided by the velocity on its axis: 2n²/((n + 1)(2n + 1)) for u/U = (y/R)^(1/n).

    n = 7 gives 0.8167 (Schlichting, Boundary-Layer Theory, on the 1/7 power law). Raises ValueError for n not above zero.
    """
    if not exponent > 0:
        raise ValueError(f"the exponent of a power law must be above 0, got {exponent:g}")
    return 2.0 * exponent**2 / ((exponent + 1.0) * (2.0 * exponent + 1.0))


@dataclass(frozen=True, slots=True)
class Independence:
    """How many of the readings of a window count as independent, and their correlation from one to the next."""

    independent: int
    correlation: float


@checked
def independent_readings(values: ArrayLike) -> Independence:
    """Estimate how many of n equally spaced readings (one axis, NaN is a gap) are independent, at least 2 of 2 or more.

    For a first-order process n_eff = n·(1 − r)/(1 + r), r the correlation of neighbours (Bartlett 1946; Zięba, Metrol.
    Meas. Syst. 17 (2010) 3), estimated from the readings and raised by its bias (1 + 4r)/n (Kendall 1954); a negative one
    counts as none. Readings that are all equal, or fewer than 4, count as they are.
    """
    readings = one_axis(values, "values")
    valid = readings[np.isfinite(readings)]
    n = int(valid.size)
    centred = valid - valid.mean() if n else valid
    power = float(centred @ centred)
    if n < 4 or power == 0.0:
        return Independence(n, 0.0)
    found = float(centred[1:] @ centred[:-1]) / power
    r = min(0.99, max(0.0, found + (1.0 + 4.0 * found) / n))
    return Independence(max(2, math.floor(n * (1.0 - r) / (1.0 + r))), r)
