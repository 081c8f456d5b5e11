"""The content of a blend of flows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.dilution import Stream, blend, zero_gas_content
from testbench.metrology.quantity import Component, Quantity


def stream(flow: float, content: float, **influences: float) -> Stream:
    """A stream with a relative uncertainty of its flow and one of its content."""
    return Stream(
        Quantity(flow, "L/min", {influences_name: Component(flow * u) for influences_name, u in influences.items()}),
        Quantity(content, "%", {"cylinder": Component(content * 0.003)} if content else {}),
    )


@pytest.mark.parametrize(("a", "b"), [(0.5, 3.5), (2.0, 2.0), (3.2, 0.8)])
def test_the_uncertainty_is_that_of_the_closed_form(a: float, b: float) -> None:
    # ISO 6145-7, zero diluent: (u_x/x)² = (u_xs/x_s)² + (1 − D)²·[(u_A/q_A)² + (u_B/q_B)²], D = q_A/(q_A + q_B)
    x = blend([stream(a, 30.0, a=0.002), stream(b, 0.0, b=0.004)])
    dilution = a / (a + b)
    assert x.value == pytest.approx(30.0 * dilution)
    expected = math.hypot(0.003, (1 - dilution) * 0.002, (1 - dilution) * 0.004)
    assert x.standard_uncertainty / x.value == pytest.approx(expected)
    assert set(x.components) == {"cylinder", "a", "b"}
    assert x.components["a"].contribution > 0 > x.components["b"].contribution


def test_the_common_part_of_one_flow_standard_cancels() -> None:
    x = blend([stream(1.0, 30.0, standard=0.002), stream(3.0, 0.0, standard=0.002)])
    assert set(x.components) == {"cylinder"}


def test_the_uncertainty_agrees_with_a_monte_carlo() -> None:
    generator = np.random.default_rng(3)
    n = 200_000
    qa, qb = 1.0 * generator.normal(1, 0.002, n), 3.0 * generator.normal(1, 0.004, n)
    source, impurity = 30.0 * generator.normal(1, 0.003, n), generator.uniform(0, 0.02, n)
    draws = (source * qa + impurity * qb) / (qa + qb)
    zero = Stream(stream(3.0, 0.0, b=0.004).flow, zero_gas_content(0.02, "%", "zero"))
    x = blend([stream(1.0, 30.0, a=0.002), zero])
    assert x.value == pytest.approx(draws.mean(), abs=4 * draws.std() / math.sqrt(n))
    assert x.standard_uncertainty == pytest.approx(draws.std(), rel=0.01)


def test_a_zero_gas_is_taken_in_the_middle_of_what_its_certificate_admits() -> None:
    zero = zero_gas_content(1.0, "µmol/mol", "zero.impurity")
    assert zero.value == 0.5
    assert zero.components["zero.impurity"].contribution == pytest.approx(1 / math.sqrt(12))
    assert zero_gas_content(0.0, "µmol/mol", "zero.impurity").components == {}


def test_a_single_stream_is_its_own_blend() -> None:
    x = blend([stream(2.0, 30.0, a=0.01)])
    assert x.value == pytest.approx(30.0)
    assert set(x.components) == {"cylinder"}


def test_the_content_at_no_flow_of_one_stream_is_that_of_the_other() -> None:
    assert blend([stream(0.0, 30.0), stream(4.0, 0.0, b=0.004)]) == Quantity(0.0, "%")


@pytest.mark.parametrize(
    ("streams", "message"),
    [
        ([], "at least one stream"),
        ([stream(0.0, 30.0)], "nothing flows"),
        ([stream(1.0, 30.0), stream(-1.0, 0.0)], "flow of stream 2 must be 0 or more"),
        ([stream(math.nan, 30.0)], "flow of stream 1 must be 0 or more"),
        ([stream(1.0, 30.0), Stream(Quantity(1.0, "mL/min"), Quantity(0.0, "%"))], "flows .* one unit, got L/min, mL/min"),
        ([stream(1.0, 30.0), Stream(Quantity(1.0, "L/min"), Quantity(0.0, "ppm"))], "contents .* one unit, got %, ppm"),
    ],
)
def test_what_cannot_be_blended_is_refused(streams: list[Stream], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        blend(streams)


@pytest.mark.parametrize("limit", [-1.0, math.nan, math.inf])
def test_an_impurity_without_meaning_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="must be 0 or more"):
        zero_gas_content(limit, "ppm", "zero")


PAIRS = st.lists(st.tuples(st.floats(0.01, 10), st.floats(0, 100)), min_size=1, max_size=5)


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_blend_lies_between_its_streams_in_any_order(pairs: list[tuple[float, float]], random: object) -> None:
    streams = [stream(flow, content, **{f"c{i}": 0.01}) for i, (flow, content) in enumerate(pairs)]
    x = blend(streams)
    contents = [content for _, content in pairs]
    assert min(contents) - 1e-9 <= x.value <= max(contents) + 1e-9
    random.shuffle(streams)  # type: ignore[attr-defined]
    again = blend(streams)
    assert again.value == pytest.approx(x.value, abs=1e-12)
    assert again.standard_uncertainty == pytest.approx(x.standard_uncertainty, abs=1e-9)
