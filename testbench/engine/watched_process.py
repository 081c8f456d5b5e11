"""Another process of this computer, held so that its number cannot come to mean a different one: end it, see it gone."""

from __future__ import annotations

import contextlib
import os
import sys

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

elif sys.platform == "linux":
    import select
    import signal

    class WatchedProcess:
        """A process by its number; one that is not there any more counts as gone."""

        def __init__(self, pid: int) -> None:
            self.pid = pid
            self._handle: int | None = None
            with contextlib.suppress(ProcessLookupError):
                self._handle = os.pidfd_open(pid)

        def end(self) -> None:
            """End it at once; nothing if it is gone."""
            if self._handle is not None:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._handle, signal.SIGKILL)

        def gone(self, within_s: float) -> bool:
            """Wait until it is gone, at most `within_s`; return whether it is."""
            if self._handle is None:
                return True
            poll = select.poll()
            poll.register(self._handle, select.POLLIN)
            return bool(poll.poll(round(within_s * 1000)))

else:
    import select
    import signal

    class WatchedProcess:
        """A process by its number; one that is not there any more counts as gone."""

        def __init__(self, pid: int) -> None:
            self.pid = pid
            self._exit = select.kevent(
                pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD | select.KQ_EV_ONESHOT, select.KQ_NOTE_EXIT
            )
            self._queue = select.kqueue()
            self._there = True
            try:
                self._queue.control([self._exit], 0)
            except ProcessLookupError:
                self._there = False

        def end(self) -> None:
            """End it at once; nothing if it is gone."""
            if self._there and not self.gone(0.0):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)

        def gone(self, within_s: float) -> bool:
            """Wait until it is gone, at most `within_s`; return whether it is."""
            if self._there and self._queue.control(None, 1, within_s):
                self._there = False
            return not self._there
