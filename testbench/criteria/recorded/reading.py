"""Read test data recorded elsewhere: comma-separated files of injections, readings or runs, strictly.

What is in a file is told from its columns, in any order, letter case aside. UTF-8 with or without byte order mark, or
GB 18030; any line end, blank lines and empty cells behind the last column allowed, as spreadsheets write them. `#` starts a
comment at the beginning of a line or after a blank, so that a test may be called `Unit#1`. Numbers keep the digits that were
written. Every fault raises InputError naming file, line and column.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from testbench.criteria.recorded.cells import Place
from testbench.criteria.recorded.kind import RecordedKind
from testbench.criteria.recorded.registry import kind_named, kinds
from testbench.criteria.recorded.rows import RecordedFile, RecordedTest, Row, refuse
from testbench.errors import InputError


def read_recorded(path: Path) -> RecordedFile:
    """Read a file of recorded test data. Raises InputError for whatever is wrong with it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return parse_recorded(data.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        chinese = _chinese(data, str(path))
        if chinese is None:
            line = data[: error.start].count(b"\n") + 1
            raise InputError(f"{path}, line {line}: not UTF-8 text; save the file as CSV in UTF-8") from error
        return chinese


def _chinese(data: bytes, source: str) -> RecordedFile | None:
    """The file read as GB 18030; None where it is in another encoding, which makes Chinese characters of "µ" and "°"."""
    try:
        recorded = parse_recorded(data.decode("gb18030"), source)
    except UnicodeDecodeError:
        return None
    return None if any(_IDEOGRAPH.search(test.unit) for test in recorded.tests) else recorded


def parse_recorded(text: str, source: str) -> RecordedFile:
    """Check the text of a file of recorded test data; `source` names it in errors. Raises InputError."""
    rows = _rows(text, source)
    header = next(rows, None)
    if header is None:
        raise InputError(f"{source}: no data; the first row must name the columns, for example {_example()}")
    kind, names = _recognise(header, source)
    tests: dict[str, list[Row]] = {}
    for line, cells in rows:
        row = _row(kind, names, cells, line, source)
        tests.setdefault(row.text("test"), []).append(row)
    if not tests:
        raise InputError(f"{source}: no rows after the column names in line {header[0]}")
    return RecordedFile(source, kind, tuple(_test(kind, name, own) for name, own in tests.items()))


def _example() -> str:
    """The columns of one kind, to begin with."""
    return kind_named("linearity").header


_IDEOGRAPH = re.compile("[\u3400-\u9fff\ue000-\uf8ff]")
_SPREADSHEET = re.compile('"?sep=,"?')
_COMMENT = re.compile(r'("(?:[^"]|"")*")|((?:^|(?<=\s))#.*)')


def _without_comment(line: str) -> str:
    """The line without its comment; a `#` in quotes or inside a word is none."""
    return _COMMENT.sub(lambda match: match[1] or "", line)


def _rows(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and stripped cells of every row that has any content."""
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        content = _without_comment(raw)
        if not content.strip():
            continue
        try:
            cells = [cell.strip() for cell in next(csv.reader([content], strict=True, skipinitialspace=True))]
        except csv.Error as error:
            raise InputError(f"{source}, line {number}: not comma-separated text ({error})") from error
        if any(cells) and not (number == 1 and _SPREADSHEET.fullmatch(content.strip())):
            yield number, cells


def _without_empty(cells: Sequence[str], least: int) -> Sequence[str]:
    """The cells without empty ones at the end, but not fewer than `least`."""
    count = len(cells)
    while count > least and not cells[count - 1]:
        count -= 1
    return cells[:count]


def _recognise(header: tuple[int, list[str]], source: str) -> tuple[RecordedKind, list[str]]:
    """The kind of data and the names of the columns as they stand in the file."""
    line, cells = header
    names = [cell.casefold() for cell in _without_empty(cells, 1)]
    for name in names:
        if not name:
            raise InputError(f"{source}, line {line}: column {names.index(name) + 1} has no name")
        if names.count(name) > 1:
            refuse(source, line, name, "this column stands twice in the header")
    known = {column for kind in kinds() for column in kind.names}
    if not known.intersection(names):
        otherwise = known.intersection(re.split(r"[;\t|，；]", ",".join(names)))
        hint = "; separate the columns by commas" if otherwise else ""
        raise InputError(
            f"{source}, line {line}: the first row must name the columns, for example {_example()}; "
            f"`testbench score --columns` lists all kinds of data{hint}"
        )
    best = min(kinds(), key=lambda kind: (_distance(kind, names), kind.name))
    for column in best.required:
        if column not in names:
            refuse(source, line, column, f"is missing; {best.name} data have the columns {best.header}")
    for name in names:
        if name in known and name not in best.names:
            refuse(source, line, name, f"belongs to another kind of data than {best.name}; give one kind a file")
        if name not in known:
            refuse(source, line, name, f"no such column; {best.name} data have the columns {best.header}")
    return best, names


def _distance(kind: RecordedKind, names: Sequence[str]) -> int:
    """How many columns are missing from a file of this kind, and how many are too many."""
    return len(set(kind.required) - set(names)) + len(set(names) - set(kind.names))


def _row(kind: RecordedKind, names: Sequence[str], cells: Sequence[str], line: int, source: str) -> Row:
    cells = _without_empty(cells, len(names))
    if [cell.casefold() for cell in cells] == list(names):
        raise InputError(f"{source}, line {line}: the column names stand a second time; remove this line")
    if {"test", "parameter", "unit"} <= {cell.casefold() for cell in cells}:
        raise InputError(f"{source}, line {line}: column names of another kind of data begin here; give one kind a file")
    if len(cells) < len(names):
        refuse(source, line, names[len(cells)], f"is missing: the row has {len(cells)} of {len(names)} cells")
    if len(cells) > len(names):
        extra = f"the row has {len(cells)} cells, the header {len(names)}; is a comma inside a number?"
        refuse(source, line, str(len(names) + 1), extra)
    written = dict(zip(names, cells, strict=True))
    values: dict[str, Any] = {}
    for column in kind.columns:
        if column.name not in written:
            continue
        values[column.name] = None
        if not written[column.name]:
            if not (column.optional or column.cell.may_be_empty):
                refuse(source, line, column.name, "is empty")
            continue
        try:
            values[column.name] = column.cell.read(written[column.name], Place(column.name, kind.name))
        except ValueError as error:
            refuse(source, line, column.name, str(error))
    return Row(source, line, written, values)


def _test(kind: RecordedKind, name: str, rows: Sequence[Row]) -> RecordedTest:
    """Build one test from its rows; what must be the same in all of them is checked."""
    first = rows[0]
    for row in rows:
        for column in kind.columns:
            if not column.same or column.name not in row.values:
                continue
            if _comparable(row.values[column.name]) != _comparable(first.values[column.name]):
                here, there = row.written[column.name], first.written[column.name]
                row.refuse(column.name, f"{here!r} differs from {there!r} in line {first.line} of the same test")
    _refuse_repeated(kind, rows)
    test = RecordedTest(kind, name, tuple(rows))
    if kind.check is not None:
        kind.check(test)
    return test


def _refuse_repeated(kind: RecordedKind, rows: Sequence[Row]) -> None:
    """Two rows with the same number are a slip: a row that was copied counts twice."""
    lines: dict[tuple[Any, ...], int] = {}
    for row in rows if kind.once else ():
        place = tuple(_comparable(row.values.get(column)) for column in kind.once)
        if place in lines:
            row.refuse(kind.once[-1], f"the row stands already in line {lines[place]}: number the rows of a test once")
        lines[place] = row.line


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
