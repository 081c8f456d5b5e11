"""Putting registered devices and gases into the slots of a station file, the rest of the file and its comments as they are.

A slot is a table of the station: `[devices.A]`, `[cylinders.co2]`, `[instruments.mfc-co2]`. A device keeps the connection of
its slot (`driver`, `resource`, `truth`), unless the register states a driver for it: then the driver and its options are
the register's, and the slot gives the resource alone.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, cast

import tomlkit

from testbench.errors import InputError, suggest
from testbench.register.entries import Entry, RegisteredCylinder, RegisteredDevice, RegisteredStandard
from testbench.register.states import NEARLY_EMPTY_SHARE, WEIGHTS, State, Weight, explained, states
from testbench.station import Cylinder, DeviceTable, StationFile
from testbench.text import Text

_LINES_OF_A_SLOT = frozenset((*DeviceTable.model_fields, "truth"))
_UNCERTIFIED: Mapping[str, Any] = {"content_litres": None, "truth": None}  # what no certificate of a cylinder states
_ADVICE = {
    State.RETIRED: "choose another, or take it into use again in the register",
    State.EXPIRED: "use one with a valid certificate, or correct its date in the register",
    State.EMPTY: "use a full one, or correct its content in the register",
}


def fitted(
    station: StationFile,
    devices: Mapping[str, RegisteredDevice],
    cylinders: Mapping[str, RegisteredCylinder],
    standards: Mapping[str, RegisteredStandard] | None = None,
    *,
    today: dt.date,
) -> str:
    """The text of a station file with registered devices, cylinders and standards in its slots, by the slots' names.

    Slots that are not named stay as they are. A slot of `standards` is a table of `[instruments]`, or "divider" or
    "flow_rig"; it gets the certificate. InputError for a slot that the station has not, and for an entry that is expired,
    empty or retired. What is only flagged is told by `concerns`.
    """
    standards = standards or {}
    for entry in (*devices.values(), *cylinders.values(), *standards.values()):
        refuse_unusable(entry, today)
    for slots, kind in ((devices, "device"), (cylinders, "cylinder")):
        _refuse_doubles(slots, kind)
    wanted: dict[tuple[str, ...], dict[str, Any]] = {}
    document = tomlkit.parse(station.text)
    for slot, device in devices.items():
        table = _slot(document, ("devices", slot), station)
        wanted["devices", slot] = _device_lines(table, device)
    for slot, cylinder in cylinders.items():
        table = _slot(document, ("cylinders", slot), station)
        wanted["cylinders", slot] = _cylinder_lines(cylinder)
    for slot, standard in standards.items():
        place: tuple[str, ...] = (slot,) if slot in ("divider", "flow_rig") else ("instruments", slot)
        table = _slot(document, place, station)
        wanted[place] = {"certificate": standard.certificate or None, "valid_until": standard.valid_until}
    new: dict[tuple[str, ...], dict[str, Any]] = {}
    for place, lines in wanted.items():
        new[place] = _replace(_slot(document, place, station), lines)
    return _with_new_lines(document, new)


def refuse_unusable(entry: Entry, today: dt.date) -> None:
    """Raise InputError, naming the entry, where it is expired, empty or retired."""
    for state in states(entry, today):
        if WEIGHTS[state] is Weight.REFUSED:
            number = getattr(entry, "certificate", "")
            certificate = f", certificate {number}" if number and number not in entry.name else ""
            raise InputError(f"{entry.name}{certificate}: {explained(entry, state, today).en}; {_ADVICE[state]}")


def places(slots: Mapping[str, Cylinder], cylinders: Iterable[RegisteredCylinder]) -> dict[str, RegisteredCylinder]:
    """The slots of a station in which registered cylinders stand, told by what the certificates state.

    One that could stand in several slots, or was changed in the register since, is in none.
    """
    fits: dict[str, list[RegisteredCylinder]] = {}
    for cylinder in cylinders:
        stated = {name: value for name, value in _cylinder_lines(cylinder).items() if value is not None}
        meant = Cylinder.model_validate(stated | {"content_litres": None})
        found = [name for name, slot in slots.items() if slot.model_copy(update=_UNCERTIFIED) == meant]
        if len(found) == 1:
            fits.setdefault(found[0], []).append(cylinder)
    return {slot: only for slot, (only, *others) in fits.items() if not others}


def concerns(
    entries: Mapping[str, Entry], *, today: dt.date, nearly_empty: float = NEARLY_EMPTY_SHARE
) -> tuple[tuple[str, Text], ...]:
    """What is flagged or refused about chosen entries: the slot and a sentence; empty where all are ready."""
    found = []
    for slot, entry in entries.items():
        for state in states(entry, today, nearly_empty):
            if state is not State.READY:
                words = explained(entry, state, today)
                found.append((slot, Text(zh=f"{entry.name}：{words.zh}", en=f"{entry.name}: {words.en}")))
    return tuple(found)


def _refuse_doubles(slots: Mapping[str, Entry], kind: str) -> None:
    """Raise InputError where one registered thing is to be in two slots."""
    places: dict[int, str] = {}
    for slot, entry in slots.items():
        if entry.identifier and (other := places.setdefault(entry.identifier, slot)) != slot:
            raise InputError(
                f"{entry.name} cannot be {kind} {other} and {kind} {slot} at once; choose another for one of them"
            )


def _slot(document: Any, place: tuple[str, ...], station: StationFile) -> MutableMapping[str, Any]:
    """The table at a place of the file; InputError where the station has none of that name."""
    table = document
    for depth, part in enumerate(place):
        if not isinstance(table, Mapping) or part not in table:
            known = table.keys() if isinstance(table, Mapping) and depth else ()
            raise InputError(f"station file {station.path} has no [{'.'.join(place)}]; {suggest(part, known)}")
        table = table[part]
    return cast("MutableMapping[str, Any]", table)


def _device_lines(slot: Mapping[str, Any], device: RegisteredDevice) -> dict[str, Any]:
    """Lines of a device's slot; None takes a line away."""
    lines: dict[str, Any] = {
        "maker": device.maker,
        "model": device.model,
        "serial": device.serial,
        "measurand": device.measurand,
        "range": [device.range_low, device.range_high],
        "unit": device.unit,
        "response_time_s": device.response_time_s,
        "certificate": None,
        "valid_until": None,
    }
    if device.driver:
        if device.driver != slot.get("driver"):
            lines |= {name: None for name in slot if name not in _LINES_OF_A_SLOT}
            if "instrument" in device.options:  # a scanner reads it: it has no address of its own
                lines["resource"] = None
        lines |= {"driver": device.driver, **device.options}
    return lines


