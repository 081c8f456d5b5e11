"""Carries out the calls of a procedure as durable steps: answered by the journal, or live, with pauses in between.

call ─► journaled before? ── yes ─► its result
           │ no
           ▼
        safe point ─► begin ─► gas disturbed? set it anew ─► act ─► finish
                        ▲                                    │ held (pause, interlock, silent instrument, full disk)
                        └── again ◄── released ◄── quiet state ◄┘
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar, cast

from testbench.engine.clock import Clock
from testbench.engine.holding import Answering, HoldError
from testbench.engine.journal import Journal
from testbench.engine.observation import as_curve
from testbench.engine.observer import Observer
from testbench.engine.reckoning import Reckoning
from testbench.engine.roles import Source
from testbench.engine.sampling import Sampler
from testbench.engine.steps import RESULTS, BenchState, Reestablished, Transition, from_json, to_json
from testbench.engine.stored_series import StoredSeries
from testbench.errors import AbortedError, InstrumentError, LeakError, RecordFullError
from testbench.record.model import StepRow

T = TypeVar("T")
ATTEMPTS = 3  # at a step that an instrument spoils; a pause by a person or an interlock does not count
IDLE_S = 1.0  # real time between two looks while the bench is held
SETS_GAS = frozenset({"warm_up", "leak_check", "supply", "supply_other", "zero_gas", "purge", "transition", "set_velocity"})
NEEDS_NO_GAS = frozenset({"check_conditions", "set_condition", "ask", "enter"})


class Held(Protocol):
    """What the bench does around a pause."""

    def rest(self) -> None:
        """Drive the quiet state, as far as the instruments answer."""
        ...

    def restore_conditions(self) -> None:
        """Set the ambient and supply conditions as they were before."""
        ...

    def reestablish(self, *, settle: bool) -> Reestablished | None:
        """Set the gas or the velocity as it was before; wait until stable if `settle`."""
        ...

    def vital(self) -> tuple[Source, ...]:
        """The instruments on which the gas or the velocity hangs."""
        ...


class Stepping:
    """Carries out steps; one per evaluation, `enter` begins a run."""

    def __init__(
        self,
        bench: Held,
        reckoning: Reckoning,
        clock: Clock,
        sampler: Sampler,
        observer: Observer,
        *,
        safe_point: Callable[[], None],
        wait_s: float,
    ) -> None:
        self.began = 0.0
        self._bench = bench
        self._reckoning = reckoning
        self._clock = clock
        self._sampler = sampler
        self._observer = observer
        self._safe_point = safe_point
        self._wait_s = wait_s
        self._journal: Journal | None = None
        self._stopped: str | None = None
        self._disturbed = False
        self._unwatched: dict[str, Sequence[str]] = {}

    def enter(self, journal: Journal) -> None:
        """Begin a run: its steps go to `journal`."""
        self._journal = journal
        self._reckoning.enter(journal.run)

    def stop(self, reason: str) -> None:
        """Abort: every further call raises, also in `finally`, so that no procedure can go on."""
        self._stopped = reason

    def disturb(self, unwatched: Mapping[str, Sequence[str]]) -> None:
        """Nobody knows what gas flows: it is set anew before the next step that needs it.

        `unwatched` says by run when nobody watched it; it is noted on what that run finds from its next live step on.
        """
        self._disturbed = True
        self._unwatched |= unwatched

    @property
    def journal(self) -> Journal:
        """The journal of the run; AbortedError before one has begun."""
        if self._journal is None:
            raise AbortedError("no run has begun on this bench")
        return self._journal

    # ---- a call -----------------------------------------------------------------------------------------------------

    def carry_out(self, call: str, arguments: Mapping[str, Any], action: Callable[[], T]) -> T:
        """Return what the journal says of a call, or carry it out; its result is durable when this returns.

        `began` is the bench time at which the step first began, whatever came between.
        """
        if self._stopped is not None:
            raise AbortedError(self._stopped)
        row = self.journal.answer(call, arguments)
        self._observer.step_began(call, arguments)
        result = self._live(call, arguments, action) if row is None else cast(T, self._recall(row))
        self._observer.step_ended()
        return result

    def _recall(self, row: StepRow) -> Any:
        result = from_json(RESULTS[row.call], row.result or {})
        if row.state is not None:
            self._reckoning.state = from_json(BenchState, row.state)
        if not isinstance(result, Transition):
            return result
        seen, curves = self._reckoning.seen, {}
        for name, channel in seen.channels.items():
            stored = StoredSeries(channel, seen.intervals[name], self.journal.readings)
            stored.take(result.window)
            curves[name] = as_curve(*stored.between(result.window.start, result.window.end))
        return replace(result, curves=curves)

    def _live(self, call: str, arguments: Mapping[str, Any], action: Callable[[], T]) -> T:
        try:
            self._reach_safe_point()
            self._note_unwatched()
            number, self.began = self.kept(lambda: self.journal.begin(call, arguments))
        except AbortedError as error:
            self.stop(str(error))
            raise
        self._reckoning.begin(number)
        before = self._reckoning.state
        attempts = 1
        while True:
            try:
                return self._attempt(number, call, action)
            except HoldError as hold:
                reason, cut_at = hold.reason, self._clock.now()
                held = hold
            except RecordFullError as error:
                reason, cut_at = str(error), self._clock.now()
                held = HoldError(reason, self.journal.has_room)
            except InstrumentError as error:
                if attempts == ATTEMPTS or isinstance(error, LeakError):
                    self._fail(number, error)
                    raise
                attempts += 1
                reason, cut_at = str(error), self._clock.now()
                held = HoldError(reason, Answering(self._bench.vital(), error, self._wait_s, alive=self._sampler.alive))
            except BaseException as error:
                self._fail(number, error)
                raise
            try:
                self._hold(held)
                now = self._reckoning.state
                self._reckoning.state = replace(before, settings=now.settings, answers=now.answers)
                self.kept(lambda: self.journal.again(number, reason, cut_at))  # noqa: B023  called at once
            except BaseException as error:
                self._fail(number, error)
                raise

    def _note_unwatched(self) -> None:
        noted = self._reckoning.state.unwatched
        missing = [text for text in self._unwatched.pop(self.journal.run, ()) if text not in noted]
        if missing:
            self._reckoning.change(unwatched=(*noted, *missing))

    def _attempt(self, number: int, call: str, action: Callable[[], T]) -> T:
        self._sampler.begin_step()
        reestablished = None
        if self._disturbed and call not in NEEDS_NO_GAS:
            self._bench.restore_conditions()
            if call not in SETS_GAS:
                reestablished = self._bench.reestablish(settle=call != "settle")
            self._disturbed = False
        result = action()
        document, state = to_json(result), self._reckoning.state
        self.kept(lambda: self.journal.finish(number, document, state, reestablished))
        return result

    def _fail(self, number: int, error: BaseException) -> None:
        """Keep that a step failed; a record that cannot be written must not hide why."""
        if isinstance(error, AbortedError):
            self.stop(str(error))
        try:
            self.journal.fail(number, error)
        except Exception as second:
            error.add_note(str(second))

    # ---- pauses -----------------------------------------------------------------------------------------------------

    def _reach_safe_point(self) -> None:
        try:
            self._safe_point()
        except HoldError as hold:
            self._hold(hold)

    def kept(self, keep: Callable[[], T]) -> T:
        """Keep something; while there is no room for it, the bench is held."""
        while True:
            try:
                return keep()
            except RecordFullError as error:
                self._hold(HoldError(str(error), self.journal.has_room))

    def _hold(self, hold: HoldError) -> None:
        """Keep the bench in its quiet state until every reason for it is gone; an abort meanwhile is for good."""
        self._disturbed = True
        self._observer.notice(f"paused: {hold.reason}")
        self._bench.rest()  # before the record, which may have to be waited for
        self._told(lambda: self.journal.pause(hold.reason), known=hold.reason)
        try:
            self._await_release(hold)
        except AbortedError as error:
            self.stop(str(error))
            raise
        self._observer.notice("the run goes on")

    def _await_release(self, hold: HoldError) -> None:
        """Return when nothing holds the bench any more and the record says that the run goes on."""
        holds = {hold.reason: hold}
        while True:
            try:
                holds = {reason: held for reason, held in holds.items() if not held.released()}
                if not holds:
                    self.journal.go_on()
                    return
                self._clock.idle(IDLE_S)
                self._look_on()
            except HoldError as other:
                holds.setdefault(other.reason, other)
            except RecordFullError as error:
                holds.setdefault(str(error), HoldError(str(error), self.journal.has_room))

    def _look_on(self) -> None:
        """Read everything once while the bench is held; no step computes from it, also where it could not be kept."""
        try:
            self._sampler.once()
        finally:
            self._sampler.forget()
            self._observer.tick(self._clock.now())

    def _told(self, tell: Callable[[], None], *, known: str = "") -> None:
        """Tell the record, if it has room; people are told when it has not, unless that is known."""
        try:
            tell()
        except RecordFullError as error:
            if str(error) != known:
                self._observer.notice(str(error))
