"""A report is issued from the window: the number of the scheme, the client, and where the file is."""

import datetime as dt
from importlib import resources
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.issuing.dialog import IssueDialog
from gui.issuing.prepared import report_folder
from testbench.outcome import Outcome
from testbench.record.model import EvaluationStart
from testbench.record.store import Record
from testbench.report.letterhead import issues
from testbench.text import Language

BEGUN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
WAIT_MS = 20_000
TEMPLATE = """
[laboratory]
name = { en = "Institute" }
[cnas]
number = "CNAS L1"
[report]
number_scheme = "T/{number:03}"
[client]
name = "Usual"
"""


@pytest.fixture
def template(state: Path) -> None:
    state.mkdir(parents=True, exist_ok=True)
    (state / "laboratory.toml").write_text(TEMPLATE, encoding="utf-8")


def entered(path: Path, *, simulated: bool = False) -> str:
    """An evaluation that is over."""
    start = EvaluationStart(
        standard="",
        standard_text="",
        standard_digest="",
        station_path="station.toml",
        station_text=(resources.files("testbench") / "stations" / "simulated.toml").read_text(encoding="utf-8"),
        station_digest="7" * 64,
        seed=None,
        language="en",
        simulated=simulated,
        software={},
        measurand="CO2",
        devices=[],
        started=BEGUN,
    )
    with Record.open(path, create=True) as record:
        evaluation = record.begin_evaluation(start)
        record.finish_evaluation(evaluation, outcome=Outcome.INCONCLUSIVE, finished=BEGUN)
    return evaluation


def opened(qtbot: QtBot, desk: Desk, record: Path, evaluation: str) -> IssueDialog:
    dialog = IssueDialog(desk, record, evaluation)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.mark.usefixtures("template")
def test_a_report_is_issued_once_and_then_opened(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "record.sqlite"
    evaluation = entered(record)
    desk.person = "Li Wei"
    dialog = opened(qtbot, desk, record, evaluation)
    qtbot.waitUntil(dialog.issue_button.isEnabled, timeout=WAIT_MS)
    assert dialog.fields["number"].text() == "T/001"
    assert dialog.fields["client"].text() == "Usual"
    qtbot.keyClicks(dialog.fields["received"], "2026-03-01, intact")
    dialog.outside.setChecked(True)
    with qtbot.waitSignal(dialog.issued, timeout=WAIT_MS) as issued:
        dialog.issue_button.click()
        assert not dialog.issue_button.isEnabled()
    path = issued.args[0]
    assert path == tmp_path / "reports" / "T-001" / "report.pdf"
    assert path.read_bytes().startswith(b"%PDF")
    with Record.open(record) as kept:
        (issue,) = issues(kept.events(evaluation))
    assert (issue.number, issue.by, issue.client.name, issue.received) == ("T/001", "Li Wei", "Usual", "2026-03-01, intact")
    assert issue.outside_scope
    urls: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url.toLocalFile()))
    dialog.open_button.click()
    assert urls == [path.as_posix()]
    second = opened(qtbot, desk, record, evaluation)
    qtbot.waitUntil(second.issue_button.isEnabled, timeout=WAIT_MS)
    assert "replaces report T/001" in second._explanation.text()
    assert second.fields["number"].text() == "T/002"


@pytest.mark.usefixtures("template")
def test_a_number_that_was_given_before_is_refused_in_the_language_of_the_window(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    record = tmp_path / "record.sqlite"
    evaluation = entered(record)
    desk.set_language(Language.CHINESE)
    for _ in range(2):
        dialog = opened(qtbot, desk, record, evaluation)
        qtbot.waitUntil(dialog.issue_button.isEnabled, timeout=WAIT_MS)
        dialog.fields["number"].setText("A 1")
        assert not dialog.issue_button.isEnabled()
        dialog.fields["number"].setText("A1")
        dialog.issue_button.click()
        qtbot.waitUntil(lambda d=dialog: not d._why.isHidden(), timeout=WAIT_MS)
    assert "报告编号 A1 已用于测试评价" in dialog._why.text()
    assert dialog.issue_button.isEnabled()


@pytest.mark.usefixtures("template")
def test_a_simulated_evaluation_is_not_issued(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    record = tmp_path / "record.sqlite"
    dialog = opened(qtbot, desk, record, entered(record, simulated=True))
    qtbot.waitUntil(dialog.issue_button.isEnabled, timeout=WAIT_MS)
    assert dialog.simulated.isVisibleTo(dialog)
    assert not dialog.outside.isVisibleTo(dialog)
    dialog.issue_button.click()
    qtbot.waitUntil(lambda: "simulated instruments" in dialog._why.text(), timeout=WAIT_MS)


def test_without_a_template_the_dialog_says_where_to_fill_it_in(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    record = tmp_path / "record.sqlite"
    dialog = opened(qtbot, desk, record, entered(record))
    qtbot.waitUntil(lambda: "in the settings" in dialog._why.text(), timeout=WAIT_MS)
    assert not dialog.issue_button.isEnabled()


def test_a_number_makes_a_folder_that_every_system_takes(tmp_path: Path) -> None:
    assert report_folder(tmp_path / "r.sqlite", 'A/B:"1"?.') == tmp_path / "reports" / "A-B--1--"
