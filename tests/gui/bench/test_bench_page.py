"""The bench screen on the simulated laboratory: stations, connecting, setting, checking, and the lock while a run has it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from gui.bench.controls import AdjustForm, GasForm, NumberForm
from gui.bench.live import Mode
from gui.bench.page import BenchPage
from gui.desk import Desk
from testbench.engine.roles import Adjustment
from testbench.office.detached import start_detached
from testbench.text import Language

WITHIN_MS = 30_000
OpenPage = Callable[..., BenchPage]


def gas_form(page: BenchPage) -> GasForm:
    page.mimic.select("divider")
    form = page.panel.forms[0]
    assert isinstance(form, GasForm)
    return form


def test_without_a_station_the_screen_offers_a_simulated_one(open_page: OpenPage, desk: Desk, qtbot: QtBot) -> None:
    page = open_page()
    assert page.empty.isVisible()
    qtbot.mouseClick(page.new_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.plan is not None, timeout=WITHIN_MS)
    assert desk.stations.chosen is not None
    assert desk.simulated("bench")
    assert page.mimic.isVisible()


def test_a_file_that_is_no_station_is_told_in_words_and_another_can_be_picked(
    open_page: OpenPage, desk: Desk, simulated_station: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[station", encoding="utf-8")
    page = open_page(simulated_station)
    page.add_station(wrong)
    qtbot.waitUntil(lambda: page.plan is None, timeout=WITHIN_MS)
    assert not page.mimic.isVisible()
    assert not page.top.connect_button.isEnabled()
    page.top.stations.setCurrentIndex(page.top.stations.findText(simulated_station.stem))
    page.top.stations.activated.emit(page.top.stations.currentIndex())
    qtbot.waitUntil(lambda: page.plan is not None, timeout=WITHIN_MS)
    assert page.mimic.isVisible()


def test_a_station_file_that_was_edited_is_read_anew_before_it_is_connected_to(
    open_page: OpenPage, change: Callable[..., Path], qtbot: QtBot
) -> None:
    page = open_page(change())
    change(("[devices.C]", "[devices.Z]"), ("[devices.C.truth]", "[devices.Z.truth]"))
    page.top.connect_button.click()
    qtbot.waitUntil(lambda: page.hand.holds and "Z" in page.live.values, timeout=WITHIN_MS)
    assert page.plan is not None
    assert "Z" in page.plan.parts
    assert page.mimic.picture.node("C") is None


def test_parts_are_chosen_by_arrow_keys_and_their_values_told(
    open_page: OpenPage, simulated_station: Path, qtbot: QtBot
) -> None:
    page = open_page(simulated_station)
    page.mimic.setFocus()
    qtbot.keyClick(page.mimic, Qt.Key.Key_Home)
    assert page.mimic.selected == "co2"
    for key, there in ((Qt.Key.Key_Right, "mfc-co2"), (Qt.Key.Key_Down, "mfc-n2"), (Qt.Key.Key_Right, "divider")):
        qtbot.keyClick(page.mimic, key)
        assert page.mimic.selected == there
    assert page.mimic.accessibleDescription() == "Gas divider (gas divider), not connected"
    assert "F6" in page.panel.locked
    assert not page.panel.forms[0].isEnabled()


def test_gas_is_set_and_read_back_and_what_is_typed_wrong_is_refused(
    open_page: OpenPage, simulated_station: Path, desk: Desk, qtbot: QtBot
) -> None:
    page = open_page(simulated_station, connected=True)
    form = gas_form(page)
    assert page.panel.locked == ""
    for typed, told in (("", "type a number"), ("abc", "no number"), ("120", "from 0 to 100 %F.S.")):
        form.content.setText(typed)
        qtbot.keyClick(form.content, Qt.Key.Key_Return)
        assert told in form.wrong
    form.content.setText("60")
    qtbot.keyClick(form.content, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "read back" in page.panel.result, timeout=WITHIN_MS)
    assert form.wrong == ""
    assert "12 % CO2 is supplied" in page.panel.result
    assert "mfc-co2.flow 1.6" in page.panel.result
    qtbot.waitUntil(lambda: "12.00 % CO2" in page.mimic.told("divider"), timeout=WITHIN_MS)
    form.unit.setCurrentText("%")
    form.content.setText("50")
    qtbot.keyClick(form.content, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "cannot be made" in page.panel.result, timeout=WITHIN_MS)
    page.mimic.select("mfc-co2")
    flow = page.panel.forms[0]
    assert isinstance(flow, NumberForm)
    flow.field.setText("7")
    flow.set.click()
    assert "from 0 to 5 L/min" in flow.wrong
    desk.set_language(Language.CHINESE)
    assert page.top.connect_button.text() == "释放"
    assert page.panel.forms == [flow]
    desk.set_language(Language.ENGLISH)
    assert page.may_close() is not None
    page.top.connect_button.click()
    with qtbot.waitSignal(desk.informed, timeout=WITHIN_MS) as said:
        pass
    assert "safe" in said.args[0]
    assert page.live.mode is Mode.NOBODY
    assert page.may_close() is None


def test_a_device_is_adjusted_only_after_it_was_confirmed(
    open_page: OpenPage, simulated_station: Path, qtbot: QtBot
) -> None:
    page = open_page(simulated_station, connected=True)
    page.mimic.select("A")
    form = page.panel.forms[0]
    assert isinstance(form, AdjustForm)
    form.fields[Adjustment.SPAN].setText("30")
    form.buttons[Adjustment.SPAN].click()
    assert "from 0 to 20 %" in form.wrong
    form.fields[Adjustment.ZERO].setText("0.5")
    form.buttons[Adjustment.ZERO].click()
    box = page.findChild(QMessageBox)
    assert box is not None
    assert "Adjust the zero of A?" in box.text()
    assert page.panel.result == ""
    accept = next(button for button in box.findChildren(QPushButton) if "Adjust" in button.text())
    accept.click()
    qtbot.waitUntil(lambda: "the zero of A is adjusted to 0.5 %" in page.panel.result, timeout=WITHIN_MS)


def test_the_check_lists_every_part_with_what_is_wrong(
    open_page: OpenPage, change: Callable[..., Path], qtbot: QtBot
) -> None:
    page = open_page(
        change(
            ('resource = "twin:serial"', 'resource = "TCPIP::127.0.0.1::18::SOCKET"'),
            ('certificate = "SIM-CO2-0001"\nvalid_until = 2028-12-31', "valid_until = 2020-01-31"),
        )
    )
    model = page.check_dialog.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    page.top.check.click()
    assert "asking" in page.check_dialog.said
    assert page.check_dialog.simulated.isVisibleTo(page.check_dialog)
    qtbot.waitUntil(lambda: model.rowCount() > 0, timeout=WITHIN_MS)
    rows = table(model)
    assert len(rows) == 13
    assert [row[0] for row in rows[:2]] == ["co2", "B"]
    assert "valid until 2020-01-31" in rows[0][3]
    assert "nothing listens there" in rows[1][3]
    assert ["mfc-n2", "Alicat"] in [[row[0], row[2][:6]] for row in rows]
    assert "cannot be used: 2" in page.check_dialog.said
    page.check_dialog.chosen.emit("B")
    assert page.mimic.selected == "B"
    page.check_dialog.close()


def test_the_bench_in_the_hand_is_checked_as_well(open_page: OpenPage, simulated_station: Path, qtbot: QtBot) -> None:
    page = open_page(simulated_station, connected=True)
    page.top.check.click()
    qtbot.waitUntil(lambda: page.check_dialog.model.rowCount() > 0, timeout=WITHIN_MS)
    assert page.check_dialog.said == "every instrument answers; nothing is wrong"
    page.check_dialog.close()


@pytest.fixture
def going(simulated_station: Path, tmp_path: Path, state: Path) -> str:
    """An evaluation on the simulated station that goes on: it waits for a person at device C."""
    folder = tmp_path / "run"
    words = [
        "evaluate",
        "--station",
        str(simulated_station),
        "--standard",
        "hj76-2017",
        "--output",
        str(folder),
        "--attended",
    ]
    return start_detached(words, folder)


def test_while_a_run_has_the_station_it_is_locked_and_shows_the_runs_readings(
    open_page: OpenPage, simulated_station: Path, tmp_path: Path, desk: Desk, going: str, qtbot: QtBot
) -> None:
    record = next((tmp_path / "run").rglob("*.sqlite"))
    desk.lookout.start()
    page = open_page(simulated_station)
    try:
        qtbot.waitUntil(lambda: page.live.mode is Mode.RUN and bool(page.live.values), timeout=WITHIN_MS)
        assert page.live.evaluation == going
        form = gas_form(page)
        assert not form.isEnabled()
        assert going in page.panel.locked
        with qtbot.waitSignal(desk.went) as went:
            page.top.connect_button.click()
        assert went.args == ["run", {"record": record.absolute(), "evaluation": going}]
        assert not page.top.check.isEnabled()
        assert not page.top.safe.isEnabled()
        page.mimic.select("A")
        assert page.live.values["A"].value is not None
    finally:
        command = [sys.executable, "-P", "-m", "testbench.cli", "abort", going, "--record", str(record)]
        subprocess.run(command, env=os.environ, check=True, capture_output=True, timeout=60)
    qtbot.waitUntil(lambda: page.live.mode is Mode.NOBODY, timeout=WITHIN_MS)
    assert page.top.connect_button.isEnabled()


def test_a_station_that_somebody_else_has_is_refused_with_the_reason(
    open_page: OpenPage, simulated_station: Path, desk: Desk, qtbot: QtBot
) -> None:
    page = open_page(simulated_station, connected=True)
    other = open_page(simulated_station)
    told: list[str] = []
    desk.failed.connect(lambda error, _: told.append(str(error)))
    other.top.connect_button.click()
    qtbot.waitUntil(lambda: bool(told), timeout=WITHIN_MS)
    assert "by hand" in told[0]
    assert other.live.mode is Mode.NOBODY
    assert page.hand.holds


def table(model: QAbstractItemModel) -> list[list[str]]:
    """The texts of a table."""
    return [
        [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
