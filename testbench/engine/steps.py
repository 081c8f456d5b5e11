"""What a call on the bench gives back, and how it stands in the journal.

Results are frozen dataclasses; `to_json` and `from_json` carry them to the journal and back without loss (infinite
degrees of freedom as the text "Infinity", a missing value as null).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass as validated

from testbench.engine.entering import Entered
from testbench.engine.roles import Adjustment
from testbench.errors import InputError
from testbench.metrology.amount import to_fraction
from testbench.metrology.measurand import MeasurandKind, kind_of
from testbench.metrology.quantity import Quantity

T = TypeVar("T")
JSON = ConfigDict(ser_json_inf_nan="strings", arbitrary_types_allowed=True, defer_build=True)


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(result: Any) -> dict[str, Any]:
    """Turn a result into JSON types."""
    return cast(dict[str, Any], json.loads(_adapter(type(result)).dump_json(result)))


def from_json(kind: type[T], document: Mapping[str, Any]) -> T:
    """Read a result from the journal."""
    return cast(T, _adapter(kind).validate_python(document))


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device under test as a procedure sees it: range in `unit`, its own update interval, largest T90 to reckon with."""

    name: str
    measurand: str
    unit: str
    low: float
    high: float
    update_s: float
    resolution: float
    response_time_s: float

    @property
    def kind(self) -> MeasurandKind:
        """Kind of the measurand, by its unit."""
        return kind_of(self.unit)

    @property
    def full_scale(self) -> float:
        """High minus low end of the range, in `unit`."""
        return self.high - self.low

    def at(self, fraction: float) -> float:
        """Content, velocity or flow at a fraction of full scale, in `unit`."""
        return self.low + fraction * self.full_scale

    def content_at(self, fraction: float) -> float:
        """Content at a fraction of full scale, mol/mol; InputError for a device that measures no gas."""
        if self.kind.moves:
            raise InputError(f"{self.name} measures {self.measurand} in {self.unit}, so no gas is supplied to it")
        return to_fraction(self.at(fraction), self.unit)


@validated(frozen=True, config=JSON)
class Window:
    """A span of bench time whose readings belong to a step, and how it was sampled.

    `skew_s` is the longest real time between the first question and the last answer of one tick; `late` counts ticks that
    came too late and are gaps.
    """

    start: float
    end: float
    every_s: float
    skew_s: float = 0.0
    late: int = 0


@validated(frozen=True, config=JSON)
class Certified:
    """Content of a component in a gas that was connected by hand, as a person states it of its certificate, mol/mol.

    `expanded` is its expanded uncertainty (k = 2), None where none was stated.
    """

    content: float
    expanded: float | None = None


@validated(frozen=True, config=JSON)
class OtherGas:
    """A component beside the measurand: the content that was asked for (mol/mol), and the one that there is.

    `by` is the divider that makes it, or the person who connected it by hand; in that case `certified` is what the person
    stated of each component of the gas.
    """

    component: str
    content: float
    predicted: Quantity
    by: str
    certified: Mapping[str, Certified] = Field(default_factory=dict, exclude_if=lambda certified: not certified)

    @property
    def by_hand(self) -> bool:
        """Whether the gas was connected by hand, so that the divider does not feed the devices."""
        return bool(self.certified)


@validated(frozen=True, config=JSON)
class Supplied:
    """Gas that was set: number of the setting, fraction of full scale, content (mol/mol), and its predicted reference.

    All of them are those of the measurand, `component`; `other` is what the gas holds beside it, None for the usual gas.
    """

    setting: int
    component: str
    fraction: float
    content: float
    predicted: Quantity
    time: float
    other: OtherGas | None = Field(default=None, exclude_if=lambda other: other is None)


@validated(frozen=True, config=JSON)
class Settled:
    """Evidence that a device's indication is stable (or not), in its unit.

    `residual` estimates how far it is from its final value; `missing` is its magnitude where the movement is resolved from
    noise, else 0: a rectangular half-width that goes into the readings that follow.
    """

    stable: bool
    shift: float
    allowed: float
    residual: float
    missing: float = 0.0


@validated(frozen=True, config=JSON)
class VelocitySet:
    """Velocity (m/s) that was set: number of the setting, its predicted reference, and how it was waited for in `window`.

    `measured` is the mean of the reference in the last part of the window, None where it gave no reading; `evidence` (m/s)
    says whether it stood still, `reached` whether that was within the rig's tolerance of what was set.
    """

    setting: int
    velocity: float
    predicted: Quantity
    time: float
    window: Window
    measured: float | None
    evidence: Settled
    reached: bool


@validated(frozen=True, config=JSON)
class Settling:
    """Outcome of waiting for a stable indication: how long it took, and the evidence for each device."""

    window: Window
    waited_s: float
    evidence: Mapping[str, Settled]


@validated(frozen=True, config=JSON)
class Reading:
    """Indication and reference of one device over one window, in the device's unit; None where there was none.

    `deviation` is the standard deviation of a single device update, None where it is not known from these readings.
    """

    indication: Quantity | None
    reference: Quantity | None
    count: int
    gaps: int
    deviation: float | None = None


