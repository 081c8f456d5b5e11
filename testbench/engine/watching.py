"""What a watcher sees of an evaluation: looked up in the record, only what is new, from look to look."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from testbench.engine.headway import Headway, headway
from testbench.engine.standing import Stand, stand
from testbench.record.glance import LastStep, LatestReading
from testbench.record.model import AlarmRow, EventRow, PromptRow
from testbench.record.store import Record

EVENTS = 6  # the last ones that are shown
UNSHOWN = ("instrument",)  # events that only matter in a report


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at an evaluation: bench time in s, the latest readings, and what waits for a person."""

    stand: Stand
    step: LastStep | None
    headway: Headway | None
    bench_s: float
    readings: Sequence[LatestReading]
    prompts: Sequence[PromptRow]
    alarms: Sequence[AlarmRow]
    events: Sequence[EventRow]
    new_events: Sequence[EventRow]


class Watcher:
    """Looks at one evaluation again and again."""

    def __init__(self, record: Record, evaluation: str) -> None:
        self._record = record
        self._evaluation = evaluation
        self._last_event = 0
        self._events: deque[EventRow] = deque(maxlen=EVENTS)

    def look(self) -> Sight:
        """Look once."""
        record, evaluation = self._record, self._evaluation
        at = stand(record, evaluation)  # first: what is read after it cannot be older than it
        step = record.glances.last_step(evaluation)
        now = record.last_bench_time(evaluation)
        self._last_event, events = record.glances.events_after(evaluation, self._last_event)
        new = [event for event in events if event.kind not in UNSHOWN]
        self._events.extend(new)
        return Sight(
            stand=at,
            step=step,
            headway=headway(at.row.start.request, step, now),
            bench_s=now,
            readings=record.glances.latest(evaluation),
            prompts=record.prompts.open(evaluation) if at.standing.goes_on else (),
            alarms=[alarm for alarm in record.alarms.of(evaluation) if alarm.latched],
            events=tuple(self._events),
            new_events=new,
        )
