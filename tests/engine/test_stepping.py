"""Steps that are held and attempted again: pauses, silent instruments, a full disk; the gas is set anew first."""

from dataclasses import replace

import pytest

from testbench.engine import stepping
from testbench.engine.holding import Answering, HoldError
from testbench.errors import AbortedError, InstrumentError, LeakError, RecordFullError
from testbench.findings import Finding

STABLE_AGAIN_S = 4.0 + 3 * 120.0 + 120.0  # line delay, three response times, the window of stability


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stepping, "IDLE_S", 0.001)


class Pauser:
    """Holds the bench when bench time has come to `at_s`, and lets it go after `looks` questions."""

    def __init__(self, at_s=None, looks=3):
        self.at_s = at_s
        self.looks = looks
        self.clock = None

    def check(self):
        if self.clock is not None and self.at_s is not None and self.clock.now() >= self.at_s:
            self.at_s = None
            raise HoldError("paused by the operator", self.released)

    def released(self):
        self.looks -= 1
        return self.looks < 0


class Chamber:
    """A climate chamber that keeps what it was set to."""

    name = unit = "chamber"
    channel = "environment.temperature"
    low, high = -40.0, 60.0
    tolerance, stable_s, reach_s, uncertainty = 0.5, 10.0, 20.0, 0.0

    def __init__(self):
        self.settings = []

    def check(self, value):
        assert self.low <= value <= self.high

    def set_condition(self, value):
        self.settings.append(value)


@pytest.fixture
def pausing(simulated_station, direct_bench):
    """A bench and what pauses it from within."""

    def make(**options):
        pauser = Pauser()
        made = direct_bench(simulated_station(), check=pauser.check, **options)
        pauser.clock = made.clock
        return made, pauser

    return make


def flows(made):
    return {name: made.plant.controller(name).setpoint() for name in ("mfc-co2", "mfc-n2")}


def test_a_step_that_was_cut_is_attempted_again_after_the_gas_is_stable(pausing):
    made, pauser = pausing()
    made.bench.supply(0.5)
    made.bench.settle()
    pauser.at_s = made.clock.now() + 20.0
    cut_at = pauser.at_s
    averages = made.bench.average(60.0)
    assert made.ledger.cut == [(3, "paused by the operator", cut_at)]
    assert averages.window.start >= cut_at + STABLE_AGAIN_S
    assert averages.readings["A"].count == 61
    assert averages.setting == 2  # the same gas, set once more
    again = made.ledger.reestablished[-1]
    assert (again.setting, again.fraction) == (2, 0.5)
    assert again.settling.end <= averages.window.start
    assert averages.readings["A"].reference.value == pytest.approx(10.0, rel=1e-3)
    assert [text for kind, text in made.ledger.events if kind == "pause"] == ["paused by the operator", "the run goes on"]


def test_while_it_is_held_zero_gas_flows_at_a_low_flow(pausing):
    made, pauser = pausing()
    made.bench.supply(1.0)
    made.bench.settle()
    seen = []
    released = pauser.released

    def looking():
        seen.append(flows(made))
        return released()

    pauser.released = looking
    pauser.at_s = made.clock.now() + 5.0
    made.bench.average(60.0)
    assert seen[-1]["mfc-co2"] == pytest.approx(0.0, abs=0.01)
    assert seen[-1]["mfc-n2"] == pytest.approx(0.4, rel=0.05)


def test_a_wait_keeps_its_deadline_however_it_is_cut(pausing):
    made, pauser = pausing()
    made.bench.zero_gas()
    made.bench.settle()
    began = made.clock.now()
    pauser.at_s = began + 3600.0
    window = made.bench.wait(4 * 3600.0)
    assert (window.start, window.end) == (pytest.approx(began), pytest.approx(began + 4 * 3600.0))
    assert made.ledger.cut[0][0] == 3


def test_a_step_that_sets_the_gas_itself_does_not_wait_for_the_gas_before(pausing):
    made, pauser = pausing()
    made.bench.supply(1.0)
    pauser.at_s = made.clock.now() + 30.0
    made.bench.settle()
    assert made.ledger.reestablished == [None, made.ledger.reestablished[1]]
    assert made.ledger.reestablished[1].settling is None  # the step itself waits
    pauser.at_s, pauser.looks = made.clock.now() + 30.0, 1
    transition = made.bench.transition(0.0, 1.0)
    assert made.ledger.reestablished[2] is None
    assert transition.before.readings["A"].reference.value == pytest.approx(0.0, abs=1e-3)


def test_a_pause_at_a_safe_point_cuts_no_step(simulated_station, direct_bench):
    pauser = Pauser()
    wanted = []

    def safe_point():
        if wanted:
            raise HoldError(wanted.pop(), pauser.released)

    made = direct_bench(simulated_station(), safe_point=safe_point)
    made.bench.supply(0.5)
    made.bench.settle()
    wanted.append("paused by the operator")
    averages = made.bench.average(30.0)
    assert made.ledger.cut == []
    assert (averages.setting, made.ledger.reestablished[-1].setting) == (2, 2)


