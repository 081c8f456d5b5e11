"""The evaluation's end of its guard: starts it, gives it signs of life, replaces it when it is lost, and releases it.

    guard = start_guard(station, resources, record, None, devices, hang_s, notice=say)
    guard.await_ready()                # before gas may flow
    guard.evaluation(identifier)       # as soon as there is one
    ...  guard.beat()  ...             # at every tick and in every wait
    with guard.patient():              # a person is waited for, or instruments are opened
        ...
    guard.release()                    # the bench is safe: the guard goes without acting

Nothing here waits for the guard but `await_ready` and `release`, and nothing but `await_ready` raises. The connection is
this process's alone: Python passes sockets to no child, so its end is the end of this process. One thread uses a guard.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from testbench.engine.clock import monotonic
from testbench.engine.guard.launch import Launch
from testbench.engine.guard.messages import BEAT, Assignment, Word
from testbench.errors import InstrumentError
from testbench.station import StationFile

BEAT_S = 0.1  # beats that come faster are not sent
ANSWER_WITHIN_S = 10.0  # a guard that reads nothing for so long is replaced
ABSENT_S = 1.0  # beats further apart than this: this process itself was busy, and knows nothing of the guard's answers
START_WITHIN_S = 30.0
RETRY_S = 10.0  # after a guard could not be started
TELL_AGAIN_S = 300.0  # how often it is told that there is none
LEAVE_WITHIN_S = 2.0
LONGEST_UNSENT = 65536


def start_guard(
    station: StationFile,
    resources: Mapping[str, str],
    record_path: Path,
    evaluation: str | None,
    devices: Sequence[str] | None,
    hang_s: float,
    *,
    notice: Callable[[str], None],
) -> Guard:
    """Start a guard for this process; it is ready when `await_ready` returns.

    `resources` are the VISA resource names of simulated instruments. `notice` is told, in a sentence, when the guard was
    lost, when another is in its place, and when none can be started.
    """
    assignment = Assignment(
        station=station.path.absolute(),
        text=station.text,
        resources=dict(resources),
        devices=None if devices is None else tuple(devices),
        record=record_path.absolute(),
        hang_s=hang_s,
        pid=os.getpid(),
        port=0,
        token="",
        evaluation=evaluation,
    )
    return Guard(assignment, notice)


class Guard:
    """A guard that watches this process, until `release`."""

    def __init__(self, assignment: Assignment, notice: Callable[[str], None]) -> None:
        self._assignment = assignment
        self._notice = notice
        self._word = Word(token="", evaluation=assignment.evaluation)
        self._connection: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._launch: Launch | None = None
        self._unsent = b""
        self._beaten = self._answered = monotonic()
        self._next_try = 0.0
        self._told_at: float | None = None  # when it was last said that there is no guard
        self._trouble = ""
        self._patience = 0
        self._start(monotonic())

    @property
    def pid(self) -> int | None:
        """Number of the guard's process; None while there is none that is ready."""
        return None if self._connection is None or self._process is None else self._process.pid

    def await_ready(self, within_s: float = START_WITHIN_S) -> None:
        """Return when the guard watches; raise InstrumentError, with what it said, when it cannot be started."""
        until = monotonic() + within_s
        while self._connection is None:
            self._look(monotonic())
            if self._launch is None and self._connection is None:
                raise InstrumentError(f"the guard cannot be started, so the bench is not driven: {self._trouble}")
            if monotonic() > until:
                self._give_up(f"it is not ready after {within_s:g} s")
            elif self._launch is not None:
                select.select([self._launch.listener], [], [], BEAT_S)

    def evaluation(self, identifier: str) -> None:
        """Say which evaluation the record knows this run as."""
        self._assignment = self._assignment.model_copy(update={"evaluation": identifier})
        self._say(self._word.model_copy(update={"evaluation": identifier}))

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Let no beat be expected for the length of the block; the death of this process still counts."""
        self._patience += 1
        if self._patience == 1:
            self._say(self._word.model_copy(update={"patient": True}))
        try:
            yield
        finally:
            self._patience -= 1
            if not self._patience:
                self._say(self._word.model_copy(update={"patient": False}))

    def beat(self) -> None:
        """Give a sign of life, at most every `BEAT_S`, and see that the guard is there; cheap, and never waits."""
        now = monotonic()
        since = now - self._beaten
        if since < BEAT_S or self._word.released:
            return
        self._beaten = now
        if self._connection is None:
            self._look(now)
            return
        if since > ABSENT_S:
            self._answered = now
        if not self._unsent:
            self._send(BEAT)
        self._hear(now)

    def release(self) -> None:
        """Let the guard go without acting: the bench is safe. Nothing if it was released already."""
        if self._word.released:
            return
        if self._launch is not None:
            self._launch.give_up()
            self._launch = None
        self._say(self._word.model_copy(update={"released": True}))
        if self._connection is not None and not self._unsent:
            self._await_end(self._connection)
        self._end_process()

    # ---- the connection ------------------------------------------------------------------------------------------------

    def _say(self, word: Word) -> None:
        self._word = word
        if self._connection is not None:
            self._send(word.line())

    def _send(self, data: bytes) -> None:
        """Send what the connection takes now; the rest goes with the next beat."""
        connection = self._connection
        if connection is None:
            return
        self._unsent += data
        try:
            self._unsent = self._unsent[connection.send(self._unsent) :]
        except BlockingIOError:
            if len(self._unsent) > LONGEST_UNSENT:
                self._lost("reads nothing")
        except OSError:
            self._lost("has ended")

    def _hear(self, now: float) -> None:
        """See whether the guard answers; one that has ended, or answers no more, is replaced."""
        if self._connection is None:
            return
        try:
            if not self._connection.recv(65536):
                self._lost("has ended")
                return
            self._answered = now
        except BlockingIOError:
            if now - self._answered > ANSWER_WITHIN_S:
                self._lost(f"has not answered for {ANSWER_WITHIN_S:g} s")
        except OSError:
            self._lost("has ended")
        else:
            if self._unsent:
                self._send(b"")

    def _lost(self, how: str) -> None:
        if self._word.released:
            return
        pid = self.pid
        self._end_process()
        self._notice(f"the guard (process {pid}) {how}; another one is started")
        self._start(monotonic())

    def _end_process(self) -> None:
        """End the process before its connection, so that it cannot take that for our death."""
        if self._process is not None:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LEAVE_WITHIN_S)
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None
        self._unsent = b""

    def _await_end(self, connection: socket.socket) -> None:
        """Wait a moment for the guard to go by itself."""
        with contextlib.suppress(OSError):
            connection.settimeout(LEAVE_WITHIN_S)
            while connection.recv(65536):
                pass
            if self._process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(LEAVE_WITHIN_S)

    # ---- starting ------------------------------------------------------------------------------------------------------

    def _start(self, now: float) -> None:
        try:
            self._launch = Launch(self._assignment)
        except OSError as error:
            self._none(f"{sys.executable}: {error.strerror or error}", now)

    def _look(self, now: float) -> None:
        """See what has become of the guard that was started, or start one."""
        if self._launch is None:
            if now >= self._next_try:
                self._start(now)
            return
        connection = self._launch.connection()
        if connection is not None:
            self._meet(connection, now)
        elif (failure := self._launch.failure()) is not None:
            self._give_up(failure)
        elif now - self._launch.began > START_WITHIN_S:
            self._give_up(f"it is not ready after {START_WITHIN_S:g} s")

    def _meet(self, connection: socket.socket, now: float) -> None:
        assert self._launch is not None
        self._connection, self._process = connection, self._launch.process
        self._word = self._word.model_copy(update={"token": self._launch.assignment.token})
        self._launch, self._answered, self._told_at = None, now, None
        replaces = self._assignment.takes_over
        self._assignment = self._assignment.model_copy(update={"takes_over": True})
        self._send(self._word.line())
        if replaces:
            self._notice(f"another guard (process {self.pid}) watches")

    def _give_up(self, why: str) -> None:
        if self._launch is not None:
            self._launch.give_up()
            self._launch = None
        self._none(why, monotonic())

    def _none(self, why: str, now: float) -> None:
        """There is no guard for the time being; the run goes on, and people are told now and then."""
        self._trouble = why
        self._next_try = now + RETRY_S
        if self._assignment.takes_over and (self._told_at is None or now - self._told_at >= TELL_AGAIN_S):
            self._told_at = now
            self._notice(f"there is no guard, it cannot be started: {why}; nobody makes the bench safe if this process ends")
