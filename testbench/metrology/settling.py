"""Whether a window of readings is settled, and how far from the final value its end may still be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.arguments import checked, one_axis

Floats = NDArray[np.float64]

MINIMUM_READINGS = 6
SLOWEST_DECAY = 0.95  # from one third of the window to the next; slower is not told from a steady drift


@dataclass(frozen=True, slots=True)
class SettlingEvidence:
    """What was found in one window, in the unit of the readings.

    `shift` is the mean of the second half of the window minus that of the first, `allowed` the largest magnitude it may
    have, `noise` the standard deviation of a reading about the mean of its half. `residual` is the expected distance of the
    reading at the end of the window from where it is going (reading − final value). With fewer than six valid readings, or
    fewer than two in a half, nothing is known: all of them are NaN, and it is not stable.
    """

    stable: bool
    shift: float
    allowed: float
    noise: float
    residual: float
    window_s: float


@checked
def settled(times: ArrayLike, values: ArrayLike, *, tolerance: float) -> SettlingEvidence:
    """Judge a window of readings (`times` in s, strictly ascending; `values` of the same length, NaN is a gap).

    Stable is a shift between the halves of at most max(tolerance, 2·s·sqrt(1/n1 + 1/n2)), so that noise alone seldom counts
    as movement. The halves are by time.

    The residual assumes a final value plus A·exp(−t/τ). With means m1, m2, m3 of the thirds of the window, each w long,
    ρ = exp(−w/τ) = (m3 − m2)/(m2 − m1), and the distance at the end is (m3 − m2)·ρ²·ln ρ/(1 − ρ)². Where no decay is
    resolved (a movement within its noise, or ρ not between 0 and 0.95) the residual is minus the shift: it goes on as it
    went.

    Raises ValueError for arrays that do not fit, times out of order, or a negative tolerance.
    """
    t = one_axis(times, "times")
    v = one_axis(values, "values")
    if t.size != v.size:
        raise ValueError(f"as many times as values are needed, got {t.size} and {v.size}")
    if not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        raise ValueError("times must be finite and strictly ascending")
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be 0 or more, got {tolerance}")
    window = float(t[-1] - t[0]) if t.size else 0.0
    valid = np.isfinite(v)
    unknown = SettlingEvidence(False, math.nan, math.nan, math.nan, math.nan, window)
    if valid.sum() < MINIMUM_READINGS:
        return unknown
    first, second = _split(t[valid], v[valid], float(t[0]), window, 2)
    if min(first.size, second.size) < 2:
        return unknown
    shift = float(second.mean() - first.mean())
    squares = float(((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum())
    noise = math.sqrt(squares / (first.size + second.size - 2))
    allowed = max(tolerance, 2 * noise * math.sqrt(1 / first.size + 1 / second.size))
    residual = _residual(_split(t[valid], v[valid], float(t[0]), window, 3), shift)
    return SettlingEvidence(abs(shift) <= allowed, shift, allowed, noise, residual, window)


def _split(t: Floats, v: Floats, start: float, window: float, pieces: int) -> list[Floats]:
    """Values in each of equal pieces of the window."""
    piece = np.minimum((t - start) / window * pieces, pieces - 1).astype(np.intp)
    return [v[piece == i] for i in range(pieces)]


def _residual(thirds: list[Floats], shift: float) -> float:
    """Distance of the end of the window from the final value of a decaying exponential."""
    if min(third.size for third in thirds) < 2:
        return -shift
    m1, m2, m3 = (float(third.mean()) for third in thirds)
    early, late = m2 - m1, m3 - m2
    scatter = math.sqrt(sum(float(third.var(ddof=1)) / third.size for third in thirds))
    if abs(early) <= 2 * scatter or not 0 < late / early < SLOWEST_DECAY:
        return -shift
    rho = late / early
    return late * rho**2 * math.log(rho) / (1 - rho) ** 2
