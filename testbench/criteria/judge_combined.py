"""Judge findings against several standards at once: each by those that its run serves, every standard for itself.

A run that was made for one standard alone says nothing by another, whose settings it may not have. A device's outcome is the
worst of all standards; what it is by each stands in `Scorecard.parts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from testbench.criteria.judge import DeviceScore, Scorecard, Verdict, judge, judge_all
from testbench.criteria.standard import Standard
from testbench.findings import Finding


def judge_combined(
    findings: Sequence[Finding],
    serves: Sequence[Sequence[str]],
    standard: Standard,
    measurand: str,
    *,
    devices: Sequence[str] = (),
) -> Scorecard:
    """Judge all findings by the parts of a combined standard.

    `serves` names for each finding the standards that its run serves; none stands for all. A finding that none of them asks
    for is reported once, as one without a criterion.
    """
    served = [(finding, frozenset(names)) for finding, names in zip(findings, serves, strict=True)]
    parts = tuple(
        _part([f for f, names in served if not names or part.name in names], part, measurand, devices)
        for part in standard.parts
    )
    asked = {
        part.name: {criterion.characteristic for criterion in part.criteria if criterion.applies_to(measurand, None)}
        for part in standard.parts
    }
    nobody = standard.model_copy(update={"criteria": (), "parts": ()})
    others = [
        judge(finding, nobody, measurand=measurand)
        for finding, names in served
        if not any(finding.characteristic in asked[name] for name in asked if not names or name in names)
    ]
    known = dict.fromkeys([*devices, *(finding.device for finding in findings)])
    head = standard.standard
    return Scorecard(
        standard=head.name,
        edition=head.edition,
        digest=standard.digest,
        title=head.title,
        measurand=measurand,
        analogy=standard.analogy_for(measurand),
        decision=head.decision,
        devices=tuple(_device(device, parts, others) for device in known),
        parts=parts,
    )


def _part(findings: Sequence[Finding], part: Standard, measurand: str, devices: Sequence[str]) -> Scorecard:
    """The scorecard of one standard, each verdict with its name; what it does not ask for is left out."""
    scorecard = judge_all(findings, part, measurand, devices=devices)
    scores = tuple(
        DeviceScore(score.device, tuple(replace(verdict, standard=part.name) for verdict in score.verdicts))
        for score in scorecard.devices
    )
    return replace(scorecard, devices=scores)


def _device(device: str, parts: Sequence[Scorecard], others: Sequence[Verdict]) -> DeviceScore:
    verdicts = [verdict for part in parts for score in part.devices if score.device == device for verdict in score.verdicts]
    return DeviceScore(device, tuple(verdicts), tuple(verdict for verdict in others if verdict.device == device))
