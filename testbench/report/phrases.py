"""How one verdict, value, limit or range is put into words and numbers; used by every section alike."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from testbench.outcome import Outcome
from testbench.report.blocks import Cell, judged
from testbench.report.content import LimitKind, ReportDevice, ReportVerdict
from testbench.report.numbers import NOTHING, places_for, plain, rounded, signed, significant, with_uncertainty, with_unit
from testbench.report.wording import Wording

_DAY = re.compile(r"\bday (\d+)")
PROVISIONAL, WITHIN = "°", "‡"


def unit_of(verdict: ReportVerdict) -> str:
    """Return the unit of a verdict's value and limit."""
    return verdict.finding.unit if verdict.finding else verdict.unit


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
    """Return a coverage factor to three significant digits at most: 2, 2.45."""
    return NOTHING if factor is None else plain(float(f"{factor:.3g}")) if math.isfinite(factor) else NOTHING


def characteristic(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the name of a verdict's characteristic."""
    return wording.name("characteristic", verdict.characteristic)


def range_text(device: ReportDevice, wording: Wording) -> str:
    """Return a device's range with its unit."""
    return with_unit(f"{plain(device.low)}{wording['punctuation.range']}{plain(device.high)}", device.unit)


def clause_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the clause, a dash where none is stated."""
    return wording.say(verdict.clause) or NOTHING


def index_text(verdict: ReportVerdict, wording: Wording) -> str:
    """Return the level or day that a value belongs to; days are named in the report's language."""
    index = verdict.finding.index if verdict.finding else None
    return _DAY.sub(lambda found: wording.fill("device.day", number=found.group(1)), index or "")


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


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return settings as `key = value` pairs."""
    return "; ".join(f"{key} = {_setting(value)}" for key, value in settings.items())


def _setting(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else NOTHING
    if isinstance(value, float):
        return significant(value, 6).rstrip("0").rstrip(".") if "." in significant(value, 6) else plain(value)
    if isinstance(value, list | tuple):
        return ", ".join(_setting(item) for item in value)
    return str(value)