def test_a_full_disk_is_waited_for_and_nothing_is_lost(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    full = iter([True, True, False])
    ledger, finish = made.ledger, made.ledger.finish

    def finishing(*arguments):
        if next(full, False):
            raise RecordFullError("record r: the disk is full")
        finish(*arguments)

    ledger.finish = finishing
    made.bench.supply(0.5)
    made.bench.settle()
    averages = made.bench.average(30.0)
    assert [state for _, _, state in ledger.steps] == ["done"] * 3
    assert ledger.cut == []
    assert ("pause", "record r: the disk is full") in ledger.events
    assert averages.readings["A"].reference.value == pytest.approx(10.0, rel=1e-3)


def test_an_instrument_that_spoils_a_step_costs_attempts_not_the_run(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station())
    faults = iter([InstrumentError("mfc-co2: no answer"), InstrumentError("mfc-co2: no answer")])
    supply = made.bench._reckoning.divider.supply

    def supplying(component, content):
        error = next(faults, None)
        if error is not None:
            raise error
        supply(component, content)

    monkeypatch.setattr(made.bench._reckoning.divider, "supply", supplying)
    supplied = made.bench.supply(0.5)
    assert supplied.fraction == 0.5
    assert [reason for _, reason, _ in made.ledger.cut] == ["mfc-co2: no answer"] * 2


def test_an_instrument_that_spoils_a_step_again_and_again_ends_the_run(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station())

    def refusing(component, content):
        raise InstrumentError("mfc-co2: refuses the set-point")

    monkeypatch.setattr(made.bench._reckoning.divider, "supply", refusing)
    with pytest.raises(InstrumentError, match="refuses the set-point"):
        made.bench.supply(0.5)
    assert len(made.ledger.cut) == stepping.ATTEMPTS - 1
    assert made.ledger.steps[-1][2] == "mfc-co2: refuses the set-point"


def test_a_leak_is_not_tried_again(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station())
    monkeypatch.setattr(
        made.bench._operator, "ask", lambda prompt: pytest.importorskip("testbench.engine.steps").Answer("1", 1.0, "test")
    )
    with pytest.raises(LeakError, match="tighten the line"):
        made.bench.leak_check(2.0)
    assert made.ledger.cut == []


def test_an_abort_while_held_ends_the_run_for_good(pausing):
    made, pauser = pausing()
    made.bench.zero_gas()

    def aborting():
        raise AbortedError("aborted by the operator")

    pauser.released = aborting
    pauser.at_s = made.clock.now() + 1.0
    with pytest.raises(AbortedError, match="aborted by the operator"):
        made.bench.wait(3600.0)
    with pytest.raises(AbortedError, match="aborted by the operator"):
        made.bench.zero_gas()


def test_an_abort_while_a_finding_waits_for_room_is_for_good(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    ledger = made.ledger

    def no_room(finding):
        raise RecordFullError("record r: the disk is full")

    def aborting():
        raise AbortedError("aborted by interlock co")

    ledger.find, ledger.has_room = no_room, aborting
    with pytest.raises(AbortedError, match="interlock co"):
        made.bench.report(Finding("A", "zero_drift", 0.1, "%F.S."))
    with pytest.raises(AbortedError, match="interlock co"):
        made.bench.supply(1.0)
    assert flows(made)["mfc-co2"] == pytest.approx(0.0, abs=0.01)


def test_the_bench_is_quiet_before_the_record_is_told_of_a_pause(pausing):
    made, pauser = pausing()
    made.bench.supply(1.0)
    told = []
    made.ledger.pause = lambda reason: told.append(flows(made)["mfc-co2"])
    pauser.at_s = made.clock.now() + 5.0
    made.bench.settle()
    assert told == [pytest.approx(0.0, abs=0.01)]


def test_a_run_goes_on_only_when_the_record_says_so(pausing):
    made, pauser = pausing()
    made.bench.supply(0.5)
    full = iter([True, False])
    go_on = made.ledger.go_on

    def going_on():
        if next(full):
            raise RecordFullError("record r: the disk is full")
        go_on()

    made.ledger.go_on = going_on
    pauser.at_s = made.clock.now() + 5.0
    made.bench.settle()
    assert ("pause", "the run goes on") in made.ledger.events


def test_conditions_are_set_again_before_a_step_that_sets_the_gas_itself(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    chamber = Chamber()
    made.bench._equipment = replace(made.bench._equipment, controls={"temperature": chamber})
    made.bench._reckoning._controls = made.bench._equipment.controls
    made.bench.set_condition("temperature", 40.0)
    made.bench.quieten()
    made.bench.supply(0.5)
    assert chamber.settings == [40.0, 40.0]


def test_who_asks_several_silent_instruments_gives_signs_of_life_in_between():
    class Silent:
        def request(self):
            raise InstrumentError("no answer")

    beats = []
    answering = Answering(
        [Silent()] * 3, InstrumentError("no answer"), None, all_of_them=False, alive=lambda: beats.append(1)
    )
    assert not answering()
    assert len(beats) == 3
