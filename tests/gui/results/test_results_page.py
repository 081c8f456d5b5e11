"""A person finds an evaluation, looks behind its results, excludes one, takes that back, exports and compares."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.issuing.dialog import IssueDialog
from gui.results.doing import Export, proposed_name
from gui.results.evidence import NOTES, READINGS
from gui.results.page import ResultsPage
from gui.results.reason_dialog import ReasonDialog
from gui.results.verdict_model import Column
from gui.widgets.message_bar import MessageBar
from testbench.engine.amending import repeats_of
from testbench.record.store import Record
from testbench.text import Language

WITHIN_MS = 15_000


def idle(page: ResultsPage) -> bool:
    """Whether nothing is being read, judged or written."""
    view = page.evaluation_view
    return page.reading is None and view.amender.going is None and view.exporter.going is None


def verdict(page: ResultsPage, row: int) -> str:
    proxy = page.evaluation_view.table.proxy
    return str(proxy.index(row, Column.VERDICT).data())


def test_an_evaluation_is_searched_and_opened_by_keyboard(page: ResultsPage, qtbot: QtBot, desk: Desk) -> None:
    view = page.list_view
    qtbot.keyClicks(view.search, "nobody")
    qtbot.waitUntil(lambda: view.proxy.rowCount() == 0)
    assert view.nothing.isVisible()
    assert not view.open_button.isEnabled()
    view.search.clear()
    qtbot.keyClicks(view.search, "maker b")
    view.search.setText("第一次 maker b")
    qtbot.waitUntil(lambda: view.proxy.rowCount() == 1 and bool(view.chosen))
    view.table.setFocus()
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.evaluation_view, timeout=WITHIN_MS)
    assert desk.simulated("results")
    assert page.evaluation_view.table.line is not None
    page.evaluation_view.back.click()
    assert page.stack.currentWidget() is view
    assert not desk.simulated("results")


def test_a_result_is_chosen_and_its_picture_readings_and_reasons_are_shown(opened: ResultsPage, qtbot: QtBot) -> None:
    view = opened.evaluation_view
    view.table.selectRow(1)
    assert view.table.line.device == "B"
    view.evidence.setCurrentIndex(READINGS)
    qtbot.waitUntil(lambda: bool(view.evidence.trace._lines.get("B")), timeout=WITHIN_MS)
    view.evidence.setCurrentIndex(NOTES)
    text = view.evidence.notes.toPlainText()
    assert "Device B: Linearity error" in text
    assert "1. run R01, finding 2" in text
    view.device.setCurrentIndex(view.device.findData("C"))
    view.device.activated.emit(view.device.currentIndex())
    assert [view.table.proxy.index(row, 0).data() for row in range(view.table.proxy.rowCount())] == ["C"]
    assert view.table.line.device == "C"


def test_the_chosen_result_stays_chosen_where_others_come_before_it(opened: ResultsPage) -> None:
    table = opened.evaluation_view.table
    lines = table.verdicts.lines
    table.show_lines(lines[1:])
    table.selectRow(0)
    chosen = table.line
    table.show_lines(lines)
    assert table.currentIndex().row() == 1
    assert (table.line.device, table.line.characteristic) == (chosen.device, chosen.characteristic)


def test_a_result_is_excluded_only_with_a_reason_and_taken_back(
    opened: ResultsPage, qtbot: QtBot, record: Path, evaluation: str
) -> None:
    view = opened.evaluation_view
    view.table.selectRow(1)
    assert not view.amender.restore.isEnabled()
    view.amender.exclude.click()
    dialog = view.findChild(ReasonDialog)
    assert not dialog.confirm.isEnabled()
    dialog.accept()
    assert dialog.isVisible(), "nothing without a reason"
    qtbot.keyClicks(dialog.edit, "   ")
    assert not dialog.confirm.isEnabled()
    dialog.edit.setPlainText("管路漏气")
    dialog.confirm.click()
    qtbot.waitUntil(lambda: idle(opened) and verdict(opened, 1).startswith("inconclusive"), timeout=WITHIN_MS)
    assert verdict(opened, 1).endswith("excluded")
    assert view.outcome.word == "inconclusive"
    assert view.table.line.device == "B", "the row stays chosen"
    assert "Excluded: 管路漏气" in view.evidence.notes.toPlainText()
    assert not view.amender.exclude.isEnabled()
    view.amender.amend(view.table.line, "it was another line", restoring=True)
    qtbot.waitUntil(lambda: idle(opened) and verdict(opened, 1).startswith("pass"), timeout=WITHIN_MS)
    assert "Taken back: it was another line" in view.evidence.notes.toPlainText()
    with Record.open(record) as written:
        assert [row.reason for row in written.amendments.of(evaluation)] == ["管路漏气", "it was another line"]


def test_what_is_cancelled_changes_nothing(opened: ResultsPage, record: Path, evaluation: str) -> None:
    view = opened.evaluation_view
    view.amender.exclude.click()
    dialog = view.findChild(ReasonDialog)
    dialog.edit.setPlainText("a reason")
    dialog.reject()
    assert idle(opened)
    with Record.open(record) as written:
        assert written.amendments.of(evaluation) == []


@pytest.mark.parametrize("export", [Export.CSV, Export.JSON, Export.PARQUET])
def test_an_evaluation_is_exported_and_the_folder_can_be_opened(
    opened: ResultsPage, qtbot: QtBot, tmp_path: Path, export: Export, evaluation: str
) -> None:
    view = opened.evaluation_view
    path = tmp_path / proposed_name(evaluation, export, simulated=True)
    assert "SIMULATED" in path.name
    view.exporter.export(export, path)
    assert not view.exporter.isEnabled(), "one at a time"
    qtbot.waitUntil(lambda: idle(opened), timeout=WITHIN_MS)
    assert view.findChild(MessageBar).text == str(path)
    if export is Export.CSV:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert "SIMULATED" in lines[0]
        assert len(list(csv.DictReader(line for line in lines if line[0] != "#"))) > 100
    elif export is Export.JSON:
        assert json.loads(path.read_text(encoding="utf-8"))["evaluation"] == evaluation
    else:
        assert path.read_bytes()[:4] == b"PAR1"


def test_the_report_is_issued_from_the_menu_of_exports(opened: ResultsPage, qtbot: QtBot, evaluation: str) -> None:
    exporter = opened.evaluation_view.exporter
    assert exporter.issue.isEnabled()
    exporter.issue.trigger()
    dialog = exporter.findChild(IssueDialog)
    assert dialog.isVisible()
    assert any(evaluation in label.text() for label in dialog.findChildren(QLabel))
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close_button.click()


def test_an_export_that_fails_says_so_and_one_that_is_cancelled_leaves_nothing(
    opened: ResultsPage, qtbot: QtBot, tmp_path: Path, desk: Desk
) -> None:
    view = opened.evaluation_view
    with qtbot.waitSignal(desk.failed, timeout=WITHIN_MS) as failed:
        view.exporter.export(Export.CSV, tmp_path / "no folder" / "readings.csv")
    assert "does not exist" in str(failed.args[0])
    qtbot.waitUntil(lambda: idle(opened))
    view.exporter.export(Export.CSV, tmp_path / "readings.csv")
    view.exporter.going.cancel()
    qtbot.waitUntil(lambda: idle(opened), timeout=WITHIN_MS)
    assert list(tmp_path.glob("readings*")) == []


def test_devices_are_compared_and_a_cell_leads_to_its_result(opened: ResultsPage, qtbot: QtBot) -> None:
    opened.evaluation_view.compare_button.click()
    view = opened.compare_view
    assert opened.stack.currentWidget() is view
    view.table.activated.emit(view.model.index(1, 4))
    assert opened.stack.currentWidget() is opened.evaluation_view
    assert opened.evaluation_view.table.line.device == "C"
    opened.show_list()
    opened.list_view.compare_button.click()
    qtbot.waitUntil(lambda: opened.stack.currentWidget() is view, timeout=WITHIN_MS)
    view.order.setCurrentIndex(1)
    view.order.activated.emit(1)
    assert view.model.headerData(2, Qt.Orientation.Horizontal).startswith("Maker A")
    view.back.click()
    assert opened.stack.currentWidget() is opened.list_view


def test_a_repeat_begins_as_an_evaluation_of_its_own_and_its_results_take_the_place(
    opened: ResultsPage, qtbot: QtBot, desk: Desk, record: Path, evaluation: str
) -> None:
    view = opened.evaluation_view
    before = view.table.line.finding.value
    with qtbot.waitSignal(desk.went, timeout=60_000) as went:
        view.amender.begin_repeat(1, "to be sure")
    assert went.args[0] == "run"
    repeat = went.args[1]["evaluation"]

    def taken() -> bool:
        line = opened.evaluation_view.table.line
        return line is not None and line.result is not None and len(line.result.attempts) == 2

    qtbot.waitUntil(taken, timeout=60_000)
    assert view.table.line.finding.value != before
    assert verdict(opened, 0) == "pass\nprovisional limit, repeated"
    assert "Repeat: to be sure" in view.evidence.notes.toPlainText()
    with Record.open(record) as written:
        assert [row.identifier for row in repeats_of(written, evaluation)] == [repeat]


def test_everything_is_said_in_the_other_language_at_once(
    make_page: Callable[[Desk], ResultsPage], desk: Desk, qtbot: QtBot
) -> None:
    page = make_page(desk)
    page.list_view.open_button.click()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.evaluation_view, timeout=WITHIN_MS)
    page.evaluation_view.evidence.setCurrentIndex(NOTES)
    desk.set_language(Language.CHINESE)
    assert verdict(page, 0) == "合格\n暂定限值"
    assert "仪器 A：线性误差" in page.evaluation_view.evidence.notes.toPlainText()
    assert page.evaluation_view.amender.exclude.text() == "剔除(&E)…"
    assert page.list_view.open_button.text() == "打开(&O)"
    desk.set_language(Language.ENGLISH)
    assert verdict(page, 0) == "pass\nprovisional limit"


def test_an_evaluation_that_is_not_there_is_told_and_the_list_stays(page: ResultsPage, qtbot: QtBot, desk: Desk) -> None:
    with qtbot.waitSignal(desk.failed, timeout=WITHIN_MS) as failed:
        page.arrive(record=page.list_view.model.rows[0].record, evaluation="E1")
    assert "there is no evaluation E1" in str(failed.args[0])
    assert page.stack.currentWidget() is page.list_view


def test_another_record_is_listed_when_it_was_chosen(
    page: ResultsPage, qtbot: QtBot, tmp_path: Path, short_evaluation: Path, desk: Desk
) -> None:
    other = tmp_path / "other" / "record.sqlite"
    other.parent.mkdir()
    other.write_bytes(short_evaluation.read_bytes())
    page.add_record(other)
    qtbot.waitUntil(lambda: len(page.list_view.model.rows) == 2, timeout=WITHIN_MS)
    with qtbot.waitSignal(desk.failed, timeout=WITHIN_MS):
        page.add_record(tmp_path / "station.txt")
