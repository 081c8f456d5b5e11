"""Recorded steps taken up again in their order: facts from the journal, what differs, and where today's code leaves them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from testbench.engine.anew.differences import Difference, differences
from testbench.engine.anew.facts import SETTINGS, FactMissingError, NotComputed, fact
from testbench.engine.assembly import Equipment
from testbench.engine.bench import Bench
from testbench.engine.conditions import ConditionLimit
from testbench.engine.journal import as_raised
from testbench.engine.observation import Observation
from testbench.engine.reckoning import STABLE_S, TOLERANCE_PERCENT_FS, Reckoning
from testbench.engine.steps import (
    RESULTS,
    BenchState,
    Reestablished,
    Supplied,
    Transition,
    Window,
    from_json,
    to_json,
)
from testbench.engine.stored_series import Loader, StoredReadings
from testbench.errors import AbortedError, EndedError, ReplayError, TestbenchError
from testbench.findings import Finding
from testbench.outcome import RunState
from testbench.record.documents import canonical, plain
from testbench.record.model import RunRow, StepRow
from testbench.station import Line


class Replay(Bench):
    """The recorded steps of one evaluation, computed anew one after the other; `begin_run` begins a run."""

    def __init__(
        self, equipment: Equipment, load: Loader, *, line: Line, limits: Sequence[ConditionLimit] = (), component: str
    ) -> None:
        self.line = line
        self._readings = StoredReadings(equipment.sources, load)
        information = tuple(equipment.information[device.name] for device in equipment.devices)
        seen = Observation(self._readings.series, equipment.devices, information, lambda channel: False)
        self._reckoning = Reckoning(equipment, seen, limits=limits, component=component)
        self.devices = self._reckoning.devices
        self.findings: list[Finding] = []
        self.differences: list[Difference] = []
        self.not_computed: list[NotComputed] = []
        self.compared = 0
        self.left: ReplayError | None = None
        self._run: RunRow | None = None
        self._steps: Sequence[StepRow] = ()
        self._next = 0
        self._ended: AbortedError | ReplayError | None = None
        self._state_agrees = True
        self._used_up = False  # an attempt that left no state may have set the gas

    def begin_run(self, run: RunRow, steps: Sequence[StepRow], before: BenchState) -> None:
        """Begin a run with the recorded state that the run before left."""
        self._run, self._steps, self._next = run, steps, 0
        self.findings, self.differences, self.not_computed, self.compared = [], [], [], 0
        self.left, self._ended = None, None
        self._state_agrees, self._used_up = True, False
        self._reckoning.state = before
        self._reckoning.enter(run.identifier)
        self._readings.forget()
        self._adjustable = True

    def check_complete(self) -> None:
        """Note it if the procedure ended before it asked for all that is recorded."""
        if self._ended is None and self._next < len(self._steps):
            row = self._steps[self._next]
            self.left = ReplayError(f"{self._place(row)} differs: the procedure of today ends before it")

    # ---- a call -----------------------------------------------------------------------------------------------------

    def _place(self, row: StepRow) -> str:
        return f"run {row.run.rpartition('-')[2]}, step {row.number} {row.call}"

    def _step(self, call: str, arguments: Mapping[str, Any], compute: Callable[[Any], Any]) -> Any:
        """Compute a call anew from its recorded result, whose facts `compute` takes; what is wrong is noted."""
        row = self._expected(call, arguments)
        self._reckoning.begin(row.number)
        self._readings.forget()
        if row.error is not None:
            self.compared += 1
            self._used_up = True
            error = as_raised(row)
            if isinstance(error, AbortedError):
                self._ended = error
            raise error
        try:
            recorded = from_json(RESULTS[call], row.result or {})
        except ValidationError as error:
            raise self._leave(f"{self._place(row)} cannot be read: it was written in another form") from error
        try:
            self._prepare(row)
            computed = compute(recorded)
            document = to_json(computed)
        except FactMissingError as error:
            return self._pass_over(row, recorded, f"{error} is not in the record of the version that wrote it")
        except Exception as error:
            return self._pass_over(row, recorded, str(error) or type(error).__name__)
        self._compare(row, document)
        return computed

    def _expected(self, call: str, arguments: Mapping[str, Any]) -> StepRow:
        """The recorded step that a call must be."""
        assert self._run is not None
        if self._ended is not None:
            raise self._ended
        unfinished = self._next < len(self._steps) and not self._steps[self._next].done
        if unfinished or self._next >= len(self._steps):
            if self._run.state is not RunState.FINISHED:
                self._ended = EndedError("the record of this run ends here")
                raise self._ended
            name = self._run.identifier.rpartition("-")[2]
            raise self._leave(
                f"run {name}, step {self._next + 1} differs: the record has no such step, today's procedure asks for {call}"
            )
        row = self._steps[self._next]
        asked = [call, plain(arguments, f"arguments of {call}")]
        if canonical(asked) != canonical([row.call, row.arguments]):
            raise self._leave(
                f"{self._place(row)} differs: the record has {row.call} {dict(row.arguments)}, today's procedure asks for "
                f"{call} {asked[1]}"
            )
        self._next += 1
        return row

    def _leave(self, text: str) -> ReplayError:
        self.left = ReplayError(text)
        self._ended = self.left
        return self.left

    def _pass_over(self, row: StepRow, recorded: Any, reason: str) -> Any:
        """Go on with what the record says of a step."""
        self.not_computed.append(NotComputed(self._place(row), reason))
        if row.state is not None:
            self._reckoning.state = from_json(BenchState, row.state)
        return self._with_curves(row, recorded) if isinstance(recorded, Transition) else recorded

    def _with_curves(self, row: StepRow, recorded: Transition) -> Transition:
        """A transition with its curves, which only the readings tell."""
        try:
            self._readings.forget()
            self._readings.take(recorded.window)
            curves = {info.name: self._reckoning.seen.curve(info.name, recorded.window) for info in self.devices}
        except TestbenchError as error:
            raise self._leave(f"{self._place(row)} has no curves to go on with: {error}") from error
        return replace(recorded, curves=curves)

    def _compare(self, row: StepRow, document: Mapping[str, Any]) -> None:
        self.compared += 1
        found = list(differences(self._place(row), row.result, document))
        self.differences += found
        if row.state is None:
            return
        state = list(differences(self._place(row), row.state, to_json(self._reckoning.state), "state"))
        if state and not found and self._state_agrees:
            self.differences += state  # where it first arises, and the result does not show it
        self._state_agrees = not state

    # ---- facts around a step ------------------------------------------------------------------------------------------

    def _prepare(self, row: StepRow) -> None:
        """Take over what attempts that were cut used up, and set the gas anew where it was set anew."""
        again = None if row.reestablished is None else from_json(Reestablished, row.reestablished)
        if row.state is not None:
            left = from_json(BenchState, row.state)
            if left.unwatched != self._reckoning.state.unwatched:
                self._reckoning.change(unwatched=left.unwatched)
            before = left.settings - SETTINGS.get(row.call, 0) - (again is not None)
            if row.attempts > 1 or self._used_up:
                self._reckoning.change(settings=before)
        self._used_up = False
        if again is not None:
            self._reestablish(row, again)

    def _reestablish(self, row: StepRow, again: Reestablished) -> None:
        if again.velocity is not None:
            window = fact(again.reaching, "when the velocity was waited for")
            self._readings.take(window)
            blown = self._reckoning.velocity_set(again.velocity, window)
            computed = Reestablished(blown.setting, None, blown.time, again.settling, blown.velocity, window)
        else:
            before = self._reckoning.state.gas
            fraction = fact(again.fraction, "which gas was set anew") if before is None else before.fraction
            gas = self._supplied_again(before, fraction, again.time)
            computed = Reestablished(gas.setting, gas.fraction, gas.time, again.settling)
        self.differences += differences(self._place(row), row.reestablished, to_json(computed), "reestablished")
        if again.settling is not None:
            self._readings.take(again.settling)
            self._reckoning.settling(again.settling, again.settling.start, STABLE_S, TOLERANCE_PERCENT_FS)
            self._readings.forget()

    def _supplied_again(self, before: Supplied | None, fraction: float, time: float) -> Supplied:
        """The same gas set anew; one that was connected by hand as it was stated then."""
        other = None if before is None else before.other
        if other is None:
            return self._reckoning.supplied(fraction, time)
        return self._reckoning.supplied_other(other.component, other.content, fraction, time, other.by, other.certified)

    @property
    def _row(self) -> StepRow:
        """The step that is being computed."""
        return self._steps[self._next - 1]

    def _set_gas(self, fraction: float, otherwise_at: float) -> Supplied:
        """Set the gas when the recorded state says that it was."""
        at = otherwise_at
        if self._row.state is not None:
            gas = from_json(BenchState, self._row.state).gas
            at = at if gas is None else gas.time
        return self._reckoning.supplied(fraction, at)

    def _passed(self, window: Window) -> Window:
        """A window that nothing is computed from."""
        row = self._row
        began = row.began_at
        if row.reestablished is not None:
            settling = from_json(Reestablished, row.reestablished).settling
            began = began if settling is None else settling.end
        self._readings.pass_by(window, began)
        return window
