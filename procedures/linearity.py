"""Linearity error (线性误差): mean indication minus reference at several levels, in percent of full scale.

HJ 76-2017, laboratory items, linearity error (Le): adjust zero and span; apply about 20, 40, 60 and 80 % of full scale,
zero gas between; three passes, mean per level; Le,i = (mean C_i − Cs,i)/R·100 %; the largest is reported.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.adjustment import ZeroAndSpan, adjust_zero_and_span, adjustment_point
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.linearity import LinearityPoint, linearity_error


class LinearitySettings(Settings):
    """Levels as fractions of full scale, and how they are read."""

    levels: tuple[Annotated[float, Field(ge=0, le=1)], ...] = setting(
        (0.2, 0.4, 0.6, 0.8), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=2, max_length=20
    )
    passes: int = setting(3, title=Text(zh="轮数", en="passes"), join="most", ge=1, le=20)
    zero_between: bool = setting(True, title=Text(zh="各测试点之间通零点气", en="zero gas between the levels"))
    span: float = setting(1.0, unit="F.S.", title=Text(zh="调整用量程气", en="span gas for the adjustment"), ge=0.5, le=1.0)
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数平均时间", en="averaging time of a reading"), join="most", ge=10, le=3600
    )


@procedure(
    "linearity", title=Text(zh="线性误差", en="Linearity error"), roles=("divider",), characteristics=("linearity_error",)
)
def linearity(bench: Bench, settings: LinearitySettings) -> None:
    """Mean indication minus reference at several levels, percent of full scale, after adjustment of zero and span."""
    bench.check_conditions()
    adjusted = adjust_zero_and_span(bench, settings.span)
    readings: list[tuple[int, float, Averages]] = []
    for number in range(1, settings.passes + 1):
        for level in settings.levels:
            if settings.zero_between:
                bench.zero_gas()
                bench.settle()
            bench.supply(level)
            bench.settle()
            readings.append((number, level, bench.average(settings.average_s)))
    closing_zero, closing_span = _closing_readings(bench, settings)
    for device in bench.devices:
        bench.determine(device, "linearity_error", "%F.S.", _linearity_error, readings, adjusted, closing_zero, closing_span)


def _closing_readings(bench: Bench, settings: LinearitySettings) -> tuple[Averages, Averages]:
    """Zero and span once more: what they moved since the adjustment is drift during the test."""
    bench.zero_gas()
    bench.settle()
    zero = bench.average(settings.average_s)
    bench.supply(settings.span)
    bench.settle()
    return zero, bench.average(settings.average_s)


def _linearity_error(
    device: DeviceInfo,
    characteristic: str,
    readings: list[tuple[int, float, Averages]],
    adjusted: ZeroAndSpan,
    closing_zero: Averages,
    closing_span: Averages,
) -> Finding:
    points = [_point(device, number, level, averages) for number, level, averages in readings]
    result = linearity_error(
        points,
        full_scale=device.full_scale,
        zero=adjustment_point(adjusted.zero, device),
        span=adjustment_point(adjusted.span, device),
        zero_shift=_shift(device, closing_zero),
        span_shift=_shift(device, closing_span),
    )
    largest = result.largest
    return Finding(
        device.name,
        characteristic,
        largest.error_percent_fs,
        "%F.S.",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        index=f"{100 * largest.nominal_fraction:g} %F.S.",
        details={
            "unit": device.unit,
            "levels": [
                {
                    "nominal_fraction": level.nominal_fraction,
                    "reference": level.reference,
                    "indication": level.indication,
                    "error_percent_fs": level.error_percent_fs,
                    "error_percent_nominal": level.error_percent_nominal,
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
            "budget": dict(largest.budget),
        },
    )


def _point(device: DeviceInfo, number: int, level: float, averages: Averages) -> LinearityPoint:
    reading = averages.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading at {100 * level:g} % of full scale in pass {number}")
    return LinearityPoint(number, level, reference=reading.reference, indication=reading.indication)


def _shift(device: DeviceInfo, closing: Averages) -> float:
    """How far zero or span is off at the end of the test; it was adjusted to the gas before."""
    reading = closing.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError("no closing reading of zero or span")
    return reading.indication.value - reading.reference.value
