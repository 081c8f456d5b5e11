"""The bench's roles on the plant in the same process, without sockets, so that whole evaluations are drawn by the hundred.

    plant = Plant(file.station, seed)
    laboratory = DirectLaboratory(plant)
    equipment = direct_equipment(file, plant)

The divider is the station's own driver on direct controllers, so its arithmetic is the one that is tested. Values are those
of the plant: they are not rounded to the digits that a protocol carries, and devices are adjusted without an operator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from instruments.blending import Blending, Flows
from instruments.condition_control import ControlledCondition
from instruments.made_contents import Making
from instruments.one_box import OneBox
from instruments.twin.commands import from_documents, to_documents
from instruments.twin.peer import AnalyserPort, ControllerPort, DividerPort, FanPort, SelectorPort, SensorPort
from instruments.twin.plant import Plant
from instruments.twin.rig import DIFFERENTIAL_PRESSURE
from testbench.engine.assembly import Equipment, driver_settings
from testbench.engine.registry import find_driver
from testbench.engine.roles import (
    Adjustment,
    Channel,
    FlowRig,
    GasDivider,
    Identity,
    Instrument,
    Parts,
    SafeOutcome,
    Sample,
    Sensor,
    Source,
)
from testbench.engine.steps import DeviceInfo
from testbench.errors import StationError
from testbench.station import DeviceTable, DriverTable, SensorTable, StationFile


class DirectSource:
    """An instrument of one channel in the plant; `read` gives its value at the present bench time."""

    safe_state = "none: read only"

    def __init__(self, name: str, channel: Channel, interval_s: float, read: Callable[[], float]) -> None:
        self.name = name
        self.read = read
        self.channels: tuple[Channel, ...] = (channel,)
        self.interval_s = interval_s

    def open(self) -> None:
        """Nothing to connect to."""

    def close(self) -> None:
        """Nothing to disconnect from."""

    def identify(self) -> Identity:
        """Say that it is simulated."""
        return Identity(maker="testbench", model="direct")

    def drive_safe(self) -> SafeOutcome:
        """Drives nothing."""
        return SafeOutcome(self.name, self.safe_state, True, "")

    def request(self) -> None:
        """Nothing to send."""

    def collect(self) -> Sequence[Sample]:
        """Read the channel at the present bench time."""
        return (Sample(self.read()),)


class DirectController(DirectSource):
    """A mass flow controller (role `FlowController`) with the uncertainties that its table states."""

    safe_state = "flow 0"

    def __init__(self, name: str, port: ControllerPort, table: DriverTable) -> None:
        options = table.options
        self.flow_unit = str(options.get("flow_unit", "L/min"))
        self.full_scale = float(options.get("full_scale", math.inf))
        super().__init__(name, Channel(f"{name}.flow", "mass flow", self.flow_unit), 1.0, port.indicated_flow)
        self._port = port
        self._relative_uncertainty = float(options.get("uncertainty_percent", 0.0)) / 200.0  # expanded, k = 2
        self._relative_reproducibility = float(options.get("reproducibility_percent", 0.0)) / 100.0

    def set_flow(self, flow: float) -> None:
        """Set the flow, in `flow_unit`."""
        self._port.set_flow(flow)

    def drive_safe(self) -> SafeOutcome:
        """Set the flow to 0."""
        self._port.set_flow(0.0)
        return SafeOutcome(self.name, self.safe_state, self._port.setpoint() == 0.0, f"set-point {self._port.setpoint():g}")

    def flow_uncertainty(self, flow: float) -> float:
        """Standard uncertainty of a flow, the part common to all settings, in `flow_unit`."""
        return self._relative_uncertainty * abs(flow)

    def flow_reproducibility(self, flow: float) -> float:
        """Standard deviation of a flow from one setting to the next, in `flow_unit`."""
        return self._relative_reproducibility * abs(flow)


class DirectDevice(DirectSource):
    """A device under test (role `Device`) that is its own source."""

    def __init__(self, name: str, port: AnalyserPort, table: DeviceTable, update_s: float) -> None:
        super().__init__(name, Channel(name, table.measurand, table.unit), update_s, port.indication)
        self._port = port
        self._identity = Identity(table.maker, table.model, table.serial)
        self.source: Source = self
        self.channel = self.channels[0].name
        self.unit = table.unit
        self.low, self.high = table.range
        self.update_s = update_s

    def identify(self) -> Identity:
        """Maker, model and serial number of the station file."""
        return self._identity

    def adjust(self, point: Adjustment, indicated: float, target: float) -> None:
        """Make an indication of `indicated` become `target`, both in `unit`."""
        (self._port.adjust_zero if point is Adjustment.ZERO else self._port.adjust_span)(indicated, target)


class DirectSensor(DirectSource):
    """A condition of the environment (role `Sensor`) that is its own source."""

    def __init__(self, name: str, port: SensorPort, table: SensorTable) -> None:
        super().__init__(name, Channel(f"environment.{name}", table.quantity, table.unit), 1.0, port.value)
        self.source: Source = self
        self.channel = self.channels[0].name
        self.unit = table.unit


class DirectCondition(DirectSensor):
    """A condition that is set and read (role `ConditionControl`), on the terms of its own driver."""

    def __init__(self, name: str, port: SensorPort, table: SensorTable, driver: ControlledCondition) -> None:
        super().__init__(name, port, table)
        self._port = port
        self._driver = driver
        self.safe_state = driver.safe_state
        self.low, self.high = driver.low, driver.high
        self.tolerance, self.uncertainty = driver.tolerance, driver.uncertainty
        self.stable_s, self.reach_s = driver.stable_s, driver.reach_s

    def check(self, value: float) -> None:
        """Raise UnsuppliableError for what its driver would not set."""
        self._driver.check(value)

    def set_condition(self, value: float) -> None:
        """Set the condition."""
        self.check(value)
        self._port.set(value)

    def drive_safe(self) -> SafeOutcome:
        """Set what is left behind."""
        self._port.set(self._driver.leave_at)
        return SafeOutcome(self.name, self.safe_state, True, f"set-point {self._driver.leave_at:g} {self.unit}")


def direct_sensor(file: StationFile, plant: Plant, name: str) -> DirectSensor:
    """A condition of the station; one that can be set where its driver sets it."""
    table = file.station.environment[name]
    driver = find_driver(table.driver, f"[environment.{name}]")
    if not issubclass(cast(type, driver), ControlledCondition):
        return DirectSensor(name, plant.sensor(name), table)
    settings = driver_settings(f"[environment.{name}]", table, driver, "twin")
    return DirectCondition(name, plant.sensor(name), table, driver(name, settings, Parts({}, {})))


class DirectLaboratory:
    """The laboratory (`testbench.engine.laboratory.Laboratory`) of a plant in this process.

    `reset` makes the plant anew, so equipment is made after it; `plant` is the present one.
    """

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self.resources: Mapping[str, str] = {}

    def reset(self, seed: int) -> None:
        """Start anew at bench time 0; equipment made before keeps the plant it was made on."""
        self.plant = Plant(self.plant.station, seed)

    def now(self) -> float:
        """Bench time, s."""
        return self.plant.now

    def advance(self, to_s: float) -> None:
        """Move bench time to `to_s`."""
        self.plant.advance(to_s)

    def adjust_by_hand(self, device: str, point: Adjustment, indicated: float, target: float) -> None:
        """Adjust a device at its keys."""
        self.plant.adjust(device, point, indicated, target)

    def set_condition(self, quantity: str, value: float) -> None:
        """Set an ambient or supply condition."""
        self.plant.set_condition(quantity, value)

    def connect_gas(self, contents: Mapping[str, float]) -> None:
        """Connect a gas by hand, or none."""
        self.plant.connect_gas(contents)

    def history(self, since: int = 0) -> list[dict[str, Any]]:
        """What was done since the reset, from command number `since` on, as JSON documents."""
        return to_documents(self.plant.log[since:])

    def restore(self, seed: int, history: Sequence[Mapping[str, Any]], at_s: float) -> bool:
        """Go on with that world; if this is another, make its plant (equipment made before keeps the one it was made on)."""
        commands = from_documents(history)
        if self.plant.continues(seed, commands, at_s):
            return True
        self.plant = self.plant.restored(seed, commands, at_s)
        return False

    def close(self) -> None:
        """Nothing to leave."""


class DirectSelector(DirectSource):
    """A valve that chooses the cylinder of a controller (`instruments.cylinder_selector`)."""

    safe_state = "all positions closed"

    def __init__(self, name: str, port: SelectorPort, table: DriverTable) -> None:
        super().__init__(name, Channel(f"{name}.position", "position", "position"), 1.0, lambda: float(port.position()))
        self.positions: Mapping[str, int] = dict(table.options["positions"])
        self._port = port

    def select(self, position: int) -> None:
        """Go to a position; 0 is closed."""
        self._port.select(position)

    def position(self) -> int:
        """Where it stands."""
        return self._port.position()

    def drive_safe(self) -> SafeOutcome:
        """Close all positions."""
        self._port.select(0)
        return SafeOutcome(self.name, self.safe_state, True, "all closed")


class DirectDivider(OneBox):
    """A divider in one box (role `GasDivider`) with its driver's own arithmetic, told and read without a session."""

    def __init__(self, driver: OneBox, port: DividerPort) -> None:
        super().__init__(driver.name, driver.gas, driver.link)
        self._ports = port

    def open(self) -> None:
        """Nothing to connect to."""

    def close(self) -> None:
        """Nothing to disconnect from."""

    def identify(self) -> Identity:
        """Say that it is simulated."""
        return Identity(maker="testbench", model="direct")

    def request(self) -> None:
        """Nothing to send."""

    def collect(self) -> Sequence[Sample]:
        """Read what it makes at the present bench time."""
        flows = [self._ports.indicated_flow(number) for number in range(1, self._ports.ports + 1)]
        if isinstance(self.gas, Blending):
            return [Sample(flow / leg.litres) for flow, leg in zip(flows, self.gas.legs, strict=True)]
        return self._contents(Sample(self._ports.indicated_content()), Sample(math.fsum(flows)))

    def _tell(self, told: Flows | Making) -> None:
        if isinstance(told, Making):
            self._ports.make(told.port, told.content, told.total_flow)
        else:
            assert isinstance(self.gas, Blending)
            for number, leg in enumerate(self.gas.legs, start=1):
                self._ports.set_flow(number, told[leg.key])

    def _halt(self) -> None:
        for number in range(1, self._ports.ports + 1):
            self._ports.set_flow(number, 0.0)

    def _halted(self) -> tuple[bool, str]:
        return True, "stopped"


