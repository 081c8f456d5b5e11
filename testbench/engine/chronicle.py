"""Events of an evaluation beside its steps: gaps, alarms, safe states, the guard, the clock; told to people as well."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from testbench.engine.clock import Clock
from testbench.engine.observer import Observer
from testbench.engine.roles import Identity, SafeOutcome
from testbench.engine.safe import unverified
from testbench.errors import TestbenchError
from testbench.record.store import Record
from testbench.station import Interlock

REPORTED_GAPS = 20  # gaps of one text that are told one by one
REMEMBERED_GAPS = 100  # texts that are known again; of more the oldest is forgotten (a garbled answer is always another)


class Chronicle:
    """Keeps events in the record, from `begin` on; a record that cannot be written ends nothing."""

    def __init__(self, record: Record, observer: Observer) -> None:
        self.evaluation = ""
        self._record = record
        self._observer = observer
        self._clock: Clock | None = None
        self._gaps: dict[str, int] = {}
        self._unrecorded = False

    def begin(self, evaluation: str, clock: Clock) -> None:
        """From now on there is an evaluation that events belong to."""
        self.evaluation = evaluation
        self._clock = clock

    def enter(self, kind: str, text: str, run: str | None = None) -> None:
        """Keep an event of the evaluation, or of one of its runs, if there is an evaluation; raise RecordError."""
        if self._clock is not None:
            self._record.event(self.evaluation, run, kind, text, bench_time=self._clock.now(), at=self._clock.wall())

    def event(self, kind: str, text: str, run: str | None = None) -> None:
        """Keep an event as `enter`; a record that cannot be written is told once."""
        try:
            self.enter(kind, text, run)
        except TestbenchError as error:
            if not self._unrecorded:
                self._observer.notice(f"events are not recorded any more: {error}")
            self._unrecorded = True

    def gap(self, text: str) -> None:
        """Readings are missing."""
        count = self._gaps.pop(text, 0) + 1
        self._gaps[text] = count  # last in the order: those that come again are not forgotten
        if len(self._gaps) > REMEMBERED_GAPS:
            del self._gaps[next(iter(self._gaps))]
        if count <= REPORTED_GAPS:
            self._told("gap", text)

    def guard(self, text: str) -> None:
        """Something about the guard."""
        self._told("guard", text)

    def clock(self, text: str) -> None:
        """The clocks of the computer have jumped."""
        self._told("clock", text)

    def sleep(self, problem: str) -> None:
        """The computer is not kept awake."""
        self._told("sleep", f"this computer may fall asleep: {problem}; switch its sleep off while evaluations run")

    def safe_state(self, outcomes: Iterable[SafeOutcome]) -> None:
        """What became of driving the bench safe."""
        outcomes = list(outcomes)
        for outcome in outcomes:
            self.event("safe state", json.dumps(asdict(outcome), ensure_ascii=False))
        problem = unverified(outcomes)
        if problem is not None:
            self._observer.notice(problem)

    def instruments(self, identities: Mapping[str, Identity]) -> None:
        """What the instruments say of themselves, each saying once."""
        known = {event.text for event in self._record.events(self.evaluation) if event.kind == "instrument"}
        for name, identity in identities.items():
            text = json.dumps({"name": name, **asdict(identity)}, ensure_ascii=False)
            if text not in known:
                self.event("instrument", text)

    # ---- alarms -------------------------------------------------------------------------------------------------------

    def trip(self, name: str, interlock: Interlock, text: str, value: float | None, at_s: float) -> int:
        """Keep that an interlock tripped at a bench time; return the alarm's number."""
        return self._record.alarms.trip(
            self.evaluation,
            name=name,
            action=interlock.action,
            text=text,
            channel=interlock.channel,
            value=value,
            bench_time=at_s,
            at=self._date(at_s),
        )

    def release(self, alarm: int, at_s: float) -> None:
        """Keep that the value is back."""
        self._record.alarms.release(alarm, bench_time=at_s, at=self._date(at_s))

    def _date(self, at_s: float) -> dt.datetime:
        assert self._clock is not None
        return self._clock.wall() - dt.timedelta(seconds=self._clock.now() - at_s)

    def alarm(self, text: str) -> None:
        """An interlock tripped or was released."""
        self._told("alarm", text)

    def _told(self, kind: str, text: str) -> None:
        self._observer.notice(text)
        self.event(kind, text)
