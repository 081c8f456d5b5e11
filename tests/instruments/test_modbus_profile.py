"""Analysers read by register profiles: keys of the station file, driver and simulated analyser over loopback."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pymodbus.client import ModbusTcpClient
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import ReadHoldingRegistersResponse, ReadInputRegistersResponse

from instruments.modbus import Function, Request, rtu_frame, tcp_frame
from instruments.modbus_profile import ModbusProfileDevice, ModbusProfileSettings
from instruments.register_profile import RegisterProfile, profile_names, read_profile
from instruments.twin.modbus_profile import ModbusProfileServer
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Parts, Source, Status
from testbench.errors import InputError, InstrumentError

NO_PARTS = Parts({}, {})
Loopback = Callable[..., str]


@dataclass
class Analyser:
    """A plant's analyser of 0 to 20 % that indicates what the test says, and notes what is adjusted."""

    value: float = 12.5
    unit: str = "%"
    low: float = 0.0
    high: float = 20.0
    adjusted: list[tuple[str, float, float]] = field(default_factory=list)

    def indication(self) -> float:
        return self.value

    def adjust_zero(self, indicated: float, target: float) -> None:
        self.adjusted.append(("zero", indicated, target))

    def adjust_span(self, indicated: float, target: float) -> None:
        self.adjusted.append(("span", indicated, target))


def keys(profile: str, resource: str = "twin", **more: Any) -> ModbusProfileSettings:
    return ModbusProfileSettings(**{"resource": resource, "profile": profile, "range": (0.0, 20.0), "unit": "%", **more})


@pytest.fixture
def connected(loopback: Loopback, request: pytest.FixtureRequest) -> Callable[..., ModbusProfileDevice]:
    """Serve a profile with an analyser behind it, and return the open driver."""

    def connect(analyser: Analyser, profile: str, kind: str = "serial-over-socket", **more: Any) -> ModbusProfileDevice:
        server_keys = keys(profile, "twin" if kind == "socket" else "twin:serial", **more)
        resource = loopback(ModbusProfileServer("B", server_keys, analyser), kind)
        device = ModbusProfileDevice("B", keys(profile, resource, **more), NO_PARTS)
        device.open()
        request.addfinalizer(device.close)
        return device

    return connect


def reading(device: ModbusProfileDevice) -> tuple[float, Status, str | None]:
    device.request()
    (sample,) = device.collect()
    return sample.value, sample.status, sample.raw


# ---- Keys of the station file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", profile_names())
def test_every_quantity_of_every_shipped_profile_is_read_with_one_request(
    name: str, connected: Callable[..., ModbusProfileDevice]
) -> None:
    for quantity, entry in read_profile(name).quantities.items():
        more = {"quantity": quantity, "unit": "same", "profile_unit": "same"}
        device = connected(Analyser(12.5, unit="same"), name, **more)
        value, status, _ = reading(device)
        assert value == pytest.approx(12.5, abs=abs(entry.scale) / 2 if entry.format.integer else 1e-6)
        assert status is Status.VALID
        device.close()


def test_a_unit_that_cannot_be_converted_is_refused() -> None:
    with pytest.raises(InputError, match="gives SO2 in mg/m³, not in %"):
        ModbusProfileDevice("B", keys("kailan", quantity="SO2"), NO_PARTS)


def test_the_broadcast_address_is_refused_on_a_serial_line() -> None:
    with pytest.raises(InputError, match="address 0 speaks to every instrument"):
        ModbusProfileDevice("B", keys("kailan", "twin:serial", address=0), NO_PARTS)
    assert ModbusProfileDevice("B", keys("kailan", address=0), NO_PARTS).name == "B"


def test_a_broadcast_is_carried_out_and_not_answered() -> None:
    analyser = Analyser(0.125)
    line = ModbusProfileServer("B", keys("generic", "twin:serial"), analyser).connect()
    assert line.receive(rtu_frame(0, Request(Function.WRITE_COIL, 0, 1, (1,)).encode())) == b""
    assert analyser.adjusted == [("zero", 0.125, 0.0)]


