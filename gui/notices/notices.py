"""Desktop notices: a message from the task bar, the window that asks for attention, and a sound where one is wanted."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from gui.desk import Desk
from gui.icons import icon
from gui.notices.preferences import NOTICES, SOUND
from gui.notices.watch import Event, Notice, NoticeWatch
from gui.watched import Standing

SHOWN_MS = 15_000


class Notices(QObject):
    """Tells what happens to evaluations. `told` carries a `Notice`, its heading and its text."""

    told = Signal(object, str, str)

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._watch = NoticeWatch()
        self._last: Notice | None = None
        self._menu = QMenu(window)
        self._open = self._menu.addAction("")
        self._open.triggered.connect(self._show_window)
        self._tray: QSystemTrayIcon | None = None
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._tray = QSystemTrayIcon(icon("bench"), self)
            self._tray.setContextMenu(self._menu)
            self._tray.messageClicked.connect(self.go_there)
            self._tray.activated.connect(self._tray_pressed)
            self._tray.show()
        desk.lookout.changed.connect(self._look)
        desk.language_changed.connect(self.retranslate)
        desk.theme_changed.connect(self._restyle)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts."""
        self._open.setText(self.tr("Show the window"))
        if self._tray is not None:
            self._tray.setToolTip(self.tr("testbench"))

    def go_there(self) -> None:
        """Show the window, with the evaluation that was told of last."""
        self._show_window()
        if self._last is not None:
            page = "results" if self._last.event in (Event.FINISHED, Event.ABORTED) else "run"
            self._desk.go(page, record=self._last.record, evaluation=self._last.evaluation)

    def _restyle(self) -> None:
        if self._tray is not None:
            self._tray.setIcon(icon("bench"))

    def _look(self, standings: tuple[Standing, ...]) -> None:
        for notice in self._watch.look(standings):
            self._tell(notice)

    def _tell(self, notice: Notice) -> None:
        self._last = notice
        heading, text = self._words(notice)
        preferences = self._desk.preferences
        QApplication.alert(self._window)
        if self._tray is not None and preferences.get(NOTICES.key, NOTICES.default):
            kinds = QSystemTrayIcon.MessageIcon
            self._tray.showMessage(heading, text, kinds.Warning if notice.event.urgent else kinds.Information, SHOWN_MS)
        if preferences.get(SOUND.key, SOUND.default):
            QApplication.beep()
        self._desk.inform(f"{heading} – {text}")
        self.told.emit(notice, heading, text)

    def _words(self, notice: Notice) -> tuple[str, str]:
        words = {
            Event.PROMPT: self.tr("{station}: a question waits for an answer"),
            Event.ALARM: self.tr("{station}: an alarm waits to be acknowledged"),
            Event.PAUSED: self.tr("{station}: the run is paused"),
            Event.LOST: self.tr("{station}: the process of the run is lost"),
            Event.INTERRUPTED: self.tr("{station}: the run was interrupted"),
            Event.FINISHED: self.tr("{station}: the evaluation is finished"),
            Event.ABORTED: self.tr("{station}: the evaluation was aborted"),
        }
        text = self.tr("Evaluation {evaluation}, simulated") if notice.simulated else self.tr("Evaluation {evaluation}")
        return words[notice.event].format(station=notice.station), text.format(evaluation=notice.evaluation)

    def _tray_pressed(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._show_window()

    def _show_window(self) -> None:
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
