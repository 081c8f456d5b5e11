"""Every problem of the draft, what blocks first; choosing one leads to where it lies."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.desk import Desk
from gui.theme import Tone
from gui.widgets.state_label import Shape, draw_shape
from testbench.engine.checking.problem import Problem

PROBLEM = Qt.ItemDataRole.UserRole
MARGIN = 6
Index = QModelIndex | QPersistentModelIndex


class ProblemModel(QAbstractListModel):
    """The problems in their order."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._problems: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is shown."""
        return self._problems

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show problems."""
        if problems != self._problems:
            self.beginResetModel()
            self._problems = problems
            self.endResetModel()

    def tell_change(self) -> None:
        """Have everything said anew, in another language."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102, N802
        return 0 if parent.isValid() else len(self._problems)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        problem = self._problems[index.row()]
        if role == PROBLEM:
            return problem
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join(part for part in self.words(problem) if part)
        return None

    def words(self, problem: Problem) -> tuple[str, str]:
        """How bad it is and what it is; what to do."""
        said = self._desk.say(problem.text)
        words = self.tr("Stops it: {text}") if problem.blocks else self.tr("Mind: {text}")
        return words.format(text=said), self._desk.say(problem.remedy)


class ProblemDelegate(QStyledItemDelegate):
    """A shape in the colour of the problem, its text in as many lines as it needs, and what to do in muted words."""

    def __init__(self, desk: Desk, view: QListView, model: ProblemModel) -> None:
        super().__init__(view)
        self._desk = desk
        self._view = view
        self._model = model

    def _left(self, option: QStyleOptionViewItem) -> int:
        return option.fontMetrics.ascent() + 2 * MARGIN

    def _heights(self, option: QStyleOptionViewItem, index: Index, width: int) -> tuple[int, int]:
        wide = max(40, width - self._left(option) - MARGIN)
        heights = [
            math.ceil(_laid_out(part, option.font, wide).boundingRect().height()) if part else 0
            for part in self._model.words(index.data(PROBLEM))
        ]
        return heights[0], heights[1]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: D102, N802
        width = self._view.viewport().width()
        return QSize(width, sum(self._heights(option, index, width)) + 2 * MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        whole.text = ""
        whole.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, whole.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        problem: Problem = index.data(PROBLEM)
        colour = self._desk.theme.colour
        tone = Tone.ALARM if problem.blocks else Tone.ATTENTION
        side = option.fontMetrics.ascent()
        place = QRectF(option.rect.left() + MARGIN, option.rect.top() + MARGIN, side, side)
        shape = Shape.CROSS if problem.blocks else Shape.TRIANGLE
        draw_shape(painter, shape, place, colour(Tone.ON_ACCENT if selected else tone))
        top = option.rect.top() + MARGIN
        left = option.rect.left() + self._left(option)
        width = option.rect.right() - left - MARGIN
        heights = self._heights(option, index, option.rect.width())
        painter.save()
        for text, height, one in zip(self._model.words(problem), heights, (Tone.TEXT, Tone.MUTED), strict=True):
            painter.setPen(colour(Tone.ON_ACCENT if selected else one))
            if text:
                _laid_out(text, option.font, max(40, width)).draw(painter, QPointF(left, top))
            top += height
        painter.restore()


def _laid_out(text: str, font: QFont, width: int) -> QTextLayout:
    """A text in lines of a width: broken between words, and inside of one only where it is longer than a line."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0.0, height))
        height += line.height()
    layout.endLayout()
    return layout


class ProblemView(QListView):
    """The list; its rows are laid out anew when it becomes wider or narrower."""

    def __init__(self, desk: Desk, model: ProblemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(ProblemDelegate(desk, self, model))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
