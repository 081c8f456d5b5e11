"""Samples and regressions against the Statistical Reference Datasets of NIST (StRD): data and certified values.

https://www.itl.nist.gov/div898/strd/ (public domain). Certified values have 15 digits; what is lost is what a number of
double precision cannot hold.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.regression import fit_line, fit_linear, fit_polynomial
from testbench.metrology.sample import describe, lag1_autocorrelation, mean, standard_deviation

DIGITS_15 = 1e-14

NORRIS_X = """0.2 337.4 118.2 884.6 10.1 226.5 666.3 996.3 448.6 777.0 558.2 0.4 0.6 775.5 666.9 338.0 447.5 11.6 556.0
228.1 995.8 887.6 120.2 0.3 0.3 556.8 339.1 887.2 999.0 779.0 11.1 118.3 229.2 669.1 448.9 0.5"""
NORRIS_Y = """0.1 338.8 118.1 888.0 9.2 228.1 668.5 998.5 449.1 778.9 559.2 0.3 0.1 778.1 668.8 339.3 448.9 10.8 557.7
228.3 998.0 888.8 119.6 0.3 0.6 557.6 339.3 888.0 998.5 778.9 10.2 117.6 228.9 668.4 449.2 0.2"""

LONGLEY_Y = (60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551)
LONGLEY_X = tuple(
    [float(word) for word in line.split()]
    for line in """83.0 88.5 88.2 89.5 96.2 98.1 99.0 100.0 101.2 104.6 108.4 110.8 112.6 114.2 115.7 116.9
