"""A value ± U drawn against its limit, small enough for a cell of a table. What it says is in shapes, not only in colours.

The limits are brackets, zero is a thin line, U is a whisker. A value inside is a dot; outside, an arrow head that points
outwards; where the limit lies within value ± U, a diamond. A value beyond the drawing is at its edge, with two heads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gui.theme import Theme, Tone
from testbench.report.content import LimitKind

_REACH = 1.6  # how much is drawn, in limits
_MARGIN, _SIZE, _BRACKET = 6.0, 4.0, 4.0  # px


class Mark(StrEnum):
    """How a value stands to its limit."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    WITHIN_UNCERTAINTY = "limit within uncertainty"
    UNJUDGED = "no limit"


@dataclass(frozen=True, slots=True)
class LimitBar:
    """A value with its expanded uncertainty and limit, all in one unit; `kind` says on which side the limit is.

    `interval` is the 95 % coverage interval where it is not value ± U.
    """

    value: float
    expanded_uncertainty: float | None
    limit: float | None
    kind: LimitKind = LimitKind.SYMMETRIC
    interval: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """Where the whisker ends; at the value itself where there is none."""
        u = self.expanded_uncertainty or 0.0
        return (self.value - u, self.value + u) if self.interval is None else self.interval

    @property
    def mark(self) -> Mark:
        """How the value stands to the limit."""
        if self.limit is None:
            return Mark.UNJUDGED
        low, high = self.ends
        distance = abs(self.value) if self.kind is LimitKind.SYMMETRIC else self.value
        if any(low < bracket < high for bracket in self.brackets):
            return Mark.WITHIN_UNCERTAINTY
        outside = distance < self.limit if self.kind is LimitKind.MINIMUM else distance > self.limit
        return Mark.OUTSIDE if outside else Mark.INSIDE

    @property
    def scale(self) -> tuple[float, float]:
        """The least and the greatest value that are drawn."""
        size = abs(self.limit) if self.limit else 1.25 * max(map(abs, self.ends)) or 1.0
        reach = _REACH * size if self.limit else size
        two_sided = self.kind is LimitKind.SYMMETRIC or self.value < 0
        return (-reach if two_sided else 0.0, reach)

    @property
    def brackets(self) -> tuple[float, ...]:
        """Where limits are drawn."""
        if self.limit is None:
            return ()
        return (-self.limit, self.limit) if self.kind is LimitKind.SYMMETRIC else (self.limit,)


def paint_limit_bar(painter: QPainter, rect: QRectF, bar: LimitBar, theme: Theme) -> None:
    """Draw a bar into a rectangle (px), at least some 60 px wide."""
    low, high = bar.scale
    left, width, middle = rect.left() + _MARGIN, rect.width() - 2 * _MARGIN, rect.center().y()

    def place(value: float) -> float:
        return left + width * (min(max(value, low), high) - low) / (high - low)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour(Tone.LINE), 1))
    painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))
    if low <= 0 <= high:
        painter.drawLine(QPointF(place(0), middle - 3), QPointF(place(0), middle + 3))
    half = min(8.0, rect.height() / 2 - 2)
    painter.setPen(QPen(theme.colour(Tone.LIMIT), 1.5))
    for limit in bar.brackets:
        inwards = _BRACKET if (limit < 0 or bar.kind is LimitKind.MINIMUM) else -_BRACKET
        _bracket(painter, place(limit), middle, half, inwards)
    ink = theme.colour(Tone.ALARM if bar.mark is Mark.OUTSIDE else Tone.TEXT)
    if bar.ends[0] < bar.ends[1] and all(map(math.isfinite, bar.ends)):
        painter.setPen(QPen(ink, 1))
        ends = [place(end) for end in bar.ends]
        painter.drawLine(QPointF(ends[0], middle), QPointF(ends[1], middle))
        for end in ends:
            painter.drawLine(QPointF(end, middle - 3), QPointF(end, middle + 3))
    painter.setPen(QPen(ink, 1))
    painter.setBrush(ink)
    _mark(painter, place(bar.value), middle, bar, beyond=not low <= bar.value <= high)
    painter.restore()


def _bracket(painter: QPainter, x: float, middle: float, half: float, inwards: float) -> None:
    painter.drawLine(QPointF(x, middle - half), QPointF(x, middle + half))
    for y in (middle - half, middle + half):
        painter.drawLine(QPointF(x, y), QPointF(x + inwards, y))


def _mark(painter: QPainter, x: float, middle: float, bar: LimitBar, *, beyond: bool) -> None:
    size = _SIZE
    match bar.mark:
        case Mark.INSIDE | Mark.UNJUDGED:
            painter.drawEllipse(QPointF(x, middle), size - 0.5, size - 0.5)
        case Mark.WITHIN_UNCERTAINTY:
            corners = ((0.0, -size - 1), (size + 1, 0.0), (0.0, size + 1), (-size - 1, 0.0))
            painter.drawPolygon(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in corners]))
        case Mark.OUTSIDE:
            below = bar.kind is LimitKind.MINIMUM or bar.value < 0
            outwards = -1.0 if below else 1.0
            for shift in (0.0, -1.6 * size * outwards) if beyond else (0.0,):
                tip = QPointF(x + shift + size * outwards, middle)
                back = x + shift - size * outwards
                painter.drawPolygon(QPolygonF([tip, QPointF(back, middle - size), QPointF(back, middle + size)]))
