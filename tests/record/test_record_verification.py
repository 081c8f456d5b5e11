"""Verification finds and names what was changed, removed, inserted or re-ordered; a head that was kept finds the rest."""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from testbench.errors import RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.chain import COVERED, Kind, due_rows, link
from testbench.record.model import AmendmentKind, CommandKind, EvaluationStart
from testbench.record.pictures import Picture
from testbench.record.store import Record


def write_steps(record: Record, evaluation: str, run: str, moment: dt.datetime, count: int = 3) -> None:
    channel = record.channel(evaluation, "a.co2", quantity="content", unit="%", resolution=0.01, device="a")
    writer = record.readings(evaluation)
    for number in range(count):
        begun = number * 600.0
        step = record.begin_step(run, "average", {"n": number}, bench_time=begun, started=moment)
        for second in range(300):
            writer.add(channel, begun + second, second / 7, 0 if second % 50 else 1, f"r{second}")
        record.finish_step(
            run, step, result={"mean": -0.0}, error=None, bench_time=begun + 300, finished=moment,
            state={"gas": "zero\0"}, laboratory=[{"at": begun}],
        )  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, start: EvaluationStart, moment: dt.datetime) -> Path:
    """A record whose evaluation has an entry of every kind, and is finished; to be copied."""
    path = tmp_path_factory.mktemp("filled") / "bench.record"
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(start)
        run = record.begin_run(evaluation, "linearity", {}, clause="7", number=1, bench_time=0.0, started=moment)
        enter_every_kind(record, evaluation, run, moment)
    return path


@pytest.fixture
def record(path: Path, filled: Path, request: pytest.FixtureRequest) -> Iterator[Record]:
    """An empty record, or for who wants it `full`, a copy of the filled one."""
    if "full" in request.fixturenames:
        shutil.copyfile(filled, path)
    with Record.open(path, create=True) as opened:
        yield opened


@pytest.fixture
def full(record: Record) -> str:
    """An evaluation with an entry of every kind; finished."""
    (row,) = record.evaluations()
    return row.identifier


def enter_every_kind(record: Record, evaluation: str, run: str, moment: dt.datetime) -> None:
    write_steps(record, evaluation, run, moment)
    failed = record.begin_step(run, "supply", {}, bench_time=2000.0, started=moment)
    record.finish_step(run, failed, result=None, error="got '\udcff'", bench_time=2001.0, finished=moment)
    record.interrupt_evaluation(evaluation, outcome=Outcome.ERROR, reason="no answer", at=moment, verdicts=[{"n": 0}])
    record.reopen_evaluation(evaluation)
    record.reopen_run(run)
    record.retry_step(run, failed, reason="no answer", ended_at=2001.0, ended=moment, bench_time=2100.0, started=moment)
    record.finish_step(run, failed, result={}, error=None, bench_time=2200.0, finished=moment)
    record.add_findings(run, [Finding("a", "linearity_error", 0.5, "%F.S."), Finding("a", "drift", None, "%F.S.")])
    record.event(evaluation, run, "gap", "a: 无应答", bench_time=12.0, at=moment)
    command = record.commands.give(evaluation, CommandKind.PAUSE, {"reason": "coffee"}, by="li", at=moment)
    record.commands.take(command, reply="paused", at=moment)
    for answer in (True, False):
        number = record.prompts.ask(
            evaluation, run, text="p?", unit="hPa", expected=1e3, bench_time=1.0, at=moment, wants_picture=answer,
            choices=() if answer else ("a", "b"),
        )  # fmt: skip
        if answer:
            picture = Picture("p.png", "image/png", b"pixels")
            record.prompts.answer(number, text="1013", value=1013.0, by="li", at=moment, picture=picture)
        else:
            record.prompts.withdraw(number, at=moment)
    table = record.prompts.ask(
        evaluation, run, text="t?", unit="", expected=None, bench_time=1.0, at=moment, form={"columns": ["a"]}
    )
    record.prompts.fill_in(table, {"rows": [{"a": 1.5}]}, text="1 rows", by="li", at=moment)
    alarm = record.alarms.trip(
        evaluation, name="co", action="warn", text="CO", channel="a.co2", value=3.0, bench_time=1.0, at=moment
    )
    record.alarms.release(alarm, bench_time=2.0, at=moment)
    record.alarms.acknowledge(alarm, by="li", at=moment)
    record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=2200.0, finished=moment)
    record.finish_evaluation(evaluation, outcome=Outcome.PASS, finished=moment, verdicts=[{"outcome": "pass"}])
    record.amendments.enter(
        evaluation, AmendmentKind.EXCLUDE, finding=1, reason="leak", by="li", at=moment, outcome=Outcome.INCONCLUSIVE,
        verdicts=[{"outcome": "inconclusive"}], after=0,
    )  # fmt: skip


