"""What a person enters as a table: readings of a reference method, of an insulation tester, of a certificate.

    form = Form(
        title=Text(zh="绝缘电阻", en="Insulation resistance"),
        instruction=Text(zh="…", en="Measure each terminal against the housing at 500 V."),
        columns=(Column("device", Text(zh="被测仪器", en="device"), kind="text"),
                 Column("resistance", Text(zh="绝缘电阻", en="insulation resistance"), "MΩ", lower=0.0)),
        given=({"device": "A"}, {"device": "B"}),
    )
    entered = bench.enter(form)
    entered.numbers("resistance")

A row is a mapping from the names of the columns to cells: a number, a text, a date ("2026-03-01") or a time of day
("08:30:00") as ISO 8601 writes it, or yes and no; None for a cell of an optional column that was left empty. Where rows are
given, there are as many as are given and at most `further_rows` more, and the given cells are not entered.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as validated

from testbench.engine.discarding import Discarding
from testbench.errors import InputError, explain
from testbench.text import Text
from testbench.typed_number import may_group_thousands, plain_number, plain_signs

Cell = float | str | bool | None
Kind = Literal["number", "text", "date", "time", "yes-no"]

YES = frozenset({"yes", "y", "true", "1", "是"})
NO = frozenset({"no", "n", "false", "0", "否"})
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form: its name in a CSV file, its title, the unit of its numbers, and what its cells may be.

    `lower` and `upper` are the least and the largest number that is taken, `among` the texts (any, where there is none). A
    cell of an optional column may be left empty.
    """

    name: str
    title: Text
    unit: str = ""
    kind: Kind = "number"
    optional: bool = False
    lower: float | None = None
    upper: float | None = None
    among: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.strip() or self.kind not in get_args(Kind):
            kinds = ", ".join(get_args(Kind))
            raise InputError(f"column {self.name!r} of kind {self.kind!r}: give a name, and one of {kinds}")
        if self.kind != "number" and (self.lower is not None or self.upper is not None or self.unit):
            raise InputError(f"column {self.name!r}: only numbers have a unit and limits")
        if self.kind != "text" and self.among:
            raise InputError(f"column {self.name!r}: only texts are chosen among some")

    def heading(self, language: str) -> str:
        """The title with the unit, for the head of a table."""
        title = self.title.say(language)
        return f"{title} / {self.unit}" if self.unit else title

    def read(self, text: str) -> Cell:
        """Read a cell as it was typed; InputError says what is wrong with it."""
        typed = text.strip()
        if not typed:
            if self.optional:
                return None
            raise InputError(f"{self.name}: the cell is empty; {self.wanted}")
        match self.kind:
            case "number":
                return self.checked(_number(self, typed))
            case "text":
                return self._chosen(typed)
            case "date":
                return _date(self, typed)
            case "time":
                return _time(self, typed)
            case "yes-no":
                return _yes_or_no(self, typed)

    def checked(self, cell: Any) -> Cell:
        """A cell as it is kept; InputError for one that this column does not take."""
        if cell is None:
            if not self.optional:
                raise InputError(f"{self.name}: the cell is empty; {self.wanted}")
            return None
        if self.kind == "yes-no":
            if isinstance(cell, bool):
                return cell
        elif self.kind == "number":
            if isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell):
                return self._within(float(cell))
        elif isinstance(cell, str):
            return self._chosen(cell) if self.kind == "text" else self.read(cell)
        raise InputError(f"{self.name}: {cell!r} is not what is asked for; {self.wanted}")

    def _within(self, number: float) -> float:
        if self.lower is not None and number < self.lower:
            raise InputError(f"{self.name}: {number:g} is less than {self.lower:g}, the least that is taken")
        if self.upper is not None and number > self.upper:
            raise InputError(f"{self.name}: {number:g} is more than {self.upper:g}, the largest that is taken")
        return number

    def _chosen(self, text: str) -> str:
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in text):
            raise InputError(f"{self.name}: {text!r} has signs that cannot be printed; {self.wanted}")
        if self.among and text not in self.among:
            raise InputError(f"{self.name}: {text!r} is none of {', '.join(self.among)}")
        return text

    @property
    def wanted(self) -> str:
        """What is asked for, in words."""
        match self.kind:
            case "number":
                return f"give a number in {self.unit}" if self.unit else "give a number"
            case "text":
                return "give a text"
            case "date":
                return "give a date as 2026-03-01"
            case "time":
                return "give a time of day as 08:30"
            case "yes-no":
                return "give yes or no"

    @property
    def sample(self) -> Cell:
        """A cell that is taken, for a plan: the least number, an empty text, the first day of a year."""
        if self.optional:
            return None
        text = next(iter(self.among), "")
        samples: Mapping[str, Cell] = {"text": text, "date": "2026-01-01", "time": "00:00:00", "yes-no": True}
        if self.kind != "number":
            return samples[self.kind]
        return self.lower if self.lower is not None else min(0.0, self.upper if self.upper is not None else 0.0)


