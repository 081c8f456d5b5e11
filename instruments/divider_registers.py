"""The Modbus registers of a gas divider, as data: how it is told what to make, and where it says what it makes.

A profile is shipped in `instruments/divider_profiles` and named in the station file (`profile = "mcq-gb100"`), or is a file
of the lab's own (`profile = "profiles/ours.toml"`, seen from the folder where the program is started). It has `[ports]`,
where the divider reports the flow of every port, or `[contents.GAS]`, where it makes a content. `generic-flows.toml` and
`generic-contents.toml` show every key. Registers are counted from 0, as they are sent.
"""

from __future__ import annotations

from importlib import resources
from typing import Literal

from pydantic import Field, model_validator

from instruments.flow_units import FlowUnitError, flow_unit
from instruments.modbus import Function, Request
from instruments.profile_files import profiles_in, read_profile_file
from instruments.register_profile import Number, StatusEntry, Table, Transport
from instruments.registers import NumberType
from testbench.errors import InputError
from testbench.metrology.amount import UnitError, conversion

SHIPPED = resources.files("instruments") / "divider_profiles"
SHARE = "%"  # unit of a port's setting that is a share of the total flow
ANY_GAS = "any"  # name of the contents that hold for every gas which is not named


class Value(Number):
    """A value in registers: number · scale, in `unit`."""

    function: Literal[3, 4] = 3
    unit: str
    scale: float = Field(default=1.0, gt=0)

    def read(self, offset: int = 0) -> Request:
        """The request that reads it, `offset` registers further on."""
        return Request(Function(self.function), self.register_ + offset, self.format.words)

    def value(self, data: bytes) -> float:
        """The value, in `unit`, from the data of the answer."""
        return self.format.decode(data) * self.scale


class Setting(Value):
    """A value that is written, by function 16 or 6."""

    write_function: Literal[6, 16] = 16

    def write(self, value: float, offset: int = 0) -> Request:
        """The request that writes a value in `unit`; raise ValueError if it does not fit."""
        return _write(self, value / self.scale, self.write_function, offset)

    @property
    def step(self) -> float:
        """The step in which it can be set, in `unit`; 0 for a float."""
        return self.scale if self.format.integer else 0.0


class Register(Number):
    """A register that is written with a plain number."""

    type: NumberType = NumberType.UINT16
    write_function: Literal[6, 16] = 16

    def write(self, number: float, offset: int = 0) -> Request:
        """The request that writes a number; raise ValueError if it does not fit."""
        return _write(self, number, self.write_function, offset)


class Run(Register):
    """The register that starts and stops it, and says whether it runs. `zero` starts it on zero gas, where that differs."""

    on: int
    off: int
    zero: int | None = None
    meaning: dict[int, str] = Field(default={})

    def read(self) -> Request:
        """The request that reads it."""
        return Request(Function.READ_HOLDING_REGISTERS, self.register_, self.format.words)


class Enable(Register):
    """The register that takes a port into use."""

    on: int = 1
    off: int = 0


class Ports(Table):
    """Registers of the ports: those of port n are (n − 1)·`stride` further on than those of port 1, which stand here.

    `set` is in a unit of flow, or in "%" of the total flow. With `balance` the port named there makes up the total flow, and
    its own share is not written.
    """

    stride: int = Field(ge=1)
    most: int = Field(ge=2, description="how many ports there are")
    set_: Setting = Field(alias="set")
    actual: Value
    enable: Enable | None = None

    @model_validator(mode="after")
    def _units_are_known(self) -> Ports:
        for unit in (self.actual.unit, *([] if self.set_.unit == SHARE else [self.set_.unit])):
            _litres(unit)
        return self


class Contents(Table):
    """Registers of the content of one gas: `target` is told, `actual` reported (default: what the target reads)."""

    target: Setting
    actual: Value | None = None
    select: int | None = None

    @property
    def reported(self) -> Value:
        """Where the content that it makes is read."""
        return self.actual or self.target

    @model_validator(mode="after")
    def _units_are_of_contents(self) -> Contents:
        for unit in (self.target.unit, self.reported.unit):
            try:
                conversion(unit, "mol/mol")
            except UnitError as error:
                raise ValueError(str(error)) from None
        return self


class DividerRegisters(Table):
    """A whole profile."""

    name: str
    maker: str
    model: str
    documented_by: str
    evidence: str
    transport: Transport = Transport()
    run: Run
    alarm: StatusEntry | None = None
    total_flow: Setting | None = None
    measured_flow: Value | None = None
    ports: Ports | None = None
    balance: Register | None = None
    contents: dict[str, Contents] = Field(default={})
    select: Register | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> DividerRegisters:
        if (self.ports is None) == (not self.contents):
            raise ValueError(
                "a divider has either [ports], where it reports flows, or [contents.GAS], where it makes contents"
            )
        if self.ports is not None and self.ports.set_.unit == SHARE and self.total_flow is None:
            raise ValueError("ports that are set in % of the total flow need [total_flow]")
        for value in (self.total_flow, self.measured_flow):
            if value is not None:
                _litres(value.unit)
        return self

    def contents_of(self, component: str) -> Contents:
        """Registers for a gas; raise InputError listing those there are."""
        found = self.contents.get(component) or self.contents.get(ANY_GAS)
        if found is None:
            raise InputError(f"profile {self.name!r} has no content of {component!r}; it has {', '.join(self.contents)}")
        return found


def _litres(unit: str) -> float:
    try:
        return flow_unit(unit).litres_per_minute
    except FlowUnitError as error:
        raise ValueError(str(error)) from None


def _write(number: Number, value: float, function: int, offset: int) -> Request:
    data = number.format.encode(value)
    words = tuple(int.from_bytes(data[index : index + 2], "big") for index in range(0, len(data), 2))
    if function == Function.WRITE_REGISTER and len(words) != 1:
        raise ValueError("function 6 writes one register: use function 16, or a type of 16 bits")
    return Request(Function(function), number.register_ + offset, len(words), words)


def divider_profile_names() -> list[str]:
    """Names of the shipped profiles."""
    return profiles_in(SHIPPED)


def read_divider_profile(name: str) -> DividerRegisters:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong and where."""
    return read_profile_file(name, DividerRegisters, SHIPPED, "Modbus profile")
