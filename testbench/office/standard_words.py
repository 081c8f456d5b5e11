"""What a criteria file says in words for people, row by row: its limits, its suite, and how far a figure is trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from testbench.criteria.own_standards import Figure
from testbench.criteria.reasons import limit_text
from testbench.criteria.requirement import Confirmation, Evidence, Interval, Mark, Metric, Requirement
from testbench.criteria.standard import Alternative, Condition, Criterion, DecisionRule, Standard, SuiteEntry, Tier
from testbench.office.measurand_words import measurand_words
from testbench.text import Text

NOTHING = Text(zh="", en="")
MARKS = {
    Mark.PRIMARY: Text(zh="已核对标准原文", en="read in the standard"),
    Mark.SECONDARY: Text(zh="暂定：二手资料", en="provisional: secondary source"),
    Mark.MEMORY: Text(zh="暂定：凭记忆", en="provisional: recalled"),
    Mark.RECOMPUTED: Text(zh="暂定：推算", en="provisional: recomputed"),
}
METRICS = {
    Metric.PERCENT_OF_FULL_SCALE: Text(zh="相对于满量程", en="of full scale"),
    Metric.PERCENT_OF_SPAN: Text(zh="相对于量程校准值", en="of the span value"),
    Metric.PERCENT_OF_NOMINAL: Text(zh="相对于标称值", en="of the nominal value"),
    Metric.PERCENT_OF_REFERENCE_MEAN: Text(zh="相对于参比均值", en="of the reference mean"),
    Metric.MEAN_ERROR_PERCENT_OF_REFERENCE_MEAN: Text(zh="平均误差相对于参比均值", en="mean error, of the reference mean"),
    Metric.PERCENT_OF_MEAN_INDICATION: Text(zh="相对于平均示值", en="of the mean indication"),
    Metric.PERCENT_OF_LIMIT_VALUE: Text(zh="相对于排放限值", en="of the emission limit value"),
    Metric.PERCENT_OF_STANDARD: Text(zh="相对于排放标准", en="of the emission standard"),
    Metric.PERCENT_OF_HIGH_LEVEL: Text(zh="相对于高浓度值", en="of the high level"),
    Metric.PERCENT_OF_PERMITTED: Text(zh="相对于允许值", en="of what is permitted"),
}
"""What a limit in percent is a part of; other metrics say it by their unit."""
VARIABLES = {
    "full_scale": Text(zh="满量程", en="full scale"),
    "span": Text(zh="量程校准值", en="span value"),
    "reference_mean": Text(zh="参比均值", en="reference mean"),
    "mean_reference": Text(zh="参比均值", en="reference mean"),
    "reference_percent_of_standard": Text(zh="参比均值占排放标准的百分比", en="reference mean in percent of the standard"),
    "content": Text(zh="含量", en="content"),
    "load": Text(zh="负荷", en="load"),
    "waste_incineration": Text(zh="垃圾焚烧", en="waste incineration"),
}
GRADES = {
    "annual": Text(zh="每年一次", en="annual"),
    "semi": Text(zh="每半年一次", en="semiannual"),
    "adjust": Text(zh="需调整", en="adjust"),
}
RULES = {
    DecisionRule.SIMPLE: Text(zh="简单接受", en="simple acceptance"),
    DecisionRule.GUARDED: Text(zh="保护带接受（JCGM 106）", en="guarded acceptance (JCGM 106)"),
}


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit: whose, for what and where it holds, what it is, and how far it can be trusted.

    `figure` names it for confirming.
    """

    figure: Figure
    title: Text
    scope: Text
    limit: Text
    holds_where: Text
    trust: Text
    source: Text
    clause: Text
    provisional: bool
    confirmations: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class SuiteRow:
    """One procedure of the suite, what it is carried out for, its settings, and how far they can be trusted."""

    procedure: str
    scope: Text
    settings: str
    clause: Text
    trust: Text
    source: Text


def version_words(standard: Standard) -> Text:
    """Version of the file, and whether and by whom it is locked."""
    words = Text(zh=f"第 {standard.version} 版", en=f"version {standard.version}")
    lock = standard.lock
    if lock is None:
        return words
    when = f"{lock.at:%Y-%m-%d}"
    return Text(zh=f"{words.zh}，{lock.by} 于 {when} 锁定", en=f"{words.en}, locked by {lock.by} on {when}")


def limit_rows(standard: Standard) -> tuple[LimitRow, ...]:
    """Every limit of a standard, criterion by criterion: the main ones, then the alternatives."""
    return tuple(row for number, criterion in enumerate(standard.criteria, start=1) for row in _limits_of(criterion, number))


def _limits_of(criterion: Criterion, number: int) -> Iterator[LimitRow]:
    main = len(criterion.requirements) - len(criterion.alternatives)
    for place, requirement in enumerate(criterion.requirements, start=1):
        tier = place if isinstance(requirement, Tier) else None
        alternative = place - main if place > main else None
        yield LimitRow(
            figure=Figure(criterion.characteristic, tier=tier, alternative=alternative, number=number),
            title=criterion.title,
            scope=scope_words(criterion.measurands, criterion.not_for, criterion.units),
            limit=limit_words(requirement, alternative=alternative is not None),
            holds_where=where_words(criterion, requirement),
            trust=trust_words(requirement.evidence),
            source=source_words(requirement.evidence),
            clause=criterion.clause,
            provisional=requirement.evidence.provisional,
            confirmations=confirmation_words(requirement.evidence),
        )


