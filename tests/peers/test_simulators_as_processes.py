"""Simulators of others, run as programs, as instruments that a profile adds: lewis (a bath, Modbus), gepace (a pressure)."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from instruments.condition_control import NotTakenError
from instruments.modbus_condition import ModbusCondition, ModbusConditionSettings
from instruments.text_condition import TextCondition, TextConditionSettings
from testbench.engine.roles import ConditionControl, Identity, Parts, Source, Status
from testbench.errors import UnsuppliableError

ATTEMPTS, BETWEEN_S = 200, 0.05  # until a program listens

HEAD = 'name = "peer"\nmaker = "m"\nmodel = "n"\ndocumented_by = "a simulator"\nevidence = "a simulator"\n'

# A circulator of lewis; its profile is that of its stream interface, version 1.
BATH = """
[transport]
request_end = "\\r"
answer_end = "\\r\\n"
[identity]
ask = "VERSION"
answer = '(?P<maker>JULABO) (?P<model>.*)'
reply = "JULABO bath"
[quantities.temperature]
ask = "IN_PV_00"
unit = "°C"
valid = [-50.0, 150.0]
[quantities.setpoint]
ask = "IN_SP_00"
unit = "°C"
[quantities.running]
ask = "IN_MODE_05"
reply = "{value:d}"
[settings.temperature]
send = "OUT_SP_00 {value:.2f}"
unit = "°C"
acknowledge = ""
reply = ""
read_back = "setpoint"
tolerance = 0.01
[settings.start]
send = "OUT_MODE_05 1"
acknowledge = ""
reply = ""
read_back = "running"
expected = 1.0
[control.temperature]
setting = "temperature"
after = ["start"]
range = [0.0, 200.0]
tolerance = 0.5
stable_s = 60.0
reach_s = 3600.0
leave_at = 23.0
"""

# A pressure controller of gepace; it repeats the question in its answers.
PRESSURE = """
refusals = ["NACK"]
[identity]
ask = "*IDN?"
answer = '\\*IDN (?P<maker>GE Druck),(?P<model>[^,]*),(?P<serial>[^,]*),(?P<firmware>[^,]*)'
reply = "*IDN GE Druck,a,b,c"
[errors]
answer = 'SYST:ERR (?P<code>[+-]?\\d+),(?P<text>.*)'
reply = "SYST:ERR 0, No error"
[quantities.pressure]
ask = "SENS1?"
answer = 'SENS1 (?P<value>[+-]?\\d+\\.\\d+)'
reply = "SENS1 {value:.4f}"
unit = "kPa"
[quantities.setpoint]
ask = "SOUR1?"
answer = 'SOUR1 (?P<value>[+-]?\\d+\\.\\d+)'
reply = "SOUR1 {value:.4f}"
unit = "kPa"
[settings.pressure]
send = "SOUR1 {value:.4f}"
unit = "kPa"
read_back = "setpoint"
tolerance = 0.0001
[control.pressure]
setting = "pressure"
range = [0.0, 100.0]
tolerance = 1.0
stable_s = 30.0
reach_s = 600.0
leave_at = 10.0
"""

# Holding and input registers of the Modbus device of lewis are the same, so that it shows what it was set to.
CHAMBER = """
[transport]
kind = "tcp"
[control.temperature]
unit = "°C"
set = { register = 100, type = "int16", scale = 0.1, write_function = 16 }
actual = { register = 100, type = "int16", scale = 0.1, function = 4 }
after = [{ register = 110, value = 1 }]
range = [-40.0, 100.0]
tolerance = 0.5
stable_s = 60.0
reach_s = 3600.0
leave_at = 23.0
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def program() -> Iterator[Callable[[int, list[str]], str]]:
    """`program(port, arguments)` runs a Python program until the test ends; returns the resource name of what it serves."""
    with contextlib.ExitStack() as stack:

        def start(port: int, arguments: list[str]) -> str:
            silent = subprocess.DEVNULL
            process = subprocess.Popen([sys.executable, *arguments], stdin=silent, stdout=silent, stderr=silent)
            stack.callback(process.wait, 10.0)
            stack.callback(process.kill)
            waiting = threading.Event()
            for _ in range(ATTEMPTS):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                    return f"TCPIP::127.0.0.1::{port}::SOCKET"
                assert process.poll() is None, f"{arguments} has ended with {process.returncode}"
                waiting.wait(BETWEEN_S)
            raise AssertionError(f"{arguments} does not listen on port {port}")

        yield start


