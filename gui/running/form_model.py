"""The cells of a table that a person fills in, as a Qt model: texts as they were typed, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush

from gui.desk import Desk
from gui.theme import Tone
from testbench.engine.entering import Cell, Column, Entered, Form
from testbench.errors import InputError

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
NAME_ENDS = ": "  # behind the name of the column, in what is wrong with a cell


class FormModel(QAbstractTableModel):
    """A row of texts for every row of the table. `edited` comes after every change of a cell.

    `doubted` says, in the language of the window, what was pasted otherwise than it was meant.
    """

    edited = Signal()
    doubted = Signal(str)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._form: Form | None = None
        self._cells: list[list[str]] = []

    @property
    def form(self) -> Form | None:
        """The form that is filled in."""
        return self._form

    def show_form(self, form: Form | None) -> None:
        """Begin with a form: its given cells, and the least number of empty rows."""
        self.beginResetModel()
        self._form = form
        rows = 0 if form is None else max(1, form.least)
        self._cells = [self._empty(number) for number in range(rows)]
        self.endResetModel()
        self.edited.emit()

    def show_entered(self, entered: Entered) -> None:
        """Show a table that was read from a file."""
        form = self._form
        if form is None:
            return
        self.beginResetModel()
        self._cells = [[shown(row.get(column.name)) for column in form.columns] for row in entered.rows]
        self.endResetModel()
        self.edited.emit()

    # ---- what was typed ------------------------------------------------------------------------------------------------

    def wrong(self, row: int, place: int) -> str:
        """What is wrong with a cell that is not empty, in the language of the window; empty where nothing is."""
        column, text = self._column(place), self._cells[row][place]
        if not text.strip() or self._given(row, place):
            return ""
        try:
            column.checked(column.read(text))
        except InputError as error:
            return self._desk.tell(str(error).removeprefix(column.name + NAME_ENDS))
        return ""

    def first_wrong(self) -> tuple[int, int] | None:
        """Row and column of the first cell that is wrong; None where none is."""
        places = ((row, place) for row in range(len(self._cells)) for place in range(self.columnCount()))
        return next((at for at in places if self.wrong(*at)), None)

    def missing(self) -> int:
        """How many cells must still be filled in."""
        return sum(
            not self._column(place).optional and not text.strip() for row in self._cells for place, text in enumerate(row)
        )

    def rows(self) -> tuple[Mapping[str, Cell], ...]:
        """The rows as they are entered; InputError where the table is not complete."""
        form = self._form
        assert form is not None
        rows = [
            {column.name: column.read(text) for column, text in zip(form.columns, row, strict=True)} for row in self._cells
        ]
        return form.complete(rows)

    def paste(self, at: Index, text: str) -> None:
        """Put the cells of a spreadsheet in from a cell on, in lines and tabulators; given cells stay as they are.

        `doubted` names cells that had no room, and given ones that were pasted over with something else.
        """
        form = self._form
        if form is None:
            return
        lines = [line.split("\t") for line in text.replace("\r\n", "\n").rstrip("\n").split("\n")]
        top, left = max(0, at.row()), max(0, at.column())
        for _ in range(min(form.most, top + len(lines)) - len(self._cells)):
            self.add_row()
        lost, other = 0, ""
        for down, cells in enumerate(lines):
            for right, cell in enumerate(cells):
                row, place, text = top + down, left + right, cell.strip()
                if row >= len(self._cells) or place >= len(form.columns):
                    lost += bool(text)
                elif not self._given(row, place):
                    self._cells[row][place] = text
                elif text and not _same(form.columns[place], text, self._cells[row][place]):
                    given = self._cells[row][place]
                    other = other or f"row {row + 1}: {text} was pasted where {given} is given; compare the rows"
        self._tell_all()
        if lost or other:
            self.doubted.emit(self._desk.tell(other or f"{lost} pasted cells have no room in the table and were left out"))

    def clear(self, indexes: list[QModelIndex]) -> None:
        """Empty cells."""
        for index in indexes:
            if not self._given(index.row(), index.column()):
                self._cells[index.row()][index.column()] = ""
        self._tell_all()

    # ---- rows ----------------------------------------------------------------------------------------------------------

    @property
    def may_grow(self) -> bool:
        """Whether another row may be added."""
        return self._form is not None and len(self._cells) < self._form.most

    @property
    def may_shrink(self) -> bool:
        """Whether a row may be taken away."""
        return self._form is not None and len(self._cells) > max(1, self._form.least)

    def add_row(self) -> None:
        """Add an empty row at the end."""
        if self.may_grow:
            self.beginInsertRows(NOWHERE, len(self._cells), len(self._cells))
            self._cells.append(self._empty(len(self._cells)))
            self.endInsertRows()
            self.edited.emit()

    def remove_row(self, row: int) -> None:
        """Take a row away, but none that is given."""
        given = 0 if self._form is None else len(self._form.given)
        if self.may_shrink and given <= row < len(self._cells):
            self.beginRemoveRows(NOWHERE, row, row)
            del self._cells[row]
            self.endRemoveRows()
            self.edited.emit()

    # ---- Qt ------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() else len(self._cells)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: D102, N802
        return 0 if parent.isValid() or self._form is None else len(self._form.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102, N802
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole and section < self.columnCount():
            return self._column(section).heading(self._desk.language)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        row, place = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._cells[row][place]
        if role == Qt.ItemDataRole.ToolTipRole or role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.wrong(row, place) or None
        if role == Qt.ItemDataRole.ForegroundRole and self._given(row, place):
            return QBrush(self._desk.theme.colour(Tone.MUTED))
        if role == Qt.ItemDataRole.ForegroundRole and self.wrong(row, place):
            return QBrush(self._desk.theme.colour(Tone.ALARM))
        if role == Qt.ItemDataRole.TextAlignmentRole and self._column(place).kind == "number":
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: D102, N802
        if role != Qt.ItemDataRole.EditRole or self._given(index.row(), index.column()):
            return False
        self._cells[index.row()][index.column()] = str(value).strip()
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if self._given(index.row(), index.column()) else flags | Qt.ItemFlag.ItemIsEditable

    # ---- inside ---------------------------------------------------------------------------------------------------------

    def _empty(self, number: int) -> list[str]:
        form = self._form
        fixed = form.given[number] if form is not None and number < len(form.given) else {}
        return [] if form is None else [shown(fixed.get(column.name)) for column in form.columns]

    def _column(self, place: int) -> Column:
        assert self._form is not None
        return self._form.columns[place]

    def _given(self, row: int, place: int) -> bool:
        return self._form is not None and self._form.is_given(row, self._column(place).name)

    def _tell_all(self) -> None:
        if self._cells:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._cells) - 1, self.columnCount() - 1))
        self.edited.emit()


def _same(column: Column, one: str, other: str) -> bool:
    """Whether two texts are one cell, such as 1 and 1.0."""
    try:
        return column.read(one) == column.read(other)
    except InputError:
        return False


def shown(cell: Cell) -> str:
    """A cell as it is shown, and may be typed again."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.15g}" if isinstance(cell, float | int) else cell
