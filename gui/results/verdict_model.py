"""The verdict table as a model: a row a result."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from gui.desk import Desk
from gui.results.reading import Line
from gui.results.words import marks, outcome_word, title
from testbench.report.numbers import NOTHING, with_unit
from testbench.report.wording import wording

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LINE = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """The columns of the verdict table."""

    DEVICE = 0
    CHARACTERISTIC = 1
    VALUE = 2
    UNCERTAINTY = 3
    LIMIT = 4
    BAR = 5
    VERDICT = 6
    STANDARD = 7


class VerdictModel(QAbstractTableModel):
    """The results of an evaluation."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show results."""
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def tell_change(self) -> None:
        """Say everything anew, in another language."""
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, len(Column) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if role == Qt.ItemDataRole.ToolTipRole and section == Column.UNCERTAINTY:
            return self.tr("Expanded uncertainty, or the interval from … to, with a coverage probability of about 95 %")
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match Column(section):
            case Column.DEVICE:
                return self.tr("Device")
            case Column.CHARACTERISTIC:
                return self.tr("Characteristic")
            case Column.VALUE:
                return self.tr("Value")
            case Column.UNCERTAINTY:
                return self.tr("U or 95 %")
            case Column.LIMIT:
                return self.tr("Limit")
            case Column.BAR:
                return self.tr("Value ± U against the limit")
            case Column.VERDICT:
                return self.tr("Verdict")
            case Column.STANDARD:
                return self.tr("Standard")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        line, column = self._lines[index.row()], Column(index.column())
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(line, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.value_text if column is Column.BAR else self._text(line, column).replace("\n", ", ")
        if role == Qt.ItemDataRole.ToolTipRole and line.verdict is not None:
            return self._desk.say(line.verdict.reason)
        return None

    def _text(self, line: Line, column: Column) -> str:
        value, uncertainty = line.value_and_uncertainty
        match column:
            case Column.DEVICE:
                return line.device
            case Column.CHARACTERISTIC:
                return title(self._desk, line)
            case Column.VALUE:
                return value if value == NOTHING else with_unit(value, line.unit)
            case Column.UNCERTAINTY:
                return uncertainty
            case Column.LIMIT:
                return line.verdict.limit_text if line.verdict is not None and line.criterion else NOTHING
            case Column.BAR:
                return ""
            case Column.VERDICT:
                none = self.tr("no criterion")
                word = outcome_word(self._desk, line.outcome) if line.outcome is not None else none
                said = marks(self._desk, line)
                return f"{word}\n{wording(self._desk.language).join(said)}" if said else word
            case Column.STANDARD:
                return line.standard or NOTHING


class DeviceProxy(QSortFilterProxyModel):
    """Shows the results of one device, or of all; by one of several standards, or by all."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._device = ""
        self._standard = ""

    def show_device(self, device: str) -> None:
        """Show one device; all where empty."""
        self._device = device
        self.invalidate()

    def show_standard(self, standard: str) -> None:
        """Show the verdicts by one standard; all where empty."""
        self._standard = standard
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: D102, N802
        model = self.sourceModel()
        if not isinstance(model, VerdictModel):
            return False
        line = model.lines[source_row]
        return self._device in ("", line.device) and self._standard in ("", line.standard)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    right = column in (Column.VALUE, Column.UNCERTAINTY)
    return (Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
