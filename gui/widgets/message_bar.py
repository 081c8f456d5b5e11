"""A message across the window that stays until it is put away: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.icons import icon
from gui.theme import Theme, Tone
from gui.widgets.state_label import Shape, StateLabel

SHAPES = {Tone.ALARM: Shape.CROSS, Tone.ATTENTION: Shape.TRIANGLE, Tone.MUTED: Shape.RING}


class MessageBar(QFrame):
    """A heading with a shape, the message (which can be copied), buttons, and one to put it away (Escape)."""

    put_away = Signal()

    def __init__(self, theme: Theme, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setProperty("tone", tone.value)
        self._theme = theme
        self._tone = tone
        self._heading = StateLabel(theme)
        self._text = QLabel(wordWrap=True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._away = QToolButton(autoRaise=True)
        self._away.setShortcut(Qt.Key.Key_Escape)
        self._away.clicked.connect(self.put_away)
        self._buttons = QHBoxLayout()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._heading)
        texts.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addLayout(texts, 1)
        row.addLayout(self._buttons)
        row.addWidget(self._away, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._restyle)
        self._restyle()

    def say(self, heading: str, text: str, away: str) -> None:
        """Set the heading, the text, and what the button that puts it away is called."""
        self._heading.show_state(SHAPES.get(self._tone, Shape.TRIANGLE), heading, self._tone)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._away.setToolTip(away)
        self._away.setAccessibleName(away)
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)

    @property
    def text(self) -> str:
        """The message."""
        return self._text.text()

    def add_button(self, words: str, pressed: Callable[[], object]) -> QPushButton:
        """Add a button."""
        button = QPushButton(words)
        button.clicked.connect(lambda: pressed())
        self._buttons.addWidget(button)
        return button

    def _restyle(self) -> None:
        self._away.setIcon(icon("close", self._theme.colour(Tone.TEXT)))
