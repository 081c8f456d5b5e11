"""What came of an evaluation: findings of its runs, verdicts, and events beside the steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from testbench.findings import Finding
from testbench.record import schema
from testbench.record.access import Access, insert_within
from testbench.record.chain import Kind, Links
from testbench.record.documents import plain
from testbench.record.model import EventRow, StoredFinding
from testbench.record.rows import event_row, finding_columns, stored_finding


class Results(Access):
    """Findings, verdicts and events of the record."""

    def add_findings(self, run: str, findings: Sequence[Finding]) -> None:
        """Enter what a run has found."""
        rows = [finding_columns(run, finding) for finding in findings]
        self._insert(self._evaluation_of(run), schema.finding, Kind.FINDING, rows, f"there is no run {run}")

    def findings(self, evaluation: str) -> list[StoredFinding]:
        """Findings of an evaluation in the order they were entered, with their runs."""
        wanted = select(schema.finding).join(schema.run).where(schema.run.c.evaluation == evaluation)
        return [stored_finding(row) for row in self._rows(wanted.order_by(schema.finding.c.number))]

    def add_verdicts(self, evaluation: str, verdicts: Sequence[Mapping[str, Any]]) -> None:
        """Enter the verdicts of a judging, each a JSON document; those of the judging before stay."""
        with self._entering(evaluation, f"there is no evaluation {evaluation}") as links:
            enter_verdicts(links, evaluation, verdicts)

    def verdicts(self, evaluation: str) -> list[Mapping[str, Any]]:
        """Verdicts of an evaluation's last judging in the order they were entered."""
        columns = schema.verdict.c
        last = select(func.max(columns.judging)).where(columns.evaluation == evaluation).scalar_subquery()
        wanted = select(columns.document).where(columns.evaluation == evaluation, columns.judging == last)
        return [row["document"] for row in self._rows(wanted.order_by(columns.number))]

    def event(self, evaluation: str, run: str | None, kind: str, text: str, *, bench_time: float, at: dt.datetime) -> None:
        """Enter something that happened beside the steps."""
        row = {"evaluation": evaluation, "run": run, "kind": kind, "text": text, "bench_time": bench_time, "at": at}
        missing = f"there is no evaluation {evaluation} or no run {run}"
        self._insert(evaluation, schema.event, Kind.EVENT, [row], missing)

    def events(self, evaluation: str) -> list[EventRow]:
        """Events of an evaluation in the order they were entered."""
        columns = schema.event.c
        wanted = select(schema.event).where(columns.evaluation == evaluation).order_by(columns.number)
        return [event_row(row) for row in self._rows(wanted)]


def enter_verdicts(links: Links, evaluation: str, verdicts: Sequence[Mapping[str, Any]]) -> None:
    """Enter the verdicts of a judging within a transaction; the judgings of an evaluation count from 1."""
    if not verdicts:
        return
    columns = schema.verdict.c
    last = select(func.max(columns.judging)).where(columns.evaluation == evaluation)
    judging = (links.connection.execute(last).scalar() or 0) + 1
    rows = [{"evaluation": evaluation, "document": plain(document, "verdict"), "judging": judging} for document in verdicts]
    insert_within(links, schema.verdict, Kind.VERDICT, rows)
