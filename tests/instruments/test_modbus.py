"""Modbus frames: as published, there and back, against pymodbus, and against garbage."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.pdu import DecodePDU, ExceptionResponse
from pymodbus.pdu import bit_message as foreign_bits
from pymodbus.pdu import register_message as foreign_registers

from instruments.framing import FrameError
from instruments.modbus import (
    LARGEST_COUNT,
    ExceptionCode,
    Function,
    Refusal,
    RefusedError,
    Request,
    RtuAnswers,
    RtuRequests,
    TcpFrames,
    answer,
    crc16,
    exception_in_words,
    rtu_frame,
    rtu_pdu,
    tcp_frame,
    tcp_parts,
)
from instruments.registers import ByteOrder, NumberFormat, NumberType
from testbench.errors import InstrumentError


class Memory:
    """A server's registers and coils, ten of each kind from 0; registers hold 1000 and their number."""

    def __init__(self) -> None:
        self.words = [1000 + index for index in range(10)]
        self.coils = [index % 3 == 0 for index in range(10)]

    def read_registers(self, function: Function, address: int, count: int) -> bytes:
        self._inside(address, count)
        return struct.pack(f">{count}H", *self.words[address : address + count])

    def read_bits(self, function: Function, address: int, count: int) -> Sequence[int]:
        self._inside(address, count)
        return self.coils[address : address + count]

    def write_registers(self, address: int, values: Sequence[int]) -> None:
        self._inside(address, len(values))
        self.words[address : address + len(values)] = values

    def write_bits(self, address: int, values: Sequence[int]) -> None:
        self._inside(address, len(values))
        self.coils[address : address + len(values)] = map(bool, values)

    def _inside(self, address: int, count: int) -> None:
        if address + count > 10:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)


def read(register: int, count: int, function: Function = Function.READ_HOLDING_REGISTERS) -> Request:
    return Request(function, register, count)


# ---- Published frames ---------------------------------------------------------------------------------------------------

FLOAT_CDAB = NumberFormat(NumberType.FLOAT32, ByteOrder.CDAB)


def test_the_vaisala_manual_reads_465_66_ppm() -> None:
    """Vaisala M211799EN, example of a read of the CO2 concentration."""
    request = read(0, 2)
    assert rtu_frame(0xF0, request.encode()).hex(" ").upper() == "F0 03 00 00 00 02 D1 2A"
    received = bytearray.fromhex("F0 03 04 D4 7A 43 E8 33 AB")
    frame = RtuAnswers(0xF0, request.function).extract(received)
    assert frame is not None
    assert FLOAT_CDAB.decode(request.data_of(rtu_pdu(frame))) == pytest.approx(465.66, abs=0.005)


def test_the_recorded_dialogue_of_a_cems_2000d_gives_three_values() -> None:
    request = read(0, 6)
    assert rtu_frame(1, request.encode()).hex(" ").upper() == "01 03 00 00 00 06 C5 C8"
    received = bytearray.fromhex("01 03 0C 1C D5 3F 8E 1C D5 3F 8E 1C D5 3F 8E 89 81")
    frame = RtuAnswers(1, request.function).extract(received)
    assert frame is not None
    data = request.data_of(rtu_pdu(frame))
    assert [FLOAT_CDAB.decode(data, register) for register in (0, 2, 4)] == pytest.approx([1.11025] * 3, abs=5e-6)


def test_a_recorded_answer_of_an_mcs100ft_checks_and_counts_from_6_25() -> None:
    """Nine floats, each four times the one before; the record lacks the address byte, without which the CRC is wrong."""
    received = bytearray.fromhex(
        "01 04 24 00 00 40 C8 00 00 41 C8 00 00 42 C8 00 00 43 C8 00 00 44 C8 00 00 45 C8 00 00 46 C8 00 00 47 C8 "
        "00 00 48 C8 CF C4"
    )
    request = read(0x89, 18, Function.READ_INPUT_REGISTERS)
    assert rtu_frame(1, request.encode()).hex(" ").upper() == "01 04 00 89 00 12 A1 ED"
    frame = RtuAnswers(1, request.function).extract(received)
    assert frame is not None
    data = request.data_of(rtu_pdu(frame))
    assert [FLOAT_CDAB.decode(data, 2 * index) for index in range(9)] == [6.25 * 4**index for index in range(9)]


