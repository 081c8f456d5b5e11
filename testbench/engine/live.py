"""The live bench: drives the instruments and samples them; what the readings come to is computed by the reckoning."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from testbench.engine.adjusting import adjust_device
from testbench.engine.assembly import Equipment
from testbench.engine.bench import VELOCITY_TIMEOUT_S, Bench, fastest_s, least_dwell_s
from testbench.engine.clock import Clock, never
from testbench.engine.condition_control import ask_condition, complaint, condition_prompt, reach_condition
from testbench.engine.conditions import ConditionLimit
from testbench.engine.entering import Entered, Form
from testbench.engine.journal import Journal
from testbench.engine.observation import Observation
from testbench.engine.observer import Observer
from testbench.engine.operator import Operator, Prompt
from testbench.engine.other_gas import certified, connected_by_hand, connection_form, disconnection, makes, still_connected
from testbench.engine.reckoning import STABLE_S, TOLERANCE_PERCENT_FS, Reckoning
from testbench.engine.roles import Adjustment, ConditionControl, Device, Source
from testbench.engine.sampling import Sampler
from testbench.engine.stepping import Stepping
from testbench.engine.steps import (
    Adjustments,
    Answer,
    Averages,
    BenchState,
    Conditions,
    ConditionSet,
    Displayed,
    Leak,
    OtherGas,
    Reestablished,
    Settling,
    Supplied,
    Transition,
    VelocitySet,
    Window,
)
from testbench.engine.velocity_control import VelocityControl
from testbench.errors import InstrumentError, LeakError
from testbench.findings import Finding
from testbench.metrology.quantity import Quantity
from testbench.station import Line

CHECK_S = 10.0  # how often a running transition is tested for stability
READ_EVERY_S = 5.0  # while the gas is waited for


class LiveBench(Bench):
    """Drives one evaluation's equipment; `begin_run` begins a run."""

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
        safe_point: Callable[[], None] = never,
        fault_wait_s: float = 600.0,
    ) -> None:
        seen = Observation(
            sampler.series,
            equipment.devices,
            tuple(equipment.information[device.name] for device in equipment.devices),
            sampler.given_up,
        )
        self._reckoning = Reckoning(equipment, seen, limits=limits, component=component)
        self.devices = self._reckoning.devices
        self.line = line
        self._equipment = equipment
        self._device: Mapping[str, Device] = {device.name: device for device in equipment.devices}
        self._clock = clock
        self._sampler = sampler
        self._operator = operator
        self._observer = observer
        self._rig = VelocityControl(self._reckoning, clock, sampler, busy=self._busy, tell=self._announce)
        self._folder: Path | None = None
        self._connected: OtherGas | None = None  # by hand, so that only a person can shut it
        self._wait_every_s = wait_every_s or (60.0 if clock.simulated else 1.0)
        self._steps = Stepping(self, self._reckoning, clock, sampler, observer, safe_point=safe_point, wait_s=fault_wait_s)
        self._step = self._steps.carry_out

    def begin_run(self, journal: Journal, folder: Path | None = None) -> None:
        """Begin a run: its steps go to `journal`; `folder` is where the procedure's pictures are."""
        self._folder = folder
        self._steps.enter(journal)

    def stop(self, reason: str) -> None:
        """Abort: every further call raises, also in `finally`, so that no procedure can go on."""
        self._steps.stop(reason)

    def resume(self, state: BenchState, unwatched: Mapping[str, Sequence[str]]) -> None:
        """Go on where another process was lost, with what it knew; what flows now is not known.

        `unwatched` says by run when nobody watched it; it is noted on that run's findings.
        """
        self._reckoning.state = state
        self._connected = connected_by_hand(state)
        self._steps.disturb(unwatched)

    def keep(self, entry: Callable[[], None]) -> None:
        """Enter something in the record; while there is no room for it, the bench is held."""
        self._steps.kept(entry)

    def quieten(self) -> None:
        """Drive the quiet state between runs; the gas is set anew before the next step that needs it."""
        self._steps.disturb({})
        self.rest()

    # ---- around a pause -----------------------------------------------------------------------------------------------

    def rest(self) -> None:
        """Drive the quiet state: zero gas at a low flow, fan stopped; an instrument that does not answer is told of."""
        for maker in (self._equipment.divider, self._equipment.flow_rig):
            try:
                if maker is not None:
                    maker.rest()
            except InstrumentError as error:
                self._observer.notice(f"the quiet state could not be reached: {error}")

    @property
    def connected(self) -> OtherGas | None:
        """The gas that is connected by hand: only a person can shut it."""
        return self._connected

    def disconnect(self) -> None:
        """Have a gas that is connected by hand taken off, at the end."""
        self._take_off()

    def restore_conditions(self) -> None:
        """Set the conditions as they were before, those that an instrument can set."""
        for quantity, value in self._reckoning.state.conditions.items():
            if (control := self._equipment.controls.get(quantity)) is not None:
                self._reckoning.back_at(quantity, value, self._reach(control, value))

    def reestablish(self, *, settle: bool) -> Reestablished | None:
        """Set the gas or velocity as it was before, a new setting of the same, and wait until it is stable."""
        state = self._reckoning.state
        if state.velocity is not None and state.velocity.velocity > 0.0:
            velocity = state.velocity.velocity
            found = self._rig.reach(velocity, VELOCITY_TIMEOUT_S)
            again = Reestablished(found.setting, None, found.time, velocity=velocity, reaching=found.window)
        elif state.gas is not None:
            gas = self._set_again(state.gas)
            again = Reestablished(gas.setting, gas.fraction, gas.time)
        else:
            return None
        if settle:
            again = replace(again, settling=self._settle(TOLERANCE_PERCENT_FS, STABLE_S, 1800.0, READ_EVERY_S).window)
            self._sampler.forget()
        return again

    def vital(self) -> tuple[Source, ...]:
        """The instruments on which the gas or the velocity hangs."""
        makers = (self._equipment.divider, self._equipment.flow_rig)
        return tuple(source for maker in makers if maker is not None for source in maker.sources)

    def _busy(self) -> None:
        self._observer.tick(self._clock.now())

    def _sample(
        self, duration_s: float, every_s: float, until: Callable[[], bool] | None = None, remember: bool = True
    ) -> Window:
        return self._sampler.sample(duration_s, every_s, until=until, busy=self._busy, remember=remember)

    def _watched(self, deadline_s: float) -> Window:
        """Wait until a bench time; the window began when the step first began, whatever cut it since."""
        window = self._sample(max(0.0, deadline_s - self._clock.now()), self._wait_every_s, remember=False)
        return replace(window, start=self._steps.began)

    # ---- preparation --------------------------------------------------------------------------------------------------

    def warm_up(self, duration_s: float) -> Window:
        """See Bench."""

        def action() -> Window:
            self._set_gas(0.0)
            return self._watched(self._steps.began + duration_s)

        return self._step("warm_up", {"duration_s": duration_s}, action)

    def leak_check(self, limit_percent: float) -> Leak:
        """See Bench."""

        def action() -> Leak:
            self._set_gas(0.0)
            window = self._sample(10.0, 1.0)
            flow = self._reckoning.flow(window)
            prompt = Prompt(
                f"Leak check: zero gas flows at {flow:.3f} L/min. Enter the flow at the end of the exhaust line",
                "L/min",
                round(flow, 3),
            )
            leak = self._reckoning.leak(window, self._operator.ask(prompt).number or 0.0, limit_percent)
            if not leak.tight:
                raise LeakError(
                    f"leak check: {leak.set_flow:.3f} L/min are set but {leak.exhaust_flow:.3f} L/min reach the exhaust "
                    f"({leak.leak_percent:.1f} % missing, {limit_percent:g} % allowed); tighten the line and start again"
                )
            return leak

        return self._step("leak_check", {"limit_percent": limit_percent}, action)

    def check_conditions(self) -> Conditions:
        """See Bench."""

        def action() -> Conditions:
            for quantity, prompt in self._reckoning.questions().items():
                self._reckoning.answer(quantity, self._operator.ask(prompt))
            conditions = self._reckoning.conditions(self._once())
            for text in self._reckoning.state.complaints:
                self._event("condition", text)
                self._observer.notice(text)
            return conditions

        return self._step("check_conditions", {}, action)

    def set_condition(self, quantity: str, value: float) -> ConditionSet:
        """See Bench."""
        unit = self._reckoning.unit_of_condition(quantity)

        def action() -> ConditionSet:
            control = self._equipment.controls.get(quantity)
            if control is not None:
                found = self._reckoning.condition_set(quantity, value, self._reach(control, value))
            else:
                answer = ask_condition(
                    self._operator, quantity, condition_prompt(quantity, value, unit), self._observer.notice
                )
                found = self._reckoning.condition_stated(quantity, value, answer)
            if (text := complaint(found)) is not None:
                self._event("condition", text)
                self._observer.notice(text)
            return found

        return self._step("set_condition", {"quantity": quantity, "value": value}, action)

    def _reach(self, control: ConditionControl, value: float) -> Window:
        series, notice = self._sampler.series, self._observer.notice
        return reach_condition(control, value, lambda: series[control.channel], self._clock, self._sample, notice)

    def ask(self, prompt: Prompt) -> Answer:
        """See Bench."""
        return self._step("ask", prompt.arguments(), lambda: self._operator.ask(prompt.beside(self._folder)))

    def enter(self, form: Form) -> Entered:
        """See Bench."""
        return self._step("enter", form.arguments(), lambda: self._operator.enter(form))

    # ---- gas ----------------------------------------------------------------------------------------------------------

    def _set_gas(self, fraction: float) -> Supplied:
        self._take_off()
        content = self._reckoning.content(fraction)
        if fraction == 0.0 and content == 0.0:
            self._reckoning.divider.zero()
        else:
            self._reckoning.divider.supply(self._reckoning.component, content)
        return self._reckoning.supplied(fraction, self._clock.now())

    def _take_off(self) -> None:
        """Have a gas that was connected by hand taken off, so that the divider feeds the devices."""
        if self._connected is not None:
            self._operator.disconnect(disconnection(self._connected))
            self._connected = None

    def _set_other(self, component: str, content: float, fraction: float) -> Supplied:
        contents = self._reckoning.mixture(component, content, fraction)
        if makes(self._equipment.divider, contents):
            self._take_off()
            self._reckoning.mixer.supply_mixture(contents)
            by = self._reckoning.divider.name
            return self._reckoning.supplied_other(component, content, fraction, self._clock.now(), by, {})
        if self._equipment.divider is not None:
            self._equipment.divider.rest()
        form = connection_form(contents)
        self._connected = OtherGas(component, content, Quantity(content, "mol/mol"), "")
        entered = self._operator.connect(form)
        stated, now = certified(form, entered), self._clock.now()
        gas = self._reckoning.supplied_other(component, content, fraction, now, entered.by, stated)
        self._connected = gas.other
        return gas

    def _set_again(self, gas: Supplied) -> Supplied:
        """Set the gas as it was before."""
        if gas.other is None:
            return self._set_gas(gas.fraction)
        other = gas.other
        if not other.by_hand:
            return self._set_other(other.component, other.content, gas.fraction)
        self._operator.ask(still_connected(other))
        now = self._clock.now()
        return self._reckoning.supplied_other(other.component, other.content, gas.fraction, now, other.by, other.certified)

    def supply(self, fraction: float) -> Supplied:
        """See Bench."""
        return self._step("supply", {"fraction": fraction}, lambda: self._set_gas(fraction))

    def supply_other(self, component: str, content: float, *, fraction: float = 0.0) -> Supplied:
        """See Bench."""
        arguments = {"component": component, "content": content, "fraction": fraction}
        return self._step("supply_other", arguments, lambda: self._set_other(component, content, fraction))

    def zero_gas(self) -> Supplied:
        """See Bench."""
        return self._step("zero_gas", {}, lambda: self._set_gas(0.0))

    def purge(self, duration_s: float) -> Window:
        """See Bench."""

        def action() -> Window:
            self._set_gas(0.0)
            return self._sample(duration_s, min(duration_s, 5.0))

        return self._step("purge", {"duration_s": duration_s}, action)

    # ---- velocity -----------------------------------------------------------------------------------------------------

    def set_velocity(self, velocity: float, *, timeout_s: float = VELOCITY_TIMEOUT_S) -> VelocitySet:
        """See Bench."""
        arguments = {"velocity": velocity, "timeout_s": timeout_s}
        return self._step("set_velocity", arguments, lambda: self._rig.reach(velocity, timeout_s))

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
            return now >= earliest and self._stable(now, window_s, tolerance_percent_fs)

        window = self._sample(max(timeout_s, earliest - began), every_s, until=stable)
        return self._settling(window, began, window_s, tolerance_percent_fs)

    def _settling(self, window: Window, began: float, window_s: float, tolerance_percent_fs: float) -> Settling:
        settling = self._reckoning.settling(window, began, window_s, tolerance_percent_fs)
        for name, found in settling.evidence.items():
            if not found.stable and not self._reckoning.seen.silent(name):
                self._event("not stable", f"{name}: not stable after {settling.waited_s:.0f} s; the readings go on")
        return settling

    def _stable(self, now: float, window_s: float, tolerance_percent_fs: float) -> bool:
        return self._reckoning.seen.stable(self._reckoning.evidence(now, window_s, tolerance_percent_fs))

    @property
    def _dwell_s(self) -> float:
        """What passes at least after a change of gas."""
        return least_dwell_s(self.line, self.devices)

    def average(self, duration_s: float, *, every_s: float = 1.0) -> Averages:
        """See Bench."""
        arguments = {"duration_s": duration_s, "every_s": every_s}
        return self._step("average", arguments, lambda: self._average(duration_s, every_s))

    def _average(self, duration_s: float, every_s: float, part: str = "") -> Averages:
        return self._reckoning.averages(self._sample(duration_s, every_s), part)

    def _once(self) -> float:
        """Read everything once; return the bench time of the readings."""
        self._sampler.once()
        self._busy()
        return max(series.times[-1] for series in self._sampler.series.values())

    def read(self) -> Displayed:
        """See Bench."""
        return self._step("read", {}, lambda: self._reckoning.displayed(self._once()))

    def transition(self, before: float, after: float, *, average_s: float = 30.0, timeout_s: float = 1800.0) -> Transition:
        """See Bench."""
        every_s = fastest_s(self.devices)
        tolerance, window_s = TOLERANCE_PERCENT_FS, STABLE_S

        def action() -> Transition:
            self._set_gas(before)
            settling = self._settle(tolerance, window_s, timeout_s, READ_EVERY_S).window
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
                return self._stable(now, window_s, tolerance)

            watched = self._sample(max(timeout_s, earliest - switched), every_s, until=stable)
            self._settling(watched, switched, window_s, tolerance)
            curves = {info.name: self._reckoning.seen.curve(info.name, watched) for info in self.devices}
            end = self._average(average_s, every_s=1.0, part=".after")
            return Transition(watched, switched, start, end, settling, curves)

        return self._step(
            "transition", {"before": before, "after": after, "average_s": average_s, "timeout_s": timeout_s}, action
        )

    def wait(self, duration_s: float) -> Window:
        """See Bench."""
        return self._step("wait", {"duration_s": duration_s}, lambda: self._watched(self._steps.began + duration_s))

    def wait_until(self, time_s: float) -> Window:
        """See Bench."""
        return self._step("wait", {"until_s": time_s}, lambda: self._watched(time_s))

    # ---- adjustment ---------------------------------------------------------------------------------------------------

    def _adjust(self, point: Adjustment, average_s: float) -> Adjustments:
        def action() -> Adjustments:
            before = self._average(average_s, every_s=1.0, part=".before")
            made = {
                info.name: adjust_device(
                    self._device[info.name], info, point, before.readings[info.name], self._operator, self._event
                )
                for info in self.devices
            }
            self._sampler.forget()
            self._clock.wait_until(self._clock.now() + max(info.update_s for info in self.devices))
            after = self._average(average_s, every_s=1.0, part=".after")
            checked = {name: self._reckoning.adjusted(name, point, by, before, after) for name, by in made.items()}
            return Adjustments(after.window, before.setting, checked, before.window)

        return self._step("adjust", {"point": str(point), "average_s": average_s}, action)

    # ---- findings -----------------------------------------------------------------------------------------------------

    def report(self, finding: Finding) -> None:
        """See Bench."""
        noted = self._reckoning.noted(finding)
        self._steps.kept(lambda: self._steps.journal.find(noted))

    def _event(self, kind: str, text: str) -> None:
        self._steps.journal.event(kind, text)

    def _announce(self, kind: str, text: str) -> None:
        self._event(kind, text)
        self._observer.notice(text)
