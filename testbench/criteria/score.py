"""Score recorded test data against a standard: linearity, calibration error, relative accuracy audits.

One result a test and level, a test, date and level, or a test. Arithmetic is decimal from the text. A parameter or unit that
the standard does not know is computed all the same, and its verdict is inconclusive.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from testbench.criteria import reasons
from testbench.criteria.comparison import Comparison, compare, main_requirement
from testbench.criteria.recorded import Injection, Kind, RecordedFile, RecordedTest
from testbench.criteria.requirement import Metric, Requirement, Sided
from testbench.criteria.result import Result
from testbench.criteria.standard import Criterion, RunRule, Standard
from testbench.errors import StandardError
from testbench.metrology.accuracy import AccuracyAudit, LevelError, accuracy_audit, bias_adjustment_factor, level_error
from testbench.metrology.rounding import round_decimal
from testbench.outcome import Outcome

CHARACTERISTICS: Mapping[Kind, str] = {
    Kind.LINEARITY: "linearity_error",
    Kind.CALIBRATION_ERROR: "calibration_error",
    Kind.RELATIVE_ACCURACY: "relative_accuracy",
}
INJECTIONS = 3
"""Injections that a level needs, of which the last ones count, where the standard does not say otherwise."""
_USUAL_METRIC: Mapping[Kind, Metric] = {
    Kind.LINEARITY: Metric.PERCENT_OF_REFERENCE_MEAN,
    Kind.CALIBRATION_ERROR: Metric.PERCENT_OF_SPAN,
    Kind.RELATIVE_ACCURACY: Metric.PERCENT_OF_REFERENCE_MEAN,
}
"""How an error is expressed where the standard has no criterion for it."""


def score_recorded(recorded: RecordedFile, standard: Standard) -> tuple[Result, ...]:
    """Score every test of a file. Raises InputError for data that cannot be computed, naming line and column."""
    score = {
        Kind.LINEARITY: _score_linearity,
        Kind.CALIBRATION_ERROR: _score_calibration_error,
        Kind.RELATIVE_ACCURACY: _score_relative_accuracy,
    }[recorded.kind]
    return tuple(result for test in recorded.tests for result in score(_Scoring(recorded, test, standard)))


class _Scoring:
    """What scoring one test needs: its rows, and the criterion that applies to its parameter and unit."""

    def __init__(self, recorded: RecordedFile, test: RecordedTest, standard: Standard) -> None:
        self.recorded = recorded
        self.test = test
        self.standard = standard
        self.characteristic = CHARACTERISTICS[test.kind]
        self.criterion = standard.criterion_for(self.characteristic, test.parameter, test.unit)

    @property
    def same_characteristic(self) -> list[Criterion]:
        """The standard's criteria for this characteristic, whatever they apply to."""
        return [c for c in self.standard.criteria if c.characteristic == self.characteristic]

    def expression(self, variables: Mapping[str, Decimal]) -> tuple[Metric, bool]:
        """How the requirement that applies expresses the value, and whether it keeps its sign (a limit on both sides)."""
        main = main_requirement(self.criterion, variables) if self.criterion else None
        if isinstance(main, Requirement):
            return main.metric, main.sided is Sided.TWO
        usual = _USUAL_METRIC[self.test.kind]
        return (Metric.ABSOLUTE if usual is Metric.PERCENT_OF_SPAN and self.test.span is None else usual), False

    def span(self) -> Decimal:
        """The span, which the rule needs."""
        if self.test.span is None:
            problem = f"is empty, but {self.standard.name} needs it for {self.characteristic} of {self.test.parameter}"
            self.recorded.refuse(self.test.line, "span", problem)
        return self.test.span

    def expressed(self, error: LevelError, variables: Mapping[str, Decimal], line: int) -> Decimal:
        """The error as the requirement expresses it, not rounded; signed ones are measured − reference."""
        metric, signed = self.expression(variables)
        match metric:
            case Metric.PERCENT_OF_SPAN | Metric.PERCENT_OF_FULL_SCALE:
                value = error.percent_of(self.span())
            case Metric.PERCENT_OF_REFERENCE_MEAN | Metric.PERCENT_OF_NOMINAL | Metric.PERCENT:
                if error.mean_reference <= 0:
                    self.recorded.refuse(line, "reference", "the reference mean must be above zero to be divided by")
                value = error.percent_of(error.mean_reference)
            case Metric.ABSOLUTE:
                value = error.difference
            case _:
                self.refuse_metric(metric)
        return -value if signed else abs(value)

    def refuse_metric(self, metric: Metric) -> NoReturn:
        """Raise StandardError for a metric that recorded data of this kind cannot be expressed in."""
        raise StandardError(
            f"{self.standard.name}: {self.characteristic} of recorded data cannot be judged as {metric.value}"
        )

    def run_rule(self) -> RunRule | None:
        """The rule for runs: the criterion's own, or for an unknown parameter that of its neighbours."""
        candidates = [self.criterion] if self.criterion else self.same_characteristic
        return next((criterion.runs for criterion in candidates if criterion.runs), None)

    def injection_rule(self) -> tuple[int, int]:
        """How many injections a level needs, and how many of the last ones count."""
        rule = self.run_rule()
        if rule is None:
            return INJECTIONS, INJECTIONS
        return rule.least_used, rule.last_used or INJECTIONS

    def unknown_reason(self) -> str:
        """Why there is no criterion."""
        parameter, unit, name = self.test.parameter, self.test.unit, self.standard.name
        if not self.same_characteristic:
            return f"{name} has no criterion for {self.characteristic}"
        if any(c.applies_to(parameter, None) for c in self.same_characteristic):
            return f"{name} has no criterion for {self.characteristic} of {parameter} in {unit}"
        return f"{name} does not know the parameter {parameter}"

    def usual_rounding(self, value: Decimal, metric: Metric) -> Decimal:
        """The value rounded as the standard rounds this characteristic in the same metric, where it does so."""
        for criterion in self.same_characteristic:
            main = criterion.requirements[0]
            if main.metric is metric and main.rounding is not None:
                return main.rounding.reported(value)
        return value

    def notes(self) -> list[str]:
        """What holds for the whole test."""
        notes = []
        analogy = self.standard.analogy_for(self.test.parameter)
        if self.criterion is None:
            notes.append(f"not judged: {self.unknown_reason()}")
        elif analogy is not None:
            notes.append(analogy.en)
        exemption = self.criterion.exemption if self.criterion else None
        value = {"span": self.test.span}.get(exemption.when.variable) if exemption else None
        if exemption is not None and value is not None and exemption.when.contains(value):
            notes.append(f"test not required ({exemption.clause}: {exemption.when})")
        return notes

    def result(
        self,
        value: Decimal,
        variables: Mapping[str, Decimal],
        details: Mapping[str, Any],
        *,
        obstacles: Sequence[str] = (),
        notes: Sequence[str] = (),
        level: str | None = None,
        date: dt.date | None = None,
    ) -> Result:
        """Judge a value; `obstacles` are reasons for which it cannot be judged although it was computed."""
        everything = [*self.notes(), *(f"not judged: {obstacle}" for obstacle in obstacles), *notes]
        comparison = Comparison(passed=None)
        if self.criterion is not None:
            comparison = compare(self.criterion, value, variables, self.test.unit)
            everything += [note.en for note in comparison.notes]
            if comparison.problem is not None:
                everything.append(comparison.problem.en)
        requirement = comparison.requirement
        outcome = Outcome.INCONCLUSIVE
        if comparison.passed is not None and not obstacles:
            outcome = Outcome.PASS if comparison.passed else Outcome.FAIL
        if requirement is not None and requirement.evidence.too_weak:
            outcome = Outcome.INCONCLUSIVE
            everything.append(reasons.weak_evidence(requirement.evidence).en)
        metric = requirement.metric if requirement else self.expression(variables)[0]
        absolute = metric is Metric.ABSOLUTE
        extra: dict[str, Any] = {"data_unit": self.test.unit, "clause": self.criterion.clause.en if self.criterion else None}
        if requirement is not None and requirement.grades:
            extra["tier"] = comparison.grade or None
        return Result(
            test=self.test.name,
            characteristic=self.characteristic,
            parameter=self.test.parameter,
            value=self.usual_rounding(value, metric) if comparison.reported is None else comparison.reported,
            metric="difference" if absolute else "percent",
            unit=requirement.unit if requirement else (self.test.unit if absolute else "%"),
            limit=requirement.limit if requirement else None,
            limit_text=reasons.limit_text(requirement) if requirement else "",
            outcome=outcome,
            level=level,
            date=date,
            provisional=requirement.evidence.provisional if requirement else False,
            details={**details, **extra},
            notes=tuple(everything),
        )

    def outside_level(self, level: str, reference: Decimal) -> list[str]:
        """A note where the reference lies outside the level's range in percent of span."""
        ranges = [r for r in (self.criterion.levels if self.criterion else ()) if r.name == level]
        if not ranges or self.test.span is None:
            return []
        percent = round_decimal(reference / self.test.span * 100, 1)
        if any(r.lower <= percent <= r.upper for r in ranges):
            return []
        wanted = " or ".join(f"{r.lower:f}-{r.upper:f} %" for r in ranges)
        return [f"the {level} reference is {percent:f} % of span, outside {wanted}"]


