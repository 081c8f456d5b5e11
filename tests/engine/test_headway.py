"""How far an evaluation is: by the plan's bench time, the present step included."""

import pytest

from testbench.engine.headway import headway
from testbench.record.glance import LastStep

PLAN = {"duration_s": 100.0, "steps": [[1, 1, "supply", 0.0, 0.0], [1, 2, "wait", 0.0, 40.0], [2, 1, "average", 40.0, 60.0]]}
REQUEST = {"plan": PLAN}


def step(run, number, began_at, ended_at=None, error=None):
    return LastStep(run, "drift", number, "wait", {}, began_at, ended_at, 1, error)


@pytest.mark.parametrize(
    ("last", "now", "share", "left_s"),
    [
        (None, 0.0, 0.0, 100.0),
        (step(1, 1, 0.0), 0.0, 0.0, 100.0),
        (step(1, 2, 0.0), 10.0, 0.1, 90.0),
        (step(1, 2, 0.0), 55.0, 0.4, 60.0),  # it takes longer than planned
        (step(1, 2, 0.0, 25.0), 25.0, 0.4, 60.0),  # it ended early
        (step(1, 2, 0.0, 25.0, "aborted by the operator"), 25.0, 0.25, 75.0),  # it failed
        (step(2, 1, 50.0), 80.0, 0.7, 30.0),
        (step(2, 1, 50.0, 130.0), 130.0, 1.0, 0.0),
    ],
)
def test_what_is_left_is_the_rest_of_the_step_and_all_later_ones(last, now, share, left_s):
    found = headway(REQUEST, last, now)
    assert found.share == pytest.approx(share)
    assert found.left_s == pytest.approx(left_s)


@pytest.mark.parametrize("request_", [{}, {"plan": None}, {"plan": {}}, {"plan": {"duration_s": 0.0, "steps": []}}])
def test_without_a_plan_nothing_is_said(request_):
    assert headway(request_, step(1, 1, 0.0), 0.0) is None


def test_a_step_that_the_plan_does_not_have_says_nothing():
    assert headway(REQUEST, step(3, 1, 0.0), 0.0) is None


@pytest.mark.parametrize(("now", "percent"), [(40.0, 40), (99.9, 99), (200.0, 99)])
def test_percent_are_rounded_down_and_a_hundred_is_left_to_what_is_finished(now, percent):
    assert headway(REQUEST, step(2, 1, 40.0), now).percent == percent
