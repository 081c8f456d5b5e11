"""Whether a window of readings is settled."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.metrology.settling import settled

TIMES = np.arange(60.0)


def test_a_flat_window_is_stable() -> None:
    evidence = settled(TIMES, np.full(60, 16.0), tolerance=0.01)
    assert evidence.stable
    assert (evidence.shift, evidence.allowed, evidence.noise, evidence.residual) == (0.0, 0.01, 0.0, 0.0)
    assert evidence.window_s == 59.0


def test_a_ramp_beyond_the_tolerance_is_not_stable() -> None:
    evidence = settled(TIMES, 16.0 + 0.01 * TIMES, tolerance=0.05)
    assert not evidence.stable
    assert evidence.shift == pytest.approx(0.30)


def test_a_ramp_within_the_tolerance_is_stable() -> None:
    assert settled(TIMES, 16.0 + 0.001 * TIMES, tolerance=0.05).stable


@pytest.mark.parametrize("height", [2.0, -2.0])
def test_the_rest_of_a_decay_is_told(height: float) -> None:
    evidence = settled(TIMES, 16.0 + height * np.exp(-TIMES / 30), tolerance=0.01)
    assert not evidence.stable
    assert evidence.residual == pytest.approx(height * math.exp(-59 / 30), rel=0.05)


def test_a_steady_drift_has_no_resolved_decay() -> None:
    evidence = settled(TIMES, 16.0 + 0.01 * TIMES, tolerance=1.0)
    assert evidence.residual == -evidence.shift


def test_noise_alone_is_seldom_taken_for_movement() -> None:
    generator = np.random.default_rng(8)
    verdicts = [settled(TIMES, generator.normal(16.0, 0.1, 60), tolerance=0.0).stable for _ in range(500)]
    assert 0.92 <= np.mean(verdicts) <= 0.98  # two standard errors


def test_the_noise_is_found() -> None:
    values = np.random.default_rng(8).normal(16.0, 0.1, 6000)
    assert settled(np.arange(6000.0), values, tolerance=0.0).noise == pytest.approx(0.1, rel=0.05)


def test_gaps_are_left_out() -> None:
    values = np.where(TIMES % 7 == 3, np.nan, 16.0 + 0.01 * TIMES)
    assert settled(TIMES, values, tolerance=0.05).shift == pytest.approx(0.30, abs=0.02)


@pytest.mark.parametrize(
    ("times", "values"),
    [
        ([], []),
        ([0.0], [16.0]),
        ([0.0, 1.0, 2.0, 3.0, 4.0], [16.0] * 5),
        (list(range(20)), [16.0] * 10 + [math.nan] * 10),
        (list(range(20)), [math.nan] * 20),
    ],
)
def test_too_few_readings_are_not_stable(times: list[float], values: list[float]) -> None:
    evidence = settled(times, values, tolerance=1.0)
    assert not evidence.stable
    assert math.isnan(evidence.shift)


@pytest.mark.parametrize(
    ("times", "values", "tolerance", "message"),
    [
        ([0.0, 1.0], [1.0], 0.1, "as many times"),
        ([0.0, 0.0], [1.0, 1.0], 0.1, "ascending"),
        ([0.0, 1.0], [1.0, 1.0], -0.1, "tolerance must be"),
        ([0.0, 1.0], [1.0, 1.0], math.nan, "tolerance must be"),
    ],
)
def test_what_does_not_fit_is_refused(times: list[float], values: list[float], tolerance: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settled(times, values, tolerance=tolerance)


@given(st.lists(st.floats(-100, 100), min_size=6, max_size=40), st.floats(0.01, 100))
def test_mirrored_and_scaled_readings_give_the_mirrored_and_scaled_evidence(values: list[float], scale: float) -> None:
    times = np.arange(float(len(values)))
    one = settled(times, values, tolerance=1.0)
    other = settled(times, -scale * np.array(values), tolerance=scale)
    assert other.shift == pytest.approx(-scale * one.shift, abs=1e-9 * scale)
    assert other.noise == pytest.approx(scale * one.noise, rel=1e-6, abs=1e-9 * scale)
