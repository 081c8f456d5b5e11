"""The guard with real processes, sockets and signals, on the simulated laboratory: the gas stops whatever happens."""

import errno
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from instruments.alicat import Alicat, AlicatSettings
from instruments.twin.launch import start_laboratory
from testbench.engine.assembly import assemble
from testbench.engine.clock import monotonic, pause
from testbench.engine.guard.client import start_guard
from testbench.engine.guard.messages import Assignment
from testbench.engine.guard.watched import WatchedProcess
from testbench.engine.ownership import owning
from testbench.engine.roles import Parts
from testbench.errors import InstrumentError
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record
from testbench.station import parse_station

STAND_IN = Path(__file__).with_name("stand_in_bench.py")
PATIENCE_S = 30.0  # on a busy computer; where it is right it takes a fraction
BETWEEN_S = 0.02  # between two looks, in which the processor is left to what is waited for
CONTROLLERS = ("mfc-co2", "mfc-n2")

unix = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")


class Bench:
    """A laboratory with a station file, a record, and a process that runs them."""

    def __init__(self, station, record):
        self.station = station
        self.record = record
        laboratory = start_laboratory(station, directory=station.path.parent, idle_exit_s=PATIENCE_S)
        laboratory.reset(1)
        self.resources = dict(laboratory.resources)
        laboratory.close()  # from now on it follows real time, and serves whoever comes
        self.process = None
        self.lines = queue.Queue()
        self.evaluation = ""

    def run(self, *options, hang_s=60.0):
        """Start the process; return when gas flows and the guard watches."""
        command = [sys.executable, STAND_IN, self.station.path, self.record, str(hang_s), json.dumps(self.resources)]
        self.process = subprocess.Popen(
            [*map(str, command), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=lambda: [self.lines.put(line.strip()) for line in self.process.stdout], daemon=True).start()
        self.evaluation = self.hear("flowing")
        assert sum(self.flows()) > 1.0
        return self

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def hear(self, begin):
        """The rest of the next line that begins so."""
        while True:
            line = self.lines.get(timeout=PATIENCE_S)
            if line.startswith(begin):
                return line.removeprefix(begin).strip()

    def guard(self):
        """Number of the guard's process, when there is one that watches."""
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            self.tell("guard")
            answer = self.hear("guard ")
            if answer != "None":
                return int(answer)
            pause(BETWEEN_S)
        raise AssertionError("no guard")

    def set_points(self):
        return [state.setpoint for state in self.states()]

    def flows(self):
        return [state.mass_flow for state in self.states()]

    def states(self):
        """What the controllers in the plant say, asked by a client of its own."""
        for name in CONTROLLERS:
            settings = AlicatSettings(
                resource=self.resources[name],
                unit_id=self.station.station.instruments[name].options["unit_id"],
                full_scale=5.0,
                flow_unit="L/min",
                uncertainty_percent=0.4,
                reproducibility_percent=0.03,
            )
            driver = Alicat(name, settings, Parts({}, {}))
            driver.open()
            try:
                yield driver.state()
            finally:
                driver.close()

    def gas_stops(self):
        """Wait until all flows are zero; return after how long, s."""
        began = monotonic()
        while monotonic() - began < PATIENCE_S:
            if not any(self.set_points()) and not any(self.flows()):
                return monotonic() - began
            pause(BETWEEN_S)
        raise AssertionError(f"gas still flows: {self.flows()}")

    def events(self):
        """What the guard entered, when it has entered all."""
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            with Record.open(self.record) as record:
                row = record.evaluation(self.evaluation)
                if row.outcome is not None:
                    return row, [(event.kind, event.text) for event in record.events(self.evaluation)]
            pause(BETWEEN_S)
        raise AssertionError("nothing was entered")

    def supply(self):
        """Open the gas from this process, and leave it so."""
        equipment = assemble(self.station, resources=self.resources)
        for controller in equipment.divider.sources:
            controller.open()
        equipment.divider.supply("CO2", 0.1)
        for controller in equipment.divider.sources:
            controller.close()

    def event(self):
        """The first event that is entered."""
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            with Record.open(self.record) as record:
                if events := record.events(self.evaluation):
                    return events[0]
            pause(BETWEEN_S)
        raise AssertionError("nothing was entered")

    def note(self):
        """The text file that the guard left."""
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            for path in self.record.parent.glob("record.sqlite.guard-*.txt"):
                if text := path.read_text(encoding="utf-8"):
                    return text
            pause(BETWEEN_S)
        raise AssertionError("no file was written")

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE_S)
            self.process.stdin.close()
            self.process.stdout.close()


