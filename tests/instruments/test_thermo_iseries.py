"""The Thermo iSeries driver, C-Link, and the simulated analyser: published frames first, then over sockets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instruments.clink import Answer, CLinkFraming, checksum, encode
from instruments.framing import FrameError
from instruments.thermo_iseries import ThermoISeries, ThermoISeriesSettings
from instruments.twin.thermo_iseries import Mode, ThermoISeriesServer, scientific
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Identity, Parts, Source, Status
from testbench.errors import InstrumentError

STATION = {"resource": "twin", "range": [0.0, 20.0], "unit": "%"}

LONG_RECORD = (
    b"lr11 11:00 12-12-05 flags C0012C9 conc 533.746 tgflo 25.000 agflo 26.689 tzflo 4975.000 azflo 4970.950 "
    b"ttflo 5000.000 atflo 4997.640 pres 741.699\n"
)


class Plant:
    """An analyser in a plant that shows, in %, what the test says and what adjustments make of it."""

    def __init__(self, shown: float = 10.0) -> None:
        self.unit, self.low, self.high = "%", 0.0, 20.0
        self.shown = shown
        self.contents: dict[str, float] = {}

    def content(self, component: str) -> float:
        return self.contents[component]

    def indication(self) -> float:
        return self.shown

    def adjust_zero(self, indicated: float, target: float) -> None:
        self.shown += target - indicated

    def adjust_span(self, indicated: float, target: float) -> None:
        if not 0.1 <= target / indicated <= 10:
            raise InstrumentError("refused")
        self.shown *= target / indicated


def settings(**changes: Any) -> ThermoISeriesSettings:
    return ThermoISeriesSettings.model_validate(STATION | changes)


@pytest.fixture
def plant() -> Plant:
    return Plant()


@pytest.fixture
def say(plant: Plant) -> Callable[[bytes], bytes]:
    """One conversation with a simulated 410i that shows 10 % CO2."""
    return ThermoISeriesServer("A", settings(), plant).connect().receive


@pytest.fixture
def driver() -> Iterator[Callable[..., ThermoISeries]]:
    with ExitStack() as stack:

        def start(resource: str, **changes: Any) -> ThermoISeries:
            made = ThermoISeries(
                "A", settings(resource=resource, **{"timeout_s": 0.2, "command_gap_s": 0.0} | changes), Parts({}, {})
            )
            stack.callback(made.close)
            made.open()
            return made

        yield start


def read(device: ThermoISeries) -> Any:
    device.request()
    (sample,) = device.collect()
    return sample


def answering(**answers: bytes) -> Callable[[Any], None]:
    """A script: remote mode is taken, `co2` gets what is given."""

    def script(talk: Any) -> None:
        while request := talk.hear():
            talk.say(b"set mode remote ok\r" if request.startswith(b"set mode") else answers[request.strip().decode()])

    return script


# ---- published frames --------------------------------------------------------------------------------------------------


def test_the_checksum_of_the_manual_is_reproduced() -> None:
    assert checksum(LONG_RECORD) == 0x2583
    assert CLinkFraming(required=True).extract(bytearray(LONG_RECORD + b"sum 2583\r")) == LONG_RECORD.strip()


def test_a_wrong_or_missing_checksum_is_garbage() -> None:
    with pytest.raises(FrameError, match="checksum 2584, the text sums to 2583"):
        CLinkFraming().extract(bytearray(LONG_RECORD + b"sum 2584\r"))
    with pytest.raises(FrameError, match="no checksum"):
        CLinkFraming(required=True).extract(bytearray(b"co2 4.000E+1 ppm\r"))


@pytest.mark.parametrize(
    "line", [b"co2 4.000E+1 ppm\r", b"\x80co2 4.000E+1 ppm\r", b"\xffco2 4.000E+1 ppm*\r", b"\nco2 4.000E+1 ppm \r"]
)
def test_marks_before_and_behind_an_answer_are_skipped(line: bytes) -> None:
    assert CLinkFraming().extract(bytearray(line)) == b"co2 4.000E+1 ppm"


def test_an_address_is_the_byte_in_front() -> None:
    assert encode("TIME", 51) == b"\xb3TIME\r"
    assert encode("co2", 0) == b"co2\r"


@pytest.mark.parametrize(
    ("command", "line", "number"),
    [
        ("co2", b"co2 4.000E+1 ppm", ("4.000E+1", "ppm")),
        ("o2", b"o2 15.00 %", ("15.00", "%")),
        ("custom 1", b"custom 1 550E-2 ppm", ("550E-2", "ppm")),
        ("custom 1", b"custom 1 5.500E+3 ppm", ("5.500E+3", "ppm")),
        ("sp conc", b"sp conc 5.000E+03 ppb", ("5.000E+03", "ppb")),
        ("coef 0", b"coef 0 1.005 ok", ("1.005", "")),
        ("coef o2", b"coef o2 1.000", ("1.000", "")),
        ("co2 bkg", b"co2 bkg -1.4 ppm", ("-1.4", "ppm")),
        ("pres", b"pres 753.4 mmHg", ("753.4", "mmHg")),
        ("pres", b"pres 753.4 mm Hg", ("753.4", "mmHg")),
    ],
)
def test_numbers_are_read_as_every_firmware_writes_them(command: str, line: bytes, number: tuple[str, str]) -> None:
    answer = Answer.to(command, line)
    assert answer is not None
    assert answer.number() == number


def test_an_answer_to_another_command_is_none() -> None:
    assert Answer.to("co2", b"co 4.0 ppm") is None
    assert Answer.to("co", b"co2 4.0 ppm") is None


# ---- the simulated analyser, byte by byte ------------------------------------------------------------------------------


def test_concentration_comes_in_ppm_with_four_digits(say: Callable[[bytes], bytes], plant: Plant) -> None:
    assert say(b"co2\r") == b"co2 1.000E+5 ppm\r"
    plant.shown = 0.004
    assert say(b"CO2\r") == b"co2 4.000E+1 ppm\r"
    plant.shown = -0.01234567
    assert say(b"co2\r") == b"co2 -1.235E+2 ppm\r"
    plant.shown = 0.0
    assert say(b"co2\r") == b"co2 0.000E+0 ppm\r"


def test_settings_need_remote_mode(say: Callable[[bytes], bytes]) -> None:
    assert say(b"set span\r") == b"set span can't, wrong settings\r"
    assert say(b"set mode remote\r") == b"set mode remote ok\r"
    assert say(b"set span\r") == b"set span ok\r"
    assert say(b"gas mode\r") == b"gas mode span\r"


def test_what_is_not_known_is_a_bad_command(say: Callable[[bytes], bytes]) -> None:
    say(b"set mode remote\r")
    assert say(b"set unit ppm\r") == b"set unit ppm bad cmd\r"
    assert say(b"so2\r") == b"so2 bad cmd\r"
    assert say(b"set co2 bkg x\r") == b"set co2 bkg x invalid string\r"
    assert say(b"set co2 bkg 1e9\r") == b"set co2 bkg 1e9 too high\r"
    assert say(b"set coef 0 0\r") == b"set coef 0 0 too low\r"


def test_format_01_adds_the_sum(say: Callable[[bytes], bytes]) -> None:
    assert say(b"set format 01\r") == b"set format 01 ok\nsum 057a\r"
    answer = say(b"co2\r")
    assert answer == b"co2 1.000E+5 ppm\n" + b"sum %04x\r" % sum(b"co2 1.000E+5 ppm\n")


def test_an_addressed_analyser_is_silent_to_others(plant: Plant) -> None:
    say = ThermoISeriesServer("A", settings(instrument_id=45), plant).connect().receive
    assert say(b"co2\r") == b""
    assert say(b"\xaaco2\r") == b""
    assert say(b"\xadco2\r") == b"co2 1.000E+5 ppm\r"


def test_requests_come_in_pieces(say: Callable[[bytes], bytes]) -> None:
    assert say(b"co") == b""
    assert say(b"2\rgas mo") == b"co2 1.000E+5 ppm\r"
    assert say(b"de\r") == b"gas mode sample\r"


@given(st.binary(max_size=60))
def test_no_bytes_make_the_simulated_analyser_fail(data: bytes) -> None:
    ThermoISeriesServer("A", settings(), Plant()).connect().receive(data + b"\r")


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_printed_numbers_are_within_half_of_the_last_digit(value: float) -> None:
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 3) if abs(value) > 1e-300 else 1e-303
    assert abs(float(scientific(value)) - value) <= 0.5001 * step


# ---- the driver over every kind of line --------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"checksum": True}, {"instrument_id": 45}])
def test_a_reading_is_converted_to_the_unit_of_the_range(
    driver: Any, loopback: Any, kind: str, plant: Plant, options: dict[str, Any]
) -> None:
    device = driver(loopback(ThermoISeriesServer("A", settings(**options), plant), kind), **options)
    assert isinstance(device, Device)
    assert isinstance(device.source, Source)
    plant.shown = 12.34567
    assert read(device).value == 12.35
    assert read(device).status is Status.VALID
    assert device.channels[0].name == device.channel == "A"
    assert device.channels[0].resolution == pytest.approx(0.01)  # 200000 ppm is printed in steps of 100 ppm


def test_it_says_its_program(driver: Any, loopback: Any, plant: Plant) -> None:
    identity = driver(loopback(ThermoISeriesServer("A", settings(), plant))).identify()
    assert (identity.model, identity.firmware) == ("iSeries 410i", "01.00.01-SIM")


def test_zero_is_adjusted_through_the_background(driver: Any, loopback: Any, plant: Plant) -> None:
    device = driver(loopback(ThermoISeriesServer("A", settings(), plant)))
    plant.shown = 0.06
    device.adjust(Adjustment.ZERO, indicated=0.06, target=0.0)
    assert plant.shown == pytest.approx(0.0, abs=1e-5)  # the background is kept to 0.1 ppm


def test_span_is_adjusted_through_the_coefficient(driver: Any, loopback: Any, plant: Plant) -> None:
    device = driver(loopback(ThermoISeriesServer("A", settings(), plant)))
    plant.shown = 15.6
    device.adjust(Adjustment.SPAN, indicated=15.6, target=16.0)
    assert plant.shown == pytest.approx(16.0, rel=0.0005)  # the coefficient is kept to 0.001


def test_adjusting_twice_starts_from_where_it_stands(driver: Any, loopback: Any, plant: Plant) -> None:
    device = driver(loopback(ThermoISeriesServer("A", settings(), plant)))
    plant.shown = 15.0
    device.adjust(Adjustment.SPAN, indicated=15.0, target=16.0)
    plant.shown = 0.05
    device.adjust(Adjustment.ZERO, indicated=0.05, target=0.0)
    assert plant.shown == pytest.approx(0.0, abs=2e-5)
    plant.shown = 15.9
    device.adjust(Adjustment.SPAN, indicated=15.9, target=16.0)
    assert plant.shown == pytest.approx(16.0, rel=0.0005)


@pytest.mark.parametrize(
    ("indicated", "target", "text"),
    [
        (0.0, 16.0, "is span gas flowing?"),
        (-0.1, 16.0, "is span gas flowing?"),
        (1.0, 16.0, r"'set coef 0 16.000', it answers 'too high'"),
    ],
)
def test_an_impossible_span_is_refused(
    driver: Any, loopback: Any, plant: Plant, indicated: float, target: float, text: str
) -> None:
    device = driver(loopback(ThermoISeriesServer("A", settings(), plant)))
    with pytest.raises(InstrumentError, match=text):
        device.adjust(Adjustment.SPAN, indicated, target)
    assert plant.shown == 10.0


def test_in_service_mode_nothing_is_set(driver: Any, loopback: Any, plant: Plant) -> None:
    server = ThermoISeriesServer("A", settings(), plant)
    device = driver(loopback(server))
    server.mode = Mode.SERVICE
    with pytest.raises(
        InstrumentError, match=r"A \(TCPIP.*\): asked 'set mode remote', it answers \"can't, mode is service\""
    ):
        device.adjust(Adjustment.ZERO, 0.1, 0.0)


def test_the_safe_state_is_measuring_sample_gas(driver: Any, loopback: Any, plant: Plant) -> None:
    server = ThermoISeriesServer("A", settings(), plant)
    device = driver(loopback(server))
    server.answer(b"set zero")
    outcome = device.drive_safe()
    assert (outcome.state, outcome.verified, outcome.read_back) == ("measures sample gas", True, "gas mode sample")


@pytest.mark.parametrize(
    "text", [b"data not valid", b"can't, mode is service", b"can't, wrong settings", b"too high", b"4E999 ppm"]
)
def test_no_value_is_flagged_with_what_the_analyser_says(driver: Any, fault_peer: Any, text: bytes) -> None:
    sample = read(driver(fault_peer(answering(co2=b"co2 " + text + b"\r")).resource()))
    assert math.isnan(sample.value)
    assert (sample.status, sample.raw) == (Status.FLAGGED, text.decode())


def test_a_component_it_does_not_measure_is_an_error(driver: Any, loopback: Any, plant: Plant) -> None:
    device = driver(loopback(ThermoISeriesServer("A", settings(), plant)), measurand="SO2")
    with pytest.raises(InstrumentError, match=r"A \(TCPIP.*\): asked 'so2', it answers 'bad cmd'; does it measure SO2\?"):
        read(device)


def test_an_answer_of_another_command_is_not_a_reading(driver: Any, fault_peer: Any) -> None:
    device = driver(fault_peer(answering(co2=b"co2 bkg 1.4 ppm\rco2 5.000E+4 ppm\r")).resource())
    assert read(device).value == pytest.approx(5.0)


def test_a_unit_of_mass_concentration_is_refused_with_what_to_do(driver: Any, fault_peer: Any) -> None:
    device = driver(fault_peer(answering(co2=b"co2 4.000E+1 mg/m3\r")).resource())
    with pytest.raises(
        InstrumentError, match=r"answers in 'mg/m3', which cannot be converted into % .*; set its gas unit to ppm"
    ):
        read(device)


def test_no_analyser_is_told_with_what_to_look_at(driver: Any, fault_peer: Any) -> None:
    def silent(talk: Any) -> None:
        while talk.hear():
            pass

    peer = fault_peer(silent)
    with pytest.raises(InstrumentError) as raised:
        driver(peer.resource(), timeout_s=0.05, instrument_id=45)
    assert str(raised.value) == (
        f"A ({peer.resource()}): asked '\\xadset mode remote\\r': no answer within 0.05 s, 3 tries; "
        "is it switched on and set to instrument id 45?"
    )


# ---- other gases, and what is read beside the measurand ---------------------------------------------------------------


def test_what_is_recorded_also_is_read_after_the_concentration(driver: Any, loopback: Any, kind: str, plant: Plant) -> None:
    also = {"record_also": ["O2", "pressure", "NO2"]}
    plant.contents = {"O2": 0.15, "NO2": 12.5e-6}
    device = driver(loopback(ThermoISeriesServer("A", settings(**also), plant), kind), **also)
    assert [(c.name, c.quantity, c.unit) for c in device.channels] == [
        ("A", "CO2", "%"), ("A.O2", "O2", "%"), ("A.pressure", "pressure", "mmHg"), ("A.NO2", "NO2", "%"),
    ]  # fmt: skip
    device.request()
    assert [sample.value for sample in device.collect()] == [10.0, 15.0, 753.4, pytest.approx(0.00125)]


def test_what_begins_with_the_same_word_is_not_the_further_quantity(driver: Any, fault_peer: Any) -> None:
    answers = {"co2": b"co2 4.000E+1 ppm\r", "no": b"no of lrec 5\rno bkg 1.4 ppb\rno 2.500E+0 ppm\r"}
    device = driver(fault_peer(answering(**answers)).resource(), record_also=["NO"])
    device.request()
    assert [sample.value for sample in device.collect()] == [pytest.approx(0.004), pytest.approx(0.00025)]


def test_the_oxygen_of_the_manual_is_read(driver: Any, fault_peer: Any) -> None:
    answers = {"co2": b"co2 4.000E+1 ppm\r", "o2": b"o2 15.00 %\r"}  # 410i manual, page B-11
    device = driver(fault_peer(answering(**answers)).resource(), record_also=["O2"])
    device.request()
    assert [sample.value for sample in device.collect()] == [pytest.approx(0.004), 15.0]


def test_a_further_quantity_without_value_leaves_the_reading_as_it_is(driver: Any, fault_peer: Any) -> None:
    answers = {"co2": b"co2 4.000E+1 ppm\r", "o2": b"o2 data not valid\r"}
    device = driver(fault_peer(answering(**answers)).resource(), record_also=["O2"])
    device.request()
    indication, oxygen = device.collect()
    assert (indication.value, indication.status) == (pytest.approx(0.004), Status.VALID)
    assert (math.isnan(oxygen.value), oxygen.status, oxygen.raw) == (True, Status.FLAGGED, "data not valid")


@pytest.mark.parametrize(
    ("measurand", "request_", "model"),
    [
        ("CO", b"co\r", "48i"),
        ("SO2", b"so2\r", "43i"),
        ("NOx", b"nox\r", "42i"),
        ("O3", b"o3\r", "49i"),
        ("HCl", b"hcl\r", "15i"),
    ],
)
def test_every_gas_has_its_command(plant: Plant, measurand: str, request_: bytes, model: str) -> None:
    say = ThermoISeriesServer("A", settings(measurand=measurand), plant).connect().receive
    assert say(request_) == request_[:-1] + b" 1.000E+5 ppm\r"
    assert say(b"program no\r").startswith(f"program no iSeries {model} ".encode())


def test_the_program_that_a_manual_prints_is_model_and_firmware(driver: Any, fault_peer: Any) -> None:
    told = answering(**{"program no": b"program no iSeries 49i 01.00.01.074\r"})
    assert driver(fault_peer(told).resource()).identify() == Identity("Thermo", "iSeries 49i", "", "01.00.01.074")


def test_a_nitrogen_oxides_analyser_tells_all_three(plant: Plant) -> None:
    plant.contents = {"NO": 0.0, "NO2": 2.5e-6, "NOx": 102.5e-6}
    say = ThermoISeriesServer("A", settings(measurand="NO"), plant).connect().receive
    assert say(b"no\rno2\rnox\r") == b"no 1.000E+5 ppm\rno2 2.500E+0 ppm\rnox 1.025E+2 ppm\r"


def test_ozone_is_adjusted_as_its_manual_says(driver: Any, loopback: Any, plant: Plant) -> None:
    server = ThermoISeriesServer("A", settings(measurand="O3"), plant)
    assert server.connect().receive(b"set mode remote\rset o3 coef 1.005\r").endswith(b"set o3 coef 1.005 ok\r")
    device = driver(loopback(server), measurand="O3")
    plant.shown = 15.6
    device.adjust(Adjustment.SPAN, indicated=15.6, target=16.0)
    assert plant.shown == pytest.approx(16.0, rel=0.0006)


@pytest.mark.parametrize(("measurand", "point"), [("SO2", "zero"), ("SO2", "span"), ("NO", "zero"), ("CO", "span")])
def test_where_no_command_is_known_a_person_adjusts(
    driver: Any, loopback: Any, plant: Plant, measurand: str, point: str
) -> None:
    device = driver(loopback(ThermoISeriesServer("A", settings(measurand=measurand), plant)), measurand=measurand)
    with pytest.raises(AdjustmentByOperatorError, match=f"C-Link is not known to adjust {point} of a 4[238]i"):
        device.adjust(Adjustment(point), 15.6, 16.0)


def test_a_station_file_may_name_the_commands(driver: Any, loopback: Any, plant: Plant) -> None:
    keys = {"measurand": "SO2", "background": "so2 bkg", "coefficient": "so2 coef"}
    device = driver(loopback(ThermoISeriesServer("A", settings(**keys), plant)), **keys)
    plant.shown = 15.6
    device.adjust(Adjustment.SPAN, indicated=15.6, target=16.0)
    assert plant.shown == pytest.approx(16.0, rel=0.0005)


@pytest.mark.parametrize(
    ("also", "text"),
    [
        (["oxygen"], "record_also cannot have 'oxygen'"),
        (["CO2"], "is the measurand itself"),
        (["O2", "O2"], "names 'O2' twice"),
    ],
)
def test_what_cannot_be_recorded_is_refused(also: list[str], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        settings(record_also=also)


# ---- the station's keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "unit", "step"), [((0, 20), "%", 0.01), ((0, 2000), "ppm", 1.0), ((0, 100), "ppm", 0.1), ((0, 5), "%", 0.001)]
)
def test_the_resolution_is_that_of_four_digits_at_full_scale(span: tuple[float, float], unit: str, step: float) -> None:
    assert settings(range=span, unit=unit).shown_step == pytest.approx(step)


def test_a_real_analyser_is_given_time_between_commands() -> None:
    assert settings(resource="TCPIP::192.168.1.31::9880::SOCKET").gap_s == 0.2
    assert settings(resource="TCPIP::127.0.0.1::9880::SOCKET").gap_s == 0.0
    assert settings(resource="TCPIP::127.0.0.1::9880::SOCKET", command_gap_s=0.1).gap_s == 0.1


def test_a_unit_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="'mg/m3' is no unit of amount fraction"):
        settings(unit="mg/m3")
