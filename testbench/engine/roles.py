"""What an instrument must be able to do to take a role on the bench: small structural interfaces, in a page.

A procedure sees roles, never a model. A driver is any class that fits one of these; nothing is inherited. Drivers are
built from the station file without any traffic (`__init__`), and touch the instrument only from `open` on.

Reading is split in two: `request` sends the question, `collect` waits for the answer. So all questions to instruments that
answer swiftly are on their way before the first answer is waited for; a source that cannot split simply does everything in
`collect`. Both are called one after the other, but not always in the thread that opened the instrument
(`testbench.engine.inquiry`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel

from testbench.metrology.quantity import Quantity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Status(IntEnum):
    """How far a reading can be trusted. A gap has no value (NaN); it is never a copy of the value before."""

    VALID = 0
    GAP = 1  # no answer in time, or garbled
    FLAGGED = 2  # the instrument itself marks the value (fault, calibration, over-range)


@dataclass(frozen=True, slots=True)
class Channel:
    """One series of readings: its name on this bench, what it is, its unit, and the step of its last digit."""

    name: str
    quantity: str
    unit: str
    resolution: float = 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of one channel; `raw` only where the text cannot be rebuilt from the value."""

    value: float
    status: Status = Status.VALID
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What an instrument says of itself; empty where it does not say."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class SafeOutcome:
    """What became of driving one instrument to its safe state: what was read back afterwards, and whether it is safe."""

    instrument: str
    state: str
    verified: bool
    read_back: str


@runtime_checkable
class Instrument(Protocol):
    """Anything on the bench that is opened, identified and left safe.

    `safe_state` says in words what the safe state is ("both flows 0"); "none: read only" for an instrument that drives
    nothing. `drive_safe` drives it and reads back; it raises InstrumentError only if the instrument cannot be reached.
    """

    name: str
    safe_state: str

    def open(self) -> None: ...
    def close(self) -> None: ...
    def identify(self) -> Identity: ...
    def drive_safe(self) -> SafeOutcome: ...


@runtime_checkable
class Source(Instrument, Protocol):
    """An instrument that is read on the bench's time grid; `interval_s` is how often its own output is renewed."""

    channels: tuple[Channel, ...]
    interval_s: float

    def request(self) -> None: ...
    def collect(self) -> Sequence[Sample]: ...


class Direction(StrEnum):
    """Which way bytes went."""

    SENT = "sent"
    RECEIVED = "received"


Listener = Callable[[Direction, float, bytes], None]
"""Hears bytes of a session: which way they went, when (real monotonic time, s), and the bytes."""


@runtime_checkable
class Traceable(Protocol):
    """An instrument with a session of its own that lets a listener hear every byte; None ends it."""

    name: str

    def trace(self, listener: Listener | None) -> None: ...


@runtime_checkable
class FlowController(Source, Protocol):
    """A mass flow controller: the first of its channels is the mass flow in `flow_unit`.

    Uncertainties as the certificate states them: `flow_uncertainty` gives the standard uncertainty of a flow (the part
    common to all settings), `flow_reproducibility` the standard deviation from one setting to the next, both in `flow_unit`;
    the step of the indicated flow is the resolution of that first channel.
    """

    flow_unit: str
    full_scale: float

    def set_flow(self, flow: float) -> None: ...
    def flow_uncertainty(self, flow: float) -> float: ...
    def flow_reproducibility(self, flow: float) -> float: ...


@runtime_checkable
class GasDivider(Protocol):
    """Makes a stated gas content out of cylinders. Contents are amount fractions in mol/mol.

    `sources` are the instruments whose readings tell what was really made. `supply` raises UnsuppliableError, naming the
    range, for what it cannot make, before anything is touched; `check` does only that. `reference` computes the content
    from what was measured (mean reading of every channel of its sources, by name), `predict` from the set-points: both with
    every influence named (cylinder, each controller, zero gas), so that correlations survive. `setting` counts the settings
    made, because the divider's reproducibility is a new, independent influence each time the gas is set. `consumption` is
    the flow of each cylinder in L/min for a content. `rest` sets what flows while the bench is paused, and `rest_state` says
    in words what that is ("zero gas at 0.4 L/min").
    """

    name: str
    component: str
    sources: tuple[Source, ...]
    rest_state: str

    def check(self, component: str, fraction: float) -> None: ...
    def supply(self, component: str, fraction: float) -> None: ...
    def zero(self) -> None: ...
    def rest(self) -> None: ...
    def stop(self) -> None: ...
    def reference(self, component: str, flows: Mapping[str, float], setting: int) -> Quantity: ...
    def predict(self, component: str, fraction: float, setting: int) -> Quantity: ...
    def consumption(self, component: str, fraction: float) -> Mapping[str, float]: ...


@runtime_checkable
class GasMixer(Protocol):
    """A gas divider that makes a gas of several components at once: an interferent, with or without the measurand.

    `contents` are amount fractions in mol/mol by component; those of 0 are left out of the gas, but may be predicted.
    `check_mixture` raises UnsuppliableError for what cannot be made, `supply_mixture` before anything is touched.
    """

    def check_mixture(self, contents: Mapping[str, float]) -> None: ...
    def supply_mixture(self, contents: Mapping[str, float]) -> None: ...
    def predict_in_mixture(self, component: str, contents: Mapping[str, float], setting: int) -> Quantity: ...
    def consumption_of_mixture(self, contents: Mapping[str, float]) -> Mapping[str, float]: ...


