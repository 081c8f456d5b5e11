"""Calibration function (校准函数): the reference as a line of the device's signal, and its coefficient of determination.

EN 15267-3:2007, field test, R² of the calibration function, for gas analysers and flow monitors: at least 15 parallel
measurements over three days. On a bench the gas of the divider, or the velocity of the rig, is the reference and the devices
are read as they stand; parallel measurements of a stack are entered. What EN 14181 asks of a calibration function besides
(methods A, B and C, valid range, variability) is `qal2`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from testbench.engine.bench import DAY_S, Bench
from testbench.engine.entering import Column, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.calibration_line import CalibrationLine, calibration_line
from testbench.metrology.measurand import MeasurandKind, from_si
from testbench.metrology.pair_accuracy import Pair, exact_pair

HOUR_S = 3600.0


class CalibrationFunctionSettings(Settings):
    """Where the pairs come from, how many on how many days, and what is supplied on a bench."""

    source: Literal["bench", "entered"] = setting(
        "bench",
        title=Text(zh="参比来源", en="the reference is"),
        choices={
            "bench": Text(zh="台架的标准气体或参比流速", en="gas or velocity of the bench"),
            "entered": Text(zh="录入的参比方法数据", en="a reference method, entered"),
        },
    )
    pairs: int = setting(15, title=Text(zh="平行测量次数", en="parallel measurements"), ge=3, le=200, join="most")
    days: int = setting(3, unit="d", title=Text(zh="分布天数", en="days that they spread over"), ge=1, le=28, join="most")
    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.3, 0.6, 0.15, 0.75, 0.45),
        unit="F.S.",
        title=Text(zh="台架上依次设定的点", en="set-points on the bench, in turn"),
        min_length=2,
        max_length=30,
    )
    average_s: float = setting(
        1800.0, unit="s", title=Text(zh="每次测量时长", en="duration of a measurement"), ge=60, le=36_000, join="most"
    )
    apart_h: float = setting(
        1.0, unit="h", title=Text(zh="测量起始间隔", en="time between starts"), ge=0.5, le=24, join="most"
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of one device with where they come from; None for those without a reading."""

    pairs: tuple[Pair | None, ...]
    more: dict[str, Any]


@procedure(
    "calibration-function",
    title=Text(zh="校准函数", en="Calibration function"),
    roles=(),
    characteristics=("calibration_r_squared", "calibration_slope", "calibration_intercept"),
)
def calibration_function(bench: Bench, settings: CalibrationFunctionSettings) -> None:
    """Line of the reference on the device's signal through parallel measurements, and its coefficient of determination."""
    found = _entered(bench, settings) if settings.source == "entered" else _on_the_bench(bench, settings)
    for device in bench.devices:
        own = found[device.name]
        bench.determine(device, "calibration_r_squared", "1", _r_squared, own)
        bench.determine(device, "calibration_slope", "1", _slope, own)
        bench.determine(device, "calibration_intercept", device.unit, _intercept, own)


def _on_the_bench(bench: Bench, settings: CalibrationFunctionSettings) -> dict[str, _Pairs]:
    moves = bench.devices[0].kind.moves
    if any(device.kind is MeasurandKind.FLOW for device in bench.devices):
        raise InputError("volume flow has no set-points here; have the pairs entered, --set source=entered")
    bench.check_conditions()
    pairs: dict[str, list[Pair | None]] = {device.name: [] for device in bench.devices}
    start = None
    for number in range(settings.pairs):
        if start is not None:
            bench.wait_until(start + start_of(number, settings))
        level = settings.levels[number % len(settings.levels)]
        if moves:
            first = bench.devices[0]
            bench.set_velocity(first.at(level) / from_si(first.unit))
        else:
            bench.supply(level)
        bench.settle()
        averages = bench.average(settings.average_s, every_s=60.0)
        start = averages.window.start if start is None else start
        for device in bench.devices:
            reading = averages.readings[device.name]
            known = reading.indication is not None and reading.reference is not None
            pairs[device.name].append(Pair(reading.reference, reading.indication) if known else None)  # type: ignore[arg-type]
    if moves:
        bench.set_velocity(0.0)
    return {name: _Pairs(tuple(own), {}) for name, own in pairs.items()}


def start_of(number: int, settings: CalibrationFunctionSettings) -> float:
    """When measurement `number` begins, s after the first: as many on each day as on another, `apart_h` apart."""
    each_day = -(-settings.pairs // settings.days)
    return (number // each_day) * DAY_S + (number % each_day) * settings.apart_h * HOUR_S


def _entered(bench: Bench, settings: CalibrationFunctionSettings) -> dict[str, _Pairs]:
    entered = bench.enter(pairs_form(bench.devices, settings))
    more = {"entered_by": entered.by, "source": entered.source}
    return {
        device.name: _Pairs(
            tuple(
                exact_pair(number_in(row, "reference"), number_in(row, "signal"), device.unit)
                for row in entered.of("device", device.name)
            ),
            more,
        )
        for device in bench.devices
    }


def pairs_form(devices: Sequence[DeviceInfo], settings: CalibrationFunctionSettings) -> Form:
    """The form for the pairs, one row a device and measurement."""
    unit = "/".join(sorted({device.unit for device in devices}))
    rows = [(device, number) for device in devices for number in range(settings.pairs)]
    given = tuple({"device": device.name, "measurement": float(number + 1)} for device, number in rows)
    expected = []
    for row, (device, number) in zip(given, rows, strict=True):
        value = device.at(settings.levels[number % len(settings.levels)])
        expected.append({**row, "reference": value, "signal": value})
    return Form(
        title=Text(zh="校准函数的平行测量", en="Parallel measurements of the calibration function"),
        instruction=Text(
            zh="逐次录入参比方法与被测仪器在同一时段的平均值，换算到同一状态。",
            en="Enter the means of reference method and device over the same time, at the same conditions.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("measurement", Text(zh="测量序号", en="measurement"), lower=1),
            Column("reference", Text(zh="参比方法测定值", en="reference"), unit),
            Column("signal", Text(zh="仪器信号", en="signal of the device"), unit),
        ),
        given=given,
        expected=tuple(expected),
    )


def _line(found: _Pairs) -> CalibrationLine:
    missing = [str(number) for number, pair in enumerate(found.pairs, start=1) if pair is None]
    if missing:
        raise ValueError(f"no reading of the device or of the reference in measurement {', '.join(missing)}")
    return calibration_line([pair for pair in found.pairs if pair is not None])


def _r_squared(device: DeviceInfo, characteristic: str, found: _Pairs) -> Finding:
    line = _line(found)
    return Finding(
        device.name,
        characteristic,
        line.r_squared,
        "1",
        details={
            "unit": device.unit,
            "slope": line.slope,
            "intercept": line.intercept,
            "residual_deviation": line.residual_deviation,
            "pairs": [
                {"measurement": number, "signal": pair.measured.value, "reference": pair.reference.value}
                for number, pair in enumerate(found.pairs, start=1)
                if pair is not None
            ],
            **found.more,
        },
    )


def _slope(device: DeviceInfo, characteristic: str, found: _Pairs) -> Finding:
    line = _line(found)
    expanded = line.slope_expanded
    return Finding(
        device.name,
        characteristic,
        line.slope,
        "1",
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        details=found.more,
    )


def _intercept(device: DeviceInfo, characteristic: str, found: _Pairs) -> Finding:
    line = _line(found)
    expanded = line.intercept_expanded
    return Finding(
        device.name,
        characteristic,
        line.intercept,
        device.unit,
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        details=found.more,
    )
