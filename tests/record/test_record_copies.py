"""Backups of a record in use, and archives of single evaluations that open elsewhere and believe nothing unchecked."""

import datetime as dt
import hashlib
import json
import shutil
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pysqlite3.dbapi2 as sqlite
import pytest

from testbench.errors import InputError, RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.archive import unpack
from testbench.record.model import EvaluationStart
from testbench.record.store import Record

RESULTS = {"evaluation.json": b"{}\n", "report-zh.pdf": b"%PDF zh", "report-en.pdf": b"%PDF en"}


def results() -> dict[str, bytes]:
    return dict(RESULTS)


@pytest.fixture
def finished(record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime, start: EvaluationStart) -> str:
    """A finished evaluation; another one in the same record goes on."""
    finish(record, evaluation, run, channel, moment, start)
    return evaluation


def finish(record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime, start: EvaluationStart) -> None:
    step = record.begin_step(run, "average", {}, bench_time=0.0, started=moment)
    writer = record.readings(evaluation)
    for second in range(500):
        writer.add(channel, float(second), second / 7, 0, f"r{second}")
    record.finish_step(run, step, result={"mean": 1.0}, error=None, bench_time=500.0, finished=moment, laboratory=[{"n": 1}])
    record.add_findings(run, [Finding("a", "drift", 0.5, "%F.S.")])
    record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=500.0, finished=moment)
    other = record.begin_evaluation(replace(start, notes="another"))
    record.event(other, None, "note", "of the other", bench_time=0.0, at=moment)
    record.finish_evaluation(evaluation, outcome=Outcome.PASS, finished=moment, verdicts=[{"outcome": "pass"}])


def test_a_backup_of_a_record_that_is_written_is_one_moment_of_it(
    record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime, tmp_path: Path
) -> None:
    stop = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            writer = record.readings(evaluation)
            number = 0
            while not stop.is_set():
                step = record.begin_step(run, "average", {}, bench_time=float(number), started=moment)
                for _ in range(50):
                    writer.add(channel, float(number), number / 7, 0)
                    number += 1
                record.finish_step(run, step, result={"n": number}, error=None, bench_time=float(number), finished=moment)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with Record.open(record.path) as other:
            for copy in range(5):
                result = other.back_up(tmp_path / f"{copy}.sqlite")
                assert result.passed, result.all_problems
                assert result.record == str(tmp_path / f"{copy}.sqlite")
    finally:
        stop.set()
        thread.join()
    assert failures == []
    for copy in range(5):
        with Record.open(tmp_path / f"{copy}.sqlite") as backup:
            done = [step for step in backup.steps(run) if step.done]
            readings = backup.load(evaluation, "a.co2")
            assert len(readings) == (done[-1].result["n"] if done and done[-1].result else 0)
            head = backup.head(evaluation)
        assert "agrees with that head" in record.verify(head=head).agreement
    assert sorted(path.name for path in tmp_path.glob("*.sqlite*")) == [f"{copy}.sqlite" for copy in range(5)]


def test_a_backup_overwrites_nothing_and_says_where_it_cannot_be_written(record: Record, tmp_path: Path) -> None:
    there = tmp_path / "there.sqlite"
    there.write_text("precious")
    with pytest.raises(InputError, match=r"is there already; choose another name, nothing is overwritten"):
        record.back_up(there)
    assert there.read_text() == "precious"
    with pytest.raises(InputError, match=r"the folder .*nowhere does not exist"):
        record.back_up(tmp_path / "nowhere" / "copy.sqlite")


def test_a_backup_of_a_changed_record_has_its_problems(record: Record, finished: str, tmp_path: Path) -> None:
    connection = sqlite.connect(record.path)
    connection.execute("UPDATE finding SET value = 0.1")
    connection.commit()
    connection.close()
    result = record.back_up(tmp_path / "copy.sqlite")
    assert not result.passed
    assert (tmp_path / "copy.sqlite").exists()


