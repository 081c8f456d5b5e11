"""Public functions of testbench.metrology take every kind of number, and refuse what is none, in words of their own."""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from testbench.metrology.accuracy import accuracy_audit, level_error
from testbench.metrology.anova import anova_of_means
from testbench.metrology.average import average
from testbench.metrology.calibration_fit import fit_straight_line
from testbench.metrology.control_charts import CusumState, cusum_step
from testbench.metrology.controlled_release import Release, release_errors
from testbench.metrology.coverage import expand
from testbench.metrology.emission.mrr import annual_emission
from testbench.metrology.flow_to_load import reference_ratio
from testbench.metrology.hj75_conversions import at_reference_oxygen
from testbench.metrology.method_7e import interference
from testbench.metrology.method_205 import dilution_level
from testbench.metrology.monte_carlo import summarise
from testbench.metrology.permissible_error import worst_error
from testbench.metrology.qal2 import Pair, calibration_function
from testbench.metrology.quantity import Quantity
from testbench.metrology.regression import fit_line
from testbench.metrology.repeatability import repeatability
from testbench.metrology.sample import describe
from testbench.metrology.stack_velocity import StackGas, point_velocity
from testbench.metrology.uncertain import Influences

NO_NUMBERS = ["1.5", True, None, 1 + 2j, [1.5], math.nan, math.inf, np.bool_(True), np.array([1.5, 2.5])]
X, Y = [1.0, 2.0, 3.0, 4.5], [2.1, 3.9, 6.2, 9.0]
PAIRS = [Pair(4.0 + i, 10.0 + 2.0 * i + i % 3) for i in range(6)]

OF_ONE: dict[str, Callable[[Any], object]] = {
    "a factor": lambda value: expand(value, 5.0),
    "a decimal": lambda value: reference_ratio(value, Decimal(100)),
    "a value by name": lambda value: interference({"CO2": value}, Decimal(100)),
    "a field": lambda value: StackGas(29.9, value, 29.0),
    "a named one": lambda value: point_velocity(0.5, 300.0, StackGas(29.9, 0.0, 29.0), coefficient=value),
    "a conversion": lambda value: at_reference_oxygen(100.0, value, 6.0),
    "a reading of a chart": lambda value: cusum_step(CusumState(), value, 1.0),
    "a limit": lambda value: calibration_function(PAIRS, limit_value=value, permitted_percent=20.0),
    "a value with influences": lambda value: Influences().number(Quantity(value, "%")).x,
    "one of a sample": lambda value: describe([1.0, value, 3.0]),
    "one of a line": lambda value: fit_line([1.0, value, 3.0], X[:3]),
    "one of a calibration": lambda value: fit_straight_line(X, [value, *Y[1:]], u_y=0.1),
    "one of a repeatability": lambda value: repeatability([1.0, value, 3.0]),
    "one of several decimals": lambda value: level_error([Decimal(1), value], [Decimal(1), Decimal(2)]),
    "one of several floats": lambda value: dilution_level([1.0, value, 1.0], 1.0),
    "one of a model": lambda value: summarise([1.0, value, 3.0]),
}


@pytest.mark.parametrize("function", OF_ONE.values(), ids=OF_ONE)
def test_what_is_no_number_is_refused(function: Callable[[Any], object]) -> None:
    for value in NO_NUMBERS:
        with pytest.raises(ValueError, match=r".") as refused:
            function(value)
        assert "ambiguous" not in str(refused.value)
        assert "float()" not in str(refused.value)


@pytest.mark.parametrize("function", OF_ONE.values(), ids=OF_ONE)
def test_every_kind_of_number_gives_the_same(function: Callable[[Any], object]) -> None:
    kinds = [1.5, Decimal("1.5"), Fraction(3, 2), np.float64(1.5), np.float32(1.5), np.array(1.5)]
    assert len({str(function(kind)) for kind in kinds}) == 1
    assert str(function(2)) == str(function(2.0)) == str(function(np.int64(2)))


def test_a_float_is_the_decimal_that_was_written() -> None:
    readings = [0.1, 0.2, 0.3]
    written = [Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]
    single = np.array(readings, dtype=np.float32)
    assert accuracy_audit(readings, [0.2, 0.2, 0.3]) == accuracy_audit(written, [Decimal("0.2"), *written[1:]])
    assert accuracy_audit(np.array(readings), written) == accuracy_audit(single, tuple(readings))
    assert describe(single).mean == 0.2


@pytest.mark.parametrize(
    "function",
    [
        describe,
        summarise,
        repeatability,
        lambda series: fit_line(series, series),
        lambda series: worst_error(series, series),
    ],
)
def test_a_series_is_no_text_and_no_table(function: Callable[[Any], object]) -> None:
    for series in ("123456", None, 1.0, {"a": 1.0}, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), [[1.0, 2.0], [3.0]]):
        with pytest.raises(ValueError, match=r"number|values|readings"):
            function(series)


def test_a_series_may_come_one_by_one() -> None:
    assert describe(number for number in X) == describe(tuple(X)) == describe(np.array(X))
    assert repeatability(number for number in X) == repeatability(tuple(X))  # type: ignore[arg-type]
    assert worst_error((number for number in X), iter(Y)) == worst_error(X, Y)  # type: ignore[arg-type]


def test_masked_values_are_gaps_and_never_what_the_mask_hides() -> None:
    readings = np.ma.masked_array([1.0, 999.0, 3.0, 2.0], mask=[False, True, False, False])
    assert average(readings, influence="x", unit="ppm").quantity.value == 2.0
    for refusing in (describe, repeatability, lambda series: annual_emission(series, [1.0] * 4)):
        with pytest.raises(ValueError, match=r"finite|missing"):
            refusing(readings)


def test_numbers_beyond_double_precision_are_refused() -> None:
    for refused in (
        lambda: repeatability([1e300, 2e300, 3e300]),
        lambda: fit_straight_line([1e-200, 2e-200], [1.0, 2.0], u_y=1e-200),
        lambda: release_errors([Release(1e-300, 0.0, 1e-100, detected=True), Release(1.0, 0.0, 1.0, detected=True)]),
        lambda: calibration_function([Pair(1e300 * i, i) for i in range(4)], limit_value=1.0, permitted_percent=1.0),
    ):
        with pytest.raises(ValueError, match=r"beyond|positive definite"):
            refused()


def test_a_negative_standard_deviation_of_a_group_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        anova_of_means([1.0, 2.0], [0.1, -0.1], 5)
