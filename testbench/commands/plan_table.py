"""A plan on the terminal: steps, gas, uncertainty of the reference, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
import json

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from testbench.engine.clock import wall_now
from testbench.engine.dry import PlannedStep
from testbench.engine.plan import Plan
from testbench.engine.wording import Language, describe, duration
from testbench.station import StationFile

HEADINGS = {
    "zh": ("步骤", "程序", "内容", "开始", "时长", "采样", "气体", "参考 U (k=2)"),
    "en": ("step", "procedure", "what", "start", "duration", "sampling", "gas", "reference U (k=2)"),
}


def print_plan(plan: Plan, station: StationFile, language: Language) -> None:
    """Print the plan as tables."""
    console = Console()
    chinese = language == "zh"
    table = Table(title=escape(station.station.station.name), title_justify="left")
    for index, heading in enumerate(HEADINGS[language]):
        table.add_column(heading, justify="right" if index in (3, 4, 5, 6, 7) else "left", no_wrap=True)
    for step in plan.steps:
        table.add_row(*_row(step, plan, language), end_section=_last(step, plan))
    console.print(table)
    end = wall_now() + dt.timedelta(seconds=plan.duration_s)
    took = duration(plan.duration_s, language)
    if chinese:
        console.print(f"台架时间 {took}；若现在开始，至少到 {end:%Y-%m-%d %H:%M}", highlight=False)
    else:
        console.print(f"{took} of bench time; begun now, it ends {end:%Y-%m-%d %H:%M} at the earliest", highlight=False)
    for name, litres in sorted(plan.gas_litres.items()):
        cylinder = station.station.cylinders.get(name)
        content = f" / {cylinder.content_litres:.0f} L" if cylinder is not None and cylinder.content_litres else ""
        console.print(f"{'气瓶' if chinese else 'cylinder'} {name}: {litres:.0f} L{content}", highlight=False)
    for warning in plan.warnings:
        console.print(f"[yellow]![/yellow] {escape(warning)}", highlight=False, soft_wrap=True)


def _last(step: PlannedStep, plan: Plan) -> bool:
    return any(step is plan.steps[i] and plan.steps[i + 1].run != step.run for i in range(len(plan.steps) - 1))


def _row(step: PlannedStep, plan: Plan, language: Language) -> tuple[str, ...]:
    uncertainty = step.reference_uncertainty_percent_fs
    return (
        f"{step.run}.{step.number}",
        step.procedure,
        describe(step.call, step.arguments, language),
        duration(step.start_s, language),
        duration(step.duration_s, language) if step.duration_s else "",
        "" if step.every_s is None else _rate(step.every_s),
        "" if step.level is None else f"{100 * step.level:g} %F.S.",
        "" if uncertainty is None else f"{uncertainty:.2f} %F.S. {'!' if plan.flagged(step) else ' '}",
    )


def _rate(every_s: float) -> str:
    return f"{every_s:g} s" if every_s >= 1 else f"{1 / every_s:g} Hz"


def print_plan_json(plan: Plan) -> None:
    """Print the plan as one JSON object."""
    document = {
        "duration_s": plan.duration_s,
        "gas_litres": dict(plan.gas_litres),
        "warnings": list(plan.warnings),
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
                "reference_uncertainty_percent_fs": step.reference_uncertainty_percent_fs,
                "flagged": plan.flagged(step),
                "gas_litres": dict(step.gas_litres),
            }
            for step in plan.steps
        ],
    }
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
