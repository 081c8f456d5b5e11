"""The section of raw data: every level, pass, day, repeat and reading that a finding rests on, further tables given,
attempts of steps that were cut short, and the head of the record's hash chain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from testbench.findings import Finding
from testbench.report import details, phrases
from testbench.report.blocks import Align, Block, Cell, Column, facts, heading, paragraph, table
from testbench.report.content import RawTable, ReportAttempt, ReportContent, ReportDevice, ReportVerdict
from testbench.report.numbers import NOTHING, moment, rounded, signed, significant, with_unit
from testbench.report.raw_rows import further_tables
from testbench.report.wording import Wording

_READING_DIGITS = 5  # of the full scale
_COLUMN_MM = 24.0
_PERCENT_PLACES = 3
_READINGS_A_LINE = 6


def raw_section(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the section of raw data, device by device."""
    blocks: list[Block] = []
    for device in content.devices:
        tables = [block for verdict in device.once for block in _tables(device, verdict, wording)]
        tables += further_tables(device, device.unit, _places(device.high - device.low), wording)
        if tables:
            blocks += [heading(wording.fill("raw.device", name=device.name), 2), *tables]
    blocks += [_given(raw, wording) for raw in content.raw_tables]
    if content.attempts:
        blocks += [heading(wording["raw.attempts_heading"], 2), _attempts(content.attempts, wording)]
    blocks = blocks or [paragraph(wording["document.nothing"])]
    if content.record_head:
        blocks += [
            heading(wording["raw.record_heading"], 2),
            facts([(wording["raw.record_head"], content.record_head)]),
            paragraph(wording.fill("raw.record_check", command="testbench record verify --head"), small=True),
        ]
    return [heading(wording["raw.heading"]), *blocks]


def _attempts(attempts: Sequence[ReportAttempt], wording: Wording) -> Block:
    columns = [
        Column(wording["column.run"], width_mm=13),
        Column(wording["column.step"], width_mm=36),
        Column(wording["column.attempt"], Align.RIGHT, 16),
        Column(wording.join([wording["column.start"], wording["column.end"]]), width_mm=39),
        Column(wording["column.reason"]),
    ]
    rows: list[list[Cell]] = [
        [
            attempt.run,
            f"{attempt.step}\u2002{attempt.call}",
            str(attempt.number),
            {"cell": "lines", "lines": [moment(attempt.started), moment(attempt.ended)]},
            wording.tell(attempt.reason) or NOTHING,
        ]
        for attempt in attempts
    ]
    return table(columns, rows, wording["raw.attempts"])


@dataclass(frozen=True, slots=True)
class _Form:
    """How the readings of a device are printed."""

    unit: str
    places: int

    def text(self, value: float | None) -> str:
        return NOTHING if value is None else rounded(value, self.places)


def _places(full_scale: float) -> int:
    return max(0, _READING_DIGITS - 1 - math.floor(math.log10(full_scale))) if 0 < full_scale < math.inf else _READING_DIGITS


def _tables(device: ReportDevice, verdict: ReportVerdict, wording: Wording) -> Iterable[Block]:
    finding = verdict.finding
    if finding is None:
        return
    names = {"name": device.name, "characteristic": phrases.characteristic(verdict, wording)}
    form = _Form(details.stated_unit(finding, device.unit), _places(device.high - device.low))
    levels = details.levels(finding)
    if any(level.indication is not None for level in levels):
        yield _levels(levels, form, wording, wording.fill("raw.levels", **names))
    if passes := details.passes(finding):
        yield _passes(passes, form, wording, wording.fill("raw.passes", **names))
    days = details.days(finding)
    read = any(day.reading is not None for day in days)
    if read and (together := _resting_on(days, device))[0] is verdict:
        shared = names | {"characteristic": wording.join([phrases.characteristic(v, wording) for v in together])}
        yield _days(days, form, wording, wording.fill("raw.days", **shared))
    repeats = details.repeats(finding)
    if any(repeat.response_time_s is not None for repeat in repeats):
        threshold = details.number(finding.details, "threshold")
        shown = with_unit(form.text(threshold), form.unit) if threshold is not None else ""
        caption = wording.fill("raw.repeats" if shown else "raw.repeats_plain", **names, threshold=shown)
        yield _repeats(repeats, wording, caption)
    if readings := details.readings(finding):
        yield _readings(readings, finding, form, wording, names)


def _resting_on(days: Sequence[details.Day], device: ReportDevice) -> list[ReportVerdict]:
    """Return the verdicts that rest on these daily readings; the daily and the weekly drift of a point share theirs."""
    return [v for v in device.once if v.finding and details.days(v.finding) == days]