def test_the_standard_s_own_write_examples_are_encoded_alike() -> None:
    """Modbus Application Protocol V1.1b3, 6.5, 6.6, 6.11 and 6.12."""
    assert Request(Function.WRITE_COIL, 0xAC, 1, (1,)).encode().hex(" ").upper() == "05 00 AC FF 00"
    assert Request(Function.WRITE_REGISTER, 1, 1, (3,)).encode().hex(" ").upper() == "06 00 01 00 03"
    coils = Request(Function.WRITE_COILS, 0x13, 10, (1, 0, 1, 1, 0, 0, 1, 1, 1, 0))
    assert coils.encode().hex(" ").upper() == "0F 00 13 00 0A 02 CD 01"
    registers = Request(Function.WRITE_REGISTERS, 1, 2, (0x0A, 0x0102))
    assert registers.encode().hex(" ").upper() == "10 00 01 00 02 04 00 0A 01 02"


def test_the_standard_s_coil_read_example_is_answered_alike() -> None:
    """V1.1b3, 6.1: coils 20 to 38 are CD 6B 05; one more example: an exception 02 to function 81."""
    request = Request(Function.READ_COILS, 0x13, 0x13)
    assert request.encode().hex(" ").upper() == "01 00 13 00 13"
    assert request.data_of(bytes.fromhex("01 03 CD 6B 05")) == bytes.fromhex("CD 6B 05")
    with pytest.raises(RefusedError, match="exception 2: the instrument has no such register"):
        request.data_of(bytes.fromhex("81 02"))


@pytest.mark.parametrize("frame", ["F0 03 00 00 00 02 D1 2A", "01 03 00 02 00 23 A5 D3", "01 03 00 00 00 06 C5 C8"])
def test_the_crc_over_a_whole_published_frame_is_zero(frame: str) -> None:
    assert crc16(bytes.fromhex(frame)) == 0


# ---- Numbers in registers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "line"), [("ABCD", "43 E8 D4 7A"), ("CDAB", "D4 7A 43 E8"), ("BADC", "E8 43 7A D4"), ("DCBA", "7A D4 E8 43")]
)
def test_one_float_in_the_four_orders(order: str, line: str) -> None:
    number = NumberFormat(NumberType.FLOAT32, ByteOrder(order))
    assert number.decode(bytes.fromhex(line)) == pytest.approx(465.66, abs=0.005)
    assert number.encode(number.decode(bytes.fromhex(line))) == bytes.fromhex(line)


@pytest.mark.parametrize(
    ("kind", "order", "line", "value"),
    [
        ("int16", "ABCD", "FF FE", -2),
        ("uint16", "ABCD", "FF FE", 65534),
        ("int16", "DCBA", "FE FF", -2),
        ("int32", "ABCD", "00 01 86 A0", 100_000),
        ("int32", "CDAB", "86 A0 00 01", 100_000),
        ("uint32", "BADC", "01 00 A0 86", 100_000),
        ("uint32", "DCBA", "FF FF FF FF", 4_294_967_295),
    ],
)
def test_integers_of_one_and_two_registers(kind: str, order: str, line: str, value: float) -> None:
    number = NumberFormat(NumberType(kind), ByteOrder(order))
    assert number.decode(bytes.fromhex(line)) == value
    assert number.encode(value) == bytes.fromhex(line)


@settings(deadline=None, derandomize=True)
@given(
    value=st.floats(width=32, allow_nan=False),
    order=st.sampled_from(list(ByteOrder)),
    before=st.integers(0, 3),
)
def test_every_float_comes_back_from_every_order_and_place(value: float, order: ByteOrder, before: int) -> None:
    number = NumberFormat(NumberType.FLOAT32, order)
    assert number.decode(bytes(2 * before) + number.encode(value) + b"\xaa\xaa", before) == value


