"""The physical model behind the simulated instruments: divider, line, analysers, ambient conditions, current loops.

Bench time `now` starts at 0 and is moved by `advance`. State is the seed and the kept log of commands: reading changes
nothing, and how many steps time is advanced in makes no difference. A command acts on what is strictly later than the bench
time it came at; a reading on that tick still shows the state before it. (`setpoint` of a controller is a register of the
instrument and shows a new set-point at once.)

Where nothing flows, the inlets see ambient air. The plant holds every controller, analyser and condition of a station,
also those that a real instrument stands for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from instruments.twin.analyser import Analyser, Felt, Interference, Scale
from instruments.twin.commands import Action, Command
from instruments.twin.duct_instruments import DifferentialPressure, VelocityDevice
from instruments.twin.environment import Condition
from instruments.twin.feeding import feeds_of, flow_factor, gases_of, percent_of, valves_of
from instruments.twin.gas import AMBIENT_AIR, SUMS, Box, Content, Controller, Line, blend
from instruments.twin.noise import Stream
from instruments.twin.ports import (
    CurrentLoop,
    Indicating,
    PlantAnalyser,
    PlantController,
    PlantDivider,
    PlantFan,
    PlantLoops,
    PlantSampleFlow,
    PlantSelector,
    PlantSensor,
    PlantVelocity,
)
from instruments.twin.rig import DIFFERENTIAL_PRESSURE, Rig, is_velocity
from instruments.twin.tick import SAME_TICK_S
from instruments.twin.truth import (
    AnalyserTruth,
    ControllerTruth,
    CylinderTruth,
    DividerTruth,
    Drawn,
    LineTruth,
    SensorTruth,
    read_truth,
)
from testbench.engine.roles import Adjustment
from testbench.errors import InstrumentError, StationError
from testbench.metrology.amount import UnitError, to_fraction
from testbench.station import Cylinder, DeviceTable, DriverTable, Station

CONVERTED = "NOx"  # what a device with a converter measures


class Plant:
    """The simulated bench of `station`; everything "drawn" is drawn from `seed`. Raise StationError for wrong truths."""

    def __init__(self, station: Station, seed: int) -> None:
        self.station = station
        self.seed = seed
        self.now = 0.0
        self.log: list[Command] = []
        self._components = _components(station)
        self._ambient: Content = tuple(AMBIENT_AIR.get(component, 0.0) for component in self._components)
        self._cylinders = {name: self._cylinder(name, table) for name, table in station.cylinders.items()}
        self._feeds = feeds_of(station)
        self._controllers = {name: self._controller(name, station.instruments[name]) for name in self._feeds}
        self._factors = {name: flow_factor(name, station.instruments[name]) for name in self._feeds}
        self._valves = valves_of(station)
        for valve in self._valves.values():
            self._controllers[valve.controller].fed = False
        self._connected: dict[str, float] = {}
        self._box = None if station.divider is None else self._one_box(station.divider)
        truth = read_truth(LineTruth, station.line.truth, "[line.truth]")
        delay_s = truth.delay_s if truth.delay_s is not None else station.line.delay_s or 0.0
        mixing_s = truth.mixing_s if truth.mixing_s is not None else station.line.mixing_s
        self._line = Line(delay_s, mixing_s, self._ambient)
        self._conditions = {
            name: Condition(
                read_truth(SensorTruth, table.truth, f"[environment.{name}.truth]"), Stream(seed, "sensor", name)
            )
            for name, table in station.environment.items()
            if table.truth is not None and table.quantity != DIFFERENTIAL_PRESSURE
        }
        self.rig = Rig.of(station, seed, self._conditions)
        self._analysers = {name: self._analyser(name, table) for name, table in station.devices.items()}
        self._loops = self._wire()

    # ---- time and commands

    def advance(self, to_s: float) -> None:
        """Move bench time to `to_s`, s; never backwards."""
        if not self.now <= to_s < math.inf:
            raise InstrumentError(f"simulated laboratory: bench time is {self.now:g} s and cannot be set to {to_s:g} s")
        self.now = to_s

    def set_flow(self, controller: str, flow: float) -> None:
        """Give a controller its set-point, in its own unit."""
        if not 0.0 <= flow < math.inf:
            raise InstrumentError(f"controller {controller}: cannot set a flow of {flow:g}; a flow is 0 or larger")
        if controller not in self._controllers:
            raise InstrumentError(
                f"simulated laboratory: no controller {controller!r}; there are: {', '.join(self._controllers) or 'none'}"
            )
        self._keep(Action.SET_FLOW, controller, flow)
        self._controllers[controller].set_flow(flow, self.now)
        self._line.supply(self._fed(), self.now)

    def set_fan(self, fan: str, percent: float) -> None:
        """Give the fan of the flow rig its speed, percent of full speed."""
        if self.rig is None or self.rig.fan.name != fan:
            raise InstrumentError(f"simulated laboratory: no fan {fan!r}; name it in [flow_rig] fan")
        if not 0.0 <= percent <= 120.0:
            raise InstrumentError(f"fan {fan}: cannot go to {percent:g} % of its full speed")
        self._keep(Action.SET_FAN, fan, percent)
        self.rig.fan.set_speed(percent, self.now)

    def select(self, valve: str, position: int) -> None:
        """Bring the valve before a controller to a position; 0 is closed, and so is a position without a cylinder."""
        if valve not in self._valves:
            raise InstrumentError(f"simulated laboratory: no selector {valve!r}; name it in [divider] selectors")
        self._keep(Action.SELECT, valve, float(position))
        stands = self._valves[valve]
        stands.position = position
        cylinder = stands.cylinders.get(position)
        self._controllers[stands.controller].fed = cylinder is not None
        if cylinder is not None:
            self._feeds[stands.controller] = cylinder
        self._line.supply(self._fed(), self.now)

    def position(self, valve: str) -> int:
        """Where a valve stands."""
        return self._valves[valve].position

    def make(self, port: str, content: float, total_flow: float) -> None:
        """Have the divider make a content (mol/mol) of the gas of a port at a total flow (L/min)."""
        box = self._box
        names = [] if box is None else [controller.name for controller in box.ports]
        if box is None or port not in names:
            raise InstrumentError(
                f"simulated laboratory: the divider has no port {port!r}; there are: {', '.join(names) or 'none'}"
            )
        if not (0.0 <= content <= 1.0 and 0.0 <= total_flow < math.inf):
            raise InstrumentError(f"divider: cannot make a content of {content:g} mol/mol at {total_flow:g} L/min")
        self._keep(Action.MAKE, port, content, total_flow)
        box.make(names.index(port), content, total_flow, self.now)
        self._line.supply(self._fed(), self.now)

    def connect_gas(self, contents: Mapping[str, float]) -> None:
        """Connect a gas of these contents (mol/mol) to the line by hand; without any, the divider."""
        if not all(component and " " not in component and 0.0 <= content <= 1.0 for component, content in contents.items()):
            raise InstrumentError(f"simulated laboratory: a gas of {dict(contents)} mol/mol cannot be connected")
        self._keep(Action.CONNECT, " ".join(contents), *contents.values())
        self._connected = dict(contents)
        self._line.supply(self._fed(), self.now)

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float) -> None:
        """Adjust a device as at its keys: make `indicated` become `target`, both in its unit."""
        self._named_analyser(device).adjust(point, indicated, target, self.now)
        self._keep(Action.ADJUST_ZERO if point is Adjustment.ZERO else Action.ADJUST_SPAN, device, indicated, target)

    def set_condition(self, quantity: str, value: float) -> None:
        """Set an ambient or supply condition, in the unit of its table; swirl, yaw or skew of the duct in its own unit."""
        names = [
            name
            for name, table in self.station.environment.items()
            if table.quantity == quantity and name in self._conditions
        ]
        duct = None if self.rig is None else self.rig.duct
        if duct is not None and quantity in duct.distortions and math.isfinite(value):
            self._keep(Action.SET_CONDITION, quantity, value)
            duct.distort(quantity, value, self.now)
            return
        if not names:
            known = sorted({t.quantity for n, t in self.station.environment.items() if n in self._conditions})
            raise InstrumentError(
                f"simulated laboratory: no condition {quantity!r} to set; there are: {', '.join(known) or 'none'}"
            )
        if not math.isfinite(value):
            raise InstrumentError(f"simulated laboratory: {quantity} cannot be set to {value}")
        self._keep(Action.SET_CONDITION, quantity, value)
        for name in names:
            self._conditions[name].set(value, self.now)

    def replay(self, log: Iterable[Command]) -> None:
        """Repeat the commands of another plant on this one; with the same station and seed it becomes equal to it."""
        for command in log:
            self.advance(command.time_s)
            match command.action:
                case Action.SET_FLOW:
                    self.set_flow(command.name, *command.values)
                case Action.SET_FAN:
                    self.set_fan(command.name, *command.values)
                case Action.SELECT:
                    self.select(command.name, int(command.values[0]))
                case Action.MAKE:
                    self.make(command.name, *command.values)
                case Action.ADJUST_ZERO:
                    self.adjust(command.name, Adjustment.ZERO, *command.values)
                case Action.ADJUST_SPAN:
                    self.adjust(command.name, Adjustment.SPAN, *command.values)
                case Action.CONNECT:
                    self.connect_gas(dict(zip(command.name.split(), command.values, strict=True)))
                case Action.SET_CONDITION:
                    self.set_condition(command.name, *command.values)

    def continues(self, seed: int, log: Sequence[Command], at_s: float) -> bool:
        """Whether this is the world of a seed and a log at bench time `at_s`, or what has become of it since."""
        return self.seed == seed and self.log[: len(log)] == list(log) and self.now > at_s - SAME_TICK_S

    def restored(self, seed: int, log: Sequence[Command], at_s: float) -> Plant:
        """A plant of the same station with this seed, after these commands, at `at_s` or at the last of them if it is later.

        Raise InstrumentError for a log that is not one of this station.
        """
        plant = Plant(self.station, seed)
        plant.replay(log)
        plant.advance(max(at_s, plant.now))
        return plant

    def _keep(self, action: Action, name: str, *values: float) -> None:
        self.log.append(Command(time_s=self.now, action=action, name=name, values=values))

    # ---- ports for the instruments' servers

    def controller(self, name: str) -> PlantController:
        """The port of a controller that feeds the divider."""
        if name not in self._controllers:
            raise StationError(f"[instruments.{name}] is no controller of the divider; name it in [divider] controllers")
        return PlantController(self, self._controllers[name])

    def selector(self, name: str) -> PlantSelector:
        """The port of a valve that chooses the cylinder of a controller."""
        if name not in self._valves:
            raise StationError(f"[instruments.{name}] stands before no controller; name it in [divider] selectors")
        return PlantSelector(self, name)

    def divider(self) -> PlantDivider:
        """The port of a divider in one box."""
        if self._box is None:
            raise StationError('[divider] is simulated: name the cylinders of its ports, gases = ["co2", "zero"]')
        return PlantDivider(self, self._box)

    def analyser(self, name: str) -> PlantAnalyser:
        """The port of a device under test."""
        return PlantAnalyser(self, self._named_analyser(name))

    def sensor(self, name: str) -> PlantSensor:
        """The port of a condition of the environment, or of the differential pressure of the flow rig."""
        sensed = self._sensed(name)
        if sensed is None:
            raise StationError(
                f"[environment.{name}] is simulated: state truth.value, in {self.station.environment[name].unit}"
            )
        return PlantSensor(self, sensed, self.station.environment[name].quantity)

    def sample_flow(self, instrument: str) -> PlantSampleFlow:
        """The port of a controller that sets a flow of the environment."""
        name = next(n for n, t in self.station.environment.items() if t.options.get("instrument") == instrument)
        return PlantSampleFlow(self.sensor(name))

    def fan(self, name: str) -> PlantFan:
        """The port of the fan of the flow rig."""
        if self.rig is None or self.rig.fan.name != name:
            raise StationError(f"[instruments.{name}] is no fan of the flow rig; name it in [flow_rig] fan")
        return PlantFan(self, self.rig.fan)

    def reference_velocity(self, name: str) -> PlantVelocity:
        """The port of the reference of the flow rig."""
        if self.rig is None or self.rig.reference is None or self.rig.reference.name != name:
            raise StationError(f"[instruments.{name}] is not the reference of the flow rig; name it in [flow_rig] reference")
        return PlantVelocity(self, self.rig.reference)

    def loops(self, scanner: str) -> PlantLoops:
        """The port of the current loops that are wired to a scanner."""
        return PlantLoops(self, self._loops.get(scanner, {}))

    def update_s(self, device: str) -> float:
        """Interval at which a device renews its indication, s."""
        return self._named_analyser(device).truth.update_s

    # ---- what is true, for those who compare

    def true_content(self, component: str) -> float:
        """Amount fraction that the line is fed with after the last command, mol/mol."""
        return self._fed()[self._components.index(component)]

    def inlet_content(self, component: str) -> float:
        """Amount fraction at the devices' inlets now, mol/mol."""
        return self._line.content(self.now)[self._components.index(component)]

    # ---- building

    def _sensed(self, name: str) -> Condition | DifferentialPressure | None:
        gauge = self.rig.gauge if self.rig is not None else None
        return gauge if gauge is not None and gauge.name == name else self._conditions.get(name)

    def _fed(self) -> Content:
        """What the line is fed with: by the divider, or by a gas connected by hand; what nothing feels is left out."""
        if not self._connected:
            return self._blended()
        return tuple(self._connected.get(component, 0.0) for component in self._components)

    def _blended(self) -> Content:
        flows = [
            controller.true_flow * self._factors[name] if controller.fed else 0.0
            for name, controller in self._controllers.items()
        ]
        return blend(flows, [self._cylinders[self._feeds[name]] for name in self._controllers], self._ambient)

    def _drawn(self, given: float | Drawn, expanded_percent: float, purpose: str, name: str) -> float:
        """A relative error from percent; "drawn" is normal with half of the expanded uncertainty."""
        percent = given if given != "drawn" else expanded_percent / 2.0 * Stream(self.seed, purpose, name).normal(0)
        return percent / 100.0

    def _cylinder(self, name: str, table: Cylinder) -> Content:
        truth = read_truth(CylinderTruth, table.truth, f"[cylinders.{name}.truth]")
        error = self._drawn(truth.error_percent, table.expanded_uncertainty_percent, "cylinder", name)
        impurity = truth.impurity_umol_per_mol
        if impurity == "drawn":
            impurity = table.impurity_umol_per_mol * Stream(self.seed, "impurity", name).uniform(0)
        content = table.fraction_percent / 100.0 * (1.0 + error) + impurity * 1e-6
        return tuple(content if component == table.component else 0.0 for component in self._components)

    def _controller(self, name: str, table: DriverTable) -> Controller:
        truth = read_truth(ControllerTruth, table.truth, f"[instruments.{name}.truth]")
        expanded = percent_of(table.options, "uncertainty_percent", f"[instruments.{name}]")
        reproducibility = percent_of(table.options, "reproducibility_percent", f"[instruments.{name}]")
        error = self._drawn(truth.flow_error_percent, expanded, "controller", name)
        return Controller(name, error, reproducibility / 100.0, Stream(self.seed, "setting", name))

    def _one_box(self, table: DriverTable) -> Box | None:
        """A divider with ports of its own; they join the controllers. None where the table names none."""
        gases = table.options.get("gases")
        if gases is None:
            return None
        truth = read_truth(DividerTruth, table.truth, "[divider.truth]")
        expanded = percent_of(table.options, "uncertainty_percent", "[divider]")
        reproducibility = percent_of(table.options, "reproducibility_percent", "[divider]") / 100.0
        ports = []
        for number, cylinder in enumerate(gases_of(gases, self.station.cylinders), start=1):
            name = f"divider.port{number}"
            error = self._drawn(truth.flow_error_percent, expanded, "controller", name)
            ports.append(Controller(name, error, reproducibility, Stream(self.seed, "setting", name)))
            self._feeds[name], self._factors[name] = cylinder, 1.0
            self._controllers[name] = ports[-1]
        held = [self.station.cylinders[cylinder] for cylinder in gases]
        stated = [cylinder.fraction_percent / 100.0 for cylinder in held]
        components = [cylinder.component if cylinder.fraction_percent else "" for cylinder in held]
        error = self._drawn(truth.content_error_percent, expanded, "controller", "divider")
        return Box(ports, components, stated, error, reproducibility, Stream(self.seed, "setting", "divider"))

    def _analyser(self, name: str, table: DeviceTable) -> Analyser | VelocityDevice:
        place = f"[devices.{name}.truth]"
        if is_velocity(table):
            if self.rig is None:
                raise StationError(f"[devices.{name}] measures velocity: the simulated station needs a [flow_rig] for it")
            return self.rig.device(name, table)
        truth = read_truth(AnalyserTruth, table.truth, place)
        if table.measurand in truth.cross_sensitivity:
            raise StationError(
                f"{place}: cross_sensitivity names the device's own measurand {table.measurand}; remove it there"
            )
        try:
            low, high = (to_fraction(end, table.unit) for end in table.range)
        except UnitError as error:
            raise StationError(f"[devices.{name}] unit: {error}") from error
        own, also = self._components.index(table.measurand), self._converted(table.measurand, truth, place)
        scale = Scale(own, table.unit, table.range[0], table.range[1], low, high, also)
        interferences = tuple(
            Interference(self._components.index(component), 100.0 * percent)
            for component, percent in truth.cross_sensitivity.items()
        )
        shown = {component: self._components.index(component) for component in _shown(table)}
        chance = Stream(self.seed, "analyser", name)
        return Analyser(name, truth, scale, interferences, self._line, chance, shown, self._felt(truth, place))

    def _converted(self, measurand: str, truth: AnalyserTruth, place: str) -> tuple[tuple[int, float], ...]:
        """The components that a device of NOx measures as NOx, with the share of each that counts."""
        efficiency = truth.converter_efficiency_percent
        if measurand != CONVERTED:
            if efficiency is not None:
                raise StationError(f"{place}: converter_efficiency_percent: only a device of {CONVERTED} has a converter")
            return ()
        shares = {"NO": 1.0, "NO2": (100.0 if efficiency is None else efficiency) / 100.0}
        return tuple((self._components.index(part), shares[part]) for part in SUMS[CONVERTED])

    def _felt(self, truth: AnalyserTruth, place: str) -> list[Felt]:
        """The conditions that a device feels, with what each does to it for one unit."""
        by_quantity: dict[str, Condition] = {
            self.station.environment[name].quantity: each for name, each in self._conditions.items()
        }
        for key, felt in (("influence", truth.influence), ("influence_gain", truth.influence_gain)):
            for quantity in felt:
                if quantity not in by_quantity:
                    there = ", ".join(by_quantity) or "none"
                    raise StationError(f"{place}: {key}: there is no simulated condition {quantity!r}; there are: {there}")
        return [
            Felt(by_quantity[quantity], truth.influence.get(quantity, 0.0), truth.influence_gain.get(quantity, 0.0))
            for quantity in dict.fromkeys((*truth.influence, *truth.influence_gain))
        ]

    def _wire(self) -> dict[str, dict[int, CurrentLoop]]:
        loops: dict[str, dict[int, CurrentLoop]] = {}
        ends: list[tuple[str, DriverTable, Indicating | None, Any]] = [
            (f"[devices.{n}]", t, self._analysers[n], t.range) for n, t in self.station.devices.items()
        ]
        ends += [
            (f"[environment.{n}]", t, self._sensed(n), (t.options.get("low"), t.options.get("high")))
            for n, t in self.station.environment.items()
        ]
        for place, table, source, (low, high) in ends:
            scanner, channel = table.options.get("instrument"), table.options.get("channel")
            if scanner is None or channel is None or source is None:
                continue
            if low is None or high is None:
                raise StationError(f"{place}: state low and high, the values at 4 mA and at 20 mA")
            if channel in loops.setdefault(scanner, {}):
                raise StationError(f"{place}: channel {channel} of {scanner!r} is taken; wire it to another channel")
            loops[scanner][int(channel)] = CurrentLoop(source, float(low), float(high))
        return loops

    def _named_analyser(self, name: str) -> Analyser | VelocityDevice:
        if name not in self._analysers:
            raise InstrumentError(
                f"simulated laboratory: no device {name!r}; there are: {', '.join(self._analysers) or 'none'}"
            )
        return self._analysers[name]


def _components(station: Station) -> tuple[str, ...]:
    """Every gas component that a cylinder holds or a device feels."""
    names = {cylinder.component for cylinder in station.cylinders.values()}
    for table in (table for table in station.devices.values() if not is_velocity(table)):
        names.update((table.truth or {}).get("cross_sensitivity") or {})
        names.update(_shown(table))
        names.update(SUMS.get(table.measurand, ()))
    return tuple(sorted(names))


def _shown(table: DeviceTable) -> frozenset[str]:
    """What a device shows, gas or not: its measurand and what is recorded beside it, sums of components as their parts."""
    also = table.options.get("record_also")
    named = [str(name) for name in also] if isinstance(also, list | tuple) else []
    return frozenset({table.measurand}.union(*(SUMS.get(name, (name,)) for name in named)))
