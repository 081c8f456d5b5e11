"""The dry bench: a model answers, nothing is touched; it lists every step with duration, rate, gas and uncertainty.

It takes settling and response as the station states them (line delay, largest response time to reckon with), so a run may
take longer where a device needs longer to become stable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Concatenate

from testbench.engine.assembly import Equipment
from testbench.engine.bench import VELOCITY_TIMEOUT_S, Bench, Given, fastest_s, least_dwell_s
from testbench.engine.condition_control import every_s, expected_s, unit_of
from testbench.engine.entering import Entered, Form
from testbench.engine.operator import Prompt
from testbench.engine.other_gas import contents_of, makes, stated_content
from testbench.engine.roles import Adjustment, FlowRig, GasDivider, GasMixer
from testbench.engine.steps import (
    Adjusted,
    Adjustments,
    Answer,
    Averages,
    Certified,
    Conditions,
    ConditionSet,
    Curve,
    DeviceInfo,
    Displayed,
    Leak,
    OtherGas,
    Reading,
    Settled,
    Settling,
    Supplied,
    Transition,
    VelocitySet,
    Window,
)
from testbench.errors import InputError, StationError
from testbench.findings import Finding
from testbench.metrology.amount import to_fraction
from testbench.metrology.measurand import MeasurandKind, from_si
from testbench.metrology.quantity import Quantity
from testbench.metrology.velocity import volume_flow
from testbench.station import Line

CORRECTIONS = 2  # how often the fan is set and waited for until a velocity is there, as a plan reckons


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it would be done.

    Start and duration in s of bench time, sampling interval in s (None where nothing is sampled), level as a fraction of
    full scale with the reference and its expanded uncertainty (k = 2) in percent of full scale, litres of each cylinder. For
    a velocity (m/s) the level is that of the first device.
    """

    run: int
    number: int
    procedure: str
    call: str
    arguments: Mapping[str, Any]
    start_s: float
    duration_s: float
    every_s: float | None
    level: float | None
    reference: Quantity | None
    reference_uncertainty_percent_fs: float | None
    gas_litres: Mapping[str, float] = field(default_factory=dict)
    velocity: float | None = None


