"""Finds drivers, procedures and laboratories through entry points, so that a lab adds its own from its own package."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from testbench.engine.roles import DriverClass
from testbench.errors import InputError, StationError, suggest

if TYPE_CHECKING:
    import argparse

    from testbench.engine.laboratory import LaboratoryStarter
    from testbench.engine.procedure import Procedure
    from testbench.station import StationFile

DRIVERS = "testbench.instruments"
PROCEDURES = "testbench.procedures"
LABORATORIES = "testbench.laboratories"
TOOLS = "testbench.tools"
COMPUTING = ("bench.py", "conditions.py", "live.py", "observation.py", "reckoning.py", "reference_velocity.py", "steps.py")
"""Files of this package whose change may change a result."""


class Tool(Protocol):
    """A tool of `testbench instruments`: a module that says what it does, adds its arguments, and runs."""

    DESCRIPTION: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add what it is told on the command line."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; return the exit status."""
        ...


@cache
def _named(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in sorted(entry_points(group=group), key=lambda point: point.name)}


def driver_names() -> list[str]:
    """Names of all installed drivers."""
    return list(_named(DRIVERS))


def find_driver(name: str, place: str) -> DriverClass:
    """Load the driver `name`; `place` is the table of the station file that asks for it."""
    point = _named(DRIVERS).get(name)
    if point is None:
        raise StationError(f"{place}: unknown driver {name!r}; {suggest(name, _named(DRIVERS))} (`testbench instruments`)")
    return cast(DriverClass, _load(point))


def procedure_names() -> list[str]:
    """Names of all installed procedures."""
    return list(_named(PROCEDURES))


def find_procedure(name: str) -> Procedure:
    """Load the procedure `name`."""
    point = _named(PROCEDURES).get(name)
    if point is None:
        raise InputError(f"unknown procedure {name!r}; {suggest(name, _named(PROCEDURES))} (`testbench procedures`)")
    return cast("Procedure", _load(point))


def tool_names() -> list[str]:
    """Names of all installed tools."""
    return list(_named(TOOLS))


def find_tool(name: str) -> Tool:
    """Load the tool `name`, one of `tool_names`."""
    return cast("Tool", _load(_named(TOOLS)[name]))


def provenance(group: str, name: str) -> str:
    """Which package and version a driver or procedure comes from, and the digest of its source."""
    point = _named(group)[name]
    package = f"{point.dist.name} {point.dist.version}" if point.dist is not None else "unknown package"
    spec = importlib.util.find_spec(point.module)
    if spec is None or spec.origin is None:
        return package
    source = Path(spec.origin)
    beside = group == PROCEDURES and spec.parent  # procedures share code with those beside them
    return f"{package}, source {_digest(source.parent.glob('*.py') if beside else [source])}"


def core_provenance() -> str:
    """The digest of all code that results are computed by and steps carried out with."""
    core = Path(__file__).parents[1]
    return f"source {_digest([*core.glob('metrology/*.py'), *(core / 'engine' / name for name in COMPUTING)])}"


def _digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()[:16]


def find_laboratory() -> LaboratoryStarter:
    """Load what starts the simulated laboratory."""
    point = _named(LABORATORIES).get("twin")
    if point is None:
        raise StationError("the station has simulated instruments, but no simulated laboratory is installed")
    return cast("LaboratoryStarter", _load(point))


def check_truth(station: StationFile) -> None:
    """Have the truth tables of a simulated station checked; StationError where they cannot be simulated."""
    point = _named(LABORATORIES).get("check-truth")
    if station.station.simulated and point is not None:
        cast("Callable[[StationFile], None]", _load(point))(station)


def _load(point: EntryPoint) -> object:
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise InputError(f"{point.name!r} is installed as {point.value} but cannot be loaded: {error}") from error
