"""Probability distributions of input quantities (JCGM 101:2008, 6.4), for propagation by the GUM and by Monte Carlo.

Each knows its expectation, its standard uncertainty and its degrees of freedom (what the GUM needs), and draws samples (what
Monte Carlo needs). Parameters may be arrays: an input with k components then gives samples of shape (trials, k).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.arguments import array, checked

Floats = NDArray[np.float64]


class Distribution(ABC):
    """What is known of an input quantity."""

    @property
    @abstractmethod
    def mean(self) -> Floats:
        """Expectation, of the shape of the parameters."""

    @property
    @abstractmethod
    def standard_uncertainty(self) -> Floats:
        """Standard deviation, of the same shape."""

    @property
    def degrees_of_freedom(self) -> float:
        """Degrees of freedom of the standard uncertainty; infinite where it is known (type B)."""
        return math.inf

    @abstractmethod
    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw: an array of shape (trials, …), the further axes those of the parameters."""


@dataclass(frozen=True, slots=True, eq=False)
class Normal(Distribution):
    """Normal distribution N(x, u²) (6.4.7)."""

    x: ArrayLike
    u: ArrayLike

    def __post_init__(self) -> None:
        """Check the parameters."""
        _finite(self.x, "the expectation")
        _not_negative(self.u, "the standard uncertainty")

    @property
    def mean(self) -> Floats:
        """The expectation."""
        return np.broadcast_arrays(_array(self.x), _array(self.u))[0]

    @property
    def standard_uncertainty(self) -> Floats:
        """The standard uncertainty."""
        return np.broadcast_arrays(_array(self.x), _array(self.u))[1]

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw."""
        drawn = generator.standard_normal((trials, *self.mean.shape))
        drawn *= _array(self.u)
        drawn += _array(self.x)
        return drawn


@checked
@dataclass(frozen=True, slots=True, eq=False)
class StudentT(Distribution):
    """Scaled and shifted t distribution t_ν(x, u²): a mean of n readings has ν = n − 1 and u = s/√n (6.4.9).

    Its standard deviation is u·sqrt(ν/(ν − 2)), not defined for ν up to 2; the GUM takes u with ν degrees of freedom.
    """

    x: float
    u: float
    nu: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        _finite(self.x, "the expectation")
        _not_negative(self.u, "the standard uncertainty")
        if not self.nu >= 1:
            raise ValueError(f"degrees of freedom must be at least 1, got {self.nu}")

    @property
    def mean(self) -> Floats:
        """The estimate."""
        return _array(self.x)

    @property
    def standard_uncertainty(self) -> Floats:
        """u, as the GUM takes it."""
        return _array(self.u)

    @property
    def degrees_of_freedom(self) -> float:
        """ν."""
        return self.nu

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw."""
        if math.isinf(self.nu):
            return _array(self.x + self.u * generator.standard_normal(trials))
        return _array(self.x + self.u * generator.standard_t(self.nu, trials))


