"""Propagation of distributions: the examples of JCGM 101:2008, clause 9, and what every distribution promises.

Published values are those of its tables; they were found by chance as well, so they are met to the scatter of a million
trials.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from testbench.metrology.distributions import (
    Arcsine,
    Counts,
    CurvilinearTrapezoid,
    Distribution,
    Exponential,
    MultivariateNormal,
    Normal,
    Rectangular,
    StudentT,
    Trapezoidal,
    triangular,
)
from testbench.metrology.gum import propagate
from testbench.metrology.monte_carlo import (
    monte_carlo,
    monte_carlo_adaptive,
    monte_carlo_together,
    numerical_tolerance,
    summarise,
    validate,
)

Floats = NDArray[np.float64]
UNIT = math.sqrt(3.0)  # half-width of a rectangular distribution of standard uncertainty 1


def total(**inputs: Floats) -> ArrayLike:
    return sum(inputs.values())


def four(*widths: float, normal: bool = False) -> dict[str, Distribution]:
    return {
        f"x{i}": Normal(0.0, width) if normal else Rectangular(-UNIT * width, UNIT * width) for i, width in enumerate(widths)
    }


@pytest.mark.parametrize(
    ("inputs", "u", "end", "gum_end", "valid"),
    [
        (four(1, 1, 1, 1, normal=True), 2.0, 3.92, 3.92, True),  # 9.2.2
        (four(1, 1, 1, 1), 2.0, 3.88, 3.92, True),  # 9.2.3
        (four(1, 1, 1, 10), 10.1, 17.0, 19.9, False),  # 9.2.4
    ],
    ids=["normal", "rectangular", "one dominates"],
)
def test_additive_models_of_9_2(inputs: dict[str, Distribution], u: float, end: float, gum_end: float, valid: bool) -> None:
    gum = propagate(total, inputs)
    found = monte_carlo(total, inputs, seed=1)

    assert found.trials == 1_000_000
    assert found.value == pytest.approx(0.0, abs=0.03)
    assert found.standard_uncertainty == pytest.approx(u, rel=0.006)
    for interval in (found.interval, found.shortest):
        assert interval == pytest.approx((-end, end), rel=0.007)
    assert gum.expand().uncertainty == pytest.approx(gum_end, rel=0.003)
    assert validate(gum, found).valid is valid


def test_the_gum_is_not_validated_to_a_third_digit_for_rectangular_inputs() -> None:
    """Table 4: with three significant digits δ = 0.005, and 3.92 differs from 3.88 by more."""
    inputs = four(1, 1, 1, 1)
    assert not validate(propagate(total, inputs), monte_carlo(total, inputs, seed=1), digits=3).valid


def mass(m_rc: ArrayLike, dm_rc: ArrayLike, rho_a: ArrayLike, rho_w: ArrayLike, rho_r: ArrayLike) -> ArrayLike:
    """9.3.1.3, eq. (32): deviation of the mass of weight W from 100 g, mg."""
    rho_a, rho_w, rho_r = np.asarray(rho_a), np.asarray(rho_w), np.asarray(rho_r)
    return (np.asarray(m_rc) + dm_rc) * (1.0 + (rho_a - 1.2) * (1.0 / rho_w - 1.0 / rho_r)) - 100_000.0


def test_mass_calibration_of_9_3_where_the_first_order_of_the_gum_misses_the_air() -> None:
    inputs: dict[str, Distribution] = {
        "m_rc": Normal(100_000.0, 0.050),
        "dm_rc": Normal(1.234, 0.020),
        "rho_a": Rectangular(1.10, 1.30),
        "rho_w": Rectangular(7000.0, 9000.0),
        "rho_r": Rectangular(7950.0, 8050.0),
    }

    gum = propagate(mass, inputs)
    found = monte_carlo(mass, inputs, seed=1)

    assert (gum.value, gum.standard_uncertainty) == pytest.approx((1.2340, 0.0539), abs=1e-4)
    assert (found.value, found.standard_uncertainty) == pytest.approx((1.2341, 0.0754), abs=2e-4)
    assert found.shortest == pytest.approx((1.0834, 1.3825), abs=5e-3)
    assert not validate(gum, found, shortest=True).valid


def mismatch(x1: Floats, x2: Floats) -> ArrayLike:
    """9.4.1.3, eq. (39): comparison loss in microwave power meter calibration."""
    return x1**2 + x2**2


@pytest.mark.parametrize(
    ("x1", "value", "u", "shortest"),
    [
        (0.0, 50e-6, 50e-6, (0.0, 150e-6)),
        (0.010, 150e-6, 112e-6, (0.0, 367e-6)),
        (0.050, 2551e-6, 502e-6, (1590e-6, 3543e-6)),
    ],
)
def test_comparison_loss_of_9_4_has_an_interval_that_does_not_go_below_zero(
    x1: float, value: float, u: float, shortest: tuple[float, float]
) -> None:
    inputs: dict[str, Distribution] = {"x1": Normal(x1, 0.005), "x2": Normal(0.0, 0.005)}

    found = monte_carlo(mismatch, inputs, seed=1)

    assert (found.value, found.standard_uncertainty) == pytest.approx((value, u), rel=0.01)
    assert found.shortest == pytest.approx(shortest, rel=0.01, abs=1e-6)


def test_the_adaptive_procedure_stops_when_the_digits_asked_for_stand() -> None:
    inputs = four(1, 1, 1, 1, normal=True)

    two = monte_carlo_adaptive(total, inputs, digits=2, seed=2)
    three = monte_carlo_adaptive(total, inputs, digits=3, seed=2)

    assert two.converged
    assert three.converged
    assert two.trials < three.trials
    assert two.trials % 10_000 == 0
    for end in two.interval:
        assert abs(end) == pytest.approx(3.92, abs=0.1)
    cut = monte_carlo_adaptive(total, inputs, digits=3, seed=2, most_trials=30_000)
    assert (cut.trials, cut.converged) == (30_000, False)


def test_one_seed_gives_the_same_numbers_and_another_others() -> None:
    inputs = four(1, 2, normal=True)
    one, again, other = (monte_carlo(total, inputs, trials=20_000, seed=seed) for seed in (7, 7, 8))

    assert (one.value, one.shortest) == (again.value, again.shortest)
    assert one.value != other.value


def test_correlated_inputs_and_several_measurands() -> None:
    inputs: dict[str, Distribution] = {"x": MultivariateNormal([1.0, 2.0], [[0.04, 0.03], [0.03, 0.09]])}
    values = monte_carlo_together(lambda x: np.column_stack([x[:, 0] + x[:, 1], x[:, 0] - x[:, 1]]), inputs, seed=3)

    assert values.shape == (1_000_000, 2)
    assert values.mean(axis=0) == pytest.approx((3.0, -1.0), abs=2e-3)
    assert np.cov(values.T) == pytest.approx(np.array([[0.19, -0.05], [-0.05, 0.07]]), abs=1e-3)


@pytest.mark.parametrize(
    ("distribution", "mean", "u"),
    [
        (Normal(3.0, 0.5), 3.0, 0.5),
        (Rectangular(1.0, 3.0), 2.0, 1 / UNIT),
        (triangular(1.0, 3.0), 2.0, 1 / math.sqrt(6)),
        (Trapezoidal(1.0, 3.0, 0.5), 2.0, math.sqrt(1.25 / 6)),
        (CurvilinearTrapezoid(1.0, 3.0, 0.6), 2.0, math.sqrt(4 / 12 + 0.04)),
        (Arcsine(1.0, 3.0), 2.0, 1 / math.sqrt(2)),
        (Exponential(2.0), 2.0, 2.0),
        (Counts(8), 9.0, 3.0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Distribution) else None,
)
def test_samples_have_the_moments_that_the_distribution_states(distribution: Distribution, mean: float, u: float) -> None:
    drawn = distribution.sample(np.random.default_rng(4), 200_000)

    assert (float(distribution.mean), float(distribution.standard_uncertainty)) == pytest.approx((mean, u))
    assert (float(drawn.mean()), float(drawn.std())) == pytest.approx((mean, u), rel=0.01)
    assert math.isinf(distribution.degrees_of_freedom)


def test_a_mean_of_few_readings_has_wide_tails() -> None:
    few = StudentT(10.0, 0.2, 4)
    found = monte_carlo(lambda x: x, {"x": few}, seed=5)

    assert few.degrees_of_freedom == 4
    assert found.standard_uncertainty == pytest.approx(0.2 * math.sqrt(2.0), rel=0.02)
    assert found.interval == pytest.approx((10 - 2.776 * 0.2, 10 + 2.776 * 0.2), abs=0.005)
    assert validate(propagate(lambda x: x, {"x": few}), found).valid


@pytest.mark.parametrize(
    ("u", "digits", "tolerance"),
    [(0.00035, 2, 0.000005), (0.00035, 1, 0.00005), (2.0, 2, 0.05), (2.0, 3, 0.005), (9.96, 2, 0.5)],
)
def test_the_numerical_tolerance_is_half_a_unit_of_the_last_digit(u: float, digits: int, tolerance: float) -> None:
    assert numerical_tolerance(u, digits) == pytest.approx(tolerance)


@given(st.lists(st.floats(-1e3, 1e3), min_size=120, max_size=300), st.sampled_from([0.5, 0.9, 0.95]))
def test_the_shortest_interval_is_never_longer_and_holds_its_share(values: list[float], probability: float) -> None:
    found = summarise(values, probability=probability)

    assert found.shortest[1] - found.shortest[0] <= found.interval[1] - found.interval[0]
    for low, high in (found.shortest, found.interval):
        assert sum(low <= value <= high for value in values) >= math.floor(probability * len(values))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: monte_carlo(total, four(1), trials=100, seed=1), "100 trials are too few for 95 %: at least 2000"),
        (lambda: monte_carlo(lambda **_: 1.0, four(1), trials=3000, seed=1), "one value a trial"),
        (lambda: monte_carlo(lambda x0: np.log(np.minimum(x0, 0.0)), four(1), trials=3000, seed=1), "not finite"),
        (lambda: monte_carlo(lambda x0: np.ones((3000, 2)), four(1), trials=3000, seed=1), "monte_carlo_together"),
        (lambda: summarise([1.0]), "at least 2 values"),
        (lambda: summarise([1.0, 2.0], probability=1.0), "between 0 and 1"),
        (lambda: numerical_tolerance(0.0), "above zero"),
        (lambda: Normal(0.0, -1.0), "0 or more"),
        (lambda: Rectangular(2.0, 1.0), "must not be above"),
        (lambda: StudentT(0.0, 1.0, 0.5), "at least 1"),
        (lambda: Trapezoidal(0.0, 1.0, 1.5), "from 0 to 1"),
        (lambda: CurvilinearTrapezoid(0.0, 1.0, 0.6), "half the width"),
        (lambda: Exponential(0.0), "above zero"),
        (lambda: Counts(-1), "0 or more"),
        (lambda: MultivariateNormal([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]), "beyond ±1"),
        (lambda: MultivariateNormal([0.0], [[1.0, 0.0], [0.0, 1.0]]), "a row and a column"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call: object, words: str) -> None:
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]


def test_a_t_distribution_of_infinite_degrees_of_freedom_is_normal() -> None:
    found = monte_carlo(lambda x: x, {"x": StudentT(1.0, 0.1, math.inf)}, trials=2_000, seed=3)
    assert found.sample.tolist() == monte_carlo(lambda x: x, {"x": Normal(1.0, 0.1)}, trials=2_000, seed=3).sample.tolist()


def test_a_certain_measurand_has_converged_at_once() -> None:
    found = monte_carlo_adaptive(lambda x: x, {"x": Normal(3.0, 0.0)}, seed=1)
    assert (found.value, found.standard_uncertainty, found.shortest, found.converged) == (3.0, 0.0, (3.0, 3.0), True)


def test_the_least_number_of_trials_is_enough() -> None:
    """100/(1 − 0.9) is 1000, whatever its last binary digit."""
    found = monte_carlo(lambda x: x, {"x": Normal(0.0, 1.0)}, trials=1_000, probability=0.9, seed=1)
    assert found.trials == 1_000


def test_a_model_without_a_logarithm_of_what_is_drawn_is_refused_without_a_warning() -> None:
    with pytest.raises(ValueError, match="not finite"):
        monte_carlo(lambda x: np.log(x), {"x": Normal(0.0, 1.0)}, trials=2_000, seed=1)
