"""Velocity accuracy on the simulated rig: what goes in comes out, by closed forms of the stated truths."""

import pytest

from procedures.order import in_order
from testbench.errors import InputError

FULL_SCALE = 30.0
AXIS = 1 / (2 * 7**2 / (8 * 15))  # of a 1/7 profile, over the mean


def indicated(velocity, *, k=0.0, w=0.0, profile=1.0, z=0.0, bow=0.0):
    """What a device shows at a mean velocity, by its truth; 4 degrees of swirl."""
    s = velocity * profile * (1 + (k + 4.0 * w) / 100) / FULL_SCALE
    return FULL_SCALE / 100 * (100 * s + z + 4 * bow * s * (1 - s))


TRUE = {
    "P": lambda v: indicated(v, k=-1.5, w=-0.05, profile=AXIS * 0.2423 ** (1 / 7)),
    "U": lambda v: indicated(v, k=2.4, z=0.3, bow=0.4),
    "T": lambda v: indicated(v, k=-18.0, profile=AXIS, z=-0.2, bow=-0.8),
}


@pytest.fixture
def found_on(direct_bench, flow_station):
    """Findings of velocity-accuracy on the simulated rig of a seed."""

    def run(seed, **settings):
        wanted = {"levels": [0.1, 0.3, 0.7], "passes": 3, "average_s": 30.0} | settings
        return direct_bench(flow_station(), seed).run("velocity-accuracy", **wanted)

    return run


def test_errors_are_those_of_the_stated_truths_within_their_uncertainty(found_on):
    inside = []
    for seed in (1, 2, 3):
        found = found_on(seed)
        for device, shown in TRUE.items():
            for level in found[device, "velocity_error"].details["levels"]:
                v = level["reference"]
                error = 100 * (shown(v) - v) / v
                inside.append(abs(level["error_percent_nominal"] - error) <= level["expanded_uncertainty_percent_nominal"])
    assert len(inside) == 27
    assert sum(inside) >= 24


def test_k_factor_linearity_and_line_are_those_of_the_stated_truths(found_on):
    found = found_on(4)
    for device, shown in TRUE.items():
        levels = found[device, "velocity_error"].details["levels"]
        references = [level["reference"] for level in levels]
        k = [v / shown(v) for v in references]
        expected = {
            "velocity_k_factor": sum(k) / 3,
            "velocity_linearity": 100 * (max(k) - min(k)) / (max(k) + min(k)),
        }
        for characteristic, value in expected.items():
            finding = found[device, characteristic]
            assert abs(finding.value - value) <= finding.expanded_uncertainty, (device, characteristic)
    slope, intercept = found["P", "velocity_slope"], found["P", "velocity_intercept"]
    assert abs(slope.value - 0.983) <= slope.expanded_uncertainty
    assert abs(intercept.value) <= intercept.expanded_uncertainty


def test_the_largest_error_names_its_set_point(found_on):
    found = found_on(1)
    error = found["U", "velocity_error"]
    assert error.index == "3 m/s"  # an offset weighs most at the lowest velocity
    assert error.value == max((level["error_percent_nominal"] for level in error.details["levels"]), key=abs)
    assert "reference.ultrasonic" in error.details["budget"]
    assert "scatter between readings" in error.details["budget"]


def test_one_pass_has_no_repeatability_and_says_so(found_on):
    found = found_on(1, passes=1)
    finding = found["P", "velocity_repeatability"]
    assert finding.value is None
    assert "at least 2 readings" in finding.notes[0]
    assert found["P", "velocity_error"].value is not None


def test_two_set_points_have_no_line(found_on):
    found = found_on(1, levels=[0.2, 0.5], passes=2)
    assert found["P", "velocity_slope"].value is None
    assert "at least 3 set-points" in found["P", "velocity_slope"].notes[0]


def test_the_fan_is_stopped_at_the_end(direct_bench, flow_station):
    made = direct_bench(flow_station())
    made.run("velocity-accuracy", velocities=[5.0], passes=1, average_s=10.0)
    assert made.plant.rig.fan.commanded == 0.0
    assert made.ledger.steps[-1][0] == "set_velocity"


@pytest.mark.parametrize(
    ("order", "first", "second"),
    [
        ("ascending", [1, 2, 3], [1, 2, 3]),
        ("descending", [3, 2, 1], [3, 2, 1]),
        ("up-and-down", [1, 2, 3], [3, 2, 1]),
    ],
)
def test_set_points_come_in_the_order_asked_for(order, first, second):
    assert in_order([1, 2, 3], 1, order, 0) == first
    assert in_order([1, 2, 3], 2, order, 0) == second


def test_a_random_order_is_that_of_its_seed():
    ten = list(range(10))
    assert in_order(ten, 1, "random", 5) == in_order(ten, 1, "random", 5)
    assert in_order(ten, 1, "random", 5) != in_order(ten, 2, "random", 5)
    assert in_order(ten, 1, "random", 5) != in_order(ten, 1, "random", 6)
    assert sorted(in_order(ten, 1, "random", 5)) == ten


def test_gas_analysers_are_refused_by_name(direct_bench, simulated_station):
    with pytest.raises(InputError, match="measures CO2 in %"):
        direct_bench(simulated_station()).run("velocity-accuracy")


def test_flow_devices_want_velocities(direct_bench, flow_station):
    def flow(data):
        data["devices"] = {"U": data["devices"]["U"] | {"range": [0.0, 80_000.0], "unit": "m³/h", "quantity": "flow"}}

    with pytest.raises(InputError, match="--set velocities"):
        direct_bench(flow_station(flow)).run("velocity-accuracy")
