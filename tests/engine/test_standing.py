"""Where an evaluation stands: the record and the lock of its process together tell."""

import pytest

from testbench.engine.control import ControlFile
from testbench.engine.standing import Standing, stand
from testbench.outcome import Outcome, RunState


def test_without_its_process_an_evaluation_is_lost(going):
    assert stand(going.record, going.evaluation).standing is Standing.LOST
    with ControlFile.hold(going.path, going.evaluation) as control:
        found = stand(going.record, going.evaluation)
        assert (found.standing, found.process) == (Standing.RUNNING, control.info)
    assert stand(going.record, going.evaluation).standing is Standing.LOST


def test_a_paused_one_is_told_from_a_running_one(going):
    going.record.set_evaluation_state(going.evaluation, RunState.PAUSED)
    assert stand(going.record, going.evaluation).standing is Standing.LOST
    with ControlFile.hold(going.path, going.evaluation):
        assert stand(going.record, going.evaluation).standing is Standing.PAUSED


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (RunState.FINISHED, Standing.FINISHED),
        (RunState.ABORTED, Standing.ABORTED),
        (RunState.INTERRUPTED, Standing.CLOSED),
    ],
)
def test_what_is_over_stays_so_whoever_holds_the_file(going, state, standing):
    going.record.finish_run(going.run, state=state, outcome=None, bench_time=1.0, finished=going.at)
    going.record.finish_evaluation(going.evaluation, outcome=Outcome.ERROR, finished=going.at, state=state)
    with ControlFile.hold(going.path, going.evaluation):
        found = stand(going.record, going.evaluation)
    assert (found.standing, found.process) == (standing, None)
    assert not standing.goes_on
    assert not standing.resumable


def test_an_interrupted_one_can_be_gone_on_with(going):
    going.record.interrupt_evaluation(going.evaluation, outcome=Outcome.ERROR, reason="no answer", at=going.at)
    found = stand(going.record, going.evaluation)
    assert found.standing is Standing.INTERRUPTED
    assert found.standing.resumable
    with ControlFile.hold(going.path, going.evaluation) as control:  # somebody does
        found = stand(going.record, going.evaluation)
        assert (found.standing, found.process) == (Standing.RUNNING, control.info)


def test_one_that_ends_while_it_is_looked_at_is_not_called_lost(going, monkeypatch):
    def ended(record, evaluation):
        going.record.finish_run(going.run, state=RunState.FINISHED, outcome=None, bench_time=1.0, finished=going.at)
        going.record.finish_evaluation(evaluation, outcome=Outcome.PASS, finished=going.at)

    monkeypatch.setattr("testbench.engine.standing.find_process", ended)
    assert stand(going.record, going.evaluation).standing is Standing.FINISHED
