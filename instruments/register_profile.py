"""A Modbus register profile: where an analyser keeps its values, as data, one TOML file a model.

A profile is shipped in `instruments/profiles` and named in the station file (`profile = "kailan"`), or is a file of the
lab's own (`profile = "profiles/ours.toml"`, seen from the folder where the program is started). `generic.toml` shows every
key. Each profile says who documented it and how far it was checked.
"""

from __future__ import annotations

from functools import cached_property
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from instruments.modbus import LARGEST_COUNT, Function, Request, unpack_bits
from instruments.profile_files import parse_profile_text, profiles_in, read_profile_file
from instruments.registers import ByteOrder, NumberFormat, NumberType
from testbench.errors import InputError

SHIPPED = resources.files("instruments") / "profiles"


class Table(BaseModel):
    """A table of a profile; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Transport(Table):
    """How the analyser is set by its maker; the station file may say otherwise. `kind` and `tcp_port` only inform people."""

    kind: Literal["rtu", "tcp"] = "rtu"
    address: int = Field(default=1, ge=0, le=255)
    baud_rate: int = Field(default=9600, gt=0)
    data_bits: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    tcp_port: int = Field(default=502, ge=1, le=65535)


class Number(Table):
    """Where one number lies, and its type and order."""

    register_: int = Field(alias="register", ge=0, le=65535)
    type: NumberType = NumberType.FLOAT32
    order: ByteOrder = ByteOrder.ABCD

    @cached_property
    def format(self) -> NumberFormat:
        """How the number is written in its registers."""
        return NumberFormat(self.type, self.order)

    @property
    def end(self) -> int:
        """The register after the last of this number."""
        return self.register_ + self.format.words

    @model_validator(mode="after")
    def _inside_the_address_space(self) -> Number:
        if self.end > 0x10000:
            raise ValueError(f"register {self.register_} has no room for a number of two registers")
        return self


class QuantityEntry(Number):
    """A measured quantity: value = number · scale + offset, in `unit`.

    A value outside `valid` (in `unit`), not finite, or equal to one of `no_value` (numbers as they stand in the register) is
    flagged. `unit_documented` is false where the source does not say the unit: then check it at the analyser, and give
    `profile_unit` in the station file if it differs.
    """

    function: Literal[3, 4] = 3
    unit: str
    unit_documented: bool = True
    scale: float = 1.0
    offset: float = 0.0
    valid: tuple[float, float] | None = None
    no_value: tuple[float, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _scale_is_usable(self) -> QuantityEntry:
        if self.scale == 0.0:
            raise ValueError("scale must not be 0")
        return self


class StatusEntry(Number):
    """A status number: in `normal` the values are trusted, otherwise they are flagged with the words of `meaning`.

    With `read = false` it is known, but only read where the station file says `read_status = true`.
    """

    type: NumberType = NumberType.UINT16
    function: Literal[3, 4] = 3
    normal: tuple[int, ...] = (0,)
    meaning: dict[int, str] = {}
    read: bool = True


class FlagsEntry(Table):
    """Bits that say that the values cannot be trusted: coils (function 1) or discrete inputs (2), each with its words.

    They are read by one request, so every bit from the first to the last is named.
    """

    function: Literal[1, 2] = 2
    bits: dict[int, str] = Field(min_length=1, max_length=2000)
    read: bool = True

    @model_validator(mode="after")
    def _without_gaps(self) -> FlagsEntry:
        if sorted(self.bits) != list(range(self.first, self.first + len(self.bits))) or self.first < 0:
            raise ValueError("bits must follow each other: name every one from the first to the last")
        return self

    @property
    def first(self) -> int:
        """The first bit."""
        return min(self.bits)

    @property
    def request(self) -> Request:
        """The read of all bits."""
        return Request(Function(self.function), self.first, len(self.bits))

    def raised(self, data: bytes) -> list[str]:
        """The words of the bits that are set in the data of the answer."""
        set_ = unpack_bits(data, len(self.bits))
        return [words for bit, words in sorted(self.bits.items()) if set_[bit - self.first]]


class TextEntry(Table):
    """A text in registers, two characters each, the first in the high byte; it ends with a byte 0 or the last register."""

    register_: int = Field(alias="register", ge=0, le=65535)
    words: int = Field(ge=1, le=64)
    function: Literal[3, 4] = 3

    @property
    def request(self) -> Request:
        """The read of the whole text."""
        return Request(Function(self.function), self.register_, self.words)

    @staticmethod
    def text(data: bytes) -> str:
        """The text of the registers read."""
        return data.split(b"\x00", 1)[0].decode("latin-1").strip()


class IdentityTexts(Table):
    """Where the analyser says who it is."""

    model: TextEntry | None = None
    serial: TextEntry | None = None
    firmware: TextEntry | None = None


def _number_or_target(value: object) -> object:
    if value == "target" or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ValueError('must be a number or "target"')


class Write(Number):
    """One write of an adjustment: a number, or the target in the profile's unit; by function 6 or 16, or to a coil by 5."""

    function: Literal[5, 6, 16] = 16
    value: Annotated[float | Literal["target"], BeforeValidator(_number_or_target)]

    @property
    def coil(self) -> bool:
        """Whether a coil is written, not a register."""
        return self.function == 5

    @model_validator(mode="after")
    def _one_item_for_one_item(self) -> Write:
        if self.coil and self.value not in (0, 1):
            raise ValueError("a coil (function 5) takes 0 or 1")
        if self.function == 6 and self.format.words != 1:
            raise ValueError("function 6 writes one register: use function 16, or a type of 16 bits")
        return self

    def request(self, target: float, entry: QuantityEntry) -> Request:
        """Return the request for a target in the profile's unit; raises ValueError if the number does not fit."""
        if self.coil:
            return Request(Function.WRITE_COIL, self.register_, 1, (int(self.value == 1),))
        number = (target - entry.offset) / entry.scale if self.value == "target" else float(self.value)
        data = self.format.encode(number)
        words = tuple(int.from_bytes(data[index : index + 2], "big") for index in range(0, len(data), 2))
        return Request(Function(self.function), self.register_, len(words), words)


