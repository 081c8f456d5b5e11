"""The procedures on the plant: the truth that a station states is what they find, within their uncertainty.

Expected values are closed forms of the simulated device's definition (x = true content / full scale, all in percent of full
scale): after adjustment of zero and span at full scale the linearity error is 4·L·x·(1 − x); the drift of zero over a day is
dz, that of span at full scale ds, and over a week seven times that; T90 is as stated; the repeatability at full scale is the
noise of a device update.
"""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from testbench.criteria.judge import judge
from testbench.criteria.standard import load_standard
from testbench.outcome import Outcome


def exact_gas(data):
    """No error in the gas, so that what is found is the device alone."""
    data["cylinders"]["co2"]["truth"] = {"error_percent": 0.0}
    for name in ("mfc-co2", "mfc-n2"):
        data["instruments"][name]["truth"] = {"flow_error_percent": 0.0}


def test_linearity_error_is_the_departure_from_the_line_at_its_largest_level(simulated_station, direct_bench):
    def change(data):
        exact_gas(data)
        for device in data["devices"].values():
            device["truth"] |= {"zero_drift_percent_fs_per_day": 0.0, "span_drift_percent_fs_per_day": 0.0}

    found = direct_bench(simulated_station(change)).run("linearity")
    for device, departure in {"A": 0.6, "B": -1.1, "C": 0.9}.items():
        finding = found[device, "linearity_error"]
        assert finding.index in ("40 %F.S.", "60 %F.S.")
        assert finding.value == pytest.approx(4 * departure * 0.4 * 0.6, abs=finding.expanded_uncertainty)
        assert finding.expanded_uncertainty < 0.3
        for level in finding.details["levels"]:
            x = level["nominal_fraction"]
            assert level["error_percent_fs"] == pytest.approx(4 * departure * x * (1 - x), abs=0.15)


def test_repeatability_is_the_noise_of_a_displayed_value(simulated_station, direct_bench):
    def change(data):
        data["devices"]["A"]["truth"]["noise_percent_fs"] = 0.8

    made = direct_bench(simulated_station(change))
    finding = made.run("repeatability", repeats=40)["A", "repeatability"]
    low, high = finding.interval
    assert low < 0.8 < high
    assert finding.runs_done == 40
    assert finding.value == pytest.approx(0.8, rel=0.35)


def test_response_times_are_those_stated_rising_and_falling(simulated_station, direct_bench):
    found = direct_bench(simulated_station(exact_gas)).run("response-time")
    truth = {"A": (45.0, 48.0), "B": (72.0, 80.0), "C": (30.0, 31.0)}
    for device, times in truth.items():
        for characteristic, expected in zip(("response_time_rise", "response_time_fall"), times, strict=True):
            finding = found[device, characteristic]
            assert finding.value == pytest.approx(expected, abs=finding.expanded_uncertainty)
            assert finding.expanded_uncertainty < 5.0
            assert finding.runs_done == 3


def test_drift_is_the_daily_and_the_weekly_change_with_its_sign(simulated_station, direct_bench):
    found = direct_bench(simulated_station(), wait_every_s=3600.0).run("drift")
    truth = {"A": (0.05, -0.10), "B": (-0.12, 0.62), "C": (0.03, 0.08)}
    for device, (zero, span) in truth.items():
        for point, daily in (("zero", zero), ("span", span)):
            day, week = found[device, f"{point}_drift_24h"], found[device, f"{point}_drift_week"]
            # twelve intervals of 95 % coverage: half as much again holds for all of them
            assert day.value == pytest.approx(daily, abs=1.5 * day.expanded_uncertainty)
            assert week.value == pytest.approx(7 * daily, abs=1.5 * week.expanded_uncertainty)
            assert len(day.details["days"]) == 8
    assert found["B", "span_drift_week"].value > 3.0


def test_a_large_drift_is_known_as_well_as_the_content_that_shows_it(simulated_station, direct_bench):
    """The gas is 0.5 % (of its content) above what is stated, so it shows x·(7·ds) + (1 − x)·(7·dz) at x = 1.005."""

    def change(data):
        exact_gas(data)
        data["cylinders"]["co2"]["truth"] = {"error_percent": 0.5}
        for name in ("mfc-co2", "mfc-n2"):
            data["instruments"][name]["reproducibility_percent"] = 0.0
        data["devices"] = {"A": data["devices"]["A"]}
        data["devices"]["A"]["truth"] |= {
            "noise_percent_fs": 0.0,
            "zero_drift_percent_fs_per_day": -2.0,
            "span_drift_percent_fs_per_day": 4.0,
        }

    week = direct_bench(simulated_station(change), wait_every_s=43200.0).run("drift")["A", "span_drift_week"]
    assert week.value == pytest.approx(7 * (1.005 * 4.0 + 0.005 * 2.0), abs=0.01)
    assert week.value == pytest.approx(7 * 4.0, abs=week.expanded_uncertainty)
    assert week.expanded_uncertainty < 0.3


