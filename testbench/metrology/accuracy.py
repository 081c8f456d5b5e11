"""Accuracy audits in decimal arithmetic: linearity and calibration error, relative accuracy, bias (40 CFR 75 Appendix A, 7).

All functions take decimal numbers as they were written and round nothing, except where a docstring says so; the standard
in question says when a result is rounded. Differences are reference minus measured, as in equation A-7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache

from testbench.metrology.arguments import checked
from testbench.metrology.rounding import round_decimal

_PRECISION = 60
"""Significant digits of intermediate results; inputs of up to 30 digits are added and squared exactly."""


@dataclass(frozen=True, slots=True)
class LevelError:
    """Means of one level's injections, their difference (mean reference − mean measured), all in the data's unit."""

    mean_reference: Decimal
    mean_measured: Decimal
    difference: Decimal

    def percent_of(self, denominator: Decimal) -> Decimal:
        """The difference in percent of a denominator; raises ValueError where that is zero."""
        if denominator == 0:
            raise ValueError("the denominator is zero")
        with localcontext(prec=_PRECISION):
            return self.difference / denominator * 100


@checked
def level_error(reference: Sequence[Decimal], measured: Sequence[Decimal]) -> LevelError:
    """Difference of the means of one level's injections: d = mean R − mean A.

    `reference` and `measured` are equally long, one number an injection, in one unit. The linearity error of 40 CFR 75
    App. A 7.1, equation A-4, is |d| in percent of mean R; the calibration error of 7.2, equation A-5, is |d| of a single
    injection in percent of the span.

    Raises ValueError for no injections or sequences of different length.
    """
    count = _paired(reference, measured, least=1)
    with localcontext(prec=_PRECISION):
        mean_reference = sum(reference, Decimal(0)) / count
        mean_measured = sum(measured, Decimal(0)) / count
        return LevelError(mean_reference, mean_measured, mean_reference - mean_measured)


@dataclass(frozen=True, slots=True)
class AccuracyAudit:
    """A relative accuracy test audit (RATA).

    Means, mean difference d (reference − CEMS), standard deviation of the differences and confidence coefficient in the
    data's unit; `relative_accuracy` in percent of the reference mean; `t` is the factor that was used.
    """

    runs: int
    mean_cems: Decimal
    mean_reference: Decimal
    mean_difference: Decimal
    standard_deviation: Decimal
    t: Decimal
    confidence_coefficient: Decimal
    relative_accuracy: Decimal

    @property
    def biased_low(self) -> bool:
        """Whether the bias test fails: d > |cc|, the monitor reads significantly low (40 CFR 75 App. A 7.6.4)."""
        return self.mean_difference > abs(self.confidence_coefficient)


@checked
@cache
def t_factor(degrees_of_freedom: int) -> Decimal:
    """Student's t, two-sided 95 % (t at 0.025 on either side), rounded to 3 decimals as the regulation's table prints it.

    40 CFR 75 App. A 7.3.3, Table 7-1. Raises ValueError for fewer than 1 degree of freedom.
    """
    if degrees_of_freedom < 1:
        raise ValueError(f"t needs at least 1 degree of freedom, got {degrees_of_freedom}")
    from scipy.special import stdtrit  # heavy; needed here only

    return round_decimal(Decimal(repr(float(stdtrit(degrees_of_freedom, 0.975)))), 3)


@checked
def accuracy_audit(cems: Sequence[Decimal], reference: Sequence[Decimal]) -> AccuracyAudit:
    """Relative accuracy of the runs that are used (40 CFR 75 App. A 7.3 to 7.5, equations A-7 to A-10).

    With d_i = reference_i − cems_i of n runs: d = Σ d_i / n (A-7); Sd = sqrt[(Σ d_i² − (Σ d_i)²/n)/(n − 1)] (A-8);
    cc = t(0.025, n − 1)·Sd/√n (A-9); RA = (|d| + |cc|)/mean reference·100 % (A-10). Both sequences are equally long, one
    number a run, in one unit. Nothing but t is rounded.

    Raises ValueError for fewer than 2 runs, sequences of different length, or a reference mean that is not above zero.
    """
    count = _paired(cems, reference, least=2)
    with localcontext(prec=_PRECISION):
        differences = [r - c for r, c in zip(reference, cems, strict=True)]
        mean_cems = sum(cems, Decimal(0)) / count
        mean_reference = sum(reference, Decimal(0)) / count
        if mean_reference <= 0:
            raise ValueError(f"the reference mean is {mean_reference:f}; it must be above zero")
        total = sum(differences, Decimal(0))
        mean_difference = total / count
        # Never negative: the deviations are squared one by one, which equals A-8 in exact arithmetic.
        squares = sum(((d - mean_difference) ** 2 for d in differences), Decimal(0))
        standard_deviation = (squares / (count - 1)).sqrt()
        t = t_factor(count - 1)
        confidence = t * standard_deviation / Decimal(count).sqrt()
        relative = (abs(mean_difference) + abs(confidence)) / mean_reference * 100
    return AccuracyAudit(count, mean_cems, mean_reference, mean_difference, standard_deviation, t, confidence, relative)


@checked
def bias_adjustment_factor(audit: AccuracyAudit, decimals: int = 3, cap: Decimal | None = None) -> Decimal:
    """Factor that multiplies later readings of a monitor that is biased low (40 CFR 75 App. A 7.6.5, equation A-12).

    BAF = 1 + |d|/mean CEMS where the bias test fails, rounded half away from zero to `decimals`; else 1. `cap` is the
    largest value to use, given where the rules allow it (low emitters: 1.111). Dimensionless.

    Raises ValueError where the factor is needed and the CEMS mean is not above zero.
    """
    one = round_decimal(Decimal(1), decimals)
    if not audit.biased_low:
        return one
    if audit.mean_cems <= 0:
        raise ValueError(f"the CEMS mean is {audit.mean_cems:f}; a bias adjustment factor needs one above zero")
    with localcontext(prec=_PRECISION):
        factor = round_decimal(1 + abs(audit.mean_difference) / audit.mean_cems, decimals)
    return factor if cap is None else min(factor, cap)


def _paired(left: Sequence[Decimal], right: Sequence[Decimal], least: int) -> int:
    if len(left) != len(right):
        raise ValueError(f"{len(left)} and {len(right)} numbers do not make pairs")
    if len(left) < least:
        raise ValueError(f"at least {least} pairs are needed, got {len(left)}")
    return len(left)
