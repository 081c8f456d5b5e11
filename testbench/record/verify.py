"""Checks a record: the database itself, blocks of readings, journals, and the hash chain against the rows it covers.

    passed = nothing was found, and everything could be checked

What the chain can tell is said in `chain`: rows and entries that were changed, removed, inserted or put in another order.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.exc import DBAPIError

from testbench.errors import RecordError
from testbench.outcome import RunState
from testbench.record import schema
from testbench.record.blocks import LEVEL_FACTORS, Block, condense, decode_block, decode_level, decode_tail
from testbench.record.chain import COVERED, RESUMPTIONS, Entry, Kind, due_rows, entries, link
from testbench.record.database import Database, explain
from testbench.record.entry_names import EntryNames, entry_names, run_name
from testbench.record.model import Overview, Readings

HEAD_LENGTH = 64  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class EvaluationCheck:
    """What was checked of one evaluation, and the problems found.

    `since` is empty where the chain covers the evaluation from its beginning; else it says what the evaluation was before
    its chain was computed, and when that was: the chain protects from then on. `waiting` readings are not sealed yet.
    """

    evaluation: str
    entries: int
    head: str
    since: str
    steps: int
    blocks: int
    readings: int
    waiting: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of checking a record. `agreement` says where a head that was given belongs; empty if none was given."""

    record: str
    evaluations: tuple[EvaluationCheck, ...]
    problems: tuple[str, ...]  # of the database as a whole, and of the head that was given
    agreement: str = ""

    @property
    def all_problems(self) -> tuple[str, ...]:
        """Every problem, those of an evaluation with its identifier."""
        own = (f"{check.evaluation}: {problem}" for check in self.evaluations for problem in check.problems)
        return (*self.problems, *own)

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.all_problems


def verify(database: Database, evaluation: str | None = None, head: str | None = None) -> Verification:
    """Check a record, or one evaluation of it (the database as a whole always).

    `head` must be a head of one of the chains that are checked. RecordError if there is no such evaluation.
    """
    problems: list[str] = []
    with database.reading() as connection:
        _check_database(connection, problems)
        known = connection.scalars(select(schema.evaluation.c.identifier).order_by(schema.evaluation.c.identifier)).all()
        if evaluation is not None and evaluation not in known:
            raise RecordError(f"record {database.name}: there is no evaluation {evaluation}")
        checks = [_Check(connection, name) for name in ([evaluation] if evaluation is not None else known)]
        results = tuple(check.result() for check in checks)
        connection.rollback()  # nothing was written; a damaged database may refuse to commit even that
    agreement = ""
    if head is not None:
        wanted = "".join(head.split()).lower()
        agreement = next((text for check in checks if (text := check.agreement(wanted))), "")
        if not agreement:
            problems.append(_no_agreement(wanted))
    return Verification(database.name, results, tuple(problems), agreement)


def _no_agreement(head: str) -> str:
    if len(head) != HEAD_LENGTH or set(head) - set("0123456789abcdef"):
        return f"the head {head!r} is none: a head has {HEAD_LENGTH} hexadecimal digits; copy it whole"
    return (
        f"no chain has the head {head}: what it stood for was changed or removed since, or it is the head of another record"
    )


