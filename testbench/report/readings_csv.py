"""Readings as comma-separated text: UTF-8, a point in numbers, a row a reading; lines that begin with # say what it is.

    # 模拟 SIMULATED: …
    # evaluation E20261122-134501-4f2a, standard hj76-2017, started 2026-11-22T13:45:01+08:00
    time,bench_time_s,channel,value,unit,status,run,step
    2026-11-22T13:45:02.000000+08:00,1.0,A.co2,4.02,%,valid,E20261122-134501-4f2a-R01,1

`time` is when the evaluation began plus the bench time. A gap has no value. Numbers read back as the same numbers.
"""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

import numpy as np

from testbench.report.reading_stream import SIMULATED, STATUSES, Piece, ReadingStream, moments

COLUMNS = ("time", "bench_time_s", "channel", "value", "unit", "status", "run", "step")


class CsvWriter:
    """Writes pieces as rows."""

    def __init__(self, file: BinaryIO, stream: ReadingStream, *, byte_order_mark: bool) -> None:
        self._file = file
        self._started = stream.started
        self._offset = stream.started.isoformat()[-6:] if stream.started.utcoffset() else "+00:00"
        self._places = [_cells(run, "" if step is None else str(step)) for run, step in stream.places]
        start = stream.row.start
        head = [f"# {SIMULATED}"] if start.simulated else []
        standard = f", standard {start.standard}" if start.standard else ""
        head.append(f"# evaluation {stream.row.identifier}{standard}, started {start.started.isoformat()}")
        head.append(",".join(COLUMNS))
        file.write("\n".join([("\ufeff" if byte_order_mark else "") + head[0], *head[1:], ""]).encode())

    def write(self, piece: Piece) -> None:
        """Append the rows of a piece."""
        dates = np.datetime_as_string(moments(self._started, piece.time), unit="us").tolist()
        channel, unit = _cells(piece.channel.name), _cells(piece.channel.unit)
        rows = [
            f"{date}{self._offset},{time!r},{channel},{'' if value != value else repr(value)},{unit},{STATUSES[status]},"
            f"{self._places[place]}\n"
            for date, time, value, status, place in zip(
                dates, piece.time.tolist(), piece.value.tolist(), piece.status.tolist(), piece.place.tolist(), strict=True
            )
        ]
        self._file.write("".join(rows).encode())

    def close(self) -> None:
        """Nothing comes after the last row."""


def _cells(*texts: str) -> str:
    """Texts as cells, quoted where they must be."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(texts)
    return line.getvalue() if len(texts) > 1 or texts[0] else ""
