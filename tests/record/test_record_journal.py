"""Evaluations, runs, steps, findings, verdicts and events as the record keeps them."""

import datetime as dt
import hashlib
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from testbench.errors import RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.model import ChannelRow, EvaluationRow, EvaluationStart, EventRow, RunRow, StepRow, StoredFinding
from testbench.record.store import Record

BeginRun = Callable[..., str]


def later(moment: dt.datetime, seconds: float) -> dt.datetime:
    return moment + dt.timedelta(seconds=seconds)


def test_an_identifier_carries_utc_time_and_is_unique(record: Record, start: EvaluationStart) -> None:
    identifiers = [record.begin_evaluation(start) for _ in range(20)]
    assert len(set(identifiers)) == 20
    for identifier in identifiers:
        head, random = identifier.rsplit("-", 1)
        assert head == "E20261122-134501"
        assert len(random) == 4
        int(random, 16)


def test_an_evaluation_comes_back_as_it_was_begun(record: Record, evaluation: str, start: EvaluationStart) -> None:
    assert record.evaluation(evaluation) == EvaluationRow(evaluation, start, outcome=None, finished=None)


def test_a_date_keeps_its_instant_and_its_offset(record: Record, evaluation: str, moment: dt.datetime) -> None:
    started = record.evaluation(evaluation).start.started
    assert started == moment
    assert started.utcoffset() == dt.timedelta(hours=8)


def test_a_date_without_offset_is_refused(record: Record, evaluation: str, moment: dt.datetime) -> None:
    with pytest.raises(StatementError, match="no offset from UTC"):
        record.event(evaluation, None, "note", "", bench_time=0.0, at=moment.replace(tzinfo=None))
    assert record.events(evaluation) == []


def test_evaluations_come_oldest_first(record: Record, start: EvaluationStart, moment: dt.datetime) -> None:
    second = record.begin_evaluation(replace(start, started=later(moment, 3600)))
    earlier = moment.astimezone(dt.timezone(dt.timedelta(hours=-5)))
    first = record.begin_evaluation(replace(start, started=earlier))
    assert [row.identifier for row in record.evaluations()] == [first, second]


def test_a_finished_evaluation_has_its_outcome(record: Record, evaluation: str, moment: dt.datetime) -> None:
    record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=later(moment, 60))
    row = record.evaluation(evaluation)
    assert row.outcome is Outcome.INCONCLUSIVE
    assert row.finished == later(moment, 60)


def test_an_unknown_evaluation_is_named(record: Record, moment: dt.datetime) -> None:
    with pytest.raises(RecordError, match="there is no evaluation E1"):
        record.evaluation("E1")
    with pytest.raises(RecordError, match="there is no evaluation E1"):
        record.finish_evaluation("E1", outcome=Outcome.PASS, finished=moment)


def test_a_run_goes_from_running_to_finished(
    record: Record, evaluation: str, begin_run: BeginRun, moment: dt.datetime
) -> None:
    run = begin_run(number=3)
    assert run == f"{evaluation}-R03"
    begun = RunRow(run, evaluation, 3, "linearity", "7.2.1", {"passes": 3}, RunState.RUNNING, 0.0, moment)
    assert record.runs(evaluation) == [begun]
    record.set_run_state(run, RunState.PAUSED)
    assert record.runs(evaluation)[0].state is RunState.PAUSED
    record.finish_run(
        run, state=RunState.ABORTED, outcome=Outcome.ABORTED, bench_time=99.5, finished=moment, reason="操作员中止"
    )
    ended = replace(
        begun, state=RunState.ABORTED, outcome=Outcome.ABORTED, ended_at=99.5, finished=moment, reason="操作员中止"
    )
    assert record.runs(evaluation) == [ended]


def test_runs_come_by_number(record: Record, evaluation: str, begin_run: BeginRun) -> None:
    begin_run(number=12)
    begin_run(number=2)
    assert [run.number for run in record.runs(evaluation)] == [2, 12]


def test_a_run_number_is_given_once(record: Record, begin_run: BeginRun) -> None:
    begin_run(number=1)
    with pytest.raises(RecordError, match="R01 is there already"):
        begin_run(number=1)


def test_a_run_needs_its_evaluation(record: Record, moment: dt.datetime) -> None:
    with pytest.raises(RecordError, match="or its evaluation is not"):
        record.begin_run("E1", "drift", {}, clause="", number=1, bench_time=0.0, started=moment)
    with pytest.raises(RecordError, match="there is no run E1-R01"):
        record.finish_run("E1-R01", state=RunState.FINISHED, outcome=None, bench_time=0.0, finished=moment)
    with pytest.raises(RecordError, match="there is no run E1-R01"):
        record.begin_step("E1-R01", "settle", {}, bench_time=0.0, started=moment)


