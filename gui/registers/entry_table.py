"""The table of a register: its columns share the width that there is, until a person sets them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.registers.states import StateDelegate
from gui.registers.table import STATE_COLUMN, EntriesProxy
from gui.theme import Theme

NARROWEST = 64
MEASURED = 60  # rows whose widths count when the columns are fitted


class EntryTable(QTableView):
    """Rows are chosen whole, one at a time; a click on a heading sorts."""

    def __init__(self, proxy: EntriesProxy, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fitting = False
        self.kept = False
        """Whether a person has set the columns: then they stay."""
        self.setModel(proxy)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.sortByColumn(STATE_COLUMN + 1, Qt.SortOrder.AscendingOrder)
        self.setItemDelegateForColumn(STATE_COLUMN, StateDelegate(theme, self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setResizeContentsPrecision(MEASURED)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._resized)

    def fit_columns(self) -> None:
        """Give the columns the width of what they hold; what is left over is shared.

        Where there is no room for all, the widest give way, but not the state.
        """
        header = self.horizontalHeader()
        if self.kept or not self.model().rowCount():
            return
        self._fitting = True
        columns = range(header.count())
        widths = [max(self.sizeHintForColumn(column) + 6, NARROWEST) for column in columns]
        room = self.viewport().width() - sum(widths)
        for column in columns:  # headings are shown whole as far as there is room
            more = min(max(header.sectionSizeHint(column) - widths[column], 0), max(room, 0))
            widths[column] += more
            room -= more
        widths = [width + max(room, 0) // len(widths) for width in widths]
        others = [column for column in columns if column != STATE_COLUMN]
        while room < 0 and max(widths[column] for column in others) > NARROWEST:
            widths[max(others, key=widths.__getitem__)] -= 1
            room += 1
        for column, width in enumerate(widths):
            header.resizeSection(column, width)
        self._fitting = False

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102, N802
        super().resizeEvent(event)
        self.fit_columns()

    def _resized(self, column: int, before: int, after: int) -> None:
        last = column == self.horizontalHeader().count() - 1  # it stretches by itself
        self.kept = self.kept or not (self._fitting or last or before == 0)
