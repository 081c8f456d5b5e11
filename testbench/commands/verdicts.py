"""The verdict table of an evaluation on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from testbench.criteria.judge import Scorecard, Verdict
from testbench.criteria.text import Text
from testbench.findings import Finding
from testbench.outcome import Outcome

WORDS = {
    Outcome.PASS: Text(zh="合格", en="pass"),
    Outcome.FAIL: Text(zh="不合格", en="FAIL"),
    Outcome.INCONCLUSIVE: Text(zh="无法判定", en="inconclusive"),
    Outcome.ABORTED: Text(zh="中止", en="aborted"),
    Outcome.ERROR: Text(zh="错误", en="error"),
}
STYLES = {Outcome.PASS: "green", Outcome.FAIL: "bold red"}


def say(text: Text, language: str) -> str:
    """One language of a text."""
    return text.zh if language == "zh" else text.en


def print_scorecard(console: Console, scorecard: Scorecard, language: str) -> None:
    """Print one table a device: value, uncertainty, limit, verdict."""
    chinese = language == "zh"
    for device in scorecard.devices:
        heading = f"{'被测仪器' if chinese else 'device'} {device.device}: {say(WORDS[device.outcome], language)}"
        table = Table(title=escape(heading), title_justify="left", title_style=STYLES.get(device.outcome, "bold"))
        for name, justify in (
            ("性能特性" if chinese else "characteristic", "left"),
            ("结果" if chinese else "value", "right"),
            ("U", "right"),
            ("指标" if chinese else "limit", "left"),
            ("判定" if chinese else "verdict", "left"),
        ):
            table.add_column(name, justify="right" if justify == "right" else "left", no_wrap=True)
        for verdict in (*device.verdicts, *device.without_criterion):
            table.add_row(
                *_row(verdict, language), style=STYLES.get(verdict.outcome) if verdict.outcome is Outcome.FAIL else None
            )
        console.print(table)
    if any(v.provisional for d in scorecard.devices for v in d.verdicts):
        console.print(
            "° 暂定：该限值未经标准原文核对"
            if chinese
            else "° provisional: this limit was not read in the standard's own text",
            highlight=False,
        )


def _row(verdict: Verdict, language: str) -> tuple[str, str, str, str, str]:
    value = "–" if verdict.value is None else f"{verdict.value:.3f} {verdict.unit}"
    uncertainty = "" if verdict.expanded_uncertainty is None else f"{verdict.expanded_uncertainty:.2g}"
    word = say(WORDS[verdict.outcome], language)
    if verdict.limit_within_uncertainty:
        word += "（限值在不确定度内）" if language == "zh" else " (limit within uncertainty)"
    return (
        say(verdict.title, language),
        value,
        uncertainty,
        verdict.limit_text + ("°" if verdict.provisional else ""),
        word,
    )


def print_findings(console: Console, findings: tuple[Finding, ...], language: str) -> None:
    """Print findings that no standard judged."""
    chinese = language == "zh"
    table = Table()
    for name in ("被测仪器", "性能特性", "结果", "U", "k") if chinese else ("device", "characteristic", "value", "U", "k"):
        table.add_column(name)
    for finding in findings:
        value = "–" if finding.value is None else f"{finding.value:.4g} {finding.unit}"
        table.add_row(
            finding.device,
            finding.characteristic,
            value if finding.index is None else f"{value} ({finding.index})",
            "" if finding.expanded_uncertainty is None else f"{finding.expanded_uncertainty:.2g}",
            "" if finding.coverage_factor is None else f"{finding.coverage_factor:.2f}",
        )
        for note in finding.notes:
            table.add_row("", "", note, "", "")
    console.print(table)
