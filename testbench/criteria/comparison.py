"""Compare a number with what a criterion asks: choose the tier, round, hold against the limit, try the alternatives.

Everything is decimal. The result says which requirement decided and with which value; where a comparison cannot be made it
says why, and is neither passed nor failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from testbench.criteria import reasons
from testbench.criteria.requirement import Alternative, Requirement, Sided, is_among
from testbench.criteria.standard import Criterion
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class Comparison:
    """Outcome of one comparison.

    `passed` is None where nothing could be compared; `problem` then says why. `requirement` is what decided. `value` is the
    number as compared (rounded where the standard says so), `reported` as it is reported, `full_value` before any rounding.
    `grade` is the best grade that was reached, "" where the criterion has none. `notes` name alternatives that could not
    be applied.
    """

    passed: bool | None
    requirement: Requirement | None = None
    value: Decimal | None = None
    reported: Decimal | None = None
    full_value: Decimal | None = None
    grade: str = ""
    problem: Text | None = None
    notes: tuple[Text, ...] = ()

    @property
    def by_alternative(self) -> bool:
        """Whether an alternative, and not the main requirement, decided."""
        return isinstance(self.requirement, Alternative)


def satisfies(value: Decimal, limit: Decimal, sided: Sided) -> bool:
    """Whether `value` keeps the limit; a value equal to the limit does. A value that is not finite never does."""
    if not value.is_finite():
        return False
    match sided:
        case Sided.TWO:
            return -limit <= value <= limit
        case Sided.UPPER:
            return value <= limit
        case Sided.LOWER:
            return value >= limit


def compare(
    criterion: Criterion, value: Decimal, variables: Mapping[str, Decimal] | None = None, data_unit: str | None = None
) -> Comparison:
    """Compare `value` (in the unit of the main requirement) with the criterion.

    `variables` holds what tiers and alternatives ask for ("reference_mean", "span", "difference" …); `data_unit` is the
    unit of the data that the value was made from, for alternatives that are written for certain units only.
    """
    known = variables or {}
    main = main_requirement(criterion, known)
    if isinstance(main, Text):
        return Comparison(passed=None, full_value=value, problem=main)
    result = _hold_against(main, value)
    if result.passed is None:
        return result
    notes: list[Text] = []
    for alternative in criterion.alternatives:
        other = _try_alternative(alternative, known, data_unit)
        if isinstance(other, Text):
            notes.append(other)
        elif other is not None and other.passed:
            result = _better(result, other)
    if result.passed:
        return replace(result, notes=tuple(notes)) if result.by_alternative else result
    unknown = [v for a in criterion.alternatives for v in _unknown_variables(a, known, data_unit)]
    if unknown:
        return replace(result, passed=None, problem=reasons.alternative_not_examined(unknown[0]), notes=tuple(notes))
    return replace(result, notes=tuple(notes))


def main_requirement(criterion: Criterion, known: Mapping[str, Decimal]) -> Requirement | Text:
    """The requirement, or the tier that the selector chooses; a text says why there is none."""
    if criterion.requirement is not None:
        return criterion.requirement
    selector = criterion.selector or ""
    if selector not in known:
        return reasons.selector_unknown(selector)
    for tier in criterion.tiers:
        if tier.interval(selector).contains(known[selector]):
            return tier
    return reasons.no_tier(selector, known[selector])


def _hold_against(requirement: Requirement, value: Decimal) -> Comparison:
    if not value.is_finite():
        return Comparison(None, requirement, full_value=value, problem=reasons.not_finite())
    rule = requirement.rounding
    compared, reported = (value, value) if rule is None else (rule.compared(value), rule.reported(value))
    grade = next((g.name for g in requirement.grades if satisfies(compared, g.limit, requirement.sided)), "")
    passed = satisfies(compared, requirement.limit, requirement.sided)
    return Comparison(passed, requirement, compared, reported, value, grade)


def _is_written_for(alternative: Alternative, data_unit: str | None) -> bool:
    return not alternative.units or data_unit is None or is_among(data_unit, alternative.units)


def _unknown_variables(alternative: Alternative, known: Mapping[str, Decimal], data_unit: str | None) -> list[str]:
    if not _is_written_for(alternative, data_unit):
        return []
    return [name for name in (*(c.variable for c in alternative.conditions), alternative.value) if name not in known]


def _try_alternative(
    alternative: Alternative, known: Mapping[str, Decimal], data_unit: str | None
) -> Comparison | Text | None:
    """Compare with an alternative; a text says why it cannot be applied, None that it does not apply or is unknown."""
    if not _is_written_for(alternative, data_unit):
        return reasons.alternative_for_other_unit(alternative, data_unit or "")
    if _unknown_variables(alternative, known, data_unit):
        return None
    if not all(condition.contains(known[condition.variable]) for condition in alternative.conditions):
        return None
    return _hold_against(alternative, known[alternative.value])


def _better(main: Comparison, other: Comparison) -> Comparison:
    """Join a result with an alternative that passed: the main rule decides where it passes; the best grade is kept."""
    if not main.passed:
        return other
    grades = [grade.name for grade in main.requirement.grades] if main.requirement else []
    best = min((main.grade, other.grade), key=lambda name: grades.index(name) if name in grades else len(grades))
    return replace(main, grade=best)
