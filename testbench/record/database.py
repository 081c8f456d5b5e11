"""The database under the record: a SQLite file in WAL mode, short transactions, faults in plain words.

Every transaction is a `with` block that commits at its end or leaves no trace. `writing` takes the write lock at its
beginning, so that it never fails half way for another writer; `reading` sees one state of the record throughout.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError

from testbench.errors import RecordError, RecordFullError
from testbench.record.network import network_place

OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_S = 6.0  # shorter than the guard waits for a sign of life
WAL_ATTEMPTS = 50
_ADVICE = {
    "SQLITE_FULL": "the disk is full; free some space there, everything recorded so far is kept",
    "SQLITE_IOERR": "the disk could not be read or written; check the drive and the space left, what was recorded is kept",
    "SQLITE_READONLY": "the file or its folder is read-only; give write permission or choose another record",
    "SQLITE_CANTOPEN": "the file cannot be opened; check that its folder exists and may be written to",
    "SQLITE_BUSY": "another program holds the record for too long; close it and try again",
    "SQLITE_LOCKED": "another program holds the record for too long; close it and try again",
    "SQLITE_NOTADB": "the file is not a database; give the path of a record",
    "SQLITE_CORRUPT": "the file is damaged; keep it as it is and continue with a backup or a new record",
    "SQLITE_PERM": "permission is denied; give write permission or choose another record",
    "SQLITE_NOMEM": "the computer is out of memory; close other programs",
}
_NO_ROOM = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE")
"""Codes that say, or may say, that there is no room: a limit of the file's size comes as an error of writing."""


