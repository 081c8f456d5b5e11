"""How numbers lie in Modbus registers: integers and floats of one or two words, in the four orders that makers use.

The orders are written as the field writes them: A is the highest byte of the number. ABCD sends it big-endian, CDAB the low
word first, BADC each word's bytes exchanged, DCBA little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import StrEnum


class NumberType(StrEnum):
    """Type of a number in registers."""

    INT16 = "int16"
    UINT16 = "uint16"
    INT32 = "int32"
    UINT32 = "uint32"
    FLOAT32 = "float32"


class ByteOrder(StrEnum):
    """Order of a number's bytes on the line."""

    ABCD = "ABCD"
    CDAB = "CDAB"
    BADC = "BADC"
    DCBA = "DCBA"


_CODES = {
    NumberType.INT16: "h",
    NumberType.UINT16: "H",
    NumberType.INT32: "i",
    NumberType.UINT32: "I",
    NumberType.FLOAT32: "f",
}


@dataclass(frozen=True)
class NumberFormat:
    """Type and order of a number in registers. Numbers of one word know only the order of their two bytes (AB, BA)."""

    type: NumberType = NumberType.FLOAT32
    order: ByteOrder = ByteOrder.ABCD
    _struct: struct.Struct = field(init=False, repr=False, compare=False)
    _words_exchanged: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # BADC with its words exchanged is DCBA, CDAB is ABCD: one struct and one exchange make all four.
        little = self.order in (ByteOrder.BADC, ByteOrder.DCBA)
        exchanged = self.order in (ByteOrder.CDAB, ByteOrder.BADC) and self.words == 2
        object.__setattr__(self, "_struct", struct.Struct(("<" if little else ">") + _CODES[self.type]))
        object.__setattr__(self, "_words_exchanged", exchanged)

    @property
    def words(self) -> int:
        """Number of registers."""
        return 1 if self.type in (NumberType.INT16, NumberType.UINT16) else 2

    @property
    def integer(self) -> bool:
        """Whether the number has no fraction."""
        return self.type is not NumberType.FLOAT32

    def decode(self, data: bytes, register: int = 0) -> float:
        """Return the number that begins `register` registers after the start of `data`; floats may be NaN or infinite."""
        start = 2 * register
        if self._words_exchanged:
            data, start = data[start + 2 : start + 4] + data[start : start + 2], 0
        return float(self._struct.unpack_from(data, start)[0])

    def encode(self, value: float) -> bytes:
        """Return the registers' bytes; integers are rounded half to even. Raises ValueError if the number does not fit."""
        try:
            packed = self._struct.pack(round(value) if self.integer else value)
        except (struct.error, OverflowError, ValueError):
            raise ValueError(f"{value} cannot be written as {self.type}") from None
        return packed[2:] + packed[:2] if self._words_exchanged else packed

    def encode_limited(self, value: float) -> bytes:
        """Return the registers' bytes as an instrument writes them: at its largest or smallest number where it ends."""
        if self.integer:
            bits = 16 * self.words
            signed = self.type in (NumberType.INT16, NumberType.INT32)
            low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            value = min(max(value, low), high)
        return self.encode(value)
