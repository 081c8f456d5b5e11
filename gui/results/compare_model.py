"""The comparison as a model: a row a characteristic, a column a device."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.desk import Desk
from gui.results.comparing import Matrix
from gui.results.words import marks, outcome_word, title
from testbench.report.numbers import NOTHING
from testbench.report.wording import wording

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
LINE = Qt.ItemDataRole.UserRole
FIXED = 2  # characteristic and limit
EMPTY = Matrix((), ())


class CompareModel(QAbstractTableModel):
    """The matrix; its first row is the verdict on each device as a whole."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._matrix = EMPTY
        self._together = False

    @property
    def matrix(self) -> Matrix:
        """What is shown."""
        return self._matrix

    def show_matrix(self, matrix: Matrix) -> None:
        """Show a comparison."""
        self.beginResetModel()
        self._matrix = matrix
        self._together = len({column.evaluation for column in matrix.columns}) > 1
        self.endResetModel()

    def tell_change(self) -> None:
        """Say everything anew, in another language."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() or not self._matrix.columns else len(self._matrix.rows) + 1

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else FIXED + len(self._matrix.columns)

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if section < FIXED:
            return self.tr("Characteristic") if section == 0 else self.tr("Limit")
        column = self._matrix.columns[section - FIXED]
        lines = [column.maker, column.model, self.tr("device {name}").format(name=column.device)]
        if self._together or role == Qt.ItemDataRole.ToolTipRole:
            lines.append(column.evaluation)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines += [column.serial, column.standard]
        return "\n".join(line for line in lines if line)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row, place = index.row() - 1, index.column() - FIXED
        line = self._matrix.rows[row].cells[place] if row >= 0 and place >= 0 else None
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._text(row, index.column()).replace("\n", ", ")
        if role == Qt.ItemDataRole.ToolTipRole and line is not None and line.verdict is not None:
            return self._desk.say(line.verdict.reason)
        return None

    def _text(self, row: int, column: int) -> str:
        if row < 0:
            return self._whole(column)
        entry = self._matrix.rows[row]
        if column == 0:
            return title(self._desk, entry)
        if column == 1:
            return " / ".join(entry.limits) or NOTHING
        line = entry.cells[column - FIXED]
        if line is None:
            return NOTHING
        said = marks(self._desk, line)
        head = outcome_word(self._desk, line.outcome) if line.outcome is not None else self.tr("no criterion")
        return "\n".join([head, line.value_text, *([wording(self._desk.language).join(said)] if said else [])])

    def _whole(self, column: int) -> str:
        if column < FIXED:
            return self.tr("All together") if column == 0 else ""
        return outcome_word(self._desk, self._matrix.columns[column - FIXED].outcome)
