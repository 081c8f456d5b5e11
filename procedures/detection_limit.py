"""Limit of detection (检出限): three times the standard deviation of repeated readings of a gas without the measurand.

40 CFR 60 Appendix B, PS-18: at least seven readings, with the interferents of the flue gas in the gas where they are named;
LOD = 3·SD. The limit is stated in percent of the applicable standard, which is a setting.
"""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.level_error import rule_unit
from procedures.reading import independent_readings
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.coverage import standard_deviation_interval

FACTOR = 3.0


class DetectionLimitSettings(Settings):
    """How many readings, the interferent in the gas, and the standard that the limit is a share of."""

    readings: int = setting(7, title=Text(zh="读数次数", en="readings"), ge=7, le=100, join="most")
    interferent: str = setting(
        "", title=Text(zh="气体中的干扰组分（空：零点气）", en="interferent in the gas; none: zero gas")
    )
    content: Annotated[float, Field(ge=0, le=100)] = setting(
        0.0, unit="%", title=Text(zh="干扰组分含量", en="content of the interferent")
    )
    applicable_standard: float = setting(
        0.0,
        unit="F.S.",
        title=Text(zh="适用排放限值（0：未给出）", en="applicable standard, share of full scale; 0: not stated"),
        ge=0,
        le=1,
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@procedure(
    "detection-limit",
    title=Text(zh="检出限", en="Limit of detection"),
    roles=("divider",),
    characteristics=("detection_limit",),
)
def detection_limit(bench: Bench, settings: DetectionLimitSettings) -> None:
    """Three times the standard deviation of readings of gas without the measurand, percent of span or of the standard."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, 1.0)
    if settings.interferent and settings.content > 0:
        bench.supply_other(settings.interferent, settings.content / 100.0)
    else:
        bench.zero_gas()
    bench.settle()
    readings = independent_readings(bench, settings.readings)
    for device in bench.devices:
        bench.determine(device, "detection_limit", "%", _detection_limit, readings, settings)


def _detection_limit(
    device: DeviceInfo, characteristic: str, readings: list[Averages], settings: DetectionLimitSettings
) -> Finding:
    shown = []
    for averages in readings:
        indication = averages.readings[device.name].indication
        if indication is None:
            raise ValueError("a reading is missing")
        shown.append(indication.value)
    mean = math.fsum(shown) / len(shown)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in shown) / (len(shown) - 1))
    low, high = (FACTOR * end for end in standard_deviation_interval(deviation, len(shown)))
    limit = FACTOR * deviation
    of_span = 100.0 / device.full_scale
    unit, factor = rule_unit(device)
    expressed = {
        "percent_of_span": {"value": limit * of_span, "unit": "%", "expanded_uncertainty": (high - limit) * of_span},
        "absolute": {"value": limit * factor, "unit": unit, "expanded_uncertainty": (high - limit) * factor},
    }
    if settings.applicable_standard > 0:
        share = of_span / settings.applicable_standard
        expressed["percent_of_standard"] = {
            "value": limit * share,
            "unit": "%",
            "expanded_uncertainty": (high - limit) * share,
        }
    return Finding(
        device.name,
        characteristic,
        limit * factor,
        unit,
        interval=(low * factor, high * factor),
        details={
            "unit": device.unit,
            "shown": shown,
            "standard_deviation": deviation,
            "variables": {"span": device.full_scale * factor},
            "expressed": expressed,
        },
    )
