"""Calibration functions with uncertainties in both variables: ISO/TS 28037 straight lines, ISO 6143 analysis functions.

    fit = fit_straight_line(x, y, u_y=u_y, u_x=u_x)      y = a + b·x        (ISO/TS 28037:2010)
    fit.inverse(10.5, 0.5)                               the x of a reading, with its uncertainty

    fit = fit_analysis_function(y, x, u_y=u_y, u_x=u_x)  x = G(y)           (ISO 6143:2001, G of one of five forms)
    fit.evaluate(0.6, 0.012)                             the content of a reading, with its uncertainty
    fit.consistent                                       largest weighted deviation Γ ≤ 2

Both are one generalised least-squares problem: the true arguments η_i are found together with the coefficients β, so that
the deviations of the measured arguments from η_i and of the measured values from F(η_i; β), weighted by the inverse of their
covariance matrix, have the least sum of squares. Standards that were made from one cylinder are correlated; their whole
covariance matrix can be given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, special

from testbench.metrology.arguments import checked
from testbench.metrology.centring import Frame

Floats = NDArray[np.float64]

CONSISTENT = 2.0
"""Largest weighted deviation Γ up to which an analysis function is accepted (ISO 6143:2001, 5.2.1)."""


POLISHING_STEPS = 50


class Form(StrEnum):
    """Form of the function F(η) (ISO 6143:2001, Annex A); how many coefficients and gases it needs."""

    LINEAR = "linear"  # b0 + b1·η
    QUADRATIC = "quadratic"  # b0 + b1·η + b2·η²
    CUBIC = "cubic"  # b0 + b1·η + b2·η² + b3·η³
    POWER = "power"  # b0 + b1·η^(1 + b2)
    EXPONENTIAL = "exponential"  # b0 + b1·exp(b2·η)

    @property
    def is_polynomial(self) -> bool:
        """Whether it is one, so that it is the same about every place."""
        return self in (Form.LINEAR, Form.QUADRATIC, Form.CUBIC)

    @property
    def coefficients(self) -> int:
        """Number of coefficients."""
        return {Form.LINEAR: 2, Form.CUBIC: 4}.get(self, 3)

    @property
    def least_gases(self) -> int:
        """Least number of calibration gases (ISO 6143:2001, 5.1): 3 for a line, 5 for three coefficients, 7 for a cubic."""
        return {Form.LINEAR: 3, Form.CUBIC: 7}.get(self, 5)

    def at(self, argument: Floats, b: Floats) -> Floats:
        """F(η; b) of an array of arguments."""
        match self:
            case Form.POWER:
                return np.asarray(b[0] + b[1] * argument ** (1.0 + b[2]))
            case Form.EXPONENTIAL:
                return np.asarray(b[0] + b[1] * np.exp(b[2] * argument))
            case _:
                return np.asarray(np.polynomial.polynomial.polyval(argument, b), dtype=np.float64)

    def slope(self, argument: Floats, b: Floats) -> Floats:
        """dF/dη of an array of arguments."""
        match self:
            case Form.POWER:
                return np.asarray(b[1] * (1.0 + b[2]) * argument ** b[2])
            case Form.EXPONENTIAL:
                return np.asarray(b[1] * b[2] * np.exp(b[2] * argument))
            case _:
                derivative = np.polynomial.polynomial.polyder(b)
                return np.asarray(np.polynomial.polynomial.polyval(argument, derivative), dtype=np.float64)

    def sensitivity(self, argument: Floats, b: Floats) -> Floats:
        """∂F/∂b, one row an argument and one column a coefficient."""
        ones = np.ones_like(argument)
        match self:
            case Form.POWER:
                power = argument ** (1.0 + b[2])
                return np.column_stack([ones, power, b[1] * power * np.log(argument)])
            case Form.EXPONENTIAL:
                growth = np.exp(b[2] * argument)
                return np.column_stack([ones, growth, b[1] * argument * growth])
            case _:
                return np.vander(argument, self.coefficients, increasing=True)


@dataclass(frozen=True, slots=True)
class Predicted:
    """Values read from a calibration function and their covariance matrix, for several arguments at once."""

    values: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    @property
    def standard_uncertainties(self) -> tuple[float, ...]:
        """Root of the diagonal."""
        return tuple(math.sqrt(row[i]) for i, row in enumerate(self.covariance))


@dataclass(frozen=True, slots=True)
class _Inside:
    """The function in its frame, with which it is evaluated: coefficients and their covariance matrix there."""

    frame: Frame
    coefficients: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class CalibrationFit:
    """A fitted function: coefficients b0, b1, … and their covariance matrix, and how well the points fit.

    `chi_squared` is the sum of squares of the weighted residuals and has `degrees_of_freedom` n − p; up to
    `chi_squared_limit`, its 95 % quantile, data and function agree (None without degrees of freedom). `arguments` and
    `values` are the adjusted points. `weighted_deviations` has for each point the deviation of the argument (0 where it has
    no uncertainty) and of the value, each over its standard uncertainty.
    """

    form: Form
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    chi_squared: float
    degrees_of_freedom: int
    chi_squared_limit: float | None
    arguments: tuple[float, ...]
    values: tuple[float, ...]
    weighted_deviations: tuple[tuple[float, float], ...]
    _inside: _Inside = field(repr=False, compare=False)

    @property
    def standard_uncertainties(self) -> tuple[float, ...]:
        """Standard uncertainties of the coefficients."""
        return tuple(math.sqrt(row[i]) for i, row in enumerate(self.covariance))

    @property
    def goodness_of_fit(self) -> float:
        """Γ: the weighted deviation of largest magnitude (ISO 6143:2001, 5.2.1)."""
        return max(abs(deviation) for pair in self.weighted_deviations for deviation in pair)

    @property
    def consistent(self) -> bool:
        """Whether Γ is at most 2."""
        return self.goodness_of_fit <= CONSISTENT

    @property
    def enough_gases(self) -> bool:
        """Whether there are as many points as ISO 6143 asks for this form (5.1); a fit to fewer is computed all the same."""
        return len(self.arguments) >= self.form.least_gases

    @property
    def agrees(self) -> bool | None:
        """Whether χ² does not exceed its 95 % quantile (ISO/TS 28037:2010, 6.3 and 7.3); None without degrees of freedom."""
        return None if self.chi_squared_limit is None else self.chi_squared <= self.chi_squared_limit

    def evaluate(self, argument: float, standard_uncertainty: float = 0.0) -> tuple[float, float]:
        """Value of the function at an argument, and its standard uncertainty.

        u² = (∂F/∂b)ᵀ·V(b)·(∂F/∂b) + (dF/dη·u(η))² (ISO 6143:2001, 5.4; ISO/TS 28037:2010, 11.2). Raises ValueError for an
        argument that the form does not admit or a negative uncertainty.
        """
        found = self.evaluate_all([argument], [standard_uncertainty])
        return found.values[0], found.standard_uncertainties[0]

    def evaluate_all(self, arguments: ArrayLike, standard_uncertainties: ArrayLike) -> Predicted:
        """The same for several arguments whose own uncertainties are independent; their values share those of b."""
        at = _array(arguments, "argument")
        own = _uncertainties(standard_uncertainties, at.size, "argument", least=0.0)
        _check_domain(self.form, at)
        frame, b, covariance = self._inside.frame, self._inside.coefficients, self._inside.covariance
        t = frame.inside(at)
        sensitivity = self.form.sensitivity(t, b)
        matrix = sensitivity @ covariance @ sensitivity.T + np.diag((self.form.slope(t, b) / frame.reach * own) ** 2)
        return Predicted(tuple((self.form.at(t, b) + frame.level).tolist()), _rows(matrix))

    def inverse(self, value: float, standard_uncertainty: float = 0.0) -> tuple[float, float]:
        """Argument at which a straight line has a value, and its standard uncertainty (ISO/TS 28037:2010, 11.1).

        x = (y − a)/b; u² = [u²(y) + u²(a) + x²·u²(b) + 2·x·u(a,b)]/b². Raises ValueError for other forms, a slope of 0 and a
        negative uncertainty.
        """
        if self.form is not Form.LINEAR:
            raise ValueError(
                f"a {self.form} function is not inverted; fit the analysis function, whose argument is the reading"
            )
        if not (math.isfinite(value) and standard_uncertainty >= 0):
            raise ValueError("the value must be finite and its uncertainty 0 or more")
        frame = self._inside.frame
        (a, b), ((va, vab), (_, vb)) = self._inside.coefficients.tolist(), self._inside.covariance.tolist()
        if b == 0:
            raise ValueError("the line has the slope 0, so that no value tells its argument")
        t = (value - frame.level - a) / b
        u = math.sqrt(standard_uncertainty**2 + max(0.0, va + t * t * vb + 2.0 * t * vab)) / abs(b)
        return frame.middle + frame.reach * t, frame.reach * u


@checked
def fit_straight_line(
    x: ArrayLike,
    y: ArrayLike,
    *,
    u_y: ArrayLike | None = None,
    u_x: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
) -> CalibrationFit:
    """Fit y = a + b·x to n points (ISO/TS 28037:2010).

    `u_y` alone: weighted least squares (clause 6). `u_x` and `u_y`: clause 7. `covariance` in their place, n × n of the y
    (clause 9) or 2n × 2n of all x and then all y (clauses 8 and 10). Uncertainties may be one number for all points. For
    uncertainties that nobody knows (Annex E) see `testbench.metrology.regression.fit_line`, which estimates them.

    Raises ValueError for fewer than 2 points, arrays that do not fit, an uncertainty of y that is not above zero, a matrix
    that is no covariance matrix, and x that are all equal.
    """
    return _fit(Form.LINEAR, _array(x, "x"), _array(y, "y"), u_x, u_y, covariance, ("x", "y"))


@checked
def fit_analysis_function(
    y: ArrayLike,
    x: ArrayLike,
    *,
    u_y: ArrayLike | None = None,
    u_x: ArrayLike | None = None,
    covariance: ArrayLike | None = None,
    form: Form = Form.LINEAR,
) -> CalibrationFit:
    """Fit the analysis function x = G(y) to n calibration gases (ISO 6143:2001, 5.2 and Annex A).

    `x` are the certified contents, `y` the readings; `u_x`, `u_y` their standard uncertainties, one number for all or n.
    `covariance` in their place is 2n × 2n of all y and then all x. `form.least_gases` says how many gases the standard asks
    for; fewer are computed as long as there are as many as coefficients, and the caller decides. A power function needs
    readings above zero.

    Raises ValueError as `fit_straight_line`, and where no solution is found.
    """
    return _fit(form, _array(y, "y"), _array(x, "x"), u_y, u_x, covariance, ("y", "x"))


def _fit(
    form: Form,
    argument: Floats,
    value: Floats,
    u_argument: ArrayLike | None,
    u_value: ArrayLike | None,
    covariance: ArrayLike | None,
    names: tuple[str, str],
) -> CalibrationFit:
    n = argument.size
    if value.size != n:
        raise ValueError(f"{names[0]} has {n} values, {names[1]} has {value.size}")
    if n < form.coefficients:
        raise ValueError(f"a {form} function needs at least {form.coefficients} points, got {n}")
    if np.ptp(argument) == 0:
        raise ValueError(f"the values of {names[0]} are all equal; no function goes through them")
    _check_domain(form, argument)
    matrix, exact = _covariance_matrix(n, u_argument, u_value, covariance, names)
    frame = Frame.of(argument, value) if form.is_polynomial else Frame()
    inside = frame.inside(argument)
    scaled = matrix if exact else matrix / np.outer(*[np.repeat([frame.reach, 1.0], n)] * 2)
    whiten = linalg.solve_triangular(_root(scaled), np.eye(matrix.shape[0]), lower=True)
    problem = _Problem(form, inside, value - frame.level, whiten, exact=exact)
    with np.errstate(all="ignore"):  # a step may go too far and be taken back
        b, eta, jacobian, residuals = problem.solve()
        inverse = _inverse_normal(jacobian)[: form.coefficients, : form.coefficients]
    if not (np.isfinite(b).all() and np.isfinite(inverse).all()):
        raise ValueError(f"no {form} function was found that fits: the numbers are too large or too small")
    freedom = n - form.coefficients
    coefficients, of_coefficients = frame.about_zero(b, inverse) if form.is_polynomial else (b, inverse)
    return CalibrationFit(
        form=form,
        coefficients=tuple(coefficients.tolist()),
        covariance=_rows(of_coefficients),
        chi_squared=float(residuals @ residuals),
        degrees_of_freedom=freedom,
        chi_squared_limit=2.0 * float(special.gammaincinv(freedom / 2.0, 0.95)) if freedom else None,
        arguments=tuple(frame.outside(eta).tolist()),
        values=tuple((form.at(eta, b) + frame.level).tolist()),
        weighted_deviations=_deviations(problem, b, eta, scaled, exact=exact),
        _inside=_Inside(frame, b, inverse),
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """Residuals and their derivatives: unknown are b and, where the arguments are uncertain, the true arguments η."""

    form: Form
    argument: Floats
    value: Floats
    whiten: Floats
    exact: bool

    def solve(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Coefficients, true arguments, Jacobian and weighted residuals at the least sum of squares."""
        from scipy.optimize import least_squares  # heavy; needed here only

        start = _start(self.form, self.argument, self.value)
        first = start if self.exact else np.concatenate([start, self.argument])
        if self.exact and self.form.is_polynomial:
            design = self.whiten @ self.form.sensitivity(self.argument, start)
            scale = np.linalg.norm(design, axis=0)
            found = linalg.lstsq(design / scale, self.whiten @ self.value)[0] / scale
        else:
            result = least_squares(
                self._residuals, first, jac=self._jacobian, method="lm", x_scale="jac", ftol=1e-15, xtol=1e-15, gtol=1e-15
            )
            if result.status <= 0 or not np.isfinite(result.x).all():
                raise ValueError(f"no {self.form} function was found that fits: {result.message}")
            found = self._polished(result.x)
        b = found[: self.form.coefficients]
        eta = self.argument if self.exact else found[self.form.coefficients :]
        return b, eta, self._jacobian(found), self._residuals(found)

    def _polished(self, found: Floats) -> Floats:
        """The least sum of squares is flat: its place is found to all digits by the derivatives, which are not."""
        for _ in range(POLISHING_STEPS):
            jacobian = self._jacobian(found)
            scale = np.linalg.norm(jacobian, axis=0)
            step = linalg.lstsq(jacobian / scale, -self._residuals(found))[0] / scale
            if not np.isfinite(step).all():
                break
            found = found + step
            if (np.abs(step * scale) <= 1e-15 * (1.0 + np.abs(found * scale))).all():
                break
        return found

    def _split(self, unknown: Floats) -> tuple[Floats, Floats]:
        p = self.form.coefficients
        return unknown[:p], self.argument if self.exact else unknown[p:]

    def _residuals(self, unknown: Floats) -> Floats:
        b, eta = self._split(unknown)
        of_value = self.value - self.form.at(eta, b)
        return self.whiten @ (of_value if self.exact else np.concatenate([self.argument - eta, of_value]))

    def _jacobian(self, unknown: Floats) -> Floats:
        b, eta = self._split(unknown)
        n, p = eta.size, b.size
        sensitivity = -self.form.sensitivity(eta, b)
        if self.exact:
            return self.whiten @ sensitivity
        full = np.zeros((2 * n, p + n))
        full[:n, p:] = -np.eye(n)
        full[n:, :p] = sensitivity
        full[n:, p:] = -np.diag(self.form.slope(eta, b))
        return self.whiten @ full


