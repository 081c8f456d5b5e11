"""What the guard leaves behind when it had to act: entries in the record, or a text file beside it that says the same."""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from testbench.engine.guard.messages import Assignment
from testbench.engine.judging import judge_stored, verdict_documents
from testbench.engine.other_gas import connected_by_hand, left_connected
from testbench.engine.roles import SafeOutcome
from testbench.engine.safe import unverified
from testbench.engine.steps import BenchState, OtherGas, from_json
from testbench.outcome import Outcome
from testbench.record.store import Record
from testbench.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class Report:
    """Which evaluation, what was met, when (wall time), how long the safe state took (s), and what came of it.

    `taken_by` says who has the bench since, where the guard therefore drove nothing.
    """

    evaluation: str | None
    cause: str
    noticed: dt.datetime
    took_s: float
    outcomes: tuple[SafeOutcome, ...]
    taken_by: str = ""

    @property
    def summary(self) -> str:
        """One sentence: the cause, and whether the bench is safe."""
        if self.taken_by:
            return f"{self.cause}; the guard left the bench alone: {self.taken_by}"
        safe = f"the guard drove the bench to its safe state within {self.took_s:.2f} s, verified by reading back"
        return f"{self.cause}; {unverified(self.outcomes) or safe}"


def tell(assignment: Assignment, report: Report) -> None:
    """Enter it in the record; where that is impossible for whatever reason, write a text file."""
    if report.evaluation is None:
        write_note(assignment.record, report, "no evaluation had been entered in the record yet")
        return
    try:
        enter(assignment, report, report.evaluation)
    except Exception as error:  # nobody else is left to say it
        write_note(assignment.record, report, f"the record could not be written: {error}")


def enter(assignment: Assignment, report: Report, evaluation: str) -> None:
    """Write the events, and that the evaluation is interrupted unless another process has it; raise RecordError."""
    with Record.open(assignment.record) as record:
        bench_time = record.last_bench_time(evaluation)
        row = record.evaluation(evaluation)
        at = report.noticed
        if assignment.file.station.jumps:  # dates of a simulated evaluation are fictitious
            at = row.start.started + dt.timedelta(seconds=bench_time)
        record.event(evaluation, None, "guard", report.summary, bench_time=bench_time, at=at)
        for outcome in report.outcomes:
            text = json.dumps(asdict(outcome), ensure_ascii=False)
            record.event(evaluation, None, "safe state", text, bench_time=bench_time, at=at)
        connected = gas_left_connected(record, evaluation)
        if connected is not None:
            record.event(evaluation, None, "alarm", left_connected(connected), bench_time=bench_time, at=at)
        if row.finished is None and not report.taken_by:
            verdicts = verdict_documents(judge_stored(row, record.findings(evaluation), record.runs(evaluation)))
            record.interrupt_evaluation(evaluation, outcome=Outcome.ERROR, reason=report.summary, at=at, verdicts=verdicts)


def gas_left_connected(record: Record, evaluation: str) -> OtherGas | None:
    """The gas that was connected by hand when the last step that left a state had ended; None where there was none."""
    for run in reversed(record.runs(evaluation)):
        for step in reversed(record.steps(run.identifier)):
            if step.state is not None:
                return connected_by_hand(from_json(BenchState, step.state))
    return None


def write_note(record: Path, report: Report, why: str) -> None:
    """Write the text file, beside the record or where that is impossible in the temporary folder; it is printed as well."""
    text = "\n".join(_lines(record, report, why)) + "\n"
    print(text, file=sys.stderr)
    name = f"{record.name}.guard-{report.noticed:%Y%m%d-%H%M%S}.txt"
    for folder in (record.parent, Path(tempfile.gettempdir())):
        try:
            write_whole(folder / name, text)
        except OSError:
            continue
        return


def _lines(record: Path, report: Report, why: str) -> Iterator[str]:
    yield f"Guard, {report.noticed:%Y-%m-%d %H:%M:%S %z}: {report.summary}"
    yield f"Record: {record}"
    yield f"Evaluation: {report.evaluation or 'none'}"
    yield f"This is a file because {why}"
    yield "Safe state:"
    for outcome in report.outcomes:
        verified = "verified" if outcome.verified else "NOT VERIFIED"
        yield f"  {outcome.instrument}: {outcome.state}: {verified} {outcome.read_back}".rstrip()
