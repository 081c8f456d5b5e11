"""Equations and tiers of the Monitoring and Reporting Regulation (EU) 2018/2066, Annex VIII and Article 45."""

from __future__ import annotations

import math
from collections.abc import Sequence

from testbench.metrology.arguments import checked
from testbench.metrology.sample import describe

TIERS = {4: 2.5, 3: 5.0, 2: 7.5, 1: 10.0}
"""Largest expanded uncertainty (95 %) of the annual average hourly emission of CO2 for each tier, % (Annex VIII, 1)."""


@checked
def annual_emission(concentrations: Sequence[float], flows: Sequence[float]) -> float:
    """Eq. 1: Em = Σ GHGconc_i·V_i·10⁻⁶ in t, of hourly g/Nm³ and Nm³/h (one state, one basis).

    Raises ValueError for series of different length, none, or a value that is negative or not finite.
    """
    if len(concentrations) != len(flows) or not flows:
        raise ValueError(f"as many concentrations as flows are needed, got {len(concentrations)} and {len(flows)}")
    if not all(0 <= value < math.inf for value in (*concentrations, *flows)):
        raise ValueError("concentrations and flows must be finite and 0 or more")
    return math.fsum(content * flow for content, flow in zip(concentrations, flows, strict=True)) * 1e-6


@checked
def average_hourly_emission(annual_t: float, operating_hours: float) -> float:
    """Eq. 2: average emission in kg/h = Em·10³/hours of operation; ValueError for hours not above zero."""
    if not operating_hours > 0:
        raise ValueError(f"the hours of operation must be above zero, got {operating_hours:g}")
    return annual_t * 1e3 / operating_hours


@checked
def co2_by_difference(others_percent: Sequence[float]) -> float:
    """Eq. 3: CO2 content in % = 100 − Σ of all other components in %; ValueError where that is outside 0 to 100."""
    rest = 100.0 - math.fsum(others_percent)
    if any(other < 0 for other in others_percent) or not 0 <= rest <= 100:
        raise ValueError("the other components must be 0 % or more each and 100 % at most together")
    return rest


@checked
def substitute(valid: Sequence[float]) -> float:
    """Eq. 4: value in place of a missing one, C* = C̄ + 2·σ of the valid hours of the year; σ with n − 1.

    Raises ValueError for fewer than two valid values.
    """
    sample = describe(valid)
    if sample.standard_deviation is None:
        raise ValueError("a missing value is substituted by the mean and scatter of at least 2 valid ones, there is 1")
    return sample.mean + 2.0 * sample.standard_deviation


@checked
def tier_reached(expanded_uncertainty_percent: float) -> int:
    """The highest tier whose limit U (95 %, in percent of the emission) does not exceed; 0 where none is reached.

    Raises ValueError for a negative or undefined U.
    """
    if not expanded_uncertainty_percent >= 0:
        raise ValueError(f"an expanded uncertainty is 0 % or more, got {expanded_uncertainty_percent}")
    return next((tier for tier, limit in TIERS.items() if expanded_uncertainty_percent <= limit), 0)


@checked
def combined_percent(parts: Sequence[tuple[float, int]]) -> float:
    """Combined relative standard uncertainty of an annual emission, %: u² = Σ u_i²/n_i.

    `parts`: relative standard uncertainty in percent of the emission, and how many independent errors average in the year: 1
    for a systematic influence. Raises ValueError without parts, a negative uncertainty or n below 1.
    """
    if not parts:
        raise ValueError("a budget needs at least one contribution")
    if not all(0 <= u < math.inf and n >= 1 for u, n in parts):
        raise ValueError("a contribution is 0 % or more of at least 1 independent value")
    return math.sqrt(math.fsum(u * u / n for u, n in parts))
