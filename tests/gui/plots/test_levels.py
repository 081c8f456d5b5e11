"""Levels of long traces: nothing that was read is lost, memory is bounded, a picture needs few points."""

import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gui.plots.levels import NOTHING, Levels

SERIES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 1.0, 60.0]), st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))),
    min_size=1,
    max_size=900,
)


def filled(values: np.ndarray, times: np.ndarray | None = None, *, block: int = 97, capacity: int = 1 << 20) -> Levels:
    levels = Levels(capacity)
    times = np.arange(len(values), dtype=float) if times is None else times
    for start in range(0, len(values), block):
        levels.append(times[start : start + block], values[start : start + block])
    return levels


def inside(levels: Levels, start: float, end: float, pixels: int) -> np.ndarray:
    line = levels.query(start, end, pixels)
    return line.value[(line.time >= start) & (line.time <= end) & np.isfinite(line.value)]


@settings(max_examples=120, deadline=None)
@given(SERIES, st.floats(0, 1), st.floats(0, 1), st.integers(1, 60), st.integers(1, 300))
def test_the_extremes_of_any_span_are_in_its_picture(series, a, b, pixels, block) -> None:
    times, values = np.cumsum([step for step, _ in series]), np.array([value for _, value in series])
    levels = filled(values, times, block=block)
    start, end = sorted((a * times[-1], b * times[-1] + 1.0))
    expected = values[(times >= start) & (times <= end) & np.isfinite(values)]
    drawn = inside(levels, start, end, pixels)
    assert set(drawn) <= set(expected)
    if expected.size:
        assert drawn.min() == expected.min()
        assert drawn.max() == expected.max()
    else:
        assert drawn.size == 0


@settings(max_examples=60, deadline=None)
@example(300, 11, 86, 1, 4538)  # the span ends within a group whose first readings were dropped
@given(st.integers(300, 6000), st.integers(0, 100), st.integers(0, 100), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_extremes_survive_after_old_readings_were_dropped(count, a, b, pixels, seed) -> None:
    values = np.random.default_rng(seed).normal(size=count)
    levels = filled(values, capacity=64)
    start, end = sorted((count * a / 100, count * b / 100 + 1))
    assert levels.first == 0.0 or count > 64 * 16
    start = max(start, levels.first)
    times = np.arange(count)
    expected = values[(times >= start) & (times <= end)]
    if expected.size:
        line = levels.query(start, end, pixels)
        assert np.nanmin(line.value) <= expected.min()
        assert np.nanmax(line.value) >= expected.max()
        assert set(line.value[np.isfinite(line.value)]) <= set(values)


def test_an_extreme_is_drawn_within_a_pixel_of_where_it_was() -> None:
    values = np.zeros(100_000)
    values[77_777] = 5.0
    line = filled(values, block=5000).query(0, 99_999, 1000)
    assert abs(line.time[np.nanargmax(line.value)] - 77_777) <= 2 * 100


def test_a_picture_has_about_two_points_a_pixel_at_most() -> None:
    levels = filled(np.random.default_rng(1).normal(size=300_000), block=10_000)
    for start, end in ((0, 300_000), (1234.5, 250_000), (10, 20), (299_000, 400_000)):
        assert len(levels.query(start, end, 800)) <= 2 * (800 + 1) + 2


def test_few_readings_are_drawn_as_they_are_with_one_more_on_either_side() -> None:
    line = filled(np.arange(100.0)).query(9.5, 20.5, 800)
    assert line.time.tolist() == list(range(9, 22))
    assert line.value.tolist() == list(range(9, 22))


def test_a_gap_breaks_the_line_at_every_zoom() -> None:
    values = np.sin(np.arange(50_000) / 500)
    values[20_000:30_000] = np.nan
    levels = filled(values, block=1000)
    for pixels in (100, 1000):
        line = levels.query(0, 50_000, pixels)
        middle = (line.time > 20_600) & (line.time < 29_400)
        assert middle.any()
        assert np.isnan(line.value[middle]).all()
        assert np.isfinite(line.value[line.time < 19_000]).all()


def test_memory_is_bounded() -> None:
    levels = Levels(capacity=1024)
    for start in range(0, 200_000, 500):
        levels.append(np.arange(start, start + 500), np.zeros(500))
    assert len(levels) == 200_000
    assert levels.nbytes <= 5 * 3 * 8 * 1024
    assert levels.first == 0.0


def test_appending_in_blocks_costs_the_same_however_long_the_series_is() -> None:
    levels = Levels()
    block = np.arange(1000.0)

    def append(blocks: range) -> float:
        began = time.process_time()
        for number in blocks:
            levels.append(block + 1000 * number, block)
        return time.process_time() - began

    append(range(100))
    early, late = append(range(100, 400)), append(range(700, 1000))
    assert late < 5 * early + 0.05


def test_nothing_is_drawn_of_nothing() -> None:
    levels = Levels()
    levels.append([], [])
    assert levels.query(0, 1, 10) is NOTHING
    assert (levels.first, levels.last, len(levels)) == (None, None, 0)
    levels.append([1.0], [2.0])
    assert levels.query(3, 3, 10) is NOTHING


@pytest.mark.parametrize(("times", "values"), [([2, 1], [0, 0]), ([float("nan")], [0]), ([0.5], [0]), ([2, 3], [0])])
def test_readings_out_of_order_are_refused(times, values) -> None:
    levels = Levels()
    levels.append([1.0], [1.0])
    with pytest.raises(ValueError, match=r"time order|as many"):
        levels.append(times, values)
