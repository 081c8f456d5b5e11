"""Influence of a condition of the surroundings or the supply: one sequence of values, zero and span gas at each.

The first value of the sequence is the reference condition; it comes again between the others, so that each is compared
with the mean of the readings at the reference before and after it, and a steady drift of the device cancels. At each value
the devices soak, then zero gas, span gas, or both are supplied, waited for and read. No device is adjusted in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from procedures.adjustment import adjust_zero_and_span
from procedures.in_device_unit import absolute
from procedures.injections import read_gas
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, setting
from testbench.engine.steps import Averages, ConditionSet, DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.influence import Influence, InfluencePoint, influence

NEAR = 1e-9  # two values of a sequence that differ by less are one


class InfluenceSettings(Settings):
    """Which gases are read at each value of the condition, and how."""

    read_zero: bool = setting(False, title=Text(zh="读零点气", en="read zero gas"), join="any")
    read_span: bool = setting(True, title=Text(zh="读量程气", en="read span gas"), join="any")
    span: float = setting(0.9, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.1, le=1.0)
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"), join="any")


@dataclass(frozen=True, slots=True)
class Visit:
    """One value of the condition: what was reached, and the reading of zero gas or span gas there."""

    at_reference: bool
    condition: ConditionSet
    averages: Averages


def determine_influence(
    bench: Bench, settings: InfluenceSettings, quantity: str, values: Sequence[float], *, name: str, soak_s: float
) -> None:
    """Carry the sequence out and report `{name}_zero` and `{name}_span`, percent of full scale.

    Raises InputError for a sequence without a value beside the reference, or where no gas is to be read.
    """
    gases = {point: level for point, level in (("zero", 0.0), ("span", settings.span)) if getattr(settings, f"read_{point}")}
    if not gases or all(abs(value - values[0]) <= NEAR for value in values):
        raise InputError(
            f"{name}: choose zero gas, span gas or both, and give a value beside the reference condition {values[0]:g}"
        )
    bench.check_conditions()
    visits: dict[str, list[Visit]] = {point: [] for point in gases}
    for number, value in enumerate(values):
        reached = bench.set_condition(quantity, value)
        if soak_s > 0.0:
            bench.wait(soak_s)
        if number == 0 and settings.adjust_first:
            adjust_zero_and_span(bench, settings.span)
        for point, level in gases.items():
            averages = read_gas(bench, level, least_s=settings.average_s)
            visits[point].append(Visit(abs(value - values[0]) <= NEAR, reached, averages))
    for device in bench.devices:
        for point in gases:
            bench.determine(device, f"{name}_{point}", "%F.S.", _influence, visits[point])


def _influence(device: DeviceInfo, characteristic: str, visits: Sequence[Visit]) -> Finding:
    result = influence([_point(device, visit) for visit in visits], full_scale=device.full_scale)
    largest, unit = result.largest, visits[0].condition.unit
    return Finding(
        device.name,
        characteristic,
        largest.percent_fs,
        "%F.S.",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        index=f"{visits[largest.position].condition.value:g} {unit}",
        details={
            "unit": device.unit,
            "condition": visits[0].condition.quantity,
            "condition_unit": unit,
            "visits": _rows(device, visits, result),
            "budget": dict(largest.budget),
            "expressed": absolute(device, largest.percent_fs, result.expanded.uncertainty),
        },
    )


def _point(device: DeviceInfo, visit: Visit) -> InfluencePoint:
    reading, condition = visit.averages.readings[device.name], visit.condition
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading at {condition.value:g} {condition.unit}")
    return InfluencePoint(
        condition=condition.value if condition.reached is None else condition.reached,
        at_reference=visit.at_reference,
        reference=reading.reference,
        indication=reading.indication,
        condition_uncertainty=condition.uncertainty,
    )


def _rows(device: DeviceInfo, visits: Sequence[Visit], result: Influence) -> list[dict[str, object]]:
    changes = {change.position: change for change in result.changes}
    rows: list[dict[str, object]] = []
    for number, visit in enumerate(visits):
        point, change = _point(device, visit), changes.get(number)
        rows.append(
            {
                "set": visit.condition.value,
                "reached": point.condition,
                "reading": point.indication.value,
                "reference": point.reference.value,
                "change_percent_fs": change.percent_fs if change else None,
                "expanded_uncertainty_percent_fs": change.expanded.uncertainty if change else None,
            }
        )
    return rows