class DryBench(Bench):
    """Answers every call from a model; `steps` is the plan."""

    def __init__(self, equipment: Equipment, *, line: Line, component: str, wait_every_s: float) -> None:
        self.devices = tuple(equipment.information[device.name] for device in equipment.devices)
        self.line = line
        self.steps: list[PlannedStep] = []
        self._equipment = equipment
        self._component = component
        self._wait_every_s = wait_every_s
        self._now = 0.0
        self._settings = 0
        self._gas: Supplied | None = None
        self._velocity: VelocitySet | None = None
        self._run = 0
        self._procedure = ""
        self._folder: Path | None = None
        self._number = 0

    def begin_run(self, run: int, procedure: str, folder: Path | None = None) -> None:
        """Begin a run of the plan; `folder` is where the procedure's pictures are."""
        self._folder = folder
        self._run, self._procedure, self._number = run, procedure, 0

    @property
    def now(self) -> float:
        """Bench time the plan has come to, s."""
        return self._now

    def _plan(self, call: str, arguments: Mapping[str, Any], duration_s: float, every_s: float | None) -> Window:
        self._number += 1
        start = self._now
        self._now += duration_s
        if self.devices[0].kind.moves:
            self.steps.append(self._blown(call, arguments, start, duration_s, every_s))
            return Window(start, self._now, every_s or 0.0)
        gas = self._gas
        litres: dict[str, float] = {}
        uncertainty = None
        if gas is not None:
            flows = self._consumption(gas)
            litres = {cylinder: flow * duration_s / 60.0 for cylinder, flow in flows.items()}
            low, high = (to_fraction(end, self.devices[0].unit) for end in (self.devices[0].low, self.devices[0].high))
            if gas.other is None or not gas.other.by_hand:  # a certificate that nobody has entered yet says nothing
                uncertainty = 100.0 * 2.0 * gas.predicted.standard_uncertainty / (high - low)
        self.steps.append(
            PlannedStep(
                self._run,
                self._number,
                self._procedure,
                call,
                arguments,
                start,
                duration_s,
                every_s,
                gas.fraction if gas is not None else None,
                gas.predicted if gas is not None else None,
                uncertainty,
                litres,
            )
        )
        return Window(start, self._now, every_s or 0.0)

    def _consumption(self, gas: Supplied) -> Mapping[str, float]:
        """Flow of each cylinder of the divider, L/min; of a gas that is connected by hand nothing is known."""
        if gas.other is None:
            return self._divider.consumption(gas.component, gas.content)
        divider = self._divider
        if gas.other.by_hand or not isinstance(divider, GasMixer):
            return {}
        return divider.consumption_of_mixture({gas.component: gas.content, gas.other.component: gas.other.content})

    def _blown(
        self, call: str, arguments: Mapping[str, Any], start: float, duration_s: float, every_s: float | None
    ) -> PlannedStep:
        """A step in a duct."""
        info, blown = self.devices[0], self._velocity
        reference = None if blown is None else self._at_device(blown.predicted, info)
        step = PlannedStep(
            self._run, self._number, self._procedure, call, arguments, start, duration_s, every_s, None, None, None
        )
        if blown is None or reference is None:
            return step
        uncertainty = 100.0 * 2.0 * reference.standard_uncertainty / info.full_scale
        level = (reference.value - info.low) / info.full_scale
        return replace(
            step,
            level=level,
            reference=blown.predicted,
            reference_uncertainty_percent_fs=uncertainty,
            velocity=blown.velocity,
        )

    def _at_device(self, velocity: Quantity, info: DeviceInfo) -> Quantity:
        """A velocity (m/s) as a device is to indicate it."""
        flow = volume_flow(velocity, self._rig.area) if info.kind is MeasurandKind.FLOW else velocity
        return flow.scaled(from_si(info.unit), info.unit)

    @property
    def _rig(self) -> FlowRig:
        if self._equipment.flow_rig is None:
            raise StationError("the station has no flow rig; add a [flow_rig] table")
        return self._equipment.flow_rig

    @property
    def _divider(self) -> GasDivider:
        if self._equipment.divider is None:
            raise StationError("the station has no gas divider; add a [divider] table")
        return self._equipment.divider

    def _set_gas(self, fraction: float) -> Supplied:
        content = self.devices[0].content_at(fraction)
        self._divider.check(self._component, content)
        self._settings += 1
        predicted = self._divider.predict(self._component, content, self._settings)
        self._gas = Supplied(self._settings, self._component, fraction, content, predicted, self._now)
        return self._gas

    # ---- preparation --------------------------------------------------------------------------------------------------

    def warm_up(self, duration_s: float) -> Window:
        """See Bench."""
        self._set_gas(0.0)
        return self._plan("warm_up", {"duration_s": duration_s}, duration_s, self._wait_every_s)

    def leak_check(self, limit_percent: float) -> Leak:
        """See Bench."""
        self._set_gas(0.0)
        self._plan("leak_check", {"limit_percent": limit_percent}, 10.0, 1.0)
        return Leak(1.0, 1.0, 0.0, limit_percent, tight=True)

    def check_conditions(self) -> Conditions:
        """See Bench."""
        self._plan("check_conditions", {}, 0.0, None)
        return Conditions(self._now, ())

    def set_condition(self, quantity: str, value: float) -> ConditionSet:
        """See Bench."""
        arguments = {"quantity": quantity, "value": value}
        control, sensor = self._equipment.controls.get(quantity), self._equipment.sensors.get(quantity)
        unit = unit_of(quantity, None if sensor is None else sensor.unit)
        if control is None:
            self._plan("set_condition", arguments, 0.0, None)
            return ConditionSet(quantity, value, unit, value, "plan")
        control.check(value)
        window = self._plan("set_condition", arguments, expected_s(control), every_s(control))
        return ConditionSet(quantity, value, unit, value, control.name, True, control.uncertainty, window)

    def ask(self, prompt: Prompt) -> Answer:
        """See Bench."""
        prompt.beside(self._folder)
        self._plan("ask", prompt.arguments(), 0.0, None)
        return Answer(text=prompt.choices[0] if prompt.choices else "", number=prompt.expected, by="plan")

    def enter(self, form: Form) -> Entered:
        """See Bench."""
        self._plan("enter", form.arguments(), 0.0, None)
        return Entered(form.sampled(), by="plan", source="plan")

    # ---- gas ----------------------------------------------------------------------------------------------------------

    def supply(self, fraction: float) -> Supplied:
        """See Bench."""
        gas = self._set_gas(fraction)
        self._plan("supply", {"fraction": fraction}, 0.0, None)
        return gas

    def supply_other(self, component: str, content: float, *, fraction: float = 0.0) -> Supplied:
        """See Bench; the plan says whether the divider makes it or a person is asked to connect it."""
        measured = self.devices[0].content_at(fraction)
        contents = contents_of(self._component, measured, component, content)
        divider = self._divider
        self._settings += 1
        if isinstance(divider, GasMixer) and makes(divider, contents):
            predicted, beside = (
                divider.predict_in_mixture(name, contents, self._settings) for name in (self._component, component)
            )
            other = OtherGas(component, content, beside, divider.name)
        else:
            stated = {name: Certified(value) for name, value in contents.items() if value > 0.0}
            predicted, beside = stated_content(self._component, stated), stated_content(component, stated)
            other = OtherGas(component, content, beside, "plan", stated)
        self._gas = Supplied(self._settings, self._component, fraction, measured, predicted, self._now, other)
        arguments: dict[str, Any] = {"component": component, "content": content, "fraction": fraction}
        if other.by_hand:
            arguments["by_hand"] = True
        self._plan("supply_other", arguments, 0.0, None)
        return self._gas

    def zero_gas(self) -> Supplied:
        """See Bench."""
        gas = self._set_gas(0.0)
        self._plan("zero_gas", {}, 0.0, None)
        return gas

    def purge(self, duration_s: float) -> Window:
        """See Bench."""
        self._set_gas(0.0)
        return self._plan("purge", {"duration_s": duration_s}, duration_s, min(duration_s, 5.0))

    # ---- velocity -----------------------------------------------------------------------------------------------------

    def set_velocity(self, velocity: float, *, timeout_s: float = VELOCITY_TIMEOUT_S) -> VelocitySet:
        """See Bench."""
        rig = self._rig
        rig.check(velocity)
        self._settings += 1
        start, took = self._now, (CORRECTIONS if velocity > 0.0 else 1) * (rig.response_s + rig.stable_s)
        window = Window(start, start + took, 1.0)
        predicted = rig.predict(velocity, self._settings)
        still = Settled(True, 0.0, rig.tolerance(velocity), 0.0)
        self._velocity = VelocitySet(self._settings, velocity, predicted, window.end, window, velocity, still, True)
        self._plan("set_velocity", {"velocity": velocity, "timeout_s": timeout_s}, took, 1.0)
        return self._velocity

    # ---- reading ------------------------------------------------------------------------------------------------------

    @property
    def _dwell_s(self) -> float:
        return least_dwell_s(self.line, self.devices)

    def settle(
        self, *, tolerance_percent_fs: float = 0.05, window_s: float = 120.0, timeout_s: float = 1800.0, every_s: float = 5.0
    ) -> Settling:
        """See Bench."""
        arguments = {
            "tolerance_percent_fs": tolerance_percent_fs,
            "window_s": window_s,
            "timeout_s": timeout_s,
            "every_s": every_s,
        }
        waited = self._dwell_s + window_s
        return Settling(self._plan("settle", arguments, waited, every_s), waited, {})

    def average(self, duration_s: float, *, every_s: float = 1.0) -> Averages:
        """See Bench."""
        window = self._plan("average", {"duration_s": duration_s, "every_s": every_s}, duration_s, every_s)
        return self._averages(window)

    def _averages(self, window: Window) -> Averages:
        made = self._velocity if self.devices[0].kind.moves else self._gas
        readings = {info.name: self._nominal(info) for info in self.devices}
        return Averages(window, made.setting if made is not None else 0, readings)

    def _nominal(self, info: DeviceInfo) -> Reading:
        if info.kind.moves:
            reference = None if self._velocity is None else self._at_device(self._velocity.predicted, info)
        else:
            reference = None if self._gas is None else self._gas.predicted.scaled(from_si(info.unit), info.unit)
        if reference is None:
            return Reading(None, None, 0, 0)
        return Reading(Quantity(reference.value, info.unit), reference, 1, 0)

    def read(self) -> Displayed:
        """See Bench."""
        self._plan("read", {}, 0.0, None)
        nominal = self._averages(Window(self._now, self._now, 0.0)).readings
        values = {name: r.indication.value if r.indication is not None else None for name, r in nominal.items()}
        return Displayed(self._now, self._settings, values, dict.fromkeys(values, 0.0))

    def transition(self, before: float, after: float, *, average_s: float = 30.0, timeout_s: float = 1800.0) -> Transition:
        """See Bench."""
        arguments = {"before": before, "after": after, "average_s": average_s, "timeout_s": timeout_s}
        self._set_gas(before)
        start = self._averages(Window(self._now, self._now + average_s, 1.0))
        self._set_gas(after)
        every_s = fastest_s(self.devices)
        settle_s = self._dwell_s + 120.0
        window = self._plan("transition", arguments, 2 * (settle_s + average_s), every_s)
        curves = {info.name: Curve((), ()) for info in self.devices}
        return Transition(window, window.start + settle_s + average_s, start, self._averages(window), curves=curves)

    def wait(self, duration_s: float) -> Window:
        """See Bench."""
        return self._plan("wait", {"duration_s": duration_s}, duration_s, self._wait_every_s)

    def wait_until(self, time_s: float) -> Window:
        """See Bench."""
        return self._plan("wait", {"until_s": time_s}, max(0.0, time_s - self._now), self._wait_every_s)

    # ---- adjustment and findings --------------------------------------------------------------------------------------

    def _adjust(self, point: Adjustment, average_s: float) -> Adjustments:
        arguments = {"point": str(point), "average_s": average_s}
        pause = max(info.update_s for info in self.devices)
        window = self._plan("adjust", arguments, 2 * average_s + pause, 1.0)
        readings = self._averages(window).readings
        made = {
            name: Adjusted(
                point, "plan", r.indication, r.reference, r.indication.value if r.indication is not None else None
            )
            for name, r in readings.items()
        }
        return Adjustments(window, self._settings, made)

    def report(self, finding: Finding) -> None:
        """A plan finds nothing."""

    def determine(
        self,
        device: DeviceInfo,
        characteristic: str,
        unit: str,
        compute: Callable[Concatenate[DeviceInfo, str, Given], Finding],
        *arguments: Given.args,
        **named: Given.kwargs,
    ) -> None:
        """A plan finds nothing."""


def require_roles(equipment: Equipment, procedure: str, roles: tuple[str, ...], station: str) -> None:
    """Refuse a procedure whose roles the station does not fill."""
    held = {"divider": equipment.divider, "flow_rig": equipment.flow_rig}
    for role in roles:
        if role not in held:
            raise InputError(f"procedure {procedure!r} asks for the unknown role {role!r}")
        if held[role] is None:
            raise StationError(
                f"procedure {procedure!r} needs the role {role!r}, but station file {station} has no [{role}] table; add one"
            )
