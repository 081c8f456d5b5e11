"""Runs in the record, and their steps: the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from testbench.outcome import Outcome, RunState
from testbench.record import schema
from testbench.record.access import WritingAccess
from testbench.record.chain import Kind, Links
from testbench.record.documents import plain
from testbench.record.model import AttemptRow, RunRow, StepRow
from testbench.record.rows import attempt_row, run_row, step_row
from testbench.record.states import move_run

_NOTHING_YET: Mapping[str, Any] = {
    **dict.fromkeys(("result", "error", "ended_at", "finished", "state", "reestablished")),
    "error_kind": "",
}


class Runs(WritingAccess):
    """The runs of the record."""

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
        with self._entering(evaluation, f"run {identifier} is there already, or its evaluation is not") as links:
            links.connection.execute(insert(schema.run), columns)
            links.row(Kind.RUN, identifier)
        return identifier

    def set_run_state(self, run: str, state: RunState) -> None:
        """Enter that a run pauses or goes on; RecordError for what is no legal move."""
        with self._entering(self._evaluation_of(run)) as links:
            move_run(links, run, state)

    def reopen_run(self, run: str) -> None:
        """Enter that a run that was interrupted, or lost with its process, goes on; RecordError if it is over."""
        nothing = dict.fromkeys(("outcome", "ended_at", "finished"))
        with self._entering(self._evaluation_of(run)) as links:
            move_run(links, run, RunState.RUNNING, reason="", **nothing)

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
        with self._sealing(self._evaluation_of(run)) as links:
            move_run(
                links,
                run,
                state,
                outcome=None if outcome is None else outcome.value,
                ended_at=bench_time,
                finished=finished,
                reason=reason,
            )

    def runs(self, evaluation: str) -> list[RunRow]:
        """Runs of an evaluation by number."""
        columns = schema.run.c
        return [
            run_row(row)
            for row in self._rows(select(schema.run).where(columns.evaluation == evaluation).order_by(columns.number))
        ]

    # Steps

    def begin_step(
        self, run: str, call: str, arguments: Mapping[str, Any], *, bench_time: float, started: dt.datetime
    ) -> int:
        """Journal that a call begins; return its number in the run, counted from 1."""
        step = schema.step.c
        columns = {"run": run, "call": call, "arguments": plain(arguments, f"arguments of {call}")}
        with self._database.writing(f"there is no run {run}") as connection:
            last = connection.execute(select(func.max(step.number)).where(step.run == run)).scalar()
            number = (last or 0) + 1
            columns |= {"number": number, "attempts": 1, "began_at": bench_time, "started": started, "error_kind": ""}
            connection.execute(insert(schema.step), columns)
        return number

    def retry_step(
        self,
        run: str,
        step: int,
        *,
        reason: str,
        ended_at: float,
        ended: dt.datetime,
        bench_time: float,
        started: dt.datetime,
    ) -> None:
        """Journal that a step that is open or has failed is attempted again; the attempt until now is kept, with the reason.

        `ended_at` and `ended` are the bench time (s) and date at which that attempt was cut, `bench_time` and `started`
        those of the new one. The readings up to now are sealed.
        """
        columns = schema.step.c
        one = (columns.run == run, columns.number == step)
        with self._sealing(self._evaluation_of(run)) as links:
            row = links.connection.execute(select(schema.step).where(*one)).mappings().first()
            if row is None or (row["finished"] is not None and row["error"] is None):
                raise self._refusal(f"run {run} has no step {step} that is open or has failed")
            cut = {name: row[name] for name in ("began_at", "started")} | {"ended_at": ended_at, "ended": ended}
            key = {"run": run, "step": step, "number": row["attempts"]}
            links.connection.execute(insert(schema.attempt), key | cut | {"reason": reason})
            again = {"attempts": row["attempts"] + 1, "began_at": bench_time, "started": started}
            links.connection.execute(update(schema.step).where(*one).values(**_NOTHING_YET, **again))
            links.row(Kind.ATTEMPT, *key.values())

    def finish_step(
        self,
        run: str,
        step: int,
        *,
        result: Mapping[str, Any] | None,
        error: str | None,
        bench_time: float,
        finished: dt.datetime,
        state: Mapping[str, Any] | None = None,
        error_kind: str = "",
        reestablished: Mapping[str, Any] | None = None,
        laboratory: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Journal what a call came to, together with the sealed readings up to now; a finished step stays as it is.

        `state` is the bench's state after it, `error_kind` the class of the error, `reestablished` what was done before an
        attempt to have the gas again, `laboratory` the simulated laboratory's commands since the last step.
        """
        columns = schema.step.c
        where = f"of step {step} of {run}"
        change = (
            update(schema.step)
            .where(columns.run == run, columns.number == step, columns.finished.is_(None))
            .values(
                result=None if result is None else plain(result, f"result {where}"),
                error=error,
                error_kind=error_kind,
                ended_at=bench_time,
                finished=finished,
                state=None if state is None else plain(state, f"state {where}"),
                reestablished=None if reestablished is None else plain(reestablished, f"re-established gas {where}"),
            )
        )
        evaluation = self._evaluation_of(run)
        with self._sealing(evaluation) as links:
            self._change_one(links.connection, change, f"run {run} has no open step {step}")
            links.row(Kind.STEP, run, step)
            _enter_laboratory(links, evaluation, laboratory)

    def steps(self, run: str) -> list[StepRow]:
        """The journal of a run in order."""
        wanted = select(schema.step).where(schema.step.c.run == run).order_by(schema.step.c.number)
        return [step_row(row) for row in self._rows(wanted)]

    def attempts(self, run: str) -> list[AttemptRow]:
        """The attempts of a run's steps that were followed by another, in order."""
        columns = schema.attempt.c
        wanted = select(schema.attempt).where(columns.run == run).order_by(columns.step, columns.number)
        return [attempt_row(row) for row in self._rows(wanted)]


def _enter_laboratory(links: Links, evaluation: str, documents: Sequence[Mapping[str, Any]]) -> None:
    """Append documents to those of the laboratory."""
    if not documents:
        return
    columns = schema.laboratory.c
    last = select(func.max(columns.number)).where(columns.evaluation == evaluation)
    first = (links.connection.execute(last).scalar() or 0) + 1
    rows = [
        {"evaluation": evaluation, "number": number, "document": plain(document, "command of the laboratory")}
        for number, document in enumerate(documents, first)
    ]
    links.connection.execute(insert(schema.laboratory), rows)
    for row in rows:
        links.row(Kind.LABORATORY, evaluation, row["number"])
