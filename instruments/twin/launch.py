"""Starts the simulated laboratory of a station, or finds the one that is running, and owns or visits it until it is closed.

The laboratory is a process of its own that outlives this one; it ends by itself when nobody has used it for a while
(60 s, or the environment variable TESTBENCH_LABORATORY_IDLE_S).
"""

from __future__ import annotations

import contextlib
import math
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from instruments.twin.check import check_truth
from instruments.twin.commands import from_documents, to_documents
from instruments.twin.faults import Fault
from instruments.twin.messages import (
    AdjustByHand,
    Advance,
    ClearFault,
    ConnectGas,
    Hello,
    History,
    Leave,
    Log,
    Message,
    Now,
    Reply,
    Reset,
    Restore,
    SetCondition,
    SetFault,
    Stop,
    Welcome,
)
from instruments.twin.process import IDLE_EXIT_S
from instruments.twin.rendezvous import Rendezvous, read_rendezvous, rendezvous_directory, rendezvous_path
from testbench.engine.roles import Adjustment
from testbench.errors import InputError, InstrumentError, explain
from testbench.station import StationFile

IDLE_VARIABLE = "TESTBENCH_LABORATORY_IDLE_S"
START_TIMEOUT_S = 60.0
FIND_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 60.0


def start_laboratory(
    station: StationFile, *, directory: Path | None = None, idle_exit_s: float | None = None
) -> SimulatedLaboratory:
    """Own the laboratory of a station: the running one, or a new one.

    `directory` is where running laboratories are found (default: the user's runtime directory). Raise InstrumentError when
    another process owns it, or when it cannot be started (with what it said), StationError for a wrong truth table.
    """
    check_truth(station)  # before a process is started
    directory = directory or rendezvous_directory()
    path = rendezvous_path(station, directory)
    found = read_rendezvous(path)
    if found is not None and found.digest == station.digest:
        channel = _find(found)
        if channel is not None:
            return SimulatedLaboratory(channel, found, path.with_suffix(".log"))
    rendezvous = _launch(station, path, _idle_exit_s() if idle_exit_s is None else idle_exit_s)
    channel = _find(rendezvous)
    if channel is None:
        raise InstrumentError(
            f"the simulated laboratory (process {rendezvous.pid}) ended as soon as it was started; "
            f"its messages are in {path.with_suffix('.log')}"
        )
    return SimulatedLaboratory(channel, rendezvous, path.with_suffix(".log"))


def running_laboratory(station: StationFile, directory: Path) -> Rendezvous | None:
    """The laboratory of a station that is running, whoever owns it; None when there is none."""
    found = read_rendezvous(rendezvous_path(station, directory))
    if found is None:
        return None
    try:
        channel = ControlChannel(found, FIND_TIMEOUT_S)
    except NotThereError:
        return None
    try:
        channel.greet(own=False)
    except NotThereError:
        return None
    finally:
        channel.close()
    return found


def visit(station: StationFile, directory: Path | None = None) -> Visitor:
    """Visit the running laboratory of a station, whoever owns it; raise InstrumentError when there is none."""
    found = read_rendezvous(rendezvous_path(station, directory or rendezvous_directory()))
    if found is not None:
        with contextlib.suppress(NotThereError):
            channel = ControlChannel(found, FIND_TIMEOUT_S)
            try:
                channel.greet(own=False)
            except NotThereError:
                channel.close()
                raise
            return Visitor(channel, found)
    raise InstrumentError(
        f"no simulated laboratory of {station.path} is running; start an evaluation on it, or "
        f"`python -m instruments.twin {station.path}`"
    )


class NotThereError(Exception):
    """Nothing that speaks the control channel's language is at the port, or it ended."""


