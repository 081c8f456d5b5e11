"""The list of a register as a Qt model: rows of entries, sorted and filtered; a new or changed entry is marked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QFont

from gui.registers.rows import COLUMNS, Filter, Row, lets_through
from testbench.register.entries import Entry, Section
from testbench.text import Language

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
MARK = "✎ "
STATE_COLUMN = 0


class EntriesModel(QAbstractTableModel):
    """The entries of one register."""

    def __init__(self, section: Section, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = COLUMNS[section]
        self._rows: tuple[Row, ...] = ()
        self._order = (-1, Qt.SortOrder.AscendingOrder)
        self._language = Language.ENGLISH
        self._unsaved: frozenset[int] = frozenset()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order in which they are sorted."""
        return self._rows

    def entry(self, identifier: int) -> Entry | None:
        """The entry of a number."""
        return next((row.entry for row in self._rows if row.entry.identifier == identifier), None)

    def position(self, identifier: int) -> int:
        """The row of an entry; -1 where it is not there."""
        return next((place for place, row in enumerate(self._rows) if row.entry.identifier == identifier), -1)

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = self._sorted(rows)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column; a negative one leaves them in the order in which they come."""
        self._order = (column, order)
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        numbers = [self._rows[index.row()].entry.identifier for index in kept]
        self._rows = self._sorted(self._rows)
        places = {row.entry.identifier: place for place, row in enumerate(self._rows)}
        moved = [self.index(places[number], index.column()) for number, index in zip(numbers, kept, strict=True)]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _sorted(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        column, order = self._order
        if not 0 <= column < len(self._columns):
            return rows
        return tuple(sorted(rows, key=lambda row: row.cells[column].key, reverse=order is Qt.SortOrder.DescendingOrder))

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        self._all_changed()

    def mark_unsaved(self, identifiers: Collection[int]) -> None:
        """Mark the entries that have changes which are not saved."""
        if frozenset(identifiers) != self._unsaved:
            self._unsaved = frozenset(identifiers)
            self._all_changed()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: D102, N802, B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: D102, N802, B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102, N802
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].heading.say(self._language)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or not 0 <= index.row() < len(self._rows) or not 0 <= index.column() < len(self._columns):
            return None
        row = self._rows[index.row()]
        cell = row.cells[index.column()]
        unsaved = row.entry.identifier in self._unsaved
        match role:
            case Qt.ItemDataRole.DisplayRole:
                text = cell.text.say(self._language)
                return MARK + text if unsaved and index.column() == STATE_COLUMN + 1 else text
            case Qt.ItemDataRole.ToolTipRole:
                state = index.column() == STATE_COLUMN
                return (row.explained if state else cell.text).say(self._language) or None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(index.column())
            case Qt.ItemDataRole.FontRole if unsaved:
                font = QFont()
                font.setItalic(True)
                return font
            case _ if role == ROW_ROLE:
                return row
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self._columns[column].number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _all_changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1))


class EntriesProxy(QSortFilterProxyModel):
    """The entries that are searched for, in the order of the model."""

    def __init__(self, model: EntriesModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._query = ""
        self._filter = Filter.IN_USE
        self._kept = 0
        self.setSourceModel(model)

    def search(self, query: str, wanted: Filter, keep: int = 0) -> None:
        """Show only the rows that have all words of a query and a wanted state, and the entry `keep`."""
        self.beginFilterChange()
        self._query, self._filter, self._kept = query, wanted, keep
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: D102, N802
        model = self.sourceModel()
        assert isinstance(model, EntriesModel)
        row = model.rows[source_row]
        return row.entry.identifier == self._kept or lets_through(row, self._query, self._filter)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the entries themselves: far faster than asking for one comparison after the other."""
        self.sourceModel().sort(column, order)
