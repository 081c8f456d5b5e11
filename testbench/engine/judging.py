"""Judges an evaluation's findings by its standard, and turns the verdicts into documents for the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from testbench.criteria.judge import Scorecard, judge_all
from testbench.criteria.standard import Standard
from testbench.engine.conditions import ConditionLimit
from testbench.engine.registry import find_procedure, procedure_names
from testbench.engine.request import EvaluationRequest, recorded_standard
from testbench.findings import Finding
from testbench.record.attempts import Result, counting
from testbench.record.model import EvaluationRow


def judge(request: EvaluationRequest, findings: Sequence[Finding]) -> Scorecard | None:
    """The scorecard of all devices; None where no standard judges."""
    if request.standard is None:
        return None
    devices = request.devices or tuple(request.station.station.devices)
    measurand = request.station.station.devices[devices[0]].measurand
    return judge_all(findings, request.standard, measurand, devices=devices)


def judge_recorded(row: EvaluationRow, findings: Sequence[Finding]) -> Scorecard | None:
    """The scorecard by what the record says: also where procedures have changed since, or are not installed any more."""
    standard = recorded_standard(row, _determined(row) | {finding.characteristic for finding in findings})
    if standard is None:
        return None
    return judge_all(findings, standard, row.start.measurand, devices=[device["name"] for device in row.start.devices])


def judge_amended(row: EvaluationRow, results: Sequence[Result]) -> Scorecard | None:
    """The scorecard of an evaluation of which findings were excluded or repeated: judged by what counts."""
    return judge_recorded(row, [stored.finding for stored in counting(results)])


def _determined(row: EvaluationRow) -> set[str]:
    """What the suite of a recorded evaluation determines, as far as its procedures are installed."""
    names = {entry["procedure"] for entry in row.start.request.get("suite", ())} & set(procedure_names())
    return {characteristic for name in names for characteristic in find_procedure(name).characteristics}


def condition_limits(standard: Standard | None) -> Sequence[ConditionLimit]:
    """The ambient and supply conditions that a standard states."""
    if standard is None:
        return ()
    return [
        ConditionLimit(
            condition.quantity,
            condition.unit,
            None if condition.lower is None else float(condition.lower),
            None if condition.upper is None else float(condition.upper),
        )
        for condition in standard.conditions
    ]


def verdict_documents(scorecard: Scorecard | None) -> list[dict[str, Any]]:
    """The verdicts as JSON documents for the record.

    `criterion` is false for a finding that the standard does not ask for.
    """
    documents: list[dict[str, Any]] = []
    for device in scorecard.devices if scorecard is not None else ():
        documents += [verdict.to_json() | {"criterion": True} for verdict in device.verdicts]
        documents += [verdict.to_json() | {"criterion": False} for verdict in device.without_criterion]
    return documents
