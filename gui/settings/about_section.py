"""The section about this program: its version, where its log is, and the libraries that it stands on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.failures import LOG
from gui.settings.section import Card, Section
from gui.settings.shipped import Library, libraries
from testbench import __version__

Index = QModelIndex | QPersistentModelIndex


class LibrariesModel(QAbstractTableModel):
    """Libraries with version and licence, a row each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Library, ...] = ()

    def show_rows(self, rows: tuple[Library, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: D102, N802
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: D102, N802
        return 0 if parent is not None and parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self.rows[index.row()]
        return (row.name, row.version, row.licence)[index.column()]

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (self.tr("Library"), self.tr("Version"), self.tr("Licence"))[section]


class AboutSection(Section):
    """What a person is asked for when something is wrong, and what the licences ask to be said."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._program, self._libraries = Card(), Card()
        self._names = {name: QLabel() for name in ("version", "log", "state")}
        self.values = {name: QLabel() for name in self._names}
        self.open_button = QPushButton()
        self.open_button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.desk.state))))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(16)
        for row, name in enumerate(self._names):
            label = self.values[name]
            label.setWordWrap(True)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self._names[name].setBuddy(label)
            grid.addWidget(self._names[name], row, 0)
            grid.addWidget(label, row, 1)
        grid.addWidget(self.open_button, 1, 2, 2, 1, Qt.AlignmentFlag.AlignBottom)
        self._program.column.addLayout(grid)
        self._qt = QLabel(wordWrap=True)
        self._qt.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._qt.setOpenExternalLinks(True)
        self.model = LibrariesModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self._libraries.column.addWidget(self._qt)
        self._libraries.column.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._program)
        column.addWidget(self._libraries, 1)

    def title(self) -> str:
        """Its name."""
        return self.tr("About")

    def retranslate(self) -> None:
        """Set all texts."""
        self._program.say(
            "testbench", self.tr("Evaluates continuous emission monitoring systems (CEMS) on a test bench over VISA.")
        )
        self._names["version"].setText(self.tr("Version"))
        self._names["log"].setText(self.tr("Log"))
        self._names["state"].setText(self.tr("What is kept of you"))
        self.open_button.setText(self.tr("&Open the folder"))
        self.values["version"].setText(f"{__version__}, Qt {qVersion()}")
        self.values["log"].setText(str(Path(self.desk.state) / LOG))
        self.values["state"].setText(str(self.desk.state))
        self._libraries.say(self.tr("Libraries"))
        self._qt.setText(
            self.tr(
                "The window is made with Qt and Qt for Python (PySide6), used under the GNU Lesser General Public License, "
                "version 3: they are linked dynamically, unchanged, and may be replaced by other versions. "
                "Their source is at {qt}; the licence is at {licence}."
            ).format(
                qt='<a href="https://code.qt.io">code.qt.io</a>',
                licence='<a href="https://www.gnu.org/licenses/lgpl-3.0.html">gnu.org/licenses</a>',
            )
        )
        self.table.setAccessibleName(self.tr("Libraries"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 2)

    def arrive(self) -> None:
        """List the libraries when the section is first shown."""
        if not self.model.rows:
            self.desk.tasks.start(lambda _: libraries(), owner=self, done=self.model.show_rows)
