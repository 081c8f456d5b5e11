"""Influence of ambient temperature (环境温度变化的影响): change of zero and span readings, percent of full scale.

HJ 76-2017, laboratory items, influence of ambient temperature (b_st): chamber 25 → 35 → 25 → 15 → 25 °C, at least 30 min at
each; (reading − mean of the bracketing readings at 25 °C)/R·100 %. EN 15267-3 asks for the same of zero and span. How fast
the chamber goes is its own setting (at most 1 °C/min).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.condition_influence import InfluenceSettings, determine_influence
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure, setting


class TemperatureInfluenceSettings(InfluenceSettings):
    """The sequence of temperatures, the reference first, and how long the devices soak at each."""

    values: tuple[Annotated[float, Field(ge=-60, le=80)], ...] = setting(
        (25.0, 35.0, 25.0, 15.0, 25.0),
        unit="°C",
        title=Text(zh="温度序列（首个为参比温度）", en="sequence of temperatures, the reference first"),
        min_length=2,
        max_length=20,
    )
    soak_s: float = setting(
        1800.0, unit="s", title=Text(zh="恒定时间", en="soak time at each value"), ge=0, le=86400, join="most"
    )


@procedure(
    "temperature-influence",
    title=Text(zh="环境温度变化的影响", en="Influence of ambient temperature"),
    roles=("divider",),
    characteristics=("temperature_influence_zero", "temperature_influence_span"),
)
def temperature_influence(bench: Bench, settings: TemperatureInfluenceSettings) -> None:
    """Change of the reading with ambient temperature, against the mean of the bracketing readings, percent of full scale."""
    determine_influence(
        bench, settings, "temperature", settings.values, name="temperature_influence", soak_s=settings.soak_s
    )
