"""Where a running simulated laboratory is found: a small file in the user's runtime directory, one for each station text.

The file holds a token, so only this user (mode 0600) can control the laboratory. A file whose process has ended says
nothing: whoever reads it asks the control port.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
import tempfile
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from testbench.station import StationFile


class Rendezvous(BaseModel):
    """A running laboratory: its process, control port, token, the instruments' resource names, and the station's digest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pid: int
    control_port: int
    token: str
    digest: str
    resources: dict[str, str]


def new_token() -> str:
    """A secret that only those who read the rendezvous know."""
    return secrets.token_hex(16)


def rendezvous_directory() -> Path:
    """The user's runtime directory; where the system gives none, the user's cache directory."""
    if sys.platform in ("win32", "darwin") or os.environ.get("XDG_RUNTIME_DIR"):
        directory = Path(platformdirs.user_runtime_dir("testbench", appauthor=False))
        with contextlib.suppress(OSError):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            return directory
    directory = Path(platformdirs.user_cache_dir("testbench", appauthor=False))
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def rendezvous_path(file: StationFile, directory: Path) -> Path:
    """The file for a station: named by the place and the text of its station file."""
    name = hashlib.sha256(f"{file.path.resolve()}\0{file.digest}".encode()).hexdigest()[:24]
    return directory / f"laboratory-{name}.json"


def read_rendezvous(path: Path) -> Rendezvous | None:
    """Read the file; None when there is none, or when it is not one."""
    try:
        return Rendezvous.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_rendezvous(path: Path, rendezvous: Rendezvous) -> None:
    """Put the file in place at once, readable by this user alone; raise OSError."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(rendezvous.model_dump_json())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove_rendezvous(path: Path, token: str) -> None:
    """Remove the file if it is still that of `token`."""
    found = read_rendezvous(path)
    if found is not None and found.token == token:
        with contextlib.suppress(OSError):
            path.unlink()


def remove_if_empty(log: Path) -> None:
    """Remove the messages of a laboratory that had none to give."""
    with contextlib.suppress(OSError):  # where an open file cannot be removed, it stays
        if log.stat().st_size == 0:
            log.unlink()
