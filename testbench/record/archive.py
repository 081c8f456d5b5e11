"""An archive: one evaluation in one file that opens on another machine, with a manifest that names what is in it.

    E20261122-134501-4f2a.zip
      manifest.json         what is in it: each file's size and SHA-256, the head of the hash chain, the program's version
      record.sqlite         the record with this evaluation alone
      station.toml          the station file, and the criteria file where a standard judged, as they were
      standard.toml
      evaluation.json       findings and verdicts
      report-zh.pdf, report-en.pdf

Everything is written and checked in a folder of its own before anything bears its final name. An archive comes from
elsewhere: nothing in it is believed before it is checked, and only these names are taken out of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from testbench import __version__
from testbench.errors import InputError, RecordError, explain
from testbench.outcome import RunState
from testbench.record import schema
from testbench.record.copies import UNFINISHED, copy_evaluation, writing_anew
from testbench.record.database import Database, open_sqlite
from testbench.record.migrate import bring_up_to_date, refuse_foreign
from testbench.record.schema import SCHEMA_VERSION
from testbench.record.states import GOING
from testbench.record.verify import Verification, verify

FORMAT = "testbench archive 1"
MANIFEST, RECORD, STATION, STANDARD = "manifest.json", "record.sqlite", "station.toml", "standard.toml"
RESULTS = ("evaluation.json", "report-zh.pdf", "report-en.pdf")
MEMBERS = (RECORD, STATION, STANDARD, *RESULTS)
_MANIFEST_LIMIT = 1_000_000  # bytes
_PIECE = 1 << 20
SHOWN_PROBLEMS = 5

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Member(BaseModel):
    """A file of an archive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bytes: Annotated[int, Field(ge=0)]
    sha256: Digest


class Manifest(BaseModel):
    """What an archive says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str
    evaluation: str
    record_head: Digest
    record_schema: str
    program: str
    created: dt.datetime
    files: dict[str, Member]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: the record's path, the manifest, and the verification of the record against its head."""

    record: Path
    manifest: Manifest
    verification: Verification


