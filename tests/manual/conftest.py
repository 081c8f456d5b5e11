"""A simulated station of its own in a file, and the hand on it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from instruments.twin.commands import Action
from instruments.twin.launch import start_laboratory, visit
from testbench.engine.clock import monotonic, pause
from testbench.engine.manual.hand_log import HandLog
from testbench.engine.manual.service import HandService
from testbench.engine.manual.sight import HandSight
from testbench.station import StationFile, read_station

WITHIN_S = 30.0


@dataclass
class Posted:
    """Keeps the snapshots that were posted, and waits for one."""

    sights: list[HandSight] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, sight: HandSight) -> None:
        with self.changed:
            self.sights.append(sight)
            self.changed.notify_all()

    def wait(self, wanted: Callable[[HandSight], bool]) -> HandSight:
        """The first snapshot from now on that is wanted."""
        with self.changed:
            seen = len(self.sights)
            found = self.changed.wait_for(lambda: any(map(wanted, self.sights[seen:])), WITHIN_S)
            assert found, f"no such snapshot; the last is {self.sights[-1] if self.sights else None}"
            return next(sight for sight in self.sights[seen:] if wanted(sight))


@dataclass
class Hand:
    """A service, what it posted, and its log."""

    service: HandService
    posted: Posted
    log: Path


@pytest.fixture(scope="session")
def plain_station(tmp_path_factory, simulated_text) -> Iterator[StationFile]:
    """The simulated station as it is; its laboratory goes on from one test to the next."""
    file = tmp_path_factory.mktemp("plain") / "station.toml"
    file.write_text(simulated_text, encoding="utf-8")
    station = read_station(file)
    yield station
    start_laboratory(station).stop()


@pytest.fixture
def station(tmp_path, simulated_text, plain_station) -> Callable[..., StationFile]:
    """The simulated station, its laboratory as it was started; with replacements, one of its own."""

    def make(*replacements: tuple[str, str]) -> StationFile:
        if not replacements:
            laboratory = start_laboratory(plain_station)
            laboratory.reset(1)
            laboratory.close()
            return plain_station
        text = simulated_text
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "station.toml"
        file.write_text(text, encoding="utf-8")
        return read_station(file)

    return make


@pytest.fixture
def hand(station, tmp_path) -> Iterator[Callable[..., Hand]]:
    """Take a station in the hand; released at the end."""
    taken = []

    def take(*replacements: tuple[str, str]) -> Hand:
        posted, log = Posted(), tmp_path / "state" / "by-hand.jsonl"
        file = station(*replacements)
        service = HandService(file, "li", posted, log=HandLog(log, str(file.path), "li"), every_s=0.05)
        taken.append(service)
        return Hand(service, posted, log)

    yield take
    for service in taken:
        service.release().result(WITHIN_S)


@pytest.fixture
def flows() -> Callable[[StationFile], dict[str, float]]:
    """The set-points of a station's controllers in the simulated laboratory, as it was told them."""

    def look(station: StationFile) -> dict[str, float]:
        with visit(station) as visitor:
            commands = visitor.log().commands
        return {command.name: command.values[0] for command in commands if command.action is Action.SET_FLOW}

    return look


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """Wait until something in another process is so."""

    def wait(condition: Callable[[], bool]) -> None:
        until = monotonic() + WITHIN_S
        while not condition():
            assert monotonic() < until, "it did not come"
            pause(0.05)

    return wait
