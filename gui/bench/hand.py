"""The hand on a station in the window's thread: orders go to the service's thread, what it sees comes as signals."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from testbench.engine.manual.actions import Action
from testbench.engine.manual.service import HandService
from testbench.engine.manual.sight import HandSight, Phase
from testbench.station import StationFile

SAFE_WITHIN_S = 8.0  # how long the end of the application waits for the safe state


class Hand(QObject):
    """At most one station at a time; every signal comes in the window's thread.

    `sighted` carries a `HandSight` about twice a second, and at every change of phase; `done` a `Done`; `refused` the reason
    why an order was not carried out; `checked` what is wrong with each part; `asking` the name of the instrument asked now.
    """

    sighted = Signal(object)
    done = Signal(object)
    refused = Signal(object)
    checked = Signal(object)
    asking = Signal(str)
    _came = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sight: HandSight | None = None
        self._service: HandService | None = None
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(lambda: self.wait_released(SAFE_WITHIN_S))

    @property
    def busy(self) -> bool:
        """Whether a station is being connected to, held, or released."""
        return self._service is not None

    @property
    def holds(self) -> bool:
        """Whether orders are taken."""
        return self.sight is not None and self.sight.phase is Phase.HELD

    def take(self, station: StationFile, person: str) -> None:
        """Connect to a station; nothing while there is one."""
        if self._service is not None:
            return
        self.sight = None
        service = self._service = HandService(station, person, self._to(self._sight))
        self.destroyed.connect(lambda *_: service.release())  # a screen that is gone holds no bench

    def release(self) -> None:
        """Leave the station safe and give it up; nothing where there is none."""
        if self._service is not None:
            self._service.release()

    def wait_released(self, timeout_s: float) -> None:
        """Release, and wait for the safe state: when the window is closed."""
        if self._service is not None:
            with contextlib.suppress(TimeoutError):  # the end of the program, or the guard, goes on with it
                self._service.release().result(timeout_s)

    def carry_out(self, action: Action) -> None:
        """Order an action; `done` or `refused` follows."""
        self._order(lambda service: service.carry_out(action), self.done.emit)

    def read_now(self) -> None:
        """Order a reading of everything."""
        self._order(lambda service: service.read(), self._sight)

    def identify(self, name: str) -> None:
        """Order an instrument to be asked who it is."""
        self._order(lambda service: service.identify(name), lambda _: None)

    def check(self) -> None:
        """Order every instrument to be asked; `asking` and `checked` follow."""
        self._order(lambda service: service.check(self._to(self.asking.emit)), self.checked.emit)

    def _order(self, order: Callable[[HandService], Future[Any]], came: Callable[[Any], object]) -> None:
        if self._service is None:
            return
        answered = self._to(lambda future: self._answer(future, came))
        order(self._service).add_done_callback(answered)

    def _answer(self, future: Future[Any], came: Callable[[Any], object]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self.refused.emit(error)
        else:
            came(future.result())

    def _sight(self, sight: HandSight) -> None:
        if sight.phase is Phase.RELEASED:
            self._service = None
        self.sight = sight
        self.sighted.emit(sight)

    def _to(self, receive: Callable[[Any], object]) -> Callable[[Any], None]:
        """A function for another thread, which has something received in this one."""

        def post(what: Any) -> None:
            if shiboken6.isValid(self):
                self._came.emit(receive, what)

        return post

    def _deliver(self, receive: Callable[[Any], object], what: Any) -> None:
        receive(what)
