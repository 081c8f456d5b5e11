"""What of all evaluations a person should hear of, each event once: told from two looks at them. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from gui.watched import Standing


class Event(Enum):
    """What happened to an evaluation."""

    PROMPT = "prompt"
    ALARM = "alarm"
    PAUSED = "paused"
    LOST = "lost"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    ABORTED = "aborted"

    @property
    def urgent(self) -> bool:
        """Whether it waits for a person."""
        return self not in (Event.FINISHED, Event.ABORTED)


ENDS = {event.value: event for event in (Event.LOST, Event.INTERRUPTED, Event.FINISHED, Event.ABORTED)}
"""Those that end a run, by the standing that it has then (`testbench.engine.standing`)."""
PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Notice:
    """An event of one evaluation."""

    event: Event
    record: Path
    evaluation: str
    station: str
    simulated: bool


Key = tuple[Path, str]


class NoticeWatch:
    """Compares each look with the one before. Of what was over at the first look nothing is told."""

    def __init__(self) -> None:
        self._known: Mapping[Key, Standing] = {}

    def look(self, standings: tuple[Standing, ...]) -> list[Notice]:
        """What is new, in the order of the evaluations."""
        now = {(one.record, one.evaluation): one for one in standings}
        found = [_notice(one, event) for key, one in now.items() for event in _events(self._known.get(key), one)]
        self._known = now
        return found


def _events(before: Standing | None, now: Standing) -> list[Event]:
    was, is_now = None if before is None else before.stand.standing, now.stand.standing
    if not is_now.goes_on:
        ended = was is not None and was.goes_on
        return [ENDS[is_now.value]] if ended and is_now.value in ENDS else []
    found = []
    if now.prompts > (0 if before is None else before.prompts):
        found.append(Event.PROMPT)
    if now.alarms > (0 if before is None else before.alarms):
        found.append(Event.ALARM)
    if is_now.value == PAUSED and (was is None or was.value != PAUSED) and Event.ALARM not in found:
        found.append(Event.PAUSED)
    return found


def _notice(one: Standing, event: Event) -> Notice:
    from testbench.office.standing_words import station_name

    row = one.stand.row
    return Notice(event, one.record, one.evaluation, station_name(row), row.start.simulated)
