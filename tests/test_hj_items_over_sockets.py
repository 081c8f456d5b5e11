"""Items of HJ 76 and HJ 75 on three devices through real sessions: what the station states as truth is what they find."""

import json

import pytest

from testbench import cli

SUITE = """
[[suite]]
procedure = "voltage-influence"
settings = { values = [220.0, 242.0, 220.0], soak_s = 0.0, average_s = 20.0 }
[[suite]]
procedure = "interference"
settings.interferents = ["CO 1000 ppm", "NH3 200 ppm"]
settings.repeats = 1
settings.average_s = 20.0
settings.adjust_first = false
settings.read_zero = false # a reading of zero gas is cut off at zero by some devices
settings.read_span = true
settings.span = 0.5
[[suite]]
procedure = "parallelism"
settings = { levels = [0.5], average_s = 20.0, adjust_first = false }
[[suite]]
procedure = "indication-error"
settings = { levels = [0.5, 0.9], readings = 1, average_s = 20.0, adjust_first = false }
[[suite]]
procedure = "system-response-time"
settings = { repeats = 1, adjust_first = false }
[[suite]]
procedure = "stability"
settings = { level = 0.5, duration_s = 600.0, readings = 1, average_s = 20.0, adjust_first = false }
[[suite]]
procedure = "relative-accuracy"
settings = { levels = [0.5], runs = 3, run_s = 60.0, adjust_first = false }
[[suite]]
procedure = "converter-efficiency"
"""
LINEARITY = {"A": 0.6, "B": -1.1, "C": 0.9}
T90 = {"A": 45.0, "B": 72.0, "C": 30.0}


@pytest.fixture(scope="module")
def findings(simulated_text, tmp_path_factory):
    """Findings of one evaluation by device and characteristic, in their order."""
    folder = tmp_path_factory.mktemp("items")
    text = simulated_text.replace(
        "cross_sensitivity = {}", "cross_sensitivity = { CO = 20.0, NH3 = -40.0 }\ninfluence = { voltage = 0.05 }"
    )
    station, suite = folder / "station.toml", folder / "suite.toml"
    station.write_text(text, encoding="utf-8")
    suite.write_text(SUITE, encoding="utf-8")
    words = [
        "evaluate",
        "--station",
        str(station),
        "--suite",
        str(suite),
        "--output",
        str(folder / "out"),
        "--language",
        "en",
    ]
    assert cli.main(words) == 0
    document = json.loads((folder / "out" / "evaluation.json").read_text(encoding="utf-8"))
    found = {}
    for device in document["devices"]:
        for finding in device["findings"]:
            found.setdefault((device["name"], finding["characteristic"]), []).append(finding)
    return found


def departure_at_half(linearity):
    """Error at half of full scale after an adjustment at 90 %, which takes the error there along in proportion."""
    return 4 * linearity * (0.5 * 0.5 - 0.9 * 0.1 * 0.5 / 0.9)


def near(finding, truth, slack=1.3):
    """Within U, widened a little since many intervals are looked at."""
    return finding["value"] == pytest.approx(truth, abs=slack * finding["expanded_uncertainty"])


@pytest.mark.parametrize("device", "ABC")
def test_what_goes_into_the_simulated_devices_comes_out(findings, device):
    def one(characteristic):
        (finding,) = findings[device, characteristic]
        return finding

    departure = departure_at_half(LINEARITY[device])
    assert near(one("voltage_influence_span"), 22 * 0.05)
    assert near(one("interference_positive_span"), 2.0)
    assert near(one("interference_negative_span"), -0.8)
    middle, high = findings[device, "indication_error"]
    assert near(middle, departure / 0.5, 1.6)
    assert abs(high["value"]) < 1.0
    assert near(one("system_response_time"), T90[device] + 4.0, 1.6)
    assert abs(one("stability")["value"]) < 0.5
    assert one("relative_accuracy")["value"] == pytest.approx(abs(departure) / 0.5, abs=1.5)
    assert one("converter_efficiency")["value"] is None


def test_parallelism_is_one_number_for_the_three(findings):
    indications = [50 + departure_at_half(linearity) for linearity in LINEARITY.values()]
    mean = sum(indications) / 3
    spread = (sum((one - mean) ** 2 for one in indications) / 2) ** 0.5
    values = [findings[device, "parallelism"][0]["value"] for device in "ABC"]
    assert len(set(values)) == 1
    assert values[0] == pytest.approx(100 * spread / mean, abs=0.4)
