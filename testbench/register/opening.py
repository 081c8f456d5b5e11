"""Opening the file of the registers: where it stands, whether it is one of ours, bringing it to the present schema."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

from testbench.errors import RecordError
from testbench.record.database import Database, open_sqlite
from testbench.register.schema import APPLICATION_ID, SCHEMA_VERSION, UPGRADES
from testbench.state_folder import state_folder

KIND = "register"


def default_place() -> Path:
    """The registers' file of this user."""
    return state_folder() / "registers.sqlite"


def open_registers(path: Path, *, create: bool) -> Database:
    """Open the file of the registers; RecordError says what stands against it and what to do.

    With `create` it is made where it is not there, with its folder if it is that of this user.
    """
    if create and path == default_place():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordError(f"{KIND} {path}: its folder cannot be made: {error.strerror or error}") from error
    if not create and not path.exists():
        raise RecordError(f"{KIND} {path} does not exist; check the path")
    database = open_sqlite(path, create=create, kind=KIND)
    try:
        _refuse_foreign(database)
        database.use_wal()
        _bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return database


def _refuse_foreign(database: Database) -> None:
    """Raise RecordError for the file of another program, or of a newer version of this one; change nothing."""
    with database.reading() as connection:
        mark, version = _pragma(connection, "application_id"), _pragma(connection, "user_version")
        if mark != APPLICATION_ID and (mark or version or inspect(connection).get_table_names()):
            raise RecordError(f"register {database.name} is the database of another program; choose another file")
    if version > SCHEMA_VERSION:
        raise RecordError(
            f"register {database.name} was written by a newer version of this program (its schema is {version}, this one "
            f"knows up to {SCHEMA_VERSION}); update the program"
        )


def _bring_up_to_date(database: Database) -> None:
    """Create or upgrade the tables in one transaction, if need be."""
    with database.reading() as connection:
        if _pragma(connection, "user_version") == SCHEMA_VERSION:
            return
    with database.writing() as connection:
        for version in range(_pragma(connection, "user_version"), SCHEMA_VERSION):
            UPGRADES[version](connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
