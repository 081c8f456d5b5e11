"""A line for a date that may be empty: typed year first, or picked in a calendar (Alt+Down)."""

from __future__ import annotations

from PySide6.QtCore import QDate, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from gui.icons import icon
from gui.theme import Theme, Tone
from testbench.errors import InputError
from testbench.register.typed import read_date


class DateBox(QWidget):
    """`edited` carries the text whenever a person changes it."""

    edited = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.line = QLineEdit()
        self.line.setPlaceholderText("2027-12-31")
        self.line.textEdited.connect(self.edited)
        self.button = QToolButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.pick)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)
        self._calendar: QWidget | None = None
        theme.changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self.button.setToolTip(self.tr("Pick the day in a calendar (Alt+Down)"))
        self.button.setAccessibleName(self.tr("Calendar"))

    def set_text(self, text: str) -> None:
        """Show a date."""
        if self.line.text() != text:
            self.line.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.pick()
            return
        super().keyPressEvent(event)

    def pick(self) -> QCalendarWidget:
        """Open the calendar at the date that is shown, or at today."""
        popup = QWidget(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setMinimumSize(calendar.sizeHint() + QSize(40, 48))
        plain = QTextCharFormat()
        plain.setForeground(self._theme.colour(Tone.TEXT))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):  # red is for what needs attention
            calendar.setWeekdayTextFormat(day, plain)
        try:
            shown = read_date(self.line.text())
            calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        except InputError:  # empty, or not a date yet: the calendar shows today
            pass
        column = QVBoxLayout(popup)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(calendar)
        calendar.clicked.connect(lambda day: self._take(popup, day))
        calendar.activated.connect(lambda day: self._take(popup, day))
        popup.move(self.mapToGlobal(QPoint(0, self.height())))
        popup.show()
        calendar.setFocus()
        return calendar

    def _take(self, popup: QWidget, day: QDate) -> None:
        text = day.toString(Qt.DateFormat.ISODate)
        self.line.setText(text)
        popup.close()
        self.line.setFocus()
        self.edited.emit(text)

    def _restyle(self) -> None:
        self.button.setIcon(icon("calendar", self._theme.colour(Tone.TEXT)))
