"""The hash chain of an evaluation: every change of the record leaves an entry, and every entry seals those before it.

    head(n) = SHA-256( head(n−1) ‖ canonical([kind, key, digest]) )        head(0) is empty, heads are hexadecimal text

`kind` says what the entry covers, `key` which row, `digest` is the SHA-256 of the covered columns as they are stored
(canonical JSON, an object by column name). An entry is written in the transaction of what it covers. The head of the last
entry therefore stands for everything before: whoever has kept a head outside can tell whether the record still has it.
A chain that was cut at its end, together with its rows, or that was computed anew from some entry on, agrees with itself;
only a head that was kept outside finds that.

The latest readings (less than a second, or up to the end of the running step), the drawing levels and the trace are not
covered; the levels can be computed from the readings.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Label, RowMapping, Select, Table, insert, select, text, type_coerce
from sqlalchemy.types import NULLTYPE

from testbench.record import schema
from testbench.record.documents import canonical


class Kind(StrEnum):
    """What an entry of the chain covers."""

    MIGRATED = "migrated"
    EVALUATION = "evaluation"
    CHANNEL = "channel"
    RUN = "run"
    STEP = "step"
    ATTEMPT = "attempt"
    BLOCK = "block"
    LABORATORY = "laboratory"
    FINDING = "finding"
    RUN_END = "run end"
    RUN_RESUMED = "run resumed"
    VERDICT = "verdict"
    EVENT = "event"
    COMMAND = "command"
    REPLY = "reply"
    PROMPT = "prompt"
    ANSWER = "answer"
    OFFER = "offer"
    FORM = "form"
    ENTERED = "entered"
    PICTURE = "picture"
    ALARM = "alarm"
    RELEASE = "release"
    ACKNOWLEDGEMENT = "acknowledgement"
    AMENDMENT = "amendment"
    END = "end"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Covered:
    """The rows that a kind of entry covers: their table, the columns that the digest is taken of, and which rows are due.

    `due` is a condition in SQL on the table's columns: a row that meets it must have an entry.
    """

    table: Table
    columns: tuple[str, ...]
    due: str = ""


_ENDED = "state NOT IN ('running', 'paused')"
COVERED: Mapping[Kind, Covered] = {
    Kind.EVALUATION: Covered(
        schema.evaluation,
        (
            *("standard", "standard_text", "standard_digest", "station_path", "station_text", "station_digest", "seed"),
            *("language", "simulated", "software", "measurand", "devices", "started", "notes", "request"),
        ),
    ),
    Kind.CHANNEL: Covered(schema.channel, ("name", "quantity", "unit", "resolution", "device")),
    Kind.RUN: Covered(schema.run, ("number", "procedure", "clause", "settings", "began_at", "started")),
    Kind.STEP: Covered(
        schema.step,
        (
            *("call", "arguments", "began_at", "started", "result", "error", "error_kind", "attempts"),
            *("ended_at", "finished", "state", "reestablished"),
        ),
        "finished IS NOT NULL",
    ),
    Kind.ATTEMPT: Covered(schema.attempt, ("began_at", "started", "ended_at", "ended", "reason")),
    Kind.BLOCK: Covered(schema.block, ("count", "digest")),
    Kind.LABORATORY: Covered(schema.laboratory, ("document",)),
    Kind.FINDING: Covered(
        schema.finding,
        (
            *("run", "device", "characteristic", "value", "unit", "expanded_uncertainty", "coverage_factor"),
            *("interval_low", "interval_high", "index", "details", "notes"),
        ),
    ),
    Kind.RUN_END: Covered(schema.run, ("state", "outcome", "ended_at", "finished", "reason"), _ENDED),
    Kind.VERDICT: Covered(schema.verdict, ("document", "judging")),
    Kind.EVENT: Covered(schema.event, ("run", "kind", "text", "bench_time", "at")),
    Kind.COMMAND: Covered(schema.command, ("kind", "document", "by", "at")),
    Kind.REPLY: Covered(schema.command, ("taken", "reply"), "taken IS NOT NULL"),
    Kind.PROMPT: Covered(schema.prompt, ("run", "text", "unit", "expected", "bench_time", "asked")),
    Kind.ANSWER: Covered(
        schema.prompt,
        ("answer_text", "answer_number", "by", "answered", "withdrawn"),
        "answered IS NOT NULL OR withdrawn IS NOT NULL",
    ),
    Kind.OFFER: Covered(schema.prompt, ("choices", "wants_picture"), "choices IS NOT NULL OR wants_picture IS NOT NULL"),
    Kind.FORM: Covered(schema.prompt, ("form",), "form IS NOT NULL"),
    Kind.ENTERED: Covered(schema.prompt, ("entered",), "entered IS NOT NULL"),
    Kind.PICTURE: Covered(schema.picture, ("prompt", "shown", "name", "media_type", "digest", "by", "at")),
    Kind.ALARM: Covered(schema.alarm, ("name", "action", "text", "channel", "value", "bench_time", "at")),
    Kind.RELEASE: Covered(schema.alarm, ("released_at", "released"), "released IS NOT NULL"),
    Kind.ACKNOWLEDGEMENT: Covered(schema.alarm, ("by", "acknowledged"), "acknowledged IS NOT NULL"),
    Kind.AMENDMENT: Covered(schema.amendment, ("kind", "finding", "document", "reason", "by", "at")),
    Kind.END: Covered(schema.evaluation, ("state", "outcome", "finished", "reason"), _ENDED),
}
"""What is covered, in the order in which a migrated evaluation is covered. The other kinds cover no row.

