"""When an evaluation that was lost or interrupted must not be gone on with."""

import datetime as dt
from dataclasses import replace

import pytest

from testbench.engine.clock import wall_now
from testbench.engine.journal import Recorded, RunJournal
from testbench.engine.past import look_back, refuse_other_software, refuse_to_resume
from testbench.engine.registry import find_procedure
from testbench.engine.request import request_of
from testbench.errors import InputError, RecordError, RecordFullError, ReplayError
from testbench.outcome import Outcome, RunState

SOFTWARE = {"core": "source 1", "procedure drift": "source 2", "driver alicat": "source 3", "numpy": "2.0"}


class Clock:
    """Stands still."""

    simulated = True

    def now(self):
        return 60.0

    def wall(self):
        return dt.datetime(2026, 11, 22, 9, 1, tzinfo=dt.UTC)


@pytest.fixture
def begun(going, simulated_text):
    """What the record has of an evaluation that was begun with some software, station and suite."""
    row = going.record.evaluation(going.evaluation)
    settings = find_procedure("drift").configure({}).model_dump(mode="json")
    suite = [{"procedure": "drift", "settings": settings, "clause": {"zh": "", "en": ""}}]
    start = replace(row.start, software=SOFTWARE, station_text=simulated_text, request={"suite": suite})
    return replace(row, start=start)


@pytest.mark.parametrize("state", [RunState.FINISHED, RunState.ABORTED, RunState.INTERRUPTED])
def test_what_is_over_is_not_gone_on_with(going, state):
    going.record.finish_evaluation(going.evaluation, outcome=Outcome.ERROR, finished=wall_now(), state=state)
    what = "closed" if state is RunState.INTERRUPTED else state.value
    with pytest.raises(InputError, match=f"is {what}; it cannot be gone on with"):
        refuse_to_resume(going.record.evaluation(going.evaluation))


def test_what_was_interrupted_or_lost_is(going):
    refuse_to_resume(going.record.evaluation(going.evaluation))
    going.record.interrupt_evaluation(going.evaluation, outcome=Outcome.ERROR, reason="killed", at=wall_now())
    refuse_to_resume(going.record.evaluation(going.evaluation))


@pytest.mark.parametrize("changed", ["core", "procedure drift"])
def test_another_procedure_or_other_arithmetic_is_refused(begun, changed):
    with pytest.raises(InputError, match=rf"cannot be gone on with.*{changed} \(then {SOFTWARE[changed]}; now source 9\)"):
        refuse_other_software(begun, SOFTWARE | {changed: "source 9"}, {"drift"})


def test_other_drivers_and_libraries_are_told(begun):
    today = SOFTWARE | {"driver alicat": "source 9", "numpy": "2.1"}
    assert refuse_other_software(begun, today, {"drift"}) == (
        "driver alicat: source 3, now source 9",
        "numpy: 2.0, now 2.1",
    )


def test_the_same_software_is_not_told(begun):
    assert refuse_other_software(begun, SOFTWARE, {"drift"}) == ()


def test_settings_that_mean_something_else_today_are_refused(begun, going):
    (item,) = begun.start.request["suite"]
    assert request_of(begun, going.path).items[0].settings.days == 7
    shorter = {name: value for name, value in item["settings"].items() if name != "days"}  # it was not there then
    earlier = replace(begun, start=replace(begun.start, request={"suite": [item | {"settings": shorter}]}))
    with pytest.raises(InputError, match="settings of procedure 'drift' have changed since: days"):
        request_of(earlier, going.path)


def test_station_and_suite_are_those_of_the_record_whatever_the_files_say(begun, going, tmp_path, simulated_text):
    path = tmp_path / "station.toml"
    path.write_text(simulated_text.replace("total_flow = 4.0", "total_flow = 2.0"), encoding="utf-8")
    request = request_of(replace(begun, start=replace(begun.start, station_path=str(path))), going.path)
    assert request.station.station.divider.options["total_flow"] == 4.0
    assert [item.procedure.name for item in request.items] == ["drift"]


def test_an_evaluation_that_does_not_say_what_was_asked_for_can_only_be_closed(going):
    with pytest.raises(RecordError, match="testbench close"):
        request_of(going.record.evaluation(going.evaluation), going.path)


def test_a_procedure_that_leaves_the_recorded_path_is_stopped(going):
    at = Clock().wall()
    step = going.record.begin_step(going.run, "supply", {"fraction": 0.5}, bench_time=0.0, started=at)
    going.record.finish_step(going.run, step, result={}, error=None, bench_time=1.0, finished=at)
    recorded = Recorded(going.record.steps(going.run))

    def resumed():
        return RunJournal(going.record, going.evaluation, going.run, Clock(), recorded=recorded)

    assert resumed().answer("supply", {"fraction": 0.5}) is not None
    for call, arguments in (("supply", {"fraction": 0.6}), ("zero_gas", {})):
        with pytest.raises(ReplayError, match=r"step 1 .* differs: the record has supply"):
            resumed().answer(call, arguments)
    with pytest.raises(ReplayError, match="the procedure ended before it"):
        resumed().check_complete()


def test_a_step_that_found_no_room_to_be_attempted_again_is_attempted_again_when_there_is(going, monkeypatch):
    clock = Clock()
    began = RunJournal(going.record, going.evaluation, going.run, clock).begin("wait", {"duration_s": 5.0})
    recorded = Recorded(going.record.steps(going.run), (), {1: 7.0}, 60.0)
    journal = RunJournal(going.record, going.evaluation, going.run, clock, recorded=recorded)
    assert journal.answer("wait", {"duration_s": 5.0}) is None
    with monkeypatch.context() as full:

        def refuse(*arguments, **named):
            raise RecordFullError("record r: the disk is full")

        full.setattr(going.record, "retry_step", refuse)
        with pytest.raises(RecordFullError):
            journal.begin("wait", {"duration_s": 5.0})
    assert began == (1, 60.0)
    assert journal.begin("wait", {"duration_s": 5.0}) == (1, 7.0)
    assert [(step.number, step.attempts) for step in going.record.steps(going.run)] == [(1, 2)]


def test_a_wall_clock_that_was_set_before_the_process_was_lost_does_not_count_as_time_between(going):
    now = wall_now()
    began = now - dt.timedelta(seconds=1000.0)  # as the wrong clock said
    going.record.begin_step(going.run, "wait", {"duration_s": 9e4}, bench_time=0.0, started=began)
    assert look_back(going.record, going.evaluation).elapsed_s == pytest.approx(1000.0, abs=30.0)
    going.record.event(going.evaluation, None, "clock", "the wall clock was set forward", bench_time=0.0, at=now)
    assert look_back(going.record, going.evaluation).elapsed_s == pytest.approx(0.0, abs=30.0)
