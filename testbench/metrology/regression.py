"""Ordinary least squares: a line, a line through the origin, a polynomial, several predictors.

    fit_line(x, y)                     y = a + b·x
    fit_line(x, y, intercept=False)    y = b·x
    fit_polynomial(x, y, 2)            y = a + b·x + c·x²
    fit_linear([u, v], y)              y = a + b·u + c·v

All return a `Regression`. The normal equations are solved in rational arithmetic from the numbers as they were written, and
the result is rounded once, so collinear predictors and high powers cost no digits. For uncertainties in x, weights or
correlated readings see `testbench.metrology.calibration_fit`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import MAX_PREC, Decimal, localcontext
from fractions import Fraction

from testbench.metrology.arguments import checked
from testbench.metrology.written import DIGITS, Number, all_written, rounded

Row = list[Fraction]

LARGE = 10**300


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted model y = Σ coefficient·term with n observations and p coefficients.

    `coefficients` stand in the order of the terms, the intercept first where there is one; `standard_errors` and
    `covariance` (p × p) belong to them and are None without degrees of freedom. `residuals` (n) are observed minus fitted,
    in the unit of y; `residual_standard_deviation` is sqrt(RSS/(n − p)), None for n = p. `r_squared` is 1 − RSS/TSS with TSS
    about the mean, of a model without intercept about zero; None where TSS is 0. `f_statistic` is None for RSS = 0 or n = p.
    """

    intercept: bool
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...] | None
    covariance: tuple[tuple[float, ...], ...] | None
    residuals: tuple[float, ...]
    residual_sum_of_squares: float
    residual_standard_deviation: float | None
    r_squared: float | None
    f_statistic: float | None
    degrees_of_freedom: int

    @property
    def slope(self) -> float:
        """Coefficient of the first predictor."""
        return self.coefficients[1 if self.intercept else 0]

    @property
    def offset(self) -> float:
        """The intercept; 0 for a model without."""
        return self.coefficients[0] if self.intercept else 0.0

    @property
    def largest_residual(self) -> float:
        """The residual of largest magnitude, with its sign."""
        return max(self.residuals, key=abs)


def fit_line(x: Iterable[Number], y: Iterable[Number], *, intercept: bool = True) -> Regression:
    """Fit y = a + b·x, or y = b·x without intercept; x and y of equal length n.

    b = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)², a = ȳ − b·x̄; s² = Σr²/(n − 2); u²(b) = s²/Σ(x − x̄)² (ISO 11095, GUM H.3).
    Raises ValueError as `fit_linear`.
    """
    return fit_linear([x], y, intercept=intercept)


@checked
def fit_polynomial(x: Iterable[Number], y: Iterable[Number], degree: int, *, intercept: bool = True) -> Regression:
    """Fit y = a + b·x + … + c·x^degree (without a where there is no intercept).

    Raises ValueError for a degree below 1 and as `fit_linear`.
    """
    if degree < 1:
        raise ValueError(f"a polynomial has at least degree 1, got {degree}")
    numbers = all_written(x, "x")
    with localcontext(prec=DIGITS):
        powers = [[number**power for number in numbers] for power in range(1, degree + 1)]
    return fit_linear(powers, y, intercept=intercept)


