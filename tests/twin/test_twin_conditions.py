"""Conditions of the simulated bench: how they go to what is set, and what devices feel of them."""

import math
from pathlib import Path

import pytest

from instruments.twin.plant import Plant
from testbench.errors import StationError
from testbench.station import parse_station

STATION = """
[station]
name = "conditions"

[environment.chamber]
driver = "text-condition"
resource = "twin"
quantity = "temperature"
unit = "°C"
truth = { value = 25.0, settling_s = 100.0 }

[environment.source]
driver = "text-condition"
resource = "twin"
quantity = "voltage"
unit = "V"
truth.value = 220.0

[devices.A]
driver = "modbus-profile"
resource = "twin"
maker = "m"
model = "n"
range = [0.0, 20.0]
truth = { influence = { temperature = 0.02, voltage = -0.01 }, t90_rise_s = 5.0, t90_fall_s = 5.0 }
"""


@pytest.fixture
def plant():
    return Plant(parse_station(STATION, Path("conditions.toml")).station, seed=1)


def test_a_condition_goes_to_its_new_value_with_its_time_constant(plant):
    port = plant.sensor("chamber")
    plant.advance(10.0)
    port.set(35.0)
    assert (port.value(), port.setpoint()) == (25.0, 35.0), "a command acts after its tick"
    plant.advance(110.0)
    assert port.value() == pytest.approx(35.0 - 10.0 * math.exp(-1.0))
    port.set(15.0)
    plant.advance(210.0)
    assert port.value() == pytest.approx(15.0 + (20.0 - 10.0 * math.exp(-1.0)) * math.exp(-1.0))


def test_a_condition_without_a_time_constant_is_there_at_the_next_tick(plant):
    port = plant.sensor("source")
    port.set(242.0)
    assert port.value() == 220.0
    plant.advance(1.0)
    assert port.value() == 242.0


def test_a_device_feels_how_far_conditions_are_from_where_they_began(plant):
    device = plant.analyser("A")
    plant.advance(60.0)
    before = device.indication()
    plant.set_condition("temperature", 35.0)
    plant.set_condition("voltage", 198.0)
    plant.advance(3060.0)
    departure_percent = 0.02 * 10.0 - 0.01 * (198.0 - 220.0)
    assert device.indication() - before == pytest.approx(departure_percent / 100.0 * 20.0)


def test_a_plant_that_is_replayed_has_the_same_conditions(plant):
    plant.advance(5.0)
    plant.sensor("chamber").set(15.0)
    plant.advance(77.0)
    again = Plant(plant.station, plant.seed)
    again.replay(plant.log)
    again.advance(77.0)
    assert again.sensor("chamber").value() == plant.sensor("chamber").value()
    assert again.analyser("A").indication() == plant.analyser("A").indication()


def test_a_condition_that_the_station_does_not_have_cannot_be_felt():
    text = STATION.replace("voltage = -0.01", "humidity = 0.1")
    with pytest.raises(StationError, match=r"influence: there is no simulated condition 'humidity'; there are: temperature"):
        Plant(parse_station(text, Path("conditions.toml")).station, seed=1)
