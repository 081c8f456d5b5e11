"""Pictures that are kept in a record: shown with a question, or given as the answer to one (a photograph of a display)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from testbench.errors import InputError

LARGEST = 20_000_000  # bytes; a photograph of a telephone has 2 to 8 MB
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a file has it: its name, its media type (PNG or JPEG), its bytes."""

    name: str
    media_type: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def picture_of(name: str, data: bytes) -> Picture:
    """Make a picture of a file's bytes; InputError for what is neither PNG nor JPEG, or too large."""
    _check_size(name, len(data))
    for signature, media_type in SIGNATURES.items():
        if data.startswith(signature):
            return Picture(name, media_type, data)
    raise InputError(f"picture {name} is neither PNG nor JPEG; save it as one of these")


def read_picture(path: Path) -> Picture:
    """Read a picture from a file; InputError says what is wrong with it."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
            size = len(data) if len(data) <= LARGEST else path.stat().st_size
    except OSError as error:
        raise InputError(f"picture {path} cannot be read: {error.strerror or error}; check the path") from error
    _check_size(str(path), size)
    return picture_of(path.name, data)


def _check_size(name: str, size: int) -> None:
    if size > LARGEST:
        raise InputError(f"picture {name} has {size / 1e6:.1f} MB, at most {LARGEST / 1e6:.0f} are kept; make it smaller")