class Database:
    """An open database: transactions for reading and writing. May be used from several threads."""

    def __init__(self, engine: Engine, name: str, *, kind: str = "record") -> None:
        self.engine = engine
        self.name = name
        self.kind = kind
        self._identity: tuple[int, int] | None = None
        self._gone = ""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the record; RecordError says what went wrong."""
        with self.explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, conflict: str = "the entry is there already") -> Iterator[Connection]:
        """Open a transaction that is on the disk when the block is left without an error.

        RecordError says what went wrong; `conflict` is its text where an entry collides with one that is there, or refers
        to one that is not. A file that was deleted or moved away since it was opened is noticed before anything is written.
        """
        self._check_still_there()
        with (
            self.explained(conflict, writing=True),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def use_wal(self) -> None:
        """Let others read while one writes (write-ahead log); the file keeps this until it is copied by `VACUUM INTO`.

        SQLite does not wait for others when it changes this, so a lock that does wait is taken before another try.
        """
        with self.explained(), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            for left in reversed(range(WAL_ATTEMPTS)):
                try:
                    (mode,) = cursor.execute("PRAGMA journal_mode = WAL").fetchone()
                    break
                except sqlite.OperationalError as error:
                    if error.sqlite_errorcode != sqlite.SQLITE_BUSY or not left:
                        raise
                    cursor.execute("BEGIN IMMEDIATE")
                    cursor.execute("ROLLBACK")
            cursor.close()
        if mode != "wal":
            raise RecordError(f"{self.kind} {self.name}: its disk does not allow a write-ahead log; choose a local disk")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _check_still_there(self) -> None:
        """Raise RecordError when the file at the path is no longer the one that is open; save a copy of that one first."""
        if not self._gone:
            try:
                status = Path(self.name).stat()
                identity = (status.st_dev, status.st_ino)
            except FileNotFoundError:
                identity = None
            if self._identity is None:
                self._identity = identity
            if identity == self._identity:
                return
            self._gone = f"{self.kind} {self.name} was deleted or moved away while it was in use; {self._save_copy()}"
        raise RecordError(self._gone)

    def _save_copy(self) -> str:
        """Copy what is still open to a new file of the temporary folder; say where it is."""
        path = Path(tempfile.mkdtemp(prefix=f"testbench-{self.kind}-")) / f"{self.kind}.sqlite"
        try:
            with closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("VACUUM INTO ?", (str(path),))
        except (sqlite.Error, DBAPIError) as error:
            return f"what had been recorded could not be saved ({error})"
        return f"what had been recorded until then was saved as {path}"

    @contextmanager
    def explained(self, conflict: str = "", *, writing: bool = False) -> Iterator[None]:
        """Turn what the database meets inside the block into a RecordError; `conflict` is its text for a collision."""
        try:
            yield
        except IntegrityError as error:
            raise RecordError(f"{self.kind} {self.name}: {conflict}") from error
        except DBAPIError as error:
            raise fault(self.name, error.orig or error, writing=writing, kind=self.kind) from error
        except sqlite.Error as error:
            raise fault(self.name, error, writing=writing, kind=self.kind) from error


def open_sqlite(path: Path, *, create: bool, anywhere: bool = False, kind: str = "record") -> Database:
    """Open (or create) a SQLite file; RecordError names what stands against it.

    `anywhere` is for a copy that no other process writes: it may lie on a network. `kind` names the file in errors.
    """
    if sqlite.sqlite_version_info < OLDEST_SQLITE:
        wanted = ".".join(map(str, OLDEST_SQLITE))
        raise RecordError(
            f"SQLite {sqlite.sqlite_version} is too old for the {kind}, {wanted} or later is needed; reinstall pysqlite3"
        )
    check_place(path, create=create, anywhere=anywhere, kind=kind)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=sqlite,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Database(engine, str(path), kind=kind)


def check_place(path: Path, *, create: bool, anywhere: bool = False, kind: str = "record") -> None:
    """Refuse a path where no database can be: network, missing folder, missing file, folder, read-only, empty of meaning."""
    if not anywhere and (place := network_place(path)):
        raise RecordError(f"{kind} {path} is on a network ({place}), where it could be damaged; choose a local disk")
    try:
        if path.is_dir():
            raise RecordError(f"{kind} {path} is a folder; give the path of a file in it")
        if not path.parent.is_dir():
            raise RecordError(f"{kind} {path}: the folder {path.parent} does not exist; make it or choose another")
        if not path.exists():
            if not create:
                raise RecordError(f"{kind} {path} does not exist; check the path, or start an evaluation to make it")
            if not os.access(path.parent, os.W_OK):
                raise RecordError(f"{kind} {path}: the folder {path.parent} is read-only; choose another")
        elif not os.access(path, os.R_OK):
            raise RecordError(f"{kind} {path} may not be read; ask its owner for permission")
        elif not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise RecordError(f"{kind} {path}: {_ADVICE['SQLITE_READONLY']}")
    except OSError as error:
        raise RecordError(f"{kind} {path} cannot be reached: {error.strerror or error}") from error


def fault(name: str, error: BaseException, *, writing: bool, kind: str = "record") -> RecordError:
    """The error to raise: RecordFullError where there is, or may be, no room; writing can go on when there is again.

    An error of the disk without further code, while writing, may be one for want of room.
    """
    code = str(getattr(error, "sqlite_errorname", ""))
    full = code.startswith(_NO_ROOM) or (writing and code == "SQLITE_IOERR")
    return (RecordFullError if full else RecordError)(explain(name, error, kind))


def explain(name: str, error: BaseException, kind: str = "record") -> str:
    """Say in one line what the database met and what to do."""
    code = str(getattr(error, "sqlite_errorname", ""))
    for prefix, advice in _ADVICE.items():
        if code.startswith(prefix):
            return f"{kind} {name}: {advice}"
    return f"{kind} {name}: the database refused: {error}"


def _prepare(connection: Any, _pooled: Any) -> None:
    """Set what SQLite forgets between connections."""
    connection.execute("PRAGMA synchronous = FULL").close()
    connection.execute("PRAGMA foreign_keys = ON").close()


def _begin(connection: Connection) -> None:
    """Begin as the transaction means to go on: a writer takes the lock at once."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
