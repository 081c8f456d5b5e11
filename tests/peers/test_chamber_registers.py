"""pymodbus's own server as a climate chamber and a transmitter, added by profiles of their registers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymodbus import FramerType

from instruments.modbus_condition import ModbusCondition, ModbusSensor
from testbench.engine.roles import Parts
from testbench.errors import UnsuppliableError

FRAMERS = [FramerType.SOCKET, FramerType.RTU]


def opened(request: pytest.FixtureRequest, driver: Any, resource: str, **keys: Any) -> Any:
    made = driver("chamber", driver.Settings.model_validate({"resource": resource, "timeout_s": 5.0} | keys), Parts({}, {}))
    request.addfinalizer(made.close)
    made.open()
    return made


@pytest.mark.parametrize("framer", FRAMERS)
def test_a_chamber_takes_a_setting_and_tells_what_it_is(
    modbus_peer: Callable[..., Any], request: pytest.FixtureRequest, framer: FramerType
) -> None:
    peer = modbus_peer(1, holding={0: [0, 0, 0]}, input_={10: [215, 480]}, framer=framer)
    chamber = opened(request, ModbusCondition, peer.resource, profile="generic-chamber", quantity="temperature", unit="°C")
    chamber.set_condition(-12.34)
    assert peer.registers(0, 3) == [0x10000 - 123, 0, 1], "-12.3 °C in tenths, and run"
    chamber.request()
    (shown,) = chamber.collect()
    assert shown.value == pytest.approx(21.5)
    with pytest.raises(UnsuppliableError):
        chamber.set_condition(100.1)
    assert chamber.drive_safe().verified
    assert peer.registers(0, 1) == [230]


def test_a_transmitter_tells_what_it_measures(modbus_peer: Callable[..., Any], request: pytest.FixtureRequest) -> None:
    peer = modbus_peer(1, input_={0: [235, 451]})
    sensor = opened(request, ModbusSensor, peer.resource, profile="generic-temperature", quantity="humidity", unit="%")
    sensor.request()
    (shown,) = sensor.collect()
    assert shown.value == pytest.approx(45.1)
