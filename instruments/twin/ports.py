"""Ports through which the simulated instruments reach into the plant, as `instruments.twin.peer` describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from instruments.twin.analyser import Analyser
from instruments.twin.duct import Fan
from instruments.twin.duct_instruments import ReferenceVelocity, VelocityDevice
from instruments.twin.environment import Condition
from instruments.twin.gas import Box, Controller
from testbench.engine.roles import Adjustment

LOOP_LOW_MA, LOOP_HIGH_MA = 3.5, 22.0
"""Where a current loop ends: a transmitter neither falls below nor rises above."""


class World(Protocol):
    """What of the plant a port reaches (`instruments.twin.plant.Plant`)."""

    @property
    def now(self) -> float:
        """Bench time, s."""
        ...

    def set_flow(self, controller: str, flow: float) -> None:
        """Command a controller, in its unit."""
        ...

    def set_fan(self, fan: str, percent: float) -> None:
        """Command the fan of the flow rig, percent of its full speed."""
        ...

    def select(self, valve: str, position: int) -> None:
        """Bring the valve before a controller to a position; 0 is closed."""
        ...

    def position(self, valve: str) -> int:
        """Where a valve stands."""
        ...

    def make(self, port: str, content: float, total_flow: float) -> None:
        """Have a divider in one box make a content (mol/mol) of the gas of a port at a total flow (L/min)."""
        ...

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float) -> None:
        """Adjust a device, in its unit."""
        ...

    def set_condition(self, quantity: str, value: float) -> None:
        """Set a condition of the environment, in the unit of its table."""
        ...


class Indicating(Protocol):
    """Anything in the plant that shows a value."""

    def indication(self, now: float) -> float:
        """The value at bench time `now`."""
        ...


@dataclass(frozen=True, slots=True)
class CurrentLoop:
    """One current loop: where its value comes from, and the values at 4 mA and 20 mA."""

    source: Indicating
    low: float
    high: float

    def current(self, now: float) -> float:
        """Current in mA at bench time `now`."""
        share = (self.source.indication(now) - self.low) / (self.high - self.low)
        return min(max(4.0 + 16.0 * share, LOOP_LOW_MA), LOOP_HIGH_MA)


class PlantController:
    """Port of a mass flow controller (`peer.ControllerPort`)."""

    def __init__(self, plant: World, controller: Controller) -> None:
        self._plant = plant
        self._controller = controller

    def set_flow(self, flow: float) -> None:
        """Set the flow, in the controller's own unit."""
        self._plant.set_flow(self._controller.name, flow)

    def setpoint(self) -> float:
        """The set-point last commanded."""
        return self._controller.setpoint

    def indicated_flow(self) -> float:
        """The flow it shows."""
        return self._controller.indicated_flow(self._plant.now)


class PlantSelector:
    """Port of a valve that chooses a cylinder (`peer.SelectorPort`)."""

    def __init__(self, plant: World, name: str) -> None:
        self._plant = plant
        self._name = name

    def select(self, position: int) -> None:
        """Go to a position; 0 is closed."""
        self._plant.select(self._name, position)

    def position(self) -> int:
        """Where it stands."""
        return self._plant.position(self._name)


class PlantDivider:
    """Port of a divider in one box (`peer.DividerPort`)."""

    def __init__(self, plant: World, box: Box) -> None:
        self._plant = plant
        self._box = box
        self.ports = len(box.ports)
        self.components = box.components

    def set_flow(self, port: int, flow: float) -> None:
        """Set the flow of a port, L/min."""
        self._plant.set_flow(self._box.ports[port - 1].name, flow)

    def setpoint(self, port: int) -> float:
        """The flow last commanded, L/min."""
        return self._box.ports[port - 1].setpoint

    def indicated_flow(self, port: int) -> float:
        """The flow that a port shows, L/min."""
        return self._box.ports[port - 1].indicated_flow(self._plant.now)

    def make(self, port: int, content: float, total_flow: float) -> None:
        """Make a content of the gas of a port at a total flow."""
        self._plant.make(self._box.ports[port - 1].name, content, total_flow)

    def indicated_content(self) -> float:
        """The content that it shows, mol/mol."""
        return self._box.indicated_content(self._plant.now)


