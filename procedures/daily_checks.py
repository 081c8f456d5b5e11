"""Daily readings of zero and upscale gas over several days, and the calibration errors that they show.

Day 0 is the start, right after the adjustment where there is one; the readings of day 1, 2, … follow 24 h after one another.
The calibration error of a day is the indication minus the gas (40 CFR 75 App. A 6.3.1), which PS-2 calls calibration drift:
the gas, not the reading of the day before, is what a day is compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from procedures.injections import point_of
from procedures.level_error import Metric, level_finding
from testbench.engine.bench import DAY_S, Bench
from testbench.engine.steps import Averages, DeviceInfo
from testbench.findings import Finding
from testbench.metrology.indication_error import IndicationLevel, indication_error

LEAD_S = 900.0  # zero gas is renewed this long before the reading is due


@dataclass(frozen=True, slots=True)
class DailyReadings:
    """Readings of zero and upscale gas, day 0 first."""

    zeros: list[Averages]
    spans: list[Averages]


def daily_readings(
    bench: Bench, *, span: float, days: int, average_s: float, after_day: Callable[[], None] | None = None
) -> DailyReadings:
    """Read zero and span gas (a fraction of full scale) at the start and every 24 h; then do `after_day` each day."""
    zeros = [_read(bench, 0.0, average_s)]
    spans = [_read(bench, span, average_s)]
    for day in range(1, days + 1):
        zero_due, span_due = (first.window.start + day * DAY_S for first in (zeros[0], spans[0]))
        bench.zero_gas()
        bench.wait_until(zero_due - LEAD_S)
        zeros.append(_read(bench, 0.0, average_s, due=zero_due))
        spans.append(_read(bench, span, average_s, due=span_due))
        if after_day is not None:
            after_day()
    return DailyReadings(zeros, spans)


def _read(bench: Bench, fraction: float, average_s: float, *, due: float | None = None) -> Averages:
    """Set the gas, wait until stable and until the reading is due, and read."""
    if fraction == 0.0:
        bench.zero_gas()
    else:
        bench.supply(fraction)
    bench.settle()
    if due is not None:
        bench.wait_until(due)
    return bench.average(average_s)


def calibration_error(
    device: DeviceInfo,
    characteristic: str,
    readings: list[Averages],
    gas: str,
    *,
    metric: Metric = "percent_of_span",
    excused_days: int = 0,
) -> Finding:
    """The largest |indication − gas| of days 1, 2, … of one gas ("zero", "upscale"), with its day.

    With `excused_days` so many of the largest are left out: of seven days of which six must keep a limit, the second largest
    is the finding. A day without a reading is named as undetermined. ValueError where no day has a reading.
    """
    errors: dict[int, IndicationLevel] = {}
    missing: list[int] = []
    for day, averages in enumerate(readings[1:], start=1):
        try:
            point = point_of(device, averages, 0.0 if gas == "zero" else 1.0)
        except ValueError:
            missing.append(day)
            continue
        errors[day] = indication_error([point], full_scale=device.full_scale)[0]
    if len(errors) <= excused_days:
        raise ValueError(f"no reading of {gas} gas on day {', '.join(str(day) for day in missing)}")
    worst = sorted(errors, key=lambda day: -abs(errors[day].absolute.value))
    found = worst[excused_days]
    return level_finding(
        device,
        characteristic,
        errors[found],
        metric=metric,
        index=f"{gas}, day {found}",
        signed=False,
        of=len(errors),
        details={
            "daily_errors": [
                {
                    "index": day,
                    "bench_time_h": readings[day].window.start / 3600.0,
                    "reading": error.indication,
                    "reference": error.reference,
                    "error_percent_of_span": error.percent_fs.value,
                }
                for day, error in errors.items()
            ],
            "excused_days": worst[:excused_days],
            "undetermined": [f"day {day}" for day in missing],
            "days_done": len(readings) - 1,
        },
    )
