"""A table that is filled in at the window: typed, pasted, imported; saved only when it is complete."""

import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from gui.running.form_grid import FormGrid
from gui.running.form_model import shown
from gui.running.prompt_panel import PromptPanel
from testbench.engine.entering import Column, Form
from testbench.record.model import PromptRow
from testbench.text import Language, Text

FORM = Form(
    title=Text(zh="绝缘电阻", en="Insulation resistance"),
    instruction=Text(zh="在 500 V 下测量。", en="Measure at 500 V."),
    columns=(
        Column("device", Text(zh="被测仪器", en="device"), kind="text"),
        Column("resistance", Text(zh="绝缘电阻", en="insulation resistance"), "MΩ", lower=0.0),
        Column("tester", Text(zh="绝缘电阻表", en="insulation tester"), kind="text", optional=True),
    ),
    given=({"device": "A"}, {"device": "B"}),
)
OPEN = Form(FORM.title, FORM.instruction, FORM.columns, most_rows=4)
MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def asking(form):
    return PromptRow(7, "E1", None, form.question, "", None, 0.0, MOMENT, form=form.document())


@pytest.fixture
def grid(qtbot, desk):
    made = FormGrid(desk)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    made.show_form(FORM)
    return made


@pytest.fixture
def saved(grid):
    found = []
    grid.saved.connect(found.append)
    return found


def text_of(grid, row, place):
    return grid.model.index(row, place).data()


def test_cells_are_typed_down_a_column_and_saved_when_the_table_is_complete(qtbot, grid, saved):
    assert grid.table.currentIndex().column() == 1  # the first that is not given
    assert grid._state.text() == "2 cells are still empty."
    assert not grid._save.isEnabled()
    for row, text in enumerate(("20,5", "400")):
        qtbot.keyClicks(grid.table, text[0])
        editor = next(one for one in reversed(grid.table.findChildren(QLineEdit)) if one.isVisible())
        qtbot.keyClicks(editor, text[1:])
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda row=row, text=text: text_of(grid, row, 1) == text)
    assert (text_of(grid, 0, 1), text_of(grid, 1, 1)) == ("20,5", "400")
    assert grid._state.text() == "Complete."
    assert grid._save.shortcut().toString() == "Ctrl+Return"
    grid._save.click()
    (entered,) = saved
    assert entered.numbers("resistance") == (20.5, 400.0)
    assert entered.column("device") == ("A", "B")
    assert (entered.source, entered.digest) == ("window", "")
    grid.save()
    assert len(saved) == 1  # while it is being kept, it is not entered twice


def test_what_is_wrong_is_said_at_the_cell_and_is_not_saved(grid, saved):
    grid.model.setData(grid.model.index(0, 1), "much")
    grid.model.setData(grid.model.index(1, 1), "5")
    assert grid._state.text() == "Row 1, insulation resistance: 'much' is not a number; give a number in MΩ"
    assert grid.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole) == "'much' is not a number; give a number in MΩ"
    assert not grid._save.isEnabled()
    grid.save()
    assert saved == []
    grid.model.setData(grid.model.index(0, 1), "-1")
    assert "less than 0" in grid._state.text()


def test_given_cells_cannot_be_changed(grid):
    index = grid.model.index(0, 0)
    assert not grid.model.flags(index) & Qt.ItemFlag.ItemIsEditable
    assert not grid.model.setData(index, "Z")
    grid.model.clear([index, grid.model.index(0, 1)])
    assert text_of(grid, 0, 0) == "A"


def test_cells_are_pasted_from_a_spreadsheet(qtbot, grid, saved):
    grid.model.paste(grid.model.index(0, 0), "X\t1.5\tT-1\r\nY\t2,5\tT-2\r\n")
    assert [text_of(grid, row, 0) for row in (0, 1)] == ["A", "B"]
    assert grid._state.text() == "row 1: X was pasted where A is given; compare the rows"
    grid.model.paste(grid.model.index(0, 0), "A\t1.5\tT-1\r\nB\t2,5\tT-2\r\n")
    assert "pasted" not in grid._state.text()
    grid.save()
    assert saved[0].rows[1] == {"device": "B", "resistance": 2.5, "tester": "T-2"}


