"""One run owns the instruments it drives: an operating-system lock for each, which ends with the process, whatever ends it.

The locks are files in the computer's temporary folder, named by the instruments' VISA resource names, so that two station
files with the same instrument exclude each other too. Simulated instruments need none: their laboratory has one owner.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from testbench.errors import InstrumentError
from testbench.station import DriverTable, Station

LOCKED_BYTE = 1 << 20
"""Which byte is locked where a lock is on bytes (Windows): behind the process number, which stays readable."""


def real_resources(station: Station, devices: Collection[str] | None = None) -> list[str]:
    """VISA resource names of the instruments that are not simulated; of the devices under test those that are chosen."""
    tables: list[DriverTable] = [*station.instruments.values(), *station.environment.values()]
    tables += [table for table in (station.divider, station.flow_rig) if table is not None]
    tables += [table for name, table in station.devices.items() if devices is None or name in devices]
    return sorted({table.resource for table in tables if table.resource is not None and not table.simulated})


@contextlib.contextmanager
def owning(resources: Collection[str]) -> Iterator[None]:
    """Own instruments for the length of the block; InstrumentError names the one that another run drives."""
    with contextlib.ExitStack() as locks:
        for resource in resources:
            locks.enter_context(_owning(resource))
        yield


@contextlib.contextmanager
def _owning(resource: str) -> Iterator[None]:
    name = hashlib.sha256(resource.strip().upper().encode()).hexdigest()[:24]
    path = Path(tempfile.gettempdir()) / f"testbench-instrument-{name}.lock"
    try:
        handle = _opened(path)
    except OSError as error:
        raise InstrumentError(
            f"{resource}: whether another run drives it cannot be told, its lock {path} cannot be opened: "
            f"{error.strerror or error}; remove that file when no run is going on"
        ) from error
    try:
        try:
            _lock(handle)
        except OSError:
            owner = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
            raise InstrumentError(
                f"{resource}: is driven by another run (process {owner}); wait until that run has ended, or abort it"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)  # gives the lock up; the file stays, since removing it could hit the next owner's


def _opened(path: Path) -> int:
    """Open the file, or make it so that every user of this computer can open it."""
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, os.O_RDWR)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    with contextlib.suppress(OSError):
        path.chmod(0o666)  # whatever the mask for new files says
    return handle


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
