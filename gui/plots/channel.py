"""What a trace plot shows: channels, step bands, step lines and limits. Without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from testbench.record.model import ChannelRow


@dataclass(frozen=True, slots=True)
class Channel:
    """A series: `name` as the record has it, `label` as a person reads it; `resolution` in its unit, 0 where unknown.

    What is `main` stands above the others, in higher lanes.
    """

    name: str
    label: str
    unit: str
    quantity: str = ""
    resolution: float = 0.0
    main: bool = False

    @classmethod
    def of(cls, row: ChannelRow, label: str = "") -> Channel:
        """A channel of the record; the indications of devices are the main ones."""
        return cls(row.name, label or row.name, row.unit, row.quantity, row.resolution, row.device is not None)

    @property
    def lane(self) -> tuple[str, str]:
        """Channels of one quantity and unit share an axis."""
        return (self.quantity, self.unit)


@dataclass(frozen=True, slots=True)
class Band:
    """A step in the background, from `start` to `end` (bench time, s; None while it goes on), with its name."""

    start: float
    end: float | None
    text: str


class LineKind(StrEnum):
    """What a step line stands for."""

    SET_POINT = "set point"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, eq=False)
class StepLine:
    """A value that changes in steps, in the lane of `channel`: from `time[i]` (s) on it is `value[i]`, NaN for none."""

    kind: LineKind
    channel: str
    time: NDArray[np.float64]
    value: NDArray[np.float64]

    @classmethod
    def of(cls, kind: LineKind, channel: str, time: ArrayLike, value: ArrayLike) -> StepLine:
        """A step line from any two sequences of one length."""
        return cls(kind, channel, np.asarray(time, np.float64), np.asarray(value, np.float64))

    def drawn(self, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Corner points from `start` to `end`."""
        first = max(0, int(np.searchsorted(self.time, start, side="right")) - 1)
        past = int(np.searchsorted(self.time, end, side="right"))
        if past <= first:
            return np.empty(0), np.empty(0)
        corners = np.concatenate((np.maximum(self.time[first:past], start), [end]))
        return np.repeat(corners, 2)[1:-1], np.repeat(self.value[first:past], 2)


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that the channels of a lane are held against, in the unit of `channel`."""

    channel: str
    value: float
    text: str
