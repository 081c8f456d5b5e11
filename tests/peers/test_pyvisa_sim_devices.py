"""The default devices of pyvisa-sim, put on loopback, as instruments that a text profile adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyvisa_sim.parser import get_devices

from instruments.condition_control import NotTakenError
from instruments.profile_files import parse_profile_text
from instruments.text_client import TextClient, TextKeys
from instruments.text_profile import TextProfile
from testbench.engine.roles import Identity
from testbench.errors import InstrumentError

HEAD = 'name = "peer"\nmaker = "m"\nmodel = "n"\ndocumented_by = "pyvisa-sim"\nevidence = "a simulator"\n'

SIGNAL_GENERATOR = """
refusals = ["ERROR", "[A-Z]+_ERROR"]
[transport]
request_end = "\\r\\n"
[identity]
ask = "?IDN"
answer = '(?P<model>\\w+) Serial #(?P<serial>\\d+)'
reply = "LSG Serial #1"
[quantities.frequency]
ask = "?FREQ"
unit = "Hz"
[quantities.output]
ask = "?OUT"
reply = "{value:d}"
[quantities.nothing]
ask = "?NOTHING"
[settings.frequency]
send = "!FREQ {value:.2f}"
acknowledge = "OK"
reply = "OK"
unit = "Hz"
read_back = "frequency"
tolerance = 0.01
[settings.on]
send = "!OUT 1"
acknowledge = "OK"
reply = "OK"
read_back = "output"
expected = 1.0
[settings.off]
send = "!OUT 0"
acknowledge = "OK"
reply = "OK"
read_back = "output"
expected = 0.0
[safe]
state = "output off"
settings = ["off"]
read_back = "output"
"""

SUPPLY = """
[transport]
request_end = "\\r\\n"
[identity]
ask = "*IDN?"
answer = '(?P<maker>[^,]*),(?P<model>[^,]*),(?P<firmware>[^,]*)'
reply = "SCPI,MOCK,1"
[quantities.voltage]
ask = ":VOLT:IMM:AMPL?"
reply = "{value:+.8E}"
unit = "V"
[quantities.voltage-typed-wrong]
ask = ":VLOT?"
[settings.voltage]
send = ":VOLT:IMM:AMPL {value:.3f}"
unit = "V"
read_back = "voltage"
tolerance = 0.001
[settings.voltage-typed-wrong]
send = ":VLOT {value:.3f}"
[errors]
"""

STATUS_REGISTER = 'ask = "*ESR?"\nanswer = \'(?P<code>\\d+)\'\nreply = "0"\n'
ERROR_QUEUE = 'ask = ":SYST:ERR?"\nreply = "0, No Error"\n'


class Device:
    """A device of pyvisa-sim as a server: bytes in, bytes out."""

    def __init__(self, resource: str) -> None:
        self.device = get_devices("default.yaml", bundled=True)[resource]
        self.end = self.device._query_eom

    def connect(self) -> Conversation:
        return Conversation(self)


class Conversation:
    """One client's lines; the device itself takes one at a time."""

    def __init__(self, peer: Device) -> None:
        self.peer = peer
        self.buffer = b""

    def receive(self, data: bytes) -> bytes:
        *lines, self.buffer = (self.buffer + data).split(self.peer.end)
        answer = b""
        for line in lines:
            self.peer.device.write(line + self.peer.end)
            while byte := self.peer.device.read()[0]:
                answer += byte
        return answer


@pytest.fixture
def client(served: Callable[[Any], int], request: pytest.FixtureRequest) -> Callable[[str, str], TextClient]:
    """`client(resource, profile)` is connected to that device."""

    def start(resource: str, text: str) -> TextClient:
        profile = parse_profile_text(HEAD + text, "peer.toml", TextProfile)
        keys = TextKeys(
            resource=f"TCPIP::127.0.0.1::{served(Device(resource))}::SOCKET", profile="peer", timeout_s=1.0, tries=1
        )
        made = TextClient("peer", keys, profile)
        request.addfinalizer(made.close)
        made.open()
        return made

    return start


def test_a_signal_generator_is_identified_set_read_and_left_safe(client: Any) -> None:
    made = client("ASRL1::INSTR", SIGNAL_GENERATOR)
    assert made.identify() == Identity("m", "LSG", "1234", "")
    assert made.read("frequency").value == 100.0
    assert made.set("frequency", 1234.567) == 1234.57
    assert made.read("frequency").value == 1234.57
    made.set("on")
    assert made.drive_safe().verified
    assert made.read("output").value == 0.0


def test_what_the_generator_refuses_is_told_in_its_words(client: Any) -> None:
    made = client("ASRL1::INSTR", SIGNAL_GENERATOR)
    with pytest.raises(NotTakenError, match=r"refuses '!FREQ 200000\.00' with 'FREQ_ERROR'"):
        made.set("frequency", 200000.0)
    with pytest.raises(InstrumentError, match=r"refuses '\?NOTHING' with 'ERROR'"):
        made.read("nothing")


@pytest.mark.parametrize(
    ("resource", "errors"), [("ASRL2::INSTR", STATUS_REGISTER), ("ASRL4::INSTR", ERROR_QUEUE)], ids=["register", "queue"]
)
def test_a_supply_that_answers_nothing_to_a_setting_is_asked_for_errors(client: Any, resource: str, errors: str) -> None:
    made = client(resource, SUPPLY + errors)
    assert made.identify() == Identity("SCPI", "MOCK", "", "VERSION_1.0")
    assert made.read("voltage").value == 1.0
    assert made.set("voltage", 2.5) == 2.5
    with pytest.raises(NotTakenError, match=r"after ':VLOT 2.000' it reports"):
        made.set("voltage-typed-wrong", 2.0)
    assert made.read("voltage").value == 2.5


def test_a_question_that_nobody_answers_ends_within_its_time(client: Any) -> None:
    made = client("ASRL2::INSTR", SUPPLY + STATUS_REGISTER)
    with pytest.raises(InstrumentError, match=r"no answer within 1 s"):
        made.read("voltage-typed-wrong")
