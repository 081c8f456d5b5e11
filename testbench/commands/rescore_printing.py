"""Prints what judging again changes, in one language: a table an evaluation, why each verdict is another one, a summary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from testbench.commands.emission_printing import grade_words
from testbench.commands.terminal import Terminal
from testbench.criteria.standard import Standard
from testbench.engine.rescoring import Change, Judgement, Rescored
from testbench.office.outcome_words import WORDS
from testbench.office.standard_words import GRADES
from testbench.outcome import Outcome
from testbench.report.wording import wording
from testbench.text import Language

_DAY = re.compile(r"\bday (\d+)")


class RescorePrinter:
    """Prints what changes; one line where nothing does."""

    def __init__(self, terminal: Terminal, language: str, standard: Standard) -> None:
        self.terminal = terminal
        self.language = language
        self.standard = standard

    def word(self, zh: str, en: str) -> str:
        """One of two words."""
        return zh if self.language == "zh" else en

    def print(self, found: Iterator[Rescored]) -> None:
        """Print all of them as they come."""
        count = verdicts = changed = outcomes = 0
        for one in found:
            self._one(one)
            count += 1
            verdicts += one.unchanged + len(one.changes)
            changed += len(one.changes)
            outcomes += one.before is not one.after
        name = f"{self.standard.name}@{self.standard.version}"
        self.terminal.line(
            self.word(
                f"{name}：{count} 次评价，{verdicts} 项判定中 {changed} 项改变，{outcomes} 次评价的结论改变",
                f"{name}: {count} evaluations, {changed} of {verdicts} verdicts change, the outcome of {outcomes} changes",
            )
        )

    def _one(self, one: Rescored) -> None:
        name = ", ".join(one.runs) or one.evaluation
        before = self._outcome(one.before)
        after = self._outcome(one.after)
        by = one.standard_before or self.word("未按标准判定", "no standard")
        outcome = before if before == after else f"{before} -> {after}"
        colon = self.word("：", ": ")
        self.terminal.line(f"{name}  {by} -> {self.standard.name}{colon}{outcome}", style="bold")
        if one.changes:
            self._changes(one.changes)
        else:
            self.terminal.line("  " + self.word(f"{one.unchanged} 项判定均不变", f"all {one.unchanged} verdicts stay"))
        if one.undetermined:
            names = self.word("、", ", ").join(self._characteristic(each) for each in one.undetermined)
            self.terminal.line("  " + self.word(f"本次评价未测定：{names}", f"not determined by this evaluation: {names}"))
        self.terminal.line()

    def _changes(self, changes: tuple[Change, ...]) -> None:
        table = self.terminal.table(
            self.word("仪器", "device"),
            self.word("性能特性", "characteristic"),
            self.word("数值", "value"),
            self.word("原判定", "before"),
            self.word("新判定", "after"),
        )
        for change in changes:
            self._row(table, change)
        self.terminal.print(table)
        for why, named in self._reasons(changes).items():
            self.terminal.line(f"  {self.word('、', ', ').join(named)}{self.word('：', ': ')}{why}")

    def _reasons(self, changes: tuple[Change, ...]) -> dict[str, list[str]]:
        """Why verdicts are other ones; each reason once, with the characteristics, devices and levels it holds for."""
        places: dict[tuple[str, str], list[str]] = {}
        for change in changes:
            why = self.word("；", "; ").join(reason.say(self.language) for reason in change.why)
            place = " ".join(filter(None, (change.device, self._index(change.index))))
            places.setdefault((why, self._characteristic(change.characteristic)), []).append(place)
        found: dict[str, list[str]] = {}
        for (why, characteristic), own in places.items():
            listed = self.word("、", ", ").join(own)
            found.setdefault(why, []).append(self.word(f"{characteristic}（{listed}）", f"{characteristic} ({listed})"))
        return found

    def _row(self, table: Any, change: Change) -> None:
        name, index = self._characteristic(change.characteristic), self._index(change.index)
        shown = change.after or change.before
        value = "-" if shown is None or shown.value is None else f"{shown.value:.4g} {shown.unit}"
        style = "bold red" if change.after is not None and change.after.outcome is Outcome.FAIL else ""
        cells = (self._judgement(change.before), self._judgement(change.after))
        self.terminal.row(table, change.device, f"{name} ({index})" if index else name, value, *cells, style=style)

    def _characteristic(self, name: str) -> str:
        """The name in words; in English, files and screen have the same word for it."""
        return wording(Language.CHINESE).name("characteristic", name) if self.language == "zh" else name

    def _index(self, index: str | None) -> str:
        if not index or self.language != "zh":
            return index or ""
        return _DAY.sub(lambda found: f"第 {found.group(1)} 日", wording(Language.CHINESE).tell(index))

    def _judgement(self, judgement: Judgement | None) -> str:
        if judgement is None:
            return self.word("未要求", "not asked for")
        grade = GRADES[judgement.grade].say(self.language) if judgement.grade in GRADES else judgement.grade
        provisional = self.word("（暂定）", " (provisional)") if judgement.provisional else ""
        outcome = self._outcome(judgement.outcome) + provisional
        return " ".join(part for part in (outcome, judgement.limit, grade_words(grade, self.language)) if part)

    def _outcome(self, outcome: Outcome | None) -> str:
        return self.word("无结论", "no outcome") if outcome is None else WORDS[outcome].say(self.language)
