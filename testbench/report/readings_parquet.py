"""Readings as Apache Parquet, for programs that compute with them: a row a reading, columns as in `readings_csv`.

`time` is a timestamp in the evaluation's offset from UTC, `value` is NULL in a gap. The file's metadata say which evaluation
it is, by which standard, whether it is simulated, and each channel's quantity and unit.
"""

from __future__ import annotations

import json
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from testbench.report.reading_stream import SIMULATED, STATUSES, Piece, ReadingStream, moments

ROW_GROUP = 131_072  # readings


class ParquetWriter:
    """Writes pieces in row groups of about `ROW_GROUP` readings."""

    def __init__(self, file: BinaryIO, stream: ReadingStream) -> None:
        self._stream = stream
        self._offset = stream.started.utcoffset()
        words = pa.dictionary(pa.int32(), pa.string())
        self._schema = pa.schema(
            [
                ("time", pa.timestamp("us", tz=_zone(stream))),
                ("bench_time_s", pa.float64()),
                ("channel", words),
                ("value", pa.float64()),
                ("unit", words),
                ("status", words),
                ("run", words),
                ("step", pa.int32()),
            ],
            metadata=_metadata(stream),
        )
        runs = [run for run, _ in stream.places]
        self._runs = pa.array(list(dict.fromkeys(runs)), pa.string())
        places = {run: place for place, run in enumerate(dict.fromkeys(runs))}
        self._run_of = np.array([places[run] for run in runs], np.int32)
        self._step_of = np.array([-1 if step is None else step for _, step in stream.places], np.int32)
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, piece: Piece) -> None:
        """Keep the rows of a piece until a row group is full."""
        step = self._step_of[piece.place]
        gap = np.isnan(piece.value)
        utc = moments(self._stream.started, piece.time) - np.timedelta64(self._offset or 0)
        columns = [
            pa.array(utc).cast(pa.timestamp("us")).cast(self._schema.field("time").type),
            pa.array(piece.time),
            _constant(piece.channel.name, len(piece)),
            pa.array(piece.value, mask=gap),
            _constant(piece.channel.unit, len(piece)),
            pa.DictionaryArray.from_arrays(pa.array(piece.status.astype(np.int32)), pa.array(STATUSES)),
            pa.DictionaryArray.from_arrays(pa.array(self._run_of[piece.place]), self._runs),
            pa.array(step, mask=step < 0),
        ]
        self._waiting.append(pa.record_batch(columns, schema=self._schema))
        self._rows += len(piece)
        if self._rows >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is kept, and the end of the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting).unify_dictionaries(), row_group_size=2 * ROW_GROUP)
        self._waiting, self._rows = [], 0


def _constant(text: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([text]))


def _zone(stream: ReadingStream) -> str:
    """The offset from UTC as Parquet writes it."""
    iso = stream.started.isoformat()
    return iso[-6:] if stream.started.utcoffset() else "UTC"


def _metadata(stream: ReadingStream) -> dict[str, str]:
    start = stream.row.start
    channels = {channel.name: {"quantity": channel.quantity, "unit": channel.unit} for channel in stream.channels}
    return {
        "evaluation": stream.row.identifier,
        "standard": start.standard,
        "started": start.started.isoformat(),
        "simulated": SIMULATED if start.simulated else "",
        "channels": json.dumps(channels, ensure_ascii=False),
    }
