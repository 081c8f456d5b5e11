"""What mass flow controllers have in common, whatever their protocol: keys, session, range, settings read back.

A driver derives from MassFlowController, makes its link, and says how it is read and how the flow is put and shown.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pydantic import Field, field_validator

from instruments.deadline import pause
from instruments.flow_units import FlowUnitError, flow_unit, own_unit
from instruments.station_keys import DriverSettings, ResourceName, Tries
from instruments.transport import Link
from testbench.engine.roles import Channel, Listener, Parts, SafeOutcome
from testbench.errors import InputError, InstrumentError, UnsuppliableError
from testbench.station import SIMULATED_RESOURCES

NO_FLOW = 0.01  # of full scale: what a closed controller may show
CLOSING_S = 2.0  # the longest a valve takes to close
LOOK_AGAIN_S = 0.1
SAME_FULL_SCALE = 1e-3  # relative departure of full scale that is taken for the same


class MassFlowSettings(DriverSettings):
    """Keys of an `[instruments.NAME]` table with a mass flow controller; flows are in `flow_unit`."""

    resource: ResourceName
    full_scale: float = Field(gt=0, allow_inf_nan=False, description="largest flow, in flow_unit")
    flow_unit: str = Field(default="L/min", description="unit of its flows: L/min, mL/min, SLPM, SCCM, NL/min, NmL/min")
    uncertainty_percent: float = Field(ge=0, le=100, description="expanded (k = 2), percent of reading")
    reproducibility_percent: float = Field(
        ge=0, le=100, description="standard deviation between settings, percent of reading"
    )
    resolution: float | None = Field(default=None, gt=0, description="step of the indicated flow; default: by full scale")
    tries: Tries = 3

    @field_validator("flow_unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        flow_unit(value)
        return value

    @property
    def step(self) -> float:
        """Step of the indicated flow: as stated, or the smallest power of ten that is at least a 10000th of full scale."""
        if self.resolution is not None:
            return self.resolution
        return float(10.0 ** math.ceil(math.log10(self.full_scale / 10000) - 1e-9))

    @property
    def decimals(self) -> int:
        """Decimal places that show a step."""
        return max(0, math.ceil(-math.log10(self.step) - 1e-9))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a controller shows of itself: set-point and flow in its unit, and a remark of what else matters."""

    setpoint: float
    flow: float
    remark: str = ""


S = TypeVar("S", bound=MassFlowSettings)


