"""Copies of a record that is in use: the whole of it, or one evaluation with all its rows.

A copy shows one moment of the record, whoever writes meanwhile. It is written under another name, verified, put on the disk,
and only then bears its own name: what has the name is whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import MetaData, insert, select

from testbench.errors import InputError, RecordError
from testbench.record import schema
from testbench.record.chain import belongs
from testbench.record.database import Database, open_sqlite
from testbench.record.migrate import bring_up_to_date
from testbench.record.verify import Verification, verify

UNFINISHED = ".unfinished"
_COPY = "copy"  # the copy's name inside the connection that writes it


def back_up(database: Database, path: Path) -> Verification:
    """Copy a whole record, which may be written meanwhile, to a new file; return the verification of the copy.

    InputError when the file is there already; RecordError when it cannot be written. A copy of a record with problems is
    written all the same, and has them too.
    """
    with writing_anew(path) as temporary:
        with database.explained(), closing(database.engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(temporary),))
        copy = open_sqlite(temporary, create=False, anywhere=True)
        try:
            return replace(verify(copy), record=str(path))
        finally:
            copy.close()


def copy_evaluation(database: Database, evaluation: str, path: Path) -> None:
    """Copy one evaluation to a new record that has nothing else; RecordError when it cannot be written."""
    copy = open_sqlite(path, create=True, anywhere=True)
    try:
        bring_up_to_date(copy)
    finally:
        copy.close()
    with database.explained(), database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute(f"ATTACH ? AS {_COPY}", (str(path),)).close()  # before a transaction begins
        try:
            with connection.begin():
                for table in schema.metadata.sorted_tables:
                    target = table.to_metadata(MetaData(), schema=_COPY)
                    rows = select(table).where(belongs(table, evaluation))
                    connection.execute(insert(target).from_select(list(table.columns.keys()), rows))
        finally:
            raw.execute(f"DETACH {_COPY}").close()


@contextmanager
def writing_anew(path: Path) -> Iterator[Path]:
    """Give a name to write a new file under; it bears its own name once it is on the disk, and is gone after an error."""
    if path.exists():
        raise InputError(f"{path} is there already; choose another name, nothing is overwritten")
    if not path.parent.is_dir():
        raise InputError(f"{path}: the folder {path.parent} does not exist; make it or choose another")
    temporary = path.with_name(path.name + UNFINISHED)
    try:
        temporary.unlink(missing_ok=True)
        yield temporary
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError as error:
        raise RecordError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        if temporary.exists():
            temporary.unlink()
