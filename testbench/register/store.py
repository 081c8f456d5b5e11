"""The registers of the laboratory in a file of their own: entering, changing, retiring, attaching, looking up.

    with Register.open() as register:
        device = register.add(RegisteredDevice(maker="Maker A", model="410i", range_high=20.0), by="li", at=now)
        device = register.change(device.model_copy(update={"serial": "A-001"}), by="li", at=now)

Every deed is one transaction, kept in the history with who and when. Times are aware. Nothing that was used in an
evaluation is removed: it is retired, and stays.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import mimetypes
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update

from testbench.errors import InputError
from testbench.record.database import Database
from testbench.register import schema
from testbench.register.checking import checked
from testbench.register.entries import (
    Attachment,
    Entry,
    RegisteredCylinder,
    RegisteredDevice,
    RegisteredStandard,
)
from testbench.register.history import Change, Deed, Use
from testbench.register.opening import default_place, open_registers

E = TypeVar("E", bound=Entry)

LARGEST_FILE = 64 * 2**20
_LISTED = [column for column in schema.attachment.c if column.name in Attachment.model_fields]


class Register:
    """The open registers. May be used from several threads and processes; every call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.path = Path(database.name)

    @classmethod
    def open(cls, path: Path | None = None, *, create: bool = True) -> Self:
        """Open the registers, by default those of this user; RecordError says what stands against it and what to do."""
        return cls(open_registers(default_place() if path is None else path, create=create))

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # Looking up

    def devices(self) -> tuple[RegisteredDevice, ...]:
        """All devices under test."""
        return self.entries(RegisteredDevice)

    def cylinders(self) -> tuple[RegisteredCylinder, ...]:
        """All cylinders."""
        return self.entries(RegisteredCylinder)

    def standards(self) -> tuple[RegisteredStandard, ...]:
        """All other measurement standards."""
        return self.entries(RegisteredStandard)

    def entries(self, kind: type[E]) -> tuple[E, ...]:
        """All entries of one register, in the order in which they were entered, the retired ones included."""
        with self._database.reading() as connection:
            return _load(connection, kind)

    def entry(self, kind: type[E], identifier: int) -> E:
        """One entry; InputError if there is none of this number."""
        with self._database.reading() as connection:
            return _find(connection, kind, identifier)

    def history(self, entry: Entry) -> tuple[Change, ...]:
        """What happened to an entry, the oldest first."""
        table = schema.change
        with self._database.reading() as connection:
            rows = connection.execute(select(table).where(*_of(table, entry)).order_by(table.c.identifier)).mappings()
            return tuple(
                Change(
                    row["at"],
                    row["by"],
                    Deed(row["deed"]),
                    row["detail"],
                    {name: (before, after) for name, (before, after) in row["values"].items()},
                )
                for row in rows
            )

    def uses(self, entry: Entry) -> tuple[Use, ...]:
        """The evaluations that an entry was used in, the first first."""
        table = schema.used
        with self._database.reading() as connection:
            rows = connection.execute(select(table).where(*_of(table, entry)).order_by(table.c.identifier)).mappings()
            return tuple(Use(row["evaluation"], row["litres"], row["at"], row["by"]) for row in rows)

    def content(self, attachment: Attachment) -> bytes:
        """The bytes of an attached file."""
        table = schema.attachment
        with self._database.reading() as connection:
            content = connection.execute(
                select(table.c.content).where(table.c.identifier == attachment.identifier)
            ).scalar_one_or_none()
        if content is None:
            raise InputError(f"{attachment.name}: there is no such file in the register {self.path}")
        return bytes(content)

    # Entering and changing

    def add(self, entry: E, *, by: str, at: dt.datetime) -> E:
        """Enter a new entry; InputError if it is wrong, or in the register already."""
        kind = type(entry)
        entry = checked(kind, entry.content(), entry.name)
        with self._writing() as connection:
            _refuse_twin(connection, entry)
            return _enter(connection, entry, by, at)

    def change(self, entry: E, *, by: str, at: dt.datetime) -> E:
        """Store a changed entry; InputError if it is wrong, or was changed by somebody else since it was read."""
        kind = type(entry)
        new = checked(kind, entry.content(), entry.name)
        with self._writing() as connection:
            old = _find(connection, kind, entry.identifier)
            if old.revision != entry.revision:
                raise InputError(
                    f"{old.name} was changed meanwhile by {old.changed_by} ({old.changed:%Y-%m-%d %H:%M}); "
                    "look at it again and repeat your change"
                )
            new = new.model_copy(update={"identifier": old.identifier})
            if new.identity != old.identity:
                _refuse_twin(connection, new)
            before, after = old.content(), new.content()
            differing = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
            if not differing:
                return old
            _update(connection, old, {name: value for name, (_, value) in differing.items()}, by, at)
            _note(connection, old, Deed.CHANGED, by, at, values=differing)
            return _find(connection, kind, old.identifier)

    def retire(self, entry: E, *, by: str, at: dt.datetime, reason: str = "") -> E:
        """Take an entry out of use; it stays in the register."""
        return self._set_retired(entry, True, by, at, reason)

    def reinstate(self, entry: E, *, by: str, at: dt.datetime, reason: str = "") -> E:
        """Take a retired entry into use again."""
        return self._set_retired(entry, False, by, at, reason)

    def remove(self, entry: Entry) -> None:
        """Remove an entry that was entered by mistake; InputError if it was used: then it can only be retired."""
        with self._writing() as connection:
            found = _find(connection, type(entry), entry.identifier)
            if connection.execute(
                select(func.count()).select_from(schema.used).where(*_of(schema.used, entry))
            ).scalar_one():
                raise InputError(f"{found.name} was used in an evaluation and must stay in the register; retire it instead")
            if _is_controlled(connection, entry):
                raise InputError(f"{found.name} has QAL3 readings and must stay in the register; retire it instead")
            for table in (schema.attachment, schema.change):
                connection.execute(delete(table).where(*_of(table, entry)))
            table = schema.TABLES[entry.section]
            connection.execute(delete(table).where(table.c.identifier == entry.identifier))

    # Files

    def attach(self, entry: E, name: str, content: bytes, *, by: str, at: dt.datetime, media_type: str | None = None) -> E:
        """Keep a file with an entry; its media type is told from the name if none is given. The same file is kept once."""
        name = Path(name.replace("\\", "/")).name.strip()
        if not name:
            raise InputError("the file has no name; give it one")
        if not content:
            raise InputError(f"{name} is empty; choose another file")
        if len(content) > LARGEST_FILE:
            raise InputError(
                f"{name} has {len(content) / 2**20:.0f} MB, the register keeps files of up to {LARGEST_FILE // 2**20} MB; "
                "make it smaller"
            )
        kind = type(entry)
        digest = hashlib.sha256(content).hexdigest()
        with self._writing() as connection:
            found = _find(connection, kind, entry.identifier)
            if any(item.sha256 == digest and item.name == name for item in found.attachments):
                return found
            connection.execute(
                insert(schema.attachment),
                {
                    "section": entry.section.value,
                    "entry": entry.identifier,
                    "name": name,
                    "media_type": media_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
                    "sha256": digest,
                    "size": len(content),
                    "added": at,
                    "added_by": by,
                    "content": content,
                },
            )
            _note(connection, entry, Deed.FILE_ADDED, by, at, detail=name)
            return _find(connection, kind, entry.identifier)

    def detach(self, entry: E, attachment: Attachment, *, by: str, at: dt.datetime) -> E:
        """Take a file off an entry; what the history tells of it stays."""
        table = schema.attachment
        kind = type(entry)
        with self._writing() as connection:
            taken = connection.execute(
                update(table)
                .where(*_of(table, entry), table.c.identifier == attachment.identifier, table.c.removed.is_(None))
                .values(removed=at, removed_by=by)
            )
            if taken.rowcount:
                _note(connection, entry, Deed.FILE_REMOVED, by, at, detail=attachment.name)
            return _find(connection, kind, entry.identifier)

    # Uses

    def note_use(self, entry: E, evaluation: str, *, by: str, at: dt.datetime, litres: float | None = None) -> E:
        """Note that an evaluation used an entry, and how much gas it took; from then on the entry cannot be removed.

        `litres` is subtracted from the content of a cylinder, down to none. Noted again for the same evaluation, it replaces
        what was noted before. InputError for an amount that is negative or given for something that is no gas.
        """
        if litres is not None and (not isinstance(entry, RegisteredCylinder) or not 0 <= litres < float("inf")):
            raise InputError(f"{entry.name}: {litres:g} L is no amount of gas that can be taken from it")
        table = schema.used
        kind = type(entry)
        with self._writing() as connection:
            old = _find(connection, kind, entry.identifier)
            known = (
                connection.execute(select(table).where(*_of(table, entry), table.c.evaluation == evaluation))
                .mappings()
                .first()
            )
            if known is None:
                connection.execute(
                    insert(table),
                    {
                        "section": entry.section.value,
                        "entry": entry.identifier,
                        "evaluation": evaluation,
                        "litres": litres,
                        "at": at,
                        "by": by,
                    },
                )
            else:
                connection.execute(
                    update(table).where(table.c.identifier == known["identifier"]).values(litres=litres, at=at, by=by)
                )
            values: dict[str, tuple[Any, Any]] = {}
            taken = (litres or 0.0) - ((known["litres"] or 0.0) if known else 0.0)
            if isinstance(old, RegisteredCylinder) and old.litres_left is not None and taken:
                left = max(old.litres_left - taken, 0.0)
                if old.nominal_litres is not None:
                    left = min(left, old.nominal_litres)
                values["present_litres"] = (old.present_litres, left)
                _update(connection, old, {"present_litres": left}, by, at)
            _note(connection, old, Deed.USED, by, at, detail=evaluation, values=values)
            return _find(connection, kind, entry.identifier)

    # Inside

    def _writing(self) -> Any:
        return self._database.writing("the entry collides with another one")

    def _set_retired(self, entry: E, retired: bool, by: str, at: dt.datetime, reason: str) -> E:
        kind = type(entry)
        with self._writing() as connection:
            old = _find(connection, kind, entry.identifier)
            if old.retired == retired:
                return old
            if not retired:
                _refuse_twin(connection, old)
            _update(connection, old, {"retired": retired}, by, at)
            _note(connection, old, Deed.RETIRED if retired else Deed.REINSTATED, by, at, detail=reason.strip())
            return _find(connection, kind, entry.identifier)


