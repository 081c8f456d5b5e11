"""Repeatability (重复性): standard deviation of repeated displayed values of one gas, relative to their mean.

HJ 76-2017, laboratory items, repeatability (Sr): span gas until the reading is stable, note the displayed value; at least
six times; Sr = s/mean·100 %.
"""

from __future__ import annotations

from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo, Displayed
from testbench.findings import Finding
from testbench.metrology.repeatability import repeatability as relative_repeatability


class RepeatabilitySettings(Settings):
    """Which gas, how often, and whether zero gas comes between."""

    level: float = setting(1.0, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.1, le=1.0)
    repeats: int = setting(6, title=Text(zh="重复次数", en="repeats"), join="most", ge=3, le=100)
    zero_between: bool = setting(True, title=Text(zh="各次之间通零点气", en="zero gas between the repeats"))
    interval_s: float = setting(
        60.0,
        unit="s",
        title=Text(zh="不通零点气时的读数间隔", en="time between readings without zero gas between"),
        ge=1,
        le=3600,
    )


@procedure(
    "repeatability", title=Text(zh="重复性", en="Repeatability"), roles=("divider",), characteristics=("repeatability",)
)
def repeatability(bench: Bench, settings: RepeatabilitySettings) -> None:
    """Standard deviation of repeated displayed values of span gas, percent of their mean."""
    bench.check_conditions()
    readings: list[Displayed] = []
    for number in range(settings.repeats):
        if settings.zero_between:
            bench.zero_gas()
            bench.settle()
        if settings.zero_between or number == 0:
            bench.supply(settings.level)
            bench.settle()
        else:
            bench.wait(settings.interval_s)
        readings.append(bench.read())
    for device in bench.devices:
        bench.determine(device, "repeatability", "%", _repeatability, readings, settings)


def _repeatability(
    device: DeviceInfo, characteristic: str, readings: list[Displayed], settings: RepeatabilitySettings
) -> Finding:
    values = [reading.values[device.name] for reading in readings]
    shown = [value for value in values if value is not None]
    if len(shown) < len(values):
        raise ValueError(f"{len(values) - len(shown)} of {len(values)} displayed values are missing")
    gas = max(reading.reproducibility[device.name] for reading in readings) if settings.zero_between else 0.0
    result = relative_repeatability(shown, resolution=device.resolution, gas_reproducibility=gas)
    return Finding(
        device.name,
        characteristic,
        result.value_percent,
        "%",
        expanded_uncertainty=result.expanded_uncertainty,
        coverage_factor=result.coverage_factor,
        interval=result.interval_percent,
        details={
            "unit": device.unit,
            "readings": shown,
            "mean": result.mean,
            "standard_deviation": result.standard_deviation,
            "runs_done": len(shown),
            "gas_reproducibility": gas,
        },
    )