class PlantAnalyser:
    """Port of an analyser (`peer.AnalyserPort`)."""

    def __init__(self, plant: World, analyser: Analyser | VelocityDevice) -> None:
        self._plant = plant
        self._analyser = analyser
        self.unit = analyser.scale.unit
        self.low = analyser.scale.low
        self.high = analyser.scale.high

    def indication(self) -> float:
        """What it shows, in its unit."""
        return self._analyser.indication(self._plant.now)

    def content(self, component: str) -> float:
        """Content of a component as the sensor sees it, mol/mol."""
        return self._analyser.content(component, self._plant.now)

    def updated_s(self) -> float:
        """Bench time of the last update, s."""
        return self._analyser.updated_s(self._plant.now)

    def adjust_zero(self, indicated: float, target: float) -> None:
        """Shift the indication so that `indicated` becomes `target`."""
        self._plant.adjust(self._analyser.name, Adjustment.ZERO, indicated, target)

    def adjust_span(self, indicated: float, target: float) -> None:
        """Shift the indication by a share of the content, so that `indicated` becomes `target`."""
        self._plant.adjust(self._analyser.name, Adjustment.SPAN, indicated, target)


class PlantFan:
    """Port of the fan of the flow rig (`peer.FanPort`)."""

    def __init__(self, plant: World, fan: Fan) -> None:
        self._plant = plant
        self._fan = fan

    def set_speed(self, percent: float) -> None:
        """Set the speed, percent of full speed."""
        self._plant.set_fan(self._fan.name, percent)

    def commanded(self) -> float:
        """The speed last commanded, percent."""
        return self._fan.commanded

    def speed(self) -> float:
        """The speed now, percent."""
        return self._fan.speed(self._plant.now)


class PlantVelocity:
    """Port of the reference of the flow rig, m/s; it is only read (`peer.AnalyserPort` as far as a meter goes)."""

    unit = "m/s"

    def __init__(self, plant: World, reference: ReferenceVelocity) -> None:
        self._plant = plant
        self._reference = reference

    def indication(self) -> float:
        """What it shows, m/s."""
        return self._reference.indication(self._plant.now)


class PlantSensor:
    """Port of a condition of the environment (`peer.SensorPort`)."""

    def __init__(self, plant: World, condition: Indicating, quantity: str) -> None:
        self._plant = plant
        self._condition = condition
        self._quantity = quantity

    def value(self) -> float:
        """The condition, in the unit of its table."""
        return self._condition.indication(self._plant.now)

    def set(self, value: float) -> None:
        """Have the condition go to a value."""
        self._plant.set_condition(self._quantity, value)

    def setpoint(self) -> float:
        """The value last set; of what cannot be set, what it is."""
        return self._condition.setpoint if isinstance(self._condition, Condition) else self.value()


class PlantSampleFlow:
    """Port of a controller that sets a flow of the environment, the devices' sample flow (`peer.ControllerPort`)."""

    def __init__(self, sensor: PlantSensor) -> None:
        self._sensor = sensor

    def set_flow(self, flow: float) -> None:
        """Set the flow, in the controller's own unit."""
        self._sensor.set(flow)

    def setpoint(self) -> float:
        """The set-point last commanded."""
        return self._sensor.setpoint()

    def indicated_flow(self) -> float:
        """The flow it shows."""
        return self._sensor.value()


class PlantLoops:
    """Port of the current loops on one scanner (`peer.LoopPort`)."""

    def __init__(self, plant: World, loops: Mapping[int, CurrentLoop]) -> None:
        self._plant = plant
        self._loops = loops

    def currents(self) -> Mapping[int, float]:
        """Channel number → current in mA."""
        now = self._plant.now
        return {channel: loop.current(now) for channel, loop in self._loops.items()}
