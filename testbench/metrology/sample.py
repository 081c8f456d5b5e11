"""What a sample of numbers says of itself: mean, standard deviation, autocorrelation.

Computed in decimal arithmetic from the numbers as they were written, so that digits do not cancel where the values are
large and their scatter small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from testbench.metrology.written import DIGITS, Number, all_written, rounded


@dataclass(frozen=True, slots=True)
class Sample:
    """Statistics of n values in their unit; `standard_deviation` is None for one value.

    `lag1_autocorrelation` is None where the values do not vary.
    """

    n: int
    mean: float
    standard_deviation: float | None
    lag1_autocorrelation: float | None

    @property
    def standard_uncertainty_of_mean(self) -> float | None:
        """s/√n of independent values (GUM 4.2.3); None for one value."""
        return None if self.standard_deviation is None else self.standard_deviation / self.n**0.5


def describe(values: Iterable[Number]) -> Sample:
    """Mean x̄ = Σx/n, standard deviation s = sqrt[Σ(x − x̄)²/(n − 1)] (GUM 4.2.2), and lag-1 autocorrelation.

    r₁ = Σ(x_i − x̄)(x_{i+1} − x̄)/Σ(x_i − x̄)², the numerator over the n − 1 pairs of neighbours (NIST/SEMATECH e-Handbook
    1.3.5.12). `values` of length n in time order. Raises ValueError for none, or one that is not finite.
    """
    numbers = all_written(values, "value")
    if not numbers:
        raise ValueError("a sample needs at least one value")
    with localcontext(prec=DIGITS):
        mean = sum(numbers, Decimal(0)) / len(numbers)
        deviations = [number - mean for number in numbers]
        squares = sum((deviation * deviation for deviation in deviations), Decimal(0))
        neighbours = sum((one * other for one, other in pairwise(deviations)), Decimal(0))
        spread = rounded((squares / (len(numbers) - 1)).sqrt()) if len(numbers) > 1 else None
        correlation = rounded(neighbours / squares) if squares else None
        return Sample(len(numbers), rounded(+mean), spread, correlation)


def mean(values: Iterable[Number]) -> float:
    """Arithmetic mean of n values (see `describe`)."""
    return describe(values).mean


def standard_deviation(values: Iterable[Number]) -> float:
    """Experimental standard deviation of n values, n − 1 in the denominator (see `describe`); ValueError below two."""
    found = describe(values).standard_deviation
    if found is None:
        raise ValueError("a standard deviation needs at least 2 values, got 1")
    return found


def lag1_autocorrelation(values: Iterable[Number]) -> float:
    """Lag-1 autocorrelation coefficient of n values (see `describe`); ValueError where they do not vary."""
    found = describe(values).lag1_autocorrelation
    if found is None:
        raise ValueError("the values do not vary, so they have no autocorrelation")
    return found
