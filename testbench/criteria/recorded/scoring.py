"""Score recorded test data against a standard: find the criterion, choose the metric, round, judge.

Arithmetic that decides is decimal. A parameter or unit that the standard does not know is computed all the same, and its
verdict is inconclusive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from testbench.criteria import reasons
from testbench.criteria.comparison import Comparison, compare, main_requirement
from testbench.criteria.decision import Coverage, Decision, decide
from testbench.criteria.recorded.plausible import copied
from testbench.criteria.recorded.rows import RecordedFile, RecordedTest, Row
from testbench.criteria.requirement import Metric, Requirement, Sided, same_unit
from testbench.criteria.result import Result
from testbench.criteria.standard import Criterion, RunRule, Standard
from testbench.errors import InputError, StandardError
from testbench.metrology.rounding import decimal_of
from testbench.outcome import Outcome

Number = Decimal | float
"""A value: decimal from the text, or computed in binary (its remainders beyond 12 digits are cut)."""
_NATIVE = {"%F.S.": Metric.PERCENT_OF_FULL_SCALE, "%": Metric.PERCENT, "s": Metric.SECONDS}


@dataclass(frozen=True, slots=True)
class Expressed:
    """A value in another metric, with its expanded uncertainty where it is known, both in the metric's unit."""

    value: Number
    expanded_uncertainty: Number | None = None


def score_recorded(recorded: RecordedFile, standard: Standard) -> tuple[Result, ...]:
    """Score every test of a file. Raises InputError for data that cannot be computed, naming line and column."""
    return tuple(result for test in recorded.tests for result in _score_test(recorded, test, standard))


def _score_test(recorded: RecordedFile, test: RecordedTest, standard: Standard) -> tuple[Result, ...]:
    """The results of one test; what its numbers do not allow is told with the line where the test begins."""
    try:
        return tuple(recorded.kind.score(Scoring(recorded, test, standard)))
    except (ValueError, ArithmeticError) as error:
        raise InputError(f"{recorded.source}, line {test.line}, test {test.name}: {error}") from error


