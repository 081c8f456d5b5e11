"""What the tests of New evaluation share: the page with a simulated station chosen, and a suite that takes minutes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.desk import Desk
from gui.planning.page import NewEvaluationPage

CORE = Path(__file__).parents[2] / "standards" / "hj76-core.toml"
SHORT = """
[[suite]]
procedure = "repeatability"
settings = { repeats = 3, zero_between = false, interval_s = 1 }
clause = { zh = "作业指导书 3", en = "work instruction 3" }
"""


@pytest.fixture
def short_suite(tmp_path: Path) -> Path:
    """A suite file of one procedure that takes ten minutes of bench time."""
    path = tmp_path / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return path


@pytest.fixture
def make_page(qtbot: QtBot, simulated_station: Path) -> Callable[..., NewEvaluationPage]:
    """Build the page at a desk, arrived with the simulated station; what it finds is awaited."""

    def make(desk: Desk, **target: object) -> NewEvaluationPage:
        page = NewEvaluationPage(desk)
        page.rest.setInterval(0)
        qtbot.addWidget(page)
        page.resize(1170, 720)
        page.show()
        page.arrive(station=simulated_station, **target)
        qtbot.waitUntil(lambda: page.settled, timeout=10_000)
        return page

    return make


@pytest.fixture
def page(make_page: Callable[..., NewEvaluationPage], desk: Desk) -> NewEvaluationPage:
    """The page in English, with a suite of five procedures of HJ 76-2017."""
    return make_page(desk, standard=str(CORE))