@dataclass(frozen=True, slots=True, eq=False)
class Rectangular(Distribution):
    """Rectangular distribution R(a, b) (6.4.2); u = (b − a)/√12."""

    low: ArrayLike
    high: ArrayLike

    def __post_init__(self) -> None:
        """Check the parameters."""
        _ordered(self.low, self.high)

    @property
    def mean(self) -> Floats:
        """(a + b)/2."""
        return (_array(self.low) + _array(self.high)) / 2.0

    @property
    def standard_uncertainty(self) -> Floats:
        """(b − a)/√12."""
        return (_array(self.high) - _array(self.low)) / math.sqrt(12.0)

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw."""
        drawn = generator.random((trials, *self.mean.shape))
        drawn *= _array(self.high) - _array(self.low)
        drawn += _array(self.low)
        return drawn


@checked
@dataclass(frozen=True, slots=True, eq=False)
class CurvilinearTrapezoid(Distribution):
    """Rectangular distribution whose limits are known to ± d each: CTrap(a, b, d) (6.4.3); u² = (b − a)²/12 + d²/9."""

    low: float
    high: float
    d: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        _ordered(self.low, self.high)
        if not 0 <= self.d <= (self.high - self.low) / 2.0:
            raise ValueError(f"d must be from 0 to half the width, got {self.d}")

    @property
    def mean(self) -> Floats:
        """(a + b)/2."""
        return _array((self.low + self.high) / 2.0)

    @property
    def standard_uncertainty(self) -> Floats:
        """sqrt((b − a)²/12 + d²/9)."""
        return _array(math.sqrt((self.high - self.low) ** 2 / 12.0 + self.d**2 / 9.0))

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw the limits, then the value between them (6.4.3.4)."""
        low = self.low - self.d + 2.0 * self.d * generator.random(trials)
        high = self.low + self.high - low
        return _array(low + (high - low) * generator.random(trials))


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Trapezoidal(Distribution):
    """Symmetric trapezoidal distribution Trap(a, b, β), β the share of the top (6.4.4); u² = (b − a)²·(1 + β²)/24."""

    low: float
    high: float
    top_share: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        _ordered(self.low, self.high)
        if not 0 <= self.top_share <= 1:
            raise ValueError(f"the top's share must be from 0 to 1, got {self.top_share}")

    @property
    def mean(self) -> Floats:
        """(a + b)/2."""
        return _array((self.low + self.high) / 2.0)

    @property
    def standard_uncertainty(self) -> Floats:
        """(b − a)·sqrt((1 + β²)/24)."""
        return _array((self.high - self.low) * math.sqrt((1.0 + self.top_share**2) / 24.0))

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw: a + (b − a)/2·[(1 + β)·r₁ + (1 − β)·r₂] (6.4.4.4)."""
        first, second = generator.random(trials), generator.random(trials)
        half = (self.high - self.low) / 2.0
        return _array(self.low + half * ((1.0 + self.top_share) * first + (1.0 - self.top_share) * second))


@checked
def triangular(low: float, high: float) -> Trapezoidal:
    """Symmetric triangular distribution T(a, b) (6.4.5); u = (b − a)/√24."""
    return Trapezoidal(low, high, 0.0)


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Arcsine(Distribution):
    """U-shaped distribution U(a, b) of a quantity that cycles sinusoidally (6.4.6); u = (b − a)/√8."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Check the parameters."""
        _ordered(self.low, self.high)

    @property
    def mean(self) -> Floats:
        """(a + b)/2."""
        return _array((self.low + self.high) / 2.0)

    @property
    def standard_uncertainty(self) -> Floats:
        """(b − a)/√8."""
        return _array((self.high - self.low) / math.sqrt(8.0))

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw: (a + b)/2 + (b − a)/2·sin 2πr (6.4.6.4)."""
        turns = 2.0 * math.pi * generator.random(trials)
        return _array((self.low + self.high) / 2.0 + (self.high - self.low) / 2.0 * np.sin(turns))


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Exponential(Distribution):
    """Exponential distribution Ex(1/x) of a quantity that is not negative, of which only the estimate is known (6.4.10)."""

    x: float

    def __post_init__(self) -> None:
        """Check the parameter."""
        if not (math.isfinite(self.x) and self.x > 0):
            raise ValueError(f"the estimate must be above zero, got {self.x}")

    @property
    def mean(self) -> Floats:
        """The estimate."""
        return _array(self.x)

    @property
    def standard_uncertainty(self) -> Floats:
        """The estimate as well."""
        return _array(self.x)

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw."""
        return generator.exponential(self.x, trials)


@checked
@dataclass(frozen=True, slots=True, eq=False)
class Counts(Distribution):
    """Gamma distribution G(q + 1, 1) of the mean of what is counted, when q were counted (6.4.11); mean and u² are q + 1."""

    q: int

    def __post_init__(self) -> None:
        """Check the parameter."""
        if self.q < 0:
            raise ValueError(f"a count is 0 or more, got {self.q}")

    @property
    def mean(self) -> Floats:
        """q + 1."""
        return _array(self.q + 1.0)

    @property
    def standard_uncertainty(self) -> Floats:
        """sqrt(q + 1)."""
        return _array(math.sqrt(self.q + 1.0))

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw."""
        return generator.gamma(self.q + 1.0, 1.0, trials)


@dataclass(frozen=True, slots=True, eq=False)
class MultivariateNormal(Distribution):
    """Multivariate normal distribution N(x, V) of k correlated quantities (6.4.8); samples have the shape (trials, k)."""

    x: ArrayLike
    covariance: ArrayLike

    def __post_init__(self) -> None:
        """Check the parameters."""
        _finite(self.x, "the expectation")
        matrix = _array(self.covariance)
        if _array(self.x).ndim != 1 or matrix.shape != (_array(self.x).size,) * 2:
            raise ValueError("the covariance matrix must have a row and a column for each expectation")
        if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T, rtol=1e-9):
            raise ValueError("a covariance matrix is symmetric and finite")
        if np.linalg.eigvalsh(matrix).min() < -1e-9 * max(1e-300, float(np.abs(matrix).max())):
            raise ValueError("the covariance matrix is not positive semidefinite: some correlation is beyond ±1")

    @property
    def mean(self) -> Floats:
        """The expectations."""
        return _array(self.x)

    @property
    def standard_uncertainty(self) -> Floats:
        """Root of the diagonal."""
        return np.asarray(np.sqrt(np.diag(_array(self.covariance))))

    def sample(self, generator: np.random.Generator, trials: int) -> Floats:
        """Draw."""
        values, vectors = np.linalg.eigh(_array(self.covariance))
        root = vectors * np.sqrt(np.clip(values, 0.0, None))
        return _array(self.mean + generator.standard_normal((trials, self.mean.size)) @ root.T)


def _array(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _finite(values: ArrayLike, what: str) -> None:
    if not np.isfinite(array(values, what)).all():
        raise ValueError(f"{what} must be finite")


def _not_negative(values: ArrayLike, what: str) -> None:
    given = array(values, what)
    if not (np.isfinite(given).all() and (given >= 0).all()):
        raise ValueError(f"{what} must be 0 or more")


def _ordered(low: ArrayLike, high: ArrayLike) -> None:
    _finite(low, "the lower limit")
    _finite(high, "the upper limit")
    if (_array(low) > _array(high)).any():
        raise ValueError("the lower limit must not be above the upper one")
