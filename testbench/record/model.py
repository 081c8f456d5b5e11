"""What goes into the record and comes out of it: frozen rows, readings as arrays.

Dates are aware (they keep their offset); bench times are seconds since the evaluation began.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from testbench.findings import Finding
from testbench.outcome import Outcome, RunState


class DeviceEntry(TypedDict):
    """A device under test as the station file named it; `range` is [low, high] in `unit`, `channel` its indication."""

    name: str
    maker: str
    model: str
    serial: str
    range: Sequence[float]
    unit: str
    channel: str


@dataclass(frozen=True, slots=True)
class EvaluationStart:
    """All that is fixed when an evaluation begins: texts of standard and station with their SHA-256, devices, software.

    `request` is what was asked for, as JSON: enough to begin the same evaluation again, or to go on with it.
    """

    standard: str
    standard_text: str
    standard_digest: str
    station_path: str
    station_text: str
    station_digest: str
    seed: int | None
    language: str
    simulated: bool
    software: Mapping[str, str]
    measurand: str
    devices: Sequence[DeviceEntry]
    started: dt.datetime
    notes: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """An evaluation; `outcome` is None while it runs, `finished` until nothing can follow (one interrupted may go on)."""

    identifier: str
    start: EvaluationStart
    outcome: Outcome | None
    finished: dt.datetime | None
    state: RunState = RunState.RUNNING
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of one procedure; what comes after `started` is None (or empty) until it ends."""

    identifier: str
    evaluation: str
    number: int
    procedure: str
    clause: str
    settings: Mapping[str, Any]
    state: RunState
    began_at: float
    started: dt.datetime
    outcome: Outcome | None = None
    ended_at: float | None = None
    finished: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step of the journal: one call on the bench. One cut short has neither `ended_at` nor `finished`.

    `attempts` counts how often it was begun; `began_at` and `started` are those of the last attempt. `state` is the bench's
    state after it, `reestablished` what was done to have the gas again before it, `error_kind` the class of its error.
    """

    run: str
    number: int
    call: str
    arguments: Mapping[str, Any]
    began_at: float
    started: dt.datetime
    result: Mapping[str, Any] | None = None
    error: str | None = None
    attempts: int = 1
    ended_at: float | None = None
    finished: dt.datetime | None = None
    state: Mapping[str, Any] | None = None
    error_kind: str = ""
    reestablished: Mapping[str, Any] | None = None

    @property
    def done(self) -> bool:
        """Whether the call came back, with a result or an error."""
        return self.finished is not None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt of a step that was cut short or failed, and was followed by another; `number` counts from 1."""

    run: str
    step: int
    number: int
    began_at: float
    started: dt.datetime
    ended_at: float
    ended: dt.datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A series of readings of an evaluation; `device` names the device under test whose indication it is, if any."""

    number: int
    name: str
    quantity: str
    unit: str
    resolution: float
    device: str | None


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding and the run that determined it; `number` is its own throughout the record (0 for one that has none)."""

    run: str
    finding: Finding
    number: int = 0


class AmendmentKind(StrEnum):
    """What a person changes of an evaluation that has ended."""

    EXCLUDE = "exclude"
    RESTORE = "restore"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class AmendmentRow:
    """A finding excluded or restored (by its number), or an item repeated: why, by whom and when.

    The document of a repeat says which evaluation repeated which run, and what it found (`testbench.engine.amending`).
    """

    number: int
    evaluation: str
    kind: AmendmentKind
    finding: int | None
    document: Mapping[str, Any]
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened beside the steps: an alarm, a gap, a safe state, an operator's note."""

    evaluation: str
    run: str | None
    kind: str
    text: str
    bench_time: float
    at: dt.datetime


class CommandKind(StrEnum):
    """What a running evaluation can be asked to do from outside."""

    PAUSE = "pause"
    RESUME = "resume"
    ABORT = "abort"
    ACKNOWLEDGE = "acknowledge"


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command to a running evaluation: by whom, when, and when it was taken with what reply (empty until then)."""

    number: int
    evaluation: str
    kind: CommandKind
    document: Mapping[str, Any]
    by: str
    at: dt.datetime
    taken: dt.datetime | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture in the record, without its bytes: `shown` with a question, or given as its answer.

    `digest` is the SHA-256 of the bytes; `by` and `at` say who put it there, and when. `Prompts.picture` has the bytes.
    """

    number: int
    prompt: int
    shown: bool
    name: str
    media_type: str
    digest: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A question to the operator; where `unit` is not empty it asks for a number in that unit.

    Where there are `choices` it asks for one of these texts; with `wants_picture` for a picture (of a display, say) as well.
    `pictures` are those shown with it and the one given. Open until it is `answered` or `withdrawn`. `by` says who answered.
    Where there is a `form` it asks for a table; `entered` is that table, with its source. Both are JSON documents.
    """

    number: int
    evaluation: str
    run: str | None
    text: str
    unit: str
    expected: float | None
    bench_time: float
    asked: dt.datetime
    answer_text: str | None = None
    answer_number: float | None = None
    by: str = ""
    answered: dt.datetime | None = None
    withdrawn: dt.datetime | None = None
    choices: tuple[str, ...] = ()
    wants_picture: bool = False
    pictures: tuple[PictureRow, ...] = ()
    form: Mapping[str, Any] | None = None
    entered: Mapping[str, Any] | None = None

    @property
    def shown(self) -> PictureRow | None:
        """The picture that is shown with the question."""
        return next((picture for picture in self.pictures if picture.shown), None)

    @property
    def given(self) -> PictureRow | None:
        """The picture that was given as the answer."""
        return next((picture for picture in self.pictures if not picture.shown), None)

    @property
    def open(self) -> bool:
        """Whether an answer is awaited."""
        return self.answered is None and self.withdrawn is None


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An interlock that tripped at a bench time (s); `released_at` is the bench time at which the value was back.

    `by` and `acknowledged` say who acknowledged it, and when.
    """

    number: int
    evaluation: str
    name: str
    action: str
    text: str
    channel: str
    value: float | None
    bench_time: float
    at: dt.datetime
    released_at: float | None = None
    released: dt.datetime | None = None
    by: str = ""
    acknowledged: dt.datetime | None = None

    @property
    def latched(self) -> bool:
        """Whether it stands: until the value is back and a person has acknowledged it."""
        return self.released is None or self.acknowledged is None


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """Bytes that went to an instrument (`sent`) or came from it, at a bench time and a real time (s since the start)."""

    instrument: str
    sent: bool
    bench_time: float
    real_time: float
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Readings of one channel in time order, all arrays of length n.

    `time` in s of bench time; `value` in the channel's unit, NaN in a gap; `status` as `engine.roles.Status` (0 valid,
    1 gap, 2 flagged). `raw` maps the index of a reading to the text it came as, where that was kept.
    """

    time: NDArray[np.float64]
    value: NDArray[np.float64]
    status: NDArray[np.uint8]
    raw: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Readings of one channel condensed for drawing, all arrays of length n.

    Each point covers readings from `time` (s, that of its first reading) to the next point: `minimum` and `maximum` of
    the finite values in the channel's unit (NaN if there are none), the `count` of readings, and how many are `doubtful`
    (status other than valid).
    """

    time: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    count: NDArray[np.int64]
    doubtful: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time)