def test_an_unknown_key_of_the_station_file_is_refused() -> None:
    with pytest.raises(ValidationError, match="adress"):
        keys("kailan", adress=1)


@pytest.mark.parametrize(
    ("resource", "transport", "frames"),
    [
        ("TCPIP::10.0.0.9::502::SOCKET", None, "tcp"),
        ("TCPIP::10.0.0.9::4001::SOCKET", "rtu", "rtu"),
        ("ASRL3::INSTR", None, "rtu"),
        ("twin", None, "tcp"),
        ("twin:serial", None, "rtu"),
    ],
)
def test_the_resource_decides_the_frames_unless_the_station_file_says_so(
    resource: str, transport: str | None, frames: str
) -> None:
    assert keys("kailan", resource, transport=transport).frames == frames


def test_the_resolution_of_an_integer_is_its_step_unless_the_station_file_says_so() -> None:
    assert ModbusProfileDevice("B", keys("generic", quantity="O2"), NO_PARTS).channels[0].resolution == 0.01
    stated = keys("generic", quantity="O2", resolution=0.1)
    assert ModbusProfileDevice("B", stated, NO_PARTS).channels[0].resolution == 0.1


# ---- Driver and simulated analyser --------------------------------------------------------------------------------------


def test_it_is_a_device_and_its_own_source() -> None:
    device = ModbusProfileDevice("B", keys("tl-gas280", update_s=2.0), NO_PARTS)
    assert isinstance(device, Device)
    assert isinstance(device, Source)
    assert device.source is device
    assert (device.channel, device.unit, device.low, device.high, device.update_s) == ("B", "%", 0.0, 20.0, 2.0)
    assert [(c.name, c.quantity, c.unit) for c in device.channels] == [("B", "CO2", "%")]


def test_a_reading_over_every_kind_of_session(connected: Callable[..., ModbusProfileDevice], kind: str) -> None:
    analyser = Analyser(12.345)
    device = connected(analyser, "tl-gas280", kind)
    assert reading(device) == (pytest.approx(12.345, abs=1e-6), Status.VALID, None)
    analyser.value = -0.25
    assert reading(device)[0] == -0.25


def test_the_value_is_converted_from_the_unit_in_the_registers(connected: Callable[..., ModbusProfileDevice]) -> None:
    """12.5 % is 125 000 ppm: sent in ppm by a probe, shown in % by the device; and the other way round."""
    assert reading(connected(Analyser(12.5), "vaisala-gmp252")) == (pytest.approx(12.5), Status.VALID, None)
    ppm = {"unit": "ppm", "range": (0.0, 200_000.0)}
    assert reading(connected(Analyser(125_000.0, "ppm"), "tl-gas280", **ppm))[0] == pytest.approx(125_000.0)
    other = connected(Analyser(125_000.0, "ppm"), "tl-gas280", profile_unit="ppm", **ppm)
    assert reading(other)[0] == 125_000.0


def test_a_value_that_is_no_number_is_flagged_with_its_registers(connected: Callable[..., ModbusProfileDevice]) -> None:
    value, status, raw = reading(connected(Analyser(math.nan), "tl-gas280"))
    assert math.isnan(value)
    assert (status, raw) == (Status.FLAGGED, "registers 0000 7FC0")
    value, status, _ = reading(connected(Analyser(math.inf), "tl-gas280"))
    assert math.isnan(value)
    assert status is Status.FLAGGED


def test_a_value_outside_the_valid_range_is_flagged_and_kept(connected: Callable[..., ModbusProfileDevice]) -> None:
    assert reading(connected(Analyser(150.0), "generic", "socket")) == (150.0, Status.FLAGGED, "registers 4316 0000")


def test_a_number_that_means_no_value_is_flagged(connected: Callable[..., ModbusProfileDevice]) -> None:
    device = connected(Analyser(400.0), "generic", quantity="O2")  # beyond int16: the register stands at 32767
    assert reading(device) == (pytest.approx(327.67), Status.FLAGGED, "registers 7FFF")