def test_a_number_that_does_not_fit_is_refused_or_limited_as_an_instrument_does() -> None:
    number = NumberFormat(NumberType.INT16)
    with pytest.raises(ValueError, match="40000 cannot be written as int16"):
        number.encode(40_000)
    assert number.decode(number.encode_limited(40_000)) == 32_767
    assert number.decode(number.encode_limited(-40_000)) == -32_768
    assert number.encode(2.5) == number.encode(2)
    with pytest.raises(ValueError, match="nan"):
        number.encode(math.nan)


# ---- Dialogues ----------------------------------------------------------------------------------------------------------


def test_a_server_answers_reads_and_writes() -> None:
    memory = Memory()
    assert answer(read(2, 2).encode(), memory) == bytes.fromhex("03 04 03 EA 03 EB")
    assert answer(read(2, 2, Function.READ_INPUT_REGISTERS).encode(), memory) == bytes.fromhex("04 04 03 EA 03 EB")
    assert answer(Request(Function.READ_COILS, 0, 10).encode(), memory) == bytes.fromhex("01 02 49 02")
    write = Request(Function.WRITE_REGISTERS, 4, 2, (7, 8))
    assert write.data_of(answer(write.encode(), memory)) == b""
    assert memory.words[3:7] == [1003, 7, 8, 1006]
    coil = Request(Function.WRITE_COIL, 1, 1, (1,))
    assert answer(coil.encode(), memory) == coil.encode()
    assert memory.coils[1]


@pytest.mark.parametrize(
    ("pdu", "reply"),
    [
        ("03 00 09 00 02", "83 02"),  # beyond the last register
        ("03 00 00 00 00", "83 03"),  # no register
        ("03 00 00 00 7E", "83 03"),  # 126 registers
        ("03 FF FF 00 02", "83 02"),  # beyond the address space
        ("05 00 00 12 34", "85 03"),  # neither on nor off
        ("10 00 00 00 02 03 00 0A 01", "90 03"),  # byte count does not match
        ("2B 0E 01 00", "AB 01"),  # a function that is not there
        ("03", "83 03"),
    ],
)
def test_a_server_refuses_with_the_exception_of_the_standard(pdu: str, reply: str) -> None:
    assert answer(bytes.fromhex(pdu), Memory()) == bytes.fromhex(reply)


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "does not know this function"), (3, "does not accept this value"), (4, "failed"), (6, "busy"), (99, "not a code")],
)
def test_exceptions_are_said_in_words(code: int, words: str) -> None:
    assert words in exception_in_words(code)
    with pytest.raises(InstrumentError, match=f"exception {code}"):
        read(0, 1).data_of(bytes((0x83, code)))


