"""Accuracy of a velocity or flow device on a flow rig: error at each set-point, K-factors, their spread, and the line.

    E = (V − V_ref)/V_ref·100 %        K = V_ref/V        linearity = (K_max − K_min)/(K_max + K_min)
    repeatability = standard deviation of K at one set-point, relative to its mean

Definitions as flow laboratories calibrate meters by (the K-factor has the form of the velocity field factor Kv of
HJ 75-2017 with equal areas). Every reading is a mean over one window, beside the reference of the same window.

Uncertainty. At a set-point with n ≥ 2 readings the scatter of the n errors is all that is random: u_A = s/√n with n − 1
degrees of freedom (GUM 4.2.3); it takes the place of what the single windows say of their noise, which turbulence
correlates. With one reading the windows are all there is. The influences known by type B (certificate, area, homogeneity,
resolution) come in through both values, so that what is common to all set-points cancels where it must.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import GTC
from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand, standard_deviation_interval
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.uncertain import Influences, budget

SCATTER_INFLUENCE = "scatter between readings"


@checked
@dataclass(frozen=True, slots=True)
class VelocityPoint:
    """One reading at one set-point, which `nominal` names; reference and indication in the same unit."""

    nominal: float
    reference: Quantity
    indication: Quantity


@dataclass(frozen=True, slots=True)
class VelocityLevel:
    """One set-point: means of its readings, error in percent of the reference, K-factor; `expanded` is for it alone.

    `k_deviation_percent` is the standard deviation of K relative to its mean, None with a single reading. `budget` gives
    the standard uncertainties of the error by group of influences, in percent of the reference.
    """

    nominal: float
    readings: int
    reference: float
    indication: float
    error_percent: float
    standard_uncertainty_percent: float
    degrees_of_freedom: float
    expanded: Expanded
    k_factor: float
    k_expanded: Expanded
    k_deviation_percent: float | None
    budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Determined:
    """A value with its expanded uncertainty."""

    value: float
    expanded: Expanded


@dataclass(frozen=True, slots=True)
class VelocityAccuracy:
    """All set-points in ascending order, and what they give together.

    `largest` is the set-point whose error has the largest magnitude; `expanded` holds for all set-points at once. `k_factor`
    is the mean of the set-points' K. `linearity_percent` is (K_max − K_min)/(K_max + K_min) in percent.
    """

    levels: tuple[VelocityLevel, ...]
    largest: VelocityLevel
    expanded: Expanded
    k_factor: Determined
    linearity_percent: Determined


@dataclass(frozen=True, slots=True)
class VelocityRepeatability:
    """The largest relative standard deviation of K at one set-point, percent, with its 95 % χ² interval."""

    level: VelocityLevel
    value_percent: float
    interval_percent: tuple[float, float]


@dataclass(frozen=True, slots=True)
class VelocityLine:
    """Least squares line indication = intercept + slope·reference through the set-points' means."""

    slope: Determined
    intercept: Determined


@checked
def velocity_accuracy(points: Sequence[VelocityPoint]) -> VelocityAccuracy:
    """Determine errors and K-factors; points are grouped by `nominal`.

    Raises ValueError without points, for differing units, and for a reference or an indication that is not above zero.
    """
    influences, groups = Influences(), _grouped(points)
    levels, factors = [], []
    for number, (nominal, here) in enumerate(groups.items(), start=1):
        errors = [_relative(influences, point) for point in _known(here)]
        ratios = [influences.number(p.reference) / influences.number(p.indication) for p in _known(here)]
        error = _mean_with_scatter(influences, errors, f"{SCATTER_INFLUENCE}.{number}") * 100.0
        factor = _mean_with_scatter(influences, ratios, f"{SCATTER_INFLUENCE}.{number}", falling=True)
        factors.append(factor)
        levels.append(_level(influences, nominal, here, error, factor, [float(ratio.x) for ratio in ratios]))
    largest = max(levels, key=lambda level: abs(level.error_percent))
    together = expand(largest.standard_uncertainty_percent, largest.degrees_of_freedom, of=len(levels))
    mean = _sum(factors) / len(factors)
    top, bottom = max(factors, key=lambda k: k.x), min(factors, key=lambda k: k.x)
    spread = 100.0 * (top - bottom) / (top + bottom)
    return VelocityAccuracy(tuple(levels), largest, together, _determined(mean), _determined(spread))


@checked
def velocity_repeatability(points: Sequence[VelocityPoint]) -> VelocityRepeatability:
    """The set-point whose K scatters most; raises ValueError where one has a single reading, else as `velocity_accuracy`."""
    levels = velocity_accuracy(points).levels
    if single := [level.nominal for level in levels if level.readings < 2]:
        raise ValueError(f"repeatability needs at least 2 readings at a set-point, {single[0]:g} has one")
    level = max(levels, key=lambda level: level.k_deviation_percent or 0.0)
    value = level.k_deviation_percent or 0.0
    return VelocityRepeatability(level, value, standard_deviation_interval(value, level.readings))


