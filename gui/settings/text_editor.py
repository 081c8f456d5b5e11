"""A plain editor with equal widths, line numbers, and a line that is marked as wrong."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gui.fonts import fixed_font
from gui.theme import Theme, Tone


class _Margin(QWidget):
    """The line numbers beside the text."""

    def __init__(self, editor: TextEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._editor.paint_margin(event)


class TextEditor(QPlainTextEdit):
    """Text in lines that are not wrapped; Tab moves on, as everywhere in the window."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wrong: int | None = None
        self.setFont(fixed_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self._margin = _Margin(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._follow)
        self.cursorPositionChanged.connect(self._mark)
        theme.changed.connect(self._mark)
        self._make_room()

    def mark_wrong(self, line: int | None) -> None:
        """Mark a line (from 1) as wrong; None for none."""
        self._wrong = line
        self._mark()
        self._margin.update()

    @property
    def wrong_line(self) -> int | None:
        """The line that is marked as wrong."""
        return self._wrong

    def go_to(self, line: int) -> None:
        """Put the cursor at the beginning of a line (from 1), in the middle of the view."""
        cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        self.setTextCursor(cursor)
        self.centerCursor()

    # ---- line numbers -------------------------------------------------------------------------------------------------

    def margin_width(self) -> int:
        """Width of the line numbers."""
        digits = max(3, len(str(self.blockCount())))
        return 22 + self.fontMetrics().horizontalAdvance("9") * digits

    def paint_margin(self, event: QPaintEvent) -> None:
        """Draw the line numbers that are in view."""
        painter = QPainter(self._margin)
        painter.fillRect(event.rect(), self._theme.colour(Tone.SURFACE))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        width, height = self._margin.width() - 8, self.fontMetrics().height()
        while block.isValid() and top <= event.rect().bottom():
            number = block.blockNumber() + 1
            wrong = number == self._wrong
            painter.setPen(self._theme.colour(Tone.ALARM if wrong else Tone.MUTED))
            place = QRect(0, round(top), width, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, f"✕ {number}" if wrong else str(number))
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102, N802
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), self.margin_width(), inside.height()))

    def _make_room(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)

    def _follow(self, rect: QRect, scrolled: int) -> None:
        if scrolled:
            self._margin.scroll(0, scrolled)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def _mark(self) -> None:
        """Tint the wrong line and that of the cursor."""
        marks = []
        if self._wrong is not None:
            marks.append(self._tinted(QTextCursor(self.document().findBlockByNumber(self._wrong - 1)), Tone.ALARM, 60))
        marks.append(self._tinted(self.textCursor(), Tone.ACCENT, 24))
        self.setExtraSelections(marks)

    def _tinted(self, cursor: QTextCursor, tone: Tone, strength: int) -> QTextEdit.ExtraSelection:
        colour = QColor(self._theme.colour(tone))
        colour.setAlpha(strength)
        mark = QTextEdit.ExtraSelection()
        mark.format.setBackground(colour)
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        cursor.clearSelection()
        mark.cursor = cursor
        return mark
