"""Readings of an evaluation for other programs: streamed block by block, with the step that each belongs to.

    for piece in ReadingStream(record, evaluation, channels):     channel by channel, each in time order
        piece.time, piece.value, piece.status, piece.run, piece.step

Memory does not grow with the length of the evaluation. What a file looks like is said in `readings_csv` and
`readings_parquet`.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from testbench.errors import InputError, RecordError, suggest
from testbench.record.model import ChannelRow, EvaluationRow
from testbench.record.store import Record

STATUSES = ("valid", "gap", "flagged")  # by the number that the record keeps
SIMULATED = "模拟 SIMULATED: these readings come from a simulated bench"
UNFINISHED = ".unfinished"

Progress = Callable[[int, int], object]
"""Told how many readings are written, and of how many; what it raises cancels the export, and nothing is left behind."""


class ReadingFormat(StrEnum):
    """What readings are written as."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some readings of one channel, all arrays of length n.

    `time` is bench time in s, `value` in the channel's unit (NaN in a gap), `status` indexes `STATUSES`; `place` indexes
    `ReadingStream.places`, the run and step in which a reading was taken.
    """

    channel: ChannelRow
    time: NDArray[np.float64]
    value: NDArray[np.float64]
    status: NDArray[np.uint8]
    place: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)


class ReadingStream:
    """The readings of some channels of an evaluation (all by default), to be gone through once.

    `places` are the runs and steps in order, the first of them for readings before the first step; a reading belongs to the
    step that had begun last. InputError for a channel that the evaluation does not have.
    """

    def __init__(self, record: Record, evaluation: str, channels: Sequence[str] | None = None) -> None:
        self.row: EvaluationRow = record.evaluation(evaluation)
        known = {channel.name: channel for channel in record.channels(evaluation)}
        for name in channels or ():
            if name not in known:
                raise InputError(f"{evaluation} has no channel {name!r}; {suggest(name, known)}")
        self.channels = [known[name] for name in (dict.fromkeys(channels) if channels is not None else known)]
        self.total = sum(record.count_readings(evaluation, channel.name) for channel in self.channels)
        steps = [(step.began_at, run.identifier, step.number) for run in record.runs(evaluation) for step in
                 record.steps(run.identifier)]  # fmt: skip
        self.places: list[tuple[str, int | None]] = [("", None), *((run, number) for _, run, number in steps)]
        self._begins = np.maximum.accumulate(np.array([-np.inf, *(begin for begin, _, _ in steps)]))
        self._record = record

    @property
    def started(self) -> dt.datetime:
        """The date and time of bench time 0, with its offset."""
        return self.row.start.started

    def __iter__(self) -> Iterator[Piece]:
        for channel in self.channels:
            for readings in self._record.pieces(self.row.identifier, channel.name):
                place = np.searchsorted(self._begins, readings.time, side="right") - 1
                yield Piece(channel, readings.time, readings.value, readings.status, place)


class Writer(Protocol):
    """Writes pieces to a file that is open; `close` writes its end."""

    def write(self, piece: Piece) -> None:
        """Append the rows of a piece."""
        ...

    def close(self) -> None:
        """Write what comes after the last row."""
        ...


def export_readings(
    record: Record,
    evaluation: str,
    path: Path,
    form: ReadingFormat,
    *,
    channels: Sequence[str] | None = None,
    byte_order_mark: bool = False,
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
) -> int:
    """Write the readings of an evaluation to a file; return how many.

    `byte_order_mark` is for CSV that is opened with Excel. InputError where the file is there already (unless `overwrite`),
    RecordError where it cannot be written. It bears its name once it is whole.
    """
    if path.exists() and not overwrite:
        raise InputError(f"{path} is there already; choose another name")
    if not path.parent.is_dir():
        raise InputError(f"{path}: the folder {path.parent} does not exist; make it or choose another")
    stream = ReadingStream(record, evaluation, channels)
    temporary = path.with_name(path.name + UNFINISHED)
    try:
        done = _write(stream, temporary, form, byte_order_mark, progress)
        temporary.replace(path)
    except OSError as error:
        raise RecordError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return done


def _write(stream: ReadingStream, path: Path, form: ReadingFormat, byte_order_mark: bool, progress: Progress) -> int:
    done = 0
    progress(done, stream.total)
    with path.open("wb") as file:
        writer: Writer
        if form is ReadingFormat.CSV:
            from testbench.report.readings_csv import CsvWriter

            writer = CsvWriter(file, stream, byte_order_mark=byte_order_mark)
        else:
            from testbench.report.readings_parquet import ParquetWriter

            writer = ParquetWriter(file, stream)
        try:
            for piece in stream:
                writer.write(piece)
                done += len(piece)
                progress(done, stream.total)
        finally:
            writer.close()
        file.flush()
        os.fsync(file.fileno())
    return done


def file_name(row: EvaluationRow, form: ReadingFormat) -> str:
    """The name that a file of readings should bear; it says so where they are simulated."""
    return f"{row.identifier}-readings{'-SIMULATED' if row.start.simulated else ''}.{form.value}"


def moments(started: dt.datetime, time: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """The dates of bench times (s): local to the offset of `started`, to a microsecond, without the offset itself."""
    local = np.datetime64(started.replace(tzinfo=None), "us")
    shift: NDArray[np.datetime64] = local + np.round(time * 1e6).astype("timedelta64[us]")
    return shift
