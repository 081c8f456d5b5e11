"""QAL3 readings from a CSV file: `date,gas,reading,reference` and, where there is one, `deed` (reading, adjusted, repaired).

UTF-8 or GB 18030, with commas or semicolons between the cells; dates as 2026-03-01, gas zero or span, numbers in the unit of
the device.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import TypeVar

from testbench.errors import InputError
from testbench.register.control import ControlDeed, ControlEntry, ControlGas
from testbench.register.csv_files import decoded, separator
from testbench.register.typed import read_date, read_number

W = TypeVar("W", ControlGas, ControlDeed)

COLUMNS = ("date", "gas", "reading", "reference")


def read_control_csv(content: bytes, name: str) -> tuple[ControlEntry, ...]:
    """The entries of a file; InputError names the file, the line and the column of what is wrong."""
    text = decoded(content, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    entries: list[ControlEntry] = []
    header: list[str] | None = None
    try:
        for written in reader:
            row = [cell.strip() for cell in written]
            while row and not row[-1] and len(row) > len(header or ()):
                del row[-1]
            if not any(row):
                continue
            if header is None:
                header = _header(row, name, reader.line_num)
                continue
            if len(row) != len(header):
                raise InputError(f"{name}, line {reader.line_num}: {len(row)} cells, the header has {len(header)}")
            try:
                entries.append(_entry(dict(zip(header, row, strict=True)), name))
            except InputError as error:
                raise InputError(f"{name}, line {reader.line_num}: {error}") from error
    except csv.Error as error:
        raise InputError(f"{name}, line {reader.line_num}: {error}; save it as CSV once more") from error
    if not entries:
        raise InputError(f"{name} has no readings; its first line names the columns {', '.join(COLUMNS)}, [deed]")
    return tuple(entries)


def _header(row: list[str], name: str, line: int) -> list[str]:
    """The names of the columns: all that are needed, none twice and none else."""
    header = [cell.casefold() for cell in row]
    there = f"the columns are {', '.join(COLUMNS)}, [deed]"
    for number, column in enumerate(header, start=1):
        if column not in (*COLUMNS, "deed"):
            raise InputError(f"{name}, line {line}, column {number}: {row[number - 1]!r} is no column; {there}")
        if header.index(column) + 1 < number:
            raise InputError(f"{name}, line {line}, column {number}: {row[number - 1]!r} is there twice; leave one")
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise InputError(f"{name}, line {line}: column {missing[0]} is missing; {there}")
    return header


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
