"""A lane of a trace plot: channels of one quantity and unit over the shared time axis, with bands, limits and step lines."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui.plots import time_axis
from gui.plots.channel import Band, Limit, LineKind, StepLine
from gui.theme import Theme, Tone

AXIS_WIDTH = 84
_LABEL_ROOM, _MARKS_ROOM, _MARK_HEIGHT = 80.0, 44.0, 24.0  # px
_EDGE = 7.0  # px: a mark nearer to the edge would run into that of the next lane
MARK_ROOM = 90  # px that the text of a mark needs
_TEXT_MARGIN = 4
_SHADE = 0.47  # of the colour of bands: the traces matter more


class TimeAxisItem(pg.AxisItem):  # type: ignore[misc]
    """Marks of bench time, or of the local clock where `origin` is the date at bench time 0."""

    def __init__(self) -> None:
        super().__init__(orientation="bottom")
        self.origin: Any = None
        self._step = 1.0

    def tickValues(self, minimum: float, maximum: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Times of the marks, at round times of day or of bench time."""
        self._step = time_axis.step_for(maximum - minimum, max(1, int(size / MARK_ROOM)))
        offset = 0.0 if self.origin is None else time_axis.since_midnight(self.origin)
        return [(self._step, time_axis.marks(minimum, maximum, self._step, offset))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Texts of the marks."""
        if self.origin is None:
            return [time_axis.bench_text(value, self._step) for value in values]
        return [time_axis.clock_text(value, self._step, self.origin) for value in values]


class ValueAxisItem(pg.AxisItem):  # type: ignore[misc]
    """Marks of values; where the lane is low only one, with the unit beside it, and no label."""

    unit = ""
    known = False  # whether there are values, and so a range that says something
    _words = ""

    def __init__(self) -> None:
        super().__init__(orientation="left")

    def say(self, words: str, unit: str) -> None:
        """Set the label, and the unit for where it has no room."""
        self._words, self.unit = words, unit
        self.setLabel(words)
        self.showLabel(self.height() >= _LABEL_ROOM)
        self.picture = None
        self.update()

    def resizeEvent(self, event: Any = None) -> None:  # noqa: N802
        """There is room for the label, or none."""
        super().resizeEvent(event)
        if self._words:
            self.showLabel(self.height() >= _LABEL_ROOM)

    def tickValues(self, minimum: float, maximum: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Round values, as many as there is room for."""
        if not self.known or not maximum > minimum:
            return []
        if size < _MARKS_ROOM:
            step = time_axis.round_up((maximum - minimum) / 4)
            return [(step, [round((minimum + maximum) / 2 / step) * step])]
        step = time_axis.round_up((maximum - minimum) / max(1, size / _MARK_HEIGHT))
        first, last = math.ceil(minimum / step - 1e-9), math.floor(maximum / step + 1e-9)
        edge = _EDGE / size * (maximum - minimum)
        marks = [number * step for number in range(first, min(last, first + 50) + 1)]
        return [(step, [mark for mark in marks if minimum + edge <= mark <= maximum - edge])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Values with as many decimals as the step needs; with the unit where there is no label."""
        digits = max(0, min(9, math.ceil(-math.log10(spacing) - 1e-9))) if spacing > 0 else 0
        unit = "" if self.height() >= _LABEL_ROOM else f" {self.unit}"
        return [f"{value + 0.0:.{digits}f}{unit}".replace("-", "−") for value in values]


class BandsItem(pg.GraphicsObject):  # type: ignore[misc]
    """The steps behind the traces: every other one shaded, with its name where there is room."""

    def __init__(self, theme: Theme, *, named: bool) -> None:
        super().__init__()
        self._theme = theme
        self._named = named
        self._bands: Sequence[Band] = ()
        self._starts: list[float] = []
        self.setZValue(-10)

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Show these, in order of time."""
        self._bands, self._starts = bands, [band.start for band in bands]
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802
        """All that is in view."""
        return QRectF(self.viewRect())

    def viewRangeChanged(self) -> None:  # noqa: N802
        """What is in view has changed."""
        self.prepareGeometryChange()
        self.update()

    def paint(self, painter: QPainter, *_: Any) -> None:
        """Draw what is in view, in pixels."""
        view, transform = self.viewRect(), painter.transform()
        top, bottom = transform.map(view.topLeft()).y(), transform.map(view.bottomLeft()).y()
        top, bottom = min(top, bottom), max(top, bottom)
        edge_left, edge_right = transform.map(view.topLeft()).x(), transform.map(view.topRight()).x()
        painter.save()
        painter.resetTransform()
        shade, line, ink = (self._theme.colour(tone) for tone in (Tone.BAND, Tone.LINE, Tone.MUTED))
        shade = blended(shade, self._theme.colour(Tone.RAISED), _SHADE)
        metrics = QFontMetricsF(painter.font())
        least = metrics.horizontalAdvance("MM…") + 2 * _TEXT_MARGIN
        first, scale = view.left(), (edge_right - edge_left) / view.width()
        number = max(0, bisect.bisect_right(self._starts, view.left()) - 1)
        covered = -math.inf
        while number < len(self._bands) and self._bands[number].start < view.right():
            band = self._bands[number]
            end = view.right() if band.end is None else band.end
            left = max(edge_left, edge_left + scale * (band.start - first))
            right = min(edge_right, edge_left + scale * (end - first))
            if right - max(left, covered) >= 1:
                area = QRectF(round(left), top, round(right) - round(left), bottom - top)
                if number % 2:
                    painter.fillRect(area, shade)
                elif right - left > 3:
                    painter.setPen(line)
                    painter.drawLine(QPointF(left, top), QPointF(left, bottom))
                if self._named and right - left >= least:
                    self._name(painter, metrics, band.text, area, ink)
                covered = right
            number += 1
        painter.restore()

    def _name(self, painter: QPainter, metrics: QFontMetricsF, text: str, area: QRectF, ink: Any) -> None:
        room = area.width() - 2 * _TEXT_MARGIN
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.setPen(ink)
        place = area.adjusted(_TEXT_MARGIN, 2, -_TEXT_MARGIN, 0)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), shown)


