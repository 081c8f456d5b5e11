"""Error over seven days (示值误差的时间稳定性): smallest and largest gas at least every 24 h, no adjustment between.

OIML R 144:2013, drift: every reading must stay within the permissible intrinsic error.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.reading import averaging_s
from procedures.reading_error import worst_reading
from testbench.engine.bench import DAY_S, Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages


class ErrorOverDaysSettings(Settings):
    """Gases, days and time between the readings."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.1, 0.9), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=1, max_length=10
    )
    days: float = setting(7.0, unit="d", title=Text(zh="天数", en="days"), ge=1, le=60, join="most")
    every_h: float = setting(24.0, unit="h", title=Text(zh="读数间隔", en="time between readings"), ge=1, le=24)
    adjust_first: bool = setting(True, title=Text(zh="开始前调整零点和量程", en="adjust zero and span before"))


@procedure(
    "error-over-days",
    title=Text(zh="示值误差的时间稳定性", en="Error over days"),
    roles=("divider",),
    characteristics=("error_over_days",),
)
def error_over_days(bench: Bench, settings: ErrorOverDaysSettings) -> None:
    """Largest error of the readings of each gas over several days without adjustment, percent of the reference."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, max(0.5, *settings.levels))
    readings: dict[float, list[Averages]] = {level: [] for level in sorted(set(settings.levels))}
    visits = round(settings.days * 24.0 / settings.every_h)
    with bench.unadjusted():
        start = 0.0
        for number in range(visits + 1):
            for level, taken in readings.items():
                bench.supply(level)
                bench.settle()
                taken.append(bench.average(averaging_s(bench.devices)))
            if number == 0:
                start = readings[min(readings)][0].window.start
            if number < visits:
                bench.wait_until(start + (number + 1) * settings.every_h / 24.0 * DAY_S)
    for device in bench.devices:
        for level, taken in readings.items():
            bench.determine(device, "error_over_days", "%", worst_reading, f"{100 * level:g} %F.S.", taken)
