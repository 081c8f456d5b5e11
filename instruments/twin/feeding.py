"""What feeds the controllers of a simulated divider, by the station file: cylinders, ports of a box, valves before them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from instruments.flow_units import FlowUnitError, flow_unit
from instruments.twin.gas import Valve
from testbench.errors import StationError
from testbench.station import Cylinder, DriverTable, Station


def gases_of(gases: Any, cylinders: Mapping[str, Cylinder]) -> list[str]:
    """The cylinders of a divider's ports, one of them zero gas."""
    if not isinstance(gases, list) or not all(isinstance(cylinder, str) for cylinder in gases):
        raise StationError("[divider] gases: must be a list of cylinders, in the order of the ports")
    for cylinder in gases:
        if cylinder not in cylinders:
            raise StationError(f"[divider] gases: there is no [cylinders.{cylinder}]")
    if sum(cylinders[cylinder].fraction_percent == 0 for cylinder in gases) != 1:
        raise StationError("[divider] gases: exactly one must be zero gas (a cylinder of fraction_percent 0)")
    return gases


def valves_of(station: Station) -> dict[str, Valve]:
    """The valves before the controllers of the divider, by name; all closed."""
    options = {} if station.divider is None else station.divider.options
    selectors, controllers = options.get("selectors", {}), options.get("controllers", {})
    if not isinstance(selectors, dict):
        raise StationError('[divider] selectors: must be a table { controller = "valve", … }')
    valves = {}
    for controller, name in selectors.items():
        table = station.instruments.get(name)
        positions = table.options.get("positions") if table is not None else None
        if controller not in controllers or not isinstance(positions, dict):
            raise StationError(
                f"[divider] selectors: {controller} = {name!r} is no controller with a valve that has positions"
            )
        for cylinder in positions:
            if cylinder not in station.cylinders:
                raise StationError(f"[instruments.{name}] positions: there is no [cylinders.{cylinder}]")
        valves[name] = Valve(controller, {number: cylinder for cylinder, number in positions.items()})
    return valves


def feeds_of(station: Station) -> dict[str, str]:
    """Which cylinder each controller of the divider draws from."""
    feeds = {} if station.divider is None else station.divider.options.get("controllers", {})
    if not isinstance(feeds, dict):
        raise StationError('[divider] controllers: must be a table { controller = "cylinder", … }')
    for controller, cylinder in feeds.items():
        if controller not in station.instruments:
            raise StationError(f"[divider] controllers: there is no [instruments.{controller}]")
        if cylinder not in station.cylinders:
            raise StationError(f"[divider] controllers: there is no [cylinders.{cylinder}]")
    return dict(feeds)


def flow_factor(name: str, table: DriverTable) -> float:
    """Litres a minute that the unit of a controller makes; those of one divider share their reference conditions."""
    try:
        return flow_unit(str(table.options.get("flow_unit", "L/min"))).litres_per_minute
    except FlowUnitError as error:
        raise StationError(f"[instruments.{name}] flow_unit: {error}") from error


def percent_of(options: Mapping[str, Any], key: str, place: str) -> float:
    """A number of percent in a table; 0 where it is not given."""
    value = options.get(key, 0.0)
    if not isinstance(value, int | float) or not 0.0 <= value < math.inf:
        raise StationError(f"{place} {key}: must be a number of percent, 0 or larger, got {value!r}")
    return float(value)
