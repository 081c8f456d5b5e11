"""The Picarro driver and the simulated analyser: the answers of the guide first, then over sockets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.picarro import ERRORS, LINE, Picarro, PicarroSettings
from instruments.twin.picarro import PicarroServer
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Parts, Source, Status
from testbench.errors import InstrumentError

KEYS = {
    "range": [0.0, 1000.0], "unit": "ppm", "values": ["CO2", "CH4", "H2O"], "units": {"H2O": "%"}, "record_also": ["H2O"],
}  # fmt: skip


class Clock:
    """Real time as a test says it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def settings(**changes: Any) -> PicarroSettings:
    return PicarroSettings.model_validate({"resource": "twin", "timeout_s": 0.2} | KEYS | changes)


def answering(answer: bytes) -> Callable[[Any], None]:
    def script(talk: Any) -> None:
        while talk.hear():
            talk.say(answer)

    return script


def read(device: Any) -> Any:
    device.request()
    return device.collect()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(clock: Clock) -> Iterator[Callable[..., Picarro]]:
    """A driver whose clock is the test's."""
    with ExitStack() as stack:

        def start(resource: str, **keys: Any) -> Picarro:
            made = Picarro("A", settings(resource=resource, **keys), Parts({}, {}), clock)
            stack.callback(made.close)
            made.open()
            return made

        yield start


# ---- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer"),
    [  # user guide 40-0063
        ("_Meas_GetConc", b"558.692;1.859;1.630\r"),
        ("_Meas_GetConcEx", b"22/01/30 17:04:05.678;558.692;1.859;1.630\r"),
        ("_Meas_GetConcEx", b"2022-01-30 17:04:05.678;558.692;1.859;1.630;\r\n"),
    ],
)
def test_the_answers_of_the_guide_are_read(connected: Any, fault_peer: Any, command: str, answer: bytes) -> None:
    device = connected(Picarro, resource=fault_peer(answering(answer)).resource(), command=command, **KEYS)
    content, water = read(device)
    assert (content.value, content.status) == (558.692, Status.VALID)
    assert (water.value, water.status) == (1.63, Status.VALID)


def test_a_line_feed_behind_an_answer_is_skipped() -> None:
    buffer = bytearray(b"1.0;2.0\r\n3.0;4.0\r")
    assert [LINE.extract(buffer), LINE.extract(buffer)] == [b"1.0;2.0", b"3.0;4.0"]


@given(st.binary(max_size=60))
def test_no_line_makes_the_recogniser_fail(line: bytes) -> None:
    assert Picarro("A", settings(), Parts({}, {}))._answers(b"Measuring " + line) is False


# ---- the simulated analyser --------------------------------------------------------------------------------------------


def test_the_simulated_analyser_prints_three_decimals_and_its_time(analyser: Any) -> None:
    plant = analyser(558.6921, "ppm", CH4=1.8594e-6, H2O=0.0163)
    plant.time_s = 3661.5
    server = PicarroServer("A", settings(units={"CH4": "ppm", "H2O": "%"}), plant)
    say = server.connect().receive
    assert say(b"_Meas_Get") == b""
    assert say(b"Conc\r\n") == b"558.692;1.859;1.630\r"
    assert say(b"_MEAS_GETCONCEX\r") == b"26/01/01 01:01:01.500;558.692;1.859;1.630\r"
    assert say(b"_Meas_Nothing\r") == b"ERR:1002\t26/01/01 01:01:01.500\r"
    server.measuring = False
    assert say(b"_Meas_GetConc\r").startswith(b"ERR:3002\t")


# ---- the driver --------------------------------------------------------------------------------------------------------


def test_it_reads_over_every_kind_of_line(connected: Any, loopback: Any, kind: str, analyser: Any) -> None:
    server = PicarroServer("A", settings(), analyser(558.6921, "ppm", H2O=0.0163))
    device = connected(Picarro, resource=loopback(server, kind), **KEYS)
    assert isinstance(device, Device)
    assert isinstance(device, Source)
    assert [sample.value for sample in read(device)] == [558.692, 1.63]
    assert [(c.name, c.unit) for c in device.channels] == [("A", "ppm"), ("A.H2O", "%")]


def test_data_that_are_not_renewed_are_a_gap_and_no_reading(timed: Any, loopback: Any, analyser: Any, clock: Clock) -> None:
    plant = analyser(558.6921, "ppm")
    device = timed(loopback(PicarroServer("A", settings(), plant)), longest_age_s=10.0)
    assert read(device)[0].status is Status.VALID
    clock.now += 9.9
    assert read(device)[0].status is Status.VALID
    clock.now += 0.2
    for sample in read(device):
        assert (math.isnan(sample.value), sample.status) == (True, Status.GAP)
        assert sample.raw == "no data since 26/01/01 00:00:00.000"
    plant.time_s += 5.0
    assert read(device)[0].status is Status.VALID


def test_a_value_stands_for_twice_the_interval_of_updates_and_on_loopback_for_ever() -> None:
    assert settings(resource="TCPIP::192.168.1.43::51020::SOCKET", update_s=5.0).patience_s == 10.0
    assert settings(resource="TCPIP::127.0.0.1::51020::SOCKET", update_s=5.0).patience_s == math.inf
    assert settings(resource="TCPIP::127.0.0.1::51020::SOCKET", longest_age_s=0.5).patience_s == 0.5


@pytest.mark.parametrize("code", ["1001", "3001", "3002"])
def test_an_analyser_without_data_gives_no_value(connected: Any, fault_peer: Any, code: str) -> None:
    peer = fault_peer(answering(f"ERR:{code}\t22/01/30 17:04:05.678\r".encode()))
    for sample in read(connected(Picarro, resource=peer.resource(), **KEYS)):
        assert (math.isnan(sample.value), sample.status, sample.raw) == (
            True,
            Status.FLAGGED,
            f"ERR:{code} ({ERRORS[code]})",
        )


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"ERR:1002\t22/01/30 17:04:05\r", r"answers _Meas_GetConcEx with ERR:1002 \(command not recognised\)"),
        (b"ERR:9999\r", r"answers _Meas_GetConcEx with ERR:9999 \(not documented\)"),
        (b"22/01/30 17:04:05.678;558.692;1.859\r", "answers 2 values, the station file names 3; correct values"),
        (b"558.692;1.859;1.630\r", "no matching answer within"),
    ],
)
def test_other_errors_are_told_by_name(connected: Any, fault_peer: Any, answer: bytes, text: str) -> None:
    device = connected(Picarro, resource=fault_peer(answering(answer)).resource(), **(KEYS | {"timeout_s": 0.04}))
    with pytest.raises(InstrumentError, match=text):
        read(device)


@pytest.mark.parametrize("text", ["nan", "--", "1.2.3", "1\x1d2", "1e999"])
def test_a_value_that_is_no_number_is_flagged_alone(connected: Any, fault_peer: Any, text: str) -> None:
    peer = fault_peer(answering(f"22/01/30 17:04:05.678;{text};1.859; 1.630\r".encode()))
    content, water = read(connected(Picarro, resource=peer.resource(), **KEYS))
    assert (math.isnan(content.value), content.status, content.raw) == (True, Status.FLAGGED, text)
    assert (water.value, water.status) == (1.63, Status.VALID)


def test_a_person_adjusts_it(connected: Any, loopback: Any, analyser: Any) -> None:
    device = connected(Picarro, resource=loopback(PicarroServer("A", settings(), analyser(unit="ppm"))), **KEYS)
    with pytest.raises(AdjustmentByOperatorError):
        device.adjust(Adjustment.ZERO, 0.1, 0.0)
