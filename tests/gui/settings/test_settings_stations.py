"""Station files: what is wrong stands at its line; what was typed is never lost; only what is meant is written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.settings.station_text import ChangedOutsideError, check, line_of, write
from gui.settings.stations_section import StationsSection
from testbench.errors import InputError

WAIT_MS = 10_000
ANSWERS = QMessageBox.StandardButton


@pytest.fixture
def text(simulated_station: Path) -> str:
    return simulated_station.read_text(encoding="utf-8")


@pytest.fixture
def section(qtbot: QtBot, desk: Desk, simulated_station: Path) -> StationsSection:
    """The section with one station on the list, read and checked."""
    desk.stations.add(simulated_station)
    section = StationsSection(desk)
    qtbot.addWidget(section)
    section.retranslate()
    section.show()
    wait_for_check(qtbot, section)
    return section


def wait_for_check(qtbot: QtBot, section: StationsSection) -> None:
    qtbot.waitUntil(lambda: section._checked is not None, timeout=WAIT_MS)


def put(qtbot: QtBot, section: StationsSection, text: str) -> None:
    section.editor.setPlainText(text)
    section.check_button.click()
    wait_for_check(qtbot, section)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('driver = "alicat"', 'drivr = "alicat"', "[instruments.mfc-co2]", "is missing"),
        ('driver = "alicat"', 'driver = "alicatt"', "[instruments.mfc-co2]", "unknown driver"),
        ("[line]", "[line", "[line", "TOML"),
        ("fraction_percent = 30.0", "fraction_percent = 130.0", "fraction_percent = 130.0", "less than or equal to 100"),
        ("[cylinders.co2]", "[cylinder.co2]", "[cylinder.co2]", "no such key"),
    ],
)
def test_a_mistake_is_found_in_its_line(text: str, old: str, new: str, line: str, told: str) -> None:
    wrong = text.replace(old, new, 1)
    found = check(wrong, Path("station.toml"))
    assert told in found.error
    assert found.line is not None
    assert wrong.splitlines()[found.line - 1] == line


def test_a_station_without_mistakes_says_what_it_is(text: str) -> None:
    found = check(text, Path("station.toml"))
    assert (found.error, found.line, found.simulated, found.devices) == ("", None, True, ("A", "B", "C"))


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("", "x.y: is missing", None),
        ("a = 1", "is not valid TOML: x (at line 7, column 1)", 1),
        ("a = [", "Unclosed array (at end of document)", 1),
        ('[a]\n["b.c"]\n[[d]]\nk = 1', "d.k: wrong", 4),
    ],
)
def test_a_line_is_named_only_where_it_is_there(text: str, error: str, line: int | None) -> None:
    assert line_of(text, error) == line


@given(st.text(), st.text())
def test_whatever_is_typed_a_line_that_is_named_is_there(text: str, error: str) -> None:
    line = line_of(text, error)
    assert line is None or 1 <= line <= max(1, len(text.splitlines()))


def test_a_file_that_another_program_changed_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text("theirs", encoding="utf-8")
    with pytest.raises(ChangedOutsideError) as caught:
        write(path, "mine", "as opened")
    assert caught.value.text == "theirs"
    write(path, "mine", None)
    assert path.read_text(encoding="utf-8") == "mine"
    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path / "gone" / "station.toml", "mine", None)


def test_the_editor_marks_the_wrong_line_and_goes_there(section: StationsSection, qtbot: QtBot, text: str) -> None:
    assert not section.line_button.isVisible()
    put(qtbot, section, text.replace("[line]", "[line", 1))
    assert section.editor.wrong_line == 13
    section.line_button.click()
    assert section.editor.textCursor().blockNumber() == 12
    put(qtbot, section, text)
    assert section.editor.wrong_line is None


def test_what_is_right_is_saved(section: StationsSection, qtbot: QtBot, text: str, simulated_station: Path) -> None:
    put(qtbot, section, text.replace("CO2 bench 1", "工位 7"))
    assert "station.toml" in (section.unsaved() or "")
    section.save_button.click()
    qtbot.waitUntil(lambda: section.unsaved() is None, timeout=WAIT_MS)
    assert "工位 7" in simulated_station.read_text(encoding="utf-8")


@pytest.mark.parametrize("agreed", [False, True])
def test_what_is_wrong_is_saved_only_where_the_person_agrees(
    section: StationsSection, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, simulated_station: Path, agreed: bool
) -> None:
    questions: list[str] = []

    def question(_: object, title: str, text: str, *more: object) -> ANSWERS:
        questions.append(text)
        return ANSWERS.Yes if agreed else ANSWERS.Cancel

    monkeypatch.setattr(QMessageBox, "question", question)
    put(qtbot, section, "[station")
    section.save_button.click()
    qtbot.waitUntil(lambda: bool(questions), timeout=WAIT_MS)
    assert "Line 1" in questions[0]
    if agreed:
        qtbot.waitUntil(lambda: section.unsaved() is None, timeout=WAIT_MS)
    assert (simulated_station.read_text(encoding="utf-8") == "[station") is agreed


def test_what_was_typed_stays_while_another_file_is_looked_at(
    section: StationsSection, qtbot: QtBot, desk: Desk, simulated_station: Path
) -> None:
    put(qtbot, section, "half done")
    section.new_button.click()
    qtbot.waitUntil(lambda: len(section._paths) == 2, timeout=WAIT_MS)
    wait_for_check(qtbot, section)
    assert section._present is not None
    assert section._present.name == "simulated-1.toml"
    assert "CO2 bench 1" in section.editor.toPlainText()
    assert "• station.toml" in section._model.stringList()
    section.show_station(simulated_station)
    qtbot.waitUntil(lambda: section.editor.toPlainText() == "half done", timeout=WAIT_MS)
    section.revert_button.click()
    assert "half done" not in section.editor.toPlainText()
    assert section.unsaved() is None


def test_a_file_is_added_and_taken_off_the_list_but_stays(
    section: StationsSection, qtbot: QtBot, desk: Desk, tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.toml"
    other.write_text(text, encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(other), ""))
    section.add_button.click()
    qtbot.waitUntil(lambda: section._present == other and other in section._drafts, timeout=WAIT_MS)
    section.remove_button.click()
    assert other not in desk.stations.paths()
    assert other.exists()


def test_edits_are_not_lost_by_taking_a_file_off_the_list_unasked(
    section: StationsSection, qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch, simulated_station: Path
) -> None:
    put(qtbot, section, "half done")
    monkeypatch.setattr(QMessageBox, "question", lambda *_: ANSWERS.Cancel)
    section.remove_button.click()
    assert simulated_station in desk.stations.paths()
    assert section.editor.toPlainText() == "half done"


def test_without_a_station_the_screen_says_what_to_do(qtbot: QtBot, desk: Desk) -> None:
    section = StationsSection(desk)
    qtbot.addWidget(section)
    section.retranslate()
    section.show()
    assert section._right.currentWidget() is section._empty
    section.new_button.click()
    qtbot.waitUntil(lambda: section._present is not None, timeout=WAIT_MS)
    assert section._right.currentIndex() == 1
