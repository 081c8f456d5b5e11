"""Controlled releases: published regressions and intervals, hand computations, and what cannot be computed is refused."""

import math

import numpy as np
import pytest

from testbench.metrology.controlled_release import (
    Release,
    false_positives,
    plane_flux,
    proportion,
    release_errors,
    release_line,
    release_score,
)
from testbench.metrology.detection import detection_curve, detection_limit


def release(rate, measured, *, u_rate=0.0, u_measured=None, detected=True):
    return Release(rate, u_rate, measured, detected, u_measured)


def test_bias_and_precision_by_hand():
    found = release_errors([release(10.0, 11.0), release(10.0, 9.0), release(5.0, 6.0), release(0.0, 1.0)])
    assert found.errors_percent == pytest.approx((10.0, -10.0, 20.0))
    assert found.bias_percent == pytest.approx(20 / 3)
    s = math.sqrt(((10 - 20 / 3) ** 2 + (-10 - 20 / 3) ** 2 + (20 - 20 / 3) ** 2) / 2)
    assert found.precision_percent == pytest.approx(s)
    assert found.bias_expanded.uncertainty == pytest.approx(4.30265 * s / math.sqrt(3), rel=1e-5)  # t(0.975; 2)
    assert found.inside is None


def test_what_is_wrong_with_the_release_rates_does_not_average_out():
    found = release_errors([release(10.0, 10.0, u_rate=0.4) for _ in range(4)])
    assert found.bias_expanded.uncertainty == pytest.approx(1.95996 * 2.0, rel=1e-5)


def test_scores_count_those_inside_their_uncertainty():
    inside, outside = release(10.0, 10.5, u_rate=0.3, u_measured=0.4), release(10.0, 11.0, u_rate=0.3, u_measured=0.4)
    assert release_score(inside) == pytest.approx(1.0)
    assert release_score(outside) == pytest.approx(2.0)
    found = release_errors([inside, outside, release(10.0, 10.0, u_measured=1.0)])
    assert (found.inside.k, found.inside.n) == (2, 3)


@pytest.mark.parametrize(
    ("k", "n", "wilson", "exact"),
    [
        (8, 10, (0.4902, 0.9433), (0.4439, 0.9748)),
        (0, 10, (0.0, 0.2775), (0.0, 0.3085)),
        (10, 10, (0.7225, 1.0), (0.6915, 1.0)),
    ],
)
def test_intervals_of_a_proportion_are_those_of_the_tables(k, n, wilson, exact):
    found = proportion(k, n)
    assert found.wilson == pytest.approx(wilson, abs=1e-4)
    assert found.exact == pytest.approx(exact, abs=1e-4)


def test_false_positives_are_of_blanks_alone():
    runs = [release(0.0, None, detected=flag) for flag in (True, False, False, False)] + [release(5.0, 5.0)]
    assert (false_positives(runs).k, false_positives(runs).n) == (1, 4)
    with pytest.raises(ValueError, match="no blank"):
        false_positives([release(5.0, 5.0)])


def test_the_line_with_uncertainties_in_both_is_that_of_york():
    """Pearson's data with York's weights: York et al. (2004), slope -0.480533, intercept 5.479910, u 0.057985, 0.294971."""
    x = [0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4]
    y = [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5]
    wx = [1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1]
    wy = [1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500]
    points = [
        release(a, b, u_rate=2 / math.sqrt(p), u_measured=2 / math.sqrt(q)) for a, b, p, q in zip(x, y, wx, wy, strict=True)
    ]
    found = release_line(points)
    assert found.slope == pytest.approx(-0.480533407, abs=1e-8)
    assert found.intercept == pytest.approx(5.47991022, abs=1e-7)
    assert (found.slope_u, found.intercept_u) == pytest.approx((0.0579850, 0.2949707), abs=1e-5)
    assert found.chi_squared == pytest.approx(11.8663532, abs=1e-6)


def test_without_uncertainties_the_line_is_of_least_squares():
    found = release_line([release(x, 1.0 + 2.0 * x) for x in (0.0, 1.0, 2.0, 5.0)])
    assert (found.slope, found.intercept, found.weighted) == (pytest.approx(2.0), pytest.approx(1.0), False)


HOURS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5]
PASSED = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]


def test_the_logistic_fit_is_the_published_one():
    """Hours of study and passing, the usual textbook example: -4.0777 (1.7610) and 1.5046 (0.6287)."""
    found = detection_curve(HOURS, [bool(one) for one in PASSED])
    assert (found.intercept, found.slope) == pytest.approx((-4.0777, 1.5046), abs=1e-4)
    assert math.sqrt(found.covariance[0]) == pytest.approx(1.7610, abs=1e-4)
    assert math.sqrt(found.covariance[2]) == pytest.approx(0.6287, abs=1e-4)
    assert not found.penalised
    limit = detection_limit(found)
    assert limit.value == pytest.approx((math.log(9) + 4.0777) / 1.5046, abs=1e-3)
    assert limit.interval[0] < limit.value < limit.interval[1]
    assert found.probability(limit.value) == pytest.approx(0.9)


def test_separated_outcomes_are_penalised_and_say_so():
    found = detection_curve([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [False, False, False, True, True, True])
    assert found.penalised
    assert found.probability(3.5) == pytest.approx(0.5)
    assert 3.5 < detection_limit(found).value < 20


@pytest.mark.parametrize(
    ("x", "hit", "complaint"),
    [
        ([1, 2, 3, 4], [True] * 4, "all 4 trials were detected"),
        ([1, 2, 3, 4], [False] * 4, "all 4 trials were missed"),
        ([1, 1, 1, 1], [True, False, True, False], "all equal"),
        ([1, 2], [True, False], "at least 4"),
    ],
)
def test_trials_without_a_curve_are_refused(x, hit, complaint):
    with pytest.raises(ValueError, match=complaint):
        detection_curve(x, hit)


def test_a_falling_curve_has_no_detection_limit():
    with pytest.raises(ValueError, match="does not rise"):
        detection_limit(detection_curve([1, 2, 3, 4, 5], [True, True, False, True, False]))


def test_drawn_trials_hold_the_true_detection_limit():
    """200 draws of 60 trials each from a known curve: its 90 % point lies in the interval in 90 to 99 % of them."""
    generator, inside = np.random.default_rng(7), 0
    true = (math.log(9) + 3.0) / 2.0
    x = np.tile(np.linspace(0.2, 4.0, 20), 3)
    for _ in range(200):
        hit = generator.random(x.size) < 1 / (1 + np.exp(3.0 - 2.0 * x))
        limit = detection_limit(detection_curve(x.tolist(), hit.tolist()))
        inside += limit.interval[0] <= true <= limit.interval[1]
    assert 180 <= inside <= 198


def test_flux_of_a_uniform_plume_by_hand():
    """1 mg/m³ over 4 x 3 cells of 10 m by 5 m, wind 3 m/s at 30°: 1·3·0.5·600 = 900 mg/s."""
    assert plane_flux(np.ones((3, 4)), [3.0] * 3, angle_degrees=30.0, width_m=10.0, height_m=5.0) == pytest.approx(900.0)
    with pytest.raises(ValueError, match="one wind speed a height"):
        plane_flux(np.ones((3, 4)), [3.0] * 4, angle_degrees=90.0, width_m=1.0, height_m=1.0)
