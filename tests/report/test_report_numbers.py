"""Printed numbers: rounding, alignment and signs."""

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.report.numbers import (
    MINUS,
    aligned,
    moment,
    places_for,
    plain,
    rounded,
    signed,
    significant,
    with_uncertainty,
)


def test_the_example_of_the_gum_is_printed_as_in_the_gum() -> None:
    # JCGM 100:2008, 7.2.4: m = (100.021 47 ± 0.000 79) g
    assert with_uncertainty(100.02147, 0.00079) == ("100.02147", "0.00079")


@pytest.mark.parametrize(
    ("value", "uncertainty", "printed"),
    [
        (0.6084, 0.29, ("0.61", "0.29")),
        (-4.335, 0.17, (f"{MINUS}4.34", "0.17")),  # a half rounds away from zero, decimally
        (44.71, 1.1, ("44.7", "1.1")),
        (1234.4, 123.0, ("1230", "120")),
        (5.0, 0.0996, ("5.00", "0.10")),  # two digits after rounding up to the next power of ten
        (-0.001, 0.2, ("0.00", "0.20")),  # a rounded zero has no sign
        (3.14159265, None, ("3.142", "–")),
        (3.14159265, 0.0, ("3.142", "0")),
        (None, 0.2, ("–", "0.20")),
        (math.nan, math.nan, ("–", "–")),
    ],
)
def test_uncertainty_has_two_digits_and_the_value_the_same_last_one(value, uncertainty, printed) -> None:
    assert with_uncertainty(value, uncertainty) == printed


@given(st.floats(1e-6, 1e6))
def test_a_printed_uncertainty_is_within_half_a_digit_of_itself(uncertainty: float) -> None:
    places = places_for(uncertainty)
    text = rounded(uncertainty, places)
    exact, half = Decimal(repr(uncertainty)), Decimal(1).scaleb(-places) / 2
    assert abs(Decimal(text) - exact) <= half
    digits = text.replace(".", "").lstrip("0")
    assert len(digits.rstrip("0")) <= 2


def test_an_uncertainty_that_is_none_cannot_give_places() -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        places_for(0.0)


def test_a_sign_is_shown_for_what_has_a_direction_but_not_for_zero() -> None:
    assert [signed(text) for text in ("0.61", f"{MINUS}0.61", "0.00", "–")] == ["+0.61", f"{MINUS}0.61", "0.00", "–"]


def test_decimal_marks_of_a_column_stand_below_each_other() -> None:
    assert aligned(["1.25", "44.7", "120"]) == [("1.25", ""), ("44.7", "0"), ("120", ".00")]
    assert len({len(text + pad) - (text + pad).index(".") for text, pad in aligned(["1.25", "44.7", "120"])}) == 1


def test_stated_numbers_are_printed_as_they_were_stated() -> None:
    assert [plain(2.0), plain(0.05), plain(-20.0), plain(100.0), plain(None)] == ["2", "0.05", f"{MINUS}20", "100", "–"]


def test_significant_digits_never_use_powers_of_ten() -> None:
    assert [significant(x, 3) for x in (0.000012345, 123456.0, 0.0, math.inf)] == ["0.0000123", "123456", "0", "–"]


def test_a_moment_shows_its_offset() -> None:
    china = dt.timezone(dt.timedelta(hours=8))
    assert moment(dt.datetime(2026, 3, 2, 9, 0, tzinfo=china)) == "2026-03-02 09:00:00 +08:00"
    assert moment(None) == "–"
