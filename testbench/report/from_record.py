"""Makes the content of a report from the record alone: what a report says can be made again from the record at any time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from testbench.criteria.judge import Verdict
from testbench.criteria.standard import Condition, DecisionRule, Sided, Standard, SuiteEntry, parse_standard
from testbench.errors import RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome
from testbench.record.attempts import results
from testbench.record.model import EvaluationRow, RunRow, StepRow
from testbench.record.pairing import Pairing
from testbench.record.store import Record
from testbench.report.amended_from_record import amended_result, unfinished_repeats
from testbench.report.bench_standards import measurement_standards, place_of
from testbench.report.content import (
    ConditionState,
    EvidenceMark,
    LimitKind,
    LineDelay,
    ProcedureWords,
    ReportAttempt,
    ReportCondition,
    ReportContent,
    ReportDevice,
    ReportEvent,
    ReportInstrument,
    ReportRun,
    ReportStandard,
    ReportStation,
    ReportVerdict,
)
from testbench.report.evaluation_json import content_digest
from testbench.report.letterhead import ISSUE_EVENT, Issue, Letterhead, issues
from testbench.station import Station, parse_station
from testbench.text import Language, Text

INSTRUMENT_EVENT, SAFE_EVENT = "instrument", "safe state"
MASS_FLOW = "mass flow"  # quantity of the channel that a flow controller, and no other instrument, is recorded by
PARTS = ("driver ", "procedure ")  # named in the record, too many for a cover
KINDS = {Sided.TWO: LimitKind.SYMMETRIC, Sided.UPPER: LimitKind.MAXIMUM, Sided.LOWER: LimitKind.MINIMUM}
NOT_JUDGED = Text(zh="未按标准判定，没有判定规则。", en="No standard judged; there is no decision rule.")
DECISIONS = {
    DecisionRule.SIMPLE: Text(
        zh="简单接受：按标准规定修约后的测得值与限值比较。限值落在“测得值 ± U”范围内时注明“限值在不确定度内”；"
        "若同时 U 大于限值的三分之一，则为“无法判定”。U 的包含概率约为 95 %。",
        en="Simple acceptance: the value, rounded as the standard says, is compared with the limit. Where the limit lies "
        "within value ± U the verdict is marked “limit within uncertainty”; if U also exceeds a third of the limit it is "
        "inconclusive. U has a coverage probability of about 95 %.",
    ),
    DecisionRule.GUARDED: Text(
        zh="保护带接受（JCGM 106）：“测得值 ± U”全部在限值以内为合格，全部在限值以外为不合格，其余为“无法判定”。",
        en="Guarded acceptance (JCGM 106): a value passes if value ± U lies inside the limit, fails if it lies outside, "
        "and is inconclusive in between.",
    ),
}


def content_from_record(
    record: Record,
    evaluation: str,
    *,
    issued: dt.datetime | None = None,
    procedures: Mapping[str, ProcedureWords] | None = None,
    letterhead: Letterhead | None = None,
) -> ReportContent:
    """Load all that a report of an evaluation says; RecordError if it is not in the record or has no outcome yet.

    `issued` is when the document is made (default: when the evaluation ended). `procedures` name the procedures and
    their settings for people; one that is not among them is printed by its name. `letterhead` is the laboratory's. A report
    that was issued is made again with its number, date and head, as long as the record still says the same.
    """
    row = record.evaluation(evaluation)
    start = row.start
    if row.outcome is None:
        raise RecordError(
            f"evaluation {evaluation} has no outcome yet: it is running, or its program was lost; what was measured is in "
            f"the record. If it was lost, `testbench resume {evaluation}` goes on with it, `testbench close {evaluation}` "
            "judges it as it is; then there is a report"
        )
    standard = parse_standard(start.standard_text, start.standard) if start.standard_text else None
    station = parse_station(start.station_text, Path(start.station_path)).station
    runs = record.runs(evaluation)
    steps_by_run = {run.identifier: record.steps(run.identifier) for run in runs}
    steps = [step for run in runs for step in steps_by_run[run.identifier]]
    flow_units = _flow_units(record, evaluation)
    content = ReportContent(
        identifier=evaluation,
        standard=_standard(standard, start.measurand),
        station=ReportStation(station.station.name, station.station.laboratory, start.station_digest),
        simulated=start.simulated,
        started=start.started,
        finished=row.finished or max((run.finished or run.started for run in runs), default=start.started),
        devices=tuple(_devices(record, row, runs)),
        decision_rule=DECISIONS[standard.decision] if standard is not None else NOT_JUDGED,
        standards=tuple(_part(part, start.measurand) for part in (standard.parts if standard is not None else ())),
        language=Language(start.language),
        issued=issued,
        bench_duration_s=max((run.ended_at for run in runs if run.ended_at is not None), default=None),
        seed=start.seed,
        software={name: text for name, text in start.software.items() if not name.startswith(PARTS)},
        conditions=tuple(_conditions(record, evaluation, standard, steps)),
        measurement_standards=tuple(measurement_standards(station, flow_units)),
        instruments=tuple(_instruments(record, evaluation, station, flow_units)),
        line_delay=None
        if station.line.delay_s is None
        else LineDelay(station.line.delay_s, station.line.delay_uncertainty_s),
        runs=tuple(
            _run(run, _entries(row, run, standard), (procedures or {}).get(run.procedure, ProcedureWords("")))
            for run in runs
        ),
        journal_digest=record.journal_digest(evaluation),
        record_head=record.head(evaluation),
        state=row.state,
        final=row.finished is not None,
        reason=row.reason,
        attempts=tuple(attempt for run in runs for attempt in _attempts(record, run, steps_by_run[run.identifier])),
        unfinished_repeats=tuple(unfinished_repeats(record, evaluation)),
        events=tuple(
            ReportEvent(event.at, event.kind, event.text, event.run or "")
            for event in record.events(evaluation)
            if event.kind not in (INSTRUMENT_EVENT, SAFE_EVENT, ISSUE_EVENT)
        ),
        letterhead=letterhead,
        begun_by=str(start.request.get("by", "")),
        notes=start.notes,
    )
    given = issues(record.events(evaluation))
    return _as_issued(content, given[-1]) if given else content


def _as_issued(content: ReportContent, issue: Issue) -> ReportContent:
    """The report as it was issued last; without its number where the record says something else since."""
    if content_digest(content) != issue.content:
        return replace(content, outdated=issue.number)
    return replace(content, issue=issue, issued=issue.at, record_head=issue.head)


def _standard(standard: Standard | None, measurand: str) -> ReportStandard:
    if standard is None:
        return ReportStandard("", Text(zh="未按标准判定", en="not judged by a standard"))
    head = standard.standard
    return ReportStandard(
        standard.name,
        head.title,
        head.edition,
        standard.digest,
        standard.analogy_for(measurand) or "",
        head.basis,
        version=standard.version,
    )


def _part(part: Standard, measurand: str) -> ReportStandard:
    """One of several standards."""
    return replace(_standard(part, measurand), decision_rule=DECISIONS[part.decision])


def _entries(row: EvaluationRow, run: RunRow, standard: Standard | None) -> list[SuiteEntry]:
    """What the standards that a run serves say of it in their suites; empty where it follows none of their clauses."""
    suite = row.start.request.get("suite", ())
    serves = suite[run.number - 1].get("standards", ()) if run.number <= len(suite) else ()
    found = []
    for part in standard.each if standard is not None else ():
        if part.name in serves or not serves:
            own = [e for e in part.suite if e.procedure == run.procedure]
            said = [e for e in own if e.clause.zh in run.clause or e.clause.en in run.clause]
            found += sorted(said, key=lambda e: -len(e.clause.zh))[:1]
    joined = _joined(found)
    return found if run.clause in (joined.zh, joined.en) else []


def _joined(entries: Sequence[SuiteEntry]) -> Text:
    """The clauses of several standards for one run."""
    return Text(
        zh="；".join(dict.fromkeys(entry.clause.zh for entry in entries)),
        en="; ".join(dict.fromkeys(entry.clause.en for entry in entries)),
    )


def _run(run: RunRow, entries: Sequence[SuiteEntry], words: ProcedureWords) -> ReportRun:
    """One run; of several standards the evidence that is weakest holds for its settings."""
    weakest = max((entry.evidence for entry in entries), key=lambda e: (e.provisional, -(e.confidence or 100)), default=None)
    return ReportRun(
        run.identifier,
        run.procedure,
        run.state,
        run.started,
        run.finished,
        _joined(entries) if entries else run.clause,
        run.settings,
        words.title,
        words.settings,
        EvidenceMark(weakest.mark) if weakest is not None else None,
        weakest.confidence if weakest is not None else None,
        run.reason,
    )


def _attempts(record: Record, run: RunRow, steps: list[StepRow]) -> Iterator[ReportAttempt]:
    """The attempts of a run's steps that were cut short, those of an open step that none followed included."""
    calls = {step.number: step.call for step in steps}
    for attempt in record.attempts(run.identifier):
        yield ReportAttempt(
            run.identifier,
            attempt.step,
            calls[attempt.step],
            attempt.number,
            attempt.started,
            attempt.ended,
            attempt.reason,
        )
    for step in steps:
        if not step.done:
            yield ReportAttempt(
                run.identifier, step.number, step.call, step.attempts, step.started, run.finished, run.reason
            )


