"""How one verdict, value, limit or range is put into words and numbers; used by every section alike."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from testbench.outcome import Outcome
from testbench.report.blocks import Cell, judged
from testbench.report.content import EvidenceMark, LimitKind, ReportDevice, ReportRun, ReportVerdict, SettingWords
from testbench.report.numbers import (
    MINUS,
    NOTHING,
    places_for,
    plain,
    rounded,
    signed,
    significant,
    with_uncertainty,
    with_unit,
)
from testbench.report.wording import Wording

_DAY = re.compile(r"\bday (\d+)")
_HYPHEN_MINUS = re.compile(r"(?<![\w.-])-(?=\d)")
PROVISIONAL, WITHIN = "°", "*"


def unit_of(verdict: ReportVerdict) -> str:
    """Return the unit of a verdict's value and limit as it is printed: none for 1."""
    unit = verdict.finding.unit if verdict.finding else verdict.unit
    return "" if unit == "1" else unit


def has_sign(verdict: ReportVerdict) -> bool:
    """Whether a plus sign is shown: for errors and drifts, which have a direction."""
    directed = any(part in verdict.characteristic for part in ("drift", "error"))
    return verdict.limit_kind is LimitKind.SYMMETRIC and (verdict.limit is not None or directed)


def value_and_uncertainty(verdict: ReportVerdict) -> tuple[str, str]:
    """Return value and U as printed; no U beside a 95 % interval that is not value ± U."""
    finding = verdict.finding
    if finding is None:
        return NOTHING, NOTHING
    if finding.interval is not None and all(math.isfinite(end) for end in finding.interval):
        low, high = finding.interval
        places = places_for((high - low) / 2) if high > low else 4
        value = NOTHING if finding.value is None or not math.isfinite(finding.value) else rounded(finding.value, places)
        uncertainty = NOTHING
    else:
        value, uncertainty = with_uncertainty(finding.value, finding.expanded_uncertainty)
    return (signed(value) if has_sign(verdict) else value), uncertainty


def interval_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the 95 % coverage interval as printed, empty where value ± U says it."""
    finding = verdict.finding
    if finding is None or finding.interval is None or not all(math.isfinite(end) for end in finding.interval):
        return ""
    low, high = finding.interval
    places = places_for((high - low) / 2) if high > low else 4
    return wording.fill("device.interval", low=rounded(low, places), high=rounded(high, places))


def value_text(verdict: ReportVerdict) -> str:
    """Return value ± U with unit in one piece."""
    value, uncertainty = value_and_uncertainty(verdict)
    if value == NOTHING:
        return NOTHING
    if uncertainty != NOTHING:
        value = f"{value}\u00a0±\u00a0{uncertainty}"
    return with_unit(value, unit_of(verdict))


def limit_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the limit as printed, a dash where there is none."""
    given = wording.say(verdict.limit_text)
    if given:
        return given
    if verdict.limit is None or not math.isfinite(verdict.limit):
        return NOTHING
    sign = {LimitKind.SYMMETRIC: "±", LimitKind.MAXIMUM: "≤\u00a0", LimitKind.MINIMUM: "≥\u00a0"}[verdict.limit_kind]
    return with_unit(f"{sign}{plain(verdict.limit)}", unit_of(verdict))


def marks(verdict: ReportVerdict) -> str:
    """Return the marks of reservation behind a verdict."""
    return (PROVISIONAL if verdict.provisional else "") + (WITHIN if verdict.limit_within_uncertainty else "")


def outcome_word(outcome: Outcome | None, wording: Wording) -> str:
    """Return the word for an outcome; without one there was no criterion."""
    return wording[f"outcome.{outcome.value}"] if outcome else wording["summary.no_criterion"]


def verdict_cell(verdict: ReportVerdict, wording: Wording, *, with_value: bool = False) -> Cell:
    """Return the cell that shows a verdict."""
    second = value_text(verdict) if with_value and verdict.finding else ""
    return judged(verdict.outcome, outcome_word(verdict.outcome, wording), marks(verdict), second)


