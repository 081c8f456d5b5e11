"""Parallelism: how far identical units, read at the same time on the same gas, are from one another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from testbench.metrology.arguments import checked
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import check_units, mean_of
from testbench.metrology.uncertain import Influences

NORMAL_FROM = 1e4  # beyond this noncentrality χ² is normal to a part in a thousand


@dataclass(frozen=True, slots=True)
class ParallelismLevel:
    """Spread of the units at one level, percent of their mean, with the interval of the units' own spread.

    `indications` are in the device's unit, in the order of the units. `interval_percent` is for this level alone.
    """

    nominal_fraction: float
    indications: tuple[float, ...]
    mean: float
    percent: float
    interval_percent: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Parallelism:
    """All levels ascending, and the largest, whose `interval_percent` holds for all levels at once."""

    levels: tuple[ParallelismLevel, ...]
    largest: ParallelismLevel
    interval_percent: tuple[float, float]


@checked
def parallelism(levels: Sequence[tuple[float, Sequence[Quantity]]], *, probability: float = 0.95) -> Parallelism:
    """Determine P_j = (1/C̄_j)·sqrt[Σ(C_ij − C̄_j)²/(m − 1)]·100 % at each level j, and the largest (HJ 76-2017, parallelism).

    `levels` are (nominal fraction of full scale, indications of the m ≥ 2 units in one unit and order). The units are those
    that were submitted, no sample of others: the measurand is the spread of their true indications, and what is uncertain is
    the noise of the readings; the gas is common. With σ² the mean square noise of a unit, Σ(C_ij − C̄_j)²/σ² follows a
    noncentral χ² of m − 1 degrees of freedom, whose noncentrality is the true sum of squares over σ²; the interval is found
    by inverting it at (1 ± p)/2; readings that agree better than their noise explains count for its upper end as noise
    would have it. The largest is chosen after it was seen: its interval is at p^(1/levels) (Šidák).

    Raises ValueError without levels, for fewer than two units, another number of units at another level, differing units of
    measurement, or a mean that is not above zero.
    """
    if not levels:
        raise ValueError("parallelism needs at least one level")
    counts = {len(indications) for _, indications in levels}
    if len(counts) > 1 or min(counts) < 2:
        raise ValueError("parallelism needs two or more units, the same at every level")
    check_units([indication for _, indications in levels for indication in indications])
    ordered = sorted(levels, key=lambda level: level[0])
    found = tuple(_level(fraction, indications, probability) for fraction, indications in ordered)
    index = max(range(len(found)), key=lambda i: found[i].percent)
    together = _level(*ordered[index], probability ** (1 / len(ordered)))
    return Parallelism(found, found[index], together.interval_percent)


def _level(fraction: float, indications: Sequence[Quantity], probability: float) -> ParallelismLevel:
    influences = Influences()
    numbers = [influences.number(indication) for indication in indications]
    mean = mean_of(numbers)
    if not mean.x > 0:
        raise ValueError(f"parallelism is relative to the mean of the units, which must be above zero; it is {mean.x:g}")
    m = len(numbers)
    squares = math.fsum(float(number.x - mean.x) ** 2 for number in numbers)
    # The variance of a deviation from the mean is σ²·(m − 1)/m for units of equal, independent noise.
    noise = math.fsum(float((number - mean).u) ** 2 for number in numbers) / (m - 1)
    low, high = spread_interval(squares, noise, m - 1, probability)

    def relative(sum_of_squares: float) -> float:
        return 100 * math.sqrt(sum_of_squares / (m - 1)) / float(mean.x)

    indicated = tuple(indication.value for indication in indications)
    return ParallelismLevel(fraction, indicated, float(mean.x), relative(squares), (relative(low), relative(high)))


@checked
def spread_interval(squares: float, noise: float, degrees_of_freedom: int, probability: float) -> tuple[float, float]:
    """Interval of a true sum of squares when `squares` was found and each degree of freedom has the noise variance `noise`.

    Both in the square of one unit. Without noise it is (squares, squares).
    """
    if noise <= 0.0:
        return squares, squares
    found = squares / noise
    at_least = max(found, float(degrees_of_freedom))
    lower_tail, upper_tail = (1 - probability) / 2, (1 + probability) / 2
    if found > NORMAL_FROM:
        half_width = float(special.ndtri(upper_tail))
        root = math.sqrt(found)
        return noise * (root - half_width) ** 2, noise * (root + half_width) ** 2
    return (
        noise * _noncentrality(found, degrees_of_freedom, upper_tail),
        noise * _noncentrality(at_least, degrees_of_freedom, lower_tail),
    )


def _noncentrality(found: float, degrees_of_freedom: int, probability: float) -> float:
    """The noncentrality for which χ² is below `found` with this probability; 0 where it always is with less."""
    from scipy.optimize import brentq  # heavy; needed here only

    def excess(noncentrality: float) -> float:
        return float(special.chndtr(found, degrees_of_freedom, noncentrality)) - probability

    if float(special.chdtr(degrees_of_freedom, found)) <= probability:
        return 0.0
    upper = (math.sqrt(found) + 10.0) ** 2
    return float(brentq(excess, 0.0, upper, xtol=1e-9 * upper))
