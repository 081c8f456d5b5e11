"""A plan on the terminal: steps, gas, uncertainty of the reference, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

from testbench.commands.plan_combined import combined_document, print_combined
from testbench.commands.terminal import Terminal
from testbench.criteria.standard import Standard
from testbench.engine.checking.folder import megabytes
from testbench.engine.clock import wall_now
from testbench.engine.disk_need import DiskNeed
from testbench.engine.dry import PlannedStep
from testbench.engine.plan import Plan
from testbench.engine.saving import Saving
from testbench.engine.suite_item import SuiteItem
from testbench.engine.wording import Language, describe, duration, moment
from testbench.station import StationFile

HEADINGS = {
    "zh": ("步骤", "程序", "内容", "开始", "时长", "采样", "气体或流速", "参考 U (k=2)"),
    "en": ("step", "procedure", "what", "start", "duration", "sampling", "gas or velocity", "reference U (k=2)"),
}

LEVEL_HEADINGS = {
    "zh": ("程序", "浓度点", "参考 U (k=2)", "限值", ""),
    "en": ("procedure", "level", "reference U (k=2)", "limit", ""),
}


def print_plan(
    plan: Plan,
    station: StationFile,
    need: DiskNeed,
    items: Sequence[SuiteItem],
    standard: Standard,
    saved: Saving | None,
    language: Language,
) -> None:
    """Print the plan as tables; `saved` is there where several standards are served."""
    terminal = Terminal()
    chinese = language == "zh"
    terminal.line(station.station.station.name)
    run = 0
    table = terminal.table(*HEADINGS[language], right=(3, 4, 5, 6, 7))
    for step in plan.steps:
        if step.run != run and run:
            table.add_section()
        run = step.run
        terminal.row(table, *_row(step, plan, language))
    terminal.print(table)
    terminal.line()
    _print_levels(terminal, plan, language)
    if standard.parts:
        print_combined(terminal, plan, items, standard, saved, language)
    end = wall_now() + dt.timedelta(seconds=plan.duration_s)
    took = duration(plan.duration_s, language)
    if chinese:
        terminal.line(f"台架时间 {took}；若现在开始，最早 {end:%Y-%m-%d %H:%M} 结束")
    else:
        terminal.line(f"{took} of bench time; begun now, it ends {end:%Y-%m-%d %H:%M} at the earliest")
    for name, litres in sorted(plan.gas_litres.items()):
        cylinder = station.station.cylinders.get(name)
        content = f" / {cylinder.content_litres:.0f} L" if cylinder is not None and cylinder.content_litres else ""
        terminal.line(f"{'气瓶' if chinese else 'cylinder'} {name}: {litres:.0f} L{content}")
    if chinese:
        terminal.line(f"约 {need.readings:,} 个读数，磁盘约需 {megabytes(need.bytes)}")
    else:
        terminal.line(f"about {need.readings:,} readings, {megabytes(need.bytes)} on disk")
    for warning in plan.warnings:
        terminal.line(f"! {warning}", style="yellow")


def _print_levels(terminal: Terminal, plan: Plan, language: Language) -> None:
    """The reference at every level that is used, once for each limit it serves."""
    levels = {
        (step.procedure, step.level): step
        for step in plan.steps
        if step.procedure in plan.limits_percent_fs and step.level and step.reference_uncertainty_percent_fs is not None
    }
    table = terminal.table(*LEVEL_HEADINGS[language], right=(1, 2, 3))
    for (procedure, level), step in sorted(levels.items(), key=lambda item: (item[1].run, item[1].level or 0.0)):
        limit = plan.limits_percent_fs[procedure]
        mark = (
            ("超过限值的三分之一 !" if language == "zh" else "exceeds a third of the limit !") if plan.flagged(step) else ""
        )
        uncertainty = f"{step.reference_uncertainty_percent_fs:.2f} %F.S."
        terminal.row(table, procedure, f"{100 * (level or 0.0):g} %F.S.", uncertainty, f"±{limit:g} %F.S.", mark)
    terminal.print(table)
    terminal.line()


def _row(step: PlannedStep, plan: Plan, language: Language) -> tuple[str, ...]:
    uncertainty = step.reference_uncertainty_percent_fs
    return (
        f"{step.run}.{step.number}",
        step.procedure,
        describe(step.call, step.arguments, language),
        moment(step.start_s, language),
        duration(step.duration_s, language) if step.duration_s else "",
        "" if step.every_s is None else _rate(step.every_s),
        _level(step),
        "" if uncertainty is None else f"{uncertainty:.2f} %F.S. {'!' if plan.flagged(step) else ' '}",
    )


def _level(step: PlannedStep) -> str:
    """The gas that flows, or the velocity."""
    if step.velocity is not None:
        return f"{step.velocity:g} m/s"
    return "" if step.level is None else f"{100 * step.level:g} %F.S."


def _rate(every_s: float) -> str:
    return f"{every_s:g} s" if every_s >= 1 else f"{1 / every_s:g} Hz"


def print_plan_json(
    plan: Plan, need: DiskNeed, items: Sequence[SuiteItem], standard: Standard, saved: Saving | None
) -> None:
    """Print the plan as one JSON object."""
    document = {
        "duration_s": plan.duration_s,
        "gas_litres": dict(plan.gas_litres),
        "readings": need.readings,
        "disk_bytes": need.bytes,
        "warnings": list(plan.warnings),
        **combined_document(plan, items, standard, saved),
        "steps": [
            {
                "run": step.run,
                "number": step.number,
                "procedure": step.procedure,
                "call": step.call,
                "arguments": dict(step.arguments),
                "start_s": step.start_s,
                "duration_s": step.duration_s,
                "every_s": step.every_s,
                "level": step.level,
                "velocity": step.velocity,
                "reference_uncertainty_percent_fs": step.reference_uncertainty_percent_fs,
                "flagged": plan.flagged(step),
                "gas_litres": dict(step.gas_litres),
            }
            for step in plan.steps
        ],
    }
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
