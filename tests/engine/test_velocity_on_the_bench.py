"""Velocity as a step: the closed loop, the reference of an average, pauses and resuming, plans, and computing anew."""

import math

import pytest

from testbench.engine import stepping
from testbench.engine.assembly import assemble, shared_range
from testbench.engine.bench import least_dwell_s
from testbench.engine.dry import DryBench
from testbench.engine.holding import HoldError
from testbench.engine.plan import SuiteItem, make_plan
from testbench.engine.registry import find_procedure
from testbench.engine.steps import BenchState, Reestablished, VelocitySet, from_json, to_json
from testbench.engine.wording import describe, name_of_step
from testbench.errors import InputError, StationError, UnsuppliableError
from testbench.text import Text


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stepping, "IDLE_S", 0.001)


def calm(data):
    """No turbulence, no noise, nothing drawn."""
    data["flow_rig"]["truth"] = {"homogeneity_error_percent": 0.0, "area_error_percent": 0.0}
    data["instruments"]["ultrasonic"]["truth"] = {"error_percent": 0.0, "zero_error_m_per_s": 0.0}


def test_a_velocity_is_reached_however_wrong_the_curve_is(direct_bench, flow_station):
    made = direct_bench(flow_station())
    found = made.bench.set_velocity(10.0)
    assert found.reached
    assert found.evidence.stable
    assert abs(found.measured - 10.0) <= 0.1  # the rig's tolerance of 1 %
    assert made.plant.rig.fan.commanded == pytest.approx(100 * 10.0 / 28.6, rel=0.012)
    fan = [command.values[0] for command in made.plant.log]
    assert fan[0] == pytest.approx(100 * 10.0 / 30.0)  # first by the curve, then corrected


def test_one_correction_is_enough_where_nothing_disturbs(direct_bench, flow_station):
    made = direct_bench(flow_station(calm))
    found = made.bench.set_velocity(20.0)
    assert len(made.plant.log) == 2
    assert found.measured == pytest.approx(20.0, rel=4e-3)
    assert found.window.end - found.window.start == pytest.approx(2 * (20.0 + 30.0), abs=3.0)


def test_the_reference_of_an_average_is_the_rigs_with_its_influences(direct_bench, flow_station):
    made = direct_bench(flow_station(calm))
    setting = made.bench.set_velocity(10.0).setting
    made.bench.settle()
    averages = made.bench.average(30.0)
    reference = averages.readings["U"].reference
    assert averages.setting == setting == 1
    assert reference.value == pytest.approx(10.0, rel=4e-3)
    parts = {name: part.contribution for name, part in reference.components.items()}
    assert parts["reference.ultrasonic"] == pytest.approx(0.003 * reference.value)
    assert parts["reference.ultrasonic.zero"] == pytest.approx(0.01)
    assert parts["flow_rig.homogeneity"] == pytest.approx(0.0015 * reference.value)
    assert averages.readings["P"].reference == reference


def test_turbulence_is_in_the_reference_with_the_readings_that_it_leaves(direct_bench, flow_station):
    made = direct_bench(
        flow_station(lambda data: data["flow_rig"]["truth"].update(turbulence_time_s=20.0, turbulence_percent=10.0))
    )
    made.bench.set_velocity(10.0)
    reference = made.bench.average(60.0).readings["P"].reference
    random = next(part for name, part in reference.components.items() if name.endswith("repeatability"))
    assert random.degrees_of_freedom < 30  # of 61 readings, which one correlation time of 20 s joins


def test_a_flow_device_is_compared_with_velocity_times_area(direct_bench, flow_station):
    def one_flow_device(data):
        calm(data)
        data["devices"] = {"U": data["devices"]["U"] | {"range": [0.0, 80_000.0], "unit": "m³/h", "measurand": "flow"}}
        data["devices"]["U"] |= {"quantity": "flow", "truth": {"coefficient_error_percent": 2.0}}

    made = direct_bench(flow_station(one_flow_device))
    made.bench.set_velocity(10.0)
    made.bench.settle()
    reading = made.bench.average(30.0).readings["U"]
    assert reading.reference.unit == "m³/h"
    assert reading.reference.value == pytest.approx(10.0 * 0.7854 * 3600, rel=4e-3)
    assert reading.indication.value == pytest.approx(1.02 * reading.reference.value, rel=1e-3)
    area = reading.reference.components["flow_rig.area"].contribution
    assert area == pytest.approx(0.001 * reading.reference.value)


def test_zero_stops_the_fan_and_waits_until_the_air_stands(direct_bench, flow_station):
    made = direct_bench(flow_station(calm))
    made.bench.set_velocity(10.0)
    found = made.bench.set_velocity(0.0)
    assert found.reached
    assert made.plant.rig.fan.commanded == 0.0
    assert abs(found.measured) < 0.5


def test_a_velocity_that_the_rig_cannot_make_touches_nothing(direct_bench, flow_station):
    made = direct_bench(flow_station())
    with pytest.raises(UnsuppliableError, match="from 2 to 26 m/s"):
        made.bench.set_velocity(27.0)
    assert made.plant.log == []


def test_a_velocity_that_is_not_reached_is_told_of_and_the_readings_go_on(direct_bench, flow_station):
    made = direct_bench(flow_station(lambda data: data["instruments"]["fan"]["truth"].update(full_speed_velocity=20.0)))
    found = made.bench.set_velocity(25.0, timeout_s=300.0)
    assert not found.reached
    assert found.window.end - found.window.start == pytest.approx(300.0)
    (told,) = [text for kind, text in made.ledger.events if kind == "not stable"]
    assert "25 m/s not reached in 300 s" in told
    assert made.bench.average(10.0).readings["U"].reference.value == pytest.approx(20.0, rel=0.02)


