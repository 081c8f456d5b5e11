"""The section on how it was judged: decision rule, signs and rounding, evidence for the limits, what has no counterpart."""

from __future__ import annotations

from testbench.report import phrases
from testbench.report.blocks import Block, Cell, Column, heading, paragraph, table
from testbench.report.content import ReportContent, ReportDevice, ReportVerdict
from testbench.report.numbers import NOTHING
from testbench.report.wording import Wording


def method_section(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the section on the decision rule and the standing of the limits."""
    blocks = [
        heading(wording["method.heading"]),
        heading(wording["method.rule_heading"], 2),
        *_rules(content, wording),
        heading(wording["method.signs_heading"], 2),
        paragraph(wording["method.signs"]),
        heading(wording["method.outcomes_heading"], 2),
        paragraph(wording["method.outcomes"]),
        heading(wording["method.evidence_heading"], 2),
        paragraph(wording["method.evidence_text"]),
    ]
    if evidence := _evidence(content, wording):
        blocks.append(evidence)
    blocks += [heading(wording["method.missing_heading"], 2), _missing(content, wording)]
    return [*blocks, heading(wording["method.unjudged_heading"], 2), _unjudged(content, wording)]


def _rules(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the decision rule; of several standards each rule once, with those that it holds for."""
    if not content.standards:
        return [paragraph(wording.say(content.decision_rule) or wording["document.not_stated"])]
    holds: dict[str, list[str]] = {}
    for standard in content.standards:
        holds.setdefault(wording.say(standard.decision_rule), []).append(standard.name)
    listed = wording["punctuation.list"].join
    said = [wording.fill("method.rule_of", standards=listed(names), rule=rule) for rule, names in holds.items()]
    return [*(paragraph(text) for text in said), paragraph(wording["method.several"])]


def evidence_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return how a limit is known: mark, confidence, and whether it is provisional."""
    text = phrases.evidence_text(verdict.evidence, verdict.evidence_percent, wording)
    return wording.join([text, wording["evidence.provisional"]]) if verdict.provisional else text


def _evidence(content: ReportContent, wording: Wording) -> Block | None:
    lines = dict.fromkeys(
        (
            phrases.characteristic(v, wording),
            phrases.clause_text(v, wording),
            phrases.limit_text(v, wording),
            evidence_text(v, wording),
        )
        for device in content.devices
        for v in device.verdicts
        if v.outcome is not None
    )
    columns = [
        Column(wording["column.characteristic"], width_mm=34),
        Column(wording["column.clause"]),
        Column(wording["column.limit"], width_mm=20),
        Column(wording["column.evidence"], width_mm=40),
    ]
    return table(columns, [list(line) for line in lines], wording["method.evidence"]) if lines else None


def _missing(content: ReportContent, wording: Wording) -> Block:
    columns = [
        Column(wording["column.device"], width_mm=24),
        Column(wording["column.characteristic"], width_mm=32),
        Column(wording["column.clause"]),
        Column(wording["column.limit"], width_mm=18),
        Column(wording["column.reason"], width_mm=30),
    ]
    concerned: dict[tuple[str, ...], list[str]] = {}
    for d, v in _pairs(content):
        if v.finding is None:
            texts = (
                phrases.clause_text(v, wording),
                phrases.limit_text(v, wording),
                phrases.reason_text(v, wording) or NOTHING,
            )
            concerned.setdefault((phrases.characteristic(v, wording), *texts), []).append(d.name)
    listed = wording["punctuation.list"].join
    rows: list[list[Cell]] = [[listed(names), *texts] for texts, names in concerned.items()]
    return table(columns, rows, wording["method.missing"]) if rows else paragraph(wording["document.nothing"])


def _unjudged(content: ReportContent, wording: Wording) -> Block:
    columns = [
        Column(wording["column.device"], width_mm=18),
        Column(wording["column.characteristic"]),
        Column(wording["column.value"], width_mm=40),
        Column(wording["column.run"], width_mm=26),
    ]
    rows: list[list[Cell]] = [
        [d.name, phrases.characteristic(v, wording), phrases.value_text(v), v.run or NOTHING]
        for d, v in _pairs(content)
        if v.outcome is None and v.finding is not None
    ]
    return table(columns, rows, wording["method.unjudged"]) if rows else paragraph(wording["document.nothing"])


def _pairs(content: ReportContent) -> list[tuple[ReportDevice, ReportVerdict]]:
    return [(device, verdict) for device in content.devices for verdict in device.verdicts]
