"""Prints the list of standards, and one standard readably, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from testbench.office.standard_words import (
    RULES,
    LimitRow,
    condition_words,
    limit_rows,
    range_words,
    scope_words,
    suite_rows,
    trust_words,
    version_words,
)
from testbench.report.wording import wording
from testbench.text import Language

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.criteria.standard import Criterion, Standard
    from testbench.text import Text


class StandardsPrinter:
    """Prints standards in one language."""

    def __init__(self, terminal: Terminal, language: str) -> None:
        self.terminal = terminal
        self.language = language

    def say(self, text: Text) -> str:
        """One language of a text."""
        return text.say(self.language)

    def word(self, zh: str, en: str) -> str:
        """One of two words."""
        return zh if self.language == "zh" else en

    def overview(self, standards: Sequence[Standard], own: Sequence[str] = ()) -> None:
        """One row a standard; `own` are those of the laboratory, told by their version."""
        headings = (
            self.word("名称", "name"),
            self.word("标准", "title"),
            self.word("指标数", "criteria"),
            self.word("暂定限值", "provisional figures"),
        )
        table = self.terminal.table(*headings, right=(2, 3))
        for standard in standards:
            figures = sum(len(criterion.requirements) for criterion in standard.criteria)
            provisional = f"{standard.provisional_figures} / {figures}"
            title = self.say(standard.standard.title)
            if standard.name in own:
                title += f" ({self.word('本实验室', 'own')}, {self.say(version_words(standard))})"
            row = (standard.name, title, str(len(standard.criteria)), provisional)
            self.terminal.row(table, *row)
        self.terminal.print(table)

    def show(self, standard: Standard) -> None:
        """Everything of one standard."""
        head = standard.standard
        self.terminal.line(f"{head.name}  {self.say(head.title)}", style="bold")
        measurands = self.say(scope_words(head.measurands, ())) or self.word("全部", "any")
        for label, text in (
            (self.word("标准版本", "edition"), head.edition),
            (self.word("判据文件", "criteria file"), self.say(version_words(standard))),
            *(((self.word("复制自", "copied from"), head.copied_from),) if head.copied_from else ()),
            (self.word("依据", "basis"), self.say(head.basis)),
            (self.word("适用于", "written for"), measurands),
            (self.word("判定规则", "decision rule"), self.say(RULES[head.decision])),
            (self.word("校验和", "digest (SHA-256)"), standard.digest),
        ):
            self.terminal.line(f"{label}: {text}")
        self._conditions(standard)
        self._suite(standard)
        self._criteria(standard)

    def _conditions(self, standard: Standard) -> None:
        if not standard.conditions:
            return
        self.terminal.line()
        table = self.terminal.table(
            self.word("环境条件", "condition"), self.word("限值", "limits"), self.word("依据", "evidence")
        )
        for condition in standard.conditions:
            name = wording(Language(self.language)).name("condition", condition.quantity)
            self.terminal.row(table, name, condition_words(condition), self.say(trust_words(condition.evidence)))
        self.terminal.print(table)

    def _suite(self, standard: Standard) -> None:
        if not standard.suite:
            return
        self.terminal.line()
        table = self.terminal.table(
            self.word("程序", "procedure"), self.word("设置", "settings"), self.word("依据", "evidence")
        )
        for row in suite_rows(standard):
            scope = self.say(row.scope)
            self.terminal.row(
                table, f"{row.procedure} ({scope})" if scope else row.procedure, row.settings, self.say(row.trust)
            )
        self.terminal.print(table)

    def _criteria(self, standard: Standard) -> None:
        rows = limit_rows(standard)
        for number, criterion in enumerate(standard.criteria, start=1):
            self.terminal.line()
            scope = self.say(scope_words(criterion.measurands, criterion.not_for, criterion.units))
            applies = f"  {scope}" if scope else ""
            self.terminal.line(f"{self.say(criterion.title)} ({criterion.characteristic}){applies}", style="bold")
            self.terminal.line(f"  {self.say(criterion.clause)}")
            for row in rows:
                if row.figure.number == number:
                    self._limit(row)
            self._exceptions(criterion)
            for mark in criterion.procedure:
                self.terminal.line(f"  {self.word('程序', 'procedure')}: {self.say(mark.text)}")

    def _limit(self, row: LimitRow) -> None:
        where = self.say(row.holds_where)
        limit = self.say(row.limit) + (f"{self.word('；当', '; where')} {where}" if where else "")
        trust = self.word("，", ", ").join(part for part in (self.say(row.trust), self.say(row.source)) if part)
        self.terminal.line(f"  {limit}  [{trust}]")
        for confirmation in row.confirmations:
            self.terminal.line(f"    {self.say(confirmation)}")

    def _exceptions(self, criterion: Criterion) -> None:
        if criterion.exemption is not None:
            text = f"{self.say(range_words(criterion.exemption.when))} ({criterion.exemption.clause})"
            self.terminal.line("  " + self.word("不要求", "not required where") + f" {text}")
        if criterion.bias is not None:
            bias = criterion.bias
            cap = ""
            if bias.cap is not None and bias.low_emitter is not None:
                cap = f", ≤ {bias.cap:f} ({self.say(range_words(bias.low_emitter))})"
            self.terminal.line("  " + self.word("偏差检验", "bias test") + f" ({bias.clause}){cap}")
