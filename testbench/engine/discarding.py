"""Rows of a form that a person discards: which column says so, where the reason stands, and how many must be left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testbench.errors import InputError


@dataclass(frozen=True, slots=True)
class Discarding:
    """Runs that a person may discard, each with its reason, as 40 CFR 75 lets a relative accuracy test audit do.

    `flag` is the yes-no column that says so, `reason` the column that says why. `values` are the columns that every other
    row needs. Of the rows of one `of` (a device) at least `least` are left, and at most `most` are discarded.
    """

    flag: str
    reason: str
    values: tuple[str, ...]
    of: str
    least: int
    most: int

    def check(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raise InputError, naming the row, for a value or a reason that is missing and for too many discarded rows."""
        for number, row in enumerate(rows, start=1):
            if row[self.flag]:
                if not str(row[self.reason] or "").strip():
                    raise InputError(f"row {number}: {self.reason} is empty; say why the run is discarded")
            else:
                for name in self.values:
                    if row[name] is None:
                        raise InputError(f"row {number}: {name} is empty; enter it, or discard the run and say why")
        discarded = Counter(str(row[self.of]) for row in rows if row[self.flag])
        for each, count in Counter(str(row[self.of]) for row in rows).items():
            left = count - discarded[each]
            if discarded[each] > self.most:
                raise InputError(f"{each}: {discarded[each]} runs are discarded, at most {self.most} may be")
            if left < self.least:
                raise InputError(f"{each}: {left} runs count, at least {self.least} are asked for; add runs in their place")
