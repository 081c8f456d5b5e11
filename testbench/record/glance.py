"""What is new in an evaluation, read cheaply: its last step, its latest readings, its events since the last look.

For whoever watches an evaluation that goes on; nothing here reads a whole journal or a whole series.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, func, select

from testbench.record import schema
from testbench.record.access import Access
from testbench.record.blocks import Block, decode_block, decode_tail
from testbench.record.model import ChannelRow, EventRow, Readings
from testbench.record.rows import channel_row, event_row

_BLOCK = [schema.block.c[name] for name in ("count", "time", "value", "status", "raw", "digest")]
VALID = 0  # `engine.roles.Status`


@dataclass(frozen=True, slots=True)
class LastStep:
    """The step that was begun last: of run `run` (counted from 1), and when, in s of bench time; ended or not.

    `error` says why it failed, where it did.
    """

    run: int
    procedure: str
    number: int
    call: str
    arguments: Mapping[str, Any]
    began_at: float
    ended_at: float | None
    attempts: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class StepGlance:
    """A step without its result: what a list of steps shows, and the bench's state after it."""

    number: int
    call: str
    arguments: Mapping[str, Any]
    began_at: float
    ended_at: float | None
    attempts: int
    error: str | None
    state: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class LatestReading:
    """The latest durable reading of a channel, at a bench time (s); None in a gap."""

    channel: ChannelRow
    time: float
    value: float | None


class Glances(Access):
    """Looks at an evaluation that another process runs."""

    def states(self) -> dict[str, tuple[str, str | None, bool]]:
        """State and outcome of every evaluation, and whether it is over for good; cheap enough to ask often."""
        columns = schema.evaluation.c
        rows = self._rows(select(columns.identifier, columns.state, columns.outcome, columns.finished))
        return {row["identifier"]: (row["state"], row["outcome"], row["finished"] is not None) for row in rows}

    def amendments(self) -> dict[str, int]:
        """How often each evaluation was amended that was amended at all."""
        columns = schema.amendment.c
        rows = self._rows(select(columns.evaluation, func.count().label("count")).group_by(columns.evaluation))
        return {row["evaluation"]: int(row["count"]) for row in rows}

    def last_step(self, evaluation: str) -> LastStep | None:
        """The step that was begun last; None before the first."""
        run, step = schema.run.c, schema.step.c
        wanted = (
            select(
                run.number.label("run"),
                run.procedure,
                step.number,
                step.call,
                step.arguments,
                step.began_at,
                step.ended_at,
                step.attempts,
                step.error,
            )
            .join(schema.run, run.identifier == step.run)
            .where(run.evaluation == evaluation)
            .order_by(run.number.desc(), step.number.desc())
            .limit(1)
        )
        rows = self._rows(wanted)
        return LastStep(**rows[0]) if rows else None

    def steps_from(self, run: str, number: int) -> list[StepGlance]:
        """Steps of a run from a number on, in order."""
        columns = schema.step.c
        wanted = select(*(columns[field.name] for field in fields(StepGlance)))
        rows = self._rows(wanted.where(columns.run == run, columns.number >= number).order_by(columns.number))
        return [StepGlance(**row) for row in rows]

    def latest(self, evaluation: str) -> list[LatestReading]:
        """The latest reading of every channel that has one, in the order of the channels."""
        columns = schema.channel.c
        wanted = select(schema.channel).where(columns.evaluation == evaluation).order_by(columns.number)
        found = []
        with self._database.reading() as connection:
            for row in connection.execute(wanted).mappings().all():
                readings = _last_piece(connection, row["number"])
                if readings is not None and len(readings):
                    value = float(readings.value[-1])
                    known = readings.status[-1] == VALID and math.isfinite(value)
                    found.append(LatestReading(channel_row(dict(row)), float(readings.time[-1]), value if known else None))
        return found

    def events_after(self, evaluation: str, number: int) -> tuple[int, list[EventRow]]:
        """Events entered after the one of a number (0 for all), and the number of the last one."""
        columns = schema.event.c
        wanted = select(schema.event).where(columns.evaluation == evaluation, columns.number > number)
        rows = self._rows(wanted.order_by(columns.number))
        return (rows[-1]["number"] if rows else number), [event_row(row) for row in rows]


def _last_piece(connection: Connection, channel: int) -> Readings | None:
    """The last piece of a series: of the live tail, or the last block."""
    columns = schema.tail.c
    tail = select(schema.tail).where(columns.channel == channel).order_by(columns.first.desc()).limit(1)
    row = connection.execute(tail).mappings().first()
    if row is not None:
        return decode_tail(row["count"], row["compressed"], row["data"])
    blocks = schema.block.c
    block = select(*_BLOCK).where(blocks.channel == channel).order_by(blocks.first.desc()).limit(1)
    row = connection.execute(block).mappings().first()
    return None if row is None else decode_block(Block(**row), f"the last block of channel {channel}")