def _devices(record: Record, row: EvaluationRow, runs: Sequence[RunRow]) -> Iterator[ReportDevice]:
    found = results(row.identifier, record.findings(row.identifier), record.amendments.of(row.identifier))
    pairing = Pairing(row, found, runs)
    verdicts = record.verdicts(row.identifier)
    for device in row.start.devices:
        name = device["name"]
        lines: list[ReportVerdict] = []
        outcomes: list[Outcome] = []
        for document in verdicts:
            if document["device"] != name:
                continue
            verdict = Verdict.from_json(document)
            result = pairing.take(name, verdict.characteristic, verdict.standard)
            match = None if result is None else result.counting.as_counted
            if document["criterion"]:
                outcomes.append(verdict.outcome)
            lines.append(_line(verdict, match.finding if match else None, match.run if match else "", document["criterion"]))
        lines += [
            ReportVerdict(e.finding.characteristic, e.finding, None, unit=e.finding.unit, run=e.run)
            for e in (result.counting.as_counted for result in pairing.left(name))
        ]
        outcome = row.outcome if row.outcome in (Outcome.ABORTED, Outcome.ERROR) else Outcome.worst(outcomes)
        low, high = device["range"]
        yield ReportDevice(
            name,
            device["maker"],
            device["model"],
            device["serial"],
            row.start.measurand,
            low,
            high,
            device["unit"],
            outcome,
            tuple(lines),
            tuple(
                amended_result(result)
                for result in found
                if result.amended and result.counting.stored.finding.device == name
            ),
        )


