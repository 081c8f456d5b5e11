"""Builds the bench's instruments from the station file: drivers found by name, settings checked, roles filled.

Nothing is touched here; `Equipment.open` connects. Settings of a driver are the keys of its table, the resolved resource,
and of the common keys of a device (`maker`, `model`, `serial`, `measurand`, `range`, `unit`, `response_time_s`, `update_s`)
those that its `Settings` declare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from testbench.engine.registry import find_driver
from testbench.engine.roles import (
    ConditionControl,
    Device,
    DriverClass,
    FlowRig,
    GasDivider,
    Identity,
    Instrument,
    Parts,
    Sensor,
    Source,
)
from testbench.engine.steps import DeviceInfo
from testbench.errors import InstrumentError, StationError, TestbenchError, explain, suggest
from testbench.metrology.amount import UnitError
from testbench.metrology.measurand import from_si, kind_of
from testbench.station import SIMULATED_RESOURCES, DeviceTable, DriverTable, StationFile

ROOM_GAS = "room gas"  # a quantity of which a station may have several sensors


@dataclass(frozen=True, slots=True)
class Equipment:
    """The instruments of a station in their roles; `instruments` are all that have a session, in the order of opening.

    `sensors` and `controls` are found by quantity, sensors of a gas in the room by their names. `resources` are the VISA
    resource names by the names of the instruments that have one.
    """

    instruments: tuple[Instrument, ...]
    divider: GasDivider | None
    flow_rig: FlowRig | None
    devices: tuple[Device, ...]
    sensors: Mapping[str, Sensor]
    controls: Mapping[str, ConditionControl]
    information: Mapping[str, DeviceInfo]
    resources: Mapping[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every instrument that is read, each once."""
        seen: dict[int, Source] = {}
        for source in self._sources():
            seen.setdefault(id(source), source)
        return tuple(seen.values())

    @property
    def dispensable(self) -> tuple[Source, ...]:
        """Sources without which the gas is still known: devices under test and sensors."""
        needed = {id(source) for role in (self.divider, self.flow_rig) if role is not None for source in role.sources}
        return tuple(source for source in self.sources if id(source) not in needed)

    def line(self, source: Source) -> str:
        """What a source shares with those that wait for its answer and it for theirs: the resource, or its own name."""
        return self.resources.get(source.name, source.name)

    def _sources(self) -> Iterator[Source]:
        if self.divider is not None:
            yield from self.divider.sources
        if self.flow_rig is not None:
            yield from self.flow_rig.sources
        for device in self.devices:
            yield device.source
        for sensor in self.sensors.values():
            yield sensor.source

    def open(self) -> dict[str, Identity]:
        """Connect to every instrument and ask who it is; raise one InstrumentError that lists all that failed.

        Those that answered stay connected, so that they can be driven to their safe state before `close`.
        """
        identities: dict[str, Identity] = {}
        failures: list[str] = []
        for instrument in self.instruments:
            try:
                instrument.open()
                identities[instrument.name] = instrument.identify()
            except InstrumentError as error:
                failures.append(str(error))
        if failures:
            raise InstrumentError("; ".join(failures))
        return identities

    def close(self) -> None:
        """Disconnect from everything."""
        for instrument in self.instruments:
            instrument.close()


def assemble(
    file: StationFile, *, resources: Mapping[str, str] | None = None, devices: Sequence[str] | None = None
) -> Equipment:
    """Build the equipment of a station.

    `resources` gives the VISA resource names of simulated instruments; without it (a dry run) they keep their placeholder,
    and the equipment must not be opened. `devices` restricts the devices under test.
    """
    return _Assembly(file, resources or {}).build(devices)


def driver_settings(place: str, table: DriverTable, driver: DriverClass, resource: str | None) -> BaseModel:
    """Check the keys of one table against its driver's settings; raise StationError naming table and key."""
    fields = driver.Settings.model_fields
    values = table.options
    if isinstance(table, DeviceTable):
        common: dict[str, Any] = {
            "maker": table.maker,
            "model": table.model,
            "serial": table.serial,
            "measurand": table.measurand,
            "range": table.range,
            "unit": table.unit,
            "response_time_s": table.response_time_s,
        }
        if table.truth and "update_s" in table.truth:
            common["update_s"] = table.truth["update_s"]
        values = {key: value for key, value in common.items() if key in fields} | values
    elif hasattr(table, "quantity"):
        values = {key: value for key in ("quantity", "unit") if key in fields and (value := getattr(table, key))} | values
    if resource is not None:
        values["resource"] = resource
    try:
        return driver.Settings.model_validate(values)
    except ValidationError as error:
        unknown = [str(item["loc"][-1]) for item in error.errors() if item["type"] == "extra_forbidden"]
        hint = f"; {suggest(unknown[0], fields)}" if unknown else ""
        raise StationError(f"{place} (driver {table.driver}): {explain(error)}{hint}") from error


