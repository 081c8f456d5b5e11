"""The shipped profiles of gas dividers against pymodbus's own server, whose registers are looked at by number."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest
from pymodbus import FramerType

from instruments.modbus_divider import ModbusDivider, ModbusDividerSettings
from instruments.modbus_selector import ModbusSelector, ModbusSelectorSettings
from testbench.engine.roles import Parts
from testbench.station import Cylinder

CYLINDERS = {
    "co2": Cylinder(component="CO2", fraction_percent=1.0, expanded_uncertainty_percent=0.6),
    "zero": Cylinder(component="CO2", fraction_percent=0.0),
}


def divider(resource: str, profile: str, **more: Any) -> ModbusDivider:
    keys = {"resource": resource, "profile": profile, "gases": ["co2", "zero"], "total_flow": 4.0, "timeout_s": 5.0}
    own = {"uncertainty_percent": 0.5, "reproducibility_percent": 0.05}
    made = ModbusDivider("divider", ModbusDividerSettings.model_validate(keys | own | more), Parts({}, CYLINDERS))
    made.open()
    return made


def words(value: float, code: str) -> list[int]:
    return list(struct.unpack(">2H", struct.pack(code, value)))


def test_the_gas_blender_over_rtu(modbus_peer: Callable[..., Any]) -> None:
    peer = modbus_peer(1, holding={0: [0] * 100}, framer=FramerType.RTU)
    made = divider(peer.resource, "mcq-gb100", full_scale=[5.0, 5.0])
    made.supply("CO2", 0.0025)
    assert peer.registers(6, 4) == [2, *words(4000, ">i"), 1]
    assert peer.registers(15, 2) == [1, 2500]
    assert peer.registers(30, 1) == [1]
    peer.set(19, words(100010, ">i"))
    peer.set(34, words(299950, ">i"))
    made.request()
    flows = [sample.value for sample in made.collect()]
    assert flows == pytest.approx([1000.1, 2999.5])
    content = made.reference("CO2", dict(zip(("divider.port1", "divider.port2"), flows, strict=True)), 1)
    assert content.value == pytest.approx(0.01 * 1000.1 / 3999.6)
    made.stop()
    assert peer.registers(9, 1) == [0]
    made.close()


def test_the_calibrator_over_tcp(modbus_peer: Callable[..., Any]) -> None:
    peer = modbus_peer(1, holding={0: [0] * 0x50})
    made = divider(peer.resource, "sms-calibrator", select={"CO2": 9})
    made.supply("CO2", 0.005)
    assert peer.registers(0, 2) == words(5000.0, ">f")
    assert peer.registers(0x46, 3) == [9, 0, 2]
    made.request()
    assert [sample.value for sample in made.collect()] == [5000.0, 4.0]
    outcome = made.drive_safe()
    assert (outcome.verified, outcome.read_back, peer.registers(0x48, 1)) == (True, "state 1", [1])
    made.close()


@pytest.mark.parametrize(("profile", "more"), [("generic-flows", {"full_scale": [5.0, 5.0]}), ("generic-contents", {})])
def test_the_examples_over_tcp(modbus_peer: Callable[..., Any], profile: str, more: dict[str, Any]) -> None:
    peer = modbus_peer(1, holding={0: [0] * 60}, input_={0: [0] * 60})
    made = divider(peer.resource, profile, **more)
    made.supply("CO2", 0.005)
    assert peer.registers(0, 1) == [1 if more else 2]
    made.request()
    assert len(made.collect()) == 2
    assert made.drive_safe().verified
    made.close()


def test_a_selector_over_tcp(modbus_peer: Callable[..., Any]) -> None:
    peer = modbus_peer(1, coils={0: [False] * 8})
    keys = {"resource": peer.resource, "positions": {"co2": 3}, "first_coil": 2, "travel_s": 0.0}
    valve = ModbusSelector("valve", ModbusSelectorSettings.model_validate(keys), Parts({}, CYLINDERS))
    valve.open()
    valve.select(3)
    assert valve.position() == 3
    assert valve.drive_safe().verified
    assert valve.position() == 0
    valve.close()
