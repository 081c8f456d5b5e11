"""Influence of sample flow (进样流量变化的影响): change of zero and span readings, percent of full scale.

HJ 76-2017, laboratory items, influence of sample flow (V): nominal flow, then 10 % above and 10 % below it;
(reading − reading at nominal flow)/R·100 %. The reading at nominal flow is taken before and after each.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.condition_influence import InfluenceSettings, determine_influence
from testbench.engine.bench import Bench
from testbench.engine.procedure import Text, procedure, setting


class SampleFlowInfluenceSettings(InfluenceSettings):
    """The sequence of flows as shares of the nominal flow, the reference first, and how long the devices soak at each."""

    values: tuple[Annotated[float, Field(gt=0, le=3)], ...] = setting(
        (1.0, 1.1, 1.0, 0.9, 1.0),
        unit="",
        title=Text(
            zh="流量序列（相对额定流量，首个为参比）",
            en="sequence of flows as shares of the nominal flow, the reference first",
        ),
        min_length=2,
        max_length=20,
    )
    soak_s: float = setting(
        60.0, unit="s", title=Text(zh="恒定时间", en="soak time at each value"), ge=0, le=86400, join="most"
    )
    nominal: float = setting(
        1.0, unit="L/min", title=Text(zh="额定进样流量", en="nominal sample flow of the devices"), gt=0, le=100
    )


@procedure(
    "sample-flow-influence",
    title=Text(zh="进样流量变化的影响", en="Influence of sample flow"),
    roles=("divider",),
    characteristics=("sample_flow_influence_zero", "sample_flow_influence_span"),
)
def sample_flow_influence(bench: Bench, settings: SampleFlowInfluenceSettings) -> None:
    """Change of the reading with sample flow, against the mean of the bracketing readings, percent of full scale."""
    flows = [share * settings.nominal for share in settings.values]
    determine_influence(bench, settings, "sample flow", flows, name="sample_flow_influence", soak_s=settings.soak_s)