@pytest.fixture(scope="module")
def stations(tmp_path_factory, simulated_text):
    """Give the simulated station, or one with more in it; their laboratories go on between the tests."""
    made = {}

    def give(more):
        if more not in made:
            path = tmp_path_factory.mktemp("bench") / "station.toml"
            path.write_text(simulated_text + more, encoding="utf-8")
            made[more] = parse_station(simulated_text + more, path)
        return made[more]

    yield give
    for station in made.values():
        start_laboratory(station, directory=station.path.parent, idle_exit_s=PATIENCE_S).stop()


@pytest.fixture
def make_bench(tmp_path, stations):
    made = []

    def make(more=""):
        made.append(Bench(stations(more), tmp_path / "record.sqlite"))
        return made[-1]

    yield make
    for bench in made:
        bench.end()


@pytest.fixture
def make_guard(tmp_path):
    """Have this process guarded; what is told of it is in `notices`."""
    made = []

    def make(station, resources, notices):
        made.append(start_guard(station, resources, tmp_path / "record.sqlite", None, None, 10.0, notice=notices.append))
        return made[-1]

    yield make
    for guard in made:
        guard.release()


def beating(guard, done):
    """Give signs of life until `done()`."""
    until = monotonic() + PATIENCE_S
    while not done():
        assert monotonic() < until
        guard.beat()
        threading.Event().wait(0.02)


def safe_states(events):
    """What became of each instrument."""
    outcomes = [json.loads(text) for kind, text in events if kind == "safe state"]
    return {outcome["instrument"]: outcome for outcome in outcomes}


def test_gas_stops_when_the_process_that_runs_the_bench_is_killed(make_bench):
    bench = make_bench().run()
    bench.process.kill()
    assert bench.gas_stops() < 4.0
    row, events = bench.events()
    kinds = [kind for kind, _ in events]
    assert kinds.count("guard") == 1
    assert f"({bench.process.pid}) ended without leaving it safe" in dict(events)["guard"]
    safe = {
        outcome["instrument"]: outcome for outcome in (json.loads(text) for kind, text in events if kind == "safe state")
    }
    assert {"mfc-co2", "mfc-n2", "daq", "A", "B", "C"} <= set(safe)
    assert safe["mfc-co2"]["verified"]
    assert "set-point 0" in safe["mfc-co2"]["read_back"]
    assert row.state is RunState.INTERRUPTED
    assert row.outcome is Outcome.ERROR
    assert row.finished is None
    assert not list(bench.record.parent.glob("*guard*"))
    assert "ended without leaving it safe" in row.reason
    assert "verified by reading back" in row.reason


def test_a_process_that_hangs_is_ended_before_the_gas_is_stopped(make_bench):
    bench = make_bench().run(hang_s=1.0)
    bench.tell("hang")
    bench.process.wait(PATIENCE_S)
    assert bench.gas_stops() < 4.0
    _, events = bench.events()
    assert "gave no sign of life for 1 s and was ended" in dict(events)["guard"]


@unix
def test_a_process_that_is_stopped_by_a_signal_hangs_too(make_bench):
    bench = make_bench().run(hang_s=1.0)
    bench.process.send_signal(signal.SIGSTOP)
    assert bench.process.wait(PATIENCE_S) == -signal.SIGKILL
    assert bench.gas_stops() < 4.0


def test_nothing_is_driven_after_a_normal_end(make_bench):
    bench = make_bench().run()
    guard = bench.guard()
    bench.tell("release")
    bench.hear("released")
    assert bench.process.wait(PATIENCE_S) == 0
    assert WatchedProcess(guard).gone(PATIENCE_S)
    assert sum(bench.set_points()) > 1.0  # what the process left it at
    with Record.open(bench.record) as record:
        assert record.events(bench.evaluation) == []
        assert record.evaluation(bench.evaluation).outcome is None


