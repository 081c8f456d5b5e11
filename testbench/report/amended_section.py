"""Results that were excluded or repeated: every attempt with its value, why, by whom and when; repeats without an end."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.report import phrases
from testbench.report.blocks import Align, Block, Cell, Column, heading, table
from testbench.report.content import AmendedResult, Decision, ReportContent, ReportDevice, ReportVerdict, ResultAttempt
from testbench.report.numbers import NOTHING, moment
from testbench.report.wording import Wording


def amended_results(device: ReportDevice, wording: Wording) -> list[Block]:
    """Return the part of a device's section with all attempts of its amended results; nothing where there are none."""
    if not device.amended:
        return []
    columns = [
        Column(wording["column.characteristic"]),
        Column(wording["column.value"], Align.DECIMAL, 17),
        Column(wording["column.uncertainty"], Align.DECIMAL, 14),
        Column(wording["column.unit"], width_mm=14),
        Column(wording["amended.what"], share=2.0),
    ]
    rows = [_row(result, attempt, wording) for result in device.amended for attempt in result.attempts]
    caption = wording.fill("amended.results", name=device.name)
    return [heading(wording["amended.heading"], 2), table(columns, rows, caption)]


def unfinished_repeats(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the repeats that did not come to an end, so that no attempt is left out; nothing where there are none."""
    if not content.unfinished_repeats:
        return []
    columns = [
        Column(wording["amended.repeat"], width_mm=44),
        Column(wording["column.run"], width_mm=13),
        Column(wording["column.start"], width_mm=39),
        Column(wording["amended.state"], width_mm=24),
        Column(wording["column.reason"]),
    ]
    rows: list[list[Cell]] = [
        [
            repeat.evaluation,
            repeat.run,
            moment(repeat.wanted.at),
            wording[f"run_state.{repeat.state.value}"],
            wording.fill("amended.by", reason=repeat.wanted.reason, by=repeat.wanted.by),
        ]
        for repeat in content.unfinished_repeats
    ]
    return [heading(wording["amended.unfinished_heading"], 2), table(columns, rows, wording["amended.unfinished"])]


def _row(result: AmendedResult, attempt: ResultAttempt, wording: Wording) -> list[Cell]:
    shown = ReportVerdict(result.characteristic, attempt.finding, None, unit=attempt.finding.unit)
    value, uncertainty = phrases.value_and_uncertainty(shown)
    run = wording.fill("device.run", run=attempt.run)
    return [
        {"cell": "stacked", "main": phrases.characteristic(shown, wording), "second": run},
        value,
        uncertainty,
        phrases.unit_of(shown) or NOTHING,
        {"cell": "lines", "lines": list(_decisions(attempt, wording))},
    ]


def _decisions(attempt: ResultAttempt, wording: Wording) -> Iterator[str]:
    """What was decided about an attempt, in order, and whether it counts."""
    if attempt.repeat is not None:
        yield _said("amended.repeated", attempt.repeat, wording)
    for exclusion in attempt.exclusions:
        yield _said("amended.excluded", exclusion.made, wording)
        if exclusion.taken_back is not None:
            yield _said("amended.restored", exclusion.taken_back, wording)
    if attempt.counts:
        yield wording["amended.counts"]
    elif not attempt.excluded:
        yield wording["amended.replaced"]


def _said(key: str, decision: Decision, wording: Wording) -> str:
    return wording.fill(key, reason=decision.reason, by=decision.by, at=moment(decision.at))
