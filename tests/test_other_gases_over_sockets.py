"""Interferents and tables in whole runs over real sockets: what the twin feels is found, recomputed, and left safe."""

import signal
import subprocess
import sys
import tomllib

import pytest
import tomlkit

from testbench import cli
from testbench.engine.clock import monotonic
from testbench.errors import AbortedError
from testbench.record.store import Record

SETTINGS = ["--set", "interferents=SO2 100 µmol/mol,", "--set", "repeats=1", "--set", "read_span=true", "--set", "span=0.5"]
FELT = 1.0  # %F.S.: 100 %F.S. for 1 % of SO2, at 0.01 %
SUITE = """
[[suite]]
procedure = "interference"
settings = { interferents = ["SO2 100 µmol/mol"], repeats = 1 }
clause = { zh = "干扰", en = "interference" }
"""


def quiet(data):
    """One device that feels SO2, without noise and drift."""
    data["devices"] = {"A": data["devices"]["A"]}
    data["devices"]["A"]["truth"] = {"t90_rise_s": 20.0, "t90_fall_s": 20.0, "cross_sensitivity": {"SO2": 100.0}}


def connected(data):
    """A third controller with a cylinder of SO2, and cylinders and controllers that are as they are stated."""
    quiet(data)
    data["cylinders"]["so2"] = data["cylinders"]["co2"] | {
        "component": "SO2", "fraction_percent": 0.1, "certificate": "SIM-SO2-1", "truth": {"error_percent": 0.0},
    }  # fmt: skip
    data["instruments"]["mfc-so2"] = data["instruments"]["mfc-co2"] | {
        "unit_id": "C", "certificate": "SIM-MFC-3", "truth": {"flow_error_percent": 0.0},
    }  # fmt: skip
    data["divider"]["controllers"]["mfc-so2"] = "so2"


@pytest.fixture
def station(tmp_path, simulated_text):
    def make(change):
        data = tomllib.loads(simulated_text)
        change(data)
        file = tmp_path / "station.toml"
        file.write_text(tomlkit.dumps(data), encoding="utf-8")
        return file

    return make


@pytest.mark.parametrize("change", [connected, quiet])
def test_an_interferent_shows_as_the_truth_says_whoever_supplies_it(station, tmp_path, capsys, change):
    folder = tmp_path / "out"
    words = ["run", "interference", "--station", str(station(change)), "--output", str(folder), *SETTINGS]
    assert cli.main([*words, "--language", "en"]) == 0, capsys.readouterr()
    with Record.open(folder / "record.sqlite") as record:
        (row,) = record.evaluations()
        found = {one.finding.characteristic: one.finding for one in record.findings(row.identifier)}
        steps = record.steps(record.runs(row.identifier)[0].identifier)
    for point in ("zero", "span"):
        finding = found[f"interference_positive_{point}"]
        assert abs(finding.value - FELT) <= finding.expanded_uncertainty
        assert finding.value == pytest.approx(FELT, abs=0.2)
    gases = [step.result["other"] for step in steps if step.call == "supply_other"]
    assert len(gases) == 2
    assert all(("certified" in gas) is (change is quiet) for gas in gases)
    capsys.readouterr()
    assert cli.main(["recompute", "last", "--record", str(folder / "record.sqlite")]) == 0, capsys.readouterr()


def test_a_plan_says_that_a_person_connects_the_gas(station, tmp_path, capsys):
    suite = tmp_path / "suite.toml"
    suite.write_text(SUITE, encoding="utf-8")
    words = ["plan", "--station", str(station(quiet)), "--standard", "hj76-2017", "--suite", str(suite), "--language", "en"]
    status = cli.main(words)
    out, err = capsys.readouterr()
    assert status == 0, err
    assert "connect by hand 100 µmol/mol SO2" in out


LEFT = (
    "the gas with 100 µmol/mol SO2 is connected by hand, and no instrument can shut it: go to the bench, shut its cylinder "
    "and take it off"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to one process")
@pytest.mark.parametrize("number", ["SIGINT", "SIGKILL"])
def test_a_run_that_ends_early_with_a_gas_connected_by_hand_says_that_only_a_person_can_shut_it(station, tmp_path, number):
    folder = tmp_path / "out"
    many = [word.replace("repeats=1", "repeats=20") for word in SETTINGS]
    words = ["run", "interference", "--station", str(station(quiet)), "--output", str(folder), *many]
    command = [sys.executable, "-m", "testbench.cli", *words, "--language", "en"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process,
        _opened(folder, process) as record,
    ):
        run = _run(record, process)
        while not _connected(record.steps(run)):
            assert process.poll() is None
        process.send_signal(getattr(signal, number))
        process.communicate(timeout=60)
        assert process.returncode in (AbortedError.exit_status, -signal.SIGKILL)
        (row,) = record.evaluations()
        deadline = monotonic() + 30.0
        while not (alarms := _alarms(record, row.identifier)):
            assert monotonic() < deadline
    assert alarms == [LEFT]


def _connected(steps):
    """Whether the gas that was set last is the one by hand, and something is read with it."""
    gases = [step for step in steps if step.call in ("zero_gas", "supply", "supply_other")]
    return bool(gases) and gases[-1].call == "supply_other" and gases[-1].done


def _alarms(record, evaluation):
    return [event.text for event in record.events(evaluation) if event.kind == "alarm"]


def _opened(folder, process):
    path = folder / "record.sqlite"
    while not path.exists():
        assert process.poll() is None
    for line in process.stdout:
        if line.startswith("[1]"):
            break
    return Record.open(path)


def _run(record, process):
    while not (runs := record.runs(record.evaluations()[-1].identifier)):
        assert process.poll() is None
    return runs[0].identifier


def test_what_was_entered_in_a_table_is_in_the_findings(station, tmp_path, capsys):
    folder = tmp_path / "out"
    words = ["run", "insulation", "--station", str(station(quiet)), "--output", str(folder), "--language", "en"]
    assert cli.main(words) == 0, capsys.readouterr()
    with Record.open(folder / "record.sqlite") as record:
        (row,) = record.evaluations()
        (stored,) = record.findings(row.identifier)
    assert (stored.finding.characteristic, stored.finding.value) == ("insulation_resistance", 500.0)
    assert stored.finding.details["entered_by"] == "simulated operator"
