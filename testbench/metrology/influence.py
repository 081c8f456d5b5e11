"""Influence of a condition (ambient temperature, supply voltage, sample flow, pressure, frequency) on a reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import check_full_scale, check_units, degrees_of_freedom, mean_of
from testbench.metrology.uncertain import Influences, budget

CONDITION_INFLUENCE = "condition reached"


@checked
@dataclass(frozen=True, slots=True)
class InfluencePoint:
    """A reading of one gas at one value of a condition.

    `at_reference` says that the condition has its reference value there. `condition` is the value that was reached and
    `condition_uncertainty` its standard uncertainty, in the condition's unit; reference and indication are in one unit.
    """

    condition: float
    at_reference: bool
    reference: Quantity
    indication: Quantity
    condition_uncertainty: float = 0.0


@dataclass(frozen=True, slots=True)
class InfluenceChange:
    """Change of the reading at one value of the condition, percent of full scale; `expanded` is for it alone.

    `position` counts the readings from 0. `bracketed` says that readings at the reference stand before and after it.
    `budget` gives the standard uncertainties by group of influences.
    """

    position: int
    condition: float
    percent_fs: float
    bracketed: bool
    standard_uncertainty: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Influence:
    """All changes in the order they were read, the largest with its sign, and its U, which holds for all at once."""

    changes: tuple[InfluenceChange, ...]
    largest: InfluenceChange
    expanded: Expanded


@checked
def influence(points: Sequence[InfluencePoint], *, full_scale: float) -> Influence:
    """Determine the influence of a condition: (M_c − mean of the bracketing readings at the reference)/full_scale·100 %.

    HJ 76-2017 laboratory items, ambient temperature (b_st), sample flow (V) and supply voltage (U). `points` stand in time
    order. The bracketing readings are the nearest at the reference before and after; of a reading that is bracketed on one
    side only, that one. So a steady drift cancels where the readings are equally far apart. The values are the readings as
    they are; the uncertainty is that of (ind − ref) at the condition minus the same of the mean, with shared influences:
    the cylinder cancels, the divider's reproducibility does not. The condition's own uncertainty counts by the slope,
    change/(condition − mean condition of the bracketing readings). Of equal magnitudes the first is the largest.

    Raises ValueError without a reading at or off the reference, for differing units, and a full scale not above zero.
    """
    check_full_scale(full_scale)
    if not any(point.at_reference for point in points) or all(point.at_reference for point in points):
        raise ValueError("an influence needs readings at the reference condition and at another")
    check_units([quantity for point in points for quantity in (point.reference, point.indication)])
    influences = Influences()
    errors = [influences.number(point.indication) - influences.number(point.reference) for point in points]
    changes = tuple(
        _change(influences, points, errors, position, full_scale)
        for position, point in enumerate(points)
        if not point.at_reference
    )
    largest = max(changes, key=lambda change: abs(change.percent_fs))
    together = expand(largest.standard_uncertainty, largest.degrees_of_freedom, of=len(changes))
    return Influence(changes, largest, together)


def _change(
    influences: Influences,
    points: Sequence[InfluencePoint],
    errors: Sequence[UncertainReal],
    position: int,
    full_scale: float,
) -> InfluenceChange:
    point = points[position]
    earlier = [i for i in range(position) if points[i].at_reference][-1:]
    later = [i for i in range(position + 1, len(points)) if points[i].at_reference][:1]
    around = [*earlier, *later]
    base = sum(points[i].indication.value for i in around) / len(around)
    percent = 100 * (point.indication.value - base) / full_scale
    number = 100 * (errors[position] - mean_of([errors[i] for i in around])) / full_scale
    distance = point.condition - sum(points[i].condition for i in around) / len(around)
    if distance != 0.0 and point.condition_uncertainty > 0.0:
        slope = abs(percent / distance)
        number = number + slope * point.condition_uncertainty * influences.influence(f"{CONDITION_INFLUENCE}.{position}")
    result, dof = influences.quantity(number, "%FS"), degrees_of_freedom(number)
    u = result.standard_uncertainty
    bracketed = bool(earlier and later)
    return InfluenceChange(position, point.condition, percent, bracketed, u, dof, expand(u, dof), budget(result))
