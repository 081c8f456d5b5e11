"""The AK driver, its telegrams, and the simulated analyser: published telegrams byte by byte first, then over sockets."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.ak import AkAnswer, AkFraming, Refusal, encode, number
from instruments.ak_protocol import AkProtocol, AkProtocolSettings
from instruments.framing import FrameError
from instruments.twin.ak_protocol import AkProtocolServer
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Source, Status
from testbench.errors import InstrumentError

THREE = {"values": ["NO", "CO2", "O2"], "units": {"NO": "ppm", "CO2": "ppm", "O2": "%"}, "record_also": ["O2", "NO"]}


def settings(**changes: Any) -> AkProtocolSettings:
    return AkProtocolSettings.model_validate({"resource": "twin", "range": [0.0, 20.0], "unit": "%"} | changes)


def answering(**answers: bytes) -> Callable[[Any], None]:
    """A script: each code gets the telegram whose text is given."""

    def script(talk: Any) -> None:
        while asked := talk.hear():
            talk.say(b"\x02" + answers.get(asked[2:6].decode(), b" ???? 0") + b"\x03")

    return script


def read(device: Any) -> Any:
    device.request()
    return device.collect()


# ---- published telegrams -----------------------------------------------------------------------------------------------


def test_the_state_of_the_manual_is_asked_and_answered() -> None:
    assert encode("ASTZ", 0) == b"\x02 ASTZ K0\x03"  # CAI 700 manual, page 149
    frame = AkFraming().extract(bytearray(b"\x02 ASTZ 0 SREM STBY\x03"))
    assert frame == b" ASTZ 0 SREM STBY"
    assert AkAnswer.read(frame) == AkAnswer("ASTZ", 0, ("SREM", "STBY"))


def test_the_byte_that_does_not_matter_may_be_any() -> None:
    assert encode("AKON", 1, dont_care="0") == b"\x020AKON K1\x03"  # Testo NanoMet3 manual, page 76: 30 hex
    for byte in b"\x00", b"0", b" ", b"\xff", b"\n":
        assert AkAnswer.read(byte + b"AKON 0 1.5") == AkAnswer("AKON", 0, ("1.5",))


def test_a_data_error_of_the_manual_stands_behind_the_channel() -> None:
    answer = AkAnswer.read(b" SEGA 0 K0 DF")  # Emerson 90003752, page 1-17: code, status, K n, DF
    assert answer == AkAnswer("SEGA", 0, ("DF",))
    assert answer.refusal is Refusal.DATA
    assert AkAnswer.read(b" SEGA 3 OF") == AkAnswer("SEGA", 3, ("OF",))


def test_an_answer_without_data_ends_behind_its_status() -> None:
    assert AkAnswer.read(b" SREM 0") == AkAnswer("SREM", 0, ())
    assert AkAnswer.read(b" ???? 0") == AkAnswer("????", 0, ())


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("12.5", (12.5, True)),
        ("#3.1", (3.1, False)),
        ("-.5E+2", (-50.0, True)),
        ("4e-3", (0.004, True)),
        ("#", None),
        ("n/a", None),
        ("1e999", None),
    ],
)
def test_values_are_read_with_their_mark(word: str, found: tuple[float, bool] | None) -> None:
    assert number(word) == found


def test_a_mark_may_stand_apart_from_its_value() -> None:
    assert AkAnswer.read(b" AKON 0 # 3.1 4.0") == AkAnswer("AKON", 0, ("#3.1", "4.0"))


def test_a_telegram_begins_with_stx_and_ends_with_etx() -> None:
    framing = AkFraming()
    buffer = bytearray(b"noise\x02 AKON\x02 AKON 0 1\x03\x02 AKON 0 2")
    assert framing.extract(buffer) == b" AKON 0 1"
    assert framing.extract(buffer) is None
    with pytest.raises(FrameError, match="without its beginning"):
        framing.extract(bytearray(b"AKON 0 1\x03"))
    with pytest.raises(FrameError, match="without the end of a telegram"):
        framing.extract(bytearray(b"\x02" + bytes(5000)))


@given(st.binary(max_size=60))
def test_no_bytes_make_the_parser_fail(data: bytes) -> None:
    AkAnswer.read(data)
    AkAnswer.read(b" AKON 0 " + data)


# ---- the simulated analyser --------------------------------------------------------------------------------------------


def test_the_simulated_analyser_answers_its_values_in_their_order(analyser: Any) -> None:
    server = AkProtocolServer("A", settings(**THREE), analyser(10.0, NO=2.5e-6, O2=0.05))
    say = server.connect().receive
    assert say(b"\x02 AKO") == b""
    assert say(b"N K0\x03") == b"\x02 AKON 0 2.5 100000 5\x03"
    assert say(b"\x020AKON K0\x03").startswith(b"\x020AKON 0 ")
    server.status, server.errors = 4, (7, 12)
    assert say(b"\x02 ASTF K0\x03") == b"\x02 ASTF 4 7 12\x03"


def test_control_needs_remote_mode(analyser: Any) -> None:
    say = AkProtocolServer("A", settings(), analyser()).connect().receive
    assert say(b"\x02 STBY K0\x03") == b"\x02 STBY 0 OF\x03"
    assert (
        say(b"\x02 SREM K0\x03\x02 STBY K0\x03\x02 ASTZ K0\x03")
        == b"\x02 SREM 0\x03\x02 STBY 0\x03\x02 ASTZ 0 SREM STBY\x03"
    )
    assert say(b"\x02 XYZW K0\x03") == b"\x02 ???? 0\x03"
    assert say(b"\x02 short\x03") == b"\x02 ???? 0\x03"


# ---- the driver --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"channel": 3}, {"dont_care": "0"}])
def test_it_reads_over_every_kind_of_line(
    connected: Any, loopback: Any, kind: str, analyser: Any, options: dict[str, Any]
) -> None:
    keys = THREE | options
    server = AkProtocolServer("A", settings(**keys), analyser(12.3456, NO=2.5e-6, O2=0.05))
    device = connected(AkProtocol, resource=loopback(server, kind), **keys)
    assert isinstance(device, Device)
    assert isinstance(device, Source)
    assert [sample.value for sample in read(device)] == [pytest.approx(12.3456, rel=1e-7), 5.0, 2.5]
    assert [(c.name, c.unit) for c in device.channels] == [("A", "%"), ("A.O2", "%"), ("A.NO", "ppm")]
    assert device.identify().model == "testbench-AK"


def test_two_measurands_of_one_analyser_are_two_devices_on_one_line(
    connected: Any, loopback: Any, kind: str, analyser: Any
) -> None:
    keys = {"values": ["CO2", "O2"], "units": {"CO2": "ppm", "O2": "%"}}
    resource = loopback(AkProtocolServer("A", settings(**keys), analyser(12.5, O2=0.05)), kind)
    dioxide = connected(AkProtocol, resource=resource, **keys)
    oxygen = connected(AkProtocol, resource=resource, measurand="O2", **keys)
    for _ in range(3):
        dioxide.request()
        oxygen.request()
        assert [sample.value for sample in (*dioxide.collect(), *oxygen.collect())] == [12.5, 5.0]


def test_a_status_that_is_not_zero_flags_the_reading_with_the_numbers_of_its_errors(
    connected: Any, loopback: Any, analyser: Any
) -> None:
    server = AkProtocolServer("A", settings(**THREE), analyser(10.0))
    device = connected(AkProtocol, resource=loopback(server), **THREE)
    server.status, server.errors = 4, (7, 12)
    for sample in read(device):
        assert (sample.status, sample.raw) == (Status.FLAGGED, "status 4, errors 7 12")
    server.status, server.errors = 0, ()
    assert [sample.status for sample in read(device)] == [Status.VALID] * 3


def test_a_value_that_is_marked_is_flagged_alone(connected: Any, fault_peer: Any) -> None:
    peer = fault_peer(answering(AKON=b" AKON 0 2.5 #100000.0 5.0 1234"))
    content, oxygen, oxide = read(connected(AkProtocol, resource=peer.resource(), **THREE))
    assert (content.value, content.status, content.raw) == (10.0, Status.FLAGGED, "marked as invalid: #100000.0")
    assert (oxygen.status, oxide.status) == (Status.VALID, Status.VALID)


def test_a_status_is_told_where_the_errors_cannot_be_asked(connected: Any, fault_peer: Any) -> None:
    (sample,) = read(connected(AkProtocol, resource=fault_peer(answering(AKON=b" AKON 2 10.0")).resource()))
    assert (sample.value, sample.status, sample.raw) == (10.0, Status.FLAGGED, "status 2")


@pytest.mark.parametrize(("data", "words"), [(b"BS", "busy"), (b"K0 NA", "not available")])
def test_no_value_is_flagged_with_the_reason(connected: Any, fault_peer: Any, data: bytes, words: str) -> None:
    for sample in read(connected(AkProtocol, resource=fault_peer(answering(AKON=b" AKON 0 " + data)).resource(), **THREE)):
        assert (math.isnan(sample.value), sample.status, sample.raw) == (True, Status.FLAGGED, words)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b" AKON 0 SE", r"answers AKON with SE \(syntax error\)"),
        (b" AKON 0 DF", r"answers AKON with DF \(data error\)"),
        (b" AKON 0 OF", r"answers AKON with OF \(not in remote mode\)"),
        (b" AKON 0 1.0 2.0", "AKON answers 2 values, the station file names 3; correct values"),
        (b" ???? 0", "does not know AKON; does it speak AK on this channel?"),
        (b" ASTZ 0 SREM", "no matching answer within"),
    ],
)
def test_what_it_cannot_do_is_told(connected: Any, fault_peer: Any, answer: bytes, text: str) -> None:
    device = connected(AkProtocol, resource=fault_peer(answering(AKON=answer)).resource(), timeout_s=0.05, **THREE)
    with pytest.raises(InstrumentError, match=text):
        read(device)


def test_a_person_adjusts_it(connected: Any, loopback: Any, analyser: Any) -> None:
    device = connected(AkProtocol, resource=loopback(AkProtocolServer("A", settings(), analyser())))
    with pytest.raises(AdjustmentByOperatorError):
        device.adjust(Adjustment.ZERO, 0.1, 0.0)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"values": ["CO", "O2"]}, "values do not name 'CO2'"),
        ({"values": ["CO2", "CO2"]}, "values name 'CO2' twice"),
        ({"record_also": ["O2"]}, "values do not name 'O2'"),
        ({"units": {"O2": "%"}}, "units are given of 'O2', which values do not name"),
        ({"units": {"CO2": "mg/m³"}}, "units: 'mg/m³' is no unit of amount fraction"),
        ({"dont_care": "\x02"}, "dont_care"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(keys: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        settings(**keys)
