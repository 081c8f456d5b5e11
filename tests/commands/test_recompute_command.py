"""`testbench recompute`: an evaluation over sockets is computed anew, from the command line."""

import json
import sqlite3

import pytest

from testbench import cli
from testbench.record.store import Record


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, simulated_text):
    """A record of one run on the simulated station, over sockets."""
    folder = tmp_path_factory.mktemp("recompute")
    (folder / "my.toml").write_text(simulated_text, encoding="utf-8")
    station, output = str(folder / "my.toml"), str(folder / "result")
    assert cli.main(["run", "repeatability", "--station", station, "--output", output, "--set", "repeats=3"]) == 0
    return folder / "result" / "record.sqlite"


def recompute(capsys, record, wanted="last", *options):
    capsys.readouterr()
    status = cli.main(["recompute", wanted, "--record", str(record), "--language", "en", *options])
    return status, capsys.readouterr().out


def test_what_was_measured_over_sockets_agrees(recorded, capsys):
    status, printed = recompute(capsys, recorded)
    assert status == 0
    assert "R01 repeatability: 16 of 16 steps compared, 0 differences" in printed
    assert "16 steps computed anew, everything agrees" in printed


def test_a_run_is_meant_by_its_identifier(recorded, capsys):
    with Record.open(recorded) as record:
        (run,) = record.runs(record.evaluations()[0].identifier)
    status, printed = recompute(capsys, recorded, run.identifier, "--json")
    document = json.loads(printed)
    assert status == 0
    assert document["agrees"] is True
    assert [found["run"] for found in document["runs"]] == [run.identifier]


def test_what_was_changed_is_listed_and_the_exit_status_says_so(recorded, capsys, tmp_path):
    changed = tmp_path / "record.sqlite"
    with Record.open(recorded) as record:
        record.back_up(changed)
    with sqlite3.connect(changed) as database:
        (result,) = database.execute("SELECT result FROM step WHERE call = 'read' AND number = 6").fetchone()
        document = json.loads(result)
        document["values"]["A"] += 0.25
        database.execute("UPDATE step SET result = ? WHERE call = 'read' AND number = 6", (json.dumps(document),))
    database.close()
    status, printed = recompute(capsys, changed)
    assert status == 4
    assert f"run R01, step 6 read: values.A {document['values']['A']!r} → " in printed
    assert "problem of the record: " in printed
    assert "step 6" in printed
