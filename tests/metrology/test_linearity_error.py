"""The linearity error, its uncertainty, and what the gases of the adjustment do to it."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testbench.metrology.coverage import expand
from testbench.metrology.linearity import AdjustmentPoint, Linearity, LinearityPoint, linearity_error
from testbench.metrology.quantity import Component, Quantity

FULL_SCALE = 20.0
LEVELS = (0.2, 0.4, 0.6, 0.8)


def gas(content: float, **influences: float) -> Quantity:
    """A gas of this content; influences are relative standard uncertainties."""
    return Quantity(content, "%", {name: Component(content * u) for name, u in influences.items()} if content else {})


def reading(value: float, name: str = "", u: float = 0.0, degrees: float = math.inf) -> Quantity:
    return Quantity(value, "%", {name: Component(u, degrees)} if u else {})


ZERO = AdjustmentPoint(gas(0.0), reading(0.0))
SPAN = AdjustmentPoint(gas(18.0), reading(18.0))


def points(errors: dict[float, float], passes: int = 3, **influences: float) -> list[LinearityPoint]:
    """Points whose indication is off by an error (in %) at each level."""
    return [
        LinearityPoint(p, f, gas(f * FULL_SCALE, **influences), reading(f * FULL_SCALE + e))
        for p in range(1, passes + 1)
        for f, e in errors.items()
    ]


def test_the_error_is_in_percent_of_full_scale_and_of_nominal() -> None:
    result = linearity_error(points({0.2: 0.1, 0.8: -0.3}), full_scale=FULL_SCALE, zero=ZERO, span=SPAN)
    low, high = result.levels
    assert low.error_percent_fs == pytest.approx(0.5)  # 0.1/20
    assert low.error_percent_nominal == pytest.approx(2.5)  # 0.1/4
    assert high.error_percent_fs == pytest.approx(-1.5)
    assert (low.passes, low.reference, low.indication) == (3, pytest.approx(4.0), pytest.approx(4.1))


def test_the_mean_over_the_passes_counts() -> None:
    three = [LinearityPoint(p, 0.4, gas(8.0), reading(8.0 + e)) for p, e in enumerate((0.1, 0.3, -0.1), start=1)]
    result = linearity_error(three, full_scale=FULL_SCALE, zero=ZERO, span=SPAN)
    assert result.largest.error_percent_fs == pytest.approx(0.5)


def test_the_largest_keeps_its_sign_and_its_level() -> None:
    result = linearity_error(points({0.2: 0.1, 0.4: -0.4, 0.6: 0.2}), full_scale=FULL_SCALE, zero=ZERO, span=SPAN)
    assert (result.largest.nominal_fraction, result.largest_index) == (0.4, 1)
    assert result.largest.error_percent_fs == pytest.approx(-2.0)


def test_a_zero_level_has_no_error_in_percent_of_nominal() -> None:
    result = linearity_error(points({0.0: 0.1, 0.4: 0.0}), full_scale=FULL_SCALE, zero=ZERO, span=SPAN)
    assert result.levels[0].error_percent_nominal is None
    assert result.levels[0].error_percent_fs == pytest.approx(0.5)


def test_one_cylinder_cancels_completely() -> None:
    span = AdjustmentPoint(gas(18.0, cylinder=0.01), reading(18.0))
    result = linearity_error(points(dict.fromkeys(LEVELS, 0.1), cylinder=0.01), full_scale=FULL_SCALE, zero=ZERO, span=span)
    assert [level.standard_uncertainty for level in result.levels] == [pytest.approx(0.0, abs=1e-12)] * 4


def test_the_impurity_of_one_zero_gas_cancels_completely() -> None:
    def diluted(fraction: float) -> Quantity:
        return Quantity(30 * fraction + 0.05 * (1 - fraction), "%", {"impurity": Component(0.03 * (1 - fraction))})

    pair = [LinearityPoint(1, f, diluted(f * 2 / 3), reading(20 * f)) for f in LEVELS]
    zero, span = (AdjustmentPoint(diluted(f), reading(30 * f)) for f in (0.0, 0.6))
    result = linearity_error(pair, full_scale=FULL_SCALE, zero=zero, span=span)
    assert [level.standard_uncertainty for level in result.levels] == [pytest.approx(0.0, abs=1e-12)] * 4


def test_another_span_cylinder_does_not_cancel() -> None:
    span = AdjustmentPoint(gas(18.0, other=0.01), reading(18.0))
    result = linearity_error(points({0.6: 0.1}, cylinder=0.01), full_scale=FULL_SCALE, zero=ZERO, span=span)
    assert result.largest.standard_uncertainty == pytest.approx(100 / 20 * 12.0 * 0.01 * math.sqrt(2))
    assert result.largest.budget == pytest.approx({"cylinder": 0.6, "other": 0.6})


def test_flow_ratio_uncertainty_cancels_in_part() -> None:
    # binary blend: u(x)/x = (1 − D)·u_q; with the span gas at D_s what is left at a level is x·(D_s − D)·u_q
    def blended(x: float) -> Quantity:
        return Quantity(x, "%", {"controller": Component(x * (1 - x / 30) * 0.002)})

    span = AdjustmentPoint(blended(18.0), reading(18.0))
    result = linearity_error([LinearityPoint(1, 0.4, blended(8.0), reading(8.0))], full_scale=20, zero=ZERO, span=span)
    assert result.largest.standard_uncertainty == pytest.approx(100 / 20 * 8.0 * (18 - 8) / 30 * 0.002)


def test_the_readings_of_the_adjustment_come_in_by_distance() -> None:
    zero = AdjustmentPoint(gas(0.0), reading(0.0, "zero", 0.03, 9))
    span = AdjustmentPoint(gas(18.0), reading(18.0, "span", 0.04, 9))
    result = linearity_error(points({0.3: 0.0}), full_scale=FULL_SCALE, zero=zero, span=span)  # 6 of 18: r = 1/3
    assert result.largest.budget == pytest.approx({"zero": 5 * 0.03 * 2 / 3, "span": 5 * 0.04 / 3})
    a, b = 5 * 0.03 * 2 / 3, 5 * 0.04 / 3
    assert result.largest.degrees_of_freedom == pytest.approx((a**2 + b**2) ** 2 / (a**4 / 9 + b**4 / 9))


def test_readings_of_independent_passes_average() -> None:
    three = [LinearityPoint(p, 0.4, gas(8.0), reading(8.0, f"A.reading.{p}.repeatability", 0.03, 9)) for p in (1, 2, 3)]
    result = linearity_error(three, full_scale=FULL_SCALE, zero=ZERO, span=SPAN)
    assert result.largest.budget == pytest.approx({"A.reading.repeatability": 5 * 0.03 / math.sqrt(3)})
    assert result.largest.degrees_of_freedom == pytest.approx(27)


def test_passes_that_scatter_more_than_stated_are_believed() -> None:
    errors = (0.12, -0.12, 0.0)  # s = 0.12 at each of two levels, 4 degrees of freedom; stated 0.03
    scattered = [
        LinearityPoint(p, f, gas(20 * f), reading(20 * f + e, f"A.reading.{p}{f}", 0.03))
        for p, e in enumerate(errors, start=1)
        for f in (0.2, 0.4)
    ]
    largest = linearity_error(scattered, full_scale=FULL_SCALE, zero=ZERO, span=SPAN).largest
    assert largest.budget["scatter between passes"] == pytest.approx(5 * math.sqrt((0.12**2 - 0.03**2) / 3))
    assert largest.standard_uncertainty == pytest.approx(5 * 0.12 / math.sqrt(3))
    assert largest.degrees_of_freedom == pytest.approx(4 / (1 - 1 / 16) ** 2)


def test_passes_that_scatter_as_stated_add_nothing() -> None:
    errors = (0.03, -0.04, 0.01)
    noisy = [LinearityPoint(p, 0.4, gas(8), reading(8 + e, f"A.reading.{p}", 0.03)) for p, e in enumerate(errors)]
    assert list(linearity_error(noisy, full_scale=FULL_SCALE, zero=ZERO, span=SPAN).largest.budget) == ["A.reading"]


def test_a_drift_that_was_seen_explains_scatter_between_passes() -> None:
    errors = (0.0, 0.1, 0.2)
    moving = [LinearityPoint(p, 0.4, gas(8), reading(8 + e)) for p, e in enumerate(errors)]
    result = linearity_error(moving, full_scale=FULL_SCALE, zero=ZERO, span=SPAN, zero_shift=0.2, span_shift=0.2)
    assert list(result.largest.budget) == ["drift during the test"]


@pytest.mark.parametrize(("fraction", "half_width"), [(0.0, 0.06), (0.45, 0.02), (0.9, 0.10)])
def test_drift_during_the_test_is_rectangular_and_interpolated(fraction: float, half_width: float) -> None:
    result = linearity_error(
        points({fraction: 0.1}), full_scale=FULL_SCALE, zero=ZERO, span=SPAN, zero_shift=0.06, span_shift=-0.10
    )
    assert result.largest.standard_uncertainty == pytest.approx(5 * half_width / math.sqrt(3))
    assert list(result.largest.budget) == ["drift during the test"]


def test_the_largest_is_expanded_for_all_levels_at_once() -> None:
    result = linearity_error(points({f: f for f in LEVELS}, controller=0.01), full_scale=20, zero=ZERO, span=SPAN)
    u, dof = result.largest.standard_uncertainty, result.largest.degrees_of_freedom
    assert result.largest.expanded == expand(u, dof)
    assert result.expanded == expand(u, dof, of=4)
    assert result.expanded.uncertainty > result.largest.expanded.uncertainty


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": []}, "at least one point"),
        ({"full_scale": 0.0}, "full scale must be above zero"),
        ({"span": ZERO}, r"span gas \(0 %\) must be above the zero gas \(0 %\)"),
        ({"span": AdjustmentPoint(Quantity(18.0, "ppm"), reading(18.0))}, "must be in one unit, got %, ppm"),
    ],
)
def test_what_has_no_linearity_is_refused(change: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {"points": points({0.2: 0.0}), "full_scale": 20.0, "zero": ZERO, "span": SPAN} | change
    with pytest.raises(ValueError, match=message):
        linearity_error(arguments.pop("points"), **arguments)  # type: ignore[arg-type]


def evaluate(errors: list[float], sign: float = 1.0, scale: float = 1.0, order: int | None = None) -> Linearity:
    listed = [
        LinearityPoint(
            p,
            f,
            Quantity(scale * f * 20, "%", {"cylinder": Component(scale * f * 0.1)}),
            Quantity(scale * (f * 20 + sign * e), "%", {f"noise.{p}.{f}": Component(scale * 0.02, 9)}),
        )
        for p in (1, 2)
        for f, e in zip(LEVELS, errors, strict=True)
    ]
    if order is not None:
        random.Random(order).shuffle(listed)
    span = AdjustmentPoint(Quantity(18 * scale, "%", {"cylinder": Component(0.08 * scale)}), reading(18 * scale))
    return linearity_error(listed, full_scale=20 * scale, zero=ZERO, span=span, zero_shift=0.01 * scale)


ERRORS = st.lists(st.floats(-1, 1), min_size=4, max_size=4)


@settings(max_examples=30)
@given(ERRORS, st.floats(0.001, 1e4), st.integers(0, 1000))
def test_neither_sign_nor_unit_nor_order_changes_magnitudes(errors: list[float], scale: float, order: int) -> None:
    one = evaluate(errors)
    mirrored, scaled, shuffled = evaluate(errors, sign=-1.0), evaluate(errors, scale=scale), evaluate(errors, order=order)
    for other, sign in ((mirrored, -1.0), (scaled, 1.0), (shuffled, 1.0)):
        for a, b in zip(one.levels, other.levels, strict=True):
            assert b.error_percent_fs == pytest.approx(sign * a.error_percent_fs, abs=1e-9)
            assert b.standard_uncertainty == pytest.approx(a.standard_uncertainty)
            assert b.degrees_of_freedom == pytest.approx(a.degrees_of_freedom)
        assert abs(other.largest.error_percent_fs) == pytest.approx(abs(one.largest.error_percent_fs), abs=1e-9)
