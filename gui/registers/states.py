"""How a state of an entry is shown: by shape, word and colour; in the lists and beside the name of an entry."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.registers.rows import Row
from gui.registers.table import ROW_ROLE
from gui.theme import Theme, Tone
from gui.widgets.state_label import Shape, draw_shape
from testbench.register.states import State

SHOWN: dict[State, tuple[Shape, Tone]] = {
    State.RETIRED: (Shape.SQUARE, Tone.MUTED),
    State.EXPIRED: (Shape.CROSS, Tone.ALARM),
    State.EMPTY: (Shape.CROSS, Tone.ALARM),
    State.NEARLY_EMPTY: (Shape.TRIANGLE, Tone.ATTENTION),
    State.EXPIRES_SOON: (Shape.TRIANGLE, Tone.ATTENTION),
    State.UNDATED: (Shape.QUESTION, Tone.TEXT),
    State.READY: (Shape.CHECK, Tone.MUTED),
}
GAP = 6


class StateDelegate(QStyledItemDelegate):
    """Draws the shape of the gravest state before the words of all."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: D102
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            super().paint(painter, option, index)
            return
        item = QStyleOptionViewItem(option)
        self.initStyleOption(item, index)
        shape, tone = SHOWN[row.states[0]]
        chosen = bool(item.state & QStyle.StateFlag.State_Selected)
        colour = self._theme.colour(Tone.ON_ACCENT if chosen else tone)
        words, item.text = item.text, ""
        style = item.widget.style() if item.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, item, painter, item.widget)
        side = float(item.fontMetrics.ascent())
        left = item.rect.left() + GAP
        draw_shape(painter, shape, QRectF(left, item.rect.center().y() - side / 2 + 1, side, side), colour)
        place = QRectF(item.rect).adjusted(2 * GAP + side, 0, -GAP, 0)
        painter.save()
        painter.setFont(item.font)
        painter.setPen(colour if tone is not Tone.MUTED or chosen else self._theme.colour(Tone.TEXT))
        short = item.fontMetrics.elidedText(words, item.textElideMode, int(place.width()))
        painter.drawText(place, int(item.displayAlignment), short)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: D102, N802
        size = super().sizeHint(option, index)
        return QSize(size.width() + option.fontMetrics.ascent() + 2 * GAP, size.height())
