"""The further standards that an evaluation serves beside the chosen one: a list to check, hidden until it is wanted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

ROWS_SHOWN = 5
NAME = Qt.ItemDataRole.UserRole


class FurtherStandards(QWidget):
    """`changed` comes where another choice asks for another suite."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wanted = QCheckBox()
        self.list = QListWidget()
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.list.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.wanted)
        column.addWidget(self.list)
        self.wanted.toggled.connect(self._open)
        self.list.itemChanged.connect(lambda _: self.changed.emit())

    @property
    def names(self) -> tuple[str, ...]:
        """The standards that are checked, by name or path; none while the list is out of sight."""
        if not self.wanted.isChecked():
            return ()
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(str(item.data(NAME)) for item in items if _offered(item) and item.checkState() is Qt.CheckState.Checked)

    def offer(self, name: str) -> None:
        """Put a standard, or a criteria file by its path, into the list; one that is there already stays."""
        if self._find(name) is None:
            item = QListWidgetItem(Path(name).name)
            item.setData(NAME, name)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            self.list.blockSignals(True)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
            self.list.blockSignals(False)
            height = self.list.sizeHintForRow(0) * min(ROWS_SHOWN, self.list.count()) + 2 * self.list.frameWidth()
            self.list.setFixedHeight(height)

    def check(self, name: str, checked: bool = True) -> None:
        """Check a standard, or take its check away; the list comes into sight."""
        self.offer(name)
        item = self._find(name)
        assert item is not None
        self.wanted.setChecked(True)
        item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)

    def leave_out(self, chosen: str) -> None:
        """Do not offer the standard that is chosen already; with none chosen nothing can be served beside it."""
        self.setEnabled(bool(chosen))
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(str(item.data(NAME)) == chosen)

    def _find(self, name: str) -> QListWidgetItem | None:
        items = (self.list.item(row) for row in range(self.list.count()))
        return next((item for item in items if item.data(NAME) == name), None)

    def _open(self, wanted: bool) -> None:
        had = any(self.list.item(row).checkState() is Qt.CheckState.Checked for row in range(self.list.count()))
        self.list.setVisible(wanted)
        if had:
            self.changed.emit()

    def retranslate(self) -> None:
        """Set the texts."""
        self.wanted.setText(self.tr("Serve &further standards at once"))
        self.wanted.setToolTip(self.tr("What they ask for alike is done once; every standard judges for itself"))
        self.list.setAccessibleName(self.tr("Further standards"))


def _offered(item: QListWidgetItem) -> bool:
    return not item.isHidden()
