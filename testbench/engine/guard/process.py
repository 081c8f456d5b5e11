"""The guard: a process of its own that drives the bench safe when the process that runs it dies or hangs.

    python -P -m testbench.engine.guard.process < assignment

It is ready when everything that it needs is in memory; instruments are not touched, since many serve one connection only.
From then on it listens for beats. The end of the connection is the death of the watched process; no beat for `hang_s` is a
hang, and ends that process first, so that the bench never has two masters. Time in which the guard itself was not running
(the computer was suspended) counts for neither. It is no safety function (`docs/guard.md`).
"""

from __future__ import annotations

import contextlib
import importlib
import select
import signal
import socket
import sys
from dataclasses import dataclass
from enum import Enum

from pydantic import ValidationError

from testbench.engine.assembly import Equipment, assemble
from testbench.engine.clock import monotonic, wall_now
from testbench.engine.guard.messages import BEAT, Assignment, Word
from testbench.engine.guard.report import Report, tell
from testbench.engine.guard.watched import WatchedProcess
from testbench.engine.ownership import owning, real_resources
from testbench.engine.safe import drive_safe
from testbench.errors import InstrumentError, TestbenchError

LOOK_S = 0.2  # between two looks at the time while nothing comes
ASLEEP_S = 2.0  # a look that comes later than this: the guard itself was not running
CONNECT_S = 5.0
GONE_WITHIN_S = 1.0  # how long an ended process is waited for before its instruments are driven
CHUNK = 65536
LONGEST_LINE = 65536
NEEDED = ("pyvisa", "pyvisa_py", "serial", "testbench.record.store")
"""What is otherwise imported at first use; the guard may have to do without the disk."""


class End(Enum):
    """How the watching ended."""

    RELEASED = "released"
    NEVER_MET = "never met"  # nobody came, and nothing was driven yet
    DIED = "died"
    HUNG = "hung"


@dataclass(slots=True)
class Watch:
    """The guard's end of the connection, and what it has been told last."""

    assignment: Assignment
    connection: socket.socket
    word: Word | None = None
    buffer: bytes = b""

    def until_end(self) -> End:
        """Listen until there is something to do, or nothing more."""
        heard = looked = monotonic()
        while True:
            ready = select.select([self.connection], [], [], LOOK_S)[0]
            now = monotonic()
            if now - looked > ASLEEP_S:
                heard = now
            looked = now
            if ready:
                if not self._hear():
                    return End.DIED if self.in_charge else End.NEVER_MET
                heard = now
                if self.word is not None and self.word.released:
                    return End.RELEASED
            elif not self._expects_beats:
                heard = now
            elif now - heard > self.assignment.hang_s:
                return End.HUNG

    @property
    def in_charge(self) -> bool:
        """Whether instruments may be driving something: the watched process has met this guard, or one before it."""
        return self.word is not None or self.assignment.takes_over

    @property
    def _expects_beats(self) -> bool:
        return self.assignment.takes_over if self.word is None else not self.word.patient

    def _hear(self) -> bool:
        """Take what has arrived; return False when the other end is gone."""
        try:
            data = self.connection.recv(CHUNK)
        except OSError:
            return False
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in filter(None, lines):
            try:
                word = Word.model_validate_json(line)
            except ValidationError:
                return False  # a stranger at the port of a process that has died
            if word.token != self.assignment.token:
                return False
            self.word = word
        if not data or len(self.buffer) > LONGEST_LINE:
            return False
        with contextlib.suppress(OSError):  # nobody reads: the watched process is busy, or dead, which is noticed elsewhere
            self.connection.send(BEAT)
        return True


def watch(assignment: Assignment) -> tuple[End, str | None]:
    """Say that the guard is ready and watch; return how it ended, and the evaluation that it was about."""
    try:
        connection = socket.create_connection(("127.0.0.1", assignment.port), CONNECT_S)
    except OSError:
        return End.DIED if assignment.takes_over else End.NEVER_MET, None
    with connection:
        connection.setblocking(False)
        watching = Watch(assignment, connection)
        with contextlib.suppress(OSError):  # its loss is noticed as any other
            connection.send(assignment.token.encode() + b"\n")
        end = watching.until_end()
        return end, watching.word.evaluation if watching.word is not None else None


def guard(assignment: Assignment, equipment: Equipment, process: WatchedProcess) -> None:
    """Watch, and act where it has to be."""
    end, evaluation = watch(assignment)
    if end in (End.RELEASED, End.NEVER_MET):
        return
    evaluation = evaluation or assignment.evaluation
    noticed, since = wall_now(), monotonic()
    process.end()  # one that is dead already stays so
    gone = process.gone(GONE_WITHIN_S)
    cause = f"the process that ran the bench ({process.pid}) "
    if end is End.HUNG:
        cause += f"gave no sign of life for {assignment.hang_s:g} s and was ended"
    else:
        cause += "ended without leaving it safe"
    if not gone:
        cause += f", but was still there {GONE_WITHIN_S:g} s later"
    with contextlib.ExitStack() as stack:
        taken_by = take_over(stack, assignment, evaluation) if gone else ""
        outcomes = [] if taken_by else drive_safe(equipment.instruments, connect=True)
        tell(assignment, Report(evaluation, cause, noticed, monotonic() - since, tuple(outcomes), taken_by))


def take_over(stack: contextlib.ExitStack, assignment: Assignment, evaluation: str | None) -> str:
    """Own the bench until the stack is closed, so that nobody drives it meanwhile; return who has it already, or nothing.

    Where its locks cannot be opened nobody else can have begun, and the bench must be made safe in any case.
    """
    try:
        resources = real_resources(assignment.file.station, assignment.devices)
        stack.enter_context(owning(resources, assignment.station)).belongs_to(evaluation or "")
    except OSError:
        return ""
    except InstrumentError as error:
        return "" if isinstance(error.__cause__, OSError) else str(error)
    return ""


def main() -> int:
    """Run a guard with the assignment on standard input; return its exit status."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):  # it goes when it is released, or when the bench is safe
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    try:
        assignment = Assignment.model_validate_json(sys.stdin.buffer.readline())
        process = WatchedProcess(assignment.pid)
        equipment = assemble(assignment.file, resources=assignment.resources, devices=assignment.devices)
        for name in NEEDED:
            importlib.import_module(name)
    except (TestbenchError, ValidationError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    guard(assignment, equipment, process)
    return 0


if __name__ == "__main__":
    sys.exit(main())
