"""What people change of an evaluation that has ended: findings excluded or restored, items repeated. Nothing is removed.

An amendment, the verdicts that follow from it and the outcome are entered in one transaction; the verdicts of the judgings
before stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from testbench.outcome import Outcome
from testbench.record import schema
from testbench.record.access import Access, insert_within
from testbench.record.chain import Kind
from testbench.record.documents import plain
from testbench.record.model import AmendmentKind, AmendmentRow
from testbench.record.results import enter_verdicts
from testbench.record.rows import amendment_row


class Amendments(Access):
    """The amendments of the record."""

    def enter(
        self,
        evaluation: str,
        kind: AmendmentKind,
        *,
        finding: int | None = None,
        document: Mapping[str, Any] | None = None,
        reason: str,
        by: str,
        at: dt.datetime,
        verdicts: Sequence[Mapping[str, Any]],
        outcome: Outcome,
        after: int,
    ) -> int:
        """Enter an amendment with the verdicts of the judging that follows from it; return its number.

        `after` is how many amendments the judging has seen. RecordError where the evaluation has no end yet, where the
        reason is empty, or where it was amended by somebody else meanwhile.
        """
        if not reason.strip():
            raise self._refusal(f"{kind} of {evaluation} without a reason: say why")
        columns, amended = schema.evaluation.c, schema.amendment.c
        with self._entering(evaluation, f"there is no evaluation {evaluation}") as links:
            wanted = select(columns.finished).where(columns.identifier == evaluation)
            row = links.connection.execute(wanted).first()
            if row is None or row.finished is None:
                raise self._refusal(f"there is no evaluation {evaluation} that has ended; only those are amended")
            known = links.connection.execute(select(func.count()).where(amended.evaluation == evaluation)).scalar_one()
            if known != after:
                raise self._refusal(f"{evaluation} was amended by somebody else meanwhile; look at it and try again")
            entry = {
                "evaluation": evaluation,
                "kind": kind.value,
                "finding": finding,
                "document": plain(document or {}, f"{kind} of {evaluation}"),
                "reason": reason.strip(),
                "by": by,
                "at": at,
            }
            (number,) = insert_within(links, schema.amendment, Kind.AMENDMENT, [entry])
            enter_verdicts(links, evaluation, verdicts)
            change = update(schema.evaluation).where(columns.identifier == evaluation).values(outcome=outcome.value)
            links.connection.execute(change)
            links.row(Kind.END, evaluation)
        return number

    def of(self, evaluation: str) -> list[AmendmentRow]:
        """The amendments of an evaluation in the order they were entered."""
        columns = schema.amendment.c
        wanted = select(schema.amendment).where(columns.evaluation == evaluation).order_by(columns.number)
        return [amendment_row(row) for row in self._rows(wanted)]
