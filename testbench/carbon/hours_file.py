"""Hours of a stack from a comma-separated file: one row an hour, in the order of time, without a missing row.

    hour,co2_percent,flow_m3_per_h,temperature_c,pressure_pa,water_percent
    2025-01-01 00:00,12.31,412000,131.2,100850,7.9
    2025-01-01 01:00,,409500,130.8,100840,7.9          an empty cell is a gap that is substituted

`velocity_m_per_s` may stand in place of `flow_m3_per_h`; the budget then has the area. `operating` (1 or 0) is optional.
`#` starts a comment line. Every fault raises InputError naming file, line and column.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from testbench.carbon.budget_file import Budget
from testbench.criteria.recorded import cells
from testbench.criteria.recorded.cells import Place
from testbench.criteria.recorded.rows import refuse
from testbench.errors import InputError
from testbench.metrology.emission import Hour
from testbench.metrology.emission.hours import needed
from testbench.text import Text

COLUMNS: dict[str, str] = {
    "hour": "beginning of the hour, 2025-01-01 00:00",
    "co2_percent": "CO2 content, % by volume, on the basis that the budget states",
    "flow_m3_per_h": "volume flow, m³/h, at the state that the budget states",
    "velocity_m_per_s": "in place of the flow: velocity in the duct, m/s",
    "temperature_c": "temperature in the duct, °C",
    "pressure_pa": "absolute pressure in the duct, Pa",
    "water_percent": "water content, % by volume",
    "operating": "1 in operation, 0 not (it then emits nothing); optional",
}
"""Columns and what they hold."""

_OF_NEED = {
    "content": "co2_percent",
    "temperature_c": "temperature_c",
    "pressure_pa": "pressure_pa",
    "water": "water_percent",
}
_KIND = "hours of a stack"
LEAST_CONTENT_PERCENT = 0.5
"""What burns has more CO2 than this in some hour."""


@dataclass(frozen=True, slots=True)
class HoursFile:
    """The hours and the time at which the first one begins."""

    source: str
    begins: dt.datetime
    hours: tuple[Hour, ...]


def read_hours(path: Path, budget: Budget) -> HoursFile:
    """Read a file of hours for a budget. Raises InputError for whatever is wrong with it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}: not UTF-8 text; save the file as CSV in UTF-8") from error
    return parse_hours(text, str(path), budget)


def doubts(file: HoursFile) -> tuple[Text, ...]:
    """What can be computed, but is hardly meant: contents as fractions where percent are asked for."""
    largest = max((hour.content for hour in file.hours if hour.content is not None), default=0.0)
    if not 0.0 < 100.0 * largest < LEAST_CONTENT_PERCENT:
        return ()
    zh, en = (
        f"co2_percent 没有一小时达到 {LEAST_CONTENT_PERCENT} %；所填是否为百分数，而不是小数？",
        f"co2_percent is below {LEAST_CONTENT_PERCENT} % in every hour; is it in percent, or a fraction?",
    )
    return (Text(zh=zh, en=en),)


def parse_hours(text: str, source: str, budget: Budget) -> HoursFile:
    """Check the text of a file of hours; `source` names it in errors. Raises InputError."""
    reader = csv.reader(io.StringIO(text), strict=True)
    names: list[str] | None = None
    hours: list[Hour] = []
    first = last = None
    try:
        for row in reader:
            written = [cell.strip() for cell in row]
            if not any(written) or written[0].startswith("#"):
                continue
            line = reader.line_num
            if names is None:
                names = _header(written, line, source, budget)
                continue
            if len(written) != len(names):
                raise InputError(f"{source}, line {line}: {len(names)} cells are needed, got {len(written)}")
            begins, hour = _hour(dict(zip(names, written, strict=True)), line, source, budget)
            if last is not None and begins - last != dt.timedelta(hours=1):
                expected = (last + dt.timedelta(hours=1)).isoformat(" ", "minutes")
                refuse(
                    source, line, "hour", f"{expected} is expected; give every hour, with empty cells where data are missing"
                )
            first, last = first or begins, begins
            hours.append(hour)
    except csv.Error as error:
        raise InputError(f"{source}, line {reader.line_num}: not comma-separated text ({error})") from None
    if first is None:
        raise InputError(
            f"{source}: no hours; the first row must name the columns, for example 'hour,co2_percent,flow_m3_per_h'"
        )
    return HoursFile(source, first, tuple(hours))


def _header(written: list[str], line: int, source: str, budget: Budget) -> list[str]:
    names = [name.casefold() for name in written]
    for name in names:
        if name not in COLUMNS:
            refuse(source, line, name or "(empty)", f"no such column; an hour has {', '.join(COLUMNS)}")
        if names.count(name) > 1:
            refuse(source, line, name, "this column stands twice in the header")
    flows = [name for name in ("flow_m3_per_h", "velocity_m_per_s") if name in names]
    if len(flows) != 1:
        refuse(source, line, "flow_m3_per_h", "give either 'flow_m3_per_h' or 'velocity_m_per_s'")
    if flows == ["velocity_m_per_s"] and budget.m3_per_h_of_velocity is None:
        refuse(source, line, flows[0], f"a velocity needs `area_m2` of the site in {budget.source}")
    for name in ("hour", *(_OF_NEED[need] for need in needed(budget.site) if need != "flow")):
        if name not in names:
            refuse(source, line, name, f"is missing; {COLUMNS[name]}")
    return names


def _hour(row: Mapping[str, str], line: int, source: str, budget: Budget) -> tuple[dt.datetime, Hour]:
    def number(column: str, factor: float = 1.0, low: float = 0.0, high: float = float("inf")) -> float | None:
        if not row.get(column):
            return None
        try:
            value = float(cells.number().read(row[column], Place(column, _KIND)))
        except ValueError as error:
            refuse(source, line, column, str(error))
        if not low <= value <= high:
            refuse(source, line, column, f"{row[column]} is outside {low:g} to {high:g}")
        return value * factor

    try:
        begins = cells.time().read(row["hour"], Place("hour", _KIND))
        operating = cells.flag("in operation", "not").read(row.get("operating") or "1", Place("operating", _KIND))
    except ValueError as error:
        refuse(source, line, "operating" if "must be 1" in str(error) else "hour", str(error))
    if begins.minute or begins.second or begins.microsecond:
        refuse(source, line, "hour", f"{row['hour']!r} is no full hour")
    velocity = number("velocity_m_per_s", budget.m3_per_h_of_velocity or 1.0, high=100.0)
    flow = number("flow_m3_per_h", high=1e9) if velocity is None else velocity
    return begins, Hour(
        content=number("co2_percent", 0.01, high=100.0),
        flow=flow,
        temperature_c=number("temperature_c", low=-100.0, high=2000.0),
        pressure_pa=number("pressure_pa", low=1e3, high=1e6),
        water=number("water_percent", 0.01, high=99.0),
        operating=operating,
    )
