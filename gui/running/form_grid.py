"""A table to fill in: typed cell by cell, pasted from a spreadsheet, or read from a CSV file; saved when it is complete."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.running.form_model import FormModel
from testbench.engine.entering import Entered, Form
from testbench.engine.form_file import read_form
from testbench.errors import InputError

_SHOWN_ROWS = 8
_LEAST_COLUMN = 110
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CellTable(QTableView):
    """The cells. Enter goes down, Ctrl+V pastes, Delete empties what is chosen."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Paste and empty; Enter goes to the cell below instead of answering."""
        model, at = self.model(), self.currentIndex()
        if not isinstance(model, FormModel):
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            model.paste(at, QGuiApplication.clipboard().text())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            model.clear(self.selectedIndexes())
        elif event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._go_down()
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: N802
        """After Enter the cell below is next."""
        super().closeEditor(editor, hint)
        if hint is QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self._go_down()

    def _go_down(self) -> None:
        at = self.currentIndex()
        if at.row() + 1 < self.model().rowCount():
            self.setCurrentIndex(self.model().index(at.row() + 1, at.column()))


class FormGrid(QWidget):
    """Shows one form. `saved` carries what was entered (`Entered`), which is complete."""

    saved = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._file = ""  # what the cells were read from, and were not changed since
        self._digest = ""
        self._busy = False
        self.model = FormModel(desk, self)
        self.model.edited.connect(self._edited)
        self.model.doubted.connect(self.say_wrong)
        self._build()
        self.retranslate()

    def show_form(self, form: Form | None) -> None:
        """Begin with a form."""
        self._file, self._digest = "", ""
        self.set_busy(False)
        self.model.show_form(form)
        grows = form is not None and form.most > form.least
        self._add.setVisible(grows)
        self._remove.setVisible(grows)
        self.table.resizeColumnsToContents()
        for place in range(self.model.columnCount()):
            self.table.setColumnWidth(place, max(_LEAST_COLUMN, self.table.columnWidth(place)))
        rows = min(_SHOWN_ROWS, max(2, self.model.rowCount() + (1 if grows else 0)))
        height = self.table.verticalHeader().defaultSectionSize() * rows + self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(height + 2 * self.table.frameWidth() + 2)
        self._whole.activate()
        self.setMinimumHeight(self.sizeHint().height())
        self._go_to_first_open()

    def import_file(self, path: Path) -> None:
        """Show the cells of a CSV file; what is wrong with it is said below."""
        form = self.model.form
        if form is None:
            return
        try:
            entered = read_form(form, path, self._desk.person)
        except InputError as error:
            self.say_wrong(self._desk.tell(str(error)))
            return
        self.model.show_entered(entered)
        self._file, self._digest = entered.source, entered.digest
        self._say_state()

    def set_busy(self, busy: bool) -> None:
        """While what was entered is being kept, it is not entered again."""
        self._busy = busy
        self._say_state()

    def say_wrong(self, why: str) -> None:
        """Say what is wrong, in place of how far it is filled in."""
        self._state.setText(why)
        self._state.setProperty("tone", "alarm")
        self._restyle()

    def give_focus(self) -> None:
        """Let the keyboard go to the cells."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Hand over what was entered, if it is complete; a cell that is being typed counts."""
        self._save.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._busy or not self._save.isEnabled():
            return
        try:
            rows = self.model.rows()
        except InputError as error:
            self.say_wrong(self._desk.tell(str(error)))
            return
        source = self._file or "window"
        self.set_busy(True)
        self.saved.emit(Entered(rows, by=self._desk.person, source=source, digest=self._digest))

    def retranslate(self) -> None:
        """Set all texts."""
        self.table.setAccessibleName(self.tr("Table to fill in"))
        self._import.setText(self.tr("Import CSV … (Ctrl+I)"))
        self._import.setShortcut(QKeySequence("Ctrl+I"))
        self._add.setText(self.tr("Add row (Ctrl+Down)"))
        self._add.setShortcut(QKeySequence("Ctrl+Down"))
        self._remove.setText(self.tr("Remove row (Ctrl+Up)"))
        self._remove.setShortcut(QKeySequence("Ctrl+Up"))
        self._save.setText(self.tr("Save table (Ctrl+Return)"))
        self._save.setShortcut(QKeySequence("Ctrl+Return"))
        self._hint.setText(self.tr("Cells can be pasted from a spreadsheet (Ctrl+V)."))
        self.table.horizontalHeader().viewport().update()
        self._say_state()

    # ---- inside -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.table = CellTable()
        self.table.setModel(self.model)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setStretchLastSection(True)
        self._state, self._hint = QLabel(), QLabel()
        self._state.setMinimumHeight(self._state.fontMetrics().height() + 6)
        self._state.setWordWrap(True)
        self._hint.setProperty("tone", "muted")
        self._import, self._add, self._remove, self._save = (QPushButton() for _ in range(4))
        self._save.setProperty("kind", "primary")
        self._import.clicked.connect(self._ask_file)
        self._add.clicked.connect(self.model.add_row)
        self._remove.clicked.connect(lambda: self.model.remove_row(self.table.currentIndex().row()))
        self._save.clicked.connect(self.save)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for part in (self._import, self._add, self._remove, self._hint):
            buttons.addWidget(part)
        buttons.addStretch(1)
        buttons.addWidget(self._save)
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(self.table)
        whole.addWidget(self._state)
        whole.addLayout(buttons)

    def _edited(self) -> None:
        self._file, self._digest = "", ""
        self._say_state()

    def _say_state(self) -> None:
        """Say what is wrong with the first wrong cell, how many are empty, or that it can be saved."""
        form, wrong, missing = self.model.form, self.model.first_wrong(), self.model.missing()
        self._add.setEnabled(self.model.may_grow)
        self._remove.setEnabled(self.model.may_shrink)
        self._save.setEnabled(form is not None and wrong is None and missing == 0 and not self._busy)
        if form is None:
            self._state.clear()
        elif wrong is not None:
            title = form.columns[wrong[1]].title.say(self._desk.language)
            self.say_wrong(
                self.tr("Row {row}, {column}: {why}").format(row=wrong[0] + 1, column=title, why=self.model.wrong(*wrong))
            )
            return
        elif missing:
            self._state.setText(self.tr("{count} cells are still empty.").format(count=missing))
        elif self._file:
            self._state.setText(self.tr("Complete, from {file}.").format(file=self._file))
        else:
            self._state.setText(self.tr("Complete."))
        self._state.setProperty("tone", "muted")
        self._restyle()

    def _restyle(self) -> None:
        self._state.style().unpolish(self._state)
        self._state.style().polish(self._state)

    def _go_to_first_open(self) -> None:
        for row in range(self.model.rowCount()):
            for place in range(self.model.columnCount()):
                index = self.model.index(row, place)
                if self.model.flags(index) & Qt.ItemFlag.ItemIsEditable:
                    self.table.setCurrentIndex(index)
                    return

    def _ask_file(self) -> None:
        kinds = self.tr("Tables") + " (*.csv *.txt *.tsv)"
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Table to read"), "", kinds)
        if chosen:
            self.import_file(Path(chosen))
