"""Issuing reports: a number is given once, the record keeps it, and the report is made again as it was."""

import datetime as dt
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import pytest

from testbench import cli
from testbench.errors import InputError
from testbench.office.report_numbers import next_number, open_register, register_path
from testbench.outcome import Outcome, RunState
from testbench.record.model import EvaluationStart
from testbench.record.store import Record
from testbench.report.laboratory import LaboratoryTemplate, read_laboratory
from testbench.report.letterhead import issues

MOMENT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def entered(path: Path, *, simulated: bool = False) -> str:
    """An evaluation that was finished on a bench, without findings."""
    text = (resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8")
    start = EvaluationStart(
        standard="",
        standard_text="",
        standard_digest="",
        station_path="station.toml",
        station_text=text,
        station_digest="7" * 64,
        seed=1,
        language="en",
        simulated=simulated,
        software={},
        measurand="CO2",
        devices=[],
        started=MOMENT,
    )
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(start)
        record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=MOMENT, state=RunState.FINISHED)
    return evaluation


@pytest.fixture
def template(tmp_path: Path) -> LaboratoryTemplate:
    path = tmp_path / "laboratory.toml"
    path.write_text(
        '[laboratory]\nname = { en = "Institute" }\n[report]\nnumber_scheme = "T-{number:03}"\n[client]\nname = "Usual"\n',
        encoding="utf-8",
    )
    return read_laboratory(path)


@pytest.fixture
def report(tmp_path: Path, template: LaboratoryTemplate):
    """`testbench report` on the record, with this template."""

    def call(*words: str) -> int:
        fixed = ["--record", str(tmp_path / "r.sqlite"), "--output", str(tmp_path / "out"), "--language", "en"]
        return cli.main(["report", *fixed, "--laboratory", str(template.path), *words])

    return call


def test_an_issued_report_stands_in_record_register_and_file(tmp_path, template, report, capsys) -> None:
    evaluation = entered(tmp_path / "r.sqlite")
    assert report("--number", "next", "--received", "intact", "--by", "Li") == 0
    assert "report T-001 issued" in capsys.readouterr().out
    file = (tmp_path / "out" / "report.pdf").read_bytes()
    with Record.open(tmp_path / "r.sqlite") as record:
        (issue,) = issues(record.events(evaluation))
        assert record.verify(evaluation, issue.head).passed
    assert (issue.number, issue.by, issue.client.name, issue.received) == ("T-001", "Li", "Usual", "intact")
    assert issue.file == hashlib.sha256(file).hexdigest()
    document = json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8"))
    assert document["report"]["number"] == "T-001"
    (line,) = register_path(template.path).read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["evaluation"] == evaluation


def test_a_report_that_was_issued_is_written_again_to_the_byte(tmp_path, report) -> None:
    entered(tmp_path / "r.sqlite")
    assert report("--number", "next") == 0
    first = (tmp_path / "out" / "report.pdf").read_bytes()
    (tmp_path / "out" / "report.pdf").unlink()
    assert report() == 0
    assert (tmp_path / "out" / "report.pdf").read_bytes() == first


def test_a_report_issued_anew_names_the_one_it_replaces(tmp_path, report, capsys) -> None:
    evaluation = entered(tmp_path / "r.sqlite")
    assert report("--number", "next") == report("--number", "B-7", "--client", "Other") == 0
    assert "report B-7 issued, replaces T-001" in capsys.readouterr().out
    with Record.open(tmp_path / "r.sqlite") as record:
        assert [(issue.number, issue.client.name) for issue in issues(record.events(evaluation))] == [
            ("T-001", "Usual"),
            ("B-7", "Other"),
        ]


def test_a_report_says_when_the_record_has_changed_since_it_was_issued(tmp_path, report) -> None:
    evaluation = entered(tmp_path / "r.sqlite")
    assert report("--number", "next") == 0
    with Record.open(tmp_path / "r.sqlite") as record:
        record.add_verdicts(evaluation, [])
        number = record.begin_run(evaluation, "late", {}, clause="", number=1, bench_time=0.0, started=MOMENT)
        assert number
    assert report() == 0
    document = json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8"))
    assert document["report"] is None


def test_a_number_is_never_given_twice(tmp_path, report, capsys) -> None:
    entered(tmp_path / "r.sqlite")
    assert report("--number", "A-1") == 0
    assert report("--number", "A-1") == InputError.exit_status
    assert "was given before" in capsys.readouterr().err
    assert report("--number", "with blank") == InputError.exit_status


def test_people_who_number_at_the_same_moment_get_different_numbers(template: LaboratoryTemplate) -> None:
    def take(person: int) -> str:
        with open_register(template) as register:
            number = register.next(MOMENT.date())
            register.enter(number, "E1", f"person {person}", MOMENT)
        return number

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(8))) == [f"T-{count:03}" for count in range(1, 9)]
    assert next_number(template, MOMENT.date()) == "T-009"


def test_a_line_of_the_register_that_was_broken_off_harms_no_other(template: LaboratoryTemplate) -> None:
    with open_register(template) as register:
        register.enter("T-005", "E1", "li", MOMENT)
    with register_path(template.path).open("a", encoding="utf-8") as file:
        file.write('{"number": "T-0')
    with open_register(template) as register:
        register.enter(register.next(MOMENT.date()), "E2", "li", MOMENT)
    with open_register(template) as register:
        assert register.given == {"T-005": "E1", "T-006": "E2"}


def test_a_simulated_evaluation_gets_no_number(tmp_path, template, report, capsys) -> None:
    entered(tmp_path / "r.sqlite", simulated=True)
    assert report("--number", "next") == InputError.exit_status
    assert "simulated instruments" in capsys.readouterr().err
    assert not register_path(template.path).exists()


def test_details_of_an_issue_without_a_number_are_refused(tmp_path, report, capsys) -> None:
    entered(tmp_path / "r.sqlite")
    assert report("--client", "X", "--outside-scope") == InputError.exit_status
    assert "--client, --outside-scope" in capsys.readouterr().err


def test_without_a_template_there_is_no_number(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path / "state"))
    entered(tmp_path / "r.sqlite")
    words = ["--record", str(tmp_path / "r.sqlite"), "--output", str(tmp_path), "--number", "next"]
    assert cli.main(["report", *words]) == InputError.exit_status
    assert "testbench laboratory new" in capsys.readouterr().err


def test_a_template_is_made_checked_and_shown(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path))
    assert cli.main(["laboratory", "show"]) == InputError.exit_status
    assert cli.main(["laboratory", "new"]) == 0
    assert cli.main(["laboratory", "new"]) == InputError.exit_status
    assert "is there already" in capsys.readouterr().err
    assert cli.main(["laboratory", "check"]) == cli.main(["laboratory", "show"]) == 0
    out = capsys.readouterr().out
    assert "nothing wrong found" in out
    assert "{year}-CEMS-{number:04}, next" in out
    (tmp_path / "laboratory.toml").write_text("x", encoding="utf-8")
    assert cli.main(["laboratory", "check"]) == InputError.exit_status
