"""A full disk, a locked or read-only file: the record says so, and nothing that was stored or added is lost."""

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pysqlite3.dbapi2 as sqlite
import pytest

from testbench.errors import RecordError, RecordFullError
from testbench.record import database
from testbench.record.database import open_sqlite
from testbench.record.store import Record
from testbench.record.writer import ReadingWriter


def pragma(record: Record, text: str) -> None:
    """Set something on the record's own connection."""
    with record._database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {text}")


@contextmanager
def full_disk(record: Record) -> Iterator[None]:
    """Let the file not grow by a single page."""
    pragma(record, "max_page_count = 1")  # SQLite takes the present size where that is larger
    yield
    pragma(record, "max_page_count = 4294967294")


def add_noise(writer: ReadingWriter, channel: int, first: int, count: int) -> None:
    """Readings that take space."""
    values = np.random.default_rng(first).normal(size=count)
    for index in range(count):
        writer.add(channel, float(first + index), float(values[index]), 0)


def integrity(path: Path) -> str:
    connection = sqlite.connect(path)
    (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return str(answer)


def test_readings_outlive_a_full_disk(path: Path, record: Record, evaluation: str, channel: int) -> None:
    writer = record.readings(evaluation)
    add_noise(writer, channel, 0, 100)
    writer.flush()
    add_noise(writer, channel, 100, 5000)
    with full_disk(record):
        with pytest.raises(RecordFullError, match=r"the disk is full; free some space.*everything recorded so far is kept"):
            writer.flush()
        assert len(record.load(evaluation, "a.co2")) == 100
        add_noise(writer, channel, 5100, 5000)
        with pytest.raises(RecordFullError, match="disk is full"):
            writer.flush()
    writer.flush()
    np.testing.assert_array_equal(record.load(evaluation, "a.co2").time, np.arange(10_100))
    assert integrity(path) == "ok"


def test_a_step_that_could_not_be_finished_can_be_finished_later(
    path: Path, record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime
) -> None:
    step = record.begin_step(run, "average", {}, bench_time=0.0, started=moment)
    add_noise(record.readings(evaluation), channel, 0, 5000)
    with full_disk(record), pytest.raises(RecordFullError, match="disk is full"):
        record.finish_step(run, step, result={"mean": 1.0}, error=None, bench_time=5000.0, finished=moment)
    assert not record.steps(run)[0].done
    assert len(record.load(evaluation, "a.co2")) == 0
    record.finish_step(run, step, result={"mean": 1.0}, error=None, bench_time=5000.0, finished=moment)
    assert record.steps(run)[0].done
    np.testing.assert_array_equal(record.load(evaluation, "a.co2").time, np.arange(5000))
    assert record.verify().passed


def test_a_record_that_another_program_locks_says_so(
    path: Path, record: Record, evaluation: str, moment: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    with Record.open(path) as other:
        locker = sqlite.connect(path, isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        assert other.events(evaluation) == []
        with pytest.raises(RecordError, match="another program holds the record for too long"):
            other.event(evaluation, None, "note", "", bench_time=0.0, at=moment)
        locker.close()
        other.event(evaluation, None, "note", "", bench_time=0.0, at=moment)
        assert len(other.events(evaluation)) == 1


def test_a_record_that_became_read_only_says_so(record: Record, evaluation: str, moment: dt.datetime) -> None:
    pragma(record, "query_only = ON")
    with pytest.raises(RecordError, match="read-only; give write permission"):
        record.event(evaluation, None, "note", "", bench_time=0.0, at=moment)
    pragma(record, "query_only = OFF")


def test_a_damaged_file_is_reported_as_damaged(path: Path, record: Record, evaluation: str) -> None:
    record.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    with pytest.raises(RecordError, match=r"the file is damaged; keep it as it is"), Record.open(path) as again:
        again.evaluation(evaluation)


def test_a_transaction_that_fails_leaves_no_trace(path: Path, record: Record, evaluation: str) -> None:
    opened = open_sqlite(path, create=False)

    def fail_half_way() -> None:
        with opened.writing() as connection:
            connection.exec_driver_sql("DELETE FROM chain")
            connection.exec_driver_sql("DELETE FROM evaluation")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_half_way()
    opened.close()
    assert record.evaluation(evaluation).identifier == evaluation


@pytest.mark.skipif(sys.platform == "win32", reason="the limit of file sizes is a POSIX one")
def test_a_file_that_the_system_lets_not_grow_says_so(record: Record, evaluation: str, channel: int, path: Path) -> None:
    import resource
    import signal

    writer = record.readings(evaluation)
    add_noise(writer, channel, 0, 20_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100_000, before[1]))
    try:
        with pytest.raises(RecordFullError, match=r"record .*bench\.record: the disk"):
            writer.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    writer.flush()
    np.testing.assert_array_equal(record.load(evaluation, "a.co2").time, np.arange(20_000))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no file that is open")
@pytest.mark.parametrize("moved", [True, False])
def test_a_record_that_is_deleted_while_it_is_written_is_noticed_and_saved(
    path: Path, record: Record, evaluation: str, channel: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    monkeypatch.setattr(database.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    writer = record.readings(evaluation)
    add_noise(writer, channel, 0, 100)
    writer.flush()
    if moved:
        path.rename(path.with_suffix(".old"))
    else:
        path.unlink()
    add_noise(writer, channel, 100, 10)
    for _ in range(2):
        with pytest.raises(RecordError, match=r"was deleted or moved away.*was saved as .*record\.sqlite"):
            writer.flush()
    with pytest.raises(RecordError, match="was deleted or moved away"):
        record.close()
    with Record.open(tmp_path / "record.sqlite") as saved:
        assert len(saved.load(evaluation, "a.co2")) == 100
