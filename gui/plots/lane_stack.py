"""The lanes of a trace plot, one below the other: which there are, what is drawn in them, and their vertical ranges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from PySide6.QtGui import QColor

from gui.plots.canvas import Canvas
from gui.plots.channel import Band, Channel, Limit, StepLine
from gui.plots.lane import Lane, thin_pen
from gui.plots.levels import Polyline
from gui.plots.time_axis import TimeView, comfortable
from gui.theme import Theme, Tone

Key = tuple[str, str]  # quantity and unit of a lane
Ranges = dict[Key, list[tuple[float, float]]]

TOGETHER: Key = ("", "%")
"""The one lane of all channels, each in percent of its own range."""
_MAIN_LANE, _OTHER_LANE = 7, 2  # heights in proportion
_HEAD = 0.15  # of the uppermost lane, for the names of the steps
_LEAST_IN_RESOLUTIONS = 4.0  # how short a vertical range gets: else nothing but digits would be seen


class LaneStack:
    """Makes lanes for the channels that are shown, and draws into them; curves are made once and changed from then on."""

    def __init__(self, theme: Theme, canvas: Canvas, title: Callable[[Key], str]) -> None:
        self._theme = theme
        self._canvas = canvas
        self._title = title
        self._shown: tuple[Channel, ...] = ()
        self._together = False
        self._bands: Sequence[Band] = ()
        self.lanes: dict[Key, Lane] = {}

    def arrange(self, shown: Sequence[Channel], *, together: bool) -> None:
        """Make the lanes that these channels need; what is judged stands above the rest."""
        self._shown, self._together = tuple(shown), together
        ordered = sorted(shown, key=lambda channel: not channel.main)
        keys = list(dict.fromkeys(self.key_of(channel) for channel in ordered))
        main = {self.key_of(channel) for channel in shown if channel.main}
        self.lanes = {
            key: Lane(self._theme, title=partial(self._title, key), unit=key[1], top=number == 0)
            for number, key in enumerate(keys)
        }
        for number, lane in enumerate(self.lanes.values()):
            lane.restyle()
            lane.show_time_axis(number == len(keys) - 1)
            lane.bands.set_bands(self._bands)
        self._canvas.set_lanes(list(self.lanes.values()), [_MAIN_LANE if key in main else _OTHER_LANE for key in keys])

    def key_of(self, channel: Channel) -> Key:
        """The lane of a channel."""
        return TOGETHER if self._together else channel.lane

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Shade these steps."""
        self._bands = bands
        for lane in self.lanes.values():
            lane.bands.set_bands(bands)

    def draw(
        self, view: TimeView, lines: Mapping[str, Polyline], steps: Sequence[StepLine], limits: Sequence[Limit]
    ) -> None:
        """Draw the channels' lines over a span of time, with step lines and limits; ranges follow what is in view."""
        if self._together:
            self._draw_together(lines)
        else:
            self._draw_apart(view, lines, steps, limits)
        for lane in self.lanes.values():
            lane.set_times(view.start, view.end)

    def colour(self, colours: Mapping[str, QColor], chosen: Collection[str]) -> None:
        """Colour the curves; chosen ones stand out in the colour of text, above the others."""
        for channel in self._shown:
            curve = self.lanes[self.key_of(channel)].curve(channel.name)
            picked = channel.name in chosen
            curve.setPen(thin_pen(self._theme.colour(Tone.TEXT) if picked else colours[channel.name]))
            curve.setZValue(10 if picked else 0)

    def set_origin(self, origin: dt.datetime | None) -> None:
        """Show the clock, where `origin` is the date at bench time 0; bench time for None."""
        for lane in self.lanes.values():
            lane.time_axis.origin = origin
            lane.time_axis.picture = None
            lane.time_axis.update()

    def point(self, time: float | None) -> None:
        """Show the cursor at a time."""
        for lane in self.lanes.values():
            lane.cursor.setVisible(time is not None)
            if time is not None:
                lane.cursor.setPos(time)

    def restyle(self) -> None:
        """Take the present colours."""
        for lane in self.lanes.values():
            lane.restyle()

    def retranslate(self) -> None:
        """Write the titles again."""
        for lane in self.lanes.values():
            lane.retranslate()

    def _draw_together(self, lines: Mapping[str, Polyline]) -> None:
        for channel in self._shown:
            line, value = lines[channel.name], lines[channel.name].value
            extremes = line.extremes()
            if extremes is not None:
                low, high = comfortable(*extremes, least=_LEAST_IN_RESOLUTIONS * channel.resolution)
                value = (value - low) / (high - low) * 100.0
            self.lanes[TOGETHER].curve(channel.name).setData(line.time, value, connect="finite")
        for lane in self.lanes.values():
            lane.set_values(-2.0, 102.0)

    def _draw_apart(
        self, view: TimeView, lines: Mapping[str, Polyline], steps: Sequence[StepLine], limits: Sequence[Limit]
    ) -> None:
        ranges: Ranges = {}
        least: dict[Key, float] = {}
        for channel in self._shown:
            line = lines[channel.name]
            self.lanes[channel.lane].curve(channel.name).setData(line.time, line.value, connect="finite")
            extremes = line.extremes()
            if extremes is not None:
                ranges.setdefault(channel.lane, []).append(extremes)
            least[channel.lane] = max(least.get(channel.lane, 0.0), _LEAST_IN_RESOLUTIONS * channel.resolution)
        self._draw_steps(view, steps, limits, ranges)
        for number, (key, lane) in enumerate(self.lanes.items()):
            if found := ranges.get(key):
                low, high = comfortable(min(r[0] for r in found), max(r[1] for r in found), least[key])
                lane.set_values(low, high + (_HEAD * (high - low) if self._bands and number == 0 else 0.0))

    def _draw_steps(self, view: TimeView, steps: Sequence[StepLine], limits: Sequence[Limit], ranges: Ranges) -> None:
        lane_of = {channel.name: channel.lane for channel in self._shown}
        for line in steps:
            if line.channel in lane_of:
                key = lane_of[line.channel]
                extremes = self.lanes[key].draw_steps(line, view.start, min(view.end, view.last))
                if extremes is not None:
                    ranges.setdefault(key, []).append(extremes)
        for key, lane in self.lanes.items():
            mine = [limit for limit in limits if lane_of.get(limit.channel) == key]
            lane.set_limits(mine)
            if mine:
                ranges.setdefault(key, []).extend((limit.value, limit.value) for limit in mine)
