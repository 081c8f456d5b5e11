"""Instruments that fail during a whole evaluation, over real sockets: what it costs is told and bounded, nothing made up."""

from __future__ import annotations

from instruments.twin.faults import Fault
from testbench.engine.sampling import DEAD_AFTER
from testbench.errors import InstrumentError
from testbench.outcome import Outcome, RunState
from testbench.record.model import CommandKind

STRICT = '[faults]\ndead_device = "pause"\nwait_s = 2.0'
IMPATIENT_S = 0.2  # how long the stations of these tests wait for one reading, in two tries


# ---- devices under test -----------------------------------------------------------------------------------------------


def test_a_fault_of_a_device_costs_its_own_readings_and_nothing_else(carry_out):
    """One reading each for all the faults of A; B is unplugged while the gas is changed."""
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
            yield seen.at("average", number)
            seen.mend()
            yield seen.at("average", number, ticks=4)
            seen.fault("A", fault, None if fault is Fault.UNPLUGGED else 2)
            yield seen.at("average", number, ticks=5)
            seen.mend()
            if number == 2:
                seen.fault("B", Fault.UNPLUGGED)

    done = carry_out(story, levels=(0.2, 0.4, 0.6, 0.8))
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    assert done.attempts() == {}
    assert done.gaps("A") == len(reasons)
    assert done.gaps("C") == done.gaps("mfc-co2.flow") == 0
    told = done.events("gap")
    assert told == [text for text in done.onlooker.notices if text.startswith(("A", "B"))]
    of_a = iter([text for text in told if text.startswith("A")])
    for reason, fell, back in zip(reasons.values(), of_a, of_a, strict=True):
        assert reason in fell
        assert back == "A: answers again; 1 reading missed"
    fell, given_up, back = [text for text in told if text.startswith("B")]
    assert fell.startswith("B (")
    assert given_up.startswith(f"B: given up after {DEAD_AFTER} readings in a row without an answer")
    assert back == f"B: answers again; {done.gaps('B')} readings missed"
    assert done.findings["B"].value is not None, "it is judged by the readings that there are"


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


def test_a_dead_device_pauses_the_run_until_it_answers_or_a_person_goes_on_without_it(carry_out):
    states = []

    def story(seen):
        yield seen.at("average", 1, ticks=3)
        seen.fault("A", Fault.UNPLUGGED)
        yield seen.told("paused: A (")
        seen.mend()
        yield seen.told("the run goes on")
        yield seen.at("average", 2)
        seen.fault("B", Fault.UNPLUGGED)
        yield lambda: seen.told("paused: B (")() and seen.state() is RunState.PAUSED
        states.append(seen.state())
        seen.command(CommandKind.RESUME)
        yield seen.told("the run goes on", 2)
        states.append(seen.state())

    done = carry_out(story, more=STRICT)
    assert states == [RunState.PAUSED, RunState.RUNNING]
    first, second = done.attempts()["average"]
    assert first.startswith("A (")
    assert second.startswith("B (")
    assert "resume to go on without it" in second
    assert done.events("pause") == [first, "the run goes on", second, "the run goes on"]
    assert done.verdicts == {"A": Outcome.PASS, "B": Outcome.INCONCLUSIVE, "C": Outcome.PASS}


# ---- what makes the gas -----------------------------------------------------------------------------------------------


def test_a_controller_that_comes_back_costs_an_attempt(carry_out):
    """It is unplugged before it is to be set, and while it is only read."""
    calls = ["supply", "average"]

    def story(seen):
        for number, call in enumerate(calls, start=1):
            yield seen.at(call, 2)
            seen.fault("mfc-co2", Fault.UNPLUGGED)
            yield seen.told("the quiet state could not be reached: mfc-co2 (", number)
            yield lambda: seen.state() is RunState.PAUSED
            seen.mend()
            yield seen.told("the run goes on", number)
            assert seen.state() is RunState.RUNNING

    done = carry_out(story)
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    with done.open() as record:
        (run,) = record.runs(done.onlooker.evaluation)
        again = [step for step in record.steps(run.identifier) if step.attempts == 2]
        attempts = record.attempts(run.identifier)
    assert [step.call for step in again] == calls
    for step, attempt in zip(again, attempts, strict=True):
        assert attempt.step == step.number
        assert attempt.reason.startswith("mfc-co2 (TCPIP")
        assert attempt.ended_at <= step.began_at
    assert [step.reestablished is None for step in again] == [True, False], (
        "where no gas is set it is set anew and waited for"
    )


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
    done = carry_out(None, more=STRICT, going_on=cut.onlooker.evaluation)
    assert done.verdicts == dict.fromkeys("ABC", Outcome.PASS)
    with done.open() as record:
        row = record.evaluation(done.onlooker.evaluation)
        assert row.state is RunState.FINISHED
        assert record.verify().passed
