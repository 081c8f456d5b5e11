"""Flow bench protocol (流量台架试验): K-factor, linearity, repeatability, hysteresis, swirl, skewed profile, turned probe.

At least five velocities with three repeats, up and down; then swirl of 10 and 20°, a skewed profile, and the probes turned
by 10° either way. Swirl, skew and rotation are conditions that an instrument of the rig or a person sets. A proposal that
follows from the practice of national institutes and no standard; its budget of K has the half-range of all conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from procedures.order import ORDERS, Order, ordered
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.flow_bench import UNDISTORTED, BenchPoint, Distortion, bench_k, hysteresis, r_squared
from testbench.metrology.velocity_accuracy import VelocityPoint, velocity_accuracy, velocity_repeatability

Degrees = Annotated[float, Field(ge=-60, le=60)]
Visit = tuple[float, bool, Distortion, Averages]


class FlowBenchSettings(Settings):
    """Velocities, repeats and order, and the distortions that follow."""

    velocities: tuple[Annotated[float, Field(gt=0, le=100)], ...] = setting(
        (3.0, 5.0, 10.0, 16.0, 24.0),
        unit="m/s",
        title=Text(zh="流速点", en="velocities"),
        min_length=2,
        max_length=20,
    )
    passes: int = setting(4, title=Text(zh="轮数", en="passes"), ge=1, le=20, join="most")
    order: Order = setting("up-and-down", title=Text(zh="流速点次序", en="order of the velocities"), choices=ORDERS)
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0, le=999_999)
    swirls: tuple[Degrees, ...] = setting(
        (10.0, 20.0), unit="°", title=Text(zh="旋流角", en="angles of swirl"), max_length=10, join="union"
    )
    yaws: tuple[Degrees, ...] = setting(
        (-10.0, 10.0), unit="°", title=Text(zh="探头转角", en="rotation of the probes"), max_length=10, join="union"
    )
    skews: tuple[Annotated[float, Field(gt=0, le=100)], ...] = setting(
        (20.0,), unit="%", title=Text(zh="剖面偏斜", en="skew of the profile"), max_length=5, join="union"
    )
    distorted: tuple[Annotated[float, Field(gt=0, le=100)], ...] = setting(
        (5.0, 10.0, 16.0),
        unit="m/s",
        title=Text(zh="畸变流场下的流速点", en="velocities in distorted flow"),
        min_length=1,
        max_length=20,
    )
    repeats: int = setting(
        3, title=Text(zh="畸变流场下每点读数次数", en="readings in distorted flow"), ge=1, le=20, join="most"
    )
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数平均时间", en="averaging time of a reading"), ge=10, le=3600, join="most"
    )


@procedure(
    "flow-bench",
    title=Text(zh="流量台架试验", en="Flow bench protocol"),
    roles=("flow_rig",),
    characteristics=(
        "velocity_error",
        "velocity_k_factor",
        "velocity_linearity",
        "velocity_repeatability",
        "velocity_hysteresis",
        "velocity_r_squared",
        "swirl_influence",
        "yaw_influence",
        "skew_influence",
    ),
)
def flow_bench(bench: Bench, settings: FlowBenchSettings) -> None:
    """K-factor, linearity, repeatability and hysteresis of flow devices, and what swirl, skew and rotation change."""
    if still := [device.name for device in bench.devices if not device.kind.moves]:
        raise InputError(f"{', '.join(still)}: measures neither velocity nor flow; this procedure is for a flow rig")
    strange = [velocity for velocity in settings.distorted if velocity not in settings.velocities]
    if strange and distortions(settings):
        raise InputError(f"distorted: {strange[0]:g} m/s is none of the velocities; the change has nothing to compare with")
    bench.check_conditions()
    visits: list[Visit] = []
    for quantity in conditions_of(settings):
        bench.set_condition(quantity, 0.0)
    previous, rising = 0.0, True
    for visited in ordered(list(dict.fromkeys(settings.velocities)), settings.passes, settings.order, settings.seed):
        for velocity in visited:
            rising = rising if velocity == previous else velocity > previous  # a turn of the order comes from neither side
            visits.append((velocity, rising, UNDISTORTED, _read(bench, velocity, settings.average_s)))
            previous = velocity
    for quantity, value, distortion in distortions(settings):
        bench.set_condition(quantity, value)
        for velocity in dict.fromkeys(settings.distorted):
            visits.extend(
                (velocity, True, distortion, _read(bench, velocity, settings.average_s)) for _ in range(settings.repeats)
            )
        bench.set_condition(quantity, 0.0)
    bench.set_velocity(0.0)
    for device in bench.devices:
        _determine(bench, device, settings, visits)


def conditions_of(settings: FlowBenchSettings) -> list[str]:
    """The conditions that are set at all; the others stay as the rig has them."""
    wanted = {"swirl": settings.swirls, "yaw": settings.yaws, "skew": settings.skews}
    return [quantity for quantity, values in wanted.items() if any(values)]


def distortions(settings: FlowBenchSettings) -> list[tuple[str, float, Distortion]]:
    """Every condition with its value and what it is, one distorted at a time; an angle of 0 is undistorted flow."""
    return [
        *(("swirl", value, Distortion(swirl=value)) for value in settings.swirls if value),
        *(("yaw", value, Distortion(yaw=value)) for value in settings.yaws if value),
        *(("skew", value, Distortion(skew=value)) for value in settings.skews if value),
    ]


def _read(bench: Bench, velocity: float, average_s: float) -> Averages:
    bench.set_velocity(velocity)
    bench.settle()
    return bench.average(average_s)


def _determine(bench: Bench, device: DeviceInfo, settings: FlowBenchSettings, visits: Sequence[Visit]) -> None:
    bench.determine(device, "velocity_error", "%", _error, visits)
    bench.determine(device, "velocity_k_factor", "1", _k_factor, visits)
    bench.determine(device, "velocity_linearity", "%", _linearity, visits)
    bench.determine(device, "velocity_repeatability", "%", _repeatability, visits)
    bench.determine(device, "velocity_hysteresis", "%", _hysteresis, visits)
    bench.determine(device, "velocity_r_squared", "1", _r_squared, visits)
    for quantity in conditions_of(settings):
        bench.determine(device, f"{quantity}_influence", "%", _influence, quantity, visits)


def _points(device: DeviceInfo, visits: Sequence[Visit]) -> list[BenchPoint]:
    points = []
    for velocity, rising, distortion, averages in visits:
        reading = averages.readings[device.name]
        if reading.indication is None or reading.reference is None:
            raise ValueError(f"no reading at {velocity:g} m/s")
        points.append(BenchPoint(velocity, rising, distortion, reading.reference, reading.indication))
    return points


def _plain(device: DeviceInfo, visits: Sequence[Visit]) -> list[VelocityPoint]:
    own = [point for point in _points(device, visits) if point.distortion == UNDISTORTED]
    return [VelocityPoint(point.nominal, point.reference, point.indication) for point in own]


def _error(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    result = velocity_accuracy(_plain(device, visits))
    largest = result.largest
    levels = [
        {
            "velocity": level.nominal,
            "reference": level.reference,
            "indication": level.indication,
            "error_percent_nominal": level.error_percent,
            "expanded_uncertainty_percent_nominal": level.expanded.uncertainty,
            "k_factor": level.k_factor,
            "k_expanded_uncertainty": level.k_expanded.uncertainty,
        }
        for level in result.levels
    ]
    mean = sum(level.reference for level in result.levels) / len(result.levels)
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
            "points": levels,
            "budget": dict(largest.budget),
            "variables": {"reference_mean": mean},
        },
    )


def _k_factor(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    result = bench_k(_points(device, visits))
    return Finding(
        device.name,
        characteristic,
        result.k_factor,
        "1",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        details={
            "undistorted_expanded_uncertainty": result.undistorted.uncertainty,
            "half_range": result.half_range,
            "conditions": [
                {
                    "swirl": one.distortion.swirl,
                    "yaw": one.distortion.yaw,
                    "skew": one.distortion.skew,
                    "k_factor": one.k_factor,
                    "change_percent": one.change_percent,
                    "expanded_uncertainty_percent": one.expanded.uncertainty,
                }
                for one in result.conditions
            ],
            "budget": dict(result.budget),
        },
    )


def _linearity(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    found = velocity_accuracy(_plain(device, visits)).linearity_percent
    return Finding(
        device.name,
        characteristic,
        found.value,
        "%",
        expanded_uncertainty=found.expanded.uncertainty,
        coverage_factor=found.expanded.factor,
    )


def _repeatability(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    found = velocity_repeatability(_plain(device, visits))
    index = f"{found.level.nominal:g} m/s"
    details = {"readings": found.level.readings}
    return Finding(
        device.name, characteristic, found.value_percent, "%", interval=found.interval_percent, index=index, details=details
    )


def _hysteresis(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    found = hysteresis(_points(device, visits))
    return Finding(
        device.name,
        characteristic,
        found.percent,
        "%",
        expanded_uncertainty=found.expanded.uncertainty,
        coverage_factor=found.expanded.factor,
        index=f"{found.nominal:g} m/s",
    )


def _r_squared(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    return Finding(device.name, characteristic, r_squared(_points(device, visits)), "1")


def _influence(device: DeviceInfo, characteristic: str, quantity: str, visits: Sequence[Visit]) -> Finding:
    result = bench_k(_points(device, visits)).largest(quantity)
    if result is None:
        raise ValueError(f"no readings with {quantity}")
    return Finding(
        device.name,
        characteristic,
        result.change_percent,
        "%",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        index=f"{getattr(result.distortion, quantity):g} {'%' if quantity == 'skew' else '°'}",
    )