def _check_database(connection: Connection, problems: list[str]) -> None:
    with _noting(problems, "the database"):
        for (answer,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if answer != "ok":
                problems.append(f"the database is damaged: {answer}")
        broken = Counter((row[0], row[2]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
        problems += [
            f"{count} rows of table {table} refer to rows of {parent} that are not there"
            for (table, parent), count in broken.items()
        ]


@contextmanager
def _noting(problems: list[str], what: str) -> Iterator[None]:
    """Note what could not be checked as a problem, and go on with the next."""
    try:
        yield
    except RecordError as error:
        problems.append(f"{what} could not be checked: {error}")
    except DBAPIError as error:
        problems.append(f"{what} could not be checked: {explain('', error.orig or error)}")
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        problems.append(f"{what} could not be checked: its rows cannot be read ({error})")


@dataclass
class _Check:
    """Checks one evaluation within a transaction."""

    connection: Connection
    evaluation: str
    problems: list[str] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)  # computed from the first entry on, with their numbers
    last: Entry | None = None
    since: str = ""
    steps: int = 0
    blocks: int = 0
    readings: int = 0
    waiting: int = 0

    def result(self) -> EvaluationCheck:
        with _noting(self.problems, "the runs"):
            self._check_journal()
        with _noting(self.problems, "the readings"):
            self._check_readings()
        with _noting(self.problems, "the pictures"):
            self._check_pictures()
        names = EntryNames({}, {})
        with _noting(self.problems, "the names of channels and findings"):
            names = entry_names(self.connection, self.evaluation)
        with _noting(self.problems, "the chain"):
            self._check_chain(names)
        return EvaluationCheck(
            evaluation=self.evaluation,
            entries=0 if self.last is None else self.last.number,
            head="" if self.last is None else self.last.head,
            since=self.since,
            steps=self.steps,
            blocks=self.blocks,
            readings=self.readings,
            waiting=self.waiting,
            problems=tuple(self.problems),
        )

    def agreement(self, head: str) -> str:
        """Where a head belongs in the chain; empty if it does not."""
        number = self.heads.get(head)
        if number is None or self.last is None:
            return ""
        added = self.last.number - number
        more = f"{added} entries have been added since" if added else "nothing has been added since"
        return f"{self.evaluation} agrees with that head (entry {number} of its chain); {more}"

    # ---- journal ----------------------------------------------------------------------------------------------------

    def _check_journal(self) -> None:
        run, step, attempt = schema.run.c, schema.step.c, schema.attempt.c
        runs = select(run.identifier, run.state).where(run.evaluation == self.evaluation).order_by(run.number)
        for identifier, state in self.connection.execute(runs).all():
            name = run_name(identifier)
            wanted = select(step.number, step.finished, step.attempts).where(step.run == identifier).order_by(step.number)
            steps = self.connection.execute(wanted).all()
            self.steps += len(steps)
            if [row.number for row in steps] != list(range(1, len(steps) + 1)):
                self.problems.append(f"the steps of run {name} are not numbered 1 to {len(steps)}: some are missing")
            unfinished = [row.number for row in steps if row.finished is None]
            allowed = [] if state == RunState.FINISHED or not steps else [steps[-1].number]
            for number in unfinished:
                if number not in allowed:
                    after = "the run is finished" if state == RunState.FINISHED else "later steps are there"
                    self.problems.append(f"step {number} of run {name} was never finished, but {after}")
            kept = select(attempt.step, attempt.number).where(attempt.run == identifier).order_by(attempt.number)
            numbers: dict[int, list[int]] = {}
            for place, number in self.connection.execute(kept):
                numbers.setdefault(place, []).append(number)
            for row in steps:
                if numbers.get(row.number, []) != list(range(1, row.attempts)):
                    self.problems.append(f"step {row.number} of run {name} counts {row.attempts} attempts, others are kept")

    # ---- readings ---------------------------------------------------------------------------------------------------

    def _check_readings(self) -> None:
        channel, block, tail = schema.channel.c, schema.block.c, schema.tail.c
        channels = select(channel.number, channel.name).where(channel.evaluation == self.evaluation)
        for number, name in self.connection.execute(channels.order_by(channel.number)).all():
            following = 0
            firsts = select(block.first).where(block.channel == number).order_by(block.first)
            for first in self.connection.scalars(firsts).all():
                what = f"the block of readings from {first} on of channel {name}"
                with _noting(self.problems, what):
                    self._contiguous(first, following, name)
                    following = first + self._check_block(number, first, what)
                self.blocks += 1
            rows = self.connection.execute(select(schema.tail).where(tail.channel == number).order_by(tail.first))
            for row in rows.mappings().all():
                with _noting(self.problems, f"the latest readings of channel {name}"):
                    self._contiguous(row["first"], following, name)
                    following = row["first"] + len(decode_tail(row["count"], row["compressed"], row["data"]))
                    self.waiting += row["count"]

    def _contiguous(self, first: int, following: int, name: str) -> None:
        if first != following:
            what = (
                f"are missing from {following} to {first - 1}" if first > following else f"from {first} on are there twice"
            )
            self.problems.append(f"readings of channel {name} {what}")

    def _check_block(self, channel: int, first: int, what: str) -> int:
        """Check one block with its extremes and levels; return its count of readings."""
        columns = schema.block.c
        where = (columns.channel == channel, columns.first == first)
        row = self.connection.execute(select(schema.block).where(*where)).mappings().one()
        count = int(row["count"])
        self.readings += count
        block = Block(count, *(row[name] for name in ("time", "value", "status", "raw", "digest")))
        try:
            readings = decode_block(block, what)
        except RecordError as error:
            self.problems.append(str(error))
            return count
        if len(readings) != count or not _extent_agrees(row, readings):
            self.problems.append(f"{what}: its extent or extremes do not agree with its readings")
        level = schema.level.c
        levels = select(level.factor, level.data).where(level.channel == channel, level.first == first)
        stored = {row.factor: row.data for row in self.connection.execute(levels)}
        wanted = {factor: condense(readings, np.arange(0, count, factor)) for factor in LEVEL_FACTORS if count > factor}
        if stored.keys() != wanted.keys() or not all(
            _same(decode_level(stored[factor]), points) for factor, points in wanted.items()
        ):
            self.problems.append(f"{what}: its drawing levels do not agree with its readings")
        return count

    def _check_pictures(self) -> None:
        columns = schema.picture.c
        for number in self.connection.scalars(select(columns.number).where(columns.evaluation == self.evaluation)).all():
            row = self.connection.execute(select(columns.data, columns.digest).where(columns.number == number)).one()
            if hashlib.sha256(row.data).hexdigest() != row.digest:
                self.problems.append(f"picture {number} does not agree with its digest: it was changed")

    # ---- chain ------------------------------------------------------------------------------------------------------

    def _check_chain(self, names: EntryNames) -> None:
        present: dict[str, dict[str, Entry]] = {kind: {} for kind in COVERED}
        computed = ""
        for entry in entries(self.connection, self.evaluation):
            self._check_link(entry, names)
            computed = link(computed, entry.kind, entry.key, entry.digest)
            self.heads[computed] = entry.number
            if entry.kind == Kind.MIGRATED and entry.number == 1:
                self.since = entry.key
            elif entry.kind not in (*COVERED, *RESUMPTIONS):
                self.problems.append(f"entry {entry.number} of the chain is of an unknown kind: {entry.kind}")
            self._place(entry, present, names)
            self.last = entry
        if self.last is None:
            self.problems.append("it has no hash chain: the chain was removed")
            return
        for kind in COVERED:
            with _noting(self.problems, f"entries of kind {kind.value}"):
                self._check_rows(kind, present[kind], names)

    def _check_link(self, entry: Entry, names: EntryNames) -> None:
        number, head = (0, "") if self.last is None else (self.last.number, self.last.head)
        if entry.number != number + 1:
            gap = f"entry {number + 1}" if entry.number == number + 2 else f"entries {number + 1} to {entry.number - 1}"
            self.problems.append(f"{gap} of the chain are missing" if "entries" in gap else f"{gap} of the chain is missing")
        elif link(head, entry.kind, entry.key, entry.digest) != entry.head:
            self.problems.append(
                f"entry {entry.number} of the chain ({names.describe(entry.kind, entry.key)}) does not follow from the one "
                "before it: entries were changed, removed, inserted or put in another order here"
            )

    def _place(self, entry: Entry, present: dict[str, dict[str, Entry]], names: EntryNames) -> None:
        """Keep the entry that tells how a row is now; one that says that a row is open again takes that away."""
        if entry.kind in RESUMPTIONS:
            row = entry.key.rpartition("/")[0] if entry.kind == Kind.ATTEMPT else entry.key
            present[RESUMPTIONS[Kind(entry.kind)]].pop(row, None)
        if entry.kind not in COVERED:
            return
        before = present[entry.kind].get(entry.key)
        if before is not None and entry.kind not in (Kind.RUN_END, Kind.END):
            what = names.describe(entry.kind, entry.key)
            self.problems.append(f"{what} was entered twice (entries {before.number} and {entry.number} of the chain)")
        present[entry.kind][entry.key] = entry

    def _check_rows(self, kind: Kind, covering: dict[str, Entry], names: EntryNames) -> None:
        left = dict(covering)
        for key, digest in due_rows(self.connection, kind, self.evaluation):
            entry = left.pop(key, None)
            what = names.describe(kind, key)
            if entry is None:
                self.problems.append(f"{what} has no entry in the chain: it was inserted, or its entry was removed")
            elif entry.digest != digest:
                self.problems.append(f"{what} was changed after it was recorded (entry {entry.number} of the chain)")
        for key, entry in left.items():
            what = names.describe(kind, key)
            self.problems.append(f"{what} was removed after it was recorded (entry {entry.number} of the chain)")


def _extent_agrees(row: RowMapping, readings: Readings) -> bool:
    """Whether a block's begin, end, extremes and count of doubtful readings are those of its readings."""
    whole = condense(readings, np.zeros(1, np.int64))
    low, high = float(whole.minimum[0]), float(whole.maximum[0])
    stored = tuple(row[name] for name in ("begins", "ends", "minimum", "maximum", "doubtful"))
    return stored == (
        float(readings.time.min()),
        float(readings.time.max()),
        None if math.isnan(low) else low,
        None if math.isnan(high) else high,
        int(whole.doubtful[0]),
    )


def _same(one: Overview, other: Overview) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("time", "minimum", "maximum", "count", "doubtful")
    )
