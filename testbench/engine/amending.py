"""Results of an evaluation that has ended are excluded, restored or repeated, each with a reason; it is judged anew.

    exclude ─┐
    restore ─┼─► amendment ─► findings that count ─► judge ─► verdicts (a further judging), outcome
    repeat ──┘   (an evaluation of its own in the same record; when it is finished, its findings are taken)

Nothing is removed: all attempts, all judgings and who decided what stay in the record. Which findings count is said in
`testbench.record.attempts`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from testbench.criteria.combined import only_parts
from testbench.engine.clock import wall_now
from testbench.engine.judging import judge_amended, verdict_documents
from testbench.engine.request import EvaluationRequest, Repeats, request_of
from testbench.errors import InputError, suggest
from testbench.outcome import Outcome, RunState
from testbench.record.attempts import Attempt, Result, repeat_document, results
from testbench.record.model import AmendmentKind, AmendmentRow, EvaluationRow, RunRow
from testbench.record.store import Record

SEEDS_APART = 1_000_003  # a repeat on a simulated bench has noise of its own


@dataclass(frozen=True, slots=True)
class Amended:
    """What came of an amendment: its number, and the outcome before and after it."""

    amendment: int
    before: Outcome | None
    after: Outcome


def results_of(record: Record, evaluation: str) -> list[Result]:
    """The results of an evaluation with all their attempts."""
    return results(evaluation, record.findings(evaluation), record.amendments.of(evaluation))


def repeats_of(record: Record, evaluation: str) -> list[EvaluationRow]:
    """The evaluations that repeat an item of an evaluation, in the order they were begun; finished or not."""
    return [row for row in record.evaluations() if _repeated(row) == evaluation]


def exclude(record: Record, evaluation: str, finding: int, reason: str, by: str, at: dt.datetime | None = None) -> Amended:
    """Exclude a finding, by its number, and judge anew; without a repeat its verdict is then inconclusive.

    InputError while the evaluation can still go on, without a reason, for a finding that is none of its results, and for one
    that is excluded already.
    """
    row, attempt = _attempt(record, evaluation, finding, reason)
    if attempt.excluded is not None:
        held = attempt.excluded
        raise InputError(f"finding {finding} of {evaluation} was excluded by {held.by} already: {held.reason}")
    return _amend(record, row, AmendmentKind.EXCLUDE, finding, {}, reason, by, at)


def restore(record: Record, evaluation: str, finding: int, reason: str, by: str, at: dt.datetime | None = None) -> Amended:
    """Take back the exclusion of a finding, and judge anew; InputError as for `exclude`, and where it is not excluded."""
    row, attempt = _attempt(record, evaluation, finding, reason)
    if attempt.excluded is None:
        raise InputError(f"finding {finding} of {evaluation} is not excluded; there is nothing to take back")
    return _amend(record, row, AmendmentKind.RESTORE, finding, {}, reason, by, at)


def repeat_request(record: Record, evaluation: str, item: str, reason: str, by: str) -> EvaluationRequest:
    """What to ask for to repeat an item of an evaluation: the same station, settings and devices, the standard for it alone.

    `item` is the name of a procedure, or the number of a run where several have the name. InputError as for `exclude`, and
    where no such item was begun.
    """
    row = _ended(record, evaluation)
    _require_reason(reason, "repeated")
    run = _run(record.runs(evaluation), evaluation, item)
    request = request_of(row, record.path)
    repeated = request.items[run.number - 1]
    count = len(repeats_of(record, evaluation)) + 1
    standard = request.standard
    folder = record.path.absolute().parent if request.output is None else request.output
    return replace(
        request,
        items=(repeated,),
        standard=None
        if standard is None
        else only_parts(standard, repeated.standards).restricted_to(repeated.procedure.characteristics),
        restricted=True,
        seed=request.seed + SEEDS_APART * count,
        output=Path(folder) / f"{evaluation}-repeat-{count}",
        repeats=Repeats(evaluation, run.number, reason.strip(), by),
    )


def take_repeat(record: Record, evaluation: str, repeat: str, at: dt.datetime | None = None) -> Amended:
    """Take the findings of a finished repeat in the place of those that it repeated, and judge anew.

    InputError where it repeats another evaluation, is not finished, or was taken already.
    """
    row, other = _ended(record, evaluation), record.evaluation(repeat)
    repeats = Repeats.read(other.start.request)
    if repeats is None or repeats.evaluation != evaluation:
        raise InputError(f"{repeat} does not repeat an item of {evaluation}")
    if other.state is not RunState.FINISHED:
        raise InputError(f"{repeat} is not finished ({other.state}); only a finished repeat takes the place of a result")
    if any(amendment.document.get("evaluation") == repeat for amendment in record.amendments.of(evaluation)):
        raise InputError(f"{repeat} has been taken already")
    run = next(run for run in record.runs(evaluation) if run.number == repeats.run)
    document = repeat_document(repeat, run.identifier, record.head(repeat), record.findings(repeat))
    return _amend(record, row, AmendmentKind.REPEAT, None, document, repeats.reason, repeats.by, at)


def _amend(
    record: Record,
    row: EvaluationRow,
    kind: AmendmentKind,
    finding: int | None,
    document: Mapping[str, Any],
    reason: str,
    by: str,
    at: dt.datetime | None,
) -> Amended:
    """Enter an amendment with the judging that follows from it."""
    evaluation, moment, reason = row.identifier, at or wall_now(), reason.strip()
    before = record.amendments.of(evaluation)
    new = AmendmentRow(0, evaluation, kind, finding, document, reason, by, moment)
    scorecard = judge_amended(row, results(evaluation, record.findings(evaluation), [*before, new]), record.runs(evaluation))
    judged = Outcome.INCONCLUSIVE if scorecard is None else scorecard.outcome
    outcome = Outcome.worst([judged, *_ENDS.get(row.state, ())])
    number = record.amendments.enter(
        evaluation,
        kind,
        finding=finding,
        document=document,
        reason=reason,
        by=by,
        at=moment,
        verdicts=verdict_documents(scorecard),
        outcome=outcome,
        after=len(before),
    )
    return Amended(number, row.outcome, outcome)


_ENDS = {RunState.ABORTED: (Outcome.ABORTED,), RunState.INTERRUPTED: (Outcome.ERROR,)}


def _attempt(record: Record, evaluation: str, finding: int, reason: str) -> tuple[EvaluationRow, Attempt]:
    row = _ended(record, evaluation)
    _require_reason(reason, "excluded or restored")
    attempts = [attempt for result in results_of(record, evaluation) for attempt in result.attempts]
    found = next((attempt for attempt in attempts if attempt.stored.number == finding), None)
    if found is None:
        numbers = ", ".join(str(attempt.stored.number) for attempt in attempts) or "none"
        raise InputError(f"{evaluation} has no finding {finding}; its findings are: {numbers}")
    return row, found


def _require_reason(reason: str, done: str) -> None:
    if not reason.strip():
        raise InputError(f"a result is {done} only with a reason; say why")


def _ended(record: Record, evaluation: str) -> EvaluationRow:
    """An evaluation whose results can be amended."""
    row = record.evaluation(evaluation)
    if (original := _repeated(row)) is not None:
        raise InputError(f"{evaluation} repeats an item of {original}; what counts is decided there")
    if row.finished is None:
        then = (
            "when it has ended" if row.state in (RunState.RUNNING, RunState.PAUSED) else "when it is gone on with or closed"
        )
        raise InputError(f"{evaluation} is {row.state}; its results can be excluded or repeated {then}")
    return row


def _repeated(row: EvaluationRow) -> str | None:
    repeats = Repeats.read(row.start.request)
    return None if repeats is None else repeats.evaluation


def _run(runs: Sequence[RunRow], evaluation: str, item: str) -> RunRow:
    """The run of an item by procedure or number."""
    wanted = item.strip()
    number = wanted.upper().removeprefix("R")
    if number.isdecimal():
        found = [run for run in runs if run.number == int(number)]
    else:
        found = [run for run in runs if run.procedure == wanted]
    if len(found) == 1:
        return found[0]
    listing = ", ".join(f"{run.number} {run.procedure}" for run in runs) or "none"
    if found:
        raise InputError(f"{evaluation} has several runs of {wanted}; give the number of one: {listing}")
    hint = "" if number.isdecimal() else f" ({suggest(wanted, [run.procedure for run in runs])})" if runs else ""
    raise InputError(f"{evaluation} has no run {wanted!r}{hint}; its runs are: {listing}")
