"""The history of an entry as a list: when, who, what was changed from which value to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.dates import local
from testbench.register.entries import Section
from testbench.register.fields import FIELDS
from testbench.register.history import DEED_WORDS, Change
from testbench.register.listing import shown_value
from testbench.text import Language, Text

Index = QModelIndex | QPersistentModelIndex
HEADINGS = (Text(zh="时间", en="When"), Text(zh="人员", en="Who"), Text(zh="内容", en="What"))
EMPTY = Text(zh="（空）", en="(empty)")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A change as it is told."""

    when: str
    who: str
    what: Text


def history_rows(section: Section, changes: Sequence[Change]) -> tuple[HistoryRow, ...]:
    """The changes of an entry, the newest first."""
    return tuple(HistoryRow(local(change.at), change.by, _what(section, change)) for change in reversed(changes))


def _what(section: Section, change: Change) -> Text:
    return Text(zh=_told(section, change, "zh"), en=_told(section, change, "en"))


def _told(section: Section, change: Change, language: str) -> str:
    head = DEED_WORDS[change.deed].say(language)
    if change.detail:
        head += f"{'：' if language == 'zh' else ': '}{change.detail}"
    lines = [head]
    for field in FIELDS[section]:
        if field.name in change.values:
            before, after = (
                shown_value(field, value, language) or EMPTY.say(language) for value in change.values[field.name]
            )
            unit = f" {field.unit}" if field.unit else ""
            lines.append(f"{field.words.say(language)}: {before} → {after}{unit}")
    return "\n".join(lines)


class HistoryModel(QAbstractTableModel):
    """The changes of an entry."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[HistoryRow, ...] = ()
        self._language = Language.ENGLISH

    def show_rows(self, rows: tuple[HistoryRow, ...]) -> None:
        """Show other changes."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self.beginResetModel()
        self._language = language
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: D102, N802, B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: D102, N802, B008
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102, N802
        shown = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return HEADINGS[section].say(self._language) if shown and 0 <= section < len(HEADINGS) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return (row.when, row.who, row.what.say(self._language))[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        return None
