"""Keeps the computer from falling asleep while an evaluation runs, as each system offers it.

Windows: SetThreadExecutionState. macOS: caffeinate. Linux: systemd-inhibit, or elogind-inhibit where there is no systemd.
What holds ends with the process that asked for it, also when that is killed: a helper program of Linux reads a pipe whose
other end this process has, the one of macOS watches this process. Where nothing can be held the evaluation runs as well.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from testbench.errors import TestbenchError

PROGRAM = "testbench"
WHY = "an evaluation is running"
WITHIN_S = 3.0  # for the system to answer, in real time
INHIBITORS = ("systemd-inhibit", "elogind-inhibit")


class NotHeldError(TestbenchError, OSError):
    """The computer cannot be kept awake; the text says why."""


class Holder(Protocol):
    """What keeps a computer awake; both calls come from one thread and may raise OSError."""

    def hold(self) -> None:
        """Keep it awake from now on."""

    def release(self) -> None:
        """Let it sleep again."""


class WindowsHolder:
    """SetThreadExecutionState: holds as long as the thread that called it lives, so one thread makes all calls."""

    CONTINUOUS = 0x80000000
    SYSTEM_REQUIRED = 0x00000001

    def __init__(self, set_state: Callable[[int], int] | None = None) -> None:
        self._set_state = set_state or _execution_state()

    def hold(self) -> None:
        """Keep it awake from now on."""
        if not self._set_state(self.CONTINUOUS | self.SYSTEM_REQUIRED):
            raise NotHeldError("the system refused to be kept awake")

    def release(self) -> None:
        """Let it sleep again."""
        self._set_state(self.CONTINUOUS)


class MacHolder:
    """A `caffeinate` that ends with this process, whatever ends it."""

    def __init__(self, command: tuple[str, ...] = ("caffeinate", "-i", "-w")) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def hold(self) -> None:
        """Keep it awake from now on."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(
            [*self._command, str(os.getpid())], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def release(self) -> None:
        """Let it sleep again."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


class LinuxHolder:
    """An inhibitor around a `cat` that reads a pipe from this process: with this process the pipe ends, and with it both.

    The `cat` runs only when the inhibitor is held, and says so by giving back the line that it was sent.
    """

    def __init__(self, programs: tuple[str, ...] = INHIBITORS) -> None:
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    def hold(self) -> None:
        """Keep it awake from now on; return when it is held."""
        found = next((path for name in self._programs if (path := shutil.which(name)) is not None), None)
        if found is None:
            raise NotHeldError(f"there is no {' or '.join(self._programs)} on this computer")
        pipe = subprocess.PIPE
        said = [found, "--what=idle:sleep", f"--who={PROGRAM}", f"--why={WHY}", "--mode=block", "cat"]
        process = subprocess.Popen(said, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):  # it has ended already: nothing comes back
            process.stdin.write(b"\n")
            process.stdin.flush()
        if process.stdout.readline() != b"\n":
            _, complaint = process.communicate()
            words = " ".join(complaint.decode(errors="replace").split())
            raise NotHeldError(words or f"{Path(found).name} ended with status {process.returncode}")
        self._process = process

    def release(self) -> None:
        """Let it sleep again."""
        if self._process is None:
            return
        process, self._process = self._process, None
        try:
            process.communicate(timeout=WITHIN_S)  # closes the pipe
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def system_holder() -> Holder:
    """The one of this system."""
    if sys.platform == "win32":
        return WindowsHolder()
    if sys.platform == "darwin":
        return MacHolder()
    return LinuxHolder()


class KeptAwake:
    """Holds the computer awake within a `with` block, from a thread of its own, so that nothing waits for the system."""

    def __init__(self, make: Callable[[], Holder] = system_holder) -> None:
        self._make = make
        self._settled = threading.Event()
        self._over = threading.Event()
        self._problem = ""
        self._thread = threading.Thread(target=self._keep, name="awake", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let it sleep again; an answer of the system that never came is not waited for."""
        self._over.set()
        if self._settled.is_set():
            self._thread.join(2 * WITHIN_S)

    def problem(self, within_s: float = WITHIN_S) -> str:
        """Why the computer may fall asleep; empty where it is held."""
        if not self._settled.wait(within_s):
            return f"the system has not answered within {within_s:g} s"
        return self._problem

    def _keep(self) -> None:
        try:
            holder = self._make()
            holder.hold()
        except OSError as error:
            self._problem = str(error)
            self._settled.set()
            return
        self._settled.set()
        self._over.wait()
        with contextlib.suppress(OSError):  # it is over in any case when this process is
            holder.release()


def _execution_state() -> Callable[[int], int]:
    """The function of Windows."""
    if sys.platform != "win32":
        raise NotHeldError("this system has no call that keeps it awake")
    import ctypes

    function = ctypes.windll.kernel32.SetThreadExecutionState
    function.argtypes = [ctypes.c_uint]
    function.restype = ctypes.c_uint
    return lambda state: int(function(state))
