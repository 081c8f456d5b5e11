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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from testbench.metrology.arguments import checked
from testbench.metrology.written import DIGITS, Number, all_written, rounded

Row = list[Fraction]


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
    columns = [_rational(series, f"predictor {number}, value") for number, series in enumerate(predictors, start=1)]
    observed = _rational(y, "y")
    n, p = len(observed), len(columns) + intercept
    if not columns:
        raise ValueError("at least one predictor is needed")
    for number, column in enumerate(columns, start=1):
        if len(column) != n:
            raise ValueError(f"predictor {number} has {len(column)} values, y has {n}")
    if n < p:
        raise ValueError(f"{p} coefficients need at least {p} observations, got {n}")
    design = [[Fraction(1)] * n, *columns] if intercept else columns
    inverse = _inverse([[_dot(one, other) for other in design] for one in design])
    right = [_dot(column, observed) for column in design]
    beta = [_dot(row, right) for row in inverse]
    residuals = [value - _dot(beta, terms) for value, terms in zip(observed, zip(*design, strict=True), strict=True)]
    rss = _dot(residuals, residuals)
    centre = sum(observed, Fraction(0)) / n if intercept else Fraction(0)
    tss = sum(((value - centre) ** 2 for value in observed), Fraction(0))
    freedom, terms_of_x = n - p, p - intercept
    variance = rss / freedom if freedom else None
    return Regression(
        intercept=intercept,
        coefficients=tuple(rounded(value) for value in beta),
        standard_errors=None if variance is None else tuple(_root(variance * inverse[i][i]) for i in range(p)),
        covariance=None if variance is None else tuple(tuple(rounded(variance * cell) for cell in row) for row in inverse),
        residuals=tuple(rounded(value) for value in residuals),
        residual_sum_of_squares=rounded(rss),
        residual_standard_deviation=None if variance is None else _root(variance),
        r_squared=rounded(1 - rss / tss) if tss else None,
        f_statistic=rounded((tss - rss) / terms_of_x / variance) if variance else None,
        degrees_of_freedom=freedom,
    )


def _rational(values: Iterable[Number], what: str) -> Row:
    return [Fraction(number) for number in all_written(values, what)]


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
