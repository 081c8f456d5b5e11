"""Maintenance interval (维护周期): zero and span checked at a fixed distance, without adjustment, against the first check.

EN 15267-3, field test: the interval is at least 8 days, in which zero and span drift stay within 3 % of the range each. A
drift is the change since the first check; it may not be corrected.
"""

from __future__ import annotations

from dataclasses import replace

from procedures.adjustment import adjust_zero_and_span
from procedures.in_device_unit import absolute
from procedures.reading import averaging_s
from testbench.engine.bench import DAY_S, Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.coverage import expand
from testbench.metrology.drift import Change, DriftPoint
from testbench.metrology.drift import drift as drift_of
from testbench.metrology.suitability import FieldCheck
from testbench.metrology.suitability import maintenance_interval as interval_of

LEAD_S = 1800.0  # zero gas is renewed this long before the check is due


class MaintenanceIntervalSettings(Settings):
    """Span gas, how long, how often, and the drift that ends the interval."""

    span: float = setting(0.7, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.5, le=1.0)
    days: int = setting(8, unit="d", title=Text(zh="天数", en="days"), ge=1, le=120, join="most")
    every_h: float = setting(24.0, unit="h", title=Text(zh="检查间隔", en="time between checks"), ge=6, le=240)
    permitted: float = setting(
        3.0, unit="%", title=Text(zh="允许漂移（满量程的百分数）", en="permitted drift, percent of full scale"), gt=0, le=20
    )
    adjust_first: bool = setting(True, title=Text(zh="开始前调整零点和量程", en="adjust zero and span before"))


@procedure(
    "maintenance-interval",
    title=Text(zh="维护周期", en="Maintenance interval"),
    roles=("divider",),
    characteristics=("maintenance_interval", "zero_drift_maintenance", "span_drift_maintenance"),
)
def maintenance_interval(bench: Bench, settings: MaintenanceIntervalSettings) -> None:
    """Time without adjustment in which zero and span stay within the permitted drift, and the largest drifts in it."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, settings.span)
    zeros: list[Averages] = []
    spans: list[Averages] = []
    with bench.unadjusted():
        for number in range(round(settings.days * 24.0 / settings.every_h) + 1):
            since_first = number * settings.every_h / 24.0 * DAY_S
            bench.zero_gas()
            if number:
                bench.wait_until(zeros[0].window.start + since_first - LEAD_S)
            bench.settle()
            if number:
                bench.wait_until(zeros[0].window.start + since_first)
            zeros.append(bench.average(averaging_s(bench.devices)))
            bench.supply(settings.span)
            bench.settle()
            if number:
                bench.wait_until(spans[0].window.start + since_first)
            spans.append(bench.average(averaging_s(bench.devices)))
    for device in bench.devices:
        bench.determine(device, "maintenance_interval", "d", _interval, zeros, spans, settings)
        bench.determine(device, "zero_drift_maintenance", "%F.S.", _drift, zeros, spans)
        bench.determine(device, "span_drift_maintenance", "%F.S.", _drift, spans, zeros)


def _drift(device: DeviceInfo, characteristic: str, readings: list[Averages], others: list[Averages]) -> Finding:
    """The largest change since the first check, with its sign."""
    changes = _changes(device, readings, others)
    largest = max(changes, key=lambda change: abs(change.percent_fs))
    expanded = expand(largest.standard_uncertainty, largest.degrees_of_freedom, of=len(changes))
    return Finding(
        device.name,
        characteristic,
        largest.percent_fs,
        "%F.S.",
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        index=f"day {_day(readings, changes.index(largest) + 1):g}",
        details={
            "unit": device.unit,
            "days": [
                {
                    "index": number,
                    "day": _day(readings, number),
                    "bench_time_h": averages.window.start / 3600.0,
                    "reading": point.indication.value,
                    "reference": point.reference.value,
                    "drift_percent_fs": changes[number - 1].percent_fs if number else None,
                    "expanded_uncertainty_percent_fs": changes[number - 1].expanded.uncertainty if number else None,
                }
                for number, (averages, point) in enumerate(zip(readings, _points(device, readings), strict=True))
            ],
            "budget": dict(largest.budget),
            "expressed": absolute(device, largest.percent_fs, expanded.uncertainty),
        },
    )


def _interval(
    device: DeviceInfo,
    characteristic: str,
    zeros: list[Averages],
    spans: list[Averages],
    settings: MaintenanceIntervalSettings,
) -> Finding:
    zero, span = _changes(device, zeros, spans), _changes(device, spans, zeros)
    checks = [
        FieldCheck(_day(zeros, number), z.percent_fs, s.percent_fs)
        for number, (z, s) in enumerate(zip(zero, span, strict=True), start=1)
    ]
    result = interval_of(checks, permitted_percent_fs=settings.permitted)
    return Finding(
        device.name,
        characteristic,
        result.days,
        "d",
        details={
            "exceeded_on": result.exceeded_on,
            "permitted_percent_fs": settings.permitted,
            "checks": [
                {"day": check.day, "zero_percent_fs": check.zero_percent_fs, "span_percent_fs": check.span_percent_fs}
                for check in checks
            ],
        },
    )


def _changes(device: DeviceInfo, readings: list[Averages], others: list[Averages]) -> list[Change]:
    """Changes since the first check, one for each later check."""
    own, other = _points(device, readings), _points(device, others)
    return [
        drift_of(
            [own[0], replace(later, index=1)],
            full_scale=device.full_scale,
            other=[other[0], replace(beside, index=1)],
        ).days[0]
        for later, beside in zip(own[1:], other[1:], strict=True)
    ]


def _points(device: DeviceInfo, readings: list[Averages]) -> list[DriftPoint]:
    points = []
    for number, averages in enumerate(readings):
        reading = averages.readings[device.name]
        if reading.indication is None or reading.reference is None:
            raise ValueError(f"no reading at check {number}")
        points.append(DriftPoint(number, indication=reading.indication, reference=reading.reference))
    return points


def _day(readings: list[Averages], number: int) -> float:
    """Days from the first check to another, to some ten seconds."""
    return round((readings[number].window.start - readings[0].window.start) / DAY_S, 4)
