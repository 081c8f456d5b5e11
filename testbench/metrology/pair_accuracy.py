"""Accuracy from pairs of a reference method and a CEMS, in the three ways of HJ 75-2017: RA, RE, AE.

    RA = (|d̄| + |cc|)/RM̄·100 %,  d = RM − CEMS,  cc = t(0.025, n − 1)·S_d/√n        relative accuracy (相对准确度)
    RE = (CEMS̄ − RM̄)/RM̄·100 %                                                    relative error (相对误差)
    AE = CEMS̄ − RM̄                                                               absolute error (绝对误差)

Which of them a limit is for depends on the mean of the reference method; the criteria say so. Nothing is rounded here but t
(3 decimals, as the regulations print it).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from GTC.lib import UncertainReal

from testbench.metrology.accuracy import AccuracyAudit, accuracy_audit
from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.rounding import decimal_of
from testbench.metrology.scatter import check_units, degrees_of_freedom, mean_of
from testbench.metrology.uncertain import Influences, budget

SCATTER_INFLUENCE = "scatter between pairs"


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair: mean of the reference method and of the CEMS over the same time, in one unit."""

    reference: Quantity
    measured: Quantity


@dataclass(frozen=True, slots=True)
class PairAccuracy:
    """The three expressions and what they are made of; `audit` has means, S_d, t, cc and RA.

    `relative_accuracy` holds the uncertainty that the reference and the CEMS have in common to all pairs: what is random is
    in cc already. Those of `relative_error` (percent) and `absolute_error` (unit of the pairs) hold the scatter as well.
    `budget` is that of the absolute error.
    """

    audit: AccuracyAudit
    relative_accuracy: float
    relative_accuracy_expanded: Expanded
    relative_error: float
    relative_error_expanded: Expanded
    absolute_error: float
    absolute_error_expanded: Expanded
    budget: Mapping[str, float]


@checked
def pair_accuracy(pairs: Sequence[Pair]) -> PairAccuracy:
    """Determine RA, RE and AE of n ≥ 2 pairs with uncertainty.

    What is random shows in the scatter of the differences: S_d/√n with n − 1 degrees of freedom takes the place of the type
    A parts of the single pairs; influences known by type B (certificate, divider) are carried with their correlation.

    Raises ValueError for fewer than two pairs, differing units, and a reference mean that is not above zero.
    """
    check_units([quantity for pair in pairs for quantity in (pair.reference, pair.measured)])
    audit = accuracy_audit(
        [decimal_of(pair.measured.value) for pair in pairs], [decimal_of(pair.reference.value) for pair in pairs]
    )
    n = audit.runs
    influences = Influences()
    reference = mean_of([influences.number(type_b_of(pair.reference)) for pair in pairs])
    measured = mean_of([influences.number(type_b_of(pair.measured)) for pair in pairs])
    common = measured - reference
    spread = float(audit.standard_deviation) / math.sqrt(n)
    error = common + spread * influences.influence(SCATTER_INFLUENCE, float(n - 1))
    relative = 100 * error / reference
    systematic = 100 * (abs(float(audit.confidence_coefficient)) + _magnitude(common)) / reference
    absolute = influences.quantity(error, pairs[0].reference.unit)
    return PairAccuracy(
        audit=audit,
        relative_accuracy=float(audit.relative_accuracy),
        relative_accuracy_expanded=expand(float(systematic.u), degrees_of_freedom(systematic)),
        relative_error=float(relative.x),
        relative_error_expanded=expand(float(relative.u), degrees_of_freedom(relative)),
        absolute_error=absolute.value,
        absolute_error_expanded=expand(absolute.standard_uncertainty, degrees_of_freedom(error)),
        budget=budget(absolute),
    )


def exact_pair(reference: Decimal | float, measured: Decimal | float, unit: str) -> Pair:
    """A pair of numbers that come without uncertainty."""
    return Pair(Quantity(float(reference), unit), Quantity(float(measured), unit))


def _magnitude(number: UncertainReal) -> UncertainReal:
    return -number if number.x < 0 else number


def type_b_of(quantity: Quantity) -> Quantity:
    """The quantity with the influences that are known by type B alone: certificate, divider, reference."""
    parts: dict[str, Component] = {n: c for n, c in quantity.components.items() if math.isinf(c.degrees_of_freedom)}
    return Quantity(quantity.value, quantity.unit, parts)
