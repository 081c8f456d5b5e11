"""An evaluation judged by another standard from the window: what changes, what stays, and that nothing is written."""

import csv
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.results.page import ResultsPage
from gui.results.rescore_dialog import RescoreDialog
from gui.results.rescore_model import Column
from testbench.criteria.own_standards import Figure, confirm, copy_standard


def test_a_stricter_copy_fails_what_passed_and_the_record_stays_as_it_is(
    make_page: Callable[[Desk], ResultsPage], desk: Desk, qtbot: QtBot, record: Path, evaluation: str, tmp_path: Path
) -> None:
    copy_standard("hj76-2017", "strict")
    at = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    confirm("strict", Figure("linearity_error"), by="Li", edition="page 12", at=at, limit=Decimal("0.001"))
    page = make_page(desk)
    page.open(record, evaluation)
    view = page.evaluation_view
    qtbot.waitUntil(lambda: view.evaluated is not None)
    before = record.read_bytes()
    view.judge_button.click()
    (dialog,) = view.findChildren(RescoreDialog)
    assert "keeps its verdicts" in dialog.said.text()

    dialog.standard.setCurrentText("hj76-2017")
    qtbot.waitUntil(lambda: "0 verdicts change, 3 stay" in dialog.said.text())
    assert dialog.model.rowCount() == 0
    assert not dialog.save_button.isEnabled()

    dialog.standard.setCurrentText("strict")
    qtbot.waitUntil(lambda: "3 verdicts change" in dialog.said.text())
    model = dialog.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    row = [model.index(0, column).data() for column in Column]
    assert row[Column.DEVICE] == "A"
    assert row[Column.CHARACTERISTIC].startswith("Linearity error (")
    assert row[Column.BEFORE].startswith("pass ±2 %F.S.")
    assert row[Column.AFTER] == "FAIL ±0.001 %F.S."
    assert "does not keep the limit ±0.001 %F.S." in dialog.why.text()
    assert record.read_bytes() == before

    file = tmp_path / "changes.csv"
    assert dialog.save_button.isEnabled()
    dialog.save(file)
    qtbot.waitUntil(lambda: str(file) in dialog.why.text())
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["verdict_before"], row["verdict"], row["standard"]) for row in rows] == [("pass", "fail", "strict")] * 3
    dialog.save(tmp_path / "nowhere" / "changes.csv")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.why.text())
    dialog.reject()


def test_a_standard_that_cannot_be_read_is_said_in_the_dialog(
    make_page: Callable[[Desk], ResultsPage], desk: Desk, qtbot: QtBot, record: Path, evaluation: str
) -> None:
    file = copy_standard("hj76-2017", "broken")
    file.write_text(file.read_text(encoding="utf-8").replace("[standard]", "[standrd]", 1), encoding="utf-8")
    page = make_page(desk)
    page.open(record, evaluation)
    qtbot.waitUntil(lambda: page.evaluation_view.evaluated is not None)
    page.evaluation_view.judge_again()
    (dialog,) = page.evaluation_view.findChildren(RescoreDialog)
    dialog.standard.setCurrentText("broken")
    qtbot.waitUntil(lambda: dialog.outcome.word == "It cannot be judged")
    assert "broken" in dialog.said.text()
    dialog.reject()
