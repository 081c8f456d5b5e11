"""Numbers as they were written: a float stands for the shortest decimal that reads as it, so 0.1 is one tenth.

Sums of such numbers in decimal arithmetic of many digits lose nothing, whatever their size. It is what the functions for
samples and regressions compute with: their results are those of the decimal data, rounded once, at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import SupportsFloat

Number = Decimal | SupportsFloat
"""A finite number: int, float, numpy scalar or Decimal."""

DIGITS = 100
"""Significant digits of intermediate results."""


def written(value: Number) -> Decimal:
    """Return the decimal number that `value` stands for; raise ValueError for one that is not finite."""
    number = (
        value if isinstance(value, Decimal) else Decimal(value) if isinstance(value, int) else Decimal(repr(float(value)))
    )
    if not number.is_finite():
        raise ValueError(f"a finite number is needed, got {value}")
    return number


def all_written(values: Iterable[Number], what: str) -> list[Decimal]:
    """Return the decimal numbers of a series; ValueError naming `what` and the place (from 1) of one that is not finite."""
    numbers = []
    for place, value in enumerate(values, start=1):
        try:
            numbers.append(written(value))
        except ValueError as error:
            raise ValueError(f"{what} {place}: {error}") from None
    return numbers


def rounded(value: Decimal | Fraction) -> float:
    """Return the nearest float; raise ValueError where there is none (overflow)."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("a result is beyond what a number of double precision holds")
    return number
