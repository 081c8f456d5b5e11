"""A record of an earlier version of the program is brought up to date when it is opened, and says what it knows."""

from collections.abc import Callable
from pathlib import Path

from testbench.outcome import RunState
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
