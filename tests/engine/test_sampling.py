"""Sampling on a common grid: multiples, gaps, sources that die, ticks that come too late."""

import math

import pytest

from testbench.engine.roles import Channel, Sample, Status
from testbench.engine.sampling import DEAD_AFTER, Sampler
from testbench.errors import InstrumentError


class SteppingClock:
    """Bench time that is where it is told to be; `slow` adds what a tick takes."""

    simulated = True

    def __init__(self):
        self.time = 0.0
        self.waits = []

    def now(self):
        return self.time

    def wait_until(self, time_s):
        self.waits.append(time_s)
        self.time = max(self.time, time_s)


class Ledger:
    def __init__(self):
        self.rows = []

    def add(self, channel, time, value, status, raw=None):
        self.rows.append((channel, time, value, status))

    def flush_if_due(self):
        pass


class Counting:
    """A source that counts its readings, fails when told to, and may take bench time for one."""

    def __init__(self, name, interval_s=1.0, fails=(), clock=None, slow=None):
        self.name = name
        self.channels = (Channel(f"{name}.value", "content", "%"),)
        self.interval_s = interval_s
        self.asked = 0
        self._fails = fails
        self._clock = clock
        self._slow = slow or {}

    def request(self):
        self.asked += 1
        if self.asked in self._fails and self._fails[self.asked] == "request":
            raise InstrumentError(f"{self.name}: no answer")

    def collect(self):
        if self._clock is not None:
            self._clock.time += self._slow.get(self.asked, 0.0)
        if self.asked in self._fails:
            raise InstrumentError(f"{self.name}: no answer")
        return (Sample(float(self.asked)),)


def sampler_of(*sources, clock=None):
    clock = clock or SteppingClock()
    ledger, gaps, numbers = Ledger(), [], {}
    sampler = Sampler(sources, clock, ledger, lambda channel: numbers.setdefault(channel.name, len(numbers)), gaps.append)
    return sampler, clock, ledger, gaps


def test_both_ends_of_the_duration_are_on_the_grid():
    sampler, _, ledger, _ = sampler_of(Counting("a"))
    window = sampler.sample(10.0, 2.0)
    assert [time for _, time, _, _ in ledger.rows] == [0, 2, 4, 6, 8, 10]
    assert (window.start, window.end) == (0.0, 10.0)


def test_a_slower_source_is_read_at_its_own_multiple_and_its_value_is_never_copied():
    sampler, _, ledger, _ = sampler_of(Counting("fast"), Counting("slow", interval_s=2.5))
    sampler.sample(6.0, 1.0)
    assert [time for channel, time, _, _ in ledger.rows if channel == 1] == [0, 3, 6]
    assert len([row for row in ledger.rows if row[0] == 0]) == 7


def test_a_reading_that_fails_is_a_gap_and_the_others_go_on():
    sampler, _, ledger, gaps = sampler_of(Counting("a", fails={2: "collect"}), Counting("b"))
    sampler.sample(2.0, 1.0)
    a = [(value, status) for channel, _, value, status in ledger.rows if channel == 0]
    assert a[0] == (1.0, Status.VALID)
    assert math.isnan(a[1][0])
    assert a[1][1] == Status.GAP
    assert a[2] == (3.0, Status.VALID)
    assert len([row for row in ledger.rows if row[0] == 1 and row[3] == Status.VALID]) == 3
    assert gaps == ["a: no answer"]


def test_a_question_that_cannot_be_sent_is_a_gap_too():
    sampler, _, ledger, gaps = sampler_of(Counting("a", fails={1: "request"}))
    sampler.sample(1.0, 1.0)
    assert [status for _, _, _, status in ledger.rows] == [Status.GAP, Status.VALID]
    assert gaps == ["a: no answer"]


def test_a_source_that_stays_silent_ends_the_sampling_with_its_name():
    sampler, _, ledger, _ = sampler_of(Counting("a", fails=dict.fromkeys(range(1, 100), "collect")), Counting("b"))
    with pytest.raises(InstrumentError, match=rf"a: no answer; given up after {DEAD_AFTER} readings in a row"):
        sampler.sample(100.0, 1.0)
    assert len([row for row in ledger.rows if row[0] == 0]) == DEAD_AFTER


