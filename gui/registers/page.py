"""The screen of the registers: a tab each for devices under test, cylinders and gases, and other measurement standards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QMessageBox, QPushButton, QTabWidget, QVBoxLayout, QWidget

from gui.desk import Desk
from gui.icons import icon
from gui.page import Page
from gui.registers import deeds
from gui.registers.section import SectionView
from gui.theme import Tone
from testbench.register.entries import Section
from testbench.register.fields import SECTION_WORDS
from testbench.register.gathering import Taken


class RegistersPage(Page):
    """Devices and gases. `arrive` takes `section` ("devices", "cylinders", "standards"), `entry` (its number), `search`."""

    name: ClassVar[str] = "registers"
    icon: ClassVar[str] = "registers"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.views = {section: SectionView(desk, section) for section in Section}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for view in self.views.values():
            self.tabs.addTab(view, "")
            view.unsaved_changed.connect(self._name_tabs)
            view.import_wanted.connect(self.ask_for_station)
        self._build_menu()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 0, 0)
        column.addWidget(self.tabs)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._focus_search)
        self._find = find
        remembered = desk.preferences.get("registers.section", Section.DEVICES.value)
        self.tabs.setCurrentWidget(self.views[Section(remembered) if remembered in tuple(Section) else Section.DEVICES])
        self.tabs.currentChanged.connect(self._change_section)
        self._restore()
        self.retranslate()
        self.restyle()

    @property
    def view(self) -> SectionView:
        """The register that is shown."""
        view = self.tabs.currentWidget()
        assert isinstance(view, SectionView)
        return view

    def title(self) -> str:
        """What the screen is called."""
        return self.tr("Devices, gases")

    # ---- the screen ---------------------------------------------------------------------------------------------------

    def _build_menu(self) -> None:
        self._menu = QMenu(self)
        self._actions: dict[str, QAction] = {}
        for name, key, act in (
            ("station", "Ctrl+I", self.ask_for_station),
            ("import", "Ctrl+Shift+I", self.ask_for_csv),
            ("export", "Ctrl+E", self.ask_where_to_export),
            ("remove", "", self.ask_to_remove),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _=False, act=act: act())
            self.addAction(action)
            self._menu.addAction(action)
            self._actions[name] = action
        self._menu.insertSeparator(self._actions["remove"])
        self._more = QPushButton()
        self._more.setMenu(self._menu)
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 0, 12, 4)
        row.addWidget(self._more)
        self.tabs.setCornerWidget(corner, Qt.Corner.TopRightCorner)

    def retranslate(self) -> None:
        """Set all texts."""
        self._more.setText(self.tr("&Import, export"))
        for name, text in (
            ("station", self.tr("Import from a station file …")),
            ("import", self.tr("Import from a CSV file …")),
            ("export", self.tr("Export the list as a CSV file …")),
            ("remove", self.tr("Remove an entry made by mistake …")),
        ):
            self._actions[name].setText(text)
        self._find.setWhatsThis(self.tr("Search"))
        self.tabs.setAccessibleName(self.tr("Registers"))
        for view in self.views.values():
            view.retranslate()
        self._name_tabs()

    def restyle(self) -> None:
        """Draw the icons in the present colours."""
        self._more.setIcon(icon("export", self.desk.theme.colour(Tone.TEXT)))
        for view in self.views.values():
            view.restyle()

    def arrive(self, **target: Any) -> None:
        """Read the registers; show what is asked for."""
        section = target.get("section")
        if section is not None:
            self.tabs.setCurrentWidget(self.views[Section(section)])
        if "search" in target:
            self.view.list.show_all()
            self.view.list.search.setText(str(target["search"]))
        self.view.reload(target.get("entry"))
        self._focus_search()

    def leave(self) -> None:
        """Remember the layout; what is not saved is kept."""
        for section, view in self.views.items():
            if view.list.table.kept:
                self.desk.preferences.save_layout(f"registers.{section}-columns", view.list.table.horizontalHeader())
            self.desk.preferences.save_layout(f"registers.{section}-splitter", view.splitter)

    def may_close(self) -> str | None:
        """Say which entries are not saved."""
        unsaved = [name for view in self.views.values() for name in view.unsaved]
        if not unsaved:
            return None
        return self.tr("Not saved in the registers: {names}").format(names=", ".join(unsaved))

    def _restore(self) -> None:
        for section, view in self.views.items():
            header = view.list.table.horizontalHeader()
            kept = self.desk.preferences.restore_layout(f"registers.{section}-columns", header)
            view.list.table.kept = kept
            self.desk.preferences.restore_layout(f"registers.{section}-splitter", view.splitter)

    def _name_tabs(self) -> None:
        for place, (section, view) in enumerate(self.views.items()):
            words = self.desk.say(SECTION_WORDS[section])
            self.tabs.setTabText(place, f"{words} ✎" if view.unsaved else words)

    def _change_section(self) -> None:
        self.desk.preferences.set("registers.section", self.view.section.value)
        self.view.reload()

    def _focus_search(self) -> None:
        self.view.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.view.list.search.selectAll()

    # ---- import, export, remove ---------------------------------------------------------------------------------------

    def ask_for_station(self) -> None:
        """Choose a station file in a dialog, and import it."""
        chosen = self.desk.stations.chosen
        folder = str(chosen.parent) if chosen else self.desk.preferences.get("registers.folder", "")
        self._ask(self.tr("Import from a station file"), self.tr("Station files (*.toml)"), self.import_station, folder)

    def ask_for_csv(self) -> None:
        """Choose a CSV file in a dialog, and import it."""
        folder = self.desk.preferences.get("registers.folder", "")
        self._ask(self.tr("Import from a CSV file"), self.tr("Tables (*.csv *.txt)"), self.import_csv, folder)

    def ask_where_to_export(self) -> None:
        """Choose where to write the list, and write it."""
        folder = self.desk.preferences.get("registers.folder", "")
        dialog = QFileDialog(self, self.tr("Export the list"), folder, self.tr("Tables (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{self.view.section.value}.csv")
        self._open(dialog, self.export_csv)

    def ask_to_remove(self) -> None:
        """Remove the entry that is shown, after asking."""
        view = self.view
        draft = view.draft
        if draft is None or draft.base is None:
            return
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(self.tr("Remove the entry?"))
        text = self.tr("Remove {name}, with its files and its history?")
        question.setText(text.format(name=draft.base.name))
        question.setInformativeText(self.tr("An entry that was used in an evaluation stays; it can be retired."))
        yes = question.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        question.setDefaultButton(question.addButton(QMessageBox.StandardButton.Cancel))
        yes.clicked.connect(view.remove)
        question.open()

    def import_station(self, path: Path) -> None:
        """Take the devices, gases and certified instruments of a station file into the registers."""
        by = self.desk.person
        self.desk.tasks.start(
            lambda progress: deeds.import_station(path, by, progress),
            owner=self,
            done=self._taken,
            failed=lambda error: self._failed(error, self.tr("The station file was not imported")),
            title=self.tr("Importing"),
        )

    def import_csv(self, path: Path) -> None:
        """Take a table into the register that is shown."""
        by, section = self.desk.person, self.view.section
        self.desk.tasks.start(
            lambda progress: deeds.import_csv(section, path, by, progress),
            owner=self,
            done=self._taken,
            failed=lambda error: self._failed(error, self.tr("The table was not imported, or not all of it")),
            title=self.tr("Importing"),
        )

    def export_csv(self, path: Path) -> None:
        """Write the entries that are listed to a table."""
        section, entries, language = self.view.section, self.view.list.entries(), self.desk.language
        words = self.tr("{count} entries written to {path}")
        self.desk.tasks.start(
            lambda progress: deeds.export_csv(section, entries, path, language),
            owner=self,
            done=lambda count: self.desk.inform(words.format(count=count, path=path)),
            title=self.tr("Exporting"),
        )

    def _taken(self, taken: Taken) -> None:
        words = self.tr("Imported: {added} new, {changed} changed, {unchanged} known already")
        self.desk.inform(words.format(added=taken.added, changed=taken.changed, unchanged=taken.unchanged))
        self.view.reload()

    def _failed(self, error: Exception, doing: str) -> None:
        self.desk.fail(error, doing)
        self.view.reload()

    def _ask(self, title: str, kinds: str, act: Callable[[Path], None], folder: str) -> None:
        dialog = QFileDialog(self, title, folder, kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog, act)

    def _open(self, dialog: QFileDialog, act: Callable[[Path], None]) -> None:
        def chosen(name: str) -> None:
            self.desk.preferences.set("registers.folder", str(Path(name).parent))
            act(Path(name))

        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(chosen)
        dialog.open()
