"""Drift from day to day and over the week."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.metrology.coverage import expand
from testbench.metrology.drift import DriftPoint, drift
from testbench.metrology.quantity import Component, Quantity

FULL_SCALE = 20.0
READINGS = [16.00, 16.04, 16.02, 15.90, 15.96, 16.00, 16.10, 16.12]


def points(readings: list[float], scale: float = 1.0) -> list[DriftPoint]:
    """Daily readings of one span gas: a common cylinder, a new setting of the divider each day, noise of each reading."""
    return [
        DriftPoint(
            day,
            Quantity(scale * value, "%", {f"A.reading.{day}.repeatability": Component(scale * 0.012, 29)}),
            Quantity(
                scale * 16.0,
                "%",
                {"cylinder": Component(scale * 0.05), f"divider.setting.{day}.reproducibility": Component(scale * 0.005)},
            ),
        )
        for day, value in enumerate(readings)
    ]


def test_daily_drift_is_the_later_reading_minus_the_earlier() -> None:
    result = drift(points(READINGS), full_scale=FULL_SCALE)
    assert [day.percent_fs for day in result.days] == pytest.approx([0.2, -0.1, -0.6, 0.3, 0.2, 0.5, 0.1])
    assert [(day.since, day.index) for day in result.days] == [(i, i + 1) for i in range(7)]


def test_the_largest_keeps_its_sign_and_its_day() -> None:
    largest = drift(points(READINGS), full_scale=FULL_SCALE).largest
    assert (largest.index, largest.percent_fs) == (3, pytest.approx(-0.6))


def test_the_drift_of_the_week_is_the_last_reading_minus_the_first() -> None:
    week = drift(points(READINGS), full_scale=FULL_SCALE).week
    assert (week.since, week.index, week.percent_fs) == (0, 7, pytest.approx(0.6))
    assert week.expanded.of == 1


def test_the_cylinder_cancels_and_the_setting_does_not() -> None:
    day = drift(points(READINGS), full_scale=FULL_SCALE).days[0]
    assert day.budget == pytest.approx(
        {"A.reading.repeatability": 5 * 0.012 * math.sqrt(2), "divider.setting.reproducibility": 5 * 0.005 * math.sqrt(2)}
    )
    assert day.standard_uncertainty == pytest.approx(5 * 0.013 * math.sqrt(2))  # 5-12-13
    assert day.degrees_of_freedom == pytest.approx((0.013**2 * 2) ** 2 / (2 * 0.012**4 / 29))


def test_the_drift_of_a_content_that_is_not_quite_known_is_known_less_well() -> None:
    """Span gas 16 % with u = 0.05 %, read 0.8 % higher after a week; zero gas read 0.2 % lower: (0.8 + 0.2)/16·0.05 %."""
    span = [
        DriftPoint(i, Quantity(v, "%"), Quantity(16.0, "%", {"cylinder": Component(0.05)}))
        for i, v in ((0, 16.0), (1, 16.8))
    ]
    zero = [DriftPoint(i, Quantity(v, "%"), Quantity(0.0, "%")) for i, v in ((0, 0.1), (1, -0.1))]
    alone, together = (drift(span, full_scale=20.0, other=other).week for other in ((), zero))
    assert alone.percent_fs == together.percent_fs == pytest.approx(4.0)
    assert alone.standard_uncertainty == 0.0
    assert together.budget == pytest.approx({"cylinder": 100 * (0.8 + 0.2) / 16 * 0.05 / 20})
    assert drift(zero, full_scale=20.0, other=span).week.standard_uncertainty == 0.0


def test_without_a_reading_of_the_other_gas_its_share_is_left_out() -> None:
    zero = [DriftPoint(0, Quantity(0.0, "%"), Quantity(0.0, "%"))]
    assert drift(points(READINGS), full_scale=FULL_SCALE, other=zero) == drift(points(READINGS), full_scale=FULL_SCALE)


def test_a_missing_day_costs_the_two_changes_that_need_it_and_no_other() -> None:
    whole = drift(points(READINGS), full_scale=FULL_SCALE)
    gap = drift([point for point in points(READINGS) if point.index != 3], full_scale=FULL_SCALE)
    assert [day.index for day in gap.days] == [1, 2, 5, 6, 7]
    assert gap.days[:2] == whole.days[:2]
    assert gap.week == whole.week
    late = drift(points(READINGS)[:-1], full_scale=FULL_SCALE, last=7)
    assert late.days == whole.days[:-1]
    assert late.week is None


def test_the_largest_is_expanded_for_all_days_at_once() -> None:
    result = drift(points(READINGS), full_scale=FULL_SCALE)
    u, dof = result.largest.standard_uncertainty, result.largest.degrees_of_freedom
    assert result.largest.expanded == expand(u, dof)
    assert result.expanded == expand(u, dof, of=7)


def test_the_order_in_which_days_are_given_does_not_matter() -> None:
    assert drift(points(READINGS)[::-1], full_scale=FULL_SCALE) == drift(points(READINGS), full_scale=FULL_SCALE)


def test_two_readings_have_one_day_that_is_the_whole() -> None:
    result = drift(points([16.0, 16.2]), full_scale=FULL_SCALE)
    assert result.days == (result.week,)
    assert result.expanded == result.week.expanded


@pytest.mark.parametrize(
    ("days", "full_scale", "message"),
    [
        ([0], 20.0, "at least 2 readings, got 1"),
        ([], 20.0, "at least 2 readings, got 0"),
        ([-1, 0], 20.0, "from index 0 to 0, got -1 to 0"),
        ([0, 1, 1], 20.0, r"one reading for each index, got indices \[0, 1, 1\]"),
        ([0, 1], 0.0, "full scale must be above zero"),
    ],
)
def test_days_that_make_no_drift_are_refused(days: list[int], full_scale: float, message: str) -> None:
    given_points = [DriftPoint(day, Quantity(16.0, "%"), Quantity(16.0, "%")) for day in days]
    with pytest.raises(ValueError, match=message):
        drift(given_points, full_scale=full_scale)


def test_units_must_agree() -> None:
    mixed = [DriftPoint(i, Quantity(16.0, unit), Quantity(16.0, "%")) for i, unit in enumerate(("%", "ppm"))]
    with pytest.raises(ValueError, match="one unit, got %, ppm"):
        drift(mixed, full_scale=20.0)


@settings(max_examples=30)
@given(st.lists(st.floats(10, 20), min_size=2, max_size=8), st.floats(0.001, 1e4))
def test_neither_direction_nor_unit_changes_magnitudes(readings: list[float], scale: float) -> None:
    one = drift(points(readings), full_scale=FULL_SCALE)
    mirrored = drift(points([32.0 - value for value in readings]), full_scale=FULL_SCALE)
    scaled = drift(points(readings, scale), full_scale=FULL_SCALE * scale)
    for a, b, c in zip((*one.days, one.week), (*mirrored.days, mirrored.week), (*scaled.days, scaled.week), strict=True):
        assert b.percent_fs == pytest.approx(-a.percent_fs, abs=1e-9)
        assert c.percent_fs == pytest.approx(a.percent_fs, abs=1e-9)
        assert b.standard_uncertainty == pytest.approx(a.standard_uncertainty)
        assert c.standard_uncertainty == pytest.approx(a.standard_uncertainty)
    assert sum(day.percent_fs for day in one.days) == pytest.approx(one.week.percent_fs, abs=1e-9)
