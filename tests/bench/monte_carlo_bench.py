"""Monte Carlo, printed as a ratio of one run: a million trials of the divider with a fit through eleven points.

    make bench

Each trial draws the cylinder, both flow controllers (what all settings share, and what each setting has of its own) and the
noise of eleven readings, makes the contents, fits a line and takes the error at mid-scale. The same arithmetic is done by
numpy alone, with the same draws in the same blocks, without distributions, checks or intervals.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from testbench.metrology.distributions import Distribution, Normal
from testbench.metrology.monte_carlo import BLOCK, monte_carlo

Floats = NDArray[np.float64]

TRIALS = 1_000_000
ROUNDS = 3
POINTS = 11
CYLINDER, TOTAL_FLOW = 30.0, 4.0  # %, L/min
NOMINAL = np.linspace(0.0, 20.0, POINTS)
FLOW_A = NOMINAL / CYLINDER * TOTAL_FLOW
FLOW_B = TOTAL_FLOW - FLOW_A
CENTRED = NOMINAL - NOMINAL.mean()
SLOPE_WEIGHTS = CENTRED / (CENTRED @ CENTRED)

INPUTS: dict[str, Distribution] = {
    "cylinder": Normal(CYLINDER, 0.003 * CYLINDER),
    "gain_a": Normal(1.0, 0.002),
    "gain_b": Normal(1.0, 0.002),
    "setting_a": Normal(np.ones(POINTS), 0.0003),
    "setting_b": Normal(np.ones(POINTS), 0.0003),
    "noise": Normal(np.zeros(POINTS), 0.01),
}


def error_at_mid_scale(
    cylinder: Floats, gain_a: Floats, gain_b: Floats, setting_a: Floats, setting_b: Floats, noise: Floats
) -> Floats:
    """Departure of the line through eleven readings from the nominal content at mid-scale, %."""
    a = FLOW_A * setting_a
    a *= gain_a[:, None]
    b = FLOW_B * setting_b
    b *= gain_b[:, None]
    b += a
    a *= cylinder[:, None]
    a /= b
    a += noise
    slope = a @ SLOPE_WEIGHTS
    return np.asarray(a.mean(axis=1) + slope * (10.0 - NOMINAL.mean()) - 10.0)


def with_numpy_alone() -> None:
    """Draw and compute, and no more."""
    generator = np.random.default_rng(1)
    for _ in range(TRIALS // BLOCK):
        cylinder = CYLINDER + 0.003 * CYLINDER * generator.standard_normal(BLOCK)
        gain_a = 1.0 + 0.002 * generator.standard_normal(BLOCK)
        gain_b = 1.0 + 0.002 * generator.standard_normal(BLOCK)
        setting_a = 1.0 + 0.0003 * generator.standard_normal((BLOCK, POINTS))
        setting_b = 1.0 + 0.0003 * generator.standard_normal((BLOCK, POINTS))
        noise = 0.01 * generator.standard_normal((BLOCK, POINTS))
        error_at_mid_scale(cylinder, gain_a, gain_b, setting_a, setting_b, noise)


def with_the_product() -> None:
    """The whole: distributions, checks, value, uncertainty, both intervals."""
    found = monte_carlo(error_at_mid_scale, INPUTS, trials=TRIALS, seed=1)
    assert found.trials == TRIALS


def seconds(work: Callable[[], None]) -> float:
    """How long it takes, s."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure alternately, and print the ratio."""
    pairs = [(seconds(with_numpy_alone), seconds(with_the_product)) for _ in range(ROUNDS)]
    alone, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"10^6 trials of the divider with an 11-point fit: {whole:.2f} s, numpy alone {alone:.2f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