def pack(
    database: Database, evaluation: str, results: Callable[[], Mapping[str, bytes]], path: Path, *, created: dt.datetime
) -> Manifest:
    """Write the archive of an evaluation; `results` makes the files of `RESULTS`.

    InputError while the evaluation goes on, or when the file is there already; RecordError when the evaluation does not pass
    its verification, or the file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="testbench-archive-") as name, writing_anew(path) as temporary:
        folder = Path(name)
        copy_evaluation(database, evaluation, folder / RECORD)
        row, head = _ended(folder / RECORD, evaluation)
        contents = {STATION: row["station_text"].encode(), STANDARD: row["standard_text"].encode(), **results()}
        for member, data in contents.items():
            if data:
                (folder / member).write_bytes(data)
        manifest = Manifest(
            format=FORMAT,
            evaluation=evaluation,
            record_head=head,
            record_schema=SCHEMA_VERSION,
            program=f"testbench {__version__}",
            created=created,
            files={member: _measure(folder / member) for member in MEMBERS if (folder / member).exists()},
        )
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in (MANIFEST, *manifest.files):
                archive.write(folder / member, member)
    return manifest


def unpack(path: Path, folder: Path) -> Restored:
    """Take an archive apart into a new folder, everything checked: manifest, names, sizes, digests, record and its head.

    InputError when there is no such archive, or the folder is there already and not empty; RecordError when the archive is
    not what it says, and then nothing is left behind.
    """
    if not path.is_file():
        raise InputError(f"archive {path} does not exist; check the path")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already; choose a new folder, nothing is overwritten")
    unfinished = folder.absolute().with_name(folder.absolute().name + UNFINISHED)
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        manifest = _extract(path, unfinished)
        verification = _check_record(unfinished, manifest, path)
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    except OSError as error:
        raise RecordError(f"archive {path} cannot be restored to {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Restored(folder / RECORD, manifest, replace(verification, record=str(folder / RECORD)))


def _ended(record: Path, evaluation: str) -> tuple[Mapping[str, Any], str]:
    """The row of a copied evaluation, which has ended and passes its verification, and its head."""
    with _opened(record) as copy:
        with copy.reading() as connection:
            wanted = select(schema.evaluation).where(schema.evaluation.c.identifier == evaluation)
            found = connection.execute(wanted).mappings().first()
        if found is None:
            raise RecordError(f"there is no evaluation {evaluation}")
        if RunState(found["state"]) in GOING:
            raise InputError(
                f"evaluation {evaluation} has not ended (the record says {found['state']}); archive it when it has, or, if "
                f"its program was lost, after `testbench close {evaluation}`"
            )
        verification = verify(copy, evaluation)
        if not verification.passed:
            problems = "; ".join(verification.all_problems[:SHOWN_PROBLEMS])
            raise RecordError(f"{problems}: not archived; `testbench record verify` tells all that is wrong with the record")
    return dict(found), verification.evaluations[0].head


def _extract(path: Path, folder: Path) -> Manifest:
    """Take the files out of an archive, by its manifest; RecordError for whatever does not agree with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive, path)
            for name, member in manifest.files.items():
                _extract_member(archive, name, member, folder / name, path)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeError) as error:
        raise RecordError(f"archive {path} is damaged, or no archive: {error}") from error
    return manifest


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    names = Counter(archive.namelist())
    if MANIFEST not in names:
        raise RecordError(f"archive {path} has no {MANIFEST}: it is no archive of an evaluation")
    if archive.getinfo(MANIFEST).file_size > _MANIFEST_LIMIT:
        raise RecordError(f"archive {path}: its {MANIFEST} is too large to be one")
    try:
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
    except ValidationError as error:
        raise RecordError(f"archive {path}: its {MANIFEST} is wrong: {explain(error)}") from error
    if manifest.format != FORMAT:
        raise RecordError(
            f"archive {path} has the format {manifest.format!r}, this program knows {FORMAT!r}; use the program that made "
            f"it: {manifest.program}"
        )
    expected = Counter([MANIFEST, *manifest.files])
    for name in sorted((names | expected).keys()):
        if name not in (MANIFEST, *MEMBERS):
            raise RecordError(f"archive {path}: the file {name!r} does not belong into an archive; nothing was restored")
        if names[name] != expected[name]:
            raise RecordError(f"archive {path}: its manifest and its files do not agree on {name!r}; nothing was restored")
    if not {RECORD, STATION} <= manifest.files.keys():
        raise RecordError(f"archive {path} lacks {RECORD} or {STATION}; nothing was restored")
    return manifest


def _extract_member(archive: zipfile.ZipFile, name: str, member: Member, target: Path, path: Path) -> None:
    """Write one file, never more than its manifest states; its name is one of ours."""
    digest, left = hashlib.sha256(), member.bytes
    with archive.open(name) as source, target.open("xb") as file:
        while piece := source.read(min(_PIECE, left + 1)):
            digest.update(piece)
            left -= len(piece)
            if left < 0:
                break
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if left or digest.hexdigest() != member.sha256:
        raise RecordError(f"archive {path}: {name} is not what the manifest states: it was changed or damaged")


def _check_record(folder: Path, manifest: Manifest, path: Path) -> Verification:
    """Verify the record of an archive, and that the texts beside it are those in it."""
    with _opened(folder / RECORD) as database:
        refuse_foreign(database, create=False)
        bring_up_to_date(database)
        verification = verify(database, head=manifest.record_head)
        with database.reading() as connection:
            columns = schema.evaluation.c
            rows = connection.execute(select(columns.identifier, columns.station_text, columns.standard_text)).all()
    problems = list(verification.all_problems)
    if [row.identifier for row in rows] != [manifest.evaluation]:
        problems.append(f"its record does not have the evaluation {manifest.evaluation} alone")
    else:
        for name, text in ((STATION, rows[0].station_text), (STANDARD, rows[0].standard_text)):
            stored = (folder / name).read_bytes() if (folder / name).exists() else b""
            if stored != text.encode():
                problems.append(f"{name} is not the text that the record holds")
    if problems:
        raise RecordError(f"archive {path}: {'; '.join(problems[:SHOWN_PROBLEMS])}; nothing was restored")
    return verification


@contextmanager
def _opened(record: Path) -> Iterator[Database]:
    database = open_sqlite(record, create=False, anywhere=True)
    try:
        yield database
    finally:
        database.close()


def _measure(path: Path) -> Member:
    with path.open("rb") as file:
        return Member(bytes=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())