def scripted(fault_peer: Callable[..., Any], replies: list[str], **more: Any) -> ModbusProfileDevice:
    """A driver whose analyser answers with these RTU bodies (CRC added), one a request."""
    left = [bytes.fromhex(reply) for reply in replies]

    def script(talk: Any) -> None:
        while left and talk.hear():
            body = left.pop(0)
            talk.say(rtu_frame(body[0], body[1:]))

    resource = fault_peer(script).resource("serial-over-socket")
    device = ModbusProfileDevice("B", keys(resource=resource, timeout_s=0.3, tries=1, **more), NO_PARTS)
    device.open()
    return device


def test_a_status_that_is_not_normal_flags_the_reading_with_its_words(fault_peer: Callable[..., Any]) -> None:
    device = scripted(
        fault_peer, ["01 03 04 41 48 00 00", "01 03 02 00 02", "01 03 04 41 48 00 00", "01 03 02 00 00"], profile="kailan"
    )
    assert reading(device) == (12.5, Status.FLAGGED, "status 2: fault")
    assert reading(device) == (12.5, Status.VALID, None)
    device.close()


def test_a_status_that_adjoins_comes_with_the_value_in_one_request(fault_peer: Callable[..., Any]) -> None:
    device = scripted(
        fault_peer, ["01 04 08 41 48 00 00 08 2F 00 03", "01 04 08 41 48 00 00 08 2F 00 09"], profile="generic"
    )
    assert reading(device) == (12.5, Status.FLAGGED, "status 3: calibration")
    assert reading(device) == (12.5, Status.FLAGGED, "status 9: meaning not documented")
    device.close()


def test_the_status_is_left_alone_when_the_station_file_says_so(fault_peer: Callable[..., Any]) -> None:
    device = scripted(fault_peer, ["01 03 04 41 48 00 00"], profile="kailan", read_status=False)
    assert reading(device) == (12.5, Status.VALID, None)
    device.close()
    with pytest.raises(InputError, match="knows no status register"):
        ModbusProfileDevice("B", keys("vaisala-gmp252", read_status=True), NO_PARTS)


def test_an_exception_of_the_analyser_is_said_in_words(fault_peer: Callable[..., Any]) -> None:
    device = scripted(fault_peer, ["01 83 06"], profile="tl-gas280")
    with pytest.raises(InstrumentError, match=r"B: .*exception 6: the instrument is busy.*01 03 00 08"):
        reading(device)
    device.close()


def test_a_wrong_address_is_met_with_silence_and_said_with_what_to_look_at(loopback: Loopback) -> None:
    resource = loopback(
        ModbusProfileServer("B", keys("tl-gas280", "twin:serial", address=7), Analyser()), "serial-over-socket"
    )
    device = ModbusProfileDevice("B", keys("tl-gas280", resource, timeout_s=0.1, tries=2), NO_PARTS)
    device.open()
    with pytest.raises(InstrumentError, match=r"B .*no answer within 0\.1 s, 2 tries; is it switched on, .* address 1\?"):
        reading(device)
    device.close()


def test_a_late_answer_to_an_earlier_transaction_is_passed_over(fault_peer: Callable[..., Any]) -> None:
    def script(talk: Any) -> None:
        while request := talk.hear():
            stale = (int.from_bytes(request[:2], "big") - 1) % 0x10000
            talk.say(tcp_frame(stale, 1, bytes.fromhex("03 04 00 00 00 00")))
            talk.say(tcp_frame(stale + 1, 1, bytes.fromhex("03 04 00 00 41 48")))

    device = ModbusProfileDevice("B", keys("tl-gas280", fault_peer(script).resource()), NO_PARTS)
    device.open()
    assert [reading(device)[0] for _ in range(3)] == [12.5, 12.5, 12.5]
    device.close()


