"""What changes when an evaluation is judged by another standard: read in a thread, and shown as a table."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.desk import Desk
from gui.results.words import NONE, outcome_shape, outcome_word
from gui.theme import Tone
from gui.widgets.state_label import Shape
from testbench.criteria.standard import load_standard
from testbench.engine.rescoring import Change, Judgement, Rescored, rescore
from testbench.errors import InputError
from testbench.office.rescored_csv import changes_as_csv
from testbench.record.store import Record
from testbench.report.phrases import place_text
from testbench.report.wording import wording
from testbench.text import Language
from testbench.whole_file import write_whole

BYTE_ORDER_MARK = "\ufeff"
"""Excel tells UTF-8 by it."""
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def judged_again(record: Path, evaluation: str, standard: str) -> Rescored:
    """Judge an evaluation by another standard; nothing is written."""
    wanted = load_standard(standard)
    with Record.open(record) as opened:
        (rescored,) = rescore(opened, wanted, [evaluation])
    return rescored


def write_changes(rescored: Rescored, standard: str, language: Language, path: Path) -> Path:
    """Write what changes as CSV, one row a verdict, in place of a file that may be there; return its path."""
    try:
        write_whole(path, BYTE_ORDER_MARK + changes_as_csv([rescored], standard, language))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None
    return path


class Column(IntEnum):
    """The columns of the table."""

    DEVICE = 0
    CHARACTERISTIC = 1
    VALUE = 2
    BEFORE = 3
    AFTER = 4


class RescoreModel(QAbstractTableModel):
    """The verdicts that change, one a row."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._changes: tuple[Change, ...] = ()

    def show_changes(self, changes: tuple[Change, ...]) -> None:
        """Show what changes."""
        self.beginResetModel()
        self._changes = changes
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(self._changes)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: D102, N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match Column(section):
            case Column.DEVICE:
                return self.tr("Device")
            case Column.CHARACTERISTIC:
                return self.tr("Characteristic")
            case Column.VALUE:
                return self.tr("Value")
            case Column.BEFORE:
                return self.tr("Verdict in the record")
            case Column.AFTER:
                return self.tr("Verdict by this standard")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if index.isValid() and role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return self._text(self._changes[index.row()], Column(index.column()))
        return None

    def why(self, row: int) -> str:
        """Why the verdict of a row is another one."""
        return "\n".join(self._desk.say(reason) for reason in self._changes[row].why)

    def shape(self, index: Index) -> tuple[Shape, Tone] | None:
        """The shape of a verdict; None in the other columns."""
        change = self._changes[index.row()]
        if index.column() not in (Column.BEFORE, Column.AFTER):
            return None
        judgement = change.before if index.column() == Column.BEFORE else change.after
        return NONE if judgement is None else outcome_shape(judgement.outcome)

    def _text(self, change: Change, column: Column) -> str:
        match column:
            case Column.DEVICE:
                return change.device
            case Column.CHARACTERISTIC:
                words = wording(self._desk.language)
                name = words.name("characteristic", change.characteristic)
                return f"{name} ({place_text(change.index, words)})" if change.index else name
            case Column.VALUE:
                shown = change.after or change.before
                return "–" if shown is None or shown.value is None else f"{shown.value:.4g} {shown.unit}".strip()
            case Column.BEFORE:
                return self._judgement(change.before)
            case Column.AFTER:
                return self._judgement(change.after)

    def _judgement(self, judgement: Judgement | None) -> str:
        if judgement is None:
            return self.tr("not asked for")
        parts = [outcome_word(self._desk, judgement.outcome), judgement.limit, judgement.grade]
        if judgement.provisional:
            parts.append(self.tr("(provisional)"))
        return " ".join(part for part in parts if part)
