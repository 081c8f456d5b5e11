"""The mean of a window of readings."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from testbench.metrology.average import average, resolution_uncertainty
from testbench.metrology.quantity import Component

READINGS = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


def test_the_mean_has_type_a_and_resolution_as_influences_of_their_own() -> None:
    # JCGM 100:2008 4.4.3: 20 temperatures, mean 100.145 °C, s = 1.489 °C, u = 0.333 °C
    temperatures = [
        96.90, 98.18, 98.25, 98.61, 99.03, 99.49, 99.56, 99.74, 99.89, 100.07,
        100.33, 100.42, 100.68, 100.95, 101.11, 101.20, 101.57, 101.84, 102.36, 102.72,
    ]  # fmt: skip
    result = average(temperatures, resolution=0.0, influence="A.reading.12", unit="°C")
    assert result.quantity.value == pytest.approx(100.145, abs=5e-4)
    assert result.standard_deviation == pytest.approx(1.489, abs=5e-4)
    assert (result.count, result.independent) == (20, 20)
    assert result.quantity.components == {"A.reading.12.repeatability": Component(pytest.approx(0.333, abs=5e-4), 19)}


def test_readings_that_do_not_move_have_the_whole_rounding_in_their_mean() -> None:
    result = average([5.1] * 7, resolution=0.1, influence="A.reading.12", unit="%")
    assert result.quantity.components == {"A.reading.12.resolution": Component(pytest.approx(0.1 / math.sqrt(12)))}


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.2, 0.3, 0.4, 0.6])
def test_noise_takes_the_rounding_out_of_the_mean(noise: float) -> None:
    # Mean of rounded readings, exactly: Σ n·P(n − ½ < X < n + ½), for true values all over one step
    true = (np.arange(2000) + 0.5) / 2000
    steps = np.arange(-6, 8)
    if noise:
        means = 0.5 + steps[0] - 0.5 + stats.norm.sf((steps[1:] - 0.5 - true[:, None]) / noise).sum(axis=1)
    else:
        means = np.round(true)
    expected = math.sqrt(np.mean((means - true) ** 2))
    s = math.hypot(noise, 1 / math.sqrt(12))
    assert resolution_uncertainty(1.0, s) == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_a_scatter_well_above_the_resolution_contains_it() -> None:
    values = np.round(np.random.default_rng(4).normal(16.0, 0.02, 30), 2)
    assert list(average(values, resolution=0.01, influence="A", unit="%").quantity.components) == ["A.repeatability"]


def test_gaps_are_left_out() -> None:
    result = average([1.0, math.nan, 3.0, math.nan], influence="A", unit="%")
    assert (result.quantity.value, result.count, result.independent) == (2.0, 2, 2)


@pytest.mark.parametrize(("values", "message"), [([math.nan] * 3, "all 3 readings are gaps"), ([], "there are no readings")])
def test_a_window_without_a_valid_reading_is_refused(values: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        average(values, influence="A.reading.1", unit="%")


def test_a_value_held_between_updates_counts_once() -> None:
    updates = np.array([10.0, 10.4, 9.8, 10.2, 10.1])
    once = average(updates, influence="A", unit="%")
    held = average(np.repeat(updates, 4), independent=5, influence="A", unit="%")
    assert (held.count, held.independent) == (20, 5)
    assert held.standard_deviation == pytest.approx(once.standard_deviation)
    assert held.quantity.standard_uncertainty == pytest.approx(once.quantity.standard_uncertainty)
    assert held.quantity.components["A.repeatability"].degrees_of_freedom == 4


def test_more_independent_updates_than_readings_are_not_believed() -> None:
    assert average([1.0, 2.0], independent=10, influence="A", unit="%").independent == 2


@pytest.mark.parametrize(
    ("values", "independent", "deviation"), [([5.0, 5.0, 5.1], 1, None), ([5.1] * 7, None, 0.0), ([5.0], None, None)]
)
def test_where_the_data_tell_no_scatter_only_the_resolution_is_left(
    values: list[float], independent: int | None, deviation: float | None
) -> None:
    result = average(values, resolution=0.1, independent=independent, influence="A", unit="%")
    assert result.standard_deviation == deviation
    assert list(result.quantity.components) == ["A.resolution"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": [1.0, math.inf]}, "infinite"),
        ({"values": [1.0], "resolution": -1.0}, "resolution must be 0 or more"),
        ({"values": [1.0], "independent": 0}, "at least 1 independent"),
    ],
)
def test_what_has_no_meaning_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        average(**arguments, influence="A", unit="%")  # type: ignore[arg-type]


@given(READINGS, st.floats(0.001, 1000))
def test_another_unit_scales_mean_and_uncertainty(readings: list[float], scale: float) -> None:
    one = average(readings, resolution=0.1, influence="A", unit="%").quantity
    other = average(np.array(readings) * scale, resolution=0.1 * scale, influence="A", unit="‰").quantity
    assert other.value == pytest.approx(one.value * scale, abs=1e-9 * scale)
    assert other.standard_uncertainty == pytest.approx(one.standard_uncertainty * scale, rel=1e-6)


@given(READINGS, st.randoms(use_true_random=False))
def test_the_order_of_readings_does_not_matter(readings: list[float], random: object) -> None:
    shuffled = list(readings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (average(each, influence="A", unit="%").quantity for each in (readings, shuffled))
    assert other.value == pytest.approx(one.value, abs=1e-9)
    assert other.standard_uncertainty == pytest.approx(one.standard_uncertainty, abs=1e-9)
