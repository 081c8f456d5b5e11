"""Efficiency of a converter and parallelism of units: hand-derived values, intervals, and draws."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.converter import ConverterPoint, Titration, converter_efficiency, titration_efficiency
from testbench.metrology.parallelism import parallelism
from testbench.metrology.quantity import Component, Quantity


def test_the_efficiency_is_nox_indicated_over_no2_supplied():
    points = [
        ConverterPoint(
            Quantity(50.0, "ppm", {"cylinder": Component(0.5)}), Quantity(reading, "ppm", {f"noise.{n}": Component(0.2)})
        )
        for n, reading in enumerate((48.0, 48.2, 47.8))
    ]
    found = converter_efficiency(points)
    assert found.percent == pytest.approx(96.0)
    assert found.single == pytest.approx((96.0, 96.4, 95.6))
    # cylinder 1 % of 96, noise 0.4 % of each of three readings
    assert found.standard_uncertainty == pytest.approx(math.hypot(0.96, 0.4 / math.sqrt(3)), rel=1e-6)


def test_an_error_of_the_analyser_passes_for_efficiency_and_is_in_its_uncertainty():
    points = [ConverterPoint(Quantity(50.0, "ppm"), Quantity(48.0, "ppm"))]
    own = ConverterPoint(Quantity(60.0, "ppm", {"divider": Component(0.3)}), Quantity(60.6, "ppm"))
    found = converter_efficiency(points, analyser=own)
    assert found.percent == pytest.approx(96.0)  # as the standard computes it
    assert found.analyser_percent == pytest.approx(0.96)  # it reads 1 % high
    assert found.standard_uncertainty == pytest.approx(96.0 * 1.01 * 0.3 / 60.0)
    assert found.expanded.uncertainty == pytest.approx(found.expanded.factor * found.standard_uncertainty + 0.96)


def test_a_titration_compares_the_loss_of_nox_with_that_of_no():
    # 90 − 18 = 72 of NO converted, NOx falls from 92 to 89.12: 1 − 2.88/72 = 96 %
    one = Titration(Decimal(90), Decimal(92), Decimal(18), Decimal("89.12"))
    assert one.efficiency_percent == 96
    better = Titration(Decimal(90), Decimal(92), Decimal(18), Decimal(92))
    assert titration_efficiency([one, better]) == 98


def test_a_titration_without_ozone_has_no_efficiency():
    with pytest.raises(ValueError, match="must lower NO"):
        _ = Titration(Decimal(90), Decimal(92), Decimal(90), Decimal(92)).efficiency_percent
    with pytest.raises(ValueError, match="above zero"):
        converter_efficiency([ConverterPoint(Quantity(0.0, "ppm"), Quantity(1.0, "ppm"))])


def units(*values, noise=0.0):
    return [Quantity(value, "%", {f"{n}": Component(noise)}) for n, value in enumerate(values)]


def test_parallelism_is_the_relative_standard_deviation_of_the_units():
    found = parallelism([(0.9, units(18.0, 18.0, 18.0)), (0.25, units(4.9, 5.0, 5.1))])
    assert [level.nominal_fraction for level in found.levels] == [0.25, 0.9]
    assert found.largest.percent == pytest.approx(2.0)  # s = 0.1, mean 5
    assert found.levels[1].percent == 0.0
    assert found.interval_percent == pytest.approx((2.0, 2.0))


@given(st.floats(0.5, 2), st.lists(st.floats(1, 20), min_size=2, max_size=5))
def test_parallelism_does_not_depend_on_the_unit_of_the_readings(factor, values):
    one = parallelism([(0.5, units(*values))]).largest.percent
    assert parallelism([(0.5, units(*(factor * value for value in values)))]).largest.percent == pytest.approx(one, abs=1e-9)


def test_the_interval_of_equal_readings_begins_at_zero():
    low, high = parallelism([(0.5, units(10.0, 10.0, 10.0, noise=0.1))]).interval_percent
    assert low == 0.0
    assert 1.0 < high < 3.0  # noise of 1 %: three units may differ by about as much and read the same


@pytest.mark.parametrize("spread", [0.0, 0.2, 10.0])
def test_the_interval_covers_the_spread_of_the_units(spread):
    rng = np.random.default_rng(7)
    truth = np.array([-1.0, 0.0, 1.0]) * spread
    percent = 100 * truth.std(ddof=1) / 100.0
    inside = 0
    for _ in range(200):
        found = parallelism([(0.5, units(*(100.0 + truth + rng.normal(0, 0.3, 3)), noise=0.3))])
        low, high = found.interval_percent
        inside += low <= percent <= high
    assert 0.92 <= inside / 200 <= (0.985 if spread > 1.0 else 1.0)


@pytest.mark.parametrize("levels", [[], [(0.5, units(10.0))], [(0.2, units(4.0, 4.1)), (0.5, units(10.0, 10.1, 9.9))]])
def test_parallelism_needs_the_same_units_at_every_level(levels):
    with pytest.raises(ValueError, match="parallelism needs"):
        parallelism(levels)