def _start(form: Form, argument: Floats, value: Floats) -> Floats:
    """First coefficients: an unweighted polynomial, from which those of the other forms are derived."""
    degree = {Form.LINEAR: 1, Form.POWER: 1, Form.CUBIC: 3}.get(form, 2)
    scale = float(np.max(np.abs(argument)))
    scaled = np.polynomial.polynomial.polyfit(argument / scale, value, degree)
    b = scaled / scale ** np.arange(degree + 1)
    if form is Form.POWER:
        return np.array([b[0], b[1], 0.0])
    if form is Form.EXPONENTIAL:
        rate = 2.0 * b[2] / b[1] if b[1] else 0.0
        rate = rate if rate else 1e-3 / scale
        return np.array([b[0] - b[1] / rate, b[1] / rate, rate])
    return b


def _covariance_matrix(
    n: int, u_argument: ArrayLike | None, u_value: ArrayLike | None, covariance: ArrayLike | None, names: tuple[str, str]
) -> tuple[Floats, bool]:
    """The covariance matrix of what is uncertain, and whether that are the values alone."""
    if covariance is None:
        if u_value is None:
            raise ValueError(f"the standard uncertainties of {names[1]} are needed, or a covariance matrix")
        of_value = _uncertainties(u_value, n, names[1])
        if u_argument is None:
            return np.diag(of_value**2), True
        return np.diag(np.concatenate([_uncertainties(u_argument, n, names[0]), of_value]) ** 2), False
    if u_argument is not None or u_value is not None:
        raise ValueError("give either standard uncertainties or the covariance matrix")
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.shape not in ((n, n), (2 * n, 2 * n)):
        raise ValueError(
            f"the covariance matrix must be {n} × {n} or {2 * n} × {2 * n}, got {' × '.join(map(str, matrix.shape))}"
        )
    if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0.0):
        raise ValueError("a covariance matrix is symmetric and finite")
    return matrix, matrix.shape[0] == n