def test_steps_are_counted_in_each_run(record: Record, begin_run: BeginRun, moment: dt.datetime) -> None:
    first, second = begin_run(number=1), begin_run(number=2)
    numbers = [record.begin_step(run, "settle", {}, bench_time=0.0, started=moment) for run in (first, first, second)]
    assert numbers == [1, 2, 1]


def test_a_step_is_journaled_when_it_begins_and_when_it_ends(record: Record, run: str, moment: dt.datetime) -> None:
    step = record.begin_step(run, "average", {"duration_s": 60, "gas": "CO2"}, bench_time=1.5, started=moment)
    begun = StepRow(run, step, "average", {"duration_s": 60, "gas": "CO2"}, 1.5, moment)
    assert record.steps(run) == [begun]
    assert not begun.done
    result = {"mean": 15.2, "文本": ["a", None]}
    record.finish_step(run, step, result=result, error=None, bench_time=61.5, finished=later(moment, 60))
    ended = replace(begun, result=result, ended_at=61.5, finished=later(moment, 60))
    assert record.steps(run) == [ended]
    assert ended.done


def test_a_step_that_failed_keeps_its_error(record: Record, run: str, moment: dt.datetime) -> None:
    step = record.begin_step(run, "supply", {}, bench_time=0.0, started=moment)
    error = "divider (ASRL3): no answer; got '\udcff\x00'"
    record.finish_step(run, step, result=None, error=error, bench_time=2.0, finished=moment)
    (row,) = record.steps(run)
    assert row.result is None
    assert row.error == r"divider (ASRL3): no answer; got '\udcff\x00'"


def test_a_finished_step_stays_as_it_is(record: Record, run: str, moment: dt.datetime) -> None:
    step = record.begin_step(run, "average", {}, bench_time=0.0, started=moment)
    record.finish_step(run, step, result={"mean": 1.0}, error=None, bench_time=1.0, finished=moment)
    with pytest.raises(RecordError, match="has no open step 1"):
        record.finish_step(run, step, result={"mean": 2.0}, error=None, bench_time=2.0, finished=moment)
    assert record.steps(run)[0].result == {"mean": 1.0}


def test_a_result_that_is_not_a_number_is_refused_and_the_step_stays_open(
    record: Record, run: str, moment: dt.datetime
) -> None:
    step = record.begin_step(run, "average", {}, bench_time=0.0, started=moment)
    with pytest.raises(RecordError, match=r"result of step 1 .*\.mean is nan"):
        record.finish_step(run, step, result={"mean": math.nan}, error=None, bench_time=1.0, finished=moment)
    assert not record.steps(run)[0].done


def test_findings_come_back_with_their_run(record: Record, evaluation: str, begin_run: BeginRun) -> None:
    run, other = begin_run(number=1), begin_run(number=2)
    full = Finding(
        device="a",
        characteristic="linearity_error",
        value=-0.8,
        unit="%F.S.",
        expanded_uncertainty=0.3,
        coverage_factor=2.0,
        interval=(-1.1, -0.5),
        index="50 %",
        details={"levels": [{"fraction": 0.5, "error": -0.8}]},
        notes=("第三次", "after adjustment"),
    )
    missing = Finding(device="b", characteristic="linearity_error", value=None, unit="%F.S.", notes=("no reading",))
    record.add_findings(other, [missing])
    record.add_findings(run, [full])
    assert record.findings(evaluation) == [StoredFinding(other, missing, 1), StoredFinding(run, full, 2)]


@pytest.mark.parametrize(
    "changes",
    [{"value": math.nan}, {"expanded_uncertainty": math.inf}, {"interval": (0.0, math.nan)}, {"details": {"x": math.nan}}],
)
def test_a_finding_that_is_not_a_number_is_refused_whole(
    record: Record, evaluation: str, run: str, changes: dict[str, object]
) -> None:
    good = Finding(device="a", characteristic="drift", value=1.0, unit="%")
    with pytest.raises(RecordError, match="finding drift of a"):
        record.add_findings(run, [good, replace(good, **changes)])  # type: ignore[arg-type]
    assert record.findings(evaluation) == []


