"""Evaluations as a whole: a new one, one that is gone on with after its process was lost, one that is closed as it is.

evaluate ─► plan ─► own the station ─► conduct            resume ─► look back ─► own the station ─► conduct
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from testbench.engine.amending import take_repeat
from testbench.engine.clock import wall_now
from testbench.engine.conduct import Conduct, EvaluationResult
from testbench.engine.control import find_process
from testbench.engine.gas_accounts import account_for_gas
from testbench.engine.interruption import Interruption
from testbench.engine.judging import judge_stored, verdict_documents
from testbench.engine.observer import EvaluationObserver
from testbench.engine.ownership import GUARD_WITHIN_S, own_soon, real_resources
from testbench.engine.past import date_now, look_back, mark_lost, refuse_aborted, refuse_other_software, refuse_to_resume
from testbench.engine.plan import make_plan
from testbench.engine.registry import find_laboratory
from testbench.engine.request import EvaluationRequest, request_of
from testbench.engine.software import software
from testbench.errors import InputError, TestbenchError
from testbench.outcome import Outcome, RunState
from testbench.record.model import EvaluationRow
from testbench.record.store import Record
from testbench.station import Cylinder, DriverTable, StationFile

__all__ = ["EvaluationRequest", "EvaluationResult", "check_validity", "close", "evaluate", "resume"]


def evaluate(request: EvaluationRequest, observer: EvaluationObserver) -> EvaluationResult:
    """Run an evaluation from start to scorecard.

    Raises a TestbenchError when it could not be carried through; what was measured until then is in the record, and the
    bench was driven to its safe state. Ctrl-C aborts it; a request of the system to end interrupts it.
    """
    with Interruption() as interruption:
        try:
            return _conduct(request, observer, interruption)
        except KeyboardInterrupt:
            interruption.check()
            raise


def resume(record: Path, evaluation: str, observer: EvaluationObserver) -> EvaluationResult:
    """Go on with an evaluation that was interrupted, or whose process was lost, at the first step that was not finished.

    Raises InputError when it is over, when a process has it, or when what it rests on has changed; else as `evaluate`.
    """
    with Record.open(record) as opened:
        row = opened.evaluation(evaluation)
        refuse_to_resume(row)
        refuse_aborted(row, opened.runs(evaluation))
    _refuse_if_alive(record, row)
    request = request_of(row, record)
    refuse_other_software(row, software(request), {item.procedure.name for item in request.items})
    with Interruption() as interruption:
        try:
            return _conduct(request, observer, interruption, row)
        except KeyboardInterrupt:
            interruption.check()
            raise


def close(record: Path, evaluation: str, reason: str, by: str) -> Outcome:
    """Close an interrupted or lost evaluation: judge what there is; nothing can follow. Return its outcome."""
    with Record.open(record) as opened:
        row = opened.evaluation(evaluation)
        refuse_to_resume(row)
        _refuse_if_alive(record, row)
        mark_lost(opened, row)
        scorecard = judge_stored(row, opened.findings(evaluation), opened.runs(evaluation))
        outcome = Outcome.worst([Outcome.ERROR, *([scorecard.outcome] if scorecard is not None else [])])
        opened.finish_evaluation(
            evaluation,
            outcome=outcome,
            finished=date_now(opened, row),
            verdicts=verdict_documents(scorecard),
            state=RunState.INTERRUPTED,
            reason=f"closed by {by}: {reason}" if reason else f"closed by {by}",
        )
        account_for_gas(opened, evaluation)
    return outcome


def _refuse_if_alive(record: Path, row: EvaluationRow) -> None:
    process = find_process(record, row.identifier)
    if process is not None:
        raise InputError(
            f"{row.identifier} is going on in process {process.pid} since {process.started}; `testbench watch "
            f"{row.identifier}` shows it, `testbench abort {row.identifier}` ends it"
        )


def _conduct(
    request: EvaluationRequest, observer: EvaluationObserver, interruption: Interruption, lost: EvaluationRow | None = None
) -> EvaluationResult:
    plan = make_plan(request.station, request.items, request.standard, devices=request.devices)
    check_validity(request.station)
    observer.planned(plan)
    resources = real_resources(request.station.station, request.devices)
    with contextlib.ExitStack() as stack:
        ownership = own_soon(stack, resources, request.station.path, 0.0 if lost is None else GUARD_WITHIN_S)
        record = stack.enter_context(Record.open(request.record, create=lost is None))
        past = None
        if lost is not None:
            lost = record.evaluation(lost.identifier)  # its guard, or somebody, may have had it since
            refuse_to_resume(lost)
            mark_lost(record, lost)
            past = look_back(record, lost.identifier)
        laboratory = find_laboratory()(request.station) if request.station.station.simulated else None
        try:
            conduct = Conduct(request, plan, observer, record, laboratory, interruption, ownership, past)
            try:
                result = conduct.run()
            finally:
                account_for_gas(record, conduct.evaluation)
        finally:
            if laboratory is not None:
                laboratory.close()
        if request.repeats is not None:
            _take(record, request.repeats.evaluation, result.evaluation, observer)
        return result


def _take(record: Record, original: str, repeat: str, observer: EvaluationObserver) -> None:
    """Judge the evaluation anew of which an item was repeated; where that fails the repeat is complete all the same."""
    try:
        amended = take_repeat(record, original, repeat)
    except TestbenchError as error:
        error.add_note(f"{repeat} is complete; `testbench repeat {repeat} --take` takes its findings")
        raise
    observer.notice(f"{original} was judged anew with the findings of {repeat}: {amended.after}")


def check_validity(station: StationFile) -> None:
    """Refuse a cylinder or an instrument whose certificate has expired."""
    today = wall_now().date()
    certified: dict[str, Cylinder | DriverTable] = {}
    certified |= {f"cylinder {name}": cylinder for name, cylinder in station.station.cylinders.items()}
    certified |= {f"instrument {name}": table for name, table in station.station.certified.items()}
    for name, item in certified.items():
        if item.valid_until is not None and item.valid_until < today:
            raise InputError(
                f"station file {station.path}: the certificate of {name} ({item.certificate or 'no number'}) was valid "
                f"until {item.valid_until}; use one with a valid certificate, or correct valid_until"
            )
