"""The Teledyne driver, TAPI, and the simulated analyser: the messages of the manuals first, then over sockets."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.tapi import LINE, Message, TestValue, request
from instruments.teledyne import Teledyne, TeledyneSettings, shipped_values
from instruments.twin.teledyne import TeledyneServer
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Source, Status
from testbench.errors import InstrumentError

SO2 = {"measurand": "SO2", "range": [0.0, 500.0], "unit": "ppb"}


def settings(**changes: Any) -> TeledyneSettings:
    return TeledyneSettings.model_validate({"resource": "twin", "range": [0.0, 20.0], "unit": "%"} | changes)


def answering(answers: dict[str, bytes]) -> Callable[[Any], None]:
    """A script: each name gets what is given."""

    def script(talk: Any) -> None:
        while asked := talk.hear():
            talk.say(answers.get(asked.decode().strip().removeprefix("T "), b""))

    return script


def read(device: Any) -> Any:
    device.request()
    return device.collect()


# ---- published messages ------------------------------------------------------------------------------------------------


def test_the_message_of_the_manual_is_taken_apart() -> None:
    line = LINE.extract(bytearray(b"\nT 194:11:29 0000 DCPS= 2500 MV\r\n"))  # M300 manual, page 75
    assert line == b"T 194:11:29 0000 DCPS= 2500 MV"
    message = Message.read(line)
    assert message == Message("T", "194:11:29", 0, "DCPS= 2500 MV")
    assert TestValue.of(message.text) == TestValue("DCPS", "2500", "MV")


@pytest.mark.parametrize(
    ("text", "value", "number"),
    [  # T101 manual, page A-24
        ("SO2=261.4 PPB", TestValue("SO2", "261.4", "PPB"), 261.4),
        ("PMT TEMP=7.0 C", TestValue("PMT TEMP", "7.0", "C"), 7.0),
        ("H2S/TRS=331.6 PPB", TestValue("H2S/TRS", "331.6", "PPB"), 331.6),
        ("TIME=10:38:27", TestValue("TIME", "10:38:27", ""), None),
        ("SO2=XXXX PPB", TestValue("SO2", "XXXX", "PPB"), None),
        (f"SO2={'9' * 400} PPB", TestValue("SO2", "9" * 400, "PPB"), None),
        ("CO= -0.3 PPM", TestValue("CO", "-0.3", "PPM"), -0.3),
        ("NOX=12.5UGM", TestValue("NOX", "12.5", "UGM"), 12.5),  # as a simulator of another program prints it
        ("O2=20.9%", TestValue("O2", "20.9", "%"), 20.9),
        ("SLOPE=1.000", TestValue("SLOPE", "1.000", ""), 1.0),
    ],
)
def test_the_texts_of_test_values_are_read(text: str, value: TestValue, number: float | None) -> None:
    assert TestValue.of(text) == value
    assert value.number() == number


def test_an_id_is_not_always_there() -> None:
    assert Message.read(b"W 128:00:04 0001 SAMPLE FLOW WARN") == Message("W", "128:00:04", 1, "SAMPLE FLOW WARN")
    assert Message.read(b"C 31:10:06 START ZERO CALIBRATION") == Message("C", "31:10:06", None, "START ZERO CALIBRATION")
    assert Message.read(b"T SO2") is None, "the echo of a request"


def test_a_request_is_a_letter_an_id_and_a_name() -> None:
    assert request("T", "BOXTEMP", None) == b"T BOXTEMP\r"
    assert request("T", "SO2", 412) == b"T 0412 SO2\r"
    assert request("T", "SO2", None, b"\r\n") == b"T SO2\r\n"


def test_every_shipped_value_says_how_it_is_known() -> None:
    assert {entry.evidence for entry in shipped_values().values()} == {"table", "program", "by analogy"}


# ---- the simulated analyser --------------------------------------------------------------------------------------------


def test_the_simulated_analyser_prints_four_digits_at_full_scale(analyser: Any) -> None:
    say = TeledyneServer("A", settings(**SO2), analyser(261.4321, "ppb", 0.0, 500.0)).connect().receive
    assert say(b"T SO2\r") == b"T 194:11:29 0000 SO2=261.4 PPB\r\n"
    assert say(b"t so") == b""
    assert say(b"2\r\n") == b"T 194:11:29 0000 SO2=261.4 PPB\r\n"
    assert say(b"T NOSUCH\r") == b""


def test_a_list_has_every_value(analyser: Any) -> None:
    also = settings(**SO2, record_also=["O2", "box temperature"])
    say = TeledyneServer("A", also, analyser(100.0, "ppb", 0.0, 500.0, O2=0.2095)).connect().receive
    assert say(b"T LIST\r").splitlines() == [
        b"T 194:11:29 0000 SO2=100.0 PPB",
        b"T 194:11:29 0000 O2=20.95 %",
        b"T 194:11:29 0000 BOX TEMP=25.0 C",
    ]


def test_a_request_with_another_id_is_not_answered(analyser: Any) -> None:
    say = TeledyneServer("A", settings(**SO2, instrument_id=412), analyser(unit="ppb")).connect().receive
    assert say(b"T 0100 SO2\r") == b""
    assert say(b"T 412 SO2\r").startswith(b"T 194:11:29 0412 SO2=")


@given(st.binary(max_size=60))
def test_no_line_makes_the_parser_fail(line: bytes) -> None:
    message = Message.read(b"T 1:00:00 " + line)
    if message is not None:
        value = TestValue.of(message.text)
        assert value is None or value.number() is None or math.isfinite(value.number() or 0.0)


# ---- the driver --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"instrument_id": 412}, {"computer_mode": True}])
def test_it_reads_over_every_kind_of_line(
    connected: Any, loopback: Any, kind: str, analyser: Any, options: dict[str, Any]
) -> None:
    keys = SO2 | options | {"record_also": ["O2", "PMT temperature"]}
    resource = loopback(TeledyneServer("A", settings(**keys), analyser(261.44, "ppb", 0.0, 500.0, O2=0.1)), kind)
    device = connected(Teledyne, resource=resource, **keys)
    assert isinstance(device, Device)
    assert isinstance(device, Source)
    assert [sample.value for sample in read(device)] == [261.4, 10.0, 25.0]
    assert [(c.name, c.unit, c.resolution) for c in device.channels] == [
        ("A", "ppb", 0.1), ("A.O2", "%", 0.01), ("A.PMT temperature", "°C", 0.1),
    ]  # fmt: skip


def test_the_unit_of_the_answer_is_converted(connected: Any, fault_peer: Any) -> None:
    device = connected(Teledyne, resource=fault_peer(answering({"SO2": b"T 1:00:00 SO2=0.2614 PPM\r\n"})).resource(), **SO2)
    assert read(device)[0].value == pytest.approx(261.4)


def test_what_comes_unasked_is_passed_over(connected: Any, fault_peer: Any) -> None:
    answer = (
        b"T SO2\r\n"  # the echo of terminal mode
        b"D 31:10:06 0412 CONC : AVG CONC1=6.8 PPM\r\n"  # stored data, T700 manual page 195
        b"C 31:10:06 0412 START ZERO CALIBRATION\r\n"
        b"T 31:10:06 0412 PMT TEMP=7.0 C\r\n"
        b"T 31:10:06 0412 SO2=261.4 PPB\r\n"
    )
    device = connected(Teledyne, resource=fault_peer(answering({"SO2": answer})).resource(), **SO2)
    (sample,) = read(device)
    assert (sample.value, sample.status) == (261.4, Status.VALID)


def test_a_warning_that_comes_with_the_answer_flags_it(connected: Any, fault_peer: Any) -> None:
    answer = b"W 128:00:04 0001 SAMPLE FLOW WARN\r\nT 128:00:04 0001 SO2=261.4 PPB\r\n"
    peer = fault_peer(answering({"SO2": answer, "PMTTEMP": b"T 128:00:04 0001 PMT TEMP=7.0 C\r\n"}))
    device = connected(Teledyne, resource=peer.resource(), record_also=["PMT temperature"], **SO2)
    content, temperature = read(device)
    assert (content.value, content.status, content.raw) == (261.4, Status.FLAGGED, "SAMPLE FLOW WARN")
    assert (temperature.value, temperature.status) == (7.0, Status.VALID)


def test_a_value_that_is_no_number_is_flagged(connected: Any, fault_peer: Any) -> None:
    device = connected(Teledyne, resource=fault_peer(answering({"SO2": b"T 1:00:00 SO2=XXXX PPB\r\n"})).resource(), **SO2)
    (sample,) = read(device)
    assert (math.isnan(sample.value), sample.status, sample.raw) == (True, Status.FLAGGED, "SO2=XXXX")


def test_another_instrument_on_the_line_is_not_listened_to(connected: Any, fault_peer: Any) -> None:
    answer = b"T 1:00:00 0100 SO2=1.0 PPB\r\nT 1:00:00 0412 SO2=2.0 PPB\r\n"
    peer = fault_peer(answering({"0412 SO2": answer}))
    assert read(connected(Teledyne, resource=peer.resource(), instrument_id=412, **SO2))[0].value == 2.0


@pytest.mark.parametrize("unit", [b"UGM", b"MGM", b""])
def test_a_unit_that_cannot_be_converted_is_refused(connected: Any, fault_peer: Any, unit: bytes) -> None:
    device = connected(
        Teledyne, resource=fault_peer(answering({"SO2": b"T 1:00:00 SO2=2.0 " + unit + b"\r\n"})).resource(), **SO2
    )
    with pytest.raises(
        InstrumentError, match=r"answers in '.*', which cannot be converted into ppb .*; set its gas unit to ppm"
    ):
        read(device)


def test_a_temperature_in_another_unit_is_refused(connected: Any, fault_peer: Any) -> None:
    answers = {"SO2": b"T 1:00:00 SO2=2.0 PPB\r\n", "BOXTEMP": b"T 1:00:00 BOX TEMP=77.0 F\r\n"}
    device = connected(Teledyne, resource=fault_peer(answering(answers)).resource(), record_also=["box temperature"], **SO2)
    with pytest.raises(InstrumentError, match="answers BOX TEMP in 'F', not in 'C'"):
        read(device)


def test_a_station_file_states_the_names_of_its_unit(connected: Any, fault_peer: Any) -> None:
    values = {"SO2": {"ask": "CONC1", "shown": "SO2 STB"}}
    peer = fault_peer(answering({"CONC1": b"T 1:00:00 SO2 STB=2.0 PPB\r\n"}))
    assert read(connected(Teledyne, resource=peer.resource(), values=values, **SO2))[0].value == 2.0


def test_a_person_adjusts_it(connected: Any, loopback: Any, analyser: Any) -> None:
    device = connected(Teledyne, resource=loopback(TeledyneServer("A", settings(**SO2), analyser(unit="ppb"))), **SO2)
    with pytest.raises(AdjustmentByOperatorError, match="A: no command to adjust span is known; adjust at the analyser"):
        device.adjust(Adjustment.SPAN, 390.0, 400.0)


def test_what_it_has_no_name_for_is_refused() -> None:
    with pytest.raises(ValidationError, match="the test value of 'N2O' is not known; state it with values"):
        settings(measurand="N2O")
    with pytest.raises(ValidationError, match="record_also names 'SO2', which is the measurand itself"):
        settings(**SO2, record_also=["SO2"])
