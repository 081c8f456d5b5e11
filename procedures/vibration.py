"""Influence of vibration (振动的影响): change of the readings of zero and span after the devices were shaken.

HJ 76-2017, laboratory items, vibration: read; sweep from 10 to 55 Hz at about 0.15 mm amplitude along three axes; read
again; (after − before)/R·100 %, the largest with its sign. The shaking table is not an instrument of the bench: a person
takes the devices there and back. Nothing is adjusted between the readings, and every reading is averaged over a response
time at least.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.in_device_unit import absolute
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.operator import Prompt
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.coverage import expand
from testbench.metrology.influence import Influence, InfluencePoint, influence

BEFORE, AFTER = 0.0, 1.0  # the condition: shaken or not


class VibrationSettings(Settings):
    """Which gases are read, and how the devices are shaken."""

    levels: tuple[Annotated[float, Field(ge=0, le=1)], ...] = setting(
        (0.0, 1.0), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=1, max_length=10
    )
    lowest_hz: float = setting(10.0, unit="Hz", title=Text(zh="最低频率", en="lowest frequency"), gt=0, le=1000)
    highest_hz: float = setting(55.0, unit="Hz", title=Text(zh="最高频率", en="highest frequency"), gt=0, le=1000)
    amplitude_mm: float = setting(0.15, unit="mm", title=Text(zh="振幅", en="amplitude"), gt=0, le=10)
    axes: int = setting(3, title=Text(zh="振动方向数", en="number of axes"), ge=1, le=3, join="most")
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数平均时间", en="averaging time of a reading"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "vibration",
    title=Text(zh="振动的影响", en="Influence of vibration"),
    roles=("divider",),
    characteristics=("vibration_influence",),
)
def vibration(bench: Bench, settings: VibrationSettings) -> None:
    """Change of the readings after the devices were shaken, percent of full scale."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, max(max(settings.levels), 0.5))
    with bench.unadjusted():
        before = [_read(bench, level, settings) for level in settings.levels]
        bench.zero_gas()
        bench.ask(
            Prompt(
                f"Take the devices off the line and shake each of them along {settings.axes} axes, sweeping from "
                f"{settings.lowest_hz:g} to {settings.highest_hz:g} Hz at {settings.amplitude_mm:g} mm; connect them again, "
                "let them become stable, and answer when done"
            )
        )
        after = [_read(bench, level, settings) for level in settings.levels]
    for device in bench.devices:
        bench.determine(device, "vibration_influence", "%F.S.", _vibration_influence, settings.levels, before, after)


def _read(bench: Bench, level: float, settings: VibrationSettings) -> Averages:
    """Set the gas, wait until stable, and read."""
    bench.supply(level)
    bench.settle()
    return bench.average(averaging_s(bench.devices, least_s=settings.average_s))


def _vibration_influence(
    device: DeviceInfo, characteristic: str, levels: tuple[float, ...], before: list[Averages], after: list[Averages]
) -> Finding:
    changes = [
        influence([_point(device, first, BEFORE), _point(device, second, AFTER)], full_scale=device.full_scale)
        for first, second in zip(before, after, strict=True)
    ]
    place = max(range(len(levels)), key=lambda number: abs(changes[number].largest.percent_fs))
    largest = changes[place].largest
    expanded = expand(largest.standard_uncertainty, largest.degrees_of_freedom, of=len(levels))
    return Finding(
        device.name,
        characteristic,
        largest.percent_fs,
        "%F.S.",
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        index=f"{100 * levels[place]:g} %F.S.",
        details={
            "unit": device.unit,
            "levels": [
                _level(device, level, first, second, found)
                for level, first, second, found in zip(levels, before, after, changes, strict=True)
            ],
            "budget": dict(largest.budget),
            "expressed": absolute(device, largest.percent_fs, expanded.uncertainty),
        },
    )


def _point(device: DeviceInfo, averages: Averages, condition: float) -> InfluencePoint:
    reading = averages.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading {'after' if condition == AFTER else 'before'} the devices were shaken")
    return InfluencePoint(condition, condition == BEFORE, reference=reading.reference, indication=reading.indication)


def _level(device: DeviceInfo, level: float, before: Averages, after: Averages, found: Influence) -> dict[str, object]:
    first, second = (_point(device, averages, BEFORE).indication.value for averages in (before, after))
    return {
        "nominal_fraction": level,
        "before": first,
        "after": second,
        "change_percent_fs": found.largest.percent_fs,
        "expanded_uncertainty_percent_fs": found.largest.expanded.uncertainty,
    }
