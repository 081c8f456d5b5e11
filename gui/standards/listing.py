"""The standards that there are: those that come with the program and the laboratory's own, read in the background."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from testbench.criteria.folder import file_path, own_standards
from testbench.criteria.standard import Standard, list_standards, load_standard
from testbench.errors import StandardError
from testbench.text import Text


class State(Enum):
    """How a criteria file stands."""

    SHIPPED = Text(zh="随程序提供", en="comes with the program")
    OPEN = Text(zh="本实验室，可修改", en="own, can be changed")
    LOCKED = Text(zh="本实验室，已锁定", en="own, locked")
    FAULTY = Text(zh="无法读取", en="cannot be read")


SHORT = {
    State.SHIPPED: Text(zh="随附", en="shipped"),
    State.OPEN: Text(zh="本实验室", en="own"),
    State.LOCKED: Text(zh="已锁定", en="locked"),
    State.FAULTY: Text(zh="有错误", en="faulty"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A standard by its name; `standard` is None for a file that cannot be read, and `fault` says why."""

    name: str
    standard: Standard | None
    own: bool
    fault: str = ""

    @property
    def state(self) -> State:
        """How its file stands."""
        if self.standard is None:
            return State.FAULTY
        if not self.own:
            return State.SHIPPED
        return State.OPEN if self.standard.lock is None else State.LOCKED

    @property
    def state_in_short(self) -> Text:
        """The state in a word or two."""
        return SHORT[self.state]

    @property
    def title(self) -> Text:
        """What it is called; its name where it cannot be read."""
        return Text(zh=self.name, en=self.name) if self.standard is None else self.standard.standard.title

    @property
    def provisional(self) -> str:
        """How many of its limits are provisional: "3 / 27"; empty where that is not known."""
        if self.standard is None:
            return ""
        figures = sum(len(criterion.requirements) for criterion in self.standard.criteria)
        return f"{self.standard.provisional_figures} / {figures}"

    @property
    def file(self) -> Path | None:
        """The file, where it is one of the laboratory's own."""
        return file_path(self.name) if self.own else None


def read_all() -> tuple[Listed, ...]:
    """All standards, in alphabetical order; one that cannot be read is listed with the reason."""
    own = frozenset(own_standards())
    return tuple(_read(name, own) for name in list_standards())


def _read(name: str, own: Collection[str]) -> Listed:
    try:
        return Listed(name, load_standard(name), own=True) if name in own else _shipped(name)
    except StandardError as error:
        return Listed(name, None, own=name in own, fault=str(error))


@cache
def _shipped(name: str) -> Listed:
    """One that comes with the program: it does not change while that goes on."""
    return Listed(name, load_standard(name), own=False)


def matches(listed: Listed, query: str) -> bool:
    """Whether a standard has all words of a query, in its name, its title in either language or its characteristics."""
    words = query.casefold().split()
    if not words:
        return True
    texts = [listed.name, listed.title.zh, listed.title.en]
    if listed.standard is not None:
        for criterion in listed.standard.criteria:
            texts += [criterion.characteristic, criterion.title.zh, criterion.title.en, *criterion.measurands]
    whole = " ".join(texts).casefold()
    return all(word in whole for word in words)
