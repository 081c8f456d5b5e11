"""Lack of fit (线性偏差): residuals of the mean readings from the regression line, in percent of full scale.

EN 15267-3: gas at 0, 70, 40, 0, 60, 10, 30, 90 and 0 % of the range in this order, at least three readings each after three
response times. EN ISO 9169: readings averaged over at least one response time, four response times apart. EN 14181 Annex B
has 0, 20, 40, 60, 80 and 0 %. The line goes through all visits; the largest residual of a level's mean is the lack of fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from procedures.in_device_unit import absolute
from procedures.order import ORDERS, Order, in_order
from procedures.reading import independent_readings
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.lack_of_fit import LackOfFit
from testbench.metrology.lack_of_fit import lack_of_fit as lack_of_fit_of
from testbench.metrology.linearity import LinearityPoint


class LackOfFitSettings(Settings):
    """Which gases in which order, and how they are read."""

    levels: tuple[Annotated[float, Field(ge=0, le=1)], ...] = setting(
        (0.0, 0.7, 0.4, 0.0, 0.6, 0.1, 0.3, 0.9, 0.0),
        unit="F.S.",
        title=Text(zh="测试点", en="levels"),
        min_length=3,
        max_length=40,
    )
    order: Order = setting("prescribed", title=Text(zh="测试点次序", en="order of the levels"), choices=ORDERS)
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0, le=999_999)
    passes: int = setting(1, title=Text(zh="轮数", en="passes"), ge=1, le=20, join="most")
    readings: int = setting(3, title=Text(zh="每点读数次数", en="readings at a level"), ge=1, le=50, join="most")
    apart: float = setting(
        4.0,
        title=Text(zh="读数间隔（响应时间的倍数）", en="time between readings, response times"),
        ge=0,
        le=20,
        join="most",
    )
    average: float = setting(
        1.0,
        title=Text(zh="读数平均时间（响应时间的倍数）", en="averaging time of a reading, response times"),
        ge=0.1,
        le=20,
        join="most",
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """One reading of one gas."""

    level: float
    averages: Averages


@procedure("lack-of-fit", title=Text(zh="线性偏差", en="Lack of fit"), roles=("divider",), characteristics=("lack_of_fit",))
def lack_of_fit(bench: Bench, settings: LackOfFitSettings) -> None:
    """Residuals of the levels' mean readings from the regression line, percent of full scale."""
    bench.check_conditions()
    visits: list[Visit] = []
    for number in range(1, settings.passes + 1):
        for level in in_order(settings.levels, number, settings.order, settings.seed):
            if level == 0.0:
                bench.zero_gas()
            else:
                bench.supply(level)
            bench.settle()
            readings = independent_readings(
                bench, settings.readings, apart_responses=settings.apart, average_responses=settings.average
            )
            visits.extend(Visit(level, averages) for averages in readings)
    for device in bench.devices:
        bench.determine(device, "lack_of_fit", "%F.S.", fit_of_visits, visits)


def fit_of_visits(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    """The finding of one device from its visits; ValueError where a reading is missing."""
    points = [_point(device, number, visit) for number, visit in enumerate(visits, start=1)]
    result = lack_of_fit_of(points, full_scale=device.full_scale)
    return Finding(
        device.name,
        characteristic,
        result.largest.residual_percent_fs,
        "%F.S.",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        index=f"{100 * result.largest.nominal_fraction:g} %F.S.",
        details=_details(device, points, result),
    )


def _point(device: DeviceInfo, number: int, visit: Visit) -> LinearityPoint:
    reading = visit.averages.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading at {100 * visit.level:g} % of full scale")
    return LinearityPoint(number, visit.level, reference=reading.reference, indication=reading.indication)


def _details(device: DeviceInfo, points: list[LinearityPoint], result: LackOfFit) -> dict[str, object]:
    return {
        "unit": device.unit,
        "slope": result.slope,
        "intercept": result.intercept,
        "levels": [
            {
                "nominal_fraction": level.nominal_fraction,
                "readings": level.visits,
                "reference": level.reference,
                "indication": level.indication,
                "error_percent_fs": level.residual_percent_fs,
                "standard_uncertainty_percent_fs": level.standard_uncertainty,
                "expanded_uncertainty_percent_fs": level.expanded.uncertainty,
            }
            for level in result.levels
        ],
        "passes": [
            {
                "pass": point.pass_number,
                "nominal_fraction": point.nominal_fraction,
                "reference": point.reference.value,
                "indication": point.indication.value,
            }
            for point in points
        ],
        "budget": dict(result.largest.budget),
        "expressed": absolute(device, result.largest.residual_percent_fs, result.expanded.uncertainty),
    }
