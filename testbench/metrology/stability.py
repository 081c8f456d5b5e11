"""Stability: how far the reading of one gas moves from its first value within a stated time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import check_units, degrees_of_freedom
from testbench.metrology.uncertain import Influences, budget


@checked
@dataclass(frozen=True, slots=True)
class StabilityReading:
    """One reading of the gas, a time (s) after the first; reference and indication in one unit."""

    time_s: float
    reference: Quantity
    indication: Quantity


@dataclass(frozen=True, slots=True)
class Stability:
    """Changes from the first reading in percent of it, one for each later reading, and the largest with its sign.

    `expanded` holds for all changes at once; `largest_index` counts `changes_percent` from 0.
    """

    changes_percent: tuple[float, ...]
    largest_index: int
    value_percent: float
    expanded: Expanded
    budget: Mapping[str, float]


@checked
def stability(readings: Sequence[StabilityReading]) -> Stability:
    """Determine (C_i − C_0)/C_0·100 % of every reading after the first, and the one of largest magnitude (JJG 968-2002).

    Readings stand in time order. The uncertainty is that of the change of indication minus reference: what the readings
    share, such as the gas, cancels. Raises ValueError for fewer than two readings, differing units, or a first reading that
    is not above zero.
    """
    if len(readings) < 2:
        raise ValueError(f"stability needs at least 2 readings, got {len(readings)}")
    check_units([quantity for reading in readings for quantity in (reading.reference, reading.indication)])
    first = readings[0].indication.value
    if not first > 0:
        raise ValueError(f"stability is relative to the first reading, which must be above zero; it is {first:g}")
    influences = Influences()
    errors = [influences.number(r.indication) - influences.number(r.reference) for r in readings]
    changes = tuple(100 * (r.indication.value - first) / first for r in readings[1:])
    index = max(range(len(changes)), key=lambda i: abs(changes[i]))
    number = 100 * (errors[index + 1] - errors[0]) / first
    result = influences.quantity(number, "%")
    expanded = expand(result.standard_uncertainty, degrees_of_freedom(number), of=len(changes))
    return Stability(changes, index, changes[index], expanded, budget(result))
