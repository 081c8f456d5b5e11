"""Measurement error (测量误差) by PS-18: three gases, three injections each, difference from the gas in percent of span.

40 CFR 60 Appendix B, PS-18: low, mid and high gas, three times each, not the same gas twice in succession; the mean
difference at each level, in percent of span, is judged on its own.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.injections import Injection, error_at, inject, level_words
from procedures.level_error import level_finding
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding


class MeasurementErrorSettings(Settings):
    """The gases and how often each is injected."""

    levels: tuple[Annotated[float, Field(ge=0, le=1)], ...] = setting(
        (0.25, 0.55, 0.9), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=2, max_length=10
    )
    injections: int = setting(3, title=Text(zh="每个测试点的进样次数", en="injections per level"), ge=1, le=20, join="most")
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "measurement-error",
    title=Text(zh="测量误差", en="Measurement error"),
    roles=("divider",),
    characteristics=("measurement_error",),
)
def measurement_error(bench: Bench, settings: MeasurementErrorSettings) -> None:
    """Mean reading minus gas at three levels, percent of span, each level on its own."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, 1.0)
    injections = inject(bench, settings.levels, settings.injections, least_s=settings.average_s)
    for device in bench.devices:
        for level in settings.levels:
            bench.determine(device, "measurement_error", "%", _measurement_error, injections, level)


def _measurement_error(device: DeviceInfo, characteristic: str, injections: list[Injection], level: float) -> Finding:
    error = error_at(device, injections, level)
    return level_finding(device, characteristic, error, metric="percent_of_span", index=level_words(level))
