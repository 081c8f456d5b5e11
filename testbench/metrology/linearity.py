"""Linearity: the error at each level after zero and span were adjusted, and the residuals from a regression line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import GTC
import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.arguments import checked, one_axis
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import excess_scatter, mean_of
from testbench.metrology.uncertain import Influences, budget

DRIFT_INFLUENCE = "drift during the test"
SCATTER_INFLUENCE = "scatter between passes"


@checked
@dataclass(frozen=True, slots=True)
class LinearityPoint:
    """One reading at one level: pass, nominal content as fraction of full scale, gas and indication in the same unit."""

    pass_number: int
    nominal_fraction: float
    reference: Quantity
    indication: Quantity


@dataclass(frozen=True, slots=True)
class AdjustmentPoint:
    """The gas that was supplied, and the indication that was made equal to it, when zero or span was adjusted."""

    reference: Quantity
    indication: Quantity


@dataclass(frozen=True, slots=True)
class LinearityLevel:
    """Error of one level.

    `reference` and `indication` are means over the passes in the unit of the device. `error_percent_fs` and everything about
    its uncertainty are in percent of full scale; `expanded` is for this level alone; `budget` gives standard uncertainties
    by group of influences. `error_percent_nominal` is in percent of the reference, None at a zero level.
    """

    nominal_fraction: float
    passes: int
    reference: float
    indication: float
    error_percent_fs: float
    error_percent_nominal: float | None
    standard_uncertainty: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Linearity:
    """All levels in ascending order, the one of largest magnitude with its sign, and its uncertainty.

    `largest_index` counts `levels` from 0. `expanded` belongs to `largest` and holds for all levels at once.
    """

    levels: tuple[LinearityLevel, ...]
    largest: LinearityLevel
    largest_index: int
    expanded: Expanded


@checked
def linearity_error(
    points: Sequence[LinearityPoint],
    *,
    full_scale: float,
    zero: AdjustmentPoint,
    span: AdjustmentPoint,
    zero_shift: float = 0.0,
    span_shift: float = 0.0,
) -> Linearity:
    """Determine the linearity error at each level (HJ 76-2017): (mean indication − mean reference)/full_scale·100 %.

    Points are grouped by `nominal_fraction`; means are over the passes. `full_scale` and both shifts are in the unit of the
    readings.

    The measurand is the error that the device would show had it been adjusted with perfect gas and noiseless readings. A gas
    that was wrong at the adjustment shifts the device's line, so its error comes in again and partly cancels. With
    r = (reference − zero gas)/(span gas − zero gas), δ the unknown error of a gas (true − stated) and ε that of an
    adjustment reading:

        error = indication − reference + δ_span·r + δ_zero·(1 − r) − ε_span·r − ε_zero·(1 − r) + drift

    The δ and ε are zero in value and carry the uncertainty. Gases blended from one pair of cylinders cancel completely.
    `zero_shift` and `span_shift` are the changes of the zero and span readings from the adjustment to the end of the test;
    drift is rectangular with half-width a = |zero_shift·(1 − r) + span_shift·r| and u = a/√3. It is not corrected for.

    The passes are a check on all that: where their differences indication − reference scatter more than the stated
    influences and the drift explain (pooled over the levels, s above the 95 % interval of what is expected), the excess
    sqrt(s² − expected²)/√passes is one influence more, with the degrees of freedom of s. So a device that remembers the gas
    before is not judged by its noise alone.

    Raises ValueError without points, for differing units, a full scale that is not above zero, or a span gas that is not
    above the zero gas.
    """
    _check(points, full_scale, zero, span)
    influences = Influences()
    number = influences.number
    delta_zero, delta_span = (number(p.reference) - p.reference.value for p in (zero, span))
    epsilon_zero, epsilon_span = (number(p.indication) - p.indication.value for p in (zero, span))
    fractions = sorted({point.nominal_fraction for point in points})
    passes = {f: [point for point in points if point.nominal_fraction == f] for f in fractions}

    def position(reference: float) -> float:
        return (reference - zero.reference.value) / (span.reference.value - zero.reference.value)

    def drift_uncertainty(r: float) -> float:
        return abs(zero_shift * (1 - r) + span_shift * r) / math.sqrt(3)

    differences = [[number(p.indication) - number(p.reference) for p in passes[f]] for f in fractions]
    drifts = [drift_uncertainty(position(passes[f][0].reference.value)) for f in fractions]
    excess, excess_dof = excess_scatter(differences, drifts, negligible=1e-9 * full_scale)
    drift = influences.influence(DRIFT_INFLUENCE)
    scatter = influences.influence(SCATTER_INFLUENCE, excess_dof)

    def level(fraction: float) -> LinearityLevel:
        here = passes[fraction]
        reference = mean_of([number(point.reference) for point in here])
        indication = mean_of([number(point.indication) for point in here])
        r = position(float(reference.x))
        error = indication - reference + (delta_span - epsilon_span) * r + (delta_zero - epsilon_zero) * (1 - r)
        error = error + drift_uncertainty(r) * drift + excess / math.sqrt(len(here)) * scatter
        error = 100 * error / full_scale
        result = influences.quantity(error, "%FS")
        u, dof = result.standard_uncertainty, float(GTC.dof(error))
        percent_nominal = None
        if fraction > 0 and reference.x > 0:
            percent_nominal = result.value * full_scale / float(reference.x)
        return LinearityLevel(
            nominal_fraction=fraction,
            passes=len(here),
            reference=float(reference.x),
            indication=float(indication.x),
            error_percent_fs=result.value,
            error_percent_nominal=percent_nominal,
            standard_uncertainty=u,
            degrees_of_freedom=dof,
            expanded=expand(u, dof),
            budget=budget(result),
        )

    levels = tuple(level(fraction) for fraction in fractions)
    index = max(range(len(levels)), key=lambda i: abs(levels[i].error_percent_fs))
    largest = levels[index]
    together = expand(largest.standard_uncertainty, largest.degrees_of_freedom, of=len(levels))
    return Linearity(levels, largest, index, together)


def _check(points: Sequence[LinearityPoint], full_scale: float, zero: AdjustmentPoint, span: AdjustmentPoint) -> None:
    if not points:
        raise ValueError("linearity needs at least one point")
    if not full_scale > 0:
        raise ValueError(f"full scale must be above zero, got {full_scale}")
    everything: list[LinearityPoint | AdjustmentPoint] = [*points, zero, span]
    units = {quantity.unit for point in everything for quantity in (point.reference, point.indication)}
    if len(units) > 1:
        raise ValueError(f"references and indications must be in one unit, got {', '.join(sorted(units))}")
    if not span.reference.value > zero.reference.value:
        raise ValueError(
            f"the span gas ({span.reference.value:g} {span.reference.unit}) must be above the zero gas "
            f"({zero.reference.value:g} {zero.reference.unit})"
        )


@dataclass(frozen=True, slots=True)
class Regression:
    """Least squares line indication = intercept + slope·reference, its standard errors, and what it leaves.

    `residuals` (one for each pair, indication − line) and `residual_deviation` (n − 2 degrees of freedom) are in the unit
    of the indication. `largest_residual` is the signed one of largest magnitude: the lack of fit.
    """

    slope: float
    intercept: float
    slope_error: float
    intercept_error: float
    residual_deviation: float
    residuals: tuple[float, ...]
    largest_residual: float
    largest_index: int


@checked
def regression_residuals(reference: ArrayLike, indication: ArrayLike) -> Regression:
    """Fit a line by ordinary least squares to n ≥ 3 pairs (two arrays of one length) and return the residuals.

    Lack of fit as EN 15267-3 and ISO 9169 have it: residuals of the mean readings of the levels from the regression line.
    Slope Sxy/Sxx about the means; standard errors s/√Sxx and s·sqrt(1/n + x̄²/Sxx) with s² = Σ residual²/(n − 2).
    Raises ValueError for differing lengths, gaps, fewer than three pairs, or references that are all equal.
    """
    x, y = _pairs(reference, indication)
    n = x.size
    dx, dy = x - x.mean(), y - y.mean()
    sxx = float(dx @ dx)
    if sxx == 0:
        raise ValueError("a regression line needs references that differ")
    slope = float(dx @ dy) / sxx
    intercept = float(y.mean() - slope * x.mean())
    residuals = dy - slope * dx
    s = math.sqrt(float(residuals @ residuals) / (n - 2))
    index = int(np.argmax(np.abs(residuals)))
    return Regression(
        slope=slope,
        intercept=intercept,
        slope_error=s / math.sqrt(sxx),
        intercept_error=s * math.sqrt(1 / n + float(x.mean()) ** 2 / sxx),
        residual_deviation=s,
        residuals=tuple(float(residual) for residual in residuals),
        largest_residual=float(residuals[index]),
        largest_index=index,
    )


def _pairs(reference: ArrayLike, indication: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = one_axis(reference, "reference")
    y = one_axis(indication, "indication")
    if x.size != y.size:
        raise ValueError(f"as many references as indications are needed, got {x.size} and {y.size}")
    if x.size < 3:
        raise ValueError(f"a regression line with residuals needs at least 3 pairs, got {x.size}")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a regression line needs pairs without gaps")
    return x, y
