"""The journal of one run: what a bench needs of it, and the one that is kept in the record.

A run that is resumed brings the steps that were recorded. As long as the procedure asks for the same calls in the same
order, the journal answers those that were finished; the first one that was not is attempted again.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import testbench.errors as errors_module
from testbench.engine.clock import Clock
from testbench.engine.roles import Status
from testbench.engine.steps import BenchState, Reestablished, to_json
from testbench.engine.wording import duration
from testbench.errors import RecordFullError, ReplayError, TestbenchError
from testbench.findings import Finding
from testbench.outcome import RunState
from testbench.record.documents import canonical, plain
from testbench.record.model import StepRow
from testbench.record.store import Record

LOST = "the process that ran the bench was lost"
WARM_UP = "warm_up"  # the call that begins anew where devices may have cooled down


class Journal(Protocol):
    """Where the steps and findings of one run are kept; durable when a call returns."""

    run: str

    def answer(self, call: str, arguments: Mapping[str, Any]) -> StepRow | None:
        """Return the next step if it was finished before; raise what it raised then, ReplayError for another call."""
        ...

    def begin(self, call: str, arguments: Mapping[str, Any]) -> tuple[int, float]:
        """Keep that a step begins, or is attempted again; return its number, and the bench time it first began at."""
        ...

    def again(self, step: int, reason: str, cut_at: float) -> None:
        """Keep that a step is attempted again, because its attempt was cut at a bench time."""
        ...

    def finish(
        self, step: int, result: Mapping[str, Any], state: BenchState, reestablished: Reestablished | None = None
    ) -> None:
        """Keep a step's result and the state it left, with its readings."""
        ...

    def fail(self, step: int, error: BaseException) -> None:
        """Keep that a step failed, and why, with its readings."""
        ...

    def find(self, finding: Finding) -> None:
        """Keep a finding."""
        ...

    def event(self, kind: str, text: str) -> None:
        """Keep an event."""
        ...

    def pause(self, reason: str) -> None:
        """Keep that the run pauses."""
        ...

    def go_on(self) -> None:
        """Keep that the run goes on after a pause."""
        ...

    def has_room(self) -> bool:
        """Whether something can be kept; tried by keeping what waits."""
        ...

    def readings(self, channel: str, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times (s) and values (NaN where not valid) of a channel that were kept, start <= time <= end."""
        ...


class Remembered(Protocol):
    """The commands of a simulated laboratory that are not in the record yet (`LaboratoryMemory`)."""

    def new(self) -> Sequence[Mapping[str, Any]]:
        """Those commands."""
        ...

    def kept(self, count: int) -> None:
        """So many of them are in the record now."""
        ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of a run that is resumed: steps, findings, first beginnings, and when its process was lost.

    A warm-up begins anew when its process was lost for longer than `cold_after_s`; one that did has that beginning here.
    """

    steps: Sequence[StepRow] = ()
    findings: Sequence[Finding] = ()
    first_began: Mapping[int, float] = field(default_factory=dict)
    lost_at: float = 0.0
    cold_after_s: float = math.inf


class RunJournal:
    """Writes one run's steps, findings and events to the record, dated by the bench's clock."""

    def __init__(
        self,
        record: Record,
        evaluation: str,
        run: str,
        clock: Clock,
        *,
        memory: Remembered | None = None,
        recorded: Recorded | None = None,
    ) -> None:
        self.run = run
        self.findings: list[Finding] = []
        self._record = record
        self._evaluation = evaluation
        self._clock = clock
        self._memory = memory
        self._recorded = recorded or Recorded()
        self._next = 0  # index of the recorded step that the next call must agree with

    # ---- what was done before ---------------------------------------------------------------------------------------

    def answer(self, call: str, arguments: Mapping[str, Any]) -> StepRow | None:
        """See Journal."""
        row = self._expected(call, arguments)
        if row is None or self._unfinished(row):
            return None
        self._next += 1
        if row.error is not None:
            raise as_raised(row)
        return row

    def _expected(self, call: str, arguments: Mapping[str, Any]) -> StepRow | None:
        if self._next >= len(self._recorded.steps):
            return None
        row = self._recorded.steps[self._next]
        asked = [call, plain(arguments, f"arguments of {call}")]
        if canonical(asked) != canonical([row.call, row.arguments]):
            raise ReplayError(
                f"step {row.number} of {self.run} differs: the record has {row.call} {dict(row.arguments)}, the procedure "
                f"asks for {call} {asked[1]}; a run is resumed by the procedure it was begun with"
            )
        return row

    def _unfinished(self, row: StepRow) -> bool:
        """Whether a step is to be attempted again: cut short, or the failure that ended the run."""
        return not row.done or (row.error is not None and row.number == self._recorded.steps[-1].number)

    def check_complete(self) -> None:
        """Raise ReplayError if the procedure ended before it asked for all that is recorded."""
        if self._next < len(self._recorded.steps):
            row = self._recorded.steps[self._next]
            raise ReplayError(
                f"step {row.number} of {self.run} differs: the record has {row.call}, the procedure ended before it"
            )

    # ---- steps ------------------------------------------------------------------------------------------------------

    def begin(self, call: str, arguments: Mapping[str, Any]) -> tuple[int, float]:
        """See Journal."""
        now = self._clock.now()
        row = self._expected(call, arguments)
        if row is None:
            number = self._record.begin_step(self.run, call, arguments, bench_time=now, started=self._clock.wall())
            return number, now
        ended_at = row.ended_at if row.ended_at is not None else max(row.began_at, self._recorded.lost_at)
        cold = call == WARM_UP and now - ended_at > self._recorded.cold_after_s
        if cold:
            self.event("resumed", f"the warm-up begins anew: nobody watched the bench for {duration(now - ended_at)}")
        self._record.retry_step(
            self.run,
            row.number,
            reason=row.error or LOST,
            ended_at=ended_at,
            ended=row.finished or row.started + dt.timedelta(seconds=ended_at - row.began_at),
            bench_time=now,
            started=self._clock.wall(),
        )
        self._next += 1  # only now: where there was no room it is this step that is begun again
        return row.number, now if cold else self._recorded.first_began.get(row.number, row.began_at)

    def again(self, step: int, reason: str, cut_at: float) -> None:
        """See Journal."""
        now, wall = self._clock.now(), self._clock.wall()
        ended = wall - dt.timedelta(seconds=now - cut_at)
        self._record.retry_step(self.run, step, reason=reason, ended_at=cut_at, ended=ended, bench_time=now, started=wall)

    def finish(
        self, step: int, result: Mapping[str, Any], state: BenchState, reestablished: Reestablished | None = None
    ) -> None:
        """See Journal."""
        commands = self._memory.new() if self._memory is not None else ()
        self._record.finish_step(
            self.run,
            step,
            result=result,
            error=None,
            bench_time=self._clock.now(),
            finished=self._clock.wall(),
            state=to_json(state),
            reestablished=None if reestablished is None else to_json(reestablished),
            laboratory=commands,
        )
        if self._memory is not None:
            self._memory.kept(len(commands))

    def fail(self, step: int, error: BaseException) -> None:
        """See Journal."""
        self._record.finish_step(
            self.run,
            step,
            result=None,
            error=str(error) or type(error).__name__,
            error_kind=type(error).__name__,
            bench_time=self._clock.now(),
            finished=self._clock.wall(),
        )

    # ---- findings and events ----------------------------------------------------------------------------------------

    def find(self, finding: Finding) -> None:
        """Keep a finding; one that was recorded before must be the same again."""
        before = self._recorded.findings
        index = len(self.findings)
        if index >= len(before):
            self._record.add_findings(self.run, [finding])
        elif before[index] != _as_recorded(finding):
            raise ReplayError(
                f"{self.run}: the finding {finding.characteristic} of device {finding.device} differs from the recorded one"
            )
        self.findings.append(finding)

    def event(self, kind: str, text: str) -> None:
        """Keep an event."""
        self._record.event(self._evaluation, self.run, kind, text, bench_time=self._clock.now(), at=self._clock.wall())

    def pause(self, reason: str) -> None:
        """See Journal."""
        self._set_state(RunState.PAUSED)
        self.event("pause", reason)

    def go_on(self) -> None:
        """See Journal."""
        self._set_state(RunState.RUNNING)
        self.event("pause", "the run goes on")

    def _set_state(self, state: RunState) -> None:
        self._record.set_run_state(self.run, state)
        self._record.set_evaluation_state(self._evaluation, state)

    def has_room(self) -> bool:
        """See Journal."""
        try:
            self._record.readings(self._evaluation).flush()
            self.event("record", "there is room for the record again")
        except RecordFullError:
            return False
        return True

    def readings(self, channel: str, start: float, end: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """See Journal."""
        found = self._record.load(self._evaluation, channel, start, end)
        return found.time, np.where(found.status == Status.VALID, found.value, np.nan)


def as_raised(row: StepRow) -> Exception:
    """What a step raised when it was carried out."""
    kind = getattr(errors_module, row.error_kind, TestbenchError)
    if not (isinstance(kind, type) and issubclass(kind, TestbenchError)):
        kind = TestbenchError
    return kind(row.error or row.call)


def _as_recorded(finding: Finding) -> Finding:
    """A finding as it comes out of the record: its details as JSON has them."""
    return replace(finding, details=plain(finding.details, "details"), notes=tuple(finding.notes))