def direct_divider(file: StationFile, plant: Plant) -> GasDivider:
    """The station's divider driver on direct controllers; raise StationError if the station has none."""
    table = file.station.divider
    if table is None:
        raise StationError(f"station file {file.path} has no [divider]")
    place = f"station file {file.path}: [divider]"
    driver = find_driver(table.driver, place)
    controllers: dict[str, Any] = {
        name: DirectController(name, plant.controller(name), file.station.instruments[name])
        for name in table.options.get("controllers", {})
    }
    controllers |= {
        name: DirectSelector(name, plant.selector(name), file.station.instruments[name])
        for name in table.options.get("selectors", {}).values()
    }
    settings = driver_settings(place, table, driver, None)
    made = driver("divider", settings, Parts(controllers, file.station.cylinders))
    return DirectDivider(made, plant.divider()) if isinstance(made, OneBox) else cast(GasDivider, made)


class DirectFan(DirectSource):
    """The fan of a flow rig, as its driver needs it."""

    safe_state = "fan stopped"
    maximum_percent = 100.0

    def __init__(self, name: str, port: FanPort) -> None:
        super().__init__(name, Channel(f"{name}.speed", "fan speed", "%"), 0.5, port.speed)
        self._port = port

    def set_speed(self, percent: float) -> None:
        """Set the speed, percent."""
        self._port.set_speed(percent)

    def stop(self) -> None:
        """Stop it."""
        self._port.set_speed(0.0)

    def drive_safe(self) -> SafeOutcome:
        """Stop it."""
        self.stop()
        return SafeOutcome(
            self.name, self.safe_state, self._port.commanded() == 0.0, f"commanded {self._port.commanded():g} %"
        )


