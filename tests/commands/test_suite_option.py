"""A suite of the laboratory's own: planned and carried out, with all criteria of the standard in the scorecard."""

import json
from pathlib import Path

import pytest

from testbench import cli
from testbench.engine.assembly import assemble
from testbench.engine.disk_need import disk_need
from testbench.engine.judging import judge_recorded
from testbench.engine.plan import make_plan
from testbench.engine.request import request_of
from testbench.engine.suite_file import read_suite
from testbench.record.store import Record
from testbench.station import read_station

CORE = str(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
SUITE = """
[[suite]]
procedure = "repeatability"
settings = { repeats = 3, zero_between = false, interval_s = 1 }
clause = { zh = "作业指导书 3", en = "work instruction 3" }
"""


@pytest.fixture
def station(tmp_path, simulated_text):
    file = tmp_path / "station.toml"
    file.write_text(simulated_text, encoding="utf-8")
    return file


@pytest.fixture
def suite(tmp_path):
    file = tmp_path / "trimmed.toml"
    file.write_text(SUITE, encoding="utf-8")
    return file


def words(command, station, suite, *more):
    return [command, "--station", str(station), "--standard", CORE, "--suite", str(suite), "--language", "en", *more]


def test_an_evaluation_of_a_trimmed_suite_says_what_was_not_tested(station, suite, tmp_path):
    folder = tmp_path / "out"
    said = ["--output", str(folder), "--devices", "A", "--notes", "甲的样机", "--by", "li"]
    assert cli.main(words("evaluate", station, suite, *said)) == 0
    document = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    verdicts = {finding["characteristic"]: finding["verdict"] for finding in document["devices"][0]["findings"]}
    assert len(verdicts) == 8
    assert {name for name, verdict in verdicts.items() if verdict != "inconclusive"} == {"repeatability"}
    path = folder / "record.sqlite"
    with Record.open(path) as record:
        (row,) = record.evaluations()
        assert row.start.notes == "甲的样机"
        assert record.runs(row.identifier)[0].clause == "work instruction 3"
    request = request_of(row, path)
    assert (request.notes, request.by, request.restricted) == ("甲的样机", "li", False)
    assert len(judge_recorded(row, ()).devices[0].verdicts) == 8
    file = read_station(station)
    plan = make_plan(file, request.items, request.standard, devices=("A",))
    need = disk_need(plan, assemble(file, devices=("A",)), on_the_grid=True)
    assert sum(one.stat().st_size for one in folder.iterdir()) < need.bytes


def test_a_plan_of_a_trimmed_suite_tells_the_criteria_that_it_leaves(station, suite, capsys):
    assert cli.main(words("plan", station, suite)) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "criterion linearity_error of hj76-core: no procedure of this suite determines it" in shown
    assert "readings, 12 MB on disk" in shown


def test_a_plan_as_json_has_readings_and_disk(station, suite, capsys):
    assert cli.main(words("plan", station, suite, "--json")) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["readings"] > 500
    assert document["disk_bytes"] > 1e6
    assert {step["procedure"] for step in document["steps"]} == {"repeatability"}


def test_a_plan_that_fails_lists_everything_that_is_in_the_way(station, tmp_path, capsys):
    suite = tmp_path / "odd.toml"
    suite.write_text('[[suite]]\nprocedure = "linearity"\nsettings.levels = [0.001, 0.002]\n', encoding="utf-8")
    assert cli.main(words("plan", station, suite)) == 2
    out, err = capsys.readouterr()
    assert len(err.splitlines()) == 1
    first, second = out.splitlines()
    assert "levels 0.1 %F.S." in first
    assert "levels 0.2 %F.S." in second


def test_a_suite_and_a_procedure_exclude_each_other_and_what_is_written_is_read(station, suite, capsys):
    assert cli.main(words("plan", station, suite, "--procedure", "drift")) == 2
    assert "exclude each other" in capsys.readouterr().err
    assert read_suite(suite)[0].clause.zh == "作业指导书 3"
