"""Scatter between repeated readings: what goes beyond the stated influences, and means that carry it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import GTC
from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import standard_deviation_interval
from testbench.metrology.quantity import Quantity


def total(numbers: Sequence[UncertainReal]) -> UncertainReal:
    """Sum of one or more uncertain numbers."""
    return sum(numbers[1:], numbers[0])


def mean_of(numbers: Sequence[UncertainReal]) -> UncertainReal:
    """Mean of one or more uncertain numbers."""
    return total(numbers) / len(numbers)


def degrees_of_freedom(number: UncertainReal) -> float:
    """Effective degrees of freedom; infinite where nothing is uncertain, never below 1."""
    dof = float(GTC.dof(number))
    return math.inf if math.isnan(dof) else max(1.0, dof)


@checked
def excess_scatter(
    groups: Sequence[Sequence[UncertainReal]], drifts: Sequence[float] = (), *, negligible: float
) -> tuple[float, float]:
    """Return the standard deviation within groups beyond what their uncertainties explain, and its degrees of freedom.

    Pooled over the groups: s² = Σ(x − mean)²/Σ(n − 1). `drifts` are standard uncertainties that explain scatter as well, one
    a group; all in the unit of the numbers. Where the lower end of the 90 % interval of s is not above what is expected, or
    s is not above `negligible`, nothing is in excess: (0, inf).
    """
    found = expected = 0.0
    dof = 0
    for group, drift in zip(groups, drifts or [0.0] * len(groups), strict=True):
        mean = mean_of(group)
        found += math.fsum(float(each.x - mean.x) ** 2 for each in group)
        expected += math.fsum(float((each - mean).u) ** 2 for each in group) + (len(group) - 1) * drift**2
        dof += len(group) - 1
    if dof == 0 or math.sqrt(found / dof) <= negligible:
        return 0.0, math.inf
    low, _ = standard_deviation_interval(math.sqrt(found / dof), dof + 1, 0.9)
    if low <= math.sqrt(expected / dof):
        return 0.0, math.inf
    return math.sqrt((found - expected) / dof), float(dof)


def check_units(quantities: Sequence[Quantity]) -> None:
    """Raise ValueError where quantities that are combined are in different units."""
    units = {quantity.unit for quantity in quantities}
    if len(units) > 1:
        raise ValueError(f"references and indications must be in one unit, got {', '.join(sorted(units))}")


def check_full_scale(full_scale: float) -> None:
    """Raise ValueError for a full scale that is not above zero."""
    if not full_scale > 0:
        raise ValueError(f"full scale must be above zero, got {full_scale}")
