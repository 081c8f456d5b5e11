"""Zero and span drift (零点漂移、量程漂移) over 24 h and over a week, from one interval without adjustment.

HJ 76-2017, laboratory items, drift: read Z0 and S0; run without any manual adjustment; read zero and span again every
24 h. Drift = (later reading − earlier reading)/R·100 %: over 24 h from one day to the next, over a week from the first to
the last, which takes an interval of seven days. The 24 h finding is the signed value of largest magnitude; all daily values
are kept.
"""

from __future__ import annotations

from procedures.adjustment import adjust_zero_and_span
from procedures.daily_checks import calibration_error, daily_readings
from procedures.level_error import daily_metric
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.drift import Drift, DriftPoint
from testbench.metrology.drift import drift as drift_of

WEEK = 7  # days


class DriftSettings(Settings):
    """Span gas, days, and how a reading is taken."""

    span: float = setting(1.0, unit="F.S.", title=Text(zh="量程气", en="span gas"), ge=0.5, le=1.0)
    days: int = setting(WEEK, unit="d", title=Text(zh="无调整天数", en="days without adjustment"), ge=1, le=60)
    average_s: float = setting(
        120.0, unit="s", title=Text(zh="读数平均时间", en="averaging time of a reading"), join="most", ge=10, le=3600
    )
    adjust_first: bool = setting(True, title=Text(zh="开始前调整零点和量程", en="adjust zero and span before the interval"))
    calibration_error: bool = setting(
        False,
        title=Text(zh="同时给出校准误差（40 CFR 75）", en="calibration error from the same readings (40 CFR 75)"),
        join="any",
    )
    calibration_drift: bool = setting(
        False,
        title=Text(zh="同时给出校准漂移（40 CFR 60）", en="calibration drift from the same readings (40 CFR 60)"),
        join="any",
    )


@procedure(
    "drift",
    title=Text(zh="24 h 与一周漂移", en="Drift over 24 h and a week"),
    roles=("divider",),
    characteristics=(
        "zero_drift_24h",
        "span_drift_24h",
        "zero_drift_week",
        "span_drift_week",
        "calibration_error",
        "calibration_drift_zero",
        "calibration_drift_upscale",
    ),
)
def drift(bench: Bench, settings: DriftSettings) -> None:
    """Zero and span readings every 24 h of an interval without adjustment, percent of full scale."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, settings.span)
    with bench.unadjusted():
        daily = daily_readings(bench, span=settings.span, days=settings.days, average_s=settings.average_s)
    zeros, spans = daily.zeros, daily.spans
    for device in bench.devices:
        for point, readings, others in (("zero", zeros, spans), ("span", spans, zeros)):
            bench.determine(device, f"{point}_drift_24h", "%F.S.", _daily_drift, readings, others)
            if settings.days == WEEK:
                bench.determine(device, f"{point}_drift_week", "%F.S.", _weekly_drift, readings, others)
        for gas, own in (("zero", zeros), ("upscale", spans)):
            if settings.calibration_error:
                _against_the_gas(bench, device, "calibration_error", own, gas)
            if settings.calibration_drift:
                _against_the_gas(bench, device, f"calibration_drift_{gas}", own, gas)


def _against_the_gas(bench: Bench, device: DeviceInfo, characteristic: str, readings: list[Averages], gas: str) -> None:
    """The same readings against the gas: one week without adjustment serves 40 CFR 75 and PS-2 as well."""
    bench.determine(device, characteristic, "%", calibration_error, readings, gas, metric=daily_metric(device))


def _daily_drift(device: DeviceInfo, characteristic: str, readings: list[Averages], others: list[Averages]) -> Finding:
    result = _drift(device, readings, others)
    if result.largest is None or result.expanded is None:
        raise ValueError(_missing(device, readings))
    return Finding(
        device.name,
        characteristic,
        result.largest.percent_fs,
        "%F.S.",
        expanded_uncertainty=result.expanded.uncertainty,
        coverage_factor=result.expanded.factor,
        index=f"day {result.largest.index}",
        details=_details(device, readings, result),
        notes=(_missing(device, readings),) if len(result.days) < len(readings) - 1 else (),
    )


def _weekly_drift(device: DeviceInfo, characteristic: str, readings: list[Averages], others: list[Averages]) -> Finding:
    result = _drift(device, readings, others)
    if result.week is None:
        raise ValueError(_missing(device, readings))
    return Finding(
        device.name,
        characteristic,
        result.week.percent_fs,
        "%F.S.",
        expanded_uncertainty=result.week.expanded.uncertainty,
        coverage_factor=result.week.expanded.factor,
        index=f"day {WEEK} − day 0",
        details=_details(device, readings, result) | {"undetermined": [], "budget": dict(result.week.budget)},
    )


def _drift(device: DeviceInfo, readings: list[Averages], others: list[Averages]) -> Drift:
    """Drift of one gas; the readings of the other gas tell how the drift depends on the content."""
    if len(_points(device, readings)) < 2:
        raise ValueError(_missing(device, readings))
    return drift_of(
        _points(device, readings), full_scale=device.full_scale, last=len(readings) - 1, other=_points(device, others)
    )


def _points(device: DeviceInfo, gas: list[Averages]) -> list[DriftPoint]:
    """The readings of one gas that there are, by day."""
    return [
        DriftPoint(day, indication=reading.indication, reference=reading.reference)
        for day, averages in enumerate(gas)
        if (reading := averages.readings[device.name]).indication is not None and reading.reference is not None
    ]


def _missing(device: DeviceInfo, readings: list[Averages]) -> str:
    """Say on which days there was no reading, and what came in its place."""
    there = {point.index for point in _points(device, readings)}
    missing = [day for day in range(len(readings)) if day not in there]
    gaps = sum(readings[day].readings[device.name].gaps for day in missing)
    days = ", ".join(str(day) for day in missing)
    return f"no reading on day {days}: {gaps} readings are gaps or marked as faulty by the instrument"


def _details(device: DeviceInfo, readings: list[Averages], result: Drift) -> dict[str, object]:
    daily = {day.index: day for day in result.days}
    rows: list[dict[str, object]] = []
    for point in _points(device, readings):
        day = daily.get(point.index)
        rows.append(
            {
                "index": point.index,
                "bench_time_h": readings[point.index].window.start / 3600.0,
                "reading": point.indication.value,
                "reference": point.reference.value,
                "reading_percent_fs": 100.0 * (point.indication.value - device.low) / device.full_scale,
                "drift_percent_fs": day.percent_fs if day else None,
                "expanded_uncertainty_percent_fs": day.expanded.uncertainty if day else None,
            }
        )
    return {
        "unit": device.unit,
        "days": rows,
        "budget": dict(result.largest.budget) if result.largest is not None else {},
        "undetermined": [f"day {day}" for day in range(1, len(readings)) if day not in daily],
        "days_done": len(readings) - 1,
    }
