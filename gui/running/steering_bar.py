"""The buttons that steer an evaluation: pause, pause at once, go on, note, abort; an abort is asked for twice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from gui.desk import Desk
from gui.icons import icon
from gui.running.situation import Situation
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel

GOING = (Situation.RUNNING, Situation.PAUSING, Situation.PAUSED, Situation.HELD, Situation.WAITING)


class SteeringBar(QWidget):
    """`pause_wanted` carries whether at once."""

    pause_wanted = Signal(bool)
    resume_wanted = Signal()
    note_wanted = Signal()
    abort_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.pause = QPushButton()
        self.at_once = QPushButton()
        self.resume = QPushButton()
        self.note = QPushButton()
        self.abort = QPushButton()
        self.resume.setProperty("kind", "primary")
        self.abort.setProperty("kind", "danger")
        self.pause.clicked.connect(lambda: self.pause_wanted.emit(False))
        self.at_once.clicked.connect(lambda: self.pause_wanted.emit(True))
        self.resume.clicked.connect(self.resume_wanted)
        self.note.clicked.connect(self.note_wanted)
        self.abort.clicked.connect(self.abort_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.resume, self.pause, self.at_once, self.note, self.abort):
            row.addWidget(button)
        self.show_situation(None)
        self.retranslate()
        self.restyle()

    def show_situation(self, state: Situation | None, *, busy: bool = False) -> None:
        """Offer what makes sense now."""
        going = state in GOING and not busy
        paused = state in (Situation.PAUSED, Situation.HELD)
        stopped = state in (Situation.LOST, Situation.INTERRUPTED)
        over = state in (Situation.FINISHED, Situation.ABORTED, Situation.CLOSED)
        self.pause.setVisible(not paused and not stopped and not over)
        self.at_once.setVisible(not paused and not stopped and not over)
        self.note.setVisible(not over)
        self.abort.setVisible(not over)
        self.resume.setVisible(paused or stopped)
        self.pause.setEnabled(going and state is not Situation.PAUSING)
        self.at_once.setEnabled(going)
        self.resume.setEnabled(not busy)
        self.note.setEnabled(state is not None)
        self.abort.setEnabled(going)

    def retranslate(self) -> None:
        """Set all texts; a new text takes the keys away, so they are set again."""
        for button, text, tip, key in (
            (self.pause, self.tr("Pause"), self.tr("Pause when the present step has ended"), "Ctrl+P"),
            (self.at_once, self.tr("Pause at once"), self.tr("Cut the present step; it is attempted again"), "Ctrl+Shift+P"),
            (self.resume, self.tr("Go on"), self.tr("Go on with the evaluation"), "Ctrl+R"),
            (self.note, self.tr("Note"), self.tr("Write a note into the record"), "Ctrl+Shift+N"),
            (
                self.abort,
                self.tr("Abort …"),
                self.tr("End it; the bench goes to its safe state"),
                "Ctrl+Shift+A",
            ),
        ):
            button.setText(text)
            button.setShortcut(key)
            button.setToolTip(f"{tip} ({key})")

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        for button, name, tone in (
            (self.pause, "pause", Tone.TEXT),
            (self.at_once, "pause", Tone.TEXT),
            (self.resume, "play", Tone.ON_ACCENT),
            (self.abort, "stop", Tone.ALARM),
        ):
            button.setIcon(icon(name, self._desk.theme.colour(tone)))


class AbortQuestion(QFrame):
    """The second step of an abort: what it does, why (may stay empty), and the button. Escape keeps the evaluation going."""

    confirmed = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setProperty("tone", "alarm")
        self._heading = StateLabel(desk.theme)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self.reason = QLineEdit()
        self.yes = QPushButton()
        self.yes.setProperty("kind", "danger")
        self.no = QPushButton()
        self.yes.clicked.connect(self._confirm)
        self.no.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._heading)
        row.addWidget(self._text, 1)
        row.addWidget(self.reason)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.reason.setMinimumWidth(180)
        self.hide()
        self.retranslate()

    def ask(self) -> None:
        """Show it, with the keyboard at the button that aborts."""
        self.reason.clear()
        self.show()
        self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter at a button presses it; Escape takes the question back."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.yes.hasFocus():
            self._confirm()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.no.hasFocus():
            self.hide()
        else:
            super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Set all texts."""
        self._heading.show_state(Shape.TRIANGLE, self.tr("Abort?"), Tone.ALARM)
        self._text.setText(
            self.tr("The bench goes to its safe state; what was measured stays. It cannot be gone on with later.")
        )
        self.reason.setPlaceholderText(self.tr("Reason (may stay empty)"))
        self.reason.setAccessibleName(self.tr("Reason (may stay empty)"))
        self.yes.setText(self.tr("Abort now"))
        self.no.setText(self.tr("Keep it going (Esc)"))

    def _confirm(self) -> None:
        self.hide()
        self.confirmed.emit(self.reason.text().strip())
