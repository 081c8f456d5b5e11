"""The Run screen with a real evaluation in a process of its own: questions, pause, abort, end."""

import os
import signal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.running.course import StepState
from gui.running.page import RunPage
from gui.running.situation import Situation
from testbench.engine.control import find_process
from testbench.office.known_records import remember
from testbench.record.store import Record
from testbench.text import Language

WITHIN_MS = 30_000


@pytest.fixture
def following(page, going):
    page.arrive(record=going.record, evaluation=going.evaluation)
    return page


def until(qtbot, page, state: Situation) -> None:
    qtbot.waitUntil(lambda: page.situation is state, timeout=WITHIN_MS)


def until_asked(qtbot, page, other_than: int | None = None) -> int:
    def asked() -> bool:
        prompt = page._prompts.prompt
        return prompt is not None and prompt.number != other_than

    qtbot.waitUntil(asked, timeout=WITHIN_MS)
    return page._prompts.prompt.number


def test_without_an_evaluation_it_says_what_to_do(qtbot, desk, page) -> None:
    page.arrive()
    assert page._stack.currentWidget() is page._empty
    with qtbot.waitSignal(desk.went) as went:
        qtbot.mouseClick(page._new_button, Qt.MouseButton.LeftButton)
    assert went.args == ["new", {}]


def test_nothing_of_another_evaluation_is_said_of_one_that_cannot_be_read(qtbot, desk, page, evaluated) -> None:
    with Record.open(evaluated) as record:
        (row,) = record.evaluations()
    page.arrive(record=evaluated, evaluation=row.identifier)
    until(qtbot, page, Situation.FINISHED)
    with qtbot.waitSignal(desk.failed):
        page.arrive(record=evaluated.with_name("gone.sqlite"), evaluation="E1")
    page._show_headline()
    assert page.situation is None
    assert page._headline.state.word == "Reading the record …"
    assert page._headline.times.text == ""
    assert page._steps.steps.rowCount() == 0


def test_the_whole_course_from_question_to_results(qtbot, desk, following, going) -> None:
    page, answered, desk.person = following, set(), "li"
    first = until_asked(qtbot, page)
    assert page.situation is Situation.WAITING
    assert page._headline.state.word == "Waits for you"
    assert desk.simulated("run")
    line = page._prompts._line
    assert page.focusWidget() is line
    qtbot.keyClicks(line, "fifty")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert page._prompts._error.text() == "“fifty” is not a number; give a number in Hz."
    assert not page._prompts._error.isHidden()

    def asked_or_over() -> bool:
        prompt = page._prompts.prompt
        return page.situation is Situation.FINISHED or (prompt is not None and prompt.number not in answered)

    while True:
        qtbot.waitUntil(asked_or_over, timeout=WITHIN_MS)
        if page.situation is Situation.FINISHED:
            break
        prompt = page._prompts.prompt
        answered.add(prompt.number)
        line.selectAll()
        qtbot.keyClicks(line, "done" if prompt.expected is None else f"{prompt.expected:g}".replace(".", ","))
        qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._verdicts.verdicts.rowCount() == 3)
    assert all(step.state is StepState.DONE for step in page._course.steps)
    assert page._headline.percent.text == "100 %"
    with going.open() as record:
        assert (record.prompts.get(first).answer_number, record.prompts.get(first).by) == (50.0, "li")
        for channel in record.channels(going.evaluation):
            stored = record.load(going.evaluation, channel.name)
            levels = page._plot._traces[channel.name].levels
            qtbot.waitUntil(lambda levels=levels, stored=stored: len(levels) == sum(stored.time >= levels.first))
    assert page._events.events.rowCount() > 0
    desk.set_language(Language.CHINESE)
    assert page._headline.state.word.startswith("已完成：")
    assert page._tabs.tabText(1) == "事件"
    with qtbot.waitSignal(desk.went) as went:
        qtbot.mouseClick(page._results_button, Qt.MouseButton.LeftButton)
    assert went.args[0] == "results"
    assert went.args[1]["evaluation"] == going.evaluation


