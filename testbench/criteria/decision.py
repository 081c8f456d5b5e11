"""The decision rule: what a comparison with a limit comes to where the value has an uncertainty.

Simple acceptance judges the value; where the limit lies within its coverage interval the verdict is marked, and where half
the interval's width also exceeds a third of the limit it is inconclusive. Guarded acceptance (JCGM 106:2012, 8.3.2 and
8.3.3) decides only where the limit lies outside the interval.
"""

from __future__ import annotations

from dataclasses import dataclass

from testbench.criteria import reasons
from testbench.criteria.requirement import Requirement, Sided
from testbench.criteria.standard import DecisionRule
from testbench.outcome import Outcome
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ends and half-width of a value's 95 % coverage interval, in the unit of the limit; `printed` is how it is told."""

    low: float
    high: float
    half_width: float
    printed: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a comparison comes to; `marked`: the limit lies within the uncertainty; `remarks` say what was weighed."""

    outcome: Outcome
    marked: bool = False
    remarks: tuple[Text, ...] = ()


def decide(passed: bool, requirement: Requirement, rule: DecisionRule, coverage: Coverage | None) -> Decision:
    """Apply the decision rule; `passed` is the comparison of the value alone, `coverage` None for data without U."""
    outcome = Outcome.PASS if passed else Outcome.FAIL
    if coverage is None:
        if rule is DecisionRule.GUARDED:
            return Decision(Outcome.INCONCLUSIVE, remarks=(reasons.guard_band_needs_uncertainty(),))
        return Decision(outcome)
    marked = any(coverage.low <= bound <= coverage.high for bound in _bounds(requirement))
    if not marked:
        return Decision(outcome)
    if rule is DecisionRule.GUARDED:
        return Decision(Outcome.INCONCLUSIVE, marked, (reasons.guard_band(coverage.printed),))
    if coverage.half_width > float(requirement.limit) / 3:
        return Decision(Outcome.INCONCLUSIVE, marked, (reasons.uncertainty_too_large(coverage.printed),))
    return Decision(outcome, marked, (reasons.within_uncertainty(coverage.printed),))


def _bounds(requirement: Requirement) -> tuple[float, ...]:
    limit = float(requirement.limit)
    return (-limit, limit) if requirement.sided is Sided.TWO else (limit,)
