"""Readings of an evaluation, streamed block by block, with the step that each belongs to.

    for piece in ReadingStream(record, evaluation, channels):     channel by channel, each in time order
        piece.time, piece.value, piece.status, piece.place

Memory does not grow with the length of the evaluation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testbench.errors import InputError, suggest
from testbench.record.model import ChannelRow, EvaluationRow
from testbench.record.store import Record

STATUSES = ("valid", "gap", "flagged")  # by the number that the record keeps
SIMULATED = "模拟 SIMULATED: these readings come from a simulated bench"


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Some readings of one channel, all arrays of length n.

    `time` is bench time in s, `value` in the channel's unit (NaN in a gap), `status` indexes `STATUSES`; `place` indexes
    `ReadingStream.places`, the run and step in which a reading was taken.
    """

    channel: ChannelRow
    time: NDArray[np.float64]
    value: NDArray[np.float64]
    status: NDArray[np.uint8]
    place: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)


class ReadingStream:
    """The readings of some channels of an evaluation (all by default), to be gone through once.

    `places` are the runs and steps in order, the first of them for readings before the first step; a reading belongs to the
    step that had begun last. InputError for a channel that the evaluation does not have.
    """

    def __init__(self, record: Record, evaluation: str, channels: Sequence[str] | None = None) -> None:
        self.row: EvaluationRow = record.evaluation(evaluation)
        known = {channel.name: channel for channel in record.channels(evaluation)}
        for name in channels or ():
            if name not in known:
                raise InputError(f"{evaluation} has no channel {name!r}; {suggest(name, known)}")
        self.channels = [known[name] for name in (dict.fromkeys(channels) if channels is not None else known)]
        self.total = sum(record.count_readings(evaluation, channel.name) for channel in self.channels)
        steps = [(step.began_at, run.identifier, step.number) for run in record.runs(evaluation) for step in
                 record.steps(run.identifier)]  # fmt: skip
        self.places: list[tuple[str, int | None]] = [("", None), *((run, number) for _, run, number in steps)]
        self._begins = np.maximum.accumulate(np.array([-np.inf, *(begin for begin, _, _ in steps)]))
        self._record = record

    @property
    def started(self) -> dt.datetime:
        """The date and time of bench time 0, with its offset."""
        return self.row.start.started

    def __iter__(self) -> Iterator[Piece]:
        for channel in self.channels:
            for readings in self._record.pieces(self.row.identifier, channel.name):
                place = np.searchsorted(self._begins, readings.time, side="right") - 1
                yield Piece(channel, readings.time, readings.value, readings.status, place)


def moments(started: dt.datetime, time: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """The dates of bench times (s): local to the offset of `started`, to a microsecond, without the offset itself."""
    local = np.datetime64(started.replace(tzinfo=None), "us")
    shift: NDArray[np.datetime64] = local + np.round(time * 1e6).astype("timedelta64[us]")
    return shift