class ControlChannel:
    """A client of the control channel; raises NotThereError when the laboratory is gone."""

    def __init__(self, rendezvous: Rendezvous, timeout_s: float) -> None:
        self._rendezvous = rendezvous
        try:
            self._socket = socket.create_connection(("127.0.0.1", rendezvous.control_port), timeout_s)
        except OSError as error:
            raise NotThereError(str(error)) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def greet(self, *, own: bool = True) -> None:
        """Say hello, as owner or visitor; raise InstrumentError when refused, NotThereError when something else answers."""
        hello = Hello(token=self._rendezvous.token, digest=self._rendezvous.digest, pid=os.getpid(), own=own)
        try:
            Welcome.model_validate(self.ask(hello))
        except ValidationError as error:
            raise NotThereError("something else answers at its port") from error
        self._socket.settimeout(ANSWER_TIMEOUT_S)

    def ask(self, request: Message) -> Any:
        """Send a request and return its result; raise InstrumentError with the text of a refusal."""
        try:
            self._socket.sendall(request.model_dump_json().encode() + b"\n")
            while b"\n" not in self._buffer:
                data = self._socket.recv(65536)
                if not data:
                    raise NotThereError("it closed the connection")
                self._buffer += data
        except OSError as error:
            raise NotThereError(str(error)) from error
        line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            reply = Reply.model_validate_json(line)
        except ValidationError as error:
            raise NotThereError("something else answers at its port") from error
        if reply.stranger:
            raise NotThereError(f"another laboratory is at its port: {reply.error}")
        if reply.error is not None:
            raise InstrumentError(reply.error)
        return reply.result

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class SimulatedLaboratory:
    """A laboratory that this process owns (`testbench.engine.laboratory.Laboratory`), until `close`."""

    def __init__(self, channel: ControlChannel, rendezvous: Rendezvous, log: Path) -> None:
        self.pid = rendezvous.pid
        self.resources: Mapping[str, str] = rendezvous.resources
        self._channel = channel
        self._log = log

    def reset(self, seed: int) -> None:
        """Start anew: bench time 0, every drawn truth drawn from `seed`; instruments as switched on."""
        self._ask(Reset(seed=seed))

    def now(self) -> float:
        """Bench time, s."""
        return float(self._ask(Now()))

    def advance(self, to_s: float) -> None:
        """Move bench time to `to_s`; return when the plant is there."""
        self._ask(Advance(to_s=to_s))

    def adjust_by_hand(self, device: str, point: Adjustment, indicated: float, target: float) -> None:
        """Adjust a device as the operator at its keys would."""
        self._ask(AdjustByHand(device=device, point=point, indicated=indicated, target=target))

    def set_condition(self, quantity: str, value: float) -> None:
        """Set an ambient or supply condition, in the unit of its table."""
        self._ask(SetCondition(quantity=quantity, value=value))

    def connect_gas(self, contents: Mapping[str, float]) -> None:
        """Connect a gas of these contents (mol/mol) to the line by hand; without any, the divider."""
        self._ask(ConnectGas(contents=dict(contents)))

    def log(self) -> History:
        """Seed, bench time and commands since the last reset; `Plant.replay` makes an equal plant of them."""
        return History.model_validate(self._ask(Log()))

    def history(self, since: int = 0) -> list[dict[str, Any]]:
        """What was done since the reset, from command number `since` on, as JSON documents."""
        return to_documents(History.model_validate(self._ask(Log(since=since))).commands)

    def restore(self, seed: int, history: Sequence[Mapping[str, Any]], at_s: float) -> bool:
        """Go on with the world of a seed and a history at `at_s` or later; True if it was there, else it is made anew.

        Made anew, the instruments are as switched on; flows, adjustments and conditions are those of the history.
        Raise InputError for a history that cannot be read, InstrumentError for one of another station.
        """
        return bool(self._ask(Restore(seed=seed, commands=from_documents(history), at_s=at_s)))

    def stop(self) -> None:
        """End the laboratory's process instead of leaving it to others."""
        try:
            self._ask(Stop())
        finally:
            self._channel.close()

    def close(self) -> None:
        """Leave the laboratory: it goes on in real time, and ends when nobody comes."""
        with contextlib.suppress(InstrumentError):
            self._ask(Leave())
        self._channel.close()

    def _ask(self, request: Message) -> Any:
        try:
            return self._channel.ask(request)
        except NotThereError as error:
            raise InstrumentError(
                f"simulated laboratory (process {self.pid}): no longer there ({error}); its messages are in {self._log}. "
                "Start the evaluation again; what was measured is in the record"
            ) from error


