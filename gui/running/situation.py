"""What an evaluation is doing, in one word and a few times: the big lines of the Run screen. Without Qt."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from gui.running.course import Course
from testbench.engine.standing import Standing
from testbench.engine.watching import Sight


class Situation(Enum):
    """What it is doing, seen from where a person stands."""

    RUNNING = "running"
    PAUSING = "pausing"  # a pause was asked for; the present step ends first
    PAUSED = "paused"
    HELD = "held"  # paused, and an alarm stands
    WAITING = "waiting for the operator"
    LOST = "lost"
    INTERRUPTED = "interrupted"
    CLOSED = "closed"
    FINISHED = "finished"
    ABORTED = "aborted"

    @property
    def needs_somebody(self) -> bool:
        """Whether nothing goes on until a person does something."""
        return self in (Situation.HELD, Situation.WAITING, Situation.LOST, Situation.INTERRUPTED)


_SETTLED = {
    Standing.LOST: Situation.LOST,
    Standing.INTERRUPTED: Situation.INTERRUPTED,
    Standing.CLOSED: Situation.CLOSED,
    Standing.FINISHED: Situation.FINISHED,
    Standing.ABORTED: Situation.ABORTED,
}


def situation(sight: Sight, *, pausing: bool = False) -> Situation:
    """What it is doing."""
    standing = sight.stand.standing
    if standing in _SETTLED:
        return _SETTLED[standing]
    if sight.prompts:
        return Situation.WAITING
    if standing is Standing.PAUSED:
        return Situation.HELD if sight.alarms else Situation.PAUSED
    return Situation.PAUSING if pausing else Situation.RUNNING


@dataclass(frozen=True, slots=True)
class Times:
    """Elapsed bench and real time and what is left of the plan, s; `ends` is the date of the end, if bench time is real."""

    bench_s: float
    real_s: float | None
    left_s: float | None
    share: float | None
    ends: dt.datetime | None


def times(sight: Sight, course: Course | None, now: dt.datetime) -> Times:
    """The times to show."""
    row, standing = sight.stand.row, sight.stand.standing
    jumps = course is None or course.jumps
    real_s: float | None = None  # the date of an end that bench time jumped to says nothing
    if row.finished is None or not jumps:
        real_s = max(0.0, ((row.finished or now) - row.start.started).total_seconds())
    if standing is Standing.FINISHED:
        return Times(sight.bench_s, real_s, None, 1.0, None)
    headway = sight.headway
    if headway is None or standing in (Standing.ABORTED, Standing.CLOSED):
        return Times(sight.bench_s, real_s, None, None if headway is None else headway.share, None)
    ends = now + dt.timedelta(seconds=headway.left_s) if standing is Standing.RUNNING and not jumps else None
    return Times(sight.bench_s, real_s, headway.left_s, headway.share, ends)
