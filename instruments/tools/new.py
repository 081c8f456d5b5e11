"""`testbench instruments new`: a small package with a driver, its simulated instrument and tests, to start from."""

from __future__ import annotations

import argparse
import importlib.util
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from testbench.engine.registry import driver_names
from testbench.errors import InputError

DESCRIPTION = """\
Writes a folder NAME into the current one: a package with a driver, the simulated instrument, and tests that pass as they are
written. It speaks an example of a protocol, which you replace by that of the instrument:

  testbench instruments new acme-ir5                          an analyser under test over lines of text
  testbench instruments new acme-flow --kind controller --line modbus
  cd acme-ir5
  pip install --no-deps -e . && pytest

kinds: device (an analyser under test), controller (a mass flow controller of a gas divider), sensor (of an ambient
condition). lines: text (serial line, TCP), modbus (RTU, TCP). An analyser that speaks Modbus, or lines of text that a
profile can describe, needs no code: see docs/drivers.md.
"""

TEMPLATES = resources.files("instruments.tools") / "templates"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
SHOWN = 4.5  # what the simulated bench shows in the tests


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the kinds: the place in the station file, the port into the plant and what it shows there."""

    place: str
    keys: tuple[str, ...]
    truth: str
    port: str
    shown: str
    port_methods: tuple[str, ...]


KINDS = {
    "device": Kind(
        "[devices.A]",
        ('maker = "…"', 'model = "…"', "range = [0.0, 20.0]", 'unit = "%"'),
        "truth.t90_rise_s = 40.0",
        "AnalyserPort",
        "indication()",
        ("indication",),
    ),
    "controller": Kind(
        "[instruments.mfc-co2]",
        ("full_scale = 5.0", "uncertainty_percent = 0.4", "reproducibility_percent = 0.03"),
        "truth.flow_error_percent = 0.0",
        "ControllerPort",
        "indicated_flow()",
        ("indicated_flow", "setpoint"),
    ),
    "sensor": Kind(
        "[environment.temperature]",
        ('quantity = "temperature"', 'unit = "°C"'),
        "truth.value = 23.0",
        "SensorPort",
        "value()",
        ("value",),
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add name, kind and line."""
    parser.add_argument("name", help="name of the driver: small letters, digits and hyphens, for example acme-ir5")
    parser.add_argument("--kind", choices=list(KINDS), default="device", help="what it is on the bench (device)")
    parser.add_argument("--line", choices=["text", "modbus"], default="text", help="what it speaks (text)")


def run(arguments: argparse.Namespace) -> int:
    """Write it, and say how to go on."""
    folder = Path(arguments.name)
    written = create(folder, arguments.name, arguments.kind, arguments.line)
    for path in written:
        print(f"  {path.as_posix()}")
    print(f"\ncd {arguments.name}, pip install --no-deps -e . and pytest: the tests pass as they are; then read README.md")
    return 0


def create(folder: Path, name: str, kind: str, line: str) -> list[Path]:
    """Write the package of a driver into a folder that does not exist yet; raise InputError where that cannot be."""
    module = name.replace("-", "_")
    if not NAME.fullmatch(name) or keyword.iskeyword(module):
        raise InputError(f"{name!r} is no name for a driver; use small letters, digits and hyphens")
    if RESERVED.fullmatch(name):
        raise InputError(f"{name!r} is the name of a device in Windows, where no folder can have it; choose another name")
    if name in driver_names():
        raise InputError(f"a driver {name!r} is installed already; choose another name")
    if importlib.util.find_spec(module) is not None:
        raise InputError(f"a module {module!r} is installed already; choose another name")
    if folder.exists():
        raise InputError(f"{folder} exists already; choose another name, or remove it")
    written = []
    try:
        for path, text in _files(name, module, kind, line):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
            written.append(target)
    except OSError as error:
        raise InputError(f"{folder} cannot be written ({error.strerror}); change to a folder that is yours") from error
    return written


