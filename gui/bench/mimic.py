"""The picture of the station: boxes and lines painted, values and small trends in them, chosen by mouse or arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui.bench.layout import Direction, Node, Picture, Pipe, draw_up, neighbour
from gui.bench.live import NOTHING, Live, PartState, flowing
from gui.bench.plan import StationPlan
from gui.bench.tiles import Tiles
from gui.bench.trends import Trends
from gui.bench.words import Words
from gui.theme import Theme, Tone
from testbench.engine.manual.parts import Place

MARGIN = 16.0
SMALLEST, LARGEST = 0.75, 1.6  # of the scale
ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}
NO_PICTURE = Picture((), (), 0.0, 0.0)


class Mimic(QWidget):
    """`chosen` carries the key of the part that was selected, `entered` that of one that was opened (Enter)."""

    chosen = Signal(str)
    entered = Signal(str)

    def __init__(self, theme: Theme, words: Words, trends: Trends, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._tiles = Tiles(theme, words, trends, self.font(), self)
        self._plan: StationPlan | None = None
        self._live = NOTHING
        self._picture = NO_PICTURE
        self._selected = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    @property
    def selected(self) -> str:
        """Key of the part that is selected; empty for none."""
        return self._selected

    @property
    def picture(self) -> Picture:
        """Where everything stands."""
        return self._picture

    def show_plan(self, plan: StationPlan | None) -> None:
        """Draw another station."""
        self._plan = self._tiles.plan = plan
        self._picture = NO_PICTURE if plan is None else draw_up(plan)
        keys = [node.key for node in self._picture.selectable]
        if self._selected not in keys:
            self._selected = ""
        self.setMinimumSize(self.minimumSizeHint())
        self.update()

    def show_live(self, live: Live) -> None:
        """Draw other values."""
        self._live = self._tiles.live = live
        self._describe()
        self.update()

    def select(self, key: str) -> None:
        """Select a part; `chosen` tells it."""
        if key and key != self._selected and self._picture.node(key) is not None:
            self._selected = key
            self._describe()
            self.chosen.emit(key)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: D102, N802
        return QSize(round(self._picture.width + 2 * MARGIN), round(self._picture.height + 2 * MARGIN))

    def minimumSizeHint(self) -> QSize:  # noqa: D102, N802
        return self.sizeHint() * SMALLEST

    # ---- choosing ------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802
        if (node := self._node_at(event.position())) is not None:
            self.select(node.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802
        if (node := self._node_at(event.position())) is not None:
            self.entered.emit(node.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102, N802
        over = self._node_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102, N802
        selectable = self._picture.selectable
        key = Qt.Key(event.key())
        if key in ARROWS and selectable:
            self.select(neighbour(self._picture, self._selected, ARROWS[key]))
        elif key is Qt.Key.Key_Home and selectable:
            self.select(selectable[0].key)
        elif key is Qt.Key.Key_End and selectable:
            self.select(selectable[-1].key)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._selected:
            self.entered.emit(self._selected)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: D102, N802
        if not self._selected and self._picture.selectable:
            self.select(self._picture.selectable[0].key)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102, N802
        super().focusOutEvent(event)
        self.update()

    def event(self, event: object) -> bool:  # noqa: D102
        if isinstance(event, QHelpEvent) and event.type() is QHelpEvent.Type.ToolTip:
            node = self._node_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if node is None else self.told(node.key), self)
            return True
        return bool(super().event(event))  # type: ignore[arg-type]

    def told(self, key: str) -> str:
        """A part in one line: name, kind, state and value."""
        if self._plan is None or key not in self._plan.parts:
            return ""
        part = self._plan.parts[key]
        state = self._tiles.state(part)
        told = [f"{self._words.name(part)} ({self._words.place(part.place)})"]
        if part.place is not Place.CYLINDER or state is PartState.EXPIRED:
            told.append(self._words.state(state))
        if (value := self._tiles.value(part))[0]:
            told.append(" ".join(value).strip())
        return ", ".join(told)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.told(self._selected))

    def _node_at(self, place: QPointF) -> Node | None:
        scale, left, top = self._frame()
        return self._picture.at((place.x() - left) / scale, (place.y() - top) / scale)

    def _frame(self) -> tuple[float, float, float]:
        """Scale, and where the picture begins."""
        if not self._picture.width or not self._picture.height:
            return 1.0, MARGIN, MARGIN
        across = (self.width() - 2 * MARGIN) / self._picture.width
        down = (self.height() - 2 * MARGIN) / self._picture.height
        scale = min(max(min(across, down), SMALLEST), LARGEST)
        left = max(MARGIN, (self.width() - scale * self._picture.width) / 2)
        top = max(MARGIN, (self.height() - scale * self._picture.height) / 2)
        return scale, left, top

    # ---- painting ------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour(Tone.GROUND))
        scale, left, top = self._frame()
        painter.translate(left, top)
        painter.scale(scale, scale)
        for wet in (False, True):
            for pipe in self._picture.pipes:
                if wet == self._flows(pipe):
                    self._paint_pipe(painter, pipe, wet)
        for node in self._picture.nodes:
            selected = node.key == self._selected
            self._tiles.paint(painter, node, selected=selected, focused=selected and self.hasFocus())

    def _flows(self, pipe: Pipe) -> bool:
        return self._plan is not None and bool(pipe.flows) and flowing(self._plan, self._live, pipe.flows)

    def _paint_pipe(self, painter: QPainter, pipe: Pipe, wet: bool) -> None:
        pen = QPen(self._theme.colour(Tone.TEXT if wet else Tone.LINE), 4.0 if wet else 3.0)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if pipe.signal else Qt.PenCapStyle.RoundCap)
        if pipe.signal:
            pen.setWidthF(1.5)
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawPolyline([QPointF(x, y) for x, y in pipe.points])
