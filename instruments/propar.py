"""ProPar messages of Bronkhorst instruments, as ASCII lines or binary frames: both ends, without any input or output.

A message goes to a node and carries a command with its parameters. A parameter is named by process and number and has one
of four types; several are chained in one message (manual 9.17.027, 3.4 and 3.5). A request gives every parameter an index,
under which the answer returns it.

    :06030401210121     read the set-point of node 3 (process 1, parameter 1, 16 bits)      → :06030201213E80    16000, 50 %
    :06030101217D00     write 32000, 100 %                                                  → :0403000005        status 0

ASCII (3.3.3): ":", length, node and data in hexadecimal, CR LF; ":01ee" is an error of the line. Binary (3.3.2): 10 02,
sequence number, node, length, data, 10 03, where a byte 10 within is sent twice. Neither has a checksum.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from instruments.framing import FrameError

LOCAL_NODE = 0x80
"""Address of whichever instrument is alone on its line."""

FULL_SCALE_COUNTS = 32000
"""Measure and Setpoint at 100 %."""

_LARGEST_COUNTS = 41942  # above it a 16-bit value stands for a negative one: 65535 is -1, 41943 is -23593
_CHAINED = 0x80
_DLE, _STX, _ETX = 0x10, 0x02, 0x03
_LONGEST = 260


class Command(IntEnum):
    """First byte of the data (3.4.1)."""

    STATUS = 0
    WRITE_WITH_STATUS = 1
    WRITE = 2
    REQUEST = 4


class Type(IntEnum):
    """Type of a parameter as it stands in the message (3.4.2); floats are the 32-bit numbers that we use."""

    CHARACTER = 0x00
    INTEGER = 0x20
    FLOAT = 0x40
    STRING = 0x60


Value = int | float | str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an instrument."""

    process: int
    number: int
    type: Type


MEASURE = Parameter(1, 0, Type.INTEGER)
SETPOINT = Parameter(1, 1, Type.INTEGER)
CONTROL_MODE = Parameter(1, 4, Type.CHARACTER)
CAPACITY = Parameter(1, 13, Type.FLOAT)
ALARM = Parameter(1, 20, Type.CHARACTER)
CAPACITY_UNIT = Parameter(1, 31, Type.STRING)
MEASURE_FLOAT = Parameter(33, 0, Type.FLOAT)
SETPOINT_FLOAT = Parameter(33, 3, Type.FLOAT)
TEMPERATURE = Parameter(33, 7, Type.FLOAT)
MODEL = Parameter(113, 2, Type.STRING)
SERIAL_NUMBER = Parameter(113, 3, Type.STRING)
FIRMWARE = Parameter(113, 5, Type.STRING)

STATUS_TEXTS = {
    0x01: "the process is claimed by another",
    0x02: "unknown command",
    0x03: "unknown process",
    0x04: "unknown parameter",
    0x05: "wrong type of parameter",
    0x06: "value not allowed",
    0x07: "network not active",
    0x08: "time-out of the start character",
    0x09: "time-out of the serial line",
    0x0A: "hardware memory error",
    0x0B: "wrong node number",
    0x0C: "general communication error",
    0x0D: "the parameter can only be read",
    0x11: "the parameter can only be written",
    0x19: "time-out of the answer",
    0x22: "protocol error",
}
"""Status codes that an instrument may answer with (3.6)."""

LINE_ERRORS = {3: "protocol error", 4: "protocol error", 5: "there is no such node", 9: "the node does not answer"}
"""Codes of ":01ee" (3.3.3)."""


class MessageError(ValueError):
    """The data of a message cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `sequence` only goes over the line in binary frames. Of a line error, `node` is None."""

    node: int | None
    data: bytes
    sequence: int = 0

    def ascii(self) -> bytes:
        """The message as a line."""
        body = self.data if self.node is None else bytes((self.node,)) + self.data
        return b":" + (bytes((len(body),)) + body).hex().upper().encode() + b"\r\n"

    def binary(self) -> bytes:
        """The message as a binary frame."""
        body = bytes((self.sequence, self.node or 0, len(self.data))) + self.data
        return bytes((_DLE, _STX)) + body.replace(b"\x10", b"\x10\x10") + bytes((_DLE, _ETX))


# ---- frames


