"""Ticks of bench time: when an update falls due, and when a command is seen.

A command acts strictly after the tick in which it came: what is read on that tick still shows the state before it.
"""

from __future__ import annotations

import math

SAME_TICK_S = 1e-6
"""Bench times closer than this are one tick."""


def update_number(now: float, interval_s: float) -> int:
    """Number of the last update, due at every multiple of the interval, at bench time `now`."""
    return int((now + SAME_TICK_S) / interval_s)


class Commanded:
    """A value that follows commands; on the tick of a command it still shows what it was before."""

    __slots__ = ("_before", "_changed_s", "latest")

    def __init__(self, value: float) -> None:
        self.latest = value
        self._before = value
        self._changed_s = -math.inf

    def set(self, value: float, now: float) -> None:
        """Take a new value, commanded at bench time `now`."""
        if now > self._changed_s + SAME_TICK_S:
            self._before = self.latest
            self._changed_s = now
        self.latest = value

    def shown(self, now: float) -> float:
        """What it shows at bench time `now`."""
        return self.latest if now > self._changed_s + SAME_TICK_S else self._before
