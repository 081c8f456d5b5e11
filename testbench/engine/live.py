"""The live bench: drives the instruments, samples them, and journals every call before the procedure goes on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Concatenate, TypeVar

from testbench.engine.assembly import Equipment
from testbench.engine.bench import Bench, Given, fastest_s, least_dwell_s
from testbench.engine.clock import Clock
from testbench.engine.conditions import ConditionCheck, ConditionLimit
from testbench.engine.journal import Journal
from testbench.engine.observation import Observation, in_unit, setting_reproducibility
from testbench.engine.observer import Observer
from testbench.engine.operator import Operator, Prompt
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, GasDivider
from testbench.engine.sampling import Sampler
from testbench.engine.steps import (
    Adjusted,
    Adjustments,
    Answer,
    Averages,
    Conditions,
    DeviceInfo,
    Displayed,
    Leak,
    Reading,
    Settling,
    Supplied,
    Transition,
    Window,
    to_json,
)
from testbench.errors import AbortedError, InstrumentError, StationError
from testbench.findings import Finding
from testbench.metrology.amount import to_fraction
from testbench.station import Line

T = TypeVar("T")
NOT_ADJUSTED = "not adjusted"
CHECK_S = 10.0  # how often a running transition is tested for stability


class LiveBench(Bench):
    """Drives one evaluation's equipment; `enter` begins a run."""

    def __init__(
        self,
        equipment: Equipment,
        clock: Clock,
        sampler: Sampler,
        operator: Operator,
        observer: Observer,
        *,
        line: Line,
        limits: Sequence[ConditionLimit] = (),
        component: str,
        wait_every_s: float | None = None,
    ) -> None:
        self.devices = tuple(equipment.information[device.name] for device in equipment.devices)
        self.line = line
        self._equipment = equipment
        self._device: Mapping[str, Device] = {device.name: device for device in equipment.devices}
        self._seen = Observation(sampler, equipment.devices, self.devices)
        self._conditions = ConditionCheck(limits, equipment.sensors, sampler, operator)
        self._clock = clock
        self._sampler = sampler
        self._operator = operator
        self._observer = observer
        self._component = component
        self._journal: Journal | None = None
        self._number = 0
        self._settings = 0
        self._gas: Supplied | None = None
        self._missing: Mapping[str, float] = {}
        self._complaints: tuple[str, ...] = ()
        self._stopped: str | None = None
        self._wait_every_s = wait_every_s or (60.0 if clock.simulated else 1.0)

    def enter(self, journal: Journal) -> None:
        """Begin a run: its steps go to `journal`."""
        self._journal = journal
        self._complaints = ()

    def stop(self, reason: str) -> None:
        """Abort: every further call raises, also in `finally`, so that no procedure can go on."""
        self._stopped = reason

    # ---- the step -----------------------------------------------------------------------------------------------------

    def _step(self, call: str, arguments: Mapping[str, Any], action: Callable[[], T]) -> T:
        if self._stopped is not None:
            raise AbortedError(self._stopped)
        if self._journal is None:
            raise AbortedError("no run has begun on this bench")
        self._number = self._journal.begin(call, arguments)
        self._observer.step_began(call, arguments)
        self._sampler.begin_step()
        try:
            result = action()
        except AbortedError as error:
            self.stop(str(error))
            self._journal.fail(self._number, str(error))
            raise
        except Exception as error:
            self._journal.fail(self._number, str(error) or type(error).__name__)
            raise
        self._journal.finish(self._number, to_json(result))
        self._observer.step_ended()
        return result

    def _busy(self) -> None:
        self._observer.tick(self._clock.now())

    def _sample(
        self, duration_s: float, every_s: float, until: Callable[[], bool] | None = None, remember: bool = True
    ) -> Window:
        return self._sampler.sample(duration_s, every_s, until=until, busy=self._busy, remember=remember)

    # ---- preparation --------------------------------------------------------------------------------------------------

    def warm_up(self, duration_s: float) -> Window:
        """See Bench."""

        def action() -> Window:
            self._set_gas(0.0)
            return self._sample(duration_s, self._wait_every_s, remember=False)

        return self._step("warm_up", {"duration_s": duration_s}, action)

    def leak_check(self, limit_percent: float) -> Leak:
        """See Bench."""

        def action() -> Leak:
            self._set_gas(0.0)
            window = self._sample(10.0, 1.0)
            steady = replace(window, start=window.start + 5.0)  # the flow that was there before has gone
            flow = self._seen.total_flow(self._divider, steady)
            prompt = Prompt(
                f"Leak check: zero gas flows at {flow:.3f} L/min. Enter the flow at the end of the exhaust line",
                "L/min",
                round(flow, 3),
            )
            exhaust = self._operator.ask(prompt).number or 0.0
            leak = 100.0 * (flow - exhaust) / flow if flow > 0 else math.inf
            if not abs(leak) <= limit_percent:
                raise InstrumentError(
                    f"leak check: {flow:.3f} L/min are set but {exhaust:.3f} L/min reach the exhaust ({leak:.1f} % missing, "
                    f"{limit_percent:g} % allowed); tighten the line and start again"
                )
            return Leak(flow, exhaust, leak, limit_percent, tight=True)

        return self._step("leak_check", {"limit_percent": limit_percent}, action)

    def check_conditions(self) -> Conditions:
        """See Bench."""

        def action() -> Conditions:
            time = self._sampler.once()
            conditions = self._conditions.conditions()
            self._complaints = tuple(self._conditions.complaints(conditions))
            for complaint in self._complaints:
                self._event("condition", complaint)
                self._observer.notice(complaint)
            return Conditions(time, conditions)

        return self._step("check_conditions", {}, action)

    def set_condition(self, quantity: str, value: float) -> None:
        """See Bench."""

        def action() -> Answer:
            control = self._equipment.controls.get(quantity)
            if control is not None:
                control.set_condition(value)
                return Answer(text=f"{value:g}", number=value, by=control.name)
            return self._operator.ask(Prompt(f"Set {quantity} to {value:g} and enter what it is", quantity, value))

        self._step("set_condition", {"quantity": quantity, "value": value}, action)

    def ask(self, prompt: Prompt) -> Answer:
        """See Bench."""
        arguments = {"text": prompt.text, "unit": prompt.unit}
        return self._step("ask", arguments, lambda: self._operator.ask(prompt))

    # ---- gas ----------------------------------------------------------------------------------------------------------

    @property
    def _divider(self) -> GasDivider:
        if self._equipment.divider is None:
            raise StationError("the station has no gas divider; add a [divider] table")
        return self._equipment.divider

    def _set_gas(self, fraction: float) -> Supplied:
        info = self.devices[0]
        content = to_fraction(info.at(fraction), info.unit)
        self._settings += 1
        if fraction == 0.0 and content == 0.0:
            self._divider.zero()
        else:
            self._divider.supply(self._component, content)
        predicted = self._divider.predict(self._component, content, self._settings)
        self._gas = Supplied(self._settings, self._component, fraction, content, predicted, self._clock.now())
        self._missing = {}
        return self._gas

    def supply(self, fraction: float) -> Supplied:
        """See Bench."""
        return self._step("supply", {"fraction": fraction}, lambda: self._set_gas(fraction))

    def zero_gas(self) -> Supplied:
        """See Bench."""
        return self._step("zero_gas", {}, lambda: self._set_gas(0.0))

    def purge(self, duration_s: float) -> Window:
        """See Bench."""

        def action() -> Window:
            self._set_gas(0.0)
            return self._sample(duration_s, min(duration_s, 5.0))

        return self._step("purge", {"duration_s": duration_s}, action)

    # ---- reading ------------------------------------------------------------------------------------------------------

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
        return self._step("settle", arguments, lambda: self._settle(tolerance_percent_fs, window_s, timeout_s, every_s))

    def _settle(self, tolerance_percent_fs: float, window_s: float, timeout_s: float, every_s: float) -> Settling:
        began = self._clock.now()
        earliest = began + self._dwell_s + window_s

        def stable() -> bool:
            now = self._clock.now()
            return now >= earliest and self._seen.stable(self._seen.evidence(now, window_s, tolerance_percent_fs))

        window = self._sample(max(timeout_s, earliest - began), every_s, until=stable)
        return self._settling(window, began, window_s, tolerance_percent_fs)

    def _settling(self, window: Window, began: float, window_s: float, tolerance_percent_fs: float) -> Settling:
        """The evidence at the end of a window; what may still be missing goes into the readings that follow."""
        evidence = self._seen.evidence(window.end, window_s, tolerance_percent_fs)
        self._missing = {name: e.missing for name, e in evidence.items()}
        for name, found in evidence.items():
            if not found.stable and not self._seen.silent(name):
                self._event("not stable", f"{name}: not stable after {window.end - began:.0f} s; the readings go on")
        return Settling(window, window.end - began, evidence)

    @property
    def _dwell_s(self) -> float:
        """What passes at least after a change of gas."""
        return least_dwell_s(self.line, self.devices)

    def average(self, duration_s: float, *, every_s: float = 1.0) -> Averages:
        """See Bench."""
        arguments = {"duration_s": duration_s, "every_s": every_s}
        return self._step("average", arguments, lambda: self._average(duration_s, every_s))

    def _average(self, duration_s: float, every_s: float, part: str = "") -> Averages:
        window = self._sample(duration_s, every_s)
        run = self._journal.run if self._journal is not None else ""
        content = None if self._gas is None else self._seen.content(self._divider, self._gas, window)
        readings = {}
        for info in self.devices:
            influence = f"{info.name}.reading.{run}.{self._number}{part}"
            missing = self._missing.get(info.name, 0.0)
            found = self._seen.indication(info, window, influence=influence, missing=missing)
            readings[info.name] = replace(found, reference=in_unit(content, info.unit))
        return Averages(window, self._setting, readings)

    @property
    def _setting(self) -> int:
        return self._gas.setting if self._gas is not None else 0

    def read(self) -> Displayed:
        """See Bench."""

        def action() -> Displayed:
            time = self._sampler.once()
            self._busy()
            if self._gas is not None:
                self._seen.content(self._divider, self._gas, Window(time, time, 0.0))  # refuses a gas that does not flow
            values = {info.name: self._seen.displayed(info.name) for info in self.devices}
            scatter = {info.name: setting_reproducibility(self._gas, info.unit) for info in self.devices}
            return Displayed(time, self._setting, values, scatter)

        return self._step("read", {}, action)

    def transition(self, before: float, after: float, *, average_s: float = 30.0, timeout_s: float = 1800.0) -> Transition:
        """See Bench."""
        every_s = fastest_s(self.devices)
        tolerance, window_s = 0.05, 120.0

        def action() -> Transition:
            self._set_gas(before)
            self._settle(tolerance, window_s, timeout_s, every_s=5.0)
            start = self._average(average_s, every_s=1.0, part=".before")
            self._sampler.forget()
            switched = self._set_gas(after).time
            earliest = switched + self._dwell_s + window_s
            ticks = 0

            def stable() -> bool:
                nonlocal ticks
                ticks += 1
                now = self._clock.now()
                if now < earliest or ticks % max(1, round(CHECK_S / every_s)):
                    return False
                return self._seen.stable(self._seen.evidence(now, window_s, tolerance))

            watched = self._sample(max(timeout_s, earliest - switched), every_s, until=stable)
            self._settling(watched, switched, window_s, tolerance)
            curves = {info.name: self._seen.curve(info.name, watched) for info in self.devices}
            end = self._average(average_s, every_s=1.0, part=".after")
            return Transition(watched, switched, start, end, curves)

        return self._step(
            "transition", {"before": before, "after": after, "average_s": average_s, "timeout_s": timeout_s}, action
        )

    def wait(self, duration_s: float) -> Window:
        """See Bench."""
        return self._step(
            "wait", {"duration_s": duration_s}, lambda: self._sample(duration_s, self._wait_every_s, remember=False)
        )

    def wait_until(self, time_s: float) -> Window:
        """See Bench."""

        def action() -> Window:
            return self._sample(max(0.0, time_s - self._clock.now()), self._wait_every_s, remember=False)

        return self._step("wait", {"until_s": time_s}, action)

    # ---- adjustment ---------------------------------------------------------------------------------------------------

    def _adjust(self, point: Adjustment, average_s: float) -> Adjustments:
        def action() -> Adjustments:
            before = self._average(average_s, every_s=1.0, part=".before")
            made = {info.name: self._adjust_one(info, point, before.readings[info.name]) for info in self.devices}
            self._sampler.forget()
            self._clock.wait_until(self._clock.now() + max(info.update_s for info in self.devices))
            after = self._average(average_s, every_s=1.0, part=".after")
            checked = {
                name: Adjusted(point, NOT_ADJUSTED, None, None, _value(after, name))
                if by is None
                else Adjusted(
                    point, by, before.readings[name].indication, before.readings[name].reference, _value(after, name)
                )
                for name, by in made.items()
            }
            return Adjustments(after.window, before.setting, checked)

        return self._step("adjust", {"point": str(point), "average_s": average_s}, action)

    def _adjust_one(self, info: DeviceInfo, point: Adjustment, reading: Reading) -> str | None:
        """Adjust one device and return by whom; None where that was not possible, with an event that says why."""
        if reading.indication is None or reading.reference is None:
            self._event("adjustment", f"{info.name}: {point} not adjusted, there was no reading")
            return None
        indicated, target = reading.indication.value, reading.reference.value
        if point is Adjustment.SPAN and not abs(indicated - info.low) > 0.05 * info.full_scale:
            self._event(
                "adjustment",
                f"{info.name}: {point} not adjusted: it cannot be brought from {indicated:.4g} to {target:.4g} {info.unit}; "
                "does span gas reach it?",
            )
            return None
        try:
            self._device[info.name].adjust(point, indicated, target)
        except AdjustmentByOperatorError:
            return self._operator.adjust(info.name, point, indicated, target, info.unit)
        except InstrumentError as error:
            self._event("adjustment", f"{info.name}: {point} not adjusted: {error}")
            return None
        return "command"

    # ---- findings -----------------------------------------------------------------------------------------------------

    def report(self, finding: Finding) -> None:
        """See Bench."""
        if self._journal is not None:
            self._journal.find(replace(finding, notes=finding.notes + self._complaints))

    def determine(
        self,
        device: DeviceInfo,
        characteristic: str,
        unit: str,
        compute: Callable[Concatenate[DeviceInfo, str, Given], Finding],
        *arguments: Given.args,
        **named: Given.kwargs,
    ) -> None:
        """See Bench."""
        try:
            finding = compute(device, characteristic, *arguments, **named)
        except ValueError as error:
            finding = Finding(device.name, characteristic, None, unit, notes=(str(error),))
        self.report(finding)

    def _event(self, kind: str, text: str) -> None:
        if self._journal is not None:
            self._journal.event(kind, text)


def _value(averages: Averages, device: str) -> float | None:
    indication = averages.readings[device].indication
    return None if indication is None else indication.value