class Lane:
    """One plot of the stack; items are made once and changed from then on."""

    def __init__(self, theme: Theme, *, title: Callable[[], str], unit: str, top: bool) -> None:
        self._theme = theme
        self._title = title
        self._unit = unit
        self.time_axis = TimeAxisItem()
        self.value_axis = ValueAxisItem()
        axes = {"bottom": self.time_axis, "left": self.value_axis}
        self.plot = pg.PlotItem(axisItems=axes, enableMenu=False)
        self.plot.hideButtons()
        self.box = self.plot.getViewBox()
        self.box.setMouseEnabled(x=False, y=False)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0)
        self.bands = BandsItem(theme, named=top)
        self.box.addItem(self.bands, ignoreBounds=True)
        self.cursor = pg.InfiniteLine(angle=90, movable=False)
        self.cursor.setZValue(20)
        self.cursor.hide()
        self.box.addItem(self.cursor, ignoreBounds=True)
        self.value_axis.setWidth(AXIS_WIDTH)
        for axis in (self.time_axis, self.value_axis):
            axis.enableAutoSIPrefix(False)
        self._curves: dict[str, Any] = {}
        self._step_items: dict[tuple[LineKind, str], Any] = {}
        self._limit_items: list[Any] = []
        self._limits: Sequence[Limit] = ()
        self._range = (0.0, 0.0)

    def curve(self, name: str) -> Any:
        """The curve of a channel; made when it is first asked for."""
        if name not in self._curves:
            curve = pg.PlotCurveItem(connect="finite", antialias=False)
            curve.setSegmentedLineMode("off")
            self._curves[name] = curve
            self.box.addItem(curve, ignoreBounds=True)
        return self._curves[name]

    def draw_steps(self, line: StepLine, start: float, end: float) -> tuple[float, float] | None:
        """Draw the part of a step line that is in view; return its extremes."""
        key = (line.kind, line.channel)
        if key not in self._step_items:
            item = pg.PlotCurveItem(connect="finite", antialias=False, pen=self._step_pen(line.kind))
            item.setZValue(-1)
            self._step_items[key] = item
            self.box.addItem(item, ignoreBounds=True)
        time, value = line.drawn(start, end)
        self._step_items[key].setData(time, value)
        finite = value[np.isfinite(value)]
        return (float(finite.min()), float(finite.max())) if finite.size else None

    def set_limits(self, limits: Sequence[Limit]) -> None:
        """Draw limits as dashed lines with their words."""
        if tuple(limits) == tuple(self._limits):
            return
        for item in self._limit_items:
            self.box.removeItem(item)
        self._limits, self._limit_items = tuple(limits), []
        for limit in limits:
            options = {"position": 0.98, "anchors": [(1, 1), (1, 1)], "color": self._theme.colour(Tone.LIMIT)}
            item = pg.InfiniteLine(
                pos=limit.value, angle=0, pen=self._limit_pen(), movable=False, label=limit.text, labelOpts=options
            )
            self._limit_items.append(item)
            self.box.addItem(item, ignoreBounds=True)

    def set_times(self, start: float, end: float) -> None:
        """Show a span of time."""
        self.box.setXRange(start, end, padding=0)

    def set_values(self, low: float, high: float) -> None:
        """Show a range of values."""
        if (low, high) != self._range:
            self._range = (low, high)
            self.value_axis.known = True
            self.box.setYRange(low, high, padding=0)

    def show_time_axis(self, shown: bool) -> None:
        """Only the lowest lane writes the times."""
        self.plot.getAxis("bottom").setStyle(showValues=shown)
        self.plot.getAxis("bottom").setHeight(24 if shown else 4)

    def restyle(self) -> None:
        """Take the present colours."""
        ink, line = self._theme.colour(Tone.TEXT), self._theme.colour(Tone.LINE)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(pg.mkPen(line))
            axis.setTextPen(pg.mkPen(ink))
        self.box.setBackgroundColor(self._theme.colour(Tone.RAISED))
        self.cursor.setPen(thin_pen(self._theme.colour(Tone.ACCENT)))
        for (kind, _), item in self._step_items.items():
            item.setPen(self._step_pen(kind))
        for item in self._limit_items:
            item.setPen(self._limit_pen())
            item.label.setColor(self._theme.colour(Tone.LIMIT))
        self.retranslate()

    def retranslate(self) -> None:
        """Write the title again."""
        self.value_axis.say(self._title(), self._unit)

    def _step_pen(self, kind: LineKind) -> QPen:
        if kind is LineKind.SET_POINT:
            return thin_pen(self._theme.colour(Tone.SET_POINT), Qt.PenStyle.DotLine)
        return thin_pen(self._theme.colour(Tone.REFERENCE), Qt.PenStyle.DashLine)

    def _limit_pen(self) -> QPen:
        return thin_pen(self._theme.colour(Tone.LIMIT), Qt.PenStyle.DashLine)


def blended(colour: QColor, ground: QColor, share: float) -> QColor:
    """A share of a colour over a ground, as one opaque colour: that is painted much faster than one that shines through."""
    return QColor.fromRgbF(
        share * colour.redF() + (1 - share) * ground.redF(),
        share * colour.greenF() + (1 - share) * ground.greenF(),
        share * colour.blueF() + (1 - share) * ground.blueF(),
    )


def thin_pen(colour: QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen one pixel wide at every zoom."""
    pen = QPen(colour, 1.0, style)
    pen.setCosmetic(True)
    return pen
