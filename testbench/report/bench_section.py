"""The sections on the bench and what was done on it: conditions, gases, instruments, gas line, runs, events."""

from __future__ import annotations

import math

from testbench.report import phrases
from testbench.report.blocks import Align, Block, Cell, Column, bullets, heading, paragraph, stacked, table
from testbench.report.content import (
    LineDelay,
    MeasurementStandard,
    ReportCondition,
    ReportContent,
    ReportInstrument,
    ReportRun,
    StandardKind,
    Words,
)
from testbench.report.numbers import MINUS, NOTHING, moment, plain, significant, with_uncertainty, with_unit
from testbench.report.wording import Wording


def bench_section(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the section on conditions, gases and measurement standards, instruments and gas line; a flow rig has no gas."""
    flow = any(item.kind is StandardKind.FLOW_RIG for item in content.measurement_standards)
    line = [heading(wording["bench.line_heading"], 2), paragraph(_line(content.line_delay, wording))]
    return [
        heading(wording["bench.heading"], new_page=True),
        heading(wording["bench.conditions_heading"], 2),
        _conditions(content, wording),
        heading(wording["bench.flow_standards_heading" if flow else "bench.standards_heading"], 2),
        _standards(content, wording, wording["bench.flow_standards" if flow else "bench.standards"]),
        *([] if flow else line),
        heading(wording["bench.instruments_heading"], 2),
        _instruments(content, wording),
    ]


def runs_section(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the section on the runs, in their order."""
    columns = [
        Column(wording["column.run"], width_mm=13),
        Column(wording["column.procedure"], width_mm=47),
        Column(wording["column.settings"]),
        Column(wording["column.state"], width_mm=17),
        Column(wording.join([wording["column.start"], wording["column.end"]]), width_mm=39),
    ]
    rows: list[list[Cell]] = [
        [
            run.identifier,
            stacked(
                wording.say(run.title) or run.procedure,
                _basis(run, wording),
            ),
            phrases.settings_text(run.settings, run.labels, wording) or NOTHING,
            wording[f"run_state.{run.state.value}"],
            {"cell": "lines", "lines": [moment(run.started), moment(run.ended)]},
        ]
        for run in content.runs
    ]
    reasons = phrases.early_ends(content.runs, wording)
    blocks = [heading(wording["runs.heading"]), *([bullets(reasons)] if reasons else [])]
    return [*blocks, _or_nothing(columns, rows, wording["runs.runs"], wording)]


def _basis(run: ReportRun, wording: Wording) -> str:
    """The clause, and how the procedure's figures are known."""
    clause = wording.say(run.clause)
    if run.evidence is None:
        return clause
    return wording.join([clause, phrases.evidence_text(run.evidence, run.evidence_percent, wording)])


def events_section(content: ReportContent, wording: Wording) -> list[Block]:
    """Return the section on what happened."""
    columns = [
        Column(wording["column.time"], width_mm=39),
        Column(wording["column.run"], width_mm=13),
        Column(wording["column.event"], width_mm=24),
        Column(wording["column.text"]),
    ]
    rows: list[list[Cell]] = [
        [moment(event.time), event.run or NOTHING, wording.name("event", event.kind), wording.tell(event.text)]
        for event in content.events
    ]
    return [heading(wording["events.heading"]), _or_nothing(columns, rows, wording["events.events"], wording)]


def _conditions(content: ReportContent, wording: Wording) -> Block:
    columns = [
        Column(wording["column.quantity"], share=1.3),
        Column(wording["column.minimum"], Align.DECIMAL, 20),
        Column(wording["column.mean"], Align.DECIMAL, 20),
        Column(wording["column.maximum"], Align.DECIMAL, 20),
        Column(wording["column.unit"], width_mm=16),
        Column(wording["column.required"], width_mm=32),
        Column(wording["column.state"]),
    ]
    rows: list[list[Cell]] = [
        [
            wording.name("condition", c.quantity),
            _reading(c.minimum, c.required_low),
            significant(c.mean, 4),
            _reading(c.maximum, c.required_high),
            c.unit,
            _required(c, wording),
            _condition_state(c, wording),
        ]
        for c in content.conditions
    ]
    return _or_nothing(columns, rows, wording["bench.conditions"], wording)


def _reading(value: float, limit: float | None) -> str:
    """Four digits, or as many as show on which side of the limit a reading lies."""
    texts = (significant(value, digits) for digits in (4, 5, 6))
    short = next(texts)
    if limit is None or value == limit or float(short.replace(MINUS, "-")) != limit:
        return short
    return next((text for text in texts if float(text.replace(MINUS, "-")) != limit), short)


def _condition_state(condition: ReportCondition, wording: Wording) -> str:
    remarks = [key for key in ("stated", "varied") if getattr(condition, key)]
    return "".join(wording[f"condition_state.{key}"] for key in (condition.state.value, *remarks))


def _required(condition: ReportCondition, wording: Wording) -> str:
    low, high = condition.required_low, condition.required_high
    if low is not None and high is not None:
        return with_unit(f"{plain(low)}{wording['punctuation.range']}{plain(high)}", condition.unit)
    if high is not None:
        return with_unit(f"≤\u00a0{plain(high)}", condition.unit)
    return with_unit(f"≥\u00a0{plain(low)}", condition.unit) if low is not None else NOTHING


def _standards(content: ReportContent, wording: Wording, caption: str) -> Block:
    columns = [
        Column(wording["column.name"], width_mm=22),
        Column(wording["column.kind"], width_mm=37),
        Column(wording["column.content"], width_mm=20),
        Column(wording["column.expanded_uncertainty"]),
        Column(wording["column.certificate"], width_mm=30),
        Column(wording["column.valid_until"], width_mm=20),
    ]
    last_day = content.finished.date()
    rows: list[list[Cell]] = []
    for item in content.measurement_standards:
        value, uncertainty = with_uncertainty(item.content, item.expanded_uncertainty)
        expired = item.valid_until is not None and item.valid_until < last_day
        until = item.valid_until.isoformat() if item.valid_until else NOTHING
        rows.append(
            [
                item.name,
                stacked(wording[f"standard_kind.{item.kind.value}"], _mixture(item, wording)),
                with_unit(value, item.unit) if value != NOTHING else NOTHING,
                _standard_uncertainty(item, uncertainty, wording),
                item.certificate or NOTHING,
                {"cell": "warning", "main": until, "second": wording["bench.expired"]} if expired else until,
            ]
        )
    return _or_nothing(columns, rows, caption, wording)


def _mixture(item: MeasurementStandard, wording: Wording) -> str:
    if item.balance and item.content == 0:
        return item.balance
    if item.component and item.balance:
        return wording.fill("bench.in_balance", component=item.component, balance=item.balance)
    return item.component


def _standard_uncertainty(item: MeasurementStandard, uncertainty: str, wording: Wording) -> str:
    given = wording.say(item.uncertainty_text)
    if given or uncertainty == NOTHING:
        return given or NOTHING
    text = with_unit(uncertainty, item.unit)
    return text if item.coverage_factor is None else f"{text} (k\u00a0=\u00a0{phrases.factor_text(item.coverage_factor)})"


def _line(line: LineDelay | None, wording: Wording) -> str:
    if line is None:
        return wording["bench.no_line"]
    expanded = 2 * line.standard_uncertainty_s
    delay, u = with_uncertainty(line.delay_s, expanded if math.isfinite(expanded) and expanded > 0 else None)
    return wording.fill("bench.line_without_u" if u == NOTHING else "bench.line", delay=delay, u=u)


def _instruments(content: ReportContent, wording: Wording) -> Block:
    columns = [
        Column(wording["column.name"], width_mm=20),
        Column(wording["column.role"], width_mm=32),
        Column(wording["column.type"]),
        Column(wording["column.serial"], width_mm=23),
        Column(wording["column.firmware"], width_mm=20),
        Column(wording["column.safe_state"], width_mm=44),
    ]
    rows: list[list[Cell]] = [
        [
            item.name,
            stacked(wording[f"role.{item.role.value}"], item.driver),
            " ".join(filter(None, (item.maker, item.model))) or NOTHING,
            item.serial or NOTHING,
            item.firmware or NOTHING,
            _safe(item, wording),
        ]
        for item in content.instruments
    ]
    return _or_nothing(columns, rows, wording["bench.instruments"], wording)


def _safe(item: ReportInstrument, wording: Wording) -> Cell:
    if item.safe_verified is None:  # drivers say "none: …" where there is nothing to drive
        state = wording.tell(item.safe_state)
        return wording["bench.drives_nothing"] if not item.safe_state or _drives_nothing(item.safe_state) else state
    state = wording["bench.verified" if item.safe_verified else "bench.not_verified"]
    main = wording.join([wording.tell(item.safe_state), state])
    second = wording.fill("bench.read_back", text=wording.tell(item.safe_read_back)) if item.safe_read_back else ""
    return stacked(main, second) if item.safe_verified else {"cell": "warning", "main": main, "second": second}


def _drives_nothing(state: Words) -> bool:
    return isinstance(state, str) and state.startswith("none")


def _or_nothing(columns: list[Column], rows: list[list[Cell]], caption: str, wording: Wording) -> Block:
    return table(columns, rows, caption) if rows else paragraph(wording["document.nothing"])
