"""Reading blocks: arrays of time, value, status and raw text, packed without loss, with levels for drawing and a digest.

A block holds up to `BLOCK_SIZE` readings in four columns, each zlib-compressed after a transformation that is undone bit
by bit: the bit patterns of the times are differenced (on an even grid most differences are alike) and byte-shuffled;
values that are decimals of few digits are kept as whole numbers, others byte-shuffled. The digest covers the plain
columns, so it stays true whatever the packing.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testbench.errors import RecordError
from testbench.record.model import Overview, Readings

BLOCK_SIZE = 8192
LEVEL_FACTORS = (16, 256)
MAX_DECIMALS = 6
_SHUFFLED = b"F"  # else the number of decimals as a digit
_LEVEL = np.dtype([("time", "<f8"), ("minimum", "<f8"), ("maximum", "<f8"), ("count", "<i4"), ("doubtful", "<i4")])


@dataclass(frozen=True, slots=True)
class Block:
    """A packed block: the four columns (raw is None where no text was kept), the count of readings, the SHA-256."""

    count: int
    time: bytes
    value: bytes
    status: bytes
    raw: bytes | None
    digest: str


def encode_block(readings: Readings) -> Block:
    """Pack readings (1 to `BLOCK_SIZE`) for keeping."""
    raw = encode_raw(readings.raw, len(readings))
    return Block(
        count=len(readings),
        time=pack_times(readings.time),
        value=pack_values(readings.value),
        status=zlib.compress(readings.status.astype("u1").tobytes()),
        raw=None if raw is None else zlib.compress(raw),
        digest=digest(readings),
    )


def decode_block(block: Block, where: str = "a block") -> Readings:
    """Unpack a block and check it against its digest; RecordError if the content is not what was written."""
    try:
        readings = Readings(
            time=unpack_times(block.time),
            value=unpack_values(block.value),
            status=np.frombuffer(zlib.decompress(block.status), "u1").copy(),
            raw={} if block.raw is None else decode_raw(zlib.decompress(block.raw)),
        )
    except (zlib.error, ValueError) as error:
        raise _damaged(where, error) from error
    if digest(readings) != block.digest:
        raise RecordError(f"{where} does not match its digest: the record was changed or damaged; use a backup of it")
    return readings


def digest(readings: Readings) -> str:
    """SHA-256 over count, times, values (both little-endian float64), statuses and raw texts."""
    total = hashlib.sha256(len(readings).to_bytes(8, "little"))
    total.update(readings.time.astype("<f8").tobytes())
    total.update(readings.value.astype("<f8").tobytes())
    total.update(readings.status.astype("u1").tobytes())
    total.update(encode_raw(readings.raw, len(readings)) or b"")
    return total.hexdigest()


def encode_raw(raw: Mapping[int, str], count: int) -> bytes | None:
    """Write the raw texts as a JSON list, null where there is none; None when no reading has any."""
    if not raw:
        return None
    return json.dumps([raw.get(index) for index in range(count)], separators=(",", ":")).encode()


def decode_raw(data: bytes) -> dict[int, str]:
    """Read raw texts, by index of the reading."""
    return {index: text for index, text in enumerate(json.loads(data)) if text is not None}


def encode_tail(readings: Readings) -> tuple[bool, bytes]:
    """Pack a few readings quickly: columns one after the other, raw texts last; compressed (True) only where it pays."""
    columns = readings.time.astype("<f8").tobytes() + readings.value.astype("<f8").tobytes()
    data = columns + readings.status.astype("u1").tobytes() + (encode_raw(readings.raw, len(readings)) or b"")
    packed = zlib.compress(data, level=1) if len(data) > 256 else data
    return (True, packed) if len(packed) < len(data) else (False, data)


def decode_tail(count: int, compressed: bool, data: bytes) -> Readings:
    """Unpack what `encode_tail` packed."""
    try:
        plain = zlib.decompress(data) if compressed else data
        raw = plain[17 * count :]
        return Readings(
            time=np.frombuffer(plain, "<f8", count).astype(np.float64),
            value=np.frombuffer(plain, "<f8", count, 8 * count).astype(np.float64),
            status=np.frombuffer(plain, "u1", count, 16 * count).copy(),
            raw=decode_raw(raw) if raw else {},
        )
    except (zlib.error, ValueError) as error:
        raise _damaged("a row of the latest readings", error) from error


def condense(readings: Readings, starts: NDArray[np.int64]) -> Overview:
    """Condense readings into the groups that begin at the indices `starts` (ascending from 0, none empty)."""
    if not len(readings):
        return empty_overview()
    finite = np.isfinite(readings.value)
    low = np.minimum.reduceat(np.where(finite, readings.value, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, readings.value, -np.inf), starts)
    nothing = low > high
    return Overview(
        time=readings.time[starts],
        minimum=np.where(nothing, np.nan, low),
        maximum=np.where(nothing, np.nan, high),
        count=np.diff(np.append(starts, len(readings))),
        doubtful=np.add.reduceat((readings.status != 0).astype(np.int64), starts),
    )


def merge(overview: Overview, starts: NDArray[np.int64]) -> Overview:
    """Condense an overview further into the groups of points that begin at `starts` (ascending from 0, none empty)."""
    if not len(overview):
        return overview
    return Overview(
        time=overview.time[starts],
        minimum=np.fmin.reduceat(overview.minimum, starts),
        maximum=np.fmax.reduceat(overview.maximum, starts),
        count=np.add.reduceat(overview.count, starts),
        doubtful=np.add.reduceat(overview.doubtful, starts),
    )


def empty_overview() -> Overview:
    """No points at all."""
    nothing = np.empty(0)
    return Overview(nothing, nothing, nothing, np.empty(0, np.int64), np.empty(0, np.int64))


def encode_level(overview: Overview) -> bytes:
    """Pack one level of a block."""
    table = np.empty(len(overview), _LEVEL)
    for name in _LEVEL.names or ():
        table[name] = getattr(overview, name)
    return zlib.compress(_shuffle(table.tobytes(), _LEVEL.itemsize))


def decode_level(data: bytes) -> Overview:
    """Unpack one level of a block."""
    try:
        table = np.frombuffer(_unshuffle(zlib.decompress(data), _LEVEL.itemsize), _LEVEL)
    except (zlib.error, ValueError) as error:
        raise _damaged("a drawing level", error) from error
    return Overview(
        time=table["time"].astype(np.float64),
        minimum=table["minimum"].astype(np.float64),
        maximum=table["maximum"].astype(np.float64),
        count=table["count"].astype(np.int64),
        doubtful=table["doubtful"].astype(np.int64),
    )


def _damaged(what: str, error: Exception) -> RecordError:
    return RecordError(f"{what} cannot be unpacked ({error}): the record is damaged; use a backup of it")


def _shuffle(data: bytes, size: int) -> bytes:
    """Put first bytes of all items first, then second bytes …: what varies slowly stands together."""
    return np.frombuffer(data, "u1").reshape(-1, size).T.tobytes()


def _unshuffle(data: bytes, size: int) -> bytes:
    return np.frombuffer(data, "u1").reshape(size, -1).T.tobytes()


def _pack_whole(numbers: NDArray[np.int64]) -> bytes:
    """Pack whole numbers by their differences (modulo 2**64)."""
    differences = np.diff(numbers, prepend=np.int64(0)).astype("<i8")
    return zlib.compress(_shuffle(differences.tobytes(), 8))


def _unpack_whole(data: bytes) -> NDArray[np.int64]:
    differences = np.frombuffer(_unshuffle(zlib.decompress(data), 8), "<i8").astype(np.int64)
    return np.cumsum(differences, dtype=np.int64)


def pack_times(times: NDArray[np.float64]) -> bytes:
    """Pack times (s) by the differences of their bit patterns."""
    return _pack_whole(times.astype(np.float64).view(np.int64))


def unpack_times(data: bytes) -> NDArray[np.float64]:
    """Unpack what `pack_times` packed, bit by bit."""
    return _unpack_whole(data).view(np.float64)


def pack_values(values: NDArray[np.float64]) -> bytes:
    """Pack values: as whole numbers where they are decimals of at most `MAX_DECIMALS` digits, else as they are."""
    for decimals in range(MAX_DECIMALS + 1):
        whole = _as_decimals(values, decimals)
        if whole is not None:
            return str(decimals).encode() + _pack_whole(whole)
    return _SHUFFLED + zlib.compress(_shuffle(values.astype("<f8").tobytes(), 8))


def _as_decimals(values: NDArray[np.float64], decimals: int) -> NDArray[np.int64] | None:
    """Values times 10^decimals as whole numbers (NaN as the least), if dividing gives back every bit; else None."""
    missing = np.isnan(values)
    with np.errstate(all="ignore"):
        scaled = np.rint(values * 10.0**decimals)
    if np.any(np.abs(scaled[~missing]) > 2.0**53):
        return None
    whole = np.where(missing, np.iinfo(np.int64).min, np.where(missing, 0.0, scaled).astype(np.int64))
    back = _from_decimals(whole, decimals)
    return whole if np.array_equal(back.view(np.int64), values.view(np.int64)) else None


def _from_decimals(whole: NDArray[np.int64], decimals: int) -> NDArray[np.float64]:
    return np.where(whole == np.iinfo(np.int64).min, np.nan, whole / 10.0**decimals)


def unpack_values(data: bytes) -> NDArray[np.float64]:
    """Unpack what `pack_values` packed, bit by bit."""
    kind, packed = data[:1], data[1:]
    if kind == _SHUFFLED:
        return np.frombuffer(_unshuffle(zlib.decompress(packed), 8), "<f8").astype(np.float64)
    return _from_decimals(_unpack_whole(packed), int(kind))
