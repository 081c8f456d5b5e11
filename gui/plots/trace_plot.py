"""Long traces of several channels over one time axis, live or stored: zoom, pan, follow, values at the cursor.

    plot = TracePlot(desk.theme)
    plot.set_channels([Channel("A", "A", "%")])
    plot.append("A", times, values)                                   # live readings, in time order
    plot.set_source(lambda name, start, end, points: record.overview(evaluation, name, start, end, points), 0.0, end)

Channels of one quantity and unit share a lane with an axis of its own; or all are drawn together, each in percent of its own
range. Each frame draws at most about two points a pixel, so its cost does not depend on how much was read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from gui.plots import time_axis
from gui.plots.canvas import Canvas
from gui.plots.channel import Band, Channel, Limit, LineKind, StepLine
from gui.plots.fetching import Fetcher, Source, Wish
from gui.plots.lane_stack import TOGETHER, Key, LaneStack
from gui.plots.legend import Legend, LegendModel, Value
from gui.plots.levels import Polyline
from gui.plots.plot_bar import PlotBar
from gui.plots.time_axis import Mode, TimeView
from gui.plots.trace import DETAIL_SPANS, WHOLE_POINTS, Trace, Window, at
from gui.theme import Theme, Tone

_PAN_SHARE = 0.1
_FETCH_AFTER_MS = 120
_VALUES_AFTER_MS = 100  # nobody reads numbers that change faster


class TracePlot(QWidget):
    """The plot with its legend and buttons. `view_changed` carries start and end in s, `failed` what the source met."""

    view_changed = Signal(float, float)
    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.view = TimeView()
        self._channels: tuple[Channel, ...] = ()
        self._traces: dict[str, Trace] = {}
        self._lines: dict[str, Polyline] = {}
        self._steps: Sequence[StepLine] = ()
        self._limits: Sequence[Limit] = ()
        self._source: Source | None = None
        self._extent: tuple[float, float] | None = None
        self._origin: dt.datetime | None = None
        self._together = self._clock = False
        self._cursor: float | None = None
        self._fetcher = Fetcher(self)
        self._fetcher.fetched.connect(self._take)
        self._fetcher.failed.connect(self.failed)
        self._due = QTimer(self, singleShot=True, interval=0)
        self._due.timeout.connect(self.draw)
        self._fetch_due = QTimer(self, singleShot=True, interval=_FETCH_AFTER_MS)
        self._fetch_due.timeout.connect(self._fetch_detail)
        self._values_due = QTimer(self, singleShot=True, interval=_VALUES_AFTER_MS)
        self._values_due.timeout.connect(self._show_values)
        self._build()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.restyle()
        self.retranslate()

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def set_channels(self, channels: Sequence[Channel]) -> None:
        """Show these channels; everything that was shown before is forgotten."""
        self._fetcher.forget()
        self._channels = tuple(channels)
        self._traces = {channel.name: Trace() for channel in channels}
        self._lines = {}
        self._steps, self._limits = (), ()
        self._stack.set_bands(())
        self._source = self._extent = self._cursor = None
        self._model.set_channels(channels, self._colours())
        self.view = TimeView(mode=self.view.mode)
        self._make_lanes()

    def append(self, channel: str, time: ArrayLike, value: ArrayLike) -> None:
        """Add live readings of a channel: times in s in order, values with NaN for gaps."""
        trace = self._traces[channel]
        trace.levels.append(time, value)
        if len(trace.levels):
            self._reach(trace.levels.first, trace.levels.last)
            self.schedule()

    def set_source(self, source: Source | None, start: float, end: float) -> None:
        """Ask `source` for stored readings from `start` to `end` (s); it answers in another thread."""
        self._source = source
        for trace in self._traces.values():
            trace.stored = source is not None
        if source is None:
            return
        self._reach(start, end)
        names = tuple(self._traces)
        if end > start and names:
            self._fetcher.ask(Wish(source, names, start, end, WHOLE_POINTS))

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Shade these steps in the background, in order of time."""
        self._stack.set_bands(tuple(bands))
        self.schedule()

    def set_step_lines(self, lines: Sequence[StepLine]) -> None:
        """Draw these set-points and references."""
        self._steps = tuple(lines)
        self.schedule()

    def set_limits(self, limits: Sequence[Limit]) -> None:
        """Draw these limits."""
        self._limits = tuple(limits)
        self.schedule()

    def set_origin(self, origin: dt.datetime | None) -> None:
        """Say the local date at bench time 0, so that the axis can show the clock; None where that would mislead."""
        self._origin = origin
        self._bar.clock.setEnabled(origin is not None)
        self._set_clock(self._clock)

    def reach(self, end: float) -> None:
        """Say that time has come to `end`, without a reading."""
        self._reach(min(end, self._extent[0]) if self._extent else end, end)
        self.schedule()

    # ---- which part of it ---------------------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Show everything, also what is still to come."""
        self._look(self.view.all())

    def follow(self, on: bool = True) -> None:
        """Stay with the latest readings, or stay here."""
        self._look(self.view.following() if on else self.view.showing(self.view.start, self.view.end))

    def show_span(self, start: float, end: float) -> None:
        """Show a span of bench time, s."""
        self._look(self.view.showing(start, end))

    def pan(self, seconds: float) -> None:
        """Move by some seconds."""
        self._look(self.view.panned(seconds / self.view.span))

    def zoom(self, factor: float, time: float | None = None) -> None:
        """Show `factor` times as much; `time` stays where it is."""
        self._look(self.view.zoomed(factor, time))

    def set_together(self, together: bool) -> None:
        """Draw all channels in one lane, each in percent of its own range; or by quantity and unit."""
        self._together = together
        self._bar.together.setChecked(together)
        self._make_lanes()

    def state(self) -> dict[str, Any]:
        """What is worth remembering: the view, hidden channels, the kind of axes."""
        return self.view.state() | {
            "hidden": sorted(self._model.hidden),
            "together": self._together,
            "clock": self._clock,
            "legend": self._bar.values.isChecked(),
        }

    def restore(self, state: Mapping[str, Any] | None) -> None:
        """Take what was remembered; whatever makes no sense is left out."""
        state = state or {}
        hidden = state.get("hidden")
        if isinstance(hidden, list):
            self._model.set_hidden({name for name in hidden if isinstance(name, str)})
        self._together = state.get("together") is True
        self._bar.together.setChecked(self._together)
        self._bar.values.setChecked(state.get("legend") is not False)
        self._set_clock(state.get("clock") is True)
        self._make_lanes()
        self._look(self.view.restored(state))

    # ---- drawing ------------------------------------------------------------------------------------------------------

    def schedule(self) -> None:
        """Draw soon; many calls make one frame."""
        if not self._due.isActive():
            self._due.start()

    def draw(self) -> None:
        """Bring the picture up to date."""
        view = self.view
        pixels = max(50, int(self._canvas.area.width()))
        self._canvas.set_times(view.start, view.end)
        for channel in self._shown():
            self._lines[channel.name] = self._traces[channel.name].query(view.start, view.end, pixels)
        self._stack.draw(view, self._lines, self._steps, self._limits)
        if not self._values_due.isActive():
            self._values_due.start()
        if self._source is not None and any(self._wanting(pixels)):
            self._fetch_due.start()

    def restyle(self) -> None:
        """Take the present colours."""
        self._canvas.setBackground(self._theme.colour(Tone.SURFACE))
        self._model.set_colours(self._colours())
        self._stack.restyle()
        self._colour_curves()
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setAccessibleName(self.tr("Trend"))
        self.setAccessibleDescription(
            self.tr("Arrow keys move, + and − zoom, Home shows everything, F follows the latest readings.")
        )
        self._bar.retranslate()
        self._model.set_titles(self.tr("Channel"), self.tr("Value"), self.tr("Unit"))
        self._table.setAccessibleName(self.tr("Channels and their values"))
        self._key.setText(
            "··· {set_point}   – – {reference}".format(set_point=self.tr("set-point"), reference=self.tr("reference"))
        )
        self._stack.retranslate()
        self._show_values()

    def close_source(self) -> None:
        """Ask the source no more, and wait for an answer that is under way; before a record is closed."""
        self._source = None
        self._fetcher.close()

    # ---- events -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move, zoom and choose by keyboard."""
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        span = self.view.span
        match key:
            case Qt.Key.Key_Left | Qt.Key.Key_Right if control:
                sign = -1 if key == Qt.Key.Key_Left else 1
                place = (self.view.start + self.view.end) / 2 if self._cursor is None else self._cursor
                self._point(min(max(place + sign * span / 100, self.view.start), self.view.end))
            case Qt.Key.Key_Left:
                self.pan(-_PAN_SHARE * span)
            case Qt.Key.Key_Right:
                self.pan(_PAN_SHARE * span)
            case Qt.Key.Key_Up | Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(1 / time_axis.ZOOM)
            case Qt.Key.Key_Down | Qt.Key.Key_Minus:
                self.zoom(time_axis.ZOOM)
            case Qt.Key.Key_Home:
                self.show_all()
            case Qt.Key.Key_End | Qt.Key.Key_F:
                self.follow()
            case Qt.Key.Key_T:
                self.set_together(not self._together)
            case Qt.Key.Key_C if self._origin is not None:
                self._set_clock(not self._clock)
            case Qt.Key.Key_V:
                self._bar.values.toggle()
            case Qt.Key.Key_Escape if self._cursor is not None:
                self._point(None)
            case _:
                super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """A change of font changes the height of the rows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Small enough for a panel, large enough to see something."""
        return QSize(360, 220)

    # ---- inside -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._canvas = Canvas(self)
        self._canvas.panned.connect(self.pan)
        self._canvas.zoomed.connect(self.zoom)
        self._canvas.chosen.connect(self.show_span)
        self._canvas.pointed.connect(self._point)
        self._canvas.all_wanted.connect(self.show_all)
        self._canvas.resized.connect(self.schedule)
        self._stack = LaneStack(self._theme, self._canvas, self._lane_title)
        self._bar = PlotBar(self)
        self._bar.all.clicked.connect(self.show_all)
        self._bar.follow.clicked.connect(self.follow)
        self._bar.together.clicked.connect(self.set_together)
        self._bar.clock.clicked.connect(self._set_clock)
        self._model = LegendModel(self)
        self._model.toggled.connect(lambda *_: self._make_lanes())
        self._table = Legend(self._model, self)
        self._table.selectionModel().selectionChanged.connect(lambda *_: self._colour_curves())
        self._where = QLabel(self)
        self._key = QLabel(self)
        self._key.setProperty("tone", "muted")
        self._side = QWidget(self)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(8, 0, 0, 0)
        side.setSpacing(4)
        side.addWidget(self._where)
        side.addWidget(self._table, 1)
        side.addWidget(self._key)
        self._bar.values.toggled.connect(self._side.setVisible)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.addWidget(self._canvas)
        self._splitter.addWidget(self._side)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([700, 320])
        self._splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._bar)
        layout.addWidget(self._splitter, 1)

    def _shown(self) -> list[Channel]:
        return [channel for channel in self._channels if channel.name not in self._model.hidden]

    def _make_lanes(self) -> None:
        """Make the lanes that the channels in view need; a change of channels or of the kind of axes makes them anew."""
        self._stack.arrange(self._shown(), together=self._together)
        self._set_clock(self._clock)
        self._colour_curves()
        self._point(self._cursor)
        self.schedule()

    def _lane_title(self, key: Key) -> str:
        if key == TOGETHER:
            return self.tr("% of own range")
        quantity, unit = key
        return f"{quantity} / {unit}" if quantity and len(self._stack.lanes) < 4 else unit or quantity

    def _colours(self) -> list[Any]:
        return [self._theme.trace(number) for number in range(len(self._channels))]

    def _colour_curves(self) -> None:
        """Colour the curves; the one that is chosen in the legend stands out."""
        rows = self._table.selectionModel().selectedRows() if self._channels else []
        chosen = {self._channels[row.row()].name for row in rows if row.row() < len(self._channels)}
        names = (channel.name for channel in self._channels)
        self._stack.colour(dict(zip(names, self._colours(), strict=True)), chosen)

    def _reach(self, first: float | None, last: float | None) -> None:
        if first is None or last is None:
            return
        old = self._extent
        self._extent = (first, last) if old is None else (min(first, old[0]), max(last, old[1]))
        if self._extent != old:
            self._look(self.view.grown(*self._extent))

    def _look(self, view: TimeView) -> None:
        if (view.start, view.end) != (self.view.start, self.view.end):
            self.view_changed.emit(view.start, view.end)
        self.view = view
        self._bar.all.setChecked(view.mode is Mode.ALL)
        self._bar.follow.setChecked(view.mode is Mode.FOLLOW)
        self.schedule()

    def _set_clock(self, clock: bool) -> None:
        self._clock = clock
        self._bar.clock.setChecked(clock and self._origin is not None)
        self._stack.set_origin(self._origin if clock else None)
        self._show_values()

    def _point(self, time: float | None) -> None:
        self._cursor = time
        self._stack.point(time)
        self._show_values()

    def _show_values(self) -> None:
        """Values at the cursor, or the latest ones."""
        time = self._cursor
        values: dict[str, Value] = {
            name: self._traces[name].latest(line, self.view.end) if time is None else at(line, time)
            for name, line in self._lines.items()
        }
        self._model.set_values(values)
        if time is None:
            self._where.setText(self.tr("Latest in view"))
        else:
            self._where.setText(time_axis.full_text(time, self._origin if self._clock else None))

    # ---- the source ---------------------------------------------------------------------------------------------------

    def _wanting(self, pixels: int) -> list[str]:
        start, end = self.view.start, self.view.end
        return [channel.name for channel in self._shown() if self._traces[channel.name].wants(start, end, pixels)]

    def _fetch_detail(self) -> None:
        """Ask for more than is in view, so that a little panning needs no further question."""
        pixels = max(50, int(self._canvas.area.width()))
        names = self._wanting(pixels)
        if self._source is None or not names:
            return
        margin = (DETAIL_SPANS - 1) / 2 * self.view.span
        first, last = self._extent or (self.view.start, self.view.end)
        start, end = max(first, self.view.start - margin), min(last, self.view.end + margin)
        if end > start:
            points = int(2 * pixels * (end - start) / self.view.span) + 1
            self._fetcher.ask(Wish(self._source, names, start, end, points))

    def _take(self, wish: Wish, windows: dict[str, Window]) -> None:
        if wish.source is not self._source:
            return
        for name, window in windows.items():
            if name in self._traces:
                self._traces[name].keep(window)
        self.schedule()


__all__ = ["Band", "Channel", "Limit", "LineKind", "StepLine", "TracePlot"]
