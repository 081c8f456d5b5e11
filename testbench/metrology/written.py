"""Numbers as they were written: a float stands for the shortest decimal that reads as it, so 0.1 is one tenth.

Sums of such numbers in decimal arithmetic of many digits lose nothing, whatever their size. It is what the functions for
samples and regressions compute with: their results are those of the decimal data, rounded once, at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, SupportsFloat, cast

Number = Decimal | SupportsFloat
"""A finite number: int, float, numpy scalar or Decimal."""

DIGITS = 100
"""Significant digits of intermediate results."""


def written(value: Number) -> Decimal:
    """Return the decimal number that `value` stands for; raise ValueError for one that is not finite or no number.

    A text is no number here, nor are yes and no: what was written in a file has been read before it comes here.
    """
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, float) and type(value) is float:
        number = Decimal(repr(value))
    else:
        number = _of_another_kind(value)
    if not number.is_finite():
        raise ValueError(f"a finite number is needed, got {value}")
    return number


def _of_another_kind(value: SupportsFloat) -> Decimal:
    """A fraction, or a scalar of numpy, whose text is the shortest decimal for its own precision."""
    if isinstance(value, Fraction):
        with localcontext(prec=DIGITS):
            return Decimal(value.numerator) / value.denominator
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    try:
        if getattr(value, "ndim", 0) or isinstance(value, str | bytes | bool) or kind not in ("", "i", "u", "f"):
            raise TypeError
        return Decimal(str(value) if kind else repr(float(value)))
    except (TypeError, ValueError, ArithmeticError):
        raise ValueError(f"a number is needed, got {value!r}") from None


def all_written(values: Iterable[Number], what: str) -> list[Decimal]:
    """Return the decimal numbers of a series; ValueError naming `what` and the place (from 1) of one that is not finite."""
    numbers = []
    for place, value in enumerate(values_of(values, what), start=1):
        try:
            numbers.append(written(value))
        except ValueError as error:
            raise ValueError(f"{what} {place}: {error}") from None
    return numbers


def values_of(values: Iterable[Number], what: str) -> Iterable[Number]:
    """The values of a series, masked ones of an array as NaN; ValueError for what is no series."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise ValueError(f"{what}: a series of numbers is needed, got {values!r}")
    masked: Any = values
    if hasattr(masked, "mask") and hasattr(masked, "filled"):
        return cast("Iterable[Number]", masked.astype(float).filled(math.nan))
    return values


def rounded(value: Decimal | Fraction | float) -> float:
    """Return the nearest float; raise ValueError where there is none (overflow)."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("a result is beyond what a number of double precision holds")
    return number
