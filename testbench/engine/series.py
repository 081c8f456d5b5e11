"""The readings of one channel in memory, for the step that is running."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from testbench.engine.roles import Channel, Sample, Status

GAP = Sample(math.nan, Status.GAP)


@dataclass(slots=True)
class Series:
    """Readings of one channel in memory: time (s of bench time) and value (NaN where it is no valid reading).

    `last` is the last reading as it came, with its time; it is there also when the others were forgotten.
    """

    channel: Channel
    identifier: int
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    last: Sample = GAP
    last_at: float = -math.inf

    def add(self, time: float, sample: Sample) -> None:
        """Keep a reading; its time is not before that of the last one."""
        self.last, self.last_at = sample, time
        self.times.append(time)
        self.values.append(sample.value if sample.status == Status.VALID else math.nan)

    def pass_over(self, time: float) -> None:
        """Keep a gap for a tick at which an earlier question was still unanswered; its answer stays the last reading."""
        self.times.append(time)
        self.values.append(math.nan)

    def forget(self) -> None:
        """Drop the readings, but for the last one."""
        self.times.clear()
        self.values.clear()

    def between(self, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values with start <= time <= end (a nanosecond of tolerance)."""
        times = np.asarray(self.times)
        inside = (times >= start - 1e-9) & (times <= end + 1e-9)
        return times[inside], np.asarray(self.values)[inside]
