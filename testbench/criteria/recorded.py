"""Read test data recorded elsewhere: comma-separated files of injections or runs, strictly.

Three kinds, told from the columns (in any order, letter case aside):

- linearity: `test,parameter,unit,span,level,reference,measured`
- calibration error: `test,parameter,unit,span,date,level,reference,measured`
- relative accuracy audit: `test,parameter,unit,run,used,cems,reference`

UTF-8 with or without byte order mark, any line end, blank lines allowed. `#` starts a comment at the beginning of a line or
after a blank, so that a test may be called `Unit#1`. Numbers keep the digits that were written. Every fault raises
InputError naming file, line and column.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from testbench.errors import InputError


class Kind(StrEnum):
    """What was tested."""

    LINEARITY = "linearity"
    CALIBRATION_ERROR = "calibration error"
    RELATIVE_ACCURACY = "relative accuracy audit"


COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.LINEARITY: ("test", "parameter", "unit", "span", "level", "reference", "measured"),
    Kind.CALIBRATION_ERROR: ("test", "parameter", "unit", "span", "date", "level", "reference", "measured"),
    Kind.RELATIVE_ACCURACY: ("test", "parameter", "unit", "run", "used", "cems", "reference"),
}
LEVELS: Mapping[Kind, tuple[str, ...]] = {
    Kind.LINEARITY: ("low", "mid", "high"),
    Kind.CALIBRATION_ERROR: ("zero", "upscale"),
}
LARGEST = Decimal("1e15")
"""Numbers of a file lie between −1e15 and 1e15; anything else is a slip of the pen."""
MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Injection:
    """One injection of a reference gas or signal, in the test's unit; `date` only in calibration error tests."""

    line: int
    level: str
    reference: Decimal
    measured: Decimal
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a relative accuracy audit; a run that is not used may lack its values."""

    line: int
    number: int
    used: bool
    cems: Decimal | None
    reference: Decimal | None


@dataclass(frozen=True, slots=True)
class RecordedTest:
    """All rows of one test in time order; `line` is its first row, `span` None where the column is empty or absent."""

    kind: Kind
    name: str
    parameter: str
    unit: str
    span: Decimal | None
    line: int
    injections: tuple[Injection, ...] = ()
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file of recorded test data; `tests` in the order in which they begin."""

    source: str
    kind: Kind
    tests: tuple[RecordedTest, ...]

    def refuse(self, line: int, column: str, problem: str) -> NoReturn:
        """Raise InputError for a cell of this file."""
        _refuse(self.source, line, column, problem)


def read_recorded(path: Path) -> RecordedFile:
    """Read a file of recorded test data. Raises InputError for whatever is wrong with it."""
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
    return parse_recorded(text, str(path))


def parse_recorded(text: str, source: str) -> RecordedFile:
    """Check the text of a file of recorded test data; `source` names it in errors. Raises InputError."""
    rows = _rows(text, source)
    header = next(rows, None)
    if header is None:
        example = ",".join(COLUMNS[Kind.LINEARITY])
        raise InputError(f"{source}: no data; the first row must name the columns, for example {example}")
    kind, names = _recognise(header, source)
    tests: dict[str, list[_Row]] = {}
    for line, cells in rows:
        row = _Row(source, line, _cells_by_name(names, cells, line, source))
        tests.setdefault(row.text("test"), []).append(row)
    if not tests:
        raise InputError(f"{source}: no rows after the column names in line {header[0]}")
    return RecordedFile(source, kind, tuple(_test(kind, name, own) for name, own in tests.items()))


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
        if any(cells):
            yield number, cells


def _refuse(source: str, line: int, column: str, problem: str) -> NoReturn:
    raise InputError(f"{source}, line {line}, column {column}: {problem}")


def _recognise(header: tuple[int, list[str]], source: str) -> tuple[Kind, list[str]]:
    """The kind of data and the names of the columns as they stand in the file."""
    line, cells = header
    names = [cell.casefold() for cell in cells]
    for name in names:
        if not name:
            raise InputError(f"{source}, line {line}: column {names.index(name) + 1} has no name")
        if names.count(name) > 1:
            _refuse(source, line, name, "this column stands twice in the header")
    known = {column for columns in COLUMNS.values() for column in columns}
    recognised = known.intersection(names)
    if not recognised:
        otherwise = known.intersection(re.split(r"[;\t|]", ",".join(names)))
        hint = "; separate the columns by commas" if otherwise else ""
        raise InputError(f"{source}, line {line}: the first row must name the columns: {_all_columns()}{hint}")
    best = min(COLUMNS, key=lambda kind: (len(set(COLUMNS[kind]) ^ set(names)), list(COLUMNS).index(kind)))
    wanted = COLUMNS[best]
    for column in wanted:
        if column not in names:
            _refuse(source, line, column, f"is missing; {best.value} data have the columns {','.join(wanted)}")
    for name in names:
        if name in known and name not in wanted:
            _refuse(source, line, name, f"belongs to another kind of data than {best.value}; give one kind a file")
        if name not in known:
            _refuse(source, line, name, f"no such column; {best.value} data have the columns {','.join(wanted)}")
    return best, names


