"""A table of rows in both languages: sorted by a click, searched by words, a shape where a row needs attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.desk import Desk
from gui.standards.rows import TableRow
from gui.theme import Tone
from gui.widgets.state_label import Shape, draw_shape

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
ROW = Qt.ItemDataRole.UserRole
SIDE = 14


class RowsModel(QAbstractTableModel):
    """Rows of cells; the shape of a row stands in the column `shaped`."""

    def __init__(self, desk: Desk, shaped: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shaped = shaped
        self._headings: tuple[str, ...] = ()
        self._rows: tuple[TableRow, ...] = ()

    @property
    def rows(self) -> tuple[TableRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: tuple[TableRow, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def set_headings(self, *headings: str) -> None:
        """Name the columns, and say all cells anew."""
        if len(headings) != len(self._headings):
            self.beginResetModel()
            self._headings = headings
            self.endResetModel()
        self._headings = headings
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(headings) - 1)
        self.tell_change()

    def tell_change(self) -> None:
        """Say and draw all cells anew."""
        if self._rows and self._headings:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._headings) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(self._headings)

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or not 0 <= section < len(self._headings):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self._headings[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and row.tip is not None:
            return row.tip.say(self._desk.language)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.cells[index.column()].say(self._desk.language)
        if role == Qt.ItemDataRole.DecorationRole and row.shape is not None and index.column() == self._shaped:
            return _icon(*row.shape, self._desk)
        if role == ROW:
            return row
        return None


def _icon(shape: Shape, tone: Tone, desk: Desk) -> QIcon:
    """The shape in its colour, and in one that can be seen on the ground of a selected row."""
    drawn = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, tone), (QIcon.Mode.Selected, Tone.ON_ACCENT)):
        picture = QPixmap(SIDE, SIDE)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw_shape(painter, shape, QRectF(0, 0, SIDE, SIDE), desk.theme.colour(ink))
        painter.end()
        drawn.addPixmap(picture, mode)
    return drawn


class SearchedRows(QSortFilterProxyModel):
    """The rows that a search admits."""

    def __init__(self, admits: Callable[[TableRow, str], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._admits = admits
        self._query = ""

    def search(self, query: str) -> None:
        """Show the rows that are searched for."""
        self.beginFilterChange()
        self._query = query
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: D102, N802
        model = self.sourceModel()
        assert isinstance(model, RowsModel)
        return self._admits(model.rows[source_row], self._query)


class RowsTable(QTableView):
    """`chosen` carries the item of the row that is selected, None for none."""

    chosen = Signal(object)

    def __init__(
        self,
        desk: Desk,
        widths: tuple[int, ...],
        *,
        shaped: int = 0,
        admits: Callable[[TableRow, str], bool] = lambda row, query: True,
        wraps: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._widths = widths
        self.rows = RowsModel(desk, shaped, self)
        self.proxy = SearchedRows(admits, self)
        self.proxy.setSourceModel(self.rows)
        self.setModel(self.proxy)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(wraps)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        if wraps:
            self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit(self.item))
        desk.theme_changed.connect(self.rows.tell_change)

    @property
    def item(self) -> object:
        """What the selected row stands for; None for none."""
        rows = self.selectionModel().selectedRows()
        return rows[0].data(ROW).item if rows else None

    def set_headings(self, *headings: str) -> None:
        """Name the columns; the first time they get their widths."""
        fresh = self.rows.columnCount() != len(headings)
        self.rows.set_headings(*headings)
        if fresh:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102, N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and self.wordWrap():
            self._fit()

    def _fit(self) -> None:
        """Give the columns their widths; where cells wrap, narrower ones if the table is narrow."""
        share = min(1.0, self.viewport().width() / sum(self._widths)) if self.wordWrap() else 1.0
        for column, width in enumerate(self._widths):
            self.horizontalHeader().resizeSection(column, int(width * share))

    def choose(self, wanted: Callable[[object], bool]) -> bool:
        """Select the first row that is wanted; whether there is one."""
        for place in range(self.proxy.rowCount()):
            if wanted(self.proxy.index(place, 0).data(ROW).item):
                self.selectRow(place)
                self.scrollTo(self.proxy.index(place, 0))
                return True
        return False
