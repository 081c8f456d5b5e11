"""Sampling on a common grid: multiples, gaps, sources that die, ticks that come too late."""

import math

import pytest

from testbench.engine.holding import HoldError
from testbench.engine.roles import Channel, Sample, Status
from testbench.engine.sampling import DEAD_AFTER, Sampler
from testbench.engine.silence import Silence
from testbench.errors import AbortedError, InstrumentError, RecordFullError


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
        self.full = False
        self.flushed = 0

    def add(self, channel, time, value, status, raw=None):
        self.rows.append((channel, time, value, status))

    def flush_if_due(self):
        if self.full:
            raise RecordFullError("the disk is full")
        self.flushed = len(self.rows)


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
    assert gaps == ["a: no answer", "a: answers again; 1 reading missed"]


def test_a_question_that_cannot_be_sent_is_a_gap_too():
    sampler, _, ledger, gaps = sampler_of(Counting("a", fails={1: "request"}))
    sampler.sample(1.0, 1.0)
    assert [status for _, _, _, status in ledger.rows] == [Status.GAP, Status.VALID]
    assert gaps == ["a: no answer", "a: answers again; 1 reading missed"]


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


def sparing(*devices, others=(), **options):
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
        **options,
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
    assert gaps[-1] == "a: answers again; 10 readings missed"


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


ALWAYS = range(2, 1000)


def mute(name, readings=ALWAYS):
    """A source that answers once and is silent for these readings."""
    return Counting(name, fails=dict.fromkeys(readings, "collect"))


def held(sampler, duration_s=20.0):
    with pytest.raises(HoldError) as caught:
        sampler.sample(duration_s, 1.0)
    return caught.value


def test_silence_is_told_when_it_begins_when_nothing_is_expected_any_more_and_when_it_ends():
    sampler, _, gaps = sparing(mute("a", range(2, 9)), Counting("b"))
    for _ in range(8):
        sampler.once()
        sampler.begin_step()
    sampler.once()
    assert gaps == [
        "a: no answer",
        f"a: given up after {DEAD_AFTER} readings in a row without an answer; the others are tested on, and it is asked "
        "again from time to time",
        "a: answers again; 7 readings missed",
    ]


def test_the_others_answers_are_taken_before_a_silent_instrument_ends_the_sampling():
    after = Counting("b")
    sampler, ledger, _ = sparing(after, others=(mute("mfc"),))
    sampler._readers.reverse()  # the silent one first
    with pytest.raises(InstrumentError, match="mfc"):
        sampler.sample(20.0, 1.0)
    assert len([row for row in ledger.rows if row[0] == 0 and row[3] == Status.VALID]) == after.asked


def test_without_a_source_that_makes_the_gas_the_run_is_held_until_it_answers():
    controller = mute("mfc", range(2, 10))
    sampler, ledger, _ = sparing(Counting("a"), others=(controller,), silence=Silence(wait_s=600.0))
    hold = held(sampler)
    assert "mfc: no answer; given up" in hold.reason
    rows = len(ledger.rows)
    asked = controller.asked
    while not hold.released():
        assert controller.asked < 20
    assert controller.asked == 10
    assert asked == 1 + DEAD_AFTER
    assert len(ledger.rows) == rows  # what is asked while held is no reading of the grid
    sampler.begin_step()
    sampler.sample(2.0, 1.0)
    assert not sampler.given_up("mfc.value")


