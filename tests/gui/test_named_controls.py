"""Every control of every screen says what it is: by its text, by a label beside it, or by an accessible name."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.pages import PLACES
from gui.settings.page import SECTIONS
from gui.shortcuts import ShortcutsDialog
from gui.window import MainWindow
from testbench.record.store import Record
from testbench.text import Language

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
SCREENS = [(place.name, "") for place in PLACES if place.name != "settings"] + [("settings", name) for name in SECTIONS]


def named(control: QWidget, root: QWidget) -> bool:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    labels = (label.text() for label in root.findChildren(QLabel) if label.buddy() is control)
    return bool(control.accessibleName() or text or any(labels))


def unnamed(root: QWidget) -> list[str]:
    found = []
    for control in root.findChildren(QWidget):
        inside = isinstance(control.parent(), QAbstractSpinBox | QComboBox) or control.objectName().startswith("qt_")
        reached = control.isVisibleTo(root) and control.focusPolicy() is not Qt.FocusPolicy.NoFocus
        if isinstance(control, CONTROLS) and reached and not inside and not named(control, root):
            found.append(f"{type(control).__name__} in {type(control.parent()).__name__}")
    return found


@pytest.mark.parametrize(("name", "section"), SCREENS)
def test_every_control_says_what_it_is_in_both_languages(
    desk: Desk, qtbot: QtBot, simulated_station: Path, evaluated: Path, name: str, section: str
) -> None:
    desk.stations.add(simulated_station)
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.show()
    with Record.open(evaluated) as record:
        (row,) = record.evaluations()
    shown = {"record": evaluated, "evaluation": row.identifier} if name in ("run", "results") else {}
    window.go(name, {"section": section} if section else shown)
    qtbot.waitUntil(lambda: not desk.tasks.going, timeout=20_000)
    for language in Language:
        desk.set_language(language)
        assert unnamed(window) == [], language
    window.close()


def test_the_list_of_keys_speaks_the_language_of_the_window(desk: Desk, qtbot: QtBot, simulated_station: Path) -> None:
    desk.stations.add(simulated_station)
    window = MainWindow(desk)
    qtbot.addWidget(window)
    window.go("new")
    dialog = ShortcutsDialog(window, window.present)

    def words() -> list[str]:
        return [label.text() for label in dialog._scroll.widget().findChildren(QLabel)]

    assert "Dry run" in words()
    assert "Alt+T" in words()  # of a label: the station
    desk.set_language(Language.CHINESE)
    qtbot.waitUntil(lambda: "试算" in words())
    assert "Dry run" not in words()
