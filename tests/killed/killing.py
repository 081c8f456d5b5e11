"""Carries out evaluations in processes of their own, which are struck where they are told to: for tests that kill them.

One order a line comes in, as JSON; the number of its process and then its exit status go out. Each evaluation runs in a
fork of this process, which has everything in memory already, and so does each guard; else they are what they always are.

A deed (a method of `Striking`) is done at a commit to the record, before or after it (`kind`, `nth`, or any: `commits`), or
when the laboratory is advanced (`advances`). In the folder of the record are left: `kinds` (of the commits there were),
`heads` (of the chain as a killed process saw it last), `guards` (their process numbers), `said` (what went wrong).
"""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import signal
import socket
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine, event

import testbench.record.writer
from instruments.twin.launch import SimulatedLaboratory, running_laboratory
from instruments.twin.rendezvous import rendezvous_directory
from testbench.criteria.standard import load_standard
from testbench.engine import conduct
from testbench.engine.clock import wall_now
from testbench.engine.evaluation import EvaluationRequest, evaluate, resume
from testbench.engine.guard import launch as guard_launch
from testbench.engine.guard import process as guarding
from testbench.engine.guard.watched import WatchedProcess
from testbench.engine.plan import SuiteItem
from testbench.engine.registry import driver_names, find_driver, find_procedure
from testbench.errors import RecordError, TestbenchError
from testbench.outcome import RunState
from testbench.record.database import Database
from testbench.record.model import CommandKind
from testbench.record.store import Record
from testbench.station import read_station
from testbench.text import Text

SUITE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("linearity", {"levels": (0.3, 0.7), "passes": 1, "zero_between": False, "average_s": 10.0}),
    ("drift", {"days": 1, "average_s": 10.0, "adjust_first": False}),
)
STANDARD = "hj76-2017"
DEVICES = ("A", "C")
FLUSH_AFTER_S = 0.05  # so that readings are flushed in the middle of short steps
WAIT_EVERY_S = 900.0  # between the readings of a long wait
EARLY = (*guarding.NEEDED, "GTC", "scipy.interpolate", "scipy.optimize", "scipy.stats", "alembic.command")
"""What is otherwise imported at first use."""
_STATEMENT = re.compile(r"(INSERT INTO|UPDATE) (\w+)")
_ENTERED = ("evaluation", "run", "step", "finding", "channel", "event", "command", "prompt")


