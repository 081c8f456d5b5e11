"""What every part of the record is made of: transactions that change rows and cover them in the hash chain at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Select, Table, insert, select

from testbench.errors import RecordError
from testbench.record import schema
from testbench.record.chain import Kind, Links
from testbench.record.database import Database
from testbench.record.writer import ReadingWriter


class Access:
    """Reading rows, and entering them; the parts of the record are built on it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._evaluation_by_run: dict[str, str] = {}

    def _rows(self, wanted: Select[Any]) -> Sequence[Mapping[str, Any]]:
        try:
            with self._database.reading() as connection:
                return [dict(row) for row in connection.execute(wanted).mappings()]
        except ValueError as error:  # a column that holds no number or no JSON
            raise self._refusal(
                f"something in it was changed and cannot be read; `testbench record verify` says what ({error})"
            ) from error

    @contextmanager
    def _entering(self, evaluation: str, conflict: str = "the entry is there already") -> Iterator[Links]:
        """Open a transaction whose changes are covered by the evaluation's chain; see `Database.writing`."""
        with self._database.writing(conflict) as connection:
            links = Links(connection, evaluation)
            yield links
            links.close()

    def _insert(
        self, evaluation: str, table: Table, kind: Kind, rows: Sequence[Mapping[str, Any]], conflict: str
    ) -> list[int]:
        """Enter rows of a numbered table; return their numbers."""
        if not rows:
            return []
        with self._entering(evaluation, conflict) as links:
            return insert_within(links, table, kind, rows)

    def _change_one(self, connection: Connection, change: Any, missing: str) -> None:
        if connection.execute(change).rowcount != 1:
            raise self._refusal(missing)

    def _evaluation_of(self, run: str) -> str:
        """The evaluation that a run belongs to; RecordError if there is no such run."""
        if run not in self._evaluation_by_run:
            with self._database.reading() as connection:
                found = connection.execute(select(schema.run.c.evaluation).where(schema.run.c.identifier == run)).scalar()
            if found is None:
                raise self._refusal(f"there is no run {run}")
            self._evaluation_by_run[run] = str(found)
        return self._evaluation_by_run[run]

    def _refusal(self, text: str) -> RecordError:
        return RecordError(f"record {self._database.name}: {text}")


class WritingAccess(Access):
    """Access of the parts whose changes come with the readings up to then, sealed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._writers: dict[str, ReadingWriter] = {}

    @contextmanager
    def _sealing(self, evaluation: str) -> Iterator[Links]:
        """Open a transaction that first seals the evaluation's readings, where this process writes them."""
        writer = self._writers.get(evaluation)
        with self._entering(evaluation) as links:
            sealed = None if writer is None else writer.seal_within(links.connection, links)
            yield links
        if sealed is not None:
            sealed()


def insert_within(links: Links, table: Table, kind: Kind, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Enter rows of a numbered table within a transaction, and cover them; return their numbers."""
    numbers = []
    for row in rows:
        entered = links.connection.execute(insert(table), row).inserted_primary_key
        number = int(entered[0]) if entered is not None else 0
        links.row(kind, number)
        numbers.append(number)
    return numbers
