"""Velocity field coefficient (速度场系数): mean of a traverse over the device's velocity, set by set, and its precision.

HJ 75-2017: Kv = (Fs/Fp)·(Vs/Vp), at least 5 sets a day on 3 days; CV = S/K̄v·100 %; or the correlation of Vs and Vp. In a
stack the means of the reference's traverse are entered beside those of the device. On a flow rig its reference is Vs, and
the devices are read meanwhile.
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
from testbench.metrology.measurand import MeasurandKind
from testbench.metrology.pair_accuracy import Pair
from testbench.metrology.velocity_coefficient import mean_coefficient
from testbench.metrology.velocity_field import FieldSet, velocity_correlation, velocity_field


class VelocityFieldSettings(Settings):
    """Where the reference comes from, and how many sets are taken on how many days."""

    source: Literal["rig", "entered"] = setting(
        "rig",
        title=Text(zh="参比流速来源", en="the reference is"),
        choices={
            "rig": Text(zh="流量装置的参比", en="the reference of the flow rig"),
            "entered": Text(zh="录入的参比方法断面平均流速", en="a traverse, entered"),
        },
    )
    days: int = setting(3, title=Text(zh="天数", en="days"), ge=1, le=30, join="most")
    sets: int = setting(5, title=Text(zh="每天数据组数", en="sets a day"), ge=1, le=50, join="most")
    velocities: tuple[Annotated[float, Field(gt=0, le=100)], ...] = setting(
        (8.0, 10.0, 12.0, 14.0, 16.0),
        unit="m/s",
        title=Text(zh="依次设定的流速", en="velocities, in turn"),
        min_length=1,
        max_length=50,
    )
    average_s: float = setting(
        300.0, unit="s", title=Text(zh="每组平均时间", en="averaging time of a set"), ge=10, le=3600, join="most"
    )
    area_ratio: float = setting(
        1.0, title=Text(zh="断面面积比 Fs/Fp", en="area of the traverse over that of the device, Fs/Fp"), gt=0, le=100
    )
    precision_of: Literal["sets", "days"] = setting(
        "sets",
        title=Text(zh="精密度的对象", en="precision of"),
        choices={
            "sets": Text(zh="各组速度场系数", en="the coefficients of all sets"),
            "days": Text(zh="速度场系数日均值", en="the daily means"),
        },
    )


@dataclass(frozen=True, slots=True)
class _Sets:
    """Sets of one device with where they come from; `pairs` have the uncertainties of velocities that were read here."""

    sets: tuple[FieldSet, ...]
    more: dict[str, Any]
    pairs: tuple[Pair, ...] = ()


@procedure(
    "velocity-field",
    title=Text(zh="速度场系数", en="Velocity field coefficient"),
    roles=(),
    characteristics=("velocity_field_coefficient", "velocity_field_precision", "velocity_correlation"),
)
def field_of_velocity(bench: Bench, settings: VelocityFieldSettings) -> None:
    """Velocity field coefficient with its daily means and precision, and the correlation of stack and device velocity."""
    if other := [device.name for device in bench.devices if device.kind is not MeasurandKind.VELOCITY]:
        raise InputError(f"{', '.join(other)}: measures no velocity; a velocity field coefficient is of velocities")
    found = _entered(bench, settings) if settings.source == "entered" else _on_the_rig(bench, settings)
    for device in bench.devices:
        own = found[device.name]
        bench.determine(device, "velocity_field_coefficient", "1", _coefficient, own, settings)
        bench.determine(device, "velocity_field_precision", "%", _precision, own, settings)
        bench.determine(device, "velocity_correlation", "1", _correlation, own)


def _on_the_rig(bench: Bench, settings: VelocityFieldSettings) -> dict[str, _Sets | None]:
    bench.check_conditions()
    sets: dict[str, list[FieldSet]] = {device.name: [] for device in bench.devices}
    pairs: dict[str, list[Pair]] = {device.name: [] for device in bench.devices}
    missing: set[str] = set()
    start = None
    for day in range(settings.days):
        if start is not None:
            bench.wait_until(start + day * DAY_S)
        for number in range(settings.sets):
            bench.set_velocity(settings.velocities[number % len(settings.velocities)])
            bench.settle()
            averages = bench.average(settings.average_s)
            start = averages.window.start if start is None else start
            for device in bench.devices:
                reading = averages.readings[device.name]
                if reading.indication is None or reading.reference is None:
                    missing.add(device.name)
                    continue
                sets[device.name].append(FieldSet(day + 1, reading.reference.value, reading.indication.value))
                pairs[device.name].append(Pair(reading.reference, reading.indication))
        bench.set_velocity(0.0)
    return {name: None if name in missing else _Sets(tuple(own), {}, tuple(pairs[name])) for name, own in sets.items()}


def _entered(bench: Bench, settings: VelocityFieldSettings) -> dict[str, _Sets | None]:
    entered = bench.enter(field_form(bench.devices, settings))
    more = {"entered_by": entered.by, "source": entered.source}
    return {
        device.name: _Sets(
            tuple(
                FieldSet(int(number_in(row, "day")), number_in(row, "traverse"), number_in(row, "fixed_point"))
                for row in entered.of("device", device.name)
            ),
            more,
        )
        for device in bench.devices
    }


def field_form(devices: Sequence[DeviceInfo], settings: VelocityFieldSettings) -> Form:
    """The form for the sets: one row a device, day and set."""
    unit = "/".join(sorted({device.unit for device in devices}))
    given = tuple(
        {"device": device.name, "day": float(day), "set": float(number)}
        for device in devices
        for day in range(1, settings.days + 1)
        for number in range(1, settings.sets + 1)
    )
    expected = []
    for row in given:
        velocity = settings.velocities[(int(row["set"]) - 1) % len(settings.velocities)]  # type: ignore[call-overload]
        expected.append({**row, "traverse": 0.9 * velocity, "fixed_point": velocity})
    return Form(
        title=Text(zh="速度场系数的数据", en="Sets for the velocity field coefficient"),
        instruction=Text(
            zh="逐组录入参比方法的断面平均流速，以及被测仪器在同一时段的流速。",
            en="Enter set by set the mean of the reference's traverse, and the device's velocity over the same time.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("day", Text(zh="日", en="day"), lower=1),
            Column("set", Text(zh="组", en="set"), lower=1),
            Column("traverse", Text(zh="断面平均流速", en="mean of the traverse"), unit, lower=0),
            Column("fixed_point", Text(zh="被测仪器流速", en="velocity of the device"), unit, lower=0),
        ),
        given=given,
        expected=tuple(expected),
    )


def _of(found: _Sets | None) -> _Sets:
    if found is None:
        raise ValueError("a set has no reading of the device or of the reference")
    return found


def _coefficient(device: DeviceInfo, characteristic: str, found: _Sets | None, settings: VelocityFieldSettings) -> Finding:
    own = _of(found)
    result = velocity_field(own.sets, area_ratio=settings.area_ratio)
    mean = mean_coefficient(own.pairs, area_ratio=settings.area_ratio) if own.pairs else None
    expanded = result.expanded if mean is None else mean.expanded
    return Finding(
        device.name,
        characteristic,
        result.mean,
        "1",
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        details={
            **({} if mean is None else {"budget": dict(mean.budget)}),
            "unit": device.unit,
            "area_ratio": settings.area_ratio,
            "sets": [
                {"day": one.day, "traverse": one.traverse, "fixed_point": one.point, "coefficient": coefficient}
                for one, coefficient in zip(own.sets, result.coefficients, strict=True)
            ],
            "days": [{"day": day.day, "sets": day.sets, "coefficient": day.mean} for day in result.days],
            **own.more,
        },
    )


def _precision(device: DeviceInfo, characteristic: str, found: _Sets | None, settings: VelocityFieldSettings) -> Finding:
    own = _of(found)
    result = velocity_field(own.sets, area_ratio=settings.area_ratio)
    if settings.precision_of == "days" and result.by_days is None:
        raise ValueError("the precision of daily means needs two or more days")
    chosen = result.by_days if settings.precision_of == "days" and result.by_days is not None else result.by_sets
    return Finding(
        device.name,
        characteristic,
        chosen.percent,
        "%",
        interval=chosen.interval_percent,
        details={
            "precision_of": settings.precision_of,
            "values": chosen.of,
            "percent_of_sets": result.by_sets.percent,
            "percent_of_days": None if result.by_days is None else result.by_days.percent,
            **own.more,
        },
    )


def _correlation(device: DeviceInfo, characteristic: str, found: _Sets | None) -> Finding:
    own = _of(found)
    result = velocity_correlation([one.traverse for one in own.sets], [one.point for one in own.sets])
    return Finding(
        device.name,
        characteristic,
        result.r,
        "1",
        interval=result.interval,
        details={
            "slope": result.slope,
            "intercept": result.intercept,
            "residual": result.residual,
            "pairs": result.pairs,
            **own.more,
        },
    )
