"""A finding: the value of one performance characteristic of one device, with its uncertainty.

Findings are what procedures determine and criteria judge. Names of characteristics are those of the standards' items
(`linearity_error`, `repeatability`, `response_time_rise`, `response_time_fall`, `zero_drift_24h`, `span_drift_24h`,
`zero_drift_week`, `span_drift_week`, …).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

EXCLUDED = "excluded: "
"""What the only note of a finding begins with that a person has excluded; the reason follows. It has no value then."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Value of a characteristic for one device.

    `value` is None when it could not be determined; `notes` then say why. `expanded_uncertainty` is U = k·u with
    `coverage_factor` k, both None for data that come without. `interval` is the 95 % coverage interval where it is not
    value ± U (a standard deviation has a chi-squared interval). `index` names the level or day that the value belongs to
    where it is the largest of several. `details` holds what the report draws (levels, days, curve, budget): JSON types only.
    `details["undetermined"]` names the single results that are missing: the value is then the largest of the others, which
    can fail a limit but not pass it. `details["variables"]` are the numbers that choose a standard's tiers or serve its
    alternatives ("reference_mean", "full_scale", "difference" …). `details["expressed"]` gives the value in other metrics,
    for standards that state the limit in another one: metric → `{"value", "unit", "expanded_uncertainty"}`.
    `details["days_done"]` says over how many days the test went: over fewer than a standard asks for, the value can fail its
    limit, but not pass it. `details["runs_done"]` says how many runs a mean is of: of fewer than a standard asks for it is
    not judged.
    """

    device: str
    characteristic: str
    value: float | None
    unit: str
    expanded_uncertainty: float | None = None
    coverage_factor: float | None = None
    interval: tuple[float, float] | None = None
    index: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def undetermined(self) -> tuple[str, ...]:
        """The single results that are missing."""
        return tuple(self.details.get("undetermined", ()))

    @property
    def days_done(self) -> int | None:
        """Over how many days the test went; None where it is no matter of days."""
        days = self.details.get("days_done")
        return None if days is None else int(days)

    @property
    def runs_done(self) -> int | None:
        """How many runs the value is of; None where it is no matter of runs."""
        runs = self.details.get("runs_done")
        return None if runs is None else int(runs)

    @property
    def variables(self) -> Mapping[str, float]:
        """The numbers that choose tiers or serve alternatives, by name; one that is not known is left out."""
        return {name: number for name, number in self.details.get("variables", {}).items() if number is not None}

    def in_metric(self, metric: str) -> Self:
        """The finding as a metric expresses it (`testbench.criteria.requirement.Metric`); itself where it does not say."""
        expressed = self.details.get("expressed", {}).get(metric)
        if expressed is None:
            return self
        uncertainty = expressed.get("expanded_uncertainty")
        return replace(
            self, value=expressed["value"], unit=expressed["unit"], expanded_uncertainty=uncertainty, interval=None
        )
