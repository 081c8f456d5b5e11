"""Suitability test of an AMS (EN 15267-3, EN ISO 9169): repeatability, detection limit, paired devices, field service."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from testbench.metrology.arguments import checked, one_axis
from testbench.metrology.coverage import expand, standard_deviation_interval


@dataclass(frozen=True, slots=True)
class RangeRepeatability:
    """Repeatability standard deviation in percent of full scale with its interval (low, high); mean in the device's unit."""

    percent_fs: float
    interval_percent_fs: tuple[float, float]
    mean: float
    standard_deviation: float
    count: int


@checked
def range_repeatability(
    readings: ArrayLike,
    *,
    full_scale: float,
    resolution: float = 0.0,
    gas_reproducibility: float = 0.0,
    probability: float = 0.95,
) -> RangeRepeatability:
    """s_r = sqrt(Σ(x − x̄)²/(n − 1)) of n ≥ 2 readings of one gas, percent of full scale (EN 15267-3, zero and span point).

    The interval is that of a standard deviation (χ²); what the gas (`gas_reproducibility`) and rounding (`resolution`²/12)
    can explain lowers its lower end, rounding raises the upper one. All in the unit of the readings. Raises ValueError for
    fewer than two readings, gaps, and a full scale that is not above zero.
    """
    x = _numbers(readings, 2)
    if not full_scale > 0:
        raise ValueError(f"full scale must be above zero, got {full_scale}")
    if not (resolution >= 0 and gas_reproducibility >= 0):
        raise ValueError(
            f"resolution and reproducibility of the gas must be 0 or more, got {resolution} and {gas_reproducibility}"
        )
    s = float(x.std(ddof=1)) if np.ptp(x) else 0.0
    low, high = standard_deviation_interval(s, int(x.size), probability)
    rounded = resolution**2 / 12
    ends = math.sqrt(max(0.0, low**2 - gas_reproducibility**2 - rounded)), math.sqrt(high**2 + rounded)
    share = 100.0 / full_scale
    return RangeRepeatability(share * s, (share * ends[0], share * ends[1]), float(x.mean()), s, int(x.size))


@checked
def detection_limit(blank_deviation: float, count: int, *, probability: float = 0.95) -> float:
    """Detection limit t·s_0: two-sided t at n − 1 degrees of freedom, s_0 of n readings of zero gas (EN ISO 9169).

    In the unit of s_0. Raises ValueError for fewer than 2 readings or a negative s_0.
    """
    if count < 2:
        raise ValueError(f"a detection limit needs at least 2 readings, got {count}")
    if not blank_deviation >= 0:
        raise ValueError(f"standard deviation must be 0 or more, got {blank_deviation}")
    return expand(blank_deviation, count - 1, probability=probability).uncertainty


@dataclass(frozen=True, slots=True)
class Reproducibility:
    """Reproducibility of two identical devices under field conditions, in the unit of their readings.

    `deviation` is s_D, `reproducibility` R_f = t·s_D. The interval is that of a standard deviation with n degrees of
    freedom, times t.
    """

    pairs: int
    deviation: float
    t: float
    reproducibility: float
    interval: tuple[float, float]


@checked
def reproducibility(one: ArrayLike, other: ArrayLike, *, probability: float = 0.95) -> Reproducibility:
    """R_f = t(0.05; n − 1)·s_D with s_D = sqrt(Σ(x_1 − x_2)²/(2n)), two-sided t (EN 15267-3, reproducibility).

    Two equally long sequences of simultaneous readings in one unit; n ≥ 2. s_D contains a constant difference between the
    two. Raises ValueError for sequences of different length, gaps, and fewer than 2 pairs.
    """
    x, y = _numbers(one, 2), _numbers(other, 2)
    if x.size != y.size:
        raise ValueError(f"{x.size} and {y.size} readings do not make pairs")
    n = int(x.size)
    deviation = math.sqrt(float((x - y) @ (x - y)) / (2 * n))
    t = float(special.stdtrit(n - 1, (1.0 + probability) / 2.0))
    low, high = standard_deviation_interval(deviation, n + 1, probability)
    return Reproducibility(n, deviation, t, t * deviation, (t * low, t * high))


@checked
def availability_percent(total_h: float, outages_h: Sequence[float]) -> float:
    """Availability: (total − outages)/total·100 % (EN 15267-3, field test). Hours; maintenance and checks count as outages.

    Raises ValueError for a total that is not above zero, and outages that are negative or longer than it.
    """
    if not total_h > 0:
        raise ValueError(f"the time of the field test must be above zero, got {total_h:g} h")
    lost = math.fsum(outages_h)
    if any(not outage >= 0 for outage in outages_h) or lost > total_h:
        raise ValueError(f"outages of {lost:g} h do not fit into {total_h:g} h")
    return 100.0 * (total_h - lost) / total_h


@checked
@dataclass(frozen=True, slots=True)
class FieldCheck:
    """One check of zero and span in the field: days since the first one, deviations from it in percent of full scale."""

    day: float
    zero_percent_fs: float
    span_percent_fs: float


@dataclass(frozen=True, slots=True)
class MaintenanceInterval:
    """How long an AMS stayed within the permitted drift, and the largest drifts (signed) in that time.

    `days` is the last check before the first one outside, or the last of all; `exceeded_on` is the day of that.
    """

    days: float
    exceeded_on: float | None
    zero_percent_fs: float
    span_percent_fs: float


@checked
def maintenance_interval(checks: Sequence[FieldCheck], *, permitted_percent_fs: float) -> MaintenanceInterval:
    """The longest time without adjustment in which zero and span drift stay within what is permitted (EN 15267-3).

    The checks are in the order of their days and begin with that to which the others are compared (day 0, deviations 0).
    Raises ValueError for no check, days that do not ascend, or a permitted drift that is not above zero.
    """
    if not checks:
        raise ValueError("a maintenance interval needs at least one check after the first")
    if not permitted_percent_fs > 0:
        raise ValueError(f"the permitted drift must be above zero, got {permitted_percent_fs:g}")
    if any(later.day <= earlier.day for earlier, later in itertools.pairwise(checks)):
        raise ValueError("the days of the checks must ascend")
    kept: list[FieldCheck] = []
    exceeded = None
    for check in checks:
        if max(abs(check.zero_percent_fs), abs(check.span_percent_fs)) > permitted_percent_fs:
            exceeded = check.day
            break
        kept.append(check)
    zero = max((check.zero_percent_fs for check in kept), key=abs, default=0.0)
    span = max((check.span_percent_fs for check in kept), key=abs, default=0.0)
    return MaintenanceInterval(kept[-1].day if kept else 0.0, exceeded, zero, span)


def _numbers(readings: ArrayLike, least: int) -> NDArray[np.float64]:
    x = one_axis(readings, "readings")
    if x.size < least:
        raise ValueError(f"at least {least} readings are needed, got {x.size}")
    if not np.isfinite(x).all():
        raise ValueError(f"reading {int(np.flatnonzero(~np.isfinite(x))[0]) + 1} of {x.size} is missing")
    return x
