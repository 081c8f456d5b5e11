"""The settings screen: sections, language and colours at once, who acts, folders and records, what ships."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.notices.preferences import SOUND
from gui.settings.about_section import AboutSection
from gui.settings.appearance_section import AppearanceSection
from gui.settings.folders_section import FoldersSection, KnownRecord, RecordsModel, checked_folder, checked_record
from gui.settings.page import SECTIONS, SettingsPage
from gui.settings.person_section import PersonSection
from gui.settings.shipped import libraries
from gui.theme import Choice
from testbench.engine.person import present_person
from testbench.errors import TestbenchError
from testbench.office.known_records import known_records
from testbench.record.store import Record
from testbench.text import Language

WAIT_MS = 10_000


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    page = SettingsPage(desk)
    qtbot.addWidget(page)
    page.resize(1160, 760)
    page.show()
    return page


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_reached_and_remembered(page: SettingsPage, desk: Desk, section: str) -> None:
    page.arrive(section=section)
    assert page.section is page.sections[section]
    assert page.section.isVisible()
    assert desk.preferences.get("settings.section", "laboratory") in (section, "laboratory")


def test_sections_are_reached_by_the_arrow_keys(page: SettingsPage, qtbot: QtBot) -> None:
    page.arrive(section="laboratory")
    qtbot.keyClick(page.choice, Qt.Key.Key_Down)
    assert page.section is page.sections["stations"]


def test_language_and_colours_change_at_once(page: SettingsPage, desk: Desk) -> None:
    appearance = page.sections["appearance"]
    assert isinstance(appearance, AppearanceSection)
    appearance.languages[Language.CHINESE].click()
    assert desk.language is Language.CHINESE
    assert page.title() == "设置"
    assert page.choice.item(0).text() == "实验室"
    appearance.choices[Choice.DARK].click()
    assert desk.theme.dark
    desk.set_language(Language.ENGLISH)
    assert appearance.languages[Language.ENGLISH].isChecked()
    assert page.choice.item(0).text() == "Laboratory"


def test_the_name_goes_into_the_record_and_an_empty_one_is_the_users(page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    you = page.sections["you"]
    assert isinstance(you, PersonSection)
    page.arrive(section="you")
    you.name.setText(" 李  伟 ")
    qtbot.keyClick(you.name, Qt.Key.Key_Return)
    assert desk.person == "李 伟"
    you.name.clear()
    assert you.unsaved() is None  # kept when the window closes
    assert desk.person == present_person()


def test_switches_of_notices_are_kept(page: SettingsPage, desk: Desk) -> None:
    you = page.sections["you"]
    assert isinstance(you, PersonSection)
    you.boxes[SOUND].click()
    assert desk.preferences.get(SOUND.key, False) is True


def test_the_folder_of_new_evaluations_is_chosen(
    page: SettingsPage, desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = page.sections["folders"]
    assert isinstance(folders, FoldersSection)
    page.arrive(section="folders")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "new"))
    folders.choose_button.click()
    qtbot.waitUntil(lambda: desk.folder == tmp_path / "new", timeout=WAIT_MS)
    assert folders.folder.text() == str(tmp_path / "new")


def test_a_record_is_added_and_forgotten(
    page: SettingsPage, desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record.sqlite"
    Record.open(path, create=True).close()
    folders = page.sections["folders"]
    assert isinstance(folders, FoldersSection)
    page.arrive(section="folders")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    folders.add_button.click()
    qtbot.waitUntil(lambda: len(folders.model.rows) == 1, timeout=WAIT_MS)
    assert known_records() == [path]
    folders.table.selectRow(0)
    assert folders.forget_button.isEnabled()
    folders.forget_button.click()
    qtbot.waitUntil(lambda: not folders.model.rows, timeout=WAIT_MS)
    assert path.exists()
    assert not folders.forget_button.isEnabled()


def test_a_file_that_is_no_record_and_a_folder_that_cannot_be_made_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    other.write_text("no record", encoding="utf-8")
    with pytest.raises(TestbenchError, match="other"):
        checked_record(other)
    with pytest.raises(TestbenchError, match="cannot be written to"):
        checked_folder(other / "inside")
    assert checked_folder(tmp_path / "a" / "b").is_dir()


def test_the_table_of_records_is_a_model(qtbot: QtBot) -> None:
    model = RecordsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_rows((KnownRecord(Path("a"), 3, 1), KnownRecord(Path("b"), 0, 0)))
    assert [model.index(row, 2).data() for row in range(2)] == ["1", "–"]
    assert tester.model() is model


def test_everything_that_ships_is_named_with_its_licence(page: SettingsPage, qtbot: QtBot) -> None:
    about = page.sections["about"]
    assert isinstance(about, AboutSection)
    QAbstractItemModelTester(about.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    page.arrive(section="about")
    qtbot.waitUntil(lambda: bool(about.model.rows), timeout=WAIT_MS)
    named = {library.name.lower(): library for library in about.model.rows}
    assert {"pyside6_essentials", "numpy", "sqlalchemy", "typst", "pyqtgraph"} <= named.keys()
    assert "LGPL" in named["pyside6_essentials"].licence
    assert "pytest" not in named
    assert [library.name for library in libraries() if library.licence == "–"] == []
    assert "application.log" in about.values["log"].text()


def test_a_simulated_station_that_is_shown_is_marked_so(
    page: SettingsPage, desk: Desk, qtbot: QtBot, simulated_station: Path
) -> None:
    desk.stations.add(simulated_station)
    page.arrive(section="stations", path=simulated_station)
    qtbot.waitUntil(lambda: desk.simulated("settings"), timeout=WAIT_MS)
    page.arrive(section="you")
    assert not desk.simulated("settings")


def test_unsaved_work_of_any_section_is_named_before_the_window_closes(
    page: SettingsPage, desk: Desk, qtbot: QtBot, simulated_station: Path
) -> None:
    assert page.may_close() is None
    desk.stations.add(simulated_station)
    page.arrive(section="stations")
    section = page.section
    qtbot.waitUntil(lambda: getattr(section, "_checked") is not None, timeout=WAIT_MS)  # noqa: B009
    getattr(section, "editor").setPlainText("x")  # noqa: B009
    assert "station.toml" in (page.may_close() or "")
