"""What watches the records: it finds what goes on, tells of changes once, and survives records that cannot be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.lookout import Lookout
from testbench.engine.standing import Standing as Stands
from testbench.office.known_records import remember


@pytest.fixture
def records() -> list[Path]:
    return []


@pytest.fixture
def lookout(qtbot: QtBot, records: list[Path]) -> Iterator[Lookout]:
    lookout = Lookout(lambda: list(records))
    yield lookout
    lookout.close()


def test_it_finds_the_evaluations_of_all_known_records(
    lookout: Lookout, records: list[Path], evaluated: Path, qtbot: QtBot
) -> None:
    records.append(evaluated)
    with qtbot.waitSignal(lookout.changed, timeout=20000):
        lookout.start()
    (one,) = lookout.standings
    assert (one.record, one.stand.standing) == (evaluated, Stands.FINISHED)


def test_it_sees_the_one_that_is_followed(lookout: Lookout, records: list[Path], evaluated: Path, qtbot: QtBot) -> None:
    records.append(evaluated)
    with qtbot.waitSignal(lookout.changed, timeout=20000):
        lookout.start()
    with qtbot.waitSignal(lookout.sighted, timeout=20000):
        lookout.follow(evaluated, lookout.standings[0].evaluation)
    assert lookout.sight is not None
    assert lookout.sight.stand.standing is Stands.FINISHED
    assert {reading.channel.name for reading in lookout.sight.readings} >= {"A", "B"}


def test_a_record_that_cannot_be_read_is_told_once_and_the_others_are_seen(
    lookout: Lookout, records: list[Path], evaluated: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    broken = tmp_path / "record.sqlite"
    broken.write_bytes(b"no database at all, but long enough to be read as one" * 40)
    records.extend([broken, evaluated])
    told: list[tuple[object, str]] = []
    lookout.troubled.connect(lambda path, why: told.append((path, why)))
    with qtbot.waitSignal(lookout.changed, timeout=20000):
        lookout.start()
    seen: list[object] = []
    lookout.sighted.connect(seen.append)
    lookout.follow(evaluated, lookout.standings[0].evaluation)
    lookout.look_now()
    qtbot.waitUntil(lambda: len(seen) >= 2, timeout=20000)
    assert [one.record for one in lookout.standings] == [evaluated]
    assert [path for path, _ in told] == [broken]


def test_a_record_that_is_remembered_is_seen(state: Path, evaluated: Path, qtbot: QtBot) -> None:
    lookout = Lookout()
    with qtbot.waitSignal(lookout.changed, timeout=20000):
        lookout.start()
    assert lookout.standings == ()
    remember(evaluated)
    try:
        with qtbot.waitSignal(lookout.changed, timeout=20000):
            lookout.look_now()
        assert [one.record for one in lookout.standings] == [evaluated]
    finally:
        lookout.close()
