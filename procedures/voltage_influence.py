"""Influence of supply voltage (供电电压变化的影响): change of zero and span readings, percent of full scale.

HJ 76-2017, laboratory items, influence of supply voltage (U): 220 V to 242 V and to 198 V; (reading − reading at 220 V)/R ·
100 %. The reading at 220 V is taken before and after each.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.condition_influence import InfluenceSettings, determine_influence
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure, setting


class VoltageInfluenceSettings(InfluenceSettings):
    """The sequence of voltages, the reference first, and how long the devices soak at each."""

    values: tuple[Annotated[float, Field(ge=50, le=500)], ...] = setting(
        (220.0, 242.0, 220.0, 198.0, 220.0),
        unit="V",
        title=Text(zh="电压序列（首个为参比电压）", en="sequence of voltages, the reference first"),
        min_length=2,
        max_length=20,
    )
    soak_s: float = setting(
        300.0, unit="s", title=Text(zh="恒定时间", en="soak time at each value"), ge=0, le=86400, join="most"
    )


@procedure(
    "voltage-influence",
    title=Text(zh="供电电压变化的影响", en="Influence of supply voltage"),
    roles=("divider",),
    characteristics=("voltage_influence_zero", "voltage_influence_span"),
)
def voltage_influence(bench: Bench, settings: VoltageInfluenceSettings) -> None:
    """Change of the reading with supply voltage, against the mean of the bracketing readings, percent of full scale."""
    determine_influence(bench, settings, "voltage", settings.values, name="voltage_influence", soak_s=settings.soak_s)
