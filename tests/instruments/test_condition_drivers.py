"""Sensors and controls of conditions: AC source and chamber by profiles, sample flow, their terms and safe states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from instruments.alicat import Alicat
from instruments.condition_control import ControlTerms
from instruments.condition_registers import condition_profile_names, read_condition_registers
from instruments.condition_units import unit_line
from instruments.flow_condition import FlowCondition
from instruments.modbus_condition import ModbusCondition, ModbusSensor
from instruments.text_condition import TextCondition
from instruments.text_sensor import TextSensor
from instruments.twin.modbus_condition import ModbusConditionServer, ModbusSensorServer
from instruments.twin.text_profile import TextConditionServer, TextSensorServer
from testbench.engine.roles import ConditionControl, Instrument, Parts, Sample, Sensor, Status
from testbench.errors import InputError, InstrumentError, StationError, UnsuppliableError

ADDRESS = "TCPIP::127.0.0.1::1::SOCKET"


class Plant:
    """A condition that is where it was set at once."""

    def __init__(self, value: float) -> None:
        self.now = value

    def value(self) -> float:
        return self.now

    def set(self, value: float) -> None:
        self.now = value

    def setpoint(self) -> float:
        return self.now


Built = Callable[..., tuple[Any, Plant]]


@pytest.fixture
def built(loopback: Any, request: pytest.FixtureRequest) -> Built:
    """`built(driver, server, value, kind, **keys)`: an open driver of a simulated instrument, and its plant."""

    def start(driver: Any, server: Any, value: float, kind: str = "socket", **keys: Any) -> tuple[Any, Plant]:
        plant = Plant(value)
        settings = driver.Settings.model_validate({"resource": "twin", "timeout_s": 0.3} | keys)
        resource = loopback(server("chamber", settings, plant), kind)
        made = driver("chamber", settings.model_copy(update={"resource": resource}), Parts({}, {}))
        request.addfinalizer(made.close)
        made.open()
        return made, plant

    return start


SOURCE: dict[str, Any] = {"profile": "scpi-ac-source", "quantity": "voltage", "unit": "V"}
CHAMBER: dict[str, Any] = {"profile": "generic-chamber", "quantity": "temperature", "unit": "°C"}


def read(made: Any) -> Sample:
    made.request()
    (sample,) = made.collect()
    return sample


@pytest.mark.parametrize(
    ("driver", "server", "keys", "value"),
    [(TextCondition, TextConditionServer, SOURCE, 242.0), (ModbusCondition, ModbusConditionServer, CHAMBER, -12.3)],
    ids=["ac-source", "chamber"],
)
def test_a_condition_is_set_read_and_left_at_its_safe_value(
    built: Built, kind: str, driver: Any, server: Any, keys: dict[str, Any], value: float
) -> None:
    if kind == "pseudo-terminal":
        keys = keys | {"transport": "rtu"} if driver is ModbusCondition else keys
    if kind == "serial-over-socket" and driver is ModbusCondition:
        keys = keys | {"transport": "rtu"}
    made, plant = built(driver, server, 20.0, kind, **keys)
    assert isinstance(made, ConditionControl)
    assert isinstance(made, Sensor)
    assert isinstance(made, Instrument)
    made.set_condition(value)
    assert plant.now == pytest.approx(value)
    assert read(made).value == pytest.approx(value)
    outcome = made.drive_safe()
    left = {"V": 220.0, "°C": 23.0}[made.unit]
    assert outcome.verified
    assert outcome.state == made.safe_state == f"{made.quantity} set to {left:g} {made.unit}"
    assert outcome.read_back == f"set-point {left:g} {made.unit}"
    assert plant.now == pytest.approx(left)


@pytest.mark.parametrize("value", [-1.0, 265.0, float("nan"), float("inf")])
def test_a_value_outside_the_limits_is_refused_before_anything_is_sent(built: Built, value: float) -> None:
    made, plant = built(TextCondition, TextConditionServer, 220.0, **SOURCE, limits=[187.0, 264.0])
    with pytest.raises(UnsuppliableError, match="chamber: voltage can be set from 187 to 264 V, not to"):
        made.set_condition(value)
    assert plant.now == 220.0


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"limits": [187.0, 400.0]}, "limits .* are not within what the instrument can set, 0 to 300"),
        ({"limits": [230.0, 264.0]}, "leave_at is 220, outside the range 230 to 264"),
        ({"leave_at": 500.0}, "leave_at is 500"),
        ({"unit": "°C"}, "gives V, which cannot be converted into °C"),
        ({"quantity": "humidity"}, "there is no quantity 'humidity'"),
        ({"quantity": "output", "unit": "1"}, "does not set output; it sets voltage, frequency"),
    ],
)
def test_terms_that_do_not_go_together_are_refused(keys: dict[str, Any], why: str) -> None:
    settings = TextCondition.Settings.model_validate(SOURCE | {"resource": ADDRESS} | keys)
    with pytest.raises(InputError, match=why):
        TextCondition("source", settings, Parts({}, {}))


def test_terms_of_the_station_file_come_before_those_of_the_profile() -> None:
    keys = {"tolerance": 0.5, "stable_s": 5.0, "reach_s": 60.0, "leave_at": 230.0, "expanded_uncertainty": 0.4}
    settings = TextCondition.Settings.model_validate(SOURCE | {"resource": ADDRESS} | keys)
    made = TextCondition("source", settings, Parts({}, {}))
    assert (made.tolerance, made.stable_s, made.reach_s, made.leave_at, made.uncertainty) == (0.5, 5.0, 60.0, 230.0, 0.2)
    assert (made.low, made.high) == (0.0, 300.0)


def test_a_source_that_does_not_take_its_safe_value_is_not_verified(fault_peer: Any) -> None:
    def script(talk: Any) -> None:
        answers = {b"SYST:ERR?": b'0,"No error"\n', b"SOUR:VOLT?": b"242.000\n"}
        while heard := talk.hear():
            talk.say(b"".join(answers.get(line, b"") for line in heard.split(b"\n")))

    settings = TextCondition.Settings.model_validate(SOURCE | {"resource": fault_peer(script).resource(), "timeout_s": 0.3})
    made = TextCondition("source", settings, Parts({}, {}))
    made.open()
    outcome = made.drive_safe()
    made.close()
    assert not outcome.verified
    assert "voltage was set to 220 V, reads back 242 V" in outcome.read_back


def test_a_chamber_that_is_gone_is_an_instrument_error(free_port: int) -> None:
    settings = ModbusCondition.Settings.model_validate(CHAMBER | {"resource": f"TCPIP::127.0.0.1::{free_port}::SOCKET"})
    made = ModbusCondition("chamber", settings, Parts({}, {}))
    with pytest.raises(InstrumentError, match="connection refused"):
        made.open()


def test_a_barometer_is_read_in_the_unit_of_its_table(built: Built) -> None:
    keys = {"profile": "vaisala-ptb330", "quantity": "pressure", "unit": "kPa"}
    made, _ = built(TextSensor, TextSensorServer, 101.302, **keys)
    assert read(made).value == pytest.approx(101.302)
    assert made.channels[0].resolution == pytest.approx(0.001)
    assert made.drive_safe().state == "none: read only"


def test_the_barometer_is_asked_and_understood_as_its_guide_shows(fault_peer: Any, request: pytest.FixtureRequest) -> None:
    heard = []

    def script(talk: Any) -> None:
        for answer in (b"P= 1013.02 hPa\r\n", b"P= ******* hPa\r\n", b"P= 2000.00 hPa\r\n"):
            heard.append(talk.hear())
            talk.say(answer)

    keys = {"profile": "vaisala-ptb330", "quantity": "pressure", "unit": "hPa", "timeout_s": 0.3}
    settings = TextSensor.Settings.model_validate(keys | {"resource": fault_peer(script).resource()})
    made = TextSensor("barometer", settings, Parts({}, {}))
    request.addfinalizer(made.close)
    made.open()
    assert read(made) == Sample(1013.02)
    assert read(made).status is Status.FLAGGED, "stars are no value"
    assert read(made).status is Status.FLAGGED, "no barometer is there"
    assert heard == [b"SEND\r"] * 3


def test_a_temperature_is_read_by_registers(built: Built) -> None:
    keys = {"profile": "generic-temperature", "quantity": "temperature", "unit": "K"}
    made, plant = built(ModbusSensor, ModbusSensorServer, 296.15, **keys)
    assert read(made).value == pytest.approx(296.15)
    plant.now = 400.0
    assert read(made).status is Status.FLAGGED, "the profile says up to 100 °C"


def controller(**keys: Any) -> Alicat:
    text = {"resource": ADDRESS, "full_scale": 5.0, "uncertainty_percent": 0.4, "reproducibility_percent": 0.03}
    return Alicat("mfc-sample", Alicat.Settings.model_validate(text | keys), Parts({}, {}))


def sample_flow(parts: dict[str, Any], **keys: Any) -> FlowCondition:
    text = {"instrument": "mfc-sample", "quantity": "sample flow", "unit": "L/min", "limits": [0.2, 2.0]}
    return FlowCondition("sample-flow", FlowCondition.Settings.model_validate(text | keys), Parts(parts, {}))


def test_a_sample_flow_is_that_of_its_controller(monkeypatch: pytest.MonkeyPatch) -> None:
    mfc = controller()
    flows: list[float] = []
    monkeypatch.setattr(mfc, "set_flow", flows.append)
    made = sample_flow({"mfc-sample": mfc})
    assert isinstance(made, ConditionControl)
    assert not isinstance(made, Instrument), "its controller is driven safe, not it"
    assert (made.source, made.channel, made.low, made.high) == (mfc, "mfc-sample.flow", 0.2, 2.0)
    made.set_condition(1.1)
    with pytest.raises(UnsuppliableError, match=r"can be set from 0\.2 to 2 L/min, not to 2\.5"):
        made.set_condition(2.5)
    assert flows == [1.1]


def test_a_sample_flow_without_its_controller_is_refused() -> None:
    with pytest.raises(StationError, match="'mfc-sample' is no flow controller"):
        sample_flow({})
    with pytest.raises(StationError, match='gives its flow in SLPM; state unit = "SLPM"'):
        sample_flow({"mfc-sample": controller(flow_unit="SLPM")})
    with pytest.raises(InputError, match="limits"):
        sample_flow({"mfc-sample": controller()}, limits=[0.2, 6.0])


@pytest.mark.parametrize(
    ("found", "wanted", "gain", "offset"),
    [
        ("hPa", "kPa", 0.1, 0.0),
        ("kPa", "hPa", 10.0, 0.0),
        ("K", "°C", 1.0, -273.15),
        ("°C", "K", 1.0, 273.15),
        ("mL/min", "L/min", 1e-3, 0.0),
        ("", "V", 1.0, 0.0),
    ],
)
def test_units_of_conditions_are_converted(found: str, wanted: str, gain: float, offset: float) -> None:
    assert unit_line(found, wanted) == pytest.approx((gain, offset))


@pytest.mark.parametrize(("found", "wanted"), [("SLPM", "NL/min"), ("V", "Hz"), ("%", "°C")])
def test_units_of_other_kinds_are_refused(found: str, wanted: str) -> None:
    with pytest.raises(InputError, match="cannot be converted"):
        unit_line(found, wanted)


def test_every_shipped_profile_of_conditions_can_be_read(tmp_path: Any) -> None:
    for name in condition_profile_names():
        assert read_condition_registers(name).name == name
    with pytest.raises(InputError, match="there is no condition profile 'oven'; shipped profiles: generic-chamber"):
        read_condition_registers("oven")
    path = tmp_path / "ours.toml"
    path.write_text('name = "x"\n[control.temperature]\nset = 5', encoding="utf-8")
    with pytest.raises(InputError, match=r"ours\.toml: .*control\.temperature\.set"):
        read_condition_registers(str(path))


def test_terms_in_another_unit_are_the_same_terms() -> None:
    terms = ControlTerms(
        range=(0.0, 100.0), tolerance=1.0, stable_s=1.0, reach_s=2.0, leave_at=10.0, expanded_uncertainty=0.2
    )
    there = terms.converted(1.0, 273.15)
    assert (there.range, there.leave_at, there.tolerance) == ((273.15, 373.15), 283.15, 1.0)
