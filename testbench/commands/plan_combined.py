"""What `testbench plan` says of several standards at once: which item serves which of them, and what is saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from testbench.commands.terminal import Terminal
from testbench.criteria.standard import Standard
from testbench.engine.combining import departures
from testbench.engine.plan import Plan
from testbench.engine.saving import Effort, Saving
from testbench.engine.suite_item import SuiteItem
from testbench.engine.wording import Language, duration
from testbench.text import Text

HEADINGS = Text(zh="序号|程序|时长", en="item|procedure|duration")
SAVING_HEADINGS = Text(zh="|台架时间|气体", en="|bench time|gas")
ALONE = Text(zh="{name}，单独进行", en="{name} alone")
TOGETHER = Text(zh="合并进行", en="all at once")
SAVED = Text(zh="节省", en="saved")
LONGER = Text(zh="增加", en="more than one after the other")
DEPARTURES = Text(zh="与标准各自的测试项目不同之处：", en="done otherwise than a standard's own suite asks for:")
SERVED = "×"


def print_combined(
    terminal: Terminal, plan: Plan, items: Sequence[SuiteItem], standard: Standard, saved: Saving | None, language: Language
) -> None:
    """Print the items with the standards that they serve, what is done otherwise, and the saving."""
    names = [part.name for part in standard.parts]
    table = terminal.table(*HEADINGS.say(language).split("|"), *names, right=(0, 2))
    took = _durations(plan)
    for number, item in enumerate(items, start=1):
        marks = [SERVED if item.serves(name) else "" for name in names]
        terminal.row(table, str(number), item.procedure.title.say(language), duration(took[number], language), *marks)
    terminal.print(table)
    terminal.line()
    found = list(departures(items, standard))
    if found:
        terminal.line(DEPARTURES.say(language))
        for departure in found:
            terminal.line(f"  {departure.text.say(language)}")
        terminal.line()
    if saved is not None:
        _print_saving(terminal, saved, language)


def _print_saving(terminal: Terminal, saved: Saving, language: Language) -> None:
    table = terminal.table(*SAVING_HEADINGS.say(language).split("|"), right=(1, 2))
    for name, effort in saved.alone.items():
        terminal.row(
            table, ALONE.format(name=name).say(language), duration(effort.duration_s, language), _litres(effort.litres)
        )
    together = saved.together
    terminal.row(table, TOGETHER.say(language), duration(together.duration_s, language), _litres(together.litres))
    word = SAVED if saved.saved_s >= 0 else LONGER
    terminal.row(
        table, word.say(language), duration(abs(saved.saved_s), language), _litres(saved.saved_litres), style="bold"
    )
    terminal.print(table)
    terminal.line()


def combined_document(plan: Plan, items: Sequence[SuiteItem], standard: Standard, saved: Saving | None) -> Mapping[str, Any]:
    """The same as JSON; empty where one standard judges."""
    if not standard.parts:
        return {}
    took = _durations(plan)
    return {
        "standards": [
            {"name": part.name, "edition": part.standard.edition, "digest": part.digest} for part in standard.parts
        ],
        "items": [
            {
                "run": number,
                "procedure": item.procedure.name,
                "settings": item.settings.model_dump(mode="json"),
                "standards": [part.name for part in standard.parts if item.serves(part.name)],
                "duration_s": took[number],
            }
            for number, item in enumerate(items, start=1)
        ],
        "departures": [
            {
                "run": departure.number,
                "setting": departure.setting,
                "standard": departure.standard,
                "asked": departure.asked,
                "done": departure.done,
            }
            for departure in departures(items, standard)
        ],
        "saving": None
        if saved is None
        else {
            "alone": {name: _effort(effort) for name, effort in saved.alone.items()},
            "together": _effort(saved.together),
            "saved_s": saved.saved_s,
            "saved_litres": saved.saved_litres,
        },
    }


def _effort(effort: Effort) -> Mapping[str, Any]:
    return {"duration_s": effort.duration_s, "gas_litres": dict(effort.gas_litres)}


def _durations(plan: Plan) -> Mapping[int, float]:
    """How long each item takes, by its number, in s."""
    took: dict[int, float] = defaultdict(float)
    for step in plan.steps:
        took[step.run] += step.duration_s
    return took


def _litres(litres: float) -> str:
    return f"{round(litres)} L"
