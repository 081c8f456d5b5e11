"""Propagation of uncertainty by the GUM (JCGM 100:2008, JJF 1059.1-2012) through any measurement model.

    def length(l_s, d, alpha, theta): return l_s + d - l_s*alpha*theta
    found = propagate(length, {"l_s": Normal(50000623.0, 25.0), "d": StudentT(215.0, 9.7, 25.6), …})
    found.value, found.standard_uncertainty, found.expand(0.95)

The model is an ordinary function of numbers (or of numpy arrays: the same function then serves Monte Carlo). Sensitivity
coefficients are its partial derivatives at the estimates, found by central differences of fourth order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.coverage import Expanded, expand
from testbench.metrology.distributions import Distribution

Floats = NDArray[np.float64]
Model = Callable[..., ArrayLike]
"""Takes every input by its name, as a number or an array of trials, and returns the measurand or several of them."""

STEP = 0.02  # of the standard uncertainty: half-width of the differences
LARGEST_STEP = 2.0**-7  # of the estimate, where the uncertainty is so small that the differences drown in rounding
GROWTH = 8.0
ENOUGH = 1e-11  # relative error of a derivative that needs no better


@dataclass(frozen=True, slots=True)
class Propagated:
    """Estimate of a measurand with its combined standard uncertainty (GUM 5.1.2, 5.2.2).

    `sensitivities` are c_i = ∂f/∂x_i by name of the input, `contributions` c_i·u(x_i) with their sign. `degrees_of_freedom`
    are effective (Welch-Satterthwaite, GUM G.4.1), None where correlated inputs have finite ones: they have none there.
    """

    value: float
    standard_uncertainty: float
    degrees_of_freedom: float | None
    sensitivities: Mapping[str, float]
    contributions: Mapping[str, float]

    def expand(self, probability: float = 0.95) -> Expanded:
        """Expanded uncertainty by Student's t (GUM G.3); ValueError where the degrees of freedom are not known."""
        if self.degrees_of_freedom is None:
            raise ValueError("effective degrees of freedom are not defined for correlated inputs of finite ones")
        return expand(self.standard_uncertainty, max(1.0, self.degrees_of_freedom), probability=probability)


@dataclass(frozen=True, slots=True)
class PropagatedTogether:
    """Estimates of several measurands of one model and their covariance matrix (GUM H.2.3)."""

    values: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    @property
    def standard_uncertainties(self) -> tuple[float, ...]:
        """Root of the diagonal."""
        return tuple(math.sqrt(max(0.0, row[i])) for i, row in enumerate(self.covariance))

    def correlation(self, one: int, other: int) -> float:
        """Correlation coefficient of two measurands, counted from 0; ValueError where one of them is certain."""
        together = self.standard_uncertainties[one] * self.standard_uncertainties[other]
        if not together > 0:
            raise ValueError("a measurand without uncertainty has no correlation")
        return max(-1.0, min(1.0, self.covariance[one][other] / together))


def propagate(
    model: Model, inputs: Mapping[str, Distribution], correlations: Mapping[tuple[str, str], float] | None = None
) -> Propagated:
    """Combined standard uncertainty of one measurand y = f(x_1, …, x_N).

    u² = Σ c_i²·u_i² + 2·Σ_{i<j} c_i·c_j·u_i·u_j·r_ij (GUM eq. 13), first order. `inputs` are scalar; `correlations` are r by
    pairs of names. Raises ValueError for unknown names, |r| above 1, correlations that contradict one another, inputs that
    are arrays, and a model that is not finite at the estimates or returns more than one number.
    """
    values, matrix, of_inputs = _prepared(model, inputs, correlations or {})
    if values.size != 1:
        raise ValueError(f"the model returns {values.size} numbers; use propagate_together")
    c = matrix[0]
    u = np.array([float(i.standard_uncertainty) for i in inputs.values()])
    variance = float(c @ of_inputs @ c)
    contributions = c * u
    return Propagated(
        value=float(values[0]),
        standard_uncertainty=math.sqrt(max(0.0, variance)),
        degrees_of_freedom=_effective(contributions, variance, inputs, correlations or {}),
        sensitivities=dict(zip(inputs, c.tolist(), strict=True)),
        contributions=dict(zip(inputs, contributions.tolist(), strict=True)),
    )


def propagate_together(
    model: Model, inputs: Mapping[str, Distribution], correlations: Mapping[tuple[str, str], float] | None = None
) -> PropagatedTogether:
    """Several measurands with common inputs: V(y) = C·V(x)·Cᵀ (JCGM 102:2011, 6.2; GUM H.2.3). Errors as `propagate`."""
    values, c, of_inputs = _prepared(model, inputs, correlations or {})
    covariance = c @ of_inputs @ c.T
    return PropagatedTogether(tuple(values.tolist()), tuple(tuple(row) for row in covariance.tolist()))


