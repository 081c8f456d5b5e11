"""Modbus: requests and answers as bytes, for both sides, in RTU frames (CRC) and TCP frames (MBAP header).

Pure coding, no input or output. Functions 1-6, 15 and 16, after the Modbus Application Protocol V1.1b3 and the Modbus serial
line guide V1.02. Register addresses are counted from 0, as they are sent. How numbers lie in registers is in
`instruments.registers`.

    frame  = RTU: address, PDU, CRC low, CRC high          TCP: transaction, 0, length, address, PDU
    PDU    = function, data                                exception: function + 0x80, code
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from instruments.framing import FrameError
from testbench.errors import InstrumentError


class Function(IntEnum):
    """The functions spoken here."""

    READ_COILS = 1
    READ_DISCRETE_INPUTS = 2
    READ_HOLDING_REGISTERS = 3
    READ_INPUT_REGISTERS = 4
    WRITE_COIL = 5
    WRITE_REGISTER = 6
    WRITE_COILS = 15
    WRITE_REGISTERS = 16


BIT_READS = frozenset({Function.READ_COILS, Function.READ_DISCRETE_INPUTS})
REGISTER_READS = frozenset({Function.READ_HOLDING_REGISTERS, Function.READ_INPUT_REGISTERS})
SINGLE_WRITES = frozenset({Function.WRITE_COIL, Function.WRITE_REGISTER})
MULTIPLE_WRITES = frozenset({Function.WRITE_COILS, Function.WRITE_REGISTERS})

# Largest number of coils or registers that one request may ask for (V1.1b3, section 6).
LARGEST_COUNT = {
    Function.READ_COILS: 2000,
    Function.READ_DISCRETE_INPUTS: 2000,
    Function.READ_HOLDING_REGISTERS: 125,
    Function.READ_INPUT_REGISTERS: 125,
    Function.WRITE_COIL: 1,
    Function.WRITE_REGISTER: 1,
    Function.WRITE_COILS: 1968,
    Function.WRITE_REGISTERS: 123,
}

COIL_ON, COIL_OFF = 0xFF00, 0x0000
BROADCAST = 0  # address of every server on a serial line; never answered
EXCEPTION_BIT = 0x80
LARGEST_PDU = 253

_HEAD = struct.Struct(">BHH")
_MBAP = struct.Struct(">HHHB")


class ExceptionCode(IntEnum):
    """Why a server refuses a request (V1.1b3, section 7)."""

    ILLEGAL_FUNCTION = 1
    ILLEGAL_DATA_ADDRESS = 2
    ILLEGAL_DATA_VALUE = 3
    SERVER_DEVICE_FAILURE = 4
    ACKNOWLEDGE = 5
    SERVER_DEVICE_BUSY = 6
    NEGATIVE_ACKNOWLEDGE = 7
    MEMORY_PARITY_ERROR = 8
    GATEWAY_PATH_UNAVAILABLE = 10
    GATEWAY_TARGET_FAILED = 11


_EXCEPTIONS_IN_WORDS = {
    ExceptionCode.ILLEGAL_FUNCTION: "the instrument does not know this function",
    ExceptionCode.ILLEGAL_DATA_ADDRESS: "the instrument has no such register",
    ExceptionCode.ILLEGAL_DATA_VALUE: "the instrument does not accept this value or number of registers",
    ExceptionCode.SERVER_DEVICE_FAILURE: "the instrument failed while it acted on the request",
    ExceptionCode.ACKNOWLEDGE: "the instrument accepted the request and needs more time",
    ExceptionCode.SERVER_DEVICE_BUSY: "the instrument is busy; ask again later",
    ExceptionCode.NEGATIVE_ACKNOWLEDGE: "the instrument cannot do this",
    ExceptionCode.MEMORY_PARITY_ERROR: "the instrument found a parity error in its memory",
    ExceptionCode.GATEWAY_PATH_UNAVAILABLE: "the gateway has no free path to the instrument",
    ExceptionCode.GATEWAY_TARGET_FAILED: "the instrument behind the gateway does not answer",
}


def exception_in_words(code: int) -> str:
    """Say what an exception code means, the number included."""
    try:
        return f"exception {code}: {_EXCEPTIONS_IN_WORDS[ExceptionCode(code)]}"
    except ValueError:
        return f"exception {code}: not a code of the Modbus standard"


class RefusedError(InstrumentError):
    """An instrument answered with a Modbus exception."""

    def __init__(self, function: int, code: int) -> None:
        super().__init__(f"function {function} was refused with {exception_in_words(code)}")
        self.function = function
        self.code = code


class Refusal(Exception):  # noqa: N818 - it is how a server's registers say no, not an error of ours
    """Raised by a server's registers: answer with this exception code."""

    def __init__(self, code: ExceptionCode) -> None:
        super().__init__(exception_in_words(code))
        self.code = code


# ---- Cyclic redundancy check --------------------------------------------------------------------------------------------


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))