class DirectMeter(DirectSource):
    """The reference of a flow rig with the uncertainties that its table states."""

    def __init__(self, name: str, read: Callable[[], float], table: DriverTable) -> None:
        super().__init__(name, Channel(f"{name}.velocity", "velocity", "m/s"), 1.0, read)
        self._relative = float(table.options.get("uncertainty_percent", 0.0)) / 200.0  # expanded, k = 2
        self._absolute = float(table.options.get("uncertainty_m_per_s", 0.0)) / 2.0

    def velocity_influences(self, velocity: float) -> Mapping[str, float]:
        """Standard uncertainties of a velocity by influence, m/s."""
        return {f"reference.{self.name}": self._relative * velocity, f"reference.{self.name}.zero": self._absolute}


def direct_flow_rig(file: StationFile, plant: Plant, sensors: Mapping[str, DirectSensor]) -> FlowRig:
    """The station's rig driver on a direct fan and reference; `sensors` by table. StationError if the station has none."""
    table = file.station.flow_rig
    if table is None or plant.rig is None:
        raise StationError(f"station file {file.path} has no [flow_rig]")
    place = f"station file {file.path}: [flow_rig]"
    driver = find_driver(table.driver, place)
    fan = plant.rig.fan.name
    built: dict[str, Any] = {f"environment.{name}": sensor for name, sensor in sensors.items()}
    built[fan] = DirectFan(fan, plant.fan(fan))
    if plant.rig.reference is not None:
        name = plant.rig.reference.name
        built[name] = DirectMeter(name, plant.reference_velocity(name).indication, file.station.instruments[name])
    return cast(FlowRig, driver("flow_rig", driver_settings(place, table, driver, None), Parts(built, {})))