def test_a_person_may_take_longer_than_a_hang(make_bench):
    bench = make_bench().run(hang_s=1.0)
    guard = WatchedProcess(bench.guard())
    bench.tell("be patient")
    assert not guard.gone(2.5)
    bench.tell("at last")
    assert bench.hear("went on") == "at last"
    assert sum(bench.flows()) > 1.0
    bench.tell("hang")  # and now it counts again
    bench.process.wait(PATIENCE_S)
    assert bench.gas_stops() < 4.0


def test_the_death_of_a_process_counts_also_while_a_person_is_waited_for(make_bench):
    bench = make_bench().run()
    bench.tell("be patient")
    bench.process.kill()
    assert bench.gas_stops() < 4.0


def test_a_guard_that_is_killed_is_replaced(make_bench):
    bench = make_bench().run()
    first = WatchedProcess(bench.guard())
    first.end()
    assert first.gone(PATIENCE_S)
    assert "has ended; another one is started" in bench.hear("notice: the guard")
    bench.hear("notice: another guard")
    assert bench.guard() != first.pid
    assert sum(bench.flows()) > 1.0
    bench.process.kill()
    assert bench.gas_stops() < 4.0
    row, events = bench.events()
    assert len([kind for kind, _ in events if kind == "guard"]) == 1
    assert row.identifier == bench.evaluation


@unix
def test_a_guard_that_is_asked_to_end_stays(make_bench):
    bench = make_bench().run()
    guard = bench.guard()
    os.kill(guard, signal.SIGTERM)
    os.kill(guard, signal.SIGINT)
    bench.process.kill()
    assert bench.gas_stops() < 4.0


@unix
def test_time_in_which_everything_stood_still_is_no_hang(make_bench):
    bench = make_bench().run(hang_s=1.0)
    guard = bench.guard()
    os.kill(guard, signal.SIGSTOP)
    bench.process.send_signal(signal.SIGSTOP)
    assert not WatchedProcess(guard).gone(3.0)
    os.kill(guard, signal.SIGCONT)
    bench.process.send_signal(signal.SIGCONT)
    assert bench.guard() == guard
    assert sum(bench.flows()) > 1.0


def test_instruments_that_cannot_be_reached_are_listed_and_delay_nothing(make_bench):
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as listener:
        gone = listener.getsockname()[1]
        listener.close()
        more = CONTROLLER.format(name="mfc-gone", port=gone)
        more += CONTROLLER.format(name="mfc-silent", port=silent.getsockname()[1])
        bench = make_bench(more).run()
        bench.process.kill()
        assert bench.gas_stops() < 4.0
        row, events = bench.events()
    safe = safe_states(events)
    assert [name for name, outcome in safe.items() if not outcome["verified"]] == ["mfc-gone", "mfc-silent"]
    assert "connection refused" in safe["mfc-gone"]["read_back"]
    assert "within 3 s" in safe["mfc-silent"]["read_back"]
    assert "safe state not verified: mfc-gone" in row.reason


def test_a_bench_that_somebody_else_has_meanwhile_is_left_alone(make_bench):
    bench = make_bench().run()
    with owning([], bench.station.path):
        bench.process.kill()
        event = bench.event()
    assert "the guard left the bench alone" in event.text
    assert "in use by" in event.text
    assert sum(bench.set_points()) > 1.0
    with Record.open(bench.record) as record:
        assert record.evaluation(bench.evaluation).outcome is None


def test_without_a_record_that_can_be_written_a_file_beside_it_says_the_same(make_bench):
    bench = make_bench().run()
    for leftover in bench.record.parent.glob("record.sqlite-*"):
        leftover.unlink()
    bench.record.write_bytes(b"this is no record any more")
    bench.process.kill()
    assert bench.gas_stops() < 4.0
    text = bench.note()
    assert "ended without leaving it safe" in text
    assert "the record could not be written" in text
    assert "mfc-co2: flow 0: verified set-point 0" in text
    assert bench.evaluation in text


