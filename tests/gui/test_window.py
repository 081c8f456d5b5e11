"""The window itself: languages, colours, messages, background work, what it remembers, what it lacks."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from gui import surroundings
from gui.desk import Desk
from gui.failures import Failures
from gui.icons import icon
from gui.pages import PLACES
from gui.shortcuts import keys_of
from gui.tasks import CancelledError, Progress, Task
from gui.theme import Choice, Tone
from gui.widgets.state_label import Shape, StateLabel
from gui.window import MainWindow
from testbench.commands.gui import PAGES
from testbench.errors import InputError
from testbench.text import Language


@pytest.fixture
def window(qtbot: QtBot, desk: Desk) -> MainWindow:
    window = MainWindow(desk)
    qtbot.addWidget(window)
    return window


def test_the_command_line_and_the_window_know_the_same_screens() -> None:
    assert set(PAGES) == {place.name for place in PLACES}


@pytest.mark.parametrize("name", PAGES)
def test_every_screen_opens_on_an_empty_laboratory_in_both_languages(window: MainWindow, name: str, qtbot: QtBot) -> None:
    window.show()
    window.go(name)
    assert window.present is not None
    assert window.present.name == name
    window.desk.set_language(Language.CHINESE)
    window.desk.set_theme(Choice.DARK)
    window.desk.set_language(Language.ENGLISH)
    assert window.messages() == ()


def test_what_a_task_returns_arrives_in_the_thread_of_the_window(desk: Desk, qtbot: QtBot) -> None:
    came: list[tuple[str, threading.Thread]] = []

    def work(progress: Progress) -> threading.Thread:
        progress.say("half", 0.5)
        return threading.current_thread()

    task = desk.tasks.start(work, owner=desk, done=lambda thread: came.append((threading.current_thread().name, thread)))
    with qtbot.waitSignal(task.over):
        pass
    ((here, there),) = came
    assert here == threading.main_thread().name
    assert there is not threading.main_thread()
    assert desk.tasks.going == ()


def test_nothing_is_delivered_of_a_task_that_was_cancelled(desk: Desk, qtbot: QtBot) -> None:
    cancelled = threading.Event()

    def work(progress: Progress) -> None:
        cancelled.wait()
        with pytest.raises(CancelledError):
            progress.check()

    def never(_: object) -> None:
        raise AssertionError("delivered")

    task = desk.tasks.start(work, owner=desk, done=never, failed=never)
    task.cancel()
    with qtbot.waitSignal(task.over):
        cancelled.set()


def test_nothing_is_delivered_to_an_owner_that_has_gone(desk: Desk, qtbot: QtBot) -> None:
    gone = threading.Event()
    owner = QObject()

    def never(_: object) -> None:
        raise AssertionError("delivered")

    task = desk.tasks.start(lambda progress: gone.wait(), owner=owner, done=never)
    shiboken6.delete(owner)
    with qtbot.waitSignal(task.over):
        gone.set()


def test_what_is_asked_for_after_the_end_is_not_begun(desk: Desk, qtbot: QtBot) -> None:
    def never(_: object) -> None:
        raise AssertionError("begun")

    desk.tasks.close()
    task = desk.tasks.start(never, owner=desk, done=never, failed=never)
    with qtbot.waitSignal(task.over):
        pass
    assert desk.tasks.going == ()


def test_an_error_of_a_task_is_shown_once_and_can_be_put_away(window: MainWindow, qtbot: QtBot) -> None:
    def work(progress: Progress) -> None:
        raise InputError("the cylinder co2 has expired; use another")

    for _ in range(2):
        task: Task = window.desk.tasks.start(work, owner=window)
        with qtbot.waitSignal(task.over):
            pass
    assert window.messages() == ("the cylinder co2 has expired; use another",)
    (bar,) = window._messages
    bar.put_away.emit()
    assert window.messages() == ()


def test_an_unexpected_error_is_logged_and_shown_with_what_to_do(desk: Desk, qtbot: QtBot, state: Path) -> None:
    failures = Failures(state)
    window = MainWindow(desk, failures)
    qtbot.addWidget(window)
    try:
        failures._open_log()
        failures._raised(ZeroDivisionError, ZeroDivisionError("by nought"), None)
    finally:
        failures.remove()
    (text,) = window.messages()
    assert "ZeroDivisionError: by nought" in text
    assert str(failures.log) in text
    assert "by nought" in failures.log.read_text(encoding="utf-8")


def test_size_language_and_colours_are_remembered(make_desk: Callable[..., Desk], qtbot: QtBot) -> None:
    desk = make_desk()
    desk.set_language(Language.CHINESE)
    desk.set_theme(Choice.DARK)
    desk.person = "李"
    desk.close()
    again = Desk(QGuiApplication.instance())
    try:
        assert (again.language, again.theme.dark, again.person) == (Language.CHINESE, True, "李")
    finally:
        again.close()


def test_a_remembered_value_of_another_type_is_left_out(desk: Desk) -> None:
    desk.preferences.set("plot.points", "many")
    assert desk.preferences.get("plot.points", 5) == 5
    desk.preferences.set("plot.names", ["one"])
    assert desk.preferences.get("plot.names", ["x"]) == ["one"]


def test_every_icon_is_drawn_in_the_colour_that_is_asked_for(desk: Desk) -> None:
    colour = desk.theme.colour(Tone.ALARM)
    for place in PLACES:
        image = icon(place.icon, colour).pixmap(24, 24).toImage()
        inked = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 250]
        assert inked, place.icon
        strayed = max(abs(pixel.red() - colour.red()) + abs(pixel.blue() - colour.blue()) for pixel in inked)
        assert strayed <= 4, place.icon  # what blending rounds away


def test_a_state_is_said_by_shape_and_word(desk: Desk, qtbot: QtBot) -> None:
    label = StateLabel(desk.theme)
    qtbot.addWidget(label)
    pictures = set()
    for shape in Shape:
        label.show_state(shape, "word", Tone.ALARM)
        label.resize(label.sizeHint())
        pictures.add(bytes(label.grab().toImage().constBits()))
    assert len(pictures) == len(Shape)
    assert label.accessibleName() == "word"


def test_chinese_has_a_font_on_a_machine_without_one(desk: Desk) -> None:
    from PySide6.QtGui import QRawFont

    assert QRawFont.fromFont(desk.theme._application.font()).supportsCharacter(ord("烟"))


def test_missing_libraries_are_named_with_the_packages_that_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "LIBRARIES", {"libno-such-library.so.7": "libno7"})
    monkeypatch.setattr(surroundings, "ON_X11", {})
    monkeypatch.setattr(surroundings.sys, "platform", "linux")
    assert "apt-get install libno7" in str(surroundings.obstacle())


def test_a_machine_without_a_screen_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "missing_packages", lambda *, screen=True: [])
    monkeypatch.setattr(surroundings.sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert "no screen" in str(surroundings.obstacle())


def test_a_qt_free_module_stays_free_of_qt() -> None:
    import gui.stations

    assert not any(
        isinstance(value, ModuleType) and value.__name__.startswith("PySide6") for value in vars(gui.stations).values()
    )


def test_the_list_of_keys_shows_words_without_their_mnemonics(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QPushButton, QWidget

    page = QWidget()
    qtbot.addWidget(page)
    for text in ("打开(&O)…", "&Save"):
        QPushButton(text, page)
    assert keys_of(page) == [("Alt+O", "打开…"), ("Alt+S", "Save")]
