"""Holding the bench: a running step is cut, the bench kept in its quiet state, and the step attempted again on release."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from testbench.engine.clock import monotonic, never
from testbench.engine.roles import Source
from testbench.errors import InstrumentError


class HoldError(Exception):
    """The running step must be cut and the bench paused until `released()` is true; `reason` is told to people.

    It never reaches a procedure or a user: the bench catches it. `released` is asked about once a second of real time; it
    may raise what then ends the run.
    """

    def __init__(self, reason: str, released: Callable[[], bool]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.released = released


class Answering:
    """Whether instruments answer again, all of them or any; after `wait_s` of real time without, `error` is raised.

    `wait_s` None waits without end. `alive` is called after each question: several silent instruments take their time.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        error: InstrumentError,
        wait_s: float | None,
        *,
        all_of_them: bool = True,
        alive: Callable[[], None] = never,
    ) -> None:
        self._sources = sources
        self._error = error
        self._wait_s = wait_s
        self._alive = alive
        self._enough = all if all_of_them else any
        self._since = monotonic()

    def __call__(self) -> bool:
        """Ask each for a reading."""
        if self._enough(self._answers(source) for source in self._sources):
            return True
        waited = monotonic() - self._since
        if self._wait_s is None or waited < self._wait_s:
            return False
        raise InstrumentError(f"{self._error}; waited {waited:.0f} s for it to answer again")

    def _answers(self, source: Source) -> bool:
        try:
            source.request()
            source.collect()
        except InstrumentError:
            return False
        finally:
            self._alive()
        return True