def crc16(data: bytes | bytearray | memoryview) -> int:
    """Return the CRC-16 of the serial line guide, 6.2.2: start FFFF, polynomial A001 (reflected); sent low byte first."""
    crc = 0xFFFF
    table = _CRC_TABLE
    for byte in data:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc


# ---- Requests and answers (PDU) -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """One request: function, first coil or register, how many, and for writes the values (words, or 0 and 1)."""

    function: Function
    address: int
    count: int = 1
    values: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.count <= LARGEST_COUNT[self.function]:
            raise ValueError(f"function {self.function} takes 1 to {LARGEST_COUNT[self.function]} items, not {self.count}")
        if self.address < 0 or self.address + self.count > 0x10000:
            raise ValueError(f"addresses run from 0 to 65535, not {self.address} to {self.address + self.count - 1}")
        if self.function in SINGLE_WRITES or self.function in MULTIPLE_WRITES:
            largest = 1 if self.function in (Function.WRITE_COIL, Function.WRITE_COILS) else 0xFFFF
            if len(self.values) != self.count or not all(0 <= value <= largest for value in self.values):
                raise ValueError(f"function {self.function} needs {self.count} values from 0 to {largest}")

    def encode(self) -> bytes:
        """Return the request's PDU."""
        function = self.function
        if function is Function.WRITE_COIL:
            return _HEAD.pack(function, self.address, COIL_ON if self.values[0] else COIL_OFF)
        if function is Function.WRITE_REGISTER:
            return _HEAD.pack(function, self.address, self.values[0])
        head = _HEAD.pack(function, self.address, self.count)
        if function is Function.WRITE_REGISTERS:
            return head + bytes((2 * self.count,)) + struct.pack(f">{self.count}H", *self.values)
        if function is Function.WRITE_COILS:
            packed = pack_bits(self.values)
            return head + bytes((len(packed),)) + packed
        return head

    @classmethod
    def decode(cls, pdu: bytes) -> Request:
        """Read a request as a server does; raise Refusal with the code that the standard asks for."""
        try:
            function = Function(pdu[0])
        except (IndexError, ValueError):
            raise Refusal(ExceptionCode.ILLEGAL_FUNCTION) from None
        if len(pdu) < _HEAD.size:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_VALUE)
        _, address, word = _HEAD.unpack_from(pdu)
        count = word
        values: tuple[int, ...] = ()
        if function in SINGLE_WRITES:
            if len(pdu) != _HEAD.size or (function is Function.WRITE_COIL and word not in (COIL_ON, COIL_OFF)):
                raise Refusal(ExceptionCode.ILLEGAL_DATA_VALUE)
            count, values = 1, ((word if function is Function.WRITE_REGISTER else int(word == COIL_ON)),)
        elif function in MULTIPLE_WRITES:
            values = cls._values(function, word, pdu[_HEAD.size :])
        elif len(pdu) != _HEAD.size:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_VALUE)
        if not 1 <= count <= LARGEST_COUNT[function]:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_VALUE)
        if address + count > 0x10000:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        return cls(function, address, count, values)

    @staticmethod
    def _values(function: Function, count: int, tail: bytes) -> tuple[int, ...]:
        size = 2 * count if function is Function.WRITE_REGISTERS else (count + 7) // 8
        if not 1 <= count <= LARGEST_COUNT[function] or len(tail) != 1 + size or tail[0] != size:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_VALUE)
        if function is Function.WRITE_REGISTERS:
            return struct.unpack(f">{count}H", tail[1:])
        return unpack_bits(tail[1:], count)

    def data_of(self, pdu: bytes) -> bytes:
        """Take the answer's data as a client does: of a read, its bytes; of a write, nothing.

        Raises RefusedError for an exception, FrameError for an answer that does not belong to this request.
        """
        function = self.function
        if len(pdu) >= 2 and pdu[0] == function | EXCEPTION_BIT:
            raise RefusedError(function, pdu[1])
        if not pdu or pdu[0] != function:
            raise FrameError(f"asked with function {function}, answered {pdu[:8].hex(' ') or 'nothing'}")
        if function in BIT_READS or function in REGISTER_READS:
            size = 2 * self.count if function in REGISTER_READS else (self.count + 7) // 8
            if len(pdu) != 2 + size or pdu[1] != size:
                raise FrameError(f"asked for {size} bytes of data, {len(pdu) - 2} came (count byte {pdu[1:2].hex()})")
            return pdu[2:]
        if pdu != self.encode()[: _HEAD.size]:
            raise FrameError(f"a write was not confirmed as it was sent: {pdu.hex(' ')}")
        return b""


