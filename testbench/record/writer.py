"""Writing readings: kept in memory tick by tick, durable in the tail once a second, sealed into blocks at a step's end.

    add ──► buffer of the channel ──flush──► tail rows ──seal──► blocks with levels and digest (tail rows deleted)

Blocks are cut at every `BLOCK_SIZE` readings since the last seal, whenever the flushes came, so the same readings always
make the same blocks. A buffer forgets only what a transaction has committed: after a full disk nothing is missing.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select

from testbench.record import schema
from testbench.record.blocks import (
    BLOCK_SIZE,
    LEVEL_FACTORS,
    condense,
    decode_tail,
    encode_block,
    encode_level,
    encode_tail,
)
from testbench.record.chain import Kind, Links
from testbench.record.database import Database
from testbench.record.model import Readings
from testbench.record.trace import TraceBuffer

FLUSH_AFTER_S = 1.0
MERGE_TAIL_ROWS = 64


@dataclass(slots=True)
class _Buffer:
    """Readings of one channel since the last block; `base` is the index of the first, `flushed` how many are in the tail.

    The last `loose` readings of the tail stand in `rows` small rows, which are merged when they become many.
    """

    base: int
    flushed: int = 0
    rows: int = 0
    loose: int = 0
    times: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    statuses: bytearray = field(default_factory=bytearray)
    raw: dict[int, str] = field(default_factory=dict)

    def cut(self, start: int, end: int) -> Readings:
        """Copy the readings start … end−1 of the buffer."""
        return Readings(
            time=np.array(self.times[start:end], dtype=np.float64),
            value=np.array(self.values[start:end], dtype=np.float64),
            status=np.frombuffer(bytes(self.statuses[start:end]), np.uint8),
            raw={index - start: self.raw[index] for index in range(start, end) if index in self.raw} if self.raw else {},
        )

    def forget(self, count: int) -> None:
        """Drop the first readings: they are in blocks now, and no tail row is left."""
        del self.times[:count], self.values[:count], self.statuses[:count]
        self.raw = {index - count: text for index, text in self.raw.items() if index >= count}
        self.base += count
        self.flushed = self.rows = self.loose = 0


class ReadingWriter:
    """Takes the readings of one running evaluation; one thread uses it. Made by `Record.readings`."""

    def __init__(self, database: Database, evaluation: str, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._evaluation = evaluation
        self._monotonic = monotonic
        self._buffers: dict[int, _Buffer] = {}
        self._trace = TraceBuffer()
        with database.writing() as connection:
            links = Links(connection, evaluation)
            seal_tail(connection, evaluation, links)
            links.close()
        self._flushed_at = monotonic()

    def add(self, channel: int, time: float, value: float, status: int, raw: str | None = None) -> None:
        """Keep one reading in memory: bench time (s), value in the channel's unit (NaN for a gap), `engine.roles.Status`.

        A time that is not finite, a status outside 0 … 255 and a channel that is not of this evaluation raise ValueError.
        """
        buffer = self._buffers.get(channel)
        if buffer is None:
            buffer = self._open_buffer(channel)
        if not -math.inf < time < math.inf:
            raise ValueError(f"reading of channel {channel} at bench time {time}: a time must be finite")
        try:
            buffer.values.append(value)
            buffer.statuses.append(status)
        except (TypeError, ValueError):
            del buffer.values[len(buffer.times) :]
            raise
        buffer.times.append(time)
        if raw is not None:
            buffer.raw[len(buffer.times) - 1] = raw

    def keep_trace(self, trace: TraceBuffer) -> None:
        """Make the entries of a trace durable with the readings from now on."""
        self._trace = trace

    def flush_if_due(self) -> None:
        """Flush if more than a second of real time has passed since the last flush."""
        if self._monotonic() - self._flushed_at > FLUSH_AFTER_S:
            self.flush()

    def flush(self) -> None:
        """Make readings and trace durable; RecordError if they cannot be, and then the next flush tries again."""
        waiting = [(number, buffer) for number, buffer in self._buffers.items() if len(buffer.times) > buffer.flushed]
        if waiting or self._trace.waiting:
            with self._database.writing() as connection:
                links = Links(connection, self._evaluation)
                done = [self._flush_channel(connection, links, number, buffer) for number, buffer in waiting]
                done.append(self._trace.flush_within(connection, self._evaluation))
                links.close()
            for apply in done:
                apply()
        self._flushed_at = self._monotonic()

    def seal(self) -> None:
        """Turn everything into blocks, in a transaction of its own."""
        if any(buffer.times for buffer in self._buffers.values()) or self._trace.waiting:
            with self._database.writing() as connection:
                links = Links(connection, self._evaluation)
                committed = self.seal_within(connection, links)
                links.close()
            committed()

    def seal_within(self, connection: Connection, links: Links) -> Callable[[], None]:
        """Turn everything into blocks, and flush the trace, within a transaction; call what is returned after the commit."""
        sealed: list[tuple[_Buffer, int]] = []
        for number, buffer in self._buffers.items():
            if count := len(buffer.times):
                _write_blocks(connection, links, number, buffer, count)
                sealed.append((buffer, count))
        traced = self._trace.flush_within(connection, self._evaluation)

        def committed() -> None:
            traced()
            for buffer, count in sealed:
                buffer.forget(count)
            self._flushed_at = self._monotonic()

        return committed

    def _flush_channel(self, connection: Connection, links: Links, number: int, buffer: _Buffer) -> Callable[[], None]:
        """Write what is new of one channel; return what to do once it is committed."""
        end = len(buffer.times)
        whole = end - end % BLOCK_SIZE
        if whole:
            _write_blocks(connection, links, number, buffer, whole)
            if end > whole:
                _write_tail(connection, number, buffer, whole, end)

            def cut() -> None:
                buffer.forget(whole)
                buffer.flushed = buffer.loose = end - whole
                buffer.rows = 1 if end > whole else 0

            return cut
        start = buffer.flushed
        merging = buffer.rows + 1 >= MERGE_TAIL_ROWS
        if merging:
            start -= buffer.loose
            _delete_tail(connection, number, buffer.base + start)
        _write_tail(connection, number, buffer, start, end)

        def grow() -> None:
            buffer.rows = 0 if merging else buffer.rows + 1
            buffer.loose = 0 if merging else buffer.loose + end - buffer.flushed
            buffer.flushed = end

        return grow

    def _open_buffer(self, channel: int) -> _Buffer:
        known = schema.channel.c
        with self._database.reading() as connection:
            owner = connection.execute(select(known.evaluation).where(known.number == channel)).scalar()
            if owner != self._evaluation:
                raise ValueError(f"channel {channel} is not a channel of evaluation {self._evaluation}")
            buffer = _Buffer(base=_next_index(connection, channel))
        self._buffers[channel] = buffer
        return buffer


def seal_tail(connection: Connection, evaluation: str, links: Links) -> None:
    """Seal the tail that a process left which was lost, within a transaction."""
    mine = select(schema.channel.c.number).where(schema.channel.c.evaluation == evaluation)
    for number in connection.scalars(mine).all():
        rows = _tail_rows(connection, number)
        if not rows:
            continue
        buffer = _Buffer(base=int(rows[0]["first"]))
        for row in rows:
            piece = decode_tail(row["count"], row["compressed"], row["data"])
            buffer.raw.update({len(buffer.times) + index: text for index, text in piece.raw.items()})
            buffer.times.extend(piece.time)
            buffer.values.extend(piece.value)
            buffer.statuses.extend(piece.status.tobytes())
        _write_blocks(connection, links, number, buffer, len(buffer.times))


def _next_index(connection: Connection, channel: int) -> int:
    """Index after the last sealed reading of a channel."""
    columns = schema.block.c
    last = connection.execute(select(func.max(columns.first)).where(columns.channel == channel)).scalar()
    if last is None:
        return 0
    count = select(columns["count"]).where(columns.channel == channel, columns.first == last)
    return int(last) + int(connection.execute(count).scalar_one())


def _tail_rows(connection: Connection, channel: int) -> Sequence[Any]:
    statement = select(schema.tail).where(schema.tail.c.channel == channel).order_by(schema.tail.c.first)
    return connection.execute(statement).mappings().all()


def _delete_tail(connection: Connection, channel: int, first: int) -> None:
    columns = schema.tail.c
    connection.execute(delete(schema.tail).where(columns.channel == channel, columns.first >= first))


def _write_tail(connection: Connection, channel: int, buffer: _Buffer, start: int, end: int) -> None:
    readings = buffer.cut(start, end)
    compressed, data = encode_tail(readings)
    row = {
        "channel": channel,
        "first": buffer.base + start,
        "count": end - start,
        "begins": float(readings.time.min()),
        "ends": float(readings.time.max()),
        "compressed": compressed,
        "data": data,
    }
    connection.execute(insert(schema.tail), row)


def _write_blocks(connection: Connection, links: Links, channel: int, buffer: _Buffer, end: int) -> None:
    """Write the first `end` readings of a buffer as blocks with their levels, and delete the channel's tail."""
    blocks: list[dict[str, Any]] = []
    levels: list[dict[str, Any]] = []
    for start in range(0, end, BLOCK_SIZE):
        readings = buffer.cut(start, min(start + BLOCK_SIZE, end))
        first = buffer.base + start
        block = encode_block(readings)
        whole = condense(readings, np.zeros(1, np.int64))
        low, high = float(whole.minimum[0]), float(whole.maximum[0])
        blocks.append(
            {
                "channel": channel,
                "first": first,
                "count": block.count,
                "begins": float(readings.time.min()),
                "ends": float(readings.time.max()),
                "minimum": None if math.isnan(low) else low,
                "maximum": None if math.isnan(high) else high,
                "doubtful": int(whole.doubtful[0]),
                "time": block.time,
                "value": block.value,
                "status": block.status,
                "raw": block.raw,
                "digest": block.digest,
            }
        )
        links.values(Kind.BLOCK, channel, first, values={"count": block.count, "digest": block.digest})
        for factor in LEVEL_FACTORS:
            if block.count > factor:
                points = condense(readings, np.arange(0, block.count, factor))
                level = {"channel": channel, "first": first, "factor": factor, "count": len(points)}
                levels.append(level | {"data": encode_level(points)})
    connection.execute(insert(schema.block), blocks)
    if levels:
        connection.execute(insert(schema.level), levels)
    _delete_tail(connection, channel, buffer.base)
