"""Units of ambient and supply conditions: what an instrument answers, in the unit of its table in the station file."""

from __future__ import annotations

from instruments.flow_units import FlowUnitError, flow_unit
from testbench.errors import InputError

ZERO_CELSIUS_K = 273.15  # ITS-90

_FACTORS: tuple[dict[str, float], ...] = (  # units of one kind, each in the first of them
    {"Pa": 1.0, "hPa": 100.0, "mbar": 100.0, "kPa": 1000.0, "bar": 1e5},
    {"V": 1.0, "mV": 1e-3, "kV": 1e3},
    {"Hz": 1.0, "kHz": 1e3},
    {"%": 1.0, "%RH": 1.0, "% RH": 1.0},
)
_TEMPERATURES = {"°C": 0.0, "K": -ZERO_CELSIUS_K}  # unit → its zero, in °C


def unit_line(found: str, wanted: str) -> tuple[float, float]:
    """Return gain and offset that turn a number in `found` into one in `wanted`; raise InputError if there are none."""
    if found == wanted or not found:
        return 1.0, 0.0
    for factors in _FACTORS:
        if found in factors and wanted in factors:
            return factors[found] / factors[wanted], 0.0
    if found in _TEMPERATURES and wanted in _TEMPERATURES:
        return 1.0, _TEMPERATURES[found] - _TEMPERATURES[wanted]
    try:
        given, due = flow_unit(found), flow_unit(wanted)
        if given.conditions == due.conditions:
            return given.litres_per_minute / due.litres_per_minute, 0.0
    except FlowUnitError:
        pass
    raise InputError(f"the instrument gives {found}, which cannot be converted into {wanted}; state unit = {found!r}")