def tamper(path: Path, *statements: str) -> None:
    connection = sqlite.connect(path)
    for statement in statements:
        assert connection.execute(statement).rowcount > 0, statement
    connection.commit()
    connection.close()


def problems(record: Record) -> tuple[str, ...]:
    result = record.verify()
    assert result.passed == (not result.all_problems)
    return result.all_problems


def test_a_record_as_it_was_written_passes(record: Record, full: str, start: EvaluationStart) -> None:
    record.begin_evaluation(start)
    result = record.verify()
    assert result.all_problems == ()
    assert result.passed
    assert [check.evaluation for check in result.evaluations] == sorted(row.identifier for row in record.evaluations())
    check = next(check for check in result.evaluations if check.evaluation == full)
    assert (check.steps, check.readings, check.blocks, check.waiting, check.since) == (4, 900, 3, 0, "")
    assert check.head == record.head(full)


def test_a_running_evaluation_passes_and_says_what_is_not_sealed(
    record: Record, evaluation: str, run: str, channel: int, moment: dt.datetime
) -> None:
    record.begin_step(run, "average", {}, bench_time=0.0, started=moment)
    writer = record.readings(evaluation)
    for second in range(70):
        writer.add(channel, float(second), 1.0, 0)
        writer.flush()
    (check,) = record.verify().evaluations
    assert (check.problems, check.waiting, check.readings) == ((), 70, 0)