class Adjustments(Table):
    """The writes that adjust zero and span, in order; empty where the analyser has no known command."""

    zero: tuple[Write, ...] = ()
    span: tuple[Write, ...] = ()


class RegisterProfile(Table):
    """A whole profile."""

    name: str
    maker: str
    model: str
    documented_by: str
    evidence: str
    transport: Transport = Transport()
    quantities: dict[str, QuantityEntry] = Field(min_length=1)
    status: StatusEntry | None = None
    flags: FlagsEntry | None = None
    adjustment: Adjustments = Adjustments()
    identity: IdentityTexts = IdentityTexts()
    unit_text: TextEntry | None = None  # the unit that is set at the analyser, where it says so

    @property
    def texts(self) -> tuple[TextEntry, ...]:
        """Every text that the profile knows."""
        identity = self.identity
        texts = (identity.model, identity.serial, identity.firmware, self.unit_text)
        return tuple(text for text in texts if text is not None)

    def quantity(self, name: str) -> QuantityEntry:
        """Return the entry of a quantity; raise InputError listing those there are."""
        try:
            return self.quantities[name]
        except KeyError:
            listing = ", ".join(self.quantities)
            raise InputError(f"profile {self.name!r} has no quantity {name!r}; it has {listing}") from None

    def known_registers(self, function: int) -> set[int]:
        """Return every register of function 3 or 4 that the profile names."""
        entries: list[QuantityEntry | StatusEntry] = [*self.quantities.values()]
        if self.status is not None:
            entries.append(self.status)
        return {register for e in entries if e.function == function for register in range(e.register_, e.end)}

    def joint_request(self, *entries: QuantityEntry | StatusEntry) -> Request | None:
        """Return the one read that covers all entries, or None if there is no such read.

        It touches only registers that the profile names: many analysers refuse a read of an unknown register.
        """
        function, start, end = entries[0].function, min(e.register_ for e in entries), max(e.end for e in entries)
        if end - start > LARGEST_COUNT[Function(function)] or any(e.function != function for e in entries):
            return None
        if not self.known_registers(function).issuperset(range(start, end)):
            return None
        return Request(Function(function), start, end - start)


def profile_names() -> list[str]:
    """Names of the shipped profiles."""
    return profiles_in(SHIPPED)


def read_profile(name: str) -> RegisterProfile:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong and where."""
    return read_profile_file(name, RegisterProfile, SHIPPED, "Modbus profile")


def parse_profile(text: str, place: str) -> RegisterProfile:
    """Check the text of a profile; `place` names it in errors."""
    return parse_profile_text(text, place, RegisterProfile)
