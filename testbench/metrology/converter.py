"""Efficiency of an NO2 converter: with a cylinder of NO2, or by titration of NO with ozone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import check_units, degrees_of_freedom, excess_scatter, mean_of
from testbench.metrology.uncertain import Influences, budget

SCATTER_INFLUENCE = "scatter between repeats"


@dataclass(frozen=True, slots=True)
class ConverterPoint:
    """One reading: the NO2 (or the NO, which needs no converter) that was supplied, and the NOx indicated, in one unit."""

    supplied: Quantity
    indicated: Quantity


@dataclass(frozen=True, slots=True)
class ConverterEfficiency:
    """Efficiency in percent, mean of the repeats; `single` are those of each repeat.

    `analyser_percent` is what the analyser's own error makes of it, in percent of efficiency; None where it was not seen.
    """

    percent: float
    single: tuple[float, ...]
    standard_uncertainty: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]
    analyser_percent: float | None = None


@checked
def converter_efficiency(points: Sequence[ConverterPoint], *, analyser: ConverterPoint | None = None) -> ConverterEfficiency:
    """Determine η = mean C_NOx/C_NO2·100 % of the repeats (HJ 76-2017, NO2 conversion efficiency, cylinder of NO2).

    The cylinder and what else is common to the repeats does not average out. Scatter between the repeats beyond the stated
    influences is one influence more.

    The analyser's own error at this content passes for efficiency. `analyser` is its reading of gas that needs no converter,
    of about the same content: with e = indicated/supplied − 1 of it, η is off by η·e. The standard's formula does not
    correct for it, so the value stays; u(e) is in the budget, and |η·e| is added to U (GUM F.2.4.5).

    Raises ValueError without points, for differing units, or nothing supplied.
    """
    if not points:
        raise ValueError("converter efficiency needs at least one reading")
    seen = [*points, *([] if analyser is None else [analyser])]
    check_units([quantity for point in seen for quantity in (point.supplied, point.indicated)])
    if not all(point.supplied.value > 0 for point in seen):
        raise ValueError("converter efficiency needs NO2 in the gas: the content supplied must be above zero")
    influences = Influences()
    ratios = [100 * influences.number(point.indicated) / influences.number(point.supplied) for point in points]
    number = mean_of(ratios)
    excess, excess_dof = excess_scatter([ratios], negligible=1e-7)
    if excess > 0.0:
        number = number + excess / math.sqrt(len(ratios)) * influences.influence(SCATTER_INFLUENCE, excess_dof)
    off = 0.0
    if analyser is not None:
        own = influences.number(analyser.indicated) / influences.number(analyser.supplied)
        off = float(number.x * (own.x - 1))
        number = number - number.x * (own - own.x)
    result, dof = influences.quantity(number, "%"), degrees_of_freedom(number)
    u = result.standard_uncertainty
    expanded = expand(u, dof)
    expanded = replace(expanded, uncertainty=expanded.uncertainty + abs(off))
    single = tuple(float(ratio.x) for ratio in ratios)
    return ConverterEfficiency(result.value, single, u, dof, expanded, budget(result), None if analyser is None else off)


@checked
@dataclass(frozen=True, slots=True)
class Titration:
    """One gas phase titration: NO and NOx indicated without and with ozone, in one unit."""

    no_without: Decimal
    nox_without: Decimal
    no_with: Decimal
    nox_with: Decimal

    @property
    def efficiency_percent(self) -> Decimal:
        """η = (1 − ΔNOx/ΔNO)·100 %, each Δ without minus with ozone; ValueError where no NO was converted.

        HJ 76-2017, NO2 conversion efficiency by gas phase titration.
        """
        with localcontext(prec=60):
            converted = self.no_without - self.no_with
            if converted <= 0:
                raise ValueError(f"ozone must lower NO: {self.no_without:f} without it, {self.no_with:f} with it")
            return (1 - (self.nox_without - self.nox_with) / converted) * 100


@checked
def titration_efficiency(titrations: Sequence[Titration]) -> Decimal:
    """Mean efficiency of repeated titrations in percent; ValueError without one, or where no NO was converted."""
    if not titrations:
        raise ValueError("converter efficiency needs at least one titration")
    with localcontext(prec=60):
        return sum((titration.efficiency_percent for titration in titrations), Decimal(0)) / len(titrations)