def test_a_garbled_answer_is_asked_for_again(fault_peer: Callable[..., Any]) -> None:
    answers = [bytes.fromhex("01 03 04 00 00 41 48 00 00"), rtu_frame(1, bytes.fromhex("03 04 00 00 41 48"))]

    def script(talk: Any) -> None:
        while answers and talk.hear():
            talk.say(answers.pop(0))

    device = ModbusProfileDevice("B", keys("tl-gas280", fault_peer(script).resource("serial-over-socket")), NO_PARTS)
    device.open()
    assert reading(device) == (12.5, Status.VALID, None)
    assert not answers
    device.close()


def test_two_analysers_on_one_line_are_asked_by_their_addresses(fault_peer: Callable[..., Any]) -> None:
    values = {1: bytes.fromhex("03 04 00 00 41 48"), 2: bytes.fromhex("03 04 00 00 40 A0")}

    def script(talk: Any) -> None:
        while request := talk.hear():
            talk.say(rtu_frame(request[0], values[request[0]]))

    resource = fault_peer(script).resource("serial-over-socket")
    devices = [
        ModbusProfileDevice(f"B{address}", keys("tl-gas280", resource, address=address), NO_PARTS) for address in (1, 2)
    ]
    for device in devices:
        device.open()
    for device in devices:
        device.request()
    assert [device.collect()[0].value for device in devices] == [12.5, 5.0]
    for device in devices:
        device.close()


def test_identify_makes_sure_that_it_answers_and_claims_no_identity(connected: Callable[..., ModbusProfileDevice]) -> None:
    identity = connected(Analyser(), "tl-gas280").identify()
    assert (identity.maker, identity.model, identity.serial) == ("", "", "")


# ---- Adjustment ---------------------------------------------------------------------------------------------------------


def test_an_adjustment_is_left_to_the_operator_where_the_profile_has_none() -> None:
    device = ModbusProfileDevice("B", keys("tl-gas280"), NO_PARTS)
    with pytest.raises(AdjustmentByOperatorError, match="'tl-gas280' has no command to adjust zero"):
        device.adjust(Adjustment.ZERO, 0.1, 0.0)


def test_zero_and_span_are_adjusted_through_the_profile_s_writes(connected: Callable[..., ModbusProfileDevice]) -> None:
    analyser = Analyser(0.125)
    device = connected(analyser, "generic", "socket")
    device.adjust(Adjustment.ZERO, 0.125, 0.0)
    analyser.value = 15.5
    device.adjust(Adjustment.SPAN, 15.5, 16.0)
    assert analyser.adjusted == [("zero", 0.125, 0.0), ("span", 15.5, 16.0)]


def test_an_adjustment_s_target_is_written_in_the_unit_of_the_registers(
    connected: Callable[..., ModbusProfileDevice],
) -> None:
    analyser = Analyser(155_000.0, "ppm")
    device = connected(analyser, "generic", unit="ppm", range=(0.0, 200_000.0))
    device.adjust(Adjustment.SPAN, 155_000.0, 160_000.0)
    assert analyser.adjusted == [("span", 155_000.0, pytest.approx(160_000.0))]


# ---- The simulated analyser by itself -----------------------------------------------------------------------------------


def talk_to(profile: str, resource: str = "twin:serial") -> Any:
    return ModbusProfileServer("B", keys(profile, resource), Analyser()).connect()


def test_registers_beside_the_quantity_are_zero_and_those_beyond_are_refused() -> None:
    line = talk_to("tl-gas280")
    request = rtu_frame(1, Request(Function.READ_HOLDING_REGISTERS, 0, 10).encode())
    assert line.receive(request) == rtu_frame(1, bytes.fromhex("03 14" + "00" * 16 + "00 00 41 48"))
    beyond = rtu_frame(1, Request(Function.READ_HOLDING_REGISTERS, 103, 2).encode())
    assert line.receive(beyond) == rtu_frame(1, bytes.fromhex("83 02"))


def test_a_wrong_crc_or_a_foreign_address_gets_no_answer() -> None:
    line = talk_to("tl-gas280")
    assert line.receive(bytes.fromhex("01 03 00 08 00 02 45 CA")) == b""
    assert line.receive(rtu_frame(2, Request(Function.READ_HOLDING_REGISTERS, 8, 2).encode())) == b""
    assert line.receive(rtu_frame(1, Request(Function.READ_HOLDING_REGISTERS, 8, 2).encode())) != b""