def _cylinder_lines(cylinder: RegisteredCylinder) -> dict[str, Any]:
    """Lines of a cylinder's slot; None takes a line away."""
    return {
        "component": cylinder.component,
        "fraction_percent": cylinder.fraction_percent,
        "balance": cylinder.balance,
        "expanded_uncertainty_percent": cylinder.expanded_uncertainty_percent,
        "impurity_umol_per_mol": cylinder.impurity_umol_per_mol or None,
        "certificate": cylinder.certificate or None,
        "valid_until": cylinder.valid_until,
        "content_litres": cylinder.litres_left,
    }


def _replace(table: MutableMapping[str, Any], lines: Mapping[str, Any]) -> dict[str, Any]:
    """Change the lines that are there, take away those that are None; return the lines that are new."""
    new = {}
    for name, value in lines.items():
        if value is None:
            table.pop(name, None)
        elif name not in table:
            new[name] = value
        elif _plain(table[name]) != value:
            table[name] = value
    return new


def _with_new_lines(document: Any, new: Mapping[tuple[str, ...], Mapping[str, Any]]) -> str:
    """The text with new lines below the first lines of their tables, so that comments keep their places.

    Where a table is written in a way that has no such place, its lines come at its end.
    """
    text = tomlkit.dumps(document)
    for place, lines in new.items():
        for name, value in lines.items():
            _slot_of(document, place)[name] = value
        if lines:
            text = _inserted(text, place, lines)
    meant = tomlkit.dumps(document)
    try:
        return text if tomllib.loads(text) == tomllib.loads(meant) else meant
    except tomllib.TOMLDecodeError:
        return meant


def _slot_of(document: Any, place: tuple[str, ...]) -> Any:
    for part in place:
        document = document[part]
    return document


def _inserted(text: str, place: tuple[str, ...], lines: Mapping[str, Any]) -> str:
    """Put lines below the first lines of the table that has its header in the text."""
    rows = text.splitlines(keepends=True)
    for number, row in enumerate(rows):
        if re.match(r"\s*\[[^\[]", row) and _header(row) == place:
            end = number + 1
            while end < len(rows) and rows[end].strip() and not rows[end].lstrip().startswith(("#", "[")):
                end += 1
            if not rows[end - 1].endswith("\n"):
                rows[end - 1] += "\n"
            return "".join([*rows[:end], tomlkit.dumps(lines), *rows[end:]])
    return text


def _header(row: str) -> tuple[str, ...]:
    """The place that a line `[a.b]` names; () where it is none."""
    try:
        table: Any = tomllib.loads(row)
    except tomllib.TOMLDecodeError:
        return ()
    place = []
    while isinstance(table, dict) and table:
        ((name, table),) = table.items()
        place.append(name)
    return tuple(place)


def _plain(item: Any) -> Any:
    return item.unwrap() if hasattr(item, "unwrap") else item
