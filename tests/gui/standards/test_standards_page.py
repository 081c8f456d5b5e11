"""The screen of the standards: found, shown with what figures are worth; copied, confirmed, checked, locked."""

from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.standards.dialogs import AskDialog
from gui.standards.listing import Listed, State, matches, read_all
from gui.standards.page import StandardsPage
from testbench.criteria.folder import file_path
from testbench.criteria.standard import load_standard
from testbench.text import Language


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TESTBENCH_STANDARDS", str(tmp_path / "standards"))
    return tmp_path / "standards"


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> StandardsPage:
    page = StandardsPage(desk)
    qtbot.addWidget(page)
    page.resize(1180, 740)
    page.show()
    page.arrive(standard="hj76-2017")
    qtbot.waitUntil(lambda: page.view.listed is not None)
    return page


def shown(page: StandardsPage) -> Listed:
    assert page.view.listed is not None
    return page.view.listed


def fill(page: StandardsPage, *texts: str) -> None:
    """Fill in the dialog that is open, and confirm it."""
    (dialog,) = (one for one in page.findChildren(AskDialog) if one.isVisible())
    for edit, text in zip(dialog.edits, texts, strict=False):
        edit.setText(text)
    assert dialog.complete
    dialog.confirm.click()


@pytest.fixture
def own(page: StandardsPage, qtbot: QtBot) -> StandardsPage:
    """The screen with a copy of a standard, which is shown."""
    page.view.copy.click()
    fill(page, "our-hj76")
    qtbot.waitUntil(lambda: shown(page).name == "our-hj76")
    return page


def choose_limit(page: StandardsPage, characteristic: str) -> None:
    found = page.view.limits.choose(lambda item: getattr(item, "figure").characteristic == characteristic)  # noqa: B009
    assert found


def test_all_standards_are_listed_and_found_by_what_they_are_about(page: StandardsPage, qtbot: QtBot) -> None:
    QAbstractItemModelTester(page.list.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert page.list.proxy.rowCount() == len(read_all()) >= 30
    page.search.setText("hj75 流速")
    qtbot.waitUntil(lambda: page.list.proxy.rowCount() < 8)
    assert page.list.proxy.rowCount() > 0
    assert shown(page).name.startswith("hj75")
    assert "流速" in shown(page).standard.model_dump_json()  # type: ignore[union-attr]


def test_a_standard_is_shown_with_what_its_figures_are_worth_in_both_languages(
    page: StandardsPage, desk: Desk, qtbot: QtBot
) -> None:
    QAbstractItemModelTester(page.view.limits.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    choose_limit(page, "linearity_error")
    rows = page.view.limits.rows
    texts = [[rows.index(row, column).data() for column in range(5)] for row in range(rows.rowCount())]
    (linearity,) = (row for row in texts if row[0] == "Linearity error")
    assert linearity[2] == "±2 %F.S."
    assert linearity[4].startswith("provisional")
    desk.set_language(Language.CHINESE)
    assert rows.headerData(0, page.view.limits.horizontalHeader().orientation()) == "性能指标"
    assert any(rows.index(row, 0).data() == "线性误差" for row in range(rows.rowCount()))
    suite = page.view.suite.rows
    qtbot.waitUntil(lambda: suite.rowCount() > 5)
    assert any(suite.index(row, 0).data() == "线性误差" for row in range(suite.rowCount()))


def test_what_comes_with_the_program_is_not_changed_and_the_buttons_say_why(page: StandardsPage) -> None:
    view = page.view
    assert shown(page).state is State.SHIPPED
    assert view.copy.isEnabled()
    for button in (view.confirm, view.lock, view.renew, view.open):
        assert not button.isEnabled()
        assert "copy it first" in button.toolTip()


def test_a_figure_of_a_copy_is_confirmed_then_the_file_is_locked_and_renewed(own: StandardsPage, qtbot: QtBot) -> None:
    choose_limit(own, "linearity_error")
    assert own.view.confirm.isEnabled()
    own.view.confirm.click()
    fill(own, "Li Wei", "HJ 76-2017, page 12", "1,5")
    qtbot.waitUntil(lambda: "confirmed by Li Wei" in confirmed(own))
    criterion = load_standard("our-hj76").criterion_for("linearity_error")
    assert criterion is not None
    assert criterion.requirement is not None
    assert str(criterion.requirement.limit) == "1.5"
    assert not criterion.provisional
    assert own.view.figure is not None
    assert own.view.figure.figure.characteristic == "linearity_error"  # stays selected

    own.view.lock.click()
    fill(own, "Li Wei")
    qtbot.waitUntil(lambda: shown(own).state is State.LOCKED)
    assert not own.view.confirm.isEnabled()
    assert "new version" in own.view.confirm.toolTip()

    own.view.renew.click()
    qtbot.waitUntil(lambda: shown(own).state is State.OPEN)
    assert load_standard("our-hj76").version == 2


def confirmed(page: StandardsPage) -> str:
    """What is said of the figure that is selected."""
    return "" if page.view.figure is None else page.view.figure.trust.en


def test_a_limit_that_is_no_number_changes_nothing(own: StandardsPage, desk: Desk, qtbot: QtBot) -> None:
    choose_limit(own, "linearity_error")
    before = file_path("our-hj76").read_bytes()
    for written in ("two", "-1", "nan"):
        own.view.confirm.click()
        with qtbot.waitSignal(desk.failed):
            fill(own, "Li Wei", "page 12", written)
        assert file_path("our-hj76").read_bytes() == before


def test_checking_tells_every_flaw_and_a_file_that_cannot_be_read_is_listed_with_the_reason(
    own: StandardsPage, qtbot: QtBot
) -> None:
    file = file_path("our-hj76")
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace('characteristic = "linearity_error"', 'characteristic = "linearity_eror"', 1), "utf-8")
    own.view.check.click()
    qtbot.waitUntil(lambda: own.view.flaws.rows.rowCount() > 0)
    flaws = own.view.flaws.rows
    assert any("did you mean linearity_error?" in flaws.index(row, 1).data() for row in range(flaws.rowCount()))

    file.write_text(right.replace("[standard]", "[standrd]", 1), "utf-8")
    own.reload()
    qtbot.waitUntil(lambda: shown(own).state is State.FAULTY)
    assert "our-hj76" in shown(own).fault
    assert not own.view.copy.isEnabled()


def test_a_search_needs_all_its_words() -> None:
    (listed,) = (one for one in read_all() if one.name == "epa-part75")
    assert matches(listed, "")
    assert matches(listed, "part75 SO2")
    assert not matches(listed, "part75 nowhere")
