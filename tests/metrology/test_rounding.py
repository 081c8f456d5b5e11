"""Rounding at stated decimals."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.metrology.rounding import RoundingMode, round_decimal

FINITE = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize(
    ("value", "decimals", "away", "even"),
    [
        ("2.45", 1, "2.5", "2.4"),
        ("2.55", 1, "2.6", "2.6"),
        ("-2.45", 1, "-2.5", "-2.4"),
        ("2.5", 0, "3", "2"),
        ("3.5", 0, "4", "4"),
        ("0.5", 0, "1", "0"),
        ("2.449999", 1, "2.4", "2.4"),
        ("2.450001", 1, "2.5", "2.5"),
        ("2", 1, "2.0", "2.0"),
        ("1.0555555", 3, "1.056", "1.056"),
    ],
)
def test_a_half_goes_away_from_zero_or_to_the_even_digit(value: str, decimals: int, away: str, even: str) -> None:
    assert str(round_decimal(Decimal(value), decimals)) == away
    assert str(round_decimal(Decimal(value), decimals, RoundingMode.HALF_EVEN)) == even


def test_zero_has_no_sign() -> None:
    assert str(round_decimal(Decimal("-0.04"), 1)) == "0.0"


def test_large_numbers_are_rounded_as_well() -> None:
    assert round_decimal(Decimal("123456789012345678901234567890123.45"), 1) == Decimal(
        "123456789012345678901234567890123.5"
    )


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        round_decimal(Decimal(value), 1)


def test_negative_decimals_are_refused() -> None:
    with pytest.raises(ValueError, match="decimals"):
        round_decimal(Decimal(1), -1)


@settings(max_examples=200, derandomize=True)
@given(FINITE, st.integers(0, 6), st.sampled_from(RoundingMode))
def test_the_rounded_number_is_the_nearest_and_symmetric(value: Decimal, decimals: int, mode: RoundingMode) -> None:
    rounded = round_decimal(value, decimals, mode)
    assert rounded.as_tuple().exponent == -decimals
    with localcontext(Context(prec=2000)):
        assert abs(rounded - value) <= Decimal(5).scaleb(-decimals - 1)
    assert round_decimal(-value, decimals, mode) == -rounded
    assert round_decimal(rounded, decimals, mode) == rounded
