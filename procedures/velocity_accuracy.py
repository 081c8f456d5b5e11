"""Accuracy of velocity and flow devices on a flow rig (流速准确度): error, K-factor, linearity, repeatability, line.

Set-points between 5 and 90 % of the range, or velocities in m/s; at each the reference is set and stands still, the devices
settle, and the mean indication is compared with the mean reference of the same time. E = (V − V_ref)/V_ref·100 %,
K = V_ref/V. It is how flow laboratories calibrate velocity meters; no clause of a standard is claimed: the limits of
HJ 75-2017 and EN ISO 16911-2 on velocity are for comparisons in a stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from procedures.order import ORDERS, Order, ordered
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.measurand import MeasurandKind, from_si
from testbench.metrology.velocity_accuracy import (
    Determined,
    VelocityPoint,
    velocity_line,
    velocity_repeatability,
)
from testbench.metrology.velocity_accuracy import (
    velocity_accuracy as accuracy_of,
)


class VelocityAccuracySettings(Settings):
    """Set-points, how often and in which order they are visited, and how they are read."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.1, 0.2, 0.4, 0.6, 0.8),
        unit="F.S.",
        title=Text(zh="流速点", en="set-points"),
        min_length=1,
        max_length=20,
    )
    velocities: tuple[Annotated[float, Field(gt=0, le=100)], ...] = setting(
        (),
        unit="m/s",
        title=Text(zh="流速点（代替量程的百分数）", en="set-points as velocities, in place of levels"),
        max_length=20,
    )
    passes: int = setting(3, title=Text(zh="轮数", en="passes"), ge=1, le=20)
    averages: int = setting(1, title=Text(zh="每轮每点读数次数", en="readings at a set-point in a pass"), ge=1, le=20)
    order: Order = setting(
        "up-and-down",
        title=Text(zh="流速点次序", en="order of the set-points"),
        choices=ORDERS,
    )
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0, le=999_999)
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数平均时间", en="averaging time of a reading"), ge=10, le=3600
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """One reading at one set-point."""

    number: int  # of the pass
    velocity: float
    averages: Averages


@procedure(
    "velocity-accuracy",
    title=Text(zh="流速准确度", en="Velocity accuracy"),
    roles=("flow_rig",),
    characteristics=(
        "velocity_error",
        "velocity_k_factor",
        "velocity_linearity",
        "velocity_repeatability",
        "velocity_slope",
        "velocity_intercept",
    ),
)
def velocity_accuracy(bench: Bench, settings: VelocityAccuracySettings) -> None:
    """Error, K-factor, linearity, repeatability and line of velocity devices against the reference of a flow rig."""
    velocities = set_points(bench, settings)
    bench.check_conditions()
    visits: list[Visit] = []
    for number, visited in enumerate(ordered(velocities, settings.passes, settings.order, settings.seed), start=1):
        for velocity in visited:
            bench.set_velocity(velocity)
            bench.settle()
            for _ in range(settings.averages):
                visits.append(Visit(number, velocity, bench.average(settings.average_s)))  # noqa: PERF401  reads as it is done
    bench.set_velocity(0.0)
    for device in bench.devices:
        bench.determine(device, "velocity_error", "%", _error, visits)
        bench.determine(device, "velocity_k_factor", "1", _k_factor, visits)
        bench.determine(device, "velocity_linearity", "%", _linearity, visits)
        bench.determine(device, "velocity_repeatability", "%", _repeatability, visits)
        bench.determine(device, "velocity_slope", "1", _slope, visits)
        bench.determine(device, "velocity_intercept", device.unit, _intercept, visits)


def set_points(bench: Bench, settings: VelocityAccuracySettings) -> tuple[float, ...]:
    """The velocities in m/s, each once; raises InputError for devices that are not tested in a duct."""
    info = bench.devices[0]
    if not info.kind.moves:
        raise InputError(f"{info.name} measures {info.measurand} in {info.unit}; this procedure is for velocity and flow")
    if settings.velocities:
        return tuple(dict.fromkeys(settings.velocities))
    if info.kind is MeasurandKind.FLOW:
        raise InputError(f"{info.name} measures volume flow: state the set-points as velocities, --set velocities=5,10,20")
    return tuple(dict.fromkeys(info.at(level) / from_si(info.unit) for level in settings.levels))


def _points(device: DeviceInfo, visits: Sequence[Visit]) -> list[VelocityPoint]:
    points = []
    for visit in visits:
        reading = visit.averages.readings[device.name]
        if reading.indication is None or reading.reference is None:
            raise ValueError(f"no reading at {visit.velocity:g} m/s in pass {visit.number}")
        points.append(VelocityPoint(visit.velocity, reading.reference, reading.indication))
    return points


def _error(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    points = _points(device, visits)
    result = accuracy_of(points)
    largest = result.largest
    return Finding(
        device.name,
        characteristic,
        largest.error_percent,
        "%",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        index=f"{largest.nominal:g} m/s",
        details={
            "unit": device.unit,
            "levels": [
                {
                    "velocity": level.nominal,
                    "nominal_fraction": (level.reference - device.low) / device.full_scale,
                    "readings": level.readings,
                    "reference": level.reference,
                    "indication": level.indication,
                    "error_percent_fs": share * level.error_percent,
                    "error_percent_nominal": level.error_percent,
                    "standard_uncertainty_percent_fs": share * level.standard_uncertainty_percent,
                    "expanded_uncertainty_percent_fs": share * level.expanded.uncertainty,
                    "expanded_uncertainty_percent_nominal": level.expanded.uncertainty,
                    "k_factor": level.k_factor,
                    "k_expanded_uncertainty": level.k_expanded.uncertainty,
                    "k_deviation_percent": level.k_deviation_percent,
                }
                for level in result.levels
                for share in (level.reference / device.full_scale,)
            ],
            "passes": [
                {
                    "pass": visit.number,
                    "velocity": visit.velocity,
                    "nominal_fraction": (point.reference.value - device.low) / device.full_scale,
                    "reference": point.reference.value,
                    "indication": point.indication.value,
                }
                for visit, point in zip(visits, points, strict=True)
            ],
            "budget": dict(largest.budget),
        },
    )


def _k_factor(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    return _determined(device, characteristic, "1", accuracy_of(_points(device, visits)).k_factor)


def _linearity(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    return _determined(device, characteristic, "%", accuracy_of(_points(device, visits)).linearity_percent)


def _repeatability(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    result = velocity_repeatability(_points(device, visits))
    return Finding(
        device.name,
        characteristic,
        result.value_percent,
        "%",
        interval=result.interval_percent,
        index=f"{result.level.nominal:g} m/s",
        details={"readings": result.level.readings},
    )


def _slope(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    return _determined(device, characteristic, "1", velocity_line(_points(device, visits)).slope)


def _intercept(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    return _determined(device, characteristic, device.unit, velocity_line(_points(device, visits)).intercept)


def _determined(device: DeviceInfo, characteristic: str, unit: str, found: Determined, **details: Any) -> Finding:
    return Finding(
        device.name,
        characteristic,
        found.value,
        unit,
        expanded_uncertainty=found.expanded.uncertainty,
        coverage_factor=found.expanded.factor,
        details=details,
    )
