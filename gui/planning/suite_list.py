"""The suite as a list: boxes to leave procedures out, dragged or moved by keys into another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.desk import Desk
from gui.planning.suite_lines import Line, Suite, undetermined
from gui.theme import Tone
from testbench.criteria.standard import Standard

MIME = "application/x-testbench-suite-line"
SECOND_LINE = Qt.ItemDataRole.UserRole
TONE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class SuiteModel(QAbstractListModel):
    """The lines of a suite. `edited` carries the suite that a person made of it."""

    edited = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._suite = Suite()
        self._standard: Standard | None = None
        self._measurand = ""

    @property
    def suite(self) -> Suite:
        """The suite as it is shown."""
        return self._suite

    def show_suite(self, suite: Suite, standard: Standard | None, measurand: str) -> None:
        """Show a suite, judged by a standard."""
        if len(suite.lines) != len(self._suite.lines):
            self.beginResetModel()
            self._suite, self._standard, self._measurand = suite, standard, measurand
            self.endResetModel()
            return
        self._suite, self._standard, self._measurand = suite, standard, measurand
        self.tell_change()

    def tell_change(self) -> None:
        """Have everything drawn anew."""
        if self._suite.lines:
            self.dataChanged.emit(self.index(0), self.index(len(self._suite.lines) - 1))

    # ---- what a view asks ---------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102, N802
        return 0 if parent.isValid() else len(self._suite.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or index.row() >= len(self._suite.lines):
            return None
        line = self._suite.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._title(index.row(), line)
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if line.taken else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return f"{self._title(index.row(), line)}\n{self._state(index.row(), line)[0]}".strip()
            case _ if role == SECOND_LINE:
                return self._state(index.row(), line)[0]
            case _ if role == TONE:
                return self._state(index.row(), line)[1]
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: D102, N802
        if not index.isValid() or role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.edited.emit(self._suite.take(index.row(), Qt.CheckState(value) == Qt.CheckState.Checked))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsUserCheckable | flag.ItemIsDragEnabled

    def _title(self, row: int, line: Line) -> str:
        number = f"{self._suite.taken.index(row) + 1}. " if line.taken else ""
        return number + self._desk.say(line.procedure.title)

    def _state(self, row: int, line: Line) -> tuple[str, Tone]:
        """What is to be said of a line: errors first, then what leaving it out means, then how it differs."""

        separator = "、" if self._desk.language.value == "zh" else ", "
        if not line.taken:
            missing = undetermined(self._standard, self._suite.lines, row, self._measurand)
            if missing:
                names = separator.join(self._desk.say(criterion.title) for criterion in missing)
                return self.tr("left out; inconclusive: {names}").format(names=names), Tone.ATTENTION
            return self.tr("left out"), Tone.MUTED
        if line.faults:
            words = self.tr("settings to correct: {count}")
            return words.format(count=len(line.faults)), Tone.ALARM
        if line.differing:
            names = separator.join(self._desk.say(one.title) for one in line.fields if one.name in line.differing)
            return self.tr("changed: {names}").format(names=names), Tone.TEXT
        if line.standards:
            return self.tr("serves {standards}").format(standards=separator.join(line.standards)), Tone.MUTED
        if not line.of_standard:
            return self.tr("added"), Tone.MUTED
        return self.tr("as the standard has it"), Tone.MUTED

    # ---- dragging -----------------------------------------------------------------------------------------------------

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: D102, N802
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:  # noqa: D102, N802
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: D102, N802
        data = QMimeData()
        data.setData(MIME, QByteArray(str(indexes[0].row()).encode()))
        return data

    def dropMimeData(  # noqa: D102, N802
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        if not data.hasFormat(MIME) or action is not Qt.DropAction.MoveAction:
            return False
        old = int(bytes(data.data(MIME).data()).decode())
        to = row if row >= 0 else parent.row() if parent.isValid() else len(self._suite.lines)
        self.edited.emit(self._suite.moved(old, min(to - (to > old), len(self._suite.lines) - 1)))
        return False  # the move is done; the view has no row to take away


class TwoLines(QStyledItemDelegate):
    """A line of the suite: the box and the title, under it what is to be said of it."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: D102, N802
        height = option.fontMetrics.height()
        return QSize(200, 2 * height + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        whole.text = ""
        style = whole.widget.style()
        whole.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, whole.widget)
        box = QStyleOptionViewItem(option)
        side = style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth)
        height = option.fontMetrics.height()
        top = option.rect.top() + 5
        box.rect = QRect(option.rect.left() + 6, top + (height - side) // 2, side, side)
        box.state = option.state & ~QStyle.StateFlag.State_HasFocus & ~QStyle.StateFlag.State_Selected
        checked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        box.state |= QStyle.StateFlag.State_On if checked else QStyle.StateFlag.State_Off
        style.drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck, box, painter, whole.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        left = option.rect.left() + side + 14
        width = option.rect.right() - left - 6
        colour = self._desk.theme.colour
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        for number, (text, tone, font) in enumerate(
            (
                (index.data(Qt.ItemDataRole.DisplayRole), Tone.TEXT if checked else Tone.MUTED, bold),
                (index.data(SECOND_LINE), index.data(TONE), option.font),
            )
        ):
            painter.setFont(font)
            painter.setPen(colour(Tone.ON_ACCENT if selected else tone))
            place = QRect(left, top + number * (height + 2), width, height)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()


class SuiteView(QListView):
    """The list. `move_wanted` carries −1 or 1 (Alt with an arrow), `removal_wanted` comes with the delete key."""

    move_wanted = Signal(int)
    removal_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(TwoLines(desk, self))
        self.setDragDropMode(QListView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_wanted.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Delete:
            self.removal_wanted.emit()
        else:
            super().keyPressEvent(event)
