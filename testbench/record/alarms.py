"""Alarms: interlocks that tripped, were released, and were acknowledged by a person."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update

from testbench.record import schema
from testbench.record.access import Access
from testbench.record.chain import Kind
from testbench.record.model import AlarmRow
from testbench.record.rows import alarm_row


class Alarms(Access):
    """The alarms of the record."""

    def trip(
        self,
        evaluation: str,
        *,
        name: str,
        action: str,
        text: str,
        channel: str,
        value: float | None,
        bench_time: float,
        at: dt.datetime,
    ) -> int:
        """Enter that an interlock tripped: its name and action, the channel and its value. Return the alarm's number."""
        row = {
            "evaluation": evaluation,
            "name": name,
            "action": action,
            "text": text,
            "channel": channel,
            "value": value,
            "bench_time": bench_time,
            "at": at,
            "by": "",
        }
        return self._insert(evaluation, schema.alarm, Kind.ALARM, [row], f"there is no evaluation {evaluation}")[0]

    def release(self, number: int, *, bench_time: float, at: dt.datetime) -> None:
        """Enter that the value is back behind the release level; RecordError if that was entered before."""
        columns = schema.alarm.c
        change = update(schema.alarm).where(columns.number == number, columns.released.is_(None))
        with self._entering(self.get(number).evaluation) as links:
            released = change.values(released_at=bench_time, released=at)
            self._change_one(links.connection, released, f"alarm {number} was released already")
            links.row(Kind.RELEASE, number)

    def acknowledge(self, number: int, *, by: str, at: dt.datetime) -> None:
        """Enter that a person has seen it; RecordError if somebody had before."""
        columns = schema.alarm.c
        change = update(schema.alarm).where(columns.number == number, columns.acknowledged.is_(None))
        with self._entering(self.get(number).evaluation) as links:
            seen = change.values(by=by, acknowledged=at)
            self._change_one(links.connection, seen, f"alarm {number} was acknowledged already")
            links.row(Kind.ACKNOWLEDGEMENT, number)

    def of(self, evaluation: str) -> list[AlarmRow]:
        """All alarms of an evaluation in order."""
        columns = schema.alarm.c
        wanted = select(schema.alarm).where(columns.evaluation == evaluation).order_by(columns.number)
        return [alarm_row(row) for row in self._rows(wanted)]

    def get(self, number: int) -> AlarmRow:
        """One alarm; RecordError if there is none of that number."""
        rows = self._rows(select(schema.alarm).where(schema.alarm.c.number == number))
        if not rows:
            raise self._refusal(f"there is no alarm {number}")
        return alarm_row(rows[0])
