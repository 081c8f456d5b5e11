"""The surface of a trace plot: lanes below one another, and what the mouse does on it, told as times."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QRubberBand, QWidget

from gui.plots.lane import AXIS_WIDTH, Lane

_DRAG_PX = 4  # less is a click
_TIMES_PX, _TOP_PX, _LEAST_PX = 24.0, 4.0, 16.0  # the text of the times, the margin above, the lowest lane


class Canvas(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Signals carry times in s: `panned` how far, `zoomed` factor and place, `chosen` a span, `pointed` the cursor."""

    panned = Signal(float)
    zoomed = Signal(float, float)
    chosen = Signal(float, float)
    pointed = Signal(object)
    all_wanted = Signal()
    resized = Signal()
    _heights: Sequence[int] = ()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ci.layout.setContentsMargins(0, _TOP_PX, 8, 0)
        self.ci.layout.setSpacing(4)
        self.setFrameShape(pg.GraphicsLayoutWidget.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self._lanes: list[Lane] = []
        self._start, self._end = 0.0, 1.0
        self._pressed: QPoint | None = None
        self._moved = self._choosing = False
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())

    def set_lanes(self, lanes: list[Lane], heights: list[int]) -> None:
        """Show these lanes, from top to bottom, with heights in this proportion."""
        if lanes != self._lanes:
            self.ci.clear()
            for row, lane in enumerate(lanes):
                self.ci.addItem(lane.plot, row=row, col=0)
            self._lanes = lanes
        self._heights = heights
        self._share_height()

    def _share_height(self) -> None:
        """Give each lane its share; the lowest has the times below it."""
        if not self._heights:
            return
        layout, lanes = self.ci.layout, len(self._heights)
        room = self.height() - _TIMES_PX - _TOP_PX - max(0, lanes - 1) * layout.verticalSpacing()
        total = sum(self._heights)
        for row in range(max(lanes, layout.rowCount())):
            if row >= lanes:
                layout.setRowFixedHeight(row, 0)
                continue
            height = max(_LEAST_PX, room * self._heights[row] / total)
            layout.setRowFixedHeight(row, height + (_TIMES_PX if row == lanes - 1 else 0.0))

    def set_times(self, start: float, end: float) -> None:
        """Know which times the edges stand for."""
        self._start, self._end = start, end

    @property
    def area(self) -> QRectF:
        """Where the traces are, from the left to the right edge of a lane, in pixels."""
        left = AXIS_WIDTH + 2.0
        if self._lanes:
            box = self._lanes[0].box.sceneBoundingRect()
            if box.width() > 1:
                return QRectF(box.left(), 0, box.width(), self.height())
        return QRectF(left, 0, max(1.0, self.width() - left - 8), self.height())

    def time_at(self, x: float) -> float:
        """The time at a pixel column."""
        area = self.area
        return self._start + (x - area.left()) / area.width() * (self._end - self._start)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the cursor; sideways, or with Shift, move."""
        delta = event.angleDelta()
        if delta.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.panned.emit(-(delta.x() or delta.y()) / 1200 * (self._end - self._start))
        elif delta.y():
            self.zoomed.emit(1.2 ** (-delta.y() / 120), self.time_at(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin to drag, or, with the right button or Shift, to choose a span."""
        self._pressed, self._moved = event.position().toPoint(), False
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._choosing = event.button() is Qt.MouseButton.RightButton or shift
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag, choose, or point."""
        place = event.position().toPoint()
        self.pointed.emit(self.time_at(place.x()) if self.area.contains(place) else None)
        if self._pressed is None:
            return
        if not self._moved and (place - self._pressed).manhattanLength() < _DRAG_PX:
            return
        self._moved = True
        if self._choosing:
            left, right = sorted((self._pressed.x(), place.x()))
            self._band.setGeometry(QRect(QPoint(left, 0), QSize(max(1, right - left), self.height())))
            self._band.show()
        else:
            self.panned.emit(self.time_at(self._pressed.x()) - self.time_at(place.x()))
            self._pressed = place

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show the span that was chosen."""
        self._band.hide()
        if self._pressed is not None and self._choosing and self._moved:
            times = sorted((self.time_at(self._pressed.x()), self.time_at(event.position().x())))
            self.chosen.emit(times[0], times[1])
        self._pressed = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show everything."""
        self.all_wanted.emit()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Point nowhere."""
        self.pointed.emit(None)
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """There is room for more, or for less."""
        super().resizeEvent(event)
        self._share_height()
        self.resized.emit()