def test_a_request_in_pieces_is_answered_at_its_last_byte() -> None:
    line = talk_to("tl-gas280")
    frame = bytes.fromhex("01 03 00 08 00 02 45 C9")
    assert [line.receive(frame[index : index + 1]) for index in range(7)] == [b""] * 7
    assert line.receive(frame[7:]) == rtu_frame(1, bytes.fromhex("03 04 00 00 41 48"))


@settings(deadline=None, derandomize=True, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(st.binary(max_size=80), max_size=6), resource=st.sampled_from(["twin", "twin:serial"]))
def test_garbage_never_breaks_the_simulated_analyser(pieces: list[bytes], resource: str) -> None:
    line = talk_to("generic", resource)
    for piece in pieces:
        line.receive(piece)
    fresh = Request(Function.READ_INPUT_REGISTERS, 0, 2).encode()
    line = talk_to("generic", resource)
    assert line.receive(rtu_frame(1, fresh) if resource == "twin:serial" else tcp_frame(5, 1, fresh))


@settings(
    deadline=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(garbage=st.binary(min_size=1, max_size=60), serial=st.booleans())
def test_garbage_never_breaks_the_driver(fault_peer: Callable[..., Any], garbage: bytes, serial: bool) -> None:
    def script(talk: Any) -> None:
        while talk.hear():
            talk.say(garbage)

    resource = fault_peer(script).resource("serial-over-socket" if serial else "socket")
    device = ModbusProfileDevice("B", keys("tl-gas280", resource, timeout_s=0.02, tries=1), NO_PARTS)
    device.open()
    with pytest.raises(InstrumentError, match="B"):
        reading(device)
    device.close()


# ---- pymodbus as the foreign peer ---------------------------------------------------------------------------------------


def test_pymodbus_reads_the_simulated_analyser_over_tcp(loopback: Loopback) -> None:
    resource = loopback(ModbusProfileServer("B", keys("vaisala-gmp252"), Analyser(0.046566)), "socket")
    with ModbusTcpClient("127.0.0.1", port=int(resource.split("::")[2]), timeout=2) as client:
        answer = client.read_holding_registers(0, count=2, device_id=240)
        assert client.convert_from_registers(
            answer.registers, client.DATATYPE.FLOAT32, word_order="little"
        ) == pytest.approx(465.66)
        assert client.read_holding_registers(500, count=2, device_id=240).exception_code == 2


@pytest.mark.parametrize("name", ["tl-gas280", "sick-mcs100ft"])
def test_the_driver_reads_a_pymodbus_server(name: str, fault_peer: Callable[..., Any]) -> None:
    """pymodbus decodes our request and builds the answer; the registers are packed by hand."""
    profile: RegisterProfile = read_profile(name)
    quantity = "CO2" if "CO2" in profile.quantities else "CO"
    words = [0xD47A, 0x43E8]  # 465.66 with the low word first

    def script(talk: Any) -> None:
        framer = FramerRTU(DecodePDU(True))
        while data := talk.hear():
            _, pdu = framer.handleFrame(data, 0, 0)
            assert pdu is not None
            kind = ReadHoldingRegistersResponse if pdu.function_code == 3 else ReadInputRegistersResponse
            asked = profile.quantity(quantity).register_
            registers = words if (pdu.address, pdu.count) == (asked, 2) else [0] * pdu.count
            talk.say(framer.buildFrame(kind(registers=registers, dev_id=pdu.dev_id)))

    resource = fault_peer(script).resource("serial-over-socket")
    more = {"quantity": quantity, "unit": "mg/m³", "profile_unit": "mg/m³", "range": (0.0, 1000.0)}
    device = ModbusProfileDevice("B", keys(name, resource, **more), NO_PARTS)
    device.open()
    assert reading(device)[0] == pytest.approx(465.66, abs=0.005)
    device.close()
