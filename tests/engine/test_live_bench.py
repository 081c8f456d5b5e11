"""The live bench: every call is a journaled step, adjustment has its limits, an abort cannot be swallowed."""

import math

import pytest

from testbench.engine.conditions import ConditionLimit
from testbench.engine.roles import Adjustment
from testbench.engine.steps import DeviceInfo
from testbench.errors import AbortedError, InputError, InstrumentError, UnsuppliableError
from testbench.findings import Finding


def test_every_call_is_in_the_journal_in_order(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    made.bench.zero_gas()
    made.bench.settle()
    made.bench.average(30.0)
    assert [(call, state) for call, _, state in made.ledger.steps] == [
        ("zero_gas", "done"),
        ("settle", "done"),
        ("average", "done"),
    ]


def test_gas_is_at_the_devices_when_the_indication_has_settled(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    supplied = made.bench.supply(0.5)
    settling = made.bench.settle()
    assert supplied.content == pytest.approx(0.10)
    assert settling.waited_s >= 4.0 + 3 * 120.0 + 120.0
    assert all(evidence.stable for evidence in settling.evidence.values())
    readings = made.bench.average(60.0).readings
    assert readings["A"].reference.value == pytest.approx(10.0, rel=1e-3)
    for device in made.bench.devices:
        assert readings[device.name].indication.value == pytest.approx(10.0, rel=0.05)


def test_settling_waits_longer_for_a_slower_device(simulated_station, direct_bench):
    def slow(data):
        data["devices"]["A"]["truth"]["t90_rise_s"] = 400.0

    quick = direct_bench(simulated_station())
    late = direct_bench(simulated_station(slow))
    waited = []
    for made in (quick, late):
        made.bench.zero_gas()
        made.bench.settle()
        made.bench.supply(1.0)
        waited.append(made.bench.settle().waited_s)
    assert waited[1] > waited[0] + 200.0


def test_a_device_that_never_settles_is_said_to_be_unstable_when_the_time_is_up(simulated_station, direct_bench):
    def endless(data):
        data["devices"]["A"]["truth"]["t90_rise_s"] = 20000.0

    made = direct_bench(simulated_station(endless))
    made.bench.supply(1.0)
    settling = made.bench.settle(timeout_s=600.0)
    assert settling.waited_s == pytest.approx(600.0)
    assert not settling.evidence["A"].stable
    assert settling.evidence["C"].stable


def test_independent_readings_are_counted_by_the_devices_own_updates(simulated_station, direct_bench):
    def slow_update(data):
        data["devices"]["C"]["truth"]["update_s"] = 10.0
        data["devices"]["C"]["truth"]["noise_percent_fs"] = 1.0

    made = direct_bench(simulated_station(slow_update))
    made.bench.zero_gas()
    made.bench.settle()
    reading = made.bench.average(60.0).readings["C"]
    type_a = next(c for name, c in reading.indication.components.items() if name.endswith("repeatability"))
    assert type_a.degrees_of_freedom == 6


def test_adjustment_brings_the_indication_to_the_reference(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    made.bench.zero_gas()
    made.bench.settle()
    zero = made.bench.adjust(Adjustment.ZERO)
    made.bench.supply(1.0)
    made.bench.settle()
    span = made.bench.adjust(Adjustment.SPAN)
    for device in made.bench.devices:
        assert zero.devices[device.name].after == pytest.approx(0.0, abs=0.02)
        assert span.devices[device.name].after == pytest.approx(span.devices[device.name].reference.value, abs=0.02)
        assert abs(zero.devices[device.name].before.value) > 0.015


def test_an_unadjusted_interval_cannot_be_adjusted_in(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    made.bench.zero_gas()
    with made.bench.unadjusted(), pytest.raises(InputError, match="must stay unadjusted"):
        made.bench.adjust(Adjustment.ZERO)
    assert "adjust" not in [call for call, _, _ in made.ledger.steps]


def test_a_span_without_span_gas_is_not_adjusted_and_the_device_is_not_judged_by_it(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    made.bench.zero_gas()
    made.bench.settle()
    adjusted = made.bench.adjust(Adjustment.SPAN).devices["A"]
    assert adjusted.before is None
    assert adjusted.by == "not adjusted"
    assert ("adjustment", "A: span not adjusted") in [(kind, text[:20]) for kind, text in made.ledger.events]
    assert "does span gas reach it?" in made.ledger.events[0][1]


def test_after_an_abort_every_call_raises_also_in_finally(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    made.bench.stop("aborted by the operator")

    def stubborn() -> None:
        try:
            made.bench.zero_gas()
        finally:
            made.bench.supply(1.0)

    with pytest.raises(AbortedError, match="aborted by the operator"):
        stubborn()
    assert made.ledger.steps == []


def test_a_gas_that_cannot_be_made_is_refused_and_the_step_says_so(simulated_station, direct_bench):
    def weak(data):
        data["cylinders"]["co2"]["fraction_percent"] = 15.0

    made = direct_bench(simulated_station(weak))
    with pytest.raises(UnsuppliableError, match="15"):
        made.bench.supply(1.0)
    call, _, state = made.ledger.steps[-1]
    assert call == "supply"
    assert "15" in state


def test_a_finding_that_cannot_be_computed_is_kept_without_a_value(simulated_station, direct_bench):
    made = direct_bench(simulated_station())

    def fails(device: DeviceInfo, characteristic: str, day: int) -> Finding:
        raise ValueError(f"no reading on day {day}")

    made.bench.determine(made.bench.devices[0], "zero_drift_24h", "%F.S.", fails, 3)
    (finding,) = made.ledger.findings
    assert (finding.device, finding.characteristic, finding.unit) == ("A", "zero_drift_24h", "%F.S.")
    assert finding.value is None
    assert finding.notes == ("no reading on day 3",)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"value": math.nan}, "the value is nan"),
        ({"value": 1.0, "expanded_uncertainty": math.inf}, "the expanded uncertainty is inf"),
        ({"value": 1.0, "interval": (-math.inf, 2.0)}, "the lower end of the interval is -inf"),
    ],
)
def test_a_finding_that_is_no_finite_number_does_not_end_the_run(simulated_station, direct_bench, numbers, words):
    made = direct_bench(simulated_station())

    def computes(device: DeviceInfo, characteristic: str) -> Finding:
        return Finding(device.name, characteristic, unit="1", **numbers)

    made.bench.determine(made.bench.devices[0], "linearity_error", "1", computes)
    (finding,) = made.ledger.findings
    assert (finding.value, finding.expanded_uncertainty, finding.interval) == (None, None, None)
    assert finding.notes[0].startswith(words)


def test_conditions_are_read_from_the_sensors_and_compared_with_the_standard(simulated_station, direct_bench):
    limits = [ConditionLimit("temperature", "°C", 15.0, 20.0), ConditionLimit("humidity", "%", None, 85.0)]
    made = direct_bench(simulated_station(), limits=limits)
    temperature, humidity = made.bench.check_conditions().conditions
    assert temperature.value == pytest.approx(23.0, abs=0.5)
    assert temperature.allowed is False
    assert humidity.allowed is True
    assert [kind for kind, _ in made.ledger.events] == ["condition"]


def test_a_condition_without_a_sensor_is_asked_for_once(simulated_station, direct_bench):
    made = direct_bench(simulated_station(), limits=[ConditionLimit("frequency", "Hz", 49.0, 51.0)])
    first = made.bench.check_conditions().conditions[0]
    second = made.bench.check_conditions().conditions[0]
    assert (first.value, first.source) == (50.0, "simulated operator")
    assert second == first


def test_a_leak_ends_the_run_before_any_gas_but_zero(simulated_station, direct_bench):
    made = direct_bench(simulated_station())

    class Careful:
        def ask(self, prompt):
            from testbench.engine.steps import Answer

            return Answer(text="3.5", number=3.5, by="tester")

    made.bench._operator = Careful()
    with pytest.raises(InstrumentError, match=r"12\.5 % missing, 2 % allowed"):
        made.bench.leak_check(2.0)


def test_a_condition_that_the_standard_forbids_is_noted_on_every_finding_of_the_run(simulated_station, direct_bench):
    def hot(data):
        data["environment"]["temperature"]["truth"]["value"] = 43.0

    limits = [ConditionLimit("temperature", "°C", 15.0, 35.0)]
    made = direct_bench(simulated_station(hot), limits=limits)
    found = made.run("repeatability", repeats=3, zero_between=False)
    for finding in found.values():
        assert finding.notes == ("temperature is 43 °C; the standard asks for 15 to 35 °C",)
    made.bench.begin_run(made.ledger)
    made.bench.report(Finding("A", "other", 1.0, "%"))
    assert made.ledger.findings[-1].notes == ()
