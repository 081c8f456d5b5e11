"""Correlation of a particulate CEMS with the manual method: line, r, confidence and tolerance interval.

HJ 75-2017 asks for r, and for the half-widths of both intervals at the emission limit in percent of the limit; the algorithm
is that of ISO 10155 and EPA PS-11.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from testbench.metrology.arguments import checked

CONFIDENCE = 0.95
TOLERANCE_SHARE = 0.75  # of the values, which the tolerance interval holds


@dataclass(frozen=True, slots=True)
class ParticulateCorrelation:
    """The line y = intercept + slope·x (y: manual method in mg/m³, x: signal of the CEMS) and its quality.

    `correlation` is Pearson's r, `residual_deviation` S_L (n − 2 degrees of freedom, mg/m³). `signal_at_limit` is the x
    whose ŷ is the limit; `confidence_percent` and `tolerance_percent` are the half-widths there in percent of the limit.
    `extrapolated` says that the limit's signal lies outside the signals of the pairs.
    """

    pairs: int
    slope: float
    intercept: float
    correlation: float
    residual_deviation: float
    signal_at_limit: float
    confidence_percent: float
    tolerance_percent: float
    tolerance_factor: float
    extrapolated: bool


@checked
def particulate_correlation(
    signal: Sequence[float], concentration: Sequence[float], *, limit: float
) -> ParticulateCorrelation:
    """Fit the line by least squares to n ≥ 3 pairs and find both intervals where it reaches `limit` (mg/m³).

    S_L = sqrt[Σ(y − ŷ)²/(n − 2)]; half-width of the confidence interval t(0.975; n − 2)·S_L·sqrt(1/n + (x − x̄)²/S_xx);
    of the tolerance interval k_T·S_L, k_T = u(n′)·v(n − 2), n′ = n/(1 + n·(x − x̄)²/S_xx), where u holds 75 % of a normal
    distribution whose mean is known to 1/√n′, and v = sqrt[f/χ²(0.05; f)] (95 % confidence). Not rounded.

    Raises ValueError for sequences of different length, fewer than three pairs, signals or concentrations that are all
    equal, a line that does not rise, and a limit that is not above zero.
    """
    x, y = np.asarray(signal, dtype=np.float64), np.asarray(concentration, dtype=np.float64)
    if x.size != y.size:
        raise ValueError(f"{x.size} and {y.size} numbers do not make pairs")
    n = int(x.size)
    if n < 3:
        raise ValueError(f"a correlation needs at least 3 pairs, got {n}")
    if not limit > 0:
        raise ValueError(f"the emission limit must be above zero, got {limit:g}")
    dx, dy = x - x.mean(), y - y.mean()
    sxx, syy, sxy = float(dx @ dx), float(dy @ dy), float(dx @ dy)
    if sxx == 0.0 or syy == 0.0:
        raise ValueError("a correlation needs signals and concentrations that differ")
    slope = sxy / sxx
    if not slope > 0:
        raise ValueError(f"the signal does not rise with the concentration: the slope is {slope:g}")
    intercept = float(y.mean()) - slope * float(x.mean())
    residuals = dy - slope * dx
    deviation = math.sqrt(float(residuals @ residuals) / (n - 2))
    at_limit = (limit - intercept) / slope
    leverage = 1 / n + (at_limit - float(x.mean())) ** 2 / sxx
    t = float(special.stdtrit(n - 2, (1 + CONFIDENCE) / 2))
    factor = tolerance_factor(1 / leverage, n - 2)
    return ParticulateCorrelation(
        pairs=n,
        slope=slope,
        intercept=intercept,
        correlation=sxy / math.sqrt(sxx * syy),
        residual_deviation=deviation,
        signal_at_limit=at_limit,
        confidence_percent=100 * t * deviation * math.sqrt(leverage) / limit,
        tolerance_percent=100 * factor * deviation / limit,
        tolerance_factor=factor,
        extrapolated=not float(x.min()) <= at_limit <= float(x.max()),
    )


@checked
def tolerance_factor(effective_pairs: float, degrees_of_freedom: int) -> float:
    """k_T = u·v: u solves Φ(1/√n′ + u) − Φ(1/√n′ − u) = 0.75, v = sqrt[f/χ²(0.05; f)]; both arguments above zero."""
    from scipy.optimize import brentq  # heavy; needed here only

    if not (effective_pairs > 0 and degrees_of_freedom > 0):
        raise ValueError("a tolerance factor needs pairs and degrees of freedom above zero")
    shift = 1 / math.sqrt(effective_pairs)

    def missing(u: float) -> float:
        return float(special.ndtr(shift + u) - special.ndtr(shift - u)) - TOLERANCE_SHARE

    u = float(brentq(missing, 0.0, shift + 10.0))
    chi_squared = 2.0 * float(special.gammaincinv(degrees_of_freedom / 2.0, 1 - CONFIDENCE))
    return u * math.sqrt(degrees_of_freedom / chi_squared)
