"""Facts of a recorded step: what is taken from the journal, and what it means where one is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
SETTINGS: Mapping[str, int] = {
    "warm_up": 1,
    "leak_check": 1,
    "supply": 1,
    "supply_other": 1,
    "zero_gas": 1,
    "purge": 1,
    "transition": 2,
    "set_velocity": 1,
}
"""How often a call sets the gas or the velocity."""


class FactMissingError(Exception):
    """The journal of an earlier version lacks what a step is to be computed from; never reaches a user."""


@dataclass(frozen=True, slots=True)
class NotComputed:
    """A step that could not be computed anew, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        """In one line."""
        return f"{self.place} could not be computed anew: {self.reason}"


def as_kind(kind: type[T], result: Any) -> T:
    """A result, known to be of a kind."""
    assert isinstance(result, kind)
    return result


def fact(value: T | None, name: str) -> T:
    """A fact that the journal has; FactMissingError naming it where it has not."""
    if value is None:
        raise FactMissingError(name)
    return value
