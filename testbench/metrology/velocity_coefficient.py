"""Mean velocity field coefficient of sets whose velocities have uncertainties: those of the reference stay in the mean.

    K̄v = (Fs/Fp)·mean(Vs/Vp)

The scatter of the sets (`velocity_field`) says nothing of an error that all of them share, as that of the rig's reference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.pair_accuracy import SCATTER_INFLUENCE, Pair, type_b_of
from testbench.metrology.scatter import check_units, degrees_of_freedom, mean_of
from testbench.metrology.uncertain import Influences, budget
from testbench.metrology.velocity_field import FieldSet, velocity_field


@dataclass(frozen=True, slots=True)
class MeanCoefficient:
    """K̄v with its expanded uncertainty and the budget of standard uncertainties by group of influences."""

    value: float
    expanded: Expanded
    budget: Mapping[str, float]


def mean_coefficient(pairs: Sequence[Pair], *, area_ratio: float = 1.0) -> MeanCoefficient:
    """Mean of the coefficients of n ≥ 2 sets, each a pair of reference velocity Vs and the device's Vp in one unit.

    HJ 75-2017, velocity field coefficient. What is random shows in the scatter of the coefficients: S/√n with n − 1 degrees
    of freedom takes the place of the type A parts; influences known by type B (certificate, homogeneity) are carried with
    their correlation. `area_ratio` is Fs/Fp, taken as exact. Raises ValueError as `velocity_field`, and for differing units.
    """
    check_units([quantity for pair in pairs for quantity in (pair.reference, pair.measured)])
    sets = [FieldSet(1, pair.reference.value, pair.measured.value) for pair in pairs]
    field = velocity_field(sets, area_ratio=area_ratio)
    influences = Influences()
    ratios = [influences.number(type_b_of(pair.reference)) / influences.number(type_b_of(pair.measured)) for pair in pairs]
    spread = field.by_sets.percent / 100.0 * field.mean / math.sqrt(len(pairs))
    number = area_ratio * mean_of(ratios) + spread * influences.influence(SCATTER_INFLUENCE, float(len(pairs) - 1))
    result = influences.quantity(number, "1")
    return MeanCoefficient(field.mean, expand(result.standard_uncertainty, degrees_of_freedom(number)), budget(result))
