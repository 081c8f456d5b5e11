"""What an evaluation can come to, and what a run can be doing: two things, kept apart."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """Result of a judgement. "Could not judge" (inconclusive) is never "passed" or "failed"."""

    ERROR = "error"
    ABORTED = "aborted"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    PASS = "pass"

    @classmethod
    def worst(cls, outcomes: Iterable[Outcome]) -> Outcome:
        """Return the worst of several; nothing judged at all is inconclusive."""
        order = list(cls)
        return min(outcomes, key=order.index, default=cls.INCONCLUSIVE)


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    ABORTED = "aborted"
    INTERRUPTED = "interrupted"
