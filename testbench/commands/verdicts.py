"""The verdict table of an evaluation on the terminal."""

from __future__ import annotations

from testbench.commands.terminal import Terminal
from testbench.criteria.judge import Scorecard, Verdict
from testbench.findings import Finding
from testbench.office.outcome_words import WORDS as OUTCOMES
from testbench.outcome import Outcome
from testbench.text import Text

STYLES = {Outcome.PASS: "green", Outcome.FAIL: "bold red"}
HEADINGS = Text(zh="性能特性|结果|U|指标|判定", en="characteristic|value|U|limit|verdict")
FINDING_HEADINGS = Text(zh="被测仪器|性能特性|结果|U|k", en="device|characteristic|value|U|k")
WITHIN = Text(zh="（限值在不确定度内）", en=" (limit within uncertainty)")
PROVISIONAL = Text(
    zh="° 暂定：该限值未经标准原文核对", en="° provisional: this limit was not read in the standard's own text"
)
DEVICE = Text(zh="被测仪器", en="device")


def print_scorecard(terminal: Terminal, scorecard: Scorecard, language: str) -> None:
    """Print one table a device: value, uncertainty, limit, verdict."""
    for device in scorecard.devices:
        terminal.line()
        heading = f"{DEVICE.say(language)} {device.device}: {OUTCOMES[device.outcome].say(language)}"
        terminal.line(heading, style=STYLES.get(device.outcome, "bold"))
        table = terminal.table(*HEADINGS.say(language).split("|"), right=(1, 2))
        for verdict in (*device.verdicts, *device.without_criterion):
            style = STYLES[Outcome.FAIL] if verdict.outcome is Outcome.FAIL else ""
            terminal.row(table, *_cells(verdict, language), style=style)
        terminal.print(table)
        for verdict in device.verdicts:
            if verdict.outcome is Outcome.INCONCLUSIVE:
                terminal.line(f"{verdict.title.say(language)}: {verdict.reason.say(language)}")
    terminal.line()
    if any(verdict.provisional for device in scorecard.devices for verdict in device.verdicts):
        terminal.line(PROVISIONAL.say(language))


def _cells(verdict: Verdict, language: str) -> tuple[str, str, str, str, str]:
    value = "–" if verdict.value is None else _with_unit(f"{verdict.value:.3f}", verdict.unit)
    uncertainty = "" if verdict.expanded_uncertainty is None else f"{verdict.expanded_uncertainty:.2g}"
    limit = verdict.limit_text + ("°" if verdict.provisional else "")
    word = OUTCOMES[verdict.outcome].say(language)
    if verdict.limit_within_uncertainty:
        word += WITHIN.say(language)
    return verdict.title.say(language), value, uncertainty, limit, word


def print_findings(terminal: Terminal, findings: tuple[Finding, ...], language: str) -> None:
    """Print findings that no standard judged."""
    table = terminal.table(*FINDING_HEADINGS.say(language).split("|"), right=(2, 3, 4))
    for finding in findings:
        value = "–" if finding.value is None else _with_unit(f"{finding.value:.4g}", finding.unit)
        terminal.row(
            table,
            finding.device,
            finding.characteristic,
            value if finding.index is None else f"{value} ({finding.index})",
            "" if finding.expanded_uncertainty is None else f"{finding.expanded_uncertainty:.2g}",
            "" if finding.coverage_factor is None else f"{finding.coverage_factor:.2f}",
        )
        for note in finding.notes:
            terminal.row(table, "", note, "", "", "")
    terminal.print(table)


def _with_unit(number: str, unit: str) -> str:
    """A number with its unit; what has the unit 1 has none that is written."""
    return number if unit == "1" else f"{number} {unit}"