def _of(table: Any, entry: Entry) -> tuple[Any, Any]:
    """The conditions that pick the rows of an entry."""
    return table.c.section == entry.section.value, table.c.entry == entry.identifier


def _is_controlled(connection: Connection, entry: Entry) -> bool:
    """Whether a device has QAL3 readings."""
    table = schema.control_entry
    rows = select(func.count()).select_from(table).where(table.c.device == entry.identifier)
    return isinstance(entry, RegisteredDevice) and bool(connection.execute(rows).scalar_one())


def _load(connection: Connection, kind: type[E], identifier: int | None = None) -> tuple[E, ...]:
    table = schema.TABLES[kind.section]
    rows = select(table).order_by(table.c.identifier)
    files = select(*_LISTED, schema.attachment.c.entry).where(
        schema.attachment.c.section == kind.section.value, schema.attachment.c.removed.is_(None)
    )
    if identifier is not None:
        rows = rows.where(table.c.identifier == identifier)
        files = files.where(schema.attachment.c.entry == identifier)
    attached = defaultdict(list)
    for row in connection.execute(files.order_by(schema.attachment.c.identifier)).mappings():
        values = dict(row)
        attached[values.pop("entry")].append(Attachment.model_validate(values))
    return tuple(
        kind.model_validate(
            {
                **{name: value for name, value in row.items() if name != "identity"},
                "attachments": tuple(attached[row["identifier"]]),
            }
        )
        for row in connection.execute(rows).mappings()
    )


