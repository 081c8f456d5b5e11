"""Probability of detection by a logistic curve: P = 1/[1 + exp(−(a + b·x))], x a release rate or a rate over the wind.

Maximum likelihood by iteratively reweighted least squares. Where the detected and the missed do not overlap in x the
likelihood has no maximum (Albert and Anderson 1984): the fit is then penalised by Jeffreys' prior (Firth 1993), which is
always finite, and says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from testbench.metrology.arguments import checked

ITERATIONS = 200
CONVERGED = 1e-10
LARGEST_STEP = 5.0  # of a coefficient of standardised x, in one iteration


@dataclass(frozen=True, slots=True)
class DetectionCurve:
    """The curve with its covariance of (a, b) as (var a, cov, var b); `penalised` where the data are separated."""

    intercept: float
    slope: float
    covariance: tuple[float, float, float]
    trials: int
    detected: int
    penalised: bool

    def probability(self, x: float) -> float:
        """Probability of detection at x."""
        return float(special.expit(self.intercept + self.slope * x))


@dataclass(frozen=True, slots=True)
class DetectionLimit:
    """x at which the probability of detection is `probability`, and its 95 % interval by Fieller's theorem.

    An end of the interval is infinite where the slope is not different from zero; `low` may be below zero.
    """

    probability: float
    value: float
    interval: tuple[float, float]


@checked
def detection_curve(x: Sequence[float], detected: Sequence[bool]) -> DetectionCurve:
    """Fit the curve to n trials at x (n) with outcome `detected` (n).

    Raises ValueError for fewer than 4 trials, x that are all equal or not finite, and outcomes that are all alike: with no
    miss or no detection there is no curve, only a bound.
    """
    n, hits = len(x), sum(map(bool, detected))
    if n != len(detected) or n < 4:
        raise ValueError(f"a curve needs at least 4 trials, each with its outcome; got {n} and {len(detected)}")
    values = np.asarray(x, dtype=np.float64)
    if not np.isfinite(values).all() or float(values.std()) == 0.0:
        raise ValueError("the trials must be at finite and different values; they are all equal or not numbers")
    if hits in (0, n):
        what = "detected" if hits else "missed"
        raise ValueError(f"all {n} trials were {what}: there is no curve; add smaller or larger releases")
    centre, scale = float(values.mean()), float(values.std())
    design = np.column_stack([np.ones(n), (values - centre) / scale])
    outcome = np.asarray(detected, dtype=np.float64)
    separated = _separated(values, outcome)
    coefficients, information = _fit(design, outcome, penalised=separated)
    inverse = np.linalg.inv(information)
    back = np.array([[1.0, -centre / scale], [0.0, 1.0 / scale]])
    a, b = back @ coefficients
    covariance = back @ inverse @ back.T
    found = (float(covariance[0, 0]), float(covariance[0, 1]), float(covariance[1, 1]))
    return DetectionCurve(float(a), float(b), found, n, hits, separated)


@checked
def detection_limit(curve: DetectionCurve, probability: float = 0.90) -> DetectionLimit:
    """The x of a probability of detection, by default 90 %: (logit P − a)/b; its interval by Fieller (1954).

    Raises ValueError for a probability outside (0, 1), and for a curve that does not rise.
    """
    if not 0 < probability < 1:
        raise ValueError(f"a probability lies between 0 and 1, got {probability:g}")
    if not curve.slope > 0:
        raise ValueError("the probability of detection does not rise with the release rate; there is no limit of detection")
    target = math.log(probability / (1 - probability)) - curve.intercept
    value = target / curve.slope
    var_a, cov, var_b = curve.covariance
    z2 = float(special.ndtri(0.975)) ** 2
    # (target − b·x)² ≤ z²·(var a + 2·x·cov + x²·var b), solved for x
    quadratic = curve.slope**2 - z2 * var_b
    linear = -2.0 * (curve.slope * target + z2 * cov)
    constant = target**2 - z2 * var_a
    root = linear**2 - 4 * quadratic * constant
    if quadratic <= 0 or root < 0:
        return DetectionLimit(probability, value, (-math.inf, math.inf))
    ends = sorted((-linear + sign * math.sqrt(root)) / (2 * quadratic) for sign in (-1.0, 1.0))
    return DetectionLimit(probability, value, (ends[0], ends[1]))


def _separated(x: NDArray[np.float64], outcome: NDArray[np.float64]) -> bool:
    hit, missed = x[outcome == 1.0], x[outcome == 0.0]
    return bool(hit.min() >= missed.max() or hit.max() <= missed.min())


def _fit(
    design: NDArray[np.float64], outcome: NDArray[np.float64], *, penalised: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    coefficients = np.zeros(2)
    for _ in range(ITERATIONS):
        p = special.expit(design @ coefficients)
        weights = p * (1.0 - p)
        information = design.T @ (weights[:, np.newaxis] * design)
        inverse = np.linalg.inv(information)
        residual = outcome - p
        if penalised:
            hat = weights * np.einsum("ij,jk,ik->i", design, inverse, design)
            residual = residual + hat * (0.5 - p)
        step = inverse @ (design.T @ residual)
        longest = float(np.abs(step).max())
        coefficients = coefficients + step * min(1.0, LARGEST_STEP / max(longest, CONVERGED))
        if longest <= CONVERGED:
            return coefficients, information
    raise ValueError("the curve of detection did not converge; look at the releases that were detected")
