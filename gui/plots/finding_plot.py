"""The picture of a finding in a window: linearity, drift, response time, repeatability."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from gui.plots.finding_picture import Axis, LineStyle, Picture, Quantity, Straight, picture
from gui.plots.lane import thin_pen
from gui.theme import Theme, Tone
from testbench.findings import Finding

_POINT, _FAINT = 9, 4  # px
_TONES = {LineStyle.LIMIT: Tone.LIMIT, LineStyle.ZERO: Tone.LINE, LineStyle.CONSTRUCTION: Tone.MUTED}
_DASHES = {
    LineStyle.LIMIT: Qt.PenStyle.DashLine,
    LineStyle.ZERO: Qt.PenStyle.SolidLine,
    LineStyle.CONSTRUCTION: Qt.PenStyle.DotLine,
}


class FindingPlot(QWidget):
    """Shows one finding, or says that it has no picture. A result outside its limit is a triangle, the others are dots."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._finding: Finding | None = None
        self._limit: float | None = None
        self._plot = pg.PlotWidget(enableMenu=False)
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMouseEnabled(x=False, y=False)
        self._nothing = QLabel(self)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setProperty("tone", "muted")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._plot)
        self._stack.addWidget(self._nothing)
        self.restyle()

    def show_finding(self, finding: Finding | None, limit: float | None = None) -> None:
        """Draw a finding with the limit of its verdict (in the finding's unit, both sides of zero where it is an error)."""
        self._finding, self._limit = finding, limit
        self._draw()

    def restyle(self) -> None:
        """Take the present colours."""
        self._plot.setBackground(self._theme.colour(Tone.RAISED))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(thin_pen(self._theme.colour(Tone.LINE)))
            axis.setTextPen(thin_pen(self._theme.colour(Tone.TEXT)))
            axis.enableAutoSIPrefix(False)
        self._draw()

    def retranslate(self) -> None:
        """Write the words again."""
        self._draw()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Twice as wide as high."""
        return QSize(520, 260)

    def _draw(self) -> None:
        drawn = None if self._finding is None else picture(self._finding, self._limit)
        self._nothing.setText(
            self.tr("Choose a result to see its picture.")
            if self._finding is None
            else self.tr("This result has no picture.")
        )
        self._stack.setCurrentWidget(self._nothing if drawn is None else self._plot)
        self._plot.clear()
        self.setAccessibleName(self.tr("Picture of the result"))
        if drawn is None:
            return
        self._axes(drawn)
        for line in drawn.levels:
            self._straight(line, 0)
        for line in drawn.times:
            self._straight(line, 90, rising=drawn.rising)
        for curve in drawn.curves:
            pen = thin_pen(self._theme.trace(0))
            self._plot.addItem(pg.PlotCurveItem(np.array(curve.time_s), np.array(curve.value), pen=pen))
        if drawn.faint:
            ink = self._theme.colour(Tone.MUTED)
            x, y = zip(*drawn.faint, strict=True)
            self._plot.addItem(pg.ScatterPlotItem(x=x, y=y, size=_FAINT, pen=None, brush=ink))
        self._points(drawn)

    def _axes(self, drawn: Picture) -> None:
        for side, axis in (("bottom", drawn.horizontal), ("left", drawn.vertical)):
            self._plot.getAxis(side).setLabel(self._label(axis))
        (left, right), (low, high) = drawn.bounds()
        self._plot.setRange(xRange=(left, right), yRange=(low, high), padding=0, disableAutoRange=True)
        whole = None
        if drawn.horizontal.whole:
            step = max(1, round((right - left) / 12))
            whole = [
                [(float(n), str(n)) for n in range(round(left), round(right) + 1) if n % step == 0 and left <= n <= right]
            ]
        self._plot.getAxis("bottom").setTicks(whole)

    def _straight(self, line: Straight, angle: int, *, rising: bool = False) -> None:
        tone = self._theme.colour(_TONES[line.style])
        word = self.tr("limit")
        text = f"{word} {line.text}" if line.style is LineStyle.LIMIT else line.text
        upright = {"position": 0.3 if rising else 0.9, "anchors": [(0, 0.5), (0, 0.5)], "rotateAxis": None}
        lying = {"position": 0.98, "anchors": [(1, 1), (1, 1)]}
        ink = self._theme.colour(Tone.MUTED) if line.style is LineStyle.ZERO else tone
        options: dict[str, Any] = (upright if angle else lying) | {"color": ink, "fill": self._theme.colour(Tone.RAISED)}
        if angle and line.style is LineStyle.CONSTRUCTION:
            options["position"] = 0.45 if rising else 0.65
        pen = thin_pen(tone, _DASHES[line.style])
        item = pg.InfiniteLine(pos=line.at, angle=angle, pen=pen, movable=False, label=text or None, labelOpts=options)
        self._plot.addItem(item, ignoreBounds=True)

    def _points(self, drawn: Picture) -> None:
        ink, alarm = self._theme.colour(Tone.TEXT), self._theme.colour(Tone.ALARM)
        bars = [p for p in drawn.points if p.expanded_uncertainty]
        if bars:
            (left, right), _ = drawn.bounds()
            self._plot.addItem(
                pg.ErrorBarItem(
                    x=np.array([p.x for p in bars]),
                    y=np.array([p.y for p in bars]),
                    height=np.array([2 * (p.expanded_uncertainty or 0.0) for p in bars]),
                    beam=(right - left) / 60,
                    pen=thin_pen(ink),
                )
            )
        for outside, symbol, colour in ((False, "o", ink), (True, "t1", alarm)):
            chosen = [p for p in drawn.points if p.outside is outside]
            if chosen:
                x, y = [p.x for p in chosen], [p.y for p in chosen]
                size = _POINT + 3 if outside else _POINT
                self._plot.addItem(pg.ScatterPlotItem(x=x, y=y, size=size, symbol=symbol, pen=None, brush=colour))

    def _label(self, axis: Axis) -> str:
        words = {
            Quantity.REFERENCE: self.tr("Reference"),
            Quantity.ERROR: self.tr("Error"),
            Quantity.DAY: self.tr("Day"),
            Quantity.CHANGE: self.tr("Change since day 0"),
            Quantity.DRIFT: self.tr("Drift in 24 h"),
            Quantity.TIME: self.tr("Time from the change of gas"),
            Quantity.INDICATION: self.tr("Indication"),
            Quantity.NUMBER: self.tr("Number of the reading"),
        }
        return f"{words[axis.quantity]} / {axis.unit}" if axis.unit else words[axis.quantity]