def _number(column: Column, typed: str) -> float:
    spelled = plain_number(typed)
    if may_group_thousands(typed):
        raise InputError(f"{column.name}: {typed!r} may be thousands or a decimal; write it with a point, or without")
    number = math.nan if spelled is None else float(spelled)
    if not math.isfinite(number):
        raise InputError(f"{column.name}: {typed!r} is not a number; {column.wanted}")
    return number


def _date(column: Column, typed: str) -> str:
    """2026-03-01, also written 2026/3/1, 2026.3.1 or 2026年3月1日; the year comes first in all of them."""
    found = _DATE.fullmatch(plain_signs(typed))
    try:
        if found is None:
            raise ValueError
        year, month, day = (int(part) for part in (found[1] or found[5], found[3] or found[6], found[4] or found[7]))
        return dt.date(year, month, day).isoformat()
    except ValueError:
        raise InputError(f"{column.name}: {typed!r} is not a date; {column.wanted}") from None


def _time(column: Column, typed: str) -> str:
    """08:30 or 8:30:05, without a zone."""
    found = _TIME.fullmatch(plain_signs(typed))
    try:
        if found is None:
            raise ValueError
        return dt.time(int(found[1]), int(found[2]), int(found[3] or 0)).isoformat()
    except ValueError:
        raise InputError(f"{column.name}: {typed!r} is not a time of day; {column.wanted}") from None


