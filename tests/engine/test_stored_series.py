"""Readings of a step found again in the record, also where several ticks have the same bench time."""

import math

import numpy as np
import pytest

from testbench.engine.steps import Window
from testbench.engine.stored_series import StoredSeries


def series(times, values=None, interval_s=1.0, loads=None):
    times = np.asarray(times, dtype=float)
    values = np.arange(len(times), dtype=float) if values is None else np.asarray(values, dtype=float)

    def load(name, start, end):
        if loads is not None:
            loads.append((start, end))
        inside = (times >= start) & (times <= end)
        return times[inside], values[inside]

    return StoredSeries("A", interval_s, load)


def read(found, start=-math.inf, end=math.inf):
    return found.between(start, end)[1].tolist()


def test_a_window_has_the_last_tick_at_its_beginning_and_the_first_at_its_end():
    found = series([8, 9, 10, 10, 11, 12, 12, 13])
    found.take(Window(10.0, 12.0, 1.0))
    assert read(found) == [3.0, 4.0, 5.0]


def test_a_second_window_is_added_to_the_memory_with_its_own_first_tick():
    found = series([10, 11, 12, 12, 13, 14, 14])
    found.take(Window(10.0, 12.0, 1.0))
    found.take(Window(12.0, 14.0, 1.0))
    assert read(found, 12.0, 14.0) == [2.0, 3.0, 4.0, 5.0]  # the tick that ended the first window was in memory too


def test_after_forgetting_the_tick_before_is_not_there_any_more():
    found = series([10, 11, 12, 12, 13, 14, 14])
    found.take(Window(10.0, 12.0, 1.0))
    found.forget()
    found.take(Window(12.0, 14.0, 1.0))
    assert read(found) == [3.0, 4.0, 5.0]


def test_a_channel_that_has_no_tick_at_the_end_leaves_the_reading_there_to_the_next_window():
    found = series([0, 2, 4, 5, 7], interval_s=2.0)
    found.take(Window(0.0, 5.0, 1.0))  # read at 0, 2, 4; 5 is the first tick of the next window
    assert read(found) == [0.0, 1.0, 2.0]


def test_a_duration_that_is_no_multiple_of_the_interval_has_no_tick_at_its_end():
    found = series([0, 1, 2, 2.5, 3.5])
    found.take(Window(0.0, 2.5, 1.0))
    assert read(found) == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(("ended", "expected"), [(10.0, 1.0), (9.0, 0.0)])
def test_a_look_takes_the_first_tick_that_no_window_before_it_has_taken(ended, expected):
    found = series([10, 10, 10, 11])
    found.take(Window(5.0, ended, 1.0))
    found.forget()
    found.look(10.0)
    assert read(found) == [expected]


def test_two_looks_at_the_same_time_have_a_reading_each():
    found = series([10, 10])
    looks = []
    for _ in range(2):
        found.forget()
        found.look(10.0)
        looks += read(found)
    assert looks == [0.0, 1.0]


def test_on_a_clock_that_waits_readings_come_a_little_late_and_those_after_the_end_do_not_count():
    found = series([0.0004, 1.0003, 2.0002, 2.5, 3.5])
    found.take(Window(0.0, 2.0, 1.0))
    assert read(found, 0.0, 2.0) == [0.0, 1.0]


def test_readings_are_loaded_once_for_many_windows():
    loads = []
    found = series(range(1000), loads=loads)
    for start in range(0, 900, 100):
        found.forget()
        found.take(Window(float(start), start + 100.0, 1.0))
    assert len(loads) == 1
