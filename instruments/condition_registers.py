"""The Modbus registers of an instrument that sets conditions (climate chamber …), as data, one TOML file a model.

A profile is shipped in `instruments/condition_profiles` and named in the station file (`profile = "generic-chamber"`), or is
a file of the lab's own. `generic-chamber.toml` shows every key. Registers are counted from 0, as they are sent.
"""

from __future__ import annotations

from importlib import resources
from typing import Literal

from pydantic import Field, model_validator

from instruments.condition_control import ControlTerms
from instruments.modbus import Function, Request
from instruments.profile_files import profiles_in, read_profile_file
from instruments.register_profile import Number, Table, Transport
from instruments.registers import NumberType

SHIPPED = resources.files("instruments") / "condition_profiles"


class ConditionNumber(Number):
    """A number in holding or input registers: value = number · scale, in the unit of the condition."""

    type: NumberType = NumberType.INT16
    function: Literal[3, 4] = 3
    scale: float = Field(default=1.0, gt=0, allow_inf_nan=False)

    def read(self) -> Request:
        """The request that reads it."""
        return Request(Function(self.function), self.register_, self.format.words)

    def value(self, data: bytes) -> float:
        """The value from the data of the answer."""
        return self.format.decode(data) * self.scale


class ConditionSetting(ConditionNumber):
    """A number that is written by function 6 or 16, and read back from the same registers."""

    write_function: Literal[6, 16] = 16

    @model_validator(mode="after")
    def _one_register_by_function_6(self) -> ConditionSetting:
        if self.write_function == 6 and self.format.words != 1:
            raise ValueError("function 6 writes one register: use function 16, or a type of 16 bits")
        return self

    def write(self, value: float) -> Request:
        """The request that writes a value; raise ValueError if it does not fit."""
        data = self.format.encode(value / self.scale)
        words = tuple(int.from_bytes(data[index : index + 2], "big") for index in range(0, len(data), 2))
        return Request(Function(self.write_function), self.register_, len(words), words)

    @property
    def step(self) -> float:
        """Largest departure of what is read back from what was written."""
        return 0.5001 * self.scale if self.format.integer else 0.0


class Word(Table):
    """A word that is written by function 6 after the value, to let it act (run)."""

    register_: int = Field(alias="register", ge=0, le=65535)
    value: int = Field(ge=0, le=65535)


class RegisterControl(ControlTerms):
    """How one condition is set and read."""

    unit: str
    set_: ConditionSetting = Field(alias="set")
    actual: ConditionNumber
    after: tuple[Word, ...] = ()


class ConditionRegisters(Table):
    """A whole profile."""

    name: str
    maker: str
    model: str
    documented_by: str
    evidence: str
    transport: Transport = Transport()
    control: dict[str, RegisterControl] = Field(min_length=1)


def condition_profile_names() -> list[str]:
    """Names of the shipped profiles."""
    return profiles_in(SHIPPED)


def read_condition_registers(name: str) -> ConditionRegisters:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong and where."""
    return read_profile_file(name, ConditionRegisters, SHIPPED, "condition profile")
