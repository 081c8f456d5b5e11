"""Readings of an evaluation as a file for other programs; `readings_csv` and `readings_parquet` say what it looks like."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from testbench.errors import InputError, RecordError
from testbench.record.model import EvaluationRow
from testbench.record.store import Record
from testbench.report.reading_stream import Piece, ReadingStream

UNFINISHED = ".unfinished"

Progress = Callable[[int, int], object]
"""Told how many readings are written, and of how many; what it raises cancels the export, and nothing is left behind."""


class ReadingFormat(StrEnum):
    """What readings are written as."""

    CSV = "csv"
    PARQUET = "parquet"


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
