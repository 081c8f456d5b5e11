"""The plant as a whole: commands, drawn errors, blending, conditions, current loops, replay."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.twin.commands import Command
from instruments.twin.noise import Stream
from instruments.twin.plant import Plant
from testbench.engine.roles import Adjustment
from testbench.errors import InstrumentError, StationError
from testbench.station import Station, StationFile, parse_station


def test_a_command_acts_strictly_after_its_tick(one_analyser) -> None:
    plant = Plant(one_analyser().station, 1)
    controller = plant.controller("mfc-co2")
    plant.advance(10.0)
    controller.set_flow(2.0)
    assert controller.indicated_flow() == 0.0
    assert controller.setpoint() == 2.0
    controller.set_flow(3.0)
    assert controller.indicated_flow() == 0.0
    plant.advance(10.1)
    assert controller.indicated_flow() == 3.0


def test_an_adjustment_is_seen_from_the_next_update_on(one_analyser) -> None:
    plant = Plant(one_analyser(update_s=2.0, zero_offset_percent_fs=1.0).station, 1)
    analyser = plant.analyser("A")
    plant.advance(1000.0)
    shown = analyser.indication()
    analyser.adjust_zero(shown, shown + 1.0)
    assert analyser.indication() == shown
    plant.advance(1001.0)
    assert analyser.indication() == shown
    plant.advance(1002.0)
    assert analyser.indication() == pytest.approx(shown + 1.0)


def test_the_divider_gives_the_flow_weighted_mean_of_its_cylinders(simulated: StationFile) -> None:
    text = simulated.text.replace('truth.error_percent = "drawn"', "truth.error_percent = 1.0")
    text = text.replace('truth.flow_error_percent = "drawn"', "truth.flow_error_percent = -0.5", 1)
    text = text.replace('truth.flow_error_percent = "drawn"', "truth.flow_error_percent = 0.25")
    text = text.replace("reproducibility_percent = 0.03", "reproducibility_percent = 0").replace(
        'certificate = "SIM-N2-0001"', "truth.impurity_umol_per_mol = 0.6"
    )
    plant = Plant(_parse(text), 1)
    plant.controller("mfc-co2").set_flow(1.0)
    plant.controller("mfc-n2").set_flow(3.0)
    co2, n2 = 1.0 * 0.995, 3.0 * 1.0025
    expected = (0.30 * 1.01 * co2 + 0.6e-6 * n2) / (co2 + n2)
    assert plant.true_content("CO2") == pytest.approx(expected, rel=1e-12)
    assert plant.inlet_content("CO2") == pytest.approx(420e-6)
    plant.advance(4.0 + 0.4 * math.log(2.0))
    assert plant.inlet_content("CO2") == pytest.approx((expected + 420e-6) / 2.0, rel=1e-9)


def _parse(text: str) -> Station:
    return parse_station(text, Path("station.toml")).station


def test_units_of_flow_are_brought_together_before_blending(one_analyser) -> None:
    file = one_analyser()
    text = file.text.replace(
        '[instruments.mfc-n2]\ndriver = "alicat"', '[instruments.mfc-n2]\ndriver = "alicat"\nflow_unit = "mL/min"'
    )
    plant = Plant(_parse(text), 1)
    plant.controller("mfc-co2").set_flow(1.0)
    plant.controller("mfc-n2").set_flow(3000.0)
    assert plant.true_content("CO2") == pytest.approx(0.05)


def test_without_any_flow_the_inlets_see_ambient_air(one_analyser) -> None:
    plant = Plant(one_analyser().station, 1)
    plant.controller("mfc-co2").set_flow(2.0)
    plant.advance(1000.0)
    plant.controller("mfc-co2").set_flow(0.0)
    plant.advance(3000.0)
    assert plant.analyser("A").indication() == pytest.approx(0.042, abs=1e-9)


def test_drawn_errors_are_normal_with_half_of_the_expanded_uncertainty(simulated: StationFile) -> None:
    contents, flows, impurities = [], [], []
    for seed in range(1500):
        plant = Plant(simulated.station, seed)
        plant.set_flow("mfc-co2", 1.0)
        contents.append(plant.true_content("CO2") / 0.30 - 1.0)
        plant.set_flow("mfc-co2", 0.0)
        plant.set_flow("mfc-n2", 1.0)
        impurities.append(plant.true_content("CO2") * 1e6)
        plant.set_flow("mfc-co2", 1.0)
        flows.append(plant.true_content("CO2"))
    assert statistics.fmean(contents) == pytest.approx(0.0, abs=4 * 0.003 / math.sqrt(1500))
    assert statistics.stdev(contents) == pytest.approx(0.003, rel=0.075)
    inside = sum(abs(value) < 0.006 for value in contents) / 1500
    assert inside == pytest.approx(0.9545, abs=0.022)
    assert 0.0 < min(impurities) < 0.01
    assert 0.99 < max(impurities) < 1.0
    assert statistics.fmean(impurities) == pytest.approx(0.5, abs=0.03)
    # content of 1:1: relative uncertainty from cylinder 0.3 %, and half of each controller's 0.2 % and 0.03 %
    expected = math.sqrt(0.003**2 + 2 * (0.002**2 + 0.0003**2) / 4)
    assert statistics.stdev(flows) / 0.15 == pytest.approx(expected, rel=0.075)


def test_reproducibility_is_drawn_anew_for_each_setting(one_analyser) -> None:
    file = one_analyser()
    text = file.text.replace(
        '[instruments.mfc-co2]\ndriver = "alicat"', '[instruments.mfc-co2]\ndriver = "alicat"\nreproducibility_percent = 0.5'
    )
    plant = Plant(_parse(text), 1)
    plant.set_flow("mfc-n2", 2.0)
    ratios = []
    for _ in range(1000):
        plant.set_flow("mfc-co2", 2.0)
        content = plant.true_content("CO2")
        ratios.append(content / (0.2 - content) - 1.0)  # true flow over nominal, less one
    assert len(set(ratios)) == 1000
    assert statistics.stdev(ratios) == pytest.approx(0.005, rel=0.09)
    assert statistics.fmean(ratios) == pytest.approx(0.0, abs=4 * 0.005 / math.sqrt(1000))


def test_one_seed_gives_the_same_numbers_and_another_seed_others(simulated: StationFile) -> None:
    def run(seed: int) -> list[float]:
        plant = Plant(simulated.station, seed)
        plant.set_flow("mfc-co2", 1.5)
        plant.set_flow("mfc-n2", 2.5)
        values = []
        for second in range(100):
            plant.advance(float(second))
            values += [plant.analyser(name).indication() for name in "ABC"]
        return values

    assert run(7) == run(7)
    assert all(a != b for a, b in zip(run(7), run(8), strict=True))


def test_a_replayed_log_makes_an_equal_plant(simulated: StationFile) -> None:
    plant = Plant(simulated.station, 11)
    plant.set_flow("mfc-n2", 4.0)
    plant.advance(100.3)
    plant.adjust("A", Adjustment.ZERO, 0.05, 0.0)
    plant.set_condition("temperature", 31.5)
    plant.advance(200.0)
    plant.set_flow("mfc-co2", 3.0)
    plant.set_flow("mfc-n2", 1.0)
    plant.advance(260.0)
    plant.adjust("A", Adjustment.SPAN, 19.0, 20.0)
    log = [Command.model_validate_json(command.model_dump_json()) for command in plant.log]
    other = Plant(simulated.station, 11)
    other.replay(log)
    for now in (270.0, 300.0, 5000.0):
        plant.advance(now)
        other.advance(now)
        assert [plant.analyser(n).indication() for n in "ABC"] == [other.analyser(n).indication() for n in "ABC"]
        assert plant.loops("daq").currents() == other.loops("daq").currents()
    assert other.log == plant.log


def test_current_loops_carry_devices_and_conditions_to_their_channels(simulated: StationFile) -> None:
    plant = Plant(simulated.station, 1)
    plant.set_condition("temperature", 60.0)
    plant.advance(500.0)
    currents = plant.loops("daq").currents()
    assert set(currents) == {101, 102, 103, 104, 121}
    assert currents[101] == pytest.approx(20.0)
    assert currents[102] == pytest.approx(4.0 + 16.0 * 0.45)
    assert currents[121] == pytest.approx(4.0 + 16.0 * plant.analyser("C").indication() / 20.0)


def test_a_current_loop_ends_at_its_limits(simulated: StationFile) -> None:
    plant = Plant(simulated.station, 1)
    plant.set_condition("temperature", 200.0)
    plant.set_condition("humidity", -50.0)
    plant.advance(1.0)
    assert (plant.loops("daq").currents()[101], plant.loops("daq").currents()[102]) == (22.0, 3.5)


def test_a_condition_changes_after_its_tick(simulated: StationFile) -> None:
    plant = Plant(simulated.station, 1)
    sensor = plant.sensor("temperature")
    plant.set_condition("temperature", 30.0)
    assert sensor.value() == 23.0
    plant.advance(0.5)
    assert sensor.value() == 30.0


def test_bench_time_never_goes_backwards(one_analyser) -> None:
    plant = Plant(one_analyser().station, 1)
    plant.advance(5.0)
    for wrong in (4.0, math.nan, math.inf):
        with pytest.raises(InstrumentError, match="bench time is 5 s"):
            plant.advance(wrong)


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        ({"t90_raise_s": 30}, r"\[devices.A.truth\]: t90_raise_s: no such key; did you mean 't90_rise_s'"),
        ({"lag_s": 40}, "t90_rise_s .30 s. includes lag_s .40 s. and must be larger"),
        ({"update_s": 0}, "update_s: Input should be greater"),
        ({"noise_percent_fs": -1}, "noise_percent_fs: Input should be greater"),
        ({"gain_error_percent": "nan"}, r"devices\.A\.truth\.gain_error_percent: must be a finite number"),
        ({"cross_sensitivity": "{ CO2 = 1 }"}, "names the device's own measurand CO2"),
    ],
)
def test_a_wrong_truth_is_named_with_its_table_and_key(one_analyser, truth, message: str) -> None:
    with pytest.raises(StationError, match=message):
        Plant(one_analyser(**truth).station, 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('truth.error_percent = "drawn"', 'truth.error_percent = "some"', r"\[cylinders.co2.truth\]: error_percent"),
        (
            'truth.flow_error_percent = "drawn"',
            "truth.flow_error = 1",
            r"\[instruments.mfc-co2.truth\]: flow_error: no such key",
        ),
        ("truth.value = 23.0", "truth.temperature = 23.0", r"\[environment.temperature.truth\]: value: is missing"),
        ('mfc-n2 = "zero" }', 'mfc-n2 = "nitrogen" }', r"no \[cylinders.nitrogen\]"),
        ('mfc-n2 = "zero" }', 'mfc-n3 = "zero" }', r"no \[instruments.mfc-n3\]"),
        ("mixing_s = 0.4", "truth = { delay = 3.0 }", r"\[line.truth\]: delay: no such key; did you mean 'delay_s'"),
        ("channel = 102", "channel = 101", "channel 101 of 'daq' is taken"),
        ('unit = "%"\nresponse', 'unit = "m/s"\nresponse', r"needs a \[flow_rig\]"),
        ('flow_unit = "L/min"', 'flow_unit = "furlong"', r"\[instruments.mfc-co2\] flow_unit: 'furlong' is no unit of flow"),
    ],
)
def test_a_wrong_station_is_refused_in_words(simulated: StationFile, old: str, new: str, message: str) -> None:
    assert old in simulated.text
    with pytest.raises(StationError, match=message):
        Plant(_parse(simulated.text.replace(old, new, 1)), 1)


def test_a_negative_flow_or_an_unknown_device_is_refused(one_analyser) -> None:
    plant = Plant(one_analyser().station, 1)
    with pytest.raises(InstrumentError, match="a flow is 0 or larger"):
        plant.set_flow("mfc-co2", -0.1)
    with pytest.raises(InstrumentError, match="no device 'B'; there are: A"):
        plant.adjust("B", Adjustment.ZERO, 0.1, 0.0)
    with pytest.raises(InstrumentError, match="no condition 'temperature'"):
        plant.set_condition("temperature", 20.0)
    assert plant.log == []


@given(seed=st.integers(0, 2**63), index=st.integers(0, 2**62))
def test_chance_depends_on_seed_purpose_name_and_index_only(seed: int, index: int) -> None:
    stream = Stream(seed, "analyser", "A")
    value = stream.normal(index)
    stream.normal(index + 1)
    assert stream.normal(index) == value
    assert math.isfinite(value)
    assert 0.0 < stream.uniform(index) < 1.0
    assert Stream(seed, "analyser", "B").normal(index) != value
    assert Stream(seed + 1, "analyser", "A").normal(index) != value
