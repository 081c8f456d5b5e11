"""Another process of this computer, held so that its number cannot come to mean a different one: end it, see it gone."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from testbench.engine.clock import MACHINE, monotonic

BETWEEN_S = 0.02  # between two looks where the system does not tell of a process's end

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    SYNCHRONIZE = 0x00100000
    PROCESS_TERMINATE = 0x0001
    WAIT_OBJECT_0 = 0
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.TerminateProcess.argtypes = (wintypes.HANDLE, wintypes.UINT)
    _kernel.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
    _kernel.WaitForSingleObject.restype = wintypes.DWORD

    class WatchedProcess:
        """A process by its number; one that is not there any more counts as gone."""

        def __init__(self, pid: int) -> None:
            self.pid = pid
            self._handle = _kernel.OpenProcess(SYNCHRONIZE | PROCESS_TERMINATE, False, pid)

        def end(self) -> None:
            """End it at once; nothing if it is gone."""
            if self._handle:
                _kernel.TerminateProcess(self._handle, 1)

        def gone(self, within_s: float) -> bool:
            """Wait until it is gone, at most `within_s`; return whether it is."""
            if not self._handle:
                return True
            return bool(_kernel.WaitForSingleObject(self._handle, round(within_s * 1000)) == WAIT_OBJECT_0)

else:
    import select
    import signal

    class WatchedProcess:
        """A process by its number; one that is not there any more counts as gone.

        Linux gives a handle on it. Where there is none (other systems, a sandbox that forbids it) the number has to do.
        """

        def __init__(self, pid: int) -> None:
            self.pid = pid
            self._handle = _handle(pid)

        def end(self) -> None:
            """End it at once; nothing if it is gone."""
            with contextlib.suppress(ProcessLookupError):
                if self._handle is None:
                    os.kill(self.pid, signal.SIGKILL)
                elif sys.platform == "linux":
                    signal.pidfd_send_signal(self._handle, signal.SIGKILL)

        def gone(self, within_s: float) -> bool:
            """Wait until it is gone, at most `within_s`; return whether it is."""
            if self._handle is not None:
                poll = select.poll()
                poll.register(self._handle, select.POLLIN)
                return bool(poll.poll(round(within_s * 1000)))
            until = monotonic() + within_s
            while _runs(self.pid):
                if monotonic() >= until:
                    return False
                MACHINE.pause(BETWEEN_S)
            return True

    def _handle(pid: int) -> int | None:
        if sys.platform == "linux":
            with contextlib.suppress(OSError, AttributeError):
                return os.pidfd_open(pid)
        return None

    def _runs(pid: int) -> bool:
        """Whether a process of this number runs; one that has ended and waits to be noticed by its parent does not."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        try:
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return True
        return status.rpartition(")")[2].split()[:1] not in (["Z"], ["X"])
