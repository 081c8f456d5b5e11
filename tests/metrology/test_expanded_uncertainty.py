"""Expanded uncertainty against the tables of Student's t and chi squared."""

import math

import numpy as np
import pytest

from testbench.metrology.coverage import expand, standard_deviation_interval


@pytest.mark.parametrize(
    ("degrees", "factor"),  # JCGM 100:2008 table G.2, p = 95 %
    [(1, 12.71), (2, 4.30), (3, 3.18), (5, 2.57), (10, 2.23), (20, 2.09), (50, 2.01), (math.inf, 1.960)],
)
def test_the_factor_is_that_of_the_table_of_t(degrees: float, factor: float) -> None:
    expanded = expand(0.5, degrees)
    assert expanded.factor == pytest.approx(factor, abs=0.005)
    assert expanded.uncertainty == pytest.approx(0.5 * expanded.factor)


def test_the_factor_for_99_73_percent_is_three() -> None:
    assert expand(1.0, probability=0.9973).factor == pytest.approx(3.0, abs=5e-4)


def test_the_largest_of_seven_needs_a_larger_factor() -> None:
    assert expand(1.0, of=7).factor == pytest.approx(2.683, abs=5e-4)  # Φ⁻¹((1 + 0.95^(1/7))/2)


def test_the_interval_of_the_largest_of_seven_holds_for_all_seven_at_once() -> None:
    draws = np.random.default_rng(5).standard_normal((40_000, 7))
    inside = np.abs(draws).max(axis=1) <= expand(1.0, of=7).factor
    assert inside.mean() == pytest.approx(0.95, abs=0.005)


@pytest.mark.parametrize(
    ("n", "low", "high"),  # sqrt(ν/χ²): χ²(0.975; 5) = 12.833, χ²(0.025; 5) = 0.8312; ν = 9: 19.023, 2.7004
    [(6, math.sqrt(5 / 12.833), math.sqrt(5 / 0.8312)), (10, math.sqrt(9 / 19.023), math.sqrt(9 / 2.7004))],
)
def test_a_standard_deviation_has_the_chi_squared_interval(n: int, low: float, high: float) -> None:
    assert standard_deviation_interval(1.0, n) == pytest.approx((low, high), rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"standard_uncertainty": -1.0}, "standard uncertainty must be 0 or more"),
        ({"standard_uncertainty": math.nan}, "standard uncertainty must be 0 or more"),
        ({"standard_uncertainty": 1.0, "degrees_of_freedom": 0.5}, "degrees of freedom must be at least 1"),
        ({"standard_uncertainty": 1.0, "of": 0}, "at least 1 is needed"),
        ({"standard_uncertainty": 1.0, "probability": 95.0}, "between 0 and 1"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        expand(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(("s", "n", "message"), [(1.0, 1, "at least 2"), (-1.0, 5, "0 or more"), (math.nan, 5, "0 or more")])
def test_a_standard_deviation_without_meaning_is_refused(s: float, n: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        standard_deviation_interval(s, n)
