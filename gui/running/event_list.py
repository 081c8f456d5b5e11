"""What has happened beside the steps: a list that grows, told in the language of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.dates import local_clock, now
from gui.desk import Desk
from gui.plots.time_axis import bench_text
from testbench.engine.watching import UNSHOWN
from testbench.office.event_words import event_words
from testbench.record.model import EventRow

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
COLUMNS = 3


class EventModel(QAbstractTableModel):
    """A row an event, the newest last."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows: list[EventRow] = []
        self._titles: tuple[str, ...] = ("",) * COLUMNS

    def clear(self) -> None:
        """Show none."""
        self.beginResetModel()
        self._rows = []
        self.endResetModel()

    def add(self, events: Sequence[EventRow]) -> None:
        """Add events that only now came; those that matter in a report alone are left out."""
        shown = [event for event in events if event.kind not in UNSHOWN]
        if shown:
            self.beginInsertRows(_NOWHERE, len(self._rows), len(self._rows) + len(shown) - 1)
            self._rows += shown
            self.endInsertRows()

    def set_titles(self, titles: Sequence[str]) -> None:
        """Set the titles of the columns; the texts are told anew."""
        self._titles = tuple(titles)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, COLUMNS - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, COLUMNS - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """A row an event."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """Clock, bench time, what happened."""
        return 0 if parent.isValid() else COLUMNS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole and 0 <= section < COLUMNS:
            return self._titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        event = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            match index.column():
                case 0:
                    return local_clock(event.at, now())
                case 1:
                    return bench_text(event.bench_time, 1.0)
                case 2:
                    return event_words(event, self._desk.language)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 2:
            return event_words(event, self._desk.language)
        return None


class EventList(QTableView):
    """The list; it stays at its end unless a person has scrolled up."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.events = EventModel(desk, self)
        self.setModel(self.events)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self.retranslate()

    def add(self, events: Sequence[EventRow]) -> None:
        """Add events."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        self.events.add(events)
        if events and at_end:
            self.scrollToBottom()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setAccessibleName(self.tr("Events"))
        self.events.set_titles((self.tr("Clock"), self.tr("Bench time"), self.tr("Event")))
