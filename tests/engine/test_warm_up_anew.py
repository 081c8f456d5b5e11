"""A warm-up that a power cut interrupted begins anew where the devices may have cooled down; all else keeps its times."""

import datetime as dt

import pytest

from testbench.engine.journal import RunJournal
from testbench.engine.past import PROCESS_LOST, look_back

COLD_AFTER_S = 600.0
HOUR = {"duration_s": 3600.0}


class Clock:
    """Stands where it is put."""

    def __init__(self, started):
        self.time = 0.0
        self._started = started

    def now(self):
        return self.time

    def wall(self):
        return self._started + dt.timedelta(seconds=self.time)


class Bench:
    """An evaluation whose process is lost and gone on with again and again."""

    def __init__(self, going):
        self.going = going
        self.clock = Clock(going.record.evaluation(going.evaluation).start.started)
        self.channel = going.record.channel(going.evaluation, "A", quantity="CO2", unit="%", resolution=0.1, device="A")
        self.journal = RunJournal(going.record, going.evaluation, going.run, self.clock)

    def begin(self, call="warm_up"):
        return self.journal.begin(call, HOUR)[1]

    def read_until(self, time):
        self.clock.time = time
        writer = self.going.record.readings(self.going.evaluation)
        writer.add(self.channel, time, 1.0, 0)
        writer.flush()

    def resume_at(self, time, call="warm_up"):
        """Where the step counts from that is attempted again at a bench time."""
        past = look_back(self.going.record, self.going.evaluation)
        run = self.going.record.runs(self.going.evaluation)[0]
        recorded = past.recorded(self.going.record, run, COLD_AFTER_S)
        self.clock.time = time
        self.journal = RunJournal(self.going.record, self.going.evaluation, run.identifier, self.clock, recorded=recorded)
        self.going.record.event(
            self.going.evaluation, None, PROCESS_LOST, "interrupted", bench_time=time, at=self.clock.wall()
        )
        return self.begin(call)

    def told(self):
        events = self.going.record.events(self.going.evaluation)
        return [event.text for event in events if event.kind == "resumed"]


@pytest.fixture
def bench(going):
    return Bench(going)


def test_a_short_loss_leaves_the_warm_up_its_end(bench):
    assert bench.begin() == 0.0
    bench.read_until(1000.0)
    assert bench.resume_at(1000.0 + COLD_AFTER_S) == 0.0
    assert bench.told() == []


def test_after_a_long_loss_it_begins_anew_and_says_so(bench):
    bench.begin()
    bench.read_until(1000.0)
    assert bench.resume_at(8200.0) == 8200.0
    assert bench.told() == ["the warm-up begins anew: nobody watched the bench for 2 h 00 min"]


def test_a_second_loss_counts_from_where_it_began_anew(bench):
    bench.begin()
    bench.read_until(1000.0)
    bench.resume_at(8200.0)
    bench.read_until(9000.0)
    assert bench.resume_at(9100.0) == 8200.0
    bench.read_until(9200.0)
    assert bench.resume_at(20000.0) == 20000.0
    assert len(bench.told()) == 2


def test_a_long_pause_that_was_watched_cools_nothing(bench):
    bench.begin()
    bench.clock.time = 7200.0
    bench.journal.again(1, "paused", 100.0)  # cut at 100 s, attempted again two hours later
    bench.read_until(7300.0)
    assert bench.resume_at(7400.0) == 0.0


def test_a_wait_keeps_its_beginning_after_any_loss(bench):
    assert bench.begin("wait") == 0.0
    bench.read_until(1000.0)
    assert bench.resume_at(90000.0, "wait") == 0.0
    assert bench.told() == []
