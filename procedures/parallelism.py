"""Parallelism (平行性): spread of identical units that read the same gas at the same time, percent of their mean.

HJ 76-2017, laboratory items, parallelism (P): three units together; low, mid and high gas (20–30, 50–60, 80–100 % of full
scale); P_j = (1/C̄_j)·sqrt[Σ(C_ij − C̄_j)²/(3 − 1)]·100 %; the largest is reported. It is one number for the units together,
and stands with each of them. Of fewer or unlike units nothing is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.injections import level_words, read_gas
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.parallelism import parallelism
from testbench.metrology.quantity import Quantity


class ParallelismSettings(Settings):
    """How many units, which gases, and how they are read."""

    units: int = setting(3, title=Text(zh="最少台数", en="least number of units"), ge=2, le=10, join="most")
    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.25, 0.55, 0.9), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=1, max_length=10
    )
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure("parallelism", title=Text(zh="平行性", en="Parallelism"), roles=("divider",), characteristics=("parallelism",))
def parallelism_of_units(bench: Bench, settings: ParallelismSettings) -> None:
    """Relative standard deviation between the units at each level, the largest of them, percent of the mean."""
    problem = _problem(bench.devices, settings.units)
    if problem is not None:
        for device in bench.devices:
            bench.determine(device, "parallelism", "%", _refused, problem)
        return
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, max(0.5, *settings.levels))
    readings = [(level, read_gas(bench, level, least_s=settings.average_s)) for level in settings.levels]
    for device in bench.devices:
        bench.determine(device, "parallelism", "%", _parallelism, bench.devices, readings)


def _problem(devices: Sequence[DeviceInfo], units: int) -> str | None:
    """Why these devices have no parallelism; None where they do."""
    if len(devices) < units:
        return f"parallelism is of {units} units read together; here are {len(devices)}"
    if len({(device.measurand, device.unit, device.full_scale) for device in devices}) > 1:
        return "parallelism is of identical units; these differ in measurand, unit or range"
    return None


def _refused(device: DeviceInfo, characteristic: str, problem: str) -> Finding:
    raise ValueError(problem)


def _parallelism(
    device: DeviceInfo,
    characteristic: str,
    devices: Sequence[DeviceInfo],
    readings: Sequence[tuple[float, Averages]],
) -> Finding:
    names = [one.name for one in devices]
    result = parallelism([(level, [_indication(averages, name) for name in names]) for level, averages in readings])
    low, high = result.interval_percent
    value = result.largest.percent
    return Finding(
        device.name,
        characteristic,
        value,
        "%",
        expanded_uncertainty=max(high - value, value - low),
        interval=result.interval_percent,
        index=level_words(result.largest.nominal_fraction),
        details={
            "unit": device.unit,
            "units": names,
            "levels": [
                {
                    "nominal_fraction": level.nominal_fraction,
                    "indications": list(level.indications),
                    "mean": level.mean,
                    "parallelism_percent": level.percent,
                    "interval_percent": list(level.interval_percent),
                }
                for level in result.levels
            ],
        },
    )


def _indication(averages: Averages, name: str) -> Quantity:
    indication = averages.readings[name].indication
    if indication is None:
        raise ValueError(f"no reading of {name}")
    return indication
