"""Watches all known records from a thread of its own: which evaluations there are, and the one that is followed.

What it sees are immutable snapshots, brought to the window's thread by signals; nothing here touches a widget.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.watched import Standing
from testbench.errors import TestbenchError
from testbench.office.known_records import known_records

if TYPE_CHECKING:  # the thread imports what reads databases, so that the window need not wait for it
    from gui.record_watch import RecordWatch
    from testbench.engine.watching import Sight, Watcher
    from testbench.record.store import Record

SIGHT_S = 0.5  # between two looks at the followed evaluation
GOING_S = 1.0  # between two looks at all of them while any goes on
IDLE_S = 3.0


class Lookout(QObject):
    """The thread that watches. `changed` carries a tuple of `Standing`, `sighted` a `Sight` of the followed evaluation.

    `troubled` carries a record and why it cannot be read; told once as long as it lasts.
    """

    changed = Signal(object)
    sighted = Signal(object)
    troubled = Signal(object, str)
    _seen = Signal(object)

    def __init__(self, records: Callable[[], list[Path]] = known_records, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.standings: tuple[Standing, ...] = ()
        self.sight: Sight | None = None
        self._records = records
        self._watches: dict[Path, RecordWatch] = {}
        self._troubled: set[Path] = set()
        self._followed: tuple[Path, str] | None = None
        self._watcher: tuple[tuple[Path, str], Record, Watcher] | None = None
        self._ending = False
        self._all_due = True
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)
        self._seen.connect(self._keep_standings)  # a screen that is built meanwhile hears of it too
        self.sighted.connect(self._keep_sight)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching, and wait until the records are closed."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def follow(self, record: Path, evaluation: str) -> None:
        """Look at one evaluation closely, from now on."""
        with self._wake:
            self._followed = (record.absolute(), evaluation)
            self._wake.notify()
        self.sight = None

    def unfollow(self) -> None:
        """Look at none closely."""
        with self._wake:
            self._followed = None
        self.sight = None

    def look_now(self) -> None:
        """Look at once; after something was done that others should see."""
        with self._wake:
            self._all_due = True
            self._wake.notify()

    def _keep_standings(self, standings: tuple[Standing, ...]) -> None:
        self.standings = standings
        self.changed.emit(standings)

    def _keep_sight(self, sight: Sight) -> None:
        self.sight = sight

    def _run(self) -> None:
        since_all = IDLE_S
        seen: tuple[Standing, ...] | None = None
        try:
            while True:
                with self._wake:
                    if self._ending:
                        return
                    followed, due = self._followed, self._all_due
                    self._all_due = False
                going = any(one.stand.standing.goes_on for one in seen or ())
                if due or since_all >= (GOING_S if going else IDLE_S):
                    since_all = 0.0
                    if (now := self._look_at_all()) != seen:
                        seen = now
                        self._seen.emit(now)
                self._look_closely(followed)
                with self._wake:
                    if not self._ending and not self._all_due and self._followed == followed:
                        self._wake.wait(SIGHT_S)
                since_all += SIGHT_S
        finally:
            self._close_all()

    def _look_at_all(self) -> tuple[Standing, ...]:
        from gui.record_watch import RecordWatch

        found: list[Standing] = []
        paths = [path.absolute() for path in self._records()]
        for gone in set(self._watches) - set(paths):
            self._watches.pop(gone).record.close()
        for path in paths:
            try:
                if path not in self._watches:
                    self._watches[path] = RecordWatch(path)
                found += self._watches[path].look()
                self._troubled.discard(path)
            except TestbenchError as error:
                self._trouble(path, error)
        return tuple(found)

    def _look_closely(self, followed: tuple[Path, str] | None) -> None:
        if self._watcher is not None and self._watcher[0] != followed:
            self._watcher[1].close()
            self._watcher = None
        if followed is None:
            return
        from testbench.engine.watching import Watcher
        from testbench.record.store import Record

        try:
            if self._watcher is None:
                record = Record.open(followed[0])
                self._watcher = (followed, record, Watcher(record, followed[1]))
            self.sighted.emit(self._watcher[2].look())
            self._troubled.discard(followed[0])
        except TestbenchError as error:
            self._trouble(followed[0], error)

    def _trouble(self, path: Path, error: TestbenchError) -> None:
        if path not in self._troubled:
            self._troubled.add(path)
            self.troubled.emit(path, str(error))

    def _close_all(self) -> None:
        for watch in self._watches.values():
            watch.record.close()
        if self._watcher is not None:
            self._watcher[1].close()
