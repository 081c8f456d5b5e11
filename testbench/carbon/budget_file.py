"""The budget of a stack's emission: what the hourly values mean, and the influences on them (TOML).

[site]
name = "Unit 1"
rules = "si"                    # si, hj75, epa: standard state and mass of a cubic metre
content_basis = "dry"
area_m2 = 28.3                  # with a column of velocities
velocity_coefficient = 0.98

[[influence]]
name = "span gas"
of = "content"
relative_percent = 1.0          # standard uncertainty; or absolute = … with unit = …
random_hours = 24               # leave out for a systematic influence

[[correlation]]
between = ["span gas", "K-factor"]
coefficient = 0.3
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from testbench.errors import InputError, explain
from testbench.metrology.emission import Basis, BasisError, Correlated, Influence, Rules, Site, Source
from testbench.metrology.emission.hours import FlowState
from testbench.metrology.emission.uncertainty import Shape
from testbench.metrology.hj75_conversions import duct_flow

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]

UNITS: dict[Source, dict[str, float]] = {
    Source.CONTENT: {"%": 0.01, "mol/mol": 1.0},
    Source.WATER: {"%": 0.01, "mol/mol": 1.0},
    Source.TEMPERATURE: {"K": 1.0, "°C": 1.0},
    Source.PRESSURE: {"Pa": 1.0, "hPa": 100.0, "kPa": 1000.0},
    Source.FLOW: {"m³/h": 1.0, "m/s": 1.0},
}
"""Units of absolute uncertainties and what turns them into that of the model; "m/s" of a flow by area and coefficient."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteTable(_Strict):
    """The table [site]."""

    name: str = ""
    rules: Rules = Rules.SI
    content_basis: Basis
    flow_basis: Basis = Basis.WET
    flow_state: FlowState = FlowState.DUCT
    area_m2: Positive | None = None
    velocity_coefficient: Positive = 1.0


class InfluenceTable(_Strict):
    """One table [[influence]]."""

    name: Annotated[str, Field(min_length=1)]
    of: Source
    relative_percent: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    unit: str | None = None
    random_hours: Annotated[int, Field(ge=1)] | None = None
    distribution: Shape = Shape.NORMAL
    degrees_of_freedom: Annotated[float, Field(ge=1, allow_inf_nan=False)] | None = None


class CorrelationTable(_Strict):
    """One table [[correlation]]."""

    between: tuple[str, str]
    coefficient: Annotated[float, Field(ge=-1, le=1)]


class _File(_Strict):
    site: SiteTable
    influence: tuple[InfluenceTable, ...] = ()
    correlation: tuple[CorrelationTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget file as it was read; `m3_per_h_of_velocity` turns a velocity in m/s into a flow, None without an area."""

    source: str
    name: str
    site: Site
    m3_per_h_of_velocity: float | None
    influences: tuple[Influence, ...]
    correlations: tuple[Correlated, ...]


def read_budget(path: Path) -> Budget:
    """Read a budget file; raises InputError naming the file and the key."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    return parse_budget(text, str(path))


def parse_budget(text: str, source: str) -> Budget:
    """Check the text of a budget file; `source` names it in errors. Raises InputError."""
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source} is not valid TOML: {error}") from None
    except ValidationError as error:
        raise InputError(f"{source}: {explain(error)}") from None
    table = file.site
    velocity = None if table.area_m2 is None else duct_flow(table.area_m2, table.velocity_coefficient)
    try:
        site = Site(table.content_basis, table.flow_basis, table.flow_state, table.rules)
        influences = tuple(_influence(each, velocity) for each in file.influence)
    except (BasisError, ValueError) as error:
        raise InputError(f"{source}: {error}") from None
    correlations = tuple(Correlated(*each.between, each.coefficient) for each in file.correlation)
    return Budget(source, table.name, site, velocity, influences, correlations)


def _influence(table: InfluenceTable, velocity: float | None) -> Influence:
    absolute = table.absolute
    if absolute is None and table.unit is not None:
        raise ValueError(f"influence {table.name!r}: a unit belongs to an absolute uncertainty")
    if absolute is not None:
        units = UNITS.get(table.of, {})
        if table.unit not in units:
            known = ", ".join(units) or "relative ones only"
            raise ValueError(f"influence {table.name!r}: unit of an absolute uncertainty of the {table.of.value}: {known}")
        absolute *= units[table.unit]
        if table.unit == "m/s":
            if velocity is None:
                raise ValueError(f"influence {table.name!r}: an uncertainty in m/s needs `area_m2` of the site")
            absolute *= velocity
    return Influence(
        name=table.name,
        source=table.of,
        relative=None if table.relative_percent is None else table.relative_percent / 100.0,
        absolute=absolute,
        random_hours=table.random_hours,
        shape=table.distribution,
        degrees_of_freedom=float("inf") if table.degrees_of_freedom is None else table.degrees_of_freedom,
    )