def _line(verdict: Verdict, finding: Finding | None, run: str, criterion: bool) -> ReportVerdict:
    mark, _, percent = verdict.evidence.partition(" ")
    return ReportVerdict(
        verdict.characteristic,
        finding if finding is None or not verdict.metric else _as_judged(finding, verdict.metric),
        verdict.outcome if criterion else None,
        limit=verdict.limit,
        limit_kind=KINDS[verdict.sided] if verdict.sided is not None else LimitKind.SYMMETRIC,
        limit_text=verdict.limit_text,
        unit=verdict.unit,
        clause=verdict.clause,
        provisional=verdict.provisional,
        evidence=EvidenceMark(mark) if mark else None,
        evidence_percent=int(percent.split()[0]) if percent else None,
        limit_within_uncertainty=verdict.limit_within_uncertainty,
        reason=verdict.reason,
        run=run,
        standard=verdict.standard,
    )


def _as_judged(finding: Finding, metric: str) -> Finding:
    """The finding in the metric that it was judged in, so that value, U, budget and limit are of one unit."""
    expressed = finding.in_metric(metric)
    influences, before, after = finding.details.get("budget"), finding.expanded_uncertainty, expressed.expanded_uncertainty
    if expressed.unit == finding.unit or not isinstance(influences, Mapping) or not before or not after:
        return expressed
    scaled = {name: share * after / before for name, share in influences.items() if isinstance(share, int | float)}
    return replace(expressed, details={**finding.details, "budget": scaled})


