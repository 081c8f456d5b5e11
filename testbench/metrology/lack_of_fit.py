"""Lack of fit: how far the mean reading of each level lies from the regression line through all readings.

EN 15267-3, EN ISO 9169 and EN 14181 Annex B. Zero and span need not be adjusted: the line takes up what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import GTC
from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.linearity import LinearityPoint, regression_residuals
from testbench.metrology.uncertain import Influences, budget


@dataclass(frozen=True, slots=True)
class FitLevel:
    """One level: means in the device's unit, residual and its uncertainty in percent of full scale.

    `expanded` is for this level alone; `budget` gives standard uncertainties by group of influences.
    """

    nominal_fraction: float
    visits: int
    reference: float
    indication: float
    residual_percent_fs: float
    standard_uncertainty: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LackOfFit:
    """Levels in ascending order, the residual of largest magnitude with its sign, and the line.

    `expanded` belongs to `largest` and holds for all levels at once. Slope has no unit, intercept that of the device.
    """

    levels: tuple[FitLevel, ...]
    largest: FitLevel
    expanded: Expanded
    slope: float
    intercept: float


@checked
def lack_of_fit(points: Sequence[LinearityPoint], *, full_scale: float) -> LackOfFit:
    """Residuals of the levels' mean readings from the least squares line through all points, percent of full scale.

    Points are single readings or means of one visit; those of one `nominal_fraction` are a level. With the residual matrix
    M = 1 − H of the line, the residuals are r = M·y, and an error δ of the gas acts as −b·M·δ: so a gas that is wrong by a
    constant or by a share of its content changes nothing, and what is common to all settings cancels.

    Raises ValueError for fewer than three levels, differing units, and a full scale that is not above zero.
    """
    _check(points, full_scale)
    influences = Influences()
    references = [influences.number(point.reference) for point in points]
    indications = [influences.number(point.indication) for point in points]
    x = [point.reference.value for point in points]
    line = regression_residuals(x, [point.indication.value for point in points])
    n = len(points)
    mean = sum(x) / n
    sxx = sum((each - mean) ** 2 for each in x)
    # What the line does with an error of each point: it moves the mean and turns about it.
    acting = [y - line.slope * (r - r.x) for y, r in zip(indications, references, strict=True)]
    moved = _sum(acting) / n
    turned = _sum([(each - mean) / sxx * a for each, a in zip(x, acting, strict=True)])

    def level(fraction: float) -> FitLevel:
        here = [i for i, point in enumerate(points) if point.nominal_fraction == fraction]
        residual = _sum([acting[i] - moved - (x[i] - mean) * turned for i in here]) / len(here)
        number = 100 * residual / full_scale
        result = influences.quantity(number, "%FS")
        u, dof = result.standard_uncertainty, float(GTC.dof(number)) if result.components else float("inf")
        return FitLevel(
            nominal_fraction=fraction,
            visits=len(here),
            reference=sum(x[i] for i in here) / len(here),
            indication=sum(points[i].indication.value for i in here) / len(here),
            residual_percent_fs=result.value,
            standard_uncertainty=u,
            degrees_of_freedom=dof,
            expanded=expand(u, dof),
            budget=budget(result),
        )

    levels = tuple(level(fraction) for fraction in sorted({point.nominal_fraction for point in points}))
    largest = max(levels, key=lambda each: abs(each.residual_percent_fs))
    together = expand(largest.standard_uncertainty, largest.degrees_of_freedom, of=len(levels))
    return LackOfFit(levels, largest, together, line.slope, line.intercept)


def _sum(numbers: Sequence[UncertainReal]) -> UncertainReal:
    return sum(numbers[1:], numbers[0])


def _check(points: Sequence[LinearityPoint], full_scale: float) -> None:
    levels = {point.nominal_fraction for point in points}
    if len(levels) < 3:
        raise ValueError(f"lack of fit needs at least 3 levels, got {len(levels)}")
    if not full_scale > 0:
        raise ValueError(f"full scale must be above zero, got {full_scale}")
    units = {quantity.unit for point in points for quantity in (point.reference, point.indication)}
    if len(units) > 1:
        raise ValueError(f"references and indications must be in one unit, got {', '.join(sorted(units))}")
