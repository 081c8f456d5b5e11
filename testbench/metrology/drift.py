"""Zero and span drift: change of the reading from day to day and over the whole interval, in percent of full scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import GTC
from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.uncertain import Influences, budget


@checked
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

    `expanded` belongs to `largest` and holds for all daily changes at once. Where readings are missing, so are the changes
    that need them: `largest` and `expanded` are None without any day, `week` without the first or the last reading.
    """

    days: tuple[Change, ...]
    largest: Change | None
    expanded: Expanded | None
    week: Change | None


@checked
def drift(
    points: Sequence[DriftPoint], *, full_scale: float, last: int | None = None, other: Sequence[DriftPoint] = ()
) -> Drift:
    """Determine 24 h drift and drift of the whole interval, from index 0 to `last` (default: the largest that is there).

    Daily: (reading(i) − reading(i − 1))/full_scale·100 %; week: (reading(last) − reading(first))/full_scale·100 %
    (HJ 76-2017 24 h and one-week zero and span drift). Later minus earlier, readings as they are: a difference of the gas
    is not corrected for, nor span drift for zero drift. The uncertainty is that of (ind_i − ref_i) − (ind_j − ref_j) with
    shared influences: what is common to both gases, such as the cylinder, cancels; what is new with each setting of the
    divider does not. Of equal magnitudes the first is the largest.

    A device drifts by another amount at another content, so a gas of content c + δ (δ unknown, of value zero) shows the
    drift at c + δ. `other` are the readings of the other gas (zero for span, span for zero) at the same indices: between the
    two the change grows by s = (change − other change)/(reference − other reference) for each unit of content, and s·δ is
    taken off. Where `other` lacks a reading, s is taken as 0.

    Raises ValueError for fewer than two points, doubled indices, an index above `last`, differing units, and a full scale
    that is not above zero.
    """
    own, others = _by_index(points), _by_index(other)
    end = max(own, default=0) if last is None else last
    _check([*own.values()], [*others.values()], full_scale, end)
    influences = Influences()
    references = {i: influences.number(p.reference) for i, p in own.items()}
    errors = {i: influences.number(p.indication) - references[i] for i, p in own.items()}

    def by_content(i: int, j: int) -> UncertainReal | float:
        if i not in others or j not in others:
            return 0.0
        distance = own[j].reference.value - others[j].reference.value
        if distance == 0.0:
            return 0.0
        here, there = (p[i].indication.value - p[j].indication.value for p in (own, others))
        mean = (references[i] + references[j]) / 2
        return (here - there) / distance * (mean - float(mean.x))

    def change(i: int, j: int) -> Change:
        later, earlier = own[i], own[j]
        percent = 100 * (later.indication.value - earlier.indication.value) / full_scale
        number = 100 * (errors[i] - errors[j] - by_content(i, j)) / full_scale
        result = influences.quantity(number, "%FS")
        u, dof = result.standard_uncertainty, float(GTC.dof(number))
        return Change(later.index, earlier.index, percent, u, dof, expand(u, dof), budget(result))

    days = tuple(change(i, i - 1) for i in own if i - 1 in own)
    week = change(end, 0) if end in own and 0 in own else None
    if not days:
        return Drift((), None, None, week)
    largest = max(days, key=lambda day: abs(day.percent_fs))
    together = expand(largest.standard_uncertainty, largest.degrees_of_freedom, of=len(days))
    return Drift(days, largest, together, week)


def _by_index(points: Sequence[DriftPoint]) -> dict[int, DriftPoint]:
    """Points by their index, in ascending order; ValueError for doubled ones."""
    indices = sorted(point.index for point in points)
    if len(set(indices)) < len(indices):
        raise ValueError(f"drift needs one reading for each index, got indices {indices}")
    return {point.index: point for point in sorted(points, key=lambda point: point.index)}


def _check(own: Sequence[DriftPoint], others: Sequence[DriftPoint], full_scale: float, last: int) -> None:
    if len(own) < 2:
        raise ValueError(f"drift needs at least 2 readings, got {len(own)}")
    if not full_scale > 0:
        raise ValueError(f"full scale must be above zero, got {full_scale}")
    if own[0].index < 0 or own[-1].index > last:
        raise ValueError(f"readings are from index 0 to {last}, got {own[0].index} to {own[-1].index}")
    units = {quantity.unit for point in (*own, *others) for quantity in (point.indication, point.reference)}
    if len(units) > 1:
        raise ValueError(f"indications and references must be in one unit, got {', '.join(sorted(units))}")
