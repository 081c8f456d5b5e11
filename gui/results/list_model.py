"""The list of evaluations as a model, and the proxy that filters and sorts it."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from gui.dates import local, now
from gui.desk import Desk
from gui.results.listing import Filter, Listed
from gui.results.words import outcome_word, standing_word
from testbench.report.wording import wording

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
ROW = Qt.ItemDataRole.UserRole
SORTED = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    """The columns of the list."""

    STARTED = 0
    DEVICES = 1
    MAKERS = 2
    STANDARD = 3
    STANDING = 4
    OUTCOME = 5
    IDENTIFIER = 6


class ListModel(QAbstractTableModel):
    """The evaluations; a new tuple of rows is taken as a whole, and only where it differs."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows: tuple[Listed, ...] = ()

    @property
    def rows(self) -> tuple[Listed, ...]:
        """What is listed."""
        return self._rows

    def show_rows(self, rows: tuple[Listed, ...]) -> bool:
        """Show rows; whether anything is different."""
        if rows == self._rows:
            return False
        if [(row.record, row.identifier) for row in rows] == [(row.record, row.identifier) for row in self._rows]:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(Column) - 1))
            return True
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        return True

    def tell_change(self) -> None:
        """Say everything anew, in another language."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        match Column(section):
            case Column.STARTED:
                return self.tr("Begun")
            case Column.DEVICES:
                return self.tr("Devices")
            case Column.MAKERS:
                return self.tr("Makers and models")
            case Column.STANDARD:
                return self.tr("Standard")
            case Column.STANDING:
                return self.tr("State")
            case Column.OUTCOME:
                return self.tr("Verdict")
            case Column.IDENTIFIER:
                return self.tr("Evaluation")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == ROW:
            return row
        if role == SORTED:
            return row.started.timestamp() if column is Column.STARTED else self._text(row, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row)
        return None

    def _text(self, row: Listed, column: Column) -> str:
        match column:
            case Column.STARTED:
                return local(row.started)
            case Column.DEVICES:
                return self.tr("{measurand}: {names}").format(measurand=row.measurand, names=", ".join(row.devices))
            case Column.MAKERS:
                pairs = dict.fromkeys(" ".join(pair).strip() for pair in zip(row.makers, row.models, strict=True))
                return ", ".join(pairs)
            case Column.STANDARD:
                return row.standard or self.tr("none")
            case Column.STANDING:
                return standing_word(self._desk, row.standing)
            case Column.OUTCOME:
                return outcome_word(self._desk, row.outcome) if row.standard and row.outcome is not None else ""
            case Column.IDENTIFIER:
                return self._identifier(row)

    def _identifier(self, row: Listed) -> str:
        marks = [*([self.tr("simulated")] if row.simulated else []), *([self.tr("a repeat")] if row.repeats else [])]
        return f"{row.identifier} ({wording(self._desk.language).join(marks)})" if marks else row.identifier

    def _tip(self, row: Listed) -> str:
        serials = ", ".join(serial for serial in row.serials if serial)
        repeats = self.tr("repeats an item of {original}").format(original=row.repeats) if row.repeats else ""
        lines = [self._text(row, Column.MAKERS), serials, row.notes, self._identifier(row), repeats, str(row.record)]
        return "\n".join(line for line in lines if line)


class ListProxy(QSortFilterProxyModel):
    """Shows what a filter admits, sorted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filter = Filter()
        self.setSortRole(SORTED)

    @property
    def sought(self) -> Filter:
        """What is looked for."""
        return self._filter

    def seek(self, sought: Filter) -> None:
        """Look for something else."""
        if sought != self._filter:
            self._filter = sought
            self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: D102, N802
        model = self.sourceModel()
        return isinstance(model, ListModel) and self._filter.admits(model.rows[source_row], now())
