"""Interlocks: they trip, hold, abort and release as the station file says, at every tick, and their alarms are kept."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.engine.holding import HoldError
from testbench.engine.interlocks import Interlocks, Watched, watched
from testbench.engine.roles import Channel, Sample, Status
from testbench.engine.sampling import GAP, Series
from testbench.errors import AbortedError, RecordError, StationError
from testbench.station import Interlock


class Sink:
    """Keeps alarms in memory; `full` refuses them."""

    def __init__(self):
        self.tripped = []
        self.released = []
        self.full = False

    def trip(self, name, interlock, text, value, at_s):
        if self.full:
            raise RecordError("the disk is full")
        self.tripped.append((name, text, value))
        return len(self.tripped)

    def release(self, alarm, at_s):
        if self.full:
            raise RecordError("the disk is full")
        self.released.append(alarm)


class Bench:
    """One channel with its interlocks; `read` is a tick."""

    def __init__(self, **tables):
        self.sink = Sink()
        self.told = []
        self.series = {"co": Series(Channel("co", "CO in the room", "µmol/mol"), 1)}
        self.interlocks = Interlocks(
            [Watched(name, table, "co") for name, table in tables.items()], self.sink, self.told.append
        )

    def read(self, now, value, status=Status.VALID):
        self.series["co"].last = GAP if value is None else Sample(value, status)
        self.series["co"].last_at = now
        self.interlocks.look(now, self.series)


def upper(**options):
    return Interlock(**({"channel": "co", "trip": 30.0, "release": 25.0, "action": "warn"} | options))


def test_it_trips_at_its_level_and_releases_at_the_other():
    bench = Bench(room=upper(text="CO in the room"))
    for now, value in enumerate([10.0, 29.9, 30.0, 29.0, 25.1, 25.0, 29.9]):
        bench.read(float(now), value)
    assert bench.sink.tripped == [
        ("room", "interlock room (CO in the room): co is 30 µmol/mol, at or above 30 µmol/mol", 30.0)
    ]
    assert bench.sink.released == [1]
    assert bench.told[-1] == "interlock room: released, co is 25 µmol/mol"


def test_a_lower_limit_works_the_other_way_round():
    bench = Bench(flow=upper(trip=1.0, release=2.0))
    bench.read(0.0, 1.5)
    assert not bench.sink.tripped
    bench.read(1.0, 1.0)
    assert "at or below 1" in bench.sink.tripped[0][1]
    bench.read(2.0, 1.9)
    assert not bench.sink.released
    bench.read(3.0, 2.0)
    assert bench.sink.released == [1]


def test_it_waits_for_its_delay_and_forgets_it_when_the_value_comes_back():
    bench = Bench(room=upper(delay_s=10.0))
    for now, value in ((0.0, 40.0), (5.0, 40.0), (6.0, 29.0), (7.0, 40.0), (16.9, 40.0)):
        bench.read(now, value)
    assert not bench.sink.tripped
    bench.read(17.0, 40.0)
    assert bench.sink.tripped[0][1].endswith("for 10 s")


def test_a_gap_neither_trips_nor_releases_but_silence_trips():
    bench = Bench(room=upper(silence_s=60.0))
    bench.read(0.0, 20.0)
    for now in (20.0, 40.0, 59.0):
        bench.read(now, None)
    assert not bench.sink.tripped
    bench.read(60.0, None)
    assert bench.sink.tripped == [("room", "interlock room: no reading of co for 60 s", None)]
    bench.read(61.0, None)
    assert not bench.sink.released
    bench.read(62.0, 20.0)
    assert bench.sink.released == [1]


def test_silence_can_be_left_to_the_record():
    bench = Bench(room=upper(silence_s=0.0))
    for now in range(0, 10000, 100):
        bench.read(float(now), None)
    assert not bench.sink.tripped


def test_a_value_that_the_instrument_doubts_trips_but_does_not_release():
    bench = Bench(room=upper(silence_s=0.0))
    bench.read(0.0, 99.0, Status.FLAGGED)
    assert bench.sink.tripped[0][2] == 99.0
    bench.read(1.0, 0.0, Status.FLAGGED)
    assert not bench.sink.released
    bench.read(2.0, 0.0)
    assert bench.sink.released == [1]


def test_over_range_without_end_trips():
    bench = Bench(room=upper())
    bench.read(0.0, math.inf, Status.FLAGGED)
    assert bench.sink.tripped[0][2] == math.inf


def test_doubtful_values_on_the_safe_side_are_no_sign_that_all_is_well():
    bench = Bench(room=upper(silence_s=60.0))
    bench.read(0.0, 20.0)
    for now in (20.0, 40.0, 60.0):
        bench.read(now, 20.0, Status.FLAGGED)
    assert bench.sink.tripped[0][1] == "interlock room: no reading of co for 60 s"


def test_one_lost_reading_after_nobody_looked_for_long_is_no_silence():
    bench = Bench(room=upper(silence_s=60.0))
    bench.read(0.0, 20.0)
    bench.read(600.0, None)
    bench.read(659.0, None)
    assert not bench.sink.tripped
    bench.read(660.0, None)
    assert bench.sink.tripped


def test_silence_trips_where_ticks_are_further_apart_than_it_may_last():
    bench = Bench(room=upper(silence_s=10.0))
    bench.read(0.0, 20.0)
    bench.read(60.0, None)
    bench.read(120.0, None)
    assert bench.sink.tripped


def test_alarms_that_could_not_be_kept_are_kept_in_order_each_with_its_own_release():
    bench = Bench(room=upper())
    bench.sink.full = True
    for now, value in enumerate([31.0, 20.0, 31.0, 20.0, 31.0]):
        bench.read(float(now), value)
    bench.sink.full = False
    bench.read(5.0, 31.0)
    assert len(bench.sink.tripped) == 3
    assert bench.sink.released == [1, 2]


def test_abort_raises_what_tripped():
    bench = Bench(room=upper(action="abort"))
    with pytest.raises(AbortedError, match="aborted by interlock room: co is 31"):
        bench.read(0.0, 31.0)
    assert bench.sink.tripped


def test_pause_holds_until_all_that_pause_are_back_and_raises_once():
    bench = Bench(room=upper(action="pause"), high=upper(action="pause", trip=50.0, release=20.0))
    with pytest.raises(HoldError) as held:
        bench.read(0.0, 31.0)
    assert not held.value.released()
    bench.read(1.0, 32.0)  # held: no further error
    with pytest.raises(HoldError, match="interlock high"):
        bench.read(2.0, 60.0)
    bench.read(3.0, 24.0)
    assert not held.value.released()
    bench.read(4.0, 19.0)
    assert held.value.released()


def test_an_abort_comes_before_a_pause_of_the_same_tick():
    bench = Bench(room=upper(action="pause"), out=upper(action="abort"))
    with pytest.raises(AbortedError, match="interlock out"):
        bench.read(0.0, 31.0)
    assert [name for name, _, _ in bench.sink.tripped] == ["room", "out"]


def test_every_trip_has_an_alarm_of_its_own():
    bench = Bench(room=upper())
    for now, value in enumerate([31.0, 20.0, 31.0, 20.0]):
        bench.read(float(now), value)
    assert len(bench.sink.tripped) == 2
    assert bench.sink.released == [1, 2]


def test_it_acts_though_the_alarm_cannot_be_kept_and_keeps_it_later():
    bench = Bench(room=upper(action="pause"))
    bench.sink.full = True
    with pytest.raises(HoldError):
        bench.read(0.0, 31.0)
    bench.read(1.0, 20.0)
    assert (bench.sink.tripped, bench.sink.released) == ([], [])
    bench.sink.full = False
    bench.read(2.0, 20.0)
    assert (len(bench.sink.tripped), bench.sink.released) == (1, [1])


@given(st.lists(st.one_of(st.none(), st.floats(0.0, 60.0, allow_nan=False)), max_size=60), st.integers(0, 5))
def test_it_never_chatters_and_never_misses(values, delay):
    bench = Bench(room=upper(delay_s=float(delay), silence_s=0.0))
    tripped = []
    for now, value in enumerate(values):
        before = len(bench.sink.tripped)
        bench.read(float(now), value)
        if len(bench.sink.tripped) > before:
            tripped.append(now)
    for one, other in pairwise(tripped):
        assert any(value is not None and value <= 25.0 for value in values[one + 1 : other])
    for start in range(len(values) - delay):
        window = values[start : start + delay + 1]
        if all(value is not None and value >= 30.0 for value in window):
            assert any(trip <= start + delay for trip in tripped)


def test_a_reading_of_a_slow_source_is_looked_at_once():
    bench = Bench(room=upper(silence_s=60.0))
    bench.read(0.0, 20.0)
    bench.interlocks.look(30.0, bench.series)  # the source was not read on this tick
    assert not bench.sink.tripped
    bench.interlocks.look(60.0, bench.series)
    assert math.isnan(bench.sink.tripped[0][2] or math.nan)


def test_an_answer_that_came_after_its_tick_is_looked_at_once_and_counts_from_its_tick():
    bench = Bench(room=upper(delay_s=1.0))
    bench.read(0.0, 20.0)
    bench.series["co"].last, bench.series["co"].last_at = Sample(31.0), 1.0
    bench.interlocks.look(3.0, bench.series)
    bench.interlocks.look(4.0, bench.series)
    assert not bench.sink.tripped  # one reading does not last
    bench.read(5.0, 31.0)
    assert bench.sink.tripped


def test_a_channel_that_the_station_lacks_is_refused_with_a_suggestion(simulated_station, direct_bench):
    def wrong(data):
        data["interlocks"] = {"room": {"channel": "temprature", "trip": 40.0, "release": 35.0}}

    made = direct_bench(simulated_station())
    equipment = made.bench._equipment
    with pytest.raises(StationError, match=r"\[interlocks.room\].*did you mean 'temperature'"):
        watched(simulated_station(wrong).station.interlocks, equipment)


def test_it_is_named_by_a_channel_or_by_an_environment_table(simulated_station, direct_bench):
    equipment = direct_bench(simulated_station()).bench._equipment
    tables = {"one": upper(channel="temperature"), "two": upper(channel="A")}
    assert [found.channel for found in watched(tables, equipment)] == ["environment.temperature", "A"]


def test_a_channel_of_a_device_that_does_not_take_part_is_left_out(simulated_station, direct_bench):
    equipment = direct_bench(simulated_station()).bench._equipment
    tables = {"one": upper(channel="D"), "two": upper(channel="D.content"), "three": upper(channel="A")}
    assert [found.name for found in watched(tables, equipment, devices=["A", "B", "C", "D"])] == ["three"]
    with pytest.raises(StationError, match="has no channel 'D'"):
        watched(tables, equipment, devices=["A", "B", "C"])


def test_silence_shorter_than_the_time_between_readings_is_refused(simulated_station, direct_bench):
    equipment = direct_bench(simulated_station()).bench._equipment
    with pytest.raises(StationError, match=r"\[interlocks.b\] silence_s: B is read every 2 s"):
        watched({"b": upper(channel="B", silence_s=2.0)}, equipment)
    assert watched({"b": upper(channel="B", silence_s=2.1)}, equipment)
    assert watched({"b": upper(channel="B", silence_s=0.0)}, equipment)


def test_what_tripped_before_a_loss_holds_until_it_is_released():
    bench = Bench(room=upper(action="pause"))
    bench.interlocks.recall({"room": 7})
    with pytest.raises(HoldError, match="since before the process was lost") as held:
        bench.read(0.0, 28.0)  # between the levels
    assert not held.value.released()
    bench.read(1.0, 28.0)
    bench.read(2.0, 25.0)
    assert held.value.released()
    assert (bench.sink.tripped, bench.sink.released) == ([], [7])


def test_what_tripped_before_a_loss_and_is_back_is_only_released():
    bench = Bench(room=upper(action="pause"))
    bench.interlocks.recall({"room": 7, "gone": 8})
    bench.read(0.0, 20.0)
    assert bench.sink.released == [7]
