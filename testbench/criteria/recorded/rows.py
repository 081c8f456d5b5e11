"""A file of recorded test data as it was read: tests, and rows with checked cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from testbench.criteria.recorded.kind import RecordedKind
from testbench.errors import InputError


def refuse(source: str, line: int, column: str, problem: str) -> NoReturn:
    """Raise InputError for a cell of a file."""
    raise InputError(f"{source}, line {line}, column {column}: {problem}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `written` cells by column name as they stand in the file, `values` as they were read (None for empty ones)."""

    source: str
    line: int
    written: Mapping[str, str]
    values: Mapping[str, Any]

    def refuse(self, column: str, problem: str) -> NoReturn:
        """Raise InputError for a cell of this row."""
        refuse(self.source, self.line, column, problem)

    def has(self, column: str) -> bool:
        """Whether the cell is there and not empty."""
        return self.values.get(column) is not None

    def text(self, column: str) -> str:
        """A cell of text, or one of some words."""
        return str(self._value(column))

    one_of = text

    def text_or_empty(self, column: str) -> str | None:
        """A cell of text that may be empty or absent."""
        return self.text(column) if self.has(column) else None

    def number(self, column: str) -> Decimal:
        """A number, which must be there."""
        value = self._value(column)
        assert isinstance(value, Decimal)
        return value

    def number_or_empty(self, column: str) -> Decimal | None:
        """A number, or None for an empty or absent cell."""
        return self.number(column) if self.has(column) else None

    def date(self, column: str = "date") -> dt.date:
        """A date."""
        value = self._value(column)
        assert isinstance(value, dt.date)
        return value

    def time(self, column: str = "time") -> dt.datetime:
        """A date with a time of day."""
        value = self._value(column)
        assert isinstance(value, dt.datetime)
        return value

    def flag(self, column: str) -> bool:
        """1 or 0 as true or false."""
        return bool(self._value(column))

    def whole_number(self, column: str) -> int:
        """A whole number."""
        value = self._value(column)
        assert isinstance(value, int)
        return value

    def _value(self, column: str) -> Any:
        value = self.values.get(column)
        if value is None:
            self.refuse(column, "is empty" if column in self.values else "is missing, and needed here")
        return value


@dataclass(frozen=True, slots=True)
class RecordedTest:
    """All rows of one test in the order of the file; what must be the same in all of them was checked."""

    kind: RecordedKind
    name: str
    rows: tuple[Row, ...]

    @property
    def parameter(self) -> str:
        """What was measured."""
        return self.rows[0].text("parameter")

    @property
    def unit(self) -> str:
        """Unit of the data."""
        return self.rows[0].text("unit")

    @property
    def line(self) -> int:
        """Line of the first row."""
        return self.rows[0].line

    @property
    def span(self) -> Decimal | None:
        """The span; None where the column is empty or absent."""
        return self.rows[0].number_or_empty("span")

    @property
    def full_scale(self) -> Decimal:
        """The full scale, which must be there."""
        return self.rows[0].number("full_scale")


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """A file of recorded test data; `tests` in the order in which they begin."""

    source: str
    kind: RecordedKind
    tests: tuple[RecordedTest, ...]

    def refuse(self, line: int, column: str, problem: str) -> NoReturn:
        """Raise InputError for a cell of this file."""
        refuse(self.source, line, column, problem)
