"""Clocks: bench time on a base that nobody sets, jumps of the wall clock and suspends, and waiting that can be cut."""

from __future__ import annotations

import datetime as dt

import pytest

from testbench.engine.clock import AccompaniedClock, MachineTime, RealClock, SimulatedClock, duration
from testbench.errors import AbortedError

STARTED = dt.datetime(2026, 3, 1, 22, 0, 0, tzinfo=dt.UTC)


class Computer:
    """A computer whose clocks are moved by hand: pauses take no time here, and what happens in them is planned."""

    def __init__(self) -> None:
        self.elapsed_s, self.awake_s, self.wall_s = 5000.0, 300.0, STARTED.timestamp()
        self.pauses: list[float] = []
        self.events: dict[int, tuple[float, float]] = {}  # number of the pause → suspended, wall clock set by

    def time(self) -> MachineTime:
        return MachineTime(lambda: self.elapsed_s, lambda: self.awake_s, lambda: self.wall_s, self.pause)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        suspended, set_by = self.events.get(len(self.pauses), (0.0, 0.0))
        seconds = max(seconds, 1e-6)  # no sleep is shorter
        self.awake_s += seconds
        self.elapsed_s += seconds + suspended
        self.wall_s += seconds + suspended + set_by


class World:
    """A laboratory that only has a time."""

    def __init__(self, now_s: float = 0.0) -> None:
        self.times = [now_s]

    def now(self) -> float:
        return self.times[-1]

    def advance(self, to_s: float) -> None:
        assert to_s >= self.times[-1]
        self.times.append(to_s)


@pytest.fixture
def computer() -> Computer:
    return Computer()


def clock_of(computer: Computer, **options: float) -> tuple[RealClock, list[str]]:
    told: list[str] = []
    return RealClock(jumped=told.append, machine=computer.time(), **options), told


def test_a_wait_lasts_as_long_as_asked_in_short_pieces(computer: Computer) -> None:
    clock, told = clock_of(computer)
    clock.wait_until(1.1)
    assert clock.now() == pytest.approx(1.1)
    assert max(computer.pauses) <= 0.2
    clock.wait_until(1.0)  # has passed
    assert clock.now() == pytest.approx(1.1)
    assert told == []


def test_an_evaluation_that_is_gone_on_with_keeps_its_bench_time(computer: Computer) -> None:
    clock, _ = clock_of(computer, start_s=7200.0)
    assert clock.now() == 7200.0
    clock.idle(3.0)
    assert clock.now() == pytest.approx(7203.0)


@pytest.mark.parametrize(
    ("set_by", "text"),
    [(3600.0, "the wall clock was set forward by 3600 s"), (-86400.0, "the wall clock was set back by 86400 s")],
)
def test_a_wall_clock_that_is_set_changes_no_bench_time_and_is_told_once(
    computer: Computer, set_by: float, text: str
) -> None:
    clock, told = clock_of(computer)
    computer.events[3] = (0.0, set_by)
    clock.wait_until(10.0)
    assert clock.now() == pytest.approx(10.0)
    assert told == [text]
    assert abs(clock.wall() - STARTED - dt.timedelta(seconds=10.0 + set_by)) < dt.timedelta(seconds=1e-3)


def test_a_wall_clock_that_is_set_between_two_waits_is_noticed_at_the_next(computer: Computer) -> None:
    clock, told = clock_of(computer)
    computer.wall_s -= 5.0
    clock.wait_until(0.0)
    assert told == ["the wall clock was set back by 5 s"]


@pytest.mark.parametrize("drift", [0.001, -0.001])
def test_a_wall_clock_that_is_slewed_for_days_was_not_set(computer: Computer, drift: float) -> None:
    clock, told = clock_of(computer)
    for _ in range(10_000):
        computer.wall_s += drift
        clock.idle(0.2)
    assert told == []


