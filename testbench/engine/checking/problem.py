"""A problem of an evaluation that is about to begin: how bad it is, where it lies, what it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from testbench.report.wording import wording
from testbench.text import Language, Text

NOTHING = Text(zh="", en="")


class Severity(StrEnum):
    """Whether the evaluation can begin in spite of it."""

    BLOCKS = "blocks"
    WARNS = "warns"


class PlaceKind(StrEnum):
    """What a problem lies in."""

    STATION = "station"
    INSTRUMENT = "instrument"
    CYLINDER = "cylinder"
    DEVICE = "device"
    INTERLOCK = "interlock"
    STANDARD = "standard"
    SUITE = "suite"
    SETTING = "setting"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem lies: `name` is that of the instrument, device, characteristic, setting …; empty for the whole.

    `item` is the number of the procedure in the suite, from 1, where it lies in the suite.
    """

    kind: PlaceKind
    name: str = ""
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem."""

    severity: Severity
    place: Place
    text: Text
    remedy: Text = NOTHING

    @property
    def blocks(self) -> bool:
        """Whether nothing can begin before it is mended."""
        return self.severity is Severity.BLOCKS


def blocking(place: Place, text: Text, remedy: Text = NOTHING) -> Problem:
    """A problem that has to be mended first."""
    return Problem(Severity.BLOCKS, place, text, remedy)


def warning(place: Place, text: Text, remedy: Text = NOTHING) -> Problem:
    """A problem that somebody should know of."""
    return Problem(Severity.WARNS, place, text, remedy)


def told(error: Exception) -> Text:
    """What an error says, in Chinese as far as the catalogue of sentences knows it."""
    said = str(error)
    return Text(zh=wording(Language.CHINESE).tell(said), en=said)
