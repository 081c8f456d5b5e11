"""The verdict table: value, uncertainty and limit in numbers and drawn, the verdict by shape and word."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.desk import Desk
from gui.plots.limit_bar import paint_limit_bar
from gui.results.reading import Line
from gui.results.shape_delegate import Index, ShapeDelegate
from gui.results.verdict_model import LINE, Column, DeviceProxy, VerdictModel
from gui.results.words import NONE, outcome_shape
from gui.theme import Theme, Tone
from gui.widgets.state_label import Shape

WIDTHS = {
    Column.DEVICE: 70,
    Column.CHARACTERISTIC: 200,
    Column.VALUE: 110,
    Column.UNCERTAINTY: 100,
    Column.LIMIT: 110,
    Column.BAR: 210,
    Column.VERDICT: 310,
    Column.STANDARD: 130,
}


class BarDelegate(QStyledItemDelegate):
    """Draws value ± U against the limit."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, option.widget)
        line: Line = index.data(LINE)
        if line.bar is not None and option.state & QStyle.StateFlag.State_Selected:
            ground = QRectF(option.rect).adjusted(2, 2, -2, -2)  # the colours of the drawing mean something
            painter.fillRect(ground, self._theme.colour(Tone.RAISED))
        if line.bar is not None:
            paint_limit_bar(painter, QRectF(option.rect).adjusted(4, 2, -4, -2), line.bar, self._theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: D102, N802
        return QSize(160, option.fontMetrics.height() + 8)


class VerdictTable(QTableView):
    """`chosen` carries the `Line` that is selected, None for none."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdicts = VerdictModel(desk, self)
        self.proxy = DeviceProxy(self)
        self.proxy.setSourceModel(self.verdicts)
        self.setModel(self.proxy)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(Column.BAR, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            header.resizeSection(column, width)
        desk.preferences.restore_layout("results.verdicts", header)
        header.moveSection(header.visualIndex(Column.STANDARD), 0)
        header.hideSection(Column.STANDARD)
        header.sectionResized.connect(lambda *_: desk.preferences.save_layout("results.verdicts", header))
        self.setItemDelegateForColumn(Column.BAR, BarDelegate(desk.theme, self))
        self.setItemDelegate(ShapeDelegate(desk.theme, _shape, self))
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit(self.line))
        desk.theme_changed.connect(self.viewport().update)

    @property
    def line(self) -> Line | None:
        """The result that is selected."""
        rows = self.selectionModel().selectedRows()
        return rows[0].data(LINE) if rows else None

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show results; the one that was selected stays so, wherever it stands now."""
        before, row = self.line, self.currentIndex().row()
        self.setColumnHidden(Column.STANDARD, not any(line.standard for line in lines))
        self.verdicts.show_lines(lines)
        if count := self.proxy.rowCount():
            known = [self.proxy.index(number, 0).data(LINE) for number in range(count)]
            same = (number for number, line in enumerate(known) if before is not None and _is_of(line, before))
            self.selectRow(next(same, min(max(row, 0), count - 1)))
        else:
            self.chosen.emit(None)

    def show_device(self, device: str) -> None:
        """Show one device; all where empty."""
        self.proxy.show_device(device)
        if self.line is None and self.proxy.rowCount():
            self.selectRow(0)

    def show_standard(self, standard: str) -> None:
        """Show the verdicts by one of several standards; all where empty."""
        self.proxy.show_standard(standard)
        if self.line is None and self.proxy.rowCount():
            self.selectRow(0)

    def retranslate(self) -> None:
        """Set all texts."""
        self.setAccessibleName(self.tr("Verdicts"))
        self.verdicts.tell_change()


def _is_of(line: Line, other: Line) -> bool:
    return (line.device, line.characteristic, line.standard) == (other.device, other.characteristic, other.standard)


def _shape(index: Index) -> tuple[Shape, Tone] | None:
    if index.column() != Column.VERDICT:
        return None
    line: Line = index.data(LINE)
    return NONE if line.outcome is None else outcome_shape(line.outcome)
