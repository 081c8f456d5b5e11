"""Opening and creating a record, and every way in which that is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_mock_engine, inspect

from testbench.errors import RecordError
from testbench.record import database, schema
from testbench.record.database import open_sqlite
from testbench.record.migrate import MIGRATIONS
from testbench.record.store import Record

administrator = sys.platform != "win32" and os.geteuid() == 0


def pragma(record_path: Path, name: str) -> object:
    opened = open_sqlite(record_path, create=False)
    with opened.reading() as connection:
        value = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
    opened.close()
    return value


def test_a_new_record_is_empty_and_can_be_opened_again(path: Path) -> None:
    Record.open(path, create=True).close()
    with Record.open(path) as record:
        assert record.evaluations() == []


def test_creating_where_a_record_is_opens_it(path: Path, record: Record, evaluation: str) -> None:
    record.close()
    with Record.open(path, create=True) as again:
        assert [row.identifier for row in again.evaluations()] == [evaluation]


def test_every_connection_is_safe_against_power_loss_and_checks_references(path: Path, record: Record) -> None:
    assert pragma(path, "journal_mode") == "wal"
    assert pragma(path, "synchronous") == 2  # FULL
    assert pragma(path, "foreign_keys") == 1


def test_a_copy_that_lost_the_write_ahead_log_gets_it_back(path: Path, record: Record, tmp_path: Path) -> None:
    copy = tmp_path / "copy.record"
    connection = sqlite.connect(path)
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    assert pragma(copy, "journal_mode") == "delete"
    Record.open(copy).close()
    assert pragma(copy, "journal_mode") == "wal"


def test_the_migrated_tables_are_those_of_the_schema(path: Path, record: Record) -> None:
    opened = open_sqlite(path, create=False)
    with opened.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
        assert inspect(connection).has_table("tail")
    opened.close()


def test_the_newest_migration_is_the_version_that_the_program_expects() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == schema.SCHEMA_VERSION


def test_the_tables_can_be_made_in_postgresql() -> None:
    statements: list[str] = []
    engine = create_mock_engine(
        "postgresql://", lambda sql, *_a, **_k: statements.append(str(sql.compile(dialect=engine.dialect)))
    )
    schema.metadata.create_all(engine, checkfirst=False)
    text = "".join(statements)
    assert text.count("CREATE TABLE") == len(schema.metadata.tables)
    assert "BYTEA" in text
    assert "BIGSERIAL" in text
    assert "AUTOINCREMENT" not in text


def test_a_record_that_is_up_to_date_is_opened_without_the_migration_library(path: Path, record: Record) -> None:
    program = (
        "import sys; from pathlib import Path; from testbench.record.store import Record; "
        "Record.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_a_record_that_does_not_exist_is_not_made_by_looking(path: Path) -> None:
    with pytest.raises(RecordError, match=r"bench\.record does not exist"):
        Record.open(path)
    assert not path.exists()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"the folder .*nowhere does not exist; make it"):
        Record.open(tmp_path / "nowhere" / "bench.record", create=True)


def test_a_folder_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="is a folder"):
        Record.open(tmp_path, create=True)


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, create: bool) -> None:
    content = b"test,parameter,unit\n" * 100
    path.write_bytes(content)
    with pytest.raises(RecordError, match="not a database"):
        Record.open(path, create=create)
    assert path.read_bytes() == content


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("table", ["customer", "alembic_version"])
def test_the_database_of_another_program_is_refused_and_left_alone(path: Path, create: bool, table: str) -> None:
    connection = sqlite.connect(path)
    connection.execute(f"CREATE TABLE {table} (version_num TEXT)")
    connection.execute(f"INSERT INTO {table} VALUES ('0001')")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(RecordError, match="database of another program"):
        Record.open(path, create=create)
    assert path.read_bytes() == before


def test_an_empty_file_is_a_record_only_where_one_is_to_be_made(path: Path) -> None:
    path.touch()
    with pytest.raises(RecordError, match="is empty, not a record"):
        Record.open(path)
    with Record.open(path, create=True) as record:
        assert record.evaluations() == []


def test_a_record_of_a_newer_program_asks_for_an_update_and_is_left_alone(path: Path) -> None:
    Record.open(path, create=True).close()
    connection = sqlite.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match=r"newer version of this program \(its schema is 0999.*update the program"):
        Record.open(path, create=True)
    connection = sqlite.connect(path)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0999",)]
    connection.close()


@pytest.mark.skipif(administrator or sys.platform == "win32", reason="permissions do not bind an administrator")
def test_a_read_only_record_is_refused(path: Path) -> None:
    Record.open(path, create=True).close()
    path.chmod(0o444)
    with pytest.raises(RecordError, match="read-only"):
        Record.open(path)


def test_a_place_that_may_not_be_written_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Record.open(path, create=True).close()
    monkeypatch.setattr(database.os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(RecordError, match="read-only; give write permission"):
        Record.open(path)
    with pytest.raises(RecordError, match=r"folder .* is read-only"):
        Record.open(path.with_name("other.record"), create=True)


def test_a_network_path_is_refused_before_anything_is_touched(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "network_place", lambda _path: "nfs file system on /data")
    with pytest.raises(RecordError, match=r"on a network \(nfs file system on /data\).*local disk"):
        Record.open(path, create=True)
    assert not path.exists()


def test_a_unc_path_is_refused() -> None:
    with pytest.raises(RecordError, match="UNC path"):
        Record.open(Path(r"\\server\share\bench.record"), create=True)


def test_an_old_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.sqlite, "sqlite_version_info", (3, 45, 1))
    with pytest.raises(RecordError, match=r"too old.*3\.51\.3 or later"):
        Record.open(path, create=True)
    assert not path.exists()
