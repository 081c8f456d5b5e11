"""Indication error (示值误差): mean indication minus gas at low, mid and high content, each level on its own.

HJ 75-2017 and HJ 76-2017, field items, indication error (Li): low 20–30, mid 50–60, high 80–100 % of full scale, three
readings each; (C̄ − C_s)/C_s or (C̄ − C_s)/R, as the full scale says. JJG 968-2002 has the same of about 20, 50 and 80 % of
full scale. Both expressions are given; the criterion takes its own.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.injections import Injection, error_at, inject, level_words
from procedures.level_error import level_finding
from procedures.order import ORDERS, Order
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding


class IndicationErrorSettings(Settings):
    """The gases, how often each is read, and in which order."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.25, 0.55, 0.9), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=2, max_length=10
    )
    readings: int = setting(3, title=Text(zh="每个测试点的读数次数", en="readings per level"), ge=1, le=20, join="most")
    order: Order = setting("ascending", title=Text(zh="测试点次序", en="order of the levels"), choices=ORDERS)
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0, le=999_999)
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "indication-error",
    title=Text(zh="示值误差", en="Indication error"),
    roles=("divider",),
    characteristics=("indication_error",),
)
def error_of_indication(bench: Bench, settings: IndicationErrorSettings) -> None:
    """Mean reading minus gas at each level, percent of the gas, of full scale, and absolute; each level on its own."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, 1.0)
    injections = inject(
        bench, settings.levels, settings.readings, order=settings.order, seed=settings.seed, least_s=settings.average_s
    )
    for device in bench.devices:
        for level in settings.levels:
            bench.determine(device, "indication_error", "%", _indication_error, injections, level)


def _indication_error(device: DeviceInfo, characteristic: str, injections: list[Injection], level: float) -> Finding:
    error = error_at(device, injections, level)
    return level_finding(device, characteristic, error, metric="percent_of_nominal", index=level_words(level))
