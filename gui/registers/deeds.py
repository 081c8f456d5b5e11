"""What the screen does with the registers' file; run in a thread, each opens the file for itself."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gui.registers.rows import Row, rows
from testbench.engine.clock import wall_now
from testbench.engine.registry import driver_names
from testbench.errors import InputError
from testbench.register.csv_files import read_csv, write_csv
from testbench.register.entries import ENTRY_TYPES, Attachment, Entry, Section
from testbench.register.gathering import Taken, from_station, take
from testbench.register.history import Change
from testbench.register.store import LARGEST_FILE, Register
from testbench.station import read_station

LARGEST_TABLE = 16 * 2**20


class Progress(Protocol):
    """Hears how far the work is, and may end it."""

    def say(self, text: str, share: float | None = None) -> None:
        """Say what is being done, and the share that is done."""
        ...

    def check(self) -> None:
        """End here if the work was cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """One register as it is now: its rows, and texts to offer while typing, by field."""

    rows: tuple[Row, ...]
    offered: dict[str, tuple[str, ...]]


OFFERED = ("maker", "model", "measurand", "unit", "component", "balance", "issued_by")


def load(section: Section) -> Loaded:
    """Read one register."""
    with Register.open() as register:
        entries = register.entries(ENTRY_TYPES[section])
    offered = {
        name: tuple(dict.fromkeys(getattr(entry, name) for entry in entries))
        for name in OFFERED
        if name in ENTRY_TYPES[section].model_fields
    }
    if section is Section.DEVICES:
        offered["driver"] = tuple(driver_names())
    return Loaded(rows(entries, wall_now().date()), offered)


def history(entry: Entry) -> tuple[Change, ...]:
    """What happened to an entry."""
    with Register.open() as register:
        return register.history(entry)


def content(attachment: Attachment) -> bytes:
    """The bytes of an attached file."""
    with Register.open() as register:
        return register.content(attachment)


def save(entry: Entry, by: str) -> Entry:
    """Store a new or a changed entry."""
    with Register.open() as register:
        act = register.change if entry.identifier else register.add
        return act(entry, by=by, at=wall_now())


def set_retired(entry: Entry, retired: bool, by: str) -> Entry:
    """Take an entry out of use, or into it again."""
    with Register.open() as register:
        act = register.retire if retired else register.reinstate
        return act(entry, by=by, at=wall_now())


def remove(entry: Entry) -> None:
    """Remove an entry that was entered by mistake."""
    with Register.open() as register:
        register.remove(entry)


def attach(entry: Entry, paths: Sequence[Path], by: str, progress: Progress) -> Entry:
    """Keep files with an entry."""
    with Register.open() as register:
        for number, path in enumerate(paths):
            progress.check()
            progress.say(path.name, number / len(paths))
            entry = register.attach(entry, path.name, _bytes_of(path, LARGEST_FILE), by=by, at=wall_now())
    return entry


def detach(entry: Entry, attachment: Attachment, by: str) -> Entry:
    """Take a file off an entry."""
    with Register.open() as register:
        return register.detach(entry, attachment, by=by, at=wall_now())


def put_down(attachment: Attachment, folder: Path) -> Path:
    """Write an attached file to a folder, for another program to open; return where it is."""
    place = Path(tempfile.mkdtemp(dir=folder)) / attachment.name
    data = content(attachment)
    try:
        place.write_bytes(data)
    except OSError as error:
        raise InputError(f"{attachment.name} cannot be written to {place.parent}: {error.strerror or error}") from error
    return place


def import_station(path: Path, by: str, progress: Progress) -> Taken:
    """Enter the devices, cylinders and certified instruments of a station file that are not in the registers yet."""
    return _take(from_station(read_station(path)), by, progress, update=False)


def import_csv(section: Section, path: Path, by: str, progress: Progress) -> Taken:
    """Enter the rows of a CSV file; those that are there already get what the file says of them."""
    return _take(read_csv(ENTRY_TYPES[section], _bytes_of(path, LARGEST_TABLE), path.name), by, progress, update=True)


def export_csv(section: Section, entries: Sequence[Entry], path: Path, language: str) -> int:
    """Write entries to a CSV file; return how many."""
    try:
        path.write_bytes(write_csv(ENTRY_TYPES[section], entries, language))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}; choose another place") from error
    return len(entries)


def _take(entries: Sequence[Entry], by: str, progress: Progress, *, update: bool) -> Taken:
    at: dt.datetime = wall_now()
    with Register.open() as register:
        return take(register, entries, by=by, at=at, update=update, told=_teller(progress))


def _teller(progress: Progress) -> Callable[[int, int], None]:
    def told(done: int, total: int) -> None:
        progress.check()
        progress.say(f"{done} / {total}", done / total)

    return told


def _bytes_of(path: Path, largest: int) -> bytes:
    """The bytes of a file of a bearable size; InputError says why they cannot be had."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; choose a file")
        size = path.stat().st_size
        if size > largest:
            raise InputError(f"{path.name} has {size / 2**20:.0f} MB; files of up to {largest // 2**20} MB are taken")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