class AsciiFraming:
    """Lines; a frame is what stands between ":" and the end of the line. Other bytes are dropped."""

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove and return the first line without its ends; raise FrameError if it can be none."""
        start = buffer.find(b":")
        del buffer[: len(buffer) if start < 0 else start]
        end = buffer.find(b"\r\n")
        if end < 0:
            if len(buffer) > 2 * _LONGEST + 2:
                raise FrameError(f"{len(buffer)} bytes without the end of a line")
            return None
        line = bytes(buffer[1:end])
        del buffer[: end + 2]
        _checked(line)
        return line


def _checked(line: bytes) -> bytes:
    try:
        body = bytes.fromhex(line.decode("ascii"))
    except ValueError:
        raise FrameError(f"{line!r} is not hexadecimal") from None
    if len(body) < 2 or body[0] != len(body) - 1:
        raise FrameError(f"{line!r} has not the length that it states")
    return body


def read_ascii(line: bytes) -> Message:
    """The message of a line without its ends; raise FrameError."""
    body = _checked(line)
    return Message(None, body[1:]) if len(body) == 2 else Message(body[1], body[2:])


class BinaryFraming:
    """Binary frames; what stands before 10 02 is dropped. A frame is returned without its ends, its bytes 10 single."""

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove and return the first frame; raise FrameError if it can be none."""
        start = buffer.find(b"\x10\x02")
        if start < 0:
            del buffer[: max(0, len(buffer) - 1)]  # the last byte may begin a frame
            return None
        del buffer[:start]
        body = bytearray()
        position = 2
        while position + 1 < len(buffer) or (position < len(buffer) and buffer[position] != _DLE):
            byte = buffer[position]
            if byte != _DLE:
                body.append(byte)
                position += 1
                continue
            following = buffer[position + 1]
            position += 2
            if following == _DLE:
                body.append(_DLE)
            elif following == _ETX:
                del buffer[:position]
                read_binary(bytes(body))
                return bytes(body)
            else:
                buffer.clear()
                raise FrameError(f"10 {following:02X} within a frame")
        if len(body) > _LONGEST:
            raise FrameError(f"{len(body)} bytes without the end of a frame")
        return None


def read_binary(body: bytes) -> Message:
    """The message of a frame that BinaryFraming cut out; raise FrameError."""
    if len(body) < 4 or body[2] != len(body) - 3:
        raise FrameError(f"{body.hex(' ')} has not the length that it states")
    return Message(body[1], body[3:], body[0])


# ---- data: what a client sends


def request(parameters: Sequence[Parameter], first: int = 1) -> bytes:
    """The data of a request, with the indices `first`, `first` + 1 … (at most 31); those of one process are chained."""
    data = bytearray((Command.REQUEST,))
    for index, (parameter, head, chain) in enumerate(_chain(parameters), start=first):
        data += head + bytes((chain | parameter.type | index, parameter.process, parameter.type | parameter.number))
        if parameter.type is Type.STRING:
            data.append(0)  # length not stated: ends with a byte 0
    return bytes(data)


def write(values: Sequence[tuple[Parameter, Value]], command: Command = Command.WRITE_WITH_STATUS) -> bytes:
    """The data that writes parameters; raise ValueError if a value does not fit its type."""
    data = bytearray((command,))
    for (_, value), (parameter, head, chain) in zip(values, _chain([p for p, _ in values]), strict=True):
        data += head + bytes((chain | parameter.type | parameter.number,)) + _packed(parameter.type, value)
    return bytes(data)


def _chain(parameters: Sequence[Parameter]) -> Iterator[tuple[Parameter, bytes, int]]:
    """Each parameter with the byte of its process (empty within a chain) and the bit that chains the next one to it."""
    before: Parameter | None = None
    for position, parameter in enumerate(parameters):
        following = parameters[position + 1 :]
        head = b""
        if before is None or before.process != parameter.process:
            another = any(other.process != parameter.process for other in following)
            head = bytes((parameter.process | (_CHAINED if another else 0),))
        chained = bool(following) and following[0].process == parameter.process
        yield parameter, head, _CHAINED if chained else 0
        before = parameter


