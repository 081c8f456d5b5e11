"""Alarms that stay until a person has acknowledged them and the value is back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.dates import local_clock, now
from gui.desk import Desk
from gui.theme import Tone
from gui.widgets.state_label import Shape, StateLabel
from testbench.record.model import AlarmRow

_LINES = 3  # that are shown at once; more are scrolled to


class AlarmPanel(QFrame):
    """A line and a button for each alarm; Ctrl+K acknowledges all. `wanted` carries a number, or None for all."""

    wanted = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._alarms: tuple[AlarmRow, ...] = ()
        self.setObjectName("message")
        self.setProperty("tone", "alarm")
        self._heading = StateLabel(desk.theme)
        self.all_button = QPushButton()
        self.all_button.setProperty("kind", "primary")
        self.all_button.setShortcut("Ctrl+K")
        self.all_button.clicked.connect(lambda: self.wanted.emit(None))
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.all_button)
        inside = QWidget()
        self._lines = QVBoxLayout(inside)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(4)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(inside)
        self._scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._scroll)
        self.hide()
        self.retranslate()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Lines wrap: the panel never makes its screen wider."""
        return QSize(200, super().minimumSizeHint().height())

    def show_alarms(self, alarms: Sequence[AlarmRow]) -> None:
        """Show these; nothing is built anew while they stay the same."""
        if tuple(alarms) != self._alarms:
            self._alarms = tuple(alarms)
            self._build()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setAccessibleName(self.tr("Alarms"))
        self.all_button.setText(self.tr("Acknowledge all (Ctrl+K)"))
        self.all_button.setShortcut("Ctrl+K")
        self._build()

    def words(self, alarm: AlarmRow) -> str:
        """An alarm in a line."""
        value = "" if alarm.value is None else f" = {alarm.value:.4g}"
        state = self.tr("still there") if alarm.released is None else self.tr("value is back")
        seen = self.tr("not acknowledged")
        if alarm.acknowledged is not None:
            seen = self.tr("acknowledged by {person}").format(person=alarm.by)
        said = self._desk.tell(alarm.text) if alarm.text else alarm.name
        return f"{local_clock(alarm.at, now())}  {said}  ({alarm.channel}{value}; {state}; {seen})"

    def _build(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (line := item.widget()) is not None:
                line.hide()
                line.deleteLater()
        self._heading.show_state(Shape.TRIANGLE, self.tr("Alarms: {count}").format(count=len(self._alarms)), Tone.ALARM)
        for alarm in self._alarms:
            self._lines.addWidget(self._line(alarm))
        self.all_button.setVisible(any(alarm.acknowledged is None for alarm in self._alarms))
        height = self.all_button.sizeHint().height() + 4
        self._scroll.setFixedHeight(height * min(len(self._alarms), _LINES))
        self.setVisible(bool(self._alarms))

    def _line(self, alarm: AlarmRow) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        text = QLabel(self.words(alarm))
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(text, 1)
        if alarm.acknowledged is None:
            button = QPushButton(self.tr("Acknowledge"))
            button.setAccessibleName(self.tr("Acknowledge {name}").format(name=alarm.name))
            button.clicked.connect(lambda _=False, number=alarm.number: self.wanted.emit(number))
            row.addWidget(button)
        return line
