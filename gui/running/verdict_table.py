"""Findings as they appear, each against its limit: device, characteristic, value ± U, limit, a bar, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from gui.desk import Desk
from gui.plots.limit_bar import LimitBar, paint_limit_bar
from gui.running.headline import OUTCOMES
from gui.widgets.state_label import draw_shape
from testbench.criteria.judge import Verdict
from testbench.criteria.requirement import Sided
from testbench.report.content import LimitKind
from testbench.report.numbers import with_unit
from testbench.report.wording import wording

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
COLUMNS = 6
BAR = 4
_SIDE, _BAR_SIZE = 14, QSize(140, 24)
_KINDS = {Sided.TWO: LimitKind.SYMMETRIC, Sided.UPPER: LimitKind.MAXIMUM, Sided.LOWER: LimitKind.MINIMUM}


def bar_of(verdict: Verdict) -> LimitBar | None:
    """The bar of a verdict; None without a value."""
    if verdict.value is None:
        return None
    kind = _KINDS.get(verdict.sided, LimitKind.SYMMETRIC) if verdict.sided is not None else LimitKind.SYMMETRIC
    return LimitBar(verdict.value, verdict.expanded_uncertainty, verdict.limit, kind)


class VerdictModel(QAbstractTableModel):
    """A row a verdict; the cell of the bar carries a `LimitBar`."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows: tuple[Verdict, ...] = ()
        self._titles: tuple[str, ...] = ("",) * COLUMNS

    def set_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Show these."""
        if tuple(verdicts) == self._rows:
            return
        self.beginResetModel()
        self._rows = tuple(verdicts)
        self.endResetModel()

    def set_titles(self, titles: Sequence[str]) -> None:
        """Set the titles of the columns."""
        self._titles = tuple(titles)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, COLUMNS - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, COLUMNS - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """A row a verdict."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """Device, characteristic, value, limit, bar, verdict."""
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
        verdict, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(verdict, column)
        if role == Qt.ItemDataRole.UserRole and column == BAR:
            return bar_of(verdict)
        if role == Qt.ItemDataRole.DecorationRole and column == COLUMNS - 1:
            return self._mark(verdict)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (2, 3):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._desk.say(verdict.reason)
        return None

    def _text(self, verdict: Verdict, column: int) -> str:
        match column:
            case 0:
                return verdict.device
            case 1:
                title = self._desk.say(verdict.title)
                return f"{title}  [{verdict.standard}]" if verdict.standard else title
            case 2:
                return value_words(verdict)
            case 3:
                return verdict.limit_text + ("°" if verdict.provisional else "")
            case 5:
                return wording(self._desk.language).name("outcome", verdict.outcome.value)
        return ""

    def _mark(self, verdict: Verdict) -> QIcon:
        shape, tone = OUTCOMES[verdict.outcome]
        pixmap = QPixmap(_SIDE, _SIDE)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        draw_shape(painter, shape, QRectF(0, 0, _SIDE, _SIDE), self._desk.theme.colour(tone))
        painter.end()
        return QIcon(pixmap)


def value_words(verdict: Verdict) -> str:
    """A value with its expanded uncertainty and unit."""
    if verdict.value is None:
        return "–"
    u = "" if verdict.expanded_uncertainty is None else f" ± {verdict.expanded_uncertainty:.2g}"
    return with_unit(f"{verdict.value:.3g}{u}", verdict.unit).replace("-", "−")


class BarDelegate(QStyledItemDelegate):
    """Draws the bars."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground of the cell, and the bar on it."""
        super().paint(painter, option, index)
        bar = index.data(Qt.ItemDataRole.UserRole)
        rect: Any = option.rect
        if isinstance(bar, LimitBar):
            paint_limit_bar(painter, QRectF(rect), bar, self._desk.theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Room for a bar."""
        return _BAR_SIZE


class VerdictTable(QTableView):
    """The table."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdicts = VerdictModel(desk, self)
        self.setModel(self.verdicts)
        self.setItemDelegateForColumn(BAR, BarDelegate(desk, self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(BAR, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts."""
        self.setAccessibleName(self.tr("Results so far"))
        titles = (
            self.tr("Device"),
            self.tr("Characteristic"),
            self.tr("Value ± U"),
            self.tr("Limit"),
            self.tr("Value and limit"),
            self.tr("Verdict"),
        )
        self.verdicts.set_titles(titles)
