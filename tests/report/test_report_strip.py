"""The small picture of a value against its limit."""

import pytest

from testbench.findings import Finding
from testbench.outcome import Outcome
from testbench.report.content import LimitKind, ReportVerdict
from testbench.report.strip import strip


def picture(value, limit, kind=LimitKind.SYMMETRIC, uncertainty=None, interval=None):
    finding = Finding("A", "x", value, "%F.S.", uncertainty, 2.0, interval)
    return strip(ReportVerdict("x", finding, Outcome.PASS, limit, kind))


def test_a_symmetric_limit_has_zero_in_the_middle_and_the_value_in_proportion() -> None:
    drawn = picture(1.0, 2.0, uncertainty=0.5)
    # the axis reaches 1.25 times the limit to both sides: x = value / 5 + 1/2
    assert drawn["zero"] == pytest.approx(0.5)
    assert drawn["value"] == pytest.approx(0.7)
    assert drawn["bar"] == pytest.approx([0.6, 0.8])
    assert drawn["allowed"] == pytest.approx([0.1, 0.9])
    assert drawn["bounds"] == pytest.approx([0.1, 0.9])


def test_an_upper_limit_starts_at_zero() -> None:
    drawn = picture(60.0, 120.0, LimitKind.MAXIMUM)
    assert drawn["value"] == pytest.approx(60 / 150)
    assert drawn["allowed"] == pytest.approx([0.0, 120 / 150])
    assert len(drawn["bounds"]) == 1


def test_a_lower_limit_allows_what_is_above_it() -> None:
    drawn = picture(97.0, 95.0, LimitKind.MINIMUM)
    assert drawn["allowed"][0] < drawn["value"] < drawn["allowed"][1] == 1.0


@pytest.mark.parametrize(("value", "side"), [(50.0, 1), (-50.0, -1), (5.0, 0)])
def test_what_lies_far_beyond_the_limit_ends_in_an_arrow(value: float, side: int) -> None:
    assert picture(value, 2.0)["beyond"] == side


def test_an_interval_is_drawn_in_place_of_the_uncertainty() -> None:
    drawn = picture(1.0, 2.0, LimitKind.MAXIMUM, interval=(0.5, 2.25))
    assert drawn["bar"] == pytest.approx([0.2, 0.9])


@pytest.mark.parametrize(("value", "limit"), [(None, 2.0), (1.0, None), (float("nan"), 2.0), (1.0, float("inf"))])
def test_without_value_or_limit_there_is_no_picture(value, limit) -> None:
    assert picture(value, limit) == ""


@pytest.mark.parametrize("kind", list(LimitKind))
@pytest.mark.parametrize("limit", [0.0, 2.0, -3.0])
@pytest.mark.parametrize("value", [0.0, -1e9, 1e9, 2.0])
def test_every_place_lies_within_the_picture(value, limit, kind) -> None:
    drawn = picture(value, limit, kind, uncertainty=0.1)
    assert all(0 <= place <= 1 for place in [*drawn["allowed"], *drawn["bar"], *drawn["bounds"], drawn["value"]])
