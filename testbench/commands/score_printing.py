"""Prints scored results of recorded data on the terminal, in one language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from testbench.commands.emission_printing import grade_words
from testbench.commands.terminal import Terminal
from testbench.criteria.result import Result
from testbench.criteria.standard import Standard
from testbench.office.standard_words import GRADES, VARIABLES
from testbench.outcome import Outcome
from testbench.report.wording import wording
from testbench.text import Language, Text

MOST_DIGITS_SHOWN = 10
_STYLES = {Outcome.FAIL: "bold red", Outcome.INCONCLUSIVE: "yellow"}
_WORD = re.compile(r"(?<![\w.#-])[a-z_]+(?![\w.#-])", re.ASCII)
_COUNTED = (Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE)
HEADINGS = {
    "test": Text(zh="测试", en="test"),
    "parameter": Text(zh="参数", en="parameter"),
    "characteristic": Text(zh="性能特性", en="characteristic"),
    "tier": Text(zh="级别", en="tier"),
    "bias test": Text(zh="偏差检验", en="bias test"),
    "factor": Text(zh="修正因子", en="factor"),
    "level": Text(zh="测试点", en="level"),
    "date": Text(zh="日期", en="date"),
    "value": Text(zh="结果", en="value"),
    "limit": Text(zh="指标要求", en="limit"),
    "metric": Text(zh="表示方式", en="metric"),
    "verdict": Text(zh="判定", en="verdict"),
}
WORDS = {
    "low": "低",
    "mid": "中",
    "high": "高",
    "zero": "零点",
    "upscale": "高浓度",
    "span": "量程",
    "normal": "常用",
    "percent": "百分比",
    "difference": "差值",
    "value": "数值",
    "count": "个数",
    "seconds": "秒",
    "pass": "合格",
    "fail": "不合格",
    "not applicable": "不适用",
    "inconclusive": "无法判定",
}
"""Chinese for the words that results have for levels, metrics, grades and bias tests; other words stay."""


class ScorePrinter:
    """Prints results as a table, the notes that they share once, and how many came to which verdict."""

    def __init__(self, terminal: Terminal, language: str, standard: Standard) -> None:
        self.terminal = terminal
        self.language = language
        self.standard = standard

    def word(self, zh: str, en: str) -> str:
        """One of two words."""
        return zh if self.language == "zh" else en

    def print(self, results: Sequence[Result]) -> None:
        """Print all results by one standard."""
        self._table(results)
        self.terminal.line()
        for note in self._notes(results):
            self.terminal.line(note)
        tally = {outcome: sum(result.outcome is outcome for result in results) for outcome in _COUNTED}
        counts = self.word("，", ", ").join(f"{count} {self._said(outcome.value)}" for outcome, count in tally.items())
        name = self.standard.name
        self.terminal.line(
            self.word(f"{name}：{len(results)} 个结果：{counts}", f"{name}: {len(results)} results: {counts}")
        )

    def _table(self, results: Sequence[Result]) -> None:
        audits = any("bias_adjustment_factor" in result.details for result in results)
        several = len({result.characteristic for result in results}) > 1
        middle = ("tier", "bias test", "factor") if audits else ("level", "date")
        keys = ("test", "parameter", *(("characteristic",) if several else ()), *middle)
        keys = (*keys, "value", "limit", "metric", "verdict")
        headings = [HEADINGS[key].say(self.language) for key in keys]
        table = self.terminal.table(*headings, right=(keys.index("value"),))
        for result in results:
            cells = self._cells(result, audits=audits)
            self.terminal.row(table, *(cells[key] for key in keys), style=_STYLES.get(result.outcome, ""))
        self.terminal.print(table)

    def _cells(self, result: Result, *, audits: bool) -> dict[str, str]:
        factor = result.details.get("bias_adjustment_factor")
        provisional = self.word("（暂定）", " (provisional)") if result.provisional else ""
        return {
            "test": result.test,
            "parameter": result.parameter,
            "characteristic": self._characteristic(result.characteristic),
            "tier": self._said(result.details.get("tier") or "") if audits else "",
            "bias test": self._said(result.details.get("bias_test") or "") if audits else "",
            "factor": "" if factor is None else f"{factor}",
            "level": self._said(result.level or ""),
            "date": result.date.isoformat() if result.date else "",
            "value": "-" if result.value is None else f"{_shown(result.value, result.limit)} {result.unit}",
            "limit": result.limit_text,
            "metric": self._said(result.metric),
            "verdict": self._said(result.outcome.value) + provisional,
        }

    def _characteristic(self, name: str) -> str:
        """The name in words; in English, files and screen have the same word for it."""
        return wording(Language.CHINESE).name("characteristic", name) if self.language == "zh" else name

    def _said(self, text: str) -> str:
        if self.language != "zh" or not text:
            return text
        if text in GRADES:
            return GRADES[text].zh
        return WORDS.get(text) or wording(Language.CHINESE).tell(grade_words(text, self.language))

    def _note(self, note: str, result: Result) -> str:
        """A note in the language: the standard's own sentences as it says them, others by the catalogue."""
        if self.language != "zh":
            return note
        analogy = self.standard.analogy_for(result.parameter)
        if analogy is not None and note == analogy.en:
            return analogy.zh
        told = wording(Language.CHINESE).tell(note)
        return _WORD.sub(lambda found: self._named(found.group()), told)

    def _named(self, word: str) -> str:
        """A variable or a level in words, any other word as it is."""
        return VARIABLES[word].zh if word in VARIABLES else WORDS.get(word, word)

    def _notes(self, results: Sequence[Result]) -> list[str]:
        """Every note once, with the place it belongs to: a test or a level where all of its results have the note."""
        by_test: dict[str, list[Result]] = {}
        by_level: dict[tuple[str, str | None], list[Result]] = {}
        for result in results:
            by_test.setdefault(result.test, []).append(result)
            by_level.setdefault((result.test, result.level), []).append(result)
        of_test = {test: _common_notes(own) for test, own in by_test.items()}
        of_level = {place: _common_notes(own) for place, own in by_level.items()}
        comma, colon = self.word("，", ", "), self.word("：", ": ")
        lines: dict[str, None] = {}
        for result in results:
            for note in result.notes:
                place = result.test
                if note not in of_test[result.test]:
                    own = self._said(result.level) if result.level else self._characteristic(result.characteristic)
                    place += f"{comma}{own}"
                    if note not in of_level[result.test, result.level] and result.date is not None:
                        place += f"{comma}{result.date.isoformat()}"
                lines[f"{place}{colon}{self._note(note, result)}"] = None
        return list(lines)


def _shown(value: Decimal, limit: Decimal | None) -> str:
    """The value with the digits it was rounded to; one that was not rounded with four, or with all where it needs them."""
    from testbench.criteria.reasons import number

    return f"{value:f}" if len(value.as_tuple().digits) <= MOST_DIGITS_SHOWN else number(value, limit)


def _common_notes(results: Sequence[Result]) -> set[str]:
    return set(results[0].notes).intersection(*(result.notes for result in results))
