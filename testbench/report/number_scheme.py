"""The scheme of a laboratory's report numbers: "{year}-CEMS-{number:04}" makes 2026-CEMS-0001, 2026-CEMS-0002, …

Places are {year}, {month}, {day} (of the issue) and {number}, which counts; {number:04} writes it with at least four digits.
The count begins anew where the rest of the number changes: with {year} in it, every year.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass

COUNT = "number"
DATES = {"year": "04", "month": "02", "day": "02"}
_DIGITS = re.compile(r"0?[1-9]")
LONGEST = 60


@dataclass(frozen=True, slots=True)
class NumberScheme:
    """A scheme that was checked; ValueError says in words what is wrong with a text that is none."""

    text: str

    def __post_init__(self) -> None:
        if not self.text or len(self.text) > LONGEST or re.search(r"\s", self.text) or not self.text.isprintable():
            raise ValueError(f"a number scheme has 1 to {LONGEST} characters and no blanks")
        try:
            parts = list(string.Formatter().parse(self.text))
        except ValueError as error:
            raise ValueError(
                f"{self.text!r}: {error}; places are written {{year}}, {{month}}, {{day}}, {{number:04}}"
            ) from None
        counts = 0
        for _, name, form, conversion in parts:
            if name is None:
                continue
            if name != COUNT and name not in DATES:
                raise ValueError(f"there is no place {{{name}}}; there are {{year}}, {{month}}, {{day}}, {{number}}")
            if conversion or (form and not (name == COUNT and _DIGITS.fullmatch(form))):
                raise ValueError(f"the place {{{name}}} is written {{{name}}}, for the count with digits as {{number:04}}")
            counts += name == COUNT
        if counts != 1:
            raise ValueError("the scheme needs {number} once: it is what differs from report to report")

    def number(self, count: int, day: dt.date) -> str:
        """The number of a report that is issued on a day."""
        dates = {name: format(getattr(day, name), form) for name, form in DATES.items()}
        return self.text.format(number=count, **dates)

    def count(self, number: str, day: dt.date) -> int | None:
        """The count within a number of this scheme, of the period that the day is in; None for any other number."""
        before, after = self._frame(day)
        match = re.fullmatch(f"{re.escape(before)}([0-9]+){re.escape(after)}", number)
        return None if match is None else int(match[1])

    def next(self, given: Iterable[str], day: dt.date, first: int = 1) -> str:
        """The first number after all that were given, not below `first`."""
        counts = [count for number in given if (count := self.count(number, day)) is not None]
        return self.number(max([first, *(count + 1 for count in counts)]), day)

    def _frame(self, day: dt.date) -> tuple[str, str]:
        """What stands before and after the count."""
        dates = {name: format(getattr(day, name), form) for name, form in DATES.items()}
        halves = ["", ""]
        half = 0
        for text, name, _, _ in string.Formatter().parse(self.text):
            halves[half] += text
            if name == COUNT:
                half = 1
            elif name is not None:
                halves[half] += dates[name]
        return halves[0], halves[1]