@checked
def velocity_line(points: Sequence[VelocityPoint]) -> VelocityLine:
    """Fit a line by ordinary least squares to the means of the set-points, every influence carried through.

    Raises ValueError with fewer than 3 set-points, else as `velocity_accuracy`.
    """
    groups = _grouped(points)
    if len(groups) < 3:
        raise ValueError(f"a line needs at least 3 set-points, there are {len(groups)}")
    influences = Influences()
    x, y = [], []
    for number, here in enumerate(groups.values(), start=1):
        known = _known(here)
        reference = _sum([influences.number(p.reference) for p in known]) / len(known)
        error = _mean_with_scatter(influences, [_relative(influences, p) for p in known], f"{SCATTER_INFLUENCE}.{number}")
        x.append(reference)
        y.append(reference * (1.0 + error))
    mean_x, mean_y = _sum(x) / len(x), _sum(y) / len(y)
    sxy = _sum([(one - mean_x) * (other - mean_y) for one, other in zip(x, y, strict=True)])
    slope = sxy / _sum([(one - mean_x) * (one - mean_x) for one in x])
    return VelocityLine(_determined(slope), _determined(mean_y - slope * mean_x))


def _grouped(points: Sequence[VelocityPoint]) -> dict[float, list[VelocityPoint]]:
    """Points by set-point, ascending."""
    if not points:
        raise ValueError("velocity accuracy needs at least one reading")
    units = {quantity.unit for point in points for quantity in (point.reference, point.indication)}
    if len(units) > 1:
        raise ValueError(f"references and indications must be in one unit, got {', '.join(sorted(units))}")
    for point in points:
        if not point.reference.value > 0:
            raise ValueError(f"the reference at {point.nominal:g} is {point.reference.value:g}, not above zero")
        if not point.indication.value > 0:
            raise ValueError(f"the indication at {point.nominal:g} is {point.indication.value:g}, not above zero")
    return {nominal: [p for p in points if p.nominal == nominal] for nominal in sorted({p.nominal for p in points})}


def _known(points: Sequence[VelocityPoint]) -> list[VelocityPoint]:
    """Points with what is random in their windows left out, where their scatter tells of it."""
    if len(points) < 2:
        return list(points)
    return [VelocityPoint(p.nominal, _type_b(p.reference), _type_b(p.indication)) for p in points]


def _type_b(quantity: Quantity) -> Quantity:
    parts: dict[str, Component] = {n: c for n, c in quantity.components.items() if math.isinf(c.degrees_of_freedom)}
    return Quantity(quantity.value, quantity.unit, parts)


def _relative(influences: Influences, point: VelocityPoint) -> UncertainReal:
    reference = influences.number(point.reference)
    return (influences.number(point.indication) - reference) / reference


def _mean_with_scatter(
    influences: Influences, numbers: Sequence[UncertainReal], name: str, *, falling: bool = False
) -> UncertainReal:
    """Mean of the readings of one set-point; their scatter is one influence, which a K-factor falls with."""
    n = len(numbers)
    mean = _sum(numbers) / n
    if n < 2:
        return mean
    s = math.sqrt(math.fsum((float(number.x) - float(mean.x)) ** 2 for number in numbers) / (n - 1))
    scatter = influences.influence(name, float(n - 1))
    return mean + (-s if falling else s) / math.sqrt(n) * scatter


def _level(
    influences: Influences,
    nominal: float,
    points: Sequence[VelocityPoint],
    error: UncertainReal,
    factor: UncertainReal,
    ratios: Sequence[float],
) -> VelocityLevel:
    n = len(points)
    result, dof = influences.quantity(error, "%"), _degrees_of_freedom(error)
    deviation = None
    if n > 1:
        mean = math.fsum(ratios) / n
        deviation = 100.0 * math.sqrt(math.fsum((ratio - mean) ** 2 for ratio in ratios) / (n - 1)) / mean
    return VelocityLevel(
        nominal=nominal,
        readings=n,
        reference=math.fsum(p.reference.value for p in points) / n,
        indication=math.fsum(p.indication.value for p in points) / n,
        error_percent=result.value,
        standard_uncertainty_percent=result.standard_uncertainty,
        degrees_of_freedom=dof,
        expanded=expand(result.standard_uncertainty, dof),
        k_factor=float(factor.x),
        k_expanded=_determined(factor).expanded,
        k_deviation_percent=deviation,
        budget=budget(result),
    )


def _determined(number: UncertainReal) -> Determined:
    return Determined(float(number.x), expand(float(number.u), _degrees_of_freedom(number)))


def _degrees_of_freedom(number: UncertainReal) -> float:
    """Effective degrees of freedom; infinite where nothing is uncertain."""
    dof = float(GTC.dof(number))
    return math.inf if math.isnan(dof) else max(1.0, dof)


def _sum(numbers: Sequence[UncertainReal]) -> UncertainReal:
    return sum(numbers[1:], numbers[0])
