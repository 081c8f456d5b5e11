"""The simulated laboratory as a process: found, owned, left, ended; over real sockets."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from instruments.twin.launch import ControlChannel, NotThereError, SimulatedLaboratory, start_laboratory
from instruments.twin.messages import Advance, Hello, Message, Now, Reset, Stop
from instruments.twin.plant import Plant
from instruments.twin.rendezvous import Rendezvous, read_rendezvous, rendezvous_path, write_rendezvous
from testbench.engine.roles import Adjustment
from testbench.errors import InputError, InstrumentError, StationError
from testbench.station import StationFile, parse_station

STATION = """
[station]
name = "one scanner"
[cylinders.co2]
component = "CO2"
fraction_percent = 20.0
[instruments.daq]
driver = "keysight-daq"
resource = "twin"
shunts = { 101 = 250.0 }
[environment.temperature]
driver = "current-loop-sensor"
quantity = "temperature"
unit = "°C"
instrument = "daq"
channel = 101
low = -20.0
high = 60.0
truth.value = 23.0
[devices.B]
driver = "modbus-profile"
resource = "twin:serial"
profile = "tl-gas280"
maker = "M"
model = "m"
range = [0.0, 20.0]
unit = "%"
"""

Start = Callable[..., SimulatedLaboratory]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory whose laboratories serve one test after another; they are ended with the last."""
    directory = tmp_path_factory.mktemp("laboratories")
    yield directory
    end_all(directory)


@pytest.fixture(scope="module")
def station(place: Path) -> StationFile:
    return parse_station(STATION, place / "station.toml")


@pytest.fixture
def start(station: StationFile, place: Path) -> Iterator[Start]:
    """Start or find laboratories; they are left afterwards."""
    owned: list[SimulatedLaboratory] = []

    def begin(file: StationFile = station) -> SimulatedLaboratory:
        owned.append(start_laboratory(file, directory=place, idle_exit_s=30.0))
        return owned[-1]

    yield begin
    for laboratory in owned:
        laboratory.close()


@pytest.fixture
def start_alone(station: StationFile, tmp_path: Path) -> Iterator[Start]:
    """Start or find laboratories in the test's own directory; they are ended afterwards."""
    owned: list[SimulatedLaboratory] = []

    def begin(file: StationFile = station, idle_exit_s: float = 30.0) -> SimulatedLaboratory:
        owned.append(start_laboratory(file, directory=tmp_path, idle_exit_s=idle_exit_s))
        return owned[-1]

    yield begin
    for laboratory in owned:
        laboratory.close()
    end_all(tmp_path)


def end_all(directory: Path) -> None:
    for path in directory.glob("laboratory-*.json"):
        rendezvous = read_rendezvous(path)
        if rendezvous is not None:
            with contextlib.suppress(NotThereError):
                visitor = visit(rendezvous)
                visitor.ask(Stop())
                visitor.close()


def found(station: StationFile, directory: Path) -> Rendezvous:
    rendezvous = read_rendezvous(rendezvous_path(station, directory))
    assert rendezvous is not None
    return rendezvous


def visit(rendezvous: Rendezvous) -> ControlChannel:
    """Come without becoming the owner."""
    channel = ControlChannel(rendezvous, 10.0)
    channel.ask(Hello(token=rendezvous.token, digest=rendezvous.digest, pid=1, own=False))
    return channel


def connect(laboratory: SimulatedLaboratory, name: str) -> socket.socket:
    resource = laboratory.resources[name]
    return socket.create_connection(("127.0.0.1", int(resource.replace(":", " ").split()[-2])), 10.0)


def ask(connection: socket.socket, text: str) -> str:
    connection.sendall(text.encode() + b"\n")
    answer = b""
    while not answer.endswith(b"\n"):
        answer += connection.recv(4096)
    return answer.decode().strip()


def scan(daq: socket.socket) -> str:
    """Voltage over the shunt of channel 101."""
    daq.sendall(b"ROUT:SCAN (@101)\n")
    return ask(daq, "READ?")


