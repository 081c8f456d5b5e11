"""Instruments that fail during a whole evaluation, over real sockets: what it costs is told and bounded, nothing made up."""

from __future__ import annotations

import pytest

from instruments.twin.faults import Fault
from testbench.engine.sampling import DEAD_AFTER
from testbench.errors import InstrumentError
from testbench.outcome import Outcome, RunState
from testbench.record.model import CommandKind

STRICT = '[faults]\ndead_device = "pause"\nwait_s = 2.0'
IMPATIENT_S = 0.2  # how long the stations of these tests wait for one reading, in two tries


# ---- devices under test -----------------------------------------------------------------------------------------------


def test_every_fault_of_a_device_costs_its_own_readings_and_nothing_else(carry_out):
    reasons = {
        Fault.SILENT: "no answer within",
        Fault.TRICKLE: "incomplete answer within",
        Fault.GARBLE: "within",
        Fault.CLOSE: "closed the connection",
        Fault.LATE: "no answer within",
        Fault.UNPLUGGED: "c",  # closed the connection, or: connection refused
    }

    def story(seen):
        for number, fault in enumerate(reasons, start=1):
            yield seen.at("average", number, ticks=4)
            seen.fault("A", fault, None if fault is Fault.UNPLUGGED else 2)
            yield seen.at("average", number, ticks=5)
            seen.mend()

    done = carry_out(story, levels=(0.2, 0.4, 0.6, 0.8))
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    assert done.gaps("A") == len(reasons)
    assert done.gaps("B") == done.gaps("C") == done.gaps("mfc-co2.flow") == 0
    told = iter(done.events("gap"))
    for reason, fell, back in zip(reasons.values(), told, told, strict=True):
        assert fell.startswith("A (TCPIP")
        assert reason in fell
        assert back == "A: answers again; 1 reading missed"
    assert list(done.events("gap")) == [text for text in done.onlooker.notices if text.startswith("A")]
    assert done.attempts() == {}


def test_a_device_that_is_unplugged_for_some_steps_is_told_of_three_times_and_judged_by_nothing_made_up(carry_out):
    def story(seen):
        yield seen.at("average", 2, ticks=3)
        seen.fault("A", Fault.UNPLUGGED)
        yield seen.at("average", 3)
        seen.mend()

    done = carry_out(story)
    fell, given_up, back = done.events("gap")
    assert fell.startswith("A (TCPIP")
    assert given_up.startswith(f"A: given up after {DEAD_AFTER} readings in a row without an answer")
    assert back == f"A: answers again; {done.gaps('A')} readings missed"
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    levels = done.findings["A"].details["levels"]
    assert [level["nominal_fraction"] for level in levels] == [0.3, 0.7]


def test_a_device_that_stays_dead_is_dropped_and_never_passes(carry_out):
    def story(seen):
        yield seen.at("average")
        seen.fault("B", Fault.SILENT)

    done = carry_out(story)
    assert done.verdicts == {"A": Outcome.PASS, "B": Outcome.INCONCLUSIVE, "C": Outcome.PASS}
    assert done.findings["B"].value is None
    assert done.gaps("A") == done.gaps("C") == 0
    assert len(done.events("gap")) == 2, "fell silent, given up"
    asked_again = done.onlooker.calls.count("") - done.onlooker.calls.index("average")  # by each step that followed
    assert done.result.real_s < (DEAD_AFTER + asked_again) * IMPATIENT_S + 20, "not at every reading"
    safe = {outcome.instrument: outcome.verified for outcome in done.result.safe}
    assert safe["mfc-co2"]
    assert safe["mfc-n2"]


def test_a_dead_device_pauses_the_run_until_a_person_goes_on_without_it(carry_out):
    states = []

    def story(seen):
        yield seen.at("average", ticks=3)
        seen.fault("A", Fault.UNPLUGGED)
        yield lambda: seen.told("paused: ")() and seen.state() is RunState.PAUSED
        states.append(seen.state())
        seen.command(CommandKind.RESUME)
        yield seen.told("the run goes on")
        states.append(seen.state())

    done = carry_out(story, more=STRICT)
    assert states == [RunState.PAUSED, RunState.RUNNING]
    (reason,) = done.attempts()["average"]
    assert reason.startswith("A (TCPIP")
    assert "resume to go on without it" in reason
    paused = done.events("pause")
    assert paused == [reason, "the run goes on"]
    assert done.verdicts == {"A": Outcome.INCONCLUSIVE, "B": Outcome.PASS, "C": Outcome.PASS}


def test_a_dead_device_that_answers_again_goes_on_with_the_run_by_itself(carry_out):
    def story(seen):
        yield seen.at("average", ticks=3)
        seen.fault("A", Fault.UNPLUGGED)
        yield seen.told("paused: ")
        seen.mend()

    done = carry_out(story, more=STRICT)
    assert len(done.attempts()["average"]) == 1
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    assert done.findings["A"].value is not None


# ---- what makes the gas -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["average", "supply"])
def test_a_controller_that_comes_back_costs_an_attempt(carry_out, call):
    """It is unplugged while it is only read, or before it is set; another time the quiet state is not reached."""

    def story(seen):
        yield seen.at(call, 2)
        seen.fault("mfc-co2", Fault.UNPLUGGED)
        yield seen.told("the quiet state could not be reached")
        assert seen.state() is RunState.PAUSED
        seen.mend()
        yield seen.told("the run goes on")
        assert seen.state() is RunState.RUNNING

    done = carry_out(story)
    (reason,) = done.attempts().pop(call)
    assert reason.startswith("mfc-co2 (TCPIP")
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    with done.open() as record:
        (run,) = record.runs(done.onlooker.evaluation)
        (again,) = [step for step in record.steps(run.identifier) if step.attempts == 2]
        (attempt,) = record.attempts(run.identifier)
    assert again.call == call
    assert again.began_at >= attempt.ended_at
    assert (again.reestablished is not None) is (call == "average"), "the gas is set anew and waited for where none is set"


def test_a_controller_that_stays_away_interrupts_the_evaluation_which_can_be_gone_on_with(carry_out):
    def story(seen):
        yield seen.at("average", 2)
        seen.fault("mfc-n2", Fault.UNPLUGGED)

    cut = carry_out(story, more=STRICT)
    assert isinstance(cut.error, InstrumentError)
    assert "mfc-n2 (TCPIP" in str(cut.error)
    with cut.open() as record:
        row = record.evaluation(cut.onlooker.evaluation)
        (run,) = record.runs(row.identifier)
    assert (row.state, run.state, row.outcome, row.finished) == (
        RunState.INTERRUPTED,
        RunState.INTERRUPTED,
        Outcome.ERROR,
        None,
    )
    assert "mfc-n2" in row.reason
    cut.onlooker.mend()
    done = carry_out(None, more=STRICT, going_on=cut)
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    with done.open() as record:
        row = record.evaluation(done.onlooker.evaluation)
        assert row.state is RunState.FINISHED
        assert record.verify().passed
