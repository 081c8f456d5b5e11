"""A velocity evaluation on the simulated flow rig, from the command line to the files it leaves, over real VISA sessions."""

import json

import pytest

from gui.running.course import CourseReader
from testbench import cli
from testbench.record.store import Record
from testbench.station import read_station

AXIS = 1 / (2 * 7**2 / (8 * 15))  # of a 1/7 profile, over the mean
SHORT = ["--set", "levels=0.1,0.3,0.7", "--set", "passes=2", "--set", "average_s=15"]


def indicated(velocity, *, k=0.0, w=0.0, profile=1.0, z=0.0, bow=0.0):
    """What a device of 30 m/s full scale shows at a mean velocity, by its truth; 4 degrees of swirl."""
    s = velocity * profile * (1 + (k + 4.0 * w) / 100) / 30.0
    return 0.3 * (100 * s + z + 4 * bow * s * (1 - s))


TRUE = {
    "P": lambda v: indicated(v, k=-1.5, w=-0.05, profile=AXIS * 0.2423 ** (1 / 7)),
    "U": lambda v: indicated(v, k=2.4, z=0.3, bow=0.4),
    "T": lambda v: indicated(v, k=-18.0, profile=AXIS, z=-0.2, bow=-0.8),
}


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """The station as it is printed, and where its evaluation went."""
    folder = tmp_path_factory.mktemp("flow")
    station = folder / "flow.toml"
    with pytest.MonkeyPatch.context() as patch:
        printed = []
        patch.setattr("builtins.print", lambda text="", **_: printed.append(str(text)))
        assert cli.main(["station", "new", "--simulated", "--flow"]) == 0
    station.write_text("\n".join(printed), encoding="utf-8")
    arguments = ["--station", str(station), *SHORT, "--output", str(folder / "out"), "--language", "en", "--seed", "3"]
    assert cli.main(["run", "velocity-accuracy", *arguments]) == 0
    return station, folder / "out"


def document(evaluated):
    return json.loads((evaluated[1] / "evaluation.json").read_text(encoding="utf-8"))


def findings(evaluated):
    with Record.open(evaluated[1] / "record.sqlite") as record:
        return [stored.finding for stored in record.findings(record.evaluations()[-1].identifier)]


def test_what_went_in_comes_out(evaluated):
    outside = []
    for finding in (one for one in findings(evaluated) if one.characteristic == "velocity_error"):
        for level in finding.details["levels"]:
            v = level["reference"]
            true = 100 * (TRUE[finding.device](v) - v) / v
            if abs(level["error_percent_nominal"] - true) > level["expanded_uncertainty_percent_nominal"]:
                outside.append((finding.device, v, level))
    assert len(outside) <= 1, outside  # each of nine is for 95 %


def test_every_device_has_every_characteristic(evaluated):
    wanted = {f"velocity_{what}" for what in ("error", "k_factor", "linearity", "repeatability", "slope", "intercept")}
    for device in document(evaluated)["devices"]:
        found = {one["characteristic"]: one for one in device["findings"]}
        assert found.keys() == wanted
        assert all(one["value"] is not None for one in found.values())


def test_the_rig_is_left_safe_and_the_record_says_how(evaluated):
    with Record.open(evaluated[1] / "record.sqlite") as record:
        evaluation = record.evaluations()[-1].identifier
        safe = [json.loads(event.text) for event in record.events(evaluation) if event.kind == "safe state"]
        outcomes = {outcome["instrument"]: outcome for outcome in safe}
        assert outcomes["fan"]["verified"]
        assert outcomes["flow_rig"]["verified"]
        assert "velocity" in outcomes["flow_rig"]["read_back"]
        assert len(record.load(evaluation, "ultrasonic.velocity")) > 500
        assert float(record.load(evaluation, "fan.speed").value[-1]) < 1.0


def test_it_is_computed_anew_alike(evaluated, capsys):
    identifier = document(evaluated)["evaluation"]
    assert cli.main(["recompute", "--record", str(evaluated[1] / "record.sqlite"), identifier, "--language", "en"]) == 0
    assert "everything agrees" in capsys.readouterr().out


def test_its_report_names_what_was_determined(evaluated, tmp_path):
    assert (evaluated[1] / "report.pdf").read_bytes().startswith(b"%PDF-")
    record = str(evaluated[1] / "record.sqlite")
    assert cli.main(["report", "--record", record, "--output", str(tmp_path), "--language", "zh"]) == 0


def test_the_station_is_checked_and_its_instruments_answer(evaluated, capsys):
    assert cli.main(["station", "check", str(evaluated[0])]) == 0
    assert "devices P, U, T" in capsys.readouterr().out
    assert cli.main(["station", "identify", str(evaluated[0])]) == 0
    assert read_station(evaluated[0]).station.jumps


def test_the_window_shows_the_velocities_that_were_set(evaluated):
    with Record.open(evaluated[1] / "record.sqlite") as record:
        evaluation = record.evaluations()[-1].identifier
        (line,) = CourseReader(record, evaluation).read(record.channels(evaluation)).gas
    assert list(line.set_points) == pytest.approx([3.0, 9.0, 21.0, 21.0, 9.0, 3.0, 0.0])
