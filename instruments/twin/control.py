"""The laboratory's end of the control channel, on a loopback port (`instruments.twin.messages` has what is said on it).

One connection at a time may own the laboratory; it alone resets it and advances its time, and time stands still while it
does not. A connection that ends gives its ownership up. Visitors may look, and give the instruments' lines faults.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from instruments.twin.commands import Command
from instruments.twin.faults import LineFault
from instruments.twin.messages import (
    AdjustByHand,
    Advance,
    ClearFault,
    ConnectGas,
    Hello,
    History,
    Leave,
    Log,
    Now,
    Reply,
    Request,
    Reset,
    Resources,
    Restore,
    SetCondition,
    SetFault,
    Stop,
    Welcome,
)
from testbench.engine.roles import Adjustment
from testbench.errors import TestbenchError, explain

LONGEST_LINE = 1 << 24  # a history of some hundred thousand commands
LONGEST_GREETING = 1 << 16

_REQUESTS: TypeAdapter[Any] = TypeAdapter(Request)
_DONE = b'{"result":null}\n'


class RefusedError(TestbenchError):
    """A request that this connection may not make; the text says why."""


class StrangerError(RefusedError):
    """The client looks for another laboratory."""


class Controlled(Protocol):
    """What of a laboratory its control channel reaches (`instruments.twin.process.LaboratoryProcess` says what it does)."""

    name: str
    token: str
    digest: str
    owner: ControlConnection | None

    def take_over(self, owner: ControlConnection) -> None: ...
    def give_up(self, owner: ControlConnection) -> None: ...
    def welcome(self) -> Welcome: ...
    def reset(self, seed: int) -> None: ...
    def restore(self, seed: int, commands: Sequence[Command], at_s: float) -> bool: ...
    def advance(self, to_s: float) -> None: ...
    def now(self) -> float: ...
    def resources(self) -> dict[str, str]: ...
    def adjust_by_hand(self, device: str, point: Adjustment, indicated: float, target: float) -> None: ...
    def set_condition(self, quantity: str, value: float) -> None: ...
    def connect_gas(self, contents: Mapping[str, float]) -> None: ...
    def history(self, since: int = 0) -> History: ...
    def set_fault(self, instrument: str, fault: LineFault) -> None: ...
    def clear_fault(self, instrument: str | None) -> None: ...
    def stop(self) -> None: ...


class ControlConnection:
    """One client of the control channel; bytes in, bytes out."""

    def __init__(self, laboratory: Controlled) -> None:
        self.pid = 0
        self._laboratory = laboratory
        self._buffer = b""
        self._known = False

    def receive(self, data: bytes) -> bytes:
        """Take what arrived and answer every whole line."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if len(self._buffer) > (LONGEST_LINE if self._known else LONGEST_GREETING):
            self._buffer = b""
            return _refuse("the line is too long")
        return b"".join(map(self._answer, lines))

    def closed(self) -> None:
        """The client is gone."""
        self._laboratory.give_up(self)

    def _answer(self, line: bytes) -> bytes:
        try:
            result = self._do(_REQUESTS.validate_json(line))
        except ValidationError as error:
            return _refuse(f"not understood: {explain(error)}")
        except TestbenchError as error:
            return _refuse(str(error), stranger=isinstance(error, StrangerError))
        return _DONE if result is None else Reply(result=result).model_dump_json(exclude_defaults=True).encode() + b"\n"

    def _do(self, request: Any) -> Any:
        laboratory = self._laboratory
        if isinstance(request, Advance) and laboratory.owner is self:
            return laboratory.advance(request.to_s)
        if isinstance(request, Hello):
            return self._greet(request)
        if not self._known:
            raise RefusedError("say hello with the token first")
        match request:
            case Now():
                return laboratory.now()
            case Resources():
                return laboratory.resources()
            case Log(since=since):
                return laboratory.history(since)
            case SetFault(instrument=instrument):
                return laboratory.set_fault(instrument, request.line_fault())
            case ClearFault(instrument=instrument):
                return laboratory.clear_fault(instrument)
            case Leave():
                return laboratory.give_up(self)
        self._check_owner(required=isinstance(request, Reset | Restore | Advance))
        match request:
            case Reset(seed=seed):
                laboratory.reset(seed)
            case Restore(seed=seed, commands=commands, at_s=at_s):
                return laboratory.restore(seed, commands, at_s)
            case AdjustByHand(device=device, point=point, indicated=indicated, target=target):
                laboratory.adjust_by_hand(device, point, indicated, target)
            case SetCondition(quantity=quantity, value=value):
                laboratory.set_condition(quantity, value)
            case ConnectGas(contents=contents):
                laboratory.connect_gas(contents)
            case Stop():
                laboratory.stop()
        return None

    def _greet(self, hello: Hello) -> Welcome:
        laboratory = self._laboratory
        if not hmac.compare_digest(hello.token.encode(), laboratory.token.encode()):
            raise StrangerError("wrong token")
        if hello.digest != laboratory.digest:
            raise StrangerError("this laboratory simulates another station")
        self._known = True
        self.pid = hello.pid
        if hello.own:
            self._check_owner(required=False)
            laboratory.take_over(self)
        return laboratory.welcome()

    def _check_owner(self, *, required: bool) -> None:
        owner = self._laboratory.owner
        if owner is not None and owner is not self:
            raise RefusedError(
                f"the simulated laboratory of {self._laboratory.name} is in use by process {owner.pid}; "
                "wait until that run has ended, or abort it"
            )
        if required and owner is None:
            raise RefusedError("only an owner resets the laboratory or advances its time")


def _refuse(text: str, *, stranger: bool = False) -> bytes:
    return Reply(error=text, stranger=stranger).model_dump_json(exclude_defaults=True).encode() + b"\n"
