"""What a screen shows where there is nothing yet: why, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.icons import pixmap


class EmptyState(QWidget):
    """An icon, a heading, a sentence, and buttons in the middle of an empty place."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._heading = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._heading.setProperty("level", "2")
        self._sentence = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._sentence.setProperty("tone", "muted")
        self._sentence.setWordWrap(True)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch()
        self._buttons.addStretch()
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for part in (self._picture, self._heading, self._sentence):
            column.addWidget(part)
        column.addLayout(self._buttons)
        column.addStretch(3)
        self.restyle()

    def add_button(self, button: QPushButton) -> None:
        """Add a button that leads on."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)

    def say(self, heading: str, sentence: str) -> None:
        """Set the texts."""
        self._heading.setText(heading)
        self._sentence.setText(sentence)

    def restyle(self) -> None:
        """Draw the icon in the present colours."""
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(pixmap(self._icon, 48, colour, self.devicePixelRatioF()))
