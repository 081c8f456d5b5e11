"""Taking entries into the registers that others wrote down: the devices, gases and standards of a station file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from testbench.register.checking import checked
from testbench.register.entries import (
    Entry,
    RegisteredCylinder,
    RegisteredDevice,
    RegisteredStandard,
    StandardKind,
)
from testbench.register.store import Register
from testbench.station import StationFile

_WIRING = ("resource", "instrument", "channel")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the entries that were offered: how many were new, changed one that was there, or left it as it was."""

    added: int
    changed: int
    unchanged: int


def _tell_nobody(done: int, total: int) -> None:
    """Hear of progress where nobody wants to know."""


def from_station(station: StationFile) -> tuple[Entry, ...]:
    """The devices, cylinders and certified instruments of a station file as entries that are not registered yet.

    A device brings its driver and the driver's options, without its address on this bench; one that a scanner reads brings
    none, as its connection belongs to the slot.
    """
    found: list[Entry] = []
    where = f"station file {station.path}"
    for slot, device in station.station.devices.items():
        options = {} if "instrument" in device.options else device.options
        values = {
            **{name: getattr(device, name) for name in ("maker", "model", "serial", "measurand", "unit", "response_time_s")},
            "range_low": device.range[0],
            "range_high": device.range[1],
            "driver": device.driver if options else "",
            "options": {name: value for name, value in options.items() if name not in _WIRING},
        }
        found.append(checked(RegisteredDevice, values, f"{where}: [devices.{slot}]"))
    for slot, cylinder in station.station.cylinders.items():
        values = {
            "component": cylinder.component,
            "fraction_percent": cylinder.fraction_percent,
            "balance": cylinder.balance,
            "expanded_uncertainty_percent": cylinder.expanded_uncertainty_percent,
            "impurity_umol_per_mol": cylinder.impurity_umol_per_mol,
            "certificate": cylinder.certificate,
            "valid_until": cylinder.valid_until,
            "nominal_litres": cylinder.content_litres,
        }
        found.append(checked(RegisteredCylinder, values, f"{where}: [cylinders.{slot}]"))
    controllers = station.station.instruments.items()
    standards = [(f"instruments.{slot}", slot, table, StandardKind.CONTROLLER) for slot, table in controllers]
    if station.station.divider is not None:
        standards.append(("divider", "divider", station.station.divider, StandardKind.DIVIDER))
    for place, slot, table, kind in standards:
        if table.certificate or table.valid_until is not None:
            uncertainty = table.options.get("uncertainty_percent")
            values = {
                "kind": kind,
                "maker": str(table.options.get("maker", table.driver)),
                "model": str(table.options.get("model", slot)),
                "serial": str(table.options.get("serial", table.certificate)),
                "certificate": table.certificate,
                "uncertainty": "" if uncertainty is None else f"{uncertainty} % (k = 2)",
                "valid_until": table.valid_until,
            }
            found.append(checked(RegisteredStandard, values, f"{where}: [{place}]"))
    return tuple(found)


def take(
    register: Register,
    entries: Sequence[Entry],
    *,
    by: str,
    at: dt.datetime,
    update: bool,
    told: Callable[[int, int], object] = _tell_nobody,
) -> Taken:
    """Enter what is not in the registers yet; told apart by serial, cylinder and certificate numbers.

    With `update`, one that is there gets the fields that were given for it; without, it stays as it is. Retired ones stay
    retired and as they are. `told` hears how many of how many are done before each, and may end it by raising. An error
    leaves those before it entered: offered again, they are unchanged.
    """
    known = {kind: _by_identity(register, kind) for kind in {type(entry) for entry in entries}}
    added = changed = unchanged = 0
    for number, entry in enumerate(entries):
        told(number, len(entries))
        same = known[type(entry)]
        before = same.get(_mark(entry))
        if before is None:
            after = register.add(entry, by=by, at=at)
            added += 1
        elif update and not before.retired:
            given = {name: getattr(entry, name) for name in entry.model_fields_set & set(entry.content_fields())}
            after = register.change(before.model_copy(update=given), by=by, at=at)
            changed += after.revision != before.revision
            unchanged += after.revision == before.revision
        else:
            after = before
            unchanged += 1
        same[_mark(after)] = after
    return Taken(added, changed, unchanged)


def _by_identity(register: Register, kind: type[Entry]) -> dict[str, Entry]:
    """The entries of a register by what tells them apart; one in use before a retired one."""
    entries = sorted(register.entries(kind), key=lambda entry: not entry.retired)
    return {_mark(entry): entry for entry in entries}


def _mark(entry: Entry) -> str:
    """What tells an entry from others: its numbers, or all of its content where it has none."""
    return repr(entry.identity if entry.identity is not None else sorted(entry.content().items(), key=lambda item: item[0]))
