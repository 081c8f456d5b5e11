"""The screens in their order: what each is called, its icon, and where it is built from when it is first asked for."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.page import Page


@dataclass(frozen=True, slots=True)
class Place:
    """A screen: its name, icon and title (in English, as the source of translations), and its class as "module:Class"."""

    name: str
    icon: str
    title: str
    built_by: str

    def build(self, desk: Desk, parent: QWidget) -> Page:
        """Build the screen."""
        module, _, name = self.built_by.partition(":")
        kind: type[Page] = getattr(importlib.import_module(module), name)
        return kind(desk, parent)


PLACES = (
    Place("bench", "bench", str(QT_TRANSLATE_NOOP("MainWindow", "Bench")), "gui.bench.page:BenchPage"),
    Place("new", "new", str(QT_TRANSLATE_NOOP("MainWindow", "New evaluation")), "gui.planning.page:NewEvaluationPage"),
    Place("run", "run", str(QT_TRANSLATE_NOOP("MainWindow", "Run")), "gui.running.page:RunPage"),
    Place("results", "results", str(QT_TRANSLATE_NOOP("MainWindow", "Results")), "gui.results.page:ResultsPage"),
    Place(
        "registers", "registers", str(QT_TRANSLATE_NOOP("MainWindow", "Devices, gases")), "gui.registers.page:RegistersPage"
    ),
    Place("standards", "standards", str(QT_TRANSLATE_NOOP("MainWindow", "Standards")), "gui.standards.page:StandardsPage"),
    Place("settings", "settings", str(QT_TRANSLATE_NOOP("MainWindow", "Settings")), "gui.settings.page:SettingsPage"),
)
