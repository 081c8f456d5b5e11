"""Entries for which the record has no room at the moment: waited for between runs, told of where a run has failed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

from testbench.engine.clock import Clock, never
from testbench.engine.holding import HoldError
from testbench.errors import RecordFullError, TestbenchError

T = TypeVar("T")
TRY_EVERY_S = 1.0  # how often a full disk is tried again


def with_room(keep: Callable[[], T], clock: Clock, tell: Callable[[str], None], quieten: Callable[[], None] = never) -> T:
    """Enter something; while there is no room for it wait, with the bench quiet. People are told once.

    A pause that is asked for meanwhile stands: the next safe point heeds it (`Steering`).
    """
    told = False
    while True:
        try:
            return keep()
        except RecordFullError as error:
            if not told:
                tell(f"waiting: {error}")
                quieten()
            told = True
            with contextlib.suppress(HoldError):
                clock.idle(TRY_EVERY_S)


def in_spite_of(error: BaseException, keep: Callable[[], None]) -> None:
    """Enter something when a run has failed; a record that cannot be written must not hide why."""
    try:
        keep()
    except TestbenchError as second:
        note(error, second)


def note(error: BaseException, second: Exception) -> None:
    """Add what went wrong besides, once."""
    if str(second) not in getattr(error, "__notes__", ()):
        error.add_note(str(second))
