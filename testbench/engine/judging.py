"""Judges an evaluation's findings by its standard, and turns the verdicts into documents for the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from testbench.criteria.judge import Scorecard, judge_all
from testbench.criteria.standard import Standard
from testbench.engine.conditions import ConditionLimit
from testbench.engine.request import EvaluationRequest
from testbench.findings import Finding


def judge(request: EvaluationRequest, findings: Sequence[Finding]) -> Scorecard | None:
    """The scorecard of all devices; None where no standard judges."""
    if request.standard is None:
        return None
    devices = request.devices or tuple(request.station.station.devices)
    measurand = request.station.station.devices[devices[0]].measurand
    return judge_all(findings, request.standard, measurand, devices=devices)


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
