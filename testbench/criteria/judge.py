"""Judge findings against a standard: one verdict a finding, one scorecard an evaluation.

The decision rule is simple acceptance of the value, rounded as the standard says. Where the limit lies within value ± U the
verdict is marked "limit within uncertainty"; if U also exceeds a third of the limit it is inconclusive. A criteria file may
choose guarded acceptance instead. A value without U is judged by simple acceptance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from testbench.criteria import reasons
from testbench.criteria.comparison import Comparison, compare, main_requirement
from testbench.criteria.decision import Coverage, decide
from testbench.criteria.requirement import Requirement, Sided
from testbench.criteria.standard import Criterion, DecisionRule, RunRule, Standard
from testbench.findings import Finding
from testbench.metrology.rounding import decimal_of
from testbench.outcome import Outcome
from testbench.text import Text

NO_TEXT = Text(zh="", en="")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one finding (or of its absence) by one criterion.

    `value` is the number as it was judged, in `unit`; `limit` and `sided` what it was compared with, `limit_text` the same
    in print. `provisional` says that the limit was not read in the standard's own text; `evidence` is its mark ("P",
    "M 85 %") and `evidence_source` where it was read; `procedure_marks` are those of the procedure's figures.
    `by_alternative` says that an alternative rule decided; `grade` is the grade reached, where the standard has grades.
    `standard` names the standard that judged, where several do.
    """

    device: str
    characteristic: str
    title: Text
    outcome: Outcome
    reason: Text
    value: float | None = None
    unit: str = ""
    expanded_uncertainty: float | None = None
    index: str | None = None
    limit: float | None = None
    limit_text: str = ""
    sided: Sided | None = None
    metric: str = ""
    provisional: bool = False
    limit_within_uncertainty: bool = False
    by_alternative: bool = False
    grade: str = ""
    clause: Text = NO_TEXT
    evidence: str = ""
    evidence_source: str = ""
    procedure_marks: tuple[Text, ...] = ()
    standard: str = ""

    def to_json(self) -> dict[str, Any]:
        """The verdict as JSON types; `standard` only where several judged."""
        data = asdict(self)
        if not self.standard:
            del data["standard"]
        return data | {
            "outcome": self.outcome.value,
            "sided": self.sided.value if self.sided else None,
            "procedure_marks": list(data["procedure_marks"]),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """A verdict from what `to_json` gave."""
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in data.items() if key in known}
        for key in ("title", "reason", "clause"):
            if key in values:
                values[key] = Text(**values[key])
        values["outcome"] = Outcome(values["outcome"])
        values["sided"] = Sided(values["sided"]) if values.get("sided") else None
        values["procedure_marks"] = tuple(Text(**mark) for mark in values.get("procedure_marks", ()))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class DeviceScore:
    """All verdicts for one device.

    `verdicts` has one or more for each criterion, in the standard's order. `without_criterion` are the findings that the
    standard does not ask for: reported, never dropped, and without influence on `outcome`, the worst of `verdicts`.
    """

    device: str
    verdicts: tuple[Verdict, ...]
    without_criterion: tuple[Verdict, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of the standard's criteria."""
        return Outcome.worst(verdict.outcome for verdict in self.verdicts)

    @property
    def provisional(self) -> bool:
        """Whether any verdict rests on a provisional limit."""
        return any(verdict.provisional for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The devices of an evaluation scored against a standard; `analogy` is None where the standard names the measurand.

    Of a combined standard `parts` has the scorecard of each, and a device's verdicts are those of all, one after the other.
    """

    standard: str
    edition: str
    digest: str
    title: Text
    measurand: str
    analogy: Text | None
    decision: DecisionRule
    devices: tuple[DeviceScore, ...]
    parts: tuple[Scorecard, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of all devices."""
        return Outcome.worst(device.outcome for device in self.devices)

    def to_json(self) -> dict[str, Any]:
        """The scorecard as JSON types."""
        return {
            "standard": self.standard,
            "edition": self.edition,
            "digest": self.digest,
            "title": asdict(self.title),
            "measurand": self.measurand,
            "analogy": asdict(self.analogy) if self.analogy else None,
            "decision": self.decision.value,
            "outcome": self.outcome.value,
            "devices": [
                {
                    "device": score.device,
                    "outcome": score.outcome.value,
                    "provisional": score.provisional,
                    "verdicts": [verdict.to_json() for verdict in score.verdicts],
                    "without_criterion": [verdict.to_json() for verdict in score.without_criterion],
                }
                for score in self.devices
            ],
        }


def judge(
    finding: Finding, standard: Standard, *, selectors: Mapping[str, float] | None = None, measurand: str | None = None
) -> Verdict:
    """Judge one finding. `selectors` are the variables that choose tiers or serve alternatives, such as "reference_mean"."""
    criterion = standard.criterion_for(finding.characteristic, measurand)
    if criterion is None:
        return _plain_verdict(finding, Outcome.INCONCLUSIVE, reasons.no_criterion(standard.name))
    if finding.value is None:
        return _verdict(finding, criterion, None, Outcome.INCONCLUSIVE, reasons.not_determined(finding.notes))
    variables = {name: decimal_of(float(value)) for name, value in {**finding.variables, **(selectors or {})}.items()}
    chosen = main_requirement(criterion, variables)
    if not isinstance(chosen, Text):
        finding = finding.in_metric(chosen.metric.value)
    if (value := finding.value) is None:
        return _verdict(finding, criterion, None, Outcome.INCONCLUSIVE, reasons.not_determined(finding.notes))
    result = compare(criterion, decimal_of(float(value)), variables)
    if result.problem is not None or result.requirement is None or result.value is None:
        return _verdict(finding, criterion, result, Outcome.INCONCLUSIVE, result.problem or reasons.not_finite())
    main = result.requirement
    if not result.by_alternative and finding.unit.replace(" ", "") != main.unit.replace(" ", ""):
        return _verdict(finding, criterion, result, Outcome.INCONCLUSIVE, reasons.other_unit(finding.unit, main.unit))
    if main.evidence.too_weak:
        return _verdict(finding, criterion, result, Outcome.INCONCLUSIVE, reasons.weak_evidence(main.evidence))
    return _decide(finding, criterion, result, main, standard.decision)


def judge_all(
    findings: Iterable[Finding],
    standard: Standard,
    measurand: str,
    *,
    devices: Sequence[str] = (),
    selectors: Mapping[str, Mapping[str, float]] | None = None,
) -> Scorecard:
    """Judge all findings of an evaluation of `measurand`.

    `devices` names devices that must appear even without a finding; `selectors` holds the variables of each device.
    A criterion without a finding gives an inconclusive verdict, a finding without a criterion is reported apart.
    """
    by_device: dict[str, list[Finding]] = {device: [] for device in devices}
    for finding in findings:
        by_device.setdefault(finding.device, []).append(finding)
    criteria = [
        criterion
        for criterion in standard.criteria
        if standard.criterion_for(criterion.characteristic, measurand) is criterion
    ]
    scores = [
        _score_device(device, own, standard, criteria, measurand, (selectors or {}).get(device, {}))
        for device, own in by_device.items()
    ]
    head = standard.standard
    return Scorecard(
        standard=head.name,
        edition=head.edition,
        digest=standard.digest,
        title=head.title,
        measurand=measurand,
        analogy=standard.analogy_for(measurand),
        decision=head.decision,
        devices=tuple(scores),
    )


def _score_device(
    device: str,
    findings: list[Finding],
    standard: Standard,
    criteria: list[Criterion],
    measurand: str,
    selectors: Mapping[str, float],
) -> DeviceScore:
    asked = {criterion.characteristic for criterion in criteria}
    verdicts: list[Verdict] = []
    for criterion in criteria:
        own = [finding for finding in findings if finding.characteristic == criterion.characteristic]
        verdicts += [judge(finding, standard, selectors=selectors, measurand=measurand) for finding in own]
        if not own:
            absent = Finding(device=device, characteristic=criterion.characteristic, value=None, unit="")
            verdicts.append(_verdict(absent, criterion, None, Outcome.INCONCLUSIVE, reasons.no_finding()))
    others = [judge(f, standard, measurand=measurand) for f in findings if f.characteristic not in asked]
    return DeviceScore(device, tuple(verdicts), tuple(others))


def _decide(
    finding: Finding, criterion: Criterion, result: Comparison, requirement: Requirement, rule: DecisionRule
) -> Verdict:
    """Apply the decision rule to a comparison that was made."""
    assert result.value is not None
    value = f"{reasons.number(result.value, requirement.limit)} {requirement.unit}"
    limit = reasons.limit_text(requirement)
    reason = reasons.kept(value, limit) if result.passed else reasons.not_kept(value, limit)
    if result.by_alternative:
        reason = reasons.by_alternative(limit) + reason
    coverage = _coverage(finding) if not result.by_alternative else _coverage_of_alternative(finding, result, requirement)
    if isinstance(coverage, Text):
        outcome, marked, reason = Outcome.INCONCLUSIVE, False, reason + coverage
    else:
        covered = None
        if coverage is not None:
            low, high, half_width = coverage
            printed = f"U = {half_width:.3g} {requirement.unit}" if finding.interval is None else f"[{low:.4g}, {high:.4g}]"
            covered = Coverage(low, high, half_width, printed)
        decision = decide(bool(result.passed), requirement, rule, covered)
        outcome, marked = decision.outcome, decision.marked
        for remark in decision.remarks:
            reason = reason + remark
    if finding.undetermined and outcome is Outcome.PASS:
        outcome, reason = Outcome.INCONCLUSIVE, reason + reasons.not_all_determined(finding.undetermined)
    outcome, reason = _as_many_as_asked(finding, criterion.runs, outcome, reason)
    if requirement.evidence.provisional:
        reason = reason + reasons.provisional(requirement.evidence)
    return _verdict(finding, criterion, result, outcome, reason, marked=marked)


def _as_many_as_asked(finding: Finding, rule: RunRule | None, outcome: Outcome, reason: Text) -> tuple[Outcome, Text]:
    """No verdict by fewer runs than the standard asks for; over fewer days a limit can be failed, but not passed."""
    if rule is None:
        return outcome, reason
    days, runs = finding.days_done, finding.runs_done
    if runs is not None and runs < rule.least_used:
        return Outcome.INCONCLUSIVE, reason + reasons.too_few_runs(runs, rule.least_used)
    if rule.least_days is not None and days is not None and days < rule.least_days and outcome is Outcome.PASS:
        return Outcome.INCONCLUSIVE, reason + reasons.too_few_days(days, rule.least_days)
    return outcome, reason


def _coverage(finding: Finding) -> tuple[float, float, float] | Text | None:
    """Ends and half-width of the coverage interval; None where the finding comes without, a text where it is unusable."""
    uncertainty, interval, value = finding.expanded_uncertainty, finding.interval, finding.value
    assert value is not None
    if uncertainty is not None and not (math.isfinite(uncertainty) and uncertainty >= 0):
        return reasons.uncertainty_not_finite()
    if interval is not None:
        low, high = interval
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            return reasons.uncertainty_not_finite()
        return low, high, (high - low) / 2 if uncertainty is None else uncertainty
    if uncertainty is None:
        return None
    return value - uncertainty, value + uncertainty, uncertainty


def _coverage_of_alternative(
    finding: Finding, result: Comparison, requirement: Requirement
) -> tuple[float, float, float] | Text | None:
    """The same for an alternative: its uncertainty is known where the finding is expressed in its metric."""
    expressed = finding.in_metric(requirement.metric.value)
    if expressed is finding or result.value is None:
        return None
    return _coverage(replace(expressed, value=float(result.value), interval=None))


def _plain_verdict(finding: Finding, outcome: Outcome, reason: Text) -> Verdict:
    return Verdict(
        device=finding.device,
        characteristic=finding.characteristic,
        title=Text(zh=finding.characteristic, en=finding.characteristic),
        outcome=outcome,
        reason=reason,
        value=finding.value,
        unit=finding.unit,
        expanded_uncertainty=finding.expanded_uncertainty,
        index=finding.index,
    )


def _verdict(
    finding: Finding,
    criterion: Criterion,
    result: Comparison | None,
    outcome: Outcome,
    reason: Text,
    *,
    marked: bool = False,
) -> Verdict:
    requirement = result.requirement if result else criterion.requirement
    value, unit, uncertainty = finding.value, finding.unit, finding.expanded_uncertainty
    if result is not None and result.by_alternative and requirement is not None:
        expressed = finding.in_metric(requirement.metric.value)
        uncertainty = None if expressed is finding else expressed.expanded_uncertainty
    if result is not None and result.value is not None:
        value = float(result.value)
        unit = requirement.unit if requirement and result.by_alternative else finding.unit
    return Verdict(
        device=finding.device,
        characteristic=finding.characteristic,
        title=criterion.title,
        outcome=outcome,
        reason=reason,
        value=value,
        unit=unit,
        expanded_uncertainty=uncertainty,
        index=finding.index,
        limit=float(requirement.limit) if requirement else None,
        limit_text=reasons.limit_text(requirement) if requirement else "",
        sided=requirement.sided if requirement else None,
        metric=requirement.metric.value if requirement else "",
        provisional=requirement.evidence.provisional if requirement else criterion.provisional,
        limit_within_uncertainty=marked,
        by_alternative=result.by_alternative if result else False,
        grade=result.grade if result else "",
        clause=criterion.clause,
        evidence=str(requirement.evidence) if requirement else "",
        evidence_source=requirement.evidence.source if requirement else "",
        procedure_marks=criterion.procedure_texts,
    )