def _yes_or_no(column: Column, typed: str) -> bool:
    word = plain_signs(typed).casefold()
    if word not in YES | NO:
        raise InputError(f"{column.name}: {typed!r} is neither yes nor no; {column.wanted}")
    return word in YES


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A table that a person fills in: what it is about, how it is done, its columns, and how many rows.

    `given` are the cells that are fixed beforehand, row by row: device and run number; `further_rows` may follow them. No
    two rows have the same cells of `once`. `expected` is what the simulated operator enters, row by row.
    """

    title: Text
    instruction: Text
    columns: tuple[Column, ...]
    least_rows: int = 1
    most_rows: int = 200
    given: tuple[Row, ...] = ()
    expected: tuple[Row, ...] = ()
    further_rows: int = 0
    once: tuple[str, ...] = ()
    discarding: Discarding | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if not names or len(set(names)) != len(names):
            raise InputError(f"the form {self.title.en!r} has no columns, or two of one name; give each its own")
        strange = sorted({name for row in (*self.given, *self.expected) for name in row} - set(names))
        if strange:
            raise InputError(f"the form {self.title.en!r} has no column {strange[0]!r}; its columns are {', '.join(names)}")
        for name in self.once:
            self.column(name)
        for row in self.given:
            for name, cell in row.items():
                self.column(name).checked(cell)
        if not 0 <= self.least <= self.most:
            raise InputError(f"the form {self.title.en!r} asks for {self.least} to {self.most} rows; that cannot be")

    @property
    def question(self) -> str:
        """Title and instruction as one text, in English: the sentences of a form have their Chinese in the form."""
        return f"{self.title.en}. {self.instruction.en}"

    @property
    def least(self) -> int:
        """The least number of rows: those that are given, where there are any."""
        return len(self.given) or self.least_rows

    @property
    def most(self) -> int:
        """The largest number of rows."""
        return len(self.given) + self.further_rows if self.given else self.most_rows

    def column(self, name: str) -> Column:
        """The column of a name; InputError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise InputError(f"the form {self.title.en!r} has no column {name!r}")

    def is_given(self, row: int, name: str) -> bool:
        """Whether a cell (row from 0) is fixed beforehand."""
        return row < len(self.given) and name in self.given[row]

    def complete(self, rows: Sequence[Row]) -> tuple[Mapping[str, Cell], ...]:
        """The rows with all cells, given ones included; InputError naming row and column for what is missing or wrong."""
        if not self.least <= len(rows) <= self.most:
            asked = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
            raise InputError(f"{self.title.en}: {len(rows)} rows are entered, {asked} are asked for")
        whole = tuple(self._row(number, row) for number, row in enumerate(rows))
        try:
            self._check_once(whole)
            if self.discarding is not None:
                self.discarding.check(whole)
        except InputError as error:
            raise InputError(f"{self.title.en}: {error}") from error
        return whole

    def _check_once(self, rows: Sequence[Mapping[str, Cell]]) -> None:
        """A row that was copied counts twice: InputError for two rows with the same number."""
        first: dict[tuple[Cell, ...], int] = {}
        for number, row in enumerate(rows, start=1) if self.once else ():
            place = tuple(row[name] for name in self.once)
            if place in first:
                same = ", ".join(f"{name} {_plain(cell)}" for name, cell in zip(self.once, place, strict=True))
                raise InputError(f"row {number}: {same}, as in row {first[place]}; number the rows once")
            first[place] = number

    def _row(self, number: int, row: Row) -> Mapping[str, Cell]:
        fixed = self.given[number] if number < len(self.given) else {}
        cells: dict[str, Cell] = {}
        for name in row:
            self.column(name)
        for column in self.columns:
            try:
                cells[column.name] = column.checked(row.get(column.name, fixed.get(column.name)))
            except InputError as error:
                raise InputError(f"{self.title.en}, row {number + 1}: {error}") from error
            if column.name in fixed and cells[column.name] != column.checked(fixed[column.name]):
                raise InputError(
                    f"{self.title.en}, row {number + 1}: {column.name} is given as {fixed[column.name]}, "
                    f"not {cells[column.name]}"
                )
        return cells

    def sampled(self) -> tuple[Mapping[str, Cell], ...]:
        """Rows for a plan: what is expected, else given cells and samples."""
        rows = self.expected or self.given or ({},) * max(1, self.least)
        return tuple(
            {column.name: self._cell(number, column, row) for column in self.columns} for number, row in enumerate(rows)
        )

    def _cell(self, number: int, column: Column, row: Row) -> Cell:
        fixed = self.given[number] if number < len(self.given) else {}
        return row.get(column.name, fixed.get(column.name, column.sample))  # type: ignore[no-any-return]

    def document(self) -> dict[str, Any]:
        """The form as a JSON document, without what is expected."""
        return dict(_forms().dump_python(replace(self, expected=()), mode="json"))

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Form:
        """The form of a JSON document; InputError where it is none."""
        try:
            return _forms().validate_python(document)
        except ValidationError as error:
            raise InputError(f"a form of the record cannot be read: {explain(error)}") from error

    def arguments(self) -> dict[str, Any]:
        """What a journal keeps of it: the title, the names and units of the columns, and the given cells."""
        return {
            "title": self.title.en,
            "title_zh": self.title.zh,
            "columns": [f"{column.name} / {column.unit}" if column.unit else column.name for column in self.columns],
            "given": [dict(row) for row in self.given],
        }


def number_in(row: Mapping[str, Cell], name: str) -> float:
    """The number in a cell of a row; InputError where there is none, for nothing stands in its place."""
    cell = row[name]
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise InputError(f"what was entered has no number in column {name!r}: {cell!r}")
    return float(cell)


def _plain(cell: Cell) -> str:
    """A cell in words: whole numbers without a point."""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


@cache
def _forms() -> TypeAdapter[Form]:
    return TypeAdapter(Form)


@validated(frozen=True, config=ConfigDict(ser_json_inf_nan="strings", defer_build=True))
class Entered:
    """A table as a person entered it: its rows, by whom, and from where ("keyboard", the name of a file).

    `digest` is the SHA-256 of the file that it was read from, in hexadecimal; empty where there was none.
    """

    rows: tuple[Mapping[str, float | str | bool | None], ...]
    by: str
    source: str
    digest: str = ""

    def column(self, name: str) -> tuple[Cell, ...]:
        """The cells of a column, row by row; InputError where there is no such column."""
        if any(name not in row for row in self.rows):
            raise InputError(f"what {self.by} entered has no column {name!r}")
        return tuple(row[name] for row in self.rows)

    def numbers(self, name: str) -> tuple[float, ...]:
        """The numbers of a column, row by row; InputError for a cell that is none."""
        cells = self.column(name)
        for number, cell in enumerate(cells, start=1):
            if isinstance(cell, bool) or not isinstance(cell, int | float):
                raise InputError(f"what {self.by} entered has no number in row {number} of column {name!r}")
        return tuple(float(cell) for cell in cells if cell is not None)

    def of(self, name: str, value: Cell) -> tuple[Mapping[str, Cell], ...]:
        """The rows whose cell of a column is a value: the rows of one device."""
        return tuple(row for row in self.rows if row.get(name) == value)
