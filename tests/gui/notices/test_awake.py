"""The computer stays awake while a run of this computer goes on, on each system by its own means, and no longer."""

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.notices.awake import Awake, goes_on_here
from gui.notices.freedesktop import BusKind, Call, LinuxHolder, calls, over_dbus
from gui.notices.preferences import AWAKE
from gui.watched import Standing
from testbench.engine.person import host_name
from testbench.engine.standing import Standing as Stands

Make = Callable[..., Standing]


class Holder:
    """Keeps a list of what it was asked, and in which thread; refuses where it is told to."""

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self._refuses = refuses

    def hold(self) -> None:
        self.asked.append("hold")
        self.threads.add(threading.get_ident())
        if self._refuses:
            raise OSError(self._refuses)

    def release(self) -> None:
        self.asked.append("release")
        self.threads.add(threading.get_ident())


@pytest.fixture
def holder() -> Holder:
    return Holder()


@pytest.fixture
def awake(desk: Desk, holder: Holder) -> Iterator[Awake]:
    awake = Awake(desk, holder, desk)
    yield awake
    awake.close()


def test_only_a_run_of_this_computer_counts(standing: Make) -> None:
    assert goes_on_here((standing(Stands.RUNNING),), host_name())
    assert goes_on_here((standing(Stands.PAUSED),), host_name())
    assert not goes_on_here((standing(Stands.RUNNING, host="another"), standing(Stands.LOST)), host_name())
    assert not goes_on_here((), host_name())


def test_it_is_held_once_while_a_run_goes_on_and_released_after(
    desk: Desk, awake: Awake, holder: Holder, standing: Make, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(awake.changed) as changed:
        desk.lookout.changed.emit((standing(Stands.RUNNING),))
    assert changed.args == [True, ""]
    desk.lookout.changed.emit((standing(Stands.PAUSED),))
    with qtbot.waitSignal(awake.changed) as changed:
        desk.lookout.changed.emit((standing(Stands.FINISHED),))
    assert changed.args == [False, ""]
    assert holder.asked == ["hold", "release"]
    assert len(holder.threads) == 1
    assert threading.get_ident() not in holder.threads


def test_the_end_of_the_window_releases_it(desk: Desk, awake: Awake, holder: Holder, standing: Make, qtbot: QtBot) -> None:
    with qtbot.waitSignal(awake.changed):
        desk.lookout.changed.emit((standing(Stands.RUNNING),))
    awake.close()
    assert holder.asked == ["hold", "release"]


def test_a_person_may_not_want_it(desk: Desk, awake: Awake, holder: Holder, standing: Make) -> None:
    desk.preferences.set(AWAKE.key, False)
    desk.lookout.changed.emit((standing(Stands.RUNNING),))
    awake.close()
    assert holder.asked == []


def test_where_it_cannot_be_held_that_is_told_once(desk: Desk, standing: Make, qtbot: QtBot) -> None:
    awake = Awake(desk, Holder("no such bus"), desk)
    told: list[str] = []
    desk.informed.connect(told.append)
    for _ in range(2):
        with qtbot.waitSignal(awake.changed) as changed:
            desk.lookout.changed.emit((standing(Stands.RUNNING),))
        assert changed.args == [False, "no such bus"]
        with qtbot.waitSignal(awake.changed):
            desk.lookout.changed.emit(())
    awake.close()
    assert told == ["This computer cannot be kept awake: no such bus. Switch its sleep off while runs go on."]


def test_logind_is_asked_first_and_the_desktop_where_it_is_not_there() -> None:
    asked: list[Call] = []
    released: list[str] = []

    def bus(call: Call) -> Callable[[], None]:
        asked.append(call)
        if call.bus is BusKind.SYSTEM:
            raise OSError("no such service")
        return lambda: released.append(call.service)

    holder = LinuxHolder("testbench", "a run", bus)
    holder.hold()
    assert [call.service for call in asked] == ["org.freedesktop.login1", "org.freedesktop.PowerManagement"]
    assert asked[0].arguments == ("sleep:idle", "testbench", "a run", "block")
    holder.release()
    holder.release()
    assert released == ["org.freedesktop.PowerManagement"]


def test_where_no_inhibitor_is_there_each_service_is_named() -> None:
    def bus(call: Call) -> Callable[[], None]:
        raise OSError("not there")

    with pytest.raises(OSError, match=r"org\.freedesktop\.login1: not there; .*ScreenSaver: not there"):
        LinuxHolder("testbench", "a run", bus).hold()


def test_a_bus_that_is_not_there_is_an_error_in_words(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    call = next(call for call in calls("testbench", "a run") if call.bus is BusKind.SESSION)
    with pytest.raises(OSError, match=r"\w+"):
        over_dbus(call)