def test_a_suspend_is_told_with_its_length_and_the_time_missed_has_passed(computer: Computer) -> None:
    clock, told = clock_of(computer)
    computer.events[2] = (7 * 3600.0 + 12 * 60.0, 0.0)
    clock.wait_until(600.0)
    assert told == ["the computer was suspended for 7 h 12 min"]
    assert clock.now() == pytest.approx(7 * 3600 + 12 * 60 + 0.4)
    assert len(computer.pauses) == 2
    clock.wait_until(clock.now() + 5.0)
    assert len(told) == 1


def test_a_suspend_with_a_clock_that_was_set_meanwhile_is_both(computer: Computer) -> None:
    clock, told = clock_of(computer)
    computer.events[1] = (100.0, -50.0)
    clock.idle(1.0)
    assert told == ["the computer was suspended for 1 min 40 s", "the wall clock was set back by 50 s"]


def test_clocks_that_are_read_far_apart_are_read_again(computer: Computer) -> None:
    """The process is stopped for a minute between the reading of one clock and the next: no clock was set."""
    clock, told = clock_of(computer)
    readings = iter([60.0])

    def wall() -> float:
        late = next(readings, 0.0)
        computer.elapsed_s += late
        computer.awake_s += late
        computer.wall_s += late
        return computer.wall_s

    machine = MachineTime(lambda: computer.elapsed_s, lambda: computer.awake_s, wall, computer.pause)
    stopped = RealClock(jumped=told.append, machine=machine)
    stopped.idle(1.0)
    clock.idle(1.0)
    assert told == []


def test_the_clocks_of_this_computer_agree_with_each_other() -> None:
    told: list[str] = []
    clock = RealClock(jumped=told.append)
    clock.idle(0.01)
    assert 0.01 <= clock.now() < 60.0
    assert told == []
    assert abs(clock.wall() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=60)
    assert clock.wall().tzinfo is not None


def test_an_abort_cuts_every_kind_of_wait(computer: Computer) -> None:
    def check() -> None:
        if len(computer.pauses) >= 4:
            raise AbortedError("enough")

    for clock in (
        RealClock(check, machine=computer.time()),
        AccompaniedClock(World(), check, machine=computer.time()),  # type: ignore[arg-type]
        SimulatedClock(World(), check, machine=computer.time()),  # type: ignore[arg-type]
    ):
        computer.pauses.clear()
        with pytest.raises(AbortedError):
            clock.idle(3600.0)
        assert len(computer.pauses) == 4


def test_the_laboratory_accompanies_real_time_in_pieces_from_where_it_is(computer: Computer) -> None:
    world = World(50.0)
    clock = AccompaniedClock(world, start_s=40.0, machine=computer.time())  # type: ignore[arg-type]
    assert clock.now() == 50.0
    clock.idle(1.0)
    assert world.now() == pytest.approx(51.0)
    assert max(b - a for a, b in zip(world.times, world.times[1:], strict=False)) <= 0.2 + 1e-9


def test_simulated_time_jumps_in_a_wait_and_follows_real_time_when_idle(computer: Computer) -> None:
    world = World()
    clock = SimulatedClock(world, machine=computer.time())  # type: ignore[arg-type]
    clock.wait_until(3600.0)
    assert computer.pauses == []
    clock.idle(1.1)
    assert sum(computer.pauses) == pytest.approx(1.1)
    assert max(computer.pauses) <= 0.2
    assert clock.now() == world.now() == 3601.1


def test_a_simulated_evaluation_that_is_gone_on_with_keeps_its_dates() -> None:
    world = World(7200.0)
    clock = SimulatedClock(world, started=STARTED)  # type: ignore[arg-type]
    assert clock.now() == 7200.0
    assert clock.wall() == STARTED + dt.timedelta(hours=2)
    fresh = SimulatedClock(world)  # type: ignore[arg-type]
    assert abs(fresh.wall() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=60)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (2.4, "2 s"),
        (59.6, "1 min 0 s"),
        (250.0, "4 min 10 s"),
        (3599.7, "1 h 0 min"),
        (7 * 3600 + 12 * 60 + 20, "7 h 12 min"),
        (86399.0, "1 d 0 h"),
        (9 * 86400 + 5 * 3600, "9 d 5 h"),
    ],
)
def test_lengths_of_time_are_told_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text
