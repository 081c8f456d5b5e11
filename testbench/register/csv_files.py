"""The registers as CSV files, for spreadsheets: one row an entry, one column a field.

Columns are headed by the words of the form, with the unit, in either language, or by the name of the field. Written as
UTF-8 with a byte order mark, which spreadsheets need to see Chinese; read as that, or as GB 18030, with commas or
semicolons between the cells. An empty cell, or a column that is not there, says nothing about its field.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, TypeVar

from testbench.errors import InputError, suggest
from testbench.register.checking import checked, parse_options
from testbench.register.entries import KIND_WORDS, Entry
from testbench.register.fields import FIELDS, Field, Filling
from testbench.register.listing import shown_value
from testbench.register.typed import read_date, read_number

E = TypeVar("E", bound=Entry)


def write_csv(kind: type[E], entries: Iterable[E], language: str = "en") -> bytes:
    """Entries as the bytes of a CSV file, headed in a language."""
    fields = FIELDS[kind.section]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_heading(field, language) for field in fields)
    for entry in entries:
        writer.writerow(_cell(field, getattr(entry, field.name), language) for field in fields)
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def read_csv(kind: type[E], content: bytes, name: str) -> tuple[E, ...]:
    """Entries of a CSV file, not registered yet; only the fields that its cells gave are set (`model_fields_set`).

    InputError names the file, the line and the column of what is wrong.
    """
    text = decoded(content, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
    found: list[E] = []
    try:
        columns = _columns(kind, next(reader, []), name)
        begun = reader.line_num + 1
        for row in reader:
            where = f"{name}, line {begun}"
            begun = reader.line_num + 1
            if any(cell.strip() for cell in row):
                found.append(checked(kind, _values(columns, row, where), where))
    except csv.Error as error:
        raise InputError(f"{name}, line {reader.line_num}: {error}; save it as CSV once more") from error
    return tuple(found)


def _heading(field: Field, language: str) -> str:
    words = field.words.say(language)
    return f"{words} ({field.unit})" if field.unit else words


def _headings(field: Field) -> set[str]:
    """All headings by which a column is known."""
    plain = {field.name, field.words.zh, field.words.en}
    return {text.casefold() for text in plain | {_heading(field, language) for language in ("zh", "en")}}


def _columns(kind: type[Entry], headings: list[str], name: str) -> list[Field | None]:
    if not any(heading.strip() for heading in headings):
        raise InputError(f"{name} is empty; its first line must name the columns, as an exported register does")
    found: list[Field | None] = []
    for number, heading in enumerate(headings, start=1):
        text = heading.strip().casefold()
        field = next((field for field in FIELDS[kind.section] if text in _headings(field)), None)
        if field is None and text:
            known = [field.name for field in FIELDS[kind.section]]
            raise InputError(f"{name}, line 1, column {number}: {heading.strip()!r} is no column; {suggest(text, known)}")
        if field is not None and field in found:
            raise InputError(f"{name}, line 1, column {number}: {heading.strip()!r} is there twice; leave one")
        found.append(field)
    return found


def _values(columns: list[Field | None], row: list[str], where: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, cell in enumerate(row, start=1):
        if not cell.strip():
            continue
        field = columns[number - 1] if number <= len(columns) else None
        if field is None:
            raise InputError(
                f"{where}, column {number}: {cell.strip()!r} stands in no column; check the commas in this line"
            )
        try:
            values[field.name] = _read(field, cell)
        except InputError as error:
            raise InputError(f"{where}, column {number} ({field.words.en}): {error}") from error
    return values


def _cell(field: Field, value: Any, language: str) -> str:
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return shown_value(field, value, language)


def _read(field: Field, cell: str) -> Any:
    if field.filling is Filling.NUMBER:
        return read_number(cell, field.unit)
    if field.filling is Filling.OPTIONS:
        return parse_options(cell)
    if field.filling is Filling.DATE:
        return read_date(cell)
    if field.filling is Filling.KIND:
        text = cell.strip().casefold()
        return next((kind for kind, words in KIND_WORDS.items() if text in (kind.value, words.zh, words.en)), cell.strip())
    return cell


def separator(text: str) -> str:
    """What separates the cells: semicolon or comma, as the first line has more of them."""
    first = text.split("\n", 1)[0]
    return ";" if first.count(";") > first.count(",") else ","


def decoded(content: bytes, name: str) -> str:
    """The text of a CSV file, in UTF-8 or GB 18030; InputError for what is none."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(f"{name} is no text file; save the table as CSV (UTF-8)")
