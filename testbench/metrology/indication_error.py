"""Indication error of each level: mean indication minus reference, relative to the reference and to full scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import check_full_scale, check_units, degrees_of_freedom, excess_scatter, mean_of
from testbench.metrology.uncertain import Influences, budget

SCATTER_INFLUENCE = "scatter between readings"


@checked
@dataclass(frozen=True, slots=True)
class IndicationPoint:
    """One reading at one level, which `nominal_fraction` (of full scale) names; reference and indication in one unit."""

    nominal_fraction: float
    reference: Quantity
    indication: Quantity


@dataclass(frozen=True, slots=True)
class Expressed:
    """The error as one denominator has it, its standard and expanded uncertainty (for this level alone), in one unit."""

    value: float
    standard_uncertainty: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class IndicationLevel:
    """Means of one level's readings in the device's unit, and the error: `relative` is None at a zero level."""

    nominal_fraction: float
    readings: int
    reference: float
    indication: float
    absolute: Expressed
    percent_fs: Expressed
    relative: Expressed | None


@checked
def indication_error(points: Sequence[IndicationPoint], *, full_scale: float) -> tuple[IndicationLevel, ...]:
    """Determine the error of each level, ascending: C̄ − C_s; (C̄ − C_s)/C_s·100 %; (C̄ − C_s)/full_scale·100 %.

    HJ 75-2017 and HJ 76-2017 field items, indication error (Li); JJG 968-2002. The device is taken as it is: the gas counts
    with all its uncertainty, u(δ) = sqrt[(u(C̄)/C_s)² + (C̄·u(C_s)/C_s²)²] where the two are independent. Scatter between
    the readings beyond the stated influences, pooled over the levels, is one influence more at each level.

    Raises ValueError without points, for differing units, and a full scale that is not above zero.
    """
    check_full_scale(full_scale)
    if not points:
        raise ValueError("an indication error needs at least one reading")
    check_units([quantity for point in points for quantity in (point.reference, point.indication)])
    influences = Influences()
    fractions = sorted({point.nominal_fraction for point in points})
    levels = [[point for point in points if point.nominal_fraction == fraction] for fraction in fractions]
    differences = [[influences.number(p.indication) - influences.number(p.reference) for p in level] for level in levels]
    excess, dof = excess_scatter(differences, negligible=1e-9 * full_scale)
    found = []
    for position, (fraction, level) in enumerate(zip(fractions, levels, strict=True)):
        reference = mean_of([influences.number(point.reference) for point in level])
        error = mean_of(differences[position])
        if excess > 0.0:
            own = influences.influence(f"{SCATTER_INFLUENCE}.{position}", dof)
            error = error + excess / math.sqrt(len(level)) * own
        found.append(
            IndicationLevel(
                nominal_fraction=fraction,
                readings=len(level),
                reference=float(reference.x),
                indication=math.fsum(point.indication.value for point in level) / len(level),
                absolute=_expressed(influences, error, level[0].reference.unit),
                percent_fs=_expressed(influences, 100 * error / full_scale, "%FS"),
                relative=_expressed(influences, 100 * error / reference, "%") if fraction > 0 and reference.x > 0 else None,
            )
        )
    return tuple(found)


def _expressed(influences: Influences, number: UncertainReal, unit: str) -> Expressed:
    result, dof = influences.quantity(number, unit), degrees_of_freedom(number)
    u = result.standard_uncertainty
    return Expressed(result.value, u, dof, expand(u, dof), budget(result))
