"""Quantities with named influences as uncertain numbers."""

import math

import GTC
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.uncertain import (
    InfluenceError,
    Influences,
    budget,
    effective_degrees_of_freedom,
    influence_group,
)

NAMES = st.sampled_from(["cylinder", "controller.a", "controller.b", "noise.1", "noise.2"])
COMPONENTS = st.dictionaries(NAMES, st.builds(Component, st.floats(-10, 10).filter(lambda c: c == 0 or abs(c) > 1e-6)))
QUANTITIES = st.builds(Quantity, st.floats(-100, 100), st.just("%"), COMPONENTS)


def test_a_common_influence_cancels_in_a_difference_and_adds_in_a_sum() -> None:
    first = Quantity(10.0, "%", {"cylinder": Component(0.03), "noise.1": Component(0.004, 9)})
    second = Quantity(12.0, "%", {"cylinder": Component(0.03), "noise.2": Component(0.003, 9)})
    influences = Influences()
    a, b = influences.number(first), influences.number(second)
    difference = influences.quantity(b - a, "%")
    assert difference.value == 2.0
    assert set(difference.components) == {"noise.1", "noise.2"}
    assert difference.standard_uncertainty == pytest.approx(0.005)
    assert influences.quantity(a + b, "%").components["cylinder"].contribution == pytest.approx(0.06)


def test_contributions_keep_their_sign() -> None:
    influences = Influences()
    number = influences.number(Quantity(1.0, "%", {"cylinder": Component(-0.2, 7)}))
    assert influences.quantity(-3 * number, "%").components["cylinder"] == Component(pytest.approx(0.6), 7)


def test_one_influence_with_two_degrees_of_freedom_is_refused() -> None:
    influences = Influences()
    influences.number(Quantity(1.0, "%", {"noise": Component(0.1, 5)}))
    with pytest.raises(InfluenceError, match="'noise' has 5 degrees of freedom in one quantity and 6 in another"):
        influences.number(Quantity(1.0, "%", {"noise": Component(0.1, 6)}))


@pytest.mark.parametrize("degrees", [0.0, 0.5, -1.0, math.nan])
def test_degrees_of_freedom_below_one_are_refused(degrees: float) -> None:
    with pytest.raises(InfluenceError, match="at least 1"):
        Influences().number(Quantity(1.0, "%", {"noise": Component(0.1, degrees)}))


@pytest.mark.parametrize("contribution", [math.nan, math.inf])
def test_an_undefined_contribution_is_refused(contribution: float) -> None:
    with pytest.raises(InfluenceError, match="must be finite"):
        Influences().number(Quantity(1.0, "%", {"noise": Component(contribution)}))


def test_a_number_from_elsewhere_is_refused() -> None:
    foreign = Influences().number(Quantity(1.0, "%", {"noise": Component(0.1)}))
    with pytest.raises(InfluenceError, match="not named"):
        Influences().quantity(foreign, "%")


def test_a_plain_number_is_a_quantity_without_uncertainty() -> None:
    assert Influences().quantity(3.5, "s") == Quantity(3.5, "s")


def test_effective_degrees_of_freedom_are_those_of_the_gum_example() -> None:
    # JCGM 100:2008 G.4.1, example: y = b·x1·x2·x3, relative u 0.25 %, 0.57 %, 0.82 % with n = 10, 5, 15: ν_eff = 19.0
    product = Quantity(100.0, "1", {"x1": Component(0.25, 9), "x2": Component(0.57, 4), "x3": Component(0.82, 14)})
    assert product.standard_uncertainty == pytest.approx(1.03, abs=0.005)
    assert effective_degrees_of_freedom(product) == pytest.approx(19.0, abs=0.05)


def test_the_end_gauge_of_the_gum_comes_out_as_published() -> None:
    # JCGM 100:2008 H.1 (first order): l = l_s + d − l_s(δα·θ + α_s·δθ); l = 50.000 838 mm, u_c = 32 nm, ν_eff = 16.
    length_s = 50_000_623.0  # nm
    influences = Influences()

    def known(value: float, **components: Component) -> object:
        return influences.number(Quantity(value, "", components))

    standard = known(length_s, standard=Component(25.0, 18))
    difference = known(215.0, repeated=Component(5.8, 24), random=Component(3.9, 5), systematic=Component(6.7, 8))
    expansion_difference = known(0.0, expansion=Component(0.58e-6, 50))
    temperature = known(-0.1, bed=Component(0.2), cyclic=Component(0.35))
    expansion = known(11.5e-6, coefficient=Component(1.2e-6))
    temperature_difference = known(0.0, gauges=Component(0.029, 2))
    length = standard + difference - standard * (expansion_difference * temperature + expansion * temperature_difference)
    result = influences.quantity(length, "nm")
    assert result.value == pytest.approx(50_000_838.0)
    assert result.standard_uncertainty == pytest.approx(32.0, abs=0.5)
    assert math.floor(effective_degrees_of_freedom(result)) == 16
    assert abs(result.components["expansion"].contribution) == pytest.approx(2.9, abs=0.05)
    assert abs(result.components["gauges"].contribution) == pytest.approx(16.6, abs=0.1)


def test_the_budget_joins_influences_that_differ_in_their_counters() -> None:
    quantity = Quantity(
        1.0,
        "%",
        {"A.reading.1.repeatability": Component(0.3), "A.reading.22.repeatability": Component(-0.4), "co2": Component(0.6)},
    )
    parts = budget(quantity)
    assert list(parts) == ["co2", "A.reading.repeatability"]
    assert parts["A.reading.repeatability"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("A.reading.12.resolution", "A.reading.resolution"),
        ("A.reading.E20261122-134501-4f2a-R03.12.before.repeatability", "A.reading.before.repeatability"),
        ("A.reading.R03.12.before.repeatability", "A.reading.before.repeatability"),
        ("A.reading..12.repeatability", "A.reading.repeatability"),
        ("divider.setting.3.mfc-co2", "divider.setting.mfc-co2"),
        ("cylinder.200123", "cylinder.200123"),
        ("cylinder.co2", "cylinder.co2"),
        ("7", "7"),
    ],
)
def test_counters_are_no_part_of_the_name_of_a_group(name: str, group: str) -> None:
    assert influence_group(name) == group


@given(QUANTITIES)
def test_a_quantity_survives_the_way_there_and_back(quantity: Quantity) -> None:
    influences = Influences()
    again = influences.quantity(influences.number(quantity), quantity.unit)
    assert again.value == quantity.value
    assert dict(again.components) == {name: c for name, c in quantity.components.items() if c.contribution}


@given(QUANTITIES, QUANTITIES)
def test_the_uncertainty_of_a_difference_is_that_of_the_contributions(a: Quantity, b: Quantity) -> None:
    influences = Influences()
    number = influences.number(a) - influences.number(b)
    names = set(a.components) | set(b.components)
    none = Component(0.0)
    expected = math.hypot(
        *(a.components.get(name, none).contribution - b.components.get(name, none).contribution for name in names)
    )
    assert influences.quantity(number, "%").standard_uncertainty == pytest.approx(expected, abs=1e-12)
    assert GTC.uncertainty(number) == pytest.approx(expected, abs=1e-12)
