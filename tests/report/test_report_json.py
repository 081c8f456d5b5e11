"""The evaluation as JSON."""

import json
import math
from dataclasses import replace

from testbench.findings import Finding
from testbench.outcome import Outcome
from testbench.report.content import ReportContent, ReportVerdict
from testbench.report.evaluation_json import evaluation_document

HEAD = {"standard", "started", "finished", "devices"}
DEVICE = {"name", "maker", "model", "serial", "range", "unit", "verdict", "findings"}
FINDING = {
    "characteristic",
    "value",
    "unit",
    "expanded_uncertainty",
    "coverage_factor",
    "limit",
    "verdict",
    "clause",
    "provisional",
    "run",
}


def test_the_promised_keys_are_there(example: ReportContent) -> None:
    document = evaluation_document(example)
    assert document.keys() >= HEAD | {"evaluation", "simulated", "analogy", "decision_rule", "station", "journal_digest"}
    for device in document["devices"]:
        assert device.keys() >= DEVICE | {"measurand"}
        for finding in device["findings"]:
            assert finding.keys() >= FINDING | {"index", "interval", "notes", "limit_within_uncertainty"}


def test_values_and_verdicts_are_those_of_the_content(example: ReportContent) -> None:
    document = json.loads(json.dumps(evaluation_document(example), allow_nan=False))
    device = document["devices"][1]
    assert (device["name"], device["range"], device["unit"], device["verdict"]) == ("B", [0.0, 20.0], "%", "fail")
    week = next(f for f in device["findings"] if f["characteristic"] == "span_drift_week")
    source = next(v for v in example.devices[1].verdicts if v.characteristic == "span_drift_week")
    assert week["value"] == source.finding.value
    assert (week["unit"], week["limit"], week["verdict"], week["provisional"]) == ("%F.S.", 3.0, "fail", True)
    assert (week["clause"], week["run"], week["coverage_factor"]) == ("5.1.4", "R4", 2.0)
    assert document["started"] == "2026-03-02T09:00:00+08:00"
    assert document["standard"] == "HJ 76-2017"


def test_a_criterion_without_finding_and_a_finding_without_criterion_are_kept(example: ReportContent) -> None:
    findings = {f["characteristic"]: f for f in evaluation_document(example)["devices"][0]["findings"]}
    assert (findings["supply_voltage"]["value"], findings["supply_voltage"]["verdict"]) == (None, "inconclusive")
    assert (findings["detection_limit"]["limit"], findings["detection_limit"]["verdict"]) == (None, None)


def test_numbers_that_are_none_are_null(example: ReportContent) -> None:
    odd = Finding("A", "x", math.nan, "%", math.inf, None, (0.1, math.inf))
    device = replace(example.devices[0], verdicts=(ReportVerdict("x", odd, Outcome.INCONCLUSIVE, math.nan),))
    document = evaluation_document(replace(example, devices=(device,)))
    finding = json.loads(json.dumps(document, allow_nan=False))["devices"][0]["findings"][0]
    assert (finding["value"], finding["expanded_uncertainty"], finding["limit"]) == (None, None, None)
    assert finding["interval"] == [0.1, None]


def test_an_evaluation_without_findings_is_still_a_document(bare: ReportContent) -> None:
    document = evaluation_document(bare)
    assert [device["findings"] for device in document["devices"]] == [[], [], []]
