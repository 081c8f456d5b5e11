"""The first pages: what a cover says, and the summary with the verdict of every characteristic on every device."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from testbench.outcome import Outcome
from testbench.report import phrases
from testbench.report.blocks import Block, Cell, Column, bullets, facts, heading, judged, paragraph, table
from testbench.report.content import ReportContent, ReportDevice, ReportVerdict
from testbench.report.numbers import moment
from testbench.report.wording import Wording

_DEVICES_A_MATRIX = 5


def cover(content: ReportContent, wording: Wording) -> Block:
    """Return everything on the cover, as one block of its own kind."""
    columns = [
        Column(wording["column.device"], width_mm=18),
        Column(wording["column.maker"]),
        Column(wording["column.model"]),
        Column(wording["column.serial"], share=0.8),
        Column(wording["column.measurand"], width_mm=20),
        Column(wording["column.range"], width_mm=24),
        Column(wording["column.result"], width_mm=27),
    ]
    rows = [
        [d.name, d.maker, d.model, d.serial, d.measurand, phrases.range_text(d, wording), _overall(d, wording)]
        for d in content.devices
    ]
    standard, station = content.standard, content.station
    return {
        "block": "cover",
        "laboratory": wording.say(station.laboratory),
        "standard": wording.say(standard.title) or standard.name,
        "analogy": wording.say(standard.analogy),
        "devices_title": wording["cover.devices"],
        "devices": table(columns, rows) if rows else paragraph(wording["summary.none"]),
        "facts": facts(
            [
                (wording["cover.identifier"], content.identifier),
                (wording["cover.standard"], wording.join([standard.name, standard.edition])),
                (wording["cover.basis"], wording.say(standard.basis)),
                (wording["cover.laboratory"], wording.say(station.laboratory)),
                (wording["cover.station"], station.name),
                (wording["cover.started"], moment(content.started)),
                (wording["cover.finished"], moment(content.finished)),
                (wording["cover.issued"], moment(content.issue_time)),
                (wording["cover.duration"], phrases.duration_text(content.bench_duration_s, wording)),
                (wording["cover.seed"], "" if content.seed is None else str(content.seed)),
                (
                    wording["cover.software"],
                    wording.join([f"{name} {text}" for name, text in content.software.items()]),
                ),
                (wording["cover.criteria_digest"], standard.digest),
                (wording["cover.station_digest"], station.digest),
            ]
        ),
        "scope": wording["cover.scope"],
        "signatures": [] if content.simulated else [wording[f"cover.{who}"] for who in ("tested", "checked", "approved")],
    }


def summary(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the matrix of verdicts and a sentence for each verdict that is not a plain pass."""
    blocks: list[Block] = [heading(wording["summary.heading"])]
    if not content.devices:
        return [*blocks, paragraph(wording["summary.none"])]
    starts = range(0, len(content.devices), _DEVICES_A_MATRIX)
    blocks += [_matrix(content.devices[start : start + _DEVICES_A_MATRIX], wording) for start in starts]
    blocks += legend([v for d in content.devices for v in d.verdicts], wording)
    blocks.append(heading(wording["summary.remarks"], 2))
    remarks = [_remark(d, v, wording) for d in content.devices for v in d.verdicts if _remarkable(v)]
    if remarks:
        return [*blocks, bullets(remarks)]
    return [*blocks, paragraph(wording["summary.all_pass" if _judged(content) else "summary.none"])]


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


def _matrix(devices: Sequence[ReportDevice], wording: Wording) -> Block:
    columns = [Column(wording["column.characteristic"], share=1.5), Column(wording["column.limit"], width_mm=25)]
    columns += [Column(f"{wording['column.device']} {device.name}") for device in devices]
    names = dict.fromkeys(itertools.chain.from_iterable((v.characteristic for v in d.verdicts) for d in devices))
    rows: list[list[Cell]] = []
    for name in names:
        line = [next((v for v in d.verdicts if v.characteristic == name), None) for d in devices]
        row: list[Cell] = [wording.name("characteristic", name), _shared_limit(line, wording)]
        rows.append(row + [_matrix_cell(verdict, wording) for verdict in line])
    rows.append([wording["summary.overall"], "", *(_overall(d, wording, counts(d, wording)) for d in devices)])
    return table(columns, rows, wording["summary.matrix"], strong_last=1)


def _matrix_cell(verdict: ReportVerdict | None, wording: Wording) -> Cell:
    if verdict is None:
        return judged(None, wording["summary.not_tested"])
    return phrases.verdict_cell(verdict, wording, with_value=True)


def _shared_limit(line: Sequence[ReportVerdict | None], wording: Wording) -> str:
    limits = dict.fromkeys(phrases.limit_text(v, wording) for v in line if v is not None)
    return " / ".join(limits)


def _overall(device: ReportDevice, wording: Wording, second: str = "") -> Cell:
    return judged(device.outcome, wording[f"outcome.{device.outcome.value}"], second=second)


def _remarkable(verdict: ReportVerdict) -> bool:
    return verdict.outcome is not None and (verdict.outcome is not Outcome.PASS or verdict.limit_within_uncertainty)


def _remark(device: ReportDevice, verdict: ReportVerdict, wording: Wording) -> str:
    reason = wording.say(verdict.reason)
    if not reason and verdict.finding and verdict.finding.value is not None:
        value, limit = phrases.value_text(verdict), phrases.limit_text(verdict, wording)
        reason = wording.fill("summary.value_limit", value=value, limit=limit)
    return wording.fill(
        "summary.remark",
        device=f"{wording['column.device']} {device.name}",
        characteristic=phrases.characteristic(verdict, wording),
        outcome=phrases.outcome_word(verdict.outcome, wording) + phrases.marks(verdict),
        reason=reason,
    ).rstrip()


def _judged(content: ReportContent) -> bool:
    return any(v.outcome is not None for d in content.devices for v in d.verdicts)
