"""The suite beside the settings of the chosen procedure: trimmed, ordered, added to, set, kept in files."""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.desk import Desk
from gui.icons import icon
from gui.planning.looking import Look
from gui.planning.settings_form import SettingsForm
from gui.planning.suite_lines import Suite, new_line, save
from gui.planning.suite_list import SuiteModel, SuiteView
from gui.theme import Tone
from testbench.engine.checking.problem import PlaceKind
from testbench.engine.registry import find_procedure, procedure_names
from testbench.text import Text

FILTER = "TOML (*.toml)"


class SuiteEditor(QSplitter):
    """The two panels. `edited` comes with every change; `anew` carries the path of a suite file, None for the standard's."""

    edited = Signal()
    anew = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._desk = desk
        self._look: Look | None = None
        self._suite: Suite | None = None
        self._own = False
        self.model = SuiteModel(desk, self)
        self.view = SuiteView(desk)
        self.view.setModel(self.model)
        self.form = SettingsForm(desk)
        self.up, self.down, self.add, self.remove, self.restore, self.files = (QToolButton() for _ in range(6))
        for button in (self.add, self.files):
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setMenu(QMenu(button))
        self._open_file, self._save_file = QAction(self), QAction(self)
        self.files.menu().addActions([self._open_file, self._save_file])
        self.restore_settings = QPushButton()
        self._heading, self._settings_heading = QLabel(), QLabel()
        self._heading.setBuddy(self.view)
        for heading in (self._heading, self._settings_heading):
            heading.setProperty("level", "3")
        self.addWidget(_panel(self._heading, self.buttons, self.view))
        self.addWidget(_panel(self._settings_heading, (self.restore_settings,), self.form))
        self._connect()

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        """The buttons over the list."""
        return (self.up, self.down, self.add, self.remove, self.restore, self.files)

    def _connect(self) -> None:
        self.model.edited.connect(self._edit)
        self.view.move_wanted.connect(self._move)
        self.view.removal_wanted.connect(self._remove)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_line())
        self.form.typed.connect(self._type)
        self.form.reset.connect(self._reset)
        self.form.rebuilt.connect(self._order_keys)
        self.restore_settings.clicked.connect(lambda: self._reset(""))
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.remove.clicked.connect(self._remove)
        self.restore.clicked.connect(lambda: self.anew.emit(None))
        self._open_file.triggered.connect(self._ask_to_open)
        self._save_file.triggered.connect(self._ask_to_save)

    def _order_keys(self) -> None:
        """The tabulator goes from the buttons to the list, and from there to the settings."""
        for before, after in itertools.pairwise((*self.buttons, self.view, self.restore_settings, *self.form.controls)):
            QWidget.setTabOrder(before, after)

    # ---- the suite ----------------------------------------------------------------------------------------------------

    @property
    def suite(self) -> Suite | None:
        """The suite as it is edited; None until one has been read."""
        return self._suite

    @property
    def own_suite(self) -> Suite | None:
        """The suite of a file, or one that was edited; None while it is what the standard has for the devices."""
        return self._suite if self._own else None

    def forget(self) -> None:
        """Have the next look bring a suite."""
        self._suite, self._own = None, False

    def show_look(self, look: Look) -> None:
        """Show what was found of the suite; one that is edited stays."""
        self._look = look
        if not self._own:
            self._suite, self._own = look.suite, look.wanted.suite_file is not None
        self._show()

    @property
    def row(self) -> int:
        """The chosen line, −1 for none."""
        return self.view.currentIndex().row()

    def choose_row(self, row: int) -> None:
        """Choose a line."""
        self.view.setCurrentIndex(self.model.index(row))

    def add_procedure(self, name: str) -> None:
        """Add a procedure after the chosen line, and choose it."""
        suite = self._suite or Suite()
        after = self.row if self.row >= 0 else len(suite.lines) - 1
        standard = self._look.standard if self._look is not None else None
        self._edit(suite.added(new_line(name, standard), after))
        self.choose_row(after + 1)

    def _edit(self, suite: Suite) -> None:
        """Take a changed suite; the line that was chosen stays chosen, wherever it is now."""
        row = self.row
        chosen = self._suite.lines[row] if self._suite is not None and 0 <= row < len(self._suite.lines) else None
        self._suite, self._own = suite, True
        self._show()
        if chosen is not None and suite.lines:
            there = (index for index, line in enumerate(suite.lines) if line is chosen)
            self.choose_row(next(there, min(row, len(suite.lines) - 1)))
        self._show_line()
        self.edited.emit()

    def _move(self, by: int) -> None:
        if self._suite is not None and self.row >= 0:
            self._edit(self._suite.moved(self.row, self.row + by))

    def _remove(self) -> None:
        if self._suite is not None and self.row >= 0:
            self._edit(self._suite.removed(self.row))

    def _type(self, name: str, text: str) -> None:
        if self._suite is not None and self.row >= 0:
            self._edit(self._suite.changed(self.row, self._suite.lines[self.row].typed(name, text)))

    def _reset(self, name: str) -> None:
        if self._suite is not None and self.row >= 0:
            self._edit(self._suite.changed(self.row, self._suite.lines[self.row].reset(name or None)))

    # ---- files --------------------------------------------------------------------------------------------------------

    def _ask_to_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a suite file"), str(self._desk.folder), FILTER)
        if name:
            self.anew.emit(Path(name))

    def _ask_to_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the suite"), str(self._desk.folder), FILTER)
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Save the suite as a file for the command line and for the next time; one with wrong settings is refused."""
        suite = self._suite or Suite()
        self._desk.tasks.start(
            lambda _: save(suite, path),
            owner=self,
            done=lambda _: self._desk.inform(self.tr("Saved: {path}").format(path=path)),
            title=self.tr("Save the suite"),
        )

    # ---- showing ------------------------------------------------------------------------------------------------------

    def focus(self, item: int, setting: str) -> None:
        """Put the keyboard on an item of the suite, by its number, or on a setting of it."""
        if self._suite is not None and 1 <= item <= len(self._suite.taken):
            self.choose_row(self._suite.taken[item - 1])
        if setting:
            self.form.focus(setting)
        else:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_characteristic(self, name: str) -> None:
        """Put the keyboard on the procedure that determines a characteristic, or where one is added."""
        lines = self._suite.lines if self._suite is not None else ()
        row = next((i for i, line in enumerate(lines) if name in line.procedure.characteristics), -1)
        if row >= 0:
            self.choose_row(row)
        (self.view if row >= 0 else self.add).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        suite, look = self._suite or Suite(), self._look
        self.restore.setEnabled(look is not None and look.standard is not None)
        self.model.show_suite(suite, look.standard if look is not None else None, look.measurand if look is not None else "")
        if self.row < 0 and suite.lines:
            self.choose_row(0)
        self._show_line()

    def _show_line(self) -> None:
        suite, row = self._suite or Suite(), self.row
        line = suite.lines[row] if 0 <= row < len(suite.lines) else None
        self.form.show_line(line, self._told_of(row))
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < len(suite.lines) - 1)
        self.remove.setEnabled(line is not None and (line.taken or not line.of_standard))
        self.restore_settings.setEnabled(line is not None and bool(line.texts))

    def _told_of(self, row: int) -> dict[str, Text]:
        """What the dry run found in the settings of a line, while it is of what is shown."""
        look, suite = self._look, self._suite
        if look is None or suite is None or row not in suite.taken or look.suite is not suite:
            return {}
        item = suite.taken.index(row) + 1
        found = (one for one in look.problems if one.place.kind is PlaceKind.SETTING and one.place.item == item)
        return {problem.place.name: problem.text for problem in found}

    def retranslate(self) -> None:
        """Set the texts."""
        self._heading.setText(self.tr("S&uite"))
        self._settings_heading.setText(self.tr("Settings"))
        self.restore_settings.setText(self.tr("&Reset all"))
        self.restore_settings.setToolTip(self.tr("Settings of this procedure as they were given"))
        for button, text, key in (
            (self.up, self.tr("Earlier"), "Alt+Up"),
            (self.down, self.tr("Later"), "Alt+Down"),
            (self.add, self.tr("Add a procedure"), ""),
            (self.remove, self.tr("Leave out, or remove what was added"), self.tr("Del")),
            (self.restore, self.tr("The standard's own suite again"), ""),
            (self.files, self.tr("Suite files"), ""),
        ):
            button.setToolTip(f"{text} ({key})" if key else text)
            button.setAccessibleName(text)
        self.view.setAccessibleName(self.tr("Suite"))
        self._open_file.setText(self.tr("Open a suite file …"))
        self._save_file.setText(self.tr("Save as a suite file …"))
        menu = self.add.menu()
        menu.clear()
        for name in procedure_names():
            action = QAction(self._desk.say(find_procedure(name).title), menu)
            action.triggered.connect(lambda _=False, name=name: self.add_procedure(name))
            menu.addAction(action)
        self.model.tell_change()
        self.form.retranslate()

    def restyle(self) -> None:
        """Set the colours."""
        colour = self._desk.theme.colour(Tone.TEXT)
        for button, name in zip(self.buttons, ("up", "down", "add", "remove", "undo", "open"), strict=True):
            button.setIcon(icon(name, colour))
        self.form.restyle()


def _panel(heading: QLabel, buttons: tuple[QToolButton | QPushButton, ...], body: QWidget) -> QWidget:
    """A heading with buttons over a body."""
    head = QHBoxLayout()
    head.addWidget(heading, 1)
    for button in buttons:
        if isinstance(button, QToolButton):
            button.setAutoRaise(True)
        head.addWidget(button)
    panel = QWidget()
    column = QVBoxLayout(panel)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addLayout(head)
    column.addWidget(body, 1)
    return panel
