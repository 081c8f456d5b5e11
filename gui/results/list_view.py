"""The list of all evaluations: a line to search by, filters, and what can be done with those that are chosen."""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.icons import icon
from gui.results.list_model import ROW, Column, ListModel, ListProxy
from gui.results.listing import Filter, Listed, Period, listed, makers, standards
from gui.results.shape_delegate import Index, ShapeDelegate
from gui.results.words import outcome_shape, outcome_word
from gui.theme import Tone
from gui.widgets.empty_state import EmptyState
from gui.widgets.search_box import SearchBox
from gui.widgets.state_label import Shape
from testbench.outcome import Outcome

MARGIN, SPACING = 12, 8


class ListView(QWidget):
    """`opened` carries the `Listed` to be shown, `compared` a tuple of them; `sought_file` asks for another record."""

    opened = Signal(object)
    compared = Signal(object)
    sought_file = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.model = ListModel(desk, self)
        self.proxy = ListProxy(self)
        self.proxy.setSourceModel(self.model)
        self._build()
        desk.lookout.changed.connect(self._take)
        self._take(desk.lookout.standings)

    def _build(self) -> None:
        self.search = SearchBox()
        self.search.searched.connect(self._seek)
        self.maker, self.standard, self.outcome, self.period = (QComboBox() for _ in range(4))
        self._labels = [QLabel() for _ in range(4)]
        self.open_button, self.compare_button, self.file_button = (QPushButton() for _ in range(3))
        self.table = QTableView()
        self.table.setModel(self.proxy)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(Column.STARTED, Qt.SortOrder.DescendingOrder)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.setItemDelegate(ShapeDelegate(self.desk.theme, _shape, self.table))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        for column, width in zip(Column, (130, 140, 280, 110, 90, 110, 200), strict=True):
            header.resizeSection(column, width)
        self.desk.preferences.restore_layout("results.list", header)
        header.sectionResized.connect(lambda *_: self.desk.preferences.save_layout("results.list", header))
        self.table.activated.connect(lambda _: self._open())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.open_button.clicked.connect(self._open)
        self.open_button.setProperty("kind", "primary")
        self.compare_button.clicked.connect(self._compare)
        self.file_button.clicked.connect(self.sought_file)
        self._find = QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)
        self._find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for box in (self.maker, self.standard, self.outcome, self.period):
            box.activated.connect(self._seek)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(200)
        self.nothing = EmptyState("results")
        self._count = QLabel()
        self._count.setProperty("tone", "muted")
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        head.addWidget(self.search, 1)
        for label, box in zip(self._labels, (self.maker, self.standard, self.outcome, self.period), strict=True):
            label.setBuddy(box)
            head.addWidget(label)
            head.addWidget(box)
        foot = QHBoxLayout()
        foot.setSpacing(SPACING)
        foot.addWidget(self._count, 1)
        for button in (self.file_button, self.compare_button, self.open_button):
            foot.addWidget(button)
        middle = QWidget()
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.nothing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        whole.setSpacing(SPACING)
        whole.addLayout(head)
        whole.addWidget(middle, 1)
        whole.addLayout(foot)
        order = (self.search, self.maker, self.standard, self.outcome, self.period, self.table)
        for one, other in itertools.pairwise((*order, self.file_button, self.compare_button, self.open_button)):
            QWidget.setTabOrder(one, other)

    # ---- what is shown ------------------------------------------------------------------------------------------------

    def _take(self, standings: object) -> None:
        """Take new standings; what is chosen stays chosen."""
        chosen = {(row.record, row.identifier) for row in self.chosen}
        if not self.model.show_rows(listed(standings if isinstance(standings, tuple) else ())):
            return
        self._fill()
        self._choose(chosen)
        self._enable()

    def _choose(self, wanted: set[tuple[Path, str]]) -> None:
        selection = self.table.selectionModel()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for number in range(self.proxy.rowCount()):
            index = self.proxy.index(number, 0)
            if (index.data(ROW).record, index.data(ROW).identifier) in wanted:
                selection.select(index, flags)
        if not selection.hasSelection() and self.proxy.rowCount():
            self.table.selectRow(0)

    def _fill(self) -> None:
        """Offer what there is to filter by; a choice that is still there stays."""
        rows = self.model.rows
        sought = self.proxy.sought
        _offer(self.maker, [(self.tr("all"), ""), *((name, name) for name in makers(rows))], sought.maker)
        _offer(self.standard, [(self.tr("all"), ""), *((name, name) for name in standards(rows))], sought.standard)
        outcomes = [(outcome_word(self.desk, outcome), outcome) for outcome in Outcome]
        _offer(self.outcome, [(self.tr("all"), None), *outcomes], sought.outcome)
        periods = {
            Period.ANY: self.tr("any time"),
            Period.WEEK: self.tr("last 7 days"),
            Period.MONTH: self.tr("last 31 days"),
            Period.YEAR: self.tr("last year"),
        }
        _offer(self.period, [(text, period) for period, text in periods.items()], sought.period)

    def _seek(self, _: object = None) -> None:
        self.proxy.seek(
            Filter(
                self.search.text().strip(),
                self.maker.currentData() or "",
                self.standard.currentData() or "",
                self.outcome.currentData(),
                self.period.currentData() or Period.ANY,
            )
        )
        if not self.table.selectionModel().hasSelection() and self.proxy.rowCount():
            self.table.selectRow(0)
        self._enable()

    @property
    def chosen(self) -> tuple[Listed, ...]:
        """The rows that are selected, from above."""
        indexes = sorted(self.table.selectionModel().selectedRows(), key=lambda index: index.row())
        return tuple(index.data(ROW) for index in indexes)

    def _enable(self) -> None:
        chosen, shown, known = self.chosen, self.proxy.rowCount(), len(self.model.rows)
        self.open_button.setEnabled(len(chosen) == 1)
        self.compare_button.setEnabled(bool(chosen))
        self._stack.setCurrentIndex(0 if shown else 1)
        if not known:
            self.nothing.say(
                self.tr("No evaluation yet"),
                self.tr("Begin one under “New evaluation”, or open the record of earlier ones."),
            )
        elif not shown:
            self.nothing.say(self.tr("Nothing found"), self.tr("No evaluation fits the search and the filters."))
        self._count.setText(self.tr("{shown} of {known} evaluations").format(shown=shown, known=known))

    # ---- what is done -------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        if len(self.chosen) == 1:
            self.opened.emit(self.chosen[0])

    def _compare(self) -> None:
        if self.chosen:
            self.compared.emit(self.chosen)

    # ---- looks --------------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all texts."""
        self.search.setPlaceholderText(self.tr("Search: device, maker, serial number, standard, date, notes (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Search evaluations"))
        self._find.setWhatsThis(self.tr("Search evaluations"))
        names = (self.tr("&Maker"), self.tr("S&tandard"), self.tr("&Verdict"), self.tr("&Begun"))
        for label, name in zip(self._labels, names, strict=True):
            label.setText(name)
        self.open_button.setText(self.tr("&Open"))
        self.open_button.setToolTip(self.tr("Show the results of the evaluation (Enter)"))
        self.compare_button.setText(self.tr("&Compare"))
        self.compare_button.setToolTip(self.tr("Put the devices of the chosen evaluations side by side"))
        self.file_button.setText(self.tr("Open &record …"))
        self.file_button.setToolTip(self.tr("List the evaluations of another record too"))
        self.table.setAccessibleName(self.tr("Evaluations"))
        self.model.tell_change()
        self._fill()
        self._enable()

    def restyle(self) -> None:
        """Set what the palette does not."""
        self.nothing.restyle()
        self.file_button.setIcon(icon("open"))


def _shape(index: Index) -> tuple[Shape, Tone] | None:
    if index.column() != Column.OUTCOME:
        return None
    row: Listed = index.data(ROW)
    return outcome_shape(row.outcome) if row.standard and row.outcome is not None else None


def _offer(box: QComboBox, entries: list[tuple[str, object]], chosen: object) -> None:
    box.blockSignals(True)
    box.clear()
    for text, value in entries:
        box.addItem(text, value)
    place = next((number for number, (_, value) in enumerate(entries) if value == chosen), 0)
    box.setCurrentIndex(place)
    box.blockSignals(False)
