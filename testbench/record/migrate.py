"""Bringing a record's tables to the schema of this program: at creation, and after an update of the program."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from testbench.errors import RecordError
from testbench.record.database import Database
from testbench.record.schema import SCHEMA_VERSION

MIGRATIONS = Path(__file__).parent / "migrations"


def refuse_foreign(database: Database, *, create: bool) -> None:
    """Raise RecordError if the database is of another program, or empty where a record is to be; change nothing."""
    with database.reading() as connection:
        if stored_version(connection) is not None and inspect(connection).has_table("evaluation"):
            return
        if inspect(connection).get_table_names():
            raise RecordError(f"record {database.name} is the database of another program; give the path of a record")
    if not create:
        raise RecordError(f"record {database.name} is empty, not a record; check the path")


def bring_up_to_date(database: Database) -> None:
    """Create or migrate the tables in one transaction, if need be; RecordError for a schema newer than this program's."""
    with database.reading() as connection:
        if stored_version(connection) == SCHEMA_VERSION:
            return
    with database.writing() as connection:
        if stored_version(connection) != SCHEMA_VERSION:  # nobody else has done it meanwhile
            upgrade(connection, database.name)


def stored_version(connection: Connection) -> str | None:
    """Return the schema version of a database; None if it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection, name: str) -> None:
    """Run the migrations that the database lacks. Alembic is imported here, as only a change of schema needs it."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise RecordError(
            f"record {name} was written by a newer version of this program (its schema is {stored_version(connection)}, "
            f"this one knows up to {SCHEMA_VERSION}); update the program"
        ) from error
