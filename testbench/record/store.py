"""The record of evaluations: the one place where what was done, read, found and judged is written and read.

    with Record.open(Path("bench.record"), create=True) as record:
        evaluation = record.begin_evaluation(start)
        run = record.begin_run(evaluation, "linearity", settings, clause="7.2", number=1, bench_time=0.0, started=now)
        step = record.begin_step(run, "average", {"duration_s": 60}, bench_time=0.0, started=now)
        ...                                                    # readings go to record.readings(evaluation)
        record.finish_step(run, step, result={...}, error=None, bench_time=60.0, finished=now)

What a method has written is on the disk when it returns, and nothing of it is there if it raises. Other processes may read
the same record at any moment.
"""

from __future__ import annotations

import datetime as dt
import math
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Select, Table, func, insert, select, update

from testbench.errors import RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record import schema
from testbench.record.database import Database, open_sqlite
from testbench.record.documents import plain
from testbench.record.journal import journal_digest
from testbench.record.migrate import bring_up_to_date, refuse_foreign
from testbench.record.model import (
    ChannelRow,
    EvaluationRow,
    EvaluationStart,
    EventRow,
    Overview,
    Readings,
    RunRow,
    StepRow,
    StoredFinding,
    TraceEntry,
)
from testbench.record.rows import (
    channel_row,
    evaluation_row,
    event_row,
    finding_columns,
    run_row,
    start_columns,
    step_row,
    stored_finding,
)
from testbench.record.series import load_overview, load_readings
from testbench.record.trace import TraceBuffer, unpack
from testbench.record.writer import ReadingWriter


