"""The time axis: round marks, texts of bench and clock time, and what zooming, panning and following do to the view."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.plots.time_axis import LEAST_SPAN, Mode, TimeView, bench_text, clock_text, comfortable, full_text, marks, step_for

ORIGIN = dt.datetime(2026, 11, 22, 23, 30, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.mark.parametrize(
    ("span", "step"), [(0.5, 0.1), (10, 2), (60, 10), (600, 120), (3600, 600), (86400, 14400), (9 * 86400, 172800), (1, 0.2)]
)
def test_steps_are_round_in_time(span, step) -> None:
    assert step_for(span, 6) == pytest.approx(step)


@given(st.floats(0.01, 1e8), st.integers(1, 30))
def test_there_are_never_more_marks_than_there_is_room_for(span, count) -> None:
    assert len(marks(0.0, span, step_for(span, count))) <= count + 1


@pytest.mark.parametrize(
    ("time", "step", "text"),
    [
        (3661, 1, "01:01:01"),
        (3660, 60, "01:01"),
        (90061.25, 0.05, "1 d 01:01:01.25"),
        (172800, 86400, "2 d"),
        (-5, 1, "−00:00:05"),
        (59.9999, 0.1, "00:01:00.0"),
    ],
)
def test_bench_times_are_written_as_days_and_time(time, step, text) -> None:
    assert bench_text(time, step) == text


def test_clock_times_show_the_date_at_midnight() -> None:
    assert clock_text(0, 60, ORIGIN) == "23:30"
    assert clock_text(1800, 1800, ORIGIN) == "11-23"
    assert clock_text(3600.5, 0.1, ORIGIN) == "00:30:00.5"
    assert full_text(3600, ORIGIN) == "11-23 00:30:00.0"
    assert marks(0, 7200, 3600, 23.5 * 3600) == [1800, 5400]


def test_everything_stays_in_view_while_it_grows_and_following_keeps_its_span() -> None:
    view = TimeView().grown(0, 1000)
    assert (view.mode, view.start) == (Mode.ALL, 0)
    assert view.end > 1000
    following = view.following().zoomed(0.5)
    assert following.span == pytest.approx(300)
    grown = following.grown(0, 5000)
    assert grown.end >= 5000
    assert grown.span == pytest.approx(300)
    assert grown.panned(-0.5).mode is Mode.FREE
    assert grown.panned(-0.5).grown(0, 9000).end == grown.panned(-0.5).end


@given(st.lists(st.one_of(st.floats(0.01, 100).map(lambda f: ("zoom", f)), st.floats(-50, 50).map(lambda f: ("pan", f)))))
def test_however_one_moves_something_of_the_readings_stays_in_view(moves) -> None:
    view = TimeView().grown(100.0, 5000.0)
    for kind, amount in moves:
        view = view.zoomed(amount) if kind == "zoom" else view.panned(amount)
        assert view.span >= LEAST_SPAN * (1 - 1e-6)
        assert view.start <= 5000.0
        assert view.end >= 100.0


def test_zooming_keeps_the_time_under_the_cursor() -> None:
    view = TimeView().grown(0, 1000).showing(100, 500).zoomed(0.5, 200)
    assert (view.start, view.end) == pytest.approx((150, 350))


@pytest.mark.parametrize("state", [{}, {"mode": "?"}, {"mode": "free"}, {"mode": "free", "start": 2, "end": "?"}])
def test_a_remembered_view_that_makes_no_sense_is_left_out(state) -> None:
    view = TimeView().grown(0, 100)
    assert view.restored(state) == view


def test_a_view_is_remembered() -> None:
    view = TimeView().grown(0, 1000).showing(100, 300)
    assert TimeView().grown(0, 1000).restored(view.state()) == view


@given(st.floats(-1e9, 1e9), st.floats(0, 1e6), st.floats(0, 10))
def test_the_vertical_range_holds_all_values_with_round_ends(low, length, least) -> None:
    bottom, top = comfortable(low, low + length, least)
    assert bottom <= low
    assert top >= low + length
    assert top - bottom >= least
