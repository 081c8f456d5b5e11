"""The first pages: what a cover says, and the summary with the verdict of every characteristic on every device."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Sequence

from testbench.outcome import Outcome, RunState
from testbench.report import phrases
from testbench.report.blocks import Block, Cell, Column, bullets, facts, heading, judged, paragraph, table
from testbench.report.content import LimitKind, ReportContent, ReportDevice, ReportStandard, ReportVerdict
from testbench.report.issuer import issue_facts, laboratory_facts, letterhead_of, signatures, statements
from testbench.report.numbers import moment
from testbench.report.wording import Wording

_DEVICES_A_MATRIX = 4


def cover(content: ReportContent, wording: Wording) -> Block:
    """Return everything on the cover, as one block of its own kind."""
    columns = [
        Column(wording["column.device"], share=0.7),
        Column(wording["column.maker"]),
        Column(wording["column.model"]),
        Column(wording["column.serial"], share=0.7),
        Column(wording["column.measurand"], width_mm=20),
        Column(wording["column.range"], width_mm=24),
        Column(wording["column.result"], width_mm=27),
    ]
    rows = [
        [
            *(d.name, d.maker, d.model, d.serial, wording.name("measurand", d.measurand)),
            *(phrases.range_text(d, wording), _overall(d, wording)),
        ]
        for d in content.devices
    ]
    standard, station = content.standard, content.station
    return {
        "block": "cover",
        **letterhead_of(content, wording),
        "standard": wording.say(standard.title) or standard.name,
        "analogy": _sentence(wording.say(standard.analogy)),
        "notice": unfinished(content, wording),
        "devices_title": wording["cover.devices"],
        "devices": table(columns, rows) if rows else paragraph(wording["summary.none"]),
        "facts": facts(
            [
                *issue_facts(content, wording),
                (wording["cover.identifier"], content.identifier),
                *(_standard_facts(content, wording)),
                *((wording["cover.basis"], wording.say(one.basis)) for one in content.standards or (standard,)),
                *laboratory_facts(content, wording),
                (wording["cover.station"], station.name),
                (wording["cover.started"], _bench_moment(content.started, content, wording)),
                (
                    wording["cover.finished" if content.final else "cover.recorded_until"],
                    _bench_moment(content.finished, content, wording),
                ),
                (wording["cover.begun_by"], content.begun_by),
                (wording["cover.issued"], moment(content.issue_time)),
                (wording["cover.duration"], phrases.duration_text(content.bench_duration_s, wording)),
                (wording["cover.notes"], content.notes.strip()),
                (wording["cover.seed"], "" if content.seed is None else str(content.seed)),
                (
                    wording["cover.software"],
                    wording.join([f"{name} {text}" for name, text in content.software.items()]),
                ),
                *((wording["cover.criteria_file"], _file(one, wording)) for one in content.standards or (standard,)),
                (wording["cover.station_digest"], station.digest),
            ]
        ),
        "scope": [
            *([wording["summary.provisional"]] if any(_reservation(device) for device in content.devices) else []),
            wording["cover.scope"],
            *statements(content, wording),
        ],
        "signatures": signatures(content, wording),
    }


def _file(standard: ReportStandard, wording: Wording) -> str:
    """Name, version and digest of the criteria file; empty where none judged."""
    if not standard.digest:
        return ""
    return wording.fill("cover.criteria_file_is", name=standard.name, version=standard.version, digest=standard.digest)


def _standard_facts(content: ReportContent, wording: Wording) -> list[tuple[str, str]]:
    """Name and edition of the standard; of several each with its title."""
    label = wording["cover.standard"]
    if not content.standards:
        return [(label, _name_and_edition(content.standard, wording))]
    colon = wording["punctuation.colon"]
    return [(label, f"{_name_and_edition(one, wording)}{colon}{wording.say(one.title)}") for one in content.standards]


def summary(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the matrix of verdicts and a sentence for each verdict that is not a plain pass."""
    blocks: list[Block] = [heading(wording["summary.heading"])]
    if notice := unfinished(content, wording):
        blocks.append(paragraph(notice))
    if not content.devices:
        return [*blocks, paragraph(wording["summary.none"])]
    if analogy := _sentence(wording.say(content.standard.analogy)):
        blocks.append(paragraph(analogy))
    if content.standards:
        blocks += by_standard(content, wording)
    else:
        blocks += [_matrix(devices, wording) for devices in _shares(content.devices)]
    blocks += legend([v for d in content.devices for v in d.verdicts], wording)
    blocks.append(heading(wording["summary.remarks"], 2))
    if remarks := [*phrases.early_ends(content.runs, wording), *_remarks(content.devices, wording)]:
        return [*blocks, bullets(remarks)]
    reserved = any(_reservation(device) for device in content.devices)
    all_pass = "summary.all_pass_provisional" if reserved else "summary.all_pass"
    return [*blocks, paragraph(wording[all_pass if _judged(content) else "summary.none"])]


