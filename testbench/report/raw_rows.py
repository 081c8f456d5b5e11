"""Tables of the raw data of one kind of test alone: each column is named, and has its unit, by the key of the rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from testbench.findings import Finding
from testbench.report import details, phrases
from testbench.report.blocks import Align, Block, Cell, Column, table
from testbench.report.content import ReportDevice, ReportVerdict
from testbench.report.numbers import NOTHING, rounded
from testbench.report.wording import Wording

_WIDTH_MM = 168.0
_COLUMN_MM = 24.0
_TEXT_MM = 40.0
_PERCENT_PLACES = 3
_DIGITS = 4  # of the largest in a column whose decimals nothing else says
_KNOWN = {"levels": "indication", "passes": "indication", "days": "reading", "repeats": "response_time_s"}
"""Lists that have a table of their own, and the key of a row that tells so."""
_APART = frozenset({"curves", "budget", "variables", "expressed"})
# Units by the ends of keys, the longest first.
_UNITS: tuple[tuple[str, str], ...] = (
    ("percent_of_span", "%"),
    ("percent_nominal", "%"),
    ("percent_fs", "%F.S."),
    ("percent", "%"),
    ("nominal_fraction", "%F.S."),
    ("bench_time_h", "h"),
    ("time_s", "s"),
    ("minutes", "min"),
    ("velocity", "m/s"),
    ("swirl", "°"),
    ("yaw", "°"),
    ("angle", "°"),
    ("skew", "%"),
)
_OF_LEVEL = ("reference", "indication")
_OF_CONDITION = frozenset({"set", "reached"})
_OF_READINGS = frozenset(
    {
        *("reading", "reference", "indication", "indications", "before", "after", "mean", "with", "without", "signal"),
        *("cems", "cms", "traverse", "fixed_point", "standard_reference", "standard_calibrated"),
    }
)

Rows = Sequence[Mapping[str, Any]]


def further_tables(device: ReportDevice, unit: str, places: int, wording: Wording) -> Iterable[Block]:
    """Return a table for each list of rows that has none of its own; rows that several results rest on stand once.

    `unit` is that of the device's readings, `places` their decimals.
    """
    found: list[tuple[ReportVerdict, Rows, list[str]]] = _levels(device, wording)
    for verdict in device.once:
        for rows in _lists(verdict.finding) if verdict.finding else ():
            name = phrases.characteristic(verdict, wording)
            same = next((names for _, other, names in found if other == rows), None)
            if same is None:
                found.append((verdict, rows, [name]))
            elif name not in same:
                same.append(name)
    for verdict, rows, names in found:
        assert verdict.finding is not None
        own = details.stated_unit(verdict.finding, unit)
        caption = wording.fill("raw.rows", name=device.name, characteristic=wording["punctuation.list"].join(names))
        yield _table(rows, verdict.finding, own, places, wording, caption)


def _levels(device: ReportDevice, wording: Wording) -> list[tuple[ReportVerdict, Rows, list[str]]]:
    """Results that stand for one level each, with its means of readings: a row a level, a table a characteristic and run."""
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    first: dict[tuple[str, str], ReportVerdict] = {}
    for verdict in device.once:
        own = {} if verdict.finding is None else {key: details.number(verdict.finding.details, key) for key in _OF_LEVEL}
        if verdict.finding is None or not verdict.finding.index or None in own.values():
            continue
        key = (verdict.characteristic, verdict.run)
        first.setdefault(key, verdict)
        injections = verdict.finding.details.get("injections")
        more = {"injections": injections} if isinstance(injections, int) else {}
        rows.setdefault(key, []).append({"at": verdict.finding.index, **own, **more})
    return [(verdict, rows[key], [phrases.characteristic(verdict, wording)]) for key, verdict in first.items()]


def _lists(finding: Finding) -> Iterable[Rows]:
    for key, value in finding.details.items():
        if key in _APART or not isinstance(value, Sequence) or isinstance(value, str):
            continue
        rows = [row for row in value if isinstance(row, Mapping)]
        if any(rows) and len(rows) == len(value) and not any(_KNOWN.get(key) in row for row in rows):
            yield rows


def _table(rows: Rows, finding: Finding, unit: str, places: int, wording: Wording, caption: str) -> Block:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    width = min(_COLUMN_MM, _WIDTH_MM / len(keys))
    condition = finding.details.get("condition_unit")
    columns, cells = [], []
    for key in keys:
        values = [row.get(key) for row in rows]
        text = any(isinstance(value, str | list | tuple) for value in values)
        own = _unit(key, unit, condition if isinstance(condition, str) else "")
        title = wording.name("raw_column", key)
        alignment = Align.LEFT if text else Align.DECIMAL
        columns.append(Column(title, alignment, min(_TEXT_MM, _WIDTH_MM / len(keys)) if text else width, unit=own))
        decimals = _decimals(key, values, places)
        cells.append([_cell(key, value, decimals, wording) for value in values])
    return table(columns, list(zip(*cells, strict=True)), caption)


def _unit(key: str, readings: str, condition: str) -> str:
    if key in _OF_CONDITION:
        return condition
    if key in _OF_READINGS:
        return readings
    return next((unit for end, unit in _UNITS if key == end or key.endswith(f"_{end}")), "")


def _decimals(key: str, values: Sequence[Any], places: int) -> int:
    """Decimals of a column: those of readings, three of percentages, else four digits of the largest but no idle zeros."""
    if key in _OF_READINGS:
        return places
    if key not in ("nominal_fraction", "skew") and _unit(key, "", "") in ("%", "%F.S."):
        return _PERCENT_PLACES
    numbers = [abs(x) for value in values if (x := details.number({"n": value}, "n"))]
    scaled = [100 * x for x in numbers] if key == "nominal_fraction" else numbers
    if not scaled:
        return 0
    most = min(9, max(0, _DIGITS - 1 - math.floor(math.log10(max(scaled)))))
    return max(len(rounded(x, most).rstrip("0").partition(".")[2]) for x in scaled) if most else 0


def _cell(key: str, value: Any, places: int, wording: Wording) -> Cell:
    if isinstance(value, list | tuple):
        return wording["punctuation.semicolon"].join(str(_cell(key, each, places, wording)) for each in value) or NOTHING
    if isinstance(value, bool):
        return wording["setting_value.yes" if value else "setting_value.no"]
    if isinstance(value, str):
        return wording.entries.get(f"raw_word.{value}") or wording.tell(value) or NOTHING
    number = details.number({"n": value}, "n")
    if number is None:
        return NOTHING
    if isinstance(value, int):
        return str(value)
    return rounded(100 * number if key == "nominal_fraction" else number, places)