class Pauser:
    """Holds the bench when bench time has come to `at_s`, and keeps what the fan was told meanwhile."""

    def __init__(self):
        self.at_s = None
        self.made = None
        self.fan = []

    def check(self):
        if self.made is not None and self.at_s is not None and self.made.clock.now() >= self.at_s:
            self.at_s = None
            raise HoldError("paused by the operator", self.released)

    def released(self):
        self.fan.append(self.made.plant.rig.fan.commanded)
        return True


def test_a_pause_stops_the_fan_and_the_velocity_is_set_anew(direct_bench, flow_station):
    pauser = Pauser()
    made = pauser.made = direct_bench(flow_station(), check=pauser.check)
    made.bench.set_velocity(10.0)
    made.bench.settle()
    pauser.at_s = made.clock.now() + 20.0
    averages = made.bench.average(60.0)
    assert pauser.fan == [0.0]
    again = made.ledger.reestablished[-1]
    assert (again.setting, again.velocity, again.fraction) == (2, 10.0, None)
    assert again.reaching.end <= again.settling.start <= again.settling.end <= averages.window.start
    assert averages.setting == 2
    assert averages.readings["U"].reference.value == pytest.approx(10.0, rel=0.02)


def test_after_a_loss_the_last_velocity_is_set_before_the_next_step_that_needs_it(direct_bench, flow_station):
    before = direct_bench(flow_station())
    found = before.bench.set_velocity(15.0)
    state = from_json(BenchState, to_json(BenchState(settings=1, velocity=found)))
    made = direct_bench(flow_station())
    made.bench.resume(state, {})
    made.bench.check_conditions()
    assert made.plant.log == []  # conditions need no wind
    reading = made.bench.average(20.0).readings["U"]
    assert reading.reference.value == pytest.approx(15.0, rel=0.02)
    assert made.ledger.reestablished[-1].velocity == 15.0


def test_a_stopped_fan_is_not_started_by_resuming(direct_bench, flow_station):
    made = direct_bench(flow_station())
    found = made.bench.set_velocity(0.0)
    made.bench.resume(BenchState(settings=1, velocity=found), {})
    made.bench.average(10.0)
    assert made.ledger.reestablished[-1] is None
    assert made.plant.rig.fan.commanded == 0.0


def test_results_go_to_the_journal_and_back_without_loss(direct_bench, flow_station):
    found = direct_bench(flow_station()).bench.set_velocity(10.0)
    assert from_json(VelocitySet, to_json(found)) == found
    again = Reestablished(2, None, 5.0, velocity=10.0, reaching=found.window)
    assert from_json(Reestablished, to_json(again)) == again
    assert "velocity" not in to_json(BenchState())  # records of before read the same
    assert "velocity" not in to_json(Reestablished(1, 0.5, 2.0))


# ---- plans --------------------------------------------------------------------------------------------------------------


def item(**settings):
    procedure = find_procedure("velocity-accuracy")
    return SuiteItem(procedure, procedure.configure(settings), Text(zh="", en=""))


def test_a_plan_lists_velocities_with_the_uncertainty_of_the_reference(flow_station):
    plan = make_plan(flow_station(), [item(levels=[0.1, 0.5], passes=2)], None)
    set_ = [step for step in plan.steps if step.call == "set_velocity"]
    assert [step.velocity for step in set_] == [3.0, 15.0, 15.0, 3.0, 0.0]
    assert [step.level for step in set_[:2]] == pytest.approx([0.1, 0.5])
    u = 2 * math.hypot(0.003 * 15, 0.01, 0.0015 * 15)
    assert set_[1].reference_uncertainty_percent_fs == pytest.approx(100 * u / 30)
    assert plan.gas_litres == {}
    assert describe("set_velocity", set_[0].arguments, "zh") == "设定流速 3 m/s"
    assert describe("set_velocity", set_[-1].arguments) == "stop the fan"
    assert name_of_step("set_velocity", "zh") == "设定流速"


def test_a_plan_refuses_what_the_rig_cannot_make(flow_station):
    with pytest.raises(UnsuppliableError, match="from 2 to 26 m/s"):
        make_plan(flow_station(), [item(velocities=[1.0])], None)


def test_no_gas_is_planned_for_velocity_devices(flow_station):
    equipment = assemble(flow_station())
    bench = DryBench(equipment, line=flow_station().station.line, component="velocity", wait_every_s=60.0)
    with pytest.raises(InputError, match="no gas is supplied to it"):
        bench.zero_gas()


def test_a_gas_bench_has_no_velocity(simulated_station, direct_bench):
    made = direct_bench(simulated_station())
    with pytest.raises(StationError, match="no flow rig"):
        made.bench.set_velocity(10.0)


def test_devices_of_one_evaluation_are_of_one_kind(flow_station):
    def mixed(data):
        data["devices"]["U"] |= {"unit": "m³/h", "quantity": "flow", "range": [0.0, 80_000.0]}

    with pytest.raises(StationError, match="different kinds of quantity"):
        shared_range(assemble(flow_station(mixed)))
    assert shared_range(assemble(flow_station())) == pytest.approx((0.0, 30.0))


def test_a_unit_of_no_kind_is_refused_by_name(flow_station):
    def odd(data):
        data["devices"]["P"]["unit"] = "furlong"

    with pytest.raises(StationError, match=r"\[devices.P\] unit.*known are mol/mol"):
        assemble(flow_station(odd))


def test_a_line_of_gas_does_not_hold_up_velocity_devices(flow_station):
    equipment = assemble(flow_station())
    assert least_dwell_s(flow_station().station.line, tuple(equipment.information.values())) == 45.0
