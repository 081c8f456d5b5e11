"""Many instruments are asked at the same moment; on a clock that waits the grid goes on while one is slow to answer."""

import math
import threading

import pytest

from testbench.engine import sampling
from testbench.engine.assembly import assemble
from testbench.engine.inquiry import Inquiry
from testbench.engine.roles import Channel, Sample, Status
from testbench.engine.sampling import Sampler
from testbench.errors import AbortedError, InstrumentError

PATIENT_S = 10.0  # what never comes is waited for so long


class Jumping:
    """Bench time that jumps to where it is asked to be."""

    simulated = True

    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    def wait_until(self, time_s):
        self.time = max(self.time, time_s)


class Waiting(Jumping):
    """A clock of a bench of real instruments, without the waiting."""

    simulated = False


class Rows:
    def __init__(self):
        self.rows = []

    def add(self, channel, time, value, status, raw=None):
        self.rows.append((channel, time, value, status))

    def flush_if_due(self):
        pass

    def of(self, channel):
        return [(time, value, status) for number, time, value, status in self.rows if number == channel]


class Answering:
    """A source whose answers are numbered from 1; `answer` is called with the number before each is given."""

    def __init__(self, name, answer=lambda number: None, interval_s=0.01):
        self.name = name
        self.interval_s = interval_s
        self.channels = (Channel(name, "content", "%"),)
        self.asked = 0
        self.threads = []
        self._answer = answer

    def request(self):
        self.asked += 1

    def collect(self):
        self.threads.append(threading.current_thread())
        self._answer(self.asked)
        return (Sample(float(self.asked)),)


def sampler_of(*sources, clock, **options):
    rows, told, numbers = Rows(), [], {}
    register = lambda channel: numbers.setdefault(channel.name, len(numbers))  # noqa: E731
    return Sampler(sources, clock, rows, register, told.append, **options), rows, told


def wait_for(event):
    if not event.wait(PATIENT_S):
        raise InstrumentError("nobody came")


@pytest.mark.parametrize("clock", [Jumping, Waiting])
def test_no_answer_is_given_before_all_were_asked_and_so_in_every_round_of_questions(clock):
    everybody = threading.Barrier(16)

    def in_three_rounds(_):
        for _ in range(3):
            everybody.wait(PATIENT_S)

    sampler, rows, _ = sampler_of(*(Answering(f"i{n}", in_three_rounds) for n in range(16)), clock=clock())
    sampler.once()
    assert [(number, status) for number, _, _, status in rows.rows] == [(n, Status.VALID) for n in range(16)]


@pytest.mark.parametrize("clock", [Jumping, Waiting])
def test_instruments_on_one_line_wait_for_each_other(clock):
    talking = []
    overlaps = []
    beside = threading.Barrier(2)

    def alone(_):
        overlaps.append(list(talking))
        talking.append(1)
        if len(overlaps) == 1:
            beside.wait(PATIENT_S)  # with the instrument on the other line
        talking.pop()

    shared = [Answering(f"i{n}", alone) for n in range(5)]
    other = Answering("other", lambda _: beside.wait(PATIENT_S))
    sampler, rows, _ = sampler_of(*shared, other, clock=clock(), line=lambda source: source.name[0])
    sampler.once()
    assert overlaps == [[]] * 5
    assert all(status == Status.VALID for _, _, _, status in rows.rows)
    assert len(rows.rows) == 6


def test_on_a_clock_that_jumps_every_answer_is_kept_before_time_goes_on_in_the_order_of_the_sources():
    slow = threading.Event()
    first, last = Answering("first", lambda _: wait_for(slow)), Answering("last", lambda _: slow.set())
    sampler, rows, _ = sampler_of(first, last, clock=Jumping())
    sampler.sample(0.05, 0.01)
    assert [(number, time) for number, time, _, _ in rows.rows] == [(n, 0.01 * t) for t in range(6) for n in (0, 1)]


def test_who_answers_swiftly_is_asked_without_a_thread_where_all_answers_are_waited_for_anyway():
    swift = Answering("swift")
    sampler, _, _ = sampler_of(swift, clock=Jumping())
    sampler.sample(0.05, 0.01)
    assert swift.threads[0] is not threading.current_thread()  # nobody knew
    assert swift.threads[-1] is threading.current_thread()


TICK_S = 0.04


