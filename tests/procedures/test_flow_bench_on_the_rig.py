"""The flow bench protocol on the simulated rig: K-factors, swirl, skew and rotation are those of the stated truths."""

import math

import pytest

from testbench.errors import InputError

AXIS = 1 / (2 * 7**2 / (8 * 15))  # of a 1/7 profile, over the mean
SHORT = {
    "velocities": [5.0, 10.0, 16.0],
    "passes": 2,
    "average_s": 30.0,
    "distorted": [5.0, 10.0],
    "repeats": 2,
    "yaws": [10.0],
}
TRUTH = {"swirl_percent_per_degree": -0.1, "yaw_percent_per_degree": 0.15, "skew_percent_per_percent": 0.08}


@pytest.fixture(scope="module")
def found(direct_bench, flow_station):
    """Findings of one run with P, whose indication is proportional to the velocity."""

    def change(data):
        data["devices"] = {"P": data["devices"]["P"]}
        data["devices"]["P"]["truth"] |= TRUTH
        data["flow_rig"]["truth"] |= {"turbulence_percent": 0.5, "unsteadiness_percent": 0.1}

    made = direct_bench(flow_station(change), 2)
    findings = made.run("flow-bench", **SHORT)
    return made, findings


def gain(distorted):
    """Indication of P over the mean velocity."""
    return AXIS * 0.2423 ** (1 / 7) * (1 + (-1.5 + distorted) / 100)


@pytest.mark.parametrize(
    ("characteristic", "index", "distorted"),
    [("swirl_influence", "20 °", -2.0), ("yaw_influence", "10 °", 1.5), ("skew_influence", "20 %", 1.6)],
)
def test_each_distortion_changes_k_as_the_truth_states(found, characteristic, index, distorted):
    finding = found[1]["P", characteristic]
    assert abs(finding.value - 100 * (gain(0.0) / gain(distorted) - 1)) <= finding.expanded_uncertainty
    assert finding.expanded_uncertainty < 0.6
    assert finding.index == index


def test_k_is_that_of_undistorted_flow_and_its_budget_holds_the_half_range(found):
    finding = found[1]["P", "velocity_k_factor"]
    assert abs(finding.value - 1 / gain(0.0)) <= finding.details["undistorted_expanded_uncertainty"]
    changes = [0.0, *(one["change_percent"] for one in finding.details["conditions"])]
    half = finding.value * (max(changes) - min(changes)) / 200
    assert finding.details["half_range"] == pytest.approx(half)
    assert finding.details["budget"]["profile and swirl"] == pytest.approx(half / math.sqrt(3))
    assert finding.expanded_uncertainty > finding.details["undistorted_expanded_uncertainty"]


def test_a_device_without_memory_has_no_hysteresis(found):
    finding = found[1]["P", "velocity_hysteresis"]
    assert finding.index in {"5 m/s", "10 m/s"}  # 16 m/s is where the order turns
    assert abs(finding.value) < 0.5
    assert found[1]["P", "velocity_r_squared"].value > 0.999


def test_the_duct_is_left_undistorted_and_still(found):
    made = found[0]
    assert all(state.latest == 0.0 for state in made.plant.rig.duct.distortions.values())
    assert made.plant.rig.fan.commanded == 0.0


def test_velocities_of_distorted_flow_must_be_among_the_others(direct_bench, flow_station):
    with pytest.raises(InputError, match="7 m/s is none of the velocities"):
        direct_bench(flow_station()).run("flow-bench", **SHORT | {"distorted": [7.0]})


def test_gas_analysers_are_refused(direct_bench, simulated_station):
    with pytest.raises(InputError, match="for a flow rig"):
        direct_bench(simulated_station()).run("flow-bench")
