"""The simulated duct: closed forms of fan and response, statistics of the turbulence, what each instrument sees."""

import math
from pathlib import Path

import numpy as np
import pytest

from instruments.twin.duct import Fan, Follower, Turbulence
from instruments.twin.duct_truth import FanTruth
from instruments.twin.noise import Stream
from instruments.twin.plant import Plant
from testbench.engine.roles import Adjustment
from testbench.errors import InstrumentError, StationError
from testbench.station import parse_station

STILL = """
[station]
name = "duct"
[instruments.fan]
driver = "fan-drive"
resource = "twin"
truth = {{ full_speed_velocity = 30.0, time_constant_s = 5.0 }}
[instruments.meter]
driver = "modbus-velocity"
resource = "twin"
uncertainty_percent = 0.6
uncertainty_m_per_s = 0.04
truth = {{ {meter} }}
[flow_rig]
driver = "flow-rig"
fan = "fan"
reference = "meter"
range = [1.0, 28.0]
area_m2 = 0.5
homogeneity_percent = 0.4
area_uncertainty_percent = 0.2
truth = {{ {duct} }}
[devices.A]
driver = "modbus-profile"
resource = "twin"
profile = "generic-velocity"
maker = "M"
model = "m"
measurand = "velocity"
range = [0.0, 30.0]
unit = "m/s"
truth = {{ {device} }}
[devices.Q]
driver = "modbus-profile"
resource = "twin"
profile = "generic-velocity"
quantity = "flow"
maker = "M"
model = "m"
measurand = "flow"
range = [0.0, 60000.0]
unit = "m³/h"
"""
EXACT = "homogeneity_error_percent = 0.0, area_error_percent = 0.0"


def plant(meter="error_percent = 0.0, zero_error_m_per_s = 0.0", duct=EXACT, device="", seed=1):
    text = STILL.format(meter=meter, duct=duct, device=device)
    return Plant(parse_station(text, Path("duct.toml")).station, seed)


def shown(made, name="A"):
    return made.analyser(name).indication()


def test_the_fan_follows_its_drive_with_one_time_constant():
    fan = Fan("fan", FanTruth(time_constant_s=5.0))
    fan.set_speed(80.0, 10.0)
    assert fan.speed(10.0) == 0.0
    assert fan.speed(15.0) == pytest.approx(80.0 * (1 - math.exp(-1)))
    fan.set_speed(0.0, 20.0)
    assert fan.speed(25.0) == pytest.approx(80.0 * (1 - math.exp(-2)) * math.exp(-1))


def test_a_response_is_the_filtered_speed_however_often_it_is_asked():
    def commanded():
        fan = Fan("fan", FanTruth(time_constant_s=3.0))
        return fan, Follower(fan, 7.0)

    fan, _ = commanded()
    dt, rate, state, times = 1e-3, math.log(10.0) / 7.0, 0.0, {}
    for step in range(30_000):  # midpoint integration of dy/dt = (speed - y)·rate
        now = step * dt
        if step in (0, 12_000):
            fan.set_speed(60.0 if step == 0 else 20.0, now)
        state += dt * rate * (fan.speed(now + dt / 2) - state)
        times[step + 1] = state
    other, seldom = commanded()
    other.set_speed(60.0, 0.0)
    assert seldom.speed(8.0) == pytest.approx(times[8_000], rel=1e-3)
    other.set_speed(20.0, 12.0)
    assert seldom.speed(29.0) == pytest.approx(times[29_000], rel=1e-3)


def test_turbulence_has_its_deviation_and_its_correlation():
    values = np.array([Turbulence(Stream(seed, "t", "x"), 2.0).at(t) for seed in range(40) for t in np.arange(0, 50, 2.0)])
    series = values.reshape(40, -1)
    assert values.std() == pytest.approx(1.0, abs=0.08)
    assert float((series[:, 1:] * series[:, :-1]).mean()) == pytest.approx(math.exp(-1), abs=0.08)  # one correlation time


