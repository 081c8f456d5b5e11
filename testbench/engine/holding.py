"""Holding the bench: a running step is cut, the bench goes to its quiet state, and the step is attempted again on release."""

from __future__ import annotations

from collections.abc import Callable


class HoldError(Exception):
    """The running step must be cut and the bench paused until `released()` is true; `reason` is told to people.

    It never reaches a procedure or a user: the bench catches it. `released` is asked about once a second of real time; it
    may raise what then ends the run.
    """

    def __init__(self, reason: str, released: Callable[[], bool]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.released = released
