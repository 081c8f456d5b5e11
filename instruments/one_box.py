"""A divider in one box: one instrument with a session of its own and gas ports, each with a cylinder of the station.

    [divider]
    gases = ["co2", "zero"]          # the cylinders in the order of its ports; one of them is zero gas
    total_flow = 4.0                 # L/min
    uncertainty_percent = 1.0
    reproducibility_percent = 0.05

There are two kinds. One reports the flow of every port: what it makes is the blend of the measured flows, and the
uncertainties are those of a flow (`instruments.blending`). The other makes a content and reports it: the uncertainties are
those of the content (`instruments.made_contents`). The driver, or its profile, says which. `OneBox` is what they share.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from instruments.blending import Blending, Flows, Leg
from instruments.deadline import pause
from instruments.flow_units import FlowUnitError, flow_unit
from instruments.made_contents import CONTENT_UNIT, Capability, MadeContents, Making
from instruments.station_keys import DriverSettings, ResourceName, Timeout, Tries
from instruments.transport import Link
from testbench.engine.roles import Channel, Listener, Parts, SafeOutcome, Sample, Source
from testbench.errors import StationError, suggest
from testbench.metrology.amount import from_fraction
from testbench.metrology.quantity import Quantity
from testbench.station import Cylinder

STOPPED = "stopped, no flow"
STOPPING_S = 2.0  # the longest its valves take to close


class OneBoxSettings(DriverSettings):
    """Keys of the `[divider]` table that all dividers in one box have."""

    resource: ResourceName
    gases: tuple[str, ...] = Field(min_length=2, description="cylinders in the order of its ports; one is zero gas")
    total_flow: float = Field(gt=0, allow_inf_nan=False, description="flow of the mixture, L/min")
    uncertainty_percent: float = Field(
        ge=0, le=100, description="expanded (k = 2), percent: of a flow where it reports flows, else of the content"
    )
    reproducibility_percent: float = Field(
        ge=0, le=100, description="standard deviation between settings, percent of the same"
    )
    rest_flow: float | None = Field(
        default=None, gt=0, allow_inf_nan=False, description="flow of zero gas while the bench is paused, L/min"
    )
    timeout_s: Timeout = 1.0
    tries: Tries = 3


class FlowsSettings(OneBoxSettings):
    """Keys beside those where the divider reports the flow of every port."""

    full_scale: tuple[float, ...] = Field(description="largest flow of each port, L/min, in the order of its ports")
    minimum_flow_percent: float = Field(default=1.0, ge=0, lt=100, description="smallest flow used, percent of full scale")


@dataclass(slots=True)
class PortMeter:
    """The flow of one port (`instruments.blending.FlowMeter`)."""

    name: str
    channels: tuple[Channel, ...]
    flow_unit: str
    full_scale: float
    uncertainty_percent: float
    reproducibility_percent: float

    def flow_uncertainty(self, flow: float) -> float:
        """Standard uncertainty of a flow, the part common to all settings, in `flow_unit`."""
        return abs(flow) * self.uncertainty_percent / 200.0  # expanded, k = 2

    def flow_reproducibility(self, flow: float) -> float:
        """Standard deviation of a flow from one setting to the next, in `flow_unit`."""
        return abs(flow) * self.reproducibility_percent / 100.0


def cylinders_of(name: str, settings: OneBoxSettings, parts: Parts) -> dict[str, Cylinder]:
    """The cylinders of the ports, in their order; raise StationError for one that is not there, or twice."""
    found: dict[str, Cylinder] = {}
    for cylinder in settings.gases:
        if cylinder not in parts.cylinders:
            raise StationError(f"{name}: gases: there is no cylinder {cylinder!r}; {suggest(cylinder, parts.cylinders)}")
        if cylinder in found:
            raise StationError(f"{name}: gases names cylinder {cylinder!r} twice; each port has a cylinder of its own")
        found[cylinder] = parts.cylinders[cylinder]
    return found


def port_name(name: str, port: int) -> str:
    """Name of a port, and of its channel; ports count from 1."""
    return f"{name}.port{port}"


def blending_of(
    name: str,
    settings: OneBoxSettings,
    parts: Parts,
    *,
    full_scale: Sequence[float],
    minimum_percent: float,
    unit: str,
    resolution: Sequence[float],
    set_step: float = 0.0,
) -> Blending:
    """The arithmetic of a divider that reports flows, in `unit` with the step `resolution`; `full_scale` in L/min; by port.

    Raises StationError where the table does not make a divider.
    """
    gases = cylinders_of(name, settings, parts)
    if len(full_scale) != len(gases):
        raise StationError(f"{name}: full_scale has {len(full_scale)} flows for {len(gases)} gases; give one a port")
    if not all(0.0 < flow < float("inf") for flow in full_scale):
        raise StationError(f"{name}: full_scale must be flows above 0 L/min, got {list(full_scale)}")
    try:
        litres = flow_unit(unit).litres_per_minute
        legs = []
        for port, (cylinder, gas) in enumerate(gases.items(), start=1):
            channel = Channel(port_name(name, port), "mass flow", unit, resolution[port - 1])
            own = settings.uncertainty_percent, settings.reproducibility_percent
            meter = PortMeter(channel.name, (channel,), unit, full_scale[port - 1] / litres, *own)
            legs.append(Leg.of(meter, cylinder, gas, minimum_percent, set_step))
    except FlowUnitError as error:
        raise StationError(f"{name}: {error}") from error
    return Blending(name, legs, settings.total_flow, minimum_percent, settings.rest_flow)


def contents_of(
    name: str, settings: OneBoxSettings, parts: Parts, *, source_flow: tuple[float, float], resolution: float
) -> MadeContents:
    """The arithmetic of a divider that reports contents with a step of `resolution` (mol/mol); `source_flow` in L/min."""
    gases = cylinders_of(name, settings, parts)
    own = settings.uncertainty_percent, settings.reproducibility_percent
    can = Capability(settings.total_flow, source_flow, *own, resolution)
    channels = {cylinder: port_name(name, port) for port, cylinder in enumerate(gases, start=1)}
    return MadeContents(name, gases, can, channels, f"{name}.flow", settings.rest_flow)


def channels_of(gas: Blending | MadeContents) -> tuple[Channel, ...]:
    """The channels of a divider: the flow of every port, or the content made of every source gas and the total flow."""
    if isinstance(gas, Blending):
        return tuple(leg.meter.channels[0] for leg in gas.legs)
    step = from_fraction(gas.can.resolution, CONTENT_UNIT)
    contents = (
        Channel(gas.channels[cylinder], gas.gases[cylinder].component, CONTENT_UNIT, step) for cylinder in gas.source_gases
    )
    return (*contents, Channel(gas.flow_channel, "total flow", "L/min"))


class OneBox(ABC):
    """A gas divider (role `GasDivider`) that is one instrument; a driver adds how it is told and asked.

    Of a driver that reports contents `_port` is the port whose gas it was told to dilute last.
    """

    safe_state = STOPPED
    interval_s = 1.0

    def __init__(self, name: str, gas: Blending | MadeContents, link: Link) -> None:
        self.name = name
        self.gas = gas
        self.channels = channels_of(gas)
        self.component = gas.component
        self.rest_state = gas.rest_state
        self.sources: tuple[Source, ...] = (self,)
        self.link = link
        self._port = 1

    # ---- what a driver adds --------------------------------------------------------------------------------------------

    @abstractmethod
    def identify(self) -> Any:
        """Ask who it is; see `Instrument`."""

    @abstractmethod
    def request(self) -> None:
        """Ask for what it makes; see `Source`."""

    @abstractmethod
    def collect(self) -> Sequence[Sample]:
        """Take the answers; see `Source`."""

    @abstractmethod
    def _tell(self, told: Flows | Making) -> None:
        """Have it make these flows, or this content, and make sure that it took them. Raises InstrumentError."""

    @abstractmethod
    def _halt(self) -> None:
        """Stop it: no gas flows. Raises InstrumentError."""

    @abstractmethod
    def _halted(self) -> tuple[bool, str]:
        """Ask whether it is stopped and nothing flows, and what was read back. Raises InstrumentError."""

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect."""
        self.link.open()

    def close(self) -> None:
        """Disconnect; the gas flows on as it is."""
        self.link.close()

    def trace(self, listener: Listener | None) -> None:
        """Let a listener hear every byte of the session; None ends it."""
        self.link.trace = listener

    def drive_safe(self) -> SafeOutcome:
        """Stop it, and read back that it is stopped and the flow has ceased."""
        self._halt()
        waited_s = 0.0
        safe, read_back = self._halted()
        while not safe and waited_s < STOPPING_S:
            pause(0.1)
            waited_s += 0.1
            safe, read_back = self._halted()
        return SafeOutcome(self.name, self.safe_state, safe, read_back)

    # ---- divider -------------------------------------------------------------------------------------------------------

    def check(self, component: str, fraction: float) -> None:
        """Raise UnsuppliableError, naming what can be made and what to change, if this content cannot be made."""
        self.gas.plan(component, fraction)

    def ranges(self, component: str) -> tuple[tuple[float, float], ...]:
        """Contents of `component` (mol/mol) that each source can make: lowest and highest, ascending."""
        return self.gas.ranges(component)

    def supply(self, component: str, fraction: float) -> None:
        """Make a content; raises UnsuppliableError before anything is touched."""
        self._set(self.gas.plan(component, fraction))

    def check_mixture(self, contents: Mapping[str, float]) -> None:
        """Raise UnsuppliableError if these contents (mol/mol by component) cannot be made at once."""
        self.gas.plan_mixture(contents)

    def supply_mixture(self, contents: Mapping[str, float]) -> None:
        """Make several contents at once; raises UnsuppliableError before anything is touched."""
        self._set(self.gas.plan_mixture(contents))

    def predict_in_mixture(self, component: str, contents: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) of one component of a mixture, with its uncertainty; raises UnsuppliableError."""
        return self.gas.predict_in_mixture(component, contents, setting)

    def consumption_of_mixture(self, contents: Mapping[str, float]) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a mixture is supplied; raises UnsuppliableError."""
        return self.gas.consumption_of_mixture(contents)

    def zero(self) -> None:
        """Supply zero gas at the total flow."""
        self._set(self.gas.plan(self.component, 0.0))

    def rest(self) -> None:
        """Supply zero gas at the flow of a pause."""
        self._set(self.gas.zero_plan(self.gas.rest_flow))

    def stop(self) -> None:
        """Stop all flows."""
        self._halt()
        if isinstance(self.gas, Blending):
            self.gas.remember(dict.fromkeys((leg.key for leg in self.gas.legs), 0.0))
        else:
            self.gas.remember(None)

    def _set(self, told: Flows | Making) -> None:
        self._tell(told)
        if isinstance(told, Making):
            if told.content > 0:
                self._port = told.port
            assert isinstance(self.gas, MadeContents)
            self.gas.remember(told)
        else:
            assert isinstance(self.gas, Blending)
            self.gas.remember(told)

    def _contents(self, content: Sample, flow: Sample) -> list[Sample]:
        """The samples of a divider that reports one content (mol/mol): zero for the gases that it does not dilute."""
        assert isinstance(self.gas, MadeContents)
        value = from_fraction(content.value, CONTENT_UNIT)
        made = Sample(value, content.status, content.raw)
        none = Sample(0.0, content.status, content.raw)
        ports = [1 + list(self.gas.gases).index(cylinder) for cylinder in self.gas.source_gases]
        return [*(made if port == self._port else none for port in ports), flow]

    # ---- what was made -------------------------------------------------------------------------------------------------

    def reference(self, component: str, flows: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) by what it reported; `flows` are the mean readings of its channels by name.

        Raises InstrumentError when nothing flows, or not what was set.
        """
        return self.gas.reference(component, flows, setting)

    def predict(self, component: str, fraction: float, setting: int) -> Quantity:
        """Content (mol/mol) that is made when this one is asked for; raises UnsuppliableError."""
        return self.gas.predict(component, fraction, setting)

    def consumption(self, component: str, fraction: float) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a content is supplied; raises UnsuppliableError."""
        return self.gas.consumption(component, fraction)

    def drawn(self, passed: Mapping[str, float]) -> Mapping[str, float]:
        """Litres of each cylinder for the integrals of the readings over minutes, by channel name."""
        return self.gas.drawn(passed)
