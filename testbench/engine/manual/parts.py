"""What a station is made of, as a person meets it: every instrument, role, sensor, device and cylinder of its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from testbench.engine.assembly import Equipment
from testbench.engine.registry import find_driver
from testbench.engine.roles import Channel, ConditionControl, Device, FlowController, Source
from testbench.station import Cylinder, DriverTable, SensorTable, StationFile

ENVIRONMENT = "environment."
DIVIDER = "divider"
FLOW_RIG = "flow_rig"


class Place(StrEnum):
    """Where in the station file it stands."""

    CYLINDER = "cylinder"
    INSTRUMENT = "instrument"
    DIVIDER = "divider"
    FLOW_RIG = "flow rig"
    SENSOR = "sensor"
    DEVICE = "device"


class Ability(StrEnum):
    """What a person can have it do."""

    GAS = "gas"  # a content, zero gas, rest, stop
    FLOW = "flow"
    VELOCITY = "velocity"
    ADJUST = "adjust"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a station.

    `key` is its name among the parts: that of its table, "divider", "flow_rig", or "environment.NAME" for a sensor.
    `session` names the instrument whose connection it uses: itself, the scanner that reads it, or nothing. `channels` are
    those that belong to it. `low` and `high` bound what can be set or indicated, in `unit`; for a divider they are the range
    that the devices share. `component` is the gas of a cylinder, divider or device.
    """

    key: str
    place: Place
    driver: str = ""
    summary: str = ""
    verified: str = ""
    resource: str = ""
    simulated: bool = False
    certificate: str = ""
    valid_until: dt.date | None = None
    session: str = ""
    safe_state: str = ""
    channels: tuple[Channel, ...] = ()
    abilities: tuple[Ability, ...] = ()
    component: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    maker: str = ""
    model: str = ""
    serial: str = ""

    @property
    def own_session(self) -> bool:
        """Whether it has a connection of its own."""
        return self.session == self.key


def parts_of(file: StationFile, equipment: Equipment) -> tuple[Part, ...]:
    """All parts of a station in the order of the gas: cylinders, instruments, divider, flow rig, sensors, devices.

    `equipment` may be that of a dry run: nothing is touched.
    """
    station = file.station
    built = {instrument.name: instrument for instrument in equipment.instruments}
    claimed = {device.channel for device in equipment.devices} | {s.channel for s in equipment.sensors.values()}
    parts = [_cylinder(name, cylinder) for name, cylinder in station.cylinders.items()]
    for name, table in station.instruments.items():
        made = built.get(name)
        own = tuple(c for c in made.channels if c.name not in claimed) if isinstance(made, Source) else ()
        controller = made if isinstance(made, FlowController) else None
        parts.append(
            _of_table(
                name,
                Place.INSTRUMENT,
                table,
                session=name,
                safe_state=made.safe_state if made is not None else "",
                channels=own,
                abilities=() if controller is None else (Ability.FLOW,),
                unit="" if controller is None else controller.flow_unit,
                low=None if controller is None else 0.0,
                high=None if controller is None else controller.full_scale,
            )
        )
    parts.extend(_roles(file, equipment))
    parts.extend(_sensors(file, equipment))
    parts.extend(_devices(file, equipment))
    return tuple(parts)


def _cylinder(name: str, cylinder: Cylinder) -> Part:
    return Part(
        name,
        Place.CYLINDER,
        certificate=cylinder.certificate,
        valid_until=cylinder.valid_until,
        component=cylinder.component,
        unit="%",
        high=cylinder.fraction_percent,
    )


def _roles(file: StationFile, equipment: Equipment) -> Iterator[Part]:
    if file.station.divider is not None and equipment.divider is not None:
        ranges = {(info.low, info.high, info.unit) for info in equipment.information.values()}
        low, high, unit = next(iter(ranges)) if len(ranges) == 1 else (None, None, "%")
        yield _of_table(
            DIVIDER,
            Place.DIVIDER,
            file.station.divider,
            session=_session_of(DIVIDER, equipment),
            safe_state=equipment.divider.rest_state,
            channels=equipment.divider.channels if isinstance(equipment.divider, Source) else (),
            abilities=(Ability.GAS,),
            component=equipment.divider.component,
            unit=unit,
            low=low,
            high=high,
        )
    if file.station.flow_rig is not None and equipment.flow_rig is not None:
        rig = equipment.flow_rig
        known = {channel.name: channel for source in rig.sources for channel in source.channels}
        yield _of_table(
            FLOW_RIG,
            Place.FLOW_RIG,
            file.station.flow_rig,
            session=_session_of(FLOW_RIG, equipment),
            safe_state=rig.rest_state,
            channels=tuple(known[name] for name in rig.inputs),
            abilities=(Ability.VELOCITY,),
            unit="m/s",
            low=0.0,
            high=rig.high,
        )


def _session_of(key: str, equipment: Equipment) -> str:
    return key if any(instrument.name == key for instrument in equipment.instruments) else ""


def _sensors(file: StationFile, equipment: Equipment) -> Iterator[Part]:
    sensors = {sensor.channel: sensor for sensor in equipment.sensors.values()}
    for name, table in file.station.environment.items():
        key = f"{ENVIRONMENT}{name}"
        sensor = sensors.get(key) or next((s for s in sensors.values() if s.name == name), None)
        control = any(isinstance(c, ConditionControl) and c.name == name for c in equipment.controls.values())
        yield _of_table(
            key,
            Place.SENSOR,
            table,
            session=sensor.source.name if sensor is not None else "",
            channels=_named(sensor.source, sensor.channel) if sensor is not None else (),
            abilities=(Ability.CONDITION,) if control else (),
            component=table.quantity,
            unit=table.unit,
        )


def _devices(file: StationFile, equipment: Equipment) -> Iterator[Part]:
    for device in equipment.devices:
        table = file.station.devices[device.name]
        yield _of_table(
            device.name,
            Place.DEVICE,
            table,
            session=device.source.name,
            channels=_named(device.source, device.channel) + _further(device),
            abilities=(Ability.ADJUST,),
            component=table.measurand,
            unit=device.unit,
            low=device.low,
            high=device.high,
            maker=table.maker,
            model=table.model,
            serial=table.serial,
        )


def _further(device: Device) -> tuple[Channel, ...]:
    """What is recorded of a device beside its indication."""
    return tuple(found for found in device.source.channels if found.name.startswith(f"{device.name}."))


def _named(source: Source, channel: str) -> tuple[Channel, ...]:
    return tuple(found for found in source.channels if found.name == channel)


def _of_table(
    key: str,
    place: Place,
    table: DriverTable | SensorTable,
    *,
    session: str,
    safe_state: str = "",
    channels: tuple[Channel, ...] = (),
    abilities: tuple[Ability, ...] = (),
    component: str = "",
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    maker: str = "",
    model: str = "",
    serial: str = "",
) -> Part:
    driver = find_driver(table.driver, key)
    return Part(
        key,
        place,
        driver=table.driver,
        summary=driver.summary,
        verified=driver.verified,
        resource=table.resource or "",
        simulated=table.simulated,
        certificate=table.certificate,
        valid_until=table.valid_until,
        session=session,
        safe_state=safe_state,
        channels=channels,
        abilities=abilities,
        component=component,
        unit=unit,
        low=low,
        high=high,
        maker=maker,
        model=model,
        serial=serial,
    )
