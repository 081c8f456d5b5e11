"""The control file: whether an evaluation's process lives is told by its lock, and an abort reaches it past the record."""

import json
import os
import queue
import socket
import subprocess
import sys
import threading

import pytest

from testbench.engine import control as control_module
from testbench.engine.clock import MachineTime
from testbench.engine.control import ControlFile, ask_abort, control_path, find_process
from testbench.errors import InputError, RecordError

EVALUATION = "E20261122-090000-4f2a"


@pytest.fixture
def record(tmp_path):
    return tmp_path / "record.sqlite"


def test_a_process_is_found_as_long_as_it_holds_the_file(record):
    assert find_process(record, EVALUATION) is None
    with ControlFile.hold(record, EVALUATION) as control:
        found = find_process(record, EVALUATION)
        assert found == control.info
        assert (found.pid, found.evaluation) == (os.getpid(), EVALUATION)
    assert find_process(record, EVALUATION) is None
    assert not control_path(record, EVALUATION).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of files are kept otherwise there")
def test_only_its_user_may_read_the_token(record):
    with ControlFile.hold(record, EVALUATION):
        assert control_path(record, EVALUATION).stat().st_mode & 0o777 == 0o600


def test_a_second_process_is_refused_with_the_name_of_the_first(record):
    with (
        ControlFile.hold(record, EVALUATION),
        pytest.raises(InputError, match=f"{EVALUATION} is going on already: process {os.getpid()} since "),
        ControlFile.hold(record, EVALUATION),
    ):
        pass
    with ControlFile.hold(record, EVALUATION):
        pass


def test_a_process_that_is_killed_holds_nothing(record):
    program = (
        "import sys, pathlib\n"
        "from testbench.engine.control import ControlFile\n"
        "with ControlFile.hold(pathlib.Path(sys.argv[1]), sys.argv[2]): print('mine', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(record), EVALUATION]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"mine"
        assert find_process(record, EVALUATION).pid == process.pid
        process.kill()
        process.wait()
    assert control_path(record, EVALUATION).exists()
    assert find_process(record, EVALUATION) is None
    with ControlFile.hold(record, EVALUATION) as control:
        assert find_process(record, EVALUATION) == control.info


def test_an_abort_reaches_the_process(record):
    with ControlFile.hold(record, EVALUATION) as control:
        assert control.abort is None
        assert ask_abort(control.info, "li", "gas alarm")
        assert (control.abort.by, control.abort.reason) == ("li", "gas alarm")
        assert ask_abort(control.info, "wang", "me too")
        assert control.abort.by == "li"  # the first one counts
    assert not ask_abort(control.info, "li", "too late")


@pytest.mark.parametrize(
    "said",
    [
        b'{"token": "guessed", "by": "x", "reason": ""}\n',
        '{"token": "猜", "by": "x", "reason": ""}\n'.encode(),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\x00\n",
        b"[]\n",
        b"",
    ],
)
def test_whoever_has_no_token_is_told_nothing(record, said):
    with ControlFile.hold(record, EVALUATION) as control:
        with socket.create_connection(("127.0.0.1", control.info.port), 5) as connection:
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
        assert control.abort is None


def test_one_who_connects_and_says_nothing_keeps_no_abort_away(record):
    with (
        ControlFile.hold(record, EVALUATION) as control,
        socket.create_connection(("127.0.0.1", control.info.port), 5),
    ):
        assert ask_abort(control.info, "li", "")


def test_an_abort_that_nobody_heeds_is_told(record, monkeypatch):
    monkeypatch.setattr(control_module, "HEEDED_WITHIN_S", 0.05)
    told = queue.Queue()
    with ControlFile.hold(record, EVALUATION, unheeded=told.put) as control:
        assert ask_abort(control.info, "li", "gas alarm")
        assert told.get(timeout=30).by == "li"


def test_an_abort_that_is_heeded_is_left_to_whoever_does(record):
    told = queue.Queue()
    with ControlFile.hold(record, EVALUATION, unheeded=told.put) as control:
        assert ask_abort(control.info, "li", "gas alarm")
        control.heed()
        for thread in threading.enumerate():
            if thread.name == "abort":
                thread.join(30)
    assert told.empty()


def test_something_else_at_the_port_is_no_answer(record):
    with socket.socket() as other, ControlFile.hold(record, EVALUATION) as control:
        other.bind(("127.0.0.1", 0))
        other.listen()
        stranger = control.info.model_copy(update={"port": other.getsockname()[1]})
        other.settimeout(5)
        client = socket.create_connection(other.getsockname(), 5)
        client.close()
        other.accept()[0].close()
        other.close()
        assert not ask_abort(stranger, "li", "")


def test_a_file_that_cannot_be_written_is_an_error_of_the_record(tmp_path):
    with (
        pytest.raises(RecordError, match="control file cannot be written"),
        ControlFile.hold(tmp_path / "missing" / "record.sqlite", EVALUATION),
    ):
        pass


def test_a_file_that_is_just_being_written_is_looked_at_again(record, monkeypatch):
    with ControlFile.hold(record, EVALUATION) as control:
        text = control_path(record, EVALUATION).read_text(encoding="utf-8")
        control._lock.write("")
        monkeypatch.setattr(control_module, "MACHINE", MachineTime(pause=lambda _: control._lock.write(text)))
        assert find_process(record, EVALUATION) == control.info


def test_a_file_that_holds_something_else_is_named(record):
    with ControlFile.hold(record, EVALUATION) as control:
        control._lock.write(json.dumps({"pid": "?"}))
        with pytest.raises(RecordError, match="is no control file"):
            find_process(record, EVALUATION)