CHANGES = {
    "UPDATE evaluation SET station_text = 'x'": "what the evaluation was begun with was changed after it was recorded",
    "UPDATE evaluation SET request = '{\"suite\":[]}'": "what the evaluation was begun with was changed",
    "UPDATE evaluation SET outcome = 'fail'": "the end of the evaluation was changed",
    "UPDATE channel SET unit = 'ppm'": r"channel a\.co2 was changed",
    "UPDATE run SET settings = '{\"passes\":2}'": "the beginning of run R01 was changed",
    "UPDATE run SET ended_at = 1.0": "the end of run R01 was changed",
    "UPDATE step SET result = '{\"mean\":1.0}' WHERE number = 2": "step 2 of run R01 was changed",
    "UPDATE step SET began_at = 601.0 WHERE number = 2": "step 2 of run R01 was changed",
    "UPDATE step SET state = NULL WHERE number = 1": "step 1 of run R01 was changed",
    "UPDATE attempt SET reason = 'none'": "attempt 1 of step 4 of run R01 was changed",
    "UPDATE laboratory SET document = '{}' WHERE number = 2": "command 2 of the simulated laboratory was changed",
    "UPDATE finding SET value = 0.4 WHERE characteristic = 'linearity_error'": (
        r"finding 1 \(linearity_error of device a, run R01\) was changed"
    ),
    "UPDATE verdict SET document = '{\"outcome\":\"fail\"}' WHERE judging = 2": "verdict 2 was changed",
    "UPDATE event SET text = 'nothing'": "event 1 was changed",
    "UPDATE command SET by = 'wang'": "command 1 was changed",
    "UPDATE command SET reply = 'no'": "the reply to command 1 was changed",
    "UPDATE prompt SET text = 'q?' WHERE number = 1": "prompt 1 was changed",
    "UPDATE prompt SET answer_number = 1014.0 WHERE number = 1": "the answer to prompt 1 was changed",
    "UPDATE prompt SET choices = '[\"a\"]' WHERE number = 2": "what prompt 2 offers was changed",
    "UPDATE prompt SET form = '{}' WHERE number = 3": "the form of prompt 3 was changed",
    """UPDATE prompt SET entered = '{"rows":[]}' WHERE number = 3""": "what was entered in the form of prompt 3 was changed",
    "UPDATE prompt SET choices = NULL WHERE number = 2": "what prompt 2 offers was removed",
    "UPDATE picture SET name = 'q.png'": "picture 1 was changed",
    "UPDATE picture SET data = x'00'": "picture 1 does not agree with its digest",
    "DELETE FROM picture": "picture 1 was removed after it was recorded",
    "UPDATE amendment SET reason = 'none'": "amendment 1 was changed",
    "DELETE FROM amendment": "amendment 1 was removed after it was recorded",
    "UPDATE alarm SET value = 1.0": "alarm 1 was changed",
    "UPDATE alarm SET released_at = 1.0": "the release of alarm 1 was changed",
    "UPDATE alarm SET by = 'wang'": "the acknowledgement of alarm 1 was changed",
    "UPDATE block SET digest = 'x' WHERE first = 300": r"the block of readings from 300 on of channel a\.co2 was changed",
    "UPDATE block SET minimum = -1.0 WHERE first = 300": "its extent or extremes do not agree with its readings",
    "UPDATE block SET value = (SELECT value FROM block WHERE first = 0), time = substr(time, 2) WHERE first = 300": (
        r"block of readings from 300 on of channel a\.co2 cannot be unpacked"
    ),
    "UPDATE block SET status = (SELECT status FROM block WHERE first = 0), value = "
    "(SELECT time FROM block WHERE first = 0) WHERE first = 300": "block of readings from 300",
    "UPDATE level SET data = (SELECT data FROM level WHERE first = 0 AND factor = 16) WHERE first = 300 AND factor = 16": (
        "its drawing levels do not agree with its readings"
    ),
    "DELETE FROM level WHERE first = 300": "its drawing levels do not agree with its readings",
    "DELETE FROM block WHERE first = 300": r"readings of channel a\.co2 are missing from 300 to 599",
    "DELETE FROM step WHERE number = 2": "the steps of run R01 are not numbered 1 to 3: some are missing",
    "DELETE FROM attempt": "step 4 of run R01 counts 2 attempts, others are kept",
    "DELETE FROM event": "event 1 was removed after it was recorded",
    "DELETE FROM finding WHERE number = 2": "finding 2 was removed after it was recorded",
    "INSERT INTO event (evaluation, kind, text, bench_time, at) SELECT identifier, 'x', 'y', 0.0, started FROM evaluation": (
        "event 2 has no entry in the chain: it was inserted, or its entry was removed"
    ),
    "UPDATE step SET finished = NULL WHERE number = 2": "step 2 of run R01 was never finished, but the run is finished",
    "DELETE FROM chain": "it has no hash chain: the chain was removed",
    "DELETE FROM chain WHERE number = 5": "entry 5 of the chain is missing",
    "DELETE FROM chain WHERE number IN (5, 6)": "entries 5 to 6 of the chain are missing",
    "DELETE FROM chain WHERE kind = 'end' AND number > 20": "the end of the evaluation has no entry in the chain",
    "UPDATE chain SET digest = head WHERE number = 7": (
        r"entry 7 of the chain \(.*\) does not follow from the one before it"
    ),
    "UPDATE chain SET kind = 'gift' WHERE number = 7": "entry 7 of the chain is of an unknown kind: gift",
    "UPDATE channel SET evaluation = 'E9'": "1 rows of table channel refer to rows of evaluation that are not there",
}  # fmt: skip


@pytest.mark.parametrize("statement", CHANGES)
def test_a_change_of_the_rows_is_named(record: Record, full: str, statement: str) -> None:
    tamper(record.path, statement)
    found = problems(record)
    assert any(re.search(CHANGES[statement], problem) for problem in found), found


@pytest.mark.parametrize("kind", COVERED)
def test_every_covered_column_is_in_the_digest_of_its_row(record: Record, full: str, kind: Kind) -> None:
    covered = COVERED[kind]
    for column in covered.columns:
        with record._database.writing() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            before = dict(due_rows(connection, kind, full))
            assert before, "the evaluation has such a row"
            condition = f" WHERE {covered.due}" if covered.due else ""
            connection.exec_driver_sql(f'UPDATE "{covered.table.name}" SET "{column}" = \'1234567\'{condition}')
            after = dict(due_rows(connection, kind, full))
            connection.rollback()
        assert all(after.get(key) != digest for key, digest in before.items()), column


def test_entries_in_another_order_are_named(record: Record, full: str) -> None:
    tamper(
        record.path,
        "UPDATE chain SET number = -5 WHERE number = 5",
        "UPDATE chain SET number = 5 WHERE number = 6",
        "UPDATE chain SET number = 6 WHERE number = -5",
    )
    assert any("entry 5 of the chain" in problem and "another order" in problem for problem in problems(record))


