"""Frames of Sevenstar CS flow controllers, as a profile has them: both ends, without any input or output.

What is not known for certain of the protocol is in the profile (`controller_profiles/sevenstar-cs.toml`): what the length
counts, where the checksum begins, and what answers a read and a write.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from instruments.framing import FrameError
from instruments.profile_files import read_profile_file

SHIPPED = resources.files("instruments") / "controller_profiles"
START = 0x02
HOST = 0x00
HEAD = 7  # address, start, service, length, class, instance, attribute
TAIL = 2  # 00, sum
FRACTION = 1 << 16  # 16.16 bits

Byte = Annotated[int, Field(ge=0, le=0xFF)]


class Service(IntEnum):
    """What a frame does."""

    READ = 0x80
    WRITE = 0x81


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FrameRules(_Table):
    """What of the frames is not known for certain."""

    length: Literal["class to data", "data"]
    sum_from: Literal["address", "start", "service"]
    answer_address: Literal["own", "host", "any"]
    read_answer: Literal["frame", "acknowledge and frame"]
    write_answer: Literal["acknowledge", "frame"]
    acknowledge: Byte
    refuse: Byte


class NumberRules(_Table):
    """How numbers lie in the data."""

    order: Literal["ABCD", "DCBA"]


AttributePath = tuple[Byte, Byte, Byte]


class Attributes(_Table):
    """Where things are kept: class, instance, attribute."""

    flow: AttributePath
    setpoint: AttributePath
    mode: AttributePath
    alarm: AttributePath
    temperature: AttributePath
    serial: AttributePath
    model: AttributePath
    firmware: AttributePath
    full_scale: AttributePath


class SevenstarProfile(_Table):
    """A whole profile."""

    name: str
    maker: str
    model: str
    documented_by: str
    evidence: str
    baud_rate: int = Field(gt=0)
    frame: FrameRules
    numbers: NumberRules
    attributes: Attributes

    # ---- numbers

    def integer(self, data: bytes) -> int:
        """An unsigned integer of any length."""
        return int.from_bytes(data, "big" if self.numbers.order == "ABCD" else "little")

    def fraction(self, data: bytes) -> float:
        """A signed number of 16.16 bits; raise ValueError for other data."""
        return self._unpacked("i", data) / FRACTION

    def real(self, data: bytes) -> float:
        """A float; raise ValueError for other data."""
        return self._unpacked("f", data)

    def packed_fraction(self, value: float) -> bytes:
        """The data of a signed number of 16.16 bits."""
        return struct.pack(self._order + "i", round(value * FRACTION))

    def packed_real(self, value: float) -> bytes:
        """The data of a float."""
        return struct.pack(self._order + "f", value)

    @property
    def _order(self) -> str:
        return ">" if self.numbers.order == "ABCD" else "<"

    def _unpacked(self, kind: str, data: bytes) -> float:
        try:
            return float(struct.unpack(self._order + kind, data)[0])
        except struct.error:
            raise ValueError(f"{len(data)} bytes of data where 4 are due") from None

    # ---- frames

    def frame_of(self, address: int, service: Service, path: AttributePath, data: bytes = b"") -> bytes:
        """A whole frame."""
        counted = len(data) + (3 if self.frame.length == "class to data" else 0)
        frame = bytes((address, START, service, counted, *path)) + data + b"\x00"
        return frame + bytes((self.sum_of(frame),))

    def sum_of(self, frame: bytes) -> int:
        """The checksum of a frame without it."""
        begin = {"address": 0, "start": 1, "service": 2}[self.frame.sum_from]
        return sum(frame[begin:]) & 0xFF

    def size(self, length: int) -> int:
        """Bytes of a whole frame whose byte LEN is `length`; raise FrameError where it cannot be."""
        data = length - (3 if self.frame.length == "class to data" else 0)
        if data < 0:
            raise FrameError(f"a length of {length} cannot be; see `length` in the profile")
        return HEAD + data + TAIL


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a frame."""

    address: int
    service: int
    path: bytes
    data: bytes

    @classmethod
    def of(cls, frame: bytes) -> Frame:
        """Take a whole frame apart."""
        return cls(frame[0], frame[2], frame[4:HEAD], frame[HEAD:-TAIL])


@dataclass(frozen=True, slots=True)
class SevenstarFraming:
    """Cuts out whole frames with a right checksum to or from some addresses, and single bytes of acknowledgement.

    Other bytes before a frame are dropped.
    """

    profile: SevenstarProfile
    addresses: tuple[int, ...]
    single: tuple[int, ...] = ()

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove and return the first frame, or the first single byte; raise FrameError for a wrong checksum."""
        while buffer:
            if buffer[0] in self.addresses:
                if len(buffer) < 2:
                    return None
                if buffer[1] == START:
                    return self._frame(buffer)
            if buffer[0] in self.single:
                return bytes((buffer.pop(0),))
            del buffer[0]
        return None

    def _frame(self, buffer: bytearray) -> bytes | None:
        if len(buffer) < 4:
            return None
        size = self.profile.size(buffer[3])
        if len(buffer) < size:
            return None
        frame = bytes(buffer[:size])
        del buffer[:size]
        if frame[-1] != self.profile.sum_of(frame[:-1]):
            raise FrameError(f"checksum of {frame.hex(' ')} is wrong; see `sum_from` and `length` in the profile")
        return frame


def read_sevenstar_profile(name: str) -> SevenstarProfile:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong and where."""
    return read_profile_file(name, SevenstarProfile, SHIPPED, "controller profile")
