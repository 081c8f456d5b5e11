"""The sample flow of the devices under test, set and read by a mass flow controller of the station.

    [instruments.mfc-sample]
    driver = "alicat"
    …
    [environment.sample-flow]
    driver = "flow-condition"
    quantity = "sample flow"
    unit = "L/min"
    instrument = "mfc-sample"
    limits = [0.2, 2.0]

It has no session of its own, and its safe state is that of its controller, flow 0: with no gas made, none is to be drawn.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, Field

from instruments.condition_control import ControlKeys, ControlTerms
from testbench.engine.roles import FlowController, Parts, Source
from testbench.errors import StationError, UnsuppliableError, suggest

TOLERANCE_PERCENT = 1.0  # of full scale
STABLE_S, REACH_S = 30.0, 300.0


class FlowConditionSettings(ControlKeys):
    """Keys of an `[environment.NAME]` table with driver "flow-condition"."""

    instrument: str = Field(description="name of the flow controller, an [instruments.NAME] table")
    quantity: str = Field(description='condition: "sample flow"')
    unit: str = Field(description="unit of the flow, that of the controller")


class FlowCondition:
    """A flow that is set and read through its controller."""

    driver: ClassVar[str] = "flow-condition"
    kind: ClassVar[str] = "sensor"
    summary: ClassVar[str] = "sample flow of the devices, set by a mass flow controller of the station"
    documented_by: ClassVar[str] = "the driver of its controller"
    verified: ClassVar[str] = "as the driver of its controller; not against hardware"
    Settings: ClassVar[type[BaseModel]] = FlowConditionSettings

    def __init__(self, name: str, settings: FlowConditionSettings, parts: Parts) -> None:
        controllers = {key: made for key, made in parts.instruments.items() if isinstance(made, FlowController)}
        controller = controllers.get(settings.instrument)
        if controller is None:
            raise StationError(f"{settings.instrument!r} is no flow controller; {suggest(settings.instrument, controllers)}")
        if settings.unit != controller.flow_unit:
            raise StationError(
                f'{settings.instrument} gives its flow in {controller.flow_unit}; state unit = "{controller.flow_unit}"'
            )
        self._controller = controller
        full_scale = controller.full_scale
        terms = settings.terms(
            ControlTerms(
                range=(0.0, full_scale),
                tolerance=TOLERANCE_PERCENT / 100.0 * full_scale,
                stable_s=STABLE_S,
                reach_s=REACH_S,
                leave_at=settings.limits[0] if settings.limits else 0.0,  # not used: its controller has a safe state
            )
        )
        self.name = name
        self.quantity = settings.quantity
        self.source: Source = controller
        self.channel = controller.channels[0].name
        self.unit = settings.unit
        self.low, self.high = terms.range
        self.tolerance = terms.tolerance
        self.stable_s, self.reach_s = terms.stable_s, terms.reach_s
        self.uncertainty = terms.expanded_uncertainty / 2.0

    def check(self, value: float) -> None:
        """Raise UnsuppliableError, naming the range, for a flow that cannot be set."""
        if not self.low <= value <= self.high:
            raise UnsuppliableError(
                f"{self.name}: {self.quantity} can be set from {self.low:g} to {self.high:g} {self.unit}, not to {value:g}"
            )

    def set_condition(self, value: float) -> None:
        """Set the flow; its controller reads it back. Raises UnsuppliableError or InstrumentError."""
        self.check(value)
        self._controller.set_flow(value)
