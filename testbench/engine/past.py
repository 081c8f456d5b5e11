"""What a lost or interrupted evaluation left in the record, and whether and how it can be gone on with."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testbench.engine.clock import wall_now
from testbench.engine.journal import LOST, WARM_UP, Recorded
from testbench.engine.steps import BenchState, from_json
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.model import EvaluationRow, RunRow
from testbench.record.store import Record

CLOCK = "clock"  # the kind of event that says that the clocks of the computer have jumped
PROCESS_LOST = "process lost"  # the kind of event that says that an evaluation is gone on with
UNWATCHED = "unwatched"  # the kind of event that says for how long nobody watched the bench
BINDING = ("procedure ", "core")  # software without which the journal would not be answered as it was written


@dataclass(frozen=True, slots=True)
class Past:
    """An evaluation until it was lost: its runs by number, findings of each, the bench's state, and the last time known.

    `elapsed_s` is the real time between `lost_at` (bench time, s) and now, by the wall clock; negative where that was set
    back.
    """

    row: EvaluationRow
    runs: Mapping[int, RunRow]
    findings: Mapping[str, tuple[Finding, ...]]
    state: BenchState
    lost_at: float
    elapsed_s: float
    laboratory: tuple[Mapping[str, Any], ...]

    @property
    def going(self) -> str | None:
        """The run that was going on, if there was one."""
        return next((run.identifier for run in self.runs.values() if run.state is not RunState.FINISHED), None)

    def recorded(self, record: Record, run: RunRow, cold_after_s: float = math.inf) -> Recorded:
        """What the journal of one run holds; a warm-up counts from where its devices were last cold (`cold_after_s`)."""
        steps = {step.number: step for step in record.steps(run.identifier)}
        resumed = [event.bench_time for event in record.events(self.row.identifier) if event.kind == PROCESS_LOST]
        first: dict[int, float] = {}
        ended: dict[int, float] = {}
        begun = [(one.step, one.began_at, one.ended_at) for one in record.attempts(run.identifier)]
        begun += [(step.number, step.began_at, self.lost_at) for step in steps.values()]
        for number, began_at, ended_at in begun:
            first.setdefault(number, began_at)
            lost = any(ended.get(number, began_at) < at <= began_at for at in resumed)
            if lost and steps[number].call == WARM_UP and began_at - ended[number] > cold_after_s:
                first[number] = began_at
            ended[number] = ended_at
        return Recorded(list(steps.values()), self.findings.get(run.identifier, ()), first, self.lost_at, cold_after_s)


def times_unwatched(record: Record, evaluation: str) -> dict[str, list[str]]:
    """By run: the times for which nobody watched it, as they were entered whenever it was gone on with."""
    times: dict[str, list[str]] = {}
    for event in record.events(evaluation):
        if event.kind == UNWATCHED and event.run is not None:
            times.setdefault(event.run, []).append(event.text)
    return times


def refuse_aborted(row: EvaluationRow, runs: Sequence[RunRow]) -> None:
    """Raise InputError for an evaluation that was aborted, though its process was lost before that was entered."""
    for run in runs:
        if run.state is RunState.ABORTED:
            raise InputError(
                f"{row.identifier} was aborted ({run.reason}); it cannot be gone on with, "
                f"`testbench close {row.identifier}` closes it"
            )


def refuse_to_resume(row: EvaluationRow) -> None:
    """Raise InputError for an evaluation that is over."""
    if row.state.over or row.finished is not None:
        what = "closed" if row.state is RunState.INTERRUPTED else row.state.value
        raise InputError(f"{row.identifier} is {what}; it cannot be gone on with, `testbench report` writes its report")


def refuse_other_software(row: EvaluationRow, today: Mapping[str, str], procedures: set[str]) -> tuple[str, ...]:
    """Raise InputError if a procedure still needed, or the code that computes results, has changed; return what else has."""
    wanted = {f"procedure {name}" for name in procedures} | {"core"}
    changed = {
        name: (then, today.get(name, "not installed"))
        for name, then in row.start.software.items()
        if today.get(name) != then and (name in wanted or not name.startswith(BINDING))
    }
    binding = [f"{name} (then {then}; now {now})" for name, (then, now) in changed.items() if name.startswith(BINDING)]
    if binding:
        raise InputError(
            f"{row.identifier} cannot be gone on with: changed since it was begun: {'; '.join(binding)}. Go on with the "
            f"program that began it, or close it: `testbench close {row.identifier}`"
        )
    return tuple(f"{name}: {then}, now {now}" for name, (then, now) in changed.items())


def mark_lost(record: Record, row: EvaluationRow) -> None:
    """Enter that the process of an evaluation was lost, where nobody has done so."""
    if row.state in (RunState.RUNNING, RunState.PAUSED):
        record.interrupt_evaluation(row.identifier, outcome=Outcome.ERROR, reason=LOST, at=date_now(record, row))


def date_now(record: Record, row: EvaluationRow) -> dt.datetime:
    """The date of an entry made now: never before those there are, which are ahead of now where a simulation jumps."""
    dates = [wall_now(), row.start.started]
    for run in record.runs(row.identifier):
        dates.append(run.finished or run.started)
        dates += [step.finished or step.started for step in record.steps(run.identifier)]
    return max(dates)


def look_back(record: Record, evaluation: str) -> Past:
    """Load what is recorded of an evaluation."""
    row = record.evaluation(evaluation)
    runs = {run.number: run for run in record.runs(evaluation)}
    findings: dict[str, tuple[Finding, ...]] = {}
    for stored in record.findings(evaluation):
        findings[stored.run] = (*findings.get(stored.run, ()), stored.finding)
    state = BenchState()
    known_at, known_wall = 0.0, row.start.started
    for number in sorted(runs):
        run = runs[number]
        known_at, known_wall = max((known_at, known_wall), (run.began_at, run.started))
        for step in record.steps(run.identifier):
            if step.state is not None:
                state = from_json(BenchState, step.state)
            known_at, known_wall = max((known_at, known_wall), (step.began_at, step.started))
            if step.ended_at is not None and step.finished is not None:
                known_at, known_wall = max((known_at, known_wall), (step.ended_at, step.finished))
    for event in record.events(evaluation):
        if event.kind == CLOCK:  # the wall clock was set since: from there on it is as it is now
            known_at, known_wall = max((known_at, known_wall), (event.bench_time, event.at))
    lost_at = record.last_bench_time(evaluation)
    elapsed = (wall_now() - known_wall - dt.timedelta(seconds=lost_at - known_at)).total_seconds()
    return Past(row, runs, findings, state, lost_at, elapsed, tuple(record.laboratory(evaluation)))
