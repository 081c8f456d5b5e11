"""Icons: strokes drawn for this application (`gui/icons/*.svg`), in the colour of the text around them."""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

SIZES = (16, 24, 32, 48)


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """The icon of a name, in a colour (that of the text if None); make it anew after the theme has changed."""
    colour = colour or QApplication.palette().windowText().color()
    drawn = QIcon()
    for side in SIZES:
        drawn.addPixmap(pixmap(name, side, colour))
    return drawn


def pixmap(name: str, side: int, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `side` × `side` logical points on a screen of so many pixels a point."""
    text = resources.files("gui").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(text.replace("currentColor", colour.name()).encode()))
    picture = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
