"""The verdict table of an evaluation on the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from testbench.commands.terminal import Terminal
from testbench.criteria.judge import Scorecard, Verdict
from testbench.findings import Finding
from testbench.office.outcome_words import WORDS as OUTCOMES
from testbench.outcome import Outcome
from testbench.report.wording import wording
from testbench.text import Language, Text

STYLES = {Outcome.PASS: "green", Outcome.FAIL: "bold red"}
HEADINGS = Text(zh="性能特性|结果|U|指标|判定", en="characteristic|value|U|limit|verdict")
FINDING_HEADINGS = Text(zh="被测仪器|性能特性|结果|U|k", en="device|characteristic|value|U|k")
WITHIN = Text(zh="（限值在不确定度内）", en=" (limit within uncertainty)")
PROVISIONAL = Text(
    zh="° 暂定：该限值未经标准原文核对", en="° provisional: this limit was not read in the standard's own text"
)
DEVICE = Text(zh="被测仪器", en="device")
OVERALL = Text(zh="总判定", en="overall")
WITHOUT = Text(zh="无标准对其有要求", en="asked for by none of the standards")


def print_scorecard(terminal: Terminal, scorecard: Scorecard, language: str) -> None:
    """Print one table a device: value, uncertainty, limit, verdict; of several standards first all outcomes, then each."""
    if scorecard.parts:
        _print_outcomes(terminal, scorecard, language)
    for device in scorecard.devices:
        terminal.line()
        _print_heading(terminal, f"{DEVICE.say(language)} {device.device}", device.outcome, language)
        if not scorecard.parts:
            _print_verdicts(terminal, (*device.verdicts, *device.without_criterion), language)
        for part in scorecard.parts:
            score = next(score for score in part.devices if score.device == device.device)
            terminal.line()
            _print_heading(terminal, f"{part.standard} ({part.edition})", score.outcome, language)
            _print_verdicts(terminal, score.verdicts, language)
        if scorecard.parts and device.without_criterion:
            terminal.line()
            terminal.line(WITHOUT.say(language))
            _print_verdicts(terminal, device.without_criterion, language)
        for verdict in device.verdicts:
            if verdict.outcome is Outcome.INCONCLUSIVE:
                name = (
                    f"{verdict.standard}, {verdict.title.say(language)}" if verdict.standard else verdict.title.say(language)
                )
                terminal.line(f"{name}: {verdict.reason.say(language)}")
    terminal.line()
    if any(verdict.provisional for device in scorecard.devices for verdict in device.verdicts):
        terminal.line(PROVISIONAL.say(language))


def _print_heading(terminal: Terminal, name: str, outcome: Outcome, language: str) -> None:
    terminal.line(f"{name}: {OUTCOMES[outcome].say(language)}", style=STYLES.get(outcome, "bold"))


def _print_verdicts(terminal: Terminal, verdicts: Iterable[Verdict], language: str) -> None:
    table = terminal.table(*HEADINGS.say(language).split("|"), right=(1, 2))
    for verdict in verdicts:
        style = STYLES[Outcome.FAIL] if verdict.outcome is Outcome.FAIL else ""
        terminal.row(table, *_cells(verdict, language), style=style)
    terminal.print(table)


def _print_outcomes(terminal: Terminal, scorecard: Scorecard, language: str) -> None:
    """Every device by every standard."""
    terminal.line()
    table = terminal.table(DEVICE.say(language), *(part.standard for part in scorecard.parts), OVERALL.say(language))
    for device in scorecard.devices:
        by_part = [score.outcome for part in scorecard.parts for score in part.devices if score.device == device.device]
        terminal.row(table, device.device, *(OUTCOMES[outcome].say(language) for outcome in (*by_part, device.outcome)))
    terminal.print(table)


def _cells(verdict: Verdict, language: str) -> tuple[str, str, str, str, str]:
    value = "–" if verdict.value is None else _with_unit(f"{verdict.value:.3f}", verdict.unit)
    uncertainty = "" if verdict.expanded_uncertainty is None else f"{verdict.expanded_uncertainty:.2g}"
    limit = verdict.limit_text + ("°" if verdict.provisional else "")
    word = OUTCOMES[verdict.outcome].say(language)
    if verdict.limit_within_uncertainty:
        word += WITHIN.say(language)
    name = verdict.title.say(language)
    if name == verdict.characteristic:  # no criterion gives it a title
        name = wording(Language(language)).name("characteristic", name)
    if verdict.index:
        name += f" ({wording(Language(language)).tell(verdict.index)})"
    return name, value, uncertainty, limit, word


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
