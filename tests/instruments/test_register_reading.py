"""Which requests read the numbers of a profile, and that an answer is never taken for that of another request."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from instruments.modbus import Function, Request
from instruments.modbus_profile import ModbusProfileDevice, ModbusProfileSettings
from instruments.register_profile import RegisterProfile, StatusEntry, parse_profile, read_profile
from instruments.register_reading import Converter, Place, UnitMap, reading_plan
from instruments.twin.modbus_profile import ModbusProfileServer
from testbench.engine.roles import Parts, Status

APART = """
name = "apart"
maker = "any"
model = "any"
documented_by = "the test"
evidence = "the test"

[quantities]
CO2 = { register = 0, unit = "%" }
O2 = { register = 10, unit = "%" }
CO = { register = 12, unit = "%" }
N2O = { register = 12, function = 4, unit = "%" }
"""
INPUT, HOLDING = Function.READ_INPUT_REGISTERS, Function.READ_HOLDING_REGISTERS


def profile() -> RegisterProfile:
    return parse_profile(APART, "apart.toml")


def test_the_request_of_the_first_entry_comes_first_and_what_adjoins_is_read_together() -> None:
    known = profile()
    plan = reading_plan(known, [known.quantity(name) for name in ("CO", "N2O", "CO2", "O2")])
    assert plan.requests == (Request(HOLDING, 10, 4), Request(HOLDING, 0, 2), Request(INPUT, 12, 2))
    assert plan.places == (Place(0, 2), Place(2, 0), Place(1, 0), Place(0, 0))


def test_a_gap_of_registers_that_are_named_is_read_over_and_one_of_unknown_registers_is_not() -> None:
    known = read_profile("tl-gas280")
    plan = reading_plan(known, [known.quantity("CO2"), known.quantity("NO")])
    assert plan.requests == (Request(HOLDING, 0, 10),)
    status = known.status
    assert isinstance(status, StatusEntry)
    assert reading_plan(known, [known.quantity("CO2"), status]).requests == (
        Request(HOLDING, 8, 2),
        Request(HOLDING, 103, 1),
    )


def test_numbers_and_registers_are_found_in_their_answers() -> None:
    known = profile()
    plan = reading_plan(known, [known.quantity("CO"), known.quantity("CO2")])
    answers = [bytes.fromhex("41 20 00 00"), bytes.fromhex("3F A0 00 00")]
    assert [plan.number(entry, answers) for entry in (0, 1)] == [10.0, 1.25]
    assert plan.registers(1, answers) == "3FA0 0000"


def test_a_value_is_converted_forth_and_back_and_flagged_outside_its_valid_range() -> None:
    entry = read_profile("sdl-plc").quantity("AI1")
    units = UnitMap(factor=-12.5, shift=250.0)  # 4 mA is 200, 20 mA is 0
    converter = Converter.of(entry, units)
    assert converter.sample(5530.0, "").value == pytest.approx(200.0)
    assert converter.sample(27648.0, "").value == pytest.approx(0.0, abs=1e-9)
    assert units.back(units.forward(7.0)) == pytest.approx(7.0)
    failed = converter.sample(4000.0, "0FA0")
    assert (failed.status, failed.raw) == (Status.FLAGGED, "registers 0FA0")


class Slow:
    """A simulated instrument that takes its time for every answer."""

    def __init__(self, server: ModbusProfileServer, delay_s: float) -> None:
        self._server = server
        self._delay_s = delay_s
        self._over = threading.Event()

    def connect(self) -> Slow:
        self._talker = self._server.connect()
        return self

    def receive(self, data: bytes) -> bytes:
        self._over.wait(self._delay_s)
        return self._talker.receive(data)


class Gas:
    """An analyser that shows 12 % of CO2 in air."""

    unit, low, high = "%", 0.0, 20.0

    def indication(self) -> float:
        return 12.0

    def content(self, component: str) -> float:
        return {"O2": 0.21}.get(component, 0.0)

    def adjust_zero(self, indicated: float, target: float) -> None:
        raise AssertionError

    def adjust_span(self, indicated: float, target: float) -> None:
        raise AssertionError


@pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals")
def test_a_late_answer_is_not_taken_for_that_of_another_request(loopback: Callable[..., str], tmp_path: Any) -> None:
    """An analyser that always answers after the deadline: each question is sent twice and answered twice."""
    path = tmp_path / "apart.toml"
    path.write_text(APART, encoding="utf-8")
    keys: dict[str, Any] = {
        "resource": "twin:serial",
        "profile": str(path),
        "range": (0.0, 20.0),
        "unit": "%",
        "record_also": ["O2"],
        "timeout_s": 0.1,
        "tries": 5,
    }
    slow = Slow(ModbusProfileServer("A", ModbusProfileSettings.model_validate(keys), Gas()), 0.13)
    keys["resource"] = loopback(slow, "pseudo-terminal")
    device = ModbusProfileDevice("A", ModbusProfileSettings.model_validate(keys), Parts({}, {}))
    device.open()
    for _ in range(3):
        device.request()
        assert [round(sample.value, 3) for sample in device.collect()] == [12.0, 21.0]
    device.close()
