"""Repeatability: relative standard deviation of repeated readings of the same gas (HJ 76-2017)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.arguments import checked, one_axis
from testbench.metrology.coverage import standard_deviation_interval


@dataclass(frozen=True, slots=True)
class Repeatability:
    """Repeatability in percent of the mean, with its coverage interval (low, high) in the same percent.

    `mean` and `standard_deviation` are in the unit of the readings. `expanded_uncertainty` (percent) is the larger of the
    distances from the value to the ends of the interval, `coverage_factor` that over the standard uncertainty of a standard
    deviation, s/√(2(n − 1)) (GUM E.4.3); None where the readings are all equal.
    """

    value_percent: float
    mean: float
    standard_deviation: float
    count: int
    interval_percent: tuple[float, float]
    expanded_uncertainty: float
    coverage_factor: float | None
    probability: float


@checked
def repeatability(
    readings: ArrayLike, *, resolution: float = 0.0, gas_reproducibility: float = 0.0, probability: float = 0.95
) -> Repeatability:
    """Determine the repeatability Sr = s/x̄·100 %, s = sqrt(Σ(x − x̄)²/(n − 1)), of n ≥ 2 readings (one axis, no gaps).

    The interval is that of a standard deviation (χ², `standard_deviation_interval`). The value is as the standard has it,
    nothing subtracted. But part of the scatter may be that of the gas: `gas_reproducibility` is the standard deviation of
    the reference from one setting to the next, `resolution` the step of the indication, both in the unit of the readings.
    What they can explain lowers the lower end: sqrt(max(0, low² − u_gas² − resolution²/12)). So does a steady drift during
    the test: of the interval about the mean (n − 1 degrees of freedom) and that about a line through equally spaced readings
    (n − 2, from 3 readings on) the smaller lower end is taken. Rounding may hide scatter: the upper end is
    sqrt(high² + resolution²/12).

    Raises ValueError for fewer than two readings, gaps, a mean that is not above zero, and negative inputs.
    """
    x = one_axis(readings, "readings")
    if x.size < 2:
        raise ValueError(f"repeatability needs at least 2 readings, got {x.size}")
    if not np.isfinite(x).all():
        raise ValueError(f"repeatability: reading {int(np.flatnonzero(~np.isfinite(x))[0]) + 1} of {x.size} is missing")
    if not (resolution >= 0 and gas_reproducibility >= 0):
        raise ValueError(
            f"resolution and reproducibility of the gas must be 0 or more, got {resolution} and {gas_reproducibility}"
        )
    mean = float(x.mean())
    if not mean > 0:
        raise ValueError(f"repeatability is relative to the mean reading, which must be above zero; it is {mean:g}")
    s = float(x.std(ddof=1)) if np.ptp(x) else 0.0
    low, high = standard_deviation_interval(s, int(x.size), probability)
    if x.size > 2:
        low = min(low, standard_deviation_interval(_about_line(x), int(x.size) - 1, probability)[0])
    low = math.sqrt(max(0.0, low**2 - gas_reproducibility**2 - resolution**2 / 12))
    high = math.hypot(high, resolution / math.sqrt(12))
    value, low, high = (100 * each / mean for each in (s, low, high))
    expanded = max(high - value, value - low)
    factor = expanded / (value / math.sqrt(2 * (x.size - 1))) if value > 0 else None
    return Repeatability(value, mean, s, int(x.size), (low, high), expanded, factor, probability)


def _about_line(x: NDArray[np.float64]) -> float:
    """Standard deviation of equally spaced readings about their regression line, n − 2 degrees of freedom."""
    position = np.arange(x.size) - (x.size - 1) / 2
    from_mean = x - x.mean()
    residuals = from_mean - position * float(position @ from_mean) / float(position @ position)
    return math.sqrt(float(residuals @ residuals) / (x.size - 2))