def _conditions(
    record: Record, evaluation: str, standard: Standard | None, steps: list[StepRow]
) -> Iterator[ReportCondition]:
    limits: dict[str, Condition] = {limit.quantity: limit for limit in standard.conditions} if standard else {}
    measured: set[str] = set()
    varied = {step.arguments.get("quantity") for step in steps if step.call == "set_condition"}
    for channel in record.channels(evaluation):
        if not channel.name.startswith("environment."):
            continue
        values = record.load(evaluation, channel.name).value
        values = values[np.isfinite(values)]
        if values.size == 0:
            continue
        measured.add(channel.quantity)
        limit = limits.get(channel.quantity)
        found = _condition(channel.quantity, channel.unit, values, limit)
        yield replace(found, varied=channel.quantity in varied)
    for quantity, limit in limits.items():
        asked = [] if quantity in measured else list(_asked(steps, quantity))
        if asked:
            yield replace(_condition(quantity, limit.unit, np.array(asked), limit), stated=True)


def _asked(steps: list[StepRow], quantity: str) -> Iterator[float]:
    """Values that the operator gave for a condition without a sensor."""
    for step in steps:
        if step.call != "check_conditions" or step.result is None:
            continue
        for condition in step.result["conditions"]:
            if condition["quantity"] == quantity and condition["value"] is not None:
                yield float(condition["value"])


def _condition(quantity: str, unit: str, values: np.ndarray[Any, Any], limit: Condition | None) -> ReportCondition:
    low = None if limit is None or limit.lower is None else float(limit.lower)
    high = None if limit is None or limit.upper is None else float(limit.upper)
    minimum, mean, maximum = float(values.min()), float(values.mean()), float(values.max())
    state = ConditionState.NOT_REQUIRED
    if low is not None or high is not None:
        kept = (low is None or _read(minimum) >= low) and (high is None or _read(maximum) <= high)
        state = ConditionState.KEPT if kept else ConditionState.LEFT
    return ReportCondition(quantity, unit, minimum, mean, maximum, low, high, state)


def _read(value: float) -> float:
    """A reading to six digits, more than a transmitter has: what a conversion left behind them leaves no range."""
    return float(f"{value:.6g}")


def _flow_units(record: Record, evaluation: str) -> dict[str, str]:
    """The flow controllers by name with the unit of their flow: the instruments of which a mass flow was recorded."""
    flows = (channel for channel in record.channels(evaluation) if channel.quantity == MASS_FLOW)
    return {channel.name.rpartition(".")[0]: channel.unit for channel in flows}


def _instruments(
    record: Record, evaluation: str, station: Station, flow_units: Mapping[str, str]
) -> Iterator[ReportInstrument]:
    events = record.events(evaluation)
    safe: dict[str, Mapping[str, Any]] = {}
    for event in events:
        if event.kind == SAFE_EVENT:
            document = json.loads(event.text)
            safe[document["instrument"]] = document
    told = (json.loads(event.text) for event in events if event.kind == INSTRUMENT_EVENT)
    identities = {identity["name"]: identity for identity in told}  # the last one, of a resumed evaluation
    for name, identity in identities.items():
        driver, role = place_of(station, name, flow_units)
        outcome = safe.get(name)
        drives = outcome is not None and not outcome["state"].startswith("none")
        yield ReportInstrument(
            name,
            driver,
            role,
            *_named(identity, station),
            safe_state=outcome["state"] if outcome is not None else "",
            safe_verified=outcome["verified"] if outcome is not None and drives else None,
            safe_read_back=outcome["read_back"] if outcome is not None and drives else "",
        )


def _named(identity: Mapping[str, str], station: Station) -> tuple[str, str, str, str]:
    """Maker, model, serial number and firmware as the instrument says; a device that is silent is as the station states."""
    stated = station.devices.get(identity["name"])
    maker, model, serial = identity["maker"], identity["model"], identity["serial"]
    if stated is not None:
        maker, model = (maker, model) if maker or model else (stated.maker, stated.model)
        serial = serial or stated.serial
    return maker, model, serial, identity["firmware"]
