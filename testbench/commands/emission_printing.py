"""Prints an amount of CO2 and its uncertainty on the terminal, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from testbench.commands.terminal import Terminal
from testbench.office.outcome_words import WORDS as OUTCOMES
from testbench.outcome import Outcome
from testbench.text import Text

if TYPE_CHECKING:
    from testbench.carbon.budget_file import Budget
    from testbench.metrology.emission import AnnualAmount, EmissionUncertainty

SERIES = {
    "content": "含量",
    "flow": "流量",
    "velocity": "流速",
    "temperature_c": "温度",
    "temperature_k": "温度",
    "temperature": "温度",
    "pressure": "压力",
    "pressure_pa": "压力",
    "water": "含水量",
    "water_percent": "含水量",
}
"""Words for the series of an hour that may have gaps."""


class EmissionPrinter:
    """Prints amount, uncertainty by both methods, tier, verdict and budget."""

    def __init__(self, language: str) -> None:
        self.terminal = Terminal()
        self.language = language

    def word(self, zh: str, en: str) -> str:
        """One of two words."""
        return zh if self.language == "zh" else en

    def print(self, budget: Budget, amount: AnnualAmount, found: EmissionUncertainty, verdict: dict[str, Any]) -> None:
        """Print the whole result."""
        self._amount(budget, amount)
        self._uncertainty(found)
        self._judged(found, verdict)
        table = self.terminal.table(
            self.word("影响量", "influence"),
            self.word("性质", "kind"),
            self.word("贡献", "contribution"),
            self.word("百分比", "percent"),
            right=(2, 3),
        )
        for line in found.budget:
            kind = self.word("系统", "systematic") if line.systematic else self.word("随机", "random")
            name = influence_name(line.name, self.language)
            share = f"{line.contribution_percent:.2g} %"
            self.terminal.row(table, name, kind, f"{line.contribution_t:.3g} t", share)
        self.terminal.print(table)

    def notes(self, notes: Iterable[Text]) -> None:
        """Print what may be wrong with the hours."""
        for note in notes:
            self.terminal.line(f"! {note.say(self.language)}")

    def _line(self, zh: str, en: str, text: str) -> None:
        """One line with its label; the English labels stand in a column."""
        self.terminal.line(self.word(f"  {zh}：{text}", f"  {en:<19}{text}"))

    def _amount(self, budget: Budget, amount: AnnualAmount) -> None:
        name = f"{budget.name}{self.word('：', ': ')}" if budget.name else ""
        zh = f"{amount.total_t:.6g} t CO2，共 {amount.hours} 小时，其中运行 {amount.operating_hours} 小时"
        en = f"{amount.total_t:.6g} t CO2 in {amount.operating_hours} hours of operation of {amount.hours}"
        self.terminal.line(name + self.word(zh, en))
        self._line("小时平均", "average hour", f"{amount.mean_kg_per_h:.6g} kg/h")
        self._line("替代小时数", "substituted hours", f"{amount.substituted_hours}")

    def _uncertainty(self, found: EmissionUncertainty) -> None:
        drawn, validation, k = found.monte_carlo, found.validation, found.expanded
        assert drawn is not None
        assert validation is not None
        text = f"U = {k.uncertainty:.4g} t = {found.expanded_percent:.3g} % (95 %, k = {k.factor:.3g})"
        self._line("GUM", "GUM", text)
        low, high = drawn.shortest
        half = self.word(f"，半宽 {found.monte_carlo_percent:.3g} %", f", half its width {found.monte_carlo_percent:.3g} %")
        self._line("蒙特卡洛法", "Monte Carlo", f"[{low:.6g}, {high:.6g}] t{half}")
        stable = "" if drawn.converged else self.word("，尚未稳定", ", not stable yet")
        trials = self.word(f"95 %，{drawn.trials} 次试验", f"shortest 95 % interval, {drawn.trials} trials")
        self._line("最短包含区间", "", trials + stable)
        zh, en = ("通过", "validated")
        if not validation.valid:
            zh, en = "未通过，以蒙特卡洛法的区间为准", "not validated: the Monte Carlo interval counts"
        largest = max(validation.low, validation.high)
        zh += f"（端点相差 {largest:.2g} t，允许 {validation.tolerance:.2g} t）"
        en += f" (ends differ by {largest:.2g} t, tolerance {validation.tolerance:.2g} t)"
        self._line("用蒙特卡洛法验证 GUM", "GUM by Monte Carlo", self.word(zh, en))

    def _judged(self, found: EmissionUncertainty, verdict: dict[str, Any]) -> None:
        tier = f"{found.tier}" if found.tier else self.word("无", "none")
        self._line("级别", "tier", f"{tier}{self.word('（MRR 附件 VIII）', ' (MRR Annex VIII)')}")
        outcome = OUTCOMES[Outcome(verdict["verdict"])].say(self.language)
        parts = [outcome + (self.word("（暂定）", " (provisional)") if verdict["provisional"] else "")]
        if verdict["grade"]:
            parts.append(grade_words(verdict["grade"], self.language))
        parts.append(f"{self.word('限值', 'limit')} {verdict['limit'] or '-'}")
        colon, comma = self.word("：", ": "), self.word("，", ", ")
        self.terminal.line(f"  {verdict['standard']}{colon}{comma.join(parts)}")


def grade_words(grade: str, language: str) -> str:
    """A grade of a criteria file in words: "tier 3" is 第 3 级; a name of another form stays."""
    return re.sub(r"^tier (\d+)$", r"第 \1 级", grade) if language == "zh" else grade


def influence_name(name: str, language: str) -> str:
    """An influence of the budget file by its own name; that of substituted hours in words."""
    from testbench.metrology.emission.uncertainty import GAPS

    if language != "zh" or not name.startswith(GAPS):
        return name
    series = name.removeprefix(GAPS)
    return f"替代小时：{SERIES.get(series, series)}"
