"""Gases with another component in them: made by the divider, or connected by hand, live, planned and computed anew."""

import math

import pytest

from testbench.engine.dry import DryBench
from testbench.engine.operator import SimulatedOperator
from testbench.engine.other_gas import connected_by_hand
from testbench.errors import InputError


def with_so2(data):
    """A third controller with 1000 µmol/mol SO2, and a device that takes 1 % of it for all of its full scale."""
    cylinder = data["cylinders"]["co2"] | {"component": "SO2", "fraction_percent": 0.1, "certificate": "C-3"}
    data["cylinders"]["so2"] = cylinder
    data["instruments"]["mfc-so2"] = data["instruments"]["mfc-co2"] | {"unit_id": "C"}
    data["divider"]["controllers"]["mfc-so2"] = "so2"
    data["devices"]["A"]["truth"]["cross_sensitivity"] = {"SO2": 100.0}


def felt(data):
    data["devices"]["A"]["truth"]["cross_sensitivity"] = {"SO2": 100.0}


def settled(bench):
    bench.settle()
    return bench.average(60.0).readings["A"]


def test_the_divider_makes_an_interferent_where_its_cylinder_is_connected(simulated_station, direct_bench):
    made = direct_bench(simulated_station(with_so2))
    gas = made.bench.supply_other("SO2", 100e-6)
    assert (gas.component, gas.content, gas.fraction, gas.other.by_hand) == ("CO2", 0.0, 0.0, False)
    assert gas.other.predicted.value == pytest.approx(100e-6, rel=1e-3)
    assert gas.other.predicted.standard_uncertainty > 0.0
    assert made.plant.true_content("SO2") == pytest.approx(100e-6, rel=0.02)
    reading = settled(made.bench)
    assert reading.reference.value == pytest.approx(0.0, abs=1e-3)
    arguments = {"component": "SO2", "content": 100e-6, "fraction": 0.0}
    assert made.ledger.steps[0] == ("supply_other", arguments, "done")


def test_the_divider_makes_an_interferent_in_span_gas(simulated_station, direct_bench):
    made = direct_bench(simulated_station(with_so2))
    gas = made.bench.supply_other("SO2", 100e-6, fraction=0.5)
    assert gas.content == pytest.approx(0.1)
    assert gas.predicted.value == pytest.approx(0.1, rel=1e-3)
    assert made.plant.true_content("CO2") == pytest.approx(0.1, rel=0.02)
    assert made.plant.true_content("SO2") == pytest.approx(100e-6, rel=0.02)
    assert settled(made.bench).reference.value == pytest.approx(10.0, rel=0.01)


def test_what_has_no_cylinder_is_connected_by_hand_and_the_divider_afterwards(simulated_station, direct_bench):
    made = direct_bench(simulated_station(felt))
    bench = made.bench
    gas = bench.supply_other("SO2", 100e-6, fraction=0.5)
    assert gas.other.by_hand
    assert gas.other.by == SimulatedOperator.name
    assert (gas.content, gas.predicted.value) == (pytest.approx(0.1), pytest.approx(0.1))
    assert made.plant.true_content("SO2") == pytest.approx(100e-6)
    assert made.plant.true_content("CO2") == pytest.approx(0.1)
    with_gas = settled(bench)
    assert with_gas.reference.value == pytest.approx(10.0)
    bench.zero_gas()
    assert made.plant.true_content("SO2") == 0.0
    assert bench.connected is None
    zero = settled(bench)
    bench.supply_other("SO2", 100e-6)
    shift = settled(bench).indication.value - zero.indication.value
    assert shift == pytest.approx(0.2, abs=0.02)  # 100 %F.S. for 1 % of SO2, on a range of 20 %
    assert with_gas.indication.value > 9.0


def test_the_certified_content_and_its_uncertainty_are_the_reference(simulated_station, direct_bench, monkeypatch):
    def stating(self, form):
        row = {"SO2": 98.0, "SO2_expanded": 2.0, "CO2": 10.1, "CO2_expanded": 0.2}
        entered = type(original(self, form))(form.complete([row]), by="li", source="typed")
        self.put_on(form, entered)
        return entered

    original = SimulatedOperator.enter
    monkeypatch.setattr(SimulatedOperator, "connect", stating)
    made = direct_bench(simulated_station(felt))
    gas = made.bench.supply_other("SO2", 100e-6, fraction=0.5)
    assert gas.other.predicted.value == pytest.approx(98e-6)
    assert gas.other.predicted.standard_uncertainty == pytest.approx(1e-6)
    assert gas.predicted.value == pytest.approx(0.101)
    reference = settled(made.bench).reference
    assert (reference.value, reference.standard_uncertainty) == (pytest.approx(10.1), pytest.approx(0.1))


@pytest.mark.parametrize(("component", "content"), [("CO2", 0.1), ("SO2", 0.0), ("SO2", 1.5)])
def test_what_is_no_other_gas_is_refused_before_anything_is_touched(simulated_station, direct_bench, component, content):
    made = direct_bench(simulated_station(felt))
    with pytest.raises(InputError):
        made.bench.supply_other(component, content)
    assert made.bench.connected is None


def planned(file, equipment):
    return DryBench(equipment, line=file.station.line, component="CO2", wait_every_s=60.0)


@pytest.mark.parametrize(("change", "by_hand"), [(with_so2, False), (felt, True)])
def test_a_plan_says_who_supplies_it_and_what_it_uses(simulated_station, direct_bench, change, by_hand):
    file = simulated_station(change)
    bench = planned(file, direct_bench(file).bench._equipment)
    bench.begin_run(1, "interference")
    gas = bench.supply_other("SO2", 100e-6, fraction=0.5)
    bench.average(60.0)
    first, second = bench.steps
    assert first.arguments.get("by_hand", False) is by_hand
    assert gas.other.by_hand is by_hand
    assert (second.gas_litres.get("so2", 0.0) > 0.0) is not by_hand
    assert not math.isnan(gas.predicted.value)


def test_the_state_tells_that_a_gas_is_connected_by_hand(simulated_station, direct_bench):
    made = direct_bench(simulated_station(felt))
    made.bench.supply_other("SO2", 100e-6)
    assert connected_by_hand(made.bench._reckoning.state) == made.bench.connected
    made.bench.supply(0.5)
    assert connected_by_hand(made.bench._reckoning.state) is None
