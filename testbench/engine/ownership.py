"""One evaluation owns a station and the instruments it drives: an operating-system lock for each, ending with its process.

The locks are files in the computer's temporary folder, named by the station file's path and by the instruments' VISA
resource names, so that two station files with the same instrument exclude each other too. Simulated instruments need none:
their laboratory has one owner.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from testbench.engine.clock import monotonic, pause
from testbench.engine.file_lock import FileLock, HeldError, text_if_held
from testbench.errors import InstrumentError
from testbench.station import DriverTable, Station

FOR_ALL_USERS = 0o666
AGAIN_S = 0.1
GUARD_WITHIN_S = 5.0
"""How long a guard may still have the station of an evaluation whose process was lost."""


@dataclass(slots=True)
class Ownership:
    """The locks of one evaluation; `belongs_to` has them say its name, once it has one, `by_hand` the person's instead."""

    locks: list[FileLock] = field(default_factory=list)

    def by_hand(self, person: str) -> None:
        """Tell whoever is refused that no run has the bench but a person, and who."""
        for lock in self.locks:
            lock.write(_owner("", person))

    def belongs_to(self, evaluation: str) -> None:
        """Tell whoever is refused which evaluation it is."""
        for lock in self.locks:
            lock.write(_owner(evaluation))


def real_resources(station: Station, devices: Collection[str] | None = None) -> list[str]:
    """VISA resource names of the instruments that are not simulated; of the devices under test those that are chosen."""
    tables: list[DriverTable] = [*station.instruments.values(), *station.environment.values()]
    tables += [table for table in (station.divider, station.flow_rig) if table is not None]
    tables += [table for name, table in station.devices.items() if devices is None or name in devices]
    return sorted({table.resource for table in tables if table.resource is not None and not table.simulated})


def own_soon(stack: contextlib.ExitStack, resources: Collection[str], station: Path, within_s: float) -> Ownership:
    """Own them, as `owning`, for the length of `stack`; wait a little where a guard still makes the bench safe."""
    deadline = monotonic() + within_s
    while True:
        try:
            return stack.enter_context(owning(resources, station))
        except InstrumentError:
            if monotonic() > deadline:
                raise
            pause(AGAIN_S)


@contextlib.contextmanager
def owning(resources: Collection[str], station: Path | None = None) -> Iterator[Ownership]:
    """Own a station file and instruments for the length of the block.

    InstrumentError names the one that another evaluation has, that evaluation, and its process.
    """
    with contextlib.ExitStack() as stack:
        ownership = Ownership()
        if station is not None:
            place = os.path.normcase(station.resolve())
            lock = _own("station", place, f"the station {station} is in use by", "station")
            stack.callback(lock.release)
            ownership.locks.append(lock)
        for resource in resources:
            lock = _own("instrument", resource.strip().upper(), f"{resource}: is driven by", resource)
            stack.callback(lock.release)
            ownership.locks.append(lock)
        yield ownership


def present_owner(resources: Collection[str], station: Path) -> str | None:
    """Say who has the station file or one of the instruments now; None when they are free. Nothing is taken.

    InstrumentError where that cannot be told.
    """
    looked = [("station", os.path.normcase(station.resolve()), f"the station {station} is in use by")]
    looked += [("instrument", resource.strip().upper(), f"{resource}: is driven by") for resource in resources]
    for kind, identity, refusal in looked:
        path = _lock_file(kind, identity)
        try:
            text = text_if_held(path)
        except OSError as error:
            raise InstrumentError(f"the lock {path} cannot be read: {error.strerror or error}") from error
        if text is not None:
            return f"{refusal} {_owner_in_words(text)}"
    return None


def _lock_file(kind: str, identity: str) -> Path:
    name = hashlib.sha256(identity.encode()).hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"testbench-{kind}-{name}.lock"


def _owner_in_words(text: str) -> str:
    """Who holds a lock, by what stands in it."""
    process, evaluation, person = _told(text)
    if person:
        return f"{person}, by hand (process {process})"
    return f"evaluation {evaluation} (process {process})" if evaluation else f"another run (process {process})"


def _own(kind: str, identity: str, refusal: str, what: str) -> FileLock:
    path = _lock_file(kind, identity)
    try:
        return FileLock(path, _owner(""), mode=FOR_ALL_USERS)
    except HeldError as error:
        _, evaluation, person = _told(error.text)
        owner = _owner_in_words(error.text)
        if person:
            raise InstrumentError(f"{refusal} {owner}; have it released on the bench screen there") from None
        abort = f"abort it: `testbench abort {evaluation}`" if evaluation else "abort it"
        raise InstrumentError(f"{refusal} {owner}; wait until it has ended, or {abort}") from None
    except OSError as error:
        raise InstrumentError(
            f"{what}: whether another run drives it cannot be told, its lock {path} cannot be opened: "
            f"{error.strerror or error}; remove that file when no run is going on"
        ) from error


def _owner(evaluation: str, person: str = "") -> str:
    return json.dumps({"process": os.getpid(), "evaluation": evaluation, "person": person}) + "\n"


def _told(text: str) -> tuple[str, str, str]:
    """Process, evaluation and person that a lock names."""
    try:
        document = json.loads(text)
        return str(document["process"]), str(document["evaluation"]), str(document.get("person", ""))
    except (ValueError, TypeError, KeyError, AttributeError):  # caught while it was written
        return "unknown", "", ""