def slow_and_fast(slow_interval_s=2 * TICK_S, released_at=8):
    """A source whose second answer comes only when another has given one of its own, by default the eighth."""
    released = threading.Event()
    slow = Answering("slow", lambda number: wait_for(released) if number == 2 else None, slow_interval_s)
    fast = Answering("fast", lambda number: released.set() if number == released_at else None)
    return slow, fast


def ticks(readings):
    return [round(time / TICK_S, 6) for time, _, _ in readings]


def test_the_grid_goes_on_while_an_answer_is_outstanding():
    slow, fast = slow_and_fast()
    sampler, rows, told = sampler_of(slow, fast, clock=Waiting())
    window = sampler.sample(16 * TICK_S, TICK_S)
    assert ticks(rows.of(1)) == list(range(17))
    assert [status for _, _, status in rows.of(1)] == [Status.VALID] * 17
    assert window.late == 0
    readings = rows.of(0)
    assert ticks(readings) == list(range(0, 17, 2))  # each tick of its own once, in order
    assert readings[1][1:] == (2.0, Status.VALID)  # at the tick at which it was asked for
    assert [status for _, _, status in readings[2:4]] == [Status.GAP] * 2  # asked nothing while it owed an answer
    assert readings[-1][2] == Status.VALID
    values = [value for _, value, status in readings if status == Status.VALID]
    assert values == sorted(set(values))  # a missed tick is a gap, never a copy
    assert [text.split(":")[0] for text in told] == ["slow"]
    assert told[0].endswith("s to answer; readings due meanwhile are gaps")
    assert window.skew_s > 0.0


def test_a_slow_source_at_its_own_multiple_misses_nothing():
    slow, fast = slow_and_fast(slow_interval_s=10 * TICK_S, released_at=14)
    sampler, rows, told = sampler_of(slow, fast, clock=Waiting())
    sampler.sample(29 * TICK_S, TICK_S)
    assert [status for _, _, status in rows.of(1)] == [Status.VALID] * 30
    assert ticks(rows.of(0)) == [0, 10, 20]
    assert [value for _, value, _ in rows.of(0)] == [1.0, 2.0, 3.0]
    assert told == []


def test_those_on_the_line_of_an_outstanding_answer_have_gaps_meanwhile():
    slow, fast = slow_and_fast(slow_interval_s=10 * TICK_S, released_at=14)
    beside = Answering("beside")
    line = {"slow": 1, "beside": 1, "fast": 2}
    sampler, rows, _ = sampler_of(slow, beside, fast, clock=Waiting(), line=lambda source: line[source.name])
    sampler.sample(25 * TICK_S, TICK_S)
    assert ticks(rows.of(1)) == list(range(26))
    statuses = [status for _, _, status in rows.of(1)]
    assert statuses[11:13] == [Status.GAP] * 2
    assert (statuses[0], statuses[-1]) == (Status.VALID, Status.VALID)


def test_nothing_is_outstanding_when_the_sampling_ends():
    over = threading.Event()
    slow = Answering("slow", lambda _: wait_for(over))
    sampler, rows, _ = sampler_of(slow, clock=Waiting())
    window = sampler.sample(10.0, 0.01, until=lambda: True, busy=over.set)
    assert window.end == 0.0
    assert rows.rows == [(0, 0.0, 1.0, Status.VALID)]
    assert sampler.series["slow"].times == [0.0]


def test_before_an_instrument_is_spoken_to_amid_the_sampling_its_answer_is_waited_for():
    over = threading.Event()
    spoken = []

    def speak():
        over.set()
        sampler.settle()
        spoken.append(list(rows.of(0)))
        return True

    sampler, rows, _ = sampler_of(Answering("slow", lambda _: wait_for(over)), clock=Waiting())
    sampler.sample(10.0, 0.01, until=speak)
    assert spoken == [[(0.0, 1.0, Status.VALID)]]


def test_what_a_step_does_not_compute_from_is_forgotten_also_when_it_comes_late():
    over = threading.Event()
    sampler, rows, _ = sampler_of(Answering("slow", lambda _: wait_for(over)), clock=Waiting())
    sampler.sample(0.02, 0.01, busy=over.set, remember=False)
    assert len(rows.rows) == 3
    assert sampler.series["slow"].times == []
    assert sampler.series["slow"].last.value >= 1.0


