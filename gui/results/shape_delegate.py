"""A cell with the shape of a verdict before its words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.theme import Theme, Tone
from gui.widgets.state_label import Shape, draw_shape

Index = QModelIndex | QPersistentModelIndex
MARGIN = 6


class ShapeDelegate(QStyledItemDelegate):
    """Paints the first line of a text with a shape and colour, further lines muted; `shape_of` gives both from an index."""

    def __init__(
        self, theme: Theme, shape_of: Callable[[Index], tuple[Shape, Tone] | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shape_of = shape_of

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        lines, whole.text = whole.text.split("\u2028") if "\u2028" in whole.text else whole.text.split("\n"), ""
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, option.widget)
        shown = self._shape_of(index)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        metrics = option.fontMetrics
        height = metrics.height()
        top = option.rect.top() + (option.rect.height() - height * len(lines)) / 2
        left = option.rect.left() + MARGIN
        painter.save()
        for number, line in enumerate(lines):
            tone = Tone.TEXT if number == 0 else Tone.MUTED
            start = float(left)
            if number == 0 and shown is not None and line:
                shape, tone = shown
                side = metrics.ascent() - 1
                ink = self._theme.colour(Tone.ON_ACCENT if selected else tone)
                draw_shape(painter, shape, QRectF(left, top + (height - side) / 2, side, side), ink)
            if shown is not None:
                start += metrics.ascent() + MARGIN
            painter.setPen(self._theme.colour(Tone.ON_ACCENT if selected else tone))
            place = QRectF(start, top + number * height, option.rect.right() - start - MARGIN, height)
            text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(place.width()) + 1)
            across = whole.displayAlignment & Qt.AlignmentFlag.AlignHorizontal_Mask
            painter.drawText(place, int(across | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: D102, N802
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        lines = whole.text.replace("\u2028", "\n").split("\n")
        width = max((option.fontMetrics.horizontalAdvance(line) for line in lines), default=0)
        shape = option.fontMetrics.ascent() + MARGIN if self._shape_of(index) is not None else 0
        return QSize(width + shape + 2 * MARGIN + 2, option.fontMetrics.height() * len(lines) + 8)