A row's columns that are added by a later schema belong to a new kind, so that the digests of old entries stay.
"""

LATER_THAN_CHAINS = (Kind.OFFER, Kind.FORM, Kind.ENTERED, Kind.PICTURE, Kind.AMENDMENT)
"""Kinds whose columns came after the chains: a record that is migrated to its chains has none of them yet."""

RESUMPTIONS: Mapping[Kind, Kind] = {
    Kind.RUN_RESUMED: Kind.RUN_END,
    Kind.RESUMED: Kind.END,
    Kind.ATTEMPT: Kind.STEP,
}
"""Entries after which an earlier one no longer tells how its row is: a run that is resumed has no end any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the chain."""

    number: int
    kind: str
    key: str
    digest: str
    head: str


class Links:
    """Gathers the entries of one transaction on one evaluation; `close` writes them, before the transaction commits."""

    def __init__(self, connection: Connection, evaluation: str) -> None:
        self.connection = connection
        self._evaluation = evaluation
        self._entries: list[tuple[str, str, str]] = []

    def row(self, kind: Kind, *key: str | int) -> None:
        """Cover a row that has been written, by its primary key."""
        table = COVERED[kind].table
        places = zip(table.primary_key.columns, key, strict=True)
        found = self.connection.execute(_stored(kind).where(*(column == part for column, part in places))).mappings().one()
        self.values(kind, *key, values=found)

    def values(self, kind: Kind, *key: str | int, values: Mapping[str, Any] | RowMapping) -> None:
        """Cover a row whose stored columns are at hand."""
        self._entries.append((kind.value, key_text(key), payload_digest(kind, values)))

    def found(self, kind: Kind, rows: Iterable[tuple[str, str]]) -> None:
        """Cover rows by key and digest, as `due_rows` gives them."""
        self._entries += [(kind.value, key, digest) for key, digest in rows]

    def mark(self, kind: Kind, key: str) -> None:
        """Enter what covers no row."""
        self._entries.append((kind.value, key, payload_digest(kind, {})))

    def close(self) -> None:
        """Append the entries to the chain."""
        if not self._entries:
            return
        number, head = _last(self.connection, self._evaluation)
        rows = []
        for kind, key, digest in self._entries:
            number, head = number + 1, link(head, kind, key, digest)
            rows.append(
                {
                    "evaluation": self._evaluation,
                    "number": number,
                    "kind": kind,
                    "key": key,
                    "digest": digest,
                    "head": head,
                }
            )
        self.connection.execute(insert(schema.chain), rows)
        self._entries.clear()


def link(head: str, kind: str, key: str, digest: str) -> str:
    """The head after an entry."""
    return hashlib.sha256(head.encode() + canonical([kind, key, digest])).hexdigest()


def payload_digest(kind: Kind, stored: Mapping[str, Any] | RowMapping) -> str:
    """SHA-256 of the covered columns, as they are stored."""
    columns = COVERED[kind].columns if kind in COVERED else ()
    return hashlib.sha256(canonical({name: _primitive(stored[name]) for name in columns})).hexdigest()


def key_text(key: Sequence[str | int]) -> str:
    """A primary key as the chain writes it."""
    return "/".join(map(str, key))


def head(connection: Connection, evaluation: str) -> str:
    """The head of the last entry; empty where there is no chain."""
    return _last(connection, evaluation)[1]


def entries(connection: Connection, evaluation: str) -> Iterator[Entry]:
    """The chain in order."""
    columns = schema.chain.c
    wanted = select(columns.number, columns.kind, columns.key, columns.digest, columns.head)
    for row in connection.execute(wanted.where(columns.evaluation == evaluation).order_by(columns.number)):
        yield Entry(*row)


def due_rows(connection: Connection, kind: Kind, evaluation: str) -> Iterator[tuple[str, str]]:
    """Key and digest of every row of an evaluation that must have an entry of a kind, in the order of the keys."""
    covered = COVERED[kind]
    keys = [column.label(f"key {column.name}") for column in covered.table.primary_key.columns]
    wanted = _stored(kind).add_columns(*keys).where(belongs(covered.table, evaluation))
    if covered.due:
        wanted = wanted.where(text(f"({covered.due})"))
    for row in connection.execute(wanted.order_by(*covered.table.primary_key.columns)).mappings():
        yield key_text([row[key.name] for key in keys]), payload_digest(kind, row)


def cover_migrated(connection: Connection, origin: str) -> None:
    """Compute the chains of all evaluations that have none; the first entry says since when and what they were before."""
    at = connection.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')").scalar_one()
    for evaluation in connection.scalars(select(schema.evaluation.c.identifier)).all():
        links = Links(connection, evaluation)
        links.mark(Kind.MIGRATED, f"{origin}, {at}")
        for kind in (kind for kind in COVERED if kind not in LATER_THAN_CHAINS):
            links.found(kind, due_rows(connection, kind, evaluation))
        links.close()


def _last(connection: Connection, evaluation: str) -> tuple[int, str]:
    columns = schema.chain.c
    wanted = select(columns.number, columns.head).where(columns.evaluation == evaluation)
    row = connection.execute(wanted.order_by(columns.number.desc()).limit(1)).first()
    return (0, "") if row is None else (row.number, row.head)


def _stored(kind: Kind) -> Select[Any]:
    """Select the covered columns as the database has them, without reading dates and documents out of their texts."""
    covered = COVERED[kind]
    columns: list[Label[Any]] = [type_coerce(covered.table.c[name], NULLTYPE).label(name) for name in covered.columns]
    return select(*columns)


def belongs(table: Table, evaluation: str) -> Any:
    """The condition that a row belongs to an evaluation."""
    if table is schema.evaluation:
        return table.c.identifier == evaluation
    if "evaluation" in table.c:
        return table.c.evaluation == evaluation
    if "channel" in table.c:
        return table.c.channel.in_(select(schema.channel.c.number).where(schema.channel.c.evaluation == evaluation))
    return table.c.run.in_(select(schema.run.c.identifier).where(schema.run.c.evaluation == evaluation))


def _primitive(value: Any) -> Any:
    """A stored value as JSON has it: no truth values, no negative zero, infinity by name."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else str(value)
    return value
