"""Vibration and insulation on the plant: what a person does and enters between two steps of the bench."""

import pytest

from testbench.engine.entering import Entered
from testbench.engine.operator import SimulatedOperator
from testbench.engine.roles import Adjustment
from testbench.errors import InputError


def steady(data):
    """Device A has no drift and no noise; the others are left out."""
    data["devices"] = {"A": data["devices"]["A"]}
    data["devices"]["A"]["truth"] = {"t90_rise_s": 20.0, "t90_fall_s": 20.0}


@pytest.fixture
def shaking(monkeypatch):
    """Have device A shift by so much of its indication, percent of full scale, when it is shaken."""

    def make(made, percent_fs):
        def ask(self, prompt):
            if "shake each" in prompt.text:
                made.plant.adjust("A", Adjustment.ZERO, 0.0, 20.0 * percent_fs / 100.0)
            return original(self, prompt)

        original = SimulatedOperator.ask
        monkeypatch.setattr(SimulatedOperator, "ask", ask)

    return make


def test_a_shift_by_shaking_is_found_at_zero_and_span(simulated_station, direct_bench, shaking):
    made = direct_bench(simulated_station(steady))
    shaking(made, -1.25)
    finding = made.run("vibration")["A", "vibration_influence"]
    assert finding.value == pytest.approx(-1.25, abs=0.1)
    assert abs(finding.value + 1.25) <= finding.expanded_uncertainty
    assert finding.unit == "%F.S."
    changes = [level["change_percent_fs"] for level in finding.details["levels"]]
    assert changes == [pytest.approx(-1.25, abs=0.1)] * 2
    assert finding.value == max(changes, key=abs)


def test_a_device_that_bears_it_shows_no_influence(simulated_station, direct_bench):
    made = direct_bench(simulated_station(steady))
    finding = made.run("vibration", levels=[0.0, 0.5])["A", "vibration_influence"]
    assert abs(finding.value) <= finding.expanded_uncertainty < 0.5
    asked = [arguments["text"] for call, arguments, _ in made.ledger.steps if call == "ask"]
    assert asked[-1].startswith(
        "Take the devices off the line and shake each of them along 3 axes, sweeping from 10 to 55 Hz"
    )


def test_a_device_that_gives_no_reading_afterwards_has_no_finding(simulated_station, direct_bench, monkeypatch):
    made = direct_bench(simulated_station(steady))
    device = made.bench._equipment.devices[0]

    def ask(self, prompt):
        if "shake each" in prompt.text:
            device.read = lambda: float("nan")
        return original(self, prompt)

    original = SimulatedOperator.ask
    monkeypatch.setattr(SimulatedOperator, "ask", ask)
    finding = made.run("vibration", levels=[0.0], adjust_first=False)["A", "vibration_influence"]
    assert finding.value is None
    assert finding.notes == ("no reading after the devices were shaken",)


def test_the_insulation_resistance_that_was_entered_is_found_for_each_device(simulated_station, direct_bench, monkeypatch):
    def enter(self, form):
        rows = [{"resistance": 20.5, "expanded": 1.0, "tester": "T-1"}, {"resistance": 3.0}, {"resistance": 400.0}]
        return Entered(form.complete(rows), by="li", source="insulation.csv", digest="ab")

    monkeypatch.setattr(SimulatedOperator, "enter", enter)
    found = direct_bench(simulated_station()).run("insulation", voltage_v=250)
    assert {name: finding.value for (name, _), finding in found.items()} == {"A": 20.5, "B": 3.0, "C": 400.0}
    finding = found["A", "insulation_resistance"]
    assert (finding.unit, finding.expanded_uncertainty, finding.coverage_factor) == ("MΩ", 1.0, 2.0)
    assert finding.details["entered_by"] == "li"
    assert (finding.details["digest"], finding.details["voltage_v"]) == ("ab", 250.0)
    assert found["B", "insulation_resistance"].expanded_uncertainty is None


def test_a_negative_resistance_is_refused(simulated_station, direct_bench, monkeypatch):
    monkeypatch.setattr(
        SimulatedOperator, "enter", lambda self, form: Entered(form.complete([{"resistance": -1.0}] * 3), "li", "typed")
    )
    with pytest.raises(InputError, match="row 1: resistance: -1 is less than 0"):
        direct_bench(simulated_station()).run("insulation")