@runtime_checkable
class GasMeter(Protocol):
    """A gas divider that tells from which cylinder its recorded flows came.

    `drawn` gives the litres of each cylinder for what has passed: channel name of each of its sources → integral of its
    flow over time, in the channel's unit × min. It is linear, so that a time may be taken in parts.
    """

    def drawn(self, passed: Mapping[str, float]) -> Mapping[str, float]: ...


@runtime_checkable
class SwitchedMeter(GasMeter, Protocol):
    """A gas meter some of whose flows come from one of several cylinders, as a valve before them stands.

    `selected_by` gives for the channel of such a flow the channel of the valve's position; `drawn` is handed its integrals
    by position, "mfc-1.flow@2".
    """

    @property
    def selected_by(self) -> Mapping[str, str]: ...


class Adjustment(StrEnum):
    """Which point of a device is adjusted."""

    ZERO = "zero"
    SPAN = "span"


class AdjustmentByOperatorError(Exception):
    """The device has no command for this adjustment: a person must do it at the device."""


@runtime_checkable
class Device(Protocol):
    """A device under test: which channel carries its indication, its range in `unit`, and how it is adjusted.

    `source` is the instrument that is read (the device itself, or the scanner that reads its current output) and `channel`
    the name of its channel; readings of that channel are in `unit`. `adjust` makes an indication of `indicated` become
    `target` (both in `unit`), or raises AdjustmentByOperatorError.
    """

    name: str
    source: Source
    channel: str
    unit: str
    low: float
    high: float
    update_s: float

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None: ...


@runtime_checkable
class FlowRig(Protocol):
    """Sets and measures a reference velocity (m/s) in a duct of `area` (m²); from `low` to `high` it can be set.

    `set_velocity` raises UnsuppliableError, naming the range, for what cannot be set, before anything is touched; `check`
    does only that. 0 stops the fan. `set_velocity` sets the fan by what is known of it; when its velocity has followed
    (`response_s`) and was measured (mean over `stable_s`), `regulate` brings the fan nearer to what was set, until the mean
    is within `tolerance` of it (m/s). Nothing is regulated after `stop` or `rest`; `rest` sets what blows while the bench
    is paused, and `rest_state` says in words what that is ("fan stopped").

    `sources` are the instruments that are read, `inputs` those of their channels that tell the velocity. `velocities` gives
    it for every reading of `channel` (NaN is a gap) from the readings of all inputs in a window; `reference` gives a
    velocity its influences by the mean readings of all inputs, `predict` by the set-point alone. `setting` counts the
    settings made.
    """

    name: str
    sources: tuple[Source, ...]
    channel: str
    inputs: tuple[str, ...]
    area: Quantity
    low: float
    high: float
    response_s: float
    stable_s: float
    rest_state: str

    def check(self, velocity: float) -> None: ...
    def set_velocity(self, velocity: float) -> None: ...
    def regulate(self, measured: float) -> None: ...
    def tolerance(self, velocity: float) -> float: ...
    def rest(self) -> None: ...
    def stop(self) -> None: ...
    def velocities(self, readings: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]: ...
    def reference(self, velocity: float, readings: Mapping[str, float], setting: int) -> Quantity: ...
    def predict(self, velocity: float, setting: int) -> Quantity: ...


@runtime_checkable
class Sensor(Protocol):
    """One condition of the environment (temperature, humidity, pressure, supply voltage) on some source's channel."""

    name: str
    source: Source
    channel: str
    unit: str


@runtime_checkable
class ConditionControl(Protocol):
    """Sets one condition of the environment (climate chamber, AC source, sample flow), from `low` to `high` in `unit`.

    `check` raises UnsuppliableError, naming the range, for what cannot be set; `set_condition` does so before anything is
    touched, and returns when the instrument has confirmed the set-point. The condition is there when all readings of
    `channel` in `stable_s` are within `tolerance` of it; that takes `reach_s` at most. `uncertainty` is the standard
    uncertainty of the readings as stated, 0 where nothing is stated.
    """

    name: str
    channel: str
    unit: str
    low: float
    high: float
    tolerance: float
    stable_s: float
    reach_s: float
    uncertainty: float

    def check(self, value: float) -> None: ...
    def set_condition(self, value: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a driver may build on: the instruments of the station built before it, by name, and the cylinders."""

    instruments: Mapping[str, Any]
    cylinders: Mapping[str, Any]


class DriverClass(Protocol):
    """What the entry points of group `testbench.instruments` name: how a driver presents itself, and how it is built.

    `kind` says where it may stand in the station file: "instrument" ([instruments.NAME]), "divider" ([divider]), "device"
    ([devices.NAME]), "flow-rig" ([flow_rig]) or "sensor" ([environment.NAME]). `Settings` are the keys that its table may
    have beside the common ones; `simulated` resources are replaced before it is built. `documented_by` says who documents
    its protocol, `verified` how it was checked.
    """

    driver: ClassVar[str]
    kind: ClassVar[str]
    summary: ClassVar[str]
    documented_by: ClassVar[str]
    verified: ClassVar[str]
    Settings: type[BaseModel]

    def __call__(self, name: str, settings: Any, parts: Parts) -> Any: ...
