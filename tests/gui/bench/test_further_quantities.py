"""The bench screen shows what a device records beside its indication."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.bench.page import BenchPage


def test_a_device_shows_what_is_recorded_beside_its_indication(
    open_page: Callable[..., BenchPage], change: Callable[..., Path], qtbot: QtBot
) -> None:
    model = 'model = "410i (simulated)"'
    page = open_page(change((model, f'{model}\nrecord_also = ["O2", "pressure"]')), connected=True)
    page.mimic.select("A")
    qtbot.waitUntil(lambda: "A.pressure" in page.live.values, timeout=30_000)
    told = [label.text() for label in page.panel.findChildren(QLabel)]
    assert "20.95 %" in told, "room air until gas is made"
    assert "753.4 mmHg" in told