def _score_linearity(scoring: _Scoring) -> Iterator[Result]:
    least, last = scoring.injection_rule()
    by_level: dict[str, list[Injection]] = {}
    for injection in scoring.test.injections:
        by_level.setdefault(injection.level, []).append(injection)
    expected = {level.name for level in scoring.criterion.levels} if scoring.criterion else set()
    missing = sorted(expected - set(by_level))
    for level, injections in by_level.items():
        used = injections[-last:]
        error = level_error([i.reference for i in used], [i.measured for i in used])
        obstacles, notes = [], scoring.outside_level(level, error.mean_reference)
        if len(injections) < least:
            obstacles.append(f"{len(injections)} of {least} injections at this level")
        if len(used) < len(injections):
            notes.append(f"the last {len(used)} of {len(injections)} injections count")
        if missing:
            notes.append(f"the test lacks the level {', '.join(missing)}")
        variables = _variables(scoring, error)
        yield scoring.result(
            scoring.expressed(error, variables, used[0].line),
            variables,
            _error_details(scoring, error) | {"injections": len(injections), "injections_used": len(used)},
            obstacles=obstacles,
            notes=notes,
            level=level,
        )


def _score_calibration_error(scoring: _Scoring) -> Iterator[Result]:
    rule = scoring.criterion.runs if scoring.criterion else None
    dates: dict[str, set[dt.date | None]] = {}
    for injection in scoring.test.injections:
        dates.setdefault(injection.level, set()).add(injection.date)
    for injection in scoring.test.injections:
        days = len(dates[injection.level])
        too_few = rule is not None and rule.least_days is not None and days < rule.least_days
        notes = [f"{days} of {rule.least_days} days"] if rule and too_few else []
        error = level_error([injection.reference], [injection.measured])
        variables = _variables(scoring, error)
        yield scoring.result(
            scoring.expressed(error, variables, injection.line),
            variables,
            _error_details(scoring, error) | {"days": days},
            notes=[*scoring.outside_level(injection.level, injection.reference), *notes],
            level=injection.level,
            date=injection.date,
        )


