"""What is said on the control channel of the simulated laboratory: one JSON object a line, one answer a line.

    {"call": "hello", "token": "…", "digest": "…", "pid": 4711, "own": true}      must come first
    {"call": "advance", "to_s": 12.5}

An answer is {"result": …} or {"error": "…"}. Both ends read and write these models: `instruments.twin.control` in the
laboratory, `instruments.twin.launch` in whoever uses it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from instruments.twin.commands import Command
from instruments.twin.faults import Fault, LineFault
from testbench.engine.roles import Adjustment
from testbench.errors import InputError

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


class Restore(Message):
    """Go on with the world of a seed and its commands at a bench time; owner only. The result: whether it was that world."""

    call: Literal["restore"] = "restore"
    seed: int
    commands: tuple[Command, ...]
    at_s: Seconds


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


class ConnectGas(Message):
    """Connect a gas of these contents (mol/mol by component) to the line by hand; without any, the divider."""

    call: Literal["connect_gas"] = "connect_gas"
    contents: dict[str, float]


class SetFault(Message):
    """Give an instrument's line a fault, for so many requests or until it is cleared; visitors may."""

    call: Literal["set_fault"] = "set_fault"
    instrument: str
    fault: Fault
    requests: Annotated[int, Field(ge=1)] | None = None
    delay_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    at: int | None = None
    data_hex: Annotated[str, Field(pattern="^([0-9A-Fa-f]{2})+$")] | None = None

    def line_fault(self) -> LineFault:
        """The fault itself; raise InputError for what cannot be."""
        data = None if self.data_hex is None else bytes.fromhex(self.data_hex)
        try:
            return LineFault(self.fault, self.requests, self.delay_s, self.at, data)
        except InputError as error:
            raise InputError(f"{self.instrument}: {error}") from error


class ClearFault(Message):
    """Take the fault from an instrument, or from all; visitors may."""

    call: Literal["clear_fault"] = "clear_fault"
    instrument: str | None = None


class Log(Message):
    """Ask for the seed, bench time and the commands since the last reset, from number `since` on."""

    call: Literal["log"] = "log"
    since: Annotated[int, Field(ge=0)] = 0


class Stop(Message):
    """End the laboratory."""

    call: Literal["stop"] = "stop"


Request = Annotated[
    Hello
    | Leave
    | Reset
    | Restore
    | Advance
    | Now
    | Resources
    | AdjustByHand
    | SetCondition
    | ConnectGas
    | SetFault
    | ClearFault
    | Log
    | Stop,
    Field(discriminator="call"),
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
    """Result of a log: all that the plant's state is made of, if no command was left out."""

    seed: int
    now_s: float
    commands: tuple[Command, ...]
