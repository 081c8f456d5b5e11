"""What went in must come out: the simulated analyser against closed forms of its truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import testbench
from instruments.twin.analyser import filtered_decay
from instruments.twin.plant import Plant
from testbench.engine.roles import Adjustment
from testbench.errors import InstrumentError, StationError
from testbench.station import StationFile, parse_station, read_station

DAY = 86400.0


def supply(plant: Plant, fraction_of_scale: float) -> None:
    """Set the gas; full scale is the content of the cylinder, so the fraction is the share of the flow."""
    plant.controller("mfc-co2").set_flow(4.0 * fraction_of_scale)
    plant.controller("mfc-n2").set_flow(4.0 * (1.0 - fraction_of_scale))


def reading(plant: Plant, at_s: float) -> float:
    plant.advance(at_s)
    return plant.analyser("A").indication()


@pytest.mark.parametrize(("first", "then", "t90"), [(0.0, 1.0, 45.0), (1.0, 0.0, 63.0), (0.2, 0.8, 45.0), (0.8, 0.2, 63.0)])
def test_ninety_percent_of_a_step_is_shown_at_t90_after_the_change_at_the_inlet(one_analyser, first, then, t90) -> None:
    file = one_analyser(delay_s=4.0, lag_s=3.0, t90_rise_s=45.0, t90_fall_s=63.0, update_s=0.5, linearity_percent_fs=2.0)
    plant = Plant(file.station, 1)
    supply(plant, first)
    before = reading(plant, 2000.0)
    supply(plant, then)
    at_t90 = reading(plant, 2000.0 + 4.0 + t90)
    after = reading(plant, 6000.0)
    assert (at_t90 - before) / (after - before) == pytest.approx(0.9, abs=1e-9)


def test_an_analyser_that_averages_shows_the_mean_of_its_last_updates_however_often_it_is_read(one_analyser) -> None:
    truth = {"update_s": 2.0, "lag_s": 3.0, "noise_percent_fs": 0.5}
    each, mean, seldom = (Plant(one_analyser(**truth, average_s=s).station, 1) for s in (0.0, 10.0, 10.0))
    for plant in (each, mean, seldom):
        supply(plant, 0.0)
        plant.advance(1000.0)
        supply(plant, 1.0)
    shown, means = [], []
    for number in range(20):
        shown.append(reading(each, 1000.0 + 2.0 * number))
        means.append(reading(mean, 1000.0 + 2.0 * number))
    assert means[10] == pytest.approx(math.fsum(shown[6:11]) / 5.0, rel=1e-12)
    seldom.advance(1020.0)
    assert seldom.analyser("A").content("CO2") > 0.0
    assert reading(seldom, 1020.0) == means[10]


def test_nothing_moves_before_line_delay_and_lag_are_over(one_analyser) -> None:
    plant = Plant(one_analyser(delay_s=4.0, lag_s=3.0, update_s=0.5).station, 1)
    supply(plant, 0.0)
    reading(plant, 1000.0)
    supply(plant, 1.0)
    assert reading(plant, 1007.0) == pytest.approx(0.0, abs=1e-9)
    assert reading(plant, 1007.5) > 0.1


def test_with_mixing_the_step_response_is_that_of_two_first_order_systems_in_series(one_analyser) -> None:
    plant = Plant(one_analyser(mixing_s=6.0, t90_rise_s=10.0 * math.log(10.0), update_s=1.0).station, 1)
    supply(plant, 0.0)
    reading(plant, 1000.0)
    supply(plant, 1.0)
    for s in (1.0, 5.0, 12.0, 40.0):
        expected = 1.0 - (10.0 * math.exp(-s / 10.0) - 6.0 * math.exp(-s / 6.0)) / (10.0 - 6.0)
        assert reading(plant, 1000.0 + s) == pytest.approx(20.0 * expected, abs=1e-9)


def test_the_square_of_a_mixed_content_is_filtered_as_numerical_integration_does(one_analyser) -> None:
    mixing, tau, linearity = 3.0, 7.0, 5.0
    plant = Plant(one_analyser(mixing_s=mixing, t90_rise_s=tau * math.log(10.0), linearity_percent_fs=linearity).station, 1)
    supply(plant, 0.1)
    reading(plant, 1000.0)
    supply(plant, 0.9)

    def curve(s: float) -> float:
        x = 0.9 - 0.8 * math.exp(-s / mixing)
        return 100.0 * x + 4.0 * linearity * x * (1.0 - x)

    step, shown = 0.001, curve(0.0)
    for n in range(10_000):  # Heun's method to 10 s
        slope = (curve(n * step) - shown) / tau
        ahead = (curve((n + 1) * step) - shown - step * slope) / tau
        shown += step * (slope + ahead) / 2.0
    assert reading(plant, 1010.0) == pytest.approx(20.0 * shown / 100.0, abs=1e-6)


@pytest.mark.parametrize("decay", [0.1, 0.1 * (1 + 1e-13), 0.1 * (1 + 1e-6), 0.1001])
def test_a_decay_as_fast_as_the_filter_is_the_limit_of_different_rates(decay: float) -> None:
    assert filtered_decay(10.0, decay, 0.1) == pytest.approx(math.exp(-1.0), rel=2e-3)  # m t exp(-m t) with m t = 1


def test_a_decay_long_over_leaves_nothing() -> None:
    assert filtered_decay(1e7, 2.5, 0.05) == 0.0
    assert filtered_decay(5.0, math.inf, 0.05) == 0.0


@pytest.mark.parametrize("x", [0.0, 0.25, 0.5, 1.0])
def test_static_indication_is_the_stated_curve(one_analyser, x: float) -> None:
    file = one_analyser(linearity_percent_fs=-1.1, zero_offset_percent_fs=0.4, gain_error_percent=-0.8)
    plant = Plant(file.station, 1)
    supply(plant, x)
    expected = 100.0 * x + 0.4 - 0.8 * x + 4.0 * -1.1 * x * (1.0 - x)
    assert reading(plant, 3600.0) == pytest.approx(20.0 * expected / 100.0, abs=1e-9)


def test_drift_shifts_zero_by_dz_and_span_by_ds_a_day(one_analyser) -> None:
    plant = Plant(one_analyser(zero_drift_percent_fs_per_day=-0.12, span_drift_percent_fs_per_day=0.62).station, 1)
    supply(plant, 0.0)
    for day in (1, 2, 7):
        assert reading(plant, day * DAY) == pytest.approx(20.0 * -0.12 * day / 100.0, abs=1e-9)
    supply(plant, 1.0)
    assert reading(plant, 8 * DAY) == pytest.approx(20.0 * (100.0 + 0.62 * 8) / 100.0, abs=1e-9)


def test_an_interfering_component_shifts_the_indication_in_percent_of_full_scale_for_each_percent(one_analyser) -> None:
    more = """
