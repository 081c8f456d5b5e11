"""What a report says of results that were excluded or repeated, read from the record."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.outcome import RunState
from testbench.record.attempts import Attempt, Exclusion, Result
from testbench.record.model import AmendmentKind, AmendmentRow
from testbench.record.store import Record
from testbench.report.content import AmendedResult, Decision, ReportExclusion, ResultAttempt, UnfinishedRepeat


def amended_result(result: Result) -> AmendedResult:
    """A result with all its attempts and what was decided about each."""
    attempts = tuple(_attempt(attempt, counts=attempt is result.counting) for attempt in result.attempts)
    return AmendedResult(result.counting.stored.finding.characteristic, attempts)


def unfinished_repeats(record: Record, evaluation: str) -> Iterator[UnfinishedRepeat]:
    """The repeats of an evaluation's runs that were begun in the same record and whose findings were not taken."""
    amendments = record.amendments.of(evaluation)
    taken = {entry.document["evaluation"] for entry in amendments if entry.kind is AmendmentKind.REPEAT}
    for row in record.evaluations():
        repeats = row.start.request.get("repeats")
        if repeats is None or repeats["evaluation"] != evaluation or row.identifier in taken:
            continue
        if row.state in (RunState.RUNNING, RunState.PAUSED):  # it may still come to its end
            continue
        run = next((run.identifier for run in record.runs(evaluation) if run.number == repeats["run"]), "")
        wanted = Decision(repeats["reason"], repeats["by"], row.start.started)
        yield UnfinishedRepeat(row.identifier, run, row.state, wanted)


def _attempt(attempt: Attempt, *, counts: bool) -> ResultAttempt:
    stored = attempt.stored
    return ResultAttempt(
        stored.number,
        stored.run,
        stored.finding,
        counts and attempt.excluded is None,
        None if attempt.repeat is None else _decision(attempt.repeat),
        tuple(_exclusion(exclusion) for exclusion in attempt.exclusions),
    )


def _exclusion(exclusion: Exclusion) -> ReportExclusion:
    back = exclusion.taken_back
    return ReportExclusion(Decision(exclusion.reason, exclusion.by, exclusion.at), None if back is None else _decision(back))


def _decision(amendment: AmendmentRow) -> Decision:
    return Decision(amendment.reason, amendment.by, amendment.at)