class Record:
    """An open record. Several threads may use it, but an evaluation's readings, steps and runs are written by one alone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writers: dict[str, ReadingWriter] = {}

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
        self.close()

    # Evaluations

    def begin_evaluation(self, start: EvaluationStart) -> str:
        """Enter a new evaluation; return its identifier, UTC time and four random digits: "E20261122-134501-4f2a"."""
        columns = start_columns(start)
        moment = start.started.astimezone(dt.UTC)
        known = schema.evaluation.c.identifier
        with self._database.writing() as connection:
            while True:
                identifier = f"E{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
                if connection.execute(select(known).where(known == identifier)).first() is None:
                    break
            connection.execute(insert(schema.evaluation), {"identifier": identifier, **columns})
        return identifier

    def finish_evaluation(self, evaluation: str, *, outcome: Outcome, finished: dt.datetime) -> None:
        """Enter how an evaluation ended; its readings are sealed."""
        wanted = schema.evaluation.c.identifier == evaluation
        change = update(schema.evaluation).where(wanted).values(outcome=outcome.value, finished=finished)
        self._seal_and(evaluation, change, f"there is no evaluation {evaluation}")

    def evaluations(self) -> list[EvaluationRow]:
        """All evaluations, the oldest first."""
        return [
            evaluation_row(row) for row in self._rows(select(schema.evaluation).order_by(schema.evaluation.c.identifier))
        ]

    def evaluation(self, identifier: str) -> EvaluationRow:
        """One evaluation; RecordError if there is none of that identifier."""
        rows = self._rows(select(schema.evaluation).where(schema.evaluation.c.identifier == identifier))
        if not rows:
            raise RecordError(f"record {self._database.name}: there is no evaluation {identifier}")
        return evaluation_row(rows[0])

    # Runs

    def begin_run(
        self,
        evaluation: str,
        procedure: str,
        settings: Mapping[str, Any],
        *,
        clause: str,
        number: int,
        bench_time: float,
        started: dt.datetime,
    ) -> str:
        """Enter a run, state running; return its identifier, "<evaluation>-R03" for number 3."""
        identifier = f"{evaluation}-R{number:02d}"
        columns = {
            "identifier": identifier,
            "evaluation": evaluation,
            "number": number,
            "procedure": procedure,
            "clause": clause,
            "settings": plain(settings, f"settings of {procedure}"),
            "state": RunState.RUNNING.value,
            "began_at": bench_time,
            "started": started,
            "reason": "",
        }
        with self._database.writing(f"run {identifier} is there already, or its evaluation is not") as connection:
            connection.execute(insert(schema.run), columns)
        return identifier

    def set_run_state(self, run: str, state: RunState) -> None:
        """Enter that a run pauses or goes on."""
        change = update(schema.run).where(schema.run.c.identifier == run).values(state=state.value)
        with self._database.writing() as connection:
            self._change_one(connection, change, f"there is no run {run}")

    def finish_run(
        self,
        run: str,
        *,
        state: RunState,
        outcome: Outcome | None,
        bench_time: float,
        finished: dt.datetime,
        reason: str = "",
    ) -> None:
        """Enter how a run ended; `reason` says why it did not simply finish. Its readings are sealed."""
        change = (
            update(schema.run)
            .where(schema.run.c.identifier == run)
            .values(
                state=state.value,
                outcome=None if outcome is None else outcome.value,
                ended_at=bench_time,
                finished=finished,
                reason=reason,
            )
        )
        self._seal_and(self._evaluation_of(run), change, f"there is no run {run}")

    def runs(self, evaluation: str) -> list[RunRow]:
        """Runs of an evaluation by number."""
        columns = schema.run.c
        return [
            run_row(row)
            for row in self._rows(select(schema.run).where(columns.evaluation == evaluation).order_by(columns.number))
        ]

    # Steps: the journal

    def begin_step(
        self, run: str, call: str, arguments: Mapping[str, Any], *, bench_time: float, started: dt.datetime
    ) -> int:
        """Journal that a call begins; return its number in the run, counted from 1."""
        step = schema.step.c
        columns = {"run": run, "call": call, "arguments": plain(arguments, f"arguments of {call}")}
        with self._database.writing(f"there is no run {run}") as connection:
            last = connection.execute(select(func.max(step.number)).where(step.run == run)).scalar()
            number = (last or 0) + 1
            columns |= {"number": number, "attempts": 1, "began_at": bench_time, "started": started}
            connection.execute(insert(schema.step), columns)
        return number

    def finish_step(
        self,
        run: str,
        step: int,
        *,
        result: Mapping[str, Any] | None,
        error: str | None,
        bench_time: float,
        finished: dt.datetime,
    ) -> None:
        """Journal what a call came to, together with the sealed readings up to now; a finished step stays as it is."""
        columns = schema.step.c
        document = None if result is None else plain(result, f"result of step {step} of {run}")
        change = (
            update(schema.step)
            .where(columns.run == run, columns.number == step, columns.finished.is_(None))
            .values(result=document, error=error, ended_at=bench_time, finished=finished)
        )
        self._seal_and(self._evaluation_of(run), change, f"run {run} has no open step {step}")

    def steps(self, run: str) -> list[StepRow]:
        """The journal of a run in order."""
        wanted = select(schema.step).where(schema.step.c.run == run).order_by(schema.step.c.number)
        return [step_row(row) for row in self._rows(wanted)]

    def journal_digest(self, evaluation: str) -> str:
        """SHA-256 of what was done, read and found, without dates and identifiers; see `journal`."""
        with self._database.reading() as connection:
            return journal_digest(connection, evaluation)

    # Readings

    def channel(self, evaluation: str, name: str, *, quantity: str, unit: str, resolution: float, device: str | None) -> int:
        """Return the number of a channel of an evaluation; entered if new, RecordError if it was entered otherwise."""
        channel = schema.channel.c
        columns = {"quantity": quantity, "unit": unit, "resolution": float(resolution), "device": device}
        named = (channel.evaluation == evaluation, channel.name == name)
        with self._database.writing(f"there is no evaluation {evaluation}") as connection:
            known = connection.execute(select(schema.channel).where(*named)).mappings().first()
            if known is None:
                connection.execute(insert(schema.channel), {"evaluation": evaluation, "name": name, **columns})
                return int(connection.execute(select(channel.number).where(*named)).scalar_one())
        if any(known[key] != value for key, value in columns.items()):
            raise RecordError(
                f"record {self._database.name}: channel {name} of evaluation {evaluation} was entered as "
                f"{known['quantity']} in {known['unit']} and cannot change; give the channel another name"
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

    def overview(self, evaluation: str, channel: str, start: float, end: float, points: int) -> Overview:
        """The same readings condensed to at most `points` points for drawing."""
        with self._database.reading() as connection:
            return load_overview(connection, self._channel_number(connection, evaluation, channel), start, end, points)

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

    # Findings, verdicts, events

    def add_findings(self, run: str, findings: Sequence[Finding]) -> None:
        """Enter what a run has found."""
        self._insert(schema.finding, [finding_columns(run, finding) for finding in findings], f"there is no run {run}")

    def findings(self, evaluation: str) -> list[StoredFinding]:
        """Findings of an evaluation in the order they were entered, with their runs."""
        wanted = select(schema.finding).join(schema.run).where(schema.run.c.evaluation == evaluation)
        return [stored_finding(row) for row in self._rows(wanted.order_by(schema.finding.c.number))]

    def add_verdicts(self, evaluation: str, verdicts: Sequence[Mapping[str, Any]]) -> None:
        """Enter verdicts, each a JSON document."""
        rows = [{"evaluation": evaluation, "document": plain(document, "verdict")} for document in verdicts]
        self._insert(schema.verdict, rows, f"there is no evaluation {evaluation}")

    def verdicts(self, evaluation: str) -> list[Mapping[str, Any]]:
        """Verdicts of an evaluation in the order they were entered."""
        columns = schema.verdict.c
        wanted = select(columns.document).where(columns.evaluation == evaluation).order_by(columns.number)
        return [row["document"] for row in self._rows(wanted)]

    def event(self, evaluation: str, run: str | None, kind: str, text: str, *, bench_time: float, at: dt.datetime) -> None:
        """Enter something that happened beside the steps."""
        row = {"evaluation": evaluation, "run": run, "kind": kind, "text": text, "bench_time": bench_time, "at": at}
        self._insert(schema.event, [row], f"there is no evaluation {evaluation} or no run {run}")

    def events(self, evaluation: str) -> list[EventRow]:
        """Events of an evaluation in the order they were entered."""
        columns = schema.event.c
        wanted = select(schema.event).where(columns.evaluation == evaluation).order_by(columns.number)
        return [event_row(row) for row in self._rows(wanted)]

    # What the above is made of

    def _rows(self, wanted: Select[Any]) -> Sequence[Mapping[str, Any]]:
        with self._database.reading() as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def _insert(self, table: Table, rows: Sequence[Mapping[str, Any]], conflict: str) -> None:
        if rows:
            with self._database.writing(conflict) as connection:
                connection.execute(insert(table), rows)

    def _seal_and(self, evaluation: str, change: Any, missing: str) -> None:
        """Seal the evaluation's readings and change one row, in one transaction."""
        writer = self._writers.get(evaluation)
        with self._database.writing() as connection:
            sealed = None if writer is None else writer.seal_within(connection)
            self._change_one(connection, change, missing)
        if sealed is not None:
            sealed()

    def _change_one(self, connection: Connection, change: Any, missing: str) -> None:
        if connection.execute(change).rowcount != 1:
            raise RecordError(f"record {self._database.name}: {missing}")

    def _evaluation_of(self, run: str) -> str:
        with self._database.reading() as connection:
            found = connection.execute(select(schema.run.c.evaluation).where(schema.run.c.identifier == run)).scalar()
        if found is None:
            raise RecordError(f"record {self._database.name}: there is no run {run}")
        return str(found)

    def _channel_number(self, connection: Connection, evaluation: str, name: str) -> int:
        columns = schema.channel.c
        wanted = select(columns.number).where(columns.evaluation == evaluation, columns.name == name)
        number = connection.execute(wanted).scalar()
        if number is None:
            raise RecordError(f"record {self._database.name}: evaluation {evaluation} has no channel {name}")
        return int(number)
