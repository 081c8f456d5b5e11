"""The base of a section of the settings, and the small parts that several sections are made of."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from gui.desk import Desk


class Section(QWidget):
    """A section: it sets its texts in `retranslate`, its colours in `restyle`, and says what is unsaved.

    `simulated_changed` comes when `simulated` says something else.
    """

    simulated_changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk

    @abstractmethod
    def title(self) -> str:
        """The name of the section."""

    def retranslate(self) -> None:
        """Set all texts."""

    def restyle(self) -> None:
        """Set all colours that the palette does not set."""

    def arrive(self) -> None:
        """The section is shown."""

    def simulated(self) -> bool | None:
        """Whether what is shown is of a simulated station; None where it is of none."""
        return None

    def unsaved(self) -> str | None:
        """What would be lost if the window were closed now; None for nothing."""
        return None


class Card(QFrame):
    """A heading, a sentence that says what it is about, and what belongs to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._heading = QLabel()
        self._heading.setProperty("level", "3")
        self._hint = QLabel(wordWrap=True)
        self._hint.setProperty("tone", "muted")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)
        self.column.addWidget(self._heading)
        self.column.addWidget(self._hint)

    def say(self, heading: str, hint: str = "") -> None:
        """Set heading and sentence."""
        self._heading.setText(heading)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(heading)


class Problem(QLabel):
    """What is wrong with a field, beneath it; hidden while nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tone", "alarm")
        self.setWordWrap(True)
        self.hide()

    def say(self, text: str) -> None:
        """Show what is wrong; an empty text hides it."""
        self.setText(f"✕ {text}" if text else "")
        self.setVisible(bool(text))
