"""Repeatability at zero and span (零点和量程点重复性): standard deviation of repeated readings, percent of full scale.

EN 15267-3: 20 readings of zero gas and 20 of span gas, independent of each other; s_r = sqrt(Σ(x − x̄)²/(n − 1)). The zero
readings give the detection limit t·s_0 as well (EN ISO 9169). OIML R 144 limits s by a third of the permissible error; three
times s of the span gas stands for that.
"""

from __future__ import annotations

from procedures.in_device_unit import absolute
from procedures.reading import independent_readings
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.amount import to_fraction
from testbench.metrology.suitability import RangeRepeatability, detection_limit, range_repeatability


class RepeatabilityZeroSpanSettings(Settings):
    """Span gas, and how many readings of which kind."""

    span: float = setting(0.7, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.1, le=1.0)
    readings: int = setting(20, title=Text(zh="每点读数次数", en="readings of each gas"), ge=3, le=100, join="most")
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
    )


@procedure(
    "repeatability-zero-span",
    title=Text(zh="零点和量程点重复性", en="Repeatability at zero and span"),
    roles=("divider",),
    characteristics=("repeatability_zero", "repeatability_span", "detection_limit", "repeatability_3s"),
)
def repeatability_zero_span(bench: Bench, settings: RepeatabilityZeroSpanSettings) -> None:
    """Standard deviation of independent readings of zero gas and of span gas, percent of full scale."""
    bench.check_conditions()
    bench.zero_gas()
    bench.settle()
    zeros = _read(bench, settings)
    bench.supply(settings.span)
    bench.settle()
    spans = _read(bench, settings)
    for device in bench.devices:
        bench.determine(device, "repeatability_zero", "%F.S.", repeatability_of, zeros)
        bench.determine(device, "repeatability_span", "%F.S.", repeatability_of, spans)
        bench.determine(device, "detection_limit", device.unit, _detection_limit, zeros)
        bench.determine(device, "repeatability_3s", "%", _three_deviations, spans)


def _read(bench: Bench, settings: RepeatabilityZeroSpanSettings) -> list[Averages]:
    return independent_readings(bench, settings.readings, apart_responses=settings.apart, average_responses=settings.average)


def _values(device: DeviceInfo, readings: list[Averages]) -> list[float]:
    shown = [averages.readings[device.name].indication for averages in readings]
    there = [indication.value for indication in shown if indication is not None]
    if len(there) < len(shown):
        raise ValueError(f"{len(shown) - len(there)} of {len(shown)} readings are missing")
    return there


def _result(device: DeviceInfo, readings: list[Averages]) -> RangeRepeatability:
    return range_repeatability(_values(device, readings), full_scale=device.full_scale)


def _details(device: DeviceInfo, readings: list[Averages], result: RangeRepeatability) -> dict[str, object]:
    return {
        "unit": device.unit,
        "readings": _values(device, readings),
        "mean": result.mean,
        "standard_deviation": result.standard_deviation,
        "runs_done": result.count,
    }


def repeatability_of(device: DeviceInfo, characteristic: str, readings: list[Averages]) -> Finding:
    """Standard deviation of the readings of one device, percent of full scale; ValueError where one is missing."""
    result = _result(device, readings)
    return Finding(
        device.name,
        characteristic,
        result.percent_fs,
        "%F.S.",
        expanded_uncertainty=_half_width(result.percent_fs, result.interval_percent_fs),
        interval=result.interval_percent_fs,
        details=_details(device, readings, result)
        | {"expressed": absolute(device, result.percent_fs, _half_width(result.percent_fs, result.interval_percent_fs))},
    )


def _detection_limit(device: DeviceInfo, characteristic: str, readings: list[Averages]) -> Finding:
    result = _result(device, readings)
    value = detection_limit(result.standard_deviation, result.count)
    share = value / result.percent_fs if result.percent_fs > 0 else 0.0
    interval = (share * result.interval_percent_fs[0], share * result.interval_percent_fs[1])
    return Finding(
        device.name,
        characteristic,
        value,
        device.unit,
        expanded_uncertainty=_half_width(value, interval),
        interval=interval,
        details=_details(device, readings, result),
    )


def _three_deviations(device: DeviceInfo, characteristic: str, readings: list[Averages]) -> Finding:
    """Three standard deviations in percent of the mean; the same in µmol/mol for the limit's other branch."""
    result = _result(device, readings)
    if not result.mean > 0:
        raise ValueError(f"the mean reading of span gas must be above zero; it is {result.mean:g} {device.unit}")
    share = 3.0 * device.full_scale / result.mean
    low, high = (share * end for end in result.interval_percent_fs)
    value = share * result.percent_fs
    micro = 1e6 * to_fraction(result.mean, device.unit)
    uncertainty = _half_width(value, (low, high))
    return Finding(
        device.name,
        characteristic,
        value,
        "%",
        expanded_uncertainty=uncertainty,
        interval=(low, high),
        details=_details(device, readings, result)
        | {
            "variables": {"difference": micro * value / 100},
            "expressed": {
                "absolute": {
                    "value": micro * value / 100,
                    "unit": "µmol/mol",
                    "expanded_uncertainty": micro * uncertainty / 100,
                }
            },
        },
    )


def _half_width(value: float, interval: tuple[float, float]) -> float:
    """The larger distance from the value to the ends of its interval."""
    return max(interval[1] - value, value - interval[0])