def test_the_clipboard_is_pasted_by_its_key(qtbot, grid):
    QGuiApplication.clipboard().setText("7\n8\n9")
    grid.table.setCurrentIndex(grid.model.index(0, 1))
    qtbot.keyClick(grid.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [text_of(grid, row, 1) for row in (0, 1)] == ["7", "8"]
    assert grid._state.text() == "1 pasted cells have no room in the table and were left out"
    qtbot.keyClick(grid.table, Qt.Key.Key_Delete)
    assert text_of(grid, 0, 1) == ""


def test_a_row_that_is_given_is_not_taken_away(grid):
    grid.show_form(replace(FORM, further_rows=1))
    grid.model.add_row()
    assert not grid.model.may_grow
    grid.model.remove_row(0)
    assert [text_of(grid, row, 0) for row in range(grid.model.rowCount())] == ["A", "B", ""]
    grid.model.remove_row(2)
    assert grid.model.rowCount() == 2


def test_rows_are_added_up_to_the_most_and_by_pasting(grid, saved):
    grid.show_form(OPEN)
    assert grid.model.rowCount() == 1
    grid.model.paste(grid.model.index(0, 0), "\n".join(f"D{n}\t{n}" for n in range(6)))
    assert grid.model.rowCount() == 4
    assert not grid._add.isEnabled()
    grid.model.remove_row(3)
    grid.save()
    assert saved[0].numbers("resistance") == (0.0, 1.0, 2.0)


def test_a_csv_file_is_shown_and_saved_with_its_digest(grid, saved, tmp_path):
    path = tmp_path / "readings.csv"
    path.write_text("绝缘电阻\n7\n8\n", encoding="utf-8")
    grid.import_file(path)
    assert grid._state.text() == "Complete, from readings.csv."
    grid.save()
    assert (saved[0].source, len(saved[0].digest)) == ("readings.csv", 64)
    grid.set_busy(False)
    grid.model.setData(grid.model.index(0, 1), "9")
    grid.save()
    assert (saved[1].source, saved[1].digest) == ("window", "")  # it is not the file's any more


def test_a_csv_file_that_is_wrong_is_told_and_leaves_the_cells(grid, tmp_path):
    path = tmp_path / "readings.csv"
    path.write_text("resistance\n7\nx\n", encoding="utf-8")
    grid.import_file(path)
    assert "readings.csv, line 3, column resistance: 'x' is not a number" in grid._state.text()
    assert text_of(grid, 0, 1) == ""


def test_a_question_for_a_table_shows_the_grid_in_the_language_of_the_window(qtbot, desk):
    panel = PromptPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    found = []
    panel.filled_in.connect(lambda prompt, entered: found.append((prompt.number, entered.numbers("resistance"))))
    panel.show_prompts((asking(FORM),))
    assert panel._grid.isVisible()
    assert not panel._line.isVisible()
    assert panel._text.text() == "Insulation resistance\nMeasure at 500 V."
    desk.set_language(Language.CHINESE)
    panel.retranslate()
    assert panel._text.text() == "绝缘电阻\n在 500 V 下测量。"
    assert panel._grid.model.headerData(1, Qt.Orientation.Horizontal) == "绝缘电阻 / MΩ"
    assert "保存" in panel._grid._save.text()
    panel._grid.model.setData(panel._grid.model.index(0, 1), "many")
    assert "不是数字" in panel._grid._state.text()
    panel._grid.model.paste(panel._grid.model.index(0, 1), "1\n2")
    panel._grid.save()
    assert found == [(7, (1.0, 2.0))]
    panel.refuse("no")
    panel._grid.save()
    assert len(found) == 2  # what was refused can be saved again
    panel.show_prompts((PromptRow(8, "E1", None, "Is it tight?", "", None, 0.0, MOMENT),))
    assert not panel._grid.isVisible()
    assert panel._line.isVisible()


def test_a_cell_is_shown_as_it_may_be_typed_again():
    assert [shown(cell) for cell in (None, True, False, 0.1, 2.0, "a")] == ["", "yes", "no", "0.1", "2", "a"]