def _variables(scoring: _Scoring, error: LevelError) -> dict[str, Decimal]:
    known = {"difference": abs(error.difference), "mean_reference": error.mean_reference}
    return known if scoring.test.span is None else known | {"span": scoring.test.span}


def _error_details(scoring: _Scoring, error: LevelError) -> dict[str, Any]:
    """Full precision; the sign of the difference is reference minus measured."""
    span, reference = scoring.test.span, error.mean_reference
    return {
        "span": span,
        "mean_reference": reference,
        "mean_measured": error.mean_measured,
        "difference": error.difference,
        "percent_of_reference": error.percent_of(reference) if reference else None,
        "percent_of_span": error.percent_of(span) if span else None,
    }


def _score_relative_accuracy(scoring: _Scoring) -> Iterator[Result]:
    runs = scoring.test.runs
    pairs = [(run.cems, run.reference) for run in runs if run.used and run.cems is not None and run.reference is not None]
    discarded = sum(not run.used for run in runs)
    rule = scoring.run_rule()
    obstacles = []
    if rule is not None and len(pairs) < rule.least_used:
        obstacles.append(f"{len(pairs)} runs used, at least {rule.least_used} are needed")
    if rule is not None and rule.most_discarded is not None and discarded > rule.most_discarded:
        obstacles.append(f"{discarded} runs discarded, at most {rule.most_discarded} may be")
    counts = {"runs": len(runs), "runs_used": len(pairs), "runs_discarded": discarded}
    if len(pairs) < 2:
        yield _not_computed(scoring, counts, obstacles or [f"{len(pairs)} runs used, at least 2 are needed"])
        return
    try:
        audit = accuracy_audit([cems for cems, _ in pairs], [reference for _, reference in pairs])
    except ValueError as error:
        scoring.recorded.refuse(scoring.test.line, "reference", f"test {scoring.test.name}: {error}")
    variables = {"difference": abs(audit.mean_difference), "mean_reference": audit.mean_reference}
    metric, signed = scoring.expression(variables)
    match metric:
        case Metric.PERCENT_OF_REFERENCE_MEAN:
            value = audit.relative_accuracy
        case Metric.ABSOLUTE:
            value = -audit.mean_difference if signed else abs(audit.mean_difference)
        case _:
            scoring.refuse_metric(metric)
    bias, notes = _bias(scoring, audit)
    yield scoring.result(value, variables, counts | _audit_details(audit) | bias, obstacles=obstacles, notes=notes)


