"""Evaluations in the record: begun, interrupted, resumed, finished."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from testbench.outcome import Outcome, RunState
from testbench.record import schema
from testbench.record.access import WritingAccess
from testbench.record.chain import Kind, Links, head
from testbench.record.journal import journal_digest
from testbench.record.model import EvaluationRow, EvaluationStart
from testbench.record.results import enter_verdicts
from testbench.record.rows import evaluation_row, start_columns
from testbench.record.states import interrupt_runs, last_bench_time, move_evaluation
from testbench.record.writer import seal_tail


class Evaluations(WritingAccess):
    """The evaluations of the record."""

    def begin_evaluation(self, start: EvaluationStart) -> str:
        """Enter a new evaluation; return its identifier, UTC time and four random digits: "E20261122-134501-4f2a"."""
        columns = start_columns(start) | {"state": RunState.RUNNING.value, "reason": ""}
        moment = start.started.astimezone(dt.UTC)
        known = schema.evaluation.c.identifier
        with self._database.writing() as connection:
            while True:
                identifier = f"E{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
                if connection.execute(select(known).where(known == identifier)).first() is None:
                    break
            connection.execute(insert(schema.evaluation), {"identifier": identifier, **columns})
            links = Links(connection, identifier)
            links.row(Kind.EVALUATION, identifier)
            links.close()
        return identifier

    def finish_evaluation(
        self,
        evaluation: str,
        *,
        outcome: Outcome,
        finished: dt.datetime,
        verdicts: Sequence[Mapping[str, Any]] = (),
        state: RunState = RunState.FINISHED,
        reason: str = "",
    ) -> None:
        """Enter how an evaluation ended, with its verdicts; its readings are sealed, and nothing can follow.

        `state` is finished, aborted, or interrupted: then it is closed as it is, and so are its runs that still go on.
        """
        with self._sealing(evaluation) as links:
            self._end(links, evaluation, finished, reason, verdicts, closing=state is RunState.INTERRUPTED)
            move_evaluation(links, evaluation, state, outcome=outcome.value, finished=finished, reason=reason)

    def interrupt_evaluation(
        self,
        evaluation: str,
        *,
        outcome: Outcome,
        reason: str,
        at: dt.datetime,
        verdicts: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Enter that an evaluation was interrupted, with what can be judged; it can be resumed.

        Its runs that still go on are interrupted too, at the last bench time known; `at` is the date of that. Call it only
        where no other process writes the evaluation.
        """
        with self._sealing(evaluation) as links:
            self._end(links, evaluation, at, reason, verdicts, closing=True)
            move_evaluation(links, evaluation, RunState.INTERRUPTED, outcome=outcome.value, reason=reason)

    def reopen_evaluation(self, evaluation: str) -> None:
        """Enter that an interrupted evaluation is resumed; RecordError if it is over, or was closed."""
        with self._entering(evaluation) as links:
            move_evaluation(links, evaluation, RunState.RUNNING, outcome=None, reason="")

    def set_evaluation_state(self, evaluation: str, state: RunState) -> None:
        """Enter that an evaluation pauses or goes on; RecordError for what is no legal move."""
        with self._entering(evaluation) as links:
            move_evaluation(links, evaluation, state)

    def evaluations(self) -> list[EvaluationRow]:
        """All evaluations, the oldest first."""
        return [
            evaluation_row(row) for row in self._rows(select(schema.evaluation).order_by(schema.evaluation.c.identifier))
        ]

    def evaluation(self, identifier: str) -> EvaluationRow:
        """One evaluation; RecordError if there is none of that identifier."""
        rows = self._rows(select(schema.evaluation).where(schema.evaluation.c.identifier == identifier))
        if not rows:
            raise self._refusal(f"there is no evaluation {identifier}")
        return evaluation_row(rows[0])

    def last_bench_time(self, evaluation: str) -> float:
        """The largest bench time of an evaluation's runs, steps and readings, s; 0 if there are none."""
        with self._database.reading() as connection:
            return last_bench_time(connection, evaluation)

    def laboratory(self, evaluation: str) -> list[Mapping[str, Any]]:
        """The commands of the simulated laboratory in order, as they came with the steps."""
        columns = schema.laboratory.c
        wanted = select(columns.document).where(columns.evaluation == evaluation).order_by(columns.number)
        return [row["document"] for row in self._rows(wanted)]

    def journal_digest(self, evaluation: str) -> str:
        """SHA-256 of what was done, read and found, without dates and identifiers; see `journal`."""
        with self._database.reading() as connection:
            return journal_digest(connection, evaluation)

    def head(self, evaluation: str) -> str:
        """The present head of an evaluation's hash chain; see `chain`."""
        with self._database.reading() as connection:
            return head(connection, evaluation)

    def _end(
        self,
        links: Links,
        evaluation: str,
        at: dt.datetime,
        reason: str,
        verdicts: Sequence[Mapping[str, Any]],
        *,
        closing: bool,
    ) -> None:
        """What comes with every end: a lost process's readings sealed, its runs ended, the verdicts."""
        if closing:
            if evaluation not in self._writers:
                seal_tail(links.connection, evaluation, links)
            bench_time = last_bench_time(links.connection, evaluation)
            interrupt_runs(links, evaluation, bench_time=bench_time, at=at, reason=reason)
        enter_verdicts(links, evaluation, verdicts)
