"""Arithmetic mean of numbers as they were written, in decimal arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from testbench.metrology.arguments import checked

_PRECISION = 60
"""Significant digits of the quotient; sums of numbers of up to 30 digits are exact."""


@checked
def mean(values: Sequence[Decimal]) -> Decimal:
    """Mean Σ x_i / n of n ≥ 1 numbers in one unit, not rounded. Raises ValueError without any."""
    if not values:
        raise ValueError("a mean needs at least one value")
    with localcontext(prec=_PRECISION):
        return sum(values, Decimal(0)) / len(values)
