"""K-factors of a flow bench by drawing: reference, noise and a device of known truth; the intervals hold what is true."""

import numpy as np
import pytest

from testbench.metrology.flow_bench import UNDISTORTED, BenchPoint, Distortion, bench_k, hysteresis, r_squared
from testbench.metrology.quantity import Component, Quantity

DRAWS = 400
GAIN, SWIRL_CHANGE = 1.05, -0.02  # of the device; relative change of its indication at 10 degrees of swirl
U_REFERENCE, NOISE = 0.003, 0.004  # relative standard uncertainties


def point(generator, error, velocity, distortion=UNDISTORTED, rising=True):
    gain = GAIN * (1 + (SWIRL_CHANGE if distortion.swirl else 0.0)) * (1 + NOISE * generator.normal())
    reference = velocity * (1 + error)
    known = {"reference": Component(U_REFERENCE * reference)}
    return BenchPoint(velocity, rising, distortion, Quantity(reference, "m/s", known), Quantity(gain * velocity, "m/s"))


def test_intervals_of_k_and_of_its_change_hold_the_truth():
    generator = np.random.default_rng(11)
    swirl, inside_k, inside_change = Distortion(swirl=10.0), 0, 0
    true_change = 100 * (1 / (1 + SWIRL_CHANGE) - 1)
    for _ in range(DRAWS):
        error = U_REFERENCE * generator.normal()
        points = [point(generator, error, v, d) for d in (UNDISTORTED, swirl) for v in (5.0, 10.0, 20.0) for _ in range(4)]
        found = bench_k(points)
        inside_k += abs(found.k_factor - 1 / GAIN) <= found.undistorted.uncertainty
        change = found.largest("swirl")
        inside_change += abs(change.change_percent - true_change) <= change.expanded.uncertainty
    assert 0.92 * DRAWS <= inside_k <= 0.98 * DRAWS
    assert 0.92 * DRAWS <= inside_change <= 0.985 * DRAWS


def test_what_is_common_cancels_in_a_change_and_stays_in_k():
    exact = {"reference": Component(0.1)}
    points = [
        BenchPoint(10.0, True, d, Quantity(10.0, "m/s", exact), Quantity(v, "m/s"))
        for d, v in ((UNDISTORTED, 10.0), (Distortion(yaw=10.0), 9.5))
    ]
    found = bench_k(points)
    assert found.conditions[0].change_percent == pytest.approx(100 * (10 / 9.5 - 1))
    assert found.conditions[0].expanded.uncertainty == pytest.approx(0.0, abs=1e-9)
    assert found.undistorted.uncertainty == pytest.approx(1.95996 * 0.01, rel=1e-5)
    assert found.half_range == pytest.approx((10 / 9.5 - 1) / 2)


def test_hysteresis_by_hand_and_points_that_have_none():
    both = [
        BenchPoint(5.0, rising, UNDISTORTED, Quantity(5.0, "m/s"), Quantity(v, "m/s"))
        for rising, v in ((True, 5.0), (False, 4.9))
    ]
    k = (1.0, 5 / 4.9)
    assert hysteresis(both).percent == pytest.approx(100 * (k[0] - k[1]) / ((k[0] + k[1]) / 2))
    with pytest.raises(ValueError, match="both from below and from above"):
        hysteresis(both[:1])
    with pytest.raises(ValueError, match="at least 3 readings"):
        r_squared(both)


def test_distorted_readings_alone_have_nothing_to_compare_with():
    lone = [BenchPoint(5.0, True, Distortion(swirl=10.0), Quantity(5.0, "m/s"), Quantity(5.0, "m/s"))]
    with pytest.raises(ValueError, match="no readings in undistorted flow"):
        bench_k(lone)
