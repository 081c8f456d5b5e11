"""Calibration line of a device: the reference as a linear function of the device's signal, with uncertainty.

    ŷ = a + b·x      b = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)²      a = ȳ − b·x̄      R² = [Σ(x − x̄)(y − ȳ)]²/[Σ(x − x̄)²·Σ(y − ȳ)²]

It is method A of EN 14181:2014 without the rules on spread and permitted uncertainty (`testbench.metrology.qal2`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.pair_accuracy import Pair, type_b_of
from testbench.metrology.regression import fit_line
from testbench.metrology.scatter import check_units, degrees_of_freedom, total
from testbench.metrology.uncertain import Influences

SCATTER_INFLUENCE = "scatter about the line"


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """Slope b, intercept a in the unit of the pairs, both with expanded uncertainty, R², residual deviation, pairs."""

    slope: float
    slope_expanded: Expanded
    intercept: float
    intercept_expanded: Expanded
    r_squared: float
    residual_deviation: float
    pairs: int


def calibration_line(pairs: Sequence[Pair]) -> CalibrationLine:
    """Fit the line through n ≥ 3 pairs of reference (y) and signal (x) in one unit.

    What is random shows in the residuals: s = sqrt[Σr²/(n − 2)] with n − 2 degrees of freedom takes the place of the type A
    parts; influences known by type B are carried with their correlation, those of a signal by −b. Raises ValueError for
    fewer pairs, differing units, and signals or references that are all equal.
    """
    check_units([quantity for pair in pairs for quantity in (pair.reference, pair.measured)])
    n = len(pairs)
    if n < 3:
        raise ValueError(f"a calibration line needs at least 3 pairs, got {n}")
    x, y = [pair.measured.value for pair in pairs], [pair.reference.value for pair in pairs]
    if len(set(x)) == 1 or len(set(y)) == 1:
        raise ValueError("signals or references are all equal: there is no line through them")
    line = fit_line(x, y)
    mean = math.fsum(x) / n
    spread = math.fsum((each - mean) ** 2 for each in x)
    s = line.residual_standard_deviation or 0.0
    influences = Influences()
    number = influences.number
    observed = [number(type_b_of(pair.reference)) - line.slope * number(type_b_of(pair.measured)) for pair in pairs]
    scatter = influences.influence(SCATTER_INFLUENCE, float(n - 2))
    by_slope = total([(each - mean) / spread * one for each, one in zip(x, observed, strict=True)])
    slope = by_slope + s / math.sqrt(spread) * scatter
    # ȳ and b are independent of one another as far as the scatter goes, so the intercept has a part of its own
    own = s * math.sqrt(1 / n + mean**2 / spread)
    intercept = total(observed) / n - mean * by_slope + own * scatter
    return CalibrationLine(
        slope=line.slope,
        slope_expanded=expand(float(slope.u), degrees_of_freedom(slope)),
        intercept=line.offset,
        intercept_expanded=expand(float(intercept.u), degrees_of_freedom(intercept)),
        r_squared=line.r_squared or 0.0,
        residual_deviation=s,
        pairs=n,
    )
