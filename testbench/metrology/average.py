"""The mean of one window of readings of a channel, with its uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from testbench.metrology.arguments import checked, one_axis
from testbench.metrology.quantity import Component, Quantity


@dataclass(frozen=True, slots=True)
class Average:
    """Mean of a window.

    `standard_deviation` is that of a single device update in the unit of the quantity, None where fewer than two independent
    values were read. `count` is the number of valid readings, `independent` how many of them are independent.
    """

    quantity: Quantity
    standard_deviation: float | None
    count: int
    independent: int


@checked
def average(
    values: ArrayLike, *, resolution: float = 0.0, independent: int | None = None, influence: str, unit: str
) -> Average:
    """Average the readings of one window (any shape of one axis, in `unit`; NaN is a gap and left out).

    A device holds its value between its updates, so of n readings only m = `independent` (default and at most n) are
    independent values. Their standard deviation is s = sqrt(Σ(x − x̄)²/n · m/(m − 1)), which is the usual one for m = n and
    unbiased in s² when each value is read equally often. Type A: u = s/√m with m − 1 degrees of freedom (GUM 4.2.3), as
    influence "`influence`.repeatability". What rounding adds to that (`resolution_uncertainty`) is the influence
    "`influence`.resolution", left out below 1e-4 of the resolution.

    With m = 1, or when all readings are equal (s = 0), the data tell nothing of repeatability: the resolution alone is in
    the uncertainty, and whoever uses the mean must know a repeatability from elsewhere.

    Raises ValueError when there is no valid reading, for an infinite one, a negative resolution or m below 1.
    """
    readings = one_axis(values, "values")
    valid = readings[~np.isnan(readings)]
    if valid.size == 0:
        what = f"all {readings.size} readings are gaps" if readings.size else "there are no readings"
        raise ValueError(f"{influence}: {what}; a mean needs at least one valid reading")
    if not np.isfinite(valid).all():
        raise ValueError(f"{influence}: a reading is infinite")
    if not (resolution >= 0 and math.isfinite(resolution)):
        raise ValueError(f"{influence}: resolution must be 0 or more, got {resolution}")
    if independent is not None and independent < 1:
        raise ValueError(f"{influence}: at least 1 independent reading is needed, got {independent}")
    count = int(valid.size)
    m = count if independent is None else min(int(independent), count)
    mean = float(valid.mean())
    deviation = None
    components = {}
    if m > 1:
        spread = np.ptp(valid) != 0.0  # equal readings: no rounding residue of the mean is taken for scatter
        deviation = math.sqrt(float(np.mean((valid - mean) ** 2)) * m / (m - 1)) if spread else 0.0
    if deviation:
        components[f"{influence}.repeatability"] = Component(deviation / math.sqrt(m), m - 1)
    rounding = resolution_uncertainty(resolution, deviation or 0.0)
    if rounding > 1e-4 * resolution:
        components[f"{influence}.resolution"] = Component(rounding)
    return Average(Quantity(mean, unit, components), deviation, count, m)


@checked
def resolution_uncertainty(resolution: float, standard_deviation: float) -> float:
    """Return the standard uncertainty by rounding of a mean of readings with this standard deviation, in its unit.

    Equal readings: q/√12 for the resolution q (GUM F.2.2.1). Noise σ before rounding carries the readings over the steps, so
    that the mean loses its rounding error while the scatter takes it up: with Δ = mean of the rounded − mean of the exact,
    u² = E(Δ²) = q²/(2π²)·Σ_k exp(−4π²k²σ²/q²)/k², which is q²/12 for σ = 0 and below (q/100)² from σ = q/2 on (Widrow and
    Kollár, Quantization Noise, 2008, on the moments of a rounded normal variable). The scatter of the rounded readings is
    that of both: σ² = s² − q²/12.
    """
    if resolution == 0:
        return 0.0
    noise = max(0.0, (standard_deviation / resolution) ** 2 - 1 / 12)
    if noise == 0:
        return resolution / math.sqrt(12)
    k = np.arange(1, 1001)
    series = float((np.exp(-4 * np.pi**2 * noise * k**2) / k**2).sum())
    return resolution * min(math.sqrt(series / 2) / math.pi, 1 / math.sqrt(12))