def _root(matrix: Floats) -> Floats:
    """Lower triangle L of L·Lᵀ."""
    try:
        return np.asarray(linalg.cholesky(matrix, lower=True), dtype=np.float64)
    except linalg.LinAlgError:
        raise ValueError(
            "the covariance matrix is not positive definite: a correlation of 1, or an uncertainty of 0"
        ) from None


def _deviations(
    problem: _Problem, b: Floats, eta: Floats, matrix: Floats, *, exact: bool
) -> tuple[tuple[float, float], ...]:
    u = np.sqrt(np.diag(matrix))
    of_value = (problem.value - problem.form.at(eta, b)) / u[-eta.size :]
    of_argument = np.zeros_like(eta) if exact else (problem.argument - eta) / u[: eta.size]
    return tuple(zip(of_argument.tolist(), of_value.tolist(), strict=True))


def _inverse_normal(jacobian: Floats) -> Floats:
    """(JᵀJ)⁻¹ by a QR decomposition of the columns scaled to length 1."""
    scale = np.linalg.norm(jacobian, axis=0)
    _, triangle = np.linalg.qr(jacobian / scale)
    inverse = linalg.solve_triangular(triangle, np.eye(scale.size)) / scale[:, None]
    return np.asarray(inverse @ inverse.T, dtype=np.float64)


def _array(values: ArrayLike, what: str) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{what} must be a series of numbers")
    if not np.isfinite(array).all():
        raise ValueError(f"{what} has a value that is not finite")
    return array


def _uncertainties(values: ArrayLike, n: int, what: str, *, least: float | None = None) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0:
        array = np.full(n, float(array))
    if array.shape != (n,):
        raise ValueError(f"{what} has {n} values, its uncertainties are {array.size}")
    if not np.isfinite(array).all() or (array < 0).any() or (least is None and (array == 0).any()):
        raise ValueError(f"standard uncertainties of {what} must be {'above zero' if least is None else '0 or more'}")
    return array


def _check_domain(form: Form, argument: Floats) -> None:
    if form is Form.POWER and (argument <= 0).any():
        raise ValueError("a power function needs readings above zero")


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    rows: Sequence[Sequence[float]] = matrix.tolist()
    return tuple(tuple(row) for row in rows)