def test_one_seed_gives_the_same_numbers_and_another_seed_others(simulated_station, direct_bench):
    settings = {"levels": [0.3, 0.7], "passes": 1, "zero_between": False}
    first, again, other = (
        direct_bench(simulated_station(), seed=seed).run("linearity", **settings)["B", "linearity_error"]
        for seed in (5, 5, 6)
    )
    assert first == again
    assert first.value != other.value


@pytest.fixture
def drawn(simulated_station, direct_bench):
    """Error over U of single results in 400 draws of cylinder, controllers and device, one device to a draw.

    Nothing else is drawn, so nothing else is read: the stations have no sensors.
    """

    def alone(name, response_time_s, rise_s):
        def change(data):
            data["devices"] = {name: data["devices"][name] | {"response_time_s": response_time_s}}
            data["devices"][name]["truth"] |= {"t90_rise_s": rise_s, "t90_fall_s": rise_s}
            data["environment"] = data["interlocks"] = {}

        return simulated_station(change)

    stations = {name: alone(name, 1.3 * rise, rise) for name, _, _, _, rise in TRUTHS}
    errors = {"level": [], "zero day": [], "span day": [], "response": []}
    for seed in range(400):
        name, departure, zero, span, rise = TRUTHS[seed % 3]
        made = direct_bench(stations[name], seed=1000 + seed, wait_every_s=43200.0)
        made.run("linearity", levels=[0.25, 0.5, 0.75], passes=1, zero_between=False, average_s=10)
        made.run("response-time", repeats=1, adjust_first=False)
        found = made.run("drift", days=1, average_s=10, adjust_first=False)
        level = found[name, "linearity_error"].details["levels"][seed // 3 % 3]
        x = level["nominal_fraction"]
        truth = 4 * departure * x * (1 - x)
        errors["level"].append((level["error_percent_fs"] - truth) / level["expanded_uncertainty_percent_fs"])
        for point, daily in (("zero", zero), ("span", span)):
            row = found[name, f"{point}_drift_24h"].details["days"][1]
            errors[f"{point} day"].append((row["drift_percent_fs"] - daily) / row["expanded_uncertainty_percent_fs"])
        response = found[name, "response_time_rise"]
        errors["response"].append((response.value - rise) / response.expanded_uncertainty)
    return errors


TRUTHS = (("A", 0.6, 0.05, -0.10, 24.0), ("B", -1.1, -0.12, 0.62, 30.0), ("C", 0.9, 0.03, 0.08, 18.0))


def test_the_stated_uncertainty_covers_the_truth_of_single_results(drawn):
    """Of a response time U covers more than 95 %: the line's delay and mixing are budgeted, but they do not vary here."""
    inside = {single: np.mean(np.abs(errors) <= 1.0) for single, errors in drawn.items()}
    assert all(len(errors) == 400 for errors in drawn.values())
    for single in ("level", "zero day", "span day"):
        assert 0.92 <= inside[single] <= 0.98, inside
    assert inside["response"] >= 0.92, inside
    assert abs(np.mean(drawn["response"])) < 0.3


def test_a_device_without_an_answer_in_time_is_not_judged(simulated_station, direct_bench):
    def slow(data):
        data["devices"]["A"]["truth"] |= {"t90_rise_s": 30000.0, "t90_fall_s": 30000.0}

    found = direct_bench(simulated_station(slow)).run("response-time", repeats=1, adjust_first=False)
    finding = found["A", "response_time_rise"]
    assert finding.value is None
    assert "not reached" in finding.notes[0]
    assert not math.isnan(found["C", "response_time_rise"].value)


def test_an_output_that_leaves_its_range_costs_the_days_it_is_missing_and_a_failure_stands(simulated_station, direct_bench):
    def change(data):
        data["devices"]["A"]["truth"] |= {"span_drift_percent_fs_per_day": 2.6, "zero_drift_percent_fs_per_day": 0.0}

    made = direct_bench(simulated_station(change), wait_every_s=3600.0)
    source = next(device.source for device in made.bench._equipment.devices if device.name == "A")
    read = source.read

    def limited():
        value = read()
        return value if value < 21.5 else float("nan")  # beyond 107.5 % of full scale the output is no signal any more

    source.read = limited
    found = made.run("drift")
    day, week = found["A", "span_drift_24h"], found["A", "span_drift_week"]
    assert day.value == pytest.approx(2.6, abs=day.expanded_uncertainty)
    assert day.undetermined == ("day 3", "day 4", "day 5", "day 6", "day 7")
    assert "no reading on day 3, 4, 5, 6, 7" in day.notes[0]
    assert week.value is None
    assert found["A", "zero_drift_week"].value == pytest.approx(0.0, abs=0.05)
    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    assert judge(day, standard).outcome is Outcome.FAIL
    kept = dataclasses.replace(day, value=1.0)
    assert judge(kept, standard).outcome is Outcome.INCONCLUSIVE
