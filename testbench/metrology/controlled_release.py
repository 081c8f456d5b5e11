"""Controlled releases: how well a lidar, an open-path or another remote instrument finds a release rate that is known.

    e = (q_m − q_r)/q_r        bias = mean of e        precision = standard deviation of e
    score = (q_m − q_r)/sqrt[U(q_m)² + U(q_r)²]        inside: |score| ≤ 1 (ISO 13528, E_n)
    F = Σ C(y, z)·u(z)·sin θ·Δy·Δz                     flux through a vertical plane, θ between wind and plane

Errors are of releases; what is reported of a blank is a false positive where it is above zero or marked as a detection. A
release that was not detected counts in the probability of detection, not in the errors. Rates are in one unit (kg/h), wind
in m/s. The measures are those of published release tests (NPL, METEC); there is no standard, and no limits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand, standard_deviation_interval

Floats = NDArray[np.float64]
ITERATIONS = 500


@checked
@dataclass(frozen=True, slots=True)
class Release:
    """One release (rate 0: a blank) with U (95 %), and what the instrument gave: rate with U where stated, and detection.

    `measured` is None where the instrument gave no rate. `wind` in m/s, None where it was not recorded.
    """

    rate: float
    rate_expanded: float
    measured: float | None
    detected: bool
    measured_expanded: float | None = None
    wind: float | None = None

    def __post_init__(self) -> None:
        known = [value for value in (self.rate, self.rate_expanded, self.measured_expanded) if value is not None]
        if not all(math.isfinite(value) and value >= 0 for value in known):
            raise ValueError("release rates and uncertainties must be 0 or more")
        if self.measured is not None and not math.isfinite(self.measured):
            raise ValueError("a measured rate must be a number; leave it out where there is none")
        if self.wind is not None and not 0 < self.wind < math.inf:
            raise ValueError(f"the wind must be above zero, got {self.wind:g} m/s")

    @property
    def blank(self) -> bool:
        """Whether nothing was released."""
        return self.rate == 0.0


@dataclass(frozen=True, slots=True)
class Proportion:
    """k of n, and the 95 % intervals of Wilson (1927) and of Clopper and Pearson (1934), which is never too narrow."""

    k: int
    n: int
    fraction: float
    wilson: tuple[float, float]
    exact: tuple[float, float]


@checked
def proportion(k: int, n: int, probability: float = 0.95) -> Proportion:
    """k of n trials with its intervals; raises ValueError for n below 1 and k outside 0 to n."""
    if not (n >= 1 and 0 <= k <= n and 0 < probability < 1):
        raise ValueError(f"{k} of {n} is no proportion, or {probability:g} no probability")
    z = float(special.ndtri((1 + probability) / 2))
    fraction = k / n
    middle = (fraction + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(fraction * (1 - fraction) / n + z * z / (4 * n * n))
    tail = (1 - probability) / 2
    low = 0.0 if k == 0 else float(special.betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(special.betaincinv(k + 1, n - k, 1 - tail))
    wilson = (0.0 if k == 0 else middle - half, 1.0 if k == n else middle + half)
    return Proportion(k, n, fraction, wilson, (low, high))


@dataclass(frozen=True, slots=True)
class ReleaseErrors:
    """Relative errors of the quantified releases in their order, percent; bias with U of n errors and of the rates.

    `precision_percent` is their standard deviation with its 95 % interval. `inside` counts |score| ≤ 1 of the releases whose
    measured rate states its uncertainty, None without any.
    """

    errors_percent: tuple[float, ...]
    bias_percent: float
    bias_expanded: Expanded
    precision_percent: float
    precision_interval: tuple[float, float]
    inside: Proportion | None


@checked
def release_errors(releases: Sequence[Release]) -> ReleaseErrors:
    """Bias and precision over the releases that have a rate; raises ValueError for fewer than two.

    u(bias)² = S²/n + [mean of (1 + e)·u(q_r)/q_r]²: what is wrong with the release rates is taken as common to all releases
    (one set of controllers). The degrees of freedom are by Welch-Satterthwaite.
    """
    used = [r for r in releases if not r.blank and r.measured is not None]
    n = len(used)
    if n < 2:
        raise ValueError(f"bias and precision need at least 2 releases with a measured rate, got {n}")
    errors = [100.0 * (float(r.measured or 0.0) - r.rate) / r.rate for r in used]
    mean = math.fsum(errors) / n
    deviation = math.sqrt(math.fsum((error - mean) ** 2 for error in errors) / (n - 1))
    parts = [(100.0 + error) * r.rate_expanded / r.rate / 2.0 for r, error in zip(used, errors, strict=True)]
    common = math.fsum(parts) / n
    variance = deviation**2 / n + common**2
    dof = math.inf if deviation == 0.0 else variance**2 / ((deviation**2 / n) ** 2 / (n - 1))
    stated = [r for r in used if r.measured_expanded is not None]
    scores = [abs(release_score(r)) for r in stated]
    return ReleaseErrors(
        tuple(errors),
        mean,
        expand(math.sqrt(variance), dof),
        deviation,
        standard_deviation_interval(deviation, n),
        proportion(sum(score <= 1.0 for score in scores), len(scores)) if scores else None,
    )


@checked
def release_score(release: Release) -> float:
    """(q_m − q_r)/sqrt[U(q_m)² + U(q_r)²]; raises ValueError where a rate or every uncertainty is missing."""
    if release.measured is None or release.measured_expanded is None:
        raise ValueError("a score needs a measured rate with its expanded uncertainty")
    together = math.hypot(release.measured_expanded, release.rate_expanded)
    if together == 0.0:
        raise ValueError("a score needs an uncertainty above zero")
    return (release.measured - release.rate) / together


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """q_m = intercept + slope·q_r with uncertainties in both, and their standard uncertainties; `chi_squared` of n − 2."""

    slope: float
    slope_u: float
    intercept: float
    intercept_u: float
    chi_squared: float
    weighted: bool


@checked
def release_line(releases: Sequence[Release]) -> ReleaseLine:
    """Line through releases and blanks that have a rate (at least 3 with two different release rates).

    With U of every measured rate: York's line, weights 1/(u_m² + b²·u_r²). Where one is missing or zero: ordinary least
    squares. Raises ValueError for fewer points.
    """
    used = [r for r in releases if r.measured is not None]
    x = np.array([r.rate for r in used])
    y = np.array([r.measured for r in used], dtype=np.float64)
    if len(used) < 3 or len(set(x.tolist())) < 2:
        raise ValueError("a line needs at least 3 measured rates at two or more release rates")
    ux = np.array([r.rate_expanded / 2.0 for r in used])
    uy = np.array([(r.measured_expanded or 0.0) / 2.0 for r in used])
    slope, intercept, rss, slope_u, intercept_u = _least_squares(x, y)
    if not np.all(uy > 0):
        spread = math.sqrt(rss / (len(used) - 2))
        return ReleaseLine(slope, slope_u * spread, intercept, intercept_u * spread, rss, False)
    return _york(x, y, ux, uy, slope)


def _least_squares(x: Floats, y: Floats) -> tuple[float, float, float, float, float]:
    """Slope, intercept, residual sum of squares, and the uncertainties of both for residuals of 1."""
    mean_x, mean_y = float(x.mean()), float(y.mean())
    sxx = float(np.sum((x - mean_x) ** 2))
    slope = float(np.sum((x - mean_x) * (y - mean_y))) / sxx
    intercept = mean_y - slope * mean_x
    rss = float(np.sum((y - intercept - slope * x) ** 2))
    return slope, intercept, rss, math.sqrt(1.0 / sxx), math.sqrt(1.0 / x.size + mean_x**2 / sxx)


def _york(x: Floats, y: Floats, ux: Floats, uy: Floats, slope: float) -> ReleaseLine:
    """York et al., Am. J. Phys. 72 (2004) 367, without correlation of x and y of a point."""
    for _ in range(ITERATIONS):
        weights = 1.0 / (uy**2 + (slope * ux) ** 2)
        total = float(weights.sum())
        mean_x, mean_y = float(weights @ x) / total, float(weights @ y) / total
        adjusted = weights * ((x - mean_x) * uy**2 + slope * (y - mean_y) * ux**2)
        before, slope = slope, float(np.sum(weights * adjusted * (y - mean_y)) / np.sum(weights * adjusted * (x - mean_x)))
        if abs(slope - before) <= 1e-12 * max(1.0, abs(slope)):
            break
    else:
        raise ValueError("the line with uncertainties in both rates did not converge; look at the uncertainties")
    intercept = mean_y - slope * mean_x
    points = mean_x + adjusted
    middle = float(weights @ points) / total
    slope_u = 1.0 / math.sqrt(float(weights @ (points - middle) ** 2))
    intercept_u = math.sqrt(1.0 / total + (middle * slope_u) ** 2)
    chi_squared = float(weights @ (y - intercept - slope * x) ** 2)
    return ReleaseLine(slope, slope_u, intercept, intercept_u, chi_squared, True)


def false_positives(releases: Sequence[Release]) -> Proportion:
    """Blanks that were reported as a detection; raises ValueError without blanks."""
    blanks = [r for r in releases if r.blank]
    if not blanks:
        raise ValueError("no blank was among the releases; the rate of false positives is not known")
    return proportion(sum(r.detected for r in blanks), len(blanks))


@checked
def plane_flux(concentration: ArrayLike, wind: ArrayLike, *, angle_degrees: float, width_m: float, height_m: float) -> float:
    """Flux through a vertical plane: Σ C·u·sin θ·Δy·Δz, in the unit of C·m³/s (kg/m³ gives kg/s).

    `concentration` (z, y) is that above background, `wind` (z) the speed in m/s at each height; cells are `width_m` by
    `height_m`. θ is the angle between wind and plane, 90° across it. Raises ValueError for shapes that do not fit, numbers
    that are not finite, cells not above zero, and an angle outside (0, 180).
    """
    content, speed = np.asarray(concentration, dtype=np.float64), np.asarray(wind, dtype=np.float64)
    if content.ndim != 2 or speed.shape != (content.shape[0],):
        raise ValueError(f"concentrations (z, y) {content.shape} need one wind speed a height, got {speed.shape}")
    if not (np.isfinite(content).all() and np.isfinite(speed).all()):
        raise ValueError("concentrations and wind must be finite numbers; fill or leave out what is missing")
    if not (width_m > 0 and height_m > 0 and 0 < angle_degrees < 180):
        raise ValueError("cells must be larger than zero, and the wind must cross the plane at an angle of 0 to 180°")
    across = math.sin(math.radians(angle_degrees))
    return float((content * speed[:, np.newaxis]).sum()) * across * width_m * height_m
