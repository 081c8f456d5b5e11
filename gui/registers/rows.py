"""The lists of the registers: their columns, what each cell says and sorts by, and which entries a filter lets through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from testbench.register.entries import (
    KIND_WORDS,
    Entry,
    RegisteredCylinder,
    RegisteredDevice,
    RegisteredStandard,
    Section,
)
from testbench.register.fields import field_words
from testbench.register.listing import plain_number
from testbench.register.searching import search_words, searchable
from testbench.register.states import WORDS, State, explained, states
from testbench.text import Text

Key = tuple[int, float, str]
"""What a cell sorts by: cells that say nothing last, numbers by size, then texts."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says in a language, and what it sorts by."""

    text: Text
    key: Key


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, whether it holds numbers, and how its cells are made. The first one of a list is the state."""

    heading: Text
    cell: Callable[[Entry], Cell]
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in a list: its cells, its states with their words, and the text it is searched in."""

    entry: Entry
    cells: tuple[Cell, ...]
    states: tuple[State, ...]
    words: Text
    explained: Text
    haystack: str


class Filter(StrEnum):
    """Which entries are listed, by their states."""

    IN_USE = "in use"
    ATTENTION = "attention"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires soon"
    NEARLY_EMPTY = "nearly empty"
    UNDATED = "undated"
    RETIRED = "retired"
    ALL = "all"


FILTER_WORDS = {
    Filter.IN_USE: Text(zh="在用", en="In use"),
    Filter.ATTENTION: Text(zh="需要注意", en="Needs attention"),
    Filter.EXPIRED: Text(zh="已过期", en="Expired"),
    Filter.EXPIRES_SOON: Text(zh="30 天内到期", en="Expires within 30 days"),
    Filter.NEARLY_EMPTY: Text(zh="即将用完或已用完", en="Nearly empty or empty"),
    Filter.UNDATED: Text(zh="未注明有效期", en="Validity not stated"),
    Filter.RETIRED: Text(zh="已停用", en="Retired"),
    Filter.ALL: Text(zh="全部", en="All"),
}
_LET_THROUGH = {
    Filter.IN_USE: frozenset(State) - {State.RETIRED},
    Filter.ATTENTION: frozenset(State) - {State.RETIRED, State.READY},
    Filter.EXPIRED: frozenset({State.EXPIRED}),
    Filter.EXPIRES_SOON: frozenset({State.EXPIRES_SOON}),
    Filter.NEARLY_EMPTY: frozenset({State.NEARLY_EMPTY, State.EMPTY}),
    Filter.UNDATED: frozenset({State.UNDATED}),
    Filter.RETIRED: frozenset({State.RETIRED}),
    Filter.ALL: frozenset(State),
}
_DATED = (Filter.IN_USE, Filter.ATTENTION, Filter.EXPIRED, Filter.EXPIRES_SOON)
FILTERS = {
    Section.DEVICES: (Filter.IN_USE, Filter.RETIRED, Filter.ALL),
    Section.CYLINDERS: (*_DATED, Filter.NEARLY_EMPTY, Filter.UNDATED, Filter.RETIRED, Filter.ALL),
    Section.STANDARDS: (*_DATED, Filter.UNDATED, Filter.RETIRED, Filter.ALL),
}
STATE_HEADING = Text(zh="状态", en="State")


def rows(entries: Iterable[Entry], today: dt.date) -> tuple[Row, ...]:
    """The rows of a list."""
    return tuple(_row(entry, today) for entry in entries)


def lets_through(row: Row, query: str, wanted: Filter) -> bool:
    """Whether a row has all words of a query, and a state that is wanted."""
    return not _LET_THROUGH[wanted].isdisjoint(row.states) and all(word in row.haystack for word in search_words(query))


def _row(entry: Entry, today: dt.date) -> Row:
    found = states(entry, today)
    words = [WORDS[state] for state in found]
    sentences = [explained(entry, state, today) for state in found]
    joined = Text(zh="、".join(word.zh for word in words), en=", ".join(word.en for word in words))
    told = Text(zh="\n".join(one.zh for one in sentences), en="\n".join(one.en for one in sentences))
    severity = Cell(joined, (0, float(list(State).index(found[0])), joined.en))
    cells = (severity, *(column.cell(entry) for column in COLUMNS[entry.section][1:]))
    return Row(entry, cells, found, joined, told, searchable(entry, today))


def _same(text: str) -> Cell:
    return Cell(Text(zh=text, en=text), (0 if text else 1, 0.0, text.casefold()))


def _numbered(value: float | None, text: str | None = None) -> Cell:
    shown = "" if value is None else plain_number(value) if text is None else text
    return Cell(Text(zh=shown, en=shown), (1, 0.0, "") if value is None else (0, value, ""))


def _plain(section: Section, name: str) -> Column:
    """A column of a field that is text or a date."""

    def cell(entry: Entry) -> Cell:
        value = getattr(entry, name)
        return _same(value.isoformat() if isinstance(value, dt.date) else value or "")

    return Column(field_words(section, name), cell)


def _range(entry: Entry) -> Cell:
    assert isinstance(entry, RegisteredDevice)
    low, high = plain_number(entry.range_low), plain_number(entry.range_high)
    return _numbered(entry.range_high - entry.range_low, f"{low} – {high} {entry.unit}")


def _content(entry: Entry) -> Cell:
    assert isinstance(entry, RegisteredCylinder)
    return _numbered(entry.fraction_percent)


def _left(entry: Entry) -> Cell:
    assert isinstance(entry, RegisteredCylinder)
    left, share = entry.litres_left, entry.share_left
    if left is None:
        return _numbered(None)
    return _numbered(left, f"{left:.0f} L" + ("" if share is None else f" ({100 * share:.0f} %)"))


def _kind(entry: Entry) -> Cell:
    assert isinstance(entry, RegisteredStandard)
    return Cell(KIND_WORDS[entry.kind], (0, 0.0, entry.kind.value))


_STATE = Column(STATE_HEADING, lambda entry: _same(""))
COLUMNS: dict[Section, tuple[Column, ...]] = {
    Section.DEVICES: (
        _STATE,
        *(_plain(Section.DEVICES, name) for name in ("maker", "model", "serial", "measurand")),
        Column(Text(zh="量程", en="Range"), _range, number=True),
    ),
    Section.CYLINDERS: (
        _STATE,
        replace(_plain(Section.CYLINDERS, "component"), heading=Text(zh="组分", en="Gas")),
        Column(Text(zh="标准值 (%)", en="Content (%)"), _content, number=True),
        replace(_plain(Section.CYLINDERS, "certificate"), heading=Text(zh="证书", en="Certificate")),
        _plain(Section.CYLINDERS, "valid_until"),
        Column(Text(zh="剩余", en="Left"), _left, number=True),
    ),
    Section.STANDARDS: (
        _STATE,
        Column(field_words(Section.STANDARDS, "kind"), _kind),
        *(_plain(Section.STANDARDS, name) for name in ("maker", "model", "serial", "valid_until")),
    ),
}
