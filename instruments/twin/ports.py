"""Ports through which the simulated instruments reach into the plant, as `instruments.twin.peer` describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from instruments.twin.analyser import Analyser
from instruments.twin.environment import Condition
from instruments.twin.gas import Controller
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

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float) -> None:
        """Adjust a device, in its unit."""
        ...


@dataclass(frozen=True, slots=True)
class CurrentLoop:
    """One current loop: where its value comes from, and the values at 4 mA and 20 mA."""

    source: Analyser | Condition
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


class PlantAnalyser:
    """Port of an analyser (`peer.AnalyserPort`)."""

    def __init__(self, plant: World, analyser: Analyser) -> None:
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

    def adjust_zero(self, indicated: float, target: float) -> None:
        """Shift the indication so that `indicated` becomes `target`."""
        self._plant.adjust(self._analyser.name, Adjustment.ZERO, indicated, target)

    def adjust_span(self, indicated: float, target: float) -> None:
        """Shift the indication by a share of the content, so that `indicated` becomes `target`."""
        self._plant.adjust(self._analyser.name, Adjustment.SPAN, indicated, target)


class PlantSensor:
    """Port of a condition of the environment (`peer.SensorPort`)."""

    def __init__(self, plant: World, condition: Condition) -> None:
        self._plant = plant
        self._condition = condition

    def value(self) -> float:
        """The condition, in the unit of its table."""
        return self._condition.indication(self._plant.now)


class PlantLoops:
    """Port of the current loops on one scanner (`peer.LoopPort`)."""

    def __init__(self, plant: World, loops: Mapping[int, CurrentLoop]) -> None:
        self._plant = plant
        self._loops = loops

    def currents(self) -> Mapping[int, float]:
        """Channel number → current in mA."""
        now = self._plant.now
        return {channel: loop.current(now) for channel, loop in self._loops.items()}
