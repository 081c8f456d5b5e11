"""The tables of the registers, and the steps that bring older files to them.

    device, cylinder, standard    one row an entry, as it is now
    attachment                    files of an entry, with their bytes; a removed one keeps its row and its bytes
    change                        who changed what and when, with the values before and after
    used                          in which evaluation an entry was used, and how much gas that took
    control_deviation             s_AMS of a device for its QAL3 charts, each value that was set
    control_entry                 QAL3 readings of a device, adjustments and repairs; a withdrawn one keeps its row

The file says in its header that it is a register (`PRAGMA application_id`) and by which schema (`PRAGMA user_version`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from testbench.record.schema import Document, Moment, Words
from testbench.register.entries import Section

APPLICATION_ID = 0x74625247  # "tbRG"
SCHEMA_VERSION = 2

metadata = MetaData()


class Day(TypeDecorator[dt.date]):
    """A date as ISO 8601 text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: dt.date | None, dialect: Any) -> str | None:
        """Write it."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Any) -> dt.date | None:
        """Read it."""
        return None if value is None else dt.date.fromisoformat(value)


def _entry(name: str, *columns: Column[Any]) -> Table:
    """A table of entries: the columns that all have, and its own."""
    return Table(
        name,
        metadata,
        Column("identifier", Integer, primary_key=True),
        Column("revision", Integer, nullable=False),
        Column("retired", Boolean, nullable=False),
        Column("entered", Moment, nullable=False),
        Column("entered_by", Words, nullable=False),
        Column("changed", Moment, nullable=False),
        Column("changed_by", Words, nullable=False),
        *columns,
        Column("note", Words, nullable=False),
        Column("identity", Words),  # as it is compared; NULL where nothing tells the entry from others
        Index(f"ix_{name}_identity", "identity"),
        sqlite_autoincrement=True,  # the number of a removed entry is not given again
    )


device = _entry(
    "device",
    Column("maker", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("serial", Words, nullable=False),
    Column("measurand", Words, nullable=False),
    Column("range_low", Double, nullable=False),
    Column("range_high", Double, nullable=False),
    Column("unit", Words, nullable=False),
    Column("response_time_s", Double),
    Column("driver", Words, nullable=False),
    Column("options", Document, nullable=False),
)
cylinder = _entry(
    "cylinder",
    Column("component", Words, nullable=False),
    Column("fraction_percent", Double, nullable=False),
    Column("balance", Words, nullable=False),
    Column("expanded_uncertainty_percent", Double, nullable=False),
    Column("impurity_umol_per_mol", Double, nullable=False),
    Column("number", Words, nullable=False),
    Column("certificate", Words, nullable=False),
    Column("issued_by", Words, nullable=False),
    Column("valid_until", Day),
    Column("nominal_litres", Double),
    Column("present_litres", Double),
    Column("full_pressure_mpa", Double),
)
standard = _entry(
    "standard",
    Column("kind", String(20), nullable=False),
    Column("maker", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("serial", Words, nullable=False),
    Column("certificate", Words, nullable=False),
    Column("issued_by", Words, nullable=False),
    Column("uncertainty", Words, nullable=False),
    Column("valid_until", Day),
)
TABLES = {Section.DEVICES: device, Section.CYLINDERS: cylinder, Section.STANDARDS: standard}

_OF_AN_ENTRY = ("section", "entry")

attachment = Table(
    "attachment",
    metadata,
    Column("identifier", Integer, primary_key=True),
    Column("section", String(20), nullable=False),
    Column("entry", Integer, nullable=False),
    Column("name", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("added", Moment, nullable=False),
    Column("added_by", Words, nullable=False),
    Column("removed", Moment),
    Column("removed_by", Words),
    Column("content", LargeBinary, nullable=False),  # last: a list of attachments reads none of it
    Index("ix_attachment_entry", *_OF_AN_ENTRY),
)
change = Table(
    "change",
    metadata,
    Column("identifier", Integer, primary_key=True),
    Column("section", String(20), nullable=False),
    Column("entry", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("deed", String(20), nullable=False),
    Column("detail", Words, nullable=False),
    Column("values", Document, nullable=False),  # {field: [before, after]}
    Index("ix_change_entry", *_OF_AN_ENTRY),
)
used = Table(
    "used",
    metadata,
    Column("identifier", Integer, primary_key=True),
    Column("section", String(20), nullable=False),
    Column("entry", Integer, nullable=False),
    Column("evaluation", Words, nullable=False),
    Column("litres", Double),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    UniqueConstraint(*_OF_AN_ENTRY, "evaluation", name="uq_used_once"),
)

control_deviation = Table(
    "control_deviation",
    metadata,
    Column("identifier", Integer, primary_key=True),
    Column("device", Integer, nullable=False),
    Column("gas", String(10), nullable=False),
    Column("s_ams", Double, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Index("ix_control_deviation_device", "device"),
)
control_entry = Table(
    "control_entry",
    metadata,
    Column("identifier", Integer, primary_key=True),
    Column("device", Integer, nullable=False),
    Column("date", Day, nullable=False),
    Column("gas", String(10), nullable=False),
    Column("deed", String(20), nullable=False),
    Column("reading", Double),
    Column("reference", Double),
    Column("source", Words, nullable=False),
    Column("entered", Moment, nullable=False),
    Column("entered_by", Words, nullable=False),
    Column("withdrawn", Moment),
    Column("withdrawn_by", Words, nullable=False),
    Column("withdrawn_why", Words, nullable=False),
    Index("ix_control_entry_device", "device"),
)


def _add_control_charts(connection: Connection) -> None:
    """Add the tables of the QAL3 charts; a file that was made with them has them already."""
    metadata.create_all(connection, tables=[control_deviation, control_entry])


UPGRADES: dict[int, Callable[[Connection], None]] = {0: metadata.create_all, 1: _add_control_charts}
"""What brings a file from each earlier version to the next one; version 0 is an empty file."""
