"""Sevenstar CS: the request that is documented, every variant of the provisional grammar, and driver against twin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.framing import FrameError
from instruments.sevenstar import SHIPPED, Frame, Service, SevenstarFraming, read_sevenstar_profile
from instruments.sevenstar_cs import SevenstarCs, SevenstarCsSettings
from instruments.twin.sevenstar_cs import SevenstarCsServer
from testbench.engine.roles import FlowController, Identity, Parts, Status
from testbench.errors import InputError, InstrumentError

STATION = {"resource": "twin", "full_scale": 5.0, "uncertainty_percent": 0.4, "reproducibility_percent": 0.03}
VARIANTS = list(
    product(
        ("class to data", "data"),
        ("address", "start", "service"),
        ("own", "host", "any"),
        ("frame", "acknowledge and frame"),
        ("acknowledge", "frame"),
        ("ABCD", "DCBA"),
    )
)[::13]


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


def settings(**changes: Any) -> SevenstarCsSettings:
    return SevenstarCsSettings.model_validate(STATION | changes)


def server(flow: Flow | None = None, **changes: Any) -> SevenstarCsServer:
    return SevenstarCsServer("mfc-co2", settings(**changes), flow or Flow())


@pytest.fixture
def driver() -> Iterator[Callable[..., SevenstarCs]]:
    """`driver(resource)` is an open driver named "mfc-co2"."""
    with ExitStack() as stack:

        def start(resource: str, **changes: Any) -> SevenstarCs:
            made = SevenstarCs("mfc-co2", settings(resource=resource, **{"timeout_s": 0.2} | changes), Parts({}, {}))
            stack.callback(made.close)
            made.open()
            return made

        yield start


@pytest.fixture
def variant(tmp_path: Path) -> Callable[..., str]:
    """`variant(length, …)` is the path of a profile with these values in place of the shipped ones."""

    def write(**values: str) -> str:
        lines = (SHIPPED / "sevenstar-cs.toml").read_text(encoding="utf-8").splitlines()
        for key, value in values.items():
            (at,) = [index for index, line in enumerate(lines) if line.startswith(f"{key} = ")]
            lines[at] = f'{key} = "{value}"'
        path = tmp_path / "ours.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return str(path)

    return write


PROFILE = read_sevenstar_profile("sevenstar-cs")


def test_a_read_of_the_flow_is_the_documented_request() -> None:
    """20 02 80 03 A0 01 05 00 and the low byte of the sum of all: 20+02+80+03+A0+01+05 = 14B."""
    assert PROFILE.frame_of(0x20, Service.READ, (0xA0, 0x01, 0x05)).hex(" ").upper() == "20 02 80 03 A0 01 05 00 4B"


def test_a_setpoint_is_a_fraction_of_full_scale_in_16_16_bits() -> None:
    flow = Flow()
    request = PROFILE.frame_of(0x20, Service.WRITE, (0xA0, 0x01, 0x06), PROFILE.packed_fraction(0.5))
    assert request.hex(" ").upper() == "20 02 81 07 A0 01 06 00 00 80 00 00 D1"
    assert server(flow).connect().receive(request) == b"\x06"
    assert flow.flow == 2.5


@pytest.mark.parametrize(("length", "sum_from", "answer_address", "read_answer", "write_answer", "order"), VARIANTS)
def test_every_variant_of_the_grammar_sets_and_reads_a_flow(
    driver: Any, loopback: Any, variant: Any, length: str, sum_from: str, answer_address: str, read_answer: str,
    write_answer: str, order: str,
) -> None:  # fmt: skip
    keys = {"length": length, "sum_from": sum_from, "answer_address": answer_address}
    profile = variant(**keys, read_answer=read_answer, write_answer=write_answer, order=order)
    flow = Flow()
    controller = driver(loopback(server(flow, profile=profile)), profile=profile)
    controller.set_flow(1.25)
    assert flow.flow == 1.25
    controller.request()
    assert [sample.value for sample in controller.collect()] == [1.25]


def test_flow_is_set_verified_and_read(driver: Any, loopback: Any, kind: str) -> None:
    flow = Flow()
    controller = driver(loopback(server(flow), kind), record_also=["setpoint", "temperature"])
    assert isinstance(controller, FlowController)
    controller.set_flow(1.25)
    controller.request()
    samples = controller.collect()
    assert [sample.value for sample in samples] == [1.25, 1.25, pytest.approx(23.0, abs=0.05)]
    assert {sample.status for sample in samples} == {Status.VALID}
    assert controller.channels[0].resolution == pytest.approx(5.0 / 65536)
    assert controller.identify() == Identity("Sevenstar", "CS200 (simulated, provisional grammar)", "SIM-mfc-co2", "SIM1")


def test_the_safe_state_is_no_flow_and_read_back(driver: Any, loopback: Any) -> None:
    flow = Flow()
    controller = driver(loopback(server(flow)))
    controller.set_flow(3.0)
    outcome = controller.drive_safe()
    assert (flow.flow, outcome.state, outcome.verified) == (0.0, "flow 0", True)


def test_another_control_mode_and_an_alarm_are_told(driver: Any, loopback: Any) -> None:
    peer = server()
    controller = driver(loopback(peer))
    peer.mode, peer.alarm = 2, 1
    with pytest.raises(InstrumentError, match=r"it answers 0|control mode 2 \(manual valve\)"):
        controller.set_flow(1.0)
    controller.request()
    (sample,) = controller.collect()
    assert (sample.status, sample.raw) == (Status.FLAGGED, "alarm 01")
    assert controller.drive_safe().read_back.endswith("control mode 2 (manual valve)")


def test_full_scale_is_compared_where_its_unit_is_stated(driver: Any, loopback: Any) -> None:
    resource = loopback(server(full_scale=10.0))
    driver(resource)
    with pytest.raises(InstrumentError, match=r"has a full scale of 10 l/min, the station file says 5 L/min"):
        driver(resource, instrument_unit="l/min")


def test_a_refusal_is_told(driver: Any, fault_peer: Any) -> None:
    end = server().connect()

    def script(talk: Any) -> None:
        while data := talk.hear():
            talk.say(b"\x16" if data[2] == Service.WRITE else end.receive(data))

    with pytest.raises(InstrumentError, match=r"mfc-co2 \(TCPIP.*\): refused the request for A0 01 06"):
        driver(fault_peer(script).resource()).set_flow(1.0)


def test_data_of_another_length_is_an_error_and_no_reading(driver: Any, fault_peer: Any) -> None:
    def script(talk: Any) -> None:
        while data := talk.hear():
            path = (data[4], data[5], data[6])
            talk.say(PROFILE.frame_of(0x20, Service.READ, path, b"\x00\x01"))

    with pytest.raises(InstrumentError, match=r"answer 00 01 cannot be read: 2 bytes of data where 4 are due"):
        driver(fault_peer(script).resource())


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        ("20 02 80 03 A0 01 05 00 4C", "checksum of 20 02 .* is wrong"),
        ("20 02 80 02 A0 01 05 00 4B", "a length of 2 cannot be"),
    ],
)
def test_frames_that_cannot_be_are_refused(frame: str, why: str) -> None:
    with pytest.raises(FrameError, match=why):
        SevenstarFraming(PROFILE, (0x20,)).extract(bytearray(bytes.fromhex(frame)))


def test_frames_are_found_in_pieces_among_other_bytes() -> None:
    framing, buffer = SevenstarFraming(PROFILE, (0x20, 0x00)), bytearray(b"\xff\x00")
    frame = PROFILE.frame_of(0x20, Service.READ, (0xA0, 0x01, 0x05), PROFILE.packed_fraction(0.25))
    for byte in frame[:-1]:
        buffer.append(byte)
        assert framing.extract(buffer) is None
    buffer += frame[-1:]
    found = framing.extract(buffer)
    assert found is not None
    assert PROFILE.fraction(Frame.of(found).data) == 0.25


@given(st.binary(max_size=60))
def test_no_bytes_make_the_simulated_controller_fail(data: bytes) -> None:
    server().connect().receive(data + PROFILE.frame_of(0x20, Service.WRITE, (0xA0, 1, 6), data[:4]))


def test_it_is_recognised_by_its_flow_but_not_for_certain() -> None:
    (probe,) = SevenstarCs.probes()
    found = probe.recognise(server().connect().receive(probe.request))
    assert found is not None
    assert (found.identity.maker, found.keys, found.certain) == ("Sevenstar", {"address": 32}, False)
    assert probe.recognise(probe.request) is None
    assert probe.recognise(b"\x20\x02\x80\x02\xa0\x01\x05\x00\x4b") is None


def test_a_profile_that_is_not_there_or_wrong_is_told(variant: Any) -> None:
    with pytest.raises(InputError, match="there is no controller profile 'gone'; shipped profiles: sevenstar-cs"):
        SevenstarCs("mfc", settings(profile="gone"), Parts({}, {}))
    with pytest.raises(InputError, match="sum_from"):
        SevenstarCs("mfc", settings(profile=variant(sum_from="anywhere")), Parts({}, {}))


@pytest.mark.parametrize("changes", [{"address": 31}, {"address": 96}, {"flow_unit": "furlong"}])
def test_wrong_keys_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)
