"""Interference: single effects, and the sums of both signs with their uncertainty."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.coverage import expand
from testbench.metrology.interference import InterferencePoint, interference
from testbench.metrology.quantity import Component, Quantity


def repeats(name, without, present, *, noise=0.0, impurity=0.0):
    return [
        InterferencePoint(
            name,
            Quantity(0.0, "%", {"zero gas": Component(impurity)}),
            Quantity(a, "%", {f"noise.{name}.{number}.a": Component(noise)}),
            Quantity(0.0, "%", {"zero gas": Component(impurity)}),
            Quantity(b, "%", {f"noise.{name}.{number}.b": Component(noise)}),
        )
        for number, (a, b) in enumerate(zip(without, present, strict=True))
    ]


def test_the_sums_are_of_one_sign_each():
    points = [
        *repeats("CO", [0.0, 0.1, 0.2], [0.2, 0.3, 0.4]),  # +0.2 of 20: +1 %
        *repeats("CO2", [0.1, 0.1, 0.1], [0.5, 0.5, 0.5]),  # +2 %
        *repeats("NH3", [0.1, 0.1, 0.1], [0.0, 0.0, 0.0]),  # −0.5 %
    ]
    found = interference(points, full_scale=20.0)
    assert [effect.percent_fs for effect in found.effects] == pytest.approx([1.0, 2.0, -0.5])
    assert found.positive.percent_fs == pytest.approx(3.0)
    assert found.positive.interferents == ("CO", "CO2")
    assert found.negative.percent_fs == pytest.approx(-0.5)


def test_the_uncertainty_of_a_sum_is_that_of_its_terms():
    points = [*repeats("CO", [0.0], [0.4], noise=0.01), *repeats("CO2", [0.0], [0.6], noise=0.01, impurity=0.3)]
    found = interference(points, full_scale=20.0)
    one = 100 / 20.0 * 0.01 * math.sqrt(2)  # the zero gas is the same in both gases
    assert found.effects[0].expanded.uncertainty == pytest.approx(expand(one).uncertainty)
    assert found.positive.expanded.uncertainty == pytest.approx(expand(one * math.sqrt(2)).uncertainty)
    assert found.negative.expanded.uncertainty == 0.0
    assert found.negative.percent_fs == 0.0


def test_an_effect_whose_sign_is_not_known_counts_in_both_uncertainties():
    points = [*repeats("CO", [0.0], [0.4], noise=0.01), *repeats("CH4", [0.0], [-0.01], noise=0.01)]
    found = interference(points, full_scale=20.0)
    one = 100 / 20.0 * 0.01 * math.sqrt(2)
    assert found.negative.percent_fs == pytest.approx(-0.05)
    assert found.negative.interferents == ("CH4",)
    assert found.negative.expanded.uncertainty == pytest.approx(expand(one).uncertainty)
    assert found.positive.expanded.uncertainty == pytest.approx(expand(one * math.sqrt(2)).uncertainty)


def test_the_sum_of_magnitudes_may_be_of_nothing_but_noise():
    """Of three gases that do nothing the magnitudes add up all the same, and U reaches down to zero."""
    points = [one for gas in ("CO", "H2O", "NO") for one in repeats(gas, [0.0], [-0.01], noise=0.01)]
    found = interference(points, full_scale=20.0)
    one = 100 / 20.0 * 0.01 * math.sqrt(2)
    assert found.magnitude.percent_fs == pytest.approx(0.15)
    assert found.magnitude.expanded.uncertainty == pytest.approx(expand(one * math.sqrt(3)).uncertainty + 0.15)
    known = interference(repeats("CO", [0.0], [-0.4], noise=0.01), full_scale=20.0).magnitude
    assert known.percent_fs == pytest.approx(2.0)
    assert known.expanded.uncertainty == pytest.approx(expand(one).uncertainty)


def test_what_two_gases_have_in_common_adds_up_in_the_sum_of_magnitudes():
    """Bottles compared with one gas of the divider: its error is in every effect, and cancels where the signs differ."""
    common = {"divider": Component(0.1)}

    def against_the_divider(name, present):
        return InterferencePoint(name, Quantity(10.0, "%", common), Quantity(10.0, "%"), Quantity(10.0, "%"), present)

    alike = [against_the_divider("CO", Quantity(11.0, "%")), against_the_divider("H2O", Quantity(11.0, "%"))]
    opposed = [alike[0], against_the_divider("H2O", Quantity(9.0, "%"))]
    assert interference(alike, full_scale=20.0).magnitude.expanded.uncertainty == pytest.approx(expand(1.0).uncertainty)
    assert interference(opposed, full_scale=20.0).magnitude.expanded.uncertainty == pytest.approx(0.0, abs=1e-9)


def test_repeats_that_scatter_more_than_their_noise_widen_the_uncertainty():
    calm = interference(repeats("CO", [0.0] * 3, [0.40, 0.40, 0.40], noise=0.001), full_scale=20.0)
    restless = interference(repeats("CO", [0.0] * 3, [0.30, 0.40, 0.50], noise=0.001), full_scale=20.0)
    assert restless.effects[0].percent_fs == pytest.approx(calm.effects[0].percent_fs)
    # s = 0.1/20 = 0.5 %, of three: 0.5/√3 with two degrees of freedom
    assert restless.effects[0].expanded.uncertainty == pytest.approx(4.303 * 0.5 / math.sqrt(3), rel=2e-3)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=6))
def test_both_sums_together_are_the_sum_of_all(effects):
    points = [one for number, effect in enumerate(effects) for one in repeats(f"gas {number}", [0.0], [effect])]
    found = interference(points, full_scale=20.0)
    assert found.positive.percent_fs >= 0 >= found.negative.percent_fs
    assert found.positive.percent_fs + found.negative.percent_fs == pytest.approx(5 * math.fsum(effects), abs=1e-9)


def test_without_an_interferent_there_is_nothing_to_sum():
    with pytest.raises(ValueError, match="at least one interferent"):
        interference([], full_scale=20.0)
