"""Plans of stations with changes, and a bench screen whose station is given up at the end of the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.bench.page import BenchPage
from gui.bench.plan import StationPlan, read_plan
from gui.desk import Desk

WITHIN_MS = 30_000


@pytest.fixture
def change(simulated_station: Path) -> Callable[..., Path]:
    """Change the text of the simulated station."""

    def make(*replacements: tuple[str, str], more: str = "") -> Path:
        text = simulated_station.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        simulated_station.write_text(text + more, encoding="utf-8")
        return simulated_station

    return make


@pytest.fixture
def plan(simulated_station: Path) -> StationPlan:
    """The simulated station."""
    return read_plan(simulated_station)


@pytest.fixture
def open_page(desk: Desk, qtbot: QtBot) -> Iterator[Callable[..., BenchPage]]:
    """Open the bench screen, on a station where one is given, and connect to it where that is wanted."""
    opened: list[BenchPage] = []

    def make(station: Path | None = None, *, connected: bool = False) -> BenchPage:
        page = BenchPage(desk)
        opened.append(page)
        page.resize(1170, 740)
        page.show()
        page.arrive(**({} if station is None else {"station": station}))
        if station is not None:
            qtbot.waitUntil(lambda: page.plan is not None, timeout=WITHIN_MS)
        if connected:
            page.top.connect_button.click()
            qtbot.waitUntil(lambda: page.hand.holds and bool(page.live.values), timeout=WITHIN_MS)
        return page

    yield make
    for page in opened:
        page.hand.wait_released(30.0)
        qtbot.waitUntil(lambda page=page: not page.hand.busy, timeout=WITHIN_MS)
        page.close()
        page.deleteLater()
