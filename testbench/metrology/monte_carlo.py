"""Propagation of distributions by a Monte Carlo method (JCGM 101:2008, JJF 1059.2-2012).

    found = monte_carlo(model, {"x": Normal(1.0, 0.1), "y": Rectangular(0.0, 2.0)}, trials=1_000_000, seed=1)
    found = monte_carlo_adaptive(model, inputs, digits=2, seed=1)
    validate(propagate(model, inputs), found).valid

One seed gives the same numbers every time. The model takes every input by its name as an array whose first axis are the
trials, and returns an array (trials,) or, for several measurands, (trials, k). It is called with blocks of trials, so that
memory does not grow with inputs of many components.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.arguments import checked, one_axis
from testbench.metrology.distributions import Distribution
from testbench.metrology.gum import Propagated

Floats = NDArray[np.float64]
Model = Callable[..., ArrayLike]

BLOCK = 10_000
"""Trials that are drawn together; also the least number of a block of the adaptive procedure (JCGM 101, 7.9.4)."""
MOST_TRIALS = 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class MonteCarlo:
    """What a Monte Carlo calculation gives for one measurand, in its unit (JCGM 101, 7.6 and 7.7).

    `interval` is probabilistically symmetric, `shortest` the shortest coverage interval, both for `probability`. `sample`
    are the model values in ascending order. `converged` says whether the adaptive procedure reached its tolerance; it is
    True for a fixed number of trials.
    """

    value: float
    standard_uncertainty: float
    probability: float
    interval: tuple[float, float]
    shortest: tuple[float, float]
    sample: Floats
    converged: bool = True

    @property
    def trials(self) -> int:
        """Number of trials."""
        return int(self.sample.size)


@checked
def monte_carlo(
    model: Model, inputs: Mapping[str, Distribution], *, trials: int = 1_000_000, probability: float = 0.95, seed: int
) -> MonteCarlo:
    """Propagate distributions with a fixed number of trials (JCGM 101, 7.2 to 7.7).

    Raises ValueError for fewer than 100/(1 − p) trials, and for a model that returns a number that is not finite, or not
    one number a trial.
    """
    _check_probability(probability)
    if trials < _least_trials(probability):
        raise ValueError(f"{trials} trials are too few for {100 * probability:g} %: at least {_least_trials(probability)}")
    values = np.concatenate([_one_measurand(block) for block in _blocks(model, inputs, trials, seed)])
    return summarise(values, probability=probability)


@checked
def monte_carlo_together(model: Model, inputs: Mapping[str, Distribution], *, trials: int = 1_000_000, seed: int) -> Floats:
    """Model values of several measurands, shape (trials, k), in the order they were drawn. Errors as `monte_carlo`."""
    if trials < 1:
        raise ValueError(f"at least 1 trial is needed, got {trials}")
    return np.concatenate(list(_blocks(model, inputs, trials, seed)))


@checked
def monte_carlo_adaptive(
    model: Model,
    inputs: Mapping[str, Distribution],
    *,
    digits: int = 2,
    probability: float = 0.95,
    seed: int,
    most_trials: int = MOST_TRIALS,
) -> MonteCarlo:
    """Propagate distributions until the result has stabilised (JCGM 101, 7.9.4).

    Blocks of max(⌈100/(1 − p)⌉, 10⁴) trials are added until twice the standard deviation of the mean over the blocks of the
    value, of the standard uncertainty and of both ends of the interval does not exceed the numerical tolerance δ of a
    standard uncertainty with `digits` significant digits. With `most_trials` the result is given as it is then, marked.
    """
    _check_probability(probability)
    size = max(BLOCK, _least_trials(probability))
    generator = np.random.default_rng(seed)
    parts: list[Floats] = []
    of_blocks: list[tuple[float, float, float, float]] = []
    squares = 0.0  # within the blocks
    converged = False
    while not converged and (len(parts) + 1) * size <= max(most_trials, 2 * size):
        block = _one_measurand(_drawn(model, inputs, size, generator))
        own = summarise(block, probability=probability)
        parts.append(own.sample)
        of_blocks.append((own.value, own.standard_uncertainty, *own.interval))
        squares += (size - 1) * own.standard_uncertainty**2
        if len(parts) < 2:
            continue
        blocks = np.array(of_blocks)
        between = size * float(np.sum((blocks[:, 0] - blocks[:, 0].mean()) ** 2))
        u = math.sqrt((squares + between) / (len(parts) * size - 1))
        spread = 2.0 * np.std(blocks, axis=0, ddof=1) / math.sqrt(len(parts))
        converged = bool((spread <= (numerical_tolerance(u, digits) if u > 0 else 0.0)).all())
    found = summarise(np.concatenate(parts), probability=probability)
    return MonteCarlo(
        found.value, found.standard_uncertainty, probability, found.interval, found.shortest, found.sample, converged
    )


@checked
def summarise(values: ArrayLike, *, probability: float = 0.95) -> MonteCarlo:
    """Value, standard uncertainty and coverage intervals of model values in any order (JCGM 101, 7.5 to 7.7).

    With q = pM (rounded) and r = (M − q)/2 (rounded) the symmetric interval goes from the r-th to the (r + q)-th of the
    ordered values; the shortest one is that of least length over all r (5.3.4, 7.7.4). Raises ValueError for fewer than 2
    values, one that is not finite, and p outside (0, 1).
    """
    _check_probability(probability)
    ordered = np.sort(one_axis(values, "values"))
    m = ordered.size
    if m < 2 or not np.isfinite(ordered).all():
        raise ValueError("a Monte Carlo result needs at least 2 values, all finite")
    q = min(m - 1, math.floor(probability * m + 0.5))
    r = max(1, math.floor((m - q) / 2 + 0.5)) - 1
    lengths = ordered[q:] - ordered[: m - q]
    best = int(np.argmin(lengths))
    mean = float(ordered.mean())
    return MonteCarlo(
        value=mean,
        standard_uncertainty=float(np.std(ordered, ddof=1)),
        probability=probability,
        interval=(float(ordered[min(r, m - q - 1)]), float(ordered[min(r, m - q - 1) + q])),
        shortest=(float(ordered[best]), float(ordered[best + q])),
        sample=ordered,
    )


@checked
def numerical_tolerance(standard_uncertainty: float, digits: int = 2) -> float:
    """δ = ½·10^ℓ, where u = c·10^ℓ with c an integer of `digits` digits (JCGM 101, 7.9.2; JJF 1059.2-2012).

    Raises ValueError for an uncertainty that is not above zero and fewer than 1 digit.
    """
    if not (math.isfinite(standard_uncertainty) and standard_uncertainty > 0):
        raise ValueError(f"the standard uncertainty must be above zero, got {standard_uncertainty}")
    if digits < 1:
        raise ValueError(f"at least 1 significant digit is needed, got {digits}")
    written = f"{standard_uncertainty:.{digits - 1}e}"
    exponent = int(written.partition("e")[2]) - (digits - 1)
    return 0.5 * 10.0**exponent


@dataclass(frozen=True, slots=True)
class Validation:
    """Comparison of the GUM's coverage interval with that of Monte Carlo (JCGM 101, 8.1).

    `low` and `high` are the absolute differences d of the two ends; both must be within `tolerance` δ.
    """

    low: float
    high: float
    tolerance: float

    @property
    def valid(self) -> bool:
        """Whether the GUM's result is validated."""
        return self.low <= self.tolerance and self.high <= self.tolerance