def by_standard(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the outcome of every device by every standard, then the matrix of each standard."""
    columns = [Column(wording["column.device"], share=0.7)]
    columns += [Column(standard.name) for standard in content.standards]
    columns.append(Column(wording["summary.overall"]))
    rows: list[list[Cell]] = []
    for device in content.devices:
        own = [device.by(standard.name) for standard in content.standards]
        rows.append([device.name, *(_overall(one, wording, counts(one, wording)) for one in own), _overall(device, wording)])
    blocks: list[Block] = [table(columns, rows, wording["summary.by_standard"])]
    for standard in content.standards:
        blocks.append(heading(_name_and_edition(standard, wording), 2))
        devices = [device.by(standard.name) for device in content.devices]
        blocks += [_matrix(share, wording) for share in _shares(devices)]
    others = [device.by("") for device in content.devices]
    if any(device.verdicts for device in others):
        blocks.append(heading(wording["summary.of_none"], 2))
        blocks += [_matrix(share, wording, overall=False) for share in _shares(others)]
    return blocks


def unfinished(content: ReportContent, wording: Wording) -> str:
    """Say that an evaluation was interrupted, and why; empty for one that came to its own end."""
    if content.state is not RunState.INTERRUPTED:
        return ""
    reason = wording.tell(content.reason) or wording["document.not_stated"]
    return wording.fill("summary.closed" if content.final else "summary.interrupted", reason=reason)


def _shares(devices: Sequence[ReportDevice]) -> list[Sequence[ReportDevice]]:
    """Split the devices into as few matrices as the page allows, as even as can be."""
    parts = -(-len(devices) // _DEVICES_A_MATRIX)
    bounds = [len(devices) * part // parts for part in range(parts + 1)]
    return [devices[start:end] for start, end in itertools.pairwise(bounds)]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _name_and_edition(standard: ReportStandard, wording: Wording) -> str:
    """Return the standard's name, and its edition where the name does not say it."""
    edition = "" if standard.edition in standard.name else wording.name("edition", standard.edition)
    return wording.join([standard.name, edition])


def _bench_moment(time: dt.datetime, content: ReportContent, wording: Wording) -> str:
    """Return when something happened on the bench; a simulated bench has its own time, which runs ahead of the clock."""
    return wording.fill("cover.simulated_time", time=moment(time)) if content.simulated else moment(time)


def legend(verdicts: Sequence[ReportVerdict], wording: Wording) -> list[Block]:
    """Explain the marks that these verdicts carry, and only those."""
    used = {mark for v in verdicts for mark in phrases.marks(v)}
    keys = [("summary.provisional", phrases.PROVISIONAL), ("summary.within", phrases.WITHIN)]
    return [paragraph(wording[key], small=True) for key, mark in keys if mark in used]


def counts(device: ReportDevice, wording: Wording) -> str:
    """Return how many verdicts came to which outcome, worst first."""
    tally = Counter(v.outcome for v in device.verdicts if v.outcome is not None)
    words = [f"{phrases.outcome_word(outcome, wording)}\u00a0{tally[outcome]}" for outcome in Outcome if tally[outcome]]
    return wording.join(words)


def _matrix(devices: Sequence[ReportDevice], wording: Wording, *, overall: bool = True) -> Block:
    columns = [Column(wording["column.characteristic"], share=1.5), Column(wording["column.limit"], width_mm=25)]
    columns += [Column(f"{wording['column.device']} {device.name}") for device in devices]
    names = dict.fromkeys(itertools.chain.from_iterable((v.characteristic for v in d.verdicts) for d in devices))
    rows: list[list[Cell]] = []
    for name in names:
        line = [_worst([v for v in d.verdicts if v.characteristic == name]) for d in devices]
        row: list[Cell] = [wording.name("characteristic", name), _shared_limit(line, wording)]
        rows.append(row + [_matrix_cell(verdict, wording) for verdict in line])
    if overall:
        rows.append([wording["summary.overall"], "", *(_overall(d, wording, counts(d, wording)) for d in devices)])
    return table(columns, rows, wording["summary.matrix"], strong_last=int(overall))


def _worst(verdicts: Sequence[ReportVerdict]) -> ReportVerdict | None:
    """The worst of the verdicts on a characteristic that has several levels; where they are alike that nearest its limit."""
    order = {outcome: place for place, outcome in enumerate(Outcome)}

    def badness(verdict: ReportVerdict) -> tuple[int, float]:
        return len(order) if verdict.outcome is None else order[verdict.outcome], -_share_of_limit(verdict)

    return min(verdicts, key=badness, default=None)


def _share_of_limit(verdict: ReportVerdict) -> float:
    """How much of the limit a value takes up; 0 where that cannot be said."""
    value, limit = verdict.finding.value if verdict.finding else None, verdict.limit
    if value is None or limit is None or not math.isfinite(value):
        return 0.0
    larger, smaller = (limit, value) if verdict.limit_kind is LimitKind.MINIMUM else (abs(value), limit)
    return larger / smaller if smaller > 0 else math.inf


def _matrix_cell(verdict: ReportVerdict | None, wording: Wording) -> Cell:
    if verdict is None:
        return judged(None, wording["summary.not_tested"])
    return phrases.verdict_cell(verdict, wording, with_value=True)


def _shared_limit(line: Sequence[ReportVerdict | None], wording: Wording) -> str:
    limits = dict.fromkeys(phrases.limit_text(v, wording) for v in line if v is not None)
    return " / ".join(limits)


def _overall(device: ReportDevice, wording: Wording, second: str = "") -> Cell:
    if device.outcome is Outcome.INCONCLUSIVE and not any(v.outcome for v in device.verdicts):
        return judged(None, wording["summary.not_judged"], second=second)
    return judged(device.outcome, wording[f"outcome.{device.outcome.value}"], _reservation(device), second)


def _reservation(device: ReportDevice) -> str:
    """The mark of an outcome that rests on a provisional limit."""
    return phrases.PROVISIONAL if any(v.provisional for v in device.verdicts if v.outcome is not None) else ""


def _remarkable(verdict: ReportVerdict) -> bool:
    return verdict.outcome is not None and (verdict.outcome is not Outcome.PASS or verdict.limit_within_uncertainty)


def _remarks(devices: Sequence[ReportDevice], wording: Wording) -> list[str]:
    """Return a sentence for each verdict that is not a plain pass; what is said of several is said once."""
    concerned: dict[tuple[str, str, str], list[str]] = {}
    for device in devices:
        for verdict in device.verdicts:
            if _remarkable(verdict):
                outcome = phrases.outcome_word(verdict.outcome, wording) + phrases.marks(verdict)
                key = (phrases.judged_by(verdict, wording), outcome, _reason(verdict, wording))
                names = concerned.setdefault(key, [])
                if device.name not in names:  # several levels of one device
                    names.append(device.name)
    said: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    for (characteristic, outcome, reason), names in concerned.items():
        said.setdefault((tuple(names), outcome, reason), []).append(characteristic)
    listed = wording["punctuation.list"].join
    return [
        wording.fill(
            "summary.remark",
            devices=f"{wording['column.device']} {listed(names)}",
            characteristic=listed(characteristics),
            outcome=outcome,
            reason=reason,
        ).rstrip()
        for (names, outcome, reason), characteristics in said.items()
    ]


def _reason(verdict: ReportVerdict, wording: Wording) -> str:
    reason = phrases.reason_text(verdict, wording)
    if reason or verdict.finding is None or verdict.finding.value is None:
        return reason
    value, limit = phrases.value_text(verdict), phrases.limit_text(verdict, wording)
    return wording.fill("summary.value_limit", value=value, limit=limit)


def _judged(content: ReportContent) -> bool:
    return any(v.outcome is not None for d in content.devices for v in d.verdicts)
