"""Zero and span drift: change of the reading from day to day and over the whole interval, in percent of full scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import GTC
from GTC.lib import UncertainReal

from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.uncertain import Influences, budget


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """One reading of the zero or span gas: its index (day 0, 1, …), the indication, and the gas, in the same unit."""

    index: int
    indication: Quantity
    reference: Quantity


@dataclass(frozen=True, slots=True)
class Change:
    """Change of the reading from point `since` to point `index`, later minus earlier, all in percent of full scale.

    `expanded` is for this change alone. `budget` gives standard uncertainties by group of influences.
    """

    index: int
    since: int
    percent_fs: float
    standard_uncertainty: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Drift:
    """Drift of one gas: every daily change, the largest of them with its sign, and the change over the whole interval.

    `expanded` belongs to `largest` and holds for all daily changes at once.
    """

    days: tuple[Change, ...]
    largest: Change
    expanded: Expanded
    week: Change


def drift(points: Sequence[DriftPoint], *, full_scale: float, other: Sequence[DriftPoint] = ()) -> Drift:
    """Determine 24 h drift and drift of the whole interval from readings at consecutive indices (8 points for a week).

    Daily: (reading(i) − reading(i − 1))/full_scale·100 %; week: (reading(last) − reading(first))/full_scale·100 %
    (HJ 76-2017 24 h and one-week zero and span drift). Later minus earlier, readings as they are: a difference of the gas
    is not corrected for, nor span drift for zero drift. The uncertainty is that of (ind_i − ref_i) − (ind_j − ref_j) with
    shared influences: what is common to both gases, such as the cylinder, cancels; what is new with each setting of the
    divider does not. Of equal magnitudes the first is the largest.

    A device drifts by another amount at another content, so a gas of content c + δ (δ unknown, of value zero) shows the
    drift at c + δ. `other` are the readings of the other gas (zero for span, span for zero) at the same indices: between the
    two the change grows by s = (change − other change)/(reference − other reference) for each unit of content, and s·δ is
    taken off. Without `other` this is left out.

    Raises ValueError for fewer than two points, missing or doubled indices, differing units, indices of `other` that are not
    those of `points`, and a full scale that is not above zero.
    """
    ordered = sorted(points, key=lambda point: point.index)
    others = sorted(other, key=lambda point: point.index)
    _check(ordered, full_scale)
    _check_other(ordered, others)
    influences = Influences()
    references = [influences.number(p.reference) for p in ordered]
    errors = [influences.number(p.indication) - reference for p, reference in zip(ordered, references, strict=True)]

    def by_content(i: int, j: int) -> UncertainReal | float:
        if not others:
            return 0.0
        distance = ordered[j].reference.value - others[j].reference.value
        if distance == 0.0:
            return 0.0
        here, there = (p[i].indication.value - p[j].indication.value for p in (ordered, others))
        mean = (references[i] + references[j]) / 2
        return (here - there) / distance * (mean - float(mean.x))

    def change(i: int, j: int) -> Change:
        later, earlier = ordered[i], ordered[j]
        percent = 100 * (later.indication.value - earlier.indication.value) / full_scale
        number = 100 * (errors[i] - errors[j] - by_content(i, j)) / full_scale
        result = influences.quantity(number, "%FS")
        u, dof = result.standard_uncertainty, float(GTC.dof(number))
        return Change(later.index, earlier.index, percent, u, dof, expand(u, dof), budget(result))

    days = tuple(change(i, i - 1) for i in range(1, len(ordered)))
    largest = max(days, key=lambda day: abs(day.percent_fs))
    together = expand(largest.standard_uncertainty, largest.degrees_of_freedom, of=len(days))
    return Drift(days, largest, together, change(len(ordered) - 1, 0))


def _check_other(ordered: Sequence[DriftPoint], others: Sequence[DriftPoint]) -> None:
    if not others:
        return
    if [point.index for point in others] != [point.index for point in ordered]:
        raise ValueError("the readings of the other gas must have the same indices")
    units = {quantity.unit for point in (*ordered, *others) for quantity in (point.indication, point.reference)}
    if len(units) > 1:
        raise ValueError(f"both gases must be in one unit, got {', '.join(sorted(units))}")


def _check(ordered: Sequence[DriftPoint], full_scale: float) -> None:
    if len(ordered) < 2:
        raise ValueError(f"drift needs at least 2 readings, got {len(ordered)}")
    if not full_scale > 0:
        raise ValueError(f"full scale must be above zero, got {full_scale}")
    indices = [point.index for point in ordered]
    expected = list(range(indices[0], indices[0] + len(indices)))
    if indices != expected:
        raise ValueError(f"drift needs one reading for each index without a gap, got indices {indices}")
    units = {quantity.unit for point in ordered for quantity in (point.indication, point.reference)}
    if len(units) > 1:
        raise ValueError(f"indications and references must be in one unit, got {', '.join(sorted(units))}")
