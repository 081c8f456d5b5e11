"""Reading series back: all readings of a span, or as many points as a plot has room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from testbench.record import schema
from testbench.record.blocks import (
    LEVEL_FACTORS,
    Block,
    condense,
    decode_block,
    decode_level,
    decode_tail,
    empty_overview,
    merge,
)
from testbench.record.model import Overview, Readings

_EXTENT = [schema.block.c[name] for name in ("first", "count", "begins", "ends", "minimum", "maximum", "doubtful")]
_CONTENT = [schema.block.c[name] for name in ("first", "count", "time", "value", "status", "raw", "digest")]

_ARRAYS = ("time", "minimum", "maximum", "count", "doubtful")


def load_readings(connection: Connection, channel: int, start: float, end: float) -> Readings:
    """Return the durable readings with start <= time <= end, from blocks and tail, in time order."""
    within = (schema.block.c.channel == channel, schema.block.c.begins <= end, schema.block.c.ends >= start)
    rows = connection.execute(select(*_CONTENT).where(*within).order_by(schema.block.c.first)).mappings()
    pieces = [_decode(channel, row) for row in rows]
    pieces += _tail(connection, channel, start, end)
    return _between(_join(pieces), start, end)


def count_readings(connection: Connection, channel: int) -> int:
    """How many durable readings a channel has, in blocks and tail."""
    counts = (select(func.sum(t.c["count"])).where(t.c.channel == channel) for t in (schema.block, schema.tail))
    return sum(int(connection.execute(wanted).scalar() or 0) for wanted in counts)


def piece_after(connection: Connection, channel: int, first: int) -> tuple[int, Readings] | None:
    """The block that holds the readings from index `first` on, or what the tail has of them; with the index after it."""
    columns = schema.block.c
    reaches = columns.first + columns["count"] > first  # a tail that was read half-way may have been sealed since
    wanted = select(*_CONTENT).where(columns.channel == channel, reaches).order_by(columns.first).limit(1)
    row = connection.execute(wanted).mappings().first()
    if row is not None:
        readings = _decode(channel, row)
        known = max(0, first - row["first"])
        return row["first"] + row["count"], _take(readings, np.arange(known, len(readings))) if known else readings
    tail = schema.tail.c
    rows = connection.execute(select(schema.tail).where(tail.channel == channel, tail.first >= first).order_by(tail.first))
    found = rows.mappings().all()
    if not found:
        return None
    pieces = [decode_tail(row["count"], row["compressed"], row["data"]) for row in found]
    return found[-1]["first"] + found[-1]["count"], _join(pieces)


def load_overview(connection: Connection, channel: int, start: float, end: float, points: int) -> Overview:
    """Condense the readings with start <= time <= end to at most `points` points; extremes are exact, whatever the span.

    Blocks that lie wholly inside are taken from the coarsest level that still gives `points` points; those at the ends are
    read in full.
    """
    if points < 1:
        raise ValueError(f"an overview needs at least one point, not {points}")
    within = (schema.block.c.channel == channel, schema.block.c.begins <= end, schema.block.c.ends >= start)
    extents = connection.execute(select(*_EXTENT).where(*within).order_by(schema.block.c.first)).mappings().all()
    tail = _between(_join(_tail(connection, channel, start, end)), start, end)
    factor = _factor(extents, len(tail), points)
    levels = _levels(connection, channel, extents, factor)
    pieces: list[Overview] = []
    for extent in extents:
        if factor == 1 or extent["begins"] < start or extent["ends"] > end:
            readings = _between(_block(connection, channel, extent["first"]), start, end)
            pieces.append(condense(readings, np.arange(len(readings))))
        else:
            pieces.append(levels.get(extent["first"]) or _one_point(extent))
    pieces.append(condense(tail, np.arange(len(tail))))
    return _thin(_in_order(_join_overviews(pieces)), points)


def _factor(extents: Sequence[Any], tail: int, points: int) -> int:
    """Choose how many readings a point of the level may cover; 0 stands for whole blocks, 1 for every reading."""
    if len(extents) >= points:
        return 0
    total = tail + sum(extent["count"] for extent in extents)
    return max((factor for factor in LEVEL_FACTORS if total >= factor * points), default=1)


def _levels(connection: Connection, channel: int, extents: Sequence[Any], factor: int) -> dict[int, Overview]:
    """Points of all blocks at a level, by the index of the block's first reading; blocks too short for it have none."""
    if factor not in LEVEL_FACTORS or not extents:
        return {}
    columns = schema.level.c
    wanted = (
        columns.channel == channel,
        columns.factor == factor,
        columns.first.between(extents[0]["first"], extents[-1]["first"]),
    )
    rows = connection.execute(select(columns.first, columns.data).where(*wanted))
    return {first: decode_level(data) for first, data in rows}


