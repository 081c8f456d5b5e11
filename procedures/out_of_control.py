"""Out of control (失控): the periods that a list of daily drifts puts a monitor out of control, as entered.

40 CFR 60 Appendix F, Procedure 1, 4.3: drift above twice the limit of the performance specification on five consecutive
days, or above four times the limit once. The drifts of low and high gas are entered day by day, without a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.part60_audits import out_of_control_periods
from testbench.metrology.rounding import decimal_of

GASES = ("low", "high")


class OutOfControlSettings(Settings):
    """How many days are entered, and the limit of the drift."""

    days: int = setting(7, unit="d", title=Text(zh="天数", en="days"), ge=1, le=60)
    limit: float = setting(2.5, unit="%", title=Text(zh="漂移限值", en="limit of the drift"), gt=0, le=50)


@procedure("out-of-control", title=Text(zh="失控判定", en="Out of control"), roles=(), characteristics=("out_of_control",))
def out_of_control(bench: Bench, settings: OutOfControlSettings) -> None:
    """How many periods of the days that are entered the monitor is out of control, for the worse of its gases."""
    entered = bench.enter(drifts_form(bench.devices, settings.days))
    for device in bench.devices:
        bench.determine(device, "out_of_control", "1", _periods, entered, settings)


def drifts_form(devices: Sequence[DeviceInfo], days: int) -> Form:
    """The form for daily drifts in percent, one row a device and day."""
    given = tuple({"device": device.name, "day": float(day)} for device in devices for day in range(1, days + 1))
    return Form(
        title=Text(zh="每日漂移", en="Daily drift"),
        instruction=Text(
            zh="逐日录入低浓度和高浓度气的校准漂移（O2、CO2 为体积百分数，其他为量程的百分数）。",
            en="Enter day by day the calibration drift of low and high gas: percent by volume for O2 and CO2, else of span.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("day", Text(zh="第几天", en="day")),
            Column("low", Text(zh="低浓度气漂移", en="drift of low gas"), "%"),
            Column("high", Text(zh="高浓度气漂移", en="drift of high gas"), "%"),
        ),
        given=given,
        expected=tuple({**row, "low": 0.0, "high": 0.0} for row in given),
    )


def _periods(device: DeviceInfo, characteristic: str, entered: Entered, settings: OutOfControlSettings) -> Finding:
    rows = sorted(entered.of("device", device.name), key=lambda row: number_in(row, "day"))
    limit = decimal_of(settings.limit)
    periods = {gas: out_of_control_periods([decimal_of(number_in(row, gas)) for row in rows], limit) for gas in GASES}
    worse = max(GASES, key=lambda gas: len(periods[gas]))
    return Finding(
        device.name,
        characteristic,
        float(len(periods[worse])),
        "1",
        details={
            "unit": device.unit,
            "limit": settings.limit,
            "entered_by": entered.by,
            "source": entered.source,
            "periods": [
                {
                    "gas": gas,
                    "reason": period.reason.value,
                    "found": period.found + 1,
                    "begins": None if period.begins is None else period.begins + 1,
                    "ends": None if period.ends is None else period.ends + 1,
                }
                for gas in GASES
                for period in periods[gas]
            ],
        },
    )
