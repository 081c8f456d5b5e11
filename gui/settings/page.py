"""The screen of the settings: sections to choose from, and the one that is chosen."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.page import Page
from gui.settings.about_section import AboutSection
from gui.settings.appearance_section import AppearanceSection
from gui.settings.folders_section import FoldersSection
from gui.settings.laboratory_section import LaboratorySection
from gui.settings.person_section import PersonSection
from gui.settings.section import Section
from gui.settings.stations_section import StationsSection

SECTIONS: dict[str, type[Section]] = {
    "laboratory": LaboratorySection,
    "stations": StationsSection,
    "appearance": AppearanceSection,
    "you": PersonSection,
    "folders": FoldersSection,
    "about": AboutSection,
}
ROW = 34


class SettingsPage(Page):
    """Settings; `arrive(section="stations", path=…)` shows one section, and a station file of it."""

    name: ClassVar[str] = "settings"
    icon: ClassVar[str] = "settings"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._names = list(SECTIONS)
        self.sections: dict[str, Section] = {name: kind(desk) for name, kind in SECTIONS.items()}
        self.choice = QListWidget()
        self.choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.choice.addItems(self._names)
        for row in range(len(self._names)):
            self.choice.item(row).setSizeHint(QSize(0, ROW))
        self._heading = QLabel()
        self._heading.setProperty("level", "1")
        self._stack = QStackedWidget()
        for section in self.sections.values():
            self._stack.addWidget(section)
            section.simulated_changed.connect(self._mark_simulated)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._heading)
        right.addWidget(self._stack, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(12)
        whole.addWidget(self.choice)
        whole.addLayout(right, 1)
        remembered = desk.preferences.get("settings.section", self._names[0])
        self.choice.setCurrentRow(self._names.index(remembered) if remembered in self._names else 0)
        self.choice.currentRowChanged.connect(self._chosen)
        self.retranslate()
        self.restyle()

    @property
    def section(self) -> Section:
        """The section that is shown."""
        return self.sections[self._names[self.choice.currentRow()]]

    def title(self) -> str:
        """Its name."""
        return self.tr("Settings")

    def retranslate(self) -> None:
        """Set all texts."""
        self.choice.setAccessibleName(self.tr("Sections of the settings"))
        for row, section in enumerate(self.sections.values()):
            section.retranslate()
            self.choice.item(row).setText(section.title())
        widest = max(self.choice.fontMetrics().horizontalAdvance(section.title()) for section in self.sections.values())
        self.choice.setFixedWidth(widest + 40)
        self._heading.setText(self.section.title())

    def restyle(self) -> None:
        """Set the colours."""
        for section in self.sections.values():
            section.restyle()

    def arrive(self, **target: Any) -> None:
        """Show a section, the one that was shown last where none is asked for."""
        wanted = target.get("section")
        if wanted in self._names:
            self.choice.setCurrentRow(self._names.index(str(wanted)))
        self._show()
        path, section = target.get("path"), self.section
        if path is not None and isinstance(section, StationsSection):
            section.show_station(path)
        if self.choice.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            self.choice.setFocus()

    def may_close(self) -> str | None:
        """What is unsaved in any section."""
        reasons = [reason for section in self.sections.values() if (reason := section.unsaved())]
        return "\n".join(reasons) or None

    def _chosen(self, row: int) -> None:
        if row >= 0:
            self.desk.preferences.set("settings.section", self._names[row])
            self._show()

    def _show(self) -> None:
        section = self.section
        self._stack.setCurrentWidget(section)
        self._heading.setText(section.title())
        section.arrive()
        self._mark_simulated()

    def _mark_simulated(self) -> None:
        self.desk.set_simulated(self, self.section.simulated())