def limit_words(requirement: Requirement, *, alternative: bool = False) -> Text:
    """The limit with what it is a part of, its rounding, and its grades."""
    parts = [Text(zh=limit_text(requirement), en=limit_text(requirement))]
    if requirement.metric in METRICS and "F.S." not in requirement.unit:
        parts.append(METRICS[requirement.metric])
    for grade in requirement.grades:
        name = GRADES.get(grade.name, Text(zh=grade.name, en=grade.name))
        limit = limit_text(requirement, grade.limit)
        parts.append(Text(zh=f"{name.zh} {limit}", en=f"{name.en} {limit}"))
    if requirement.rounding is not None:
        decimals = requirement.rounding.decimals
        parts.append(Text(zh=f"修约到 {decimals} 位小数", en=f"rounded to {decimals} decimals"))
    joined = _joined(parts)
    return Text(zh=f"或 {joined.zh}", en=f"or {joined.en}") if alternative else joined


def where_words(criterion: Criterion, requirement: Requirement) -> Text:
    """In which range a tier or an alternative holds; empty where it holds always."""
    if isinstance(requirement, Alternative):
        units = " | ".join(requirement.units)
        first = [Text(zh=f"单位 {units}", en=f"unit {units}")] if units else []
        return _joined(first + [range_words(condition) for condition in requirement.conditions])
    if isinstance(requirement, Tier) and criterion.selector is not None:
        return range_words(requirement.interval(criterion.selector))
    return NOTHING


def range_words(interval: Interval) -> Text:
    """A range with its variable named: 50 ≤ reference mean < 250."""
    name = VARIABLES.get(interval.variable, Text(zh=interval.variable, en=interval.variable))
    left = "" if interval.lower is None else f"{interval.lower:f} {'≤' if interval.lower_closed else '<'} "
    right = "" if interval.upper is None else f" {'≤' if interval.upper_closed else '<'} {interval.upper:f}"
    return Text(zh=f"{left}{name.zh}{right}", en=f"{left}{name.en}{right}")


def trust_words(evidence: Evidence) -> Text:
    """How far a figure can be trusted: read in the standard (by whom), or provisional and why."""
    words = MARKS[evidence.mark]
    if evidence.confirmed:
        last = evidence.confirmed[-1]
        when = f"{last.at:%Y-%m-%d}"
        return Text(zh=f"{last.by} 于 {when} 确认", en=f"confirmed by {last.by} on {when}")
    if evidence.confidence is None:
        return words
    return Text(zh=f"{words.zh} {evidence.confidence} %", en=f"{words.en}, {evidence.confidence} %")


def source_words(evidence: Evidence) -> Text:
    """Where a figure comes from: the edition in which it was confirmed, else the source that the file states."""
    source = evidence.confirmed[-1].edition if evidence.confirmed else evidence.source
    return Text(zh=source, en=source)


def confirmation_words(evidence: Evidence) -> tuple[Text, ...]:
    """Who confirmed a figure, when and from which edition, and what was known of it before."""
    return tuple(_confirmation(one) for one in evidence.confirmed)


def _confirmation(one: Confirmation) -> Text:
    former = f"{one.former.mark}" + (f" {one.former.confidence} %" if one.former.confidence is not None else "")
    if one.former.limit is not None:
        former += f", {one.former.limit:f}"
    when = f"{one.at:%Y-%m-%d}"
    return Text(
        zh=f"由 {one.by} 于 {when} 确认：{one.edition}（此前 {former}）",
        en=f"confirmed by {one.by} on {when}: {one.edition} (before: {former})",
    )


def scope_words(measurands: tuple[str, ...], not_for: tuple[str, ...], units: tuple[str, ...] = ()) -> Text:
    """For which measurands and units something is written; empty means all."""
    parts = []
    if measurands:
        parts.append(_listed(measurands))
    if not_for:
        left_out = _listed(not_for)
        parts.append(Text(zh=f"不含 {left_out.zh}", en=f"not {left_out.en}"))
    if units:
        parts.append(Text(zh=", ".join(units), en=", ".join(units)))
    return _joined(parts)


def suite_rows(standard: Standard) -> tuple[SuiteRow, ...]:
    """The procedures of a standard's suite in their order."""
    return tuple(_suite_row(entry) for entry in standard.suite)


def _suite_row(entry: SuiteEntry) -> SuiteRow:
    return SuiteRow(
        procedure=entry.procedure,
        scope=scope_words(entry.measurands, entry.not_for),
        settings=", ".join(f"{name} = {setting_text(value)}" for name, value in entry.settings.items()),
        clause=entry.clause,
        trust=trust_words(entry.evidence),
        source=source_words(entry.evidence),
    )


def setting_text(value: object) -> str:
    """A setting as a suite file writes it."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(setting_text(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def condition_words(condition: Condition) -> str:
    """The limits of a condition of the room: "15 – 35 °C"."""
    low = "" if condition.lower is None else f"{condition.lower:f}"
    high = "" if condition.upper is None else f"{condition.upper:f}"
    limits = f"{low} – {high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
    return f"{limits} {condition.unit}"


def _listed(measurands: tuple[str, ...]) -> Text:
    named = [measurand_words(measurand) for measurand in measurands]
    return Text(zh="、".join(text.zh for text in named), en=", ".join(text.en for text in named))


def _joined(parts: list[Text]) -> Text:
    return Text(zh="；".join(text.zh for text in parts), en="; ".join(text.en for text in parts))
