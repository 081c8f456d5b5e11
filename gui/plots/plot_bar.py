"""The buttons above a trace plot: which part of it is shown, and how."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget


class PlotBar(QWidget):
    """Buttons that stay down while what they say holds; the one for the list of values stands at the right end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.all, self.follow, self.together, self.clock, self.values = (QToolButton(self) for _ in range(5))
        self._hint = QLabel(self)
        self._hint.setProperty("tone", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (self.all, self.follow, self.together, self.clock):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._hint)
        row.addSpacing(8)
        row.addWidget(self.values)
        for button in (self.all, self.follow, self.together, self.clock, self.values):
            button.setCheckable(True)
            button.setAutoRaise(True)
        self.clock.setEnabled(False)
        self.values.setChecked(True)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts."""
        for button, text, tip in (
            (self.all, self.tr("All"), self.tr("Show everything (Home)")),
            (self.follow, self.tr("Follow"), self.tr("Stay with the latest readings (F)")),
            (self.together, self.tr("Together"), self.tr("All on one axis, each in % of its own range (T)")),
            (self.clock, self.tr("Clock"), self.tr("Time of day instead of bench time (C)")),
            (self.values, self.tr("Values"), self.tr("List of channels with their values (V)")),
        ):
            button.setText(text)
            button.setToolTip(tip)
        self._hint.setText(self.tr("Wheel: zoom · drag: move · right drag: choose a span"))
