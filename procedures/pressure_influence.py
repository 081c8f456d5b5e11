"""Influence of pressure (压力变化的影响): change of zero and span readings, percent of full scale.

EN 15267-3: sample gas pressure changed by 3 kPa to either side; (reading − mean of the bracketing readings)/R·100 %.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.condition_influence import InfluenceSettings, determine_influence
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure, setting


class PressureInfluenceSettings(InfluenceSettings):
    """The sequence of pressures, the reference first, and how long the devices soak at each."""

    values: tuple[Annotated[float, Field(ge=50, le=150)], ...] = setting(
        (101.3, 104.3, 101.3, 98.3, 101.3),
        unit="kPa",
        title=Text(zh="压力序列（首个为参比压力）", en="sequence of pressures, the reference first"),
        min_length=2,
        max_length=20,
    )
    soak_s: float = setting(
        300.0, unit="s", title=Text(zh="恒定时间", en="soak time at each value"), ge=0, le=86400, join="most"
    )


@procedure(
    "pressure-influence",
    title=Text(zh="压力变化的影响", en="Influence of pressure"),
    roles=("divider",),
    characteristics=("pressure_influence_zero", "pressure_influence_span"),
)
def pressure_influence(bench: Bench, settings: PressureInfluenceSettings) -> None:
    """Change of the reading with pressure, against the mean of the bracketing readings, percent of full scale."""
    determine_influence(bench, settings, "pressure", settings.values, name="pressure_influence", soak_s=settings.soak_s)
