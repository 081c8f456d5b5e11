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


OWN_UNITS = {
    "ln/min": "NL/min",
    "mln/min": "NmL/min",
    "ls/min": "SLPM",
    "mls/min": "SCCM",
    "l/min": "L/min",
    "ml/min": "mL/min",
}
"""Units of volume flow as controllers write them, and as station files do."""


def own_unit(text: str) -> FlowUnit:
    """Return the unit that a controller writes as `text`; raise FlowUnitError."""
    return flow_unit(OWN_UNITS.get(text.strip(), text))


def is_flow_unit(text: str) -> bool:
    """Whether what a controller writes is a unit of volume flow."""
    try:
        own_unit(text)
    except FlowUnitError:
        return False
    return True