def direct_device(file: StationFile, plant: Plant, name: str) -> DirectDevice:
    """A device under test of the station."""
    return DirectDevice(name, plant.analyser(name), file.station.devices[name], plant.update_s(name))


def direct_equipment(file: StationFile, plant: Plant, devices: Sequence[str] | None = None) -> Equipment:
    """All of a station in its roles, as `engine.assembly.assemble` gives it, without conditions that lack a truth."""
    station = file.station
    divider = None if station.divider is None else direct_divider(file, plant)
    under_test = [direct_device(file, plant, name) for name in station.devices if devices is None or name in devices]
    tables = {
        name: direct_sensor(file, plant, name)
        for name, table in station.environment.items()
        if table.truth is not None or table.quantity == DIFFERENTIAL_PRESSURE
    }
    sensors: dict[str, Sensor] = {station.environment[name].quantity: sensor for name, sensor in tables.items()}
    controls = {q: sensor for q, sensor in sensors.items() if isinstance(sensor, DirectCondition)}
    rig = None if station.flow_rig is None else direct_flow_rig(file, plant, tables)
    information = {device.name: _information(device, station.devices[device.name]) for device in under_test}
    parts: list[Any] = [*(divider.sources if divider is not None else ()), *tables.values()]
    parts += [source for source in (rig.sources if rig is not None else ()) if source not in parts]
    parts += [maker for maker in (divider, rig) if isinstance(maker, Instrument)]
    return Equipment((*parts, *under_test), divider, rig, tuple(under_test), sensors, controls, information)


def _information(device: DirectDevice, table: DeviceTable) -> DeviceInfo:
    return DeviceInfo(
        device.name, table.measurand, device.unit, device.low, device.high, device.update_s, 0.0, table.response_time_s
    )
