"""A flow rig: what may be set, how the fan is corrected, and the reference with its influences by hand calculation."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from instruments.flow_rig import FlowRig, FlowRigSettings
from instruments.modbus_profile import ModbusProfileDevice, ModbusProfileSettings
from instruments.modbus_velocity import ModbusVelocity, ModbusVelocitySettings
from instruments.register_profile import read_profile
from instruments.twin.modbus_profile import ModbusProfileServer
from testbench.engine.roles import Channel, Parts, SafeOutcome, Sample
from testbench.errors import InstrumentError, StationError, UnsuppliableError
from testbench.metrology.gas_density import moist_air_density

KEYS = {"fan": "fan", "reference": "meter", "range": (2.0, 26.0), "area_m2": 0.5}


class Part:
    """An instrument of one channel whose value is set."""

    safe_state = "none: read only"
    interval_s = 1.0
    unit = ""

    def __init__(self, name, channel, value=0.0):
        self.name = name
        self.channels = (Channel(channel, "", ""),)
        self.channel = channel
        self.source = self
        self.value = value

    def open(self): ...
    def close(self): ...
    def identify(self): ...
    def request(self): ...
    def drive_safe(self):
        return SafeOutcome(self.name, "", verified=True, read_back="stopped")

    def collect(self):
        return (Sample(self.value),)


class Fan(Part):
    maximum_percent = 100.0

    def __init__(self):
        super().__init__("fan", "fan.speed")
        self.speeds = []

    def set_speed(self, percent):
        self.speeds.append(percent)

    def stop(self):
        self.speeds.append("stop")


class Meter(Part):
    def velocity_influences(self, velocity):
        return {"reference.meter": 0.003 * velocity, "reference.meter.zero": 0.01}


def rig(**more):
    fan = Fan()
    sensors = {
        "environment.dp": ("environment.dp", "hPa"),
        "environment.t": ("environment.t", "°C"),
        "environment.p": ("environment.p", "hPa"),
        "environment.h": ("environment.h", "%"),
    }
    parts = {"fan": fan, "meter": Meter("meter", "meter.velocity", 9.0)}
    for key, (channel, unit) in sensors.items():
        parts[key] = Part(key, channel)
        parts[key].unit = unit
    settings = FlowRigSettings.model_validate(KEYS | more)
    return FlowRig("flow_rig", settings, Parts(parts, {})), fan, parts


@pytest.mark.parametrize("velocity", [1.9, 26.1, -1.0, math.nan])
def test_a_velocity_outside_the_range_is_refused_before_the_fan_is_touched(velocity):
    made, fan, _ = rig()
    with pytest.raises(UnsuppliableError, match="from 2 to 26 m/s"):
        made.set_velocity(velocity)
    assert fan.speeds == []


def test_the_fan_is_first_set_by_its_curve():
    made, fan, _ = rig(curve=[(0, 0), (50, 10), (100, 30)])
    made.set_velocity(20.0)
    assert fan.speeds == [75.0]


def test_the_fan_is_corrected_in_proportion_and_never_beyond_its_largest_speed():
    made, fan, _ = rig()
    made.set_velocity(13.0)
    made.regulate(12.0)
    assert fan.speeds == pytest.approx([50.0, 50.0 * 13 / 12])
    made.regulate(1.0)  # something else is wrong: one correction is bounded
    assert fan.speeds[-1] == pytest.approx(50.0 * 13 / 12 * 1.5)
    made.regulate(math.nan)
    assert len(fan.speeds) == 3
    for _ in range(3):
        made.regulate(1.0)
    assert fan.speeds[-1] == 100.0


@pytest.mark.parametrize("end", ["stop", "rest"])
def test_nothing_is_corrected_after_the_fan_was_stopped(end):
    made, fan, _ = rig()
    made.set_velocity(13.0)
    getattr(made, end)()
    made.regulate(5.0)
    assert fan.speeds == [50.0, "stop"]
    assert made.rest_state == "fan stopped"


def test_at_rest_it_may_blow_a_little():
    made, fan, _ = rig(rest_velocity=2.6)
    made.rest()
    assert fan.speeds == [10.0]
    assert made.rest_state == "2.6 m/s, not controlled"


def test_zero_stops_the_fan():
    made, fan, _ = rig()
    made.set_velocity(0.0)
    assert fan.speeds == ["stop"]


def test_the_safe_state_says_what_became_of_the_velocity(monkeypatch):
    made, fan, parts = rig()
    monkeypatch.setattr("instruments.flow_rig.pause", lambda _: setattr(parts["meter"], "value", 8.0))
    outcome = made.drive_safe()
    assert outcome.verified
    assert outcome.read_back == "stopped; velocity 9 m/s, then 8 m/s"
    assert "stop" in fan.speeds


def test_the_safe_state_does_not_hang_on_the_reference(monkeypatch):
    made, _, parts = rig()

    def silent():
        raise InstrumentError("meter: no answer")

    monkeypatch.setattr(parts["meter"], "collect", silent)
    assert made.drive_safe().read_back == "stopped"


def test_the_reference_of_a_meter_has_its_certificate_and_the_homogeneity():
    made, _, _ = rig(homogeneity_percent=0.4)
    found = made.reference(10.0, {"meter.velocity": 10.0}, 3)
    assert {name: part.contribution for name, part in found.components.items()} == pytest.approx(
        {"reference.meter": 0.03, "reference.meter.zero": 0.01, "flow_rig.homogeneity": 0.02}
    )
    assert found.standard_uncertainty == pytest.approx(math.sqrt(0.03**2 + 0.01**2 + 0.02**2))
    assert made.predict(10.0, 1) == found


PITOT = {
    "reference": None,
    "differential_pressure": "dp",
    "pitot_coefficient": 0.84,
    "pitot_uncertainty_percent": 0.6,
    "differential_pressure_uncertainty_pa": 0.8,
    "temperature": "t",
    "pressure": "p",
    "humidity": "h",
    "temperature_uncertainty_c": 1.0,
    "pressure_uncertainty_kpa": 0.2,
    "humidity_uncertainty_percent": 0.0,
}
STATE = {"environment.t": 30.0, "environment.p": 995.0, "environment.h": 40.0}


def test_a_pitot_velocity_is_that_of_hand_calculation():
    made, _, _ = rig(**PITOT)
    readings = {name: np.array([value, value]) for name, value in STATE.items()} | {
        "environment.dp": np.array([0.5, math.nan])
    }
    found = made.velocities(readings)
    expected = 0.84 * math.sqrt(2 * 50.0 / moist_air_density(30.0, 99_500.0, 0.4))
    assert found[0] == pytest.approx(expected)
    assert math.isnan(found[1])


def test_a_pitot_reference_has_half_of_pressure_and_density_and_all_of_its_coefficient():
    made, _, _ = rig(**PITOT)
    density = moist_air_density(30.0, 99_500.0, 0.4)
    velocity = 0.84 * math.sqrt(2 * 50.0 / density)
    parts = made.reference(velocity, {"environment.dp": 0.5} | STATE, 1).components
    assert parts["pitot.coefficient"].contribution == pytest.approx(0.003 * velocity)
    assert parts["pitot.differential pressure"].contribution == pytest.approx(velocity / 2 * 0.4 / 50.0)
    assert parts["duct.pressure"].contribution == pytest.approx(-velocity / 2 * 0.1 / 99.5, rel=0.01)
    warmer = moist_air_density(30.5, 99_500.0, 0.4)  # u = 0.5 K
    assert parts["duct.temperature"].contribution == pytest.approx(velocity / 2 * (density - warmer) / density, rel=0.01)
    assert "duct.humidity" not in parts


def test_at_a_standstill_the_pressure_alone_says_how_well_it_is_known():
    made, _, _ = rig(**PITOT)
    (part,) = made.reference(0.0, {"environment.dp": 0.0} | STATE, 1).components.values()
    assert part.contribution == pytest.approx(0.84 * math.sqrt(2 * 0.4 / moist_air_density(30.0, 99_500.0, 0.4)))


@pytest.mark.parametrize("wrong", [{"environment.t": 400.0}, {"environment.p": math.nan}])
def test_a_state_that_no_air_has_gives_gaps_and_no_number(wrong):
    made, _, _ = rig(**PITOT)
    readings = {name: np.array([value]) for name, value in ({"environment.dp": 0.5} | STATE | wrong).items()}
    assert np.isnan(made.velocities(readings)).all()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"reference": None}, "state reference"),
        ({"differential_pressure": "dp"}, "state reference"),
        ({"reference": None, "differential_pressure": "dp"}, "temperature, pressure and humidity"),
        ({"range": (5.0, 2.0)}, "0 < low < high"),
        ({"curve": [(0, 0)]}, "at least two points"),
        ({"curve": [(0, 0), (100, 20)]}, "must hold the range"),
        ({"curve": [(0, 5), (50, 3), (100, 30)]}, "must ascend"),
        ({"rest_velocity": 1.0}, "within the range"),
    ],
)
def test_settings_that_cannot_be_are_refused(more, said):
    with pytest.raises(ValidationError, match=said):
        FlowRigSettings.model_validate(KEYS | more)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"fan": "meter"}, "'meter' is no fan"),
        ({"reference": "fan"}, "'fan' is no meter of velocity"),
        (PITOT | {"humidity": "x"}, r"humidity: 'x' is no \[environment\] table"),
        (PITOT | {"pressure": "t"}, "no unit of pressure"),
    ],
)
def test_parts_that_the_station_does_not_have_are_told_of(more, said):
    with pytest.raises(StationError, match=said):
        rig(**more)


def test_a_reference_that_is_read_too_seldom_is_told_of(monkeypatch):
    monkeypatch.setattr(Meter, "interval_s", 10.0)
    with pytest.raises(StationError, match="at least 60 s"):
        rig()
    assert rig(stable_s=60.0)[0].stable_s == 60.0


# ---- a meter of velocity ------------------------------------------------------------------------------------------------


class Port:
    unit = "m/s"
    low, high = 0.0, 40.0

    def indication(self):
        return 12.34

    def adjust_zero(self, indicated, target): ...
    def adjust_span(self, indicated, target): ...


def test_the_suto_meter_sends_its_velocity_low_word_first():
    settings = ModbusProfileSettings(
        resource="twin:serial", profile="suto-s430", measurand="velocity", range=(0.0, 40.0), unit="m/s"
    )
    server = ModbusProfileServer("T", settings, Port())
    profile = read_profile("suto-s430")
    assert (profile.transport.baud_rate, profile.transport.address) == (19200, 1)
    request = bytes.fromhex("01 03 00 04 00 02 85 ca")  # function 3, registers 4 and 5
    # 12.34 is 0x41457 0A4: words exchanged, A4 70 41 45
    assert server.connect().receive(request)[:7] == bytes.fromhex("01 03 04 70 a4 41 45")


def test_a_meter_is_read_as_a_source_and_knows_its_certificate(loopback, kind):
    keys = {"transport": "rtu", "uncertainty_percent": 0.6, "uncertainty_m_per_s": 0.02}
    server = ModbusProfileServer("meter", ModbusVelocitySettings(resource="twin:serial", **keys), Port())
    meter = ModbusVelocity("meter", ModbusVelocitySettings(resource=loopback(server, kind), **keys), Parts({}, {}))
    meter.open()
    meter.request()
    assert meter.collect()[0].value == pytest.approx(12.34, rel=1e-6)
    meter.close()
    assert [(c.name, c.quantity, c.unit) for c in meter.channels] == [("meter.velocity", "velocity", "m/s")]
    assert meter.velocity_influences(10.0) == pytest.approx({"reference.meter": 0.03, "reference.meter.zero": 0.01})
    assert isinstance(meter, ModbusProfileDevice)
