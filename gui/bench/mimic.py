"""The picture of the station: boxes and lines painted, values and small trends in them, chosen by mouse or arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui.bench.layout import Direction, Node, NodeKind, Picture, Pipe, draw_up, neighbour
from gui.bench.live import NOTHING, Live, PartState, flowing, made, shown, state_of
from gui.bench.plan import StationPlan
from gui.bench.trends import Trends, polyline
from gui.bench.words import LOOKS, Words
from gui.theme import Theme, Tone
from gui.widgets.state_label import draw_shape
from testbench.engine.clock import wall_now
from testbench.engine.manual.parts import Part, Place
from testbench.metrology.amount import UnitError, from_fraction

MARGIN = 16.0
SMALLEST, LARGEST = 0.72, 1.5  # of the scale
PAD = 10.0
ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}
NO_PICTURE = Picture((), (), 0.0, 0.0)
CALM = (PartState.ANSWERS, PartState.UNKNOWN, PartState.WAITING)


class Mimic(QWidget):
    """`chosen` carries the key of the part that was selected, `entered` that of one that was opened (Enter)."""

    chosen = Signal(str)
    entered = Signal(str)

    def __init__(self, theme: Theme, words: Words, trends: Trends, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._trends = trends
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
        self._plan = plan
        self._picture = NO_PICTURE if plan is None else draw_up(plan)
        keys = [node.key for node in self._picture.selectable]
        if self._selected not in keys:
            self._selected = ""
        self.setMinimumSize(self.minimumSizeHint())
        self.update()

    def show_live(self, live: Live) -> None:
        """Draw other values."""
        self._live = live
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
        state = state_of(part, self._live, wall_now().date())
        told = [f"{self._words.name(part)} ({self._words.place(part.place)})"]
        if part.place is not Place.CYLINDER or state is PartState.EXPIRED:
            told.append(self._words.state(state))
        if value := self._value(part):
            told.append(value)
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
            self._paint_node(painter, node)

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

    def _paint_node(self, painter: QPainter, node: Node) -> None:
        box = QRectF(node.x, node.y, node.w, node.h)
        if node.kind is NodeKind.EXHAUST:
            self._paint_exhaust(painter, box)
            return
        if self._plan is None:
            return
        part = self._plan.parts[node.key]
        selected = node.key == self._selected
        pen = QPen(self._theme.colour(Tone.ACCENT if selected else Tone.LINE), 2.5 if selected else 1.0)
        painter.setPen(pen)
        painter.setBrush(self._theme.colour(Tone.RAISED))
        radius = 22.0 if node.kind is NodeKind.CYLINDER else 5.0
        painter.drawRoundedRect(box, radius, radius)
        if selected and self.hasFocus():
            dotted = QPen(self._theme.colour(Tone.TEXT), 1.0, Qt.PenStyle.DotLine)
            painter.setPen(dotted)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), radius + 4, radius + 4)
        inner = box.adjusted(PAD, PAD - 3, -PAD, 4 - PAD)
        self._paint_head(painter, inner, part, node)
        if node.kind is NodeKind.CYLINDER:
            self._paint_cylinder(painter, inner, part)
        else:
            self._paint_value(painter, inner, part, node)

    def _paint_head(self, painter: QPainter, inner: QRectF, part: Part, node: Node) -> None:
        """Name at the left, state at the right (its word where it needs attention), what it is below."""
        state = state_of(part, self._live, wall_now().date())
        shape, tone = LOOKS[state]
        cylinder = node.kind is NodeKind.CYLINDER
        line = QRectF(inner.x(), inner.y(), inner.width(), 18)
        right = inner.right()
        if not cylinder or state is PartState.EXPIRED:
            side = 11.0
            draw_shape(
                painter, shape, QRectF(right - side, line.center().y() - side / 2, side, side), self._theme.colour(tone)
            )
            right -= side + 5
        roomy = node.kind in (NodeKind.DEVICE, NodeKind.FLOW_RIG)
        if roomy or node.kind in (NodeKind.CONTROLLER, NodeKind.DIVIDER):
            font = self._font(0.82)
            word = self._words.state(state)
            wide = QFontMetricsF(font).horizontalAdvance(word)
            if wide < inner.width() * 0.55:
                self._text(painter, QRectF(right - wide - 1, line.y(), wide + 1, 18), word, font, tone)
                right -= wide + 8
        align = Qt.AlignmentFlag.AlignHCenter if cylinder else Qt.AlignmentFlag.AlignLeft
        self._text(
            painter,
            QRectF(inner.x(), line.y(), right - inner.x(), 18),
            self._words.name(part),
            self._font(1.0, True),
            align=align,
        )
        if node.kind is NodeKind.SENSOR or cylinder:
            return
        small = QRectF(inner.x(), line.bottom(), inner.width(), 15)
        if state in CALM or roomy or node.kind in (NodeKind.CONTROLLER, NodeKind.DIVIDER):
            self._text(painter, small, self._sort(part, node), self._font(0.82), Tone.MUTED)
        else:
            self._text(painter, small, self._words.state(state), self._font(0.82), tone)

    def _paint_cylinder(self, painter: QPainter, inner: QRectF, part: Part) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        content = f"{part.high:g} % {part.component}" if part.high else self.tr("zero gas")
        self._text(painter, QRectF(inner.x(), inner.y() + 22, inner.width(), 22), content, self._font(1.1), align=centre)
        if part.valid_until is None:
            return
        expired = state_of(part, self._live, wall_now().date()) is PartState.EXPIRED
        until = self.tr("expired {date}") if expired else self.tr("valid until {date}")
        tone = Tone.ATTENTION if expired else Tone.MUTED
        place = QRectF(inner.x() - 4, inner.y() + 50, inner.width() + 8, 18)
        self._text(painter, place, until.format(date=part.valid_until.isoformat()), self._font(0.8), tone, align=centre)

    def _paint_value(self, painter: QPainter, inner: QRectF, part: Part, node: Node) -> None:
        value = self._value(part)
        sensor = node.kind in (NodeKind.SENSOR, NodeKind.SCANNER)
        font = self._font(1.15 if sensor else 1.5, not sensor)
        height = 24.0 if sensor else 30.0
        place = QRectF(inner.x(), inner.bottom() - height, inner.width(), height)
        share = 0.62 if node.kind in (NodeKind.DEVICE, NodeKind.SENSOR, NodeKind.CONTROLLER, NodeKind.FLOW_RIG) else 1.0
        tone = Tone.TEXT if value else Tone.MUTED
        if not (value or part.channels or node.kind is NodeKind.DIVIDER):
            return
        self._text(painter, QRectF(place.x(), place.y(), place.width() * share, height), value or "–", font, tone)
        if node.kind is NodeKind.DIVIDER and self._plan is not None:
            self._paint_total(painter, inner, place)
        if part.channels and share < 1.0:
            trend = QRectF(place.x() + place.width() * share + 6, place.y() + 5, place.width() * (1 - share) - 6, height - 8)
            self._paint_trend(painter, trend, part)

    def _paint_total(self, painter: QPainter, inner: QRectF, place: QRectF) -> None:
        assert self._plan is not None
        found = made(self._plan, self._live)
        if found is None or inner.height() < 110:
            return
        unit = next((self._plan.parts[key].unit for key in self._plan.feeds if key in self._plan.parts), "")
        text = self.tr("total {flow} {unit}").format(flow=shown(found[0], 0.001), unit=unit)
        self._text(painter, QRectF(place.x(), place.y() - 20, place.width(), 18), text, self._font(0.85), Tone.MUTED)

    def _paint_trend(self, painter: QPainter, box: QRectF, part: Part) -> None:
        channel = part.channels[0]
        line = polyline(self._trends.of(channel.name), box.width(), box.height(), 10 * channel.resolution)
        if len(line) < 2:
            return
        path = QPainterPath(QPointF(box.x() + line[0][0], box.y() + line[0][1]))
        for x, y in line[1:]:
            path.lineTo(box.x() + x, box.y() + y)
        painter.setPen(QPen(self._theme.colour(Tone.MUTED), 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _paint_exhaust(self, painter: QPainter, box: QRectF) -> None:
        middle = box.center().y()
        pen = QPen(self._theme.colour(Tone.LINE), 3.0)
        painter.setPen(pen)
        painter.drawLine(QPointF(box.x(), middle), QPointF(box.x() + 16, middle))
        painter.drawLine(QPointF(box.x() + 9, middle - 6), QPointF(box.x() + 16, middle))
        painter.drawLine(QPointF(box.x() + 9, middle + 6), QPointF(box.x() + 16, middle))
        place = QRectF(box.x() + 22, box.y(), box.width() - 22, box.height())
        self._text(painter, place, self.tr("exhaust"), self._font(0.9), Tone.MUTED)

    # ---- texts ---------------------------------------------------------------------------------------------------------

    def _sort(self, part: Part, node: Node) -> str:
        """The second line of a box."""
        if node.kind is NodeKind.DEVICE:
            read = self.tr("read by {name}").format(name=part.session) if not part.own_session and part.session else ""
            return "  ".join(filter(None, (part.maker, part.model, read)))
        if node.kind is NodeKind.CONTROLLER and part.high is not None:
            return self.tr("0 to {high} {unit}").format(high=f"{part.high:g}", unit=part.unit)
        return part.driver

    def _value(self, part: Part) -> str:
        """The first value of a part with its unit; what a divider makes; empty where nothing is known."""
        if part.place is Place.DIVIDER and self._plan is not None:
            found = made(self._plan, self._live)
            if found is None:
                return ""
            if found[0] <= 0.0:
                return self.tr("no gas")
            unit = part.unit or "%"
            try:
                return f"{shown(from_fraction(found[1], unit), 0.01 if unit == '%' else 0.1)} {unit} {part.component}"
            except UnitError:
                return f"{shown(100.0 * found[1], 0.01)} % {part.component}"
        for channel in part.channels[:1]:
            if (known := self._live.values.get(channel.name)) is not None:
                return self._words.value(known.value, channel.unit, channel.resolution)
        return ""

    def _font(self, share: float, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(6.0, self.font().pointSizeF() * share))
        font.setBold(bold)
        return font

    def _text(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        font: QFont,
        tone: Tone = Tone.TEXT,
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.colour(tone))
        elided = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width() + 1)
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, elided)
