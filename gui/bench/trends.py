"""The last minutes of each channel, kept for small trends. Without Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from gui.bench.live import Value
from testbench.engine.manual.parts import Part

POINTS = 600  # five minutes of two a second


class Trends:
    """Points (time in s, value) by channel; memory is bounded."""

    def __init__(self) -> None:
        self._points: dict[str, deque[tuple[float, float]]] = {}

    def clear(self) -> None:
        """Begin anew, as for another station or another run."""
        self._points.clear()

    def add(self, values: Mapping[str, Value]) -> None:
        """Keep what is newer than what is there; a gap leaves no point."""
        for channel, known in values.items():
            if known.value is None or known.at is None:
                continue
            points = self._points.setdefault(channel, deque(maxlen=POINTS))
            time = known.at.timestamp()
            if not points or time > points[-1][0]:
                points.append((time, known.value))

    def of(self, channel: str) -> tuple[tuple[float, float], ...]:
        """Points of a channel, the oldest first."""
        return tuple(self._points.get(channel, ()))


def least_span(part: Part, resolution: float) -> float:
    """What a trend's box spans at least: ten steps of the last digit, and a fiftieth of the part's range."""
    span = part.high - part.low if part.high is not None and part.low is not None else 0.0
    return max(10 * resolution, 0.02 * span)


def polyline(
    points: tuple[tuple[float, float], ...], width: float, height: float, least: float = 0.0
) -> list[tuple[float, float]]:
    """Points in a box of `width` × `height`, time to the right and value upwards, all of them inside.

    The box spans at least `least` of the value, so that noise of the last digit looks small.
    """
    if len(points) < 2:
        return []
    first, last = points[0][0], points[-1][0]
    low, high = min(value for _, value in points), max(value for _, value in points)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    span = high - low
    return [
        ((t - first) / (last - first) * width, height / 2 if span <= 0 else height - (v - low) / span * height)
        for t, v in points
    ]
