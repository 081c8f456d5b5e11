"""The console of Vaisala probes: the lines of the guides first, then driver and simulated probe over sockets."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.framing import FrameError
from instruments.twin.vaisala_console import VaisalaConsoleServer
from instruments.vaisala_console import FRAMES, VaisalaConsole, VaisalaConsoleSettings
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Source, Status
from testbench.errors import InstrumentError

WITHIN_S = 30.0


def settings(**changes: Any) -> VaisalaConsoleSettings:
    return VaisalaConsoleSettings.model_validate({"resource": "twin", "range": [0.0, 20.0], "unit": "%"} | changes)


def answering(answer: bytes) -> Callable[[Any], None]:
    """A script: every `send` gets the answer."""

    def script(talk: Any) -> None:
        while asked := talk.hear():
            if asked.endswith(b"send\r"):
                talk.say(answer)

    return script


def read(device: Any) -> Any:
    device.request()
    (sample,) = device.collect()
    return sample


@pytest.mark.parametrize(
    ("line", "percent"),
    [  # GMP252 user guide M211897EN: default format, per cent, and with a checksum
        (b"CO2=   452 ppm\r\n", 0.0452),
        (b"CO2= 5.1 %CO2\r\n", 5.1),
        (b"CO2=  1702 ppm\r\n", 0.1702),
        (b"CO2=  3563 ppm 9F\r\n", 0.3563),
        (b"CO2=  3562 ppm 9E\r\n", 0.3562),
        (b"CO2=  3559 ppm A4\r\n", 0.3559),
        (b"CO2=  3563 ppm 039F\r\n", 0.3563),
        (b"send\r\n>CO2=   452 ppm\r\n>", 0.0452),  # with echo and prompt
        (b"CO2=   -12 ppm\r\n", -0.0012),
    ],
)
def test_the_lines_of_the_guides_are_read(connected: Any, fault_peer: Any, line: bytes, percent: float) -> None:
    sample = read(connected(VaisalaConsole, resource=fault_peer(answering(line)).resource()))
    assert (sample.value, sample.status) == (pytest.approx(percent), Status.VALID)


@pytest.mark.parametrize("line", [b"CO2=  3563 ppm 9E\r", b"CO2=  3563 ppm 029F\r", b"CO2=  3562 ppm 039F\r"])
def test_a_wrong_checksum_is_garbage(line: bytes) -> None:
    with pytest.raises(FrameError, match="the text sums to"):
        FRAMES.extract(bytearray(line))


@pytest.mark.parametrize("line", [b"CO2= 452\r", b"CO2= 452 mg\r", b"CO2= 452 ppm 123\r", b"T= 21.0 'C\r", b"OK\r"])
def test_another_line_is_no_reading(connected: Any, fault_peer: Any, line: bytes) -> None:
    device = connected(VaisalaConsole, resource=fault_peer(answering(line)).resource(), timeout_s=0.04, tries=1)
    with pytest.raises(InstrumentError, match=r"no matching answer within .*; is it switched on and set to 19200 baud 8N1"):
        read(device)


def test_stars_in_place_of_a_number_flag_the_reading(connected: Any, fault_peer: Any) -> None:
    sample = read(connected(VaisalaConsole, resource=fault_peer(answering(b"CO2=****** ppm\r\n")).resource()))
    assert (math.isnan(sample.value), sample.status, sample.raw) == (True, Status.FLAGGED, "******")


@pytest.mark.parametrize("text", [b"CO2=1.2.3 ppm\r\n", b"CO2=-- ppm\r\n", b"CO2=" + b"9" * 400 + b" ppm\r\n"])
def test_what_is_no_number_is_flagged(connected: Any, fault_peer: Any, text: bytes) -> None:
    assert read(connected(VaisalaConsole, resource=fault_peer(answering(text)).resource())).status is Status.FLAGGED


@given(st.binary(max_size=60))
def test_no_line_makes_the_framing_fail_in_another_way(data: bytes) -> None:
    buffer = bytearray(b"CO2= 1 ppm" + data + b"\r")
    with suppress(FrameError):
        assert FRAMES.extract(buffer) is not None


def test_the_simulated_probe_prints_as_from_the_factory(analyser: Any) -> None:
    server = VaisalaConsoleServer("A", settings(), analyser(0.0452))
    say = server.connect().receive
    assert say(b"\rs\rse") == b""
    assert say(b"nd\r") == b"CO2=   452 ppm\r\n"
    server.checksum = True
    assert say(b"SEND\r") == b"CO2=   452 ppm 0389\r\n"


@pytest.mark.parametrize("checksum", [False, True])
def test_it_reads_over_every_kind_of_line(connected: Any, loopback: Any, kind: str, analyser: Any, checksum: bool) -> None:
    server = VaisalaConsoleServer("A", settings(), analyser(12.34567))
    server.checksum = checksum
    device = connected(VaisalaConsole, resource=loopback(server, kind))
    assert isinstance(device, Device)
    assert isinstance(device, Source)
    assert read(device).value == 12.3457
    assert device.channels[0].resolution == pytest.approx(0.0001)
    identity = device.identify()
    assert (identity.model, identity.serial, identity.firmware) == ("GMP252", "SIM-252", "1.2.3-SIM")


def test_output_that_comes_by_itself_is_stopped_when_the_probe_is_opened(connected: Any, fault_peer: Any) -> None:
    heard: list[bytes] = []
    asked_to_send = threading.Event()

    def script(talk: Any) -> None:
        while asked := talk.hear():
            heard.append(asked)
            if b"".join(heard).endswith(b"send\r"):
                asked_to_send.set()
            talk.say(b"CO2=   452 ppm\r\n")

    read(connected(VaisalaConsole, resource=fault_peer(script).resource()))
    assert asked_to_send.wait(WITHIN_S)
    assert b"".join(heard) == b"\rs\rsend\r"


def test_a_person_adjusts_it(connected: Any, loopback: Any, analyser: Any) -> None:
    device = connected(VaisalaConsole, resource=loopback(VaisalaConsoleServer("A", settings(), analyser())))
    with pytest.raises(AdjustmentByOperatorError):
        device.adjust(Adjustment.ZERO, 0.1, 0.0)


@pytest.mark.parametrize("keys", [{"measurand": "SO2"}, {"record_also": ["O2"]}])
def test_it_tells_carbon_dioxide_alone(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**keys)