def test_the_verdicts_of_the_last_judging_count(record: Record, evaluation: str) -> None:
    assert record.verdicts(evaluation) == []
    record.add_verdicts(evaluation, [{"outcome": "pass", "value": 1.25}, {"outcome": "fail"}])
    record.add_verdicts(evaluation, [])
    assert [verdict["outcome"] for verdict in record.verdicts(evaluation)] == ["pass", "fail"]
    record.add_verdicts(evaluation, [{"outcome": "inconclusive", "limit": None}])
    assert [verdict["outcome"] for verdict in record.verdicts(evaluation)] == ["inconclusive"]


def test_events_belong_to_an_evaluation_and_perhaps_a_run(
    record: Record, evaluation: str, run: str, moment: dt.datetime
) -> None:
    record.event(evaluation, None, "start", "工位已锁定", bench_time=0.0, at=moment)
    record.event(evaluation, run, "gap", "analyser a: no answer", bench_time=12.0, at=moment)
    assert record.events(evaluation) == [
        EventRow(evaluation, None, "start", "工位已锁定", 0.0, moment),
        EventRow(evaluation, run, "gap", "analyser a: no answer", 12.0, moment),
    ]
    with pytest.raises(RecordError, match="no run E9-R01"):
        record.event(evaluation, "E9-R01", "gap", "", bench_time=0.0, at=moment)


def test_a_channel_is_entered_once_and_does_not_change(record: Record, evaluation: str, channel: int) -> None:
    again = record.channel(evaluation, "a.co2", quantity="content", unit="%", resolution=0.01, device="a")
    assert again == channel
    assert record.channels(evaluation) == [ChannelRow(channel, "a.co2", "content", "%", 0.01, "a")]
    with pytest.raises(RecordError, match=r"channel a\.co2 .* was entered as content in % and cannot change"):
        record.channel(evaluation, "a.co2", quantity="content", unit="µmol/mol", resolution=0.01, device="a")


def write_evaluation(
    record: Record, start: EvaluationStart, began: dt.datetime, *, value: float = 15.2, mean: float = 15.2
) -> str:
    evaluation = record.begin_evaluation(replace(start, started=began))
    run = record.begin_run(evaluation, "linearity", {"passes": 3}, clause="7", number=1, bench_time=0.0, started=began)
    channel = record.channel(evaluation, "a", quantity="content", unit="%", resolution=0.01, device="a")
    step = record.begin_step(run, "average", {"duration_s": 10}, bench_time=0.0, started=began)
    writer = record.readings(evaluation)
    for second in range(10):
        writer.add(channel, float(second), value, 0)
    record.finish_step(run, step, result={"mean": mean}, error=None, bench_time=10.0, finished=began)
    record.add_findings(run, [Finding(device="a", characteristic="linearity_error", value=0.1, unit="%F.S.")])
    record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=10.0, finished=began)
    return evaluation


def test_equal_evaluations_have_equal_journal_digests_whenever_and_wherever_they_ran(
    record: Record, start: EvaluationStart, moment: dt.datetime, tmp_path: Path
) -> None:
    first = write_evaluation(record, start, moment)
    second = write_evaluation(record, start, later(moment, 9999))
    with Record.open(tmp_path / "other.record", create=True) as other:
        third = other.journal_digest(write_evaluation(other, start, moment))
    assert record.journal_digest(first) == record.journal_digest(second) == third
    assert len(third) == 64


def test_a_different_reading_result_or_finding_changes_the_journal_digest(
    record: Record, start: EvaluationStart, moment: dt.datetime
) -> None:
    digests = {
        record.journal_digest(write_evaluation(record, start, moment)),
        record.journal_digest(write_evaluation(record, start, moment, value=15.21)),
        record.journal_digest(write_evaluation(record, start, moment, mean=15.21)),
    }
    more = write_evaluation(record, start, moment)
    record.add_findings(record.runs(more)[0].identifier, [Finding("a", "drift", 0.0, "%")])
    assert len(digests | {record.journal_digest(more)}) == 4


def test_the_journal_digest_is_that_of_documented_lines(
    record: Record, evaluation: str, run: str, moment: dt.datetime
) -> None:
    step = record.begin_step(run, "supply", {"gas": "CO2", "fraction": 0.5}, bench_time=0.0, started=moment)
    record.finish_step(run, step, result={"setting": 1}, error=None, bench_time=3.0, finished=moment)
    lines = (
        b'["settings",1,"linearity","7.2.1",{"passes":3}]\n'
        b'["step",1,"supply",{"fraction":0.5,"gas":"CO2"},{"setting":1},null]\n'
    )
    assert record.journal_digest(evaluation) == hashlib.sha256(lines).hexdigest()