def _one_point(extent: Any) -> Overview:
    """A whole block as one point."""
    low, high = (math.nan if extent[name] is None else extent[name] for name in ("minimum", "maximum"))
    return Overview(
        time=np.array([extent["begins"]]),
        minimum=np.array([low]),
        maximum=np.array([high]),
        count=np.array([extent["count"]], np.int64),
        doubtful=np.array([extent["doubtful"]], np.int64),
    )


def _block(connection: Connection, channel: int, first: int) -> Readings:
    wanted = (schema.block.c.channel == channel, schema.block.c.first == first)
    return _decode(channel, connection.execute(select(*_CONTENT).where(*wanted)).mappings().one())


def _decode(channel: int, row: Any) -> Readings:
    block = Block(row["count"], row["time"], row["value"], row["status"], row["raw"], row["digest"])
    return decode_block(block, f"block {row['first']} of channel {channel}")


def _tail(connection: Connection, channel: int, start: float, end: float) -> list[Readings]:
    columns = schema.tail.c
    wanted = (columns.channel == channel, columns.begins <= end, columns.ends >= start)
    rows = connection.execute(select(schema.tail).where(*wanted).order_by(columns.first)).mappings()
    return [decode_tail(row["count"], row["compressed"], row["data"]) for row in rows]


def _join(pieces: Sequence[Readings]) -> Readings:
    if not pieces:
        return Readings(np.empty(0), np.empty(0), np.empty(0, np.uint8))
    raw: dict[int, str] = {}
    offset = 0
    for piece in pieces:
        raw.update({offset + index: text for index, text in piece.raw.items()})
        offset += len(piece)
    return Readings(
        time=np.concatenate([piece.time for piece in pieces]),
        value=np.concatenate([piece.value for piece in pieces]),
        status=np.concatenate([piece.status for piece in pieces]),
        raw=raw,
    )


def _between(readings: Readings, start: float, end: float) -> Readings:
    """Readings inside the span, in time order; equal times stay in the order they came."""
    time = readings.time
    if len(time) and (time[0] < start or time[-1] > end or np.any(np.diff(time) < 0)):
        order = np.argsort(time, kind="stable")
        return _take(readings, order[(time[order] >= start) & (time[order] <= end)])
    return readings


def _take(readings: Readings, indices: NDArray[np.int64]) -> Readings:
    raw: dict[int, str] = {}
    if readings.raw:
        raw = {new: readings.raw[old] for new, old in enumerate(indices.tolist()) if old in readings.raw}
    return replace(
        readings, time=readings.time[indices], value=readings.value[indices], status=readings.status[indices], raw=raw
    )


def _join_overviews(pieces: Sequence[Overview]) -> Overview:
    if not pieces:
        return empty_overview()
    return Overview(**{name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in _ARRAYS})


def _in_order(overview: Overview) -> Overview:
    if np.all(np.diff(overview.time) >= 0):
        return overview
    order = np.argsort(overview.time, kind="stable")
    return Overview(**{name: getattr(overview, name)[order] for name in _ARRAYS})


def _thin(overview: Overview, points: int) -> Overview:
    """Merge points that fall into the same of `points` equal parts of the time they span."""
    if len(overview) <= points:
        return overview
    first, last = overview.time[0], overview.time[-1]
    if first == last:
        return merge(overview, np.zeros(1, np.int64))
    part = np.minimum(((overview.time - first) / (last - first) * points).astype(np.int64), points - 1)
    return merge(overview, np.flatnonzero(np.diff(part, prepend=-1)))