def test_an_archive_holds_one_evaluation_alone_and_opens_elsewhere(
    record: Record, finished: str, tmp_path: Path, moment: dt.datetime
) -> None:
    archive = tmp_path / "one.zip"
    manifest = record.archive(finished, results, archive, created=moment)
    assert manifest.record_head == record.head(finished)
    with zipfile.ZipFile(archive) as file:
        stated = json.loads(file.read("manifest.json"))
        assert stated["program"].startswith("testbench ")
        assert set(file.namelist()) == {"manifest.json", *stated["files"]}
        for name, member in stated["files"].items():
            data = file.read(name)
            assert (len(data), hashlib.sha256(data).hexdigest()) == (member["bytes"], member["sha256"])
        assert file.read("station.toml").decode() == record.evaluation(finished).start.station_text

    folder = tmp_path / "elsewhere" / "restored"
    restored = unpack(archive, folder)
    assert restored.verification.passed
    assert "nothing has been added since" in restored.verification.agreement
    assert {path.name for path in folder.iterdir()} == {"record.sqlite", "station.toml", "standard.toml", *RESULTS}
    assert (folder / "report-zh.pdf").read_bytes() == RESULTS["report-zh.pdf"]
    with Record.open(restored.record) as other:
        assert other.evaluations() == [record.evaluation(finished)]
        (run,) = record.runs(finished)
        assert other.runs(finished) == [run]
        assert other.steps(run.identifier) == record.steps(run.identifier)
        assert other.findings(finished) == record.findings(finished)
        assert other.verdicts(finished) == record.verdicts(finished)
        assert other.laboratory(finished) == [{"n": 1}]
        np.testing.assert_array_equal(other.load(finished, "a.co2").value, record.load(finished, "a.co2").value)
        assert other.journal_digest(finished) == record.journal_digest(finished)
    assert [path.name for path in folder.parent.iterdir()] == ["restored"]
    assert b"of the other" not in (folder / "record.sqlite").read_bytes()


def test_an_evaluation_that_goes_on_is_not_archived(
    record: Record, evaluation: str, tmp_path: Path, moment: dt.datetime
) -> None:
    def never() -> dict[str, bytes]:
        raise AssertionError("no report is made of it")

    with pytest.raises(InputError, match=rf"has not ended .*`testbench close {evaluation}`"):
        record.archive(evaluation, never, tmp_path / "one.zip", created=moment)
    assert list(tmp_path.glob("*.zip*")) == []
    with pytest.raises(RecordError, match="there is no evaluation E1"):
        record.archive("E1", never, tmp_path / "one.zip", created=moment)


def test_an_evaluation_with_problems_is_not_archived(
    record: Record, finished: str, tmp_path: Path, moment: dt.datetime
) -> None:
    connection = sqlite.connect(record.path)
    connection.execute("UPDATE finding SET value = 0.1")
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match=r"finding 1 .* was changed after it was recorded .*: not archived"):
        record.archive(finished, results, tmp_path / "one.zip", created=moment)
    assert list(tmp_path.glob("*.zip*")) == []


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory, start: EvaluationStart, moment: dt.datetime) -> Path:
    """The archive of a finished evaluation; to be copied."""
    folder = tmp_path_factory.mktemp("archived")
    with Record.open(folder / "bench.record", create=True) as record:
        evaluation = record.begin_evaluation(start)
        run = record.begin_run(evaluation, "linearity", {}, clause="7", number=1, bench_time=0.0, started=moment)
        channel = record.channel(evaluation, "a.co2", quantity="content", unit="%", resolution=0.01, device="a")
        finish(record, evaluation, run, channel, moment, start)
        record.archive(evaluation, results, folder / "one.zip", created=moment)
    return folder / "one.zip"


@pytest.fixture
def archive(archived: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(archived, tmp_path / "one.zip"))


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the files of an archive; the manifest is left to `change`."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)


def restate(members: dict[str, bytes], **changes: object) -> None:
    """Make a manifest that agrees with the files, with some changes."""
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members.items()
        if name != "manifest.json"
    }
    members["manifest.json"] = json.dumps(manifest | changes).encode()


