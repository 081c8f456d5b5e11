"""A state said by shape, word and colour together, so that nobody depends on colour."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.theme import Theme, Tone


class Shape(Enum):
    """The shapes of states, each told from the others without colour."""

    NONE = "none"
    DISC = "disc"  # goes on
    RING = "ring"  # nothing to say
    BARS = "bars"  # paused
    CHECK = "check"  # done, passed
    CROSS = "cross"  # failed, no connection
    TRIANGLE = "triangle"  # needs attention
    SQUARE = "square"  # ended
    QUESTION = "question"  # cannot be judged, waits for an answer


def draw_shape(painter: QPainter, shape: Shape, place: QRectF, colour: QColor) -> None:
    """Draw a shape into a square place."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, max(1.5, place.width() / 8))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    inner = place.adjusted(*(place.width() * share for share in (0.12, 0.12, -0.12, -0.12)))
    x, y, side = inner.x(), inner.y(), inner.width()
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match shape:
        case Shape.DISC:
            painter.setBrush(colour)
            painter.drawEllipse(inner)
        case Shape.RING:
            painter.drawEllipse(inner)
        case Shape.BARS:
            painter.fillRect(QRectF(x, y, side * 0.32, side), colour)
            painter.fillRect(QRectF(x + side * 0.68, y, side * 0.32, side), colour)
        case Shape.CHECK:
            path = QPainterPath(inner.topLeft())
            path.moveTo(x, y + side * 0.55)
            path.lineTo(x + side * 0.38, y + side * 0.92)
            path.lineTo(x + side, y + side * 0.1)
            painter.drawPath(path)
        case Shape.CROSS:
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        case Shape.TRIANGLE:
            path = QPainterPath()
            path.moveTo(x + side / 2, y)
            path.lineTo(x + side, y + side)
            path.lineTo(x, y + side)
            path.closeSubpath()
            painter.fillPath(path, colour)
        case Shape.SQUARE:
            painter.fillRect(inner, colour)
        case Shape.QUESTION:
            font = painter.font()
            font.setPixelSize(max(6, round(place.height() * 0.95)))
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "?")
        case Shape.NONE:
            pass
    painter.restore()


class StateLabel(QWidget):
    """A shape and a word beside it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shape = Shape.NONE
        self._word = ""
        self._tone = Tone.TEXT
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_state(self, shape: Shape, word: str, tone: Tone = Tone.TEXT) -> None:
        """Show a state; the colour is for what needs attention."""
        self._shape, self._word, self._tone = shape, word, tone
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    @property
    def word(self) -> str:
        """The word that is shown."""
        return self._word

    def sizeHint(self) -> QSize:  # noqa: D102, N802
        metrics = self.fontMetrics()
        shape = 0 if self._shape is Shape.NONE else metrics.ascent() + 6
        return QSize(shape + metrics.horizontalAdvance(self._word) + 4, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: D102, N802
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102, N802
        painter = QPainter(self)
        colour = self._theme.colour(self._tone)
        left = 0.0
        if self._shape is not Shape.NONE:
            side = float(self.fontMetrics().ascent())
            draw_shape(painter, self._shape, QRectF(0, (self.height() - side) / 2, side, side), colour)
            left = side + 6
        painter.setPen(colour)
        place = QRectF(left, 0, self.width() - left, self.height())
        word = self.fontMetrics().elidedText(self._word, Qt.TextElideMode.ElideRight, int(place.width()) + 1)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
