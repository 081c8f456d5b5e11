"""A bench in real time on a computer whose wall clock is set, or that is suspended: bench time goes on as it should."""

from __future__ import annotations

import pytest

from testbench.engine.clock import AccompaniedClock, MachineTime

HOUR_S = 3600.0


class Computer:
    """A computer whose pauses take no time here, and last `coarse_s` at least; what happens in them is planned."""

    def __init__(self, coarse_s=0.0):
        self.elapsed_s, self.awake_s, self.wall_s = 5000.0, 300.0, 1.8e9
        self.coarse_s = coarse_s
        self.pauses = 0
        self.planned = {}  # number of the pause → suspended, wall clock set by (s)

    def time(self):
        return MachineTime(lambda: self.elapsed_s, lambda: self.awake_s, lambda: self.wall_s, self.pause)

    def pause(self, seconds):
        self.pauses += 1
        suspended, set_by = self.planned.get(self.pauses, (0.0, 0.0))
        seconds = max(seconds, self.coarse_s, 1e-6)
        self.awake_s += seconds
        self.elapsed_s += seconds + suspended
        self.wall_s += seconds + suspended + set_by


@pytest.fixture
def timed(direct_bench, simulated_station):
    """`timed(computer)`: a bench on the plant in the time of that computer, and what its clock tells."""

    def make(computer, **options):
        told = []

        def clocked(laboratory):
            return AccompaniedClock(laboratory, jumped=told.append, machine=computer.time())

        return direct_bench(simulated_station(), clocked=clocked, **options), told

    return make


@pytest.mark.parametrize(("set_by", "way"), [(-HOUR_S, "back"), (HOUR_S, "forward")])
def test_a_wall_clock_that_is_set_changes_no_bench_time(timed, set_by, way):
    computer = Computer()
    computer.planned[50] = (0.0, set_by)
    made, told = timed(computer)
    window = made.bench.wait(60.0)
    assert (window.start, window.end, window.late) == (pytest.approx(0.0), pytest.approx(60.0), 0)
    assert made.clock.now() == pytest.approx(60.0, abs=0.01)
    assert made.ledger.gaps == 0
    assert told == [f"the wall clock was set {way} by 3600 s"]
    assert made.ledger.events == []


def test_a_suspend_within_a_wait_ends_it_at_its_deadline(timed):
    computer = Computer(coarse_s=5.0)
    computer.planned[1000] = (8 * HOUR_S, 0.0)
    made, told = timed(computer, wait_every_s=60.0)
    made.bench.supply(0.5)
    window = made.bench.wait(24 * HOUR_S)
    assert window.end - window.start == pytest.approx(24 * HOUR_S)
    assert made.clock.now() == pytest.approx(window.end, abs=10.0)
    assert told == ["the computer was suspended for 8 h 0 min"]
    assert window.late in (479, 480)
    (missed,) = [text for kind, text in made.ledger.events if kind == "gap"]
    assert missed.startswith(f"{window.late} ticks before bench time ")
    channels = made.ledger.gaps / window.late
    assert channels == int(channels), "a gap in every channel for each tick that was missed"
    assert made.ledger.readings == channels * (24 * 60 + 1)


def test_a_suspend_beyond_a_wait_ends_it_at_once_and_is_one_event(timed):
    """A night at one tick a second: tens of thousands of gaps go to the record, and none stay in memory."""
    computer = Computer()
    computer.planned[100] = (8 * HOUR_S, 0.0)
    made, told = timed(computer)
    longest = 0
    keep = made.ledger.add

    def watched(channel, time, value, status, raw=None):
        nonlocal longest
        keep(channel, time, value, status, raw)
        longest = max(longest, max(len(series.times) for series in made.bench._sampler.series.values()))

    made.ledger.add = watched
    window = made.bench.wait(7 * HOUR_S)
    assert window.end - window.start == pytest.approx(7 * HOUR_S)
    assert made.clock.now() == pytest.approx(8 * HOUR_S + 20.0, abs=5.0)
    assert told == ["the computer was suspended for 8 h 0 min"]
    assert [kind for kind, _ in made.ledger.events] == ["gap"]
    assert made.ledger.events[0][1].startswith(f"{window.late} ticks before")
    assert longest == 1
    assert made.bench.read().values["A"] is not None, "it goes on with what is there now"