def wait_for_end(rendezvous: Rendezvous) -> None:
    """Block until the laboratory closes a connection of ours, or is gone already."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", rendezvous.control_port), 20.0) as watch:
        assert watch.recv(1) == b""


def test_every_simulated_instrument_has_a_resource_name_of_its_kind(start: Start) -> None:
    resources = start().resources
    assert set(resources) == {"daq", "B"}
    assert resources["daq"].startswith("TCPIP::127.0.0.1::")
    assert resources["daq"].endswith("::SOCKET")
    assert resources["B"].startswith("ASRLsocket://127.0.0.1:")
    assert resources["B"].endswith("::INSTR")


def test_an_instrument_answers_in_its_protocol_and_shows_the_plant(start: Start) -> None:
    laboratory = start()
    laboratory.reset(1)
    with connect(laboratory, "daq") as daq:
        assert "34972A" in ask(daq, "*IDN?")
        cold = float(scan(daq))
        laboratory.set_condition("temperature", 60.0)
        assert float(scan(daq)) == cold  # the command acts after its tick
        laboratory.advance(1.0)
        assert float(scan(daq)) != cold


def test_a_frame_may_arrive_in_pieces(start: Start) -> None:
    laboratory = start()
    with connect(laboratory, "daq") as daq:
        daq.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (b"*I", b"DN", b"?\n"):
            daq.sendall(piece)
        assert b"34972A" in daq.recv(4096)


def test_time_stands_still_for_its_owner_and_moves_only_as_told(start: Start) -> None:
    laboratory = start()
    laboratory.reset(1)
    assert laboratory.now() == 0.0
    laboratory.advance(86400.0)
    assert laboratory.now() == 86400.0
    with pytest.raises(InstrumentError, match="bench time is 86400 s and cannot be set to 5 s"):
        laboratory.advance(5.0)


def test_a_reset_starts_anew_for_instruments_that_are_connected(start: Start) -> None:
    laboratory = start()
    laboratory.reset(1)
    with connect(laboratory, "daq") as daq:
        initially = scan(daq)
        laboratory.set_condition("temperature", 55.0)
        laboratory.advance(10.0)
        assert scan(daq) != initially
        laboratory.reset(1)
        assert laboratory.now() == 0.0
        assert scan(daq) == initially


def test_the_log_reproduces_the_plant(start: Start, station: StationFile) -> None:
    laboratory = start()
    laboratory.reset(9)
    laboratory.advance(12.5)
    laboratory.set_condition("temperature", 31.0)
    laboratory.adjust_by_hand("B", Adjustment.ZERO, 0.1, 0.0)
    laboratory.connect_gas({"CO2": 0.1, "SO2": 1e-4})
    laboratory.connect_gas({})
    laboratory.advance(20.0)
    history = laboratory.log()
    assert (history.seed, history.now_s, len(history.commands)) == (9, 20.0, 4)
    assert [(one.name, one.values) for one in history.commands[2:]] == [("CO2 SO2", (0.1, 1e-4)), ("", ())]
    plant = Plant(station.station, history.seed)
    plant.replay(history.commands)
    plant.advance(history.now_s)
    assert plant.sensor("temperature").value() == 31.0
    assert plant.analyser("B").indication() == pytest.approx(0.042 - 0.1)


def test_what_the_simulated_operator_cannot_do_is_refused_in_words(start: Start) -> None:
    laboratory = start()
    with pytest.raises(InstrumentError, match="no device 'Z'; there are: B"):
        laboratory.adjust_by_hand("Z", Adjustment.ZERO, 0.1, 0.0)
    with pytest.raises(InstrumentError, match="no condition 'pressure' to set; there are: temperature"):
        laboratory.set_condition("pressure", 100.0)


def test_a_second_owner_is_refused_and_told_who_the_first_is(start: Start) -> None:
    start()
    with pytest.raises(InstrumentError, match=rf"'one scanner' .* in use by process {os.getpid()}"):
        start()


def test_a_visitor_neither_advances_nor_resets(start: Start, station: StationFile, place: Path) -> None:
    laboratory = start()
    visitor = visit(found(station, place))
    requests: list[Message] = [Advance(to_s=5.0), Reset(seed=2)]
    for request in requests:
        with pytest.raises(InstrumentError, match="in use by process"):
            visitor.ask(request)
    laboratory.close()
    for request in requests:
        with pytest.raises(InstrumentError, match="only an owner"):
            visitor.ask(request)
    visitor.close()


def test_who_does_not_know_the_token_gets_nothing(start: Start, station: StationFile, place: Path) -> None:
    start()
    rendezvous = found(station, place)
    channel = ControlChannel(rendezvous, 10.0)
    with pytest.raises(InstrumentError, match="say hello with the token first"):
        channel.ask(Now())
    with pytest.raises(NotThereError, match="wrong token"):
        channel.ask(Hello(token="0" * 32, digest=rendezvous.digest, pid=1))
    channel.close()


def test_nonsense_on_the_control_channel_is_answered_with_an_error(start: Start, station: StationFile, place: Path) -> None:
    start()
    with socket.create_connection(("127.0.0.1", found(station, place).control_port), 10.0) as channel:
        for line in ("hello", '{"call": "explode"}', '{"call": "advance", "to_s": -1}', "[]"):
            assert '"error":"not understood' in ask(channel, line)


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_only_this_user_can_read_the_token(start_alone: Start, station: StationFile, tmp_path: Path) -> None:
    start_alone()
    assert stat.S_IMODE(rendezvous_path(station, tmp_path).stat().st_mode) == 0o600


def test_after_its_owner_left_it_goes_on_in_real_time_and_is_found_again(
    start_alone: Start, station: StationFile, tmp_path: Path
) -> None:
    laboratory = start_alone()
    laboratory.reset(4)
    laboratory.advance(5000.0)
    laboratory.close()
    visitor = visit(found(station, tmp_path))
    first = visitor.ask(Now())
    while (later := visitor.ask(Now())) <= first:
        pass
    assert 5000.0 <= first < later < 5060.0
    visitor.close()
    again = start_alone()
    assert again.pid == laboratory.pid
    assert again.log().seed == 4
    now = again.now()
    assert again.now() == now >= later


def test_without_anybody_it_ends_by_itself_and_leaves_nothing_behind(
    start_alone: Start, station: StationFile, tmp_path: Path
) -> None:
    laboratory = start_alone(idle_exit_s=0.05)
    rendezvous = found(station, tmp_path)
    laboratory.close()
    wait_for_end(rendezvous)
    left = {path.suffix for path in tmp_path.iterdir()}
    assert left <= ({".log"} if os.name == "nt" else set())  # Windows does not remove open files


def test_a_connection_to_an_instrument_keeps_it_alive(start_alone: Start, station: StationFile, tmp_path: Path) -> None:
    laboratory = start_alone(idle_exit_s=0.02)
    laboratory.reset(1)
    rendezvous = found(station, tmp_path)
    with connect(laboratory, "daq") as daq:
        visitor = visit(rendezvous)
        laboratory.close()
        while visitor.ask(Now()) < 0.1:  # five times the idle time passes
            pass
        assert "34972A" in ask(daq, "*IDN?")
    wait_for_end(rendezvous)
    visitor.close()


def test_after_a_kill_the_next_start_makes_a_new_one(start_alone: Start, station: StationFile, tmp_path: Path) -> None:
    first = start_alone()
    rendezvous = found(station, tmp_path)
    os.kill(first.pid, signal.SIGTERM)
    wait_for_end(rendezvous)
    with pytest.raises(InstrumentError, match=rf"process {first.pid}\): no longer there .* Start the evaluation again"):
        first.now()
    second = start_alone()
    assert second.pid != first.pid
    second.reset(1)


def test_an_owner_that_dies_frees_the_laboratory(start_alone: Start, station: StationFile, tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from instruments.twin.launch import start_laboratory; from testbench.station import parse_station\n"
        "file = parse_station(sys.stdin.buffer.read().decode(), Path(sys.argv[1]))\n"
        "laboratory = start_laboratory(file, directory=Path(sys.argv[2]), idle_exit_s=30)\n"
        "laboratory.reset(6); laboratory.advance(100.0); print(laboratory.pid, flush=True); os._exit(9)"
    )
    # run() returns when the pipe is closed by all: the laboratory must not hold it
    died = subprocess.run(
        [sys.executable, "-c", code, str(station.path), str(tmp_path)],
        input=STATION.encode(),
        stdout=subprocess.PIPE,
        timeout=25,
    )
    assert died.returncode == 9
    laboratory = start_alone()
    assert laboratory.pid == int(died.stdout)
    assert laboratory.now() >= 100.0


@pytest.mark.parametrize("content", ["", "{}", '{"pid": 1'])
def test_a_rendezvous_that_is_none_is_ignored(
    start_alone: Start, station: StationFile, tmp_path: Path, content: str
) -> None:
    rendezvous_path(station, tmp_path).write_text(content)
    start_alone().reset(1)


@pytest.mark.parametrize(
    "answer", [b"", b"220 ready\r\n", b'{"result": 5}\n', b'{"error": "wrong token", "stranger": true}\n']
)
def test_a_rendezvous_whose_port_another_program_has_is_ignored(
    start_alone: Start, station: StationFile, tmp_path: Path, answer: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def serve() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        stale = Rendezvous(pid=1, control_port=other.getsockname()[1], token="t", digest=station.digest, resources={})
        write_rendezvous(rendezvous_path(station, tmp_path), stale)
        laboratory = start_alone()
        thread.join()
    assert set(laboratory.resources) == {"daq", "B"}


def test_another_text_of_the_same_station_file_is_another_laboratory(start: Start, station: StationFile) -> None:
    first = start()
    second = start(parse_station(STATION.replace("23.0", "24.0"), station.path))
    assert first.pid != second.pid


def test_a_wrong_truth_is_refused_before_a_process_is_started(
    start_alone: Start, station: StationFile, tmp_path: Path
) -> None:
    with pytest.raises(StationError, match=r"station file .*station.toml: \[environment.temperature.truth\]: value"):
        start_alone(parse_station(STATION.replace("truth.value = 23.0", 'truth.value = "warm"'), station.path))
    assert list(tmp_path.glob("laboratory-*")) == []


def test_what_a_laboratory_says_when_it_cannot_start_reaches_the_person(start_alone: Start, station: StationFile) -> None:
    text = STATION.replace(
        'resource = "twin:serial"\nprofile = "tl-gas280"', 'resource = "twin:serial"\nprofile = "no-such-profile"'
    )
    with pytest.raises(InstrumentError, match=r"could not be started: .*no-such-profile"):
        start_alone(parse_station(text, station.path))


def test_a_driver_without_a_simulation_is_named(start_alone: Start, station: StationFile) -> None:
    text = STATION.replace('instrument = "daq"\nchannel = 101', 'resource = "twin"\ninstrument = "daq"\nchannel = 101')
    with pytest.raises(InstrumentError, match="driver 'current-loop-sensor' cannot be simulated"):
        start_alone(parse_station(text, station.path))


@pytest.mark.parametrize("text", ["soon", "-1", "nan"])
def test_a_wrong_idle_time_in_the_environment_is_refused(
    station: StationFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("TESTBENCH_LABORATORY_IDLE_S", text)
    with pytest.raises(InputError, match=f"must be a number of seconds, 0 or larger, got '{text}'"):
        start_laboratory(station, directory=tmp_path)


def test_the_command_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "instruments.twin", "--help"], stdout=subprocess.PIPE, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "Bench time follows real time until a run owns the laboratory" in done.stdout


def test_the_command_names_a_missing_station_file(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    done = subprocess.run(
        [sys.executable, "-m", "instruments.twin", str(missing)], stderr=subprocess.PIPE, text=True, timeout=60
    )
    assert done.returncode == 2
    assert f"station file {missing} does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_does_not_serve_a_station_that_is_served_already(
    start: Start, station: StationFile, place: Path
) -> None:
    laboratory = start()
    station.path.write_text(STATION, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "instruments.twin", str(station.path), "--directory", str(place)],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3
    assert f"process {laboratory.pid} already serves {station.path}" in done.stderr
    assert laboratory.resources["daq"] in done.stderr


def test_the_command_in_a_terminal_lists_the_resource_names_and_ends_when_idle(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(STATION, encoding="utf-8")
    command = [sys.executable, "-m", "instruments.twin", str(path), "--directory", str(tmp_path), "--idle-exit", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("simulated laboratory of 'one scanner'")
        name, resource = process.stdout.readline().split()
        assert name == "daq"
        with socket.create_connection(("127.0.0.1", int(resource.split("::")[2])), 10.0) as daq:
            assert "34972A" in ask(daq, "*IDN?")
        assert process.wait(timeout=30) == 0


def test_commands_are_appended_to_a_log_file(station: StationFile, tmp_path: Path) -> None:
    from instruments.twin.process import LaboratoryProcess

    log = tmp_path / "commands.jsonl"
    laboratory = LaboratoryProcess(station, seed=3, log=log)
    laboratory.set_condition("temperature", 25.0)
    laboratory.close()
    head, command = log.read_text(encoding="utf-8").splitlines()
    assert head == f'{{"digest": "{station.digest}", "seed": 3}}'
    assert '"action":"set_condition","name":"temperature","values":[25.0]' in command
