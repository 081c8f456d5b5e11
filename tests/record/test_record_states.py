"""Where evaluations, runs and steps stand: only legal moves, and what was cut short is kept."""

import datetime as dt
from collections.abc import Callable

import pytest

from testbench.errors import RecordError
from testbench.outcome import Outcome, RunState
from testbench.record.model import AttemptRow
from testbench.record.store import Record


def interrupt(record: Record, evaluation: str, moment: dt.datetime, reason: str = "the process was lost") -> None:
    record.interrupt_evaluation(evaluation, outcome=Outcome.ERROR, reason=reason, at=moment)


def test_an_evaluation_runs_pauses_and_goes_on(record: Record, evaluation: str) -> None:
    assert record.evaluation(evaluation).state is RunState.RUNNING
    record.set_evaluation_state(evaluation, RunState.PAUSED)
    record.set_evaluation_state(evaluation, RunState.PAUSED)
    assert record.evaluation(evaluation).state is RunState.PAUSED
    record.set_evaluation_state(evaluation, RunState.RUNNING)
    assert record.evaluation(evaluation).state is RunState.RUNNING


def test_moves_that_are_not_legal_are_refused(record: Record, evaluation: str, run: str, moment: dt.datetime) -> None:
    record.set_run_state(run, RunState.PAUSED)
    with pytest.raises(RecordError, match=r"is paused: it cannot become finished"):
        record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=1.0, finished=moment)
    record.finish_run(run, state=RunState.ABORTED, outcome=Outcome.ABORTED, bench_time=1.0, finished=moment)
    for state in (RunState.RUNNING, RunState.PAUSED, RunState.INTERRUPTED, RunState.FINISHED):
        with pytest.raises(RecordError, match=f"is aborted: it cannot become {state.value}"):
            record.set_run_state(run, state)
    with pytest.raises(RecordError, match="is aborted"):
        record.finish_run(run, state=RunState.ABORTED, outcome=Outcome.ABORTED, bench_time=2.0, finished=moment)
    with pytest.raises(RecordError, match="is aborted"):
        record.reopen_run(run)


def test_an_interrupted_evaluation_can_be_resumed(record: Record, evaluation: str, run: str, moment: dt.datetime) -> None:
    step = record.begin_step(run, "wait", {}, bench_time=40.0, started=moment)
    record.finish_step(run, step, result={}, error=None, bench_time=60.0, finished=moment)
    interrupt(record, evaluation, moment)
    row = record.evaluation(evaluation)
    assert (row.state, row.outcome, row.finished) == (RunState.INTERRUPTED, Outcome.ERROR, None)
    assert row.reason == "the process was lost"
    (ended,) = record.runs(evaluation)
    assert (ended.state, ended.outcome, ended.reason) == (RunState.INTERRUPTED, Outcome.ERROR, "the process was lost")
    assert (ended.ended_at, ended.finished) == (60.0, moment)

    record.reopen_evaluation(evaluation)
    record.reopen_run(run)
    row, (again,) = record.evaluation(evaluation), record.runs(evaluation)
    assert (row.state, row.outcome, row.reason) == (RunState.RUNNING, None, "")
    assert (again.state, again.outcome, again.ended_at, again.finished, again.reason) == (
        RunState.RUNNING, None, None, None, ""
    )  # fmt: skip


def test_a_closed_evaluation_is_over(record: Record, evaluation: str, run: str, moment: dt.datetime) -> None:
    interrupt(record, evaluation, moment)
    record.finish_evaluation(
        evaluation, outcome=Outcome.INCONCLUSIVE, finished=moment, state=RunState.INTERRUPTED, reason="closed by Li"
    )
    row = record.evaluation(evaluation)
    assert (row.state, row.outcome, row.finished) == (RunState.INTERRUPTED, Outcome.INCONCLUSIVE, moment)
    with pytest.raises(RecordError, match=r"is over \(interrupted\); nothing can follow"):
        record.reopen_evaluation(evaluation)
    with pytest.raises(RecordError, match="is over"):
        interrupt(record, evaluation, moment)


def test_closing_a_lost_evaluation_interrupts_its_run_and_seals_its_readings(
    record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime
) -> None:
    writer = record.readings(evaluation)
    for second in range(5):
        writer.add(channel, float(second), 1.0, 0)
    writer.flush()
    with Record.open(record.path) as other:
        other.finish_evaluation(
            evaluation, outcome=Outcome.INCONCLUSIVE, finished=moment, state=RunState.INTERRUPTED, reason="closed"
        )
        (ended,) = other.runs(evaluation)
        assert (ended.state, ended.ended_at, ended.reason) == (RunState.INTERRUPTED, 4.0, "closed")
        assert len(other.load(evaluation, "a.co2")) == 5
        with other._database.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM tail").scalar() == 0


