"""Keeps the desktop from sleeping while a run of this machine goes on and the window is open.

The process of a run keeps the computer awake by itself (`testbench.engine.awake`); the window does it as the desktop offers
it, which also holds where that process cannot: Linux: an inhibitor of logind, else of the desktop's power management.
Where none is there it is told once; the run goes on all the same, and sleeps with the computer.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QCoreApplication, QObject, Signal

from gui.desk import Desk
from gui.failures import log
from gui.notices.preferences import AWAKE
from gui.watched import Standing
from testbench.engine.awake import PROGRAM, WHY, Holder
from testbench.engine.awake import system_holder as core_holder
from testbench.engine.person import host_name


def system_holder() -> Holder:
    """The one of this system; on Linux that of the desktop, which the process of a run knows nothing of."""
    if sys.platform in ("win32", "darwin"):
        return core_holder()
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
