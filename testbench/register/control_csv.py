"""QAL3 readings from a CSV file: `date,gas,reading,reference` and, where there is one, `deed` (reading, adjusted, repaired).

UTF-8 with or without byte order mark; dates as 2026-03-01, gas zero or span, numbers in the unit of the device.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import TypeVar

from testbench.errors import InputError
from testbench.register.control import ControlDeed, ControlEntry, ControlGas
from testbench.register.typed import read_date, read_number

W = TypeVar("W", ControlGas, ControlDeed)

COLUMNS = ("date", "gas", "reading", "reference")


def read_control_csv(content: bytes, name: str) -> tuple[ControlEntry, ...]:
    """The entries of a file; InputError names the file, the line and the column of what is wrong."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text; save it as CSV in UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [cell.strip().casefold() for cell in next(reader, [])]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise InputError(f"{name}, line 1: column {missing[0]} is missing; the columns are {', '.join(COLUMNS)}, [deed]")
    entries = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise InputError(f"{name}, line {reader.line_num}: {len(row)} cells, the header has {len(header)}")
        cells = {column: cell.strip() for column, cell in zip(header, row, strict=True)}
        try:
            entries.append(_entry(cells, name))
        except InputError as error:
            raise InputError(f"{name}, line {reader.line_num}: {error}") from error
    if not entries:
        raise InputError(f"{name} has no readings")
    return tuple(entries)


def _entry(cells: Mapping[str, str], name: str) -> ControlEntry:
    deed = _word(cells.get("deed") or ControlDeed.READING, ControlDeed, "deed")
    numbers = [
        read_control_number(cells[column], f"column {column}") if cells[column] else None
        for column in ("reading", "reference")
    ]
    return ControlEntry(
        date=read_date(cells["date"]),
        gas=_word(cells["gas"], ControlGas, "gas"),
        deed=deed,
        reading=numbers[0],
        reference=numbers[1],
        source=name,
    )


def _word(text: str, words: type[W], column: str) -> W:
    try:
        return words(text.casefold())
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise InputError(f"column {column}: {text!r} is none of {known}") from None


def read_control_number(text: str, place: str) -> float:
    """A number as it was typed; InputError naming the place (a column or an option) for what is none."""
    try:
        return read_number(text)
    except InputError as error:
        raise InputError(f"{place}: {error}") from error
