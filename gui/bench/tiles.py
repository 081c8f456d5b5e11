"""Paints the boxes of the picture: name and state, what it is, the value large with its unit, and a small trend."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from gui.bench.layout import Node, NodeKind
from gui.bench.live import NOTHING, Live, PartState, flow_unit_of, made, shown, standing
from gui.bench.plan import StationPlan
from gui.bench.trends import Trends, least_span, polyline
from gui.bench.words import LOOKS, Words
from gui.theme import Theme, Tone
from gui.widgets.state_label import draw_shape
from testbench.engine.clock import wall_now
from testbench.engine.manual.parts import Part, Place
from testbench.metrology.amount import UnitError, from_fraction

PAD = 10.0
TITLE_H, SMALL_H = 18.0, 15.0
WORDED = (NodeKind.DEVICE, NodeKind.FLOW_RIG, NodeKind.CONTROLLER, NodeKind.DIVIDER)
"""Boxes that have room for the word of the state beside the name, where the name is not long."""


class Tiles(QObject):
    """Paints one box after the other; `plan`, `live` and `font` are set by the picture."""

    def __init__(self, theme: Theme, words: Words, trends: Trends, font: QFont, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._trends = trends
        self.font = font
        self.plan: StationPlan | None = None
        self.live: Live = NOTHING

    def state(self, part: Part) -> PartState:
        """How a part stands now."""
        return PartState.UNKNOWN if self.plan is None else standing(self.plan, part, self.live, wall_now().date())

    def value(self, part: Part) -> tuple[str, str]:
        """The first value of a part, and its unit; what a divider makes; two empty texts where nothing is known."""
        if part.place is Place.DIVIDER and self.plan is not None:
            found = made(self.plan, self.live)
            if found is None:
                return "", ""
            if found[0] <= 0.0:
                return self.tr("no gas"), ""
            unit = part.unit or "%"
            try:
                content = from_fraction(found[1], unit)
            except UnitError:
                content, unit = 100.0 * found[1], "%"
            return shown(content, 0.01 if unit == "%" else 0.1), f"{unit} {part.component}"
        for channel in part.channels[:1]:
            if (known := self.live.values.get(channel.name)) is not None:
                return shown(known.value, channel.resolution), channel.unit
        return "", ""

    def paint(self, painter: QPainter, node: Node, *, selected: bool, focused: bool) -> None:
        """Paint a box in its place."""
        box = QRectF(node.x, node.y, node.w, node.h)
        if node.kind is NodeKind.EXHAUST:
            self._exhaust(painter, box)
            return
        if self.plan is None:
            return
        part = self.plan.parts[node.key]
        painter.setPen(QPen(self._theme.colour(Tone.ACCENT if selected else Tone.LINE), 2.5 if selected else 1.0))
        painter.setBrush(self._theme.colour(Tone.RAISED))
        radius = 22.0 if node.kind is NodeKind.CYLINDER else 5.0
        painter.drawRoundedRect(box, radius, radius)
        if focused:
            painter.setPen(QPen(self._theme.colour(Tone.TEXT), 1.0, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), radius + 4, radius + 4)
        inner = box.adjusted(PAD, PAD - 3, -PAD, 4 - PAD)
        self._head(painter, inner, part, node)
        if node.kind is NodeKind.CYLINDER:
            self._cylinder(painter, inner, part)
        else:
            self._sort(painter, inner, part, node)
            self._value(painter, inner, part, node)

    def _head(self, painter: QPainter, inner: QRectF, part: Part, node: Node) -> None:
        """Name at the left; the state's shape at the right, and its word where there is room."""
        state = self.state(part)
        shape, tone = LOOKS[state]
        line = QRectF(inner.x(), inner.y(), inner.width(), TITLE_H)
        right = inner.right()
        cylinder = node.kind is NodeKind.CYLINDER
        if not cylinder or state is PartState.EXPIRED:
            side = 11.0
            place = QRectF(right - side, line.center().y() - side / 2, side, side)
            draw_shape(painter, shape, place, self._theme.colour(tone))
            right -= side + 5
        name, bold = self._words.name(part), self._font(1.0, True)
        if node.kind in WORDED:
            word, small = self._words.state(state), self._font(0.82)
            wide = QFontMetricsF(small).horizontalAdvance(word) + 2
            if QFontMetricsF(bold).horizontalAdvance(name) + wide + 8 < right - inner.x():
                self._text(painter, QRectF(right - wide, line.y(), wide, TITLE_H), word, small, tone)
                right -= wide + 8
        align = Qt.AlignmentFlag.AlignHCenter if cylinder else Qt.AlignmentFlag.AlignLeft
        self._text(painter, QRectF(inner.x(), line.y(), right - inner.x(), TITLE_H), name, bold, align=align)

    def _sort(self, painter: QPainter, inner: QRectF, part: Part, node: Node) -> None:
        """The second line of a box: what it is; in small boxes a state that needs attention."""
        state, font = self.state(part), self._font(0.82)
        line = QRectF(inner.x(), inner.y() + TITLE_H, inner.width(), SMALL_H)
        troubled = state not in (PartState.ANSWERS, PartState.UNKNOWN, PartState.WAITING)
        if troubled and node.kind not in (NodeKind.DEVICE, NodeKind.FLOW_RIG, NodeKind.CONTROLLER):
            self._text(painter, line, self._words.state(state), font, LOOKS[state][1])
        elif node.kind is NodeKind.DEVICE:
            read = self.tr("read by {name}").format(name=part.session) if not part.own_session and part.session else ""
            told = "  ".join(filter(None, (part.maker, part.model, read)))
            self._text(painter, line, told, font, Tone.MUTED)
        elif node.kind is NodeKind.CONTROLLER and part.high is not None:
            told = self.tr("0 to {high} {unit}").format(high=f"{part.high:g}", unit=part.unit)
            self._text(painter, line, told, font, Tone.MUTED)
        elif node.kind is not NodeKind.SENSOR:
            self._text(painter, line, part.driver, font, Tone.MUTED)

    def _cylinder(self, painter: QPainter, inner: QRectF, part: Part) -> None:
        centre = Qt.AlignmentFlag.AlignHCenter
        content = f"{part.high:g} % {part.component}" if part.high else self.tr("zero gas")
        self._text(painter, QRectF(inner.x(), inner.y() + 22, inner.width(), 22), content, self._font(1.1), align=centre)
        if part.valid_until is None:
            return
        expired = self.state(part) is PartState.EXPIRED
        until = self.tr("expired {date}") if expired else self.tr("until {date}")
        place = QRectF(inner.x() - 4, inner.y() + 52, inner.width() + 8, TITLE_H)
        tone = Tone.ATTENTION if expired else Tone.MUTED
        self._text(painter, place, until.format(date=part.valid_until.isoformat()), self._font(0.82), tone, align=centre)

    def _value(self, painter: QPainter, inner: QRectF, part: Part, node: Node) -> None:
        if not part.channels and node.kind is not NodeKind.DIVIDER:
            return
        number, unit = self.value(part)
        small = node.kind in (NodeKind.SENSOR, NodeKind.SCANNER)
        font, unit_font = self._font(1.2 if small else 1.5, not small), self._font(0.9 if small else 1.0)
        height = 24.0 if small else 30.0
        place = QRectF(inner.x(), inner.bottom() - height, inner.width(), height)
        wide = QFontMetricsF(font).horizontalAdvance(number or "–") + 2
        self._text(
            painter, QRectF(place.x(), place.y(), wide, height), number or "–", font, Tone.TEXT if number else Tone.MUTED
        )
        left = wide + 4
        if unit:
            shift = 2.0 if small else 3.0  # so that both stand on one line
            unit_wide = min(QFontMetricsF(unit_font).horizontalAdvance(unit) + 2, place.width() - left)
            self._text(painter, QRectF(place.x() + left, place.y() + shift, unit_wide, height), unit, unit_font, Tone.MUTED)
            left += unit_wide
        if node.kind is NodeKind.DIVIDER:
            self._total(painter, inner, place)
        elif place.width() - left > 36:
            start = max(left + 10, place.width() * 0.55)
            self._trend(painter, place.adjusted(start, 5, 0, -3), part)

    def _total(self, painter: QPainter, inner: QRectF, place: QRectF) -> None:
        """The whole flow of a divider, where the box is high enough."""
        found = made(self.plan, self.live) if self.plan is not None else None
        if found is None or self.plan is None or inner.height() < 110:
            return
        unit = flow_unit_of(self.plan)
        text = self.tr("total {flow} {unit}").format(flow=shown(found[0], 0.001), unit=unit)
        self._text(painter, QRectF(place.x(), place.y() - 20, place.width(), TITLE_H), text, self._font(0.85), Tone.MUTED)

    def _trend(self, painter: QPainter, box: QRectF, part: Part) -> None:
        channel = part.channels[0]
        line = polyline(self._trends.of(channel.name), box.width(), box.height(), least_span(part, channel.resolution))
        if len(line) < 2:
            return
        path = QPainterPath(QPointF(box.x() + line[0][0], box.y() + line[0][1]))
        for x, y in line[1:]:
            path.lineTo(box.x() + x, box.y() + y)
        painter.setPen(QPen(self._theme.colour(Tone.MUTED), 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _exhaust(self, painter: QPainter, box: QRectF) -> None:
        middle, right = box.center().y(), box.right() - 12
        painter.setPen(QPen(self._theme.colour(Tone.LINE), 3.0))
        for x, y in ((box.x(), 0), (right - 7, -6), (right - 7, 6)):
            painter.drawLine(QPointF(x, middle + y), QPointF(right, middle))
        place = QRectF(box.x(), middle + 8, box.width(), SMALL_H)
        self._text(painter, place, self.tr("exhaust"), self._font(0.85), Tone.MUTED)

    def _font(self, share: float, bold: bool = False) -> QFont:
        font = QFont(self.font)
        font.setPointSizeF(max(6.0, self.font.pointSizeF() * share))
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
