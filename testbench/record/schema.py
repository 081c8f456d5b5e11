"""The tables of the record, in SQL that SQLite and PostgreSQL both understand.

    evaluation ─┬─ run ─┬─ step            the journal: one row a call
                │       │   └─ attempt     how a call was begun before, and why it was cut short
                │       └─ finding
                ├─ channel ─┬─ block       sealed readings, append-only
                │           │   └─ level   minimum and maximum of every 16th, 256th part
                │           └─ tail        readings of the last second and up to the end of the step
                ├─ verdict               by judging: a resumed evaluation is judged again
                ├─ event
                ├─ command               what was asked of the running evaluation, by whom, and its reply
                ├─ prompt                what an operator was asked, and the answer
                │   └─ picture            what was shown with it, or given as the answer
                ├─ amendment             a finding excluded or restored, an item repeated, after the end
                ├─ alarm                 an interlock that tripped, released, was acknowledged
                ├─ laboratory            commands of the simulated laboratory, to make its world again
                ├─ chain                 hashes over all of these (see `chain`)
                └─ trace                 bytes to and from the instruments, where they were asked for

A reading is addressed by its channel and its index there (0, 1, 2 … as they came); blocks and tail rows are keyed by the
index of their first reading, so that nothing can be stored twice and a watcher asks for what is new.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from testbench.record.documents import dump, printable

SCHEMA_VERSION = "0005"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[dt.datetime]):
    """An aware date and time as ISO 8601 text: the same instant and the same offset come back."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> str | None:
        """Write it; a naive time is a defect of the caller."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"the time {value} has no offset from UTC")
        return value.isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> dt.datetime | None:
        """Read it."""
        return None if value is None else dt.datetime.fromisoformat(value)


class Document(TypeDecorator[Any]):
    """A JSON document as text; made plain before (`documents.plain`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Write it; None stays NULL."""
        return None if value is None else dump(value)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        """Read it."""
        return None if value is None else json.loads(value)


class Words(TypeDecorator[str]):
    """Text from outside (messages, names), with undecodable bytes escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Write it."""
        return None if value is None else printable(value)


Identifier = String(64)
Number = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only in a column called INTEGER

evaluation = Table(
    "evaluation",
    metadata,
    Column("identifier", Identifier, primary_key=True),
    Column("standard", Words, nullable=False),
    Column("standard_text", Words, nullable=False),
    Column("standard_digest", String(64), nullable=False),
    Column("station_path", Words, nullable=False),
    Column("station_text", Words, nullable=False),
    Column("station_digest", String(64), nullable=False),
    Column("seed", BigInteger),
    Column("language", String(16), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("software", Document, nullable=False),
    Column("measurand", Words, nullable=False),
    Column("devices", Document, nullable=False),
    Column("started", Moment, nullable=False),
    Column("notes", Words, nullable=False),
    Column("outcome", String(16)),
    Column("finished", Moment),
    Column("state", String(16), nullable=False, server_default="running"),
    Column("request", Document, nullable=False, server_default="{}"),
    Column("reason", Words, nullable=False, server_default=text("''")),
)

run = Table(
    "run",
    metadata,
    Column("identifier", Identifier, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("procedure", Words, nullable=False),
    Column("clause", Words, nullable=False),
    Column("settings", Document, nullable=False),
    Column("state", String(16), nullable=False),
    Column("began_at", Double, nullable=False),
    Column("started", Moment, nullable=False),
    Column("outcome", String(16)),
    Column("ended_at", Double),
    Column("finished", Moment),
    Column("reason", Words, nullable=False),
    UniqueConstraint("evaluation", "number"),
)

step = Table(
    "step",
    metadata,
    Column("run", Identifier, ForeignKey("run.identifier"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("call", Words, nullable=False),
    Column("arguments", Document, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("started", Moment, nullable=False),
    Column("result", Document),
    Column("error", Words),
    Column("attempts", Integer, nullable=False),
    Column("ended_at", Double),
    Column("finished", Moment),
    Column("state", Document),
    Column("error_kind", Words, nullable=False, server_default=text("''")),
    Column("reestablished", Document),
)

attempt = Table(
    "attempt",
    metadata,
    Column("run", Identifier, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("began_at", Double, nullable=False),
    Column("started", Moment, nullable=False),
    Column("ended_at", Double, nullable=False),
    Column("ended", Moment, nullable=False),
    Column("reason", Words, nullable=False),
    ForeignKeyConstraint(["run", "step"], ["step.run", "step.number"]),
)

channel = Table(
    "channel",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False),
    Column("name", Words, nullable=False),
    Column("quantity", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("resolution", Double, nullable=False),
    Column("device", Words),
    UniqueConstraint("evaluation", "name"),
)

block = Table(
    "block",
    metadata,
    Column("channel", Number, ForeignKey("channel.number"), primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("begins", Double, nullable=False),
    Column("ends", Double, nullable=False),
    Column("minimum", Double),
    Column("maximum", Double),
    Column("doubtful", Integer, nullable=False),
    Column("time", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("status", LargeBinary, nullable=False),
    Column("raw", LargeBinary),
    Column("digest", String(64), nullable=False),
    Index(None, "channel", "begins"),
)

level = Table(
    "level",
    metadata,
    Column("channel", Number, ForeignKey("channel.number"), primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("factor", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

tail = Table(
    "tail",
    metadata,
    Column("channel", Number, ForeignKey("channel.number"), primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("begins", Double, nullable=False),
    Column("ends", Double, nullable=False),
    Column("compressed", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("number", Number, primary_key=True),
    Column("run", Identifier, ForeignKey("run.identifier"), nullable=False, index=True),
    Column("device", Words, nullable=False),
    Column("characteristic", Words, nullable=False),
    Column("value", Double),
    Column("unit", Words, nullable=False),
    Column("expanded_uncertainty", Double),
    Column("coverage_factor", Double),
    Column("interval_low", Double),
    Column("interval_high", Double),
    Column("index", Words),
    Column("details", Document, nullable=False),
    Column("notes", Document, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False, index=True),
    Column("document", Document, nullable=False),
    Column("judging", Integer, nullable=False, server_default="1"),
)

event = Table(
    "event",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False, index=True),
    Column("run", Identifier, ForeignKey("run.identifier")),
    Column("kind", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("bench_time", Double, nullable=False),
    Column("at", Moment, nullable=False),
)

command = Table(
    "command",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("document", Document, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("taken", Moment),
    Column("reply", Words, nullable=False),
)

prompt = Table(
    "prompt",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False, index=True),
    Column("run", Identifier, ForeignKey("run.identifier")),
    Column("text", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("expected", Double),
    Column("bench_time", Double, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("answer_text", Words),
    Column("answer_number", Double),
    Column("by", Words, nullable=False),
    Column("answered", Moment),
    Column("withdrawn", Moment),
    Column("choices", Document),
    Column("wants_picture", Boolean),
    Column("form", Document),
    Column("entered", Document),
)

picture = Table(
    "picture",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False, index=True),
    Column("prompt", Number, ForeignKey("prompt.number"), nullable=False, index=True),
    Column("shown", Boolean, nullable=False),
    Column("name", Words, nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

amendment = Table(
    "amendment",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("finding", Number),  # of this evaluation, or of one that repeated an item of it
    Column("document", Document, nullable=False),
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

alarm = Table(
    "alarm",
    metadata,
    Column("number", Number, primary_key=True),
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("action", String(16), nullable=False),
    Column("text", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("value", Double),
    Column("bench_time", Double, nullable=False),
    Column("at", Moment, nullable=False),
    Column("released_at", Double),
    Column("released", Moment),
    Column("by", Words, nullable=False),
    Column("acknowledged", Moment),
)

laboratory = Table(
    "laboratory",
    metadata,
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("document", Document, nullable=False),
)

chain = Table(
    "chain",
    metadata,
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    Column("key", Words, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("head", String(64), nullable=False),
)

trace = Table(
    "trace",
    metadata,
    Column("evaluation", Identifier, ForeignKey("evaluation.identifier"), primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("begins", Double, nullable=False),
    Column("ends", Double, nullable=False),
    Column("instruments", Document, nullable=False),
    Column("bench_time", LargeBinary, nullable=False),
    Column("real_time", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
