"""Error under an influence (影响量下的示值误差): one condition at its extremes, every reading within the permissible error.

OIML R 144:2013: dry heat 40 °C and cold 5 °C (2 h each), damp heat (30 °C, 85 % RH, 2 days), pressure 86 to 106 kPa (30 min
each), supply voltage −15 % and +10 % and frequency ±2 % with the gas of the top of the range. The limit is that of
verification, ±5 ppm or ±10 % of the value.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.reading import averaging_s
from procedures.reading_error import worst_reading
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages

Influence = Literal["temperature", "humidity", "pressure", "voltage", "frequency"]
UNITS = {"temperature": "°C", "humidity": "%", "pressure": "kPa", "voltage": "V", "frequency": "Hz"}


class ErrorUnderInfluenceSettings(Settings):
    """Which condition takes which values, how long, and what is read there."""

    influence: Influence = setting(
        "temperature",
        title=Text(zh="影响量", en="influence"),
        choices={
            "temperature": Text(zh="环境温度", en="ambient temperature"),
            "humidity": Text(zh="相对湿度", en="relative humidity"),
            "pressure": Text(zh="大气压", en="atmospheric pressure"),
            "voltage": Text(zh="供电电压", en="supply voltage"),
            "frequency": Text(zh="供电频率", en="supply frequency"),
        },
    )
    values: tuple[float, ...] = setting(
        (40.0, 5.0), title=Text(zh="影响量取值", en="values of the influence"), min_length=1, max_length=10
    )
    reference: float = setting(20.0, title=Text(zh="参比值", en="reference value"))
    hold_s: float = setting(
        7200.0, unit="s", title=Text(zh="保持时间", en="time at each value"), ge=0, le=1_000_000, join="most"
    )
    every_s: float = setting(1800.0, unit="s", title=Text(zh="读数间隔", en="time between readings"), ge=60, le=86_400)
    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.1, 0.5, 0.9), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=1, max_length=10
    )
    repeats: int = setting(2, title=Text(zh="最少读数组数", en="sets of readings at least"), ge=1, le=50, join="most")


@procedure(
    "error-under-influence",
    title=Text(zh="影响量下的示值误差", en="Error under an influence"),
    roles=("divider",),
    characteristics=tuple(f"error_under_{influence}" for influence in UNITS),
)
def error_under_influence(bench: Bench, settings: ErrorUnderInfluenceSettings) -> None:
    """Largest error of the readings at the extremes of one condition, percent of the reference."""
    bench.check_conditions()
    bench.set_condition(settings.influence, settings.reference)
    adjust_zero_and_span(bench, max(0.5, *settings.levels))
    readings: dict[tuple[float, float], list[Averages]] = {}
    for value in settings.values:
        bench.set_condition(settings.influence, value)
        sets = max(settings.repeats, round(settings.hold_s / settings.every_s))
        for _ in range(sets):
            if settings.hold_s:
                bench.wait(max(60.0, settings.hold_s / sets))
            for level in settings.levels:
                bench.supply(level)
                bench.settle()
                readings.setdefault((value, level), []).append(bench.average(averaging_s(bench.devices)))
    bench.set_condition(settings.influence, settings.reference)
    for device in bench.devices:
        for (value, level), taken in readings.items():
            index = f"{value:g} {UNITS[settings.influence]}, {100 * level:g} %F.S."
            bench.determine(device, f"error_under_{settings.influence}", "%", worst_reading, index, taken)
