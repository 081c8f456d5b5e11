"""Straight lines from correlated data: the examples of ISO/TS 28037:2010 clauses 8, 9 and 10.

Data of the examples as in NPL's software to support the specification. Clause 10 against its published results (four
decimals); clauses 8 and 9 against independent solutions of the same problems.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg, optimize

from testbench.metrology.calibration_fit import fit_straight_line


def test_covariances_within_x_and_within_y_of_clause_10() -> None:
    of_x = [
        [0.5, 0, 0.25, 0, 0.25, 0, 0.25],
        [0, 1.25, 1, 0, 0, 1, 1],
        [0.25, 1, 1.5, 0, 0.25, 1, 1.25],
        [0, 0, 0, 1.25, 1, 1, 1],
        [0.25, 0, 0.25, 1, 1.5, 1, 1.25],
        [0, 1, 1, 1, 1, 2.25, 2],
        [0.25, 1, 1.25, 1, 1.25, 2, 2.5],
    ]
    found = fit_straight_line(
        [50.4, 99.0, 149.9, 200.4, 248.5, 299.7, 349.1],
        [52.3, 97.8, 149.7, 200.1, 250.4, 300.9, 349.2],
        covariance=linalg.block_diag(of_x, np.ones((7, 7)) + 4 * np.eye(7)),
    )
    assert found.coefficients == pytest.approx((0.3424, 1.0012), abs=5e-5)
    assert found.standard_uncertainties == pytest.approx((2.0569, 0.0090), abs=5e-5)
    assert found.covariance[0][1] == pytest.approx(-0.0129, abs=5e-5)
    assert found.chi_squared == pytest.approx(1.772, abs=5e-4)
    assert found.chi_squared_limit == pytest.approx(11.070, abs=5e-4)
    assert found.agrees


def test_covariances_within_y_of_clause_9_are_those_of_gauss_and_markov() -> None:
    x = np.arange(1.0, 11.0)
    y = np.array([1.3, 4.1, 6.9, 7.5, 10.2, 12.0, 14.5, 17.1, 19.5, 21.0])
    matrix = linalg.block_diag(np.ones((5, 5)), 4 * np.ones((5, 5))) + np.eye(10)
    weights = np.linalg.inv(matrix)
    design = np.column_stack([np.ones(10), x])
    covariance = np.linalg.inv(design.T @ weights @ design)
    b = covariance @ design.T @ weights @ y

    found = fit_straight_line(x, y, covariance=matrix)

    assert found.coefficients == pytest.approx(tuple(b), rel=1e-11)
    assert np.array(found.covariance) == pytest.approx(covariance, rel=1e-11)
    assert found.chi_squared == pytest.approx(float((y - design @ b) @ weights @ (y - design @ b)), rel=1e-11)


def test_covariances_of_the_pairs_of_clause_8_have_the_least_sum_of_squares() -> None:
    x, y = np.array([1.2, 1.9, 2.9, 4.0, 4.7, 5.9]), np.array([3.4, 4.4, 7.2, 8.5, 10.8, 13.5])
    of_x, of_y, of_pair = np.full(6, 0.2**2), np.array([0.2] * 3 + [0.4] * 3) ** 2, np.full(6, 0.036)

    def chi_squared(line: tuple[float, float]) -> float:
        a, b = line
        return float(np.sum((y - a - b * x) ** 2 / (of_y + b * b * of_x - 2 * b * of_pair)))

    least = optimize.minimize(
        chi_squared, (0.0, 2.0), method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 5000}
    )
    matrix = np.block([[np.diag(of_x), np.diag(of_pair)], [np.diag(of_pair), np.diag(of_y)]])
    found = fit_straight_line(x, y, covariance=matrix)

    assert found.coefficients == pytest.approx(tuple(least.x), abs=1e-6)
    assert found.chi_squared == pytest.approx(least.fun, rel=1e-10)
    assert found.degrees_of_freedom == 4
