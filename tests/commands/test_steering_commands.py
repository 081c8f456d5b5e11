"""Evaluations listed, watched and steered from other terminals, with real processes."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest

from testbench import cli
from testbench.engine.clock import pause
from testbench.engine.control import find_process
from testbench.engine.entering import Column, Form
from testbench.outcome import RunState
from testbench.record.store import Record
from testbench.text import Text

WITHIN_S = 240.0  # for what takes seconds where nothing else runs
TESTBENCH = [sys.executable, "-P", "-m", "testbench.cli"]

STAND_IN = """\
import datetime, sys
from pathlib import Path
from testbench.engine.clock import RealClock
from testbench.engine.control import ControlFile
from testbench.engine.holding import HoldError
from testbench.engine.interruption import Interruption
from testbench.engine.operator import Prompt, RecordOperator
from testbench.engine.steering import Steering
from testbench.errors import AbortedError
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record

path, evaluation = Path(sys.argv[1]), sys.argv[2]
with Record.open(path) as record, ControlFile.hold(path, evaluation) as control, Interruption() as interruption:
    interruption.hold()
    steering = Steering(record, evaluation, interruption, control=control)
    clock = RealClock(steering.check)
    operator = RecordOperator(record, evaluation, clock)
    print("going", flush=True)
    try:
        while True:
            try:
                answer = operator.ask(Prompt("Flow at the exhaust", "L/min", 0.4))
                print(f"answered {answer.number} by {answer.by}", flush=True)
                steering.safe_point()
            except HoldError as hold:
                record.set_evaluation_state(evaluation, RunState.PAUSED)
                print(hold.reason, flush=True)
                while not hold.released():
                    clock.idle(0.05)
                record.set_evaluation_state(evaluation, RunState.RUNNING)
                print("goes on", flush=True)
    except AbortedError as error:
        steering.finish()
        now = datetime.datetime.now(datetime.timezone.utc)
        ended = {"state": RunState.ABORTED, "reason": str(error)}
        record.finish_evaluation(evaluation, outcome=Outcome.ABORTED, finished=now, **ended)
