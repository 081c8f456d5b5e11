"""Uncertainty of the CO2 amount of an hour or a year: systematic and random influences, by the GUM and by Monte Carlo.

An influence is an error of one of the inputs (content, flow, area, velocity coefficient, temperature, pressure, water).
A systematic one has one value for all hours and adds up over them; a random one has a new value every so many hours and
averages out. Substituted values are uncertain by the scatter of the valid hours, one error for each gap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike

from testbench.metrology.arguments import checked
from testbench.metrology.coverage import Expanded
from testbench.metrology.distributions import (
    Arcsine,
    Distribution,
    MultivariateNormal,
    Normal,
    Rectangular,
    StudentT,
    triangular,
)
from testbench.metrology.emission.hours import AnnualAmount, Floats, constant, factor
from testbench.metrology.emission.mrr import tier_reached
from testbench.metrology.gum import Propagated, propagate
from testbench.metrology.monte_carlo import MonteCarlo, Validation, monte_carlo_adaptive, validate

GAPS = "substituted hours: "
"""Beginning of the name of the influence that stands for the gaps of an input."""
TOGETHER = "correlated influences"
MOST_TRIALS = 5_000_000
NEGLIGIBLE = 1e-9
"""Relative standard uncertainty that is nothing but rounding of the derivatives."""


class Source(StrEnum):
    """Which input of the model an influence is an error of, and the unit of absolute errors."""

    CONTENT = "content"  # mol/mol
    FLOW = "flow"  # m³/h
    AREA = "area"  # of the duct: relative, scales the flow
    VELOCITY_COEFFICIENT = "velocity coefficient"  # K-factor: relative, scales the flow
    TEMPERATURE = "temperature"  # K
    PRESSURE = "pressure"  # Pa
    WATER = "water"  # mol/mol

    @property
    def series(self) -> str:
        """Name of the hourly series that it acts on."""
        return {
            Source.AREA: "flow",
            Source.VELOCITY_COEFFICIENT: "flow",
            Source.TEMPERATURE: "temperature_k",
            Source.PRESSURE: "pressure_pa",
        }.get(self, self.value)


class Shape(StrEnum):
    """Distribution of an error of given standard uncertainty, around zero."""

    NORMAL = "normal"
    RECTANGULAR = "rectangular"
    TRIANGULAR = "triangular"
    ARCSINE = "arcsine"


@checked
@dataclass(frozen=True, slots=True)
class Influence:
    """One line of the budget: an error of an input with its standard uncertainty.

    `relative`: fraction of the input (0.01 is 1 %); or `absolute` in the unit of the source. `random_hours`: None is
    systematic; n is a random error that changes every n hours. Finite `degrees_of_freedom` make it a t-distribution.
    """

    name: str
    source: Source
    relative: float | None = None
    absolute: float | None = None
    random_hours: int | None = None
    shape: Shape = Shape.NORMAL
    degrees_of_freedom: float = math.inf

    def __post_init__(self) -> None:
        size = self.relative if self.absolute is None else self.absolute
        if size is None or (self.relative is not None and self.absolute is not None):
            raise ValueError(f"{self.name}: give the standard uncertainty either relative or absolute")
        if not (math.isfinite(size) and size >= 0):
            raise ValueError(f"{self.name}: the standard uncertainty must be 0 or more and finite, got {size:g}")
        if self.absolute is not None and self.source in (Source.AREA, Source.VELOCITY_COEFFICIENT):
            raise ValueError(f"{self.name}: the uncertainty of the {self.source.value} must be relative")
        if self.relative is not None and self.source is Source.TEMPERATURE:
            raise ValueError(f"{self.name}: the uncertainty of a temperature must be absolute, in K")
        if self.random_hours is not None and self.random_hours < 1:
            raise ValueError(f"{self.name}: a random error lasts at least 1 hour, got {self.random_hours}")
        if not self.degrees_of_freedom >= 1:
            raise ValueError(f"{self.name}: degrees of freedom must be at least 1, got {self.degrees_of_freedom}")
        if math.isfinite(self.degrees_of_freedom) and self.shape is not Shape.NORMAL:
            raise ValueError(f"{self.name}: degrees of freedom belong to a normal influence, not a {self.shape.value} one")


@checked
@dataclass(frozen=True, slots=True)
class Correlated:
    """Correlation coefficient of the errors of two systematic influences, by their names."""

    one: str
    other: str
    coefficient: float


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """Contribution of an influence to the standard uncertainty of the amount: in t, and in percent of it; signed."""

    name: str
    systematic: bool
    contribution_t: float
    contribution_percent: float


@dataclass(frozen=True, slots=True, eq=False)
class EmissionUncertainty:
    """Amount in t and its uncertainty by both methods; `expanded` is U in t for 95 %.

    `tier` is that of MRR Annex VIII by U of the GUM where it was validated or Monte Carlo was not asked for, else by half
    the width of the shortest Monte Carlo interval. 0: none. `budget` stands largest first.
    """

    total_t: float
    gum: Propagated
    expanded: Expanded
    budget: tuple[BudgetLine, ...]
    monte_carlo: MonteCarlo | None
    validation: Validation | None

    @property
    def expanded_percent(self) -> float:
        """U of the GUM in percent of the amount."""
        return 100.0 * self.expanded.uncertainty / self.total_t

    @property
    def monte_carlo_percent(self) -> float | None:
        """Half the width of the shortest interval in percent of the amount."""
        if self.monte_carlo is None:
            return None
        low, high = self.monte_carlo.shortest
        return 50.0 * (high - low) / self.total_t

    @property
    def decisive_percent(self) -> float:
        """The one of the two that counts."""
        if self.validation is None or self.validation.valid or self.monte_carlo_percent is None:
            return self.expanded_percent
        return self.monte_carlo_percent

    @property
    def tier(self) -> int:
        """Tier of MRR Annex VIII that is reached."""
        return tier_reached(self.decisive_percent)


@checked
def emission_uncertainty(
    amount: AnnualAmount,
    influences: Sequence[Influence],
    correlations: Sequence[Correlated] = (),
    *,
    monte_carlo: bool = True,
    digits: int = 2,
    seed: int = 1,
) -> EmissionUncertainty:
    """Uncertainty of an amount, be it of one hour or of a year (GUM 5; JCGM 101 7.9 and 8).

    Model: E(ε) = Σ_i ρ·x_i·Q_i·(T_n/T_i)·(p_i/p_n)·(1 − w_i)^m with every value in error by its influences. Systematic ones
    enter without being linearised but for temperature and water in a denominator (second order). Of a random influence
    with n independent errors the sum of the first-order contributions enters, u² = Σ_g (Σ_{i in g} c_i·u_i)²; for n = 1 it
    is systematic. So u²(E) = (Σ c_i·u)² of systematic influences, plus that of random ones, which falls with n, plus that
    of the gaps, plus 2·r·u·u' of correlated pairs. U has k by Student's t at the effective degrees of freedom.

    Monte Carlo is adaptive with one digit more than the `digits` of u that the GUM is validated with, so that its own
    tolerance is below δ/5 (JCGM 101 8.2), and ends with 5·10⁶ trials.

    Raises ValueError for an amount of 0, no influence, names that occur twice or are not known, a source that the site does
    not use, correlations of random or non-normal influences or of finite degrees of freedom.
    """
    if not amount.total_t > 0:
        raise ValueError("an amount of 0 t has no relative uncertainty")
    model = _Model(amount, influences, correlations)
    coefficients = {(c.one, c.other): c.coefficient for c in correlations}
    found = propagate(model, model.inputs, coefficients)
    if not found.standard_uncertainty > NEGLIGIBLE * amount.total_t:
        raise ValueError("no influence contributes: the budget has no uncertainty in it")
    systematic = {influence.name for influence in model.systematic}
    lines = [
        BudgetLine(name, name in systematic, part, 100.0 * part / amount.total_t)
        for name, part in found.contributions.items()
    ]
    drawn = None
    if monte_carlo:
        drawn = monte_carlo_adaptive(model, model.joint_inputs, digits=digits + 1, seed=seed, most_trials=MOST_TRIALS)
    return EmissionUncertainty(
        total_t=amount.total_t,
        gum=found,
        expanded=found.expand(),
        budget=tuple(sorted(lines, key=lambda line: -abs(line.contribution_t))),
        monte_carlo=drawn,
        validation=validate(found, drawn, digits=digits) if drawn else None,
    )


@dataclass(frozen=True, slots=True)
class _Random:
    """A random influence: standard uncertainty of its sum over all hours, t."""

    name: str
    uncertainty_t: float
    degrees_of_freedom: float = math.inf


@dataclass(slots=True)
class _Model:
    """The amount in t as a function of standardised errors (0 ± 1), by name of the influence."""

    amount: AnnualAmount
    influences: Sequence[Influence]
    correlations: Sequence[Correlated]
    systematic: list[Influence] = field(init=False)
    random: list[_Random] = field(init=False)
    inputs: dict[str, Distribution] = field(init=False)
    joint_inputs: dict[str, Distribution] = field(init=False)
    _moments: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._check()
        hours = self.amount.operating_hours
        self.systematic = [i for i in self.influences if i.random_hours is None or i.random_hours >= hours]
        self.random = [self._summed(i) for i in self.influences if i not in self.systematic]
        self.random += [self._gaps(name) for name in self.amount.scatter]
        self.inputs = {i.name: _standardised(i) for i in self.systematic}
        self.inputs |= {each.name: Normal(0.0, 1.0) for each in self.random}
        self._moments = self._tensor()
        self.joint_inputs = self._joint()

    def __call__(self, **errors: ArrayLike) -> ArrayLike:
        """Amount in t for errors that are numbers or arrays of trials."""
        given: dict[str, Floats] = {}
        for name, values in errors.items():
            if name == TOGETHER:
                array = np.asarray(values, dtype=np.float64)
                given |= {each: array[..., k] for k, each in enumerate(self._correlated_names())}
            else:
                given[name] = np.asarray(values, dtype=np.float64)
        total = self._contracted([self._shares(name, given) for name in self.amount.series])
        for each in self.random:
            total = total + given[each.name] * each.uncertainty_t
        return total

    def _contracted(self, shares: Sequence[Floats]) -> Floats:
        """Σ of the moments, each times the product of its shares; the trials are the first axis where there are any."""
        rank = len(shares)
        total: Floats = self._moments
        for done, share in enumerate(shares):
            if total.ndim == rank - done:  # no trials yet
                total = np.tensordot(share, total, axes=(-1, 0))
            else:
                total = np.einsum("nk,nk...->n...", np.atleast_2d(share), total)
        return total

    def _shares(self, name: str, errors: Mapping[str, Floats]) -> Floats:
        """Polynomials of the errors by which the moments of a series count: (…, 2) or, in a denominator, (…, 3)."""
        scale: Floats = np.asarray(1.0)
        shift: Floats = np.asarray(0.0)
        for influence in self.systematic:
            if influence.source.series != name:
                continue
            error = errors[influence.name]
            if influence.absolute is not None:
                shift = shift + influence.absolute * error
            elif influence.source in (Source.AREA, Source.VELOCITY_COEFFICIENT):
                scale = scale * (1.0 + (influence.relative or 0.0) * error)
            else:
                scale = scale + (influence.relative or 0.0) * error
        return _polynomials(self.amount, name, scale, shift)

    def _tensor(self) -> Floats:
        """Σ over the hours of the products of the parts of all series, t; one axis a series."""
        parts = [_parts(self.amount, name, values) for name, values in self.amount.series.items()]
        product = reduce(lambda left, right: np.einsum("...h,kh->...kh", left, right), parts)
        return np.asarray(product.sum(axis=-1) * constant(self.amount.site) / 1e3)

    def _hourly_contribution(self, influence: Influence) -> Floats:
        """c_i·u_i of every hour, t."""
        name = influence.source.series
        values = self.amount.series[name]
        if influence.absolute is None:
            size = (influence.relative or 0.0) * values
        else:
            size = np.full_like(values, influence.absolute)
        return self._slope(name) * size

    def _slope(self, name: str) -> Floats:
        """∂E_i/∂value of every hour, t for the unit of the value."""
        series = self.amount.series
        others = [factor(self.amount.site, other)(values) for other, values in series.items() if other != name]
        step = 1e-6 * np.maximum(np.abs(series[name]), 1e-3)
        up, down = (factor(self.amount.site, name)(series[name] + sign * step) for sign in (1.0, -1.0))
        rest = np.prod(others, axis=0) * constant(self.amount.site) / 1e3
        return np.asarray(rest * (up - down) / (2.0 * step))

    def _summed(self, influence: Influence) -> _Random:
        contribution = self._hourly_contribution(influence)
        starts = np.arange(0, contribution.size, influence.random_hours)
        of_groups = np.add.reduceat(contribution, starts)
        return _Random(influence.name, float(np.sqrt(np.sum(of_groups**2))))

    def _gaps(self, name: str) -> _Random:
        """Substituted hours of a series: one error for each gap, its standard uncertainty the scatter of the valid hours."""
        filled = self.amount.filled[name]
        contribution = np.where(filled, self._slope(name) * self.amount.scatter[name], 0.0)
        begins = np.flatnonzero(filled & ~np.concatenate([[False], filled[:-1]]))
        return _Random(GAPS + name, float(np.sqrt(np.sum(np.add.reduceat(contribution, begins) ** 2))))

    def _correlated_names(self) -> list[str]:
        return list(dict.fromkeys(name for pair in self.correlations for name in (pair.one, pair.other)))

    def _joint(self) -> dict[str, Distribution]:
        """The inputs with the correlated ones together, for Monte Carlo."""
        names = self._correlated_names()
        if not names:
            return self.inputs
        matrix = np.eye(len(names))
        for pair in self.correlations:
            i, j = names.index(pair.one), names.index(pair.other)
            matrix[i, j] = matrix[j, i] = pair.coefficient
        alone = {name: given for name, given in self.inputs.items() if name not in names}
        return {TOGETHER: MultivariateNormal(np.zeros(len(names)), matrix), **alone}

    def _check(self) -> None:
        if not self.influences:
            raise ValueError("the budget of an emission needs at least one influence")
        names = [influence.name for influence in self.influences]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two influences are called {name!r}")
        for influence in self.influences:
            if influence.source.series not in self.amount.series:
                raise ValueError(f"{influence.name}: the amount does not depend on the {influence.source.value} here")
        if len({frozenset((pair.one, pair.other)) for pair in self.correlations}) != len(self.correlations):
            raise ValueError("two correlations are of one pair of influences")
        by_name = {influence.name: influence for influence in self.influences}
        for name in self._correlated_names():
            known = by_name.get(name)
            if known is None:
                raise ValueError(f"a correlation names {name!r}, which is no influence of the budget")
            if known.random_hours is not None or known.shape is not Shape.NORMAL:
                raise ValueError(f"{name}: only systematic influences with a normal distribution can be correlated")
        if self.correlations and any(math.isfinite(each.degrees_of_freedom) for each in self.influences):
            raise ValueError("effective degrees of freedom have no meaning beside correlations: state one or the other")


def _standardised(influence: Influence) -> Distribution:
    """Distribution of an error of standard uncertainty 1."""
    if math.isfinite(influence.degrees_of_freedom):
        return StudentT(0.0, 1.0, influence.degrees_of_freedom)
    match influence.shape:
        case Shape.RECTANGULAR:
            return Rectangular(-math.sqrt(3.0), math.sqrt(3.0))
        case Shape.TRIANGULAR:
            return triangular(-math.sqrt(6.0), math.sqrt(6.0))
        case Shape.ARCSINE:
            return Arcsine(-math.sqrt(2.0), math.sqrt(2.0))
        case Shape.NORMAL:
            return Normal(0.0, 1.0)


def _inverted(amount: AnnualAmount, name: str) -> bool:
    """Whether a series stands in a denominator: temperature always, 1 − water of a wet content and a dry flow."""
    return name == "temperature_k" or (name == "water" and amount.site.water_power < 0)


def _parts(amount: AnnualAmount, name: str, values: Floats) -> Floats:
    """Rows that the value in error is a sum of: with v·s + d it is v and 1, in a denominator 1/v, 1/v² and 1/v³."""
    base = 1.0 - values if name == "water" else values
    if _inverted(amount, name):
        return np.stack([1.0 / base, 1.0 / base**2, 1.0 / base**3])
    return np.stack([values, np.ones_like(values)])


def _polynomials(amount: AnnualAmount, name: str, scale: Floats, shift: Floats) -> Floats:
    scale, shift = np.broadcast_arrays(scale, shift)
    if name == "water" and amount.site.water_power < 0:
        # 1 − w·s − d = s·(1 − w) + (1 − s − d)
        shift = 1.0 - scale - shift
    if _inverted(amount, name):
        return np.stack([1.0 / scale, -shift / scale**2, shift**2 / scale**3], axis=-1)
    if name == "water":
        return np.stack([-scale, 1.0 - shift], axis=-1)
    return np.stack([scale, shift], axis=-1)
