"""Calibration functions against the worked examples of ISO/TS 28037:2010 and of ISO 6143:2001, B.2.

The data and results of ISO/TS 28037 are those of its clauses 6.3 and 7.4; those of ISO 6143 of its B.2.1 to B.2.3, with the
digits that METAS (B LEAST for Python, 2024) found where the standard's own program had not converged.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.metrology.calibration_fit import CalibrationFit, Form, fit_analysis_function, fit_straight_line
from testbench.metrology.regression import fit_line

SIX = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)


def line(fit: CalibrationFit) -> list[float]:
    """Intercept, slope, their standard uncertainties, their covariance, χ²."""
    return [*fit.coefficients, *fit.standard_uncertainties, fit.covariance[0][1], fit.chi_squared]


def test_equal_weights_of_iso_ts_28037() -> None:
    fit = fit_straight_line(SIX, (3.3, 5.6, 7.1, 9.3, 10.7, 12.1), u_y=0.5)

    assert line(fit) == pytest.approx([1.867, 1.757, 0.465, 0.120, -0.050, 1.665], abs=5e-4)
    assert (fit.degrees_of_freedom, fit.agrees) == (4, True)
    assert fit.chi_squared_limit == pytest.approx(9.488, abs=5e-4)
    assert fit.inverse(10.5, 0.5) == pytest.approx((4.913, 0.322), abs=5e-4)
    assert fit.evaluate(3.5, 0.2) == pytest.approx((8.017, 0.406), abs=5e-4)


def test_unequal_weights_of_iso_ts_28037() -> None:
    fit = fit_straight_line(SIX, (3.2, 4.3, 7.6, 8.6, 11.7, 12.8), u_y=(0.5, 0.5, 0.5, 1.0, 1.0, 1.0))

    assert line(fit) == pytest.approx([0.885, 2.057, 0.530, 0.178, -0.082, 4.131], abs=5e-4)
    assert fit.inverse(10.5, 1.0) == pytest.approx((4.674, 0.533), abs=5e-4)


def test_uncertainty_in_both_variables_of_iso_ts_28037() -> None:
    x, y = (1.2, 1.9, 2.9, 4.0, 4.7, 5.9), (3.4, 4.4, 7.2, 8.5, 10.8, 13.5)
    fit = fit_straight_line(x, y, u_x=0.2, u_y=(0.2, 0.2, 0.2, 0.4, 0.4, 0.4))

    assert fit.coefficients == pytest.approx((0.5788, 2.1597), abs=5e-5)
    assert fit.standard_uncertainties == pytest.approx((0.4764, 0.1355), abs=5e-5)
    assert (fit.covariance[0][1], fit.chi_squared) == pytest.approx((-0.0577, 2.743), abs=5e-4)


def test_a_diagonal_covariance_matrix_is_the_same_as_uncertainties() -> None:
    x, y = (1.2, 1.9, 2.9, 4.0, 4.7, 5.9), (3.4, 4.4, 7.2, 8.5, 10.8, 13.5)
    u_y = np.array([0.2, 0.2, 0.2, 0.4, 0.4, 0.4])
    both = fit_straight_line(x, y, covariance=np.diag(np.concatenate([np.full(6, 0.2), u_y]) ** 2))
    of_y = fit_straight_line(x, y, covariance=np.diag(u_y**2))

    assert line(both) == pytest.approx(line(fit_straight_line(x, y, u_x=0.2, u_y=u_y)), rel=1e-9)
    assert line(of_y) == pytest.approx(line(fit_straight_line(x, y, u_y=u_y)), rel=1e-12)


def test_what_all_readings_share_goes_into_the_intercept_alone() -> None:
    y = (3.3, 5.6, 7.1, 9.3, 10.7, 12.1)
    alone = fit_straight_line(SIX, y, u_y=0.5)
    shared = fit_straight_line(SIX, y, covariance=0.25 * np.eye(6) + 0.3**2)

    assert shared.coefficients == pytest.approx(alone.coefficients)
    assert shared.covariance[0][0] == pytest.approx(alone.covariance[0][0] + 0.3**2)
    assert shared.covariance[1][1] == pytest.approx(alone.covariance[1][1])


B1_X, B1_Y = (4.5, 18.75, 50.0), (0.1969, 0.7874, 2.0228)


def test_example_1_of_iso_6143() -> None:
    fit = fit_analysis_function(B1_Y, B1_X, u_y=(0.003938, 0.015748, 0.040456), u_x=(0.045, 0.1875, 0.5))

    assert fit.coefficients == pytest.approx((-3.5747e-1, 2.4612e1), rel=5e-5)
    assert fit.standard_uncertainties == pytest.approx((1.5713e-1, 4.8035e-1), abs=5e-5)
    assert fit.covariance[0][1] == pytest.approx(-5.6890e-2, abs=5e-6)
    assert (fit.chi_squared, fit.goodness_of_fit) == pytest.approx((0.6743, 0.568), abs=1e-3)
    assert fit.consistent
    assert fit.enough_gases
    found = fit.evaluate_all((0.258, 0.600, 1.800), (0.00516, 0.012, 0.036))
    assert found.values == pytest.approx((5.9923, 14.409, 43.943), rel=5e-5)
    assert found.standard_uncertainties == pytest.approx((1.6377e-1, 3.5597e-1, 1.1630), rel=5e-5)
    assert (found.covariance[0][1], found.covariance[0][2], found.covariance[1][2]) == pytest.approx(
        (1.16e-2, 1.48e-2, 1.37e-1), rel=5e-3
    )


B2_X = (1.5e-3, 0.1888, 1.990, 3.796, 5.677, 7.118, 9.210, 10.90)
B2_UX = (9e-4, 4.5e-4, 4e-3, 3.9e-2, 1.25e-2, 1.25e-2, 2e-2, 2.5e-2)
B2_Y = (60, 7786, 81700, 156200, 233300, 293000, 380600, 449700)
B2_UY = (35.0, 135.7, 36.7, 223.2, 137.2, 245.5, 125.1, 321.8)


def test_example_2_of_iso_6143_is_met_by_a_line_and_better_by_a_parabola() -> None:
    straight = fit_analysis_function(B2_Y, B2_X, u_y=B2_UY, u_x=B2_UX)
    parabola = fit_analysis_function(B2_Y, B2_X, u_y=B2_UY, u_x=B2_UX, form=Form.QUADRATIC)

    assert straight.coefficients == pytest.approx((3.9810e-4, 2.4285e-5), rel=2e-5)
    assert straight.standard_uncertainties == pytest.approx((1.1459e-3, 2.4162e-8), rel=5e-5)
    assert (straight.chi_squared, straight.goodness_of_fit) == pytest.approx((6.0445, 1.6265), abs=1e-4)
    assert parabola.coefficients == pytest.approx((-1.3111e-4, 2.4401e-5, -4.0865e-13), rel=5e-5)
    assert parabola.standard_uncertainties == pytest.approx((1.175e-3, 5.901e-8, 1.895e-13), rel=5e-4)
    assert (parabola.chi_squared, parabola.goodness_of_fit) == pytest.approx((1.3964, 0.8664), abs=1e-4)
    found = parabola.evaluate_all((70000.0, 370000.0), (40.0, 200.0))
    assert found.values == pytest.approx((1.7059, 8.9723), abs=5e-5)
    assert found.standard_uncertainties == pytest.approx((3.2908e-3, 1.1762e-2), rel=1e-4)


B3_X = (1.0006, 1.0010, 1.9995, 3.0018, 3.9982, 4.0043, 4.9981, 5.9961, 7.9974, 7.9995, 9.9980, 10.006)
B3_UX = (1.34e-3, 1.1e-3, 3.2e-3, 3.4e-3, 5.8e-3, 5.8e-3, 5.8e-3, 7.8e-3, 8.4e-3, 1e-2, 1.2e-2, 1.04e-2)
B3_Y = (963.7988, 966.2585, 1912.5692, 2846.9306, 3754.9386, 3764.5905)
B3_Y += (4647.1511, 5529.9991, 7246.0082, 7240.4767, 8884.6955, 8902.6916)
B3_UY = (14.0, 12.5, 16.8, 11.6, 10.8, 12.1, 14.4, 12.1, 11.9, 10.7, 10.1, 14.1)


@pytest.mark.parametrize(
    ("form", "coefficients", "chi_squared", "goodness", "content"),
    [
        (Form.LINEAR, (-0.19206, 1.13384e-3), 272.6392, 6.8362, (5.4211, 1.3293e-2)),
        (Form.POWER, (0.1213, 5.121e-4, 8.499e-2), 8.3804, 1.1594, (5.3456, 1.418e-2)),
        (Form.EXPONENTIAL, (-47.962, 47.968, 2.1283e-5), 0.6572, 0.3529, (5.3357, 1.4246e-2)),
    ],
)
def test_example_3_of_iso_6143_tells_the_forms_apart(
    form: Form, coefficients: tuple[float, ...], chi_squared: float, goodness: float, content: tuple[float, float]
) -> None:
    fit = fit_analysis_function(B3_Y, B3_X, u_y=B3_UY, u_x=B3_UX, form=form)

    assert fit.coefficients == pytest.approx(coefficients, rel=2e-4)
    assert (fit.chi_squared, fit.goodness_of_fit) == pytest.approx((chi_squared, goodness), abs=1e-4)
    assert fit.evaluate(4950.6, 11.0) == pytest.approx(content, rel=1e-4)
    assert fit.consistent is (form is not Form.LINEAR)
    assert fit.agrees is (form is not Form.LINEAR)


def test_a_cubic_goes_through_four_points_and_knows_no_degrees_of_freedom() -> None:
    fit = fit_analysis_function((1.0, 2.0, 3.0, 4.0), (1.0, 8.0, 27.0, 64.0), u_y=1e-3, u_x=1e-3, form=Form.CUBIC)

    assert fit.coefficients == pytest.approx((0.0, 0.0, 0.0, 1.0), abs=1e-9)
    assert (fit.degrees_of_freedom, fit.agrees, fit.enough_gases) == (0, None, False)
    assert [form.least_gases for form in Form] == [3, 5, 7, 5, 5]


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"x": (1, 2), "y": (1, 2, 3), "u_y": 1}, "x has 2 values, y has 3"),
        ({"x": (1,), "y": (1,), "u_y": 1}, "at least 2 points, got 1"),
        ({"x": (1, 1, 1), "y": (1, 2, 3), "u_y": 1}, "values of x are all equal"),
        ({"x": (1, 2, 3), "y": (1, 2, 3)}, "standard uncertainties of y are needed"),
        ({"x": (1, 2, 3), "y": (1, 2, 3), "u_y": (1, 0, 1)}, "uncertainties of y must be above zero"),
        ({"x": (1, 2, 3), "y": (1, 2, 3), "u_y": (1, 1)}, "y has 3 values, its uncertainties are 2"),
        ({"x": (1, 2, 3), "y": (1, float("nan"), 3), "u_y": 1}, "y has a value that is not finite"),
        ({"x": (1, 2, 3), "y": (1, 2, 3), "covariance": np.ones((3, 3))}, "not positive definite"),
        ({"x": (1, 2, 3), "y": (1, 2, 3), "covariance": np.eye(4)}, "must be 3 × 3 or 6 × 6, got 4 × 4"),
        ({"x": (1, 2, 3), "y": (1, 2, 3), "covariance": np.eye(3), "u_y": 1}, "either standard uncertainties or"),
    ],
)
def test_what_cannot_be_fitted_is_refused(given_: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_straight_line(**given_)  # type: ignore[arg-type]


def test_a_power_function_refuses_readings_that_are_not_above_zero() -> None:
    with pytest.raises(ValueError, match="above zero"):
        fit_analysis_function((0.0, 1, 2, 3, 4), (0.0, 1, 2, 3, 4), u_y=0.1, u_x=0.1, form=Form.POWER)
    fit = fit_analysis_function((1.0, 2, 3, 4, 5), (1.0, 2, 3, 4, 5), u_y=0.1, u_x=0.1, form=Form.QUADRATIC)
    with pytest.raises(ValueError, match="not inverted"):
        fit.inverse(2.0)


@settings(deadline=None)
@given(y=st.lists(st.floats(-50, 50), min_size=3, max_size=8), offset=st.floats(-100, 100), factor=st.floats(0.1, 10))
def test_equal_weights_give_the_ordinary_line_in_any_unit(y: list[float], offset: float, factor: float) -> None:
    x = [float(i) for i in range(len(y))]
    plain = fit_line(x, y)
    fit = fit_straight_line(x, y, u_y=0.5)
    changed = fit_straight_line(x, [offset + factor * value for value in y], u_y=0.5 * factor)

    assert fit.coefficients == pytest.approx(plain.coefficients, abs=1e-9)
    assert fit.chi_squared == pytest.approx(plain.residual_sum_of_squares / 0.25, abs=1e-8)
    a, b = fit.coefficients
    assert changed.coefficients == pytest.approx((offset + factor * a, factor * b), abs=1e-8)
    assert changed.chi_squared == pytest.approx(fit.chi_squared, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("form", [Form.LINEAR, Form.QUADRATIC])
@pytest.mark.parametrize("shift", [1e6, 1e9, -(2.0**30)])
@pytest.mark.parametrize("u_x", [None, 0.05])
def test_a_function_far_from_zero_is_as_exact_as_one_near_it(form: Form, shift: float, u_x: float | None) -> None:
    """Only the constant of a line depends on where x is counted from; what is read from it does not."""
    x, y = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), [1.0, 3.125, 4.75, 7.0, 9.25, 10.75]
    near = fit_analysis_function(x, y, u_y=u_x, u_x=0.125, form=form)
    far = fit_analysis_function(x + shift, y, u_y=u_x, u_x=0.125, form=form)
    assert far.coefficients[-1] == pytest.approx(near.coefficients[-1], rel=1e-12)
    assert far.standard_uncertainties[-1] == pytest.approx(near.standard_uncertainties[-1], rel=1e-12)
    assert far.chi_squared == pytest.approx(near.chi_squared, rel=1e-11)
    assert far.evaluate(2.5 + shift, 0.25) == pytest.approx(near.evaluate(2.5, 0.25), rel=1e-12)
    if form is Form.LINEAR:
        content, u = far.inverse(6.0, 0.125)
        assert (content - shift, u) == pytest.approx(near.inverse(6.0, 0.125), rel=1e-6 if abs(shift) > 1e6 else 1e-9)
        slope, constant = near.coefficients[1], near.coefficients[0]
        assert far.coefficients[0] == pytest.approx(constant - shift * slope, rel=1e-12)


def test_uncertainties_in_both_variables_give_all_digits() -> None:
    """Pearson's data with York's weights; slope and intercept by York's equations in 50 digits."""
    x = [0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4]
    y = [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5]
    u_x = np.array([1000.0, 1000.0, 500.0, 800.0, 200.0, 80.0, 60.0, 20.0, 1.8, 1.0]) ** -0.5
    u_y = np.array([1.0, 1.8, 4.0, 8.0, 20.0, 20.0, 70.0, 70.0, 100.0, 500.0]) ** -0.5
    fit = fit_straight_line(x, y, u_x=u_x, u_y=u_y)
    assert fit.coefficients == pytest.approx((5.47991022403286552, -0.480533407446202037), rel=1e-14)
    assert fit.chi_squared == pytest.approx(11.866353194061444, rel=1e-13)
