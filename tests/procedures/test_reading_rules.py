"""Independent readings and orders of set-points, as the standards say."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.order import ORDERS, in_order, ordered, with_zero_between
from procedures.reading import averaging_s, independent_readings, response_s
from testbench.errors import InputError

LEVELS = st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9]), max_size=8)


def test_independent_readings_are_four_response_times_apart_and_last_one(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    longest = max(info.response_time_s for info in made.bench.devices)
    assert response_s(made.bench.devices) == longest
    made.bench.supply(0.5)
    made.bench.settle()
    readings = independent_readings(made.bench, 3)
    windows = [reading.window for reading in readings]
    assert [window.end - window.start for window in windows] == [pytest.approx(longest)] * 3
    assert [later.start - earlier.end for earlier, later in pairwise(windows)] == [pytest.approx(4.0 * longest, abs=2.0)] * 2
    assert [call for call, _, _ in made.ledger.steps] == [
        "supply",
        "settle",
        "average",
        "wait",
        "average",
        "wait",
        "average",
    ]


def test_a_reading_lasts_at_least_what_the_standard_says_and_an_update(simulated_station, direct_bench):
    devices = direct_bench(simulated_station()).bench.devices
    assert averaging_s(devices, least_s=3600.0) == 3600.0
    assert averaging_s(devices, 0.0) == max(info.update_s for info in devices)


@given(levels=LEVELS, order=st.sampled_from(sorted(ORDERS)), number=st.integers(1, 9), seed=st.integers(0, 99))
def test_every_order_visits_every_set_point_once(levels, order, number, seed):
    assert sorted(in_order(levels, number, order, seed)) == sorted(levels)
    assert in_order(levels, number, order, seed) == in_order(levels, number, order, seed)


def test_prescribed_set_points_are_visited_as_they_are_given_in_every_pass():
    levels = [0.0, 0.7, 0.4, 0.0, 0.6, 0.1, 0.3, 0.9, 0.0]  # the sequence of EN 15267-3
    assert ordered(levels, 2, "prescribed", 0) == [levels, levels]


def test_an_order_that_nobody_knows_is_refused():
    with pytest.raises(InputError, match="'sideways' is no order"):
        in_order([1.0], 1, "sideways", 0)


@given(levels=LEVELS)
def test_zero_stands_before_every_other_set_point(levels):
    visits = with_zero_between(levels)
    assert [level for level in visits if level] == [level for level in levels if level]
    assert all(visits[place - 1] == 0.0 for place, level in enumerate(visits) if level)
