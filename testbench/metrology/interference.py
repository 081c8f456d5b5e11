"""Interference: what other components of the gas do to a reading, one by one, and the sums of both signs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from GTC.lib import UncertainReal

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Quantity
from testbench.metrology.scatter import check_full_scale, check_units, degrees_of_freedom, excess_scatter, mean_of, total
from testbench.metrology.uncertain import Influences, budget

SCATTER_INFLUENCE = "scatter between repeats"


@dataclass(frozen=True, slots=True)
class InterferencePoint:
    """One repeat: the gas without the interferent and the gas with it, indication and the measurand's reference of each."""

    interferent: str
    without_reference: Quantity
    without_indication: Quantity
    with_reference: Quantity
    with_indication: Quantity


@dataclass(frozen=True, slots=True)
class InterferenceEffect:
    """Effect of one interferent, percent of full scale; `without`, `present`: mean indications, device's unit."""

    interferent: str
    repeats: int
    without: float
    present: float
    percent_fs: float
    standard_uncertainty: float
    degrees_of_freedom: float
    expanded: Expanded
    budget: Mapping[str, float]

    @property
    def sign_is_known(self) -> bool:
        """Whether the effect is larger than its expanded uncertainty."""
        return abs(self.percent_fs) > self.expanded.uncertainty


@dataclass(frozen=True, slots=True)
class InterferenceSum:
    """Sum of the effects of one sign, percent of full scale, with the names of those it is made of."""

    percent_fs: float
    interferents: tuple[str, ...]
    expanded: Expanded


@dataclass(frozen=True, slots=True)
class Interference:
    """The effects in the order of their first reading, the sums of the positive and of the negative ones, and of all.

    `magnitude` is the sum of the magnitudes (40 CFR 60 Appendix A-4, Method 7E, 8.2.7).
    """

    effects: tuple[InterferenceEffect, ...]
    positive: InterferenceSum
    negative: InterferenceSum
    magnitude: InterferenceSum


@checked
def interference(points: Sequence[InterferencePoint], *, full_scale: float) -> Interference:
    """Determine interference: IE_j = (b̄ − ā)/full_scale·100 %, a without and b with the interferent; IE+ = Σ(IE_j > 0).

    HJ 76-2017 laboratory items, influence of interfering components (IE); EN 15267-3 cross-sensitivity has the same sums.
    Repeats of one interferent are averaged. The measurand that the two gases hold differently, by their references, is taken
    off: b̄ − ā is of indication minus reference. Shared influences cancel; scatter between the repeats beyond the stated
    influences counts as one influence more, pooled over the interferents.

    A sum's uncertainty is that of all terms that belong to it or may: an effect that is smaller than its own U may in truth
    have the other sign, so it counts in the uncertainty of both sums, although its value stands in one. Correlations between
    the terms are carried. The sum of the magnitudes never averages out what is not there: an effect that is smaller than its
    own U may in truth be nothing, so its magnitude is added to U.

    Raises ValueError without points, for differing units, and a full scale that is not above zero.
    """
    check_full_scale(full_scale)
    if not points:
        raise ValueError("interference needs at least one interferent")
    check_units(
        [q for p in points for q in (p.without_reference, p.without_indication, p.with_reference, p.with_indication)]
    )
    influences = Influences()
    names = list(dict.fromkeys(point.interferent for point in points))
    groups = [[_difference(influences, p) * (100 / full_scale) for p in points if p.interferent == name] for name in names]
    excess, dof = excess_scatter(groups, negligible=1e-7)
    numbers = []
    for position, group in enumerate(groups):
        number = mean_of(group)
        if excess > 0.0:
            own = influences.influence(f"{SCATTER_INFLUENCE}.{position}", dof)
            number = number + excess / math.sqrt(len(group)) * own
        numbers.append(number)
    effects = tuple(
        _effect(influences, name, [p for p in points if p.interferent == name], number)
        for name, number in zip(names, numbers, strict=True)
    )
    sums = _sum(effects, numbers, 1.0), _sum(effects, numbers, -1.0)
    return Interference(effects, *sums, _sum_of_magnitudes(effects, numbers))


def _difference(influences: Influences, point: InterferencePoint) -> UncertainReal:
    present = influences.number(point.with_indication) - influences.number(point.with_reference)
    return present - (influences.number(point.without_indication) - influences.number(point.without_reference))


def _effect(
    influences: Influences, name: str, points: Sequence[InterferencePoint], number: UncertainReal
) -> InterferenceEffect:
    result, dof = influences.quantity(number, "%FS"), degrees_of_freedom(number)
    u = result.standard_uncertainty
    return InterferenceEffect(
        interferent=name,
        repeats=len(points),
        without=math.fsum(p.without_indication.value for p in points) / len(points),
        present=math.fsum(p.with_indication.value for p in points) / len(points),
        percent_fs=result.value,
        standard_uncertainty=u,
        degrees_of_freedom=dof,
        expanded=expand(u, dof),
        budget=budget(result),
    )


def _sum(effects: Sequence[InterferenceEffect], numbers: Sequence[UncertainReal], sign: float) -> InterferenceSum:
    own = [effect for effect in effects if sign * effect.percent_fs > 0]
    concerned = [
        number
        for effect, number in zip(effects, numbers, strict=True)
        if sign * effect.percent_fs > 0 or not effect.sign_is_known
    ]
    value = math.fsum(effect.percent_fs for effect in own)
    if not concerned:
        return InterferenceSum(value, (), expand(0.0))
    together = total(concerned)
    expanded = expand(float(together.u), degrees_of_freedom(together))
    return InterferenceSum(value, tuple(effect.interferent for effect in own), expanded)


def _sum_of_magnitudes(effects: Sequence[InterferenceEffect], numbers: Sequence[UncertainReal]) -> InterferenceSum:
    together = total([number if number.x >= 0 else -number for number in numbers])
    spread = expand(float(together.u), degrees_of_freedom(together))
    floor = math.fsum(abs(effect.percent_fs) for effect in effects if not effect.sign_is_known)
    value = math.fsum(abs(effect.percent_fs) for effect in effects)
    names = tuple(effect.interferent for effect in effects)
    return InterferenceSum(value, names, replace(spread, uncertainty=spread.uncertainty + floor))
