"""What a cell of recorded test data may hold: text, numbers, dates, times, yes or no, one of some words.

Each kind of cell reads what is written in it. A ValueError says what is wrong in words that follow "file, line, column:".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from testbench.text import Text

LARGEST = Decimal("1e15")
"""Numbers of a file lie between −1e15 and 1e15; anything else is a slip of the pen."""
MOST_DIGITS = 30
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands: its column, and the name of the kind of data; for words of an error."""

    column: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of cell: how it is read, what it holds in words, and whether it may be empty (it is None then)."""

    read: Callable[[str, Place], Any]
    says: Text
    may_be_empty: bool = False


def text() -> Cell:
    """Any text."""
    return Cell(lambda written, place: written, Text(zh="文字", en="text"))


def name() -> Cell:
    """A name or a unit, which is no number (except 1, the unit of ratios)."""

    def read(written: str, place: Place) -> str:
        if written != "1" and _NUMBER.fullmatch(written):
            raise ValueError(f"{written!r} is a number; are the cells of this row in the wrong columns?")
        return written

    return Cell(read, Text(zh="文字", en="text"))


def number(*, positive: bool = False, least: int | None = None, most: int | None = None, may_be_empty: bool = False) -> Cell:
    """A number (Decimal) with the digits that are written; `positive`: above zero; from `least` on, up to `most`."""

    def read(written: str, place: Place) -> Decimal:
        value = _decimal(written)
        if positive and value <= 0:
            raise ValueError(f"{written!r} must be above zero")
        if least is not None and value < least:
            raise ValueError(f"{written!r} must not be below {least or 'zero'}")
        if most is not None and value > most:
            raise ValueError(f"{written!r} must not be above {most}")
        return value

    zh, en = ("正数", "number above zero") if positive else ("数", "number")
    if least is not None:
        zh, en = f"不小于 {least} 的数", f"number from {least} on"
    if most is not None:
        zh, en = f"{zh}，不大于 {most}", f"{en}, up to {most}"
    return Cell(read, Text(zh=zh, en=en), may_be_empty)


def number_or_empty(*, positive: bool = False) -> Cell:
    """A number, or nothing."""
    return number(positive=positive, may_be_empty=True)


def not_negative_or_empty() -> Cell:
    """A number from 0 on, or nothing."""
    return number(least=0, may_be_empty=True)


def _decimal(written: str) -> Decimal:
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"{written!r} is not a number (write 12.5, with a point)")
    value = Decimal(written)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # the pattern admits neither NaN nor infinity
    if len(value.as_tuple().digits) > MOST_DIGITS or exponent < -MOST_DIGITS:
        raise ValueError(f"{written!r} has more than {MOST_DIGITS} digits")
    if abs(value) > LARGEST:
        raise ValueError(f"{written!r} is larger than {LARGEST:.0E}")
    return value if value else Decimal(0)


def date() -> Cell:
    """A date."""

    def read(written: str, place: Place) -> dt.date:
        try:
            if not _DATE.fullmatch(written):
                raise ValueError
            return dt.date.fromisoformat(written)
        except ValueError:
            raise ValueError(f"{written!r} is not a date (write 2021-05-13)") from None

    return Cell(read, Text(zh="日期，如 2021-05-13", en="date, such as 2021-05-13"))


def time() -> Cell:
    """A date with a time of day, without offset."""

    def read(written: str, place: Place) -> dt.datetime:
        try:
            if not _TIME.fullmatch(written):
                raise ValueError
            return dt.datetime.fromisoformat(written)
        except ValueError:
            raise ValueError(f"{written!r} is not a time (write 2021-05-13 14:05:00)") from None

    return Cell(read, Text(zh="时间，如 2021-05-13 14:05:00", en="time, such as 2021-05-13 14:05:00"))


def flag(yes: str = "used", no: str = "discarded") -> Cell:
    """1 or 0; `yes` and `no` say what they stand for."""

    def read(written: str, place: Place) -> bool:
        if written not in ("0", "1"):
            raise ValueError(f"{written!r} must be 1 ({yes}) or 0 ({no})")
        return written == "1"

    return Cell(read, Text(zh=f"1 或 0（1 = {yes}）", en=f"1 ({yes}) or 0 ({no})"))


def whole_number() -> Cell:
    """A whole number from 0 on."""

    def read(written: str, place: Place) -> int:
        if not _WHOLE_NUMBER.fullmatch(written):
            raise ValueError(f"{written!r} is not a whole number")
        return int(written)

    return Cell(read, Text(zh="整数", en="whole number"))


def one_of(*words: str) -> Cell:
    """One of some words, letter case aside; read in lower case."""

    def read(written: str, place: Place) -> str:
        word = written.casefold()
        if word not in words:
            raise ValueError(f"unknown {place.column} {written!r}; {place.kind} has {', '.join(words)}")
        return word

    return Cell(read, Text(zh="、".join(words), en=", ".join(words)))
