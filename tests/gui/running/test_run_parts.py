"""The parts of the Run screen: course and situation from the record, tables, alarms, questions, actions."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.plots.limit_bar import LimitBar
from gui.running import actions
from gui.running.alarm_panel import AlarmPanel
from gui.running.course import CourseReader, StepState, step_text
from gui.running.event_list import EventModel
from gui.running.feed import Feed
from gui.running.prompt_panel import PromptPanel
from gui.running.situation import Situation, situation, times
from gui.running.steering_bar import AbortQuestion
from gui.running.step_list import StepModel
from gui.running.verdict_table import BAR, VerdictModel
from testbench.engine.headway import Headway
from testbench.engine.standing import Stand, Standing
from testbench.engine.watching import Sight, Watcher
from testbench.errors import InputError
from testbench.outcome import Outcome, RunState
from testbench.record.model import AlarmRow, CommandKind, EventRow, PictureRow, PromptRow
from testbench.record.store import Record
from testbench.text import Language

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
ALARM = AlarmRow(1, "E1", "room-co2", "safe", "CO2 in the room", "room.co2", 0.8, 100.0, NOW)
PROMPT = PromptRow(7, "E1", None, "Flow at the exhaust", "L/min", 4.0, 0.0, NOW)
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def record(evaluated, tmp_path):
    """A copy of a finished evaluation, to be written."""
    path = tmp_path / "copy.sqlite"
    with Record.open(evaluated) as original:
        original.back_up(path)
    with Record.open(path) as opened:
        yield opened


@pytest.fixture
def evaluation(record) -> str:
    return record.evaluations()[0].identifier


@pytest.fixture
def course(record, evaluation):
    return CourseReader(record, evaluation).read(record.channels(evaluation))


def sight(record, evaluation, standing: Standing, **changes) -> Sight:
    seen = Watcher(record, evaluation).look()
    return replace(seen, stand=Stand(seen.stand.row, standing), **changes)


# ---- course and situation -------------------------------------------------------------------------------------------


def test_the_course_of_a_finished_evaluation_has_all_runs_steps_and_verdicts(record, evaluation, course) -> None:
    runs = record.runs(evaluation)
    assert [run.number for run in course.runs] == [run.number for run in runs]
    assert [len(run.steps) for run in course.runs] == [len(record.steps(run.identifier)) for run in runs]
    assert {step.state for step in course.steps} == {StepState.DONE}
    assert len(course.verdicts) == len(record.findings(evaluation))
    assert {run.title.zh for run in course.runs} >= {"线性误差", "重复性"}
    assert course.jumps
    assert all(shade.end is not None and shade.end > shade.start for shade in course.shades)


def test_set_points_are_in_the_unit_of_the_devices(course) -> None:
    (gas,) = course.gas
    assert gas.channel == "A"
    assert {round(value, 6) for value in gas.set_points} >= {0.0, 20.0, 4.0, 16.0}  # % of CO2, of a full scale of 20 %
    assert max(abs(a - b) for a, b in zip(gas.set_points, gas.references, strict=True)) < 0.02
    assert list(gas.times) == sorted(gas.times)


def test_a_run_that_goes_on_shows_what_its_plan_has_left(record, evaluation, monkeypatch) -> None:
    runs = record.runs(evaluation)
    present = replace(runs[1], state=RunState.RUNNING, outcome=None, ended_at=None, finished=None)
    monkeypatch.setattr(record, "runs", lambda _: [runs[0], present])
    steps = record.glances.steps_from(present.identifier, 0)[:4]
    steps[-1] = replace(steps[-1], ended_at=None)
    monkeypatch.setattr(record.glances, "steps_from", lambda run, _: steps if run == present.identifier else [])
    course = CourseReader(record, evaluation).read(())
    states = [step.state for step in course.runs[1].steps]
    assert states[:4] == [StepState.DONE] * 3 + [StepState.NOW]
    assert set(states[4:]) == {StepState.TO_COME}
    assert len(states) > 40
    assert course.present.number == 4
    starts = [step.start_s for step in course.runs[1].steps]
    assert starts == sorted(starts)
    assert [run.state for run in course.runs[2:]] == [None] * 3


def test_a_step_of_another_version_goes_by_its_name() -> None:
    assert step_text("supply", {}).en == "supply gas"
    assert step_text("supply", {"fraction": 0.2}).zh == "配气 20 %F.S."
    assert step_text("unheard of", None).en == "unheard of"


@pytest.mark.parametrize(
    ("standing", "changes", "pausing", "expected"),
    [
        (Standing.RUNNING, {}, False, Situation.RUNNING),
        (Standing.RUNNING, {}, True, Situation.PAUSING),
        (Standing.RUNNING, {"prompts": (PROMPT,)}, True, Situation.WAITING),
        (Standing.PAUSED, {}, True, Situation.PAUSED),
        (Standing.PAUSED, {"alarms": (ALARM,)}, False, Situation.HELD),
        (Standing.LOST, {"alarms": (ALARM,)}, False, Situation.LOST),
        (Standing.FINISHED, {}, True, Situation.FINISHED),
        (Standing.CLOSED, {}, False, Situation.CLOSED),
    ],
)
def test_the_situation_is_one_word(record, evaluation, standing, changes, pausing, expected) -> None:
    assert situation(sight(record, evaluation, standing, **changes), pausing=pausing) is expected


def test_the_clock_of_the_end_is_told_only_where_bench_time_is_real(record, evaluation, course) -> None:
    left = {"headway": Headway(0.25, 3600.0)}
    running = sight(record, evaluation, Standing.RUNNING, **left)
    assert times(running, course, NOW).ends is None
    assert times(running, replace(course, jumps=False), NOW).ends == NOW + dt.timedelta(hours=1)
    paused = sight(record, evaluation, Standing.PAUSED, **left)
    assert times(paused, replace(course, jumps=False), NOW).ends is None
    assert times(sight(record, evaluation, Standing.FINISHED), course, NOW).share == 1.0


# ---- tables ---------------------------------------------------------------------------------------------------------


def test_the_tables_are_sound_models_in_both_languages(desk, course) -> None:
    steps, verdicts, events = StepModel(desk), VerdictModel(desk), EventModel(desk)
    testers = [QAbstractItemModelTester(model, FATAL) for model in (steps, verdicts, events)]
    steps.set_words("Step", "Begins", "attempt {number}")
    steps.set_runs(course.runs)
    steps.set_runs(course.runs[:2])
    first = course.runs[0]
    again = replace(first, steps=(replace(first.steps[0], attempts=2, state=StepState.NOW), *first.steps[1:]))
    steps.set_runs((again, course.runs[1]))
    assert steps.index(1, 0).data() == "check conditions (attempt 2)"
    assert steps.is_run(0)
    verdicts.set_verdicts(course.verdicts)
    assert isinstance(verdicts.index(0, BAR).data(Qt.ItemDataRole.UserRole), LimitBar)
    events.add([EventRow("E1", None, "operator", "cylinder changed (li)", 60.0, NOW)])
    desk.set_language(Language.CHINESE)
    assert steps.index(0, 0).data().startswith("1  ")
    assert events.index(0, 2).data() == "操作员：cylinder changed (li)"
    outcomes = {verdicts.index(row, 5).data() for row in range(verdicts.rowCount())}
    assert outcomes <= {"合格", "不合格", "无法判定"}
    del testers


# ---- alarms and questions -------------------------------------------------------------------------------------------


def test_an_alarm_stays_until_it_is_acknowledged_and_back(qtbot, desk) -> None:
    panel = AlarmPanel(desk)
    qtbot.addWidget(panel)
    panel.show_alarms((ALARM,))
    panel.show()
    assert "still there; not acknowledged" in panel.words(ALARM)
    with qtbot.waitSignal(panel.wanted) as wanted:
        panel.all_button.click()
    assert wanted.args == [None]
    seen = replace(ALARM, acknowledged=NOW, by="li")
    panel.show_alarms((seen,))
    assert not panel.isHidden()
    assert panel.all_button.isHidden()
    assert "acknowledged by li" in panel.words(seen)
    panel.show_alarms(())
    assert panel.isHidden()


def panel_with(qtbot, desk, prompt: PromptRow) -> PromptPanel:
    panel = PromptPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_prompts((prompt,))
    return panel


def test_a_choice_is_taken_by_its_digit(qtbot, desk) -> None:
    panel = panel_with(qtbot, desk, replace(PROMPT, unit="", expected=None, choices=("no alarm", "alarm A", "alarm B")))
    panel._answer()
    assert panel._error.text() == "Choose one of the answers first."
    with qtbot.waitSignal(panel.answered) as answered:
        qtbot.keyClick(panel, Qt.Key.Key_2)
        qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert answered.args[1:] == ["alarm A", None]


def test_a_picture_must_be_chosen_where_one_is_asked_for(qtbot, desk, tmp_path) -> None:
    panel = panel_with(qtbot, desk, replace(PROMPT, unit="", expected=None, wants_picture=True))
    assert panel._line.isHidden()
    panel._answer()
    assert panel._error.text().startswith("A picture is asked for too")
    panel.choose_file(tmp_path / "display.png")
    with qtbot.waitSignal(panel.answered) as answered:
        panel._answer()
    assert answered.args[2] == tmp_path / "display.png"


def test_a_question_takes_no_keys_from_a_person_who_types_or_aborts(qtbot, desk) -> None:
    whole = QWidget()
    column = QVBoxLayout(whole)
    question, panel = AbortQuestion(desk), PromptPanel(desk)
    column.addWidget(question)
    column.addWidget(panel)
    qtbot.addWidget(whole)
    whole.show()
    question.ask()
    panel.show_prompts((PROMPT,))
    assert whole.focusWidget() is question.yes
    question.reason.setFocus()
    panel.show_prompts((replace(PROMPT, number=8),))
    assert whole.focusWidget() is question.reason
    question.hide()
    panel.show_prompts((replace(PROMPT, number=9),))
    assert whole.focusWidget() is panel._line


def test_enter_that_is_held_down_answers_nothing(qtbot, desk) -> None:
    panel = panel_with(qtbot, desk, replace(PROMPT, unit="", expected=None))
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    with qtbot.assertNotEmitted(panel.answered):
        QApplication.sendEvent(panel._line, held)
        QApplication.sendEvent(panel, held)
    with qtbot.waitSignal(panel.answered):
        qtbot.keyClick(panel._line, Qt.Key.Key_Return)


def test_a_second_press_of_enter_does_not_confirm_the_question_that_came_in_between(qtbot, desk) -> None:
    confirmation = replace(PROMPT, unit="", expected=None)
    panel = panel_with(qtbot, desk, confirmation)
    with qtbot.waitSignal(panel.answered):
        qtbot.keyClick(panel._line, Qt.Key.Key_Return)
    usual = QApplication.doubleClickInterval()
    QApplication.setDoubleClickInterval(3_600_000)  # nothing in this test takes longer
    try:
        panel.show_prompts((replace(confirmation, number=8),))
        with qtbot.assertNotEmitted(panel.answered):
            qtbot.keyClick(panel._line, Qt.Key.Key_Return)
        QApplication.setDoubleClickInterval(0)
        with qtbot.waitSignal(panel.answered):
            qtbot.keyClick(panel._line, Qt.Key.Key_Return)
    finally:
        QApplication.setDoubleClickInterval(usual)


def test_the_picture_of_a_question_is_shown(qtbot, desk, tmp_path) -> None:
    shown = PictureRow(1, 7, True, "valve.png", "image/png", "", "", NOW)
    panel = PromptPanel(desk)
    qtbot.addWidget(panel)
    prompt = replace(PROMPT, pictures=(shown,))
    with qtbot.waitSignal(panel.picture_wanted):
        panel.show_prompts((prompt,))
    image = QImage(600, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("grey"))
    assert image.save(str(tmp_path / "valve.png"))
    from testbench.record.pictures import read_picture

    panel.show_picture(prompt, read_picture(tmp_path / "valve.png"))
    assert not panel._picture.isHidden()
    assert panel._picture.pixmap().width() <= 280


def test_what_was_typed_stays_while_the_question_stays(qtbot, desk) -> None:
    panel = panel_with(qtbot, desk, PROMPT)
    qtbot.keyClicks(panel._line, "4,1")
    panel.show_prompts((PROMPT, replace(PROMPT, number=8)))
    assert panel._line.text() == "4,1"
    assert panel._heading.word == "2 questions wait for your answer"
    panel.show_prompts((replace(PROMPT, number=8),))
    assert panel._line.text() == ""


# ---- actions and feed -----------------------------------------------------------------------------------------------


def test_alarms_of_an_evaluation_that_is_over_are_acknowledged_in_the_record(record, evaluation) -> None:
    at = {"channel": "room.co2", "value": 0.8, "bench_time": 1.0, "at": NOW}
    numbers = [record.alarms.trip(evaluation, name=name, action="safe", text="", **at) for name in ("a", "b")]
    actions.acknowledge(record.path, evaluation, "li", numbers[0])
    assert [alarm.by for alarm in record.alarms.of(evaluation)] == ["li", ""]
    actions.acknowledge(record.path, evaluation, "wang")
    assert [alarm.by for alarm in record.alarms.of(evaluation)] == ["li", "wang"]


def test_a_note_is_an_event_of_the_evaluation(record, evaluation) -> None:
    actions.note(record.path, evaluation, "li", "cylinder changed")
    assert record.events(evaluation)[-1].text == "cylinder changed (li)"


def test_an_evaluation_that_is_over_is_neither_paused_nor_resumed(record, evaluation) -> None:
    said = actions.pause(record.path, evaluation, "li", at_once=True)
    assert said == "finished"
    with pytest.raises(InputError, match="is over"):
        actions.resume(record.path, evaluation, "li")
    assert [command.kind for command in record.commands.of(evaluation)] == [CommandKind.PAUSE]


def test_the_feed_gives_what_is_stored_without_loading_it(qtbot, evaluated) -> None:
    with Record.open(evaluated) as record:
        evaluation = record.evaluations()[0].identifier
        whole = record.overview(evaluation, "A", 0.0, 1e9, 100)
    feed = Feed(evaluated, evaluation)
    with qtbot.waitSignal(feed.fed) as fed:
        feed.start()
    news = fed.args[0]
    assert news.readings == {}
    assert len(news.channels) == 9
    assert news.course.row.outcome is Outcome.FAIL
    np.testing.assert_array_equal(feed.overview("A", 0.0, 1e9, 100).maximum, whole.maximum)
    feed.close()
    assert len(feed.overview("A", 0.0, 1e9, 100)) == 0


def test_a_record_that_cannot_be_read_is_told_once(qtbot, tmp_path) -> None:
    feed = Feed(tmp_path / "missing.sqlite", "E1")
    with qtbot.waitSignal(feed.failed) as failed:
        feed.start()
    assert "does not exist" in str(failed.args[0])
    feed.close()
