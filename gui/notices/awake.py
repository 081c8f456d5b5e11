"""Keeps the computer from sleeping while a run of this machine goes on, as each system offers it.

Windows: SetThreadExecutionState. macOS: caffeinate. Linux: an inhibitor of logind, else of the desktop's power management.
Where none is there it is told once; the run goes on all the same, and sleeps with the computer.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.desk import Desk
from gui.failures import log
from gui.lookout import Standing
from gui.notices.preferences import AWAKE
from testbench.engine.person import host_name

PROGRAM = "testbench"
WHY = "an evaluation is running"


class Holder(Protocol):
    """What keeps a computer awake; both may raise OSError."""

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
            raise OSError("Windows refused to be kept awake")

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
        self._process = subprocess.Popen([*self._command, str(os.getpid())], stdin=quiet, stdout=quiet, stderr=quiet)

    def release(self) -> None:
        """Let it sleep again."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


def system_holder() -> Holder:
    """The one of this system."""
    if sys.platform == "win32":
        return WindowsHolder()
    if sys.platform == "darwin":
        return MacHolder()
    from gui.notices.freedesktop import LinuxHolder

    return LinuxHolder(PROGRAM, WHY)


def goes_on_here(standings: tuple[Standing, ...], host: str) -> bool:
    """Whether a run goes on that this computer carries."""
    return any(
        one.stand.standing.goes_on and one.stand.process is not None and one.stand.process.host == host for one in standings
    )


class Awake(QObject):
    """Holds while a run of this computer goes on; all calls are made in one thread of its own.

    `changed` carries whether it is held, and what stands against it (empty: nothing).
    """

    changed = Signal(bool, str)

    def __init__(self, desk: Desk, holder: Holder | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._holder = holder
        self._wanted = False
        self._held = False
        self._told = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="awake")
        desk.lookout.changed.connect(self._look)
        self.changed.connect(self._tell)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    def close(self) -> None:
        """Let the computer sleep again, and end the thread."""
        if self._wanted:
            self._wanted = False
            self._thread.submit(self._apply, False)
        self._thread.shutdown()

    def _look(self, standings: tuple[Standing, ...]) -> None:
        chosen = self._desk.preferences.get(AWAKE.key, AWAKE.default)
        wanted = chosen and goes_on_here(standings, host_name())
        if wanted != self._wanted:
            self._wanted = wanted
            self._thread.submit(self._apply, wanted)

    def _apply(self, wanted: bool) -> None:
        """In the thread: hold, or release what is held."""
        problem = ""
        try:
            if wanted and not self._held:
                self._holder = self._holder or system_holder()
                self._holder.hold()
                self._held = True
            elif not wanted and self._held and self._holder is not None:
                self._held = False
                self._holder.release()
        except OSError as error:
            problem = str(error)
        self.changed.emit(self._held, problem)

    def _tell(self, held: bool, problem: str) -> None:
        log(f"kept awake: {held}" + (f" ({problem})" if problem else ""))
        if problem and not self._told:
            self._told = True
            self._desk.inform(
                self.tr("This computer cannot be kept awake: {problem}. Switch its sleep off while runs go on.").format(
                    problem=problem
                )
            )


def _execution_state() -> Callable[[int], int]:
    """The function of Windows."""
    if sys.platform != "win32":
        raise OSError("this is not Windows")
    import ctypes

    function = ctypes.windll.kernel32.SetThreadExecutionState
    function.argtypes = [ctypes.c_uint]
    function.restype = ctypes.c_uint
    return lambda state: int(function(state))
