"""Evaluations that are ended from outside, over real sockets: the bench is safe, the record is closed, nothing is lost."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from testbench import cli
from testbench.errors import AbortedError, InstrumentError
from testbench.outcome import RunState
from testbench.record.store import Record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to one process")


@pytest.fixture
def station(tmp_path, simulated_text):
    file = tmp_path / "station.toml"
    file.write_text(simulated_text, encoding="utf-8")
    return file


@contextmanager
def running(station, folder, steps, **options):
    """Start a run of drift; give its process once so many steps are in the record."""
    command = [sys.executable, "-m", "testbench.cli", "run", "drift", "--station", str(station), "--output", str(folder)]
    with subprocess.Popen(
        [*command, "--language", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    ) as process:
        for line in process.stdout:
            if line.startswith("[1]"):
                break
        with Record.open(folder / "record.sqlite") as record:
            run = record.runs(record.evaluations()[-1].identifier)[0].identifier
            while sum(step.done for step in record.steps(run)) < steps:
                assert process.poll() is None
        yield process


@pytest.mark.parametrize(
    ("number", "state", "outcome"),
    [(signal.SIGINT, RunState.ABORTED, "aborted"), (signal.SIGTERM, RunState.INTERRUPTED, "error")],
)
def test_a_signal_ends_the_run_safely_and_says_so_in_the_record(station, tmp_path, number, state, outcome):
    folder = tmp_path / "out"
    with running(station, folder, steps=4) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == AbortedError.exit_status, out + err
    assert "what was measured is in the record" in err
    assert "Traceback" not in err
    with Record.open(folder / "record.sqlite") as record:
        row = record.evaluations()[-1]
        assert (row.outcome, row.state) == (outcome, state)
        run = record.runs(row.identifier)[0]
        assert run.state is state
        assert state.value in run.reason
        assert all(step.done or step.error for step in record.steps(run.identifier))
        safe = [json.loads(event.text) for event in record.events(row.identifier) if event.kind == "safe state"]
        assert {outcome["instrument"] for outcome in safe} >= {"mfc-co2", "mfc-n2"}
        assert all(outcome["verified"] for outcome in safe)
        assert len(record.load(row.identifier, "A")) > 10


def test_a_run_goes_on_when_the_reader_of_its_output_has_gone(station, tmp_path):
    folder = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "testbench.cli",
        "run",
        "repeatability",
        "--set",
        "repeats=3",
        "--station",
        str(station),
    ]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*command, "--output", str(folder)], stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))["devices"]


def test_what_answers_is_driven_safe_when_an_instrument_is_off_at_the_start(station, tmp_path, capsys, monkeypatch):
    from instruments.alicat import Alicat

    driven = []
    drive_safe = Alicat.drive_safe

    def noted(self):
        outcome = drive_safe(self)
        driven.append((outcome.instrument, outcome.verified))
        return outcome

    monkeypatch.setattr(Alicat, "drive_safe", noted)
    text = station.read_text(encoding="utf-8")
    old, new = 'resource = "twin"\nmaker = "Maker A"', 'resource = "TCPIP::127.0.0.1::14::SOCKET"\nmaker = "Maker A"'
    assert old in text
    station.write_text(text.replace(old, new), encoding="utf-8")
    arguments = ["run", "repeatability", "--station", str(station), "--output", str(tmp_path / "out")]
    assert cli.main(arguments) == InstrumentError.exit_status
    assert capsys.readouterr().err.startswith("testbench: A (TCPIP::127.0.0.1::14::SOCKET)")
    assert sorted(driven) == [("mfc-co2", True), ("mfc-n2", True)], "both at the same time"
