"""Starting an evaluation as a process of its own that neither the terminal nor the end of this process reaches.

The child says on one line that the evaluation has begun, or ends; everything else that it says goes to `evaluation.log` in
the folder of the results.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from testbench.errors import InputError, TestbenchError

LOG = "evaluation.log"


class StartError(TestbenchError):
    """The process ended before its evaluation had begun; the text is what it said, `exit_status` its own."""

    def __init__(self, said: str, status: int) -> None:
        super().__init__(said)
        self.exit_status = status


def start_detached(words: Sequence[str], folder: Path) -> str:
    """Start `testbench WORDS` in a process of its own, its messages in `folder`; return the evaluation's identifier.

    It waits until the evaluation has begun. StartError says what the process said where it ended before; a KeyboardInterrupt
    ends the process. The words are those of `evaluate`, `run` or `resume`.
    """
    log = folder / LOG
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as messages:
            said_before = messages.tell()
            process = _start(_command(tuple(words)), messages.fileno())
    except OSError as error:
        raise InputError(f"{log} cannot be written: {error.strerror or error}; choose another folder") from error
    assert process.stdout is not None
    try:
        with process.stdout:
            evaluation = process.stdout.readline().decode().strip()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    if not evaluation:
        status = process.wait()
        with log.open("rb") as messages:
            messages.seek(said_before)
            said = messages.read().decode("utf-8", "replace").strip()
        unsaid = f"testbench: the process ended before the evaluation had begun, and said nothing ({log})"
        raise StartError(said or unsaid, status if status > 0 else 1)
    process.returncode = 0  # it goes on; nobody here waits for it
    return evaluation


class Announcement:
    """The detached process's own end: says once that the evaluation has begun.

    From its construction on, what is printed goes where the messages go.
    """

    def __init__(self) -> None:
        sys.stdout.flush()
        self._descriptor: int | None = os.dup(sys.stdout.fileno())
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def begun(self, evaluation: str) -> None:
        """Tell whoever started this process; it may have gone."""
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.write(self._descriptor, f"{evaluation}\n".encode())
        os.close(self._descriptor)
        self._descriptor = None


def _command(words: tuple[str, ...]) -> list[str]:
    """The same command line, for the process of its own."""
    name = next(index for index, word in enumerate(words) if not word.startswith("-"))
    return [sys.executable, "-P", "-m", "testbench.cli", *words[: name + 1], "--announce", *words[name + 1 :]]


def _start(command: list[str], messages: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=messages,
            env=environment,
            creationflags=flags,
        )
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=messages,
        env=environment,
        start_new_session=True,
    )
