"""The Alicat driver and its simulated controller: the dialogue byte by byte, then each against the other over sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.alicat import Alicat, AlicatSettings, Frame
from instruments.twin.alicat import AlicatServer
from testbench.engine.roles import FlowController, Identity, Parts, Status
from testbench.errors import InstrumentError, UnsuppliableError

STATION = {
    "resource": "twin",
    "unit_id": "A",
    "full_scale": 5.0,
    "flow_unit": "L/min",
    "uncertainty_percent": 0.4,
    "reproducibility_percent": 0.03,
}


class Flow:
    """A controller in a plant that follows at once."""

    def __init__(self) -> None:
        self.flow = 0.0

    def set_flow(self, flow: float) -> None:
        self.flow = flow

    def setpoint(self) -> float:
        return self.flow

    def indicated_flow(self) -> float:
        return self.flow


def settings(**changes: Any) -> AlicatSettings:
    return AlicatSettings.model_validate(STATION | changes)


@pytest.fixture
def say() -> Callable[[bytes], bytes]:
    """One conversation with a simulated controller of 5 L/min at unit id A."""
    return AlicatServer("mfc-co2", settings(), Flow()).connect().receive


@pytest.fixture
def driver() -> Iterator[Callable[..., Alicat]]:
    """`driver(resource)` is an open driver named "mfc-co2"."""
    with ExitStack() as stack:

        def start(resource: str, **changes: Any) -> Alicat:
            made = Alicat("mfc-co2", settings(resource=resource, **{"timeout_s": 0.2} | changes), Parts({}, {}))
            stack.callback(made.close)
            made.open()
            return made

        yield start


# ---- the simulated controller, byte by byte ----------------------------------------------------------------------------


def test_a_poll_tells_pressure_temperature_flows_setpoint_and_gas(say: Callable[[bytes], bytes]) -> None:
    assert say(b"A\r") == b"A +014.70 +025.00 +000.000 +000.000 0.000 N2\r"
    assert say(b"AS2.004\r") == b"A +014.70 +025.00 +002.004 +002.004 2.004 N2\r"
    assert say(b"a\r") == b"A +014.70 +025.00 +002.004 +002.004 2.004 N2\r"


def test_a_whole_number_is_64000ths_of_full_scale(say: Callable[[bytes], bytes]) -> None:
    assert say(b"A32000\r") == b"A +014.70 +025.00 +002.500 +002.500 2.500 N2\r"


def test_a_held_valve_passes_nothing_until_the_hold_is_cancelled(say: Callable[[bytes], bytes]) -> None:
    say(b"AS2.0\r")
    assert say(b"AHC\r") == b"A +014.70 +025.00 +000.000 +000.000 2.000 N2 HLD\r"
    assert say(b"AS3.0\r") == b"A +014.70 +025.00 +000.000 +000.000 3.000 N2 HLD\r"
    assert say(b"AC\r") == b"A +014.70 +025.00 +003.000 +003.000 3.000 N2\r"


def test_what_is_not_known_or_not_possible_is_a_question_mark(say: Callable[[bytes], bytes]) -> None:
    assert [say(line) for line in (b"AX\r", b"AS5.1\r", b"AS-1\r", b"AG99\r", b"ASfoo\r", b"A\xff\r")] == [b"?\r"] * 6


def test_another_unit_is_not_answered_and_an_id_can_be_changed(say: Callable[[bytes], bytes]) -> None:
    assert say(b"B\r") == b""
    assert say(b"A@=B\r").startswith(b"B +014.70")
    assert say(b"A\r") == b""


def test_commands_come_in_pieces_and_in_heaps(say: Callable[[bytes], bytes]) -> None:
    assert say(b"A") == b""
    assert say(b"S1.0") == b""
    assert say(b"\rA\rB\rA") == b"A +014.70 +025.00 +001.000 +001.000 1.000 N2\r" * 2


def test_gas_lock_and_maker(say: Callable[[bytes], bytes]) -> None:
    assert say(b"AG4\r").endswith(b" CO2\r")
    assert say(b"AL\r").endswith(b" CO2 LCK\r")
    assert say(b"AU\r").endswith(b" CO2\r")
    assert b"A M05 Serial Number SIM-mfc-co2\r" in say(b"A??M*\r")


# ---- published frames --------------------------------------------------------------------------------------------------


def test_the_frame_of_the_manual_is_understood() -> None:
    assert Frame.parse(b"A +014.70 +025.00 +002.004 +002.004 2.004 Air") == Frame(
        "A", 14.70, 25.00, 2.004, 2.004, 2.004, "Air", ()
    )


def test_a_totaliser_and_status_codes_are_understood() -> None:
    frame = Frame.parse(b"A +014.70 +025.00 +02.004 +02.003 2.004 +0021513.0 N2 MOV LCK")
    assert (frame.mass_flow, frame.setpoint, frame.gas, frame.codes) == (2.003, 2.004, "N2", ("MOV", "LCK"))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"A +014.70 +025.00 +02.004 +02.004 Air", "this is a flow meter, not a controller"),
        (b"A +24.57 +100.0 +0021513.0 +100.0 +55.13 N2", "this is a BASIS"),
        (b"A +014.70 Air", "1 values where"),
        (b"A", "0 values where"),
        (b"A \xff", "ascii"),
    ],
)
def test_other_lines_are_refused_with_the_reason(line: bytes, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Frame.parse(line)


@given(st.binary(max_size=60))
def test_no_bytes_make_the_simulated_controller_fail(data: bytes) -> None:
    AlicatServer("mfc", settings(), Flow()).connect().receive(data + b"\r")


# ---- the driver over every kind of line --------------------------------------------------------------------------------


def test_flow_is_set_verified_and_read(driver: Any, loopback: Any, kind: str) -> None:
    flow = Flow()
    controller = driver(loopback(AlicatServer("mfc-co2", settings(), flow), kind))
    assert isinstance(controller, FlowController)
    controller.set_flow(1.2346)
    assert flow.flow == 1.235  # the controller keeps three decimals
    controller.request()
    (sample,) = controller.collect()
    assert (sample.value, sample.status, sample.raw) == (1.235, Status.VALID, None)
    assert controller.channels[0].name == "mfc-co2.flow"
    assert controller.channels[0].resolution == pytest.approx(0.001)


def test_it_says_who_it_is(driver: Any, loopback: Any) -> None:
    controller = driver(loopback(AlicatServer("mfc-co2", settings(), Flow())))
    assert controller.identify() == Identity("Alicat", "MC-5-D/SIM", "SIM-mfc-co2", "SIM1")


def test_the_maker_information_that_a_real_controller_gave_is_understood(driver: Any, fault_peer: Any) -> None:
    lines = (  # a published recording, two spaces and padded values included
        "M00 ALICAT SCIENTIFIC", "M01 ", "M02 Ph   520-290-6060", "M03 Fax  520-290-0109", "M04 Model Number  MC-5SLPM-D",
        "M05 Serial Number 104488", "M06 Date Manufactured 07/23/2014", "M07 Date Calibrated   07/23/2014",
        "M08 Calibrated By     TH", "M09 Software Revision 4v35",
    )  # fmt: skip
    recorded = "".join(f"A  {line}\r" for line in lines).encode()

    def real(talk: Any) -> None:
        while data := talk.hear():
            talk.say(recorded if b"??M" in data else b"A +014.70 +025.00 +00.000 +00.000 0.000 N2\r")

    identity = driver(fault_peer(real).resource()).identify()
    assert identity == Identity("Alicat", "MC-5SLPM-D", "104488", "4v35")


def test_old_firmware_that_does_not_say_who_it_is_is_an_alicat_all_the_same(driver: Any, fault_peer: Any) -> None:
    def old(talk: Any) -> None:
        while data := talk.hear():
            talk.say(b"?\r" if b"??M" in data else b"A +014.70 +025.00 +00.000 +00.000 0.000 N2\r")

    assert driver(fault_peer(old).resource()).identify() == Identity("Alicat")


def test_the_safe_state_is_no_flow_and_read_back(driver: Any, loopback: Any) -> None:
    flow = Flow()
    controller = driver(loopback(AlicatServer("mfc-co2", settings(), flow)))
    controller.set_flow(3.0)
    outcome = controller.drive_safe()
    assert (flow.flow, outcome.state, outcome.verified) == (0.0, "flow 0", True)
    assert outcome.read_back == "set-point 0, flow 0 L/min"


def test_a_valve_that_does_not_close_is_not_safe(driver: Any, fault_peer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("instruments.mass_flow.pause", lambda seconds: None)

    def leaks(talk: Any) -> None:
        while talk.hear():
            talk.say(b"A +014.70 +025.00 +01.000 +01.000 0.000 N2 HLD\r")

    outcome = driver(fault_peer(leaks).resource()).drive_safe()
    assert not outcome.verified
    assert outcome.read_back == "set-point 0, flow 1 L/min, HLD"


@pytest.mark.parametrize("flow", [5.001, -0.1, float("nan")])
def test_a_flow_beyond_full_scale_is_refused_before_it_is_sent(driver: Any, loopback: Any, flow: float) -> None:
    port = Flow()
    controller = driver(loopback(AlicatServer("mfc-co2", settings(), port)))
    port.flow = 1.0
    with pytest.raises(UnsuppliableError, match=r"mfc-co2: a flow of .* is outside its range, 0 to 5 L/min"):
        controller.set_flow(flow)
    assert port.flow == 1.0


def test_a_setpoint_that_is_not_taken_is_an_error(driver: Any, fault_peer: Any) -> None:
    def stubborn(talk: Any) -> None:
        while talk.hear():
            talk.say(b"A +014.70 +025.00 +01.000 +01.000 1.000 N2\r")

    with pytest.raises(
        InstrumentError, match=r"mfc-co2 \(TCPIP.*\): asked for a set-point of 2.000 L/min, it answers 1; is its"
    ):
        driver(fault_peer(stubborn).resource()).set_flow(2.0)


def test_a_held_valve_does_not_pass_for_a_flow(driver: Any, loopback: Any) -> None:
    server = AlicatServer("mfc-co2", settings(), Flow())
    controller = driver(loopback(server))
    server.answer("AHC")
    with pytest.raises(InstrumentError, match=r"its valve is held \(HLD\)"):
        controller.set_flow(2.0)


def test_status_codes_flag_the_reading(driver: Any, fault_peer: Any) -> None:
    answers = iter([b"N2", b"N2 LCK", b"N2 MOV TOV"])

    def flags(talk: Any) -> None:
        while talk.hear():
            talk.say(b"A +014.70 +025.00 +06.400 +06.400 2.000 " + next(answers) + b"\r")

    controller = driver(fault_peer(flags).resource())
    for status, raw in ((Status.VALID, None), (Status.FLAGGED, "MOV TOV")):
        controller.request()
        (sample,) = controller.collect()
        assert (sample.value, sample.status, sample.raw) == (6.4, status, raw)


def test_further_channels_come_with_the_same_poll(driver: Any, loopback: Any) -> None:
    server = AlicatServer("mfc-co2", settings(), Flow())
    controller = driver(loopback(server), record_also=["setpoint", "temperature", "pressure"])
    controller.set_flow(2.0)
    controller.request()
    assert [sample.value for sample in controller.collect()] == [2.0, 2.0, 25.0, 14.7]
    assert [(c.name, c.unit) for c in controller.channels][1:] == [
        ("mfc-co2.setpoint", "L/min"),
        ("mfc-co2.temperature", "°C"),
        ("mfc-co2.pressure", "psi"),
    ]


def test_two_controllers_share_a_serial_line(driver: Any, loopback: Any) -> None:
    servers = [AlicatServer(unit, settings(unit_id=unit), Flow()) for unit in "AB"]

    class Bus:
        def connect(self) -> Bus:
            self.ends = [server.connect() for server in servers]
            return self

        def receive(self, data: bytes) -> bytes:
            return b"".join(end.receive(data) for end in self.ends)

    resource = loopback(Bus(), "serial-over-socket")
    first, second = driver(resource), driver(resource, unit_id="B")
    first.set_flow(1.0)
    second.set_flow(2.0)
    first.request()
    second.request()
    assert (first.collect()[0].value, second.collect()[0].value) == (1.0, 2.0)


def test_nobody_of_that_unit_id_is_told_so(driver: Any, loopback: Any) -> None:
    resource = loopback(AlicatServer("mfc-co2", settings(), Flow()))
    with pytest.raises(InstrumentError) as raised:
        driver(resource, unit_id="C", timeout_s=0.05)
    assert str(raised.value) == (
        f"mfc-co2 ({resource}): asked 'C\\r': no answer within 0.05 s, 3 tries; is it switched on and set to unit id C and "
        "19200 baud?"
    )


def test_an_instrument_of_another_kind_is_told_so(driver: Any, fault_peer: Any) -> None:
    def meter(talk: Any) -> None:
        while talk.hear():
            talk.say(b"A +014.70 +025.00 +02.004 +02.004 Air\r")

    with pytest.raises(
        InstrumentError, match=r"asked 'A', answer b'A .*' is not that of a controller \(four values and no set-point"
    ):
        driver(fault_peer(meter).resource())


# ---- the station's keys ------------------------------------------------------------------------------------------------


def test_uncertainties_are_of_the_reading_and_halved_where_expanded() -> None:
    controller = Alicat("mfc", settings(), Parts({}, {}))
    assert controller.flow_uncertainty(2.0) == pytest.approx(0.004)  # U = 0.4 % of 2 L/min is 0.008, k = 2
    assert controller.flow_reproducibility(2.0) == pytest.approx(0.0006)


@pytest.mark.parametrize(
    ("full_scale", "step", "decimals"), [(5.0, 0.001, 3), (10.0, 0.001, 3), (1.0, 0.0001, 4), (500.0, 0.1, 1)]
)
def test_the_resolution_follows_full_scale(full_scale: float, step: float, decimals: int) -> None:
    made = settings(full_scale=full_scale)
    assert made.step == pytest.approx(step)
    assert made.decimals == decimals


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"flow_unit": "furlong"}, "'furlong' is no unit of flow; use L/min, mL/min"),
        ({"unit_id": "AB"}, "unit_id"),
        ({"full_scale": 0}, "full_scale"),
        ({"uncertainty": 1}, "uncertainty"),
    ],
)
def test_wrong_keys_are_refused(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        settings(**changes)
