"""The offer for what was lost: one card an evaluation, with what was measured and why it ended, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.dates import local
from gui.desk import Desk
from gui.recovery.lost import Lost, Measured
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel

LONGEST_REASON = 500


class LostCard(QFrame):
    """One evaluation. The signals say what the person decided; `close_it` carries the reason."""

    resume = Signal()
    close_it = Signal(str)
    inspect = Signal()
    later = Signal()

    def __init__(self, desk: Desk, one: Lost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._desk = desk
        self.one = one
        self._measured: Measured | None = None
        self._heading = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._heading.setProperty("level", "3")
        self._state = StateLabel(desk.theme)
        self._what = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._what.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.resume_button, self.close_button, self.inspect_button, self.later_button = (QPushButton() for _ in range(4))
        self.resume_button.setProperty("kind", "primary")
        buttons = QHBoxLayout()
        for button in (self.resume_button, self.close_button, self.inspect_button, self.later_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        self._reason_label = QLabel()
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self._reason_label.setBuddy(self.reason)
        self.confirm_button = QPushButton()
        self.confirm_button.setProperty("kind", "danger")
        self.confirm_button.setAutoDefault(False)
        self.confirm_button.setEnabled(False)
        self._closing = QWidget()
        row = QHBoxLayout(self._closing)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (self._reason_label, self.reason, self.confirm_button):
            row.addWidget(part)
        self._closing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._state)
        column.addWidget(self._what)
        column.addLayout(buttons)
        column.addWidget(self._closing)
        self.resume_button.clicked.connect(self.resume)
        self.inspect_button.clicked.connect(self.inspect)
        self.later_button.clicked.connect(self.later)
        self.close_button.clicked.connect(self._ask_reason)
        self.reason.textChanged.connect(lambda text: self.confirm_button.setEnabled(bool(text.strip())))
        self.reason.returnPressed.connect(self._confirm)
        self.confirm_button.clicked.connect(self._confirm)
        self.retranslate()

    def show_measured(self, measured: Measured) -> None:
        """Show what is in the record."""
        self._measured = measured
        self.retranslate()

    def set_busy(self, busy: bool) -> None:
        """Nothing can be pressed while what was decided is being done."""
        for part in (self.resume_button, self.close_button, self.inspect_button, self.later_button, self._closing):
            part.setEnabled(not busy)

    def retranslate(self) -> None:
        """Set all texts."""
        one, measured = self.one, self._measured
        simulated = self.tr("simulated") if one.simulated else ""
        judged = one.standard or self.tr("no standard")
        self._heading.setText(" · ".join(part for part in (one.station, judged, simulated, one.evaluation) if part))
        if one.process_lost:
            state = self.tr("Its process is gone: killed, a power cut, or a restart of the computer")
        else:
            state = self.tr("Interrupted")
        self._state.show_state(Shape.TRIANGLE, state, Tone.ATTENTION)
        lines = []
        if one.reason and not one.process_lost:
            lines.append(self.tr("Why: {reason}").format(reason=self._desk.tell(one.reason)))
        lines.append(
            self.tr("Devices {devices}; begun {started}").format(devices=", ".join(one.devices), started=local(one.started))
        )
        if measured is not None:
            lines.append(
                self.tr("Measured until {last}: {finished} of {planned} procedures finished, findings: {findings}").format(
                    last=local(measured.last) + (self.tr(" (simulated bench time)") if one.simulated else ""),
                    finished=measured.finished,
                    planned=measured.planned,
                    findings=measured.findings,
                )
            )
        if one.percent is not None:
            lines.append(self.tr("{percent} % of the plan is done").format(percent=one.percent))
        self._what.setText("\n".join(lines))
        for button, words, tip in (
            (self.resume_button, self.tr("&Resume"), self.tr("Go on at the first step that was not finished")),
            (self.close_button, self.tr("&Close as interrupted …"), self.tr("Judge what there is; nothing can follow")),
            (self.inspect_button, self.tr("&Inspect"), self.tr("Look at what was measured, and decide then")),
            (self.later_button, self.tr("&Later"), self.tr("Ask again when the window is opened anew")),
        ):
            button.setText(words)
            button.setToolTip(tip)
            button.setAccessibleName(f"{words.replace('&', '')}: {one.evaluation}")
        self._reason_label.setText(self.tr("R&eason"))
        self.reason.setPlaceholderText(self.tr("Why it is not gone on with; kept in the record"))
        self.confirm_button.setText(self.tr("Close &for good"))
        self.setAccessibleName(self._heading.text())
        self.setAccessibleDescription(self._what.text())

    def _ask_reason(self) -> None:
        self._closing.show()
        self.reason.setFocus()

    def _confirm(self) -> None:
        if reason := " ".join(self.reason.text().split()):
            self.close_it.emit(reason)


class OfferDialog(QDialog):
    """All that was lost, in a window that stops nothing; Escape leaves it for later."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self._desk = desk
        self.cards: list[LostCard] = []
        self._explanation = QLabel(wordWrap=True)
        self._column = QVBoxLayout()
        self._column.setSpacing(12)
        self._column.addStretch()
        inside = QWidget()
        inside.setLayout(self._column)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.all_later = QPushButton()
        self.all_later.setAutoDefault(False)
        self.all_later.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.all_later)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(12)
        whole.addWidget(self._explanation)
        whole.addWidget(scroll, 1)
        whole.addLayout(row)
        self.resize(720, 420)
        self.retranslate()

    def add(self, card: LostCard) -> None:
        """Add a card at the end."""
        self.cards.append(card)
        self._column.insertWidget(self._column.count() - 1, card)
        if len(self.cards) == 1:
            card.resume_button.setFocus()

    def remove(self, card: LostCard) -> None:
        """Take a card away; with the last one the window closes."""
        if card in self.cards:
            self.cards.remove(card)
            card.hide()
            card.deleteLater()
        if not self.cards:
            self.hide()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setWindowTitle(self.tr("Evaluations that were interrupted"))
        self._explanation.setText(
            self.tr(
                "These evaluations did not come to their end. Everything that was measured is in the record. "
                "Look at the bench before you go on."
            )
        )
        self.all_later.setText(self.tr("&All later"))
        self.all_later.setShortcut(QKeySequence(""))
        for card in self.cards:
            card.retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if isinstance(focused, QPushButton):
                focused.click()
            event.accept()
            return
        super().keyPressEvent(event)
