"""The plan: the same calls as the run, the same durations within what settling may add, and honest about the reference."""

from pathlib import Path

import pytest

from testbench.criteria.standard import load_standard
from testbench.engine.plan import SuiteItem, make_plan, suite_of
from testbench.engine.procedure import Text
from testbench.engine.registry import find_procedure, procedure_names
from testbench.errors import StationError
from testbench.record.rows import finding_columns

SHORT = {"warm-up": {"duration_h": 1.0}, "drift": {"days": 2}}
OF_VELOCITY = {"velocity-error", "velocity-field"}  # they need a flow rig only where nobody enters the reference


@pytest.mark.parametrize("name", procedure_names())
def test_a_plan_lists_the_calls_that_the_run_makes(simulated_station, flow_station, direct_bench, name):
    procedure = find_procedure(name)
    settings = SHORT.get(name, {})
    file = flow_station() if "flow_rig" in procedure.roles or name in OF_VELOCITY else simulated_station()
    plan = make_plan(file, [SuiteItem(procedure, procedure.configure(settings), Text("", ""))], None)
    made = direct_bench(file, wait_every_s=3600.0)
    made.run(name, **settings)
    assert [step.call for step in plan.steps] == [call for call, _, _ in made.ledger.steps]
    assert made.clock.now() == pytest.approx(plan.duration_s, rel=0.1)
    assert made.clock.now() >= plan.duration_s - 1.0
    for finding in made.ledger.findings:  # each of them can be recorded
        assert finding_columns("R01", finding)["characteristic"] in procedure.characteristics


def test_a_plan_of_the_whole_suite_takes_about_nine_days(simulated_station):
    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    plan = make_plan(simulated_station(), suite_of(standard), standard)
    assert 8 * 86400 < plan.duration_s < 9.5 * 86400
    assert {step.procedure for step in plan.steps} == {item.procedure.name for item in suite_of(standard)}
    assert plan.warnings == ()


def test_the_gas_of_a_plan_is_flow_times_time(simulated_station):
    procedure = find_procedure("repeatability")
    settings = procedure.configure({"zero_between": False, "repeats": 11, "interval_s": 60.0, "level": 0.75})
    plan = make_plan(simulated_station(), [SuiteItem(procedure, settings, Text("", ""))], None)
    # 4 L/min in all, half of it from the cylinder of 30 % for 15 %; settling of 4 + 3·120 + 120 s, then ten waits of 60 s
    assert plan.gas_litres["co2"] == pytest.approx(2.0 * (484.0 + 600.0) / 60.0, rel=1e-3)
    assert plan.gas_litres["zero"] == pytest.approx(2.0 * (484.0 + 600.0) / 60.0, rel=1e-3)


def test_a_cylinder_that_is_too_small_is_told_before_it_is_empty(simulated_station):
    def small(data):
        data["cylinders"]["co2"]["content_litres"] = 10.0

    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    plan = make_plan(simulated_station(small), suite_of(standard), standard)
    assert any("cylinder co2" in warning and "10 L are in it" in warning for warning in plan.warnings)


def test_a_level_whose_reference_is_too_uncertain_is_flagged_and_no_other(simulated_station):
    def rough(data):
        data["cylinders"]["co2"]["expanded_uncertainty_percent"] = 1.5

    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    plan = make_plan(simulated_station(rough), suite_of(standard), standard)
    flagged = {(step.procedure, step.level) for step in plan.steps if plan.flagged(step)}
    assert ("linearity", 0.2) not in flagged
    assert ("drift", 1.0) in flagged
    # limit 2 %F.S., a third of it 0.67: at 40 % of full scale U = 0.4·sqrt(1.5² + …) stays below, at 60 % it does not
    assert ("linearity", 0.6) in flagged
    assert ("linearity", 0.4) not in flagged


def interlocked(channel):
    def change(data):
        data["interlocks"] = {"alarm": {"channel": channel, "trip": 40.0, "release": 35.0}}

    return change


def test_an_interlock_on_a_channel_that_is_not_there_is_refused(simulated_station):
    with pytest.raises(StationError, match=r"\[interlocks.alarm\] channel: .*'humidty'; did you mean 'humidity'"):
        make_plan(simulated_station(interlocked("humidty")), (), None)


def test_an_interlock_on_a_device_that_does_not_take_part_is_told(simulated_station):
    station = simulated_station(interlocked("B"))
    assert make_plan(station, (), None).warnings == ()
    assert make_plan(station, (), None, devices=["A"]).warnings == (
        "interlock alarm: B does not take part, so nothing watches it",
    )


def test_a_gas_that_a_person_is_to_connect_has_no_uncertainty_yet(simulated_station):
    procedure = find_procedure("interference")
    settings = procedure.configure({"interferents": ["CO 300 mg/m3"]})
    plan = make_plan(simulated_station(), [SuiteItem(procedure, settings, Text("", ""))], None)
    by_hand = [step for step in plan.steps if step.call == "supply_other"]
    assert by_hand
    assert all(step.arguments.get("by_hand") for step in by_hand)
    assert {step.reference_uncertainty_percent_fs for step in by_hand} == {None}
