"""The legend of a trace plot: a row a channel with a check box, its mark and label, and its value at the cursor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.plots.channel import Channel

Index = QModelIndex | QPersistentModelIndex
Value = tuple[float, float] | None  # least and greatest value of the point under the cursor
_SWATCH = QSize(18, 12)
_NOWHERE = QModelIndex()


def digits_for(channel: Channel) -> int:
    """Decimals that a value of a channel is shown with: those of its resolution, at most six."""
    if not channel.resolution > 0:
        return 3
    return max(0, min(6, math.ceil(-math.log10(channel.resolution) - 1e-9)))


def value_text(channel: Channel, value: Value) -> str:
    """Write a value, or the range that one point of the picture stands for."""
    if value is None:
        return "–"
    digits = digits_for(channel)
    low, high = (f"{number:.{digits}f}" for number in value)
    return low if low == high else f"{low}…{high}"


class LegendModel(QAbstractTableModel):
    """Channels with their values; checking one shows it. `toggled` carries a name and whether it is shown."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.channels: tuple[Channel, ...] = ()
        self.hidden: set[str] = set()
        self._values: Mapping[str, Value] = {}
        self._swatches: list[QIcon] = []
        self._titles = ("", "", "")

    def set_channels(self, channels: Sequence[Channel], colours: Sequence[QColor]) -> None:
        """Show other channels."""
        self.beginResetModel()
        self.channels = tuple(channels)
        self._swatches = [_swatch(colour) for colour in colours]
        self.endResetModel()

    def set_colours(self, colours: Sequence[QColor]) -> None:
        """Draw the marks in other colours."""
        self._swatches = [_swatch(colour) for colour in colours]
        self._changed(0)

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Show other values."""
        self._values = values
        self._changed(1)

    def set_titles(self, label: str, value: str, unit: str) -> None:
        """Set the titles of the columns."""
        self._titles = (label, value, unit)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 2)

    def set_hidden(self, hidden: set[str]) -> None:
        """Show all but these."""
        self.hidden = set(hidden)
        self._changed(0)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """A row a channel."""
        return 0 if parent.isValid() else len(self.channels)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """Label, value, unit."""
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole and 0 <= section < 3:
            return self._titles[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The label can be checked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid() or index.row() >= len(self.channels):
            return None
        channel, column = self.channels[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (channel.label, value_text(channel, self._values.get(channel.name)), channel.unit)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if column == 0:
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Unchecked if channel.name in self.hidden else Qt.CheckState.Checked
            if role == Qt.ItemDataRole.DecorationRole:
                return self._swatches[index.row()]
            if role == Qt.ItemDataRole.ToolTipRole:
                return f"{channel.label} · {channel.name}" if channel.label != channel.name else channel.name
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Show or hide a channel."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid() or index.column() != 0:
            return False
        name, shown = self.channels[index.row()].name, Qt.CheckState(value) is Qt.CheckState.Checked
        if shown:
            self.hidden.discard(name)
        else:
            self.hidden.add(name)
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.CheckStateRole])
        self.toggled.emit(name, shown)
        return True

    def _changed(self, column: int) -> None:
        if self.channels:
            self.dataChanged.emit(self.index(0, column), self.index(len(self.channels) - 1, column))


class Legend(QTableView):
    """The table of the legend."""

    def __init__(self, model: LegendModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setIconSize(_SWATCH)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.setTabKeyNavigation(False)


def _swatch(colour: QColor) -> QIcon:
    """A piece of the line."""
    pixmap = QPixmap(_SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.fillRect(0, _SWATCH.height() // 2 - 2, _SWATCH.width(), 4, colour)
    painter.end()
    return QIcon(pixmap)
