"""The steps of a plan as a table: when each begins, what it does, how long it takes, its gas and reference uncertainty."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.planning.plan_picture import Picture, step_words
from gui.theme import Tone
from testbench.engine.wording import duration

Index = QModelIndex | QPersistentModelIndex
RIGHT_ALIGNED = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StepModel(QAbstractTableModel):
    """One row a step."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._picture = Picture()
        self._begins = dt.datetime.now(dt.UTC)

    def show_picture(self, picture: Picture, begins: dt.datetime) -> None:
        """Show the steps of a plan that begins at a date."""
        self.beginResetModel()
        self._picture, self._begins = picture, begins.astimezone()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102, N802
        return 0 if parent.isValid() else len(self._picture.steps)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102, N802
        return 0 if parent.isValid() else 6

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("Step"),
            self.tr("What"),
            self.tr("Begins"),
            self.tr("Takes"),
            self.tr("Gas"),
            self.tr("U (k=2)"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= 3:
            return RIGHT_ALIGNED
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 5 and index.row() in self._picture.flagged:
            return self._desk.theme.colour(Tone.ATTENTION)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column())
        return None

    def _text(self, row: int, column: int) -> str:
        step = self._picture.steps[row]
        uncertainty = step.reference_uncertainty_percent_fs
        match column:
            case 0:
                return f"{self._picture.number_of(step)}.{step.number}"
            case 1:
                return step_words(step, self._desk.language)
            case 2:
                return f"{self._begins + dt.timedelta(seconds=step.start_s):%m-%d %H:%M}"
            case 3:
                return duration(step.duration_s, self._desk.language.value) if step.duration_s else ""
            case 4 if step.velocity is not None:
                return f"{step.velocity:g} m/s"
            case 4:
                return "" if step.level is None else f"{100 * step.level:g} %F.S."
        if uncertainty is None:
            return ""
        return f"{'▲ ' if row in self._picture.flagged else ''}{uncertainty:.2f} %F.S."
