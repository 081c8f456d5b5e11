"""A technician's whole day at the window: from the first start to the report, and again after the window was killed.

Everything is clicked or typed; the evaluation is a process of its own on the simulated bench.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from gui.application import open_window
from gui.desk import Desk
from gui.planning.page import NewEvaluationPage
from gui.results.page import ResultsPage
from gui.running.page import RunPage
from gui.running.situation import Situation
from gui.window import MainWindow
from testbench.engine.control import find_process
from testbench.office.detached import start_detached
from testbench.outcome import Outcome
from testbench.record.store import Record

CORE = Path(__file__).parents[1] / "standards" / "hj76-core.toml"
LONG_MS = 25_000
CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> MainWindow:
    """The window; when the test ends it is closed, whatever speaks against it."""
    window = open_window(desk)
    window._agreed = lambda reasons: True
    qtbot.addWidget(window)
    window.resize(1280, 800)
    return window


@pytest.fixture
def no_process_left(desk: Desk) -> Iterator[None]:
    """Evaluations that a failing test left behind are ended."""
    yield
    for one in desk.lookout.standings:
        process = find_process(one.record, one.evaluation)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)


def press(qtbot: QtBot, button: QWidget) -> None:
    qtbot.waitUntil(button.isEnabled, timeout=LONG_MS)
    qtbot.mouseClick(button, CLICK)


def answer_when_asked(qtbot: QtBot, page: RunPage, words: str, text: str) -> None:
    """Wait for a question with these words, and type the answer."""
    panel = page._prompts
    qtbot.waitUntil(lambda: panel.prompt is not None and words in panel.prompt.text, timeout=LONG_MS)
    number = panel.prompt.number
    qtbot.keyClicks(panel._line, text)
    qtbot.keyClick(panel._line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.prompt is None or panel.prompt.number != number, timeout=LONG_MS)


def answer_all(qtbot: QtBot, page: RunPage) -> None:
    """Answer every question with what is expected, until the evaluation is over."""
    panel = page._prompts
    while page.situation is not Situation.FINISHED:
        qtbot.waitUntil(lambda: panel.prompt is not None or page.situation is Situation.FINISHED, timeout=LONG_MS)
        if panel.prompt is not None:
            expected = panel.prompt.expected
            answer_when_asked(qtbot, page, panel.prompt.text, "done" if expected is None else f"{expected:g}")


@pytest.mark.usefixtures("no_process_left")
def test_from_a_new_evaluation_to_the_report(window: MainWindow, desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    # the bench, empty at first: a simulated station
    press(qtbot, window.page("bench").new_button)
    qtbot.waitUntil(lambda: desk.stations.chosen is not None)

    # a new evaluation: two items of the suite, questions to a person
    qtbot.mouseClick(window._buttons["new"], CLICK)
    new = window.present
    assert isinstance(new, NewEvaluationPage)
    qtbot.waitUntil(lambda: new.look is not None and new.settled, timeout=LONG_MS)
    new.setup.choose_standard(str(CORE))
    new.setup.chosen.emit()
    qtbot.waitUntil(lambda: new.settled and new.editor.model.rowCount() == 5, timeout=LONG_MS)
    model = new.editor.model
    for row in (0, 3, 4):
        model.setData(model.index(row), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    new.setup.attended.setChecked(True)
    new.run_dry.click()
    qtbot.waitUntil(lambda: new.settled and new.look is not None, timeout=LONG_MS)
    assert new.look.can_begin
    planned = new.plan.model.rowCount()
    assert 10 < planned < 200
    press(qtbot, new.begin)

    # the run: a wrong answer, a right one, a pause at a question, the question again
    qtbot.waitUntil(lambda: isinstance(window.present, RunPage), timeout=LONG_MS)
    run = window.present
    qtbot.waitUntil(lambda: run._prompts.prompt is not None, timeout=LONG_MS)
    assert desk.simulated("run")
    assert "frequency" in run._prompts.prompt.text
    qtbot.keyClicks(run._prompts._line, "fifty")
    qtbot.keyClick(run._prompts._line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "fifty" in run._prompts._error.text(), timeout=LONG_MS)
    run._prompts._line.clear()
    answer_when_asked(qtbot, run, "frequency", "50,0")
    asked = "Adjust the zero of device"
    qtbot.waitUntil(lambda: run._prompts.prompt is not None and asked in run._prompts.prompt.text, timeout=LONG_MS)
    press(qtbot, run._bar.at_once)
    qtbot.waitUntil(lambda: run.situation is Situation.PAUSED, timeout=LONG_MS)
    press(qtbot, run._bar.resume)
    answer_when_asked(qtbot, run, asked, "done")
    answer_all(qtbot, run)
    qtbot.waitUntil(lambda: run.situation is Situation.FINISHED, timeout=LONG_MS)

    # the verdicts: what was left out was not judged
    press(qtbot, run._results_button)
    results = window.present
    assert isinstance(results, ResultsPage)
    view = results.evaluation_view
    qtbot.waitUntil(lambda: view.evaluated is not None, timeout=LONG_MS)
    evaluated = view.evaluated
    assert evaluated.row.outcome is Outcome.INCONCLUSIVE
    with Record.open(evaluated.path) as record:
        outcomes = {(v["device"], v["characteristic"]): v["outcome"] for v in record.verdicts(evaluated.identifier)}
        commands = record.commands.of(evaluated.identifier)
        prompts = record.prompts.of(evaluated.identifier)
    assert outcomes["A", "linearity_error"] == "pass"
    assert outcomes["A", "span_drift_week"] == "inconclusive"
    assert [(command.kind.value, command.by) for command in commands] == [("pause", desk.person), ("resume", desk.person)]
    assert {prompt.by for prompt in prompts if prompt.answered is not None} == {desk.person}

    # the report, in Chinese, through the menu and the file dialog
    report = tmp_path / "report.pdf"
    (action,) = [a for e, a in view.exporter.actions_of.items() if e.name == "REPORT_CHINESE"]
    action.trigger()
    (dialog,) = view.exporter.findChildren(QFileDialog)
    dialog.selectFile(str(report))
    dialog.accept()
    qtbot.waitUntil(lambda: report.is_file() and view.exporter.going is None, timeout=LONG_MS)
    assert report.read_bytes().startswith(b"%PDF")
    assert window.messages() == ()


WINDOW = """
import sys
from gui.application import make_application, open_window
from gui.desk import Desk
from PySide6.QtCore import QTimer

