"""The stated uncertainty of single results covers the truth: 400 draws of cylinder, controllers and device on the plant.

Truths are closed forms of the simulated device's definition, in percent of full scale: a condition adds its percent per unit
times the departure, a cross-sensitivity its percent per percent of the component; without adjustment the indication error at
x = content/full scale is z + g·x + 4·L·x·(1 − x); a drift of ds a day shows x·ds.
"""

import numpy as np
import pytest

DRAWS = 400
SENSITIVITY = 0.05  # percent of full scale a volt
CROSS = 20.0  # percent of full scale a percent of CO


def alone(data, name):
    data["devices"] = {name: data["devices"][name] | {"response_time_s": 20.0}}
    data["interlocks"] = {}


def device_error(x, *, zero, gain, linearity):
    """Indication error at content x, percent of full scale."""
    return zero + gain * x + 4 * linearity * x * (1 - x)


TRUTHS = {"A": (0.3, -0.8, 0.6), "B": (-0.5, 1.2, -1.1), "C": (0.1, 0.4, 0.9)}


@pytest.fixture(scope="module")
def drawn(simulated_station, direct_bench):
    """Error over U of single results, one device to a draw."""

    def station(name, drift):
        def change(data):
            alone(data, name)
            data["environment"] = {"supply": data["environment"]["supply"]}
            data["devices"][name]["truth"] |= {
                "t90_rise_s": 15.0,
                "t90_fall_s": 15.0,
                "influence": {"voltage": SENSITIVITY},
                "cross_sensitivity": {"CO": CROSS},
                "zero_drift_percent_fs_per_day": 0.0,
                "span_drift_percent_fs_per_day": drift,
            }

        return simulated_station(change)

    steady, drifting = ({name: station(name, drift) for name in TRUTHS} for drift in (0.0, 24.0))
    errors = {single: [] for single in ("influence", "interference", "indication", "stability", "accuracy")}
    for seed in range(DRAWS):
        name = "ABC"[seed % 3]
        zero, gain, linearity = TRUTHS[name]
        made = direct_bench(steady[name], seed=2000 + seed, wait_every_s=3600.0)
        settings = {"values": [220.0, 242.0, 220.0], "soak_s": 0, "adjust_first": False, "average_s": 10}
        change = made.run("voltage-influence", **settings)[name, "voltage_influence_span"]
        add(errors["influence"], change, 22 * SENSITIVITY)
        settings = {"interferents": ["CO 1000 ppm"], "repeats": 1, "adjust_first": False, "average_s": 10}
        positive = made.run("interference", **settings)[name, "interference_positive_zero"]
        add(errors["interference"], positive, 0.1 * CROSS)
        x = (0.25, 0.55, 0.9)[seed // 3 % 3]
        found = made.run("relative-accuracy", levels=[x], runs=3, run_s=60, adjust_first=False)
        error = device_error(x, zero=zero, gain=gain, linearity=linearity)
        add(errors["accuracy"], found[name, "relative_accuracy"].in_metric("absolute"), error / 100 * 20)
        other = direct_bench(drifting[name], seed=3000 + seed, wait_every_s=3600.0)
        # 1 % of full scale an hour at full scale; 10 min at x: x/6 of a percent, of an indication of 100·x + error
        found = other.run("stability", level=x, duration_s=600, readings=1, adjust_first=False, average_s=10)
        add(errors["stability"], found[name, "stability"], 100 * (x * 24 / 144) / (100 * x + error))
        other = direct_bench(steady[name], seed=4000 + seed)
        other.run("indication-error", levels=[x, 0.1], readings=1, adjust_first=False, average_s=10)
        add(errors["indication"], other.ledger.findings[0], error / x)
    return errors


def add(errors, finding, truth):
    errors.append((finding.value - truth) / finding.expanded_uncertainty)


def test_the_stated_uncertainty_covers_the_truth_of_single_results(drawn):
    inside = {single: float(np.mean(np.abs(errors) <= 1.0)) for single, errors in drawn.items()}
    assert all(len(errors) == DRAWS for errors in drawn.values())
    assert all(0.92 <= share <= 0.98 for share in inside.values()), inside
