"""All evaluations that are known, as rows that can be searched. Without Qt."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from gui.dates import local
from gui.watched import Standing as Watched
from testbench.engine.request import Repeats
from testbench.engine.standing import Standing
from testbench.outcome import Outcome


class Period(Enum):
    """How long ago an evaluation was begun, at most, in days; None for any time."""

    ANY = None
    WEEK = 7
    MONTH = 31
    YEAR = 366


@dataclass(frozen=True, slots=True)
class Listed:
    """An evaluation in the list; `repeats` names the one of which it repeats an item."""

    record: Path
    identifier: str
    started: dt.datetime
    standard: str
    measurand: str
    devices: tuple[str, ...]
    makers: tuple[str, ...]
    models: tuple[str, ...]
    serials: tuple[str, ...]
    standing: Standing
    outcome: Outcome | None
    simulated: bool
    notes: str
    repeats: str = ""

    @property
    def searched(self) -> str:
        """Everything that a search looks in."""
        parts = (self.identifier, local(self.started), self.standard, self.measurand, self.notes, str(self.record))
        words = (*parts, *self.devices, *self.makers, *self.models, *self.serials)
        return folded("\n".join(words))


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; empty or None leaves it open. All words of `text` must be found, in any order."""

    text: str = ""
    maker: str = ""
    standard: str = ""
    outcome: Outcome | None = None
    period: Period = Period.ANY

    def admits(self, row: Listed, now: dt.datetime) -> bool:
        """Whether an evaluation is one of those looked for."""
        if self.maker and self.maker not in row.makers:
            return False
        if self.standard and self.standard != row.standard:
            return False
        if self.outcome is not None and self.outcome is not row.outcome:
            return False
        if self.period.value is not None and now - row.started > dt.timedelta(days=self.period.value):
            return False
        searched = row.searched
        return all(word in searched for word in folded(self.text).split())


def folded(text: str) -> str:
    """A text as it is compared: without difference of case, full and half width, or composed and decomposed letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def listed(standings: Iterable[Watched]) -> tuple[Listed, ...]:
    """The evaluations, the newest first."""
    rows = [_listed(standing) for standing in standings]
    return tuple(sorted(rows, key=lambda row: (row.started, row.identifier), reverse=True))


def _listed(watched: Watched) -> Listed:
    row = watched.stand.row
    start, repeats = row.start, Repeats.read(row.start.request)

    def each(key: str) -> tuple[str, ...]:
        return tuple(str(entry.get(key) or "") for entry in start.devices)

    return Listed(
        record=watched.record,
        identifier=row.identifier,
        started=start.started,
        standard=start.standard,
        measurand=start.measurand,
        devices=each("name"),
        makers=each("maker"),
        models=each("model"),
        serials=each("serial"),
        standing=watched.stand.standing,
        outcome=row.outcome,
        simulated=start.simulated,
        notes=start.notes,
        repeats="" if repeats is None else repeats.evaluation,
    )


def makers(rows: Iterable[Listed]) -> tuple[str, ...]:
    """All makers, in alphabetical order."""
    return tuple(sorted({maker for row in rows for maker in row.makers if maker}))


def standards(rows: Iterable[Listed]) -> tuple[str, ...]:
    """All standards, in alphabetical order."""
    return tuple(sorted({row.standard for row in rows if row.standard}))
