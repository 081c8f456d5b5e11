"""The control book: QAL3 readings and s_AMS of the registered devices, kept in the registers' file.

    with ControlBook.open() as book:
        book.set_deviation(device, ControlGas.ZERO, 0.05, by="li", at=now)
        book.add(device, [ControlEntry(date, ControlGas.ZERO, reading=0.02, reference=0.0)], by="li", at=now)
        chart = book.chart(device, ControlGas.ZERO)

Entries are added and withdrawn, never changed; a withdrawn one keeps its row, with who did it and why.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import insert, select, update

from testbench.errors import InputError
from testbench.record.database import Database
from testbench.register import schema
from testbench.register.control import ControlChart, ControlDeed, ControlEntry, ControlGas, control_chart
from testbench.register.entries import RegisteredDevice
from testbench.register.opening import default_place, open_registers

LARGEST_SOURCE = 500


class ControlBook:
    """The open control book; every call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path | None = None, *, create: bool = True) -> Self:
        """Open the registers' file, by default that of this user; RecordError says what stands against it."""
        return cls(open_registers(default_place() if path is None else path, create=create))

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def deviations(self, device: RegisteredDevice) -> Mapping[ControlGas, float]:
        """s_AMS of a device by gas, in its unit: those that were set, the latest of each."""
        table = schema.control_deviation
        rows = select(table).where(table.c.device == device.identifier).order_by(table.c.identifier)
        with self._database.reading() as connection:
            return {ControlGas(row["gas"]): row["s_ams"] for row in connection.execute(rows).mappings()}

    def set_deviation(self, device: RegisteredDevice, gas: ControlGas, s_ams: float, *, by: str, at: dt.datetime) -> None:
        """Set s_AMS of one gas, in the device's unit; InputError where it is not above zero."""
        if not (math.isfinite(s_ams) and s_ams > 0):
            raise InputError(f"s_AMS must be above zero, got {s_ams:g} {device.unit}")
        values = {"device": device.identifier, "gas": gas.value, "s_ams": s_ams, "at": at, "by": by}
        with self._database.writing() as connection:
            connection.execute(insert(schema.control_deviation), values)

    def entries(self, device: RegisteredDevice) -> tuple[ControlEntry, ...]:
        """All entries of a device that were not withdrawn, in the order of their dates."""
        table = schema.control_entry
        rows = (
            select(table)
            .where(table.c.device == device.identifier, table.c.withdrawn.is_(None))
            .order_by(table.c.date, table.c.identifier)
        )
        with self._database.reading() as connection:
            return tuple(
                ControlEntry(
                    date=row["date"],
                    gas=ControlGas(row["gas"]),
                    deed=ControlDeed(row["deed"]),
                    reading=row["reading"],
                    reference=row["reference"],
                    source=row["source"],
                    identifier=row["identifier"],
                    entered=row["entered"],
                    entered_by=row["entered_by"],
                )
                for row in connection.execute(rows).mappings()
            )

    def add(self, device: RegisteredDevice, entries: Sequence[ControlEntry], *, by: str, at: dt.datetime) -> int:
        """Add entries, all or none; return how many were new: what was taken over from the same source before is left out.

        Raises InputError for a reading without numbers, numbers that are not finite, and notes that have some.
        """
        for entry in entries:
            _check(entry, device.unit)
        known = {(entry.date, entry.gas, entry.deed, entry.source) for entry in self.entries(device) if entry.source}
        new = [entry for entry in entries if (entry.date, entry.gas, entry.deed, entry.source) not in known]
        rows = [
            {
                "device": device.identifier,
                "date": entry.date,
                "gas": entry.gas.value,
                "deed": entry.deed.value,
                "reading": entry.reading,
                "reference": entry.reference,
                "source": entry.source[:LARGEST_SOURCE],
                "entered": at,
                "entered_by": by,
                "withdrawn_by": "",
                "withdrawn_why": "",
            }
            for entry in new
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(insert(schema.control_entry), rows)
        return len(rows)

    def withdraw(self, device: RegisteredDevice, identifier: int, *, by: str, at: dt.datetime, reason: str) -> None:
        """Withdraw an entry; it stays in the file. InputError for one that is not there, or without a reason."""
        if not reason.strip():
            raise InputError("an entry is withdrawn for a reason; give it")
        table = schema.control_entry
        with self._database.writing() as connection:
            done = connection.execute(
                update(table)
                .where(table.c.identifier == identifier, table.c.device == device.identifier, table.c.withdrawn.is_(None))
                .values(withdrawn=at, withdrawn_by=by, withdrawn_why=reason.strip())
            )
            if not done.rowcount:
                raise InputError(f"{device.name} has no control entry {identifier}")

    def chart(self, device: RegisteredDevice, gas: ControlGas) -> ControlChart:
        """The charts of one gas; InputError where its s_AMS was not set."""
        s_ams = self.deviations(device).get(gas)
        if s_ams is None:
            raise InputError(f"{device.name}: s_AMS of {gas} is not set; set it with `testbench qal3 set`")
        return control_chart(gas, self.entries(device), s_ams)


def _check(entry: ControlEntry, unit: str) -> None:
    numbers = (entry.reading, entry.reference)
    if entry.deed is ControlDeed.READING:
        if any(number is None or not math.isfinite(number) for number in numbers):
            raise InputError(f"{entry.date} {entry.gas}: reading and reference must both be numbers in {unit}")
    elif any(number is not None for number in numbers):
        raise InputError(f"{entry.date} {entry.gas}: {entry.deed} has no reading")
