"""The red-y driver and its simulated controller: the frames, then each against the other over sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import ValidationError

from instruments.modbus import rtu_frame
from instruments.twin.vogtlin_redy import VogtlinRedyServer
from instruments.vogtlin_redy import VogtlinRedy, VogtlinRedySettings
from testbench.engine.roles import Identity, Parts, Status
from testbench.errors import InputError, InstrumentError

STATION = {
    "resource": "twin:serial",
    "full_scale": 5.0,
    "flow_unit": "NL/min",
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


def settings(**changes: Any) -> VogtlinRedySettings:
    return VogtlinRedySettings.model_validate(STATION | changes)


def server(flow: Flow | None = None, **changes: Any) -> VogtlinRedyServer:
    return VogtlinRedyServer("mfc-co2", settings(**changes), flow or Flow())


@pytest.fixture
def driver() -> Iterator[Callable[..., VogtlinRedy]]:
    """`driver(resource)` is an open driver named "mfc-co2"."""
    with ExitStack() as stack:

        def start(resource: str, **changes: Any) -> VogtlinRedy:
            keys = {"timeout_s": 0.2, "transport": "rtu"} | changes
            made = VogtlinRedy("mfc-co2", settings(resource=resource, **keys), Parts({}, {}))
            stack.callback(made.close)
            made.open()
            return made

        yield start


def say(peer: VogtlinRedyServer, pdu: str) -> str:
    """What the controller answers to a PDU, without address and checksum."""
    answer = peer.connect().receive(rtu_frame(247, bytes.fromhex(pdu)))
    return answer[1:-2].hex(" ").upper()


def test_a_setpoint_is_written_and_read_as_a_big_endian_float() -> None:
    flow = Flow()
    peer = server(flow)
    assert say(peer, "10 00 06 00 02 04 3F A0 00 00") == "10 00 06 00 02"
    assert flow.flow == 1.25
    assert say(peer, "03 00 00 00 02") == "03 04 3F A0 00 00"
    assert say(peer, "03 60 20 00 02") == "03 04 40 A0 00 00"
    assert say(peer, "03 60 46 00 04") == "03 08 6C 6E 2F 6D 69 6E 00 00"  # ln/min


@pytest.mark.parametrize(
    ("pdu", "answer"),
    [
        ("03 00 00 00 01", "83 02"),
        ("03 00 00 00 04", "83 02"),
        ("04 00 00 00 02", "84 02"),
        ("10 00 06 00 02 04 40 A0 01 00", "90 03"),
        ("10 00 06 00 02 04 BF 80 00 00", "90 03"),
        ("06 00 00 00 01", "86 02"),
        ("01 00 00 00 01", "81 01"),
    ],
)
def test_what_is_no_whole_parameter_or_beyond_its_range_is_refused(pdu: str, answer: str) -> None:
    assert say(server(), pdu) == answer


def test_control_functions_close_and_open_the_valve_and_keep_the_setpoint() -> None:
    flow = Flow()
    peer = server(flow)
    say(peer, "10 00 06 00 02 04 3F A0 00 00")
    flows = [say(peer, f"06 00 0E 00 {function:02X}") and flow.flow for function in (20, 21, 2, 1)]
    assert flows == [0.0, 5.0, 5.0, 1.25]


def test_flow_is_set_verified_and_read(driver: Any, loopback: Any, kind: str) -> None:
    flow = Flow()
    controller = driver(loopback(server(flow), kind), record_also=["setpoint", "temperature"])
    controller.set_flow(1.25)
    assert flow.flow == 1.25
    controller.request()
    assert [sample.value for sample in controller.collect()] == [1.25, 1.25, 23.0]
    assert controller.identify() == Identity("Vögtlin", "GSC SIM", "123456", "1.1.2")


def test_the_safe_state_is_no_flow_and_read_back(driver: Any, loopback: Any) -> None:
    flow = Flow()
    controller = driver(loopback(server(flow)))
    controller.set_flow(3.0)
    outcome = controller.drive_safe()
    assert (flow.flow, outcome.state, outcome.verified) == (0.0, "flow 0", True)


def test_an_open_valve_is_told(driver: Any, loopback: Any) -> None:
    peer = server()
    controller = driver(loopback(peer))
    say(peer, "06 00 0E 00 15")
    with pytest.raises(InstrumentError, match=r"control function 21 \(valve at 100 %\)"):
        controller.set_flow(1.0)


def test_an_alarm_flags_the_reading(driver: Any, loopback: Any) -> None:
    peer = server()
    controller = driver(loopback(peer))
    peer.alarm = 3
    controller.request()
    (sample,) = controller.collect()
    assert (sample.status, sample.raw) == (Status.FLAGGED, "alarm 0003")


def test_it_is_recognised_by_the_unit_of_its_range() -> None:
    (probe,) = VogtlinRedy.probes()
    assert probe.request.hex(" ").upper().startswith("F7 03 60 46 00 04 ")
    answer = server().connect().receive(probe.request)
    found = probe.recognise(answer)
    assert found is not None
    assert (found.identity.maker, found.keys) == ("Vögtlin", {"address": 247})
    assert probe.recognise(answer[:-1] + b"\x00") is None
    assert probe.recognise(rtu_frame(247, bytes.fromhex("03 08") + b"bar\0\0\0\0\0")) is None


def test_the_address_of_a_broadcast_is_refused() -> None:
    with pytest.raises(InputError, match="address 0 speaks to every instrument"):
        VogtlinRedy("mfc-co2", settings(address=0), Parts({}, {}))


@pytest.mark.parametrize("changes", [{"address": 256}, {"flow_unit": "furlong"}, {"record_also": ["pressure"]}])
def test_wrong_keys_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)
