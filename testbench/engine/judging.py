"""Judges an evaluation's findings by its standard, and turns the verdicts into documents for the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from testbench.criteria.judge import Scorecard, judge_all
from testbench.criteria.judge_combined import judge_combined
from testbench.criteria.standard import Standard
from testbench.engine.conditions import ConditionLimit
from testbench.engine.registry import find_procedure, procedure_names
from testbench.engine.request import EvaluationRequest, recorded_standard, serves_by_run
from testbench.findings import Finding
from testbench.record.attempts import Result, counting
from testbench.record.model import EvaluationRow, RunRow, StoredFinding


def judge(request: EvaluationRequest, findings: Sequence[Finding], numbers: Sequence[int] = ()) -> Scorecard | None:
    """The scorecard of all devices; None where no standard judges.

    `numbers` are those of the runs that determined the findings, one for each; needed where several standards judge.
    """
    if request.standard is None:
        return None
    devices = request.devices or tuple(request.station.station.devices)
    measurand = request.station.station.devices[devices[0]].measurand
    serves = {number: item.standards for number, item in enumerate(request.items, start=1)}
    return _judge(findings, [serves[number] for number in numbers], request.standard, measurand, devices)


def judge_recorded(row: EvaluationRow, findings: Sequence[Finding], numbers: Sequence[int] = ()) -> Scorecard | None:
    """The scorecard by what the record says: also where procedures have changed since, or are not installed any more."""
    standard = recorded_standard(row, _determined(row) | {finding.characteristic for finding in findings})
    if standard is None:
        return None
    known = serves_by_run(row)
    devices = [device["name"] for device in row.start.devices]
    return _judge(findings, [known.get(number, ()) for number in numbers], standard, row.start.measurand, devices)


def judge_stored(row: EvaluationRow, stored: Sequence[StoredFinding], runs: Sequence[RunRow]) -> Scorecard | None:
    """The scorecard of recorded findings; `runs` are those of the evaluation."""
    number = {run.identifier: run.number for run in runs}
    return judge_recorded(row, [one.finding for one in stored], [number[one.run] for one in stored])


def judge_amended(row: EvaluationRow, results: Sequence[Result], runs: Sequence[RunRow]) -> Scorecard | None:
    """The scorecard of an evaluation of which findings were excluded or repeated: judged by what counts."""
    return judge_stored(
        row, [replace(one, run=result.run) for one, result in zip(counting(results), results, strict=True)], runs
    )


def _judge(
    findings: Sequence[Finding], serves: Sequence[Sequence[str]], standard: Standard, measurand: str, devices: Sequence[str]
) -> Scorecard:
    if standard.parts:
        return judge_combined(findings, serves, standard, measurand, devices=devices)
    return judge_all(findings, standard, measurand, devices=devices)


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