def _prepared(
    model: Model, inputs: Mapping[str, Distribution], correlations: Mapping[tuple[str, str], float]
) -> tuple[Floats, Floats, Floats]:
    """Values, sensitivities (a row for each measurand) and the covariance matrix of the inputs."""
    if not inputs:
        raise ValueError("a model needs at least one input")
    estimates = {name: _scalar(name, given.mean) for name, given in inputs.items()}
    uncertainties = {name: _scalar(name, given.standard_uncertainty) for name, given in inputs.items()}
    values = _evaluated(model, estimates)
    columns = [_derivative(model, estimates, name, u) for name, u in uncertainties.items()]
    return values, np.column_stack(columns), _input_covariance(uncertainties, correlations)


def _derivative(model: Model, estimates: Mapping[str, float], name: str, u: float) -> Floats:
    """∂f/∂x of every measurand by central differences of fourth order.

    The step is a share of u. Where u is so small beside x that rounding would show in the differences, larger steps are
    tried as long as they agree with the last one within its error, and of each measurand that of least error counts:
    rounding eps·(|f| + |x·c|)/h, truncation from the difference to the second order. Steps are powers of two, so that x ± h
    are exact.
    """
    x = estimates[name]
    h = 2.0 ** round(math.log2(STEP * u if u else LARGEST_STEP * (abs(x) or 1.0) / GROWTH))
    best, error = _difference(model, estimates, name, h)
    while (error > ENOUGH * np.abs(best)).any() and h * GROWTH <= LARGEST_STEP * abs(x):
        h *= GROWTH
        try:
            found, its_error = _difference(model, estimates, name, h)
        except (ValueError, ArithmeticError):
            break  # the model does not reach so far
        better = (its_error < error) & (np.abs(found - best) <= 2.0 * error)
        if not better.any():
            break
        best, error = np.where(better, found, best), np.where(better, its_error, error)
    return best


def _difference(model: Model, estimates: Mapping[str, float], name: str, h: float) -> tuple[Floats, Floats]:
    """Derivative and what it may be wrong by, at one step."""
    x = estimates[name]
    far, near, near_up, far_up = (_evaluated(model, {**estimates, name: x + k * h}) for k in (-2.0, -1.0, 1.0, 2.0))
    second = (near_up - near) / (2.0 * h)
    fourth = (far - 8.0 * near + 8.0 * near_up - far_up) / (12.0 * h)
    apart = np.abs(fourth - second)
    truncation = apart * np.minimum(1.0, apart / np.maximum(np.abs(fourth), np.finfo(float).tiny))
    rounding = np.finfo(float).eps * (np.maximum(np.abs(far), np.abs(far_up)) + np.abs(x * fourth)) / h
    return fourth, truncation + rounding


def _scalar(name: str, value: Floats) -> float:
    if np.ndim(value):
        raise ValueError(f"input {name} has several components; give each a name of its own")
    return float(value)


def _evaluated(model: Model, inputs: Mapping[str, float]) -> Floats:
    try:
        with np.errstate(all="ignore"):
            values = np.atleast_1d(np.asarray(model(**inputs), dtype=np.float64))
    except ArithmeticError:
        values = np.array([math.nan])
    if not np.isfinite(values).all():
        raise ValueError("the model is not finite at the estimates or near them")
    return values


def _input_covariance(uncertainties: Mapping[str, float], correlations: Mapping[tuple[str, str], float]) -> Floats:
    names = list(uncertainties)
    matrix = np.eye(len(names))
    for (one, other), r in correlations.items():
        for name in (one, other):
            if name not in uncertainties:
                raise ValueError(f"a correlation names {name!r}, which is no input of the model")
        if one == other or not -1 <= r <= 1:
            raise ValueError(f"the correlation of {one} and {other} must be between -1 and 1, got {r}")
        i, j = names.index(one), names.index(other)
        matrix[i, j] = matrix[j, i] = r
    if np.linalg.eigvalsh(matrix).min() < -1e-9:
        raise ValueError("the correlations contradict one another: no quantities can have all of them")
    u = np.array(list(uncertainties.values()))
    return matrix * np.outer(u, u)


def _effective(
    contributions: Floats,
    variance: float,
    inputs: Mapping[str, Distribution],
    correlations: Mapping[tuple[str, str], float],
) -> float | None:
    """ν_eff = u⁴/Σ(c_i·u_i)⁴/ν_i (GUM eq. G.2b), None where an input of finite ν_i is correlated."""
    finite = {name: given.degrees_of_freedom for name, given in inputs.items() if not math.isinf(given.degrees_of_freedom)}
    if any(r != 0 and not finite.keys().isdisjoint(pair) for pair, r in correlations.items()):
        return None
    shares = {name: float(part) ** 2 / variance for name, part in zip(inputs, contributions, strict=True) if part}
    total = math.fsum(shares[name] ** 2 / nu for name, nu in finite.items() if name in shares)
    return 1.0 / total if total else math.inf
