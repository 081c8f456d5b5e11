"""The line that says of a simulated station that nothing here is a measurement."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class SimulatedBanner(QLabel):
    """Above every screen and in every dialog that shows something of a simulated station; hidden until it is needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setObjectName("simulated")
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the text."""
        self.setText(self.tr("SIMULATED – no real instrument, not a measurement"))
