"""Seven-day calibration error (7 天校准误差): zero and upscale gas once a day on seven days, each compared with the gas.

40 CFR 75 Appendix A, 6.3.1 and 7.2.1: zero gas of 0 to 20 % and upscale gas of 80 to 100 % (or 50 to 60 %) of span, about
24 h apart, before any adjustment of that day; CE = |R − A|/S·100 %. Every day must keep the limit, so the largest of the
days is the finding, one for each gas.
"""

from __future__ import annotations

from procedures.adjustment import adjust_zero_and_span
from procedures.daily_checks import calibration_error, daily_readings
from procedures.level_error import daily_metric
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting


class SevenDaySettings(Settings):
    """Upscale gas, days, and whether zero and span are adjusted after each day's check."""

    span: float = setting(1.0, unit="F.S.", title=Text(zh="上标气", en="upscale gas"), ge=0.5, le=1.0)
    days: int = setting(7, unit="d", title=Text(zh="天数", en="days"), ge=1, le=60, join="most")
    average_s: float = setting(
        120.0, unit="s", title=Text(zh="读数平均时间", en="averaging time of a reading"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="开始前调整零点和量程", en="adjust zero and span before the interval"))
    adjust_daily: bool = setting(
        False, title=Text(zh="每天检查后调整零点和量程", en="adjust zero and span after each day's check")
    )


@procedure(
    "seven-day-calibration-error",
    title=Text(zh="7 天校准误差", en="7-day calibration error"),
    roles=("divider",),
    characteristics=("calibration_error",),
)
def seven_day_calibration_error(bench: Bench, settings: SevenDaySettings) -> None:
    """Largest daily difference of zero and of upscale readings from the gas, percent of span or absolute."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, settings.span)

    def after_day() -> None:
        if settings.adjust_daily:
            adjust_zero_and_span(bench, settings.span)

    readings = daily_readings(
        bench, span=settings.span, days=settings.days, average_s=settings.average_s, after_day=after_day
    )
    for device in bench.devices:
        for gas, own in (("zero", readings.zeros), ("upscale", readings.spans)):
            bench.determine(device, "calibration_error", "%", calibration_error, own, gas, metric=daily_metric(device))