class Onlooker:
    """Sees an evaluation go by and says nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def kind_of(changes: list[tuple[str, str, tuple[Any, ...]]]) -> str:
    """What a transaction is about, by the rows that it enters or changes; empty where it changes none."""
    done = {(verb, table) for verb, table, _ in changes}
    if ("INSERT INTO", "alembic_version") in done:
        return "schema made"
    for table in ("evaluation", "run"):
        if ("UPDATE", table) in done:
            values = next(values for verb, name, values in changes if (verb, name) == ("UPDATE", table))
            return f"{table} {next(value for value in values if value in set(RunState))}"
    if ("INSERT INTO", "attempt") in done:
        return "step again"
    if ("UPDATE", "step") in done:
        return "step finished"
    if ("UPDATE", "command") in done:
        return "command answered"
    for table in _ENTERED:
        if ("INSERT INTO", table) in done:
            return f"{table} entered"
    return "readings" if {table for _, table in done} & {"tail", "block"} else ""


class Striking:
    """Watches what this process writes, and does the deeds of an order when their moment has come."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.record = Path(order["record"])
        self.deeds: list[dict[str, Any]] = order["deeds"]
        self.seen: Counter[str] = Counter()
        self.changes: list[tuple[str, str, tuple[Any, ...]]] = []
        self.database: Database | None = None
        self.evaluation = str(order["evaluation"])

    def arm(self) -> None:
        """Put the watch where transactions end and where the laboratory is advanced."""
        event.listen(Engine, "before_cursor_execute", self._note)
        writing, advance, striking = Database.writing, SimulatedLaboratory.advance, self

        @contextmanager
        def watched(self: Database, *arguments: Any) -> Iterator[Any]:
            striking.changes = []
            with writing(self, *arguments) as connection:
                yield connection
                striking.database = self
                kind = kind_of(striking.changes)
                if kind:
                    striking.count(kind, "commits")
                    striking.look(kind, after=False)
            if kind:
                with (striking.record.parent / "kinds").open("a") as kinds:
                    kinds.write(f"{kind}\n")
                striking.look(kind, after=True)

        def advanced(self: SimulatedLaboratory, to_s: float) -> None:
            striking.count("advances")
            striking.look("advances", after=False)
            advance(self, to_s)

        Database.writing = watched
        SimulatedLaboratory.advance = advanced

    def count(self, *kinds: str) -> None:
        """Count what has come."""
        self.seen.update(kinds)

    def look(self, kind: str, *, after: bool) -> None:
        """Do what is due now."""
        for deed in list(self.deeds):
            wanted = deed["kind"]
            now = wanted == kind or (wanted == "commits" and kind != "advances")
            if now and self.seen[wanted] == deed.get("nth", 1) and deed.get("after", False) == after:
                self.deeds.remove(deed)
                getattr(self, deed["deed"])()

    def kill(self) -> None:
        """End this process at once."""
        self._keep_head()
        os.kill(os.getpid(), signal.SIGKILL)

    def kill_with_laboratory(self) -> None:
        """End the laboratory, then this process, at once."""
        with Record.open(self.record) as record:
            station = Path(record.evaluations()[-1].start.station_path)
        os.kill(_laboratory(station), signal.SIGKILL)
        self.kill()

    def end(self) -> None:
        """Ask this process to end."""
        os.kill(os.getpid(), signal.SIGTERM)

    def abort(self) -> None:
        """Press Ctrl-C."""
        os.kill(os.getpid(), signal.SIGINT)

    def stop(self) -> None:
        """Let this process stand still."""
        (self.record.parent / "stopped").touch()
        os.kill(os.getpid(), signal.SIGSTOP)

    def pause(self) -> None:
        """Ask this evaluation to pause at once."""
        with Record.open(self.record) as record:
            evaluation = record.evaluations()[-1].identifier
            record.commands.give(evaluation, CommandKind.PAUSE, {"at_once": True}, by="a person", at=wall_now())

    def _note(self, _: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        found = _STATEMENT.match(statement)
        if found:
            self.changes.append((found[1], found[2], tuple(parameters) if isinstance(parameters, tuple) else ()))

    def _keep_head(self) -> None:
        """Keep the head of the chain that is durable at this moment."""
        if self.database is None:
            return
        record = Record(self.database)
        with suppress(RecordError):  # there is no schema yet
            for row in record.evaluations():
                (self.record.parent / "heads").write_text(record.head(row.identifier))


def _laboratory(station: Path) -> int:
    found = running_laboratory(read_station(station), rendezvous_directory())
    assert found is not None
    return found.pid


def carry_out(order: dict[str, Any]) -> None:
    """Begin an evaluation, or go on with one; the exit status of its error."""
    record = Path(order["record"])
    conduct.LiveBench = _bench_that_waits_coarsely(conduct.LiveBench)
    testbench.record.writer.FLUSH_AFTER_S = FLUSH_AFTER_S
    Striking(order).arm()
    if order["evaluation"]:
        resume(record, order["evaluation"], Onlooker())
        return
    items = []
    for name, settings in SUITE:
        procedure = find_procedure(name)
        items.append(SuiteItem(procedure, procedure.configure(settings), Text(zh="", en="")))
    standard = load_standard(STANDARD).restricted_to({name for item in items for name in item.procedure.characteristics})
    station = read_station(Path(order["station"]))
    evaluate(
        EvaluationRequest(
            station,
            standard,
            tuple(items),
            record=record,
            seed=order["seed"],
            devices=DEVICES,
            restricted=True,
            output=record.parent,
        ),
        Onlooker(),
    )


def _bench_that_waits_coarsely(bench: Any) -> Any:
    return lambda *arguments, **options: bench(*arguments, wait_every_s=WAIT_EVERY_S, **options)


# ---- guards ---------------------------------------------------------------------------------------------------------


class ForkedGuard:
    """The process of a guard, as `subprocess.Popen` shows it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._process = WatchedProcess(pid)

    def poll(self) -> int | None:
        """Its status, when it has ended."""
        return 0 if self._process.gone(0.0) else None

    def wait(self, timeout: float) -> None:
        """Wait for its end."""
        self._process.gone(timeout)

    def kill(self) -> None:
        """End it."""
        self._process.end()


def make_guards(requests: socket.socket) -> None:
    """Fork a guard for each assignment that comes in, and tell its process number."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with requests.makefile("rb") as lines:
        for line in lines:
            pid = os.fork()
            if pid == 0:
                os.setsid()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                sys.stdin = io.TextIOWrapper(io.BytesIO(line))
                os._exit(guarding.main())
            requests.sendall(f"{pid}\n".encode())


def have_guards_forked(asking: socket.socket, noted: Path) -> None:
    """Have the guards of this process made by `make_guards`."""
    answers = asking.makefile("rb")

    def start(_: list[str], told: BinaryIO, __: BinaryIO) -> ForkedGuard:
        asking.sendall(told.read())
        pid = int(answers.readline())
        with noted.open("a") as guards:
            guards.write(f"{pid}\n")
        return ForkedGuard(pid)

    guard_launch._detached = start


# ---- orders ---------------------------------------------------------------------------------------------------------


def obey(order: dict[str, Any], asking: socket.socket) -> int:
    """Carry out an order in this process; return its exit status."""
    folder = Path(order["record"]).parent
    have_guards_forked(asking, folder / "guards")
    try:
        carry_out(order)
    except TestbenchError as error:
        (folder / "said").write_text(str(error))
        return error.exit_status
    except BaseException:
        (folder / "said").write_text(traceback.format_exc())
        return 70
    return 0


def main() -> None:
    """Take orders until there are no more."""
    for module in EARLY:
        importlib.import_module(module)
    for driver in driver_names():
        find_driver(driver, "a test")
    for name, _ in SUITE:
        find_procedure(name)
    asking, requests = socket.socketpair()
    if os.fork() == 0:
        asking.close()
        os.close(0)
        make_guards(requests)
        os._exit(0)
    requests.close()
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            os._exit(obey(json.loads(line), asking))
        print(json.dumps({"pid": pid}), flush=True)
        print(json.dumps({"status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}), flush=True)


if __name__ == "__main__":
    main()
