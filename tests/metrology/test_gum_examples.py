"""The examples of the GUM (JCGM 100:2008, Annex H): data and results of its tables."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike

from testbench.metrology.anova import anova_of_means, one_way_anova
from testbench.metrology.distributions import Distribution, MultivariateNormal, Normal, StudentT
from testbench.metrology.gum import propagate, propagate_together
from testbench.metrology.regression import fit_line
from testbench.metrology.sample import describe


def end_gauge(
    l_s: ArrayLike, d: ArrayLike, delta_alpha: ArrayLike, theta: ArrayLike, alpha_s: ArrayLike, delta_theta: ArrayLike
) -> ArrayLike:
    """H.1.2, eq. (H.3), nm."""
    l_s, d = np.asarray(l_s), np.asarray(d)
    return l_s + d - l_s * (np.asarray(delta_alpha) * np.asarray(theta) + np.asarray(alpha_s) * np.asarray(delta_theta))


def test_h1_end_gauge_calibration() -> None:
    inputs: dict[str, Distribution] = {
        "l_s": StudentT(50_000_623.0, 25.0, 18),
        "d": StudentT(215.0, 9.7, 25.6),
        "delta_alpha": StudentT(0.0, 0.58e-6, 50),
        "theta": Normal(-0.1, 0.41),
        "alpha_s": Normal(11.5e-6, 1.2e-6),
        "delta_theta": StudentT(0.0, 0.029, 2),
    }

    found = propagate(end_gauge, inputs)

    assert found.value == pytest.approx(50_000_838.0, abs=0.5)
    assert abs(found.contributions["delta_alpha"]) == pytest.approx(2.9, abs=0.05)
    assert abs(found.contributions["delta_theta"]) == pytest.approx(16.6, abs=0.1)
    assert found.standard_uncertainty == pytest.approx(32.0, abs=0.5)
    assert found.degrees_of_freedom is not None
    assert math.floor(found.degrees_of_freedom) in (16, 17)  # the GUM rounds the parts first and states 16
    assert found.expand(0.99).uncertainty == pytest.approx(93.0, abs=1.0)


VOLTAGE = (5.007, 4.994, 5.005, 4.990, 4.999)
CURRENT_MA = (19.663, 19.639, 19.640, 19.685, 19.678)
PHASE = (1.0456, 1.0438, 1.0468, 1.0428, 1.0433)


def impedance(v: ArrayLike, i: ArrayLike, phi: ArrayLike) -> ArrayLike:
    """H.2.2, eq. (H.7): resistance, reactance and impedance, ohm."""
    z = np.asarray(v) / np.asarray(i)
    return np.array([z * np.cos(phi), z * np.sin(phi), z])


def test_h2_resistance_and_reactance_of_correlated_readings() -> None:
    readings = {"v": VOLTAGE, "i": tuple(value / 1000.0 for value in CURRENT_MA), "phi": PHASE}
    samples = {name: describe(values) for name, values in readings.items()}
    inputs = {name: Normal(sample.mean, sample.standard_uncertainty_of_mean or 0.0) for name, sample in samples.items()}
    r = np.corrcoef([readings["v"], readings["i"], readings["phi"]])
    correlations = {("v", "i"): r[0, 1], ("v", "phi"): r[0, 2], ("i", "phi"): r[1, 2]}

    found = propagate_together(impedance, inputs, correlations)

    assert list(correlations.values()) == pytest.approx([-0.36, 0.86, -0.65], abs=0.006)
    assert found.values == pytest.approx((127.732, 219.847, 254.260), abs=6e-4)
    assert found.standard_uncertainties == pytest.approx((0.071, 0.295, 0.236), abs=6e-4)
    assert found.correlation(0, 1) == pytest.approx(-0.588, abs=6e-4)
    assert found.correlation(0, 2) == pytest.approx(-0.485, abs=6e-4)
    assert found.correlation(1, 2) == pytest.approx(0.993, abs=6e-4)


THERMOMETER = (21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511)
CORRECTION = (-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160)


def test_h3_calibration_of_a_thermometer() -> None:
    found = fit_line([t - 20.0 for t in THERMOMETER], CORRECTION)

    assert found.covariance is not None
    assert found.standard_errors is not None
    assert found.coefficients == pytest.approx((-0.1712, 0.00218), abs=5e-5)
    assert found.standard_errors == pytest.approx((0.0029, 0.00067), abs=5e-5)
    assert found.covariance[0][1] / math.prod(found.standard_errors) == pytest.approx(-0.930, abs=5e-4)
    assert found.residual_standard_deviation == pytest.approx(0.0035, abs=5e-5)
    at_30 = np.array([1.0, 10.0])
    assert at_30 @ found.coefficients == pytest.approx(-0.1494, abs=5e-5)
    assert math.sqrt(at_30 @ np.array(found.covariance) @ at_30) == pytest.approx(0.0041, abs=5e-5)


CYCLES = (  # min and counts of standard, blank and sample, Table H.7
    (243.74, 15380, 305.56, 4054, 367.37, 41432),
    (984.53, 14978, 1046.10, 3922, 1107.66, 38706),
    (1723.87, 14394, 1785.43, 4200, 1846.99, 35860),
    (2463.17, 13254, 2524.73, 3830, 2586.28, 32238),
    (3217.56, 12516, 3279.12, 3956, 3340.68, 29640),
    (3956.83, 11058, 4018.38, 3980, 4079.94, 26356),
)
DECAY = 1.25894e-4  # 1/min
COUNTED_MIN = 60.0


def test_h4_radon_in_water_by_ratios_and_by_correlated_rates() -> None:
    standard, sample = [], []
    for t_s, n_s, _, n_b, t_x, n_x in CYCLES:
        standard.append((n_s - n_b) / COUNTED_MIN * math.exp(DECAY * t_s))
        sample.append((n_x - n_b) / COUNTED_MIN * math.exp(DECAY * t_x))
    ratio = describe([x / s for x, s in zip(sample, standard, strict=True)])
    r_s, r_x = describe(standard), describe(sample)
    known: dict[str, Distribution] = {
        "a_s": Normal(0.1368, 0.0018),
        "m_s": Normal(5.0192, 0.005),
        "m_x": Normal(5.0571, 0.0010),
    }

    by_ratio = propagate(
        lambda a_s, m_s, m_x, r: a_s * m_s / m_x * r,
        {**known, "r": Normal(ratio.mean, ratio.standard_uncertainty_of_mean or 0)},
    )
    by_rates = propagate(
        lambda a_s, m_s, m_x, x, s: a_s * m_s / m_x * x / s,
        {
            **known,
            "x": Normal(r_x.mean, r_x.standard_uncertainty_of_mean or 0),
            "s": Normal(r_s.mean, r_s.standard_uncertainty_of_mean or 0),
        },
        {("x", "s"): float(np.corrcoef(sample, standard)[0, 1])},
    )

    assert (r_x.mean, r_s.mean, ratio.mean) == pytest.approx((652.60, 206.09, 3.170), rel=2e-4)
    assert (ratio.standard_uncertainty_of_mean or 0.0) == pytest.approx(0.046, abs=5e-4)
    assert by_ratio.value == pytest.approx(0.4304, abs=1e-4)
    assert by_ratio.standard_uncertainty == pytest.approx(0.0084, abs=1e-4)
    assert by_rates.value == pytest.approx(0.4300, abs=1e-4)
    assert by_rates.standard_uncertainty == pytest.approx(0.0083, abs=1e-4)


ZENER_V = (10.000172, 10.000116, 10.000013, 10.000144, 10.000106, 10.000031, 10.000060, 10.000125, 10.000163, 10.000041)
ZENER_UV = (60, 77, 111, 101, 67, 93, 80, 73, 88, 86)


def test_h5_analysis_of_variance_of_a_zener_voltage_standard() -> None:
    found = anova_of_means(ZENER_V, [value * 1e-6 for value in ZENER_UV], 5)

    assert found.mean == pytest.approx(10.000097, abs=5e-7)
    assert (found.between, found.within) == pytest.approx((128e-6, 85e-6), abs=6e-7)
    assert found.f_statistic == pytest.approx(2.25, abs=0.02)
    assert found.degrees_of_freedom == (9, 40)
    assert found.uncertainty_with_effect == pytest.approx(18e-6, abs=5e-7)
    assert found.uncertainty_without_effect == pytest.approx(13e-6, abs=5e-7)
    assert found.group_effect == pytest.approx(43e-6, abs=5e-7)
    assert found.probability is not None
    assert 0.025 < found.probability < 0.05  # F(0.95) = 2.12 < 2.25 < F(0.975) = 2.45


def test_groups_of_readings_are_their_means_and_deviations() -> None:
    groups = ((1.0, 2.0, 3.0), (2.0, 4.0, 6.0), (3.0, 3.0, 3.0))
    of_means = anova_of_means((2.0, 4.0, 3.0), (1.0, 2.0, 0.0), 3)

    assert one_way_anova(groups) == of_means
    assert (of_means.between**2, of_means.within**2, of_means.f_statistic) == pytest.approx((3.0, 5 / 3, 1.8))
    with pytest.raises(ValueError, match="of one size, got 2, 3"):
        one_way_anova(((1, 2), (1, 2, 3)))
    with pytest.raises(ValueError, match="at least 2 groups of 2"):
        one_way_anova(((1, 2),))


@pytest.mark.parametrize(
    ("inputs", "correlations", "words"),
    [
        ({"v": Normal(1, 0.1), "i": Normal(1, 0.1), "phi": Normal(1, 0.1)}, None, "returns 3 numbers"),
        ({"v": Normal(1, 0.1), "i": Normal(0, 0), "phi": Normal(1, 0.1)}, None, "not finite"),
        ({"v": Normal(1, 0.1), "i": Normal(1, 0.1), "phi": Normal(1, 0.1)}, {("v", "x"): 0.1}, "names 'x'"),
        ({"v": Normal(1, 0.1), "i": Normal(1, 0.1), "phi": Normal(1, 0.1)}, {("v", "i"): 1.1}, "between -1 and 1"),
        (
            {"v": Normal(1, 0.1), "i": Normal(1, 0.1), "phi": Normal(1, 0.1)},
            {("v", "i"): 0.9, ("i", "phi"): 0.9, ("v", "phi"): -0.9},
            "contradict",
        ),
        (
            {"v": MultivariateNormal([1, 1], np.eye(2)), "i": Normal(1, 0.1), "phi": Normal(1, 0.1)},
            None,
            "several components",
        ),
    ],
)
def test_what_cannot_be_propagated_is_refused(
    inputs: dict[str, Distribution], correlations: dict[tuple[str, str], float] | None, words: str
) -> None:
    with np.errstate(divide="ignore", invalid="ignore"), pytest.raises(ValueError, match=words):
        propagate(impedance, inputs, correlations)


def test_correlated_inputs_of_finite_degrees_of_freedom_have_no_effective_ones() -> None:
    inputs: dict[str, Distribution] = {"a": StudentT(1.0, 0.1, 4), "b": Normal(1.0, 0.1)}
    found = propagate(lambda a, b: a + b, inputs, {("a", "b"): 0.5})

    assert found.standard_uncertainty == pytest.approx(math.sqrt(0.03))
    with pytest.raises(ValueError, match="not defined for correlated"):
        found.expand()


@pytest.mark.parametrize(
    ("model", "x", "u", "sensitivity", "exact_to"),
    [
        (lambda x: x**2, 1e9, 1e-3, 2e9, 1e-12),
        (lambda x: x**2 - 1e18, 1e9, 1e-3, 2e9, 1e-12),
        (lambda x: 1.0 / x, 1.0, 1e-10, -1.0, 1e-12),
        (lambda x: math.log(x), 3.0, 1e-14, 1.0 / 3.0, 1e-11),
        (lambda x: math.log(x), 1e-9, 0.0, 1e9, 1e-9),
        (lambda x: np.sin(x - 1e9), 1e9, 1e-3, 1.0, 1e-5),
    ],
)
def test_an_uncertainty_far_below_its_estimate_does_not_drown_in_rounding(
    model: Callable[[float], float], x: float, u: float, sensitivity: float, exact_to: float
) -> None:
    found = propagate(model, {"x": Normal(x, u)})
    assert found.sensitivities["x"] == pytest.approx(sensitivity, rel=exact_to)
    assert found.standard_uncertainty == pytest.approx(abs(sensitivity) * u, rel=exact_to)


def test_degrees_of_freedom_are_known_where_only_certain_influences_are_correlated() -> None:
    """u² = 1 + 1 + 2·0.5 + 1 = 4, so that u⁴/(1⁴/5) = 80 (GUM G.4.1)."""
    inputs = {"a": Normal(1.0, 1.0), "b": Normal(1.0, 1.0), "c": StudentT(1.0, 1.0, 5.0)}

    def total(a: float, b: float, c: float) -> float:
        return a + b + c

    assert propagate(total, inputs, {("a", "b"): 0.5}).degrees_of_freedom == pytest.approx(80.0)
    assert propagate(total, inputs, {("a", "c"): 0.5}).degrees_of_freedom is None


def test_a_difference_of_fully_correlated_inputs_is_certain() -> None:
    found = propagate_together(
        lambda a, b: np.array([a - b, a + b]), {"a": Normal(1.0, 0.3), "b": Normal(1.0, 0.3)}, {("a", "b"): 1.0}
    )
    assert found.standard_uncertainties == pytest.approx((0.0, 0.6), abs=1e-8)
    with pytest.raises(ValueError, match="no correlation"):
        found.correlation(0, 1)


@pytest.mark.parametrize("model", [lambda x: 1 / (x - 1), lambda x: np.sqrt(x - 2.0)])
def test_a_model_that_is_not_finite_at_the_estimates_is_refused(model: Callable[[float], float]) -> None:
    with pytest.raises(ValueError, match="not finite"):
        propagate(model, {"x": Normal(1.0, 0.1)})
