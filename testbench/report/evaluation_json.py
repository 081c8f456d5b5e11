"""An evaluation as JSON: what was judged, with values, uncertainties, limits and verdicts, for other programs.

`standard`, `started`, `finished` and `devices` are always there; `finished` is null for an evaluation that was interrupted
and can be resumed. `record_head` is the head of the record's hash chain, for `testbench record verify --head`.
A verdict is an outcome ("error", "aborted", "fail", "inconclusive", "pass") or null where the standard has no criterion;
numbers that are not there are null, never NaN. Texts in both languages are objects with `zh` and `en`; `clause` and
`limit_text` are in the language of the evaluation. `report` is null until the report was issued under a number. Where
several standards judged, `standards` has each of them, a device its `verdict_by`, and a finding is there once for each
`standard` that judged it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

from testbench.report.content import (
    AmendedResult,
    Decision,
    ReportCondition,
    ReportContent,
    ReportDevice,
    ReportStandard,
    ReportVerdict,
    Words,
    say,
)
from testbench.report.letterhead import Issue
from testbench.text import Language


def evaluation_document(content: ReportContent) -> dict[str, Any]:
    """Return the evaluation as strict JSON types; date-times in ISO 8601 with offset."""
    return {
        "evaluation": content.identifier,
        "standard": content.standard.name,
        "standard_title": _words(content.standard.title),
        "standard_edition": content.standard.edition,
        "standard_version": content.standard.version,
        "standard_digest": content.standard.digest,
        "analogy": _words(content.standard.analogy),
        "basis": _words(content.standard.basis),
        **({"standards": [_standard(standard) for standard in content.standards]} if content.standards else {}),
        "station": content.station.name,
        "laboratory": _words(content.station.laboratory),
        "station_digest": content.station.digest,
        "simulated": content.simulated,
        "seed": content.seed,
        "started": content.started.isoformat(),
        "finished": content.finished.isoformat() if content.final else None,
        "state": content.state.value,
        "reason": _words(content.reason),
        "bench_duration_s": _number(content.bench_duration_s),
        "software": {str(name): str(version) for name, version in content.software.items()},
        "decision_rule": _words(content.decision_rule),
        "conditions": [_condition(condition) for condition in content.conditions],
        "journal_digest": content.journal_digest,
        "record_head": content.record_head,
        "devices": [_device(device, content.language, content.standards) for device in content.devices],
        "unfinished_repeats": [
            {"evaluation": repeat.evaluation, "run": repeat.run, "state": repeat.state.value, **_made(repeat.wanted)}
            for repeat in content.unfinished_repeats
        ],
        "report": _report(content.issue),
    }


def content_digest(content: ReportContent) -> str:
    """SHA-256 of what the report of an evaluation states, whoever issues it and whenever."""
    aside = ("record_head", "report", "standard_version")  # the version is part of what the digest of the file covers
    stated = {name: value for name, value in evaluation_document(content).items() if name not in aside}
    return hashlib.sha256(json.dumps(stated, sort_keys=True, allow_nan=False).encode()).hexdigest()


def evaluation_text(content: ReportContent) -> bytes:
    """Return the document as the text of a file, UTF-8."""
    return json.dumps(evaluation_document(content), ensure_ascii=False, indent=2, allow_nan=False).encode() + b"\n"


def _report(issue: Issue | None) -> dict[str, Any] | None:
    if issue is None:
        return None
    return {
        "number": issue.number,
        "replaces": issue.replaces,
        "issued": issue.at.isoformat(),
        "issued_by": issue.by,
        "client": {"name": issue.client.name, "address": issue.client.address, "contact": issue.client.contact},
        "received": issue.received,
        "outside_scope": issue.outside_scope,
    }


def _condition(condition: ReportCondition) -> dict[str, Any]:
    return {
        "quantity": condition.quantity,
        "unit": condition.unit,
        "minimum": _number(condition.minimum),
        "mean": _number(condition.mean),
        "maximum": _number(condition.maximum),
        "required": [_number(condition.required_low), _number(condition.required_high)],
        "state": condition.state.value,
        "stated_by_operator": condition.stated,
    }


def _standard(standard: ReportStandard) -> dict[str, Any]:
    """One of several standards."""
    return {
        "name": standard.name,
        "title": _words(standard.title),
        "edition": standard.edition,
        "version": standard.version,
        "digest": standard.digest,
        "analogy": _words(standard.analogy),
        "basis": _words(standard.basis),
        "decision_rule": _words(standard.decision_rule),
    }


def _device(device: ReportDevice, language: Language, standards: Sequence[ReportStandard]) -> dict[str, Any]:
    return {
        "name": device.name,
        "maker": device.maker,
        "model": device.model,
        "serial": device.serial,
        "measurand": device.measurand,
        "range": [_number(device.low), _number(device.high)],
        "unit": device.unit,
        "verdict": device.outcome.value,
        **({"verdict_by": {one.name: device.by(one.name).outcome.value for one in standards}} if standards else {}),
        "findings": [_finding(verdict, language) for verdict in device.verdicts],
        "amended": [_amended(result) for result in device.amended],
    }


def _amended(result: AmendedResult) -> dict[str, Any]:
    """A result of which something was excluded or repeated, with every attempt."""
    return {
        "characteristic": result.characteristic,
        "attempts": [
            {
                "finding": attempt.number,
                "run": attempt.run,
                "value": _number(attempt.finding.value),
                "unit": attempt.finding.unit,
                "expanded_uncertainty": _number(attempt.finding.expanded_uncertainty),
                "coverage_factor": _number(attempt.finding.coverage_factor),
                "counts": attempt.counts,
                "repeat": _decision(attempt.repeat),
                "exclusions": [
                    {**_made(exclusion.made), "taken_back": _decision(exclusion.taken_back)}
                    for exclusion in attempt.exclusions
                ],
            }
            for attempt in result.attempts
        ],
    }


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    return None if decision is None else _made(decision)


def _made(decision: Decision) -> dict[str, Any]:
    return {"reason": decision.reason, "by": decision.by, "at": decision.at.isoformat()}


def _finding(verdict: ReportVerdict, language: Language) -> dict[str, Any]:
    finding = verdict.finding
    return {
        "characteristic": verdict.characteristic,
        **({"standard": verdict.standard} if verdict.standard else {}),
        "value": _number(finding.value) if finding else None,
        "unit": finding.unit if finding else verdict.unit,
        "expanded_uncertainty": _number(finding.expanded_uncertainty) if finding else None,
        "coverage_factor": _number(finding.coverage_factor) if finding else None,
        "interval": [_number(end) for end in finding.interval] if finding and finding.interval else None,
        "index": finding.index if finding else None,
        "limit": _number(verdict.limit),
        "limit_kind": verdict.limit_kind.value if verdict.limit is not None else None,
        "limit_text": say(verdict.limit_text, language),
        "limit_within_uncertainty": verdict.limit_within_uncertainty,
        "verdict": verdict.outcome.value if verdict.outcome else None,
        "reason": _words(verdict.reason),
        "clause": say(verdict.clause, language),
        "provisional": verdict.provisional,
        "evidence": verdict.evidence.value if verdict.evidence else None,
        "evidence_percent": verdict.evidence_percent,
        "run": verdict.run,
        "notes": list(finding.notes) if finding else [],
    }


def _words(words: Words) -> str | dict[str, str]:
    if isinstance(words, str):
        return words
    return {"zh": words.zh, "en": words.en}


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
