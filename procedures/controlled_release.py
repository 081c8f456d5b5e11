"""Controlled releases (受控释放试验) for DIAL, open-path and other remote instruments: known rates, blanks, blind order.

Rates and blanks come in an order that a seed draws and nobody at the instrument sees: whoever sets the release is shown one
rate at a time and enters what the controllers made, with its U; what the instrument found is entered when all is over. Bias,
precision, share inside U, line, probability of detection, limit of detection and false positives are determined.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from procedures.order import in_order
from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form, number_in
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.controlled_release import Release, false_positives, release_errors, release_line
from testbench.metrology.detection import detection_curve, detection_limit


class ControlledReleaseSettings(Settings):
    """Release rates, blanks, repeats and the seed of their order."""

    rates: tuple[Annotated[float, Field(gt=0, le=100_000)], ...] = setting(
        (0.5, 1.0, 2.0, 4.0, 8.0, 11.0),
        unit="kg/h",
        title=Text(zh="释放速率", en="release rates"),
        min_length=2,
        max_length=20,
    )
    repeats: int = setting(3, title=Text(zh="每个速率次数", en="releases of each rate"), ge=1, le=30, join="most")
    blanks: int = setting(4, title=Text(zh="空白次数", en="blanks"), ge=0, le=100, join="most")
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of the order"), ge=0, le=999_999)
    duration_s: float = setting(
        1200.0, unit="s", title=Text(zh="每次释放时间", en="duration of a release"), ge=0, le=86_400, join="most"
    )


@procedure(
    "controlled-release",
    title=Text(zh="受控释放试验", en="Controlled releases"),
    roles=(),
    characteristics=(
        "release_bias",
        "release_precision",
        "release_inside_uncertainty",
        "release_slope",
        "release_intercept",
        "detection_limit_90",
        "false_positive_rate",
    ),
)
def controlled_release(bench: Bench, settings: ControlledReleaseSettings) -> None:
    """Bias, precision, line, limit of detection at 90 % and false positives of an instrument that measures release rates."""
    order = blind_order(settings)
    releases = []
    for number, rate in enumerate(order, start=1):
        releases.append(bench.enter(release_form(number, rate)).rows[0])
        if settings.duration_s:
            bench.wait(settings.duration_s)
    entered = bench.enter(results_form(bench.devices, order))
    for device in bench.devices:
        arguments = (releases, entered, settings.seed)
        bench.determine(device, "release_bias", "%", _bias, *arguments)
        bench.determine(device, "release_precision", "%", _precision, *arguments)
        bench.determine(device, "release_inside_uncertainty", "%", _inside, *arguments)
        bench.determine(device, "release_slope", "1", _slope, *arguments)
        bench.determine(device, "release_intercept", "kg/h", _intercept, *arguments)
        bench.determine(device, "detection_limit_90", "kg/h", _limit, *arguments)
        bench.determine(device, "false_positive_rate", "%", _false_positives, *arguments)


def blind_order(settings: ControlledReleaseSettings) -> list[float]:
    """All releases in the order that the seed draws; 0 is a blank."""
    releases = [rate for rate in settings.rates for _ in range(settings.repeats)] + [0.0] * settings.blanks
    return in_order(releases, 1, "random", settings.seed)


def release_form(number: int, rate: float) -> Form:
    """What the controllers are to be set to, and what they made."""
    given = ({"release": float(number), "set": rate},)
    return Form(
        title=Text(zh="释放", en="Release"),
        instruction=Text(
            zh="设定释放速率，稳定后录入实际速率、扩展不确定度（k=2）和风速。不要让被测仪器的操作者看到。",
            en="Set the release; when it is stable, enter the rate that is made, its U (k = 2) and the wind. "
            "Keep this from whoever operates the instrument.",
        ),
        columns=(
            Column("release", Text(zh="序号", en="release"), lower=1),
            Column("set", Text(zh="设定速率", en="rate to be set"), "kg/h", lower=0),
            Column("rate", Text(zh="实际速率", en="rate made"), "kg/h", lower=0),
            Column("rate_uncertainty", Text(zh="速率的 U", en="U of the rate"), "kg/h", lower=0),
            Column("wind", Text(zh="风速", en="wind"), "m/s", optional=True, lower=0.01, upper=60),
        ),
        given=given,
        expected=({**given[0], "rate": rate, "rate_uncertainty": 0.02 * rate, "wind": 4.0},),
    )


def results_form(devices: Sequence[DeviceInfo], order: Sequence[float]) -> Form:
    """What the instruments found, release by release; the rates are not among the given cells."""
    given = tuple(
        {"device": device.name, "release": float(number)} for device in devices for number in range(1, len(order) + 1)
    )
    expected = tuple({**row, **_simulated(order[int(row["release"]) - 1], int(row["release"]))} for row in given)  # type: ignore[call-overload]
    return Form(
        title=Text(zh="被测仪器的结果", en="What the instruments found"),
        instruction=Text(
            zh="逐次录入测得的释放速率及其扩展不确定度，以及是否检出。未检出时速率可空。",
            en="Enter for each release the rate that was found, its expanded uncertainty, and whether it was detected; "
            "the rate may be left empty where nothing was.",
        ),
        columns=(
            Column("device", Text(zh="被测仪器", en="device"), kind="text"),
            Column("release", Text(zh="序号", en="release"), lower=1),
            Column("detected", Text(zh="检出", en="detected"), kind="yes-no"),
            Column("measured", Text(zh="测得速率", en="rate found"), "kg/h", optional=True),
            Column(
                "measured_uncertainty", Text(zh="测得速率的 U", en="U of the rate found"), "kg/h", optional=True, lower=0
            ),
        ),
        given=given,
        expected=expected,
    )


def _simulated(rate: float, number: int) -> dict[str, Any]:
    """An instrument that reads 3 % high, with a scatter of 4 %, and detects 1 kg/h now and then, more always."""
    detected = rate > 1.0 or (rate == 1.0 and number % 2 == 0)
    if not detected:
        return {"detected": False, "measured": None, "measured_uncertainty": None}
    return {"detected": True, "measured": rate * (1.03 + 0.04 * (number % 3 - 1)), "measured_uncertainty": 0.1 * rate}


def _releases(device: DeviceInfo, made: Sequence[Any], entered: Entered) -> list[Release]:
    found = {int(number_in(row, "release")): row for row in entered.of("device", device.name)}
    releases = []
    for row in made:
        answer = found[int(row["release"])]
        measured, expanded = answer["measured"], answer["measured_uncertainty"]
        releases.append(
            Release(
                rate=float(row["rate"]),
                rate_expanded=float(row["rate_uncertainty"]),
                measured=None if measured is None else float(measured),
                detected=bool(answer["detected"]),
                measured_expanded=None if expanded is None else float(expanded),
                wind=None if row["wind"] is None else float(row["wind"]),
            )
        )
    return releases


def _listed(releases: Sequence[Release], entered: Entered, seed: int) -> dict[str, Any]:
    names = ("rate", "rate_expanded", "measured", "measured_expanded", "detected", "wind")
    rows = [{name: getattr(release, name) for name in names} for release in releases]
    return {"releases": rows, "seed": seed, "entered_by": entered.by, "source": entered.source}


def _bias(device: DeviceInfo, characteristic: str, made: Sequence[Any], entered: Entered, seed: int) -> Finding:
    releases = _releases(device, made, entered)
    found = release_errors(releases)
    return Finding(
        device.name,
        characteristic,
        found.bias_percent,
        "%",
        expanded_uncertainty=found.bias_expanded.uncertainty,
        coverage_factor=found.bias_expanded.factor,
        details=_listed(releases, entered, seed),
    )


def _precision(device: DeviceInfo, characteristic: str, made: Sequence[Any], entered: Entered, seed: int) -> Finding:
    found = release_errors(_releases(device, made, entered))
    return Finding(
        device.name,
        characteristic,
        found.precision_percent,
        "%",
        interval=found.precision_interval,
        details={"releases": len(found.errors_percent)},
    )


def _inside(device: DeviceInfo, characteristic: str, made: Sequence[Any], entered: Entered, seed: int) -> Finding:
    found = release_errors(_releases(device, made, entered)).inside
    if found is None:
        raise ValueError("no measured rate states its uncertainty; whether it holds cannot be told")
    low, high = found.exact
    return Finding(
        device.name,
        characteristic,
        100.0 * found.fraction,
        "%",
        interval=(100.0 * low, 100.0 * high),
        details={"inside": found.k, "of": found.n},
    )


def _slope(device: DeviceInfo, characteristic: str, made: Sequence[Any], entered: Entered, seed: int) -> Finding:
    line = release_line(_releases(device, made, entered))
    return Finding(
        device.name,
        characteristic,
        line.slope,
        "1",
        expanded_uncertainty=2.0 * line.slope_u,
        coverage_factor=2.0,
        details={"weighted": line.weighted, "chi_squared": line.chi_squared},
    )


def _intercept(device: DeviceInfo, characteristic: str, made: Sequence[Any], entered: Entered, seed: int) -> Finding:
    line = release_line(_releases(device, made, entered))
    return Finding(
        device.name, characteristic, line.intercept, "kg/h", expanded_uncertainty=2.0 * line.intercept_u, coverage_factor=2.0
    )


def _limit(device: DeviceInfo, characteristic: str, made: Sequence[Any], entered: Entered, seed: int) -> Finding:
    releases = [release for release in _releases(device, made, entered) if not release.blank]
    curve = detection_curve([r.rate for r in releases], [r.detected for r in releases])
    limit = detection_limit(curve)
    winds = [r.wind for r in releases if r.wind is not None]
    by_wind = None
    if len(winds) == len(releases):
        scaled = detection_curve([r.rate / (r.wind or 1.0) for r in releases], [r.detected for r in releases])
        by_wind = detection_limit(scaled).value if scaled.slope > 0 else None
    separated = "detected and missed releases do not overlap: the curve is penalised, its limit depends on the rates chosen"
    unbounded = "too few releases near the limit of detection: it has no bounded 95 % interval"
    bounded = all(map(math.isfinite, limit.interval))
    return Finding(
        device.name,
        characteristic,
        limit.value,
        "kg/h",
        interval=limit.interval if bounded else None,
        notes=((separated,) if curve.penalised else ()) + (() if bounded else (unbounded,)),
        details={
            "intercept": curve.intercept,
            "slope": curve.slope,
            "trials": curve.trials,
            "detected": curve.detected,
            "penalised": curve.penalised,
            "limit_over_wind": by_wind,
        },
    )


def _false_positives(device: DeviceInfo, characteristic: str, made: Sequence[Any], entered: Entered, seed: int) -> Finding:
    found = false_positives(_releases(device, made, entered))
    low, high = found.exact
    return Finding(
        device.name,
        characteristic,
        100.0 * found.fraction,
        "%",
        interval=(100.0 * low, 100.0 * high),
        details={"false": found.k, "blanks": found.n, "wilson": [100.0 * end for end in found.wilson]},
    )