234289 259426 258054 284599 328975 346999 365385 363112 397469 419180 442769 444546 482704 502601 518173 554894
2356 2325 3682 3351 2099 1932 1870 3578 2904 2822 2936 4681 3813 3931 4806 4007
1590 1456 1616 1650 3099 3594 3547 3350 3048 2857 2798 2637 2552 2514 2572 2827
107608 108632 109773 110929 112075 113270 115094 116219 117388 118734 120445 121950 123366 125368 127852 130081
1947 1948 1949 1950 1951 1952 1953 1954 1955 1956 1957 1958 1959 1960 1961 1962""".splitlines()
)


def floats(text: str) -> list[float]:
    return [float(word) for word in text.split()]


def close(value: float | None, certified: float) -> bool:
    return value is not None and value == pytest.approx(certified, rel=DIGITS_15)


def test_norris_is_certified_to_fifteen_digits() -> None:
    found = fit_line(floats(NORRIS_X), floats(NORRIS_Y))

    assert found.standard_errors is not None
    assert close(found.offset, -0.262323073774029)
    assert close(found.slope, 1.00211681802045)
    assert close(found.standard_errors[0], 0.232818234301152)
    assert close(found.standard_errors[1], 0.429796848199937e-3)
    assert close(found.residual_standard_deviation, 0.884796396144373)
    assert close(found.r_squared, 0.999993745883712)
    assert close(found.f_statistic, 5436385.54079785)
    assert close(found.residual_sum_of_squares, 26.6173985294224)
    assert found.degrees_of_freedom == 34


def test_longley_is_certified_to_fifteen_digits_although_its_predictors_are_all_but_collinear() -> None:
    found = fit_linear(LONGLEY_X, LONGLEY_Y)

    certified = (
        (-3482258.63459582, 890420.383607373),
        (15.0618722713733, 84.9149257747669),
        (-0.358191792925910e-01, 0.334910077722432e-01),
        (-2.02022980381683, 0.488399681651699),
        (-1.03322686717359, 0.214274163161675),
        (-0.511041056535807e-01, 0.226073200069370),
        (1829.15146461355, 455.478499142212),
    )
    assert found.standard_errors is not None
    for got, error, (estimate, deviation) in zip(found.coefficients, found.standard_errors, certified, strict=True):
        assert close(got, estimate)
        assert close(error, deviation)
    assert close(found.residual_standard_deviation, 304.854073561965)
    assert close(found.r_squared, 0.995479004577296)
    assert close(found.f_statistic, 330.285339234588)
    assert close(found.residual_sum_of_squares, 836424.055505915)


def test_noint1_goes_through_the_origin() -> None:
    found = fit_line(range(60, 71), range(130, 141), intercept=False)

    assert found.standard_errors is not None
    assert close(found.slope, 2.07438016528926)
    assert close(found.standard_errors[0], 0.165289256198347e-01)
    assert close(found.residual_standard_deviation, 3.56753034006338)
    assert close(found.r_squared, 0.999365492298663)
    assert close(found.f_statistic, 15750.25)
    assert (found.offset, found.degrees_of_freedom) == (0.0, 10)


def test_noint2_goes_through_the_origin() -> None:
    found = fit_line((4, 5, 6), (3, 4, 4), intercept=False)

    assert found.standard_errors is not None
    assert close(found.slope, 0.727272727272727)
    assert close(found.standard_errors[0], 0.420827318078432e-01)
    assert close(found.residual_standard_deviation, 0.369274472937998)
    assert close(found.r_squared, 0.993348115299335)
    assert close(found.f_statistic, 298.666666666667)


@pytest.mark.parametrize("coefficients", [(1, 1, 1, 1, 1, 1), (1, 0.1, 0.01, 0.001, 0.0001, 0.00001)], ids=["1", "2"])
def test_wampler_is_a_polynomial_of_fifth_degree_without_residual(coefficients: tuple[float, ...]) -> None:
    x = range(21)
    y = [sum(Decimal(str(c)) * value**power for power, c in enumerate(coefficients)) for value in x]

    found = fit_polynomial(x, y, 5)

    assert found.coefficients == coefficients
    assert found.residual_standard_deviation == 0
    assert found.f_statistic is None


def num_acc(one: str, first: str, second: str, pairs: int = 500) -> list[float]:
    return [float(one), *([float(first), float(second)] * pairs)]


@pytest.mark.parametrize(
    ("values", "certified"),
    [
        ([10000001, 10000003, 10000002], (10000002.0, 1.0, -0.5)),
        (num_acc("1.2", "1.1", "1.3"), (1.2, 0.1, -0.999)),
        (num_acc("1000000.2", "1000000.1", "1000000.3"), (1000000.2, 0.1, -0.999)),
        (num_acc("10000000.2", "10000000.1", "10000000.3"), (10000000.2, 0.1, -0.999)),
    ],
    ids=["NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"],
)
def test_univariate_data_are_certified_to_the_last_digit(values: list[float], certified: tuple[float, float, float]) -> None:
    assert (mean(values), standard_deviation(values), lag1_autocorrelation(values)) == certified
    assert describe(np.array(values)) == describe(values)


def test_a_sample_says_what_it_cannot_tell() -> None:
    one = describe([3.0])
    assert (one.mean, one.standard_deviation, one.lag1_autocorrelation) == (3.0, None, None)
    assert one.standard_uncertainty_of_mean is None
    with pytest.raises(ValueError, match="at least one value"):
        describe([])
    with pytest.raises(ValueError, match="value 2: a finite number"):
        describe([1.0, float("nan")])
    with pytest.raises(ValueError, match="at least 2"):
        standard_deviation([1.0])
    with pytest.raises(ValueError, match="do not vary"):
        lag1_autocorrelation([1.0, 1.0])


@pytest.mark.parametrize(
    ("predictors", "y", "words"),
    [
        ([[1, 2, 3]], [1, 2], "predictor 1 has 3 values, y has 2"),
        ([[1]], [1], "2 coefficients need at least 2 observations, got 1"),
        ([[1, 1, 1]], [1, 2, 3], "not independent"),
        ([[1, 2, 3], [0.1, 0.2, 0.3]], [1, 2, 4], "not independent"),
        ([[1, float("inf"), 3]], [1, 2, 3], "predictor 1, value 2: a finite number"),
        ([], [1, 2], "at least one predictor"),
    ],
)
def test_what_cannot_be_fitted_is_refused(predictors: list[list[float]], y: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_linear(predictors, y)


def test_two_points_make_a_line_without_uncertainty() -> None:
    found = fit_line((0.1, 0.2), (1, 2))

    assert found.coefficients == (0.0, 10.0)
    assert (found.standard_errors, found.covariance, found.residual_standard_deviation) == (None, None, None)


@given(
    a=st.integers(-100, 100),
    b=st.integers(-100, 100),
    x=st.lists(st.integers(-1000, 1000), min_size=2, max_size=12, unique=True),
)
def test_points_on_a_line_give_that_line_exactly(a: int, b: int, x: list[int]) -> None:
    found = fit_line(x, [a + b * value for value in x])

    assert found.coefficients == (a, b)
    assert found.residual_sum_of_squares == 0
