"""Coverage by drawing: cylinder, controllers and device from their stated distributions, the truth in closed form.

Each draw makes a whole linearity test or drift week: gas is blended from flows that are not what they seem, a device of
known truth is adjusted with it and read with noise and resolution, and the readings are evaluated. Of the intervals of
single levels and days 92-98 % must hold the truth, and those of the largest at least 92 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from testbench.metrology.average import average
from testbench.metrology.dilution import Stream, blend, zero_gas_content
from testbench.metrology.drift import Drift, DriftPoint, drift
from testbench.metrology.linearity import AdjustmentPoint, Linearity, LinearityPoint, linearity_error
from testbench.metrology.quantity import Component, Quantity

DRAWS = 400
FULL_SCALE, CYLINDER, TOTAL = 20.0, 30.0, 4.0  # %, %, L/min
U_CYLINDER, U_FLOW, U_SETTING, IMPURITY = 0.003, 0.002, 0.0003, 0.002  # relative, relative, relative, %
ZERO_OFFSET, GAIN, CURVATURE, NOISE, RESOLUTION = 0.3, -0.8, 0.6, 0.1, 0.01  # percent of full scale; resolution in %
ZERO_DRIFT, SPAN_DRIFT = 0.05, -0.10  # percent of full scale a day
SPAN = 0.9
LEVELS = (0.2, 0.4, 0.6, 0.8)


@dataclass
class Bench:
    """One draw of a bench: what is wrong with its cylinder and controllers, and a device that can be adjusted."""

    generator: np.random.Generator
    day: float = 0.0
    settings: int = 0
    readings: int = 0
    offset: float = 0.0
    gain: float = 1.0
    wrong: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wrong = {
            "cylinder": self.generator.normal(0, U_CYLINDER),
            "a": self.generator.normal(0, U_FLOW),
            "b": self.generator.normal(0, U_FLOW),
        }
        self.impurity = self.generator.uniform(0, IMPURITY)

    def supply(self, content: float) -> tuple[float, Quantity]:
        """Blend a content (%): what is really made, and what is stated of it."""
        self.settings += 1
        stated: list[Stream] = []
        made = []
        share = content / CYLINDER
        contents = (
            Quantity(CYLINDER, "%", {"cylinder": Component(CYLINDER * U_CYLINDER)}),
            zero_gas_content(IMPURITY, "%", "zero.impurity"),
        )
        for name, flow, gas in zip("ab", (TOTAL * share, TOTAL * (1 - share)), contents, strict=True):
            influences = {name: Component(flow * U_FLOW), f"{name}.setting.{self.settings}": Component(flow * U_SETTING)}
            stated.append(Stream(Quantity(flow, "L/min", influences if flow else {}), gas))
            made.append(flow * (1 + self.wrong[name] + self.generator.normal(0, U_SETTING)))
        truth = (CYLINDER * (1 + self.wrong["cylinder"]) * made[0] + self.impurity * made[1]) / sum(made)
        return truth, blend(stated)

    def read(self, content: float) -> Quantity:
        """Read the device 30 times."""
        self.readings += 1
        x = content / FULL_SCALE
        percent = 100 * x + ZERO_OFFSET + GAIN * x + 4 * CURVATURE * x * (1 - x)
        percent += self.day * (ZERO_DRIFT * (1 - x) + SPAN_DRIFT * x)
        raw = FULL_SCALE / 100 * (percent + self.generator.normal(0, NOISE, 30))
        shown = np.round((raw + self.offset) * self.gain / RESOLUTION) * RESOLUTION
        return average(shown, resolution=RESOLUTION, influence=f"A.reading.{self.readings}", unit="%").quantity

    def adjust(self) -> tuple[AdjustmentPoint, AdjustmentPoint]:
        """Adjust zero, then span."""
        made, stated = self.supply(0.0)
        zero = AdjustmentPoint(stated, self.read(made))
        self.offset = stated.value - zero.indication.value
        made, stated = self.supply(SPAN * FULL_SCALE)
        span = AdjustmentPoint(stated, self.read(made))
        self.gain = stated.value / span.indication.value
        return zero, span


def linearity_draw(seed: int) -> Linearity:
    bench = Bench(np.random.default_rng((1, seed)))
    zero, span = bench.adjust()
    points = []
    for number in (1, 2, 3):
        for level in LEVELS:
            made, stated = bench.supply(level * FULL_SCALE)
            points.append(LinearityPoint(number, level, stated, bench.read(made)))
    return linearity_error(points, full_scale=FULL_SCALE, zero=zero, span=span)


def linearity_truth(x: float) -> float:
    """Error in percent of full scale of the device adjusted perfectly at 0 and SPAN: a parabola through both."""
    return 100 * x * 4 * CURVATURE * (SPAN - x) / (100 + GAIN + 4 * CURVATURE * (1 - SPAN))


def drift_draw(seed: int) -> Drift:
    bench = Bench(np.random.default_rng((2, seed)))
    points = []
    for day in range(8):
        bench.day = float(day)
        made, stated = bench.supply(SPAN * FULL_SCALE)
        points.append(DriftPoint(day, bench.read(made), stated))
    return drift(points, full_scale=FULL_SCALE)


@pytest.fixture(scope="module")
def linearities() -> list[Linearity]:
    return [linearity_draw(seed) for seed in range(DRAWS)]


@pytest.fixture(scope="module")
def drifts() -> list[Drift]:
    return [drift_draw(seed) for seed in range(DRAWS)]


@pytest.mark.parametrize("index", range(len(LEVELS)))
def test_a_single_level_is_covered(linearities: list[Linearity], index: int) -> None:
    truth = linearity_truth(LEVELS[index])
    levels = [result.levels[index] for result in linearities]
    inside = np.mean([abs(level.error_percent_fs - truth) <= level.expanded.uncertainty for level in levels])
    assert 0.92 <= inside <= 0.98


def test_the_largest_error_is_covered_at_its_own_level(linearities: list[Linearity]) -> None:
    inside = [
        abs(each.largest.error_percent_fs - linearity_truth(each.largest.nominal_fraction)) <= each.expanded.uncertainty
        for each in linearities
    ]
    assert np.mean(inside) >= 0.92


def test_the_stated_uncertainty_of_a_level_is_the_scatter_of_the_draws(linearities: list[Linearity]) -> None:
    for index in range(len(LEVELS)):
        errors = [result.levels[index].error_percent_fs for result in linearities]
        stated = [result.levels[index].standard_uncertainty for result in linearities]
        assert np.std(errors) == pytest.approx(np.mean(stated), rel=0.15)
        assert np.mean(errors) == pytest.approx(linearity_truth(LEVELS[index]), abs=4 * np.std(errors) / math.sqrt(DRAWS))


def test_single_days_are_covered(drifts: list[Drift]) -> None:
    truth = ZERO_DRIFT * (1 - SPAN) + SPAN_DRIFT * SPAN
    inside = [abs(day.percent_fs - truth) <= day.expanded.uncertainty for result in drifts for day in result.days]
    assert 0.92 <= np.mean(inside) <= 0.98


def test_the_largest_day_is_covered(drifts: list[Drift]) -> None:
    truth = ZERO_DRIFT * (1 - SPAN) + SPAN_DRIFT * SPAN
    alone = [abs(each.largest.percent_fs - truth) <= each.largest.expanded.uncertainty for each in drifts]
    together = [abs(each.largest.percent_fs - truth) <= each.expanded.uncertainty for each in drifts]
    assert np.mean(together) >= 0.92
    assert np.mean(alone) < 0.85  # what a factor for one would do


def test_the_week_is_covered(drifts: list[Drift]) -> None:
    truth = 7 * (ZERO_DRIFT * (1 - SPAN) + SPAN_DRIFT * SPAN)
    inside = [abs(each.week.percent_fs - truth) <= each.week.expanded.uncertainty for each in drifts]
    assert 0.92 <= np.mean(inside) <= 0.98