def test_verdicts_come_with_the_end_in_one_transaction(record: Record, evaluation: str, moment: dt.datetime) -> None:
    with pytest.raises(RecordError, match="verdict"):
        record.finish_evaluation(evaluation, outcome=Outcome.PASS, finished=moment, verdicts=[{"value": float("nan")}])
    assert record.evaluation(evaluation).finished is None
    record.interrupt_evaluation(evaluation, outcome=Outcome.ERROR, reason="lost", at=moment, verdicts=[{"n": 1}])
    record.reopen_evaluation(evaluation)
    record.finish_evaluation(evaluation, outcome=Outcome.PASS, finished=moment, verdicts=[{"n": 2}, {"n": 3}])
    assert record.verdicts(evaluation) == [{"n": 2}, {"n": 3}]
    assert record.evaluation(evaluation).state is RunState.FINISHED


def test_the_last_bench_time_is_that_of_steps_and_readings(
    record: Record, evaluation: str, channel: int, begin_run: Callable[..., str], moment: dt.datetime
) -> None:
    assert record.last_bench_time(evaluation) == 0.0
    run = begin_run()
    record.begin_step(run, "wait", {}, bench_time=12.0, started=moment)
    assert record.last_bench_time(evaluation) == 12.0
    record.finish_step(run, 1, result={}, error=None, bench_time=20.0, finished=moment)
    assert record.last_bench_time(evaluation) == 20.0
    writer = record.readings(evaluation)
    writer.add(channel, 21.5, 1.0, 0)
    writer.flush()
    assert record.last_bench_time(evaluation) == 21.5
    writer.seal()
    assert record.last_bench_time(evaluation) == 21.5


def test_an_attempt_that_was_cut_is_kept_and_counted(
    record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime
) -> None:
    later = moment + dt.timedelta(seconds=90)
    step = record.begin_step(run, "average", {"duration_s": 60}, bench_time=0.0, started=moment)
    record.readings(evaluation).add(channel, 5.0, 1.0, 0)
    record.retry_step(run, step, reason="pause", ended_at=30.0, ended=moment, bench_time=90.0, started=later)
    assert len(record.load(evaluation, "a.co2")) == 1
    record.finish_step(
        run, step, result=None, error="no answer", error_kind="InstrumentError", bench_time=95.0, finished=later
    )
    (failed,) = record.steps(run)
    assert (failed.error_kind, failed.attempts, failed.done) == ("InstrumentError", 2, True)
    record.retry_step(run, step, reason="no answer", ended_at=95.0, ended=later, bench_time=200.0, started=later)
    (again,) = record.steps(run)
    assert (again.attempts, again.began_at, again.started, again.done) == (3, 200.0, later, False)
    assert (again.error, again.error_kind, again.result, again.ended_at) == (None, "", None, None)
    assert again.arguments == {"duration_s": 60}
    record.finish_step(
        run, step, result={"mean": 1.0}, error=None, bench_time=260.0, finished=later,
        state={"gas": "zero"}, reestablished={"settled": True}, laboratory=[{"at": 1.0, "set": "co2"}, {"at": 2.0}],
    )  # fmt: skip
    (done,) = record.steps(run)
    assert (done.state, done.reestablished, done.attempts) == ({"gas": "zero"}, {"settled": True}, 3)
    assert record.attempts(run) == [
        AttemptRow(run, step, 1, 0.0, moment, 30.0, moment, "pause"),
        AttemptRow(run, step, 2, 90.0, later, 95.0, later, "no answer"),
    ]
    assert record.laboratory(evaluation) == [{"at": 1.0, "set": "co2"}, {"at": 2.0}]


def test_only_a_step_that_is_open_or_failed_is_attempted_again(record: Record, run: str, moment: dt.datetime) -> None:
    step = record.begin_step(run, "wait", {}, bench_time=0.0, started=moment)
    record.finish_step(run, step, result={}, error=None, bench_time=1.0, finished=moment)
    for number in (step, step + 1):
        with pytest.raises(RecordError, match=rf"no step {number} that is open or has failed"):
            record.retry_step(run, number, reason="", ended_at=1.0, ended=moment, bench_time=2.0, started=moment)
    assert record.attempts(run) == []
