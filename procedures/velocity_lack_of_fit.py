"""Lack of fit of a flow monitor (流速仪线性偏差): residuals of its mean readings from the regression line on the reference.

EN 15267-3, flow AMS: as for gases, with the velocities of a flow rig in place of the gases; the reference is measured.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.lack_of_fit import Visit, fit_of_visits
from procedures.order import ORDERS, Order, in_order
from procedures.reading import independent_readings
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.errors import InputError
from testbench.metrology.measurand import MeasurandKind, from_si


class VelocityLackOfFitSettings(Settings):
    """Which velocities in which order, and how they are read."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.1, 0.7, 0.4, 0.1, 0.6, 0.2, 0.3, 0.8, 0.1),
        unit="F.S.",
        title=Text(zh="流速点", en="set-points"),
        min_length=3,
        max_length=40,
    )
    order: Order = setting("prescribed", title=Text(zh="流速点次序", en="order of the set-points"), choices=ORDERS)
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0, le=999_999)
    readings: int = setting(3, title=Text(zh="每点读数次数", en="readings at a set-point"), ge=1, le=50, join="most")
    least_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )


@procedure(
    "velocity-lack-of-fit",
    title=Text(zh="流速仪线性偏差", en="Lack of fit of a flow monitor"),
    roles=("flow_rig",),
    characteristics=("lack_of_fit",),
)
def velocity_lack_of_fit(bench: Bench, settings: VelocityLackOfFitSettings) -> None:
    """Residuals of the mean readings from the regression line on the reference velocity, percent of full scale."""
    bench.check_conditions()
    visits: list[Visit] = []
    for level in in_order(settings.levels, 1, settings.order, settings.seed):
        bench.set_velocity(velocity_at(bench.devices[0], level))
        bench.settle()
        readings = independent_readings(bench, settings.readings, least_s=settings.least_s)
        visits.extend(Visit(level, averages) for averages in readings)
    bench.set_velocity(0.0)
    for device in bench.devices:
        bench.determine(device, "lack_of_fit", "%F.S.", fit_of_visits, visits)


def velocity_at(device: DeviceInfo, level: float) -> float:
    """The velocity in m/s at a fraction of full scale; InputError for a device that measures no velocity."""
    if device.kind is not MeasurandKind.VELOCITY:
        raise InputError(f"{device.name} measures {device.measurand} in {device.unit}; this procedure is for velocity")
    return device.at(level) / from_si(device.unit)
