"""`testbench record`: verify, backup, archive, restore, as a person uses them."""

import datetime as dt
import json
from importlib import resources
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from testbench.cli import main
from testbench.outcome import Outcome
from testbench.record.model import EvaluationStart
from testbench.record.store import Record

MOMENT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, and no record used lately."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def evaluation(tmp_path: Path) -> str:
    """A finished evaluation in result/record.sqlite."""
    (tmp_path / "result").mkdir()
    with Record.open(tmp_path / "result" / "record.sqlite", create=True) as record:
        evaluation = record.begin_evaluation(
            EvaluationStart(
                standard="",
                standard_text="",
                standard_digest="",
                station_path="station.toml",
                station_text=(resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8"),
                station_digest="7" * 64,
                seed=1,
                language="en",
                simulated=True,
                software={},
                measurand="CO2",
                devices=[],
                started=MOMENT,
            )
        )
        record.event(evaluation, None, "note", "as it was", bench_time=0.0, at=MOMENT)
        record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=MOMENT)
    return evaluation


def tamper() -> None:
    connection = sqlite.connect("result/record.sqlite")
    connection.execute("UPDATE event SET text = 'as it should be'")
    connection.commit()
    connection.close()


def called(capsys: pytest.CaptureFixture[str], *arguments: str, language: str = "en") -> tuple[int, str, str]:
    status = main(["record", *arguments, "--language", language])
    output = capsys.readouterr()
    return status, output.out, output.err


def test_a_record_as_it_was_written_is_said_to_be_so(capsys: pytest.CaptureFixture[str], evaluation: str) -> None:
    status, out, _ = called(capsys, "verify")
    assert status == 0
    assert f"{evaluation}: 0 steps, 0 readings, 3 entries in its hash chain" in out
    assert "nothing wrong found (1 evaluation)" in out
    status, out, _ = called(capsys, "verify", "last", language="zh")
    assert status == 0
    assert "未发现问题" in out


def test_what_was_changed_is_named_and_gives_status_4(capsys: pytest.CaptureFixture[str], evaluation: str) -> None:
    tamper()
    status, out, _ = called(capsys, "verify", "--record", "result/record.sqlite")
    assert status == 4
    assert "problem: event 1 was changed after it was recorded (entry 2 of the chain)" in out
    assert "1 problem found" in out
    assert "nothing wrong" not in out


def test_a_head_that_was_kept_is_compared(capsys: pytest.CaptureFixture[str], evaluation: str) -> None:
    with Record.open(Path("result/record.sqlite")) as record:
        head = record.head(evaluation)
    status, out, _ = called(capsys, "verify", evaluation, "--head", head)
    assert status == 0
    assert f"{evaluation} agrees with that head (entry 3 of its chain); nothing has been added since" in out
    status, out, _ = called(capsys, "verify", "--head", "0" * 64)
    assert status == 4
    assert "problem: no chain has the head 0000" in out


def test_a_backup_is_checked(capsys: pytest.CaptureFixture[str], evaluation: str) -> None:
    status, out, _ = called(capsys, "backup", "--to", "copy.sqlite")
    assert status == 0
    assert "copy.sqlite: nothing wrong found" in out
    status, out, _ = called(capsys, "verify", "--record", "copy.sqlite")
    assert status == 0
    status, _, err = called(capsys, "backup", "--to", "copy.sqlite")
    assert status == 2
    assert "is there already" in err


def test_an_evaluation_goes_into_an_archive_and_comes_out_again(capsys: pytest.CaptureFixture[str], evaluation: str) -> None:
    status, out, _ = called(capsys, "archive", "last", "--to", "one.zip")
    assert status == 0
    assert "archive: one.zip (5 files)" in out
    status, out, _ = called(capsys, "restore", "one.zip", "--to", "elsewhere")
    assert status == 0
    assert f"{evaluation} agrees with that head" in out
    assert f"restored {evaluation}" in out
    document = json.loads(Path("elsewhere/evaluation.json").read_text(encoding="utf-8"))
    assert document["record_head"] in out
    for language in ("zh", "en"):
        assert Path(f"elsewhere/report-{language}.pdf").read_bytes().startswith(b"%PDF")
    assert main(["report", "--record", "elsewhere/record.sqlite", "--output", "again"]) == 0


def test_a_record_with_problems_is_not_archived(capsys: pytest.CaptureFixture[str], evaluation: str) -> None:
    tamper()
    status, _, err = called(capsys, "archive", evaluation, "--to", "one.zip")
    assert status == 4
    assert "event 1 was changed" in err
    assert not Path("one.zip").exists()


def test_without_a_record_the_command_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = called(capsys, "verify")
    assert status == 2
    assert "--record" in err
