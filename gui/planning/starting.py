"""Starts what was put together: writes the suite, and the station as it is fitted, beside the results; then the process.

Without Qt; called in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gui.planning.looking import Look
from testbench.engine.checking.problem import PlaceKind
from testbench.engine.clock import wall_now
from testbench.engine.suite_file import suite_text
from testbench.errors import InputError, TestbenchError
from testbench.office.detached import start_detached
from testbench.register.entries import Entry
from testbench.register.store import Register

SUITE_FILE = "suite.toml"
STATION_FILE = "station.toml"


@dataclass(frozen=True, slots=True)
class Order:
    """An examined choice with the rest of what a person says: where it is recorded, the report's language, notes."""

    look: Look
    record: Path
    language: str
    by: str
    notes: str = ""
    seed: int = 1
    attended: bool = False  # on a simulated station, too, a person answers the questions to the operator


@dataclass(frozen=True, slots=True)
class Started:
    """An evaluation that goes on in a process of its own; `trouble` is what could not be noted in the registers."""

    record: Path
    evaluation: str
    trouble: str = ""


def start(order: Order) -> Started:
    """Begin it. InputError where its folder cannot be written; StartError with what the process said where it ended."""
    look, folder = order.look, order.look.folder
    if not look.can_begin or look.station is None or look.base is None:
        raise InputError("something still stands in the way of this evaluation; see the list of problems")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        order.record.parent.mkdir(parents=True, exist_ok=True)
        (folder / SUITE_FILE).write_text(suite_text(item.checked() for item in look.suite.items), encoding="utf-8")
        station = look.base.path
        if look.station.text != look.base.text:
            station = folder / STATION_FILE
            station.write_text(look.station.text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}; choose another folder") from error
    evaluation = start_detached(words(order, station), folder)
    return Started(order.record, evaluation, _note_uses(order, evaluation))


def words(order: Order, station: Path) -> list[str]:
    """The command line of the process."""
    look = order.look
    said = ["evaluate", "--station", str(station.absolute()), f"--devices={','.join(look.devices)}"]
    for standard in (look.wanted.standard, *look.wanted.further):
        said += ["--standard", standard] if standard else []
    said += ["--suite", str((look.folder / SUITE_FILE).absolute())]
    said += ["--output", str(look.folder.absolute()), "--record", str(order.record.absolute())]
    said += ["--language", order.language, f"--by={order.by}", f"--notes={order.notes}"]
    if look.simulated:
        said += [f"--seed={order.seed}", *(["--attended"] if order.attended else [])]
    return said


def _note_uses(order: Order, evaluation: str) -> str:
    """Note in the registers what the evaluation uses; an empty text, or why that was not possible."""
    look = order.look
    entries: list[Entry] = []
    for (kind, slot), identifier in look.wanted.fitted.items():
        if kind is PlaceKind.DEVICE and slot not in look.devices:
            continue
        entries += [one for one in look.registered.of(kind) if one.identifier == identifier]
    if not entries:
        return ""
    try:
        with Register.open(create=False) as register:
            for entry in entries:
                register.note_use(entry, evaluation, by=order.by, at=wall_now())
    except TestbenchError as error:
        return str(error)
    return ""