def _audit_details(audit: AccuracyAudit) -> dict[str, Any]:
    return {
        "mean_cems": audit.mean_cems,
        "mean_reference": audit.mean_reference,
        "mean_difference": audit.mean_difference,
        "standard_deviation": audit.standard_deviation,
        "t": audit.t,
        "confidence_coefficient": audit.confidence_coefficient,
        "relative_accuracy": audit.relative_accuracy,
    }


def _bias(scoring: _Scoring, audit: AccuracyAudit) -> tuple[dict[str, Any], list[str]]:
    """Bias test and adjustment factor; a parameter without a bias test has the factor 1."""
    rule = scoring.criterion.bias if scoring.criterion else None
    if rule is None:
        return {"bias_test": "not applicable", "bias_adjustment_factor": Decimal(1)}, []
    verdict = "fail" if audit.biased_low else "pass"
    try:
        full = bias_adjustment_factor(audit, rule.decimals)
    except ValueError as error:
        return {"bias_test": verdict, "bias_adjustment_factor": None}, [f"no bias adjustment factor: {error}"]
    low_emitter = rule.low_emitter is not None and rule.low_emitter.contains(audit.mean_reference)
    capped = bias_adjustment_factor(audit, rule.decimals, rule.cap if low_emitter else None)
    details = {
        "bias_test": verdict,
        "bias_adjustment_factor": capped,
        "bias_adjustment_factor_without_cap": full,
    }
    return details, [f"the factor {full} is capped at {capped} ({rule.low_emitter})"] if capped != full else []


def _not_computed(scoring: _Scoring, counts: Mapping[str, Any], obstacles: Sequence[str]) -> Result:
    """A relative accuracy audit with too few runs to compute anything: every number of the details is null."""
    names = ("mean_cems", "mean_reference", "mean_difference", "standard_deviation", "t", "confidence_coefficient")
    details: dict[str, Any] = dict.fromkeys((*names, "relative_accuracy", "bias_adjustment_factor"))
    requirement: Requirement | None = scoring.criterion.requirements[0] if scoring.criterion else None
    return Result(
        test=scoring.test.name,
        characteristic=scoring.characteristic,
        parameter=scoring.test.parameter,
        value=None,
        metric="percent",
        unit="%",
        limit=requirement.limit if requirement else None,
        limit_text=reasons.limit_text(requirement) if requirement else "",
        outcome=Outcome.INCONCLUSIVE,
        details={**counts, **details, "data_unit": scoring.test.unit},
        notes=(*scoring.notes(), *(f"not judged: {obstacle}" for obstacle in obstacles)),
    )
