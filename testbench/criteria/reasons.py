"""The sentences that give a verdict's reason, in Chinese and in English."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from testbench.findings import EXCLUDED
from testbench.text import Text

if TYPE_CHECKING:
    from testbench.criteria.requirement import Alternative, Evidence, Requirement


def number(value: Decimal, limit: Decimal | None = None) -> str:
    """Print a number with four significant figures, or in full where that would hide on which side of the limit it is."""
    short = Decimal(f"{value:.4g}")
    if limit is not None and (abs(value) > limit, abs(value) == limit) != (abs(short) > limit, abs(short) == limit):
        short = value
    text = f"{short.normalize():f}"
    return "0" if text == "-0" else text


def limit_text(requirement: Requirement, limit: Decimal | None = None) -> str:
    """The limit (or another one of the same requirement) as it is printed: "±2 %F.S.", "≤ 120 s", "≥ 95 %", "≥ 0.9"."""
    sign = {"two": "±", "upper": "≤ ", "lower": "≥ "}[requirement.sided.value]
    unit = "" if requirement.unit == "1" else f" {requirement.unit}"
    return f"{sign}{requirement.limit if limit is None else limit:f}{unit}"


def _sentence(text: str) -> str:
    """End with one full stop, also after a unit that ends with one ("%F.S.")."""
    return text if text.endswith(".") else f"{text}."


def kept(value: str, limit: str) -> Text:
    """The value keeps the limit."""
    return Text(zh=f"{value} 符合限值 {limit}。", en=_sentence(f"{value} keeps the limit {limit}"))


def not_kept(value: str, limit: str) -> Text:
    """The value does not keep the limit."""
    return Text(zh=f"{value} 超出限值 {limit}。", en=_sentence(f"{value} does not keep the limit {limit}"))


def by_alternative(limit: str) -> Text:
    """The main rule failed, an alternative passed."""
    return Text(zh=f"主要指标不符合，替代指标 {limit} 符合。", en=f"The main rule is not met, the alternative {limit} is.")


def within_uncertainty(uncertainty: str) -> Text:
    """The limit lies within the value's coverage interval."""
    return Text(
        zh=f"限值处于测量不确定度范围内（{uncertainty}）。", en=f"The limit lies within the uncertainty ({uncertainty})."
    )


def uncertainty_too_large(uncertainty: str) -> Text:
    """The uncertainty is too large for a verdict so near the limit."""
    return Text(
        zh=f"不确定度（{uncertainty}）超过限值的三分之一，且限值处于不确定度范围内：无法判定。",
        en=f"The limit lies within the uncertainty ({uncertainty}), which exceeds a third of the limit: no verdict.",
    )


def guard_band(uncertainty: str) -> Text:
    """Guarded acceptance could neither pass nor fail."""
    return Text(
        zh=f"结果处于保护带内（{uncertainty}）：无法判定。",
        en=f"The value lies within the guard band ({uncertainty}): no verdict.",
    )


def guard_band_needs_uncertainty() -> Text:
    """Guarded acceptance without an uncertainty."""
    return Text(zh="保护接受规则需要不确定度：无法判定。", en="Guarded acceptance needs an uncertainty: no verdict.")


def uncertainty_not_finite() -> Text:
    """The uncertainty is not a usable number."""
    return Text(zh="不确定度不是有效数值：无法判定。", en="The uncertainty is not a finite number of 0 or more: no verdict.")


def not_finite() -> Text:
    """The value is not a finite number."""
    return Text(zh="结果不是有限数值：无法判定。", en="The value is not a finite number: no verdict.")


def not_determined(notes: tuple[str, ...]) -> Text:
    """The finding has no value, or it was excluded: then its only note says so."""
    if len(notes) == 1 and notes[0].startswith(EXCLUDED):
        return excluded(notes[0].removeprefix(EXCLUDED))
    said = "; ".join(notes)
    return Text(
        zh=f"结果未能测定{f'（{said}）' if said else ''}。",
        en=f"The value was not determined{f' ({said})' if said else ''}.",
    )


def excluded(reason: str) -> Text:
    """A person has excluded the finding, and nothing has taken its place."""
    return Text(zh=f"结果已剔除：{reason}", en=f"The value was excluded: {reason}")


def not_all_determined(missing: tuple[str, ...]) -> Text:
    """Only some of the single results could be determined; those keep the limit."""
    names = ", ".join(missing)
    return Text(
        zh=f"未能全部测得（缺 {names}）：无法判定。", en=f"Not all could be determined ({names} missing): no verdict."
    )


def too_few_days(done: int, least: int) -> Text:
    """The test went over fewer days than the standard asks for, and these keep the limit."""
    return Text(
        zh=f"仅测试 {done} 天，标准要求 {least} 天：无法判定。", en=f"{done} of {least} days were tested: no verdict."
    )


def too_few_runs(done: int, least: int) -> Text:
    """The value is of fewer runs than the standard asks for."""
    return Text(
        zh=f"仅有 {done} 组数据，标准要求 {least} 组：无法判定。", en=f"{done} of {least} runs were made: no verdict."
    )


def no_finding() -> Text:
    """The standard asks for the characteristic, and there is no finding."""
    return Text(zh="没有测试结果。", en="No finding.")


def no_criterion(standard: str) -> Text:
    """The standard has no criterion for the characteristic."""
    return Text(zh=f"{standard} 没有对应的指标要求。", en=f"{standard} has no criterion for it.")


def other_unit(given: str, expected: str) -> Text:
    """The finding is in another unit than the limit."""
    return Text(
        zh=f"结果单位为 {given}，限值单位为 {expected}：无法判定。",
        en=f"The value is in {given}, the limit in {expected}: no verdict.",
    )


def selector_unknown(variable: str) -> Text:
    """The variable that chooses the tier is not known."""
    return Text(
        zh=f"选择限值所需的 {variable} 未知：无法判定。", en=f"{variable}, which chooses the limit, is unknown: no verdict."
    )


def no_tier(variable: str, value: Decimal) -> Text:
    """No tier covers the selector's value."""
    return Text(
        zh=f"{variable} = {value} 没有对应的限值：无法判定。", en=f"No limit is stated for {variable} = {value}: no verdict."
    )


def alternative_not_examined(variable: str) -> Text:
    """The main rule failed and an alternative lacks a variable."""
    return Text(
        zh=f"主要指标不符合，替代指标缺少 {variable}：无法判定。",
        en=f"The main rule is not met, and the alternative cannot be examined without {variable}: no verdict.",
    )


def alternative_for_other_unit(alternative: Alternative, unit: str) -> Text:
    """An alternative is written for data in another unit."""
    return Text(
        zh=f"替代指标 {limit_text(alternative)} 不适用于单位为 {unit} 的数据。",
        en=f"The alternative {limit_text(alternative)} cannot be applied to data in {unit}.",
    )


def weak_evidence(evidence: Evidence) -> Text:
    """The limit is too uncertain for a verdict."""
    return Text(
        zh=f"限值依据不足（{evidence}）：无法判定。", en=f"The limit itself is not sure enough ({evidence}): no verdict."
    )


def provisional(evidence: Evidence) -> Text:
    """The limit was not read in the standard's own text."""
    return Text(
        zh=f"限值为暂定（{evidence}），待与标准文本核对。",
        en=f"The limit is provisional ({evidence}) until it is confirmed against the standard's text.",
    )
