"""A person hears of each event once: a question, an alarm, a pause, an end; in the language of the window."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.notices.notices import Notices
from gui.notices.preferences import NOTICES, SOUND
from gui.notices.watch import Event, NoticeWatch
from gui.watched import Standing
from testbench.engine.standing import Standing as Stands
from testbench.text import Language

Make = Callable[..., Standing]


class Tray:
    """Stands in for the tray: keeps what it was asked to show."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []

    def showMessage(self, heading: str, text: str, *_: object) -> None:  # noqa: N802
        self.shown.append((heading, text))

    def setToolTip(self, text: str) -> None:  # noqa: N802
        """Nothing to show it on."""


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def notices(desk: Desk, window: QWidget) -> Notices:
    return Notices(desk, window)


def events(watch: NoticeWatch, *standings: Standing) -> list[Event]:
    return [notice.event for notice in watch.look(tuple(standings))]


def test_each_event_is_told_once(standing: Make) -> None:
    watch = NoticeWatch()
    assert events(watch, standing(Stands.RUNNING)) == []
    assert events(watch, standing(Stands.RUNNING, prompts=1)) == [Event.PROMPT]
    assert events(watch, standing(Stands.RUNNING, prompts=1)) == []
    assert events(watch, standing(Stands.RUNNING)) == []
    assert events(watch, standing(Stands.RUNNING, prompts=1)) == [Event.PROMPT]
    assert events(watch, standing(Stands.PAUSED, alarms=1)) == [Event.ALARM]
    assert events(watch, standing(Stands.PAUSED, alarms=1)) == []
    assert events(watch, standing(Stands.RUNNING)) == []
    assert events(watch, standing(Stands.PAUSED)) == [Event.PAUSED]


@pytest.mark.parametrize(
    ("end", "event"),
    [
        (Stands.FINISHED, Event.FINISHED),
        (Stands.ABORTED, Event.ABORTED),
        (Stands.LOST, Event.LOST),
        (Stands.INTERRUPTED, Event.INTERRUPTED),
    ],
)
def test_an_end_is_told_once_and_only_of_what_was_seen_going(standing: Make, end: Stands, event: Event) -> None:
    watch = NoticeWatch()
    assert events(watch, standing(end, evaluation="E0"), standing(Stands.RUNNING)) == []
    assert events(watch, standing(end, evaluation="E0"), standing(end)) == [event]
    assert events(watch, standing(end, evaluation="E0"), standing(end), standing(end, evaluation="E2")) == []


def test_what_waits_already_is_told_at_the_first_look(standing: Make) -> None:
    assert events(NoticeWatch(), standing(Stands.PAUSED, prompts=1)) == [Event.PROMPT, Event.PAUSED]


def test_evaluations_of_different_records_are_told_apart(standing: Make) -> None:
    watch = NoticeWatch()
    events(watch, standing(Stands.RUNNING, evaluation="E1"), standing(Stands.RUNNING, evaluation="E2"))
    (notice,) = watch.look((standing(Stands.RUNNING, evaluation="E1"), standing(Stands.FINISHED, evaluation="E2")))
    assert (notice.evaluation, notice.station, notice.simulated) == ("E2", "CO2 bench 1", True)


def test_a_notice_is_shown_where_the_person_wants_it(
    desk: Desk, notices: Notices, standing: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    tray, heard, alerted = Tray(), [], []
    monkeypatch.setattr(notices, "_tray", tray)
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append(1))
    monkeypatch.setattr(QApplication, "alert", lambda *_: alerted.append(1))
    desk.lookout.changed.emit((standing(Stands.RUNNING, prompts=1),))
    assert tray.shown == [("CO2 bench 1: a question waits for an answer", "Evaluation E1, simulated")]
    assert (len(alerted), heard) == (1, [])
    desk.preferences.set(SOUND.key, True)
    desk.preferences.set(NOTICES.key, False)
    desk.set_language(Language.CHINESE)
    told: list[str] = []
    notices.told.connect(lambda notice, heading, text: told.append(heading))
    desk.lookout.changed.emit((standing(Stands.FINISHED),))
    assert len(tray.shown) == 1
    assert (len(alerted), heard) == (2, [1])
    assert told == ["CO2 bench 1：测试评价已完成"]


@pytest.mark.parametrize(("at", "page"), [(Stands.FINISHED, "results"), (Stands.LOST, "run")])
def test_a_notice_leads_to_its_evaluation(
    desk: Desk, notices: Notices, window: QWidget, standing: Make, at: Stands, page: str
) -> None:
    went: list[tuple[str, object]] = []
    desk.went.connect(lambda name, target: went.append((name, target["evaluation"])))
    notices.go_there()
    assert went == []
    desk.lookout.changed.emit((standing(Stands.RUNNING),))
    desk.lookout.changed.emit((standing(at),))
    window.hide()
    notices.go_there()
    assert went == [(page, "E1")]
    assert window.isVisible()


def test_without_a_tray_the_window_tells(notices: Notices, desk: Desk, standing: Make, qtbot: QtBot) -> None:
    assert (notices._tray is not None) is QSystemTrayIcon.isSystemTrayAvailable()
    with qtbot.waitSignal(desk.informed) as informed:
        desk.lookout.changed.emit((standing(Stands.PAUSED),))
    assert informed.args == ["CO2 bench 1: the run is paused – Evaluation E1, simulated"]
