"""ProPar: the frames of the maker's manual byte by byte, then driver and simulated controller against each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.bronkhorst_propar import BronkhorstPropar, BronkhorstProparSettings
from instruments.framing import FrameError
from instruments.propar import (
    CAPACITY,
    CONTROL_MODE,
    MEASURE,
    MEASURE_FLOAT,
    SERIAL_NUMBER,
    SETPOINT,
    SETPOINT_FLOAT,
    AsciiFraming,
    BinaryFraming,
    Command,
    Message,
    MessageError,
    Parameter,
    Type,
    answer,
    from_counts,
    read_ascii,
    read_binary,
    request,
    to_counts,
    values_of,
    wanted_of,
    write,
)
from instruments.twin.bronkhorst_propar import BronkhorstProparServer
from testbench.engine.roles import FlowController, Identity, Parts, Status
from testbench.errors import InputError, InstrumentError, UnsuppliableError

STATION = {
    "resource": "twin",
    "node": 3,
    "full_scale": 5.0,
    "flow_unit": "NL/min",
    "uncertainty_percent": 0.4,
    "reproducibility_percent": 0.03,
}


class Flow:
    """A controller in a plant that follows at once."""

    def __init__(self, flow: float = 0.0) -> None:
        self.flow = flow

    def set_flow(self, flow: float) -> None:
        self.flow = flow

    def setpoint(self) -> float:
        return self.flow

    def indicated_flow(self) -> float:
        return self.flow


def settings(**changes: Any) -> BronkhorstProparSettings:
    return BronkhorstProparSettings.model_validate(STATION | changes)


def server(flow: Flow | None = None, **changes: Any) -> BronkhorstProparServer:
    return BronkhorstProparServer("mfc-co2", settings(**changes), flow or Flow())


@pytest.fixture
def driver() -> Iterator[Callable[..., BronkhorstPropar]]:
    """`driver(resource)` is an open driver named "mfc-co2"."""
    with ExitStack() as stack:

        def start(resource: str, **changes: Any) -> BronkhorstPropar:
            made = BronkhorstPropar("mfc-co2", settings(resource=resource, **{"timeout_s": 0.2} | changes), Parts({}, {}))
            stack.callback(made.close)
            made.open()
            return made

        yield start


# ---- the frames of manual 9.17.027, chapter 3.10 ------------------------------------------------------------------------

CHAINED_REQUEST = b":1A0304F1EC7163006D71660001AE0120CF014DF0017F077101710A\r\n"
CHAINED_ANSWER = (
    b":370302F1EC004D3632313233343541006D00555345525441470001AE1CD8CF3F800000F0076D6C6E2F6D696E710A4E322020202020202020\r\n"
)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (request([SETPOINT]), b":06030401210121\r\n"),
        (request([MEASURE]), b":06030401210120\r\n"),
        (request([Parameter(104, 1, Type.FLOAT)]), b":06030468416841\r\n"),
        (write([(SETPOINT, 32000)]), b":06030101217D00\r\n"),
        (bytes((Command.STATUS, 0, 0x1C)), b":040300001C\r\n"),
    ],
)
def test_messages_are_written_as_the_manual_prints_them(data: bytes, line: bytes) -> None:
    assert Message(3, data).ascii() == line
    assert read_ascii(line[1:-2]) == Message(3, data)


@pytest.mark.parametrize(
    ("line", "value"), [(b":06030201213E80", 16000), (b":0803026841459CFFAE", pytest.approx(5023.96, abs=0.005))]
)
def test_answers_of_the_manual_are_read(line: bytes, value: object) -> None:
    ((_, read),) = values_of(read_ascii(line[1:]).data)
    assert read == value


def test_the_chained_request_of_the_manual_is_read() -> None:
    wanted = wanted_of(read_ascii(CHAINED_REQUEST[1:-2]).data)
    assert [(w.parameter.process, w.parameter.number, w.process_index, w.index, w.length) for w in wanted] == [
        (113, 3, 113, 12, 0),
        (113, 6, 113, 13, 0),
        (1, 0, 1, 14, 0),
        (1, 13, 1, 15, 0),
        (1, 31, 1, 16, 7),
        (1, 17, 1, 17, 10),
    ]


def test_the_chained_answer_of_the_manual_is_read_and_written() -> None:
    values = ["M6212345A", "USERTAG", 7384, 1.0, "mln/min", "N2"]
    assert [value for _, value in values_of(read_ascii(CHAINED_ANSWER[1:-2]).data)] == values
    wanted = wanted_of(read_ascii(CHAINED_REQUEST[1:-2]).data)
    assert Message(3, answer(list(zip(wanted, values, strict=True)))).ascii() == CHAINED_ANSWER


def test_parameters_of_several_processes_are_written_in_one_message() -> None:
    """The example of chapter 3.10.2: initialisation mode 64, four constants of a polynomial, initialisation mode 82."""
    values = values_of(read_ascii(b"1D0301800A4081C500000000C63F800000C7000000004800000000000A52").data)
    assert [(p.process, p.number, value) for p, value in values] == [
        (0, 10, 64), (1, 5, 0.0), (1, 6, 1.0), (1, 7, 0.0), (1, 8, 0.0), (0, 10, 82),
    ]  # fmt: skip


# ---- numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "share"),
    [(0, 0.0), (16000, 0.5), (32000, 1.0), (41942, 1.3106875), (41943, -0.73728125), (65535, -1 / 32000)],
)
def test_counts_above_41942_are_negative(counts: int, share: float) -> None:
    assert from_counts(counts) == pytest.approx(share, rel=1e-12)
    assert to_counts(share) == counts


def test_counts_end_where_the_instrument_ends() -> None:
    assert (to_counts(2.0), to_counts(-2.0)) == (41942, 41943)


# ---- frames that are odd or broken --------------------------------------------------------------------------------------


def test_lines_are_found_in_pieces_among_other_bytes_and_in_small_letters() -> None:
    buffer = bytearray(b"noise:0603020121")
    assert AsciiFraming().extract(buffer) is None
    buffer += b"3e80\r\n:04"
    line = AsciiFraming().extract(buffer)
    assert line is not None
    assert values_of(read_ascii(line).data)[0][1] == 16000
    assert buffer == b":04"


@pytest.mark.parametrize("line", [b":06030201213E8\r\n", b":07030201213E80\r\n", b":\r\n", b":zz\r\n", b":00\r\n"])
def test_lines_that_cannot_be_are_refused(line: bytes) -> None:
    with pytest.raises(FrameError):
        AsciiFraming().extract(bytearray(line))


def test_binary_frames_double_the_byte_10_and_are_found_in_pieces() -> None:
    message = Message(3, write([(SETPOINT, 0x1010)]), 0x10)
    frame = message.binary()
    assert frame.hex(" ").upper() == "10 02 10 10 03 05 01 01 21 10 10 10 10 10 03"
    framing, buffer = BinaryFraming(), bytearray(b"\x10\x10noise")
    for byte in frame[:-1]:
        buffer.append(byte)
        assert framing.extract(buffer) is None
    buffer += frame[-1:] + b"\x10"
    body = framing.extract(buffer)
    assert body is not None
    assert read_binary(body) == message
    assert buffer == b"\x10"


@pytest.mark.parametrize("frame", ["10 02 01 03 02 04 10 03", "10 02 01 03 10 05", "10 02 01 10 03"])
def test_binary_frames_that_cannot_be_are_refused(frame: str) -> None:
    with pytest.raises(FrameError):
        BinaryFraming().extract(bytearray(bytes.fromhex(frame)))


@given(st.binary(max_size=60))
def test_no_bytes_make_the_simulated_controller_fail(data: bytes) -> None:
    end = server().connect()
    for binary in (Message(3, data).ascii(), Message(3, data).binary(), data, b":" + data + b"\r\n"):
        end.receive(binary)


@given(st.lists(st.tuples(st.integers(0, 127), st.integers(0, 31), st.integers(0, 0xFFFF)), min_size=1, max_size=20))
def test_what_is_written_is_read(values: list[tuple[int, int, int]]) -> None:
    due: list[tuple[Parameter, Any]] = [(Parameter(process, number, Type.INTEGER), v) for process, number, v in values]
    assert values_of(write(due)) == due
    parameters = [parameter for parameter, _ in due]
    assert [wanted.parameter for wanted in wanted_of(request(parameters))] == parameters


@pytest.mark.parametrize("data", ["04", "02 81", "02 01 21 3E", "02 01 61 00 41", "02 01 61 05 41", "02 01 A1 00 01"])
def test_values_that_end_too_early_or_are_of_another_kind_are_refused(data: str) -> None:
    with pytest.raises(MessageError):
        values_of(bytes.fromhex(data))


@pytest.mark.parametrize("data", ["02", "04 81", "04 01 21 01", "04 01 61 01 61", "04 01 A1 01 21", "04 01 21 01 41"])
def test_requests_that_end_too_early_or_name_two_types_are_refused(data: str) -> None:
    with pytest.raises(MessageError):
        wanted_of(bytes.fromhex(data))


# ---- the simulated controller, byte by byte -----------------------------------------------------------------------------


def test_it_answers_the_frames_of_the_manual() -> None:
    flow = Flow()
    say = server(flow).connect().receive
    assert say(b":06030101213E80\r\n") == b":0403000005\r\n"
    assert flow.flow == pytest.approx(2.5)
    assert say(b":06030401210121\r\n") == b":06030201213E80\r\n"
    assert say(b":06030401210120\r\n") == b":06030201213E80\r\n"
    assert say(b":06800401210120\r\n") == b":06800201213E80\r\n"  # whichever is alone on the line


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (request([Parameter(5, 0, Type.INTEGER)]), 0x03),
        (request([Parameter(1, 2, Type.INTEGER)]), 0x04),
        (request([Parameter(1, 1, Type.FLOAT)]), 0x05),
        (write([(SETPOINT, 32010)]), 0x06),
        (write([(SETPOINT_FLOAT, -0.1)]), 0x06),
        (write([(SETPOINT_FLOAT, math.nan)]), 0x06),
        (write([(MEASURE, 1)]), 0x0D),
        (bytes((6,)), 0x02),
        (bytes((4, 1)), 0x22),
    ],
)
def test_what_it_cannot_do_is_refused_with_the_status_of_the_manual(data: bytes, status: int) -> None:
    reply = server().reply(Message(3, data))
    assert reply is not None
    assert reply.data[:2] == bytes((0, status))


def test_another_node_and_a_write_without_status_are_not_answered() -> None:
    flow = Flow()
    say = server(flow).connect().receive
    assert say(b":06040401210120\r\n") == b""
    assert say(Message(3, write([(SETPOINT, 32000)], Command.WRITE)).ascii()) == b""
    assert flow.flow == 5.0


def test_a_broken_line_is_an_error_of_the_line() -> None:
    assert server().connect().receive(b":0603\r\n:06030401210120\r\n") == b":0103\r\n:06030201210000\r\n"


def test_messages_come_in_pieces_of_either_kind() -> None:
    say = server().connect().receive
    for frame in (Message(3, request([MEASURE]), 7).binary(), Message(3, request([MEASURE])).ascii()):
        assert b"".join(say(bytes((byte,))) for byte in frame[:-1]) == b""
        assert say(frame[-1:])


def test_control_modes_close_and_open_the_valve_and_keep_the_setpoint() -> None:
    flow = Flow()
    say = server(flow)

    def mode(number: int) -> float:
        say.reply(Message(3, write([(CONTROL_MODE, number)])))
        return flow.flow

    say.reply(Message(3, write([(SETPOINT_FLOAT, 2.0)])))
    assert [mode(number) for number in (3, 8, 12, 1, 18)] == [0.0, 5.0, 0.0, 0.0, 2.0]


# ---- the driver over every kind of line ---------------------------------------------------------------------------------


@pytest.mark.parametrize("frames", ["ascii", "binary"])
@pytest.mark.parametrize("numbers", ["float", "integer"])
def test_flow_is_set_verified_and_read(driver: Any, loopback: Any, kind: str, frames: str, numbers: str) -> None:
    flow = Flow()
    controller = driver(loopback(server(flow), kind), frames=frames, numbers=numbers)
    assert isinstance(controller, FlowController)
    controller.set_flow(1.25)
    assert flow.flow == 1.25
    controller.request()
    (sample,) = controller.collect()
    assert (sample.value, sample.status, sample.raw) == (1.25, Status.VALID, None)
    assert controller.channels[0].resolution == pytest.approx(0.001 if numbers == "float" else 5.0 / 32000)


def test_a_poll_is_one_message(driver: Any, loopback: Any) -> None:
    controller = driver(loopback(server(Flow(2.0))), record_also=["setpoint", "temperature"])
    heard: list[bytes] = []
    controller.trace(lambda direction, at, data: heard.append(data))
    controller.request()
    assert [sample.value for sample in controller.collect()] == [2.0, 2.0, 23.0]
    assert heard[0] == b":100304A1C82140C921434A2147010B0114\r\n"
    assert [channel.name for channel in controller.channels] == ["mfc-co2.flow", "mfc-co2.setpoint", "mfc-co2.temperature"]


def test_its_own_unit_is_converted(driver: Any, loopback: Any) -> None:
    """The instrument counts in mln/min, the station in NL/min."""
    flow = Flow()
    controller = driver(loopback(server(flow, full_scale=5000.0, flow_unit="NmL/min")))
    controller.set_flow(1.25)
    assert flow.flow == 1250.0
    controller.request()
    assert controller.collect()[0].value == pytest.approx(1.25)


@pytest.mark.parametrize(
    ("theirs", "ours", "text"),
    [
        ({"full_scale": 10.0}, {}, r"has a full scale of 10 ln/min, the station file says 5 NL/min; correct full_scale"),
        ({}, {"flow_unit": "NmL/min"}, r"has a full scale of 5 ln/min, the station file says 5 NmL/min"),
        ({}, {"flow_unit": "SLPM"}, r"refers its flow to normal conditions \(ln/min\), the station file to standard ones"),
    ],
)
def test_another_full_scale_or_unit_is_refused_before_anything_is_set(
    driver: Any, loopback: Any, theirs: dict[str, Any], ours: dict[str, Any], text: str
) -> None:
    with pytest.raises(InstrumentError, match=text):
        driver(loopback(server(**theirs)), **ours)


def test_a_unit_that_is_no_volume_flow_needs_integers(driver: Any, loopback: Any) -> None:
    peer = server(Flow(2.5))
    peer.unit = "g/h"
    resource = loopback(peer)
    with pytest.raises(
        InstrumentError, match=r"gives its flow in 'g/h', the station file says 5 NL/min; set the instrument"
    ):
        driver(resource)
    controller = driver(resource, numbers="integer")
    controller.request()
    assert controller.collect()[0].value == pytest.approx(2.5)


def test_it_says_who_it_is(driver: Any, loopback: Any) -> None:
    controller = driver(loopback(server()))
    assert controller.identify() == Identity("Bronkhorst", "F-201CV (simulated)", "SIM-mfc-co2", "SIM1")


def scripted(refused: Parameter | None = None, **values: float) -> Callable[[Any], None]:
    """A peer that does not know one parameter, or has other values: setpoint, measure."""
    others = {{"setpoint": SETPOINT_FLOAT, "measure": MEASURE_FLOAT}[name]: value for name, value in values.items()}
    end = server()

    def script(talk: Any) -> None:
        while data := talk.hear():
            message = read_ascii(data[1:-2])
            reply = end.reply(message)
            assert reply is not None
            if message.data[0] == Command.REQUEST:
                wanted = wanted_of(message.data)
                known = [value for _, value in values_of(reply.data)]
                pairs = [(w, others.get(w.parameter, value)) for w, value in zip(wanted, known, strict=True)]
                unknown = refused in [w.parameter for w in wanted]
                reply = Message(3, bytes((Command.STATUS, 4, 1)) if unknown else answer(pairs))
            talk.say(reply.ascii())

    return script


def test_what_an_old_instrument_does_not_know_of_itself_stays_empty(driver: Any, fault_peer: Any) -> None:
    controller = driver(fault_peer(scripted(SERIAL_NUMBER)).resource())
    assert controller.identify() == Identity("Bronkhorst", "F-201CV (simulated)", "", "SIM1")


def test_a_refusal_is_told_in_words(driver: Any, fault_peer: Any) -> None:
    with pytest.raises(InstrumentError, match=r"mfc-co2 \(TCPIP.*\): refused with status 4 \(unknown parameter\)"):
        driver(fault_peer(scripted(CAPACITY)).resource())


@pytest.mark.parametrize(
    ("line", "words"), [(b":0105\r\n", "5 .there is no such node."), (b":0101\r\n", "1 .general error.")]
)
def test_an_error_of_the_line_is_told_in_words(driver: Any, fault_peer: Any, line: bytes, words: str) -> None:
    def gateway(talk: Any) -> None:
        while talk.hear():
            talk.say(line)

    with pytest.raises(InstrumentError, match=rf"the line answers with error {words}"):
        driver(fault_peer(gateway).resource())


def test_a_flow_that_is_no_number_is_flagged(driver: Any, fault_peer: Any) -> None:
    controller = driver(fault_peer(scripted(measure=math.nan)).resource())
    controller.request()
    (sample,) = controller.collect()
    assert math.isnan(sample.value)
    assert (sample.status, sample.raw) == (Status.FLAGGED, "no number")


def test_an_alarm_flags_the_reading(driver: Any, loopback: Any) -> None:
    peer = server(Flow(1.0))
    controller = driver(loopback(peer))
    peer.alarm = 0x0C
    controller.request()
    (sample,) = controller.collect()
    assert (sample.value, sample.status, sample.raw) == (1.0, Status.FLAGGED, "alarm 0C")


def test_the_safe_state_is_no_flow_and_read_back(driver: Any, loopback: Any) -> None:
    flow = Flow()
    controller = driver(loopback(server(flow)))
    controller.set_flow(3.0)
    outcome = controller.drive_safe()
    assert (flow.flow, outcome.state, outcome.verified) == (0.0, "flow 0", True)
    assert outcome.read_back == "set-point 0, flow 0 NL/min"


def test_a_purging_valve_is_not_safe_and_no_setpoint_is_taken_for_its_flow(
    driver: Any, loopback: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("instruments.mass_flow.pause", lambda seconds: None)
    peer = server()
    controller = driver(loopback(peer))
    peer.reply(Message(3, write([(CONTROL_MODE, 8)])))
    with pytest.raises(
        InstrumentError, match=r"does not follow the set-point: control mode 8 \(valve fully open\); set its"
    ):
        controller.set_flow(2.0)
    outcome = controller.drive_safe()
    assert not outcome.verified
    assert outcome.read_back == "set-point 0, flow 5 NL/min, control mode 8 (valve fully open)"


def test_a_setpoint_that_is_not_taken_is_an_error(driver: Any, fault_peer: Any) -> None:
    controller = driver(fault_peer(scripted(setpoint=1.0)).resource())
    with pytest.raises(InstrumentError, match=r"asked for a set-point of 2.000 NL/min, it answers 1; is its"):
        controller.set_flow(2.0)


@pytest.mark.parametrize("flow", [5.001, -0.1, float("nan")])
def test_a_flow_beyond_full_scale_is_refused_before_it_is_sent(driver: Any, loopback: Any, flow: float) -> None:
    port = Flow()
    controller = driver(loopback(server(port)))
    port.flow = 1.0
    with pytest.raises(UnsuppliableError, match=r"mfc-co2: a flow of .* is outside its range, 0 to 5 NL/min"):
        controller.set_flow(flow)
    assert port.flow == 1.0


def test_a_late_answer_to_an_earlier_poll_is_passed_over(driver: Any, fault_peer: Any) -> None:
    flow = Flow(1.0)
    end = server(flow)
    said: list[bytes] = []

    def slow(talk: Any) -> None:
        while data := talk.hear():
            reply = end.reply(read_ascii(data[1:-2]))
            assert reply is not None
            talk.say(b"".join(said[-1:]) + reply.ascii())
            said.append(reply.ascii())

    controller = driver(fault_peer(slow).resource())
    for value in (1.0, 2.0, 3.0):
        flow.flow = value
        controller.request()
        assert controller.collect()[0].value == value


def test_two_controllers_share_a_serial_line(driver: Any, loopback: Any) -> None:
    servers = [server(node=node) for node in (3, 4)]

    class Bus:
        def connect(self) -> Bus:
            self.ends = [each.connect() for each in servers]
            return self

        def receive(self, data: bytes) -> bytes:
            return b"".join(end.receive(data) for end in self.ends)

    resource = loopback(Bus(), "serial-over-socket")
    first, second = driver(resource), driver(resource, node=4)
    first.set_flow(1.0)
    second.set_flow(2.0)
    first.request()
    second.request()
    assert (first.collect()[0].value, second.collect()[0].value) == (1.0, 2.0)


def test_an_answer_of_another_number_or_node_is_passed_over(driver: Any, fault_peer: Any) -> None:
    end = server(Flow(1.0))

    def slow(talk: Any) -> None:
        while data := talk.hear():
            body = BinaryFraming().extract(bytearray(data))
            assert body is not None
            message = read_binary(body)
            reply = end.reply(message)
            assert reply is not None
            late = Message(3, reply.data, (message.sequence - 1) % 256)
            other = Message(4, reply.data, message.sequence)
            talk.say(late.binary() + other.binary() + reply.binary())

    controller = driver(fault_peer(slow).resource(), frames="binary")
    controller.request()
    assert controller.collect()[0].value == 1.0


def test_nobody_at_that_node_is_told_so(driver: Any, loopback: Any) -> None:
    resource = loopback(server())
    with pytest.raises(InstrumentError) as raised:
        driver(resource, node=9, timeout_s=0.05)
    assert str(raised.value) == (
        f"mfc-co2 ({resource}): asked ':0A090401C4014D65017F00\\r\\n': no answer within 0.05 s, 3 tries; is it switched on "
        "and set to node 9 and 38400 baud?"
    )


@pytest.mark.parametrize(("nodes", "refused"), [((3, 4), False), ((3, 3), True), ((128, 4), True), ((3, 128), True)])
def test_two_on_one_line_need_a_node_each(nodes: tuple[int, int], refused: bool) -> None:
    line = {"resource": "ASRL3::INSTR"}
    first = BronkhorstPropar("mfc-co2", settings(node=nodes[0], **line), Parts({}, {}))
    parts = Parts({"mfc-co2": first}, {})
    if refused:
        with pytest.raises(InputError, match="mfc-n2 shares its line with mfc-co2: state for each a node of its own"):
            BronkhorstPropar("mfc-n2", settings(node=nodes[1], **line), parts)
    else:
        BronkhorstPropar("mfc-n2", settings(node=nodes[1], **line), parts)
    BronkhorstPropar("elsewhere", settings(node=nodes[1], resource="ASRL4::INSTR"), parts)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"node": 0}, "node"),
        ({"node": 129}, "node"),
        ({"frames": "hex"}, "frames"),
        ({"flow_unit": "furlong"}, "no unit of flow"),
    ],
)
def test_wrong_keys_are_refused(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        settings(**changes)
