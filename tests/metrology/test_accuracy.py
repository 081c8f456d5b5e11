"""Linearity, calibration error, relative accuracy and bias in decimal arithmetic."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.metrology.accuracy import accuracy_audit, bias_adjustment_factor, level_error, t_factor
from testbench.metrology.rounding import round_decimal


def decimals(*numbers: str) -> list[Decimal]:
    return [Decimal(number) for number in numbers]


# 40 CFR 75 App. A, Table 7-1: t at 0.025, two-sided 95 %.
@pytest.mark.parametrize(
    ("degrees", "t"),
    [(1, "12.706"), (2, "4.303"), (8, "2.306"), (9, "2.262"), (10, "2.228"), (11, "2.201"), (14, "2.145"), (29, "2.045")],
)
def test_t_is_that_of_the_printed_table(degrees: int, t: str) -> None:
    assert t_factor(degrees) == Decimal(t)


def test_t_needs_a_degree_of_freedom() -> None:
    with pytest.raises(ValueError, match="degree of freedom"):
        t_factor(0)


def test_level_error_is_reference_minus_measured() -> None:
    # EPA ECMPS test data, Linearity-20210607133032SD1L, low level (public domain).
    error = level_error(decimals("2.44", "2.44", "2.44"), decimals("2.7", "2.6", "2.5"))
    assert error.difference == Decimal("-0.16")
    assert round_decimal(error.percent_of(error.mean_reference), 1) == Decimal("-6.6")
    with pytest.raises(ValueError, match="zero"):
        error.percent_of(Decimal(0))


def test_a_relative_accuracy_audit_worked_by_hand() -> None:
    # Differences 1, 2, 3: d = 2, Sd = 1, cc = 4.303 / sqrt(3) = 2.48434, RA = 4.48434 / 102 * 100.
    audit = accuracy_audit(decimals("100", "100", "100"), decimals("101", "102", "103"))
    assert audit.mean_difference == 2
    assert audit.standard_deviation == 1
    assert audit.mean_reference == 102
    assert float(audit.confidence_coefficient) == pytest.approx(4.303 / 3**0.5)
    assert float(audit.relative_accuracy) == pytest.approx((2 + 4.303 / 3**0.5) / 1.02)
    assert not audit.biased_low
    assert bias_adjustment_factor(audit) == 1


def test_a_monitor_that_reads_low_gets_a_factor() -> None:
    # EPA ECMPS test data, 201802270921MA3-H (public domain): bias adjustment factor 1.056.
    audit = accuracy_audit(
        decimals(*["0.008"] * 9),
        decimals("0.009", "0.009", "0.009", "0.008", "0.009", "0.008", "0.008", "0.008", "0.008"),
    )
    assert audit.biased_low
    assert bias_adjustment_factor(audit) == Decimal("1.056")
    assert bias_adjustment_factor(audit, cap=Decimal("1.111")) == Decimal("1.056")
    assert bias_adjustment_factor(audit, cap=Decimal("1.050")) == Decimal("1.050")


def test_a_monitor_that_reads_high_gets_none() -> None:
    audit = accuracy_audit(decimals("110", "111", "110"), decimals("100", "101", "100"))
    assert audit.mean_difference == -10
    assert not audit.biased_low
    assert bias_adjustment_factor(audit) == 1


def test_equality_of_difference_and_confidence_passes_the_bias_test() -> None:
    audit = accuracy_audit(decimals("5", "5", "5"), decimals("5", "5", "5"))
    assert audit.mean_difference == audit.confidence_coefficient == 0
    assert not audit.biased_low


@pytest.mark.parametrize(
    ("cems", "reference", "problem"),
    [
        (["1"], ["1"], "at least 2"),
        (["1", "2"], ["1"], "pairs"),
        (["1", "2"], ["0", "0"], "above zero"),
        (["1", "2"], ["-1", "-2"], "above zero"),
    ],
)
def test_what_cannot_be_computed_is_refused(cems: list[str], reference: list[str], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        accuracy_audit(decimals(*cems), decimals(*reference))


def test_a_factor_needs_a_monitor_that_reads_something() -> None:
    audit = accuracy_audit(decimals("0", "0", "0"), decimals("5", "5", "5"))
    with pytest.raises(ValueError, match="CEMS mean"):
        bias_adjustment_factor(audit)


NUMBERS = st.decimals(min_value=1, max_value=1000, places=3)
FACTORS = st.decimals(min_value="0.01", max_value=100, places=2)


@settings(max_examples=100, derandomize=True)
@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=15), st.decimals(min_value="0.01", max_value=100, places=2)
)
def test_relative_accuracy_does_not_depend_on_order_or_unit(pairs: list[tuple[Decimal, Decimal]], factor: Decimal) -> None:
    audit = accuracy_audit([c for c, _ in pairs], [r for _, r in pairs])
    scaled = accuracy_audit([c * factor for c, _ in reversed(pairs)], [r * factor for _, r in reversed(pairs)])
    assert float(scaled.relative_accuracy) == pytest.approx(float(audit.relative_accuracy), rel=1e-12)
    assert scaled.biased_low == audit.biased_low
    assert bias_adjustment_factor(scaled) == bias_adjustment_factor(audit) >= 1