def test_it_pauses_at_once_or_after_the_step_and_goes_on(qtbot, desk, following) -> None:
    desk.person = "li"
    until_asked(qtbot, following)
    following._bar.at_once.click()
    until(qtbot, following, Situation.PAUSED)
    assert following._prompts.isHidden()
    assert following._headline.state.word == "Paused"
    assert following._headline.where.text().startswith("paused by li · Run 1 of")
    assert not following._bar.pause.isVisibleTo(following)
    qtbot.waitUntil(following._bar.resume.isEnabled)
    following._bar.resume.click()
    until(qtbot, following, Situation.WAITING)
    qtbot.waitUntil(following._bar.pause.isEnabled)
    following._bar.pause.click()
    qtbot.waitUntil(lambda: following._pausing, timeout=WITHIN_MS)
    following._prompts._line.setText("50")
    following._prompts._answer()
    until(qtbot, following, Situation.PAUSED)


def test_closing_the_screen_ends_nothing_and_an_abort_needs_a_second_step(qtbot, desk, page, going) -> None:
    page.follow(going.record, going.evaluation)
    until_asked(qtbot, page)
    page.close_feed()
    remember(going.record)
    desk.lookout.start()
    other = RunPage(desk)
    qtbot.addWidget(other)
    other.show()
    other.arrive()
    until(qtbot, other, Situation.WAITING)
    assert other._choice.currentData() == (going.record, going.evaluation)
    other._bar.abort.click()
    question = other._question
    assert question.isVisible()
    assert other.focusWidget() is question.yes
    qtbot.keyClick(question.yes, Qt.Key.Key_Escape)
    assert question.isHidden()
    assert other.situation is Situation.WAITING
    other._bar.abort.click()
    question.reason.setText("smell of gas")
    qtbot.keyClick(question.yes, Qt.Key.Key_Return)
    until(qtbot, other, Situation.ABORTED)
    with going.open() as record:
        assert "smell of gas" in record.evaluation(going.evaluation).reason
    assert "smell of gas" in other._headline.step.text
    assert not other._bar.abort.isVisibleTo(other)
    other.close_feed()


def test_shortcuts_are_there_and_told(page) -> None:
    bar = page._bar
    keys = {button.shortcut().toString() for button in (bar.pause, bar.at_once, bar.resume, bar.note, bar.abort)}
    assert keys == {"Ctrl+P", "Ctrl+Shift+P", "Ctrl+R", "Ctrl+Shift+N", "Ctrl+Shift+A"}
    assert all(button.shortcut().toString() in button.toolTip() for button in (bar.pause, bar.resume, bar.abort))
    assert page._alarms.all_button.shortcut().toString() == "Ctrl+K"


def test_an_evaluation_whose_process_was_lost_is_gone_on_with(qtbot, following, going) -> None:
    until_asked(qtbot, following)
    os.kill(find_process(going.record, going.evaluation).pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    stopped = (Situation.LOST, Situation.INTERRUPTED)  # the guard enters the interruption, soon after
    qtbot.waitUntil(lambda: following.situation in stopped, timeout=WITHIN_MS)
    assert following._headline.state.word in ("Process lost", "Interrupted")
    assert not following._bar.abort.isEnabled()
    following._bar.resume.click()
    until(qtbot, following, Situation.WAITING)
    assert following._bar.pause.isVisibleTo(following)


def test_changing_between_evaluations_shows_the_one_that_was_chosen_last(qtbot, page, evaluated, tmp_path) -> None:
    copy = tmp_path / "copy.sqlite"
    with Record.open(evaluated) as record:
        record.back_up(copy)
        evaluation = record.evaluations()[0].identifier
    for path in (evaluated, copy) * 5:
        page.follow(path, evaluation)
        QApplication.processEvents()
    qtbot.waitUntil(lambda: page.situation is Situation.FINISHED, timeout=WITHIN_MS)
    assert page._feed.record == copy
    qtbot.waitUntil(lambda: len(page._plot._traces["A"].query(0.0, 1e6, 500)) > 300, timeout=WITHIN_MS)
    assert page._verdicts.verdicts.rowCount() > 20
