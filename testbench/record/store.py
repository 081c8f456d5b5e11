"""The record of evaluations: the one place where what was done, read, found and judged is written and read.

    with Record.open(Path("bench.record"), create=True) as record:
        evaluation = record.begin_evaluation(start)
        run = record.begin_run(evaluation, "linearity", settings, clause="7.2", number=1, bench_time=0.0, started=now)
        step = record.begin_step(run, "average", {"duration_s": 60}, bench_time=0.0, started=now)
        ...                                                    # readings go to record.readings(evaluation)
        record.finish_step(run, step, result={...}, error=None, bench_time=60.0, finished=now)

What a method has written is on the disk when it returns, and nothing of it is there if it raises; the same transaction
covers it in the evaluation's hash chain (`chain`). Other processes may read the same record at any moment, give commands,
answer prompts and acknowledge alarms.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, insert, select

from testbench.errors import RecordError
from testbench.record import schema
from testbench.record.alarms import Alarms
from testbench.record.amendments import Amendments
from testbench.record.archive import Manifest, pack
from testbench.record.chain import Kind
from testbench.record.commands import Commands
from testbench.record.copies import back_up
from testbench.record.database import Database, open_sqlite
from testbench.record.evaluations import Evaluations
from testbench.record.glance import Glances
from testbench.record.judged import Judged
from testbench.record.migrate import bring_up_to_date, refuse_foreign
from testbench.record.model import ChannelRow, Overview, Readings, TraceEntry
from testbench.record.prompts import Prompts
from testbench.record.results import Results
from testbench.record.rows import channel_row
from testbench.record.runs import Runs
from testbench.record.series import count_readings, load_overview, load_readings, piece_after
from testbench.record.trace import TraceBuffer, unpack
from testbench.record.verify import Verification, verify
from testbench.record.writer import ReadingWriter


class Record(Evaluations, Runs, Results):
    """An open record. Several threads may use it, but an evaluation's readings, steps and runs are written by one alone.

    `commands`, `prompts` and `alarms` are between the process that runs an evaluation and the people around it, `glances`
    for those who watch, `amendments` for those who exclude or repeat results when it has ended, `judged` for judging many
    of them again.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.path = Path(database.name)
        self.commands = Commands(database)
        self.prompts = Prompts(database)
        self.alarms = Alarms(database)
        self.amendments = Amendments(database)
        self.glances = Glances(database)
        self.judged = Judged(database)

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Self:
        """Open a record and bring its schema up to date; RecordError says what stands against it and what to do."""
        database = open_sqlite(path, create=create)
        try:
            refuse_foreign(database, create=create)
            database.use_wal()
            bring_up_to_date(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    def close(self) -> None:
        """Make the last readings durable and close the database."""
        try:
            for writer in self._writers.values():
                writer.flush()
        finally:
            self._writers.clear()
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it; readings that cannot be kept must not hide why the block was left."""
        try:
            self.close()
        except RecordError as second:
            if error is None:
                raise
            if str(second) not in getattr(error, "__notes__", ()):
                error.add_note(str(second))

    # Readings

    def channel(self, evaluation: str, name: str, *, quantity: str, unit: str, resolution: float, device: str | None) -> int:
        """Return the number of a channel of an evaluation; entered if new, RecordError if it was entered otherwise."""
        channel = schema.channel.c
        columns = {"quantity": quantity, "unit": unit, "resolution": float(resolution), "device": device}
        named = (channel.evaluation == evaluation, channel.name == name)
        with self._entering(evaluation, f"there is no evaluation {evaluation}") as links:
            connection = links.connection
            known = connection.execute(select(schema.channel).where(*named)).mappings().first()
            if known is None:
                connection.execute(insert(schema.channel), {"evaluation": evaluation, "name": name, **columns})
                number = int(connection.execute(select(channel.number).where(*named)).scalar_one())
                links.row(Kind.CHANNEL, number)
                return number
        if any(known[key] != value for key, value in columns.items()):
            raise self._refusal(
                f"channel {name} of evaluation {evaluation} was entered as {known['quantity']} in {known['unit']} and "
                "cannot change; give the channel another name"
            )
        return int(known["number"])

    def channels(self, evaluation: str) -> list[ChannelRow]:
        """Channels of an evaluation in the order they were entered."""
        columns = schema.channel.c
        wanted = select(schema.channel).where(columns.evaluation == evaluation).order_by(columns.number)
        return [channel_row(row) for row in self._rows(wanted)]

    def readings(self, evaluation: str, *, monotonic: Callable[[], float] = time.monotonic) -> ReadingWriter:
        """Return the evaluation's writer of readings, one per process; a tail left by a lost process is sealed first."""
        if evaluation not in self._writers:
            self._writers[evaluation] = ReadingWriter(self._database, evaluation, monotonic)
        return self._writers[evaluation]

    def load(self, evaluation: str, channel: str, start: float = -math.inf, end: float = math.inf) -> Readings:
        """Durable readings of a channel with start <= bench time <= end, in time order."""
        with self._database.reading() as connection:
            return load_readings(connection, self._channel_number(connection, evaluation, channel), start, end)

    def count_readings(self, evaluation: str, channel: str) -> int:
        """How many durable readings a channel has."""
        with self._database.reading() as connection:
            return count_readings(connection, self._channel_number(connection, evaluation, channel))

    def pieces(self, evaluation: str, channel: str) -> Iterator[Readings]:
        """All durable readings of a channel in the order they came, one block in memory; also while they are written."""
        with self._database.reading() as connection:
            number = self._channel_number(connection, evaluation, channel)
        first = 0
        while True:
            with self._database.reading() as connection:
                found = piece_after(connection, number, first)
            if found is None:
                return
            first, readings = found
            yield readings

    def overview(self, evaluation: str, channel: str, start: float, end: float, points: int) -> Overview:
        """The same readings condensed to at most `points` points for drawing."""
        with self._database.reading() as connection:
            return load_overview(connection, self._channel_number(connection, evaluation, channel), start, end, points)

    # Verification

    def verify(self, evaluation: str | None = None, head: str | None = None) -> Verification:
        """Check the database, readings, journals and chains of all evaluations, or of one; see `verify`."""
        return verify(self._database, evaluation, head)

    # Copies

    def back_up(self, path: Path) -> Verification:
        """Copy the whole record to a new file while others may write it; return the copy's verification."""
        return back_up(self._database, path)

    def archive(
        self, evaluation: str, results: Callable[[], Mapping[str, bytes]], path: Path, *, created: dt.datetime
    ) -> Manifest:
        """Write an evaluation that has ended to an archive of its own; see `archive`."""
        return pack(self._database, self.evaluation(evaluation).identifier, results, path, created=created)

    # Trace

    def keep_trace(self, evaluation: str, trace: TraceBuffer) -> None:
        """Take a trace, with what is in it already; it is flushed with the evaluation's readings."""
        self.readings(evaluation).keep_trace(trace)

    def trace(self, evaluation: str, start: float = -math.inf, end: float = math.inf) -> Iterator[TraceEntry]:
        """Durable bytes to and from the instruments with start <= bench time <= end, in their order; a row in memory."""
        columns = schema.trace.c
        mine = columns.evaluation == evaluation
        within = select(columns.first).where(mine, columns.begins <= end, columns.ends >= start).order_by(columns.first)
        for key in self._rows(within):
            (row,) = self._rows(select(schema.trace).where(mine, columns.first == key["first"]))
            yield from (entry for entry in unpack(row) if start <= entry.bench_time <= end)

    def traced(self, evaluation: str) -> list[str]:
        """Names of the instruments in an evaluation's trace; none where nothing was traced."""
        columns = schema.trace.c
        rows = self._rows(select(columns.instruments).where(columns.evaluation == evaluation))
        return sorted({name for row in rows for name in row["instruments"]})

    def _channel_number(self, connection: Connection, evaluation: str, name: str) -> int:
        columns = schema.channel.c
        wanted = select(columns.number).where(columns.evaluation == evaluation, columns.name == name)
        number = connection.execute(wanted).scalar()
        if number is None:
            raise self._refusal(f"evaluation {evaluation} has no channel {name}")
        return int(number)