application = make_application()
desk = Desk(application)
window = open_window(desk, page="run")
def tell():
    if any(one.stand.standing.goes_on for one in desk.lookout.standings):
        print("sees it", flush=True)
        timer.stop()
timer = QTimer(interval=50)
timer.timeout.connect(tell)
timer.start()
application.exec()
"""


@pytest.mark.usefixtures("no_process_left")
def test_a_window_that_is_killed_ends_no_run_and_the_next_one_finds_it(
    desk: Desk, qtbot: QtBot, tmp_path: Path, simulated_station: Path
) -> None:
    output = tmp_path / "output"
    words = ["run", "linearity", "--station", str(simulated_station), "--output", str(output), "--attended"]
    evaluation = start_detached(words, output)
    record = output / "record.sqlite"
    first = subprocess.Popen([sys.executable, "-c", WINDOW], stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    with first.stdout:
        assert first.stdout.readline().strip() == "sees it"
        first.kill()
        first.wait()
    assert find_process(record, evaluation) is not None

    window = open_window(desk, page="run")
    qtbot.addWidget(window)
    page = window.present
    assert isinstance(page, RunPage)
    qtbot.waitUntil(lambda: page._prompts.prompt is not None, timeout=LONG_MS)
    assert page.situation is Situation.WAITING
    qtbot.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(page._question.isVisible)
    press(qtbot, page._question.yes)
    qtbot.waitUntil(lambda: page.situation is Situation.ABORTED, timeout=LONG_MS)
    qtbot.waitUntil(lambda: find_process(record, evaluation) is None, timeout=LONG_MS)


@pytest.mark.usefixtures("no_process_left")
def test_a_run_whose_process_was_killed_is_offered_and_gone_on_with(
    window: MainWindow, desk: Desk, qtbot: QtBot, tmp_path: Path, simulated_station: Path
) -> None:
    from gui.recovery.offer import OfferDialog

    output = tmp_path / "output"
    words = ["run", "linearity", "--station", str(simulated_station), "--output", str(output), "--attended"]
    evaluation = start_detached(words, output)
    process = find_process(output / "record.sqlite", evaluation)
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    (dialog,) = window.findChildren(OfferDialog)
    qtbot.waitUntil(lambda: dialog.isVisible() and bool(dialog.cards), timeout=LONG_MS)
    (card,) = dialog.cards
    qtbot.keyClick(dialog, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: find_process(output / "record.sqlite", evaluation) is not None, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not dialog.cards, timeout=LONG_MS)
    assert card.one.evaluation == evaluation


class Clumsy(QObject):
    """Nothing is asked of the user: dialogs that would wait for an answer are put away."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isModal():
            QTimer.singleShot(0, watched.close)
        return False


@pytest.mark.usefixtures("no_process_left")
@pytest.mark.parametrize("name", ["bench", "new", "run", "results", "registers", "settings"])
def test_every_button_can_be_pressed_in_any_order_on_an_empty_laboratory(
    window: MainWindow, name: str, qtbot: QtBot, qapp: QApplication
) -> None:
    clumsy = Clumsy()
    qapp.installEventFilter(clumsy)
    try:
        window.go(name)
        page = window.present
        assert page is not None
        for _ in range(2):
            for button in page.findChildren(QAbstractButton):
                if shiboken6.isValid(button) and button.isVisible() and button.isEnabled() and not _opens_menu(button):
                    button.click()
                    qapp.processEvents()
        qtbot.waitUntil(lambda: not window.desk.tasks.going, timeout=LONG_MS)
    finally:
        qapp.removeEventFilter(clumsy)


def _opens_menu(button: QWidget) -> bool:
    menu = getattr(button, "menu", None)
    return callable(menu) and menu() is not None
