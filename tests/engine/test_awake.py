"""The computer is kept awake while an evaluation runs, by real helper programs, and no longer than its process lives."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from testbench.engine.awake import KeptAwake, LinuxHolder, MacHolder, WindowsHolder

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows is kept awake by a call, not by a program")

# Writes how it was called to a pipe and carries out what follows its options, as systemd-inhibit does; the pipe stays open
# for as long as it, or what it carries out, lives.
INHIBITOR = """#!/bin/sh
exec 3>"$INHIBITED"
echo "$@" >&3
while [ "${1#--}" != "$1" ]; do shift; done
"$@"
"""
HOLDING = """
import sys
from testbench.engine.awake import KeptAwake
with KeptAwake() as awake:
    print(awake.problem(30.0) or "held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def inhibitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemd-inhibit of our own, first on the path; the pipe that it writes to."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "systemd-inhibit"
    program.write_text(INHIBITOR, encoding="utf-8")
    program.chmod(0o755)
    pipe = tmp_path / "inhibited"
    os.mkfifo(pipe)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("INHIBITED", str(pipe))
    return pipe


class Heard:
    """Reads the pipe from a thread: the first line, and that every process that had it open has ended."""

    def __init__(self, pipe: Path) -> None:
        self.said = ""
        self.begun = threading.Event()
        self.ended = threading.Event()
        threading.Thread(target=self._read, args=(pipe,), daemon=True).start()

    def _read(self, pipe: Path) -> None:
        with pipe.open(encoding="utf-8") as stream:
            self.said = stream.readline()
            self.begun.set()
            stream.read()
        self.ended.set()


@posix
def test_an_inhibitor_runs_as_long_as_the_computer_is_to_be_awake(inhibitor: Path) -> None:
    heard = Heard(inhibitor)
    holder = LinuxHolder()
    holder.hold()
    assert heard.begun.wait(10)
    assert heard.said.startswith("--what=idle:sleep --who=testbench --why=an evaluation is running --mode=block")
    assert not heard.ended.is_set()
    holder.release()
    assert heard.ended.wait(10)
    holder.release()


@posix
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_a_process_that_is_killed(inhibitor: Path, end: signal.Signals) -> None:
    heard = Heard(inhibitor)
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDING], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert not heard.ended.is_set()
        process.send_signal(end)
        process.wait(10)
    assert heard.ended.wait(10)


@posix
def test_what_the_inhibitor_says_against_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "systemd-inhibit"
    program.write_text("#!/bin/sh\necho 'Failed to inhibit: Access denied' >&2\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with KeptAwake(LinuxHolder) as awake:
        assert awake.problem(10.0) == "Failed to inhibit: Access denied"
    program.write_text("#!/bin/sh\nexit 4\n", encoding="utf-8")
    with KeptAwake(LinuxHolder) as awake:
        assert awake.problem(10.0) == "systemd-inhibit ended with status 4"


def test_a_computer_without_such_a_program_is_told() -> None:
    with KeptAwake(lambda: LinuxHolder(("no-such-program", "nor-this"))) as awake:
        assert awake.problem(10.0) == "there is no no-such-program or nor-this on this computer"


def test_a_system_that_does_not_answer_is_not_waited_for() -> None:
    answer = threading.Event()

    class Slow:
        def hold(self) -> None:
            answer.wait(60)

        def release(self) -> None:
            pass

    with KeptAwake(Slow) as awake:
        assert awake.problem(0.01) == "the system has not answered within 0.01 s"
    answer.set()


def test_one_thread_makes_all_calls() -> None:
    threads: list[int] = []

    class Holder:
        def hold(self) -> None:
            threads.append(threading.get_ident())

        release = hold

    with contextlib.suppress(ValueError), KeptAwake(Holder) as awake:
        assert awake.problem(10.0) == ""
        raise ValueError
    assert len(threads) == 2
    assert len(set(threads)) == 1
    assert threading.get_ident() not in threads


def test_windows_is_asked_for_the_system_and_let_go() -> None:
    states: list[int] = []

    def set_state(state: int) -> int:
        states.append(state)
        return 0x80000000

    holder = WindowsHolder(set_state)
    holder.hold()
    holder.release()
    assert states == [0x80000001, 0x80000000]
    with pytest.raises(OSError, match="refused"):
        WindowsHolder(lambda _: 0).hold()


def test_the_helper_of_macos_ends_with_the_run() -> None:
    holder = MacHolder((sys.executable, "-c", "import sys, time; time.sleep(60)"))
    holder.hold()
    process = holder._process
    assert isinstance(process, subprocess.Popen)
    assert process.poll() is None
    holder.release()
    assert process.poll() is not None
    with pytest.raises(OSError, match=r"No such file|cannot find"):
        MacHolder(("no-such-program",)).hold()