def test_after_an_abort_too_nothing_is_outstanding():
    over = threading.Event()

    class Aborted(Waiting):
        def wait_until(self, time_s):
            super().wait_until(time_s)
            if time_s >= 0.03:
                over.set()
                raise AbortedError("aborted by a person")

    sampler, rows, _ = sampler_of(Answering("slow", lambda _: wait_for(over)), clock=Aborted())
    with pytest.raises(AbortedError):
        sampler.sample(1.0, 0.01)
    assert [status for _, _, status in rows.of(0)] == [Status.VALID, Status.GAP, Status.GAP]


def test_a_slow_source_that_fails_is_counted_as_any_other():
    failed = threading.Event()

    def fail(number):
        if number > 1:
            wait_for(failed)
            raise InstrumentError("slow: no answer")

    slow = Answering("slow", fail)
    fast = Answering("fast", lambda number: failed.set() if number == 4 else None)
    sampler, rows, told = sampler_of(slow, fast, clock=Waiting(), dispensable=(slow,), tested=(slow, fast))
    sampler.sample(0.5, 0.01)
    assert sampler.given_up("slow")
    assert slow.asked == 1 + sampling.DEAD_AFTER
    assert told[0] == "slow: no answer"
    swift = [status for _, _, status in rows.of(1)]
    assert len(swift) == 51
    assert swift.count(Status.VALID) > 40  # a busy machine may keep a thread from answering in time
    assert [status for _, _, status in rows.of(0)] == [Status.VALID] + [Status.GAP] * 50


def test_who_only_wants_all_answers_gets_them_and_defects_are_raised():
    silent = Answering("silent", lambda _: (_ for _ in ()).throw(InstrumentError("silent: no answer")))
    inquiry = Inquiry(3)
    found = {answer.source.name: answer for answer in inquiry.answers([[Answering("a"), silent], [Answering("b")]])}
    assert [found[name].samples for name in "ab"] == [(Sample(1.0),)] * 2
    assert found["silent"].failure == "silent: no answer"
    with pytest.raises(ZeroDivisionError):
        inquiry.answers([[Answering("defect", lambda _: 1 / 0)], [Answering("b")]])
    assert [answer.source.name for answer in inquiry.answers([[Answering("c")]])] == ["c"]  # nothing of before is left


def test_a_defect_of_a_driver_ends_the_sampling_and_hangs_nobody():
    def defect(number):
        if number == 2:
            raise ZeroDivisionError

    for clock in (Jumping(), Waiting()):
        sampler, _, _ = sampler_of(Answering("a", defect), Answering("b"), clock=clock)
        with pytest.raises(ZeroDivisionError):
            sampler.sample(1.0, 0.01)


def test_the_grid_stands_still_for_an_answer_that_is_owed_for_too_long(monkeypatch):
    monkeypatch.setattr(sampling, "HUNG_S", 0.0)
    released = threading.Event()

    def answer(number):
        if number == 1:
            released.wait(0.05)

    slow = Answering("slow", answer)
    sampler, rows, _ = sampler_of(slow, Answering("fast"), clock=Waiting())
    sampler.sample(0.05, 0.01)
    assert [status for _, _, status in rows.of(0)] == [Status.VALID] * 6


def test_whoever_watches_sees_an_answer_that_came_after_its_tick():
    slow, fast = slow_and_fast()
    seen = []
    watch = lambda now, series: seen.append((now, series["slow"].last_at, series["slow"].last.value))  # noqa: E731
    sampler, _, _ = sampler_of(slow, fast, clock=Waiting(), watch=watch)
    sampler.sample(16 * TICK_S, TICK_S)
    assert len(seen) == 17
    late = [(now, at) for now, at, value in seen if value == 2.0]
    assert late
    assert all(math.isclose(at, 2 * TICK_S) and now > 5 * TICK_S for now, at in late)


def test_instruments_of_a_station_with_the_same_resource_share_a_line(simulated_station):
    file = simulated_station()
    names = [*file.station.instruments, *file.station.devices]
    own = {name: f"TCPIP::127.0.0.1::{5000 + number}::SOCKET" for number, name in enumerate(names)}
    shared = own | {name: "ASRL3::INSTR" for name in file.station.instruments if name.startswith("mfc")}
    apart, together = (assemble(file, resources=resources) for resources in (own, shared))
    assert len({apart.line(source) for source in apart.sources}) == len(apart.sources)
    controllers = [source for source in together.sources if source.name.startswith("mfc")]
    assert len(controllers) > 1
    assert {together.line(source) for source in controllers} == {"ASRL3::INSTR"}
