"""The base of every screen."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from gui.desk import Desk


class Page(QWidget):
    """A screen of the window; built when it is first asked for, and told of every change of language and colours."""

    name: ClassVar[str]
    icon: ClassVar[str]

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setObjectName(self.name)
        desk.language_changed.connect(self.retranslate)
        desk.theme_changed.connect(self.restyle)

    def retranslate(self) -> None:
        """Set all texts of the screen."""

    def restyle(self) -> None:
        """Set all colours that the palette does not set by itself."""

    def arrive(self, **target: Any) -> None:
        """The screen is shown; `target` is what it shall show."""

    def leave(self) -> None:
        """The screen is hidden."""

    def end(self) -> None:
        """The window has closed: threads of the screen end before its widgets go."""

    def may_close(self) -> str | None:
        """A reason to ask before the window is closed (something unsaved); None for none."""
        return None
