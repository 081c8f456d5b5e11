"""A file that one process holds: an operating-system lock, which ends with the process, whatever ends it.

What stands in the file tells others who holds it; it is information only, the lock alone counts.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from testbench.engine.clock import MACHINE

LOCKED_BYTE = 1 << 20
"""Which byte is locked where a lock is on bytes (Windows): far behind the text, which stays readable."""
TEXT_BYTES = 1 << 16
ATTEMPTS = 20
BETWEEN_S = 0.01
"""Between two attempts to take a lock: whoever only looks at a file holds it for a moment."""


class HeldError(Exception):
    """Another process, or another lock of this one, holds the file; `text` is what stands in it. For callers to explain."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class FileLock:
    """A file that is held until `release`; raises HeldError where another holds it, OSError where it cannot be opened.

    `mode` are the rights of a new file. `passing` removes the file at the end: for a file that nobody else waits for.
    """

    def __init__(self, path: Path, text: str, *, mode: int, passing: bool = False) -> None:
        self.path = path
        self._passing = passing
        self._handle = _take(path, mode)
        self.write(text)

    def write(self, text: str) -> None:
        """Replace what stands in the file."""
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, text.encode())

    def release(self) -> None:
        """Give the lock up."""
        if self._passing and sys.platform != "win32":
            self._remove()  # while it is still held, so that no other owner's file is removed
        os.close(self._handle)
        if self._passing and sys.platform == "win32":
            self._remove()  # only a file that nobody has open can be removed there

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # it says nothing once the lock is given up
            self.path.unlink()


def text_if_held(path: Path) -> str | None:
    """What stands in the file if a process holds it; None when none does, or when there is no file. May raise OSError."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        try:
            _lock(handle, shared=True)
        except OSError:
            return _read(handle)
        return None
    finally:
        os.close(handle)


def _take(path: Path, mode: int) -> int:
    """Open the file and lock it; the one that is at the path then, not one that was removed in the meantime."""
    for left in reversed(range(ATTEMPTS)):
        handle = _opened(path, mode)
        try:
            _lock(handle, shared=False)
        except OSError:
            text = _read(handle)
            os.close(handle)
            if not left:
                raise HeldError(text) from None
            MACHINE.pause(BETWEEN_S)
            continue
        if _is_at(path, handle):
            return handle
        os.close(handle)
    raise HeldError("")


def _is_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _opened(path: Path, mode: int) -> int:
    """Open the file, or make it with exactly these rights, whatever the mask for new files says."""
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, os.O_RDWR)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, mode)
    with contextlib.suppress(OSError):  # made by another user in the meantime
        path.chmod(mode)
    return handle


def _read(handle: int) -> str:
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, TEXT_BYTES).decode("utf-8", "replace")


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, shared: bool) -> None:
        os.lseek(handle, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(handle: int, *, shared: bool) -> None:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