def _files(name: str, module: str, kind: str, line: str) -> Iterator[tuple[str, str]]:
    words = _words(name, module, kind, line)

    def filled(template: str) -> str:
        return Template((TEMPLATES / f"{template}.tmpl").read_text(encoding="utf-8")).substitute(words)

    yield "pyproject.toml", filled("pyproject.toml")
    yield "README.md", filled("README.md")
    yield f"{module}/__init__.py", filled("init.py")
    sets = filled(f"protocol_{line}_set.py") if kind == "controller" else ""
    yield f"{module}/protocol.py", filled(f"protocol_{line}.py") + sets
    yield f"{module}/driver.py", filled(f"driver_{kind}.py")
    yield f"{module}/twin.py", filled(f"twin_{line}.py")
    yield f"tests/test_{module}.py", filled("test.py").rstrip() + "\n"


def _words(name: str, module: str, kind: str, line: str) -> dict[str, str]:
    """What stands for the names in the templates."""
    this = KINDS[kind]
    sets, text = kind == "controller", line == "text"
    table = "\n".join([this.place, f'driver = "{name}"', 'resource = "twin"', *this.keys, this.truth])
    shown = f"FLOAT.pack(self._port.{this.shown})"
    methods = [f"    def {method}(self):\n        return self.held\n" for method in this.port_methods]
    if sets:
        methods += ["    def set_flow(self, flow):\n        self.held = flow\n"]
    return {
        "name": name,
        "module": module,
        "cls": "".join(part.capitalize() for part in name.split("-")),
        "title": name.replace("-", " "),
        "table": table,
        "port": this.port,
        "port_imports": ", ".join(sorted(["Connection", this.port])),
        "shown": this.shown,
        "set_in_words": (_SETS_TEXT if text else _SETS_REGISTERS) if sets else "",
        "cases": _CASES if sets else "",
        "image": f"{shown} + FLOAT.pack(self._port.setpoint())" if sets else shown,
        "write_words": "Write the set-point." if sets else "Refuse: there is nothing to set.",
        "write": _WRITE if sets else "        raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)\n",
        "question": r'b"READ?\r"' if text else 'bytes.fromhex("0001 0000 0006 01 03 0000 0002")',
        "answer": r'b"READ 4.5000\r"' if text else 'bytes.fromhex("0001 0000 0007 01 03 04 40900000")  # 4.5',
        "port_value": f"    held = {SHOWN}\n\n",
        "port_methods": "\n".join(methods),
        "keys": ", ".join(_as_python(key) for key in this.keys if "…" not in key),
        "address_key": "None  # its protocol knows no address" if text else '"address"',
        "controller_imports": "FlowController, " if sets else "",
        "more_errors": ", UnsuppliableError" if sets else "",
        "controller_tests": _CONTROLLER_TESTS if sets else "",
    }


def _as_python(key: str) -> str:
    """A line of TOML as an item of a dictionary."""
    name, _, value = key.partition(" = ")
    return f'"{name}": {value}'


_SETS_TEXT = """\
    SET 1.5    → SET 1.5000              the set-point, as it was taken
    SET?       → SET 1.5000
"""

_SETS_REGISTERS = """\
    holding registers 2 and 3    the set-point, likewise
"""

_CASES = """\
            case ["SET?"]:
                return f"SET {self._port.setpoint():.4f}"
            case ["SET", value]:
                self._port.set_flow(float(value))
                return f"SET {float(value):.4f}"
"""

_WRITE = """\
        if address != 2 or len(values) != 2:
            raise Refusal(ExceptionCode.ILLEGAL_DATA_ADDRESS)
        self._port.set_flow(FLOAT.unpack(b"".join(value.to_bytes(2, "big") for value in values))[0])
"""

_CONTROLLER_TESTS = """

# ---- A flow controller


def test_a_flow_that_is_set_is_read_back(simulated):
    instrument, _ = simulated
    assert isinstance(instrument, FlowController)
    instrument.set_flow(1.25)
    assert read(instrument)[0].value == 1.25


def test_a_flow_beyond_full_scale_is_refused(simulated):
    instrument, _ = simulated
    with pytest.raises(UnsuppliableError, match="outside its range"):
        instrument.set_flow(5.1)
    assert read(instrument)[0].value == 4.5


def test_the_safe_state_is_no_flow(simulated):
    instrument, _ = simulated
    instrument.set_flow(1.25)
    assert instrument.drive_safe().read_back.startswith("set-point 0, flow 0")
"""