def _packed(kind: Type, value: Value, length: int = 0) -> bytes:
    """A value; a text of a stated length is filled with spaces, one of none ends with a byte 0."""
    try:
        match kind:
            case Type.CHARACTER:
                return struct.pack(">B", value)
            case Type.INTEGER:
                return struct.pack(">H", value)
            case Type.FLOAT:
                return struct.pack(">f", value)
            case Type.STRING:
                text = str(value).encode("ascii", "replace")
                return bytes((length,)) + (text[:length].ljust(length) if length else text + b"\x00")
    except (struct.error, OverflowError):
        raise ValueError(f"{value} cannot be sent as {kind.name.lower()}") from None


# ---- data: what comes back


def values_of(data: bytes) -> list[tuple[Parameter, Value]]:
    """Process, index and value of each parameter in data that writes; raise MessageError."""
    reader = _Reader(data)
    reader.expect(Command.WRITE, Command.WRITE_WITH_STATUS)
    found: list[tuple[Parameter, Value]] = []
    chained = False
    while not reader.at_end or chained:
        if not chained:
            reader.process = reader.byte() & 0x7F
        head = reader.byte()
        chained = bool(head & _CHAINED)
        kind = Type(head & 0x60)
        found.append((Parameter(reader.process, head & 0x1F, kind), reader.value(kind)))
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """One parameter of a request: under which process and index it is to be returned, and for a string how long."""

    parameter: Parameter
    process_index: int
    index: int
    length: int = 0


def wanted_of(data: bytes) -> list[Wanted]:
    """The parameters that a request names; raise MessageError."""
    reader = _Reader(data)
    reader.expect(Command.REQUEST)
    found: list[Wanted] = []
    chained = False
    while not reader.at_end or chained:
        if not chained:
            reader.process = reader.byte() & 0x7F
        head = reader.byte()
        chained = bool(head & _CHAINED)
        process, named = reader.byte() & 0x7F, reader.byte()
        if named & 0x60 != head & 0x60:
            raise MessageError("a parameter is named with two types")
        kind = Type(named & 0x60)
        length = reader.byte() if kind is Type.STRING else 0
        found.append(Wanted(Parameter(process, named & 0x1F, kind), reader.process, head & 0x1F, length))
    return found


def answer(values: Sequence[tuple[Wanted, Value]]) -> bytes:
    """The data that brings the parameters of a request, under their indices; raise ValueError if a value does not fit."""
    data = bytearray((Command.WRITE,))
    returned = [Parameter(wanted.process_index, wanted.index, wanted.parameter.type) for wanted, _ in values]
    for (wanted, value), (parameter, head, chain) in zip(values, _chain(returned), strict=True):
        data += head + bytes((chain | parameter.type | parameter.number,))
        data += _packed(parameter.type, value, wanted.length)
    return bytes(data)


class _Reader:
    """Takes the bytes of a message's data one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self.process = 0

    @property
    def at_end(self) -> bool:
        return self._position >= len(self._data)

    def expect(self, *commands: Command) -> None:
        command = self.byte()
        if command not in commands:
            raise MessageError(f"command {command} where {' or '.join(str(int(c)) for c in commands)} is due")

    def byte(self) -> int:
        return self._take(1)[0]

    def value(self, kind: Type) -> Value:
        match kind:
            case Type.CHARACTER:
                return self.byte()
            case Type.INTEGER:
                return int.from_bytes(self._take(2), "big")
            case Type.FLOAT:
                return float(struct.unpack(">f", self._take(4))[0])
            case Type.STRING:
                return self._text(self.byte())

    def _text(self, length: int) -> str:
        if length == 0:
            end = self._data.find(b"\x00", self._position)
            if end < 0:
                raise MessageError("a text has no end")
            raw = self._take(end - self._position + 1)[:-1]
        else:
            raw = self._take(length)
        return raw.decode("latin-1").rstrip("\x00 ")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._position : self._position + count]
        if len(taken) != count:
            raise MessageError("the message ends too early")
        self._position += count
        return taken


# ---- numbers


def from_counts(counts: int) -> float:
    """Share of full scale that a 16-bit Measure or Setpoint stands for: 32000 is 1, 41942 the largest, 65535 is -1/32000."""
    return (counts - 0x10000 if counts > _LARGEST_COUNTS else counts) / FULL_SCALE_COUNTS


def to_counts(share: float) -> int:
    """The 16-bit number of a share of full scale, limited as an instrument limits it: -73.7 % to 131.07 %."""
    counts = min(max(round(share * FULL_SCALE_COUNTS), _LARGEST_COUNTS + 1 - 0x10000), _LARGEST_COUNTS)
    return counts & 0xFFFF
