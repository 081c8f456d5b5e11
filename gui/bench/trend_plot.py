"""The trend of one channel in the panel: its line, and what the top, the bottom and the left stand for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.bench.live import shown
from gui.bench.trends import polyline
from gui.theme import Theme, Tone
from testbench.engine.clock import duration
from testbench.engine.roles import Channel

EDGE = 6


class TrendPlot(QWidget):
    """A line of the last minutes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._channel: Channel | None = None
        self._points: tuple[tuple[float, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_points(self, channel: Channel, points: tuple[tuple[float, float], ...]) -> None:
        """Draw these points (time in s, value)."""
        self._channel, self._points = channel, points
        if points:
            values = [value for _, value in points]
            told = f"{shown(min(values), channel.resolution)} … {shown(max(values), channel.resolution)} {channel.unit}"
            self.setAccessibleDescription(told)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: D102, N802
        return QSize(200, 84)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour(Tone.RAISED))
        painter.setPen(self._theme.colour(Tone.LINE))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        font = QFont(self.font())
        font.setPointSizeF(self.font().pointSizeF() * 0.82)
        painter.setFont(font)
        painter.setPen(self._theme.colour(Tone.MUTED))
        inner = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        channel, points = self._channel, self._points
        if channel is None or len(points) < 2:
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, self.tr("the trend begins with the second reading"))
            return
        values = [value for _, value in points]
        high, low = (shown(value, channel.resolution) for value in (max(values), min(values)))
        metrics = painter.fontMetrics()
        wide = max(metrics.horizontalAdvance(high), metrics.horizontalAdvance(low)) + EDGE
        line_height = metrics.height()
        right = QRectF(inner.right() - wide + EDGE, inner.y(), wide - EDGE, inner.height() - line_height)
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, high)
        if high != low:
            painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, low)
        span = self.tr("last {time}").format(time=duration(points[-1][0] - points[0][0]))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, span)
        box = QRectF(inner.x(), inner.y() + 2, inner.width() - wide - EDGE, inner.height() - line_height - 4)
        corners = polyline(points, box.width(), box.height(), 10 * channel.resolution)
        path = QPainterPath(QPointF(box.x() + corners[0][0], box.y() + corners[0][1]))
        for x, y in corners[1:]:
            path.lineTo(box.x() + x, box.y() + y)
        painter.setPen(QPen(self._theme.colour(Tone.TRACE_1), 1.6))
        painter.drawPath(path)
