"""Method 205 (稀释系统验证): the gas divider verified by an analyser before a test.

40 CFR 51 Appendix M, Method 205: with an analyser that was calibrated normally, at least two dilutions of a high gas, three
injections each, every injection within 2 % of its level's mean, the mean within 2 % of what the dilution predicts. Then a
mid-level protocol gas, not diluted, within 10 % of one of the levels, three times: its mean within 2 % of its certificate.
The span gas of the calibration and the protocol gas are connected by hand; the rest of them is the balance gas. The device
of this procedure is the analyser.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.injections import Injection, inject, level_words, point_of
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.roles import Adjustment
from testbench.engine.steps import DeviceInfo
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.metrology.coverage import expand
from testbench.metrology.indication_error import indication_error
from testbench.metrology.method_205 import INJECTIONS, dilution_level, is_near_a_level
from testbench.metrology.scatter import degrees_of_freedom
from testbench.metrology.uncertain import Influences


class Method205Settings(Settings):
    """The dilutions, the protocol gas, and how often each is injected."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.3, 0.6), unit="F.S.", title=Text(zh="稀释点", en="dilutions"), min_length=2, max_length=10
    )
    injections: int = setting(
        INJECTIONS, title=Text(zh="每个稀释点的进样次数", en="injections per level"), ge=3, le=20, join="most"
    )
    protocol_gas: float = setting(
        0.6, unit="F.S.", title=Text(zh="未稀释的标准气", en="protocol gas, not diluted"), gt=0, le=1
    )
    balance: str = setting("N2", title=Text(zh="标准气的平衡气", en="balance of the protocol gas"), min_length=1)
    span: float = setting(
        1.0,
        unit="F.S.",
        title=Text(zh="调整用量程气（未稀释）", en="span gas for the adjustment, not diluted"),
        ge=0.5,
        le=1.0,
    )
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"))
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )


@procedure(
    "method-205",
    title=Text(zh="稀释系统验证（方法 205）", en="Verification of the dilution (Method 205)"),
    roles=("divider",),
    characteristics=("dilution_repeatability", "dilution_accuracy", "protocol_gas_accuracy"),
)
def method_205(bench: Bench, settings: Method205Settings) -> None:
    """Dilutions and a protocol gas by an analyser: injections against their mean, means against the prediction, percent."""
    if not is_near_a_level(settings.protocol_gas, settings.levels):
        raise InputError(
            f"the protocol gas ({level_words(settings.protocol_gas)}) must lie within 10 % of one of the dilutions "
            f"({', '.join(level_words(level) for level in settings.levels)}); change 'protocol_gas' or 'levels'"
        )
    bench.check_conditions()
    if settings.adjust_first:
        _calibrate(bench, settings)
    dilutions = inject(bench, settings.levels, settings.injections, least_s=settings.average_s)
    protocol = _protocol_gas(bench, settings)
    for device in bench.devices:
        for level in settings.levels:
            bench.determine(device, "dilution_repeatability", "%", _repeatability, dilutions, level)
            bench.determine(device, "dilution_accuracy", "%", _accuracy, dilutions, level)
        bench.determine(device, "protocol_gas_accuracy", "%", _accuracy, protocol, settings.protocol_gas)


def _calibrate(bench: Bench, settings: Method205Settings) -> None:
    """Adjust zero, then span with a gas that is not diluted, so that the dilution takes no part in it."""
    bench.zero_gas()
    bench.settle()
    bench.adjust(Adjustment.ZERO)
    _supply_undiluted(bench, settings.span, settings.balance)
    bench.adjust(Adjustment.SPAN)


def _supply_undiluted(bench: Bench, fraction: float, balance: str) -> None:
    content = max(device.content_at(fraction) for device in bench.devices)
    bench.supply_other(balance, 1.0 - content, fraction=fraction)
    bench.settle()


def _protocol_gas(bench: Bench, settings: Method205Settings) -> list[Injection]:
    """The protocol gas, three times, with zero gas between so that each is an injection of its own."""
    injections: list[Injection] = []
    for number in range(1, settings.injections + 1):
        bench.zero_gas()
        bench.settle()
        _supply_undiluted(bench, settings.protocol_gas, settings.balance)
        averages = bench.average(averaging_s(bench.devices, least_s=settings.average_s))
        injections.append(Injection(number, settings.protocol_gas, averages))
    return injections


def _repeatability(device: DeviceInfo, characteristic: str, injections: list[Injection], level: float) -> Finding:
    """The injection farthest from the mean of its level, percent of the mean."""
    points = [point_of(device, one.averages, level) for one in injections if one.level == level]
    shown = [point.indication.value for point in points]
    found = dilution_level(shown, sum(point.reference.value for point in points) / len(points))
    count = len(points)
    largest = points[found.largest_index].indication
    single = 100.0 * largest.standard_uncertainty / found.mean
    expanded = expand(single * ((count - 1) / count) ** 0.5, degrees_of_freedom(Influences().number(largest)), of=count)
    return Finding(
        device.name,
        characteristic,
        found.largest_departure_percent,
        "%",
        expanded_uncertainty=expanded.uncertainty,
        coverage_factor=expanded.factor,
        index=level_words(level),
        details={"unit": device.unit, "shown": shown, "mean": found.mean, "predicted": found.predicted},
    )


def _accuracy(device: DeviceInfo, characteristic: str, injections: list[Injection], level: float) -> Finding:
    """Mean of the injections against the content that was predicted or certified, percent of it."""
    points = [point_of(device, one.averages, level) for one in injections if one.level == level]
    error = indication_error(points, full_scale=device.full_scale)[0]
    if error.relative is None:
        raise ValueError(f"no gas at {level_words(level)}")
    return Finding(
        device.name,
        characteristic,
        error.relative.value,
        "%",
        expanded_uncertainty=error.relative.expanded.uncertainty,
        coverage_factor=error.relative.expanded.factor,
        index=level_words(level),
        details={
            "unit": device.unit,
            "reference": error.reference,
            "indication": error.indication,
            "budget": dict(error.relative.budget),
            "variables": {"reference_mean": error.reference, "full_scale": device.full_scale},
        },
    )
