"""Influence of supply frequency (供电频率变化的影响): change of zero and span readings, percent of full scale.

Supply frequency to either side of its nominal value; (reading − mean of the bracketing readings)/R·100 %.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.condition_influence import InfluenceSettings, determine_influence
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure, setting


class FrequencyInfluenceSettings(InfluenceSettings):
    """The sequence of frequencies, the reference first, and how long the devices soak at each."""

    values: tuple[Annotated[float, Field(ge=40, le=70)], ...] = setting(
        (50.0, 51.0, 50.0, 49.0, 50.0),
        unit="Hz",
        title=Text(zh="频率序列（首个为参比频率）", en="sequence of frequencies, the reference first"),
        min_length=2,
        max_length=20,
    )
    soak_s: float = setting(
        300.0, unit="s", title=Text(zh="恒定时间", en="soak time at each value"), ge=0, le=86400, join="most"
    )


@procedure(
    "frequency-influence",
    title=Text(zh="供电频率变化的影响", en="Influence of supply frequency"),
    roles=("divider",),
    characteristics=("frequency_influence_zero", "frequency_influence_span"),
)
def frequency_influence(bench: Bench, settings: FrequencyInfluenceSettings) -> None:
    """Change of the reading with supply frequency, against the mean of the bracketing readings, percent of full scale."""
    determine_influence(bench, settings, "frequency", settings.values, name="frequency_influence", soak_s=settings.soak_s)
