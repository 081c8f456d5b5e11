"""The question before a device is adjusted: what its indication is now, and what it becomes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from gui.bench.live import Live
from gui.bench.words import Words
from testbench.engine.manual.actions import Adjust
from testbench.engine.manual.parts import Part
from testbench.engine.roles import Adjustment


class ConfirmAdjustment(QMessageBox):
    """`agreed` carries the action; nothing waits for the answer."""

    agreed = Signal(object)

    def __init__(self, action: Adjust, part: Part, live: Live, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        channel = part.channels[0] if part.channels else None
        known = live.values.get(channel.name) if channel is not None else None
        now = words.value(known.value if known else None, part.unit, channel.resolution if channel is not None else 0.0)
        sentence = (
            self.tr("Adjust the zero of {name}? Its indication, now {now}, becomes {target}. Zero gas must be flowing.")
            if action.point is Adjustment.ZERO
            else self.tr("Adjust the span of {name}? Its indication, now {now}, becomes {target}. Span gas must be flowing.")
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(self.tr("Adjust a device"))
        self.setText(sentence.format(name=action.device, now=now, target=f"{action.target:g} {part.unit}"))
        adjust = self.addButton(self.tr("&Adjust"), QMessageBox.ButtonRole.AcceptRole)
        self.addButton(QMessageBox.StandardButton.Cancel)
        adjust.clicked.connect(lambda: self.agreed.emit(action))
