"""Coverage: expanded uncertainty by Student's t, also for the largest of several, and that of a standard deviation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from testbench.metrology.arguments import checked


@dataclass(frozen=True, slots=True)
class Expanded:
    """Expanded uncertainty U = factor·u for a coverage probability; it holds for all of `of` values at once."""

    uncertainty: float
    factor: float
    probability: float
    of: int = 1


@checked
def expand(
    standard_uncertainty: float, degrees_of_freedom: float = math.inf, *, probability: float = 0.95, of: int = 1
) -> Expanded:
    """Expand a standard uncertainty by the two-sided quantile of Student's t (GUM G.3, JJF 1059.1-2012 4.5).

    k = t((1 + p′)/2; ν), with ν as it is, not truncated. For one value p′ = p. For the largest of m values, which is chosen
    after they were seen, p′ = p^(1/m) (Šidák): all m intervals hold at once with at least probability p, also when the
    values are positively or negatively correlated.

    Raises ValueError for a negative or undefined uncertainty, ν below 1, p outside (0, 1) and m below 1.
    """
    if not standard_uncertainty >= 0:
        raise ValueError(f"standard uncertainty must be 0 or more, got {standard_uncertainty}")
    if not degrees_of_freedom >= 1:
        raise ValueError(f"degrees of freedom must be at least 1, got {degrees_of_freedom}")
    if of < 1:
        raise ValueError(f"the largest of {of} values has no meaning; at least 1 is needed")
    _check_probability(probability)
    tail = -math.expm1(math.log(probability) / of) / 2  # (1 − p′)/2, to all digits where p′ is nearly 1
    factor = -float(special.ndtri(tail) if math.isinf(degrees_of_freedom) else special.stdtrit(degrees_of_freedom, tail))
    return Expanded(factor * standard_uncertainty, factor, probability, of)


@checked
def standard_deviation_interval(s: float, n: int, probability: float = 0.95) -> tuple[float, float]:
    """Return the coverage interval (low, high) of a standard deviation s of n normally distributed values, in its unit.

    s·sqrt((n − 1)/χ²((1 ± p)/2; n − 1)): equal probability on both sides. Raises ValueError for n below 2, a negative or
    undefined s and p outside (0, 1).
    """
    if n < 2:
        raise ValueError(f"a standard deviation needs at least 2 values, got {n}")
    if not s >= 0:
        raise ValueError(f"standard deviation must be 0 or more, got {s}")
    _check_probability(probability)
    low = s * math.sqrt((n - 1) / _chi_squared_quantile((1 + probability) / 2, n - 1))
    high = s * math.sqrt((n - 1) / _chi_squared_quantile((1 - probability) / 2, n - 1))
    return low, high


def _chi_squared_quantile(probability: float, degrees_of_freedom: int) -> float:
    """χ²(p; ν): twice the inverse of the regularised incomplete gamma function of ν/2."""
    return 2.0 * float(special.gammaincinv(degrees_of_freedom / 2.0, probability))


def _check_probability(probability: float) -> None:
    if not 0 < probability < 1:
        raise ValueError(f"coverage probability must be between 0 and 1, got {probability}")
