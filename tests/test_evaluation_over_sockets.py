"""Whole evaluations through real VISA sessions, from the command line to the files they leave."""

import json
import math
import os
import signal
import subprocess
import sys

import pytest

from instruments.twin.launch import running_laboratory
from instruments.twin.rendezvous import rendezvous_directory
from testbench import cli
from testbench.errors import InstrumentError
from testbench.record.store import Record
from testbench.station import read_station

SHORT = ["--set", "levels=0.3,0.7", "--set", "passes=1", "--set", "average_s=20"]
KEYS = {
    "characteristic",
    "value",
    "unit",
    "expanded_uncertainty",
    "coverage_factor",
    "limit",
    "verdict",
    "clause",
    "provisional",
    "run",
}


@pytest.fixture
def station(tmp_path, simulated_text):
    file = tmp_path / "station.toml"
    file.write_text(simulated_text, encoding="utf-8")
    return file


def run_linearity(station, folder, *more):
    arguments = ["run", "linearity", "--station", str(station), *SHORT, "--output", str(folder), "--language", "en", *more]
    assert cli.main(arguments) == 0
    document = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    return document, {d["name"]: d["findings"][0] for d in document["devices"]}


def test_one_procedure_leaves_findings_report_and_record(station, tmp_path, capsys):
    document, findings = run_linearity(station, tmp_path / "out", "--standard", "hj76-2017")
    assert document["standard"] == "hj76-2017"
    assert [device["verdict"] for device in document["devices"]] == ["pass"] * 3
    for device in document["devices"]:
        assert {"name", "maker", "model", "serial", "range", "unit", "verdict", "findings"} <= device.keys()
        assert device["range"] == [0.0, 20.0]
        for finding in device["findings"]:
            assert finding.keys() >= KEYS
        assert [f["characteristic"] for f in device["findings"]] == ["linearity_error"], "the rest was not asked for"
    assert findings["B"]["verdict"] == "pass"
    assert findings["B"]["provisional"] is True
    assert findings["B"]["value"] == pytest.approx(4 * -1.1 * 0.3 * 0.7, abs=findings["B"]["expanded_uncertainty"])
    assert (tmp_path / "out" / "report.pdf").read_bytes().startswith(b"%PDF-")
    shown = capsys.readouterr().out
    assert "SIMULATED" in shown
    assert "by analogy to CO2" in shown


def test_the_bench_is_left_safe_and_the_record_says_so(station, tmp_path):
    run_linearity(station, tmp_path / "out")
    with Record.open(tmp_path / "out" / "record.sqlite") as record:
        evaluation = record.evaluations()[-1].identifier
        safe = [json.loads(event.text) for event in record.events(evaluation) if event.kind == "safe state"]
        assert {outcome["instrument"] for outcome in safe} >= {"mfc-co2", "mfc-n2", "daq", "A", "B"}
        assert all(outcome["verified"] for outcome in safe)
        flow = record.load(evaluation, "mfc-co2.flow")
        assert len(flow) > 100


def test_one_seed_gives_the_same_numbers_another_gives_others_and_all_are_those_of_the_plant(
    station, tmp_path, simulated_station, direct_bench
):
    first = run_linearity(station, tmp_path / "1", "--seed", "7")[1]
    again = run_linearity(station, tmp_path / "2", "--seed", "7")[1]
    other = run_linearity(station, tmp_path / "3", "--seed", "11")[1]
    values = [[found[name]["value"] for name in "ABC"] for found in (first, again, other)]
    assert values[0] == values[1]
    assert values[0] != values[2]
    direct = direct_bench(simulated_station(), seed=11).run("linearity", levels=[0.3, 0.7], passes=1, average_s=20)
    for name in "ABC":
        finding = direct[name, "linearity_error"]
        # protocols carry four or five digits, and adjustments are entered with as many
        assert other[name]["value"] == pytest.approx(finding.value, abs=0.03)
        assert other[name]["expanded_uncertainty"] == pytest.approx(finding.expanded_uncertainty, rel=0.2)


def test_an_instrument_that_is_off_is_named_and_nothing_begins(station, tmp_path, capsys):
    text = station.read_text(encoding="utf-8")
    station.write_text(
        text.replace('resource = "twin"\nmaker = "Maker A"', 'resource = "TCPIP::127.0.0.1::12::SOCKET"\nmaker = "Maker A"'),
        encoding="utf-8",
    )
    arguments = ["run", "linearity", "--station", str(station), *SHORT, "--output", str(tmp_path / "out")]
    assert cli.main(arguments) == InstrumentError.exit_status
    error = capsys.readouterr().err
    assert error.startswith("testbench: A (TCPIP::127.0.0.1::12::SOCKET)")
    assert "is the instrument on" in error


def test_a_laboratory_that_dies_ends_the_run_and_what_was_read_is_kept(station, tmp_path):
    """Kill the simulated laboratory in the middle: all instruments are gone at once, as in a power cut of the bench."""
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "testbench.cli", "run", "drift", "--station", str(station), "--output", str(folder)]
    process = subprocess.Popen(
        [*command, "--language", "en"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    for line in process.stdout:
        if line.startswith("[1]"):
            break
    with Record.open(folder / "record.sqlite") as record:
        run = record.runs(record.evaluations()[-1].identifier)[0].identifier
        while sum(step.done for step in record.steps(run)) < 4:
            assert process.poll() is None
    laboratory = running_laboratory(read_station(station), rendezvous_directory())
    os.kill(laboratory.pid, signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == InstrumentError.exit_status, out + err
    assert "safe state not verified" in out
    assert "Traceback" not in out + err
    with Record.open(folder / "record.sqlite") as record:
        row = record.evaluations()[-1]
        assert row.outcome == "error"
        times = record.load(row.identifier, "A").time
        assert len(times) > 10
        assert not math.isnan(times[-1])


def test_the_record_freezes_what_the_results_depend_on(station, tmp_path):
    run_linearity(station, tmp_path / "out", "--seed", "3")
    with Record.open(tmp_path / "out" / "record.sqlite") as record:
        row = record.evaluations()[-1]
        (run,) = record.runs(row.identifier)
    assert row.start.seed == 3
    assert row.start.station_text == station.read_text(encoding="utf-8")
    assert run.settings["levels"] == [0.3, 0.7]
    software = row.start.software
    assert {
        "testbench",
        "numpy",
        "GTC",
        "PyVISA-py",
        "driver alicat",
        "driver mfc-blend",
        "procedure linearity",
    } <= software.keys()
    assert software["driver alicat"].startswith("testbench 0.1.0, source ")
