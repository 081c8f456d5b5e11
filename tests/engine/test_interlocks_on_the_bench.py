"""Interlocks on a bench at work: looked at in every wait, gas at rest while they hold, an abort that nothing delays."""

import pytest

from testbench.engine import stepping
from testbench.engine.interlocks import Interlocks, watched
from testbench.errors import AbortedError
from testbench.station import Interlock


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(stepping, "IDLE_S", 0.001)


class Alarms:
    """Keeps alarms in memory."""

    def __init__(self):
        self.tripped = []
        self.released = []

    def trip(self, name, interlock, text, value, at_s):
        self.tripped.append(name)
        return len(self.tripped)

    def release(self, alarm, at_s):
        self.released.append(alarm)


class Room:
    """A bench with interlocks; the room is warm (45 °C) from `warm_at` on, for a number of ticks."""

    def __init__(self, made, **tables):
        self.made = made
        self.alarms = Alarms()
        self.told = []
        self.warm_at = None
        self.ticks = 0
        self.setpoints = []
        self._interlocks = Interlocks(watched(tables, made.bench._equipment), self.alarms, self.told.append)
        made.bench._sampler._watch = self.watch

    def watch(self, now, series):
        if self.warm_at is not None and now >= self.warm_at:
            self.made.plant.set_condition("temperature", 45.0)
            self.warm_at = None
        if self.alarms.tripped and not self.alarms.released:
            self.setpoints.append([self.made.plant.controller(name).setpoint() for name in ("mfc-co2", "mfc-n2")])
            self.ticks -= 1
            if self.ticks == 0:
                self.made.plant.set_condition("temperature", 23.0)
        self._interlocks.look(now, series)


@pytest.fixture
def room(simulated_station, direct_bench):
    def make(**options):
        table = {"channel": "temperature", "trip": 40.0, "release": 38.0} | options
        return Room(direct_bench(simulated_station()), room=Interlock(**table))

    return make


def test_a_pause_rests_the_gas_and_the_step_is_carried_out_when_the_value_is_back(room):
    warm = room(action="pause")
    bench = warm.made.bench
    bench.supply(0.5)
    bench.settle()
    began = warm.made.clock.now()
    warm.warm_at, warm.ticks = began + 100.0, 5
    averages = bench.average(300.0)
    assert warm.alarms.tripped == ["room"]
    assert warm.alarms.released == [1]
    assert warm.setpoints[-1][0] == 0.0  # zero gas only
    assert 0.0 < warm.setpoints[-1][1] < 1.0  # at a low flow
    assert [number for number, _, _ in warm.made.ledger.cut] == [3]
    assert averages.window.start > began + 100.0
    assert averages.readings["A"].reference.value == pytest.approx(10.0, rel=1e-3)


def test_an_abort_in_a_wait_comes_with_the_tick_and_ends_the_run_for_good(room):
    warm = room(action="abort")
    bench = warm.made.bench
    bench.zero_gas()
    began = warm.made.clock.now()
    warm.warm_at = began + 1000.0
    with pytest.raises(AbortedError, match=r"aborted by interlock room: .*temperature is 45 °C, at or above 40 °C"):
        bench.wait(7 * 86400.0)
    assert warm.made.clock.now() - began <= 1000.0 + 2 * 60.0
    with pytest.raises(AbortedError, match="interlock room"):
        bench.zero_gas()


def test_a_delay_is_waited_for(room):
    warm = room(action="abort", delay_s=600.0)
    bench = warm.made.bench
    bench.zero_gas()
    began = warm.made.clock.now()
    warm.warm_at = began + 1000.0
    with pytest.raises(AbortedError, match="for 600 s"):
        bench.wait(86400.0)
    assert 1600.0 <= warm.made.clock.now() - began <= 1600.0 + 3 * 60.0


def test_a_warning_costs_the_run_nothing(room):
    warm = room(action="warn")
    warm.made.bench.zero_gas()
    warm.warm_at = warm.made.clock.now() + 1000.0
    window = warm.made.bench.wait(7200.0)
    assert warm.alarms.tripped == ["room"]
    assert window.end - window.start == pytest.approx(7200.0)
    assert warm.made.ledger.cut == []
