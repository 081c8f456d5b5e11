"""Devices or makers side by side, of one evaluation or of several."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.icons import icon
from gui.results.compare_model import FIXED, LINE, CompareModel
from gui.results.comparing import Order, matrix
from gui.results.reading import Evaluated, Line
from gui.results.shape_delegate import Index, ShapeDelegate
from gui.results.words import NONE, outcome_shape
from gui.theme import Tone
from gui.widgets.state_label import Shape

MARGIN, SPACING = 12, 8
CELL = 190


class CompareView(QWidget):
    """`left` asks to go back; `opened` carries evaluation and `Line` of a cell that is to be looked at."""

    left = Signal()
    opened = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._evaluations: tuple[Evaluated, ...] = ()
        self.model = CompareModel(desk, self)
        self.back = QPushButton()
        self.back.clicked.connect(self.left)
        self._title = QLabel()
        self._title.setProperty("level", "2")
        self.order = QComboBox()
        self.order.activated.connect(self._order)
        self._order_label = QLabel()
        self._order_label.setBuddy(self.order)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.setItemDelegate(ShapeDelegate(desk.theme, self._shape, self.table))
        self.table.activated.connect(self._open)
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        head.addWidget(self.back)
        head.addWidget(self._title, 1)
        head.addWidget(self._order_label)
        head.addWidget(self.order)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(SPACING)
        column.addLayout(head)
        column.addWidget(self.table, 1)

    @property
    def evaluations(self) -> tuple[Evaluated, ...]:
        """What is compared."""
        return self._evaluations

    def show_evaluations(self, evaluations: tuple[Evaluated, ...]) -> None:
        """Put the devices of evaluations side by side."""
        self._evaluations = evaluations
        self._show()
        self.table.setFocus()

    def _order(self) -> None:
        self.desk.preferences.set("results.order", Order(self.order.currentData()).value)
        self._show()

    def _show(self) -> None:
        self.model.show_matrix(matrix(self._evaluations, Order(self.order.currentData() or Order.DEVICE)))
        header = self.table.horizontalHeader()
        header.resizeSection(0, 220)
        header.resizeSection(1, 130)
        for column in range(FIXED, self.model.columnCount()):
            header.resizeSection(column, CELL)
        devices, evaluations = len(self.model.matrix.columns), len(self._evaluations)
        several = self.tr("{devices} devices of {count} evaluations")
        said = self.tr("{devices} devices side by side") if evaluations == 1 else several
        self._title.setText(said.format(devices=devices, count=evaluations))

    def _shape(self, index: Index) -> tuple[Shape, Tone] | None:
        if index.column() < FIXED:
            return None
        if index.row() == 0:
            return outcome_shape(self.model.matrix.columns[index.column() - FIXED].outcome)
        line: Line | None = index.data(LINE)
        return None if line is None else NONE if line.outcome is None else outcome_shape(line.outcome)

    def _open(self, index: Index) -> None:
        line: Line | None = index.data(LINE)
        if line is not None:
            self.opened.emit(self.model.matrix.columns[index.column() - FIXED].evaluation, line)

    def retranslate(self) -> None:
        """Set all texts."""
        self.back.setText(self.tr("&Back"))
        self.back.setShortcut("Alt+Left")
        self.back.setToolTip(self.tr("Back to the list (Alt+Left)"))
        self._order_label.setText(self.tr("Side by &side"))
        kept = self.order.currentData() or self.desk.preferences.get("results.order", Order.DEVICE.value)
        self.order.clear()
        for order, text in ((Order.DEVICE, self.tr("as they were tested")), (Order.MAKER, self.tr("by maker"))):
            self.order.addItem(text, order.value)
        self.order.setCurrentIndex(max(0, self.order.findData(str(kept))))
        self.table.setAccessibleName(self.tr("Comparison"))
        self._show()

    def restyle(self) -> None:
        """Set what the palette does not."""
        self.back.setIcon(icon("back"))
        self.table.viewport().update()
