"""Units of volume flow at reference conditions, as mass flow controllers state them.

"S" units (SLPM, SCCM) and "N" units (NL/min) refer to different temperatures, so flows of the two kinds cannot be blended as
they stand. Plain L/min and mL/min mean "at the reference conditions of this bench, the same for all its controllers".
"""

from __future__ import annotations

from dataclasses import dataclass


class FlowUnitError(ValueError):
    """A unit that is not one of flow; the text names those that are."""


@dataclass(frozen=True, slots=True)
class FlowUnit:
    """Litres a minute that the unit makes, and which reference conditions it names ("" none, "standard", "normal")."""

    litres_per_minute: float
    conditions: str


_UNITS = {
    "l/min": FlowUnit(1.0, ""),
    "ml/min": FlowUnit(1e-3, ""),
    "slpm": FlowUnit(1.0, "standard"),
    "sl/min": FlowUnit(1.0, "standard"),
    "sccm": FlowUnit(1e-3, "standard"),
    "sml/min": FlowUnit(1e-3, "standard"),
    "nl/min": FlowUnit(1.0, "normal"),
    "nml/min": FlowUnit(1e-3, "normal"),
}


def flow_unit(name: str) -> FlowUnit:
    """Return the unit of that name, upper and lower case alike; raise FlowUnitError."""
    try:
        return _UNITS[name.strip().lower()]
    except KeyError:
        raise FlowUnitError(f"{name!r} is no unit of flow; use L/min, mL/min, SLPM, SCCM, NL/min or NmL/min") from None
