"""Velocity field coefficient of HJ 75-2017, its precision, and the correlation of stack and device velocities.

    Kv,i = (Fs/Fp)·(Vs/Vp)        S = sqrt[Σ(Kv,i − K̄v)²/(n − 1)]        CV = S/K̄v·100 %

Vs is the mean velocity of the reference's traverse, Fs the area of that section; Vp is the velocity that the device measures
at its point or line, Fp the area of its section. The sets of each day give a daily mean. The standard asks for at least 5
sets a day on 3 days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand, standard_deviation_interval
from testbench.metrology.regression import fit_line

LEAST_SETS_A_DAY = 5
LEAST_DAYS = 3
LEAST_PAIRS = 9


@checked
@dataclass(frozen=True, slots=True)
class FieldSet:
    """One set: its day (any whole number), mean of the traverse and of the device over the same time, in one unit."""

    day: int
    traverse: float
    point: float


@dataclass(frozen=True, slots=True)
class FieldDay:
    """One day: the number of its sets and the mean of their coefficients."""

    day: int
    sets: int
    mean: float


@dataclass(frozen=True, slots=True)
class Precision:
    """Relative standard deviation of n coefficients in percent, and its 95 % interval; the values are of `of` things."""

    percent: float
    interval_percent: tuple[float, float]
    of: int


@dataclass(frozen=True, slots=True)
class VelocityField:
    """Coefficients in the order of the sets, daily means, and K̄v; `expanded` is for K̄v, by its scatter alone.

    `mean` is that of the sets of all days. `by_sets` takes every set as one Kv,i; `by_days` every daily mean, None with a
    single day.
    """

    coefficients: tuple[float, ...]
    days: tuple[FieldDay, ...]
    mean: float
    expanded: Expanded
    by_sets: Precision
    by_days: Precision | None

    @property
    def complete(self) -> bool:
        """Whether there are as many sets and days as the standard asks for."""
        return len(self.days) >= LEAST_DAYS and min(day.sets for day in self.days) >= LEAST_SETS_A_DAY


@checked
def velocity_field(sets: Sequence[FieldSet], *, area_ratio: float = 1.0) -> VelocityField:
    """Velocity field coefficients of n ≥ 2 sets; `area_ratio` is Fs/Fp.

    The standard's Kv,i is taken as the coefficient of one set; the text does not settle whether a daily mean is meant, so
    that precision is given too. Raises ValueError for fewer than 2 sets, velocities or an area ratio not above zero.
    """
    if len(sets) < 2:
        raise ValueError(f"a precision needs at least 2 sets, got {len(sets)}")
    if not (area_ratio > 0 and math.isfinite(area_ratio)):
        raise ValueError(f"the ratio of the areas Fs/Fp must be above zero, got {area_ratio:g}")
    for number, one in enumerate(sets, start=1):
        if not (0 < one.traverse < math.inf and 0 < one.point < math.inf):
            raise ValueError(f"set {number}: velocities must be above zero, got {one.traverse:g} and {one.point:g}")
    coefficients = tuple(area_ratio * one.traverse / one.point for one in sets)
    by_day: dict[int, list[float]] = {}
    for one, coefficient in zip(sets, coefficients, strict=True):
        by_day.setdefault(one.day, []).append(coefficient)
    days = tuple(FieldDay(day, len(values), math.fsum(values) / len(values)) for day, values in sorted(by_day.items()))
    mean, deviation, by_sets = _precision(coefficients)
    n = len(coefficients)
    return VelocityField(
        coefficients=coefficients,
        days=days,
        mean=mean,
        expanded=expand(deviation / math.sqrt(n), float(n - 1)),
        by_sets=by_sets,
        by_days=_precision([day.mean for day in days])[2] if len(days) > 1 else None,
    )


def _precision(values: Sequence[float]) -> tuple[float, float, Precision]:
    n = len(values)
    mean = math.fsum(values) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1))
    low, high = standard_deviation_interval(deviation, n)
    return mean, deviation, Precision(100.0 * deviation / mean, (100.0 * low / mean, 100.0 * high / mean), n)


@dataclass(frozen=True, slots=True)
class VelocityCorrelation:
    """Line Vs = intercept + slope·Vp by least squares, r, and its 95 % interval (Fisher's z; None with 3 pairs).

    `residual` is the standard deviation about the line, in the unit of the velocities.
    """

    slope: float
    intercept: float
    r: float
    interval: tuple[float, float] | None
    residual: float
    pairs: int


@checked
def velocity_correlation(traverse: Sequence[float], point: Sequence[float]) -> VelocityCorrelation:
    """Correlate stack velocities Vs (n) with those of the device Vp (n), n ≥ 3; HJ 75-2017 in place of Kv.

    r = Σ(x − x̄)(y − ȳ)/sqrt[Σ(x − x̄)²·Σ(y − ȳ)²]; tanh(artanh r ± 1.96/√(n − 3)) (Fisher 1915). Raises ValueError for
    fewer pairs, unequal lengths, numbers not finite and velocities that are all equal.
    """
    n = len(traverse)
    if n != len(point) or n < 3:
        raise ValueError(f"a correlation needs at least 3 pairs, got {n} and {len(point)} velocities")
    if not all(map(math.isfinite, (*traverse, *point))):
        raise ValueError("velocities must be finite numbers")
    mean_x, mean_y = math.fsum(point) / n, math.fsum(traverse) / n
    sxx = math.fsum((x - mean_x) ** 2 for x in point)
    syy = math.fsum((y - mean_y) ** 2 for y in traverse)
    if not (sxx > 0 and syy > 0):
        raise ValueError("the velocities are all equal: without a spread there is no correlation")
    sxy = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(point, traverse, strict=True))
    r = max(-1.0, min(1.0, sxy / math.sqrt(sxx * syy)))
    line = fit_line(point, traverse)
    return VelocityCorrelation(line.slope, line.offset, r, _fisher(r, n), line.residual_standard_deviation or 0.0, n)


def _fisher(r: float, n: int) -> tuple[float, float] | None:
    if n < 4:
        return None
    if abs(r) >= 1.0:
        return (r, r)
    z, half = math.atanh(r), expand(1.0 / math.sqrt(n - 3)).uncertainty
    return math.tanh(z - half), math.tanh(z + half)
