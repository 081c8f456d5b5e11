"""The section of folders: where new evaluations go, and the records that are known."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.settings.section import Card, Section
from gui.watched import Standing
from testbench.errors import InputError
from testbench.office.known_records import forget, known_records
from testbench.record.store import Record

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record of the list, how many evaluations it has, and how many of them go on."""

    path: Path
    evaluations: int
    going: int


def known(paths: list[Path], standings: tuple[Standing, ...]) -> tuple[KnownRecord, ...]:
    """The records of the list, with what the lookout has seen in each."""
    rows = []
    for path in paths:
        inside = [one for one in standings if one.record == path.absolute()]
        rows.append(KnownRecord(path, len(inside), sum(one.stand.standing.goes_on for one in inside)))
    return tuple(rows)


def checked_folder(path: Path) -> Path:
    """A folder that can be written to, made if it is not there; InputError else."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise InputError(f"folder {path} cannot be written to: {error.strerror or os.strerror(error.errno or 0)}") from error
    return path


def checked_record(path: Path) -> Path:
    """A record that can be read; the errors of the record else."""
    with Record.open(path) as record:
        record.evaluations()
    return path


class RecordsModel(QAbstractTableModel):
    """The known records, a row each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[KnownRecord, ...] = ()

    def show_rows(self, rows: tuple[KnownRecord, ...]) -> None:
        """Show other rows."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: D102, N802
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: D102, N802
        return 0 if parent is not None and parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (str(row.path), str(row.evaluations), str(row.going) if row.going else "–")[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(row.path)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (self.tr("Record"), self.tr("Evaluations"), self.tr("Going on"))[section]


class FoldersSection(Section):
    """The folder of new evaluations, and the records that are searched and watched."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._new, self._records = Card(), Card()
        self._label = QLabel()
        self.folder = QLineEdit(str(desk.folder), readOnly=True)
        self._label.setBuddy(self.folder)
        self.choose_button = QPushButton()
        self.choose_button.clicked.connect(self._choose)
        row = QHBoxLayout()
        for part in (self._label, self.folder, self.choose_button):
            row.addWidget(part)
        self._new.column.addLayout(row)
        self.model = RecordsModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().selectionChanged.connect(lambda: self._enable())
        self.model.modelReset.connect(self._enable)
        self.add_button, self.forget_button = QPushButton(), QPushButton()
        self.add_button.clicked.connect(self._add)
        self.forget_button.clicked.connect(self._forget)
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addWidget(self.forget_button)
        row.addStretch()
        self._records.column.addWidget(self.table, 1)
        self._records.column.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._new)
        column.addWidget(self._records, 1)
        desk.lookout.changed.connect(lambda _: self._look())
        self._enable()

    def title(self) -> str:
        """Its name."""
        return self.tr("Folders and records")

    def retranslate(self) -> None:
        """Set all texts."""
        self._new.say(
            self.tr("New evaluations"), self.tr("Record, reports and station files are written here, on a local disk.")
        )
        self._label.setText(self.tr("Folder"))
        self.choose_button.setText(self.tr("C&hoose …"))
        self._records.say(
            self.tr("Records"),
            self.tr("These are watched, searched and compared. A record that is forgotten stays as it is."),
        )
        self.add_button.setText(self.tr("&Add a record …"))
        self.forget_button.setText(self.tr("&Forget"))
        self.table.setAccessibleName(self.tr("Records"))
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 2)

    def arrive(self) -> None:
        """Look which records are known now."""
        self.folder.setText(str(self.desk.folder))
        self._look()

    def _look(self) -> None:
        if self.isVisible():
            self.desk.tasks.start(lambda _: known_records(), owner=self, done=self._show)

    def _show(self, paths: list[Path]) -> None:
        self.model.show_rows(known(paths, self.desk.lookout.standings))

    def _enable(self) -> None:
        self.forget_button.setEnabled(self.table.selectionModel().hasSelection())

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder of new evaluations"), self.folder.text())
        if name:
            self.desk.tasks.start(lambda _: checked_folder(Path(name)), owner=self, done=self._chosen)

    def _chosen(self, path: Path) -> None:
        self.desk.folder = path
        self.folder.setText(str(path))

    def _add(self) -> None:
        kinds = self.tr("Records (*.sqlite *.db *.record);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Add a record"), self.folder.text(), kinds)
        if name:
            self.desk.tasks.start(
                lambda _: checked_record(Path(name)), owner=self, done=self._added, title=self.tr("Opening the record")
            )

    def _added(self, path: Path) -> None:
        self.desk.know(path)
        self._look()

    def _forget(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if rows:
            path = self.model.rows[rows[0].row()].path
            self.desk.tasks.start(lambda _: forget(path), owner=self, done=lambda _: self._forgotten(path))

    def _forgotten(self, path: Path) -> None:
        self.desk.inform(self.tr("{path} is not watched any more; the file stays.").format(path=path))
        self.desk.lookout.look_now()
        self._look()
