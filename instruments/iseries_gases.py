"""What Thermo iSeries analysers measure, by model, and what C-Link calls it (`instruments.clink`).

| model | instrument id | measures | background | coefficient |
|---|---|---|---|---|
| 410i | not found | CO2, option O2 | `co2 bkg` | `coef 0` |
| 48i | 48 | CO, option O2 | `co bkg` | not found |
| 43i | 43 | SO2 | not found | not found |
| 42i | 42 | NO, NO2, NOx | not found | not found |
| 49i | 49 | O3 | `o3 bkg` | `o3 coef` |
| 15i | not found | HCl, option O2 | `hcl bkg` | `coef 0` |

Where a command was not found in the maker's documents none is offered, and a person adjusts at the analyser; a station file
may name one (`background`, `coefficient`).

Documented by: 410i manual pages B-11, B-29; 15i page B-26; 49i page B-25; 48C page B-4 (`co bkg`, `set co bkg`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gas:
    """A component: the model that measures it, and the commands that tell background and coefficient (None: not found)."""

    model: str
    background: str | None = None
    coefficient: str | None = None


GASES = {
    "CO2": Gas("410i", "co2 bkg", "coef 0"),
    "CO": Gas("48i", "co bkg"),
    "SO2": Gas("43i"),
    "NO": Gas("42i"),
    "NO2": Gas("42i"),
    "NOx": Gas("42i"),
    "O3": Gas("49i", "o3 bkg", "o3 coef"),
    "HCl": Gas("15i", "hcl bkg", "coef 0"),
}
"""Measurands that are known; others may be named with `component`."""


@dataclass(frozen=True, slots=True)
class FurtherQuantity:
    """What is read beside the measurand: its command, and the unit of its channel; None is that of the device's range."""

    command: str
    unit: str | None = None
    resolution: float = 0.0


FURTHER = {
    **{name: FurtherQuantity(name.lower()) for name in GASES},
    "O2": FurtherQuantity("o2", "%", 0.01),
    "pressure": FurtherQuantity("pres", "mmHg", 0.1),
}
"""What `record_also` may name."""
