"""The LI-850 driver, its XML messages, and the simulated analyser: a recorded message first, then over sockets."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.framing import FrameError
from instruments.licor_li850 import LicorLi850, LicorLi850Settings
from instruments.licor_xml import LicorFraming, read_message, request
from instruments.twin.licor_li850 import LicorLi850Server, scientific
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Source, Status
from testbench.errors import InstrumentError

FRAMES = LicorFraming("LI850")
PPM = {"range": [0.0, 20000.0], "unit": "ppm"}
ALSO = {"record_also": ["H2O", "cell temperature", "cell pressure", "supply voltage"]}

RECORDED = (  # a message that an LI-850 sent, as a logger program quotes it
    b"<li850><data><celltemp>5.14537e1</celltemp><cellpres>9.79897e1</cellpres><co2>2.87624e3</co2>"
    b"<co2abs>2.6884908e-1</co2abs><h2o>3.00564e1</h2o><h2oabs>1.4000678e-1</h2oabs><h2odewpoint>2.37214e1</h2odewpoint>"
    b"<ivolt>1.2252674e1</ivolt><raw><co2>3503854</co2><co2ref>5519850</co2ref><h2o>2540376</h2o><h2oref>3526721</h2oref>"
    b"</raw><flowrate>5.3951334e-2</flowrate></data></li850>\n"
)
ACKNOWLEDGED = b"<li850><ack>true</ack></li850>\n"


def settings(**changes: Any) -> LicorLi850Settings:
    return LicorLi850Settings.model_validate({"resource": "twin"} | PPM | changes)


def answering(data: bytes) -> Callable[[Any], None]:
    def script(talk: Any) -> None:
        while talk.hear():
            talk.say(data)

    return script


def read(device: Any) -> Any:
    device.request()
    return device.collect()


# ---- messages ----------------------------------------------------------------------------------------------------------


def test_the_request_is_that_of_the_grammar() -> None:
    assert request("LI850", "DATA") == b"<LI850><DATA>?</DATA></LI850>\n"


def test_a_recorded_message_is_taken_apart() -> None:
    message = read_message(RECORDED, "LI850")
    assert message.kind == "data"
    assert message.elements["co2"] == "2.87624e3", "not the raw counts, which have the same name"
    assert message.elements["cellpres"] == "9.79897e1"


def test_names_are_alike_in_upper_and_lower_case() -> None:
    message = read_message(b"<LI850><DATA><CO2>4.1e2</CO2></DATA></LI850>", "LI850")
    assert (message.kind, message.elements) == ("data", {"co2": "4.1e2"})


def test_documents_are_cut_out_of_what_arrives() -> None:
    buffer = bytearray(b"1e2</co2></data>\n" + RECORDED[:40] + RECORDED + b" \r\n" + ACKNOWLEDGED.strip() + ACKNOWLEDGED[:9])
    assert FRAMES.extract(buffer) == RECORDED.strip()
    assert FRAMES.extract(buffer) == b"<li850><ack>true</ack></li850>"
    assert FRAMES.extract(buffer) is None
    buffer += ACKNOWLEDGED[9:]
    assert FRAMES.extract(buffer) == ACKNOWLEDGED.strip()


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (b'<!DOCTYPE l [<!ENTITY a "aaaa">]><li850><data>&a;</data></li850>', "declarations"),
        (b"<li850><data><![CDATA[x]]></data></li850>", "declarations"),
        (b"<li850><?x?><data/></li850>", "declarations"),
        (b"<li850><data>&a;</data></li850>", "no XML document"),
        (b"<li850><data><co2>1</data></li850>", "no XML document"),
        (b"<li850></li850>", "of 0 parts, not 'LI850' of one"),
        (b"<li820><data/></li820>", "a document 'li820' of 1 parts, not 'LI850'"),
    ],
)
def test_what_is_no_message_is_refused(document: bytes, text: str) -> None:
    with pytest.raises(FrameError, match=text):
        read_message(document, "LI850")


def test_a_document_without_end_is_refused() -> None:
    with pytest.raises(FrameError, match="9000 bytes without the end of a document"):
        FRAMES.extract(bytearray(b"<li850>" + b"x" * 8993))


@given(st.binary(max_size=80))
def test_no_bytes_make_the_framing_fail_in_another_way(data: bytes) -> None:
    buffer = bytearray(b"<li850>" + data + b"</li850>")
    with suppress(FrameError):
        FRAMES.extract(buffer)
    assert len(buffer) <= len(data)


# ---- the simulated analyser --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"), [(2876.24, "2.87624e3"), (51.4537, "5.14537e1"), (-0.01, "-1.00000e-2"), (0.0, "0.00000e0")]
)
def test_numbers_are_printed_as_recorded(value: float, text: str) -> None:
    assert scientific(value) == text


def test_the_simulated_analyser_acknowledges(analyser: Any) -> None:
    say = LicorLi850Server("A", settings(), analyser(2876.24, "ppm", H2O=0.0300564)).connect().receive
    assert say(b"<LI850><DATA>?</DA") == b""
    data, acknowledged, end = say(b"TA></LI850>\n").split(b"\n")
    assert b"<co2>2.87624e3</co2><h2o>3.00564e1</h2o>" in data
    assert (acknowledged, end) == (ACKNOWLEDGED.strip(), b"")
    assert say(b"<li850><pump>?</pump></li850>\n") == b"<li850><ack>false</ack></li850>\n"
    assert say(b"<li850><data></li850>\n") == b"<li850><ack>false</ack></li850>\n"


# ---- the driver --------------------------------------------------------------------------------------------------------


def test_it_reads_over_every_kind_of_line(connected: Any, loopback: Any, kind: str, analyser: Any) -> None:
    server = LicorLi850Server("A", settings(), analyser(2876.24, "ppm", H2O=0.0300564))
    device = connected(LicorLi850, resource=loopback(server, kind), **PPM, **ALSO)
    assert isinstance(device, Device)
    assert isinstance(device, Source)
    assert [sample.value for sample in read(device)] == [2876.24, 30.0564, 51.4537, 97.9897, 12.2526]
    assert [c.unit for c in device.channels] == ["ppm", "mmol/mol", "°C", "kPa", "V"]
    assert device.channels[0].resolution == pytest.approx(0.1)
    identity = device.identify()
    assert (identity.maker, identity.model, identity.serial, identity.firmware) == (
        "LI-COR",
        "LI-850",
        "SIM-850",
        "1.0.0-SIM",
    )


def test_the_recorded_message_is_read(connected: Any, fault_peer: Any) -> None:
    device = connected(LicorLi850, resource=fault_peer(answering(RECORDED + ACKNOWLEDGED)).resource(), **ALSO)
    assert [s.value for s in read(device)] == [pytest.approx(0.287624), 30.0564, 51.4537, 97.9897, 12.252674]


def test_the_measurand_may_be_water(connected: Any, fault_peer: Any) -> None:
    peer = fault_peer(answering(RECORDED + ACKNOWLEDGED))
    device = connected(LicorLi850, resource=peer.resource(), measurand="H2O", range=[0.0, 6.0])
    assert read(device)[0].value == pytest.approx(3.00564)


@pytest.mark.parametrize("part", [RECORDED[60:], RECORDED[:60] + b"\n", b"</li850>\n"])
def test_a_part_of_another_message_is_dropped(connected: Any, fault_peer: Any, part: bytes) -> None:
    device = connected(LicorLi850, resource=fault_peer(answering(part + RECORDED)).resource(), tries=1, **PPM)
    assert read(device)[0].value == 2876.24


def test_a_message_that_cannot_be_read_is_garbled(connected: Any, fault_peer: Any) -> None:
    broken = RECORDED.replace(b"</co2><co2abs>", b"<co2abs>")
    device = connected(LicorLi850, resource=fault_peer(answering(broken)).resource(), tries=1, **PPM)
    with pytest.raises(InstrumentError, match=r"garbled answer \(no XML document"):
        read(device)


def test_an_error_that_it_tells_flags_the_reading(connected: Any, fault_peer: Any) -> None:
    answer = b"<li850><error>Source failure</error></li850>\n" + RECORDED + ACKNOWLEDGED
    (sample,) = read(connected(LicorLi850, resource=fault_peer(answering(answer)).resource(), **PPM))
    assert (sample.value, sample.status, sample.raw) == (2876.24, Status.FLAGGED, "Source failure")


@pytest.mark.parametrize("text", ["nan", "", "1e999"])
def test_a_value_that_is_no_number_is_flagged(connected: Any, fault_peer: Any, text: str) -> None:
    answer = RECORDED.replace(b"<co2>2.87624e3</co2>", f"<co2>{text}</co2>".encode())
    (sample,) = read(connected(LicorLi850, resource=fault_peer(answering(answer)).resource(), **PPM))
    assert (math.isnan(sample.value), sample.status, sample.raw) == (True, Status.FLAGGED, f"co2 {text}")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"<li850><ack>FALSE</ack></li850>\n", "does not understand the request for its data"),
        (
            b"<li850><data><h2o>1e1</h2o></data></li850>\n",
            r"its data have no <co2>; switch it on in the analyser's settings",
        ),
        (ACKNOWLEDGED, "no matching answer within"),
        (b"2.87624e3 3.00564e1\n", "incomplete answer within .* with tags in its output"),
    ],
)
def test_what_it_cannot_tell_is_an_error(connected: Any, fault_peer: Any, answer: bytes, text: str) -> None:
    device = connected(LicorLi850, resource=fault_peer(answering(answer)).resource(), timeout_s=0.04, **PPM)
    with pytest.raises(InstrumentError, match=text):
        read(device)


def test_an_identity_that_it_does_not_tell_stays_empty(connected: Any, fault_peer: Any) -> None:
    identity = connected(
        LicorLi850, resource=fault_peer(answering(b"<li850><ack>false</ack></li850>\n")).resource()
    ).identify()
    assert (identity.serial, identity.firmware) == ("", "")


def test_a_person_adjusts_it(connected: Any, loopback: Any, analyser: Any) -> None:
    device = connected(LicorLi850, resource=loopback(LicorLi850Server("A", settings(), analyser(unit="ppm"))))
    with pytest.raises(AdjustmentByOperatorError):
        device.adjust(Adjustment.ZERO, 0.1, 0.0)


@pytest.mark.parametrize(
    ("keys", "text"),
    [({"measurand": "CO"}, "the analyser measures no 'CO'"), ({"record_also": ["cell"]}, "record_also cannot have 'cell'")],
)
def test_what_it_does_not_measure_is_refused(keys: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        settings(**keys)
