"""A QAL3 chart in a window: points over dates, limits as dashed lines, alarms as triangles, adjustments as upright lines."""

from __future__ import annotations

import datetime as dt

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.plots.lane import thin_pen
from gui.registers.control_picture import ControlLimit, ControlPicture, Series
from gui.theme import Theme, Tone
from testbench.register.control import CONTROL_DEED_WORDS
from testbench.text import Language

_POINT = 8  # px
_MARGIN = 0.08  # of the width and the height


class DateAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of days, written as dates."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: D102, N802, N803
        step = max(1, round((maxVal - minVal) * 90 / max(size, 1)))
        first = -(-int(minVal) // step) * step
        return [(step, [float(day) for day in range(first, int(maxVal) + 1, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: D102, N802
        return [dt.date.fromordinal(int(value)).isoformat() if value >= 1 else "" for value in values]


class ControlPlot(QWidget):
    """Shows one chart of one gas."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: ControlPicture | None = None
        self._language = Language.ENGLISH
        self.plot = pg.PlotWidget(enableMenu=False, axisItems={"bottom": DateAxis("bottom")})
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMouseEnabled(x=False, y=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.restyle()

    def show_picture(self, picture: ControlPicture | None, language: Language) -> None:
        """Draw a chart; None for none."""
        self._picture, self._language = picture, language
        self._draw()

    def restyle(self) -> None:
        """Take the present colours."""
        self.plot.setBackground(self._theme.colour(Tone.RAISED))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(thin_pen(self._theme.colour(Tone.LINE)))
            axis.setTextPen(thin_pen(self._theme.colour(Tone.TEXT)))
            axis.enableAutoSIPrefix(False)
        self._draw()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Wider than high."""
        return QSize(480, 260)

    def _draw(self) -> None:
        self.plot.clear()
        drawn = self._picture
        if drawn is None:
            return
        self.plot.getAxis("left").setLabel(drawn.unit)
        self._bounds(drawn)
        zero = pg.InfiniteLine(pos=0, angle=0, pen=thin_pen(self._theme.colour(Tone.LINE)))
        self.plot.addItem(zero, ignoreBounds=True)
        for limit in drawn.limits:
            self._limit(limit)
        for number, series in enumerate(drawn.series):
            self._series(series, number)
        for day, deed in drawn.deeds:
            self.plot.addItem(
                pg.InfiniteLine(
                    pos=day,
                    angle=90,
                    pen=thin_pen(self._theme.colour(Tone.SET_POINT), Qt.PenStyle.DotLine),
                    label=CONTROL_DEED_WORDS[deed].say(self._language),
                    labelOpts={"position": 0.03, "color": self._theme.colour(Tone.TEXT)},
                ),
                ignoreBounds=True,
            )

    def _bounds(self, drawn: ControlPicture) -> None:
        days = [day for series in drawn.series for day in series.days] + [day for day, _ in drawn.deeds]
        heights = [value for series in drawn.series for value in series.values]
        heights += [value for limit in drawn.limits for value in limit.values] + [0.0]
        left, right = (min(days), max(days)) if days else (dt.date(2026, 1, 1).toordinal(), dt.date(2026, 2, 1).toordinal())
        low, high = min(heights), max(heights)
        wide, tall = max(right - left, 7) * _MARGIN, (high - low or 1.0) * _MARGIN
        self.plot.setRange(
            xRange=(left - wide, right + wide), yRange=(low - tall, high + tall), padding=0, disableAutoRange=True
        )

    def _limit(self, limit: ControlLimit) -> None:
        tone = self._theme.colour(Tone.ATTENTION if limit.warning else Tone.LIMIT)
        pen = thin_pen(tone, Qt.PenStyle.DotLine if limit.warning else Qt.PenStyle.DashLine)
        if limit.days:
            self.plot.addItem(pg.PlotCurveItem(list(limit.days), list(limit.values), pen=pen))
            return
        ink = self._theme.colour(Tone.TEXT)
        options = {"position": 0.02, "anchors": [(0, 1), (0, 1)], "color": ink, "fill": self._theme.colour(Tone.RAISED)}
        line = pg.InfiniteLine(pos=limit.values[0], angle=0, pen=pen, label=limit.text or None, labelOpts=options)
        self.plot.addItem(line, ignoreBounds=True)

    def _series(self, series: Series, number: int) -> None:
        if not series.days:
            return
        pen = thin_pen(self._theme.trace(number))
        self.plot.addItem(pg.PlotCurveItem(list(series.days), list(series.values), pen=pen))
        alarm = self._theme.colour(Tone.ALARM)
        for alarmed, symbol, colour in ((False, "o", self._theme.trace(number)), (True, "t1", alarm)):
            chosen = [i for i, outside in enumerate(series.alarmed) if outside is alarmed]
            if chosen:
                self.plot.addItem(
                    pg.ScatterPlotItem(
                        x=[series.days[i] for i in chosen],
                        y=[series.values[i] for i in chosen],
                        size=_POINT + (4 if alarmed else 0),
                        symbol=symbol,
                        pen=None,
                        brush=colour,
                    )
                )
