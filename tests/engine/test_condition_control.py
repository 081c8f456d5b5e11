"""Conditions of the environment: set by an instrument and waited for, or by a person who says what was reached."""

from dataclasses import replace

import pytest

from testbench.engine.condition_control import POSSIBLE, UNITS, ask_condition, condition_prompt
from testbench.engine.dry import DryBench
from testbench.engine.steps import Answer
from testbench.errors import InputError, InstrumentError, UnsuppliableError


class Chamber:
    """A climate chamber on the simulated bench: the plant follows it after `late_s`, or not at all."""

    name = "chamber"
    channel = "environment.temperature"
    unit = "°C"
    low, high = -40.0, 60.0
    tolerance, stable_s, reach_s, uncertainty = 0.5, 60.0, 600.0, 0.1

    def __init__(self, plant, follows=True):
        self.plant = plant
        self.follows = follows
        self.settings = []

    def check(self, value):
        if not self.low <= value <= self.high:
            raise UnsuppliableError(
                f"{self.name}: temperature can be set from {self.low:g} to {self.high:g} °C, not {value:g}"
            )

    def set_condition(self, value):
        self.settings.append(value)
        if self.follows:
            self.plant.set_condition("temperature", value)


@pytest.fixture
def chamber(simulated_station, direct_bench):
    """A bench with a chamber."""

    def make(follows=True, **changed):
        made = direct_bench(simulated_station())
        control = Chamber(made.plant, follows)
        for key, value in changed.items():
            setattr(control, key, value)
        made.bench._equipment = replace(made.bench._equipment, controls={"temperature": control})
        made.bench._reckoning._controls = made.bench._equipment.controls
        return made, control

    return make


def test_a_condition_is_set_and_waited_for_until_it_stays_within_the_tolerance(chamber):
    made, control = chamber()
    began = made.clock.now()
    found = made.bench.set_condition("temperature", 35.0)
    assert control.settings == [35.0]
    assert (found.value, found.unit, found.by, found.stable, found.uncertainty) == (35.0, "°C", "chamber", True, 0.1)
    assert found.reached == pytest.approx(35.0, abs=0.1)
    assert control.stable_s <= found.window.end - began < control.reach_s
    assert made.bench._reckoning.state.conditions == {"temperature": 35.0}
    assert made.bench._reckoning.state.complaints == ()


def test_a_condition_that_is_not_reached_in_time_is_noted_on_the_findings(chamber):
    made, control = chamber(follows=False, reach_s=120.0)
    found = made.bench.set_condition("temperature", 35.0)
    assert not found.stable
    assert found.window.end - found.window.start == pytest.approx(120.0, abs=control.stable_s / 20 + 1.0)
    (text,) = made.bench._reckoning.state.complaints
    assert text == "temperature was to be 35 °C, it is 23 °C"
    control.follows = True
    assert made.bench.set_condition("temperature", 15.0).stable
    assert made.bench._reckoning.state.complaints == (), "what is said of a condition is said of its last setting"


def test_a_value_that_cannot_be_set_is_refused_before_anything_is_touched(chamber):
    made, control = chamber()
    with pytest.raises(UnsuppliableError, match="from -40 to 60 °C, not 80"):
        made.bench.set_condition("temperature", 80.0)
    assert control.settings == []


def test_a_condition_that_nobody_knows_is_refused(chamber):
    made, _ = chamber()
    with pytest.raises(InputError, match="no condition 'moonlight'"):
        made.bench.set_condition("moonlight", 1.0)


def test_those_who_wait_are_told_how_far_it_is(chamber):
    made, _ = chamber(follows=False, reach_s=1500.0)
    heard = []
    made.bench._observer.notice = heard.append
    made.bench.set_condition("temperature", 35.0)
    assert heard == ["chamber: at 23 °C on its way to 35 °C"] * 2 + ["temperature was to be 35 °C, it is 23 °C"]


def test_after_a_pause_a_condition_is_set_again_and_must_be_there_again(chamber):
    made, control = chamber(reach_s=120.0)
    made.bench.set_condition("temperature", 35.0)
    made.bench.quieten()
    made.bench.supply(0.5)
    assert control.settings == [35.0, 35.0]
    made.plant.set_condition("temperature", 23.0)  # the chamber was driven to its safe state meanwhile …
    made.clock.wait_until(made.clock.now() + 300.0)
    control.follows = False  # … and does not come back
    with pytest.raises(InstrumentError, match=r"chamber: temperature did not come back to 35 °C within 12. s"):
        made.bench.restore_conditions()


class Person:
    """Gives these answers in turn."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)
        self.asked = []

    def ask(self, prompt):
        self.asked.append(prompt)
        number = self.numbers.pop(0)
        return Answer(text=f"{number:g}", number=number, by="Li")

    def set_condition(self, quantity, prompt):
        return self.ask(prompt)


def test_what_no_instrument_sets_a_person_sets_and_says_what_was_reached(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    person = made.bench._operator = Person(236.5)
    found = made.bench.set_condition("voltage", 242.0)
    assert (found.value, found.reached, found.unit, found.by, found.window) == (242.0, 236.5, "V", "Li", None)
    (prompt,) = person.asked
    assert (prompt.text, prompt.unit, prompt.expected) == (
        "Set voltage to 242 V, wait until it is stable, and enter what it is",
        "V",
        242.0,
    )


def test_a_person_who_reached_something_else_is_believed_and_it_is_noted(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    made.bench._operator = Person(198.0)
    assert made.bench.set_condition("voltage", 242.0).reached == 198.0
    assert made.bench._reckoning.state.complaints == ("voltage was to be 242 V, it is 198 V",)


def test_an_answer_that_cannot_be_is_asked_for_again():
    person, heard = Person(2420.0, -5.0, 241.0), []
    answer = ask_condition(person, "voltage", condition_prompt("voltage", 242.0, "V"), heard.append)
    assert answer.number == 241.0
    assert heard == [
        "2420 V cannot be, it lies outside 0 to 1000 V; enter what was reached",
        "-5 V cannot be, it lies outside 0 to 1000 V; enter what was reached",
    ]


def test_every_condition_that_a_person_may_set_has_limits_of_what_can_be():
    assert {unit for unit in UNITS.values() if unit not in POSSIBLE} == {"L/min"}


def test_the_simulated_operator_sets_the_condition_in_the_simulated_laboratory(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    found = made.bench.set_condition("voltage", 242.0)
    assert (found.reached, found.by) == (242.0, "simulated operator")
    made.bench.wait(5.0)
    assert made.plant.sensor("supply").value() == pytest.approx(242.0)


def test_a_plan_knows_how_long_a_condition_takes_and_what_cannot_be_set(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    chamber = Chamber(made.plant)
    equipment = replace(made.bench._equipment, controls={"temperature": chamber})
    dry = DryBench(equipment, line=made.bench.line, component="CO2", wait_every_s=60.0)
    found = dry.set_condition("temperature", 35.0)
    assert (found.reached, found.by) == (35.0, "chamber")
    assert dry.set_condition("voltage", 242.0).by == "plan"
    assert [(step.call, step.duration_s) for step in dry.steps] == [("set_condition", 330.0), ("set_condition", 0.0)]
    with pytest.raises(UnsuppliableError):
        dry.set_condition("temperature", 61.0)
    assert chamber.settings == []
