"""What an evaluation can come to, and what a run can be doing: two things, kept apart.

running ──pause──► paused ──go on──► running
running, paused ──interrupt──► interrupted ──resume──► running
running, paused ──abort──► aborted          running ──finish──► finished
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    @property
    def over(self) -> bool:
        """Whether nothing can follow."""
        return self in (RunState.FINISHED, RunState.ABORTED)


class Move(StrEnum):
    """What brings a run, or an evaluation, from one state to another."""

    PAUSE = "pause"
    GO_ON = "go on"
    INTERRUPT = "interrupt"
    RESUME = "resume"
    ABORT = "abort"
    FINISH = "finish"


MOVES: Mapping[tuple[RunState, Move], RunState] = {
    (RunState.RUNNING, Move.PAUSE): RunState.PAUSED,
    (RunState.PAUSED, Move.GO_ON): RunState.RUNNING,
    (RunState.RUNNING, Move.INTERRUPT): RunState.INTERRUPTED,
    (RunState.PAUSED, Move.INTERRUPT): RunState.INTERRUPTED,
    (RunState.INTERRUPTED, Move.RESUME): RunState.RUNNING,
    (RunState.RUNNING, Move.ABORT): RunState.ABORTED,
    (RunState.PAUSED, Move.ABORT): RunState.ABORTED,
    (RunState.RUNNING, Move.FINISH): RunState.FINISHED,
}
"""All legal moves; whatever is not here is refused."""
