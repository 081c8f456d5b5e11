"""Commands to a running evaluation: obeyed at the next look, answered in the record, at no cost when there are none."""

import sqlite3
import threading
import time

import pytest

from testbench.engine import steering as steering_module
from testbench.engine.control import ControlFile, ask_abort
from testbench.engine.holding import HoldError
from testbench.engine.room import with_room
from testbench.engine.steering import Steering
from testbench.errors import AbortedError, RecordError, RecordFullError
from testbench.outcome import RunState
from testbench.record.model import CommandKind


class Uninterrupted:
    def check(self):
        pass


@pytest.fixture
def steer(going, monkeypatch):
    """Make a steering that looks at the record at every check."""
    monkeypatch.setattr(steering_module, "LOOK_S", 0.0)

    def make(**options):
        return Steering(going.record, going.evaluation, Uninterrupted(), **options)

    return make


def give(going, kind, **document):
    return going.record.commands.give(going.evaluation, kind, document, by="li", at=going.at)


def reply(going, number):
    return going.record.commands.get(number).reply


def test_nothing_asked_for_goes_by(steer):
    steering = steer()
    steering.check()
    steering.safe_point()


def test_every_check_is_a_sign_of_life(steer):
    beats = []
    steer(beat=lambda: beats.append(1)).check()
    assert beats == [1]


def test_a_check_costs_a_microsecond_when_nothing_is_due(going):
    steering = Steering(going.record, going.evaluation, Uninterrupted())
    steering.check()
    best = float("inf")
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(200):
            steering.check()
        best = min(best, (time.perf_counter() - began) / 200)
    assert best < 5e-6  # a few times what it takes: the machine may be busy


def test_an_abort_says_by_whom_and_why_and_lasts(going, steer):
    steering = steer()
    number = give(going, CommandKind.ABORT, reason="gas alarm")
    for _ in range(2):
        with pytest.raises(AbortedError, match="aborted by li: gas alarm"):
            steering.check()
    assert going.record.commands.waiting(going.evaluation)  # nothing is written before the bench is safe
    steering.finish()
    assert reply(going, number) == "aborted"


def test_a_pause_at_the_next_safe_point_waits_for_it(going, steer):
    steering = steer()
    number = give(going, CommandKind.PAUSE, reason="lunch")
    steering.check()
    assert "next safe point" in reply(going, number)
    with pytest.raises(HoldError) as held:
        steering.safe_point()
    assert held.value.reason == "paused by li: lunch"
    assert not held.value.released()
    give(going, CommandKind.RESUME)
    steering.check()
    assert held.value.released()
    steering.safe_point()


def test_a_pause_at_once_cuts_the_step(going, steer):
    steering = steer()
    give(going, CommandKind.PAUSE, at_once=True)
    with pytest.raises(HoldError, match="paused by li"):
        steering.check()
    steering.check()  # the bench is held: that is not asked for twice


def test_a_pause_that_waits_can_be_made_to_be_at_once_or_taken_back(going, steer):
    steering = steer()
    give(going, CommandKind.PAUSE)
    steering.check()
    taken_back = give(going, CommandKind.RESUME)
    steering.check()
    assert reply(going, taken_back) == "it does not pause"
    steering.safe_point()
    give(going, CommandKind.PAUSE)
    steering.check()
    give(going, CommandKind.PAUSE, at_once=True)
    with pytest.raises(HoldError):
        steering.check()
    give(going, CommandKind.RESUME)
    steering.check()
    steering.safe_point()


def test_who_pauses_again_before_the_bench_went_on_keeps_it_held(going, steer):
    steering = steer()
    give(going, CommandKind.PAUSE, at_once=True)
    with pytest.raises(HoldError) as first:
        steering.check()
    give(going, CommandKind.RESUME)
    give(going, CommandKind.PAUSE, at_once=True)
    with pytest.raises(HoldError) as second:
        steering.check()
    assert not first.value.released()
    assert not second.value.released()


def test_a_bench_that_something_else_holds_stays_paused_for_a_person(going, steer):
    steering = steer()
    going.record.set_run_state(going.run, RunState.PAUSED)
    going.record.set_evaluation_state(going.evaluation, RunState.PAUSED)
    told = give(going, CommandKind.RESUME)
    steering.check()
    assert "nothing else holds it" in reply(going, told)
    assert steering.resumes == 1
    number = give(going, CommandKind.PAUSE)
    with pytest.raises(HoldError):
        steering.check()
    assert "stays paused" in reply(going, number)


@pytest.mark.parametrize(("state", "told"), [("running", "it is not paused"), ("held", "paused by li already")])
def test_a_command_that_does_not_fit_is_answered_so(going, steer, state, told):
    steering = steer()
    if state == "held":
        give(going, CommandKind.PAUSE, at_once=True)
        with pytest.raises(HoldError):
            steering.check()
        number = give(going, CommandKind.PAUSE)
    else:
        number = give(going, CommandKind.RESUME)
    steering.check()
    assert told in reply(going, number)


