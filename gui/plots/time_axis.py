"""The time axis: which times get a mark, how they are written, and which span is in view. Without Qt.

Bench time is written as days and hours:minutes:seconds since the evaluation began; the local clock as hours:minutes:seconds,
with the date at midnight.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_LONG_STEPS = tuple(
    unit * many
    for unit, several in ((1.0, (1, 2, 5, 10, 20, 30)), (MINUTE, (1, 2, 5, 10, 20, 30)), (HOUR, (1, 2, 4, 6, 12)))
    for many in several
)
LEAST_SPAN = 0.5
MARGIN = 0.02  # of the span, after the last reading
FIRST_SPAN = 600.0
ZOOM = 1.25


def step_for(span: float, marks: int) -> float:
    """The least round step, in s, that makes at most `marks` marks in a span of time."""
    wanted = span / max(1, marks)
    for step in _LONG_STEPS:
        if step >= wanted >= _LONG_STEPS[0]:
            return step
    if wanted > _LONG_STEPS[-1]:
        return DAY * round_up(wanted / DAY)
    return round_up(wanted)


def round_up(value: float) -> float:
    """The least of 1, 2 or 5 times a power of ten that is not below a value above zero."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(many * power for many in (1.0, 2.0, 5.0, 10.0) if many * power >= value * (1 - 1e-9))


def marks(start: float, end: float, step: float, offset: float = 0.0) -> list[float]:
    """Times from `start` to `end` at which (time + offset) is a whole multiple of a step."""
    first, last = math.ceil((start + offset) / step - 1e-9), math.floor((end + offset) / step + 1e-9)
    return [number * step - offset for number in range(first, min(last, first + 1000) + 1)]


def bench_text(time: float, step: float) -> str:
    """Write a bench time: "12:05:00", "3 d 12:05:00"; without seconds where the step needs none."""
    sign = "−" if time < -step / 1e6 else ""
    days, rest = divmod(_rounded(abs(time), step), DAY)
    text = sign + (f"{days:.0f} d " if days else "") + _clock(rest, step)
    return text[:-6] if days and step >= DAY and text.endswith(" 00:00") else text


def clock_text(time: float, step: float, origin: dt.datetime) -> str:
    """Write the clock time of a bench time, where `origin` is the date at bench time 0: "12:05:00", at midnight "11-23"."""
    seconds = _rounded(since_midnight(origin) + time, step)
    days, rest = divmod(seconds, DAY)
    if rest == 0.0 and step >= MINUTE:
        return f"{origin.date() + dt.timedelta(days=days):%m-%d}"
    return _clock(rest, step)


def since_midnight(origin: dt.datetime) -> float:
    """Seconds from midnight to a date's time of day."""
    return origin.hour * HOUR + origin.minute * MINUTE + origin.second + origin.microsecond / 1e6


def full_text(time: float, origin: dt.datetime | None) -> str:
    """Write the time under the cursor with tenths of seconds; a clock time with its date."""
    if origin is None:
        return bench_text(time, 0.1)
    return f"{origin.date() + dt.timedelta(days=(since_midnight(origin) + time) // DAY):%m-%d} " + _clock(
        _rounded((since_midnight(origin) + time) % DAY, 0.1), 0.1
    )


def _rounded(time: float, step: float) -> float:
    grain = min(step, 1.0)
    return round(round(time / grain) * grain, 9)


def _clock(seconds: float, step: float) -> str:
    hours, rest = divmod(seconds, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    text = f"{hours:02.0f}:{minutes:02.0f}"
    if step >= MINUTE:
        return text
    digits = max(0, min(6, math.ceil(-math.log10(step) - 1e-9)))
    return f"{text}:{rest:0{3 + digits if digits else 2}.{digits}f}"


class Mode(StrEnum):
    """What decides the span that is in view."""

    ALL = "all"  # everything there is
    FOLLOW = "follow"  # the latest readings, with a span that stays
    FREE = "free"  # what the person chose


@dataclass(frozen=True, slots=True)
class TimeView:
    """The span in view, `start` to `end`, out of what there is, `first` to `last`; all in s of bench time."""

    first: float = 0.0
    last: float = 0.0
    start: float = 0.0
    end: float = FIRST_SPAN
    mode: Mode = Mode.ALL

    @property
    def span(self) -> float:
        """Length of what is in view, s."""
        return self.end - self.start

    def grown(self, first: float, last: float) -> TimeView:
        """The view after what there is has changed."""
        return TimeView(first, last, self.start, self.end, self.mode)._settled()

    def all(self) -> TimeView:
        """Show everything, also what is still to come."""
        return TimeView(self.first, self.last, self.start, self.end, Mode.ALL)._settled()

    def following(self) -> TimeView:
        """Show the latest readings; from everything at most the last ten minutes."""
        span = min(self.span, FIRST_SPAN) if self.mode is Mode.ALL else self.span
        return TimeView(self.first, self.last, self.last - span, self.last, Mode.FOLLOW)._settled()

    def showing(self, start: float, end: float) -> TimeView:
        """Show a span that a person chose."""
        start, end = min(start, end), max(start, end)
        middle, span = (start + end) / 2, max(LEAST_SPAN, end - start)
        longest = max(LEAST_SPAN, 1.2 * (self.last - self.first), FIRST_SPAN)
        span = min(span, longest)
        middle = min(max(middle, self.first), max(self.first, self.last))
        return TimeView(self.first, self.last, middle - span / 2, middle + span / 2, Mode.FREE)

    def panned(self, share: float) -> TimeView:
        """Move by a share of the span; above zero to later times."""
        return self.showing(self.start + share * self.span, self.end + share * self.span)

    def zoomed(self, factor: float, at: float | None = None) -> TimeView:
        """Show `factor` times as much, with the time `at` staying where it is; following goes on following."""
        if self.mode is Mode.FOLLOW:
            span = max(LEAST_SPAN, factor * self.span)
            return TimeView(self.first, self.last, self.end - span, self.end, Mode.FOLLOW)._settled()
        at = (self.start + self.end) / 2 if at is None else at
        return self.showing(at - factor * (at - self.start), at + factor * (self.end - at))

    def state(self) -> dict[str, Any]:
        """What is remembered of it."""
        return {"mode": self.mode.value, "start": self.start, "end": self.end}

    def restored(self, state: Mapping[str, Any]) -> TimeView:
        """The view as it was remembered; whatever makes no sense is left out."""
        try:
            mode, start, end = Mode(state["mode"]), float(state["start"]), float(state["end"])
        except (KeyError, TypeError, ValueError):
            return self
        if not (math.isfinite(start) and math.isfinite(end) and end > start):
            return self
        if mode is Mode.FREE:
            return self.showing(start, end)
        return TimeView(self.first, self.last, start, end, mode)._settled()

    def _settled(self) -> TimeView:
        if self.mode is Mode.ALL:
            length = max(LEAST_SPAN, self.last - self.first)
            start, end = self.first, self.first + length * (1 + MARGIN)
        elif self.mode is Mode.FOLLOW:
            end = self.last + MARGIN * self.span
            start = end - self.span
        else:
            return self
        return TimeView(self.first, self.last, start, end, self.mode)


def comfortable(low: float, high: float, least: float = 0.0) -> tuple[float, float]:
    """A calm range for the vertical axis around values: with a margin, at round ends, at least `least` long."""
    least = max(least, 1e-6 * max(abs(low), abs(high)), 1e-9)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    step = round_up((high - low) / 25)
    return math.floor((low - 0.5 * step) / step) * step, math.ceil((high + 0.5 * step) / step) * step
