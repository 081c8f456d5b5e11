"""What the calls on the bench come to: computed from readings, windows and facts, live and again from the record.

A call has two halves. What happens (gas is set, readings are taken over windows, a person answers) is the live bench's
business. What it comes to is computed here, from nothing but that; so a finished run can be computed anew without
instruments, by the same code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from testbench.engine.assembly import Equipment
from testbench.engine.condition_control import complaint, condition_reached, unit_of
from testbench.engine.conditions import ConditionCheck, ConditionLimit
from testbench.engine.observation import Observation, in_unit, setting_reproducibility
from testbench.engine.operator import Prompt
from testbench.engine.other_gas import contents_of, stated_content
from testbench.engine.reference_velocity import reference_velocity, velocity_evidence
from testbench.engine.roles import Adjustment, FlowRig, GasDivider, GasMixer
from testbench.engine.steps import (
    Adjusted,
    Answer,
    Averages,
    BenchState,
    Certified,
    Conditions,
    ConditionSet,
    Displayed,
    Leak,
    OtherGas,
    Settled,
    Settling,
    Supplied,
    VelocitySet,
    Window,
)
from testbench.errors import InstrumentError, StationError
from testbench.findings import Finding
from testbench.metrology.measurand import MeasurandKind
from testbench.metrology.quantity import Quantity
from testbench.metrology.velocity import volume_flow

TOLERANCE_PERCENT_FS = 0.05  # when an indication counts as stable, where the call does not say
STABLE_S = 120.0  # the time it must be stable for, s
NOT_ADJUSTED = "not adjusted"  # in place of whoever adjusted a device


class Reckoning:
    """Computes results, and keeps what the bench knows (`state`); one per evaluation, `enter` begins a run."""

    def __init__(
        self, equipment: Equipment, seen: Observation, *, limits: Sequence[ConditionLimit] = (), component: str
    ) -> None:
        self.devices = tuple(equipment.information[device.name] for device in equipment.devices)
        self.seen = seen
        self.state = BenchState()
        self._divider = equipment.divider
        self._rig = equipment.flow_rig
        self._sensors = equipment.sensors
        self._controls = equipment.controls
        self._conditions = ConditionCheck(limits, equipment.sensors, seen)
        self._component = component
        self._run = ""
        self._step = 0

    def enter(self, run: str) -> None:
        """Begin a run: its identifier ends with its number in the evaluation, "…-R03"."""
        self._run = run.rpartition("-")[2]
        self.change(complaints=(), unwatched=())

    def begin(self, step: int) -> None:
        """Begin a step of the run."""
        self._step = step

    def change(self, **changed: Any) -> None:
        """Change what the bench knows."""
        self.state = replace(self.state, **changed)

    # ---- gas ----------------------------------------------------------------------------------------------------------

    @property
    def divider(self) -> GasDivider:
        """The gas divider; StationError where there is none."""
        if self._divider is None:
            raise StationError("the station has no gas divider; add a [divider] table")
        return self._divider

    @property
    def component(self) -> str:
        """The gas that the devices measure."""
        return self._component

    def content(self, fraction: float) -> float:
        """Content at a fraction of the devices' full scale, mol/mol."""
        return self.devices[0].content_at(fraction)

    def supplied(self, fraction: float, time: float) -> Supplied:
        """The gas was set at a bench time: the next setting of the divider."""
        number, content = self.state.settings + 1, self.content(fraction)
        predicted = self.divider.predict(self._component, content, number)
        gas = Supplied(number, self._component, fraction, content, predicted, time)
        self.change(settings=number, gas=gas, missing={})
        return gas

    def mixture(self, component: str, content: float, fraction: float) -> dict[str, float]:
        """The contents of a gas with another component in it, mol/mol; InputError for what is no such gas."""
        return contents_of(self._component, self.content(fraction), component, content)

    def supplied_other(
        self, component: str, content: float, fraction: float, time: float, by: str, stated: Mapping[str, Certified]
    ) -> Supplied:
        """A gas with another component was set at a bench time, by the divider or, as it was stated, by hand."""
        number, contents = self.state.settings + 1, self.mixture(component, content, fraction)
        if stated:
            predicted, beside = stated_content(self._component, stated), stated_content(component, stated)
        else:
            mixer = self.mixer
            predicted, beside = (mixer.predict_in_mixture(name, contents, number) for name in (self._component, component))
        other = OtherGas(component, content, beside, by, stated)
        gas = Supplied(number, self._component, fraction, contents[self._component], predicted, time, other)
        self.change(settings=number, gas=gas, missing={})
        return gas

    @property
    def mixer(self) -> GasMixer:
        """The gas divider, which makes gases of several components; StationError where it makes none."""
        divider = self.divider
        if not isinstance(divider, GasMixer):
            raise StationError(f"{divider.name} makes no gas of several components")
        return divider

    # ---- velocity -----------------------------------------------------------------------------------------------------

    @property
    def rig(self) -> FlowRig:
        """The flow rig; StationError where there is none."""
        if self._rig is None:
            raise StationError("the station has no flow rig; add a [flow_rig] table")
        return self._rig

    def velocity_set(self, velocity: float, window: Window) -> VelocitySet:
        """The velocity was set and waited for in a window: the next setting of the rig."""
        number = self.state.settings + 1
        measured, evidence = velocity_evidence(self.seen.series, self.rig, velocity, window.end)
        reached = evidence.stable and measured is not None and abs(measured - velocity) <= self.rig.tolerance(velocity)
        predicted = self.rig.predict(velocity, number)
        found = VelocitySet(number, velocity, predicted, window.end, window, measured, evidence, reached)
        self.change(settings=number, velocity=found, missing={})
        return found

    @property
    def _moving(self) -> bool:
        """Whether the devices measure a moving gas, so that the reference is the rig's."""
        return self.devices[0].kind.moves

    @property
    def _setting(self) -> int:
        state = self.state
        if self._moving:
            return state.velocity.setting if state.velocity is not None else 0
        return state.gas.setting if state.gas is not None else 0

    # ---- readings -----------------------------------------------------------------------------------------------------

    def evidence(self, now: float, window_s: float, tolerance_percent_fs: float) -> dict[str, Settled]:
        """Evidence of each device's stability at a bench time."""
        return self.seen.evidence(now, window_s, tolerance_percent_fs)

    def settling(self, window: Window, began: float, window_s: float, tolerance_percent_fs: float) -> Settling:
        """The evidence at the end of a window; what may still be missing goes into the readings that follow."""
        evidence = self.evidence(window.end, window_s, tolerance_percent_fs)
        self.change(missing={name: found.missing for name, found in evidence.items()})
        return Settling(window, window.end - began, evidence)

    def averages(self, window: Window, part: str = "") -> Averages:
        """Mean indications and reference of a window; `part` tells the windows of one step apart."""
        reference = self._reference(window, part)
        readings = {}
        for info in self.devices:
            influence = f"{info.name}.reading.{self._run}.{self._step}{part}"
            missing = self.state.missing.get(info.name, 0.0)
            found = self.seen.indication(info, window, influence=influence, missing=missing)
            readings[info.name] = replace(found, reference=in_unit(reference, info.unit))
        return Averages(window, self._setting, readings)

    def _reference(self, window: Window, part: str) -> Quantity | None:
        """What the devices were to indicate in a window, in the SI unit of their kind (mol/mol, m/s, m³/s)."""
        if not self._moving:
            gas = self.state.gas
            return None if gas is None else self.seen.content(self.divider, gas, window)
        influence = f"{self.rig.name}.reading.{self._run}.{self._step}{part}"
        velocity = reference_velocity(self.seen.series, self.rig, self._setting, window, influence)
        if velocity is None or self.devices[0].kind is MeasurandKind.VELOCITY:
            return velocity
        return volume_flow(velocity, self.rig.area)

    def displayed(self, time: float) -> Displayed:
        """The values displayed at a moment; raises InstrumentError for a gas that does not flow."""
        gas = self.state.gas
        if gas is not None:
            self.seen.content(self.divider, gas, Window(time, time, 0.0))
        values = {info.name: self.seen.displayed(info.name, time) for info in self.devices}
        scatter = {info.name: setting_reproducibility(gas, info.unit) for info in self.devices}
        return Displayed(time, self._setting, values, scatter)

    def adjusted(self, device: str, point: Adjustment, by: str | None, before: Averages, after: Averages) -> Adjusted:
        """One adjustment from the readings before and after it; `by` is None where none was made."""
        indication = after.readings[device].indication
        shown = None if indication is None else indication.value
        if by is None:
            return Adjusted(point, NOT_ADJUSTED, None, None, shown)
        return Adjusted(point, by, before.readings[device].indication, before.readings[device].reference, shown)

    # ---- preparation --------------------------------------------------------------------------------------------------

    def flow(self, window: Window) -> float:
        """Flow of the gas in the second half of a window: by then the flow that was there before has gone."""
        return self.seen.total_flow(self.divider, replace(window, start=(window.start + window.end) / 2.0))

    def leak(self, window: Window, exhaust: float, limit_percent: float) -> Leak:
        """Share of the flow that does not reach the exhaust."""
        flow = self.flow(window)
        leak = 100.0 * (flow - exhaust) / flow if flow > 0 else math.inf
        return Leak(flow, exhaust, leak, limit_percent, abs(leak) <= limit_percent, window)

    def questions(self) -> Mapping[str, Prompt]:
        """The conditions that the operator must still state, by quantity."""
        return {name: prompt for name, prompt in self._conditions.questions().items() if name not in self.state.answers}

    def answer(self, quantity: str, answer: Answer) -> None:
        """Keep what the operator stated of a condition."""
        self.change(answers=dict(self.state.answers) | {quantity: answer})

    def conditions(self, time: float) -> Conditions:
        """The conditions at a moment; what the standard does not allow is noted on the findings that follow."""
        conditions = self._conditions.conditions(time, self.state.answers)
        self.change(complaints=tuple(self._conditions.complaints(conditions)))
        return Conditions(time, conditions)

    def unit_of_condition(self, quantity: str) -> str:
        """The unit in which a condition is set; InputError for one that is not known."""
        sensor = self._sensors.get(quantity)
        return unit_of(quantity, None if sensor is None else sensor.unit)

    def condition_set(self, quantity: str, value: float, window: Window) -> ConditionSet:
        """An instrument of the station was set, and its condition waited for in a window."""
        control = self._controls[quantity]
        reached, stable = condition_reached(self.seen.series[control.channel], control, value, window.end)
        return self._keep_condition(
            ConditionSet(quantity, value, control.unit, reached, control.name, stable, control.uncertainty, window)
        )

    def condition_stated(self, quantity: str, value: float, answer: Answer) -> ConditionSet:
        """A person set a condition and stated what it came to."""
        return self._keep_condition(
            ConditionSet(quantity, value, self.unit_of_condition(quantity), answer.number, answer.by)
        )

    def back_at(self, quantity: str, value: float, window: Window) -> None:
        """Make sure that a condition that is set again is there; raise InstrumentError if it is not, but was before."""
        control = self._controls[quantity]
        _, stable = condition_reached(self.seen.series[control.channel], control, value, window.end)
        if not stable and not any(text.startswith(f"{quantity} was to be ") for text in self.state.complaints):
            raise InstrumentError(
                f"{control.name}: {quantity} did not come back to {value:g} {control.unit} within "
                f"{window.end - window.start:.0f} s; look at the instrument, and resume the run when it is there"
            )

    def _keep_condition(self, found: ConditionSet) -> ConditionSet:
        """Keep a condition to be set again after a pause; what was not reached is noted on the findings that follow."""
        begins = f"{found.quantity} was to be "
        noted = tuple(text for text in self.state.complaints if not text.startswith(begins))
        text = complaint(found)
        self.change(
            conditions=dict(self.state.conditions) | {found.quantity: found.value},
            complaints=noted if text is None else (*noted, text),
        )
        return found

    # ---- findings -----------------------------------------------------------------------------------------------------

    def noted(self, finding: Finding) -> Finding:
        """A finding with what must be said of the run."""
        return replace(finding, notes=finding.notes + self.state.complaints + self.state.unwatched)
