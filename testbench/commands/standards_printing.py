"""Prints the list of standards, and one standard readably, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.criteria.requirement import Evidence
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
                title += f" ({self.word('本实验室', 'own')}, {self._version(standard)})"
            row = (standard.name, title, str(len(standard.criteria)), provisional)
            self.terminal.row(table, *row)
        self.terminal.print(table)

    def show(self, standard: Standard) -> None:
        """Everything of one standard."""
        head = standard.standard
        self.terminal.line(f"{head.name}  {self.say(head.title)}", style="bold")
        measurands = ", ".join(head.measurands) or self.word("全部", "any")
        for label, text in (
            (self.word("标准版本", "edition"), head.edition),
            (self.word("判据文件", "criteria file"), self._version(standard)),
            *(((self.word("复制自", "copied from"), head.copied_from),) if head.copied_from else ()),
            (self.word("依据", "basis"), self.say(head.basis)),
            (self.word("适用于", "written for"), measurands),
            (self.word("判定规则", "decision rule"), head.decision.value),
            (self.word("校验和", "digest (SHA-256)"), standard.digest),
        ):
            self.terminal.line(f"{label}: {text}")
        self._conditions(standard)
        self._suite(standard)
        self._criteria(standard)

    def _version(self, standard: Standard) -> str:
        """Version of the file, and whether it is locked."""
        version = self.word(f"第 {standard.version} 版", f"version {standard.version}")
        if standard.lock is None:
            return version
        lock = standard.lock
        locked = self.word(f"，{lock.by} 于 {lock.at:%Y-%m-%d} 锁定", f", locked by {lock.by} on {lock.at:%Y-%m-%d}")
        return version + locked

    def _confirmations(self, evidence: Evidence) -> None:
        for one in evidence.confirmed:
            former = f"{one.former.mark}" + (f" {one.former.confidence} %" if one.former.confidence is not None else "")
            if one.former.limit is not None:
                former += f", {one.former.limit:f}"
            when = f"{one.at:%Y-%m-%d}"
            zh = f"由 {one.by} 于 {when} 确认：{one.edition}（此前 {former}）"
            en = f"confirmed by {one.by} on {when}: {one.edition} (before: {former})"
            self.terminal.line(f"    {self.word(zh, en)}")

    def _conditions(self, standard: Standard) -> None:
        if not standard.conditions:
            return
        self.terminal.line()
        table = self.terminal.table(
            self.word("环境条件", "condition"), self.word("限值", "limits"), self.word("依据", "evidence")
        )
        for condition in standard.conditions:
            low = "" if condition.lower is None else f"{condition.lower:f}"
            high = "" if condition.upper is None else f"{condition.upper:f}"
            limits = f"{low} – {high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
            self.terminal.row(table, condition.quantity, f"{limits} {condition.unit}", str(condition.evidence))
        self.terminal.print(table)

    def _suite(self, standard: Standard) -> None:
        if not standard.suite:
            return
        self.terminal.line()
        table = self.terminal.table(
            self.word("程序", "procedure"), self.word("设置", "settings"), self.word("依据", "evidence")
        )
        for entry in standard.suite:
            settings = ", ".join(f"{name}={_setting(value)}" for name, value in entry.settings.items())
            left_out = ", ".join(entry.not_for)
            only = [*entry.measurands, *([self.word(f"不含 {left_out}", f"not {left_out}")] if left_out else [])]
            applies = f" ({', '.join(only)})" if only else ""
            self.terminal.row(table, entry.procedure + applies, settings, str(entry.evidence))
        self.terminal.print(table)

    def _criteria(self, standard: Standard) -> None:
        for criterion in standard.criteria:
            self.terminal.line()
            scope = ", ".join(criterion.measurands)
            units = f" [{', '.join(criterion.units)}]" if criterion.units else ""
            applies = f"  {scope}{units}" if scope or units else ""
            self.terminal.line(f"{self.say(criterion.title)} ({criterion.characteristic}){applies}", style="bold")
            self.terminal.line(f"  {self.say(criterion.clause)}")
            self._limits(criterion)
            for mark in criterion.procedure:
                self.terminal.line(f"  {self.word('程序', 'procedure')}: {self.say(mark.text)}")

    def _limits(self, criterion: Criterion) -> None:
        from testbench.criteria.reasons import limit_text

        for requirement in criterion.requirements:
            parts = [limit_text(requirement)]
            if requirement in criterion.alternatives:
                parts.insert(0, self.word("或", "or"))
            parts += [self.word("当", "where") + f" {condition}" for condition in _ranges(criterion, requirement)]
            parts += [f"{grade.name} {limit_text(requirement, grade.limit)}" for grade in requirement.grades]
            if requirement.metric.denominator:
                parts.append(self.word("相对于", "of") + f" {requirement.metric.denominator}")
            if requirement.rounding is None:
                parts.append(self.word("全数值比较", "full value compared"))
            else:
                decimals = requirement.rounding.decimals
                parts.append(self.word(f"修约到 {decimals} 位小数", f"rounded to {decimals} decimals"))
            source = f"{requirement.evidence} {requirement.evidence.source}".strip()
            mark = self.word("暂定，", "provisional, ") if requirement.evidence.provisional else ""
            self.terminal.line(f"  {'; '.join(parts)}  [{mark}{source}]")
            self._confirmations(requirement.evidence)
        if criterion.exemption is not None:
            text = f"{criterion.exemption.when} ({criterion.exemption.clause})"
            self.terminal.line("  " + self.word("不要求", "not required where") + f" {text}")
        if criterion.bias is not None:
            cap = f", <= {criterion.bias.cap} ({criterion.bias.low_emitter})" if criterion.bias.cap else ""
            self.terminal.line("  " + self.word("偏差检验", "bias test") + f" ({criterion.bias.clause}){cap}")


def _ranges(criterion: Criterion, requirement: object) -> list[str]:
    from testbench.criteria.standard import Alternative, Tier

    if isinstance(requirement, Alternative):
        units = [f"unit = {' | '.join(requirement.units)}"] if requirement.units else []
        return units + [str(condition) for condition in requirement.conditions]
    if isinstance(requirement, Tier) and criterion.selector is not None:
        return [str(requirement.interval(criterion.selector))]
    return []


def _setting(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_setting(item) for item in value) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