class _Assembly:
    def __init__(self, file: StationFile, resources: Mapping[str, str]) -> None:
        self.file = file
        self.resources = resources
        self.built: dict[str, Any] = {}
        self.reached: dict[str, str] = {}
        self.sessions: list[Instrument] = []

    def build(self, chosen: Sequence[str] | None) -> Equipment:
        station = self.file.station
        for name, table in station.instruments.items():
            self._keep(name, self._make(f"[instruments.{name}]", name, table, "instrument"))
        sensors: dict[str, Sensor] = {}
        controls: dict[str, ConditionControl] = {}
        for name, sensor_table in station.environment.items():
            made = self._make(f"[environment.{name}]", name, sensor_table, "sensor")
            self._keep(f"environment.{name}", made)
            sensors[name if sensor_table.quantity == ROOM_GAS else sensor_table.quantity] = made
            if isinstance(made, ConditionControl):
                controls[sensor_table.quantity] = made
        divider = self._role("divider", station.divider)
        flow_rig = self._role("flow_rig", station.flow_rig)
        devices = [self._device(name, station.devices[name]) for name in self._choose(chosen)]
        information = {device.name: self._inform(device, station.devices[device.name]) for device in devices}
        return Equipment(
            tuple(self.sessions), divider, flow_rig, tuple(devices), sensors, controls, information, self.reached
        )

    def _choose(self, chosen: Sequence[str] | None) -> list[str]:
        known = list(self.file.station.devices)
        if not known:
            raise StationError(f"station file {self.file.path} has no device under test; add a [devices.NAME] table")
        for name in chosen or ():
            if name not in known:
                raise StationError(f"station file {self.file.path} has no device {name!r}; {suggest(name, known)}")
        return [name for name in known if chosen is None or name in chosen]

    def _role(self, name: str, table: DriverTable | None) -> Any:
        if table is None:
            return None
        made = self._make(f"[{name}]", name, table, name.replace("_", "-"))
        self._keep(name, made)
        return made

    def _device(self, name: str, table: DeviceTable) -> Device:
        made = cast(Device, self._make(f"[devices.{name}]", name, table, "device"))
        self._keep(name, made)
        return made

    def _make(self, place: str, name: str, table: DriverTable, kind: str) -> Any:
        driver = find_driver(table.driver, f"station file {self.file.path}: {place}")
        if driver.kind != kind:
            raise StationError(
                f"station file {self.file.path}: {place}: driver {table.driver!r} is of kind {driver.kind!r}, "
                f"this table wants one of kind {kind!r} (`testbench instruments`)"
            )
        resource = self.resources.get(name, table.resource) if table.simulated else table.resource
        settings = driver_settings(f"station file {self.file.path}: {place}", table, driver, resource)
        if resource is not None:
            self.reached[name] = resource
        try:
            return driver(name, settings, Parts(self.built, self.file.station.cylinders))
        except TestbenchError as error:
            raise StationError(f"station file {self.file.path}: {place}: {error}") from error

    def _keep(self, name: str, made: Any) -> None:
        if name in self.built:
            raise StationError(
                f"station file {self.file.path}: the name {name!r} is used for two instruments; give one another name"
            )
        self.built[name] = made
        if isinstance(made, Instrument):
            self.sessions.append(made)

    def _inform(self, device: Device, table: DeviceTable) -> DeviceInfo:
        try:
            kind_of(device.unit)
        except UnitError as error:
            raise StationError(f"station file {self.file.path}: [devices.{device.name}] unit: {error}") from error
        resolution = next((c.resolution for c in device.source.channels if c.name == device.channel), 0.0)
        return DeviceInfo(
            device.name,
            table.measurand,
            device.unit,
            device.low,
            device.high,
            device.update_s,
            resolution,
            table.response_time_s,
        )


def shared_range(equipment: Equipment) -> tuple[float, float]:
    """Low and high end of the range that all devices share, in the SI unit of their kind (mol/mol, m/s, m³/s).

    Refuse devices of different kinds, ranges or measurands: they cannot share one gas stream, or one duct.
    """
    kinds = {info.kind for info in equipment.information.values()}
    if len(kinds) > 1:
        listing = ", ".join(f"{name} [{info.kind}]" for name, info in equipment.information.items())
        raise StationError(
            f"the devices measure different kinds of quantity ({listing}): evaluate them one group at a time with --devices"
        )
    ranges = {
        name: (info.low / from_si(info.unit), info.high / from_si(info.unit)) for name, info in equipment.information.items()
    }
    low, high = next(iter(ranges.values()))
    for name, (other_low, other_high) in ranges.items():
        if abs(other_low - low) > 1e-9 * high or abs(other_high - high) > 1e-9 * high:
            listing = ", ".join(f"{n} [{i.low:g}, {i.high:g}] {i.unit}" for n, i in equipment.information.items())
            raise StationError(
                f"the devices do not share a range, so one gas stream cannot test them ({listing}; {name} differs); "
                "evaluate them one group at a time with --devices"
            )
    measurands = {info.measurand for info in equipment.information.values()}
    if len(measurands) > 1:
        raise StationError(
            f"the devices measure different components ({', '.join(sorted(measurands))}): evaluate them one group at a time "
            "with --devices"
        )
    return low, high


def placeholder(resource: str | None) -> bool:
    """Whether a resource name only says that the simulated laboratory will give one."""
    return resource in SIMULATED_RESOURCES