def pack_bits(bits: Sequence[int]) -> bytes:
    """Pack coils eight to a byte, the first in the lowest bit."""
    packed = bytearray((len(bits) + 7) // 8)
    for index, bit in enumerate(bits):
        if bit:
            packed[index >> 3] |= 1 << (index & 7)
    return bytes(packed)


def unpack_bits(data: bytes, count: int) -> tuple[int, ...]:
    """Unpack `count` coils."""
    return tuple((data[index >> 3] >> (index & 7)) & 1 for index in range(count))


class Registers(Protocol):
    """What a server serves; each may raise Refusal. Registers travel as bytes, high byte of each word first."""

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        """Return coils (function 1) or discrete inputs (2) as 0 and 1."""
        ...

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        """Return holding (function 3) or input registers (4)."""
        ...

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        """Set coils."""
        ...

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        """Set holding registers."""
        ...


def answer(pdu: bytes, registers: Registers) -> bytes:
    """Answer one request as a server; what the registers refuse becomes an exception answer."""
    try:
        request = Request.decode(pdu)
        function = request.function
        if function in REGISTER_READS:
            data = registers.read_registers(function, request.address, request.count)
            return bytes((function, len(data))) + data
        if function in BIT_READS:
            packed = pack_bits(registers.read_bits(function, request.address, request.count))
            return bytes((function, len(packed))) + packed
        if function in (Function.WRITE_COIL, Function.WRITE_COILS):
            registers.write_bits(request.address, request.values)
        else:
            registers.write_registers(request.address, request.values)
        return request.encode()[: _HEAD.size]
    except Refusal as refusal:
        return bytes(((pdu[0] if pdu else 0) & 0x7F | EXCEPTION_BIT, refusal.code))


# ---- RTU frames ---------------------------------------------------------------------------------------------------------


def rtu_frame(address: int, pdu: bytes) -> bytes:
    """Return address, PDU and CRC."""
    body = bytes((address,)) + pdu
    return body + crc16(body).to_bytes(2, "little")


def rtu_pdu(frame: bytes) -> bytes:
    """Return the PDU of a whole RTU frame whose CRC has been checked."""
    return frame[1:-2]


@dataclass(frozen=True, slots=True)
class RtuAnswers:
    """Framing of a client: the answers of one instrument to one function.

    Bytes before the answer's address and function are noise of the line's turn-around and dropped. A frame of a wrong CRC
    raises FrameError.
    """

    address: int
    function: Function

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove and return the first whole answer with its CRC, or None while it is incomplete."""
        while len(buffer) >= 2 and (buffer[0] != self.address or buffer[1] & 0x7F != self.function):
            del buffer[0]
        if len(buffer) < 5:
            return None
        if buffer[1] & EXCEPTION_BIT:
            size = 5
        elif self.function <= Function.READ_INPUT_REGISTERS:
            size = 5 + buffer[2]
        else:
            size = 8
        if len(buffer) < size:
            return None
        frame = bytes(buffer[:size])
        if crc16(frame) != 0:
            buffer.clear()
            raise FrameError(f"checksum (CRC) of {frame.hex(' ')} is wrong; check wiring, termination, baud rate and parity")
        del buffer[:size]
        return frame


class RtuRequests:
    """Framing of a server: whole requests with a right CRC, to any address; everything else is dropped in silence.

    A server on a serial line tells requests apart by pauses. Without them it takes the first sequence that is a whole
    request with a right CRC; what stands before it was garbled.
    """

    LONGEST = 256

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove and return the first whole request, or None."""
        for start in range(len(buffer) - 3):
            size = self._size(buffer, start)
            if size is None or start + size > len(buffer):
                continue
            frame = bytes(buffer[start : start + size])
            if crc16(frame) == 0:
                del buffer[: start + size]
                return frame
        if len(buffer) > 2 * self.LONGEST:
            del buffer[: -self.LONGEST]
        return None

    @staticmethod
    def _size(buffer: bytearray, start: int) -> int | None:
        function = buffer[start + 1]
        if function in MULTIPLE_WRITES:
            return 9 + buffer[start + 6] if start + 6 < len(buffer) else None
        if 1 <= function <= 6:
            return 8
        # A request of an unknown function has no length that we know: it ends where the bytes end.
        return len(buffer) if start == 0 else None


# ---- TCP frames ---------------------------------------------------------------------------------------------------------


def tcp_frame(transaction: int, address: int, pdu: bytes) -> bytes:
    """Return MBAP header and PDU."""
    return _MBAP.pack(transaction, 0, len(pdu) + 1, address) + pdu


def tcp_parts(frame: bytes) -> tuple[int, int, bytes]:
    """Return transaction, address and PDU of a whole TCP frame."""
    transaction, _, _, address = _MBAP.unpack_from(frame)
    return transaction, address, frame[_MBAP.size :]


class TcpFrames:
    """Framing of either side by the length in the MBAP header; a header that cannot be one raises FrameError."""

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove and return the first whole frame, or None while it is incomplete."""
        if len(buffer) < _MBAP.size:
            return None
        protocol, length = struct.unpack_from(">HH", buffer, 2)
        if protocol != 0 or not 2 <= length <= LARGEST_PDU + 1:
            head = bytes(buffer[: _MBAP.size]).hex(" ")
            buffer.clear()
            raise FrameError(f"{head} is no Modbus TCP header; does the port carry RTU frames?")
        size = 6 + length
        if len(buffer) < size:
            return None
        frame = bytes(buffer[:size])
        del buffer[:size]
        return frame
