"""The list of steps: by run, done, present and to come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.desk import Desk
from gui.plots.time_axis import bench_text
from gui.running.course import RunItem, StepItem, StepState
from gui.running.headline import OUTCOMES
from gui.theme import Tone
from gui.widgets.state_label import Shape, draw_shape

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SIDE = 14
_SHAPES = {
    StepState.DONE: (Shape.CHECK, Tone.MUTED),
    StepState.NOW: (Shape.DISC, Tone.ACCENT),
    StepState.TO_COME: (Shape.RING, Tone.LINE),
    StepState.FAILED: (Shape.CROSS, Tone.ALARM),
}


class StepModel(QAbstractTableModel):
    """A row for each run, and below it one for each of its steps."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._rows: tuple[RunItem | StepItem, ...] = ()
        self._icons: dict[tuple[Shape, Tone], QIcon] = {}
        self._titles = ("", "")
        self._attempt = "{number}"

    def set_runs(self, runs: Sequence[RunItem]) -> None:
        """Show these; rows that stay where they are keep their place on the screen."""
        rows: tuple[RunItem | StepItem, ...] = tuple(row for run in runs for row in _with_steps(run))
        old = self._rows
        if len(rows) != len(old):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        self._rows = rows
        changed = [number for number, (a, b) in enumerate(zip(old, rows, strict=True)) if a != b]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], 1))

    def set_words(self, step: str, begins: str, attempt: str) -> None:
        """Set the titles of the columns, and how a repeated attempt is said ("attempt {number}")."""
        self._titles, self._attempt = (step, begins), attempt
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 1)
        self.restyle()

    def restyle(self) -> None:
        """Colours or words have changed."""
        self._icons.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 1))

    def present_row(self) -> int | None:
        """The row of the step that goes on, or was the last to be begun."""
        begun = [n for n, row in enumerate(self._rows) if isinstance(row, StepItem) and row.state is not StepState.TO_COME]
        return begun[-1] if begun else None

    def is_run(self, row: int) -> bool:
        """Whether a row is the heading of a run."""
        return 0 <= row < len(self._rows) and isinstance(self._rows[row], RunItem)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """Runs and steps."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        """Step, and when it begins."""
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole and 0 <= section < 2:
            return self._titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole and column == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return self._of_run(row, column, role) if isinstance(row, RunItem) else self._of_step(row, column, role)

    def _of_run(self, run: RunItem, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and column == 0:
            return f"{run.number}  {self._desk.say(run.title)}"
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._desk.theme.colour(Tone.SURFACE)
        if role == Qt.ItemDataRole.DecorationRole and column == 1 and run.outcome is not None:
            return self._icon(*OUTCOMES[run.outcome])
        return None

    def _of_step(self, step: StepItem, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if column == 1:
                return bench_text(step.start_s, 60.0)
            attempt = f" ({self._attempt.format(number=step.attempts)})" if step.attempts > 1 else ""
            return self._desk.say(step.text) + attempt
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._icon(*_SHAPES[step.state])
        if role == Qt.ItemDataRole.ForegroundRole and step.state in (StepState.TO_COME, StepState.DONE):
            return self._desk.theme.colour(Tone.MUTED)
        if role == Qt.ItemDataRole.FontRole and step.state is StepState.NOW:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._desk.tell(step.error) if step.error else self._desk.say(step.text)
        return None

    def _icon(self, shape: Shape, tone: Tone) -> QIcon:
        if (shape, tone) not in self._icons:
            pixmap = QPixmap(_SIDE, _SIDE)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            draw_shape(painter, shape, QRectF(0, 0, _SIDE, _SIDE), self._desk.theme.colour(tone))
            painter.end()
            self._icons[shape, tone] = QIcon(pixmap)
        return self._icons[shape, tone]


def _with_steps(run: RunItem) -> tuple[RunItem | StepItem, ...]:
    return (run, *run.steps)


class StepList(QTableView):
    """The list; it stays with the present step unless a person looks at another part of it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepModel(desk, self)
        self.setModel(self.steps)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self._shown: int | None = None
        self.retranslate()

    def set_runs(self, runs: Sequence[RunItem]) -> None:
        """Show these, with the present step in view."""
        self.steps.set_runs(runs)
        present = self.steps.present_row()
        if present is not None and (present != self._shown) and not self.hasFocus():
            self.scrollTo(self.steps.index(present, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        self._shown = present

    def retranslate(self) -> None:
        """Set all texts."""
        self.setAccessibleName(self.tr("Steps"))
        self.steps.set_words(self.tr("Step"), self.tr("Begins"), self.tr("attempt {number}"))
