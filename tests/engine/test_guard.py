"""The guard with real processes, sockets and signals, on the simulated laboratory: the gas stops whatever happens."""

import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from instruments.alicat import Alicat, AlicatSettings
from instruments.twin.launch import start_laboratory
from testbench.engine.clock import monotonic
from testbench.engine.guard import start_guard
from testbench.engine.guard_messages import Assignment
from testbench.engine.roles import Parts
from testbench.engine.watched_process import WatchedProcess
from testbench.errors import InstrumentError
from testbench.outcome import Outcome, RunState
from testbench.record.store import Record
from testbench.station import parse_station

STAND_IN = Path(__file__).with_name("stand_in_bench.py")
PATIENCE_S = 30.0  # on a busy computer; where it is right it takes a fraction
CONTROLLERS = ("mfc-co2", "mfc-n2")

unix = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")


class Bench:
    """A laboratory with a station file, a record, and a process that runs them."""

    def __init__(self, folder, text):
        path = folder / "station.toml"
        path.write_text(text, encoding="utf-8")
        self.station = parse_station(text, path)
        self.record = folder / "record.sqlite"
        self.laboratory = start_laboratory(self.station, directory=folder, idle_exit_s=PATIENCE_S)
        self.laboratory.reset(1)
        self.resources = dict(self.laboratory.resources)
        self.laboratory.close()  # from now on it follows real time, and serves whoever comes
        self.process = None
        self.lines = queue.Queue()
        self.notices = []
        self.evaluation = ""
        self.guards = []

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
            if line.startswith("notice"):
                self.notices.append(line)
            if line.startswith(begin):
                return line.removeprefix(begin).strip()

    def guard(self):
        """Number of the guard's process, when there is one that watches."""
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            self.tell("guard")
            answer = self.hear("guard ")
            if answer != "None":
                self.guards.append(int(answer))
                return int(answer)
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
        raise AssertionError(f"gas still flows: {self.flows()}")

    def events(self):
        """What the guard entered, when it has entered all."""
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            with Record.open(self.record) as record:
                row = record.evaluation(self.evaluation)
                if row.outcome is not None:
                    return row, [(event.kind, event.text) for event in record.events(self.evaluation)]
        raise AssertionError("nothing was entered")

    def note(self):
        """The text file that the guard left."""
        until = monotonic() + PATIENCE_S
        while monotonic() < until:
            for path in self.record.parent.glob("record.sqlite.guard-*.txt"):
                if text := path.read_text(encoding="utf-8"):
                    return text
        raise AssertionError("no file was written")

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE_S)
            self.process.stdin.close()
            self.process.stdout.close()
        start_laboratory(self.station, directory=self.station.path.parent, idle_exit_s=PATIENCE_S).stop()


@pytest.fixture
def make_bench(tmp_path, simulated_text):
    made = []

    def make(more=""):
        made.append(Bench(tmp_path, simulated_text + more))
        return made[-1]

    yield make
    for bench in made:
        bench.end()


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
    assert row.outcome is Outcome.ERROR
    assert row.finished is None
    assert not list(bench.record.parent.glob("*guard*"))


def test_an_evaluation_that_was_interrupted_can_be_told_from_one_that_is_over(make_bench):
    bench = make_bench().run()
    bench.process.kill()
    row, _ = bench.events()
    assert row.state is RunState.INTERRUPTED
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


def test_an_instrument_that_cannot_be_reached_is_listed(make_bench):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    bench = make_bench(UNREACHABLE.format(port=port)).run()
    bench.process.kill()
    assert bench.gas_stops() < 4.0
    row, events = bench.events()
    safe = safe_states(events)
    assert [name for name, outcome in safe.items() if not outcome["verified"]] == ["mfc-gone"]
    assert "connection refused" in safe["mfc-gone"]["read_back"]
    assert "safe state not verified: mfc-gone" in row.reason


def test_a_silent_instrument_keeps_the_guard_no_longer_than_3_seconds(make_bench):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        bench = make_bench(UNREACHABLE.format(port=listener.getsockname()[1])).run()
        bench.process.kill()
        assert bench.gas_stops() < 4.0
        _, events = bench.events()
    assert "within 3 s" in safe_states(events)["mfc-gone"]["read_back"]


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


UNREACHABLE = """
[instruments.mfc-gone]
driver = "alicat"
resource = "TCPIP::127.0.0.1::{port}::SOCKET"
full_scale = 5.0
flow_unit = "L/min"
uncertainty_percent = 0.4
reproducibility_percent = 0.03
"""


class Orphan:
    """A guard whose process was gone before they met."""

    def __init__(self, bench, *, takes_over):
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait(PATIENCE_S)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.assignment = Assignment(
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

    def run(self):
        """Run it to its end; return its exit status."""
        command = [sys.executable, "-P", "-m", "testbench.engine.guarding"]
        return subprocess.run(command, input=self.assignment.line(), timeout=PATIENCE_S, capture_output=True).returncode


def test_a_guard_that_was_never_met_ends_by_itself(make_bench):
    bench = make_bench().run()
    assert Orphan(bench, takes_over=False).run() == 0
    assert sum(bench.flows()) > 1.0


def test_a_guard_in_place_of_a_lost_one_acts_although_it_was_never_met(make_bench):
    bench = make_bench().run()
    assert Orphan(bench, takes_over=True).run() == 0
    assert not any(bench.set_points())


def test_a_guard_that_cannot_be_started_says_why(tmp_path, simulated_text):
    text = simulated_text.replace('driver = "alicat"', 'driver = "nonsense"', 1)
    notices = []
    guard = start_guard(
        parse_station(text, tmp_path / "s.toml"), {}, tmp_path / "r.sqlite", None, None, 10.0, notice=notices.append
    )
    with pytest.raises(InstrumentError, match=r"guard cannot be started.*unknown driver 'nonsense'"):
        guard.await_ready()
    guard.release()
    assert notices == []


def test_a_run_goes_on_when_no_other_guard_can_be_started(make_bench, tmp_path, monkeypatch):
    bench = make_bench()
    notices = []
    guard = start_guard(bench.station, bench.resources, bench.record, None, None, 10.0, notice=notices.append)
    guard.await_ready()
    assert guard.pid is not None
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python-here"))
    first = WatchedProcess(guard.pid)
    first.end()
    assert first.gone(PATIENCE_S)
    until = monotonic() + PATIENCE_S
    while len(notices) < 2 and monotonic() < until:
        guard.beat()
        select.select([], [], [], 0.05) if sys.platform != "win32" else None
    guard.release()
    assert "has ended; another one is started" in notices[0]
    assert "there is no guard, it cannot be started" in notices[1]
    assert "no-python-here" in notices[1]


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
