"""Rounding of decimal numbers at stated decimals, as the standards prescribe it.

Numbers are `Decimal` in and out, so that 2.45 is the number that was written and not its nearest binary fraction.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

from testbench.metrology.arguments import checked


class RoundingMode(StrEnum):
    """What happens to a number that lies exactly half-way.

    `HALF_AWAY_FROM_ZERO`: 2.45 → 2.5 and −2.45 → −2.5. EPA evaluates the tests of 40 CFR 75 in this way.
    `HALF_EVEN`: 2.45 → 2.4 and 2.55 → 2.6 (GB/T 8170 and ISO 80000-1 Annex B, rule A).
    """

    HALF_AWAY_FROM_ZERO = "half-away-from-zero"
    HALF_EVEN = "half-even"


_DECIMAL_MODE = {
    RoundingMode.HALF_AWAY_FROM_ZERO: ROUND_HALF_UP,  # the decimal module's name for half away from zero
    RoundingMode.HALF_EVEN: ROUND_HALF_EVEN,
}


@checked
def round_decimal(value: Decimal, decimals: int, mode: RoundingMode = RoundingMode.HALF_AWAY_FROM_ZERO) -> Decimal:
    """Round `value` to `decimals` places after the point, in one step.

    The result has exactly `decimals` places ("2" at one decimal is "2.0") and no negative zero. Its size is not limited.

    Raises ValueError for a value that is not finite or a negative number of decimals.
    """
    if not value.is_finite():
        raise ValueError(f"{value} cannot be rounded: it is not a finite number")
    if decimals < 0:
        raise ValueError(f"decimals must be 0 or more, got {decimals}")
    digits = max(value.adjusted() + 1, 1) + decimals + 1
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=_DECIMAL_MODE[mode], context=Context(prec=digits))
    return abs(rounded) if rounded.is_zero() else rounded


def decimal_of(value: float, digits: int = 12) -> Decimal:
    """A computed number as a decimal of so many significant digits, without what binary arithmetic left behind them.

    2.5000000000000004 is 2.5: what decides between two digits of a standard is measured, never the sixteenth figure. A
    number that is not finite stays what it is.
    """
    return Decimal(format(value, f".{digits}g"))