class MassFlowController(ABC, Generic[S]):
    """A mass flow controller as the bench sees it (`testbench.engine.roles.FlowController`)."""

    safe_state = "flow 0"
    interval_s = 0.1

    def __init__(self, name: str, settings: S, parts: Parts) -> None:
        """Raise InputError where another controller of the station has the same line and the same address on it."""
        self.name = name
        self.settings = settings
        self._refuse_a_shared_address(parts)
        self.flow_unit = settings.flow_unit
        self.full_scale = settings.full_scale
        self._flow_channel = Channel(f"{name}.flow", "mass flow", settings.flow_unit, settings.step)

    # ---- what each protocol says for itself

    address_key: ClassVar[str | None] = None  # of the station file: what tells the controllers of a line apart, if anything
    anyone: ClassVar[int | None] = None  # the address that reaches whichever is alone on the line

    _link: Link

    @abstractmethod
    def _put(self, flow: float) -> Shown:
        """Command a set-point that is within the range, and return what the controller shows then."""

    @abstractmethod
    def _shown(self) -> Shown:
        """Ask for set-point and flow."""

    def _greet(self) -> None:
        """Make sure, when connected, that the controller which is meant answers; raise InstrumentError."""

    def _make_sure_it_follows(self, shown: Shown) -> None:
        """Raise InstrumentError if a set-point that was taken has no effect on the flow."""

    @property
    def _setpoint_tolerance(self) -> float:
        """By how much a set-point that was taken may differ from that which was asked for."""
        return 0.5 * self.settings.step

    def _refuse_a_shared_address(self, parts: Parts) -> None:
        key, resource = self.address_key, self.settings.resource
        for other in parts.instruments.values():
            if not isinstance(other, type(self)) or other.settings.resource != resource or resource in SIMULATED_RESOURCES:
                continue
            if key is None:
                raise InputError(
                    f"{self.name} shares its line with {other.name}: they have no address, give each a line of its own"
                )
            addresses = {getattr(self.settings, key), getattr(other.settings, key)}
            if len(addresses) == 1 or self.anyone in addresses:
                raise InputError(f"{self.name} shares its line with {other.name}: state for each a {key} of its own")

    # ---- session

    def open(self) -> None:
        """Connect, and make sure that the controller which is meant answers; raises InstrumentError."""
        self._link.open()
        try:
            self._greet()
        except InstrumentError:
            self._link.close()
            raise

    def close(self) -> None:
        """Disconnect; the flow stays as it is."""
        self._link.close()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self._link.trace = listener

    # ---- what the controller says of its range

    def _factor_from(self, full_scale: float, unit: str, remedy: str) -> float:
        """Compare the controller's full scale with the station file's; return what a flow in its unit is in `flow_unit`.

        `remedy` says what to do where its unit is not one of flow. Raises InstrumentError.
        """
        stated = f"the station file says {self.full_scale:g} {self.flow_unit}"
        try:
            theirs, ours = own_unit(unit), flow_unit(self.flow_unit)
        except FlowUnitError:
            raise self._error(f"gives its flow in {unit!r}, {stated}; {remedy}") from None
        if theirs.conditions and ours.conditions and theirs.conditions != ours.conditions:
            raise self._error(
                f"refers its flow to {theirs.conditions} conditions ({unit}), the station file to {ours.conditions} ones "
                f"({self.flow_unit}); correct flow_unit"
            )
        factor = theirs.litres_per_minute / ours.litres_per_minute
        if not abs(full_scale * factor - self.full_scale) <= SAME_FULL_SCALE * self.full_scale:
            raise self._error(f"has a full scale of {full_scale:g} {unit}, {stated}; correct full_scale or flow_unit")
        return factor

    def _error(self, text: str) -> InstrumentError:
        return InstrumentError(f"{self.name} ({self.settings.resource}): {text}")

    # ---- flow controller

    def set_flow(self, flow: float) -> None:
        """Set the flow, in `flow_unit`; verified by the set-point that the controller shows.

        Raises UnsuppliableError for a flow outside 0 … full scale, InstrumentError when the controller does not take it.
        """
        if not 0.0 <= flow <= self.full_scale:
            raise UnsuppliableError(
                f"{self.name}: a flow of {flow:g} {self.flow_unit} is outside its range, 0 to "
                f"{self.full_scale:g} {self.flow_unit}"
            )
        shown = self._put(flow)
        if abs(shown.setpoint - flow) > self._setpoint_tolerance:
            shown = self._shown()  # the answer may show the state before the command
        if not abs(shown.setpoint - flow) <= self._setpoint_tolerance:
            text = f"{flow:.{self.settings.decimals}f}"
            raise self._error(
                f"asked for a set-point of {text} {self.flow_unit}, it answers {shown.setpoint:g}; is its set-point source "
                f"set to serial, and its full scale {self.full_scale:g}?"
            )
        self._make_sure_it_follows(shown)

    def flow_uncertainty(self, flow: float) -> float:
        """Standard uncertainty of a flow, the part common to all settings, in `flow_unit`."""
        return abs(flow) * self.settings.uncertainty_percent / 200.0  # expanded, k = 2

    def flow_reproducibility(self, flow: float) -> float:
        """Standard deviation of a flow from one setting to the next, in `flow_unit`."""
        return abs(flow) * self.settings.reproducibility_percent / 100.0

    def drive_safe(self) -> SafeOutcome:
        """Set the flow to 0, and read back the set-point and that the flow has ceased."""
        shown = self._put(0.0)
        waited_s = 0.0
        while not self._closed(shown) and waited_s < CLOSING_S:
            pause(LOOK_AGAIN_S)
            waited_s += LOOK_AGAIN_S
            shown = self._shown()
        read_back = f"set-point {shown.setpoint:g}, flow {shown.flow:g} {self.flow_unit}"
        if shown.remark:
            read_back += f", {shown.remark}"
        return SafeOutcome(self.name, self.safe_state, self._closed(shown), read_back)

    def _closed(self, shown: Shown) -> bool:
        return shown.setpoint == 0.0 and abs(shown.flow) <= NO_FLOW * self.full_scale