@checked
def validate(gum: Propagated, found: MonteCarlo, *, digits: int = 2, shortest: bool = False) -> Validation:
    """Compare y ± U of the GUM with the interval of Monte Carlo: d = |y ± U − y_low,high| ≤ δ (JCGM 101, 8.1.2).

    `digits` are the significant digits of u that matter. With `shortest` the shortest interval is compared, as it should be
    for an asymmetric distribution.
    """
    half = gum.expand(found.probability).uncertainty
    low, high = found.shortest if shortest else found.interval
    tolerance = numerical_tolerance(gum.standard_uncertainty, digits)
    return Validation(abs(gum.value - half - low), abs(gum.value + half - high), tolerance)


def _least_trials(probability: float) -> int:
    """100/(1 − p), rounded up; what is a whole number but for its last binary digit is that number."""
    return math.ceil(100.0 / (1.0 - probability) * (1.0 - 1e-12))


def _blocks(model: Model, inputs: Mapping[str, Distribution], trials: int, seed: int) -> Iterator[Floats]:
    generator = np.random.default_rng(seed)
    for start in range(0, trials, BLOCK):
        yield _drawn(model, inputs, min(BLOCK, trials - start), generator)


def _drawn(model: Model, inputs: Mapping[str, Distribution], trials: int, generator: np.random.Generator) -> Floats:
    with np.errstate(all="ignore"):  # what is not finite is refused below
        drawn = {name: given.sample(generator, trials) for name, given in inputs.items()}
        values = np.asarray(model(**drawn), dtype=np.float64)
    if values.shape[:1] != (trials,):
        raise ValueError(f"the model must return one value a trial: {trials} trials gave an array of shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("the model returned a number that is not finite for some of the drawn inputs")
    return values


def _one_measurand(values: Floats) -> Floats:
    if values.ndim != 1:
        raise ValueError("the model returns several measurands; use monte_carlo_together")
    return values


def _check_probability(probability: float) -> None:
    if not 0 < probability < 1:
        raise ValueError(f"coverage probability must be between 0 and 1, got {probability}")