def rewrite_chain(path: Path, evaluation: str) -> None:
    """Compute all heads anew, as somebody would who knows how."""
    connection = sqlite.connect(path)
    head = ""
    wanted = "SELECT rowid, kind, key, digest FROM chain WHERE evaluation = ? ORDER BY number"
    for number, (rowid, kind, key, digest) in enumerate(connection.execute(wanted, (evaluation,)).fetchall(), 1):
        head = link(head, kind, key, digest)
        connection.execute("UPDATE chain SET number = ?, head = ? WHERE rowid = ?", (number, head, rowid))
    connection.commit()
    connection.close()


def test_a_chain_computed_anew_is_found_by_a_head_that_was_kept(record: Record, full: str) -> None:
    kept = record.head(full)
    assert record.verify(head=kept).passed
    tamper(record.path, "DELETE FROM event", "DELETE FROM chain WHERE kind = 'event'")
    rewrite_chain(record.path, full)
    assert record.verify().passed, "nothing inside the file tells"
    result = record.verify(head=kept)
    assert not result.passed
    assert "no chain has the head" in result.all_problems[0]


def test_a_record_cut_at_its_end_is_found_by_a_head_that_was_kept(
    record: Record, evaluation: str, run: str, moment: dt.datetime
) -> None:
    write_steps(record, evaluation, run, moment, count=1)
    before = record.head(evaluation)
    record.event(evaluation, None, "note", "x", bench_time=0.0, at=moment)
    kept = record.head(evaluation)
    tamper(record.path, "DELETE FROM event", "DELETE FROM chain WHERE kind = 'event'")
    assert record.verify().passed
    assert not record.verify(head=kept).passed
    assert record.verify(head=before).passed


def test_a_kept_head_says_how_much_was_added_since(
    record: Record, evaluation: str, moment: dt.datetime, start: EvaluationStart
) -> None:
    other = record.begin_evaluation(replace(start, notes="another"))
    kept = record.head(evaluation)
    assert record.verify(head=kept).agreement.endswith("(entry 1 of its chain); nothing has been added since")
    for _ in range(2):
        record.event(evaluation, None, "note", "x", bench_time=0.0, at=moment)
    result = record.verify(head=f" {kept[:32].upper()} {kept[32:]}\n")
    assert result.passed
    assert result.agreement == f"{evaluation} agrees with that head (entry 1 of its chain); 2 entries have been added since"
    assert not record.verify(other, head=kept).passed, "it is the head of the other evaluation"


@pytest.mark.parametrize("head", ["", "abc", "z" * 64, "5" * 63])
def test_what_is_no_head_is_said_to_be_none(record: Record, evaluation: str, head: str) -> None:
    assert "copy it whole" in record.verify(head=head).all_problems[0]


def test_a_head_behind_a_broken_link_does_not_agree(record: Record, full: str) -> None:
    kept = record.head(full)
    tamper(record.path, "UPDATE chain SET digest = head WHERE number = 3")
    assert any("no chain has the head" in problem for problem in record.verify(head=kept).problems)


def test_one_evaluation_can_be_verified_alone(record: Record, full: str, start: EvaluationStart) -> None:
    other = record.begin_evaluation(replace(start, notes="another"))
    tamper(record.path, f"UPDATE evaluation SET notes = 'x' WHERE identifier = '{other}'")
    assert record.verify(full).passed
    assert not record.verify(other).passed
    with pytest.raises(RecordError, match="there is no evaluation E1"):
        record.verify("E1")


def test_a_damaged_database_does_not_pass(record: Record, full: str) -> None:
    record.close()
    connection = sqlite.connect(record.path)
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_event_evaluation'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with record.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xa5" * size)
    with Record.open(record.path) as again:
        result = again.verify()
    assert not result.passed
    assert any("the database is damaged" in problem for problem in result.problems)


def test_a_migrated_evaluation_says_since_when_it_is_protected(path: Path, write_old: Callable[[str], None]) -> None:
    write_old("0002")
    with Record.open(path) as record:
        result = record.verify()
        assert result.passed
        for check in result.evaluations:
            assert check.since.startswith("schema 0002, 20")
        tamper(path, "UPDATE step SET result = '{\"mean\":2.0}' WHERE run = 'E1-R01'")
        assert any("step 1 of run R01 was changed" in problem for problem in problems(record))
