"""The list of a register: a line to search by, a choice of states, the table, and what to do where it is empty."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.icons import icon
from gui.registers.entry_table import EntryTable
from gui.registers.rows import FILTER_WORDS, FILTERS, Filter, Row
from gui.registers.table import ROW_ROLE, EntriesModel, EntriesProxy
from gui.theme import Tone
from gui.widgets.empty_state import EmptyState
from gui.widgets.search_box import SearchBox
from testbench.register.entries import Entry, Section


class EntryList(QWidget):
    """`chosen` carries the number of an entry; `narrowed` comes when other entries are listed."""

    chosen = Signal(int)
    narrowed = Signal()

    def __init__(self, desk: Desk, section: Section, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.section = section
        self._filled = False  # whether the entries have ever come
        self.model = EntriesModel(section, self)
        self.proxy = EntriesProxy(self.model, self)
        self.search = SearchBox()
        self.filter = QComboBox()
        for wanted in FILTERS[section]:
            self.filter.addItem(wanted.value, wanted)
        self.new = QPushButton()
        self.table = EntryTable(self.proxy, desk.theme)
        self.nothing = EmptyState("registers")
        self.first = QPushButton()
        self.first.setProperty("kind", "primary")
        self.from_station = QPushButton()
        self.nothing.add_button(self.first)
        self.nothing.add_button(self.from_station)
        self.unfound = EmptyState("search")
        self.all = QPushButton()
        self.unfound.add_button(self.all)
        self.count = QLabel()
        self.count.setProperty("tone", "muted")
        self._build()
        self.search.searched.connect(lambda _: self.narrow())
        self.filter.activated.connect(lambda _: self.narrow())
        self.all.clicked.connect(self.show_all)
        self.table.selectionModel().currentRowChanged.connect(lambda now, before: self._choose(now))

    def _build(self) -> None:
        self.stack = QStackedWidget()
        for page in (self.table, self.nothing, self.unfound):
            self.stack.addWidget(page)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.filter)
        top.addWidget(self.new)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        column.addWidget(self.count)

    def retranslate(self) -> None:
        """Set all texts."""
        find = QKeySequence(QKeySequence.StandardKey.Find).toString(QKeySequence.SequenceFormat.NativeText)
        self.search.setPlaceholderText(self.tr("Search in all fields ({key})").format(key=find))
        self.search.setAccessibleName(self.tr("Search"))
        self.filter.setAccessibleName(self.tr("Which entries"))
        for place, wanted in enumerate(FILTERS[self.section]):
            self.filter.setItemText(place, self.desk.say(FILTER_WORDS[wanted]))
        self.new.setText(self.tr("&New"))
        self.new.setShortcut(QKeySequence("Ctrl+N"))
        self.new.setToolTip(self.tr("Enter something new (Ctrl+N)"))
        self.table.setAccessibleName(self.tr("Entries"))
        self.first.setText(self.tr("Enter the first one"))
        self.from_station.setText(self.tr("Import from a station file …"))
        self.all.setText(self.tr("Show all"))
        sentences = {
            Section.DEVICES: self.tr("Enter the devices under test once; every evaluation can then choose them."),
            Section.CYLINDERS: self.tr(
                "Enter the cylinders with their certificates; what expires or empties is told in time."
            ),
            Section.STANDARDS: self.tr("Enter flow controllers, dividers and sensors with their certificates."),
        }
        self.nothing.say(self.tr("Nothing entered yet"), sentences[self.section])
        self.unfound.say(self.tr("Nothing found"), self.tr("No entry has all these words and this state."))
        self.model.set_language(self.desk.language)
        self.table.fit_columns()
        self._count()

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        self.new.setIcon(icon("add", self.desk.theme.colour(Tone.TEXT)))
        self.nothing.restyle()
        self.unfound.restyle()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Take the entries as they are now; `narrow` then lists those that are wanted."""
        self._filled = True
        self.model.show_rows(rows)
        self.table.fit_columns()

    def narrow(self, keep: int = 0) -> None:
        """List what is searched for, and the entry `keep`."""
        wanted: Filter = self.filter.currentData()
        self.proxy.search(self.search.text(), wanted, keep)
        nothing = self._filled and not self.model.rowCount()
        unfound = self._filled and not nothing and not self.proxy.rowCount()
        self.stack.setCurrentWidget(self.nothing if nothing else self.unfound if unfound else self.table)
        self._count()
        self.narrowed.emit()

    def show_all(self) -> None:
        """List all entries: without a search, whatever their state."""
        self.search.clear()
        self.filter.setCurrentIndex(self.filter.findData(Filter.ALL))
        self.narrow()

    def place(self, identifier: int) -> QModelIndex:
        """Where an entry is in the list; an invalid index where it is not listed."""
        return self.proxy.mapFromSource(self.model.index(self.model.position(identifier), 0))

    def select(self, identifier: int) -> None:
        """Choose an entry."""
        index = self.place(identifier)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, flags)
            self.table.scrollTo(index)

    def select_first(self) -> None:
        """Choose the first entry of the list, if there is one."""
        if self.proxy.rowCount():
            self.table.selectRow(0)

    def select_none(self) -> None:
        """Choose no entry."""
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())

    def entries(self) -> tuple[Entry, ...]:
        """The entries that are listed, in their order."""
        return tuple(self.proxy.index(row, 0).data(ROW_ROLE).entry for row in range(self.proxy.rowCount()))

    def _choose(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, Row):
            self.chosen.emit(row.entry.identifier)

    def _count(self) -> None:
        shown, whole = self.proxy.rowCount(), self.model.rowCount()
        self.count.setText(self.tr("{shown} of {whole} entries").format(shown=shown, whole=whole) if whole else "")
