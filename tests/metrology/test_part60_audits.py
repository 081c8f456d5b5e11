"""Audits and out-of-control periods of 40 CFR 60, worked by hand."""

from decimal import Decimal

import pytest

from testbench.metrology.accuracy import accuracy_audit
from testbench.metrology.overall_bias import LoadLevel, overall_bias_adjustment_factor
from testbench.metrology.part60_audits import (
    OutOfControl,
    Reason,
    absolute_accuracy,
    cylinder_gas_accuracy,
    out_of_control_periods,
    relative_accuracy_audit,
    relative_accuracy_of,
)

AUDIT = accuracy_audit(
    [Decimal(9), Decimal(11), Decimal(10), Decimal(10)], [Decimal(10), Decimal(12), Decimal(12), Decimal(12)]
)


def test_a_cylinder_gas_audit_is_signed_and_of_the_certified_value():
    found = cylinder_gas_accuracy([Decimal(85), Decimal(86), Decimal(84)], Decimal(100))
    assert (found.mean_measured, found.difference, found.percent) == (85, -15, -15)
    with pytest.raises(ValueError, match="above zero"):
        cylinder_gas_accuracy([Decimal(1)], Decimal(0))


def test_a_relative_accuracy_audit_is_of_the_reference_mean_or_the_standard():
    found = relative_accuracy_audit([Decimal(110), Decimal(120), Decimal(130)], [Decimal(100), Decimal(100), Decimal(100)])
    assert found.percent == 20
    assert found.percent_of(Decimal(400)) == 5
    with pytest.raises(ValueError, match="pairs"):
        relative_accuracy_audit([Decimal(1)], [Decimal(1), Decimal(2)])


def test_relative_accuracy_of_the_standard():
    # d = 1, 1, 2, 2: mean 1.5, s = 1/√3, t(3) = 3.182, cc = 3.182/(2√3) = 0.918564
    assert absolute_accuracy(AUDIT) == pytest.approx(Decimal("2.418564"), abs=Decimal("1e-6"))
    assert relative_accuracy_of(AUDIT, Decimal(100)) == pytest.approx(Decimal("2.418564"), abs=Decimal("1e-6"))
    assert relative_accuracy_of(AUDIT, AUDIT.mean_reference) == pytest.approx(AUDIT.relative_accuracy)


def test_the_overall_factor_is_the_largest_at_the_normal_levels():
    # AUDIT fails the bias test: 1 + 1.5/10 = 1.15
    biased = LoadLevel("low", AUDIT, normal=False)
    small = LoadLevel(
        "mid", accuracy_audit([Decimal(10), Decimal(20), Decimal(30)], [Decimal(11), Decimal(21), Decimal(31)]), normal=True
    )  # 1 + 1/20
    unbiased = LoadLevel("high", accuracy_audit([Decimal(10), Decimal(12)], [Decimal(12), Decimal(10)]), normal=True)
    assert overall_bias_adjustment_factor([biased, small, unbiased]) == Decimal("1.050")
    assert overall_bias_adjustment_factor([biased, unbiased]) == Decimal("1.000")
    assert overall_bias_adjustment_factor([LoadLevel("low", AUDIT, normal=True), small]) == Decimal("1.150")
    with pytest.raises(ValueError, match="normal"):
        overall_bias_adjustment_factor([biased])


def _days(*drifts):
    return [Decimal(str(drift)) for drift in drifts]


def test_twice_the_limit_puts_out_of_control_on_the_fifth_day_in_a_row():
    assert out_of_control_periods(_days(5.1, 5.1, 5.1, 5.1, 5.0, 5.1), Decimal("2.5")) == ()
    found = out_of_control_periods(_days(0, 5.1, -5.1, 6, 6, 6, 6, 1), Decimal("2.5"))
    assert found == (OutOfControl(Reason.FIVE_DAYS, found=5, begins=5, ends=7),)


def test_four_times_the_limit_once_reaches_back_to_the_last_good_check():
    assert out_of_control_periods(_days(0, 10.0, 0), Decimal("2.5")) == ()
    found = out_of_control_periods(_days(0, 6, -10.1, 6, 0, 11), Decimal("2.5"))
    assert found == (
        OutOfControl(Reason.ONCE, found=2, begins=0, ends=4),
        OutOfControl(Reason.ONCE, found=5, begins=4, ends=None),
    )
    assert out_of_control_periods(_days(11, 0), Decimal("2.5")) == (OutOfControl(Reason.ONCE, found=0, begins=None, ends=1),)