def fit_linear(predictors: Sequence[Iterable[Number]], y: Iterable[Number], *, intercept: bool = True) -> Regression:
    """Fit y = a + Σ b_k·x_k by least squares; `predictors` has one series of length n for each k, `y` has n values.

    β = (XᵀX)⁻¹Xᵀy, s² = RSS/(n − p), V(β) = s²·(XᵀX)⁻¹, F = (explained/terms without intercept)/s².

    Raises ValueError for series of different length, fewer observations than coefficients, a value that is not finite, and
    predictors that are linear combinations of one another.
    """
    columns = [_scaled(series, f"predictor {number}, value") for number, series in enumerate(predictors, start=1)]
    observed = _scaled(y, "y")
    n, p = len(observed.whole), len(columns) + intercept
    if not columns:
        raise ValueError("at least one predictor is needed")
    for number, column in enumerate(columns, start=1):
        if len(column.whole) != n:
            raise ValueError(f"predictor {number} has {len(column.whole)} values, y has {n}")
    if n < p:
        raise ValueError(f"{p} coefficients need at least {p} observations, got {n}")
    design = [_Scaled([1] * n, Fraction(1)), *columns] if intercept else columns
    inverse = _inverse([[one.dot(other) for other in design] for one in design])
    right = [column.dot(observed) for column in design]
    beta = [_dot(row, right) for row in inverse]
    squares = observed.dot(observed)
    rss = squares - _dot(beta, right)
    tss = squares - (sum(observed.whole) * observed.unit) ** 2 / n if intercept else squares
    freedom, terms_of_x = n - p, p - intercept
    variance = rss / freedom if freedom else None
    return Regression(
        intercept=intercept,
        coefficients=tuple(rounded(value) for value in beta),
        standard_errors=None if variance is None else tuple(_root(variance * inverse[i][i]) for i in range(p)),
        covariance=None if variance is None else tuple(tuple(rounded(variance * cell) for cell in row) for row in inverse),
        residuals=_residuals(design, beta, observed),
        residual_sum_of_squares=rounded(rss),
        residual_standard_deviation=None if variance is None else _root(variance),
        r_squared=rounded(1 - rss / tss) if tss else None,
        f_statistic=rounded((tss - rss) / terms_of_x / variance) if variance else None,
        degrees_of_freedom=freedom,
    )


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A series as whole numbers of one unit, a power of ten: sums of their products are exact, and quick."""

    whole: list[int]
    unit: Fraction

    def dot(self, other: _Scaled) -> Fraction:
        """Σ of the products."""
        products: int = sum(map(operator.mul, self.whole, other.whole))
        return products * self.unit * other.unit


def _scaled(values: Iterable[Number], what: str) -> _Scaled:
    numbers = all_written(values, what)
    least = min((int(number.as_tuple().exponent) for number in numbers), default=0)
    with localcontext(prec=MAX_PREC):
        return _Scaled([int(number.scaleb(-least)) for number in numbers], Fraction(10) ** least)


def _residuals(design: Sequence[_Scaled], beta: Sequence[Fraction], observed: _Scaled) -> tuple[float, ...]:
    """Observed minus fitted, each computed in whole numbers of one denominator and rounded once."""
    factors = [coefficient * column.unit for coefficient, column in zip(beta, design, strict=True)]
    common = math.lcm(observed.unit.denominator, *(factor.denominator for factor in factors))
    own = int(observed.unit * common)
    shares = [int(factor * common) for factor in factors]
    found: list[Fraction | float] = []
    for value, terms in zip(observed.whole, zip(*(column.whole for column in design), strict=True), strict=True):
        rest = own * value - sum(map(operator.mul, shares, terms))
        found.append(Fraction(rest, common) if abs(rest) > LARGE * common else rest / common)
    return tuple(rounded(each) for each in found)


def _root(value: Fraction) -> float:
    with localcontext(prec=DIGITS):
        return rounded((Decimal(value.numerator) / value.denominator).sqrt())


def _dot(left: Sequence[Fraction], right: Sequence[Fraction]) -> Fraction:
    return sum((one * other for one, other in zip(left, right, strict=True)), Fraction(0))


def _inverse(matrix: Sequence[Row]) -> list[Row]:
    """Invert a symmetric positive semidefinite matrix by Gauss-Jordan elimination; a pivot of 0 has no inverse."""
    size = len(matrix)
    rows = [[*row, *(Fraction(int(i == j)) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = rows[i][i]
        if not pivot:
            raise ValueError("the predictors are not independent: one of them is a linear combination of the others")
        rows[i] = [cell / pivot for cell in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [cell - factor * top for cell, top in zip(rows[j], rows[i], strict=True)]
    return [row[size:] for row in rows]