def factor_text(factor: float | None) -> str:
    """Return a coverage factor: a whole one as such, others with two decimals: 2, 2.45, 2.50."""
    if factor is None or not math.isfinite(factor):
        return NOTHING
    return plain(factor) if factor == round(factor) else rounded(factor, 2)


def characteristic(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the name of a verdict's characteristic."""
    return wording.name("characteristic", verdict.characteristic)


def judged_by(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the name of a verdict's characteristic, with the standard that judged where several did."""
    name = characteristic(verdict, wording)
    return wording.fill("summary.judged_by", characteristic=name, standard=verdict.standard) if verdict.standard else name


def range_text(device: ReportDevice, wording: Wording) -> str:
    """Return a device's range with its unit."""
    return with_unit(f"{plain(device.low)}{wording['punctuation.range']}{plain(device.high)}", device.unit)


def clause_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the clause, a dash where none is stated."""
    return wording.say(verdict.clause) or NOTHING


def index_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the level or day that a value belongs to, in the report's language; empty where it is none of several."""
    return place_text((verdict.finding.index if verdict.finding else None) or "", wording)


def place_text(index: str, wording: Wording) -> str:
    """Return a level or day ("40 %F.S.", "day 3") in a language; empty where there is none."""
    index = wording.tell(index)
    if _DAY.search(index):
        return _DAY.sub(lambda found: wording.fill("device.day", number=found.group(1)), index)
    return wording.fill("device.at_index", index=index) if index else ""


def duration_text(seconds: float | None, wording: Wording) -> str:
    """Return a duration in days, hours and minutes, empty where it is not known."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return ""
    whole = round(seconds)
    if whole < 3600:
        return wording.fill("duration.minutes", minutes=whole // 60, seconds=whole % 60)
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return wording.fill("duration.hours", hours=minutes // 60, minutes=minutes % 60)
    return wording.fill("duration.days", days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60)


def reason_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the reason of a verdict; notes of the finding that it quotes are put into the report's language."""
    reason = wording.tell(verdict.reason)
    for note in verdict.finding.notes if verdict.finding else ():
        reason = reason.replace(note, wording.tell(note)) if note else reason
    return _HYPHEN_MINUS.sub(MINUS, reason)


def evidence_text(mark: EvidenceMark | None, percent: int | None, wording: Wording) -> str:
    """Return how a figure is known: its mark in words, and the confidence."""
    if mark is None:
        return wording["evidence.none"]
    text = wording[f"evidence.{mark.value}"]
    return text if percent is None else wording.fill("evidence.confidence", mark=text, percent=percent)


def early_ends(runs: Iterable[ReportRun], wording: Wording) -> list[str]:
    """Return a sentence for each run that ended before its end, with the reason."""
    return [
        wording.fill("runs.reason", run=run.identifier, state=wording[f"run_state.{run.state.value}"], reason=reason)
        for run in runs
        if (reason := wording.tell(run.reason))
    ]


def settings_text(settings: Mapping[str, Any], labels: Mapping[str, SettingWords], wording: Wording) -> str:
    """Return settings with title, value and unit; shares of the full scale in %F.S., a setting without label by its name."""
    parts = []
    for key, value in settings.items():
        label = labels.get(key, SettingWords(key))
        shares = label.unit == "F.S." and _is_number(value)
        unit = "%F.S." if shares else label.unit
        shown = _setting(_percent(value) if shares else value, wording)
        said = shown if shown == NOTHING else with_unit(shown, unit)
        parts.append(f"{wording.say(label.title)}{wording['punctuation.colon']}{said}")
    return wording["punctuation.semicolon"].join(parts)


def _is_number(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_number(item) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _percent(value: Any) -> Any:
    return [_percent(item) for item in value] if isinstance(value, list | tuple) else float(f"{100 * value:.9g}")


def _setting(value: Any, wording: Wording) -> str:
    if value is None or value in ([], ()):
        return NOTHING
    if isinstance(value, bool):
        return wording["setting_value.yes" if value else "setting_value.no"]
    if isinstance(value, float):
        return significant(value, 6).rstrip("0").rstrip(".") if "." in significant(value, 6) else plain(value)
    if isinstance(value, list | tuple):
        return wording["punctuation.list"].join(_setting(item, wording) for item in value)
    return wording.name("setting_value", str(value))