class Visitor:
    """A visitor of a laboratory that somebody else may own: looks at it, and gives its instruments faults.

    with visit(station) as visitor:
        visitor.fault("A", Fault.SILENT)
        …
        visitor.clear("A")
    """

    def __init__(self, channel: ControlChannel, rendezvous: Rendezvous) -> None:
        self.pid = rendezvous.pid
        self.resources: Mapping[str, str] = rendezvous.resources
        self._channel = channel

    def fault(
        self,
        instrument: str,
        fault: Fault,
        *,
        requests: int | None = None,
        delay_s: float | None = None,
        at: int | None = None,
        data: bytes | None = None,
    ) -> None:
        """Give the line of an instrument a fault (`instruments.twin.faults`), for so many requests or until it is cleared.

        Raise InputError for a wrong number, InstrumentError for an instrument that is not there or cannot have this fault.
        """
        data_hex = None if data is None else data.hex()
        try:
            request = SetFault(
                instrument=instrument, fault=fault, requests=requests, delay_s=delay_s, at=at, data_hex=data_hex
            )
        except ValidationError as error:
            raise InputError(f"fault of {instrument}: {explain(error)}") from error
        self._ask(request)

    def clear(self, instrument: str | None = None) -> None:
        """Take the fault from an instrument, or from all."""
        self._ask(ClearFault(instrument=instrument))

    def now(self) -> float:
        """Bench time, s."""
        return float(self._ask(Now()))

    def log(self) -> History:
        """Seed, bench time and commands since the last reset."""
        return History.model_validate(self._ask(Log()))

    def history(self, since: int = 0) -> list[dict[str, Any]]:
        """What was done since the reset, from command number `since` on, as JSON documents."""
        return to_documents(History.model_validate(self._ask(Log(since=since))).commands)

    def close(self) -> None:
        """Go; faults that were given stay."""
        self._channel.close()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: Message) -> Any:
        try:
            return self._channel.ask(request)
        except NotThereError as error:
            raise InstrumentError(f"simulated laboratory (process {self.pid}): no longer there ({error})") from error


def _find(rendezvous: Rendezvous) -> ControlChannel | None:
    """Own the laboratory that a rendezvous names; None when it is not there any more."""
    try:
        channel = ControlChannel(rendezvous, FIND_TIMEOUT_S)
    except NotThereError:
        return None
    try:
        channel.greet()
    except NotThereError:
        channel.close()
        return None
    except InstrumentError:
        channel.close()
        raise
    return channel


def _launch(station: StationFile, path: Path, idle_exit_s: float) -> Rendezvous:
    """Start the process, detached, and return what it says when it is ready."""
    command = [sys.executable, "-P", "-m", "instruments.twin", str(station.path), "--launched"]
    command += ["--idle-exit", str(idle_exit_s), "--directory", str(path.parent)]
    log = path.with_suffix(".log")
    with log.open("wb") as messages:
        process = _detached(command, messages.fileno())
    deadline = threading.Timer(START_TIMEOUT_S, process.kill)
    deadline.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError), process.stdin:  # it may end without reading
            process.stdin.write(station.text.encode())
        with process.stdout:
            line = process.stdout.readline()
    finally:
        deadline.cancel()
    threading.Thread(target=process.wait, daemon=True, name="laboratory").start()  # no zombie when it ends before us
    try:
        return Rendezvous.model_validate_json(line)
    except ValidationError:
        said = (
            log.read_text(encoding="utf-8", errors="replace").strip() or f"it said nothing ({START_TIMEOUT_S:g} s at most)"
        )
        raise InstrumentError(f"the simulated laboratory could not be started: {said}") from None


def _detached(command: list[str], messages: int) -> subprocess.Popen[bytes]:
    """Start a process that neither the terminal nor the end of this process reaches."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages, creationflags=flags)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages, start_new_session=True)


def _idle_exit_s() -> float:
    text = os.environ.get(IDLE_VARIABLE) or str(IDLE_EXIT_S)
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.0 <= seconds < math.inf:
        raise InputError(f"the environment variable {IDLE_VARIABLE} must be a number of seconds, 0 or larger, got {text!r}")
    return seconds