def refused(path: Path, folder: Path, match: str) -> None:
    with pytest.raises(RecordError, match=match):
        unpack(path, folder)
    assert not folder.exists()
    assert not list(folder.parent.glob("*.unfinished")), "nothing is left behind"


def test_a_changed_file_is_refused(archive: Path, tmp_path: Path) -> None:
    rewrite(archive, lambda members: members.update({"report-en.pdf": b"%PDF xx"}))
    refused(archive, tmp_path / "new", "report-en.pdf is not what the manifest states")


def test_a_longer_file_is_refused(archive: Path, tmp_path: Path) -> None:
    rewrite(archive, lambda members: members.update({"report-en.pdf": RESULTS["report-en.pdf"] + b"\0" * 10_000_000}))
    refused(archive, tmp_path / "new", "report-en.pdf is not what the manifest states")


@pytest.mark.parametrize("name", ["../evil.toml", "/evil.toml", "C:\\evil.toml", "sub/station.toml", "extra.txt"])
@pytest.mark.parametrize("stated", [True, False])
def test_a_file_that_does_not_belong_there_is_refused(archive: Path, tmp_path: Path, name: str, stated: bool) -> None:
    def add(members: dict[str, bytes]) -> None:
        members[name] = b"x"
        if stated:
            restate(members)

    rewrite(archive, add)
    refused(archive, tmp_path / "inner" / "new", "does not belong into an archive")
    assert not list(tmp_path.glob("**/evil*"))


def test_a_missing_file_is_refused(archive: Path, tmp_path: Path) -> None:
    def remove(members: dict[str, bytes]) -> None:
        del members["report-en.pdf"]

    rewrite(archive, remove)
    refused(archive, tmp_path / "new", "do not agree on 'report-en.pdf'")


def test_a_record_that_was_changed_together_with_the_manifest_is_refused(archive: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        path = tmp_path / "changed.sqlite"
        path.write_bytes(members["record.sqlite"])
        connection = sqlite.connect(path)
        connection.execute("UPDATE finding SET value = 0.1")
        connection.commit()
        connection.close()
        members["record.sqlite"] = path.read_bytes()
        restate(members)

    rewrite(archive, change)
    refused(archive, tmp_path / "new", r"finding 1 .* was changed after it was recorded")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"record_head": "5" * 64}, "no chain has the head 5555"),
        ({"evaluation": "E9"}, "does not have the evaluation E9 alone"),
        ({"format": "testbench archive 2"}, "has the format 'testbench archive 2'"),
        ({"record_head": "x"}, "its manifest.json is wrong: record_head"),
        ({"more": 1}, "its manifest.json is wrong: more: no such key"),
    ],
)
def test_a_wrong_manifest_is_refused(archive: Path, tmp_path: Path, changes: dict[str, object], match: str) -> None:
    rewrite(archive, lambda members: restate(members, **changes))
    refused(archive, tmp_path / "new", match)


def test_another_station_file_than_the_recorded_one_is_refused(archive: Path, tmp_path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["station.toml"] = b"[station]\n"
        restate(members)

    rewrite(archive, change)
    refused(archive, tmp_path / "new", r"station\.toml is not the text that the record holds")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"x" * 1000])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.zip"
    path.write_bytes(content)
    refused(path, tmp_path / "new", "is damaged, or no archive")


def test_a_cut_archive_is_refused(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-200])
    refused(archive, tmp_path / "new", "is damaged, or no archive")


@pytest.mark.parametrize("position", [0.3, 0.5, 0.7])
def test_a_damaged_archive_is_refused(archive: Path, tmp_path: Path, position: float) -> None:
    data = bytearray(archive.read_bytes())
    data[int(len(data) * position)] ^= 0xFF
    archive.write_bytes(bytes(data))
    refused(archive, tmp_path / "new", "damaged")


def test_nothing_is_overwritten_by_restoring(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    unpack(archive, folder)
    with pytest.raises(InputError, match="is there already; choose a new folder"):
        unpack(archive, folder)
    with pytest.raises(InputError, match=r"gone\.zip does not exist"):
        unpack(tmp_path / "gone.zip", tmp_path / "new")
