"""Versions of everything that the results of an evaluation may depend on."""

from __future__ import annotations

import platform
from importlib.metadata import version

from testbench.engine.registry import DRIVERS, PROCEDURES, core_provenance, provenance
from testbench.engine.request import EvaluationRequest

PACKAGES = ("testbench", "numpy", "scipy", "GTC", "PyVISA", "PyVISA-py", "SQLAlchemy", "pysqlite3", "pydantic")


def software(request: EvaluationRequest) -> dict[str, str]:
    """Versions by name: packages, Python, the core, drivers and procedures with the digests of their source."""
    station = request.station.station
    tables = [*station.instruments.values(), *station.environment.values(), *station.devices.values()]
    drivers = {table.driver for table in [*tables, station.divider, station.flow_rig] if table is not None}
    return (
        {name: version(name) for name in PACKAGES}
        | {"Python": platform.python_version(), "core": core_provenance()}
        | {f"driver {name}": provenance(DRIVERS, name) for name in sorted(drivers)}
        | {f"procedure {item.procedure.name}": provenance(PROCEDURES, item.procedure.name) for item in request.items}
    )
