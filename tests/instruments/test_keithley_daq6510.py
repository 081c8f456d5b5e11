"""The DAQ6510 driver and its simulated scanner: the set-up line by line, scans over sockets, and what can be wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
from pydantic import ValidationError

from instruments.current_loop import LoopScanner
from instruments.keithley_daq6510 import KeithleyDaq6510, KeithleyDaq6510Settings
from instruments.twin.keithley_daq6510 import KeithleyDaq6510Server
from testbench.engine.roles import Direction, Identity, Parts, Status
from testbench.errors import InstrumentError

KEYS = {"resource": "twin", "current_channels": (121,), "shunts": {101: 250.0}}


class Loops:
    """Current loops that carry what the test says."""

    def __init__(self, **currents: float) -> None:
        self.by_channel = {int(name[1:]): current for name, current in currents.items()}

    def currents(self) -> Mapping[int, float]:
        return self.by_channel


def settings(**changes: Any) -> KeithleyDaq6510Settings:
    return KeithleyDaq6510Settings.model_validate(KEYS | changes)


def server(loops: Loops | None = None, **changes: Any) -> KeithleyDaq6510Server:
    return KeithleyDaq6510Server("daq", settings(**changes), loops or Loops(c101=12.0, c121=20.0))


@pytest.fixture
def scanner() -> Iterator[Callable[..., KeithleyDaq6510]]:
    """`scanner(resource)` is a driver named "daq" that is not yet open."""
    with ExitStack() as stack:

        def make(resource: str, **changes: Any) -> KeithleyDaq6510:
            made = KeithleyDaq6510("daq", settings(resource=resource, timeout_s=0.3, **changes), Parts({}, {}))
            stack.callback(made.close)
            return made

        yield make


def test_the_set_up_is_that_of_the_maker_s_examples(scanner: Any, loopback: Any) -> None:
    made = scanner(loopback(server()))
    sent: list[bytes] = []
    made.trace(lambda direction, at, data: sent.append(data) if direction is Direction.SENT else None)
    made.open()
    made.request()
    made.collect()
    assert b"".join(sent).decode().splitlines() == [
        "*LANG?",
        "*IDN?",
        "ABOR",
        "*RST",
        'TRAC:DEL "bench"',
        "*CLS",
        "ROUT:OPEN:ALL",
        'TRAC:MAKE "bench",1000',
        'SENS:FUNC "VOLT:DC",(@101)',
        "SENS:VOLT:RANG 10,(@101)",
        'SENS:FUNC "CURR:DC",(@121)',
        "SENS:CURR:RANG 0.1,(@121)",
        'ROUT:SCAN:BUFF "bench"',
        "ROUT:SCAN:CRE (@101,121)",
        "ROUT:SCAN:COUN:SCAN 1",
        "SYST:ERR?",
        'TRAC:CLE "bench";:INIT;*WAI;:TRAC:DATA? 1,2,"bench",CHAN,READ',
    ]


def test_it_reads_loops_in_ma_and_in_the_unit_of_who_claims_them(scanner: Any, loopback: Any, kind: str) -> None:
    made = scanner(loopback(server(), kind))
    assert isinstance(made, LoopScanner)
    made.claim(channel=101, name="A", quantity="CO2", unit="%", low=0.0, high=20.0)
    made.open()
    for _ in range(2):
        made.request()
        assert [(s.value, s.status) for s in made.collect()] == [
            (pytest.approx(10.0), Status.VALID),
            (pytest.approx(20.0), Status.VALID),
        ]
    assert [(channel.name, channel.unit) for channel in made.channels] == [("A", "%"), ("daq.121", "mA")]
    assert made.identify() == Identity("KEITHLEY INSTRUMENTS", "MODEL DAQ6510", "SIMULATED", "1.7.12b")


def test_failed_loops_and_overloads_are_flagged(scanner: Any, loopback: Any) -> None:
    loops = Loops(c101=3.5, c121=150.0)
    made = scanner(loopback(server(loops)))
    made.claim(channel=101, name="A", quantity="CO2", unit="%", low=0.0, high=20.0)
    made.open()
    made.request()
    failed, overload = made.collect()
    assert (failed.status, failed.raw) == (Status.FLAGGED, "3.5000 mA")
    assert (overload.status, overload.raw, math.isnan(overload.value)) == (Status.FLAGGED, "overload", True)


def test_another_command_set_is_told(scanner: Any, loopback: Any) -> None:
    peer = server()
    peer.language = "TSP"
    with pytest.raises(InstrumentError, match=r"daq \(TCPIP.*\): its command set is TSP, not SCPI; set it in the settings"):
        scanner(loopback(peer)).open()


def scripted(**answers: bytes) -> Callable[[Any], None]:
    """A simulated scanner whose answers to lines that contain a word are others."""
    end = server().connect()
    words = {"identity": b"*IDN?", "scan": b"TRAC:DATA?"}

    def script(talk: Any) -> None:
        while data := talk.hear():
            for line in data.splitlines(keepends=True):
                reply = end.receive(line)
                talk.say(next((answer for name, answer in answers.items() if words[name] in line), reply))

    return script


def test_another_instrument_is_told(scanner: Any, fault_peer: Any) -> None:
    peer = fault_peer(scripted(identity=b"KEITHLEY INSTRUMENTS,MODEL DMM6500,1,2\n"))
    with pytest.raises(InstrumentError, match="answers as DMM6500, not as DAQ6510; correct the driver, or the resource"):
        scanner(peer.resource()).open()


@pytest.mark.parametrize("answer", [b"102,+1.0,121,+4.0E-03\n", b"101,+1.0\n", b"101,121\n"])
def test_readings_of_other_channels_are_an_error_and_no_reading(scanner: Any, fault_peer: Any, answer: bytes) -> None:
    made = scanner(fault_peer(scripted(scan=answer)).resource())
    made.open()
    made.request()
    with pytest.raises(InstrumentError, match=r"asked for 2 readings, answered '.*'; has somebody changed its scan list\?"):
        made.collect()


def test_what_a_scanner_without_that_module_refuses_is_told(scanner: Any, loopback: Any) -> None:
    made = scanner(loopback(Bare()))
    with pytest.raises(InstrumentError, match=r'refused its set-up: -222,"Data out of range"'):
        made.open()


class Bare(KeithleyDaq6510Server):
    """A scanner without modules."""

    def __init__(self) -> None:
        super().__init__("daq", settings(), Loops())
        self._slots = ()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"current_channels": (), "shunts": {}}, "state at least one channel"),
        ({"current_channels": (120,)}, "cannot measure current, only x21 and x22 of a 7700 module"),
        ({"current_channels": (321,)}, "cannot measure current"),
        ({"shunts": {121: 250.0}}, "there is no voltage channel 121"),
        ({"shunts": {101: 0.1}}, "is not a shunt for 4-20 mA"),
    ],
)
def test_a_wrong_key_is_refused_with_what_to_do(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(**changes)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b'TRAC:ACT? "defbuffer1"', b"0\n"),
        (b'TRAC:ACT? "no";SYST:ERR?', b""),
        (b'TRAC:MAKE "few",5', b""),
        (b'TRAC:DATA? 1,1,"defbuffer1"', b""),
        (b"INIT", b""),
        (b'SENS:FUNC "CURR:DC",(@101)', b""),
        (b"SENS:CURR:RANG 0.1,(@121)", b""),
        (b"ROUT:SCAN:COUN:SCAN many", b""),
    ],
)
def test_the_simulated_scanner_refuses_what_cannot_be(line: bytes, answer: bytes) -> None:
    end = server().connect()
    assert end.receive(line + b"\n") == answer
    assert (end.receive(b"SYST:ERR?\n") == b'0,"No error"\n') == bool(answer)


def test_it_recognises_itself() -> None:
    (probe,) = KeithleyDaq6510.probes()
    assert probe.recognise(b"KEITHLEY INSTRUMENTS,MODEL DAQ6510,04340543,1.7.12b\n") is not None
    assert probe.recognise(b"KEITHLEY INSTRUMENTS,MODEL DMM6500,04340543,1.7.12b\n") is None
