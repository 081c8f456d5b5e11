"""Injections of gases at several levels, several times, never the same gas twice in succession.

Part 75, linearity check: each gas is used three times, and not twice in succession. The same order serves Method 7E, Method
205 and the cylinder gas audit. The order of a round is that of `procedures.order`; where a round would begin with the gas
that the last one ended with, its first two change places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from procedures.order import Order, ordered
from procedures.reading import averaging_s
from testbench.engine.bench import Bench
from testbench.engine.steps import Averages, DeviceInfo
from testbench.metrology.indication_error import IndicationLevel, IndicationPoint, indication_error


@dataclass(frozen=True, slots=True)
class Injection:
    """One injection: its round from 1, its level as a fraction of full scale, and the readings of all devices."""

    round: int
    level: float
    averages: Averages


def rounds_without_repetition(levels: Sequence[float], rounds: int, order: Order, seed: int = 1) -> list[tuple[int, float]]:
    """Round (from 1) and level of every injection, no level twice in succession; at least two levels are needed."""
    visits: list[tuple[int, float]] = []
    for number, round_levels in enumerate(ordered(levels, rounds, order, seed), start=1):
        if visits and round_levels[0] == visits[-1][1]:
            round_levels[0], round_levels[1] = round_levels[1], round_levels[0]
        visits += [(number, level) for level in round_levels]
    return visits


def inject(
    bench: Bench, levels: Sequence[float], rounds: int, *, order: Order = "ascending", seed: int = 1, least_s: float = 0.0
) -> list[Injection]:
    """Supply every level `rounds` times, and read each when it has settled, over a response time and `least_s` at least."""
    injections: list[Injection] = []
    for number, level in rounds_without_repetition(levels, rounds, order, seed):
        injections.append(Injection(number, level, read_gas(bench, level, least_s=least_s)))
    return injections


def read_gas(bench: Bench, level: float, *, least_s: float = 0.0) -> Averages:
    """Supply one gas, wait until it has settled, and read it."""
    if level == 0.0:
        bench.zero_gas()
    else:
        bench.supply(level)
    bench.settle()
    return bench.average(averaging_s(bench.devices, least_s=least_s))


def error_at(device: DeviceInfo, injections: Sequence[Injection], level: float) -> IndicationLevel:
    """Error of one device at one level, against the gas; ValueError where a reading is missing."""
    return indication_error(
        [point_of(device, one.averages, one.level) for one in injections if one.level == level], full_scale=device.full_scale
    )[0]


def point_of(device: DeviceInfo, averages: Averages, level: float) -> IndicationPoint:
    """One reading of one device with its gas; ValueError where it gave none."""
    reading = averages.readings[device.name]
    if reading.indication is None or reading.reference is None:
        raise ValueError(f"no reading at {level_words(level)}")
    return IndicationPoint(level, reference=reading.reference, indication=reading.indication)


def level_words(level: float) -> str:
    """A level as findings name it: "55 %F.S."."""
    return f"{100 * level:g} %F.S."