@pytest.mark.parametrize("pdu", ["", "04 02 00 01", "03 04 00 01 00 02", "03 02 00 01 00", "03 02 00"])
def test_an_answer_to_something_else_is_not_taken(pdu: str) -> None:
    with pytest.raises(FrameError):
        read(0, 1).data_of(bytes.fromhex(pdu))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((Function.READ_COILS, 0, 2001), "1 to 2000"),
        ((Function.READ_HOLDING_REGISTERS, 65535, 2), "addresses run from 0"),
        ((Function.WRITE_REGISTER, 0, 1, (65536,)), "values from 0 to 65535"),
        ((Function.WRITE_COILS, 0, 2, (1,)), "needs 2 values"),
    ],
)
def test_an_impossible_request_cannot_be_made(arguments: tuple[object, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Request(*arguments)  # type: ignore[arg-type]


# ---- Frames in pieces, in noise and in garbage --------------------------------------------------------------------------


def test_an_answer_that_comes_byte_by_byte_is_whole_at_its_last_byte() -> None:
    frame = bytes.fromhex("F0 03 04 D4 7A 43 E8 33 AB")
    framing, buffer = RtuAnswers(0xF0, Function.READ_HOLDING_REGISTERS), bytearray()
    for byte in frame[:-1]:
        buffer.append(byte)
        assert framing.extract(buffer) is None
    buffer.append(frame[-1])
    assert framing.extract(buffer) == frame
    assert not buffer


def test_noise_before_an_answer_is_dropped() -> None:
    frame = bytes.fromhex("F0 03 04 D4 7A 43 E8 33 AB")
    assert RtuAnswers(0xF0, Function.READ_HOLDING_REGISTERS).extract(bytearray(b"\x00\xff\xf0" + frame)) == frame


def test_a_wrong_crc_is_said_with_the_frame() -> None:
    with pytest.raises(FrameError, match=r"CRC.*f0 03 04 d4 7a 43 e8 33 ac is wrong"):
        RtuAnswers(0xF0, Function.READ_HOLDING_REGISTERS).extract(bytearray.fromhex("F0 03 04 D4 7A 43 E8 33 AC"))


def test_an_exception_frame_is_five_bytes() -> None:
    frame = rtu_frame(7, bytes((0x83, 2)))
    assert RtuAnswers(7, Function.READ_HOLDING_REGISTERS).extract(bytearray(frame + b"\x07")) == frame


def test_a_server_finds_the_request_behind_a_garbled_one() -> None:
    good = rtu_frame(1, read(0, 2).encode())
    garbled = bytearray(good)
    garbled[4] ^= 0x10
    buffer = bytearray(garbled[:-1] + good)
    assert RtuRequests().extract(buffer) == good
    assert not buffer


def test_a_tcp_port_that_carries_rtu_is_told_from_its_header() -> None:
    with pytest.raises(FrameError, match="does the port carry RTU frames"):
        TcpFrames().extract(bytearray.fromhex("F0 03 04 D4 7A 43 E8 33 AB"))


def test_two_tcp_frames_in_one_piece_come_one_after_the_other() -> None:
    first, second = tcp_frame(1, 1, b"\x03\x00"), tcp_frame(2, 1, b"\x04\x00\x00")
    buffer = bytearray(first + second)
    assert TcpFrames().extract(buffer) == first
    assert TcpFrames().extract(buffer) == second
    assert TcpFrames().extract(buffer) is None


def requests() -> st.SearchStrategy[Request]:
    def of(function: Function) -> st.SearchStrategy[Request]:
        largest = LARGEST_COUNT[function]

        def with_count(count: int) -> st.SearchStrategy[Request]:
            address = st.integers(0, 0x10000 - count)
            if function < 5:
                return st.builds(Request, st.just(function), address, st.just(count))
            top = 1 if function in (Function.WRITE_COIL, Function.WRITE_COILS) else 0xFFFF
            values = st.lists(st.integers(0, top), min_size=count, max_size=count).map(tuple)
            return st.builds(Request, st.just(function), address, st.just(count), values)

        return st.integers(1, min(largest, 40)).flatmap(with_count)

    return st.sampled_from(list(Function)).flatmap(of)


@settings(deadline=None, derandomize=True)
@given(request_=requests(), address=st.integers(0, 255), transaction=st.integers(0, 0xFFFF))
def test_every_request_comes_back_from_its_frames(request_: Request, address: int, transaction: int) -> None:
    pdu = request_.encode()
    assert Request.decode(pdu) == request_
    frame = RtuRequests().extract(bytearray(rtu_frame(address, pdu)))
    assert frame is not None
    assert (frame[0], rtu_pdu(frame)) == (address, pdu)
    tcp = TcpFrames().extract(bytearray(tcp_frame(transaction, address, pdu)))
    assert tcp is not None
    assert tcp_parts(tcp) == (transaction, address, pdu)


@settings(deadline=None, derandomize=True)
@given(pdu=st.binary(max_size=260))
def test_a_server_answers_whatever_pdu_it_gets(pdu: bytes) -> None:
    assert answer(pdu, Memory())


@settings(deadline=None, derandomize=True, max_examples=200)
@given(data=st.binary(max_size=600))
def test_garbage_is_silence_or_a_frame_error_but_nothing_else(data: bytes) -> None:
    request = RtuRequests().extract(bytearray(data))
    assert request is None or crc16(request) == 0
    for framing in (RtuAnswers(1, Function.READ_HOLDING_REGISTERS), TcpFrames()):
        buffer = bytearray(data)
        try:
            while framing.extract(buffer) is not None:
                pass
        except FrameError:
            assert not buffer


# ---- pymodbus as the foreign peer ---------------------------------------------------------------------------------------


def foreign_requests() -> list[tuple[object, Request]]:
    return [
        (foreign_registers.ReadHoldingRegistersRequest(address=5, count=3, dev_id=9), read(5, 3)),
        (
            foreign_registers.ReadInputRegistersRequest(address=5, count=3, dev_id=9),
            read(5, 3, Function.READ_INPUT_REGISTERS),
        ),
        (foreign_bits.ReadCoilsRequest(address=1, count=9, dev_id=9), Request(Function.READ_COILS, 1, 9)),
        (
            foreign_bits.ReadDiscreteInputsRequest(address=1, count=9, dev_id=9),
            Request(Function.READ_DISCRETE_INPUTS, 1, 9),
        ),
        (
            foreign_registers.WriteSingleRegisterRequest(address=3, registers=[77], dev_id=9),
            Request(Function.WRITE_REGISTER, 3, 1, (77,)),
        ),
        (
            foreign_registers.WriteMultipleRegistersRequest(address=3, registers=[77, 65535], dev_id=9),
            Request(Function.WRITE_REGISTERS, 3, 2, (77, 65535)),
        ),
        (foreign_bits.WriteSingleCoilRequest(address=3, bits=[True], dev_id=9), Request(Function.WRITE_COIL, 3, 1, (1,))),
        (
            foreign_bits.WriteMultipleCoilsRequest(address=0, bits=[True, False, True], dev_id=9),
            Request(Function.WRITE_COILS, 0, 3, (1, 0, 1)),
        ),
    ]


@pytest.mark.parametrize(("foreign", "ours"), foreign_requests(), ids=lambda value: type(value).__name__)
def test_requests_are_byte_for_byte_those_of_pymodbus(foreign: object, ours: Request) -> None:
    assert FramerRTU(DecodePDU(False)).buildFrame(foreign) == rtu_frame(9, ours.encode())
    foreign.transaction_id = 513  # type: ignore[attr-defined]
    assert FramerSocket(DecodePDU(False)).buildFrame(foreign) == tcp_frame(513, 9, ours.encode())


@pytest.mark.parametrize(("foreign", "ours"), foreign_requests(), ids=lambda value: type(value).__name__)
def test_pymodbus_understands_what_our_server_answers(foreign: object, ours: Request) -> None:
    memory = Memory()
    used, pdu = FramerRTU(DecodePDU(False)).handleFrame(rtu_frame(9, answer(ours.encode(), memory)), 9, 0)
    assert used > 0
    assert pdu is not None
    assert not pdu.isError()
    if ours.function in (Function.READ_HOLDING_REGISTERS, Function.READ_INPUT_REGISTERS):
        assert pdu.registers == [1005, 1006, 1007]
    if ours.function == Function.READ_COILS:
        assert [bool(bit) for bit in pdu.bits[:9]] == memory.coils[1:10]


def test_pymodbus_understands_our_exception() -> None:
    frame = tcp_frame(4, 9, answer(read(9, 2).encode(), Memory()))
    _, pdu = FramerSocket(DecodePDU(False)).handleFrame(frame, 9, 4)
    assert isinstance(pdu, ExceptionResponse)
    assert pdu.exception_code == 2


def test_we_understand_what_pymodbus_answers() -> None:
    foreign = foreign_registers.ReadHoldingRegistersResponse(registers=[0xD47A, 0x43E8], dev_id=0xF0)
    frame = RtuAnswers(0xF0, Function.READ_HOLDING_REGISTERS).extract(
        bytearray(FramerRTU(DecodePDU(True)).buildFrame(foreign))
    )
    assert frame is not None
    assert frame.hex(" ").upper() == "F0 03 04 D4 7A 43 E8 33 AB"
    assert FLOAT_CDAB.decode(read(0, 2).data_of(rtu_pdu(frame))) == pytest.approx(465.66, abs=0.005)