def test_before_there_is_an_evaluation_the_file_says_so(make_bench):
    bench = make_bench().run("--unrecorded")
    bench.process.kill()
    assert bench.gas_stops() < 4.0
    assert "no evaluation had been entered" in bench.note()


CONTROLLER = """
[instruments.{name}]
driver = "alicat"
resource = "TCPIP::127.0.0.1::{port}::SOCKET"
full_scale = 5.0
flow_unit = "L/min"
uncertainty_percent = 0.4
reproducibility_percent = 0.03
"""


def orphan(bench, *, takes_over):
    """Run a guard whose process was gone before they met; return its exit status."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(PATIENCE_S)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assignment = Assignment(
        station=bench.station.path,
        text=bench.station.text,
        resources=bench.resources,
        devices=None,
        record=bench.record,
        hang_s=10.0,
        pid=dead.pid,
        port=port,
        token="0",
        takes_over=takes_over,
    )
    command = [sys.executable, "-P", "-m", "testbench.engine.guard.process"]
    return subprocess.run(command, input=assignment.line(), timeout=PATIENCE_S, capture_output=True).returncode


def test_a_guard_that_was_never_met_ends_by_itself(make_bench):
    bench = make_bench()
    bench.supply()
    assert orphan(bench, takes_over=False) == 0
    assert sum(bench.set_points()) > 1.0


def test_a_guard_in_place_of_a_lost_one_acts_although_it_was_never_met(make_bench):
    bench = make_bench()
    bench.supply()
    assert orphan(bench, takes_over=True) == 0
    assert not any(bench.set_points())


def test_a_guard_that_cannot_be_started_says_why(make_guard, tmp_path, simulated_text):
    text = simulated_text.replace('driver = "alicat"', 'driver = "nonsense"', 1)
    notices = []
    guard = make_guard(parse_station(text, tmp_path / "station.toml"), {}, notices)
    with pytest.raises(InstrumentError, match=r"guard cannot be started.*unknown driver 'nonsense'"):
        guard.await_ready()
    assert notices == []


def test_a_run_goes_on_when_no_other_guard_can_be_started(make_bench, make_guard, tmp_path, monkeypatch):
    bench, notices = make_bench(), []
    guard = make_guard(bench.station, bench.resources, notices)
    guard.await_ready()
    python = sys.executable
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python-here"))
    monkeypatch.setattr("testbench.engine.guard.client.RETRY_S", 0.1)
    WatchedProcess(guard.pid).end()
    beating(guard, lambda: len(notices) == 2)
    assert guard.pid is None
    assert "has ended; another one is started" in notices[0]
    assert "there is no guard, it cannot be started" in notices[1]
    assert "no-python-here" in notices[1]
    monkeypatch.setattr(sys, "executable", python)
    beating(guard, lambda: guard.pid is not None)
    assert f"another guard (process {guard.pid}) watches" in notices[2]


def test_a_run_goes_on_when_there_is_no_room_to_start_another_guard(make_bench, make_guard, monkeypatch):
    bench, notices = make_bench(), []
    guard = make_guard(bench.station, bench.resources, notices)
    guard.await_ready()

    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    WatchedProcess(guard.pid).end()
    beating(guard, lambda: len(notices) == 2)
    assert "there is no guard, it cannot be started" in notices[1]
    assert "No space left on device" in notices[1]


@unix
def test_a_guard_that_does_not_answer_is_replaced(make_bench, make_guard, monkeypatch):
    bench, notices = make_bench(), []
    guard = make_guard(bench.station, bench.resources, notices)
    guard.await_ready()
    first = guard.pid
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr("testbench.engine.guard.client.ANSWER_WITHIN_S", 0.5)
    beating(guard, lambda: guard.pid not in (first, None))
    assert f"the guard (process {first}) has not answered for 0.5 s; another one is started" in notices[0]
    assert WatchedProcess(first).gone(PATIENCE_S)


def test_children_of_the_process_do_not_hide_its_death(make_bench):
    bench = make_bench().run()
    bench.tell("child")
    child = WatchedProcess(int(bench.hear("child ")))
    bench.process.kill()
    try:
        assert bench.gas_stops() < 4.0
        assert not child.gone(0.0)
    finally:
        child.end()
