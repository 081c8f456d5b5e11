"""Numbers are read as people type them, and nothing else is taken for one."""

import pytest

from testbench.typed_number import plain_number


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12.5", "12.5"),
        (" 12,5 ", "12.5"),
        ("１２．５", "12.5"),
        ("１２，５", "12.5"),
        ("１２。５", "12.5"),
        ("−0,5", "-0.5"),
        ("－３", "-3"),
        ("+.5", "+.5"),
        ("5e-3", "5e-3"),
        ("0,125", "0.125"),
        ("1200,5", "1200.5"),
    ],
)
def test_commas_full_width_signs_and_true_minus_are_understood(typed: str, meant: str) -> None:
    assert plain_number(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "-", ".", "1,200", "-12,345", "1,000.5", "1,000,000", "1_000", "1 000", "nan", "inf", "0x10", "12.5 %"]
)
def test_what_is_no_number_or_ambiguous_is_not_guessed_at(typed: str) -> None:
    assert plain_number(typed) is None