def _all_columns() -> str:
    return " or ".join(f"{','.join(columns)} ({kind.value})" for kind, columns in COLUMNS.items())


def _cells_by_name(names: Sequence[str], cells: Sequence[str], line: int, source: str) -> dict[str, str]:
    if [cell.casefold() for cell in cells] == list(names):
        raise InputError(f"{source}, line {line}: the column names stand a second time; remove this line")
    if {"test", "parameter", "unit"} <= {cell.casefold() for cell in cells}:
        raise InputError(f"{source}, line {line}: column names of another kind of data begin here; give one kind a file")
    if len(cells) < len(names):
        _refuse(source, line, names[len(cells)], f"is missing: the row has {len(cells)} of {len(names)} cells")
    if len(cells) > len(names):
        extra = f"the row has {len(cells)} cells, the header {len(names)}; is a comma inside a number?"
        _refuse(source, line, str(len(names) + 1), extra)
    return dict(zip(names, cells, strict=True))


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row's cells by column name; every reading of a cell checks it."""

    source: str
    line: int
    cells: Mapping[str, str]

    def refuse(self, column: str, problem: str) -> NoReturn:
        _refuse(self.source, self.line, column, problem)

    def text(self, column: str) -> str:
        if not self.cells[column]:
            self.refuse(column, "is empty")
        return self.cells[column]

    def number(self, column: str) -> Decimal:
        written = self.text(column)
        if not _NUMBER.fullmatch(written):
            self.refuse(column, f"{written!r} is not a number (write 12.5, with a point)")
        value = Decimal(written)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)  # the pattern admits neither NaN nor infinity
        if len(value.as_tuple().digits) > MOST_DIGITS or exponent < -MOST_DIGITS:
            self.refuse(column, f"{written!r} has more than {MOST_DIGITS} digits")
        if abs(value) > LARGEST:
            self.refuse(column, f"{written!r} is larger than {LARGEST:.0E}")
        return value if value else Decimal(0)

    def number_or_empty(self, column: str) -> Decimal | None:
        return self.number(column) if self.cells[column] else None

    def span(self) -> Decimal | None:
        value = self.number_or_empty("span")
        if value is not None and value <= 0:
            self.refuse("span", f"{self.cells['span']!r} must be above zero")
        return value

    def level(self, kind: Kind) -> str:
        level = self.text("level").casefold()
        if level not in LEVELS[kind]:
            self.refuse("level", f"unknown level {self.cells['level']!r}; {kind.value} has {', '.join(LEVELS[kind])}")
        return level

    def date(self) -> dt.date:
        written = self.text("date")
        try:
            if not _DATE.fullmatch(written):
                raise ValueError
            return dt.date.fromisoformat(written)
        except ValueError:
            self.refuse("date", f"{written!r} is not a date (write 2021-05-13)")

    def flag(self, column: str) -> bool:
        written = self.text(column)
        if written not in ("0", "1"):
            self.refuse(column, f"{written!r} must be 1 (used) or 0 (discarded)")
        return written == "1"

    def whole_number(self, column: str) -> int:
        written = self.text(column)
        if not _WHOLE_NUMBER.fullmatch(written):
            self.refuse(column, f"{written!r} is not a whole number")
        return int(written)


def _differs(row: _Row, first: _Row, column: str) -> str:
    return f"{row.cells[column]!r} differs from {first.cells[column]!r} in line {first.line} of the same test"


def _test(kind: Kind, name: str, rows: Sequence[_Row]) -> RecordedTest:
    """Build one test from its rows; what must be the same in all of them is checked."""
    first = rows[0]
    for row in rows:
        for column in ("parameter", "unit"):
            if row.text(column).casefold() != first.text(column).casefold():
                row.refuse(column, _differs(row, first, column))
        if kind is not Kind.RELATIVE_ACCURACY and row.span() != first.span():
            row.refuse("span", _differs(row, first, "span"))
    span = None if kind is Kind.RELATIVE_ACCURACY else first.span()
    test = RecordedTest(kind, name, first.text("parameter"), first.text("unit"), span, first.line)
    if kind is Kind.RELATIVE_ACCURACY:
        return replace(test, runs=_runs(rows))
    return replace(test, injections=tuple(_injection(kind, row) for row in rows))


def _injection(kind: Kind, row: _Row) -> Injection:
    return Injection(
        line=row.line,
        level=row.level(kind),
        reference=row.number("reference"),
        measured=row.number("measured"),
        date=row.date() if kind is Kind.CALIBRATION_ERROR else None,
    )


def _runs(rows: Sequence[_Row]) -> tuple[Run, ...]:
    runs: dict[int, Run] = {}
    for row in rows:
        number, used = row.whole_number("run"), row.flag("used")
        if number in runs:
            row.refuse("run", f"run {number} stands already in line {runs[number].line}")
        read = row.number if used else row.number_or_empty
        runs[number] = Run(row.line, number, used, read("cems"), read("reference"))
    return tuple(runs.values())