def test_a_tick_that_comes_too_late_is_marked_as_a_gap_at_the_time_it_was_due():
    clock = SteppingClock()
    sampler, _, ledger, _ = sampler_of(Counting("a", clock=clock, slow={2: 3.5}), clock=clock)
    window = sampler.sample(6.0, 1.0)
    gaps = [time for _, time, _, status in ledger.rows if status == Status.GAP]
    assert gaps == [2.0, 3.0]
    assert window.late == 2


def test_sampling_stops_when_the_condition_is_met():
    sampler, clock, _, _ = sampler_of(Counting("a"))
    window = sampler.sample(100.0, 1.0, until=lambda: clock.now() >= 4.0)
    assert window.end == 4.0


def test_readings_of_a_long_wait_are_not_kept_in_memory():
    sampler, _, ledger, _ = sampler_of(Counting("a"))
    sampler.sample(1000.0, 1.0, remember=False)
    assert len(ledger.rows) == 1001
    assert sampler.series["a.value"].times == []


def test_a_window_has_its_readings_and_gaps_are_not_numbers():
    sampler, _, _, _ = sampler_of(Counting("a", fails={3: "collect"}))
    sampler.sample(5.0, 1.0)
    times, values = sampler.series["a.value"].between(1.0, 3.0)
    assert times.tolist() == [1.0, 2.0, 3.0]
    assert values[0] == 2.0
    assert math.isnan(values[1])


def sparing(*devices, others=()):
    """A sampler that spares devices under test, but not the others."""
    clock, ledger, gaps, numbers = SteppingClock(), Ledger(), [], {}
    sampler = Sampler(
        (*devices, *others),
        clock,
        ledger,
        lambda channel: numbers.setdefault(channel.name, len(numbers)),
        gaps.append,
        dispensable=devices,
        tested=devices,
    )
    return sampler, ledger, gaps


def test_a_device_that_stays_silent_is_given_up_and_the_others_go_on():
    silent = Counting("a", fails=dict.fromkeys(range(2, 100), "collect"))
    sampler, ledger, gaps = sparing(silent, Counting("b"))
    sampler.sample(20.0, 1.0)
    assert silent.asked == 1 + DEAD_AFTER  # a device that hangs must not slow the others down at every reading
    assert sampler.given_up("a.value")
    assert not sampler.given_up("b.value")
    assert [status for channel, _, _, status in ledger.rows if channel == 0] == [Status.VALID] + [Status.GAP] * 20
    assert [status for channel, _, _, status in ledger.rows if channel == 1] == [Status.VALID] * 21
    assert gaps[-1].startswith("a: given up")


def test_a_device_that_was_given_up_is_asked_again_when_a_step_begins():
    back = 2 + DEAD_AFTER
    device = Counting("a", fails=dict.fromkeys(range(2, back), "collect"))
    sampler, ledger, gaps = sparing(device, Counting("b"))
    sampler.sample(10.0, 1.0)
    sampler.begin_step()
    sampler.sample(2.0, 1.0)
    assert not sampler.given_up("a.value")
    assert [value for channel, _, value, _ in ledger.rows if channel == 0][-3:] == [back, back + 1, back + 2]
    assert gaps[-1] == "a: answers again"


def test_without_any_device_that_answers_the_run_ends():
    fails = dict.fromkeys(range(2, 100), "collect")
    sampler, _, _ = sparing(Counting("a", fails=fails), Counting("b", fails=fails))
    with pytest.raises(InstrumentError, match="b: no answer; given up"):
        sampler.sample(20.0, 1.0)


def test_without_a_source_that_makes_the_gas_the_run_ends():
    controller = Counting("mfc", fails=dict.fromkeys(range(2, 100), "collect"))
    sampler, _, _ = sparing(Counting("a"), others=(controller,))
    with pytest.raises(InstrumentError, match="mfc: no answer; given up"):
        sampler.sample(20.0, 1.0)
