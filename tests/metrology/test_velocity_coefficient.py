"""Mean velocity field coefficient: what the reference has in common to all sets stays in it, what scatters goes down."""

import pytest

from testbench.metrology.coverage import expand
from testbench.metrology.pair_accuracy import Pair, exact_pair
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.velocity_coefficient import mean_coefficient


def pair(reference, measured, *, common=0.0, own=0.0):
    parts = {"reference certificate": Component(common * reference), "readings": Component(own, 9.0)}
    return Pair(Quantity(reference, "m/s", parts), Quantity(measured, "m/s"))


def test_an_error_of_the_reference_does_not_average_out():
    sets = [pair(velocity, velocity / 0.95, common=0.003) for velocity in (8.0, 10.0, 12.0, 14.0, 16.0) * 3]
    found = mean_coefficient(sets)
    assert found.value == pytest.approx(0.95)
    assert found.expanded.uncertainty == pytest.approx(expand(0.003 * 0.95).uncertainty)
    assert found.budget["reference certificate"] == pytest.approx(0.003 * 0.95)


def test_what_scatters_is_that_of_the_coefficients_with_the_area_ratio():
    found = mean_coefficient([pair(9.0, 10.0, own=5.0), pair(11.0, 10.0, own=5.0)], area_ratio=2.0)
    assert found.value == pytest.approx(2.0)
    # S of 1.8 and 2.2 over the root of 2 is 0.2, with one degree of freedom
    assert found.expanded.uncertainty == pytest.approx(expand(0.2, 1.0).uncertainty)


def test_exact_sets_that_agree_have_no_uncertainty():
    found = mean_coefficient([exact_pair(10.0, 8.0, "m/s")] * 3)
    assert found.value == pytest.approx(1.25)
    assert found.expanded.uncertainty == pytest.approx(0.0, abs=1e-12)


def test_units_that_differ_and_a_single_set_are_refused():
    with pytest.raises(ValueError, match="in one unit"):
        mean_coefficient([Pair(Quantity(1.0, "m/s"), Quantity(1.0, "km/h"))] * 2)
    with pytest.raises(ValueError, match="at least 2 sets"):
        mean_coefficient([exact_pair(10.0, 8.0, "m/s")])