[cylinders.so2]
component = "SO2"
fraction_percent = 2.0
[instruments.mfc-so2]
driver = "alicat"
resource = "twin"
"""
    file = one_analyser(more=more, cross_sensitivity="{ SO2 = -0.7 }")
    text = file.text.replace('mfc-n2 = "zero"', 'mfc-n2 = "zero", mfc-so2 = "so2"')
    plant = Plant(parse_station(text, file.path).station, 1)
    supply(plant, 0.5)
    plant.controller("mfc-so2").set_flow(4.0)
    assert reading(plant, 3600.0) == pytest.approx(20.0 * (25.0 + -0.7 * 1.0) / 100.0, abs=1e-9)


def test_zero_and_span_adjustment_bring_both_points_to_their_targets(one_analyser) -> None:
    file = one_analyser(zero_offset_percent_fs=2.0, gain_error_percent=-5.0, update_s=1.0)
    plant = Plant(file.station, 1)
    supply(plant, 0.0)
    plant.adjust("A", Adjustment.ZERO, reading(plant, 1000.0), 0.0)
    assert reading(plant, 1001.0) == pytest.approx(0.0, abs=1e-9)
    supply(plant, 0.8)
    plant.adjust("A", Adjustment.SPAN, reading(plant, 2000.0), 16.0)
    assert reading(plant, 2001.0) == pytest.approx(16.0, abs=1e-9)
    supply(plant, 0.0)
    assert reading(plant, 3000.0) == pytest.approx(0.0, abs=1e-9)
    supply(plant, 0.4)
    assert reading(plant, 4000.0) == pytest.approx(8.0, abs=1e-9)


def test_a_span_adjustment_with_zero_gas_is_refused_and_changes_nothing(one_analyser) -> None:
    plant = Plant(one_analyser().station, 1)
    supply(plant, 0.0)
    shown = reading(plant, 1000.0)
    with pytest.raises(InstrumentError, match="is span gas flowing"):
        plant.adjust("A", Adjustment.SPAN, shown, 16.0)
    assert plant.log[-1].action == "set_flow"
    assert reading(plant, 1001.0) == pytest.approx(shown, abs=1e-12)


def test_noise_has_the_stated_standard_deviation_and_no_correlation(one_analyser) -> None:
    plant = Plant(one_analyser(noise_percent_fs=0.5, update_s=2.0).station, 3)
    supply(plant, 0.5)
    noise = [reading(plant, 2000.0 + 2.0 * n) - 10.0 for n in range(4000)]
    sigma = 20.0 * 0.5 / 100.0
    assert sum(noise) / 4000 == pytest.approx(0.0, abs=4.0 * sigma / math.sqrt(4000))
    assert math.sqrt(sum(v * v for v in noise) / 4000) == pytest.approx(sigma, rel=0.045)  # 4 standard deviations
    lagged = sum(a * b for a, b in pairwise(noise)) / 4000 / sigma**2
    assert abs(lagged) < 4.0 / math.sqrt(4000)


def test_a_value_is_held_between_updates(one_analyser) -> None:
    plant = Plant(one_analyser(noise_percent_fs=0.5, update_s=2.0).station, 3)
    held = [reading(plant, 100.0 + 0.1 * n) for n in range(40)]
    assert len(set(held[:20])) == 1
    assert len(set(held[20:])) == 1
    assert held[0] != held[20]


@pytest.mark.parametrize("update_s", [0.1, 0.3, 0.7, 1.0])
def test_a_reading_at_a_multiple_of_the_update_interval_shows_that_update(one_analyser, update_s: float) -> None:
    plant = Plant(one_analyser(noise_percent_fs=0.5, update_s=update_s).station, 3)
    shown = [reading(plant, n * update_s) for n in range(3000)]
    assert len(set(shown)) == 3000


half_seconds = st.integers(0, 900).map(lambda n: n / 2.0)
settings_of_gas = st.dictionaries(half_seconds, st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 5.0)), max_size=8)


@given(events=settings_of_gas, extra=st.lists(st.one_of(half_seconds, st.floats(0.0, 500.0)), max_size=30))
@settings(max_examples=60)
def test_the_state_does_not_depend_on_what_is_read_or_in_how_many_steps_time_advances(
    events: dict[float, tuple[float, float]], extra: list[float]
) -> None:
    station = read_station(Path(testbench.__file__).parent / "stations" / "simulated.toml").station

    def run(reads: list[float]) -> tuple[float, ...]:
        plant = Plant(station, 5)
        for time_s in sorted({*reads, *events}):
            plant.advance(time_s)
            if time_s in reads:
                for name in "ABC":
                    plant.analyser(name).indication()
                plant.loops("daq").currents()
            if time_s in events:
                plant.controller("mfc-co2").set_flow(events[time_s][0])
                plant.controller("mfc-n2").set_flow(events[time_s][1])
                plant.adjust("A", Adjustment.ZERO, 0.0, events[time_s][0])
        plant.advance(501.0)
        return (*(plant.analyser(name).indication() for name in "ABC"), plant.inlet_content("CO2"))

    assert run(extra) == run([])


@given(fractions=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
@settings(max_examples=60)
def test_an_ideal_analyser_never_shows_more_or_less_than_what_was_in_the_line(fractions: list[float]) -> None:
    station = read_station(Path(testbench.__file__).parent / "stations" / "simulated.toml").station
    ideal = station.devices["A"].model_copy(update={"truth": {"t90_rise_s": 20.0, "t90_fall_s": 30.0, "lag_s": 2.0}})
    plant = Plant(station.model_copy(update={"devices": {"A": ideal}}), 5)
    contents, time_s = [420e-6], 0.0
    for fraction in fractions:
        plant.set_flow("mfc-co2", 4.0 * fraction)
        plant.set_flow("mfc-n2", 4.0 * (1.0 - fraction))
        contents.append(plant.true_content("CO2"))
        for _ in range(9):
            time_s += 1.5
            plant.advance(time_s)
            shown = plant.analyser("A").indication() / 100.0
            assert min(contents) - 1e-12 <= shown <= max(contents) + 1e-12


THREE_GASES = """
[cylinders.no]
component = "NO"
fraction_percent = 0.1
[cylinders.no2]
component = "NO2"
fraction_percent = 0.02
[instruments.mfc-no]
driver = "alicat"
resource = "twin"
full_scale = 5.0
[instruments.mfc-no2]
driver = "alicat"
resource = "twin"
full_scale = 5.0
"""


@pytest.fixture
def showing_nox(one_analyser) -> Plant:
    """An analyser of CO2 with errors, which shows NOx as well; the gas comes from three cylinders."""
    file = one_analyser(
        more=THREE_GASES, delay_s=4.0, lag_s=3.0, t90_rise_s=3.0 + 10.0 * math.log(10.0), zero_offset_percent_fs=2.0,
        noise_percent_fs=0.5, update_s=0.5,
    )  # fmt: skip
    text = file.text.replace('mfc-n2 = "zero"', 'mfc-n2 = "zero", mfc-no = "no", mfc-no2 = "no2"')
    text = text.replace('unit = "%"', 'unit = "%"\nrecord_also = ["NOx", "temperature"]')
    plant = Plant(parse_station(text, file.path).station, 1)
    supply(plant, 0.0)
    plant.advance(2000.0)
    for name, flow in (("mfc-co2", 2.0), ("mfc-n2", 0.0), ("mfc-no", 1.5), ("mfc-no2", 0.5)):
        plant.controller(name).set_flow(flow)
    return plant


def test_a_component_that_is_recorded_also_arrives_after_delay_and_response_without_errors(showing_nox: Plant) -> None:
    port = showing_nox.analyser("A")
    showing_nox.advance(2007.0)
    assert port.content("NO") == pytest.approx(0.0, abs=1e-15)
    showing_nox.advance(2017.0)  # delay, lag and one time constant
    share = 1.0 - math.exp(-1.0)
    assert port.content("NO") == pytest.approx(share * 0.375e-3, rel=1e-9)
    assert port.content("CO2") == pytest.approx(share * 0.1, rel=1e-9)
    held = port.content("NO2")
    showing_nox.advance(2017.4)
    assert port.content("NO2") == held
    showing_nox.advance(2600.0)
    assert port.content("NO2") == pytest.approx(0.025e-3, rel=1e-9)


def test_nitrogen_oxides_are_the_sum_of_their_parts(showing_nox: Plant) -> None:
    showing_nox.advance(2600.0)
    assert showing_nox.analyser("A").content("NOx") == pytest.approx(0.4e-3, rel=1e-9)


def test_what_nobody_records_is_as_in_ambient_air(showing_nox: Plant) -> None:
    port = showing_nox.analyser("A")
    assert port.content("O2") == 0.2095
    assert port.content("SO2") == 0.0


def test_recording_more_leaves_the_indication_as_it_was(one_analyser) -> None:
    truth = {"cross_sensitivity": "{ O2 = 0.3 }", "noise_percent_fs": 0.2}
    alone = one_analyser(**truth)
    also = parse_station(alone.text.replace('unit = "%"', 'unit = "%"\nrecord_also = ["O2", "NO"]'), alone.path)
    shown = []
    for file in (alone, also):
        plant = Plant(file.station, 7)
        supply(plant, 0.3)
        shown.append([reading(plant, at_s) for at_s in (10.0, 33.0, 1000.0)])
    assert plant.analyser("A").content("O2") == pytest.approx(0.0, abs=1e-12)
    assert shown[0] == shown[1]


def test_an_analyser_knows_when_it_was_renewed_last(one_analyser) -> None:
    plant = Plant(one_analyser(update_s=2.0).station, 1)
    plant.advance(7.9)
    assert plant.analyser("A").updated_s() == 6.0
    plant.advance(8.0)
    assert plant.analyser("A").updated_s() == 8.0


@pytest.mark.parametrize(("efficiency", "share"), [({}, 1.0), ({"converter_efficiency_percent": 92.5}, 0.925)])
def test_a_device_of_nox_shows_no2_as_far_as_its_converter_turns_it_into_no(
    one_analyser: Callable[..., StationFile], efficiency: dict[str, float], share: float
) -> None:
    file = one_analyser(t90_rise_s=1.0, t90_fall_s=1.0, **efficiency)
    text = file.text.replace('component = "CO2"', 'component = "NOx"')
    text = text.replace('maker = "M"', 'measurand = "NOx"\nmaker = "M"')
    plant = Plant(parse_station(text, Path("nox.toml")).station, 1)
    plant.connect_gas({"NO": 0.03, "NO2": 0.04, "NOx": 0.02})
    plant.advance(60.0)
    assert plant.analyser("A").indication() == pytest.approx(2.0 + 3.0 + 4.0 * share)
    plant.connect_gas({"NO2": 0.1})
    plant.advance(120.0)
    assert plant.analyser("A").indication() == pytest.approx(10.0 * share)
    assert plant.true_content("NO2") == 0.1
    plant.connect_gas({})
    plant.advance(180.0)
    assert plant.analyser("A").indication() == pytest.approx(0.0, abs=1e-9)


def test_only_a_device_of_nox_has_a_converter(one_analyser: Callable[..., StationFile]) -> None:
    with pytest.raises(StationError, match="only a device of NOx has a converter"):
        Plant(one_analyser(converter_efficiency_percent=95.0).station, 1)


ROOM = """
[environment.room]
driver = "environment-input"
resource = "twin"
quantity = "temperature"
unit = "°C"
truth.value = 20.0
"""


def test_zero_and_span_may_feel_a_condition_differently(one_analyser: Callable[..., StationFile]) -> None:
    felt = {"influence": "{ temperature = 0.02 }", "influence_gain": "{ temperature = -0.05 }"}
    plant = Plant(one_analyser(more=ROOM, t90_rise_s=1.0, t90_fall_s=1.0, **felt).station, 1)
    plant.set_condition("temperature", 30.0)
    plant.connect_gas({"CO2": 0.0, "N2": 1.0})
    plant.advance(60.0)
    assert plant.analyser("A").indication() == pytest.approx(20.0 * 0.002)  # 0.2 %F.S.
    plant.connect_gas({"CO2": 0.15})
    plant.advance(120.0)
    assert plant.analyser("A").indication() == pytest.approx(15.0 + 20.0 * 0.002 - 15.0 * 0.005)  # less 0.5 % of 15 %


def test_an_influence_on_the_gain_names_a_condition_of_the_station(one_analyser: Callable[..., StationFile]) -> None:
    with pytest.raises(StationError, match="influence_gain: there is no simulated condition 'voltage'"):
        Plant(one_analyser(more=ROOM, influence_gain="{ voltage = 1.0 }").station, 1)


def test_a_gas_that_is_connected_by_hand_is_in_the_log(one_analyser: Callable[..., StationFile]) -> None:
    plant = Plant(one_analyser(t90_rise_s=1.0, t90_fall_s=1.0).station, 1)
    plant.advance(5.0)
    plant.connect_gas({"CO2": 0.1, "SO2": 1e-4})
    again = plant.restored(1, plant.log, 60.0)
    plant.advance(60.0)
    assert again.analyser("A").indication() == plant.analyser("A").indication() == pytest.approx(10.0)
    with pytest.raises(InstrumentError, match="cannot be connected"):
        plant.connect_gas({"CO2": 1.5})