@validated(frozen=True, config=JSON)
class Averages:
    """Mean readings of all devices over one window."""

    window: Window
    setting: int
    readings: Mapping[str, Reading]


@validated(frozen=True, config=JSON)
class Displayed:
    """The displayed value of each device at one moment, in its unit; None is a gap."""

    time: float
    setting: int
    values: Mapping[str, float | None]
    reproducibility: Mapping[str, float]


@validated(frozen=True, config=JSON)
class Curve:
    """Readings of one device after a change of gas: bench time (s) and value in its unit (None is a gap)."""

    time: tuple[float, ...]
    value: tuple[float | None, ...]


@validated(frozen=True, config=JSON)
class Transition:
    """One change of gas: settled at `before`, switched at `switched`, watched until `window.end`.

    `settling` is when `before` was waited for. The curves are not journaled: they are the record's readings of the window.
    """

    window: Window
    switched: float
    before: Averages
    after: Averages
    settling: Window | None = None
    curves: Mapping[str, Curve] = Field(default_factory=dict, exclude=True)


@validated(frozen=True, config=JSON)
class Adjusted:
    """One adjustment of one device: the indication it was made from, the reference it was made to, and the check after."""

    point: Adjustment
    by: str
    before: Quantity | None
    reference: Quantity | None
    after: float | None


@validated(frozen=True, config=JSON)
class Adjustments:
    """Adjustment of all devices at one point: the readings after it in `window`, those before it in `before`."""

    window: Window
    setting: int
    devices: Mapping[str, Adjusted]
    before: Window | None = None


@validated(frozen=True, config=JSON)
class Answer:
    """An operator's answer: the text or number given, by whom, and the SHA-256 of the picture where one was given."""

    text: str
    number: float | None
    by: str
    picture: str | None = Field(default=None, exclude_if=lambda digest: digest is None)


@validated(frozen=True, config=JSON)
class Leak:
    """Outcome of a leak check: share of the gas that does not reach the exhaust; the set flow is read in `window`."""

    set_flow: float
    exhaust_flow: float
    leak_percent: float
    limit_percent: float
    tight: bool
    window: Window | None = None


@validated(frozen=True, config=JSON)
class Condition:
    """One ambient or supply condition: value in `unit`, where it came from, and whether the standard allows it."""

    quantity: str
    value: float | None
    unit: str
    source: str
    low: float | None
    high: float | None
    allowed: bool | None


@validated(frozen=True, config=JSON)
class Conditions:
    """The conditions at one moment."""

    time: float
    conditions: tuple[Condition, ...]


@validated(frozen=True, config=JSON)
class ConditionSet:
    """A condition was set to `value`: what it came to (mean of the last readings, or as a person stated it), and by whom.

    `window` is the time in which an instrument's reading of it was waited for, None where a person set it; `stable` whether
    it was within the tolerance at its end. `uncertainty` is the stated standard uncertainty of `reached`, in `unit`.
    """

    quantity: str
    value: float
    unit: str
    reached: float | None
    by: str
    stable: bool = True
    uncertainty: float = 0.0
    window: Window | None = None


@validated(frozen=True, config=JSON)
class Reestablished:
    """The gas or velocity of a step that is attempted again was set anew: number of the setting, and how it was waited for.

    For a velocity (m/s) `fraction` is None, and `reaching` is when it was waited for before the devices.
    """

    setting: int
    fraction: float | None
    time: float
    settling: Window | None = None
    velocity: float | None = Field(default=None, exclude_if=lambda velocity: velocity is None)
    reaching: Window | None = Field(default=None, exclude_if=lambda window: window is None)


@validated(frozen=True, config=JSON)
class BenchState:
    """What the bench knows beside the instruments: all that the steps to come depend on.

    `settings` counts the settings of gas or velocity, `gas` and `velocity` are the last ones, `missing` how far each device
    may still be from its final value (in its unit), `complaints` and `unwatched` what is to be noted on the findings of the
    run, `conditions` the last setting of each ambient or supply condition, `answers` what the operator stated of those that
    have no sensor.
    """

    settings: int = 0
    gas: Supplied | None = None
    missing: Mapping[str, float] = Field(default_factory=dict)
    complaints: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()
    conditions: Mapping[str, float] = Field(default_factory=dict)
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    velocity: VelocitySet | None = Field(default=None, exclude_if=lambda velocity: velocity is None)


RESULTS: Mapping[str, type[Any]] = {
    "warm_up": Window,
    "leak_check": Leak,
    "check_conditions": Conditions,
    "set_condition": ConditionSet,
    "ask": Answer,
    "enter": Entered,
    "supply": Supplied,
    "supply_other": Supplied,
    "zero_gas": Supplied,
    "purge": Window,
    "set_velocity": VelocitySet,
    "settle": Settling,
    "average": Averages,
    "read": Displayed,
    "transition": Transition,
    "wait": Window,
    "adjust": Adjustments,
}
"""What each call on the bench comes to."""