def _find(connection: Connection, kind: type[E], identifier: int) -> E:
    found = _load(connection, kind, identifier)
    if not found:
        raise InputError(f"there is no entry {identifier} in the register of {kind.section}; it may have been removed")
    return found[0]


def _refuse_twin(connection: Connection, entry: Entry) -> None:
    """Raise InputError where another entry that is in use has the same identity."""
    if entry.identity is None:
        return
    table = schema.TABLES[entry.section]
    same = (table.c.identity == _identity(entry), table.c.identifier != entry.identifier, table.c.retired.is_(False))
    other = connection.execute(select(table.c.identifier).where(*same)).scalars().first()
    if other is not None:
        name = _find(connection, type(entry), other).name
        raise InputError(f"{name} is in the register already; change that entry, or give this one another number")


def _identity(entry: Entry) -> str | None:
    """What tells an entry from others, as one text."""
    return None if entry.identity is None else "\n".join(entry.identity)


def _enter(connection: Connection, entry: E, by: str, at: dt.datetime) -> E:
    kept = {"revision": 1, "retired": False, "entered": at, "entered_by": by, "changed": at, "changed_by": by}
    table = schema.TABLES[entry.section]
    (identifier,) = connection.execute(
        insert(table), {**entry.content(), **kept, "identity": _identity(entry)}
    ).inserted_primary_key or (0,)
    stored = _find(connection, type(entry), identifier)
    _note(connection, stored, Deed.ENTERED, by, at)
    return stored


def _update(connection: Connection, entry: Entry, values: Mapping[str, Any], by: str, at: dt.datetime) -> None:
    table = schema.TABLES[entry.section]
    identity = _identity(entry.model_copy(update=dict(values)))
    connection.execute(
        update(table)
        .where(table.c.identifier == entry.identifier)
        .values(**values, identity=identity, revision=entry.revision + 1, changed=at, changed_by=by)
    )


def _note(
    connection: Connection,
    entry: Entry,
    deed: Deed,
    by: str,
    at: dt.datetime,
    *,
    detail: str = "",
    values: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    shown = {name: [_plain(before), _plain(after)] for name, (before, after) in (values or {}).items()}
    connection.execute(
        insert(schema.change),
        {
            "section": entry.section.value,
            "entry": entry.identifier,
            "at": at,
            "by": by,
            "deed": deed.value,
            "detail": detail,
            "values": shown,
        },
    )


def _plain(value: Any) -> Any:
    """A value of an entry as JSON can keep it."""
    return value.isoformat() if isinstance(value, dt.date) else value