def test_what_is_shown_does_not_depend_on_how_often_it_is_read():
    duct = f"{EXACT}, turbulence_percent = 5.0, unsteadiness_percent = 1.0"
    often, seldom = plant(duct=duct), plant(duct=duct)
    for made in (often, seldom):
        made.set_fan("fan", 50.0)
    for second in range(1, 100):
        often.advance(float(second))
        shown(often)
    seldom.advance(99.0)
    assert shown(often) == shown(seldom)


def test_a_plant_is_restored_from_its_commands():
    made = plant(duct=f"{EXACT}, turbulence_percent = 5.0")
    made.set_fan("fan", 50.0)
    made.advance(30.0)
    made.set_fan("fan", 20.0)
    made.advance(40.0)
    assert shown(made.restored(1, made.log, 40.0)) == shown(made)


def test_the_mean_velocity_is_that_of_the_fan():
    made = plant()
    made.set_fan("fan", 50.0)
    made.advance(200.0)
    assert made.reference_velocity("meter").indication() == pytest.approx(15.0)
    assert shown(made) == pytest.approx(15.0)
    assert shown(made, "Q") == pytest.approx(15.0 * 0.5 * 3600.0)
    assert made.rig.true_velocity(50.0) == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("position = 1.0", 15.0 / (2 * 49 / (8 * 15))),  # the axis of a 1/7 profile
        ("coefficient_error_percent = 2.0", 15.3),
        ("swirl_percent_per_degree = -0.1", 15.0 * 0.99),  # of 10 degrees
        ("zero_offset_percent_fs = 1.0", 15.3),
        ("linearity_percent_fs = 1.0", 15.3),  # largest at mid-scale
    ],
)
def test_each_truth_makes_the_indication_that_it_states(device, expected):
    made = plant(device=device, duct=f"{EXACT}, swirl_degrees = 10.0")
    made.set_fan("fan", 50.0)
    made.advance(200.0)
    assert shown(made) == pytest.approx(expected)


def test_errors_are_drawn_within_the_stated_uncertainties():
    drawn = []
    for seed in range(200):
        made = plant(meter="", duct="", seed=seed)
        made.set_fan("fan", 50.0)
        made.advance(200.0)
        drawn.append((made.reference_velocity("meter").indication(), shown(made), made.rig.duct.area))
    reference, device, area = np.array(drawn).T
    assert reference.std() == pytest.approx(math.hypot(15.0 * 0.003, 0.02), rel=0.15)
    assert device.std() == pytest.approx(15.0 * 0.002, rel=0.15)
    assert area.std() == pytest.approx(0.5 * 0.001, rel=0.15)


def test_a_device_is_adjusted_at_its_keys():
    made = plant(device="coefficient_error_percent = 5.0, zero_offset_percent_fs = 1.0")
    made.adjust("A", Adjustment.ZERO, 0.3, 0.0)
    made.set_fan("fan", 50.0)
    made.advance(200.0)
    before = shown(made)
    made.adjust("A", Adjustment.SPAN, before, 15.0)
    made.advance(202.0)
    assert shown(made) == pytest.approx(15.0)
    with pytest.raises(InstrumentError, match="is the fan running"):
        made.adjust("A", Adjustment.SPAN, 0.001, 15.0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('fan = "fan"', 'fan = "blower"', r"\[flow_rig\] fan"),
        ('reference = "meter"', 'reference = "laser"', r"\[flow_rig\] reference"),
        ("full_speed_velocity = 30.0", "full_speed = 30.0", "full_speed"),
    ],
)
def test_a_wrong_rig_is_refused_in_words(old, new, said):
    text = STILL.format(meter="", duct="", device="").replace(old, new)
    with pytest.raises(StationError, match=said):
        Plant(parse_station(text, Path("duct.toml")).station, 1)


def test_a_fan_that_is_not_there_cannot_be_set():
    made = plant()
    with pytest.raises(InstrumentError, match="no fan 'blower'"):
        made.set_fan("blower", 10.0)
    with pytest.raises(InstrumentError, match="cannot go to"):
        made.set_fan("fan", -1.0)
