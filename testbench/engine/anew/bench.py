"""The bench on which a recorded run is computed anew, without instruments: facts from the journal, readings from the record.

Facts are: the windows and bench times, which fraction was set and when, what the operator answered, by whom a device was
adjusted, for how long nobody watched, how many settings the attempts that were cut had used up, and which call failed with
what. All else is computed by today's code and compared with what the journal says.
"""

from __future__ import annotations

from testbench.engine.anew.facts import as_kind, fact
from testbench.engine.anew.replay import Replay
from testbench.engine.bench import VELOCITY_TIMEOUT_S
from testbench.engine.entering import Entered, Form
from testbench.engine.operator import Prompt
from testbench.engine.reckoning import NOT_ADJUSTED, STABLE_S, TOLERANCE_PERCENT_FS
from testbench.engine.roles import Adjustment
from testbench.engine.steps import (
    Adjustments,
    Answer,
    Averages,
    BenchState,
    Conditions,
    ConditionSet,
    Displayed,
    Leak,
    Settling,
    Supplied,
    Transition,
    VelocitySet,
    Window,
    from_json,
)
from testbench.findings import Finding


class RecomputingBench(Replay):
    """Computes the runs of one evaluation anew; `begin_run` begins one."""

    # ---- preparation --------------------------------------------------------------------------------------------------

    def warm_up(self, duration_s: float) -> Window:
        """See Bench."""

        def compute(recorded: Window) -> Window:
            self._set_gas(0.0, recorded.start)
            return self._passed(recorded)

        return as_kind(Window, self._step("warm_up", {"duration_s": duration_s}, compute))

    def leak_check(self, limit_percent: float) -> Leak:
        """See Bench."""

        def compute(recorded: Leak) -> Leak:
            window = fact(recorded.window, "the window of its readings")
            self._set_gas(0.0, window.start)
            self._readings.take(window)
            return self._reckoning.leak(window, recorded.exhaust_flow, limit_percent)

        return as_kind(Leak, self._step("leak_check", {"limit_percent": limit_percent}, compute))

    def check_conditions(self) -> Conditions:
        """See Bench."""

        def compute(recorded: Conditions) -> Conditions:
            stated = {} if self._row.state is None else dict(from_json(BenchState, self._row.state).answers)
            shown = {condition.quantity: condition for condition in recorded.conditions}
            for quantity in self._reckoning.questions():
                condition = fact(shown.get(quantity), f"what the operator stated of {quantity}")
                given = Answer(text="", number=condition.value, by=condition.source)
                self._reckoning.answer(quantity, stated.get(quantity, given))
            self._readings.look(recorded.time)
            return self._reckoning.conditions(recorded.time)

        return as_kind(Conditions, self._step("check_conditions", {}, compute))

    def set_condition(self, quantity: str, value: float) -> ConditionSet:
        """See Bench."""

        def compute(recorded: ConditionSet) -> ConditionSet:
            if recorded.window is None:
                answer = Answer(text="", number=recorded.reached, by=recorded.by)
                return self._reckoning.condition_stated(quantity, value, answer)
            self._readings.take(recorded.window)
            return self._reckoning.condition_set(quantity, value, recorded.window)

        return as_kind(ConditionSet, self._step("set_condition", {"quantity": quantity, "value": value}, compute))

    def ask(self, prompt: Prompt) -> Answer:
        """See Bench."""
        return as_kind(Answer, self._step("ask", prompt.arguments(), lambda recorded: recorded))

    def enter(self, form: Form) -> Entered:
        """See Bench."""
        return as_kind(Entered, self._step("enter", form.arguments(), lambda recorded: recorded))

    # ---- gas ----------------------------------------------------------------------------------------------------------

    def supply(self, fraction: float) -> Supplied:
        """See Bench."""

        def compute(recorded: Supplied) -> Supplied:
            return self._reckoning.supplied(fraction, recorded.time)

        return as_kind(Supplied, self._step("supply", {"fraction": fraction}, compute))

    def supply_other(self, component: str, content: float, *, fraction: float = 0.0) -> Supplied:
        """See Bench."""
        arguments = {"component": component, "content": content, "fraction": fraction}

        def compute(recorded: Supplied) -> Supplied:
            other = fact(recorded.other, "what was supplied beside the measurand")
            return self._reckoning.supplied_other(component, content, fraction, recorded.time, other.by, other.certified)

        return as_kind(Supplied, self._step("supply_other", arguments, compute))

    def zero_gas(self) -> Supplied:
        """See Bench."""
        return as_kind(Supplied, self._step("zero_gas", {}, lambda recorded: self._reckoning.supplied(0.0, recorded.time)))

    def purge(self, duration_s: float) -> Window:
        """See Bench."""

        def compute(recorded: Window) -> Window:
            self._set_gas(0.0, recorded.start)
            return self._passed(recorded)

        return as_kind(Window, self._step("purge", {"duration_s": duration_s}, compute))

    # ---- velocity -----------------------------------------------------------------------------------------------------

    def set_velocity(self, velocity: float, *, timeout_s: float = VELOCITY_TIMEOUT_S) -> VelocitySet:
        """See Bench."""

        def compute(recorded: VelocitySet) -> VelocitySet:
            self._readings.take(recorded.window)
            return self._reckoning.velocity_set(velocity, recorded.window)

        arguments = {"velocity": velocity, "timeout_s": timeout_s}
        return as_kind(VelocitySet, self._step("set_velocity", arguments, compute))

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

        def compute(recorded: Settling) -> Settling:
            self._readings.take(recorded.window)
            began = recorded.window.end - recorded.waited_s
            return self._reckoning.settling(recorded.window, began, window_s, tolerance_percent_fs)

        return as_kind(Settling, self._step("settle", arguments, compute))

    def average(self, duration_s: float, *, every_s: float = 1.0) -> Averages:
        """See Bench."""
        arguments = {"duration_s": duration_s, "every_s": every_s}
        return as_kind(Averages, self._step("average", arguments, lambda recorded: self._averages(recorded.window)))

    def _averages(self, window: Window, part: str = "") -> Averages:
        self._readings.take(window)
        return self._reckoning.averages(window, part)

    def read(self) -> Displayed:
        """See Bench."""

        def compute(recorded: Displayed) -> Displayed:
            self._readings.look(recorded.time)
            return self._reckoning.displayed(recorded.time)

        return as_kind(Displayed, self._step("read", {}, compute))

    def transition(self, before: float, after: float, *, average_s: float = 30.0, timeout_s: float = 1800.0) -> Transition:
        """See Bench."""

        def compute(recorded: Transition) -> Transition:
            settling, watched = fact(recorded.settling, "when the gas before was waited for"), recorded.window
            tolerance, window_s = TOLERANCE_PERCENT_FS, STABLE_S
            self._reckoning.supplied(before, settling.start)
            self._readings.take(settling)
            self._reckoning.settling(settling, settling.start, window_s, tolerance)
            start = self._averages(recorded.before.window, ".before")
            self._readings.forget()
            self._reckoning.supplied(after, recorded.switched)
            self._readings.take(watched)
            self._reckoning.settling(watched, recorded.switched, window_s, tolerance)
            curves = {info.name: self._reckoning.seen.curve(info.name, watched) for info in self.devices}
            end = self._averages(recorded.after.window, ".after")
            return Transition(watched, recorded.switched, start, end, settling, curves)

        arguments = {"before": before, "after": after, "average_s": average_s, "timeout_s": timeout_s}
        return as_kind(Transition, self._step("transition", arguments, compute))

    def wait(self, duration_s: float) -> Window:
        """See Bench."""
        return as_kind(Window, self._step("wait", {"duration_s": duration_s}, self._passed))

    def wait_until(self, time_s: float) -> Window:
        """See Bench."""
        return as_kind(Window, self._step("wait", {"until_s": time_s}, self._passed))

    # ---- adjustment and findings ----------------------------------------------------------------------------------------

    def _adjust(self, point: Adjustment, average_s: float) -> Adjustments:
        def compute(recorded: Adjustments) -> Adjustments:
            before = self._averages(fact(recorded.before, "the window before the adjustment"), ".before")
            self._readings.forget()
            after = self._averages(recorded.window, ".after")
            made = {}
            for info in self.devices:
                by = fact(recorded.devices.get(info.name), f"by whom {info.name} was adjusted").by
                made[info.name] = self._reckoning.adjusted(
                    info.name, point, None if by == NOT_ADJUSTED else by, before, after
                )
            return Adjustments(after.window, before.setting, made, before.window)

        return as_kind(Adjustments, self._step("adjust", {"point": str(point), "average_s": average_s}, compute))

    def report(self, finding: Finding) -> None:
        """See Bench."""
        if self.left is not None:
            raise self.left
        self.findings.append(self._reckoning.noted(finding))