def _levels(levels: Sequence[details.Level], form: _Form, wording: Wording, caption: str) -> Block:
    columns = [
        Column(wording["column.nominal"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
        Column(wording["column.reference"], Align.DECIMAL, _COLUMN_MM, unit=form.unit),
        Column(wording["column.indication"], Align.DECIMAL, _COLUMN_MM, unit=form.unit),
        Column(wording["column.error_fs"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
        Column(wording["column.error_nominal"], Align.DECIMAL, _COLUMN_MM, unit="%"),
        Column(wording["column.standard_uncertainty"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
        Column(wording["column.uncertainty"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
    ]
    rows = [
        [
            _fraction(level.nominal_fraction),
            form.text(level.reference),
            form.text(level.indication),
            _percent(level.error_percent_fs, sign=True),
            _percent(level.error_percent_nominal, sign=True),
            _percent(level.standard_uncertainty_percent_fs),
            _percent(level.expanded_uncertainty_percent_fs),
        ]
        for level in levels
    ]
    return _without_empty(columns, rows, caption)


def _passes(passes: Sequence[details.Pass], form: _Form, wording: Wording, caption: str) -> Block:
    columns = [
        Column(wording["column.pass"], Align.RIGHT, 16),
        Column(wording["column.nominal"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
        Column(wording["column.reference"], Align.DECIMAL, _COLUMN_MM, unit=form.unit),
        Column(wording["column.indication"], Align.DECIMAL, _COLUMN_MM, unit=form.unit),
    ]
    rows = [
        [_whole(p.number), _fraction(p.nominal_fraction), form.text(p.reference), form.text(p.indication)] for p in passes
    ]
    return table(columns, rows, caption)


def _days(days: Sequence[details.Day], form: _Form, wording: Wording, caption: str) -> Block:
    columns = [
        Column(wording["column.day"], Align.RIGHT, 14),
        Column(wording["column.bench_time"], Align.DECIMAL, _COLUMN_MM, unit="h"),
        Column(wording["column.reference"], Align.DECIMAL, _COLUMN_MM, unit=form.unit),
        Column(wording["column.reading"], Align.DECIMAL, _COLUMN_MM, unit=form.unit),
        Column(wording["column.reading_fs"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
        Column(wording["column.drift_fs"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
        Column(wording["column.uncertainty"], Align.DECIMAL, _COLUMN_MM, unit="%F.S."),
    ]
    rows = [
        [
            str(day.index),
            NOTHING if day.bench_time_h is None else rounded(day.bench_time_h, 2),
            form.text(day.reference),
            form.text(day.reading),
            _percent(day.reading_percent_fs),
            _percent(day.drift_percent_fs, sign=True),
            _percent(day.expanded_uncertainty_percent_fs),
        ]
        for day in days
    ]
    return _without_empty(columns, rows, caption)


def _without_empty(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], caption: str) -> Block:
    """A table of the columns in which anything stands."""
    kept = [place for place in range(len(columns)) if any(row[place] != NOTHING for row in rows)]
    return table([columns[place] for place in kept], [[row[place] for place in kept] for row in rows], caption)


def _repeats(repeats: Sequence[details.Repeat], wording: Wording, caption: str) -> Block:
    columns = [
        Column(wording["column.repeat"], Align.RIGHT, 16),
        *(Column(wording[f"column.{key}"], Align.DECIMAL, _COLUMN_MM, unit="s") for key in ("response_time", "lag", "rise")),
    ]
    rows = [
        [str(place), *(NOTHING if x is None else rounded(x, 2) for x in (r.response_time_s, r.lag_s, r.rise_s))]
        for place, r in enumerate(repeats, 1)
    ]
    return table(columns, rows, caption)


def _readings(readings: Sequence[float], finding: Finding, form: _Form, wording: Wording, names: dict[str, str]) -> Block:
    mean, deviation = details.number(finding.details, "mean"), details.number(finding.details, "standard_deviation")
    if mean is None or deviation is None:
        caption = wording.fill("raw.readings_plain", **names)
    else:
        spread = with_unit(significant(deviation, 3), form.unit)
        caption = wording.fill("raw.readings", **names, mean=with_unit(form.text(mean), form.unit), deviation=spread)
    columns = [
        Column(wording["column.repeat"], Align.RIGHT, 24),
        *(Column("", Align.DECIMAL, _COLUMN_MM, unit=form.unit) for _ in range(_READINGS_A_LINE)),
    ]
    rows: list[list[Cell]] = []
    for start in range(0, len(readings), _READINGS_A_LINE):
        line = [form.text(value) for value in readings[start : start + _READINGS_A_LINE]]
        span = str(start + 1) if len(line) == 1 else f"{start + 1} – {start + len(line)}"
        rows.append([span, *line, *[""] * (_READINGS_A_LINE - len(line))])
    return table(columns, rows, caption)


def _given(raw: RawTable, wording: Wording) -> Block:
    numeric = [
        bool(raw.rows) and all(place < len(row) and not isinstance(row[place], str) for row in raw.rows)
        for place in range(len(raw.columns))
    ]
    columns = [
        Column(wording.say(title), Align.DECIMAL if number else Align.LEFT)
        for title, number in zip(raw.columns, numeric, strict=True)
    ]
    rows = [[_given_cell(row[place] if place < len(row) else None) for place in range(len(columns))] for row in raw.rows]
    return table(columns, rows, wording.say(raw.title))


def _given_cell(value: float | int | str | None) -> Cell:
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    return rounded(value, 0) if isinstance(value, int) else significant(value, 6)


def _fraction(fraction: float | None) -> str:
    return NOTHING if fraction is None else rounded(100 * fraction, 1)


def _whole(value: float | None) -> str:
    return NOTHING if value is None else rounded(value, 0)


def _percent(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return NOTHING
    text = rounded(value, _PERCENT_PLACES)
    return signed(text) if sign else text
