"""Stability (稳定性): change of the reading of one gas within an hour, percent of its first reading.

JJG 968-2002, stability: one gas, read over 1 h; the largest change from the first reading, relative to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from procedures.adjustment import adjust_zero_and_span
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.stability import StabilityReading
from testbench.metrology.stability import stability as stability_of


class StabilitySettings(Settings):
    """Which gas, for how long, how often it is read."""

    level: float = setting(0.5, unit="F.S.", title=Text(zh="标准气体", en="gas"), gt=0, le=1.0)
    duration_s: float = setting(3600.0, unit="s", title=Text(zh="持续时间", en="duration"), ge=600, le=604_800)
    readings: int = setting(6, title=Text(zh="首次之后的读数次数", en="readings after the first"), ge=1, le=200, join="most")
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure("stability", title=Text(zh="稳定性", en="Stability"), roles=("divider",), characteristics=("stability",))
def stability(bench: Bench, settings: StabilitySettings) -> None:
    """Largest change of the reading of one gas from its first reading within the duration, percent of the first."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, max(0.5, settings.level))
    least_s = averaging_s(bench.devices, least_s=settings.average_s)
    with bench.unadjusted():
        bench.supply(settings.level)
        bench.settle()
        readings = [bench.average(least_s)]
        began = readings[0].window.start
        for number in range(1, settings.readings + 1):
            bench.wait_until(began + number * settings.duration_s / settings.readings)
            readings.append(bench.average(least_s))
    for device in bench.devices:
        bench.determine(device, "stability", "%", _stability, readings)


def _stability(device: DeviceInfo, characteristic: str, readings: Sequence[Averages]) -> Finding:
    began = readings[0].window.start
    points = [_reading(device, averages, averages.window.start - began) for averages in readings]
    result = stability_of(points)
    return Finding(
        device.name,
        characteristic,
        result.value_percent,
        "%",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        index=f"{points[result.largest_index + 1].time_s / 60.0:.0f} min",
        details={
            "unit": device.unit,
            "readings": [
                {
                    "time_s": point.time_s,
                    "reading": point.indication.value,
                    "reference": point.reference.value,
                    "change_percent": change,
                }
                for point, change in zip(points, (0.0, *result.changes_percent), strict=True)
            ],
            "budget": dict(result.budget),
        },
    )


def _reading(device: DeviceInfo, averages: Averages, time_s: float) -> StabilityReading:
    reading = averages.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading after {time_s / 60.0:.0f} min")
    return StabilityReading(time_s, reading.reference, reading.indication)