def test_a_source_that_makes_the_gas_is_waited_for_a_limited_time(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("testbench.engine.holding.monotonic", lambda: now[0])
    sampler, _, _ = sparing(Counting("a"), others=(mute("mfc"),), silence=Silence(wait_s=600.0))
    hold = held(sampler)
    now[0] = 599.0
    assert not hold.released()
    now[0] = 600.0
    with pytest.raises(InstrumentError, match=r"mfc: no answer; given up after .* waited 600 s for it to answer again"):
        hold.released()


def test_while_the_run_is_held_ticks_go_on_and_the_hold_is_raised_again_when_the_next_attempt_fails_too():
    watched = []
    sampler, _, _ = sparing(
        Counting("a"),
        others=(mute("mfc"),),
        silence=Silence(wait_s=600.0),
        watch=lambda now, series: watched.append(now),
    )
    held(sampler)
    before = len(watched)
    for _ in range(3):
        sampler.once()
    assert len(watched) == before + 3
    sampler.begin_step()
    held(sampler)


def test_without_any_device_that_answers_the_run_is_held_until_one_does():
    sampler, _, _ = sparing(mute("a"), mute("b", range(2, 9)), silence=Silence(wait_s=600.0))
    hold = held(sampler)
    assert "a: no answer" in hold.reason
    assert "b: no answer" in hold.reason
    assert [hold.released() for _ in range(3)] == [False, False, True]


def test_a_person_may_be_asked_about_a_device_that_stays_silent():
    resumes = [0]
    sampler, ledger, _ = sparing(mute("a"), Counting("b"), silence=Silence(600.0, ask=True, resumes=lambda: resumes[0]))
    hold = held(sampler)
    assert not hold.released()
    resumes[0] += 1
    assert hold.released()
    sampler.begin_step()
    sampler.sample(50.0, 1.0)  # dropped from now on: nobody is asked again
    assert [status for channel, _, _, status in ledger.rows if channel == 1][-51:] == [Status.VALID] * 51


def test_a_device_that_came_back_and_falls_silent_again_is_asked_about_again():
    device = mute("a", [*range(2, 10), *range(12, 100)])
    sampler, _, _ = sparing(device, Counting("b"), silence=Silence(600.0, ask=True))
    hold = held(sampler)
    while not hold.released():
        assert device.asked < 20
    sampler.begin_step()
    held(sampler)


def test_the_tick_is_watched_though_the_disk_is_full():
    watched = []
    sampler, ledger, _ = sparing(Counting("a"), watch=lambda now, series: watched.append(series["a.value"].last.value))
    ledger.full = True
    with pytest.raises(RecordFullError):
        sampler.once()
    assert watched == [1.0]


def test_what_the_watch_raises_comes_before_a_full_disk_and_before_silence():
    def watch(now, series):
        if len(ledger.rows) >= 2 * (1 + DEAD_AFTER):
            raise AbortedError("interlock")

    sampler, ledger, _ = sparing(Counting("a"), others=(mute("mfc"),), watch=watch)
    with pytest.raises(AbortedError, match="interlock"):
        sampler.sample(20.0, 1.0)


def test_a_computer_that_slept_leaves_gaps_told_once_and_no_pile_in_memory():
    clock = SteppingClock()
    sampler, _, ledger, gaps = sampler_of(Counting("a", clock=clock, slow={2: 8 * 3600.0}), clock=clock)
    piles = []
    flush = ledger.flush_if_due

    def flushing():
        flush()
        piles.append(len(sampler.series["a.value"].times))

    ledger.flush_if_due = flushing
    window = sampler.sample(9 * 3600.0, 1.0, remember=False)
    assert window.late == 8 * 3600 - 2
    assert [status for _, _, _, status in ledger.rows].count(Status.GAP) == window.late
    assert max(piles) == 1
    assert len(piles) == len(ledger.rows)  # the writer may make room after each missed tick, too
    assert gaps == [f"{window.late} ticks before bench time 28800.0 s were missed; their readings are gaps"]


def test_a_sleep_until_the_end_is_told_as_well():
    clock = SteppingClock()
    sampler, _, _, gaps = sampler_of(Counting("a", clock=clock, slow={2: 3600.0}), clock=clock)
    window = sampler.sample(60.0, 1.0)
    assert window.late == 59
    assert gaps == ["59 ticks before bench time 60.0 s were missed; their readings are gaps"]
