"""QAL1 (EN ISO 14956): from the results of an analyser's suitability test to the uncertainty of its measured values.

Each performance characteristic is an influence with the deviations that it may cause; their standard uncertainties add up
in quadrature, and the expanded one is compared with what the law permits. EN 15267-1 asks that it uses 75 % of it at most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.arguments import checked

COVERAGE_FACTOR = 1.96


@checked
@dataclass(frozen=True, slots=True)
class Contribution:
    """One influence: its name, and the standard uncertainty that it contributes, in the unit of the measured value."""

    name: str
    standard_uncertainty: float


@dataclass(frozen=True, slots=True)
class Budget:
    """All influences, combined and expanded (factor 1.96), in the unit of the measured value."""

    contributions: tuple[Contribution, ...]
    combined: float
    expanded: float

    def percent_of(self, value: float) -> float:
        """Expanded uncertainty in percent of a value, such as the limit value; ValueError where that is not above zero."""
        if not value > 0:
            raise ValueError(f"the value to refer to must be above zero, got {value:g}")
        return 100.0 * self.expanded / value


@checked
def deviation_uncertainty(lower: float, upper: float, *, sensitivity: float = 1.0) -> float:
    """u = |c|·sqrt((x⁺² + x⁺·x⁻ + x⁻²)/3): largest deviations to either side, signed (EN ISO 14956).

    `lower` is the (usually negative) deviation to one side and `upper` that to the other; for −Δ and +Δ it is Δ/√3. This is
    the root mean square of a value that lies anywhere between them with equal probability. Raises ValueError for a
    deviation that is not finite.
    """
    if not all(math.isfinite(value) for value in (lower, upper, sensitivity)):
        raise ValueError("deviations and sensitivity must be finite numbers")
    return abs(sensitivity) * math.sqrt((upper**2 + upper * lower + lower**2) / 3.0)


@checked
def reference_material_uncertainty(full_scale: float, *, share: float = 0.7, percent: float = 2.0) -> float:
    """u of the reference gas: `percent` of `share` of the range, divided by √3 (as EN 15267-3 certificates have it)."""
    return full_scale * share * percent / 100.0 / math.sqrt(3.0)


@checked
def combine(contributions: Sequence[Contribution], *, factor: float = COVERAGE_FACTOR) -> Budget:
    """u_c = sqrt(Σ u²), U = factor·u_c, factor 1.96 or 2 (EN ISO 14956). Raises ValueError for none or a negative one.

    Of repeatability and the deviation of paired measurements only the larger counts; give that one alone.
    """
    if not contributions:
        raise ValueError("a budget needs at least one influence")
    for each in contributions:
        if not (math.isfinite(each.standard_uncertainty) and each.standard_uncertainty >= 0):
            raise ValueError(f"influence {each.name!r}: standard uncertainty must be 0 or more")
    combined = math.hypot(*(each.standard_uncertainty for each in contributions))
    return Budget(tuple(contributions), combined, factor * combined)


@checked
def percent_of_permitted(expanded: float, *, limit_value: float, permitted_percent: float) -> float:
    """Expanded uncertainty in percent of the permitted one, P·E; EN 15267-1 asks for 75 % at most.

    All in one unit; P in percent of the limit value E. Raises ValueError for what is not above zero.
    """
    if not (limit_value > 0 and permitted_percent > 0):
        raise ValueError("the limit value and the permitted uncertainty must be above zero")
    if not expanded >= 0:
        raise ValueError(f"expanded uncertainty must be 0 or more, got {expanded}")
    return 100.0 * expanded / (permitted_percent / 100.0 * limit_value)
