"""A guard's process on its way: started detached, so that neither the terminal nor our end reaches it, until it is ready."""

from __future__ import annotations

import contextlib
import hmac
import secrets
import socket
import subprocess
import sys
import tempfile
from typing import IO

from testbench.engine.clock import monotonic
from testbench.engine.guard.messages import Assignment

COMMAND = ("-P", "-m", "testbench.engine.guard.process")
LONGEST_TOKEN = 128


class Launch:
    """One process that was started with an assignment, and the port at which it is waited for. OSError: it cannot be."""

    def __init__(self, assignment: Assignment) -> None:
        self.began = monotonic()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.assignment = assignment.model_copy(
            update={"port": self.listener.getsockname()[1], "token": secrets.token_hex(16)}
        )
        self._callers: dict[socket.socket, bytes] = {}
        self._said: IO[bytes] | None = None
        try:
            self._said = tempfile.TemporaryFile()  # noqa: SIM115  what it says, should it fail
            with tempfile.TemporaryFile() as told:  # a pipe could make us wait for its reader
                told.write(self.assignment.line())
                told.seek(0)
                self.process = _detached([sys.executable, *COMMAND], told, self._said)
        except OSError:
            self._close()
            raise

    def connection(self) -> socket.socket | None:
        """The connection of the guard that is ready; None while it has not come."""
        with contextlib.suppress(BlockingIOError):
            caller, _ = self.listener.accept()
            caller.setblocking(False)
            self._callers[caller] = b""
        for caller in list(self._callers):
            if self._known(caller):
                del self._callers[caller]
                self._close()
                caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return caller
        return None

    def failure(self) -> str | None:
        """What the process said, when it has ended instead of getting ready."""
        status = self.process.poll()
        if status is None:
            return None
        said = ""
        if self._said is not None:
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace").strip()
        return said or f"its process ended at once (status {status})"

    def give_up(self) -> None:
        """End the process, before it can miss us."""
        self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1.0)
        self._close()

    def _known(self, caller: socket.socket) -> bool:
        """Whether a caller has said the token; one that cannot is hung up on."""
        try:
            data = caller.recv(LONGEST_TOKEN)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        said = self._callers[caller] + data
        self._callers[caller] = said
        if said.endswith(b"\n") and hmac.compare_digest(said[:-1], self.assignment.token.encode()):
            return True
        if not data or b"\n" in said or len(said) > LONGEST_TOKEN:
            del self._callers[caller]
            caller.close()
        return False

    def _close(self) -> None:
        self.listener.close()
        if self._said is not None:
            self._said.close()
        for caller in self._callers:
            caller.close()
        self._callers.clear()


def _detached(command: list[str], told: IO[bytes], said: IO[bytes]) -> subprocess.Popen[bytes]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        return subprocess.Popen(command, stdin=told, stdout=subprocess.DEVNULL, stderr=said, creationflags=flags)
    return subprocess.Popen(command, stdin=told, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)
