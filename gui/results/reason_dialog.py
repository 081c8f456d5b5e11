"""Asks for the reason why a result is excluded, restored or repeated; without one nothing is done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

WIDTH = 460


class ReasonDialog(QDialog):
    """What is going to be done, what follows from it, and a text that must not be empty. Ctrl+Enter confirms."""

    def __init__(
        self, title: str, what: str, consequence: str, confirm: str, by: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        said = QLabel(what, wordWrap=True)
        said.setProperty("level", "3")
        follows = QLabel(consequence, wordWrap=True)
        label = QLabel(self.tr("&Reason (it stays in the record and the report)"))
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setMaximumHeight(96)
        label.setBuddy(self.edit)
        who = QLabel(self.tr("Entered by {name}").format(name=by))
        who.setProperty("tone", "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.confirm = self.buttons.addButton(confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        self.confirm.setProperty("kind", "primary")
        self.confirm.setShortcut("Ctrl+Return")
        self.confirm.setToolTip(f"{confirm} (Ctrl+Enter)")
        self.confirm.setEnabled(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.edit.textChanged.connect(lambda: self.confirm.setEnabled(bool(self.reason)))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (said, follows, label, self.edit, who, self.buttons):
            column.addWidget(part)
        self.setMinimumWidth(WIDTH)
        self.edit.setFocus()

    @property
    def reason(self) -> str:
        """What was typed."""
        return self.edit.toPlainText().strip()

    def accept(self) -> None:
        """Confirm, with a reason only."""
        if self.reason:
            super().accept()
