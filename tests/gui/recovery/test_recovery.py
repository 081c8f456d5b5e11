"""After a crash the person is offered what was lost, once, with words that say what was measured and why it ended."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.recovery import recovery as offering
from gui.recovery.lost import Lost, go_on, lost, measured
from gui.recovery.offer import LostCard
from gui.recovery.recovery import Recovery
from gui.watched import Standing as Seen
from testbench.engine.evaluation import close
from testbench.engine.standing import Standing, stand
from testbench.office.detached import StartError
from testbench.office.known_records import remember
from testbench.outcome import Outcome
from testbench.record.store import Record
from testbench.text import Language

WAIT_MS = 15_000
Lose = Callable[..., tuple[Path, str]]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def offered(desk: Desk, window: QWidget, lose: Lose, qtbot: QtBot) -> Iterator[tuple[Recovery, Path, str]]:
    """A lost evaluation, offered."""
    record, evaluation = lose()
    remember(record)
    recovery = Recovery(desk, window)
    desk.lookout.start()
    qtbot.waitUntil(lambda: bool(recovery.offered), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "Measured until" in card_of(recovery)._what.text(), timeout=WAIT_MS)
    yield recovery, record, evaluation
    recovery.dialog.close()


def card_of(recovery: Recovery) -> LostCard:
    return recovery.dialog.cards[0]


def went(desk: Desk) -> list[tuple[str, dict[str, object]]]:
    calls: list[tuple[str, dict[str, object]]] = []
    desk.went.connect(lambda page, target: calls.append((page, target)))
    return calls


def test_the_offer_says_what_was_measured_and_why_it_ended_and_stops_nothing(
    offered: tuple[Recovery, Path, str],
) -> None:
    recovery, _, evaluation = offered
    card = card_of(recovery)
    assert recovery.dialog.isVisible()
    assert not recovery.dialog.isModal()
    assert evaluation in card._heading.text()
    assert "simulated" in card._heading.text()
    assert "process is gone" in card._state.word
    words = card._what.text()
    assert "1 of 2 procedures finished, findings: 1" in words
    assert "Devices A" in words
    assert all(
        button.accessibleName().endswith(evaluation) and button.text().count("&") == 1
        for button in (card.resume_button, card.close_button, card.inspect_button, card.later_button)
    )


def test_the_offer_speaks_the_language_of_the_window_at_once(offered: tuple[Recovery, Path, str], desk: Desk) -> None:
    recovery, _, _ = offered
    desk.set_language(Language.CHINESE)
    assert "恢复测试" in card_of(recovery).resume_button.text()
    assert "2 项测试程序已完成 1 项" in card_of(recovery)._what.text()
    assert recovery.dialog.windowTitle() == "中断的测试评价"


def test_what_was_left_for_later_is_not_offered_again_in_this_session(
    offered: tuple[Recovery, Path, str], desk: Desk, qtbot: QtBot, lose: Lose
) -> None:
    recovery, _, _ = offered
    qtbot.keyClick(recovery.dialog, Qt.Key.Key_Escape)
    assert recovery.offered == ()
    record, second = lose("second.sqlite")
    remember(record)
    desk.lookout.look_now()
    qtbot.waitUntil(lambda: bool(recovery.offered), timeout=WAIT_MS)
    assert [one.evaluation for one in recovery.offered] == [second]
    card_of(recovery).later_button.click()
    assert not recovery.dialog.isVisible()


def test_it_is_closed_only_with_a_reason_and_by_name(offered: tuple[Recovery, Path, str], desk: Desk, qtbot: QtBot) -> None:
    recovery, record, evaluation = offered
    desk.person = "Li Wei"
    card = card_of(recovery)
    card.close_button.click()
    assert card.reason.isVisible()
    qtbot.keyClicks(card.reason, "   ")
    assert not card.confirm_button.isEnabled()
    qtbot.keyClicks(card.reason, "analyser A is broken")
    qtbot.keyClick(card.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not recovery.offered, timeout=WAIT_MS)
    with Record.open(record) as opened:
        at = stand(opened, evaluation)
    assert at.standing is Standing.CLOSED
    assert at.row.outcome is Outcome.ERROR
    assert at.row.reason == "closed by Li Wei: analyser A is broken"


def test_inspecting_shows_it_and_decides_nothing(offered: tuple[Recovery, Path, str], desk: Desk) -> None:
    recovery, record, evaluation = offered
    calls = went(desk)
    card_of(recovery).inspect_button.click()
    assert calls == [("run", {"record": record, "evaluation": evaluation})]
    with Record.open(record) as opened:
        assert stand(opened, evaluation).standing is Standing.LOST


def test_it_is_gone_on_with_in_a_process_of_its_own_and_shown(
    offered: tuple[Recovery, Path, str], desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery, record, evaluation = offered
    calls, begun = went(desk), []

    def started(one: Lost) -> str:
        begun.append(one)
        return one.evaluation

    monkeypatch.setattr(offering, "go_on", started)
    card_of(recovery).resume_button.click()
    qtbot.waitUntil(lambda: bool(calls), timeout=WAIT_MS)
    assert [one.evaluation for one in begun] == [evaluation]
    assert calls == [("run", {"record": record, "evaluation": evaluation})]


def test_where_it_cannot_be_gone_on_with_the_reason_is_shown_and_the_offer_stays(
    offered: tuple[Recovery, Path, str], desk: Desk, qtbot: QtBot
) -> None:
    recovery, _, _ = offered
    card = card_of(recovery)
    with qtbot.waitSignal(desk.failed, timeout=WAIT_MS) as failed:
        card.resume_button.click()
        assert not card.close_button.isEnabled()
    assert "earlier version" in str(failed.args[0])
    assert card.close_button.isEnabled()
    assert recovery.offered


def test_what_another_person_decides_meanwhile_is_taken_back(
    offered: tuple[Recovery, Path, str], desk: Desk, qtbot: QtBot
) -> None:
    recovery, record, evaluation = offered
    close(record, evaluation, "", "Zhang")
    desk.lookout.look_now()
    qtbot.waitUntil(lambda: not recovery.offered, timeout=WAIT_MS)
    assert not recovery.dialog.isVisible()


def test_what_the_process_said_is_the_error(lose: Lose, desk: Desk) -> None:
    record, evaluation = lose()
    with Record.open(record) as opened:
        (one,) = lost((Seen(record, stand(opened, evaluation)),), ())
    assert (one.evaluation, one.process_lost, one.output, one.language) == (evaluation, True, record.parent, "en")
    assert lost((), ()) == ()
    with pytest.raises(StartError, match="earlier version"):
        go_on(one)
    found = measured(record, evaluation)
    assert (found.finished, found.planned, found.findings) == (1, 2, 1)
    assert found.last == dt.datetime(2026, 3, 2, 1, 40, tzinfo=dt.UTC)
