"""The regression line against the certified results of NIST's Statistical Reference Datasets."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.linearity import regression_residuals

# NIST StRD, Norris (calibration of ozone monitors), https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml
NORRIS_X = [
    0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4,
    0.6, 775.5, 666.9, 338.0, 447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3,
    0.3, 556.8, 339.1, 887.2, 999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
]  # fmt: skip
NORRIS_Y = [
    0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3,
    0.1, 778.1, 668.8, 339.3, 448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3,
    0.6, 557.6, 339.3, 888.0, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
]  # fmt: skip


def test_the_line_through_norris_is_the_certified_one() -> None:
    line = regression_residuals(NORRIS_X, NORRIS_Y)
    assert line.slope == pytest.approx(1.00211681802045, rel=1e-12)
    assert line.slope_error == pytest.approx(0.429796848199937e-03, rel=1e-10)
    assert line.intercept == pytest.approx(-0.262323073774029, rel=1e-10)
    assert line.intercept_error == pytest.approx(0.232818234301152, rel=1e-10)
    assert line.residual_deviation == pytest.approx(0.884796396144373, rel=1e-10)
    assert math.fsum(r**2 for r in line.residuals) == pytest.approx(26.6173985294224, rel=1e-10)


def test_the_lack_of_fit_is_the_largest_residual_with_its_sign() -> None:
    line = regression_residuals([0.0, 1.0, 2.0, 3.0], [0.0, 0.9, 2.0, 3.0])
    # slope 1.01, intercept −0.04: residuals 0.04, −0.07, 0.02, 0.01
    assert line.residuals == pytest.approx((0.04, -0.07, 0.02, 0.01))
    assert (line.largest_residual, line.largest_index) == (pytest.approx(-0.07), 1)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], "as many references as indications"),
        ([1.0, 2.0], [1.0, 2.0], "at least 3 pairs"),
        ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], "references that differ"),
        ([1.0, 2.0, 3.0], [1.0, math.nan, 3.0], "without gaps"),
    ],
)
def test_pairs_that_make_no_line_are_refused(x: list[float], y: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        regression_residuals(x, y)


@given(
    st.lists(st.floats(-5, 5), min_size=3, max_size=12),
    st.floats(-10, 10),
    st.floats(-10, 10),
)
def test_a_line_added_to_the_indications_leaves_the_residuals(noise: list[float], slope: float, intercept: float) -> None:
    x = np.arange(float(len(noise)))
    plain = regression_residuals(x, noise)
    tilted = regression_residuals(x, np.array(noise) + intercept + slope * x)
    assert tilted.residuals == pytest.approx(plain.residuals, abs=1e-9)
    assert tilted.slope == pytest.approx(plain.slope + slope, abs=1e-9)
