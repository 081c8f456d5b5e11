"""What a check of the station found, as a table: the part, who it says it is, and what is wrong in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.bench.words import Words
from gui.icons import icon
from gui.theme import Theme, Tone
from testbench.engine.manual.checking import Checked, Severity

AnyIndex = QModelIndex | QPersistentModelIndex
COLUMNS = 4  # part, what it is, says it is, what is wrong


class CheckModel(QAbstractTableModel):
    """One row a part; what is wrong first."""

    def __init__(self, theme: Theme, words: Words, tell: Callable[[str], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._tell = tell
        self._rows: tuple[Checked, ...] = ()

    def show_rows(self, rows: tuple[Checked, ...]) -> None:
        """Show another check; faults first, then what needs attention, else in the order of the station."""
        self.beginResetModel()
        self._rows = tuple(sorted(rows, key=lambda one: 0 if one.fault else 1 if one.problems else 2))
        self.endResetModel()

    def row(self, number: int) -> Checked:
        """The part of a row."""
        return self._rows[number]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, D102, N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, D102, N802
        return 0 if parent.isValid() else COLUMNS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: D102, N802
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Part"), self.tr("What it is"), self.tr("Says it is"), self.tr("What is wrong"))[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        one = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(one, index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            if one.fault:
                return icon("close", self._theme.colour(Tone.ALARM))
            if one.problems:
                return icon("warning", self._theme.colour(Tone.ATTENTION))
            return icon("check", self._theme.colour(Tone.MUTED))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, one: Checked, column: int) -> str:
        part = one.part
        if column == 0:
            return self._words.name(part)
        if column == 1:
            return self._words.place(part.place)
        if column == 2:
            said = one.identity
            if said is None:
                return self.tr("read by {name}").format(name=part.session) if part.session and not part.own_session else ""
            told = " ".join(filter(None, (said.maker, said.model, said.serial, said.firmware)))
            return told or self.tr("answers, but says no name")
        faults = [self._tell(problem.text) for problem in one.problems if problem.severity is Severity.FAULT]
        rest = [self._tell(problem.text) for problem in one.problems if problem.severity is not Severity.FAULT]
        return "\n".join([*faults, *rest]) or self.tr("nothing")
