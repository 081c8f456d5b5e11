"""Calibration drift (校准漂移) of the performance specifications: low and high gas once a day on seven days.

40 CFR 60 Appendix B, PS-2 (and 3, 4, 4A, 6, 18 after it): gas of 0 to 20 % and of 50 to 100 % of span, 24 h apart, each day
compared with the gas before any adjustment; in percent of span, for O2 and CO2 in percent by volume. Where six of seven days
must keep the limit (PS-4), the second largest of the days is the finding.
"""

from __future__ import annotations

from procedures.adjustment import adjust_zero_and_span
from procedures.daily_checks import calibration_error, daily_readings
from procedures.level_error import daily_metric
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting


class CalibrationDriftSettings(Settings):
    """High gas, days, how many of them may exceed the limit, and whether zero and span are adjusted in between."""

    span: float = setting(1.0, unit="F.S.", title=Text(zh="高浓度气", en="high gas"), ge=0.5, le=1.0)
    days: int = setting(7, unit="d", title=Text(zh="天数", en="days"), ge=1, le=60)
    excused_days: int = setting(
        0, unit="d", title=Text(zh="允许超限的天数", en="days that may exceed the limit"), ge=0, le=6
    )
    average_s: float = setting(
        120.0, unit="s", title=Text(zh="读数平均时间", en="averaging time of a reading"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="开始前调整零点和量程", en="adjust zero and span before the interval"))
    adjust_daily: bool = setting(
        False, title=Text(zh="每天检查后调整零点和量程", en="adjust zero and span after each day's check")
    )


@procedure(
    "calibration-drift",
    title=Text(zh="校准漂移", en="Calibration drift"),
    roles=("divider",),
    characteristics=("calibration_drift_zero", "calibration_drift_upscale"),
)
def calibration_drift(bench: Bench, settings: CalibrationDriftSettings) -> None:
    """Daily difference of low and of high readings from the gas, percent of span, for O2 and CO2 absolute."""
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
            bench.determine(
                device,
                f"calibration_drift_{gas}",
                "%",
                calibration_error,
                own,
                gas,
                metric=daily_metric(device),
                excused_days=settings.excused_days,
            )
