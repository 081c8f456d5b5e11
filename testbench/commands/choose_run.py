"""Which evaluation a command is about: its record, and where it stands."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from testbench.errors import InputError, TestbenchError
from testbench.office.going_on import what_then
from testbench.office.known_records import known_records

if TYPE_CHECKING:
    from testbench.engine.standing import Stand
    from testbench.record.store import Record

DEFAULT = Path("result") / "record.sqlite"
LISTED = 8  # candidates that an error lists


@dataclass(frozen=True, slots=True)
class Chosen:
    """An evaluation in an open record, and where it stood when the command began."""

    record: Record
    stand: Stand

    @property
    def evaluation(self) -> str:
        """Its identifier."""
        return self.stand.row.identifier

    def require_going(self) -> None:
        """Refuse an evaluation that no process runs, with what can be done instead."""
        standing = self.stand.standing
        if standing.goes_on:
            return
        if standing.resumable:
            raise InputError(f"{self.evaluation} is {standing}, no process runs it; {what_then(self.evaluation)}")
        raise InputError(f"{self.evaluation} is over ({standing})")


def add_record(parser: argparse.ArgumentParser) -> None:
    """Add --record."""
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help=f"the record ({DEFAULT} if it is there, else those that you used lately)",
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add RUN and --record."""
    parser.add_argument(
        "wanted",
        metavar="RUN",
        help="identifier of an evaluation or of one of its runs, a part of it that no other has, or `last`",
    )
    add_record(parser)


@contextlib.contextmanager
def chosen(arguments: argparse.Namespace) -> Iterator[Chosen]:
    """Open the record that has the wanted evaluation; InputError if none has, or if several are meant."""
    if not arguments.wanted.strip():
        raise InputError("which evaluation? RUN is empty; give an identifier, a part of one, or `last`")
    from testbench.engine.standing import stand

    with contextlib.ExitStack() as opened:
        for paths in _places(arguments.record):
            records = open_records(paths, opened, strict=arguments.record is not None)
            matches = [(record, name) for record in records for name in _matches(record, arguments.wanted)]
            if not matches:
                continue
            if arguments.wanted == "last":
                matches = [max(matches, key=lambda match: match[1])]
            if len(matches) > 1:
                raise InputError(_ambiguous(arguments.wanted, matches))
            ((record, evaluation),) = matches
            yield Chosen(record, stand(record, evaluation))
            return
        raise InputError(_missing(arguments.wanted, arguments.record))


def searched(record: Path | None) -> list[Path]:
    """The records that a command without RUN is about."""
    for paths in _places(record):
        if paths:
            return paths
    raise InputError(f"there is no record here ({DEFAULT}), and none that you used lately; give one with --record")


def open_records(paths: Iterable[Path], opened: contextlib.ExitStack, *, strict: bool) -> list[Record]:
    """Open records for as long as `opened` lasts; one that cannot be opened is refused if `strict`, else told."""
    from testbench.record.store import Record

    records = []
    for path in paths:
        try:
            records.append(opened.enter_context(Record.open(path)))
        except TestbenchError as error:
            if strict:
                raise
            print(f"testbench: left out: {error}", file=sys.stderr)
    return records


def _places(record: Path | None) -> Iterator[list[Path]]:
    """Where to look, one after the other."""
    if record is not None:
        yield [record]
        return
    if DEFAULT.is_file():
        yield [DEFAULT]
    yield [path for path in known_records() if path != DEFAULT.absolute()]


def _matches(record: Record, wanted: str) -> list[str]:
    """The evaluations of a record that are meant: by identifier, by a part of it, by one of their runs, or the last."""
    names = [row.identifier for row in record.evaluations()]
    if wanted == "last":
        return names[-1:]
    if wanted in names:
        return [wanted]
    found = [name for name in names if wanted.lower() in name.lower()]
    if found:
        return found
    evaluation, _, _ = wanted.rpartition("-")
    return [
        name
        for name in names
        if evaluation.lower() in name.lower()
        and any(run.identifier.lower().endswith(wanted.lower()) for run in record.runs(name))
    ]


def _ambiguous(wanted: str, matches: list[tuple[Record, str]]) -> str:
    same = len({name for _, name in matches}) == 1
    names = [str(record.path) if same else name for record, name in matches]
    listing = ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")
    if same:
        return f"{wanted!r} is in several records: {listing}; say which with --record"
    return f"{wanted!r} can mean several evaluations: {listing}; give more of the identifier"


def _missing(wanted: str, record: Path | None) -> str:
    where = f"record {record}" if record is not None else f"{DEFAULT} and the records that you used lately"
    if wanted == "last":
        return f"there is no evaluation in {where}"
    return f"there is no evaluation or run {wanted!r} in {where}; `testbench runs` lists them"
