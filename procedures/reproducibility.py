"""Reproducibility of two identical devices (平行仪器再现性): both read the same gas, their differences make R_f.

EN 15267-3, field test: R_f = t(0.05; n − 1)·s_D with s_D = sqrt(Σ(x_1 − x_2)²/(2n)), percent of full scale. On the bench the
devices share the gas of several levels in turn. Of more than two devices each is compared with every other one; its finding
is the largest R_f of its pairs.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.in_device_unit import absolute
from procedures.order import ORDERS, Order, in_order
from procedures.reading import independent_readings
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.suitability import Reproducibility
from testbench.metrology.suitability import reproducibility as reproducibility_of


class ReproducibilitySettings(Settings):
    """Which gases, how often, and how they are read."""

    levels: tuple[Annotated[float, Field(ge=0, le=1)], ...] = setting(
        (0.2, 0.5, 0.8), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=1, max_length=20
    )
    passes: int = setting(5, title=Text(zh="轮数", en="passes"), ge=1, le=100, join="most")
    readings: int = setting(2, title=Text(zh="每点读数次数", en="readings at a level"), ge=1, le=50, join="most")
    order: Order = setting("up-and-down", title=Text(zh="测试点次序", en="order of the levels"), choices=ORDERS)
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0, le=999_999)


@procedure(
    "reproducibility",
    title=Text(zh="平行仪器再现性", en="Reproducibility of two devices"),
    roles=("divider",),
    characteristics=("reproducibility",),
)
def reproducibility(bench: Bench, settings: ReproducibilitySettings) -> None:
    """Reproducibility R_f of devices that read the same gas, percent of full scale."""
    bench.check_conditions()
    readings: list[Averages] = []
    for number in range(1, settings.passes + 1):
        for level in in_order(settings.levels, number, settings.order, settings.seed):
            bench.supply(level)
            bench.settle()
            readings.extend(independent_readings(bench, settings.readings))
    for device in bench.devices:
        others = [other for other in bench.devices if other.name != device.name]
        bench.determine(device, "reproducibility", "%F.S.", reproducibility_among, others, readings)


def reproducibility_among(
    device: DeviceInfo, characteristic: str, others: list[DeviceInfo], readings: list[Averages]
) -> Finding:
    """The largest R_f of a device's pairs, percent of full scale; ValueError where it is alone or a reading is missing."""
    if not others:
        raise ValueError("reproducibility needs two devices of one type on the same gas")
    own = _percent(device, readings)
    pairs: dict[str, Reproducibility] = {other.name: reproducibility_of(own, _percent(other, readings)) for other in others}
    name = max(pairs, key=lambda other: pairs[other].reproducibility)
    largest = pairs[name]
    value, (low, high) = largest.reproducibility, largest.interval
    return Finding(
        device.name,
        characteristic,
        value,
        "%F.S.",
        expanded_uncertainty=max(high - value, value - low),
        interval=largest.interval,
        index=f"{device.name} − {name}",
        details={
            "unit": "%F.S.",
            "pairs": {
                other: {"deviation_percent_fs": pair.deviation, "t": pair.t, "percent_fs": pair.reproducibility}
                for other, pair in pairs.items()
            },
            "readings": own,
            "expressed": absolute(device, value, max(high - value, value - low)),
        },
    )


def _percent(device: DeviceInfo, readings: list[Averages]) -> list[float]:
    """The readings of a device in percent of its full scale."""
    shown = [averages.readings[device.name].indication for averages in readings]
    there = [100.0 * (each.value - device.low) / device.full_scale for each in shown if each is not None]
    if len(there) < len(shown):
        raise ValueError(f"{len(shown) - len(there)} of {len(shown)} readings of {device.name} are missing")
    return there
