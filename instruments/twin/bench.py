"""The simulated instruments of a station: which they are, and their servers on the ports of a plant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from instruments.twin.peer import InstrumentServer, ServerClass
from instruments.twin.plant import Plant
from testbench.engine.assembly import driver_settings
from testbench.engine.registry import find_driver
from testbench.errors import StationError, suggest
from testbench.station import DriverTable, StationFile

TWINS = "testbench.twins"
FLOW_CONDITION = "flow-condition"  # the driver of a condition that a flow controller sets


class PortKind(StrEnum):
    """Which port into the plant a server gets; a server class may state it as `port_kind`."""

    CONTROLLER = "controller"
    DIVIDER = "divider"
    SELECTOR = "selector"
    ANALYSER = "analyser"
    SENSOR = "sensor"
    SAMPLE_FLOW = "sample flow"
    LOOP = "loop"
    FAN = "fan"
    VELOCITY = "velocity"


@dataclass(frozen=True, slots=True)
class Simulated:
    """One table of the station file whose instrument is simulated."""

    name: str
    place: str
    table: DriverTable
    kind: PortKind

    @property
    def connects(self) -> bool:
        """Whether the instrument is the one that connects, to a port on which its driver listens."""
        return bool(self._listens_as)

    @property
    def _listens_as(self) -> str:
        return str(getattr(_server_class(self.table.driver, self.place), "listens_as", ""))

    def resource(self, port: int) -> str:
        """Resource name of the instrument when its server listens on a TCP port of loopback, or its driver does."""
        if self.connects:
            return self._listens_as.format(port=port)
        if self.table.resource == "twin:serial":
            return f"ASRLsocket://127.0.0.1:{port}::INSTR"
        return f"TCPIP::127.0.0.1::{port}::SOCKET"


def simulated_instruments(file: StationFile) -> tuple[Simulated, ...]:
    """Every simulated instrument of a station; raise StationError where a name is used twice."""
    found: dict[str, Simulated] = {}
    for item in _tables(file):
        if item.table.simulated:
            if item.name in found:
                raise StationError(
                    f"{item.place}: the name {item.name!r} is used for two simulated instruments; give one another"
                )
            found[item.name] = item
    return tuple(found.values())


def _tables(file: StationFile) -> Iterator[Simulated]:
    station = file.station
    feeding = {} if station.divider is None else station.divider.options.get("controllers", {})
    flows = {str(t.options.get("instrument")) for t in station.environment.values() if t.driver == FLOW_CONDITION}
    for name, table in station.instruments.items():
        kind = PortKind.CONTROLLER if name in feeding else PortKind.SAMPLE_FLOW if name in flows else PortKind.LOOP
        yield Simulated(name, f"[instruments.{name}]", table, kind)
    if station.divider is not None:
        yield Simulated("divider", "[divider]", station.divider, PortKind.DIVIDER)
    for name, sensor in station.environment.items():
        yield Simulated(name, f"[environment.{name}]", sensor, PortKind.SENSOR)
    for name, device in station.devices.items():
        yield Simulated(name, f"[devices.{name}]", device, PortKind.ANALYSER)


def server(file: StationFile, item: Simulated, resource: str, plant: Plant) -> InstrumentServer:
    """Build the server of one instrument behind the resource name it will be reached by; raise StationError."""
    place = f"station file {file.path}: {item.place}"
    made = _server_class(item.table.driver, place)
    settings = driver_settings(place, item.table, find_driver(item.table.driver, place), resource)
    port: Any
    match PortKind(getattr(made, "port_kind", item.kind)):
        case PortKind.CONTROLLER:
            port = plant.controller(item.name)
        case PortKind.DIVIDER:
            port = plant.divider()
        case PortKind.SELECTOR:
            port = plant.selector(item.name)
        case PortKind.ANALYSER:
            port = plant.analyser(item.name)
        case PortKind.SENSOR:
            port = plant.sensor(item.name)
        case PortKind.SAMPLE_FLOW:
            port = plant.sample_flow(item.name)
        case PortKind.LOOP:
            port = plant.loops(item.name)
        case PortKind.FAN:
            port = plant.fan(item.name)
        case PortKind.VELOCITY:
            port = plant.reference_velocity(item.name)
    return made(item.name, settings, port)


@cache
def _twins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=TWINS)}


def _server_class(driver: str, place: str) -> ServerClass:
    point = _twins().get(driver)
    if point is None:
        raise StationError(
            f"{place}: driver {driver!r} cannot be simulated; give its real resource. {suggest(driver, _twins())}"
        )
    return cast(ServerClass, point.load())
