"""Devices and transmitters on current loops: their claims on the scanner, and their readings through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from instruments.current_loop import CurrentLoopDevice, CurrentLoopSensor, CurrentLoopSensorSettings, CurrentLoopSettings
from instruments.keysight_daq import KeysightDaq, KeysightDaqSettings
from instruments.twin.keysight_daq import KeysightDaqServer
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Device, Parts, Sensor, Status
from testbench.errors import StationError


class Loops:
    def __init__(self, **milliamperes: float) -> None:
        self.milliamperes = {int(channel[2:]): current for channel, current in milliamperes.items()}

    def currents(self) -> dict[int, float]:
        return self.milliamperes


def scanner_keys(resource: str = "twin") -> KeysightDaqSettings:
    return KeysightDaqSettings(resource=resource, current_channels=(121,), shunts={101: 250.0})


def device(parts: Parts, **more: Any) -> CurrentLoopDevice:
    keys: dict[str, Any] = {"instrument": "daq", "channel": 121, "range": (0.0, 20.0), "unit": "%", **more}
    return CurrentLoopDevice("C", CurrentLoopSettings(**keys), parts)


def sensor(parts: Parts, **more: Any) -> CurrentLoopSensor:
    keys: dict[str, Any] = {
        "instrument": "daq",
        "channel": 101,
        "quantity": "temperature",
        "unit": "°C",
        "low": -20,
        "high": 60,
    }
    return CurrentLoopSensor("temperature", CurrentLoopSensorSettings(**{**keys, **more}), parts)


@pytest.fixture
def parts() -> Parts:
    """A station with a scanner that is not connected."""
    return Parts({"daq": KeysightDaq("daq", scanner_keys(), Parts({}, {})), "mfc": object()}, {})


@pytest.fixture
def bench(loopback: Callable[..., str]) -> Iterator[Callable[[Loops], Parts]]:
    """A station with a simulated scanner."""
    made: list[KeysightDaq] = []

    def build(loops: Loops) -> Parts:
        resource = loopback(KeysightDaqServer("daq", scanner_keys(), loops))
        made.append(KeysightDaq("daq", scanner_keys(resource), Parts({}, {})))
        return Parts({"daq": made[-1]}, {})

    yield build
    for daq in made:
        daq.close()


def test_device_and_sensor_are_read_through_their_scanner(bench: Callable[[Loops], Parts]) -> None:
    """14 mA of 0 to 20 % are 12.5 %; 12.6 mA of -20 to 60 °C are 23 °C."""
    station = bench(Loops(ch121=14.0, ch101=12.6))
    analyser, thermometer = device(station), sensor(station)
    source = analyser.source
    assert source is thermometer.source
    source.open()
    source.request()
    readings = dict(zip((c.name for c in source.channels), source.collect(), strict=True))
    assert readings[analyser.channel].value == pytest.approx(12.5, abs=1e-5)
    assert readings[thermometer.channel].value == pytest.approx(23.0, abs=1e-5)


def test_a_broken_wire_is_flagged_in_the_device_s_channel_alone(bench: Callable[[Loops], Parts]) -> None:
    station = bench(Loops(ch121=0.0, ch101=12.6))
    analyser, _ = device(station), sensor(station)
    analyser.source.open()
    analyser.source.request()
    statuses = dict(zip((c.name for c in analyser.source.channels), analyser.source.collect(), strict=True))
    assert statuses["C"].status is Status.FLAGGED
    assert statuses["environment.temperature"].status is Status.VALID


def test_they_fit_their_roles(parts: Parts) -> None:
    analyser, thermometer = device(parts, update_s=0.5), sensor(parts)
    assert isinstance(analyser, Device)
    assert isinstance(thermometer, Sensor)
    assert (analyser.channel, analyser.unit, analyser.low, analyser.high, analyser.update_s) == ("C", "%", 0.0, 20.0, 0.5)
    assert (thermometer.name, thermometer.channel, thermometer.unit) == ("temperature", "environment.temperature", "°C")
    assert {(c.name, c.quantity, c.unit) for c in analyser.source.channels} == {
        ("C", "CO2", "%"),
        ("environment.temperature", "temperature", "°C"),
    }


def test_a_scanner_that_is_not_there_is_named_with_those_that_are(parts: Parts) -> None:
    with pytest.raises(StationError, match="C: 'dac' is not an instrument of the station; scanners are daq"):
        device(parts, instrument="dac")
    with pytest.raises(StationError, match="'mfc' cannot read current loops; scanners are daq"):
        device(parts, instrument="mfc")
    with pytest.raises(
        StationError, match=r"environment\.temperature: 'daq' is not an instrument of the station; the station has no"
    ):
        sensor(Parts({}, {}))


def test_two_cannot_have_one_channel(parts: Parts) -> None:
    device(parts)
    with pytest.raises(StationError, match=r"environment\.temperature: channel 121 of 'daq' is already that of 'C'"):
        sensor(parts, channel=121)


def test_a_missing_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="channel"):
        CurrentLoopSettings(instrument="daq", range=(0.0, 20.0), unit="%")  # type: ignore[call-arg]


def test_an_adjustment_is_the_operator_s(parts: Parts) -> None:
    with pytest.raises(AdjustmentByOperatorError, match=r"C: .*adjust span at the analyser, from 15\.9 to 16 %"):
        device(parts).adjust(Adjustment.SPAN, 15.9, 16.0)


def test_the_device_has_no_connection_and_nothing_to_drive(parts: Parts) -> None:
    analyser = device(parts)
    analyser.open()
    assert analyser.identify().model == ""
    outcome = analyser.drive_safe()
    analyser.close()
    assert (outcome.state, outcome.verified) == ("none: no connection of its own", True)
