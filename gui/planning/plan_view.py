"""The plan on a time axis: a band a procedure, the gas over bench time, marks; the keyboard goes from step to step."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.desk import Desk
from gui.planning.plan_picture import MarkKind, Picture, step_words
from gui.plots.time_axis import bench_text, clock_text, marks, step_for
from gui.theme import Tone
from gui.widgets.state_label import Shape, draw_shape
from testbench.engine.clock import wall_now
from testbench.engine.wording import duration

LEFT, RIGHT, TOP = 52, 14, 8
ROW = 20
AXIS = 40
LEAST_SPAN_S = 60.0
ZOOM = 1.3
MARK = 10


class PlanView(QWidget):
    """Draws a plan. `chosen` carries the index of the step that is chosen, −1 for none."""

    chosen = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._picture = Picture()
        self._step = -1
        self._start, self._end = 0.0, 1.0
        self._dragged: tuple[float, float, float] | None = None
        self.begins = wall_now().astimezone()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        desk.theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: D102, N802
        return QSize(560, 240)

    def show_picture(self, picture: Picture, begins: dt.datetime) -> None:
        """Draw another plan that begins at a date."""
        whole = self._is_whole()
        self._picture, self.begins = picture, begins
        if self._step >= len(picture.steps):
            self.choose(-1)
        if whole or self._end > picture.duration_s:
            self._start, self._end = 0.0, max(LEAST_SPAN_S, picture.duration_s)
        self._describe()
        self.update()

    @property
    def step(self) -> int:
        """Index of the chosen step, −1 for none."""
        return self._step

    @property
    def span(self) -> tuple[float, float]:
        """The bench times in view, s."""
        return self._start, self._end

    def choose(self, step: int) -> None:
        """Choose a step; it is brought into view."""
        if step == self._step:
            return
        self._step = step
        if 0 <= step < len(self._picture.steps):
            one = self._picture.steps[step]
            if not self._start <= one.start_s <= self._end:
                half = (self._end - self._start) / 2
                self._look_at(one.start_s - half, one.start_s + half)
        self._describe()
        self.chosen.emit(step)
        self.update()

    def _describe(self) -> None:
        words = "" if self._step < 0 else self.step_text(self._step)
        self.setAccessibleDescription(words)

    def step_text(self, index: int) -> str:
        """A step in words: number, what it does, when it begins and how long it takes."""
        step = self._picture.steps[index]
        language = self._desk.language
        at = self.begins + dt.timedelta(seconds=step.start_s)
        lines = [f"{self._picture.number_of(step)}.{step.number}  {step_words(step, language)}"]
        lines.append(f"{bench_text(step.start_s, 1.0)}  ({at:%m-%d %H:%M})")
        if step.duration_s:
            lines.append(duration(step.duration_s, language.value))
        if step.level is not None:
            uncertainty = step.reference_uncertainty_percent_fs or 0.0
            lines.append(f"{100 * step.level:g} %F.S., U = {uncertainty:.2f} %F.S.")
        return "\n".join(lines)

    # ---- from times to points -----------------------------------------------------------------------------------------

    def _x(self, time: float) -> float:
        width = max(1.0, self.width() - LEFT - RIGHT)
        return LEFT + width * (time - self._start) / max(1e-9, self._end - self._start)

    def _time(self, x: float) -> float:
        width = max(1.0, self.width() - LEFT - RIGHT)
        return self._start + (x - LEFT) / width * (self._end - self._start)

    def _is_whole(self) -> bool:
        return self._start <= 0.0 and self._end >= self._picture.duration_s

    def _look_at(self, start: float, end: float) -> None:
        whole = max(LEAST_SPAN_S, self._picture.duration_s)
        span = min(max(end - start, LEAST_SPAN_S), whole)
        start = min(max(0.0, start), whole - span)
        self._start, self._end = start, start + span
        self.update()

    def zoom(self, factor: float, about: float | None = None) -> None:
        """Show a span longer by a factor, about a bench time (the chosen step, else the middle)."""
        if about is None:
            about = (self._start + self._end) / 2
            if 0 <= self._step < len(self._picture.steps):
                about = self._picture.steps[self._step].start_s
        self._look_at(about - (about - self._start) * factor, about + (self._end - about) * factor)

    def show_all(self) -> None:
        """Show the whole plan."""
        self._look_at(0.0, self._picture.duration_s)

    # ---- drawing ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102, N802
        painter = QPainter(self)
        colour = self._desk.theme.colour
        painter.fillRect(self.rect(), colour(Tone.RAISED))
        bottom = self.height() - AXIS
        if not self._picture.steps:
            painter.setPen(colour(Tone.MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Nothing can be planned yet"))
            return
        self._draw_bands(painter, bottom)
        self._draw_levels(painter, bottom)
        painter.setClipRect(QRectF(LEFT, 0, self.width() - LEFT - RIGHT, self.height()))
        self._draw_marks(painter)
        self._draw_choice(painter, bottom)
        painter.setClipping(False)
        self._draw_axis(painter, bottom)
        if self.hasFocus():
            painter.setPen(QPen(colour(Tone.ACCENT), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_bands(self, painter: QPainter, bottom: float) -> None:
        colour = self._desk.theme.colour
        right = self.width() - RIGHT
        for number, band in enumerate(self._picture.bands):
            left, end = max(LEFT, self._x(band.start)), min(right, self._x(band.end))
            if end < LEFT or left > right:
                continue
            if number % 2 == 0:
                painter.fillRect(QRectF(left, TOP, max(1.0, end - left), bottom - TOP), colour(Tone.BAND))
            painter.setPen(colour(Tone.TEXT))
            words = f"{band.number}. {self._desk.say(band.title)}"
            metrics = painter.fontMetrics()
            width = int(end - left) - 6
            if width < metrics.horizontalAdvance(f"{band.number}"):
                continue
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)
            if len(shown) < 4 and shown != words:
                shown = f"{band.number}"
            painter.drawText(QRectF(left + 3, TOP, width + 3, ROW), Qt.AlignmentFlag.AlignVCenter, shown)

    def _level_y(self, level: float, bottom: float) -> float:
        top = TOP + ROW + MARK + 8
        return bottom - level * (bottom - top)

    def _draw_levels(self, painter: QPainter, bottom: float) -> None:
        colour = self._desk.theme.colour
        right = float(self.width() - RIGHT)
        painter.setPen(colour(Tone.MUTED))
        for level in (0.0, 0.5, 1.0):
            y = self._level_y(level, bottom)
            place = QRectF(0, y - 9, LEFT - 6, 18)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * level:g}")
            painter.setPen(QPen(colour(Tone.LINE), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(LEFT, y), QPointF(right, y))
            painter.setPen(colour(Tone.MUTED))
        painter.drawText(QRectF(2, TOP, LEFT - 4, ROW), Qt.AlignmentFlag.AlignLeft, "%F.S.")
        painter.setPen(QPen(colour(Tone.REFERENCE), 2))
        last: QPointF | None = None
        for start, end, level in self._picture.levels:
            if end < self._start or start > self._end:
                last = None
                continue
            y = self._level_y(level, bottom)
            left, end_x = max(float(LEFT), self._x(start)), min(right, self._x(end))
            if last is not None:
                painter.drawLine(last, QPointF(left, y))
            painter.drawLine(QPointF(left, y), QPointF(end_x, y))
            last = QPointF(end_x, y)

    def _draw_marks(self, painter: QPainter) -> None:
        colour = self._desk.theme.colour
        for mark in self._picture.marks:
            if not self._start <= mark.time <= self._end:
                continue
            x = min(max(self._x(mark.time), LEFT + MARK), self.width() - RIGHT - MARK)
            place = QRectF(x - MARK / 2, TOP + ROW + 2, MARK, MARK)
            if mark.kind is MarkKind.ADJUSTMENT:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour(Tone.TEXT))
                centre, half = place.center(), MARK / 2
                diamond = ((0, -half), (half, 0), (0, half), (-half, 0))
                painter.drawPolygon(QPolygonF([centre + QPointF(dx, dy) for dx, dy in diamond]))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            else:
                draw_shape(painter, Shape.QUESTION, place.adjusted(-2, -2, 2, 2), colour(Tone.ACCENT))

    def _draw_choice(self, painter: QPainter, bottom: float) -> None:
        if not 0 <= self._step < len(self._picture.steps):
            return
        step = self._picture.steps[self._step]
        left = self._x(step.start_s)
        width = max(2.0, self._x(step.start_s + step.duration_s) - left)
        tint = self._desk.theme.colour(Tone.ACCENT)
        painter.setPen(QPen(tint, 1.5))
        tint.setAlpha(60)
        painter.setBrush(tint)
        painter.drawRect(QRectF(left, TOP, width, bottom - TOP))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_axis(self, painter: QPainter, bottom: float) -> None:
        colour = self._desk.theme.colour
        span = self._end - self._start
        step = step_for(span, max(2, int((self.width() - LEFT - RIGHT) / 82)))
        painter.setPen(colour(Tone.LINE))
        painter.drawLine(QPointF(LEFT, bottom), QPointF(self.width() - RIGHT, bottom))
        centre = Qt.AlignmentFlag.AlignCenter
        for time in marks(self._start, self._end, step):
            x = self._x(time)
            painter.setPen(colour(Tone.LINE))
            painter.drawLine(QPointF(x, bottom), QPointF(x, bottom + 4))
            left = min(max(0.0, x - 46), self.width() - 92.0)
            painter.setPen(colour(Tone.TEXT))
            painter.drawText(QRectF(left, bottom + 4, 92, 17), centre, bench_text(time, step))
            painter.setPen(colour(Tone.MUTED))
            at = clock_text(time, min(step, 60.0), self.begins)
            if span > 86400.0:
                at = f"{self.begins + dt.timedelta(seconds=time):%m-%d %H:%M}"
            painter.drawText(QRectF(left, bottom + 20, 92, 17), centre, at)

    # ---- hands --------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:  # noqa: D102
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = self._picture.at(self._time(event.pos().x()))
            if found is None or not LEFT <= event.pos().x() <= self.width() - RIGHT:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.step_text(found), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802
        self._dragged = (event.position().x(), self._start, self._end)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802
        if self._dragged is None:
            return
        x, start, end = self._dragged
        width = max(1.0, self.width() - LEFT - RIGHT)
        shift = (x - event.position().x()) / width * (end - start)
        self._look_at(start + shift, end + shift)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802
        if self._dragged is not None and abs(event.position().x() - self._dragged[0]) < 4:
            found = self._picture.at(self._time(event.position().x()))
            self.choose(-1 if found is None else found)
        self._dragged = None

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: D102, N802
        turned = event.angleDelta().y()
        if turned:
            self.zoom(ZOOM ** (-turned / 120.0), self._time(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802
        last = len(self._picture.steps) - 1
        match event.key():
            case Qt.Key.Key_Right if last >= 0:
                self.choose(min(last, self._step + 1))
            case Qt.Key.Key_Left if last >= 0:
                self.choose(max(0, self._step - 1))
            case Qt.Key.Key_Home if last >= 0:
                self.choose(0)
            case Qt.Key.Key_End if last >= 0:
                self.choose(last)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(1 / ZOOM)
            case Qt.Key.Key_Minus:
                self.zoom(ZOOM)
            case Qt.Key.Key_0:
                self.show_all()
            case _:
                super().keyPressEvent(event)