class Scoring:
    """What scoring one test needs: its rows, the criteria that apply to its parameter and unit, and the judgement."""

    def __init__(self, recorded: RecordedFile, test: RecordedTest, standard: Standard) -> None:
        self.recorded = recorded
        self.test = test
        self.standard = standard

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the test."""
        return self.test.rows

    def refuse(self, column: str, problem: str, line: int | None = None) -> NoReturn:
        """Raise InputError for a column of a row, by default the test's first."""
        self.recorded.refuse(self.test.line if line is None else line, column, problem)

    def criterion(self, characteristic: str, *, any_unit: bool = False) -> Criterion | None:
        """The criterion for a characteristic of this parameter, for data in this unit (or in any)."""
        unit = None if any_unit else self.test.unit
        return self.standard.criterion_for(characteristic, self.test.parameter, unit)

    def requirement(self, characteristic: str, variables: Mapping[str, Number] | None = None) -> Requirement | None:
        """The requirement or tier that applies; None without a criterion or where no tier can be chosen."""
        criterion = self.criterion(characteristic)
        main = main_requirement(criterion, _decimals(variables)) if criterion else None
        return main if isinstance(main, Requirement) else None

    def expression(self, characteristic: str, variables: Mapping[str, Number], usual: Metric) -> tuple[Metric, bool]:
        """How the requirement that applies expresses the value, and whether it keeps its sign (a limit on both sides).

        `usual` is how it is expressed where the standard has no criterion for it.
        """
        main = self.requirement(characteristic, variables)
        return (usual, False) if main is None else (main.metric, main.sided is Sided.TWO)

    def refuse_metric(self, characteristic: str, metric: Metric) -> NoReturn:
        """Raise StandardError for a metric that recorded data of this kind cannot be expressed in."""
        raise StandardError(f"{self.standard.name}: {characteristic} of recorded data cannot be judged as {metric.value}")

    def span(self, characteristic: str) -> Decimal:
        """The span, which the rule needs."""
        if self.test.span is None:
            problem = f"is empty, but {self.standard.name} needs it for {characteristic} of {self.test.parameter}"
            self.refuse("span", problem)
        return self.test.span

    def run_rule(self, characteristic: str) -> RunRule | None:
        """The rule for runs: the criterion's own, or for an unknown parameter that of its neighbours."""
        criterion = self.criterion(characteristic)
        candidates = [criterion] if criterion else self._neighbours(characteristic)
        return next((candidate.runs for candidate in candidates if candidate.runs), None)

    def asked(self, usual: str, *others: str) -> tuple[str, ...]:
        """Which of several characteristics of the same data the standard asks for; only the usual one where it asks none."""
        return tuple(name for name in (usual, *others) if self._neighbours(name)) or (usual,)

    def too_few(self, characteristic: str, count: int) -> list[str]:
        """An obstacle where there are fewer readings than the standard asks for."""
        rule = self.run_rule(characteristic)
        return [f"{count} of {rule.least_used} readings"] if rule is not None and count < rule.least_used else []

    def in_data_unit(
        self, percent_fs: float, expanded_uncertainty: Number | None = None
    ) -> dict[Metric, Number | Expressed]:
        """A value in percent of full scale as a limit in the unit of the data asks for it (oxygen in EN 15267-3).

        `expanded_uncertainty` is in the unit of the data.
        """
        return {Metric.ABSOLUTE: Expressed(percent_fs * float(self.test.full_scale) / 100, expanded_uncertainty)}

    @staticmethod
    def stated_uncertainty(rows: Sequence[Row]) -> Decimal | None:
        """The largest expanded uncertainty that the rows of one result state, None where none does."""
        stated = [row.number("expanded_uncertainty") for row in rows if row.has("expanded_uncertainty")]
        return max(stated, default=None)

    def result(
        self,
        characteristic: str,
        value: Number | None,
        *,
        unit: str = "",
        metric: Metric | None = None,
        expanded_uncertainty: Number | None = None,
        interval: tuple[float, float] | None = None,
        expressed: Mapping[Metric, Number | Expressed] | None = None,
        variables: Mapping[str, Number] | None = None,
        signed: bool = False,
        details: Mapping[str, Any] | None = None,
        obstacles: Sequence[str] = (),
        undetermined: Sequence[str] = (),
        notes: Sequence[str] = (),
        level: str | None = None,
        date: dt.date | None = None,
        absolute: str = "value",
        any_unit: bool = False,
    ) -> Result:
        """Judge a value of this test.

        `value` is in `unit` and expressed as `metric` says (told from the unit where not stated); "" says that it is
        already as the requirement asks. `expressed` gives it in other metrics, of which the requirement's is taken.
        `expanded_uncertainty` (or `interval`) is that of `value`; without, the value alone is judged. `variables` choose
        tiers and serve alternatives. A `signed` value is held against a limit on one side by its magnitude.

        `obstacles` are reasons for which it cannot be judged although it was computed; None for the value says that it was
        not. `undetermined` names single results that are missing: the value is the largest of the others, which can fail
        a limit but not pass it. `absolute` is the word for a value that is not divided by anything. `any_unit`: `unit` is
        that of the value, and the criterion is found whatever unit of data it is written for.
        """
        known = _decimals(variables)
        criterion = self.criterion(characteristic, any_unit=any_unit)
        main = main_requirement(criterion, known) if criterion else None
        requirement = main if isinstance(main, Requirement) else None
        native = metric or _NATIVE.get(unit.replace(" ", ""), Metric.ABSOLUTE)
        hindered = list(obstacles)
        everything = self._notes(characteristic, criterion, any_unit=any_unit)
        if value is None:
            return self._not_computed(
                characteristic, criterion, native, unit, [*everything, *notes], hindered, details or {}
            )
        judged = Expressed(value, expanded_uncertainty)
        if requirement is not None and requirement.metric in (expressed or {}):
            other = (expressed or {})[requirement.metric]
            judged, interval = other if isinstance(other, Expressed) else Expressed(other), None
        elif requirement is not None and unit and not same_unit(unit, requirement.unit):
            hindered.append(reasons.other_unit(unit, requirement.unit).en)
            requirement, criterion = None, None
        number = _decimal(judged.value)
        if signed and requirement is not None and requirement.sided is Sided.UPPER:
            number = abs(number)
        everything += [*(f"not judged: {obstacle}" for obstacle in hindered), *notes]
        comparison = Comparison(passed=None)
        if criterion is not None:
            comparison = compare(criterion, number, known, None if any_unit else self.test.unit)
            everything += [note.en for note in comparison.notes]
            if comparison.problem is not None:
                everything.append(comparison.problem.en)
        decision = self._decision(comparison, judged, interval, expressed or {})
        everything += [remark.en for remark in decision.remarks]
        outcome = decision.outcome if not hindered else Outcome.INCONCLUSIVE
        if undetermined and outcome is Outcome.PASS:
            outcome = Outcome.INCONCLUSIVE
            everything.append(reasons.not_all_determined(tuple(undetermined)).en)
        decisive = comparison.requirement
        if decisive is not None and decisive.evidence.too_weak:
            outcome = Outcome.INCONCLUSIVE
            everything.append(reasons.weak_evidence(decisive.evidence).en)
        shown = decisive.metric if decisive else requirement.metric if requirement else native
        extra: dict[str, Any] = {"data_unit": unit if any_unit else self.test.unit}
        extra["clause"] = criterion.clause.en if criterion else None
        if decisive is not None and decisive.grades:
            extra["tier"] = comparison.grade or None
        if judged.expanded_uncertainty is not None:
            extra["expanded_uncertainty"] = _decimal(judged.expanded_uncertainty)
            extra["limit_within_uncertainty"] = decision.marked
        reported = self._usual_rounding(characteristic, number, shown) if criterion is None else number
        return Result(
            test=self.test.name,
            characteristic=characteristic,
            parameter=self.test.parameter,
            value=reported if comparison.reported is None else comparison.reported,
            metric=_word(shown, absolute),
            unit=decisive.unit if decisive else self._unit(unit, shown),
            limit=decisive.limit if decisive else None,
            limit_text=reasons.limit_text(decisive) if decisive else "",
            outcome=outcome,
            level=level,
            date=date,
            provisional=decisive.evidence.provisional if decisive else False,
            details={**(details or {}), **extra},
            notes=tuple(everything),
        )

    def _decision(
        self,
        comparison: Comparison,
        judged: Expressed,
        interval: tuple[float, float] | None,
        expressed: Mapping[Metric, Number | Expressed],
    ) -> Decision:
        """The decision rule applied; a value that could not be compared, or an alternative without its U, as it is."""
        requirement, value = comparison.requirement, comparison.value
        if comparison.passed is None or requirement is None or value is None:
            return Decision(Outcome.INCONCLUSIVE)
        uncertainty = judged.expanded_uncertainty
        if comparison.by_alternative:
            other = expressed.get(requirement.metric)
            uncertainty, interval = (other.expanded_uncertainty if isinstance(other, Expressed) else None), None
        coverage = None
        if interval is not None:
            low, high = interval
            coverage = Coverage(low, high, (high - low) / 2, f"[{low:.4g}, {high:.4g}]")
        elif uncertainty is not None:
            centre, half = float(value), float(uncertainty)
            coverage = Coverage(centre - half, centre + half, half, f"U = {half:.3g} {requirement.unit}")
        return decide(comparison.passed, requirement, self.standard.decision, coverage)

    def _unit(self, unit: str, metric: Metric) -> str:
        return unit or (self.test.unit if metric is Metric.ABSOLUTE else "%")

    def _neighbours(self, characteristic: str) -> list[Criterion]:
        """The standard's criteria for a characteristic, whatever they apply to."""
        return [criterion for criterion in self.standard.criteria if criterion.characteristic == characteristic]

    def _unknown_reason(self, characteristic: str) -> str:
        """Why there is no criterion."""
        parameter, unit, name = self.test.parameter, self.test.unit, self.standard.name
        if not self._neighbours(characteristic):
            return f"{name} has no criterion for {characteristic}"
        if any(criterion.applies_to(parameter, None) for criterion in self._neighbours(characteristic)):
            return f"{name} has no criterion for {characteristic} of {parameter} in {unit}"
        return f"{name} does not know the parameter {parameter}"

    def _usual_rounding(self, characteristic: str, value: Decimal, metric: Metric) -> Decimal:
        """The value rounded as the standard rounds this characteristic in the same metric, where it does so."""
        for criterion in self._neighbours(characteristic):
            main = criterion.requirements[0]
            if main.metric is metric and main.rounding is not None:
                return main.rounding.reported(value)
        return value

    def _notes(self, characteristic: str, criterion: Criterion | None, *, any_unit: bool) -> list[str]:
        """What holds for the whole test."""
        notes = copied(self.rows) if self.test.kind.differ else []
        analogy = self.standard.analogy_for(self.test.parameter)
        if criterion is None:
            notes.append(f"not judged: {self._unknown_reason(characteristic)}")
        elif analogy is not None:
            notes.append(analogy.en)
        exemption = criterion.exemption if criterion else None
        value = {"span": self.test.span}.get(exemption.when.variable) if exemption else None
        if exemption is not None and value is not None and exemption.when.contains(value):
            notes.append(f"test not required ({exemption.clause}: {exemption.when})")
        return notes

    def _not_computed(
        self,
        characteristic: str,
        criterion: Criterion | None,
        metric: Metric,
        unit: str,
        notes: Sequence[str],
        obstacles: Sequence[str],
        details: Mapping[str, Any],
    ) -> Result:
        """A result without a value: `obstacles` say why."""
        requirement: Requirement | None = criterion.requirements[0] if criterion else None
        shown = requirement.metric if requirement else metric
        return Result(
            test=self.test.name,
            characteristic=characteristic,
            parameter=self.test.parameter,
            value=None,
            metric=_word(shown, "value"),
            unit=requirement.unit if requirement else self._unit(unit, shown),
            limit=requirement.limit if requirement else None,
            limit_text=reasons.limit_text(requirement) if requirement else "",
            outcome=Outcome.INCONCLUSIVE,
            details={**details, "data_unit": self.test.unit},
            notes=(*notes, *(f"not judged: {obstacle}" for obstacle in obstacles)),
        )


def _word(metric: Metric, absolute: str) -> str:
    if metric is Metric.ABSOLUTE:
        return absolute
    if metric is Metric.COUNT:
        return "count"
    return "seconds" if metric is Metric.SECONDS else "percent"


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else decimal_of(float(value))


def _decimals(variables: Mapping[str, Number] | None) -> dict[str, Decimal]:
    return {name: _decimal(value) for name, value in (variables or {}).items()}
