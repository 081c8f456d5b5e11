"""Flow-to-load ratio of a stack flow monitor, hour by hour against the last audit (40 CFR 75 Appendix B, 2.2.5).

Arithmetic is decimal from what was recorded. Flow in scfh, load in MW or 1000 lb/h of steam, heat input in mmBtu/h.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from testbench.metrology.arguments import checked
from testbench.metrology.rounding import round_decimal

FLOW_SCALE = Decimal("1e-5")
HEAT_SCALE = Decimal(1000)
LEAST_HOURS = 168
LOAD_BAND_PERCENT = Decimal(10)
RATIO_DECIMALS = 2
_PRECISION = 60


@checked
def reference_ratio(mean_flow: Decimal, mean_load: Decimal) -> Decimal:
    """Reference ratio R_ref = Q_ref/L_avg·10⁻⁵ of the last flow audit at normal load, rounded to 2 decimals.

    `mean_flow` is the reference method's mean (scfh), `mean_load` the mean load of the same runs. The rounding is half away
    from zero (40 CFR 75 App. A 7.7, equation A-13). Raises ValueError for numbers that are not above zero.
    """
    return round_decimal(_ratio(mean_flow, mean_load) * FLOW_SCALE, RATIO_DECIMALS)


@checked
def reference_heat_rate(heat_input: Decimal, mean_load: Decimal) -> Decimal:
    """Reference gross heat rate GHR_ref = heat input/L_avg·1000, Btu/kWh, not rounded (App. A 7.7, equation A-13a)."""
    return _ratio(heat_input, mean_load) * HEAT_SCALE


def _ratio(numerator: Decimal, load: Decimal) -> Decimal:
    if not (numerator > 0 and load > 0):
        raise ValueError(f"a ratio to load needs numbers above zero, got {numerator:f} and {load:f}")
    with localcontext(prec=_PRECISION):
        return numerator / load


@checked
@dataclass(frozen=True, slots=True)
class LoadHour:
    """One hour of operation: volumetric flow (scfh) and load, both in the reference's units."""

    flow: Decimal
    load: Decimal


@dataclass(frozen=True, slots=True)
class FlowToLoad:
    """Mean absolute difference of the hourly ratios from the reference ratio, percent, not rounded.

    `hours` are those used: within ±10 % of the reference load; `excluded` those outside.
    """

    mean_difference_percent: Decimal
    hours: int
    excluded: int

    @property
    def enough(self) -> bool:
        """Whether at least 168 hours were used."""
        return self.hours >= LEAST_HOURS


@checked
def flow_to_load(hours: Sequence[LoadHour], *, reference: Decimal, reference_load: Decimal | None = None) -> FlowToLoad:
    """Mean of E_h = |R_ref − R_h|/R_ref·100 over the hours, R_h = Q_h/L_h·10⁻⁵ (App. B 2.2.5, equations B-1 to B-3).

    `reference` is R_ref. With `reference_load` (L_avg) only the hours within ±10 % of it count. An hour without load cannot
    count. Raises ValueError for a reference that is not above zero, or no hours that count.
    """
    if not reference > 0:
        raise ValueError(f"the reference ratio must be above zero, got {reference:f}")
    used = [hour for hour in hours if hour.load > 0 and _is_near(hour.load, reference_load)]
    if not used:
        raise ValueError("no hour lies within 10 % of the reference load")
    with localcontext(prec=_PRECISION):
        errors = [abs(reference - hour.flow / hour.load * FLOW_SCALE) / reference * 100 for hour in used]
        mean = sum(errors, Decimal(0)) / len(errors)
    return FlowToLoad(mean, len(used), len(hours) - len(used))


def _is_near(load: Decimal, reference_load: Decimal | None) -> bool:
    return reference_load is None or abs(load - reference_load) * 100 <= LOAD_BAND_PERCENT * reference_load