def test_alarms_are_acknowledged_with_the_name_of_who_did_it(going, steer):
    details = {"action": "warn", "text": "", "channel": "room.co2", "value": 1.0, "bench_time": 5.0, "at": going.at}
    first, second = (going.record.alarms.trip(going.evaluation, name=name, **details) for name in ("gas", "oxygen"))
    steering = steer()
    one = give(going, CommandKind.ACKNOWLEDGE, alarm=second)
    steering.check()
    assert reply(going, one) == f"acknowledged: oxygen ({second})"
    rest = give(going, CommandKind.ACKNOWLEDGE, alarm=None)
    steering.check()
    assert reply(going, rest) == f"acknowledged: gas ({first})"
    assert [row.by for row in going.record.alarms.of(going.evaluation)] == ["li", "li"]
    none = give(going, CommandKind.ACKNOWLEDGE, alarm=None)
    steering.check()
    assert "no alarm" in reply(going, none)


def test_an_abort_at_the_socket_needs_no_record_and_is_kept_at_the_end(going, steer, monkeypatch):
    with ControlFile.hold(going.path, going.evaluation) as control:
        steering = steer(control=control)
        lock = sqlite3.connect(going.path, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        assert ask_abort(control.info, "li", "gas alarm")
        with pytest.raises(AbortedError, match="aborted by li: gas alarm"):
            steering.check()
        lock.execute("ROLLBACK")
        lock.close()
        steering.finish()
    (command,) = going.record.commands.of(going.evaluation)
    assert (command.kind, command.by, command.document) == (CommandKind.ABORT, "li", {"reason": "gas alarm"})
    assert command.reply == "aborted"


def test_a_record_that_cannot_be_read_for_a_moment_is_told_once_and_ends_nothing(going, steer, monkeypatch):
    told = []
    steering = steer(notice=told.append)
    number = give(going, CommandKind.PAUSE)
    with monkeypatch.context() as patch:
        patch.setattr(going.record.commands, "waiting", failing(RecordError("the record is locked")))
        steering.check()
        steering.check()
    assert told == ["commands from outside cannot be taken at the moment: the record is locked"]
    steering.check()
    assert "next safe point" in reply(going, number)


def test_a_reply_that_finds_no_room_is_given_later_and_the_command_is_obeyed_once(going, steer, monkeypatch):
    steering = steer()
    number = give(going, CommandKind.PAUSE, at_once=True)
    with monkeypatch.context() as patch:
        patch.setattr(going.record.commands, "take", failing(RecordFullError("the disk is full")))
        with pytest.raises(HoldError):
            steering.check()
        steering.check()
    assert reply(going, number) == ""
    steering.check()
    assert "pauses now" in reply(going, number)


def test_what_comes_too_late_is_answered_at_the_end(going, steer):
    steering = steer()
    number = give(going, CommandKind.PAUSE)
    steering.finish()
    assert reply(going, number) == "not taken: the evaluation ended first"


def test_what_was_given_to_a_process_that_was_lost_is_not_obeyed_by_the_next(going, steer):
    number = give(going, CommandKind.ABORT, reason="")
    question = going.record.prompts.ask(
        going.evaluation, going.run, text="Flow", unit="L/min", expected=None, bench_time=0.0, at=going.at
    )
    steering = steer(resumed=True)
    steering.check()
    assert "was lost" in reply(going, number)
    assert not going.record.prompts.get(question).open


def test_commands_from_another_thread_are_seen_within_the_look(going):
    steering = Steering(going.record, going.evaluation, Uninterrupted())
    threading.Thread(target=give, args=(going, CommandKind.ABORT)).start()
    with pytest.raises(AbortedError):
        checked(steering, time.monotonic() + 30)


def checked(steering, deadline):
    while time.monotonic() < deadline:
        steering.check()


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


def test_a_pause_that_came_where_no_step_could_be_held_stands_until_the_next_safe_point(going, steer):
    steering = steer()
    give(going, CommandKind.PAUSE, at_once=True)
    full = iter([True, True, False])

    def keep():
        if next(full):
            raise RecordFullError("record r: the disk is full")
        return "kept"

    class Waiting:
        def idle(self, real_s):
            steering.check()

    assert with_room(keep, Waiting(), lambda text: None) == "kept"
    with pytest.raises(HoldError, match="paused by li") as hold:
        steering.safe_point()
    give(going, CommandKind.RESUME)
    steering.check()
    assert hold.value.released()
    steering.safe_point()


def test_an_abort_that_came_too_late_is_not_said_to_have_been_obeyed(going, steer):
    with ControlFile.hold(going.path, going.evaluation) as control:
        steering = steer(control=control)
        assert ask_abort(control.info, "li", "gas alarm")
        steering.finish()  # nobody looked again before the end
    (command,) = going.record.commands.of(going.evaluation)
    assert command.reply == steering_module.OVER
