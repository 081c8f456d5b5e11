"""Linearity check (线性检查) by 40 CFR 75: three gases, three injections each, not the same gas twice in succession.

Appendix A, 6.2 and 7.1: gases of 20 to 30, 50 to 60 and 80 to 100 % of span; LE = |mean R − mean A|/mean R·100 % at each
level, which is judged on its own. The difference itself is given with it, since a small one satisfies the alternative.
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


class Part75LinearitySettings(Settings):
    """The three gases, how often each is injected, and in which order."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.25, 0.55, 0.9), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=2, max_length=10
    )
    injections: int = setting(3, title=Text(zh="每个测试点的进样次数", en="injections per level"), ge=1, le=20, join="most")
    order: Order = setting("ascending", title=Text(zh="测试点次序", en="order of the levels"), choices=ORDERS)
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0)
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "part75-linearity",
    title=Text(zh="线性检查（40 CFR 75）", en="Linearity check (40 CFR 75)"),
    roles=("divider",),
    characteristics=("linearity_error",),
)
def part75_linearity(bench: Bench, settings: Part75LinearitySettings) -> None:
    """Difference of mean reading and gas at three levels, percent of the gas and absolute, each level on its own."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, 1.0)
    injections = inject(
        bench, settings.levels, settings.injections, order=settings.order, seed=settings.seed, least_s=settings.average_s
    )
    for device in bench.devices:
        for level in settings.levels:
            bench.determine(device, "linearity_error", "%", _linearity_error, injections, level)


def _linearity_error(device: DeviceInfo, characteristic: str, injections: list[Injection], level: float) -> Finding:
    error = error_at(device, injections, level)
    return level_finding(
        device, characteristic, error, metric="percent_of_reference_mean", index=level_words(level), signed=False
    )
