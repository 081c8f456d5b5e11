"""A record of an earlier version of the program is brought up to date when it is opened, and says what it knows."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config

from testbench.outcome import Outcome, RunState
from testbench.record.chain import Kind, Links
from testbench.record.database import open_sqlite
from testbench.record.migrate import MIGRATIONS
from testbench.record.model import AmendmentKind
from testbench.record.store import Record


def test_a_finished_evaluation_is_finished_and_a_lost_one_interrupted(path: Path, write_old: Callable[[str], None]) -> None:
    write_old("0002")
    with Record.open(path) as record:
        finished, lost = record.evaluations()
        assert (finished.state, finished.reason, finished.start.request) == (RunState.FINISHED, "", {})
        assert (lost.state, lost.reason) == (RunState.INTERRUPTED, "the program that ran it was lost")
        assert (lost.outcome, lost.finished) == (None, None)
        assert record.runs("E1")[0].state is RunState.FINISHED
        assert record.runs("E2")[0].state is RunState.INTERRUPTED
        assert [step.done for step in record.steps("E2-R01")] == [True, False]
        assert record.verdicts("E1") == [{"outcome": "pass"}]
        assert len(record.load("E1", "a")) == 3


def test_a_migrated_evaluation_has_a_chain_and_goes_on_with_it(path: Path, write_old: Callable[[str], None]) -> None:
    write_old("0002")
    with Record.open(path) as record:
        head = record.head("E2")
        assert len(head) == 64
        assert record.head("E1") != head
        record.reopen_evaluation("E2")
        record.reopen_run("E2-R01")
        assert record.evaluation("E2").state is RunState.RUNNING
        assert record.head("E2") != head


def test_a_record_of_the_schema_before_amendments_keeps_its_chain_and_can_be_amended(
    path: Path, write_old: Callable[[str], None], moment: dt.datetime
) -> None:
    write_old("0002")
    database = open_sqlite(path, create=False)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    with database.writing() as connection:
        links = Links(connection, "E1")
        values = {"at": moment.isoformat(), "by": ""}
        connection.exec_driver_sql(
            "INSERT INTO prompt (number, evaluation, text, unit, bench_time, asked, by) "
            "VALUES (1, 'E1', 'p?', '', 0.0, :at, :by)",
            values,
        )
        links.row(Kind.PROMPT, 1)
        links.close()
    database.close()
    with Record.open(path) as record:
        assert record.verify().passed
        (prompt,) = record.prompts.open("E1")
        assert (prompt.choices, prompt.wants_picture, prompt.pictures) == ((), False, ())
        record.amendments.enter(
            "E1", AmendmentKind.EXCLUDE, finding=1, reason="leak", by="li", at=moment, verdicts=[],
            outcome=Outcome.INCONCLUSIVE, after=0,
        )  # fmt: skip
        assert record.evaluation("E1").outcome is Outcome.INCONCLUSIVE
        assert record.verify().passed
