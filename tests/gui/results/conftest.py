"""What the tests of Results share: the record of a short evaluation of three devices, and the page that lists it."""

import contextlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.results.page import ResultsPage
from testbench import cli
from testbench.office.known_records import remember
from testbench.record.store import Record

SHORT = ["--set", "levels=0.3,0.7", "--set", "passes=1", "--set", "average_s=20"]


@pytest.fixture(scope="session")
def short_evaluation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with one evaluation of linearity by HJ 76-2017 on the simulated bench; not to be written."""
    folder = tmp_path_factory.mktemp("short")
    station = folder / "station.toml"
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.setenv("TESTBENCH_STATE_DIR", str(folder / "state"))
        assert cli.main(["station", "new", "--simulated"]) == 0
        station.write_text(said.getvalue(), encoding="utf-8")
        words = ["--standard", "hj76-2017", "--output", str(folder), "--language", "en", "--notes", "第一次 first"]
        assert cli.main(["run", "linearity", "--station", str(station), *SHORT, *words]) == 0
    return folder / "record.sqlite"


@pytest.fixture
def record(short_evaluation: Path, tmp_path: Path, state: Path) -> Path:
    """A copy of that record, which may be written; this user knows it."""
    path = tmp_path / "record.sqlite"
    shutil.copy(short_evaluation, path)
    remember(path)
    return path


@pytest.fixture
def evaluation(record: Path) -> str:
    """The identifier of its evaluation."""
    with Record.open(record) as opened:
        return opened.evaluations()[0].identifier


@pytest.fixture
def make_page(qtbot: QtBot, record: Path) -> Callable[[Desk], ResultsPage]:
    """Build the page at a desk; it lists the evaluation."""

    def make(desk: Desk) -> ResultsPage:
        page = ResultsPage(desk)
        qtbot.addWidget(page)
        page.resize(1170, 720)
        page.show()
        desk.lookout.start()
        qtbot.waitUntil(lambda: bool(page.list_view.model.rows), timeout=10_000)
        page.arrive()
        return page

    return make


@pytest.fixture
def page(make_page: Callable[[Desk], ResultsPage], desk: Desk) -> ResultsPage:
    """The page in English."""
    return make_page(desk)


@pytest.fixture
def opened(page: ResultsPage, qtbot: QtBot) -> ResultsPage:
    """The page with the evaluation open."""
    page.list_view.open_button.click()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.evaluation_view, timeout=10_000)
    return page
