"""What falls due later in a loop of one thread: real time, in the order of the moments."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable

from instruments.deadline import monotonic


class Timers:
    """Actions that wait for their moment; `run_due` carries out those whose moment has come."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        """Carry `action` out in `delay_s` seconds."""
        heapq.heappush(self._waiting, (monotonic() + delay_s, next(self._count), action))

    def left(self) -> float:
        """Seconds until the next action is due, 0 if it is; infinite when nothing waits."""
        return max(0.0, self._waiting[0][0] - monotonic()) if self._waiting else math.inf

    def run_due(self) -> None:
        """Carry out what is due."""
        while self._waiting and self._waiting[0][0] <= monotonic():
            heapq.heappop(self._waiting)[2]()
