"""Influence of a condition: against the mean of the bracketing readings, in percent of full scale."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.coverage import expand
from testbench.metrology.influence import CONDITION_INFLUENCE, InfluencePoint, influence
from testbench.metrology.quantity import Component, Quantity


def point(condition, indication, *, at_reference=False, number=0, gas=10.0, noise=0.0, cylinder=0.0, setting=0.0, **more):
    return InfluencePoint(
        condition,
        at_reference,
        Quantity(gas, "%", {"cylinder": Component(cylinder), f"setting.{number}": Component(setting)}),
        Quantity(indication, "%", {f"noise.{number}": Component(noise)}),
        **more,
    )


def sequence(readings, **more):
    conditions = (25.0, 35.0, 25.0, 15.0, 25.0)
    return [
        point(condition, reading, at_reference=condition == 25.0, number=number, **more)
        for number, (condition, reading) in enumerate(zip(conditions, readings, strict=True))
    ]


def test_the_change_is_counted_from_the_mean_of_the_readings_before_and_after():
    found = influence(sequence([10.00, 10.30, 10.10, 9.60, 10.00]), full_scale=20.0)
    # (10.30 − 10.05)/20 = 1.25 %, (9.60 − 10.05)/20 = −2.25 %
    assert [change.percent_fs for change in found.changes] == pytest.approx([1.25, -2.25])
    assert found.largest.condition == 15.0
    assert all(change.bracketed for change in found.changes)


@given(st.floats(-0.5, 0.5), st.floats(-1, 1), st.floats(-1, 1))
def test_a_steady_drift_cancels(drift, hot, cold):
    readings = [10.0 + number * drift + effect for number, effect in enumerate((0.0, hot, 0.0, cold, 0.0))]
    found = influence(sequence(readings), full_scale=20.0)
    assert [change.percent_fs for change in found.changes] == pytest.approx([5 * hot, 5 * cold], abs=1e-9)


def test_the_cylinder_cancels_and_the_dividers_reproducibility_and_noise_do_not():
    found = influence(sequence([10.0, 10.2, 10.0, 9.9, 10.0], noise=0.02, cylinder=0.5, setting=0.01), full_scale=20.0)
    one = 100 / 20.0 * math.sqrt(0.02**2 + 0.01**2) * math.sqrt(1 + 1 / 2)
    assert found.largest.standard_uncertainty == pytest.approx(one)
    assert found.expanded.uncertainty == pytest.approx(expand(one, of=2).uncertainty)
    assert found.largest.expanded.uncertainty == pytest.approx(expand(one).uncertainty)
    assert "cylinder" not in found.largest.budget


def test_the_uncertainty_of_the_condition_counts_by_the_slope():
    points = sequence([10.0, 10.4, 10.0, 10.0, 10.0])
    points[1] = point(35.0, 10.4, number=1, condition_uncertainty=0.5)
    found = influence(points, full_scale=20.0)
    # 2 %F.S. over 10 K: 0.2 %F.S./K times 0.5 K
    assert found.largest.standard_uncertainty == pytest.approx(0.1)
    assert list(found.largest.budget) == [CONDITION_INFLUENCE]


def test_a_reading_with_the_reference_on_one_side_only_says_so():
    points = [point(220.0, 10.0, at_reference=True), point(242.0, 10.1, number=1)]
    (change,) = influence(points, full_scale=20.0).changes
    assert not change.bracketed
    assert change.percent_fs == pytest.approx(0.5)


@pytest.mark.parametrize("points", [[], sequence([10.0] * 5)[:1], sequence([10.0] * 5)[1:2]])
def test_without_a_reading_at_and_off_the_reference_there_is_no_influence(points):
    with pytest.raises(ValueError, match="reference condition and at another"):
        influence(points, full_scale=20.0)
