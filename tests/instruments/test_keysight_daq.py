"""The Keysight scanner: the simulated one command by command, and the driver's dialogue with it over loopback."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.keysight_daq import KeysightDaq, KeysightDaqSettings
from instruments.twin.keysight_daq import KeysightDaqServer
from testbench.engine.roles import Instrument, Parts, Source, Status
from testbench.errors import InstrumentError, StationError

NO_PARTS = Parts({}, {})


@dataclass
class Loops:
    """Current loops: channel → mA."""

    milliamperes: dict[int, float] = field(default_factory=dict)

    def currents(self) -> dict[int, float]:
        return self.milliamperes


def keys(resource: str = "twin", **more: Any) -> KeysightDaqSettings:
    given_keys = {
        "resource": resource,
        "current_channels": [121],
        "shunts": {"101": 250.0, "102": 250.0, "103": 100.0},
        **more,
    }
    return KeysightDaqSettings.model_validate(given_keys)


class Console:
    """A person at the simulated scanner: `say` sends a line and returns the answer without its line feed."""

    def __init__(self, loops: Loops | None = None, **more: Any) -> None:
        self._line = KeysightDaqServer("daq", keys(**more), loops or Loops()).connect()

    def say(self, command: str) -> str:
        answer = self._line.receive(command.encode("latin-1") + b"\n")
        assert answer == b"" or answer.endswith(b"\n")
        return answer.decode("latin-1").rstrip("\n")


# ---- The simulated scanner ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "identity"),
    [
        ("34970A", "HEWLETT-PACKARD,34970A,0,13-2-2"),
        ("34972A", "Agilent Technologies,34972A,SIMULATED,1.16-1.12-02-02"),
        ("DAQ970A", "Keysight Technologies,DAQ970A,SIMULATED,A.02.04-00.16-11.29-00.02-02-01"),
    ],
)
def test_each_model_says_who_it_is(model: str, identity: str) -> None:
    console = Console(model=model)
    assert console.say("*IDN?") == identity
    assert "901A" in console.say("SYST:CTYP? 100")


def test_a_scan_list_is_shown_as_a_block_of_definite_length() -> None:
    console = Console()
    assert console.say("ROUT:SCAN?") == "#13(@)"
    assert console.say("ROUT:SCAN (@103,101:102)") == ""
    assert console.say("ROUT:SCAN?") == "#214(@101,102,103)"
    assert console.say("ROUT:SCAN:SIZE?") == "+3"
    assert console.say("*RST;ROUT:SCAN?") == "#13(@)"


def test_readings_are_amperes_and_volts_over_the_shunt() -> None:
    console = Console(Loops({121: 4.0, 101: 12.0, 103: 20.0}))
    console.say("CONF:CURR:DC 0.1,3E-7,(@121)")
    assert console.say("READ?") == "+4.00000000E-03"
    console.say("CONF:VOLT:DC 10,3E-5,(@101,102,103)")
    assert console.say("READ?") == "+3.00000000E+00,+0.00000000E+00,+2.00000000E+00"
    console.say("ROUT:SCAN (@101,121)")
    assert console.say("READ?") == "+3.00000000E+00,+4.00000000E-03"


def test_short_and_long_forms_and_any_case_mean_the_same() -> None:
    console = Console(Loops({121: 4.0}))
    for command in ("CONFIGURE:CURRENT:DC 0.1,(@121)", "conf:curr 0.1,(@121)", ":Conf:Current:dc (@121)"):
        assert console.say(command) == ""
        assert console.say("read?") == "+4.00000000E-03"
    assert console.say("SYSTem:ERRor:NEXT?") == '+0,"No error"'
    assert console.say("CONFI:CURR (@121)") == ""
    assert console.say("SYST:ERR?") == '-113,"Undefined header"'


def test_a_command_after_a_semicolon_continues_on_the_same_path() -> None:
    console = Console(Loops({121: 4.0}))
    console.say("CONF:CURR:DC (@121);:FORM:READ:CHAN ON;UNIT ON;ALAR OFF")
    assert console.say("READ?") == "+4.00000000E-03 ADC,121"
    assert console.say("FORM:READ:CHAN?;UNIT?;*OPC?;ALAR?") == "1;1;1;0"
    assert console.say("SYST:ERR?") == '+0,"No error"'


def test_several_scans_and_the_memory() -> None:
    console = Console(Loops({121: 4.0, 101: 4.0}))
    console.say("ROUT:SCAN (@101,121);:TRIG:COUN 3;:INIT")
    assert console.say("DATA:POIN?") == "+6"
    assert console.say("FETC?").count(",") == 5
    console.say("ROUT:SCAN (@101)")  # a new scan list clears the memory
    assert console.say("DATA:POIN?") == "+0"
    console.say("FETC?")
    assert console.say("SYST:ERR?") == '-230,"Data corrupt or stale"'


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("MEAS:TEMP? (@101)", '-113,"Undefined header"'),
        ("CONF:CURR:DC 0.1,(@101)", '-222,"Data out of range"'),  # current only at x21 and x22
        ("CONF:VOLT:DC 10,(@121)", '-222,"Data out of range"'),
        ("CONF:VOLT:DC 1000,(@101)", '-222,"Data out of range"'),
        ("ROUT:SCAN (@101,423)", '-222,"Data out of range"'),
        ("ROUT:SCAN", '-109,"Missing parameter"'),
        ("CONF:VOLT:DC ten,(@101)", '-104,"Data type error"'),
        ("TRIG:COUN 0", '-222,"Data out of range"'),
        ("TRIG:SOUR NOW", '-224,"Illegal parameter value"'),
        ("READ?", '-221,"Settings conflict"'),
        ("SYST:CTYP? 900", '-222,"Data out of range"'),
    ],
)
def test_what_it_cannot_do_goes_to_the_error_queue(command: str, error: str) -> None:
    console = Console()
    assert console.say(command) == ""
    assert console.say("SYST:ERR?") == error
    assert console.say("SYST:ERR?") == '+0,"No error"'


def test_the_error_queue_overflows_at_twenty() -> None:
    console = Console()
    for _ in range(25):
        console.say("NONSENSE")
    errors = [console.say("SYST:ERR?") for _ in range(21)]
    assert errors[:19] == ['-113,"Undefined header"'] * 19
    assert errors[19:] == ['-350,"Queue overflow"', '+0,"No error"']
    console.say("NONSENSE;*CLS")
    console.say("*CLS")
    assert console.say("SYST:ERR?") == '+0,"No error"'


def test_a_line_may_come_in_pieces() -> None:
    line = KeysightDaqServer("daq", keys(), Loops()).connect()
    assert line.receive(b"*OP") == b""
    assert line.receive(b"C?\r\n*OPC?") == b"1\n"
    assert line.receive(b"\n") == b"1\n"


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    lines=st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.from_regex(
                rb"(CONF:(CURR|VOLT):DC|ROUT:SCAN|TRIG:COUN|FORM:READ:TIME) [-0-9A-Z.,@():]{0,20};?READ\?", fullmatch=True
            ),
        ),
        max_size=8,
    )
)
def test_nothing_that_is_sent_breaks_the_simulated_scanner(lines: list[bytes]) -> None:
    line = KeysightDaqServer("daq", keys(), Loops({121: 4.0})).connect()
    for text in lines:
        line.receive(text + b"\n")
    line.receive(b"\n*RST;*CLS\n")
    assert line.receive(b"SYST:ERR?\n") == b'+0,"No error"\n'


# ---- Settings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            {"current_channels": [105]},
            r"channel 105 cannot measure current, only x21 and x22.*use a shunt: shunts = \{ 105 = 250",
        ),
        ({"current_channels": [421]}, "channel 421 cannot measure current"),
        ({"current_channels": [121, 121]}, "stated twice"),
        ({"shunts": {"121": 250.0}}, "no voltage channel 121; a module in slot 1 has 101 to 120"),
        ({"shunts": {"101": 0.0}}, "0.0 ohm at channel 101 is not a shunt"),
        ({"current_channels": [], "shunts": {}}, "at least one channel"),
        ({"model": "2700"}, "34970A"),
        ({"chanels": [1]}, "chanels"),
    ],
)
def test_a_wrong_key_is_refused_with_what_to_do(more: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        keys(**more)


# ---- The driver ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def scanner(loopback: Callable[..., str]) -> Iterator[Callable[..., KeysightDaq]]:
    """Serve loops on a simulated scanner and return the driver, not yet open."""
    made: list[KeysightDaq] = []

    def make(loops: Loops, kind: str = "socket", **more: Any) -> KeysightDaq:
        resource = loopback(KeysightDaqServer("daq", keys(**more), loops), kind)
        made.append(KeysightDaq("daq", keys(resource, **more), NO_PARTS))
        return made[-1]

    yield make
    for daq in made:
        daq.close()


def values(daq: KeysightDaq) -> list[float]:
    daq.request()
    return [sample.value for sample in daq.collect()]


def test_it_is_an_instrument_and_a_source() -> None:
    daq = KeysightDaq("daq", keys(), NO_PARTS)
    assert isinstance(daq, Instrument)
    assert isinstance(daq, Source)


def test_unclaimed_channels_are_read_in_milliamperes_in_the_order_of_the_scan(
    scanner: Callable[..., KeysightDaq], kind: str
) -> None:
    daq = scanner(Loops({101: 4.0, 102: 12.5, 103: 20.0, 121: 7.125}), kind)
    daq.open()
    assert [(channel.name, channel.unit) for channel in daq.channels] == [
        ("daq.101", "mA"),
        ("daq.102", "mA"),
        ("daq.103", "mA"),
        ("daq.121", "mA"),
    ]
    assert values(daq) == pytest.approx([4.0, 12.5, 20.0, 7.125], abs=1e-6)
    assert values(daq) == pytest.approx([4.0, 12.5, 20.0, 7.125], abs=1e-6)


def test_a_claimed_channel_is_read_in_its_own_unit(scanner: Callable[..., KeysightDaq]) -> None:
    """4 mA is -20 °C and 20 mA is 60 °C, so 12 mA is 20 °C."""
    daq = scanner(Loops({101: 12.0, 121: 8.0}))
    daq.claim(channel=101, name="environment.temperature", quantity="temperature", unit="°C", low=-20.0, high=60.0)
    daq.claim(channel=121, name="C", quantity="CO2", unit="%", low=0.0, high=20.0)
    assert [channel.name for channel in daq.channels] == ["environment.temperature", "daq.102", "daq.103", "C"]
    daq.open()
    temperature, empty, _, co2 = values(daq)
    assert temperature == pytest.approx(20.0, abs=1e-5)
    assert co2 == pytest.approx(5.0, abs=1e-6)
    assert empty == 0.0


@pytest.mark.parametrize(
    ("channel", "step"),
    [
        (121, 0.1 * 3e-6 * 1000 / 16 * 20),  # range 0.1 A
        (101, 10.0 * 3e-6 / 250 * 1000 / 16 * 20),  # 22 mA over 250 ohm are 5.5 V: range 10 V
    ],
)
def test_the_resolution_follows_from_the_range(channel: int, step: float) -> None:
    daq = KeysightDaq("daq", keys(), NO_PARTS)
    daq.claim(channel=channel, name="C", quantity="CO2", unit="%", low=0.0, high=20.0)
    assert next(c for c in daq.channels if c.name == "C").resolution == pytest.approx(step)


@pytest.mark.parametrize(
    ("current", "status", "raw"),
    [
        (3.61, Status.VALID, None),
        (3.8, Status.VALID, None),
        (20.5, Status.VALID, None),
        (20.99, Status.VALID, None),
        (3.59, Status.FLAGGED, "3.5900 mA"),
        (0.0, Status.FLAGGED, "0.0000 mA"),  # a broken wire
        (-4.0, Status.FLAGGED, "-4.0000 mA"),
        (21.01, Status.FLAGGED, "21.0100 mA"),
    ],
)
@pytest.mark.parametrize("channel", [101, 121])
def test_a_failed_loop_is_flagged_with_its_current(
    scanner: Callable[..., KeysightDaq], channel: int, current: float, status: Status, raw: str | None
) -> None:
    daq = scanner(Loops({channel: current}), current_channels=[121], shunts={"101": 250.0})
    daq.claim(channel=channel, name="C", quantity="CO2", unit="%", low=0.0, high=20.0)
    daq.open()
    daq.request()
    sample = daq.collect()[0 if channel == 101 else 1]
    assert (sample.status, sample.raw) == (status, raw)
    assert sample.value == pytest.approx((current - 4) / 16 * 20, abs=1e-4)


def test_an_overload_is_flagged_and_has_no_value(scanner: Callable[..., KeysightDaq]) -> None:
    daq = scanner(Loops({121: 150.0, 101: 4.0}))
    daq.claim(channel=121, name="C", quantity="CO2", unit="%", low=0.0, high=20.0)
    daq.open()
    daq.request()
    samples = daq.collect()
    assert math.isnan(samples[-1].value)
    assert (samples[-1].status, samples[-1].raw) == (Status.FLAGGED, "overload")
    assert samples[0].status is Status.VALID


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ({"channel": 105}, r"C: channel 105 is not set up at 'daq' \(there are 101, 102, 103, 121\)"),
        ({"channel": 101}, "channel 101 of 'daq' is already that of 'environment.temperature'"),
        ({"channel": 121, "high": 0.0}, "4 mA and 20 mA cannot both mean 0.0 %"),
    ],
)
def test_an_impossible_claim_is_refused(claim: dict[str, Any], why: str) -> None:
    daq = KeysightDaq("daq", keys(), NO_PARTS)
    daq.claim(channel=101, name="environment.temperature", quantity="temperature", unit="°C", low=-20.0, high=60.0)
    with pytest.raises(StationError, match=why):
        daq.claim(**{"name": "C", "quantity": "CO2", "unit": "%", "low": 0.0, "high": 20.0, **claim})


def test_a_claim_after_opening_is_refused(scanner: Callable[..., KeysightDaq]) -> None:
    daq = scanner(Loops())
    daq.open()
    with pytest.raises(StationError, match="already open"):
        daq.claim(channel=121, name="C", quantity="CO2", unit="%", low=0.0, high=20.0)


def dialogue(fault_peer: Callable[..., Any], answers: dict[str, str], heard: list[str]) -> str:
    """A peer that notes every line, and answers questions from `answers` (else as a sound scanner)."""
    sound = {
        "*IDN?": "Agilent Technologies,34972A,MY49000001,1.16-1.12-02-02",
        "SYST:CTYP? 100": "Agilent Technologies,34901A,MY41000001,2.3",
        "SYST:ERR?": '+0,"No error"',
    }

    def script(talk: Any) -> None:
        buffer = b""
        while data := talk.hear():
            buffer += data
            while b"\n" in buffer:
                line, _, buffer = buffer.partition(b"\n")
                heard.append(line.decode())
                if (answer := {**sound, **answers}.get(line.decode())) is not None:
                    talk.say(answer.encode() + b"\n")

    return str(fault_peer(script).resource())


def test_opening_sets_up_each_function_and_then_the_scan(fault_peer: Callable[..., Any]) -> None:
    heard: list[str] = []
    daq = KeysightDaq("daq", keys(dialogue(fault_peer, {"READ?": "+1.0E+00,+2.0E+00,+1.6E+00,+4.0E-03"}, heard)), NO_PARTS)
    daq.open()
    assert heard == [
        "ABOR;*RST;*CLS",
        "*IDN?",
        "SYST:CTYP? 100",
        "CONF:VOLT:DC 10,3.000E-05,(@101,102,103)",
        "CONF:CURR:DC 0.1,3.000E-07,(@121)",
        "FORM:READ:TIME OFF;CHAN OFF;UNIT OFF;ALAR OFF",
        "ROUT:SCAN (@101,102,103,121)",
        "TRIG:SOUR IMM;COUN 1",
        "SYST:ERR?",
    ]
    assert values(daq) == pytest.approx([4.0, 8.0, 16.0, 4.0])
    assert heard[-1] == "READ?"
    daq.close()


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"*IDN?": "HEWLETT-PACKARD,34970A,0,13-2-2"}, "answers as 34970A, the station file says 34972A"),
        ({"*IDN?": "hello"}, "answers as an unknown model"),
        (
            {"SYST:CTYP? 100": "Agilent Technologies,34902A,0,1.0"},
            "slot 100 has a 34902A, which cannot measure current .121.",
        ),
        ({"SYST:CTYP? 100": "HEWLETT-PACKARD,0,0,0"}, "slot 100 is empty, channels 101, 102, 103, 121"),
        ({"SYST:ERR?": '-222,"Data out of range"'}, 'refused its set-up: -222,"Data out of range"'),
    ],
)
def test_a_scanner_that_is_not_what_the_station_says_is_refused(
    fault_peer: Callable[..., Any], answers: dict[str, str], why: str
) -> None:
    daq = KeysightDaq("daq", keys(dialogue(fault_peer, answers, [])), NO_PARTS)
    with pytest.raises(InstrumentError, match=why):
        daq.open()
    daq.close()


@pytest.mark.parametrize("answer", ["+1.0E+00", "+1,+2,+3,+4,+5"])
def test_a_wrong_number_of_readings_is_an_error_and_no_reading(fault_peer: Callable[..., Any], answer: str) -> None:
    daq = KeysightDaq("daq", keys(dialogue(fault_peer, {"READ?": answer}, [])), NO_PARTS)
    daq.open()
    with pytest.raises(InstrumentError, match=r"daq .*asked for 4 readings, answered .*changed its scan list"):
        values(daq)
    daq.close()


@pytest.mark.parametrize("answer", ["+1.0E+00,+2.0E+00,+1.6E+00,VDC", ""])
def test_what_is_not_numbers_alone_is_no_scan(fault_peer: Callable[..., Any], answer: str) -> None:
    daq = KeysightDaq("daq", keys(dialogue(fault_peer, {"READ?": answer}, []), timeout_s=0.1, tries=1), NO_PARTS)
    daq.open()
    with pytest.raises(InstrumentError, match=rf"daq .*no matching answer within 0\.1 s, only '{re.escape(answer)}'"):
        values(daq)
    daq.close()


def test_silence_is_said_with_what_to_look_at(fault_peer: Callable[..., Any]) -> None:
    daq = KeysightDaq("daq", keys(dialogue(fault_peer, {}, []), timeout_s=0.1, tries=1), NO_PARTS)
    daq.open()
    with pytest.raises(InstrumentError, match=r"daq .*'READ\?\\n': no answer within 0\.1 s; is it switched on"):
        values(daq)
    daq.close()


def test_every_model_is_opened_and_says_who_it_is(scanner: Callable[..., KeysightDaq]) -> None:
    for model in ("34970A", "34972A", "DAQ970A"):
        daq = scanner(Loops({121: 4.0}), model=model)
        daq.open()
        assert daq.identify().model == model
        assert values(daq)[-1] == pytest.approx(4.0)
