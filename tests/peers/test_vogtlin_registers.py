"""pymodbus's own server holds the registers of a red-y controller; our driver sets and reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pymodbus import FramerType
from pymodbus.client import ModbusTcpClient

from instruments.vogtlin_redy import VogtlinRedy, VogtlinRedySettings
from testbench.engine.roles import FlowController, Identity, Parts, Status
from testbench.errors import InstrumentError, UnsuppliableError

FLOAT = ModbusTcpClient.DATATYPE.FLOAT32
TEXT = ModbusTcpClient.DATATYPE.STRING


def floats(*values: float) -> list[int]:
    return [word for value in values for word in ModbusTcpClient.convert_to_registers(value, FLOAT)]


def text(value: str) -> list[int]:
    return ModbusTcpClient.convert_to_registers(value.ljust(8, "\x00"), TEXT)


def controller_registers(unit: str = "ln/min", full_scale: float = 5.0) -> dict[int, list[int]]:
    """Flow 1.25, 21.5 °C, total 10, set-point 1.25, analog input, valve, alarm, hardware error, control 1 (digital)."""
    return {
        0x0000: [*floats(1.25, 21.5, 10.0, 1.25, 0.0, 33.0), 0, 0, 1],
        0x001E: [0x0001, 0xE240, 0x0203, 0x0112],  # serial number 123456, hardware 2.0.3, software 1.1.2
        0x0023: text("GSC-B9SA"),
        0x6020: floats(full_scale),
        0x6046: text(unit),
    }


@pytest.fixture
def driver() -> Iterator[Callable[..., VogtlinRedy]]:
    """`driver(resource)` is an open driver named "mfc-co2"."""
    with ExitStack() as stack:

        def start(resource: str, **changes: Any) -> VogtlinRedy:
            keys = {
                "resource": resource,
                "full_scale": 5.0,
                "flow_unit": "NL/min",
                "uncertainty_percent": 0.4,
                "reproducibility_percent": 0.03,
                "timeout_s": 5.0,
            }
            made = VogtlinRedy("mfc-co2", VogtlinRedySettings.model_validate(keys | changes), Parts({}, {}))
            stack.callback(made.close)
            made.open()
            return made

        yield start


@pytest.mark.parametrize("framer", [FramerType.RTU, FramerType.SOCKET])
def test_flow_is_set_verified_and_read(driver: Any, modbus_peer: Any, framer: FramerType) -> None:
    peer = modbus_peer(247, holding=controller_registers(), framer=framer)
    controller = driver(peer.resource, record_also=["setpoint", "temperature"])
    assert isinstance(controller, FlowController)
    controller.set_flow(2.5)
    assert peer.registers(0x0006, 2) == floats(2.5)
    controller.request()
    samples = controller.collect()
    assert [(sample.value, sample.status) for sample in samples] == [
        (1.25, Status.VALID),
        (2.5, Status.VALID),
        (21.5, Status.VALID),
    ]
    assert [(channel.name, channel.unit) for channel in controller.channels] == [
        ("mfc-co2.flow", "NL/min"),
        ("mfc-co2.setpoint", "NL/min"),
        ("mfc-co2.temperature", "°C"),
    ]


def test_it_says_who_it_is(driver: Any, modbus_peer: Any) -> None:
    controller = driver(modbus_peer(247, holding=controller_registers()).resource)
    assert controller.identify() == Identity("Vögtlin", "GSC-B9SA", "123456", "1.1.2")


def test_its_own_unit_is_converted(driver: Any, modbus_peer: Any) -> None:
    peer = modbus_peer(247, holding=controller_registers("mln/min", 5000.0))
    controller = driver(peer.resource)
    controller.set_flow(2.5)
    assert peer.registers(0x0006, 2) == floats(2500.0)
    controller.request()
    assert controller.collect()[0].value == pytest.approx(0.00125)


def test_an_older_instrument_has_range_and_unit_elsewhere(driver: Any, modbus_peer: Any) -> None:
    registers = controller_registers()
    older = {0x0014: [*floats(5.0), *text("ln/min"), *text("N2")]} | {at: registers[at] for at in (0x0000, 0x001E, 0x0023)}
    controller = driver(modbus_peer(247, holding=older).resource)
    controller.request()
    assert controller.collect()[0].value == 1.25


@pytest.mark.parametrize(
    ("unit", "full_scale", "words"),
    [
        ("ln/min", 10.0, "has a full scale of 10 ln/min, the station file says 5 NL/min; correct full_scale or flow_unit"),
        ("ls/min", 5.0, "refers its flow to standard conditions"),
        ("kg/h", 5.0, "gives its flow in 'kg/h', the station file says 5 NL/min; set the controller to ln/min"),
    ],
)
def test_another_full_scale_or_unit_is_refused(
    driver: Any, modbus_peer: Any, unit: str, full_scale: float, words: str
) -> None:
    with pytest.raises(InstrumentError, match=words):
        driver(modbus_peer(247, holding=controller_registers(unit, full_scale)).resource)


def test_a_unit_that_is_not_understood_can_be_stated(driver: Any, modbus_peer: Any) -> None:
    driver(modbus_peer(247, holding=controller_registers("nlpm")).resource, instrument_unit="ln/min")


def test_alarm_and_hardware_error_flag_the_reading(driver: Any, modbus_peer: Any) -> None:
    peer = modbus_peer(247, holding=controller_registers())
    controller = driver(peer.resource)
    peer.set(0x000C, [0x0005, 0x0800])
    controller.request()
    (sample,) = controller.collect()
    assert (sample.value, sample.status, sample.raw) == (1.25, Status.FLAGGED, "alarm 0005, hardware error 0800")


def test_an_analog_setpoint_is_not_followed_and_not_safe(
    driver: Any, modbus_peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("instruments.mass_flow.pause", lambda seconds: None)
    peer = modbus_peer(247, holding=controller_registers())
    controller = driver(peer.resource)
    peer.set(0x000E, [2])
    with pytest.raises(InstrumentError, match=r"not follow the set-point: control function 2 \(analog set-point\); set"):
        controller.set_flow(2.0)
    outcome = controller.drive_safe()
    assert not outcome.verified
    assert outcome.read_back == "set-point 0, flow 1.25 NL/min, control function 2 (analog set-point)"


def test_the_safe_state_is_no_flow_and_read_back(driver: Any, modbus_peer: Any) -> None:
    peer = modbus_peer(247, holding=controller_registers())
    controller = driver(peer.resource)
    peer.set(0x0000, floats(0.0))
    outcome = controller.drive_safe()
    assert (outcome.verified, outcome.read_back) == (True, "set-point 0, flow 0 NL/min")
    assert peer.registers(0x0006, 2) == floats(0.0)


def test_a_server_at_another_address_is_told_so(driver: Any, modbus_peer: Any) -> None:
    peer = modbus_peer(3, holding=controller_registers())
    with pytest.raises(InstrumentError, match=r"mfc-co2.*(refused with exception|no (matching )?answer)"):
        driver(peer.resource, timeout_s=0.1)


def test_a_flow_beyond_full_scale_is_refused_before_it_is_sent(driver: Any, modbus_peer: Any) -> None:
    peer = modbus_peer(247, holding=controller_registers())
    with pytest.raises(UnsuppliableError, match=r"a flow of 5.5 NL/min is outside its range, 0 to 5 NL/min"):
        driver(peer.resource).set_flow(5.5)
    assert peer.registers(0x0006, 2) == floats(1.25)
