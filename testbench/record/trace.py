"""The trace: bytes to and from the instruments, kept in memory as they go and packed into rows of the record.

    add ──► memory ──flush──► rows of up to `ROW_ENTRIES` entries; the last one is written anew until it is full

An entry is addressed by its index in the evaluation, in the order in which the program saw the bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select

from testbench.errors import RecordError
from testbench.record import schema
from testbench.record.blocks import pack_times, pack_values, unpack_times, unpack_values
from testbench.record.model import TraceEntry

ROW_ENTRIES = 512
_HEAD = struct.Struct("<HI")
_WAYS = 2  # received, sent


class TraceBuffer:
    """Takes the entries of one evaluation, before it is in the record already; any thread adds, one makes durable.

    `Record.keep_trace` says to which evaluation they belong. From then on they are flushed with its readings.
    """

    def __init__(self) -> None:
        self._entries: list[TraceEntry] = []  # those of the row that is not full yet, and those that wait
        self._flushed = 0
        self._first: int | None = None

    def add(self, entry: TraceEntry) -> None:
        """Keep an entry in memory."""
        self._entries.append(entry)

    @property
    def waiting(self) -> bool:
        """Whether there are entries that are not in the record."""
        return len(self._entries) > self._flushed

    def flush_within(self, connection: Connection, evaluation: str) -> Callable[[], None]:
        """Write what waits within a transaction; call what is returned once that has committed."""
        entries = self._entries[:]
        count = len(entries)
        if count == self._flushed:
            return _nothing
        first = _next_index(connection, evaluation) if self._first is None else self._first
        columns = schema.trace.c
        connection.execute(delete(schema.trace).where(columns.evaluation == evaluation, columns.first >= first))
        rows = [
            {"evaluation": evaluation, "first": first + start, **pack(entries[start : start + ROW_ENTRIES])}
            for start in range(0, count, ROW_ENTRIES)
        ]
        connection.execute(insert(schema.trace), rows)

        def committed() -> None:
            full = count - count % ROW_ENTRIES
            del self._entries[:full]
            self._flushed = count - full
            self._first = first + full

        return committed


def pack(entries: Sequence[TraceEntry]) -> dict[str, Any]:
    """Columns of a row for one or more entries.

    `data` begins with two whole numbers an entry: the instrument's place in `instruments` times two, plus one for bytes that
    were sent (16 bits), and the number of bytes (32 bits); both little-endian. All bytes follow in a row.
    """
    instruments = list(dict.fromkeys(entry.instrument for entry in entries))
    places = {name: _WAYS * index for index, name in enumerate(instruments)}
    bench_time = np.array([entry.bench_time for entry in entries])
    heads = b"".join(_HEAD.pack(places[entry.instrument] + entry.sent, len(entry.data)) for entry in entries)
    return {
        "count": len(entries),
        "begins": float(bench_time.min()),
        "ends": float(bench_time.max()),
        "instruments": instruments,
        "bench_time": pack_times(bench_time),
        "real_time": pack_values(np.array([entry.real_time for entry in entries])),
        "data": zlib.compress(heads + b"".join(entry.data for entry in entries)),
    }


def unpack(row: Mapping[str, Any]) -> Iterator[TraceEntry]:
    """Entries of a row; RecordError if it is damaged."""
    try:
        bench_time, real_time = unpack_times(row["bench_time"]).tolist(), unpack_values(row["real_time"]).tolist()
        data = zlib.decompress(row["data"])
        at = _HEAD.size * row["count"]
        heads = list(_HEAD.iter_unpack(data[:at]))
        names = [row["instruments"][place // _WAYS] for place, _ in heads]
        stamps = list(zip(names, heads, bench_time, real_time, strict=True))
    except (zlib.error, struct.error, ValueError, IndexError) as error:
        raise RecordError(f"a row of the trace cannot be unpacked ({error}): the record is damaged; use a backup") from error
    for name, (place, length), bench, real in stamps:
        yield TraceEntry(name, bool(place % _WAYS), bench, real, data[at : at + length])
        at += length


def _next_index(connection: Connection, evaluation: str) -> int:
    """Index after the last entry in the record."""
    columns = schema.trace.c
    last = select(func.max(columns.first + columns["count"])).where(columns.evaluation == evaluation)
    return int(connection.execute(last).scalar() or 0)


def _nothing() -> None:
    """Nothing was written."""
