"""Intrinsic error (基本误差): readings of several gases against their reference, every one within the permissible error.

OIML R 144:2013: at least three gases for a linear instrument (five for another), at the lower end of the range +10 %, in
its middle ±10 % and at its upper end −10 %; each at least three times. Intrinsic error has the limit ±2 ppm or ±5 % of the
value, whichever is larger; the error on verification at rated conditions ±5 ppm or ±10 %. Both come from the same readings.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.adjustment import adjust_zero_and_span
from procedures.order import ORDERS, Order, in_order
from procedures.reading import averaging_s
from procedures.reading_error import worst_reading
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import Averages


class IntrinsicErrorSettings(Settings):
    """Which gases, how often, and what comes between."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.1, 0.5, 0.9), unit="F.S.", title=Text(zh="测试点", en="levels"), min_length=3, max_length=20
    )
    repeats: int = setting(3, title=Text(zh="每点次数", en="repeats of each gas"), ge=1, le=20, join="most")
    order: Order = setting("ascending", title=Text(zh="测试点次序", en="order of the levels"), choices=ORDERS)
    seed: int = setting(1, title=Text(zh="随机次序的种子", en="seed of a random order"), ge=0, le=999_999)
    zero_between: bool = setting(True, title=Text(zh="各测试点之间通零点气", en="zero gas between the levels"), join="any")
    adjust_first: bool = setting(True, title=Text(zh="测试前调整零点和量程", en="adjust zero and span before"))
    span: float = setting(0.9, unit="F.S.", title=Text(zh="调整用量程气", en="span gas for the adjustment"), ge=0.5, le=1.0)


@procedure(
    "intrinsic-error",
    title=Text(zh="基本误差", en="Intrinsic error"),
    roles=("divider",),
    characteristics=("intrinsic_error", "verification_error"),
)
def intrinsic_error(bench: Bench, settings: IntrinsicErrorSettings) -> None:
    """Error of every reading of several gases, percent of the reference and in µmol/mol."""
    bench.check_conditions()
    if settings.adjust_first:
        adjust_zero_and_span(bench, settings.span)
    readings: dict[float, list[Averages]] = {level: [] for level in sorted(set(settings.levels))}
    for number in range(1, settings.repeats + 1):
        for level in in_order(settings.levels, number, settings.order, settings.seed):
            if settings.zero_between:
                bench.zero_gas()
                bench.settle()
            bench.supply(level)
            bench.settle()
            readings[level].append(bench.average(averaging_s(bench.devices)))
    for device in bench.devices:
        for characteristic in ("intrinsic_error", "verification_error"):
            for level, taken in readings.items():
                bench.determine(device, characteristic, "%", worst_reading, f"{100 * level:g} %F.S.", taken)
