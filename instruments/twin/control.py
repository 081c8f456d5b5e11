"""The control channel of the simulated laboratory: one JSON object a line, one answer a line, on a loopback port.

    {"call": "hello", "token": "…", "digest": "…", "pid": 4711, "own": true}      must come first
    {"call": "advance", "to_s": 12.5}

An answer is {"result": …} or {"error": "…"}. One connection at a time may own the laboratory; it alone resets it and
advances its time, and time stands still while it does not. A connection that ends gives its ownership up.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from instruments.twin.commands import Command
from testbench.engine.roles import Adjustment
from testbench.errors import TestbenchError
from testbench.station import explain

if TYPE_CHECKING:
    from instruments.twin.process import LaboratoryProcess

LONGEST_LINE = 65536

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Message(BaseModel):
    """One line of the channel."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Hello(Message):
    """Prove knowledge of the token, check that the station is the same, and become the owner if `own`."""

    call: Literal["hello"] = "hello"
    token: str
    digest: str
    pid: int
    own: bool = True


class Leave(Message):
    """Give ownership up."""

    call: Literal["leave"] = "leave"


class Reset(Message):
    """Start anew at bench time 0 with a seed; owner only."""

    call: Literal["reset"] = "reset"
    seed: int


class Advance(Message):
    """Move bench time; owner only."""

    call: Literal["advance"] = "advance"
    to_s: Seconds


class Now(Message):
    """Ask for bench time, s."""

    call: Literal["now"] = "now"


class Resources(Message):
    """Ask for the VISA resource names by instrument."""

    call: Literal["resources"] = "resources"


class AdjustByHand(Message):
    """Adjust a device at its keys."""

    call: Literal["adjust_by_hand"] = "adjust_by_hand"
    device: str
    point: Adjustment
    indicated: float
    target: float


class SetCondition(Message):
    """Set an ambient or supply condition."""

    call: Literal["set_condition"] = "set_condition"
    quantity: str
    value: float


class Log(Message):
    """Ask for the seed and the commands since the last reset."""

    call: Literal["log"] = "log"


class Stop(Message):
    """End the laboratory."""

    call: Literal["stop"] = "stop"


Request = Annotated[
    Hello | Leave | Reset | Advance | Now | Resources | AdjustByHand | SetCondition | Log | Stop, Field(discriminator="call")
]


class Reply(Message):
    """Answer to one request; a `stranger` has come to a laboratory that it does not look for."""

    result: Any = None
    error: str | None = None
    stranger: bool = False


class Welcome(Message):
    """Result of a hello: who answers."""

    pid: int
    now_s: float


class History(Message):
    """Result of a log: all that the plant's state is made of."""

    seed: int
    now_s: float
    commands: tuple[Command, ...]


_REQUESTS: TypeAdapter[Any] = TypeAdapter(Request)
_DONE = b'{"result":null}\n'


class RefusedError(TestbenchError):
    """A request that this connection may not make; the text says why."""


class StrangerError(RefusedError):
    """The client looks for another laboratory."""


class ControlConnection:
    """One client of the control channel; bytes in, bytes out."""

    def __init__(self, laboratory: LaboratoryProcess) -> None:
        self.pid = 0
        self._laboratory = laboratory
        self._buffer = b""
        self._known = False

    def receive(self, data: bytes) -> bytes:
        """Take what arrived and answer every whole line."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if len(self._buffer) > LONGEST_LINE:
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
            case Log():
                return laboratory.history()
            case Leave():
                return laboratory.give_up(self)
        self._check_owner(required=isinstance(request, Reset | Advance))
        match request:
            case Reset(seed=seed):
                laboratory.reset(seed)
            case AdjustByHand(device=device, point=point, indicated=indicated, target=target):
                laboratory.adjust_by_hand(device, point, indicated, target)
            case SetCondition(quantity=quantity, value=value):
                laboratory.set_condition(quantity, value)
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
