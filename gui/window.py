"""The main window: screens to choose from, what is on them, messages, and what goes on in the background."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMessageBox,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.dates import local, now
from gui.desk import Desk
from gui.failures import Failures
from gui.icons import icon
from gui.page import Page
from gui.pages import PLACES
from gui.shortcuts import ShortcutsDialog
from gui.tasks import Task
from gui.theme import Tone
from gui.watched import Standing
from gui.widgets.message_bar import MessageBar
from gui.widgets.simulated_banner import SimulatedBanner
from gui.widgets.state_label import Shape, StateLabel
from testbench.text import Language

SHOWN_AFTER_MS = 400  # work that takes longer is shown with a button to cancel it
NOTICE_MS = 8000
MESSAGES = 3  # that are shown at once; older ones make room
STANDARD_SIZE = (1280, 800)
SIDE = 22  # of the icons to choose a screen by


class MainWindow(QMainWindow):
    """The window; closing it ends no evaluation."""

    def __init__(self, desk: Desk, failures: Failures | None = None) -> None:
        super().__init__()
        self.desk = desk
        self._failures = failures
        self._pages: dict[str, Page] = {}
        self._present: Page | None = None
        self._messages: list[MessageBar] = []
        self._build()
        desk.went.connect(self.go)
        desk.failed.connect(self._show_error)
        desk.informed.connect(lambda text: self.statusBar().showMessage(text, NOTICE_MS))
        desk.simulated_changed.connect(self._show_simulated)
        desk.language_changed.connect(self.retranslate)
        desk.theme_changed.connect(self._restyle)
        desk.tasks.changed.connect(self._show_tasks)
        desk.lookout.changed.connect(self._show_standings)
        desk.lookout.troubled.connect(self._show_trouble)
        if failures is not None:
            failures.happened.connect(self._show_defect)
        self._restyle()
        self.retranslate()
        if not desk.preferences.restore_layout("window.state", self):
            self.resize(*STANDARD_SIZE)
        geometry = desk.preferences.get("window.geometry", None)
        if geometry is not None:
            self.restoreGeometry(geometry)
        self._fit_screen()

    # ---- screens ------------------------------------------------------------------------------------------------------

    def go(self, name: str, target: dict[str, Any] | None = None) -> None:
        """Show a screen, built when it is first asked for."""
        page = self.page(name)
        if self._present is not None and self._present is not page:
            self._present.leave()
        self._present = page
        self._stack.setCurrentWidget(page)
        self._buttons[name].setChecked(True)
        self.desk.preferences.set("window.page", name)
        page.arrive(**(target or {}))
        self._show_simulated()

    def page(self, name: str) -> Page:
        """The screen of a name."""
        if name not in self._pages:
            place = next(place for place in PLACES if place.name == name)
            page = place.build(self.desk, self)
            self._pages[name] = page
            self._stack.addWidget(page)
        return self._pages[name]

    @property
    def present(self) -> Page | None:
        """The screen that is shown."""
        return self._present

    def messages(self) -> tuple[str, ...]:
        """The messages that are shown, the newest first."""
        return tuple(message.text for message in self._messages)

    # ---- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._simulated = SimulatedBanner()
        self._message_column = QVBoxLayout()
        self._message_column.setContentsMargins(12, 0, 12, 0)
        self._stack = QStackedWidget()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(6)
        right.addWidget(self._simulated)
        right.addLayout(self._message_column)
        right.addWidget(self._stack, 1)
        ground = QWidget()
        ground.setObjectName("ground")
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._build_rail())
        row.addLayout(right, 1)
        self.setCentralWidget(ground)
        self._build_status_bar()
        for sequence, act in (
            (QKeySequence(Qt.Key.Key_F1), self.show_shortcuts),
            (QKeySequence("Ctrl+Shift+L"), self._other_language),
            (QKeySequence(QKeySequence.StandardKey.Quit), self.close),
        ):
            QShortcut(sequence, self).activated.connect(act)

    def _build_rail(self) -> QWidget:
        rail = QWidget()
        rail.setObjectName("rail")
        rail.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(rail)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        self._buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for number, place in enumerate(PLACES, start=1):
            button = QToolButton()
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setShortcut(QKeySequence(f"Ctrl+{number}"))
            button.clicked.connect(lambda _=False, name=place.name: self.go(name))
            group.addButton(button)
            self._buttons[place.name] = button
            if place.name == "settings":
                column.addStretch()
                self._help = QToolButton(autoRaise=True)
                self._help.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
                self._help.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                self._help.clicked.connect(self.show_shortcuts)
                column.addWidget(self._help)
            column.addWidget(button)
        return rail

    def _build_status_bar(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(12, 2, 12, 2)
        self._going = StateLabel(self.desk.theme)
        self._task_words = QLabel()
        self._task_bar = QProgressBar()
        self._task_bar.setTextVisible(False)
        self._task_bar.setMaximumSize(140, 12)
        self._task_end = QToolButton(autoRaise=True)
        self._task_end.clicked.connect(self._cancel_task)
        self._clock = QLabel()
        for part in (self._task_words, self._task_bar, self._task_end, self._going, self._clock):
            bar.addPermanentWidget(part)
        self._shown_task: Task | None = None
        self._late = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._late.timeout.connect(self._show_late_task)
        ticking = QTimer(self, interval=1000)
        ticking.timeout.connect(self._show_time)
        ticking.start()
        self._show_task(None)

    def _fit_screen(self) -> None:
        """Keep the window on a screen: it may have been remembered from another one."""
        screen = self.screen() or QGuiApplication.primaryScreen()
        place = screen.availableGeometry()
        if not place.intersects(self.frameGeometry()):
            self.move(place.topLeft())
        self.resize(self.size().boundedTo(place.size()))

    # ---- words and colours --------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts of the window."""
        self.setWindowTitle(self.tr("testbench"))
        for place in PLACES:
            button = self._buttons[place.name]
            shortcut = button.shortcut()
            title = self.tr(place.title)
            button.setText(title)
            button.setShortcut(shortcut)
            native = shortcut.toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{title} ({native})")
        self._help.setText(self.tr("Keys"))
        self._help.setToolTip(self.tr("All keys of this screen (F1)"))
        self._simulated.retranslate()
        self._task_end.setToolTip(self.tr("Cancel this work"))
        self._task_end.setAccessibleName(self.tr("Cancel this work"))
        self._show_time()
        self._show_standings(self.desk.lookout.standings)

    def _restyle(self) -> None:
        colour = self.desk.theme.colour(Tone.TEXT)
        for place in PLACES:
            self._buttons[place.name].setIcon(icon(place.icon, colour))
            self._buttons[place.name].setIconSize(QSize(SIDE, SIDE))
        self._help.setIcon(icon("help", colour))
        self._help.setIconSize(QSize(SIDE, SIDE))
        self._task_end.setIcon(icon("close", colour))

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102, N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.desk.lookout.look_now()

    def _other_language(self) -> None:
        chinese = self.desk.language is Language.CHINESE
        self.desk.set_language(Language.ENGLISH if chinese else Language.CHINESE)

    def show_shortcuts(self) -> None:
        """Show the keys of this screen and of the window."""
        ShortcutsDialog(self, self._present).open()

    # ---- what goes on -------------------------------------------------------------------------------------------------

    def _show_time(self) -> None:
        self._clock.setText(local(now()))

    def _show_simulated(self) -> None:
        self._simulated.setVisible(self._present is not None and self.desk.simulated(self._present.name))

    def _show_standings(self, standings: tuple[Standing, ...]) -> None:
        going = [one for one in standings if one.stand.standing.goes_on]
        waiting = sum(one.needs_somebody for one in going)
        if waiting:
            self._going.show_state(
                Shape.TRIANGLE, self.tr("runs that need somebody: {count}").format(count=waiting), Tone.ATTENTION
            )
        elif going:
            self._going.show_state(Shape.DISC, self.tr("runs going on: {count}").format(count=len(going)))
        else:
            self._going.show_state(Shape.RING, self.tr("no run going on"), Tone.MUTED)

    def _show_tasks(self) -> None:
        titled = [task for task in self.desk.tasks.going if task.title]
        if self._shown_task is not None and self._shown_task not in titled:
            self._show_task(titled[0] if titled else None)
        elif titled and self._shown_task is None:
            self._late.start()

    def _show_late_task(self) -> None:
        titled = [task for task in self.desk.tasks.going if task.title]
        if titled and self._shown_task is None:
            self._show_task(titled[0])

    def _show_task(self, task: Task | None) -> None:
        self._shown_task = task
        for part in (self._task_words, self._task_bar, self._task_end):
            part.setVisible(task is not None)
        if task is not None:
            task.progressed.connect(lambda text, share: self._show_progress(task, text, share))
            self._show_progress(task, task.text, task.share)

    def _show_progress(self, task: Task, text: str, share: float | None) -> None:
        if task is not self._shown_task:
            return
        self._task_words.setText(f"{task.title}  {text}" if text else task.title)
        self._task_bar.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self._task_bar.setValue(round(1000 * share))

    def _cancel_task(self) -> None:
        if self._shown_task is not None:
            self._shown_task.cancel()
            self._task_words.setText(self.tr("cancelling …"))

    # ---- messages -----------------------------------------------------------------------------------------------------

    def _show_error(self, error: BaseException, doing: str) -> None:
        text = "\n".join(self.desk.tell(line) for line in (str(error), *getattr(error, "__notes__", ())))
        self.add_message(Tone.ATTENTION, doing or self.tr("This could not be done"), text)

    def _show_trouble(self, record: object, why: str) -> None:
        self.add_message(Tone.ATTENTION, self.tr("A record cannot be read"), self.desk.tell(why))

    def _show_defect(self, text: str) -> None:
        log = "" if self._failures is None else str(self._failures.log)
        words = self.tr(
            "{error}\nThe window goes on; evaluations are not touched, they run in processes of their own. "
            "Please report it with the file {log}."
        )
        self.add_message(Tone.ALARM, self.tr("A defect of this program"), words.format(error=text, log=log))

    def add_message(self, tone: Tone, heading: str, text: str) -> MessageBar:
        """Show a message until it is put away; the same one is shown once."""
        for message in self._messages:
            if message.text == text:
                return message
        message = MessageBar(self.desk.theme, tone, self)
        message.say(heading, text, self.tr("Put this message away (Esc)"))
        message.put_away.connect(lambda: self._put_away(message))
        self._messages.insert(0, message)
        self._message_column.insertWidget(0, message)
        for old in self._messages[MESSAGES:]:
            self._put_away(old)
        return message

    def _put_away(self, message: MessageBar) -> None:
        if message in self._messages:
            self._messages.remove(message)
            message.hide()
            message.deleteLater()

    # ---- the end ------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102, N802
        reasons = [reason for page in self._pages.values() if (reason := page.may_close())]
        if reasons and not self._agreed("\n".join(reasons)):
            event.ignore()
            return
        if self._present is not None:
            self._present.leave()
        self.desk.preferences.save_layout("window.state", self)
        self.desk.preferences.set("window.geometry", self.saveGeometry())
        for page in self._pages.values():
            page.end()
        event.accept()

    def _agreed(self, reasons: str) -> bool:
        all_the_same = self.tr("Close it all the same?")
        answer = QMessageBox.question(
            self,
            self.tr("Close the window?"),
            f"{reasons}\n\n{all_the_same}",
            QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return answer is QMessageBox.StandardButton.Close
