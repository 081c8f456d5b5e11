"""What a simulated instrument is made of: a server that turns bytes into bytes, and ports into the plant behind it.

A server speaks its instrument's protocol exactly and keeps the instrument's state; it does no input or output itself, so
the same server runs behind a socket, a pseudo-terminal, or a test that feeds it bytes. Each connection has its own buffer,
because a frame may arrive in pieces. Commands that change the plant take effect strictly after the current tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable


class Connection(Protocol):
    """One client's conversation with a server."""

    def receive(self, data: bytes) -> bytes:
        """Take what arrived and return what the instrument answers now (empty while a frame is incomplete)."""
        ...


@runtime_checkable
class Teller(Connection, Protocol):
    """A conversation in which the instrument also speaks by itself."""

    def tell(self) -> bytes:
        """What it says now that bench time has moved; mostly nothing."""
        ...


class InstrumentServer(Protocol):
    """A simulated instrument; built with its name, its driver's settings (validated) and its port into the plant."""

    def connect(self) -> Connection: ...


class ControllerPort(Protocol):
    """A mass flow controller in the plant; flows in the controller's own unit."""

    def set_flow(self, flow: float) -> None: ...
    def setpoint(self) -> float: ...
    def indicated_flow(self) -> float: ...


class DividerPort(Protocol):
    """A divider in one box in the plant; ports count from 1, in the order of `gases`; flows in L/min, contents in mol/mol.

    It is told flows, one port at a time, or a content of the gas of a port at a total flow. `components` are the gases of
    its ports, "" for zero gas.
    """

    ports: int
    components: tuple[str, ...]

    def set_flow(self, port: int, flow: float) -> None: ...
    def setpoint(self, port: int) -> float: ...
    def indicated_flow(self, port: int) -> float: ...
    def make(self, port: int, content: float, total_flow: float) -> None: ...
    def indicated_content(self) -> float: ...


class SelectorPort(Protocol):
    """A valve in the plant that chooses the cylinder of a controller; position 0 is closed."""

    def select(self, position: int) -> None: ...
    def position(self) -> int: ...


class AnalyserPort(Protocol):
    """An analyser in the plant.

    `indication` is in the device's range unit, noise included, held between the device's updates. `adjust_zero` and
    `adjust_span` do what a person does at the keys: make `indicated` become `target` (both in the range unit). `content` is
    the content of a component, mol/mol, as the analyser's sensor sees it: delay and response, without errors or noise, held
    between updates. A component that the device neither measures nor names in `record_also` is as in ambient air.
    `updated_s` is the bench time of the last update, s.
    """

    unit: str
    low: float
    high: float

    def indication(self) -> float: ...
    def content(self, component: str) -> float: ...
    def updated_s(self) -> float: ...
    def adjust_zero(self, indicated: float, target: float) -> None: ...
    def adjust_span(self, indicated: float, target: float) -> None: ...


class FanPort(Protocol):
    """The fan of the flow rig in the plant; speeds in percent of full speed. `commanded` is the last set-point."""

    def set_speed(self, percent: float) -> None: ...
    def commanded(self) -> float: ...
    def speed(self) -> float: ...


class SensorPort(Protocol):
    """An ambient or supply condition in the plant, in the unit its table in the station file states.

    `set` is what a chamber or source does that controls it; `setpoint` what was last set (at first, where it began).
    """

    def value(self) -> float: ...
    def set(self, value: float) -> None: ...
    def setpoint(self) -> float: ...


class LoopPort(Protocol):
    """Current loops on a scanner: channel number → current in mA, for the channels that carry one."""

    def currents(self) -> Mapping[int, float]: ...


class ServerClass(Protocol):
    """What the entry points of group `testbench.twins` name (key: the driver's name).

    An instrument that is the one to connect states `listens_as`, the resource name of the port on which its driver listens,
    with `{port}` for its number.
    """

    def __call__(self, name: str, settings: Any, port: Any) -> InstrumentServer: ...
