"""What a running evaluation has beside its record: a control file that its process holds, and a socket that takes an abort.

The file `<record>.<evaluation>.process` is locked for as long as the process lives, so an evaluation whose file nobody holds
is over or lost. It says process, computer, port and token, and only its user may read it. The socket listens on this
computer alone and understands one thing, an abort: that works when the disk is full and when the record is locked.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from testbench.engine.clock import MACHINE, wall_now
from testbench.engine.file_lock import FileLock, HeldError, text_if_held
from testbench.engine.person import host_name
from testbench.errors import InputError, RecordError

FOR_ITS_USER = 0o600
ASKING_S = 5.0  # longest time for one question at the socket
HEEDED_WITHIN_S = 5.0  # after which an abort is taken out of the hands of a process that does not act on it
LONGEST = 1 << 16  # bytes of a question
LOOKS = 100
BETWEEN_LOOKS_S = 0.01
"""A file that is locked and empty is being written: so often, and at such intervals, it is looked at again."""


class ProcessInfo(BaseModel):
    """The process that runs an evaluation: where it is, since when, and how an abort reaches it."""

    model_config = ConfigDict(frozen=True)

    pid: int
    host: str
    evaluation: str
    port: int
    token: str
    started: str


class AbortMessage(BaseModel):
    """What is sent to the socket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AbortRequest:
    """An abort that came to the socket: from whom, and why."""

    by: str
    reason: str


def nothing_more(_: AbortRequest) -> None:
    """Leave an abort that is not heeded at that."""


class ControlFile:
    """The control file and abort socket of the evaluation that this process runs.

    `abort` is set when one came; whoever acts on it calls `heed`. Where nobody does within `HEEDED_WITHIN_S` (the record
    is locked, a driver hangs) `unheeded` is called, in a thread.
    """

    def __init__(
        self, lock: FileLock, server: socket.socket, info: ProcessInfo, unheeded: Callable[[AbortRequest], None]
    ) -> None:
        self.info = info
        self.abort: AbortRequest | None = None
        self._lock = lock
        self._server = server
        self._unheeded = unheeded
        self._heeded = threading.Event()
        self._closed = False
        threading.Thread(target=self._serve, daemon=True, name="abort socket").start()

    @classmethod
    @contextlib.contextmanager
    def hold(
        cls, record: Path, evaluation: str, *, unheeded: Callable[[AbortRequest], None] = nothing_more
    ) -> Iterator[ControlFile]:
        """Be the process of an evaluation for the length of the block.

        Raise InputError naming the process that is it already, RecordError when the file cannot be written.
        """
        path = control_path(record, evaluation)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            info = ProcessInfo(
                pid=os.getpid(),
                host=host_name(),
                evaluation=evaluation,
                port=server.getsockname()[1],
                token=secrets.token_hex(16),
                started=wall_now().isoformat(timespec="seconds"),
            )
            try:
                lock = FileLock(path, info.model_dump_json(), mode=FOR_ITS_USER, passing=True)
            except HeldError as error:
                other = _parsed(error.text)
                process = f"process {other.pid} since {other.started}" if other is not None else "another process"
                raise InputError(f"evaluation {evaluation} is going on already: {process} has it") from None
            except OSError as error:
                raise RecordError(f"{path}: the control file cannot be written: {error.strerror or error}") from error
            control = cls(lock, server, info, unheeded)
            try:
                yield control
            finally:
                control.close()

    def heed(self) -> None:
        """An abort is being acted on, or comes too late to be."""
        self._heeded.set()

    def close(self) -> None:
        """End the socket, and give the file up."""
        self._closed = True
        self.heed()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.info.port), ASKING_S):
            pass  # wakes the thread
        self._lock.release()

    def _serve(self) -> None:
        while not self._closed:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            if not self._closed:
                threading.Thread(target=self._listen, args=(connection,), daemon=True, name="abort").start()
            else:
                connection.close()

    def _listen(self, connection: socket.socket) -> None:
        """Take one question; whoever does not know the token, or says anything else, is told nothing."""
        with connection, contextlib.suppress(OSError, ValidationError):
            connection.settimeout(ASKING_S)
            message = AbortMessage.model_validate_json(_line(connection))
            if not hmac.compare_digest(message.token.encode(), self.info.token.encode()):
                return
            if self.abort is None:
                self.abort = AbortRequest(message.by, message.reason)
            connection.sendall(json.dumps({"evaluation": self.info.evaluation}).encode() + b"\n")
        if self.abort is not None and not self._heeded.wait(HEEDED_WITHIN_S):
            self._unheeded(self.abort)


def control_path(record: Path, evaluation: str) -> Path:
    """The control file of an evaluation: beside its record, whatever path leads there."""
    record = record.resolve()
    return record.with_name(f"{record.name}.{evaluation}.process")


def find_process(record: Path, evaluation: str) -> ProcessInfo | None:
    """The process that runs an evaluation; None when there is none: the evaluation is over, or its process was lost.

    Raise RecordError when that cannot be told.
    """
    path = control_path(record, evaluation)
    try:
        text = text_if_held(path)
        for _ in range(LOOKS):  # caught while it is being written, it is looked at again
            if text != "":
                break
            MACHINE.pause(BETWEEN_LOOKS_S)
            text = text_if_held(path)
    except OSError as error:
        raise RecordError(
            f"whether a process runs {evaluation} cannot be told: {path} cannot be read ({error.strerror or error}); "
            "only the user who started the evaluation can"
        ) from error
    info = None if text is None else _parsed(text)
    if info is None and text is not None:
        raise RecordError(f"{path} is no control file of an evaluation: {text!r:.60}; another program holds it")
    return info


def ask_abort(info: ProcessInfo, by: str, reason: str) -> bool:
    """Ask the process itself to abort; whether it has taken that."""
    message = AbortMessage(token=info.token, by=by, reason=reason)
    try:
        with socket.create_connection(("127.0.0.1", info.port), ASKING_S) as connection:
            connection.settimeout(ASKING_S)
            connection.sendall(message.model_dump_json().encode() + b"\n")
            answer = json.loads(_line(connection))
    except (OSError, ValueError):
        return False
    return isinstance(answer, dict) and answer.get("evaluation") == info.evaluation


def _line(connection: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\n") and len(data) < LONGEST:
        piece = connection.recv(4096)
        if not piece:
            break
        data += piece
    return data


def _parsed(text: str) -> ProcessInfo | None:
    try:
        return ProcessInfo.model_validate_json(text)
    except ValidationError:
        return None
