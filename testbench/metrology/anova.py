"""One-way analysis of variance (GUM H.5): do groups of readings differ, and how well is their mean known then?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from scipy import special

from testbench.metrology.arguments import checked
from testbench.metrology.written import DIGITS, Number, all_written, rounded


@dataclass(frozen=True, slots=True)
class Anova:
    """J groups of K readings each, in the unit of the readings.

    `between` is sqrt(K·s²(means)), `within` the pooled standard deviation s of a reading; both estimate the same where there
    is no effect of the group. `f_statistic` is their squared ratio, `probability` that of an F at least so large without an
    effect. `group_effect` is s_B = sqrt((between² − within²)/K), 0 where between is not larger.
    """

    groups: int
    readings_per_group: int
    mean: float
    between: float
    within: float
    f_statistic: float | None
    probability: float | None
    group_effect: float

    @property
    def degrees_of_freedom(self) -> tuple[int, int]:
        """J − 1 between, J·(K − 1) within."""
        return self.groups - 1, self.groups * (self.readings_per_group - 1)

    @property
    def uncertainty_with_effect(self) -> float:
        """Standard uncertainty of the mean where groups differ: s(means)/√J (GUM H.5.2.5), J − 1 degrees of freedom."""
        return self.between / math.sqrt(self.groups * self.readings_per_group)

    @property
    def uncertainty_without_effect(self) -> float:
        """Standard uncertainty of the mean of J·K readings where groups do not differ (GUM H.5.2.4), J·K − 1 degrees."""
        between, within = self.degrees_of_freedom
        shares = (share / (between + within) for share in (between, within))
        pooled = math.hypot(*(math.sqrt(share) * s for share, s in zip(shares, (self.between, self.within), strict=True)))
        return pooled / math.sqrt(self.groups * self.readings_per_group)


def one_way_anova(groups: Sequence[Sequence[Number]]) -> Anova:
    """Analysis of variance of J groups of K readings each (GUM H.5).

    Raises ValueError for fewer than 2 groups or readings in one, and groups of different size.
    """
    readings = [all_written(group, f"group {number}, reading") for number, group in enumerate(groups, start=1)]
    sizes = {len(group) for group in readings}
    if len(sizes) > 1:
        raise ValueError(f"the groups must be of one size, got {', '.join(str(size) for size in sorted(sizes))}")
    size = sizes.pop() if sizes else 0
    if len(readings) < 2 or size < 2:
        raise ValueError(f"at least 2 groups of 2 readings are needed, got {len(readings)} of {size}")
    with localcontext(prec=DIGITS):
        means = [sum(group, Decimal(0)) / size for group in readings]
        squares = [
            sum(((value - mean) ** 2 for value in group), Decimal(0)) for group, mean in zip(readings, means, strict=True)
        ]
        return _anova(means, [square / (size - 1) for square in squares], size)


@checked
def anova_of_means(means: Sequence[Number], standard_deviations: Sequence[Number], readings_per_group: int) -> Anova:
    """The same from the mean and the standard deviation of each group (GUM Table H.9). Raises ValueError likewise."""
    if len(means) != len(standard_deviations):
        raise ValueError(f"{len(means)} means and {len(standard_deviations)} standard deviations do not belong together")
    if len(means) < 2 or readings_per_group < 2:
        raise ValueError(f"at least 2 groups of 2 readings are needed, got {len(means)} of {readings_per_group}")
    deviations = all_written(standard_deviations, "standard deviation")
    if min(deviations) < 0:
        raise ValueError(f"standard deviation must be 0 or more, got {min(deviations)}")
    with localcontext(prec=DIGITS):
        variances = [deviation**2 for deviation in deviations]
        return _anova(all_written(means, "mean"), variances, readings_per_group)


def _anova(means: Sequence[Decimal], variances: Sequence[Decimal], size: int) -> Anova:
    count = len(means)
    mean = sum(means, Decimal(0)) / count
    between = size * sum(((value - mean) ** 2 for value in means), Decimal(0)) / (count - 1)
    within = sum(variances, Decimal(0)) / count
    ratio = rounded(between / within) if within else None
    return Anova(
        groups=count,
        readings_per_group=size,
        mean=rounded(+mean),
        between=rounded(between.sqrt()),
        within=rounded(within.sqrt()),
        f_statistic=ratio,
        probability=None if ratio is None else float(special.fdtrc(count - 1, count * (size - 1), ratio)),
        group_effect=rounded((max(Decimal(0), between - within) / size).sqrt()),
    )
