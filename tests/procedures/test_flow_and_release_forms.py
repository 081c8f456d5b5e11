"""Velocity field, pairs, pre-investigation and controlled releases: on the simulated rig and from tables entered."""

import math

import pytest

from procedures.controlled_release import ControlledReleaseSettings, blind_order, results_form
from testbench.errors import InputError
from testbench.record.rows import finding_columns

AXIS = 1 / (2 * 7**2 / (8 * 15))  # of a 1/7 profile, over the mean


def smooth(data):
    data["flow_rig"]["truth"] |= {"turbulence_percent": 0.5, "unsteadiness_percent": 0.1}
    data["devices"] = {"P": data["devices"]["P"]}


def test_the_velocity_field_coefficient_of_the_rig_is_that_of_the_truth(direct_bench, flow_station):
    found = direct_bench(flow_station(smooth)).run("velocity-field", days=2, sets=5, average_s=30.0)
    true = 1 / (AXIS * 0.2423 ** (1 / 7) * (1 + (-1.5 - 0.05 * 4) / 100))
    coefficient = found["P", "velocity_field_coefficient"]
    assert coefficient.value == pytest.approx(true, abs=1.5 * coefficient.expanded_uncertainty)
    # 0.6 % and 0.02 m/s (at 12 m/s) of the reference, 0.3 % of homogeneity: common to all sets, not seen in their scatter
    assert coefficient.expanded_uncertainty == pytest.approx(true * math.hypot(0.006, 0.02 / 11.5, 0.003), rel=0.1)
    assert len(found["P", "velocity_field_coefficient"].details["days"]) == 2
    low, high = found["P", "velocity_field_precision"].interval
    assert low < found["P", "velocity_field_precision"].value < high < 2.0
    assert found["P", "velocity_correlation"].value > 0.99


def test_entered_sets_and_an_area_ratio_make_the_coefficient(direct_bench, flow_station):
    made = direct_bench(flow_station(smooth))
    found = made.run("velocity-field", source="entered", area_ratio=1.1, precision_of="days")
    assert found["P", "velocity_field_coefficient"].value == pytest.approx(0.99)
    assert found["P", "velocity_field_precision"].value == pytest.approx(0.0, abs=1e-9)
    assert found["P", "velocity_field_precision"].details["values"] == 3


def test_velocity_error_has_both_expressions_and_the_reference_mean(direct_bench, flow_station):
    found = direct_bench(flow_station(smooth)).run("velocity-error", pairs=3, average_s=30.0)
    finding = found["P", "velocity_error"]
    relative = finding.details["expressed"]["mean_error_percent_of_reference_mean"]
    true = 100 * (AXIS * 0.2423 ** (1 / 7) * 0.983 - 1)
    assert abs(relative["value"] - true) <= 1.5 * relative["expanded_uncertainty"]
    assert finding.details["variables"]["reference_mean"] == pytest.approx(12.0, rel=0.02)


def test_gas_analysers_have_no_velocity_error(direct_bench, simulated_station):
    with pytest.raises(InputError, match="use relative-accuracy"):
        direct_bench(simulated_station()).run("velocity-error")


def test_pre_investigation_tells_of_the_section(direct_bench, flow_station):
    found = direct_bench(flow_station(smooth)).run("flow-pre-investigation")
    assert found["P", "swirl_angle"].value == 4.0
    assert found["P", "crest_factor"].value == pytest.approx(12 / 11)


def test_controlled_releases_of_the_simulated_instrument(direct_bench, flow_station):
    made = direct_bench(flow_station(smooth))
    found = made.run("controlled-release", duration_s=60.0)
    for finding in made.ledger.findings:
        assert finding_columns("R01", finding)["value"] == finding.value  # all of it can be recorded
    assert found["P", "detection_limit_90"].interval is None
    assert "no bounded 95 % interval" in found["P", "detection_limit_90"].notes[-1]
    assert found["P", "release_bias"].value == pytest.approx(3.0, abs=3.0)
    assert found["P", "release_inside_uncertainty"].value == 100.0
    assert found["P", "false_positive_rate"].value == 0.0
    assert 0.4 < found["P", "detection_limit_90"].value < 4.0


def test_the_order_is_blind_and_that_of_its_seed(direct_bench, flow_station):
    settings = ControlledReleaseSettings()
    order = blind_order(settings)
    assert order == blind_order(settings)
    assert order != blind_order(ControlledReleaseSettings(seed=2))
    assert sorted(order) == [0.0] * 4 + sorted([*settings.rates] * 3)
    form = results_form(direct_bench(flow_station(smooth)).bench.devices, order)
    assert all(set(row) == {"device", "release"} for row in form.given)