def needs(module: str) -> pytest.MarkDecorator:
    found = importlib.util.find_spec(module) is not None
    return pytest.mark.skipif(not found, reason="needs the dependency group peers")


def profile(folder: Path, text: str) -> str:
    path = folder / "peer.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def text_condition(request: pytest.FixtureRequest, resource: str, path: str, quantity: str, unit: str) -> TextCondition:
    settings = TextConditionSettings(resource=resource, profile=path, quantity=quantity, unit=unit, timeout_s=2.0)
    made = TextCondition("peer", settings, Parts({}, {}))
    request.addfinalizer(made.close)
    made.open()
    assert isinstance(made, ConditionControl)
    assert isinstance(made, Source)
    return made


@needs("lewis")
def test_a_circulator_of_lewis_sets_a_temperature(
    program: Callable[[int, list[str]], str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    options = f"julabo-version-1: {{bind_address: 127.0.0.1, port: {port}}}"
    resource = program(port, ["-m", "lewis", "julabo", "-p", options])
    bath = text_condition(request, resource, profile(tmp_path, BATH), "temperature", "°C")
    assert bath.identify() == Identity("JULABO", "FP50_MH Simulator, ISIS", "", "")
    bath.request()
    (before,) = bath.collect()
    assert (before.value, before.status) == (24.0, Status.VALID)
    bath.set_condition(30.5)
    assert bath._client.read("setpoint").value == 30.5
    assert bath._client.read("running").value == 1.0
    with pytest.raises(UnsuppliableError, match="from 0 to 200 °C, not to 201"):
        bath.set_condition(201.0)
    with pytest.raises(NotTakenError, match=r"temperature was set to 150 °C, reads back 30\.5 °C"):
        bath.set_condition(150.0)  # beyond the limit of its own, at which it says nothing
    outcome = bath.drive_safe()
    assert (outcome.verified, outcome.read_back) == (True, "set-point 23 °C")


@needs("lewis")
def test_a_modbus_device_of_lewis_serves_as_a_chamber(
    program: Callable[[int, list[str]], str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    options = f"modbus: {{bind_address: 127.0.0.1, port: {port}}}"
    resource = program(port, ["-m", "lewis", "-k", "lewis.examples", "modbus_device", "-p", options])
    path = profile(tmp_path, CHAMBER)
    settings = ModbusConditionSettings(resource=resource, profile=path, quantity="temperature", unit="°C", address=0)
    chamber = ModbusCondition("chamber", settings, Parts({}, {}))
    request.addfinalizer(chamber.close)
    chamber.open()
    assert isinstance(chamber, ConditionControl)
    chamber.set_condition(-12.3)
    chamber.request()
    (shown,) = chamber.collect()
    assert shown.value == pytest.approx(-12.3)
    assert chamber.drive_safe().verified


@needs("gepace")
def test_a_pressure_controller_of_gepace_is_added_by_a_profile(
    program: Callable[[int, list[str]], str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    served = tmp_path / "pace.yml"
    served.write_text(
        "devices:\n- class: Pace\n  package: gepace.simulator\n  name: pace\n  transports:\n"
        f'  - type: tcp\n    url: "127.0.0.1:{port}"\n',
        encoding="utf-8",
    )
    resource = program(port, ["-m", "sinstruments", "-c", str(served)])
    pressure = text_condition(request, resource, profile(tmp_path, PRESSURE), "pressure", "hPa")
    assert pressure.identify() == Identity("GE Druck", "PACE5000", "10388796", "DK0367  v02.02.14")
    pressure.request()
    (shown,) = pressure.collect()
    assert 345.67 <= shown.value <= 355.67, "34.567 kPa and less than 1 kPa of noise, in hPa"
    assert (pressure.low, pressure.high, pressure.tolerance) == (0.0, 1000.0, 10.0)
    pressure.set_condition(902.5)
    assert pressure._client.read("setpoint").value == 90.25
    outcome = pressure.drive_safe()
    assert (outcome.state, outcome.verified, outcome.read_back) == ("pressure set to 100 hPa", True, "set-point 100 hPa")
