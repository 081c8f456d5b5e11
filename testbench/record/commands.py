"""Commands to a running evaluation: given from outside through the record, taken by the process that runs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from testbench.record import schema
from testbench.record.access import Access
from testbench.record.chain import Kind
from testbench.record.documents import plain
from testbench.record.model import CommandKind, CommandRow
from testbench.record.rows import command_row


class Commands(Access):
    """The commands of the record."""

    def give(self, evaluation: str, kind: CommandKind, document: Mapping[str, Any], *, by: str, at: dt.datetime) -> int:
        """Enter a command; `document` is what belongs to it (a reason, at once or not). Return its number."""
        row = {
            "evaluation": evaluation,
            "kind": kind.value,
            "document": plain(document, f"command {kind.value}"),
            "by": by,
            "at": at,
            "reply": "",
        }
        missing = f"there is no evaluation {evaluation}"
        return self._insert(evaluation, schema.command, Kind.COMMAND, [row], missing)[0]

    def take(self, number: int, *, reply: str, at: dt.datetime) -> None:
        """Enter that a command was taken, and what came of it; RecordError if it was taken before."""
        columns = schema.command.c
        change = update(schema.command).where(columns.number == number, columns.taken.is_(None))
        with self._entering(self.get(number).evaluation) as links:
            self._change_one(links.connection, change.values(taken=at, reply=reply), f"command {number} was taken already")
            links.row(Kind.REPLY, number)

    def get(self, number: int) -> CommandRow:
        """One command; RecordError if there is none of that number."""
        rows = self._rows(select(schema.command).where(schema.command.c.number == number))
        if not rows:
            raise self._refusal(f"there is no command {number}")
        return command_row(rows[0])

    def waiting(self, evaluation: str) -> list[CommandRow]:
        """Commands of an evaluation that were not taken, in order."""
        return [command for command in self.of(evaluation) if command.taken is None]

    def of(self, evaluation: str) -> list[CommandRow]:
        """All commands of an evaluation in order."""
        columns = schema.command.c
        wanted = select(schema.command).where(columns.evaluation == evaluation).order_by(columns.number)
        return [command_row(row) for row in self._rows(wanted)]
