"""A table that a person fills in, read from a CSV file, and from a line that was typed.

The first line names the columns, each by its name or by its title in English or Chinese, with or without its unit behind it
("before", "示值 / %"). Cells are separated by commas, semicolons or tabulators, as the first line has them; with semicolons
and tabulators a comma may be the decimal sign. Lines that are empty or begin with # are passed over. Columns whose cells are
given may be left out; where they are there, they must agree. What is wrong is said with file, line and column.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from testbench.engine.entering import Cell, Column, Entered, Form
from testbench.errors import InputError
from testbench.typed_number import plain_signs

SEPARATORS = ("\t", ";", ",")
ENCODINGS = ("utf-8-sig", "gb18030")
LARGEST_BYTES = 10_000_000
COMMENT = "#"
_SPREADSHEET = re.compile("sep=.?")  # which separator a spreadsheet is to take


@dataclass(frozen=True, slots=True)
class FormText:
    """A CSV text with the name by which it is spoken of, and the SHA-256 of the file it came from, in hexadecimal."""

    name: str
    text: str
    digest: str


def read_form(form: Form, path: Path, by: str) -> Entered:
    """Read a form from a CSV file; InputError naming file, line and column of what is wrong."""
    return parse_form(form, file_text(path), by)


def file_text(path: Path) -> FormText:
    """The text of a CSV file, in UTF-8 or GB 18030; InputError where it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{path}: {len(data) // 1_000_000} MB are too much for a table that is filled in")
    for encoding in ENCODINGS:
        try:
            return FormText(path.name, data.decode(encoding), hashlib.sha256(data).hexdigest())
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path}: is no text; save the table as CSV in UTF-8")


def parse_form(form: Form, source: FormText, by: str) -> Entered:
    """Read a form from the text of a CSV file; see `read_form`."""
    lines = _lines(source)
    if not lines:
        raise InputError(f"{source.name}: is empty; its first line names the columns: {columns_in_words(form)}")
    (head_line, head), *body = lines
    columns = _columns(form, source.name, head_line, head)
    if not form.least <= len(body) <= form.most:
        asked = f"{form.least}" if form.least == form.most else f"{form.least} to {form.most}"
        raise InputError(f"{source.name}: has {len(body)} rows, {asked} are asked for")
    rows = [_row(form, source.name, place, line, columns, cells) for place, (line, cells) in enumerate(body)]
    try:
        whole = form.complete(rows)
    except InputError as error:
        raise InputError(f"{source.name}: {error}") from error
    return Entered(whole, by=by, source=source.name, digest=source.digest)


def typed_form(form: Form, typed: str, by: str) -> Entered:
    """Read what a person typed in answer to a form: the path of a CSV file, or the cells of its one row.

    Cells are those that are not given, in the order of the columns, separated by semicolons, or by commas where there is no
    semicolon.
    """
    text = typed.strip()
    path = Path(text)
    if text.casefold().endswith((".csv", ".txt", ".tsv")) or (form.least > 1 and text):
        return read_form(form, path, by)
    open_columns = [column for column in form.columns if not form.is_given(0, column.name)]
    alone = len(open_columns) == 1 and ";" not in text  # a comma is a decimal one, or belongs to the text
    cells = [text] if alone else [cell.strip() for cell in (text.split(";") if ";" in text else text.split(","))]
    if len(cells) > len(open_columns):
        raise InputError(f"{len(cells)} cells are typed, {len(open_columns)} are asked for: {columns_in_words(form)}")
    cells += [""] * (len(open_columns) - len(cells))
    row = {column.name: column.read(cell) for column, cell in zip(open_columns, cells, strict=True)}
    return Entered(form.complete([row]), by=by, source="typed")


def _lines(source: FormText) -> list[tuple[int, list[str]]]:
    """The lines that say something, with their numbers from 1."""
    text = source.text
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(COMMENT)), "")
    separator = next((each for each in SEPARATORS if each in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            said = [cell.strip() for cell in cells]
            if any(said) and not said[0].startswith(COMMENT) and not (not lines and _SPREADSHEET.fullmatch(said[0])):
                lines.append((reader.line_num, said))
    except csv.Error as error:
        raise InputError(f"{source.name}, line {reader.line_num}: cannot be read as CSV: {error}") from error
    return lines


def _columns(form: Form, name: str, line: int, head: Sequence[str]) -> list[Column]:
    """The columns that the first line names."""
    found: list[Column] = []
    named = len(head)
    while named > 1 and not head[named - 1]:
        named -= 1
    for place, title in enumerate(head[:named], start=1):
        meant = [column for column in form.columns if _key(title) in _titles(column)]
        if not meant:
            there = columns_in_words(form)
            raise InputError(f"{name}, line {line}, column {place}: {title!r} is no column of it; it has {there}")
        if meant[0] in found:
            raise InputError(f"{name}, line {line}, column {place}: {title!r} is there twice")
        found.append(meant[0])
    for column in form.columns:
        given = len(form.given) > 0 and all(column.name in row for row in form.given)
        if column not in found and not given and not column.optional:
            there = columns_in_words(form)
            raise InputError(f"{name}, line {line}: the column {column.name!r} is missing; the columns are {there}")
    return found


def _titles(column: Column) -> frozenset[str]:
    """All that a column may be called."""
    names = (column.name, column.title.en, column.title.zh)
    units = ("", column.unit) if column.unit else ("",)
    return frozenset(_key(name + unit) for name in names for unit in units)


def _key(title: str) -> str:
    """A title without what people write differently: blanks, case, and the signs around a unit."""
    return "".join(sign for sign in plain_signs(title).casefold() if not sign.isspace() and sign not in "/()[]")


def _row(
    form: Form, name: str, place: int, line: int, columns: Sequence[Column], cells: Sequence[str]
) -> Mapping[str, Cell]:
    """The cells of one line that are not given; given ones that are there must agree."""
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        raise InputError(f"{name}, line {line}: has {len(cells)} cells, the first line names {len(columns)} columns")
    row: dict[str, Cell] = {}
    filled = [*cells, *[""] * (len(columns) - len(cells))]
    for column, cell in zip(columns, filled, strict=False):
        given = form.is_given(place, column.name)
        if given and not cell:
            continue
        try:
            row[column.name] = column.checked(column.read(cell))
        except InputError as error:
            raise InputError(f"{name}, line {line}, column {error}") from error
        if given and row[column.name] != column.checked(form.given[place][column.name]):
            raise InputError(
                f"{name}, line {line}, column {column.name}: {cell} stands where {form.given[place][column.name]} is given; "
                "keep the order of the rows"
            )
    return row


def columns_in_words(form: Form) -> str:
    """The columns as people are told of them: "device, before (%)"."""
    return ", ".join(f"{column.name} ({column.unit})" if column.unit else column.name for column in form.columns)