"""
"""A process that runs an evaluation without a bench: it asks the same question again and again."""


@contextmanager
def stand_in(path, evaluation):
    with subprocess.Popen(
        [sys.executable, "-c", STAND_IN, str(path), evaluation], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "going\n", process.stderr.read()
            yield process
        finally:
            process.kill()


def until(condition):
    """What a condition comes to, when it comes to something."""
    deadline = time.monotonic() + WITHIN_S
    while not (found := condition()):
        assert time.monotonic() < deadline
        pause(0.02)  # leave the processor to what is waited for
    return found


@pytest.fixture
def testbench(capsys):
    """Call the command line; its status, and what it said on both streams."""

    def call(*words):
        status = cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    return call


@pytest.fixture
def answering(going):
    """A process that asks questions, and the question that is open."""
    with stand_in(going.path, going.evaluation) as process:
        until(lambda: going.record.prompts.open(going.evaluation))
        yield process


# ---- which evaluation -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part", [lambda name: name, lambda name: name[-4:], lambda name: f"{name}-R01", lambda name: "last"]
)
def test_an_evaluation_is_meant_by_its_name_a_part_of_it_one_of_its_runs_or_as_the_last(going, testbench, part):
    status, _, err = testbench("pause", part(going.evaluation), "--record", going.path)
    assert status == 2
    assert f"{going.evaluation} is lost, no process runs it; `testbench resume {going.evaluation}`" in err


@pytest.mark.parametrize("command", ["watch", "pause", "resume", "abort", "acknowledge"])
def test_a_name_that_nobody_has_is_refused(going, testbench, command):
    status, _, err = testbench(command, "R77", "--record", going.path)
    assert status == 2
    assert err.startswith("testbench: there is no evaluation or run 'R77' in record ")


def test_a_part_that_several_have_lists_them(going, testbench):
    second = going.record.begin_evaluation(going.record.evaluation(going.evaluation).start)
    status, _, err = testbench("pause", "E2026", "--record", going.path)
    assert status == 2
    for name in (going.evaluation, second):
        assert name in err
    assert "give more of the identifier" in err


def test_a_record_that_is_not_there_is_an_error_of_the_record(tmp_path, testbench):
    for command in (["runs"], ["pause", "last"], ["close", "last", "--reason", "x"]):
        status, _, err = testbench(*command, "--record", tmp_path / "none.sqlite")
        assert status == 4
        assert "does not exist" in err


def test_without_a_record_the_one_here_is_taken_and_else_those_used_lately(going, testbench, monkeypatch, tmp_path):
    from testbench.office.known_records import known_records, remember

    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    status, _, err = testbench("runs")
    assert (status, "give one with --record" in err) == (2, True)
    (tmp_path / "gone.sqlite").touch()
    remember(tmp_path / "gone.sqlite")
    remember(going.path)
    (tmp_path / "gone.sqlite").unlink()
    assert known_records() == [going.path]
    status, out, _ = testbench("runs", "--language", "en")
    assert status == 0
    assert going.evaluation in out
    (tmp_path / "result").mkdir()
    Record.open(tmp_path / "result" / "record.sqlite", create=True).close()
    status, out, _ = testbench("runs", "--language", "en")
    assert "no evaluation" in out
    assert going.evaluation not in out
    status, _, err = testbench("pause", going.evaluation)  # found all the same
    assert "is lost" in err


def test_a_list_of_records_that_cannot_be_written_stops_nothing(going, monkeypatch, tmp_path):
    from testbench.office.known_records import known_records, remember

    (tmp_path / "file").touch()
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path / "file" / "state"))
    remember(going.path)
    assert known_records() == []


# ---- steering a process ---------------------------------------------------------------------------------------------


def test_pause_and_resume_are_answered_by_the_process(going, answering, testbench):
    status, out, _ = testbench("pause", "last", "--record", going.path, "--at-once", "--reason", "lunch")
    assert status == 0
    assert "it pauses now" in out
    assert ": lunch" in answering.stdout.readline()
    until(lambda: going.record.evaluation(going.evaluation).state is RunState.PAUSED)
    assert "paused" in testbench("runs", "--record", going.path, "--language", "en")[1]
    assert "already" in testbench("pause", "last", "--record", going.path)[1]
    status, out, _ = testbench("resume", "last", "--record", going.path)
    assert status == 0
    assert "it goes on" in out
    assert answering.stdout.readline() == "goes on\n"
    kinds = [(command.kind, bool(command.by), command.taken is not None) for command in commands(going)]
    assert kinds == [("pause", True, True), ("pause", True, True), ("resume", True, True)]


def test_a_question_is_answered_from_another_terminal(going, answering, testbench):
    status, _, err = testbench("answer", "last", "much", "--record", going.path)
    assert (status, "'much' is not a number; give a number in L/min" in err) == (2, True)
    status, _, err = testbench("answer", "last", "0.4", "--prompt", "99", "--record", going.path)
    assert (status, "no open question 99; open: 1: Flow at the exhaust" in err) == (2, True)
    status, out, _ = testbench("answer", "last", "0,41", "--record", going.path)
    assert status == 0
    assert "question 1 (Flow at the exhaust) is answered: 0,41 L/min" in out
    row = going.record.prompts.get(1)
    assert answering.stdout.readline() == f"answered 0.41 by {row.by}\n"


FORM = Form(
    title=Text(zh="绝缘电阻", en="Insulation resistance"),
    instruction=Text(zh="在 500 V 下测量。", en="Measure at 500 V."),
    columns=(Column("resistance", Text(zh="绝缘电阻", en="resistance"), "MΩ"),),
    given=({}, {}),
)


def test_a_table_is_filled_in_from_a_file(going, answering, testbench, tmp_path):
    number = going.record.prompts.ask(
        going.evaluation, None, text="t", unit="", expected=None, bench_time=0.0, at=going.at, form=FORM.document()
    )
    give = ("answer", "last", "--prompt", str(number), "--record", going.path)
    status, _, err = testbench(*give)
    assert (status, "asks for a table with the columns resistance (MΩ); give it with --csv" in err) == (2, True)
    path = tmp_path / "readings.csv"
    path.write_text("resistance\n7\n8x\n", encoding="utf-8")
    status, _, err = testbench(*give, "--csv", path)
    assert (status, "readings.csv, line 3, column resistance: '8x' is not a number" in err) == (2, True)
    path.write_text("绝缘电阻\n7\n8\n", encoding="utf-8")
    status, out, _ = testbench(*give, "--csv", path)
    assert (status, f"question {number} (Insulation resistance) is answered: 2 rows" in out) == (0, True)
    row = going.record.prompts.get(number)
    assert row.entered["rows"] == [{"resistance": 7.0}, {"resistance": 8.0}]
    assert testbench(*give[:2], "--csv", path, "--record", going.path)[0] == 2  # the other question asks for a number


def test_of_several_questions_one_must_be_named(going, answering, testbench):
    going.record.prompts.ask(
        going.evaluation, None, text="Is it tight?", unit="", expected=None, bench_time=0.0, at=going.at
    )
    status, _, err = testbench("answer", "last", "yes", "--record", going.path)
    assert status == 2
    assert "several open questions, say which with --prompt: 1: Flow at the exhaust; 2: Is it tight?" in err
    assert testbench("answer", "last", "yes", "--prompt", "2", "--record", going.path)[0] == 0
    assert going.record.prompts.get(2).answer_text == "yes"


def test_an_abort_waits_for_the_end_and_withdraws_the_question(going, answering, testbench):
    status, out, _ = testbench("abort", "last", "--reason", "smell of gas", "--record", going.path)
    assert status == 0
    assert "aborted (aborted by " in out
    assert "smell of gas" in out
    assert not going.record.prompts.get(1).open
    (command,) = commands(going)
    assert (command.kind, command.document, command.reply) == ("abort", {"reason": "smell of gas"}, "aborted")
    status, _, err = testbench("abort", "last", "--record", going.path)
    assert (status, "is over (aborted)" in err) == (2, True)


def test_an_abort_goes_through_the_record_where_the_socket_does_not_answer(going, answering, testbench, monkeypatch):
    monkeypatch.setattr("testbench.engine.control.ask_abort", lambda *_: False)
    status, out, _ = testbench("abort", "last", "--reason", "smell of gas", "--record", going.path)
    assert status == 0
    assert "smell of gas" in out
    assert [command.reply for command in commands(going)] == ["aborted"]


def test_alarms_are_acknowledged_by_name_whether_or_not_a_process_runs(going, testbench):
    details = {"action": "warn", "text": "", "channel": "room.co2", "value": 1.0, "bench_time": 5.0, "at": going.at}
    for name in ("gas", "oxygen", "oxygen"):
        going.record.alarms.trip(going.evaluation, name=name, **details)
    status, _, err = testbench("acknowledge", "last", "oxigen", "--record", going.path)
    assert (status, "has no alarm 'oxigen'; did you mean 'oxygen'" in err) == (2, True)
    with stand_in(going.path, going.evaluation):
        status, out, _ = testbench("acknowledge", "last", "oxygen", "--record", going.path)
        assert (status, out.count("acknowledged: oxygen")) == (0, 2)
    status, out, _ = testbench("acknowledge", "last", "--record", going.path)
    assert (status, "acknowledged: gas (1)" in out) == (0, True)
    status, _, err = testbench("acknowledge", "last", "--record", going.path)
    assert (status, "no alarm to acknowledge" in err) == (2, True)
    assert all(alarm.by for alarm in going.record.alarms.of(going.evaluation))


def test_a_question_of_a_lost_process_cannot_be_answered(going, testbench):
    with stand_in(going.path, going.evaluation) as process:
        until(lambda: going.record.prompts.open(going.evaluation))
        process.kill()
        process.wait()
    status, _, err = testbench("answer", "last", "0.4", "--record", going.path)
    assert (status, "is lost, no process runs it" in err) == (2, True)


def test_watching_in_a_pipe_tells_each_change_and_ends_with_a_lost_process(going, testbench):
    with stand_in(going.path, going.evaluation) as process:
        watching = subprocess.Popen(
            [*TESTBENCH, "watch", "last", "--record", str(going.path), "--language", "en"], stdout=subprocess.PIPE, text=True
        )
        with watching:
            assert watching.stdout.readline().startswith(f"{going.evaluation}: running")
            assert "`testbench answer " in until(lambda: question(watching))
            process.kill()
            process.wait()
            rest = watching.stdout.read()
        assert watching.returncode == 0
    assert f"{going.evaluation} is lost; `testbench resume {going.evaluation}` goes on with it" in rest


def question(process):
    line = process.stdout.readline()
    return line if "Flow at the exhaust" in line else ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to one process")
def test_ctrl_c_ends_the_watching_only(going, answering):
    command = [*TESTBENCH, "watch", "last", "--record", str(going.path), "--language", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stdout.readline().startswith(going.evaluation)
        watching.send_signal(signal.SIGINT)
        out, err = watching.communicate(timeout=WITHIN_S)
    assert (watching.returncode, err) == (0, "")
    assert out.endswith("not watching any more; the evaluation is not touched\n")
    assert find_process(going.path, going.evaluation).pid == answering.pid


def commands(going):
    return going.record.commands.of(going.evaluation)


# ---- on the simulated bench -----------------------------------------------------------------------------------------


@pytest.fixture
def station(tmp_path, simulated_text):
    file = tmp_path / "station.toml"
    file.write_text(simulated_text, encoding="utf-8")
    return file


def detached(*words):
    """Start an evaluation in a process of its own; its identifier."""
    done = subprocess.run([*TESTBENCH, *map(str, words), "--detach"], capture_output=True, text=True, timeout=WITHIN_S)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()[0]


def standing(path, testbench):
    (listed,) = json.loads(testbench("runs", "--record", path, "--json")[1])["evaluations"]
    return listed


def test_a_detached_evaluation_is_listed_paused_resumed_and_aborted(station, tmp_path, testbench):
    folder = tmp_path / "out"
    path = folder / "record.sqlite"
    evaluation = detached("run", "drift", "--station", station, "--output", folder)
    status, out, _ = testbench("pause", evaluation, "--at-once", "--reason", "lunch", "--record", path)
    assert (status, "it pauses now" in out) == (0, True)
    until(lambda: standing(path, testbench)["state"] == "paused")
    listed = standing(path, testbench)
    assert (listed["evaluation"], listed["devices"], listed["station"]) == (evaluation, ["A", "B", "C"], "CO2 bench 1")
    assert 0 <= listed["progress_percent"] < 100
    assert testbench("resume", evaluation, "--record", path)[0] == 0
    until(lambda: standing(path, testbench)["state"] == "running")
    status, out, _ = testbench("abort", evaluation[-4:], "--reason", "smell of gas", "--record", path)
    assert status == 0
    assert "smell of gas" in out
    assert "mfc-co2: flow 0, verified" in out
    listed = standing(path, testbench)
    assert (listed["state"], listed["outcome"], listed["process"]) == ("aborted", "aborted", None)
    until(lambda: "aborted by" in (folder / "evaluation.log").read_text(encoding="utf-8"))


def test_a_detached_evaluation_that_is_killed_is_resumed_to_its_end_in_a_process_of_its_own(station, tmp_path, testbench):
    folder = tmp_path / "out"
    path = folder / "record.sqlite"
    words = ("run", "repeatability", "--devices", "A", "--set", "repeats=40")
    evaluation = detached(*words, "--station", station, "--output", folder)
    assert testbench("pause", evaluation, "--at-once", "--record", path)[0] == 0  # else it may be over before it is killed
    process = find_process(path, evaluation)
    os.kill(process.pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    until(lambda: standing(path, testbench)["state"] in ("lost", "interrupted"))
    assert detached("resume", evaluation, "--record", path) == evaluation
    watched = subprocess.run(
        [*TESTBENCH, "watch", evaluation, "--record", str(path), "--language", "en"],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )
    assert watched.stdout.endswith(f"{evaluation} is over: finished\n"), watched.stdout + watched.stderr
    assert standing(path, testbench)["progress_percent"] == 100
    until((folder / "report.pdf").is_file)


def test_an_abort_works_while_the_record_is_locked(station, tmp_path, testbench):
    folder = tmp_path / "out"
    path = folder / "record.sqlite"
    with station.open("a", encoding="utf-8") as text:
        text.write("\n[guard]\nhang_s = 9.0\n")  # for so long the process stands still at the locked record
    evaluation = detached("run", "drift", "--station", station, "--output", folder)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=WITHIN_S)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        command = [*TESTBENCH, "abort", evaluation, "--record", str(path), "--reason", "smell of gas"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as aborting:
            until(lambda: find_process(path, evaluation) is None)
            lock.execute("ROLLBACK")
            out, err = aborting.communicate(timeout=WITHIN_S)
    assert (aborting.returncode, err) == (0, "")
    assert "the guard drove the bench to its safe state" in out
    assert "mfc-co2: flow 0, verified" in out
    assert standing(path, testbench)["state"] == "interrupted"
    with Record.open(path) as record:
        (given,) = record.commands.of(evaluation)
        assert (given.kind, given.document, bool(given.by)) == ("abort", {"reason": "smell of gas"}, True)


def test_what_was_killed_is_closed_with_a_reason_and_over_then(station, tmp_path, testbench):
    folder = tmp_path / "out"
    path = folder / "record.sqlite"
    evaluation = detached("run", "drift", "--station", station, "--output", folder)
    status, _, err = testbench("close", evaluation, "--reason", "broken", "--record", path)
    assert (status, f"is running; `testbench abort {evaluation}` ends it" in err) == (2, True)
    os.kill(find_process(path, evaluation).pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    until(lambda: standing(path, testbench)["state"] in ("lost", "interrupted"))
    status, out, _ = testbench("close", evaluation, "--reason", "analyser B is broken", "--record", path)
    assert (status, "closed" in out) == (0, True)
    listed = standing(path, testbench)
    assert listed["state"] == "closed"
    assert "analyser B is broken" in listed["reason"]
    for command in (["resume", evaluation], ["close", evaluation, "--reason", "again"]):
        status, _, err = testbench(*command, "--record", path)
        assert (status, "is over" in err) == (2, True)


def test_what_keeps_a_detached_evaluation_from_beginning_is_shown_with_its_status(station, tmp_path):
    text = station.read_text(encoding="utf-8")
    old, new = 'resource = "twin"\nmaker = "Maker A"', 'resource = "TCPIP::127.0.0.1::16::SOCKET"\nmaker = "Maker A"'
    assert old in text
    station.write_text(text.replace(old, new), encoding="utf-8")
    words = ["run", "repeatability", "--station", str(station), "--output", str(tmp_path / "out"), "--detach"]
    done = subprocess.run([*TESTBENCH, *words], capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "testbench: A (TCPIP::127.0.0.1::16::SOCKET)" in done.stderr
