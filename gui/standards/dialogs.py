"""Asks what an action on a criteria file needs: a name, who does it, where a figure was read."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

WIDTH = 520


@dataclass(frozen=True, slots=True)
class Asked:
    """A line to fill in: its label, what stands in it, an example, and whether it may stay empty."""

    label: str
    filled: str = ""
    example: str = ""
    optional: bool = False


class AskDialog(QDialog):
    """What is going to be done, what follows from it, and lines to fill in; all that are needed must be."""

    def __init__(
        self, title: str, what: str, consequence: str, lines: tuple[Asked, ...], confirm: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        said = QLabel(what, wordWrap=True)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setProperty("level", "3")
        follows = QLabel(consequence, wordWrap=True)
        follows.setTextFormat(Qt.TextFormat.PlainText)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._asked = lines
        self.edits = tuple(QLineEdit(line.filled) for line in lines)
        for line, edit in zip(lines, self.edits, strict=True):
            edit.setPlaceholderText(line.example)
            edit.textChanged.connect(self._look)
            form.addRow(line.label, edit)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.confirm = self.buttons.addButton(confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        self.confirm.setProperty("kind", "primary")
        self.confirm.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        for part in (said, follows):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(self.buttons)
        self._look()
        next((edit for edit in self.edits if not edit.text()), self.edits[0]).setFocus()

    @property
    def texts(self) -> tuple[str, ...]:
        """What was filled in, line by line."""
        return tuple(edit.text().strip() for edit in self.edits)

    @property
    def complete(self) -> bool:
        """Whether everything is there that is needed."""
        return all(text or line.optional for line, text in zip(self._asked, self.texts, strict=True))

    def accept(self) -> None:
        """Confirm, when everything is there."""
        if self.complete:
            super().accept()

    def _look(self) -> None:
        self.confirm.setEnabled(self.complete)
