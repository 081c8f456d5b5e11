"""Bias adjustment factor of a flow monitor that was audited at several loads (40 CFR 75 Appendix A, 7.6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from testbench.metrology.accuracy import AccuracyAudit, bias_adjustment_factor
from testbench.metrology.arguments import checked


@dataclass(frozen=True, slots=True)
class LoadLevel:
    """The audit at one level of load; `normal` says whether the unit is operated there normally."""

    name: str
    audit: AccuracyAudit
    normal: bool


@checked
def overall_bias_adjustment_factor(levels: Sequence[LoadLevel], decimals: int = 3) -> Decimal:
    """The largest of the factors at the normal levels (40 CFR 75 App. A 7.6.5, equation A-12), dimensionless.

    A level that passes the bias test has the factor 1; those at levels that are not normal are left aside. Raises
    ValueError without a normal level, or for a factor that cannot be computed.
    """
    factors = [bias_adjustment_factor(level.audit, decimals) for level in levels if level.normal]
    if not factors:
        raise ValueError("no level is a normal one, so there is no overall bias adjustment factor")
    return max(factors)
