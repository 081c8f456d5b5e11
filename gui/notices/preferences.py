"""What a person can choose about notices, and where it is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """A preference that is on or off."""

    key: str
    default: bool


NOTICES = Switch("notices.shown", True)
SOUND = Switch("notices.sound", False)
AWAKE = Switch("notices.awake", True)
